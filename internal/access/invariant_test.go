package access_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// snapshot is what must not change by a mail of somebody without the right.
type snapshot struct {
	contacts  []access.Contact
	requests  []access.Request
	decisions int
	text      string
}

func (m *machine) snapshot() snapshot {
	var s snapshot
	var b strings.Builder
	for _, c := range m.contacts {
		s.contacts = append(s.contacts, *c)
		fmt.Fprintf(&b, "contact %s %s %s %s\n", c.Address, c.State, c.Roles, c.Badge)
	}
	for _, r := range m.requests {
		s.requests = append(s.requests, *r)
		fmt.Fprintf(&b, "request %d %s %s %s %d %s %s\n", r.ID, r.Action, r.State, r.Stage, r.Round, r.Email, r.Roles)
	}
	s.decisions = len(m.decisions)
	fmt.Fprintf(&b, "%d decisions\n", s.decisions)
	for _, i := range m.invitations {
		fmt.Fprintf(&b, "invitation %d %s\n", i.ID, i.State)
	}
	s.text = b.String()
	return s
}

// mayHave holds that the author of a letter had the right to what has changed.
func (m *machine) mayHave(t *rapid.T, l letter, before snapshot) {
	author := address(t, full(l.from)).Key()
	if l.proof.Verdict != senderauth.Pass && m.snapshot().text != before.text {
		t.Fatalf("an unproven mail changed something")
	}
	for i, c := range before.contacts {
		if now := m.contacts[i]; now.State != c.State || !slices.Equal(now.Roles, c.Roles) {
			t.Fatalf("a mail made %s %s as %s at once", c.Address, now.State, now.Roles)
		}
	}
	if len(m.contacts) != len(before.contacts) {
		t.Fatalf("a mail added a contact at once")
	}
	for _, d := range m.decisions[before.decisions:] {
		m.mayHaveDecided(t, l, author, d, before)
	}
	for _, r := range m.requests[len(before.requests):] {
		by := m.contacts[r.RequesterID-1]
		if by.Address.Key() != author || by.ClientID != r.ClientID || by.State != access.ContactActive && r.State != access.Refused {
			t.Fatalf("%s filed a %s request of %s, who is %s", author, r.State, by.Address, by.State)
		}
		if r.State.Open() && r.Action != policy.ActionResendInvitation && !slices.Contains(by.Roles, "main_contact") &&
			(!slices.Contains(by.Roles, "secondary_contact") || r.Action != policy.ActionAddUser || len(r.Roles) > 0 && r.Roles[0] != "technician") {
			t.Fatalf("%s as %s filed %s of %s", author, by.Roles, r.Action, r.Roles)
		}
	}
	if len(l.refs) > 0 && m.approvalOf(l).Address.Key() != author {
		for i, r := range before.requests {
			if m.requests[i].State != r.State {
				t.Fatalf("%s changed request %d with another's token", author, r.ID)
			}
		}
	}
}

// mayHaveDecided: the address, the token and the right at once, in the round that is asked.
func (m *machine) mayHaveDecided(t *rapid.T, l letter, author string, d *access.Decision, before snapshot) {
	r := before.requests[d.RequestID-1]
	if len(l.refs) == 0 || l.proof.Method == senderauth.MethodSPF {
		t.Fatalf("decided without a token, or by SPF alone")
	}
	a := m.approvalOf(l)
	if a.Address.Key() != author || a.Stage != d.Stage || r.Stage != d.Stage || r.Round != d.Round || r.State != access.AwaitingApproval {
		t.Fatalf("%s decided %s round %d of a request that was %s(%s) round %d with the token of %s for %s",
			author, d.Stage, d.Round, r.State, r.Stage, r.Round, a.Address, a.Stage)
	}
	if requester := m.contacts[r.RequesterID-1].Address.Key(); author == requester || author == r.Email.Key() {
		t.Fatalf("%s decided on a request by %s about %s", author, requester, r.Email)
	}
	for _, x := range m.decisions {
		if x.RequestID == d.RequestID && x.Stage != d.Stage && m.decider(x) == author {
			t.Fatalf("%s decided stages %s and %s", author, x.Stage, d.Stage)
		}
	}
	if d.ApproverKind == access.ByContact {
		if c := before.contacts[d.ApproverID-1]; d.Stage != policy.StageClient || c.ClientID != r.ClientID || !m.isAuthority(&c) {
			t.Fatalf("%s as %s, %s, decided %s", author, c.Roles, c.State, d.Stage)
		}
		return
	}
	if s := m.staff[d.ApproverID-1]; d.Stage == policy.StageSecurity != s.In(access.TeamSecurity) && !s.In(access.TeamSupport) {
		t.Fatalf("%s of %s decided %s", author, s.Teams, d.Stage)
	}
}

func (m *machine) decider(d *access.Decision) string {
	if d.ApproverKind == access.ByStaff {
		return m.staff[d.ApproverID-1].Address.Key()
	}
	return m.contacts[d.ApproverID-1].Address.Key()
}

// always holds at any time.
func (m *machine) always(t *rapid.T) {
	for _, c := range m.clients {
		if m.authorities(c.ID) == 0 {
			t.Fatalf("%s has no authority left", c.Name)
		}
	}
	live := map[int64]int{}
	for _, i := range m.invitations {
		if !i.State.Live() {
			continue
		}
		live[i.RequestID]++
		if r, c := m.requests[i.RequestID-1], m.contacts[i.ContactID-1]; r.State != access.Invited || c.State != access.ContactInvited {
			t.Fatalf("a link is live for a request that is %s and a contact who is %s", r.State, c.State)
		}
	}
	open := map[string]int64{}
	for _, r := range m.requests {
		if r.State == access.Invited && live[r.ID] != 1 {
			t.Fatalf("request %d is invited with %d live links", r.ID, live[r.ID])
		}
		if r.State.Open() && !slices.ContainsFunc(m.timers, func(x *timer) bool { return !x.fired && x.RequestID == r.ID }) {
			t.Fatalf("request %d is %s without a timer", r.ID, r.State)
		}
		if r.State.Open() && r.Action == policy.ActionAddUser && !r.Email.IsZero() {
			key := fmt.Sprint(r.ClientID, r.Email.Key())
			if other := open[key]; other != 0 {
				t.Fatalf("requests %d and %d for %s are open", other, r.ID, key)
			}
			open[key] = r.ID
		}
	}
	for _, a := range m.approvals {
		if a.State == access.ApprovalOpen && !slices.ContainsFunc(a.Lines, func(l access.ApprovalLine) bool {
			r := m.requests[l.RequestID-1]
			return r.Round == l.Round && (r.State == access.AwaitingApproval && r.Stage == a.Stage || r.State == access.Approved && a.Stage == access.StageHold)
		}) {
			t.Fatalf("a token of %s for %s is open with nothing left to decide", a.Address, a.Stage)
		}
	}
	m.earned(t)
	m.discreet(t)
}

// earned: whoever was invited had a Yes of every stage needed, and approving power waited for a day.
func (m *machine) earned(t *rapid.T) {
	fresh := m.invitations[m.looked:]
	m.looked = len(m.invitations)
	for _, i := range fresh {
		r := m.requests[i.RequestID-1]
		if i.CreatedAt != m.now || m.renewed(i) {
			continue // roles may have changed since, in the same wait
		}
		last := map[policy.Stage]*access.Decision{}
		for _, d := range m.decisions {
			if d.RequestID == r.ID && (last[d.Stage] == nil || last[d.Stage].Round < d.Round) {
				last[d.Stage] = d
			}
		}
		for _, s := range m.needed(r) {
			if d := last[s]; d == nil || d.Answer != access.Yes {
				t.Fatalf("%s is invited as %s by %s without a Yes of %s", i.Address, r.Roles, m.contacts[r.RequesterID-1].Address, s)
			}
		}
		wait := m.settings.UndoWindow
		if slices.Contains(r.Roles, "main_contact") {
			wait = m.settings.Hold
		}
		for _, d := range last {
			if i.CreatedAt.Before(d.At.Add(wait)) {
				t.Fatalf("%s is invited as %s only %s after the last Yes", i.Address, r.Roles, i.CreatedAt.Sub(d.At).Round(time.Second))
			}
		}
	}
}

// renewed reports whether the invitation takes the place of one that came from the same answers.
func (m *machine) renewed(i *access.Invitation) bool {
	return slices.ContainsFunc(m.invitations[:i.ID-1], func(o *access.Invitation) bool {
		return o.RequestID == i.RequestID && !slices.ContainsFunc(m.decisions, func(d *access.Decision) bool {
			return d.RequestID == i.RequestID && d.At.After(o.CreatedAt)
		})
	})
}

// discreet: people are named to people of the same client and to staff only.
func (m *machine) discreet(t *rapid.T) {
	known := m.names // also what somebody was called before
	for _, c := range m.contacts {
		client := m.clients[c.ClientID-1].Name
		if known[client] == nil {
			known[client] = map[string]bool{"": true}
			for _, s := range m.staff {
				known[client][s.Name] = true
			}
		}
		known[client][c.Name] = true
	}
	unread := m.sent[m.read:]
	m.read = len(m.sent)
	for _, s := range unread {
		named := []string{s.Data.Person, s.Data.Requester}
		for _, l := range s.Data.Lines {
			named = append(append(append(named, l.By), l.MayAsk...), l.Asked...)
		}
		for _, n := range named {
			if s.Kind != access.MailClients && !known[s.Data.Client][n] {
				t.Fatalf("a mail of kind %s to %s for %s names %q", s.Kind, s.To, s.Data.Client, n)
			}
		}
	}
}
