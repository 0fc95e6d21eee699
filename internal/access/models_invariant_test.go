package access_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// power is the client's stages that somebody with these roles approves, as the model's file lists them.
func (a *agency) power(c *access.Contact) bool {
	if c == nil || c.Kind != access.Person {
		return false
	}
	return slices.ContainsFunc(c.Roles, func(id string) bool {
		r, _ := a.model.Role(id)
		return len(r.Approves) > 0
	})
}

func (a *agency) authority(c *access.Contact) bool {
	return c.Kind == access.Person && c.State == access.ContactActive && slices.ContainsFunc(c.Roles, func(id string) bool {
		r, _ := a.model.Role(id)
		return slices.Contains(r.Approves, policy.StageClient)
	})
}

// mayAsk says who may ask for what, told from the sentences of the seeds and not from the rules.
func (a *agency) mayAsk(by *access.Contact, r *access.Request, subject *access.Contact) bool {
	has := func(roles ...string) bool {
		return slices.ContainsFunc(by.Roles, func(x string) bool { return slices.Contains(roles, x) })
	}
	about := func(role string) bool {
		return slices.Contains(r.Roles, role) || subject != nil && slices.Contains(subject.Roles, role)
	}
	x := r.Details
	if r.Action == policy.ActionResendInvitation || r.Action == access.ActionDelegate {
		return true // the link goes to the invited address only; who delegates is looked at below
	}
	if r.Action == policy.ActionChangeDetails && subject != nil && subject.ID == by.ID && x.NewEmail == "" && x.PhysicalAccess == nil && x.Lead == nil {
		return true // one's own name and language
	}
	switch a.model.ID {
	case "contact-levels":
		return has("main_contact") || has("secondary_contact") &&
			(r.Action == policy.ActionScheduleVisit || r.Action == policy.ActionAddUser && slices.Equal(r.Roles, []string{"technician"}))
	case "authorisation-list":
		return has("technical_authorised_official") || r.Action == policy.ActionScheduleVisit && by.PhysicalAccess
	case "account-contacts":
		return has("account_owner") || has("account_administrator") &&
			(r.Action == policy.ActionScheduleVisit || !about("account_owner") || slices.Contains(r.Roles, "account_owner"))
	case "client-representatives":
		switch {
		case has("security_administrator"):
			return true
		case has("alternate_security_administrator"):
			return r.Action == policy.ActionScheduleVisit || !about("security_administrator") ||
				r.Action == policy.ActionChangeDetails && x.NewEmail == "" && x.PhysicalAccess == nil
		case has("it_manager", "it_administrator"):
			return r.Action == policy.ActionScheduleVisit || !about("security_administrator") || slices.Contains(r.Roles, "security_administrator")
		}
		return has("finance_administrator") && slices.Contains(r.Roles, "security_administrator") // CR-04: staff find out
	}
	return false
}

// wrote holds what one mail may do at once: file, decide, stop, cancel. It carries nothing out but changes of one's own name
// and language, and links that are taken back.
func (a *agency) wrote(t *rapid.T, l letter) {
	author := address(t, full(l.from)).Key()
	var by *access.Contact
	for i := range a.was.contacts {
		if c := &a.was.contacts[i]; c.Address.Key() == author && c.State != access.ContactRemoved {
			by = c
		}
	}
	if now := a.snap(); l.proof.Verdict != senderauth.Pass && fmt.Sprint(now) != fmt.Sprint(a.was) {
		t.Fatalf("an unproven mail by %s changed something", l.from)
	}
	for i, was := range a.was.contacts {
		now := *a.contacts[i]
		now.Badge = was.Badge // ordered anew with an invitation that is sent again
		switch {
		case was.State == access.ContactInvited && now.State == access.ContactRemoved && by != nil && a.withdrew(by, was.ID):
			continue
		case by != nil && by.ID == was.ID && by.State == access.ContactActive:
			now.Name, now.Language = was.Name, was.Language
		}
		if fmt.Sprint(now) != fmt.Sprint(was) {
			t.Fatalf("a mail by %s at once made\n%+v\nof\n%+v", l.from, now, was)
		}
	}
	if len(a.contacts) != len(a.was.contacts) || len(a.visits) != len(a.was.visits) {
		t.Fatalf("a mail by %s at once made a contact or a visit", l.from)
	}
	for _, r := range a.requests[len(a.was.requests):] {
		if by == nil || r.RequesterID != by.ID {
			t.Fatalf("%s filed a request of contact %d", l.from, r.RequesterID)
		}
		a.filedRightly(t, by, r)
	}
	for i, was := range a.was.requests {
		if now := a.requests[i]; fmt.Sprint(now.Roles, now.Email, now.Details.NewEmail) != fmt.Sprint(was.Roles, was.Email, was.Details.NewEmail) {
			a.filedRightly(t, by, now) // changed by reply
		}
	}
	for _, d := range a.decisions[a.seen:] {
		a.decidedRightly(t, l, author, d)
	}
	a.seen = len(a.decisions)
}

// withdrew reports whether the author has cancelled the request by which a contact was invited: their own, or as an authority.
func (a *agency) withdrew(by *access.Contact, invited int64) bool {
	for i, was := range a.was.requests {
		if was.ContactID == invited && was.State == access.Invited && a.requests[i].State == access.Cancelled {
			return was.RequesterID == by.ID && by.State == access.ContactActive || a.authority(by)
		}
	}
	return false
}

// filedRightly: what is under way was asked for by somebody who may.
func (a *agency) filedRightly(t *rapid.T, by *access.Contact, r *access.Request) {
	if by == nil || !r.State.Open() && r.State != access.Completed {
		return
	}
	var subject *access.Contact
	if r.ContactID != 0 && int(r.ContactID) <= len(a.was.contacts) {
		subject = &a.was.contacts[r.ContactID-1]
	}
	if r.State == access.NeedsDetails && len(r.Roles) == 0 {
		return // which role it is about is not known yet
	}
	if by.State != access.ContactActive || !a.mayAsk(by, r, subject) {
		t.Fatalf("%s as %s (%s) has a request under way: %s, roles %s, about %+v", by.Address, by.Roles, by.State, r.Action, r.Roles, subject)
	}
}

// decidedRightly: the address, the token, the proof and the right at once, in the round that is asked.
func (a *agency) decidedRightly(t *rapid.T, l letter, author string, d *access.Decision) {
	r := a.was.requests[d.RequestID-1]
	if len(l.refs) == 0 || l.proof.Method == senderauth.MethodSPF || l.proof.Verdict != senderauth.Pass {
		t.Fatalf("decided without a token or without proof")
	}
	n := slices.IndexFunc(a.approvals, func(x *access.Approval) bool { return x.Token == l.refs[0].Token.Digest() })
	asked := a.approvals[n]
	if asked.Address.Key() != author || asked.Stage != d.Stage || r.Stage != d.Stage || r.Round != d.Round || r.State != access.AwaitingApproval {
		t.Fatalf("%s decided %s of a request that was %s(%s) with the token of %s for %s", author, d.Stage, r.State, r.Stage, asked.Address, asked.Stage)
	}
	own := d.Stage == access.StageHolder || d.Stage == access.StageOldAddress || d.Stage == access.StageNewAddress
	requester := a.was.contacts[r.RequesterID-1].Address.Key()
	if !own && (author == requester || author == r.Email.Key()) {
		t.Fatalf("%s decided %s on a request by %s about %s", author, d.Stage, requester, r.Email)
	}
	if d.ApproverKind == access.ByStaff {
		member := a.staff[d.ApproverID-1]
		switch {
		case d.Stage == policy.StageSecurity && !member.In(access.TeamSecurity):
			t.Fatalf("%s is not in the security team", author)
		case d.Stage != policy.StageSecurity && d.Stage != policy.StageStaff && !r.Escalated:
			t.Fatalf("%s stands in for people who could still answer %s", author, d.Stage)
		case author == r.Details.NewEmail:
			t.Fatalf("%s decides as staff about an address of their own", author)
		}
	} else {
		c := a.was.contacts[d.ApproverID-1]
		role := func(f func(policy.Role) bool) bool {
			return slices.ContainsFunc(c.Roles, func(id string) bool { r, _ := a.model.Role(id); return f(r) })
		}
		ok := c.State == access.ContactActive
		switch d.Stage {
		case access.StageHolder, access.StageOldAddress:
			ok = ok && c.ID == r.ContactID && c.Address.Key() == author
		case access.StageNewAddress:
			ok = ok && c.ID == r.ContactID && r.Details.NewEmail == author
		case access.StageDeputy:
			ok = ok && c.ID != r.ContactID && c.ID != r.Details.Replaces && role(func(x policy.Role) bool { return x.Holders.Max > 0 })
		default:
			ok = ok && c.Address.Key() == author && role(func(x policy.Role) bool { return slices.Contains(x.Approves, d.Stage) })
		}
		if !ok {
			t.Fatalf("%s as %s (%s) decided %s of %+v", author, c.Roles, c.State, d.Stage, r)
		}
	}
	for _, x := range a.decisions {
		if x != d && x.RequestID == d.RequestID && x.Round == d.Round && x.Stage == d.Stage && x.ApproverKind == d.ApproverKind && x.ApproverID == d.ApproverID {
			t.Fatalf("%s answered %s twice", author, d.Stage)
		}
	}
}

// explained holds, after each timer, that whatever changed of a contact was approved: by every stage, and long enough ago.
func (a *agency) explained(t *rapid.T, by string) {
	var done []*access.Request
	for i, r := range a.requests {
		ended := r.State == access.Completed || r.State == access.Invited
		if i < len(a.was.requests) && ended && a.was.requests[i].State == access.Approved {
			done = append(done, r)
		}
	}
	for i, now := range a.contacts {
		was := access.Contact{}
		if i < len(a.was.contacts) {
			was = a.was.contacts[i]
		}
		same := *now
		same.Badge = was.Badge // which follows from other things too
		if fmt.Sprint(same) == fmt.Sprint(was) {
			continue
		}
		n := slices.IndexFunc(done, func(r *access.Request) bool { return r.ContactID == now.ID || r.Details.Replaces == now.ID })
		if n < 0 {
			t.Fatalf("%s made, without a request,\n%+v\nof\n%+v", by, *now, was)
		}
		a.approved(t, done[n])
		if now.Address.Key() != was.Address.Key() && was.ID != 0 {
			a.confirmed(t, done[n], &was)
		}
		powerful := a.power(&was)
		if powerful != a.power(now) || powerful && now.Address.Key() != was.Address.Key() {
			a.waited(t, done[n])
		}
	}
}

// approved: each stage has its Yes in its newest round, and staff were among them.
func (a *agency) approved(t *rapid.T, r *access.Request) {
	if !slices.Contains(r.Stages, policy.StageStaff) {
		t.Fatalf("request %d, %s, was carried out without our people: %+v", r.ID, r.Action, r)
	}
	for _, s := range r.Stages {
		newest, yes := 0, map[string]bool{}
		for _, d := range a.decisions {
			if d.RequestID != r.ID || d.Stage != s || d.Round < newest {
				continue
			}
			if d.Round > newest {
				newest, yes = d.Round, map[string]bool{}
			}
			if d.Answer == access.Yes {
				yes[fmt.Sprint(d.ApproverKind, d.ApproverID)] = true
			}
		}
		if len(yes) < r.Quorum.Of(s) {
			t.Fatalf("request %d, %s, was carried out with %d of %d for %s", r.ID, r.Action, len(yes), r.Quorum.Of(s), s)
		}
	}
}

// confirmed: the new address has said yes itself, and for somebody with approving power the old one too, or staff for it,
// unless it is they who wrote.
func (a *agency) confirmed(t *rapid.T, r *access.Request, was *access.Contact) {
	want := []policy.Stage{access.StageNewAddress}
	if a.power(was) && (r.RequesterID != was.ID || len(r.Details.Authors) > 0) {
		want = append(want, access.StageOldAddress)
	}
	for _, s := range want {
		if !slices.Contains(r.Stages, s) {
			t.Fatalf("the address %s became %s without %s", was.Address, r.Details.NewEmail, s)
		}
	}
}

// waited: the hold has run since the last Yes, and nobody who could stop it was left out.
func (a *agency) waited(t *rapid.T, r *access.Request) {
	for _, d := range a.decisions {
		if d.RequestID == r.ID && a.now.Before(d.At.Add(a.settings.Hold)) {
			t.Fatalf("approving power moved by request %d only %s after the last answer", r.ID, a.now.Sub(d.At))
		}
	}
}

// holds at any time.
func (a *agency) holds(t *rapid.T) {
	authorities, holders := 0, map[string]int{}
	for _, c := range a.contacts {
		if a.authority(c) {
			authorities++
		}
		if c.State == access.ContactRemoved && len(c.Roles) > 0 {
			t.Fatalf("%s is removed and %s", c.Address, c.Roles)
		}
		if c.State == access.ContactActive || c.State == access.ContactInvited || c.State == access.ContactSuspended {
			for _, r := range c.Roles {
				holders[r]++
			}
		}
	}
	if authorities == 0 {
		t.Fatalf("no authority is left")
	}
	for _, r := range a.model.Roles {
		if n := holders[r.ID]; r.Holders.Max > 0 && n > r.Holders.Max || n < r.Holders.Min {
			t.Fatalf("%d contacts are %s", n, r.ID)
		}
	}
	a.visitsHold(t)
	away := map[int64]bool{}
	for _, g := range a.delegations {
		if g.State == access.DelegationEnded {
			continue
		}
		if away[g.FromID] || g.FromID == g.ToID || g.EndsAt.After(g.CreatedAt.Add(30*day)) {
			t.Fatalf("the delegation %+v", g)
		}
		away[g.FromID] = true
	}
	for _, r := range a.requests {
		if r.State.Open() && !slices.ContainsFunc(a.timers, func(x *timer) bool { return !x.fired && x.RequestID == r.ID }) {
			t.Fatalf("request %d is %s without a timer", r.ID, r.State)
		}
	}
}

// visitsHold: a visit was approved, keeps its UID, ends once, and each entry that is sent of it has a higher number.
func (a *agency) visitsHold(t *rapid.T) {
	for i, v := range a.visits {
		if i < len(a.was.visits) {
			was := a.was.visits[i]
			if v.UID != was.UID || v.Sequence < was.Sequence || was.State != access.VisitConfirmed && v.State != was.State {
				t.Fatalf("the visit %+v became %+v", was, *v)
			}
		}
		if r := a.requests[v.RequestID-1]; v.State == access.VisitConfirmed && r.State != access.Completed {
			t.Fatalf("the visit of a request that is %s is ahead", r.State)
		} else if v.State == access.VisitConfirmed {
			a.approved(t, r)
		}
	}
	for _, m := range a.sent[a.read:] {
		if m.Calendar == nil {
			continue
		}
		if last, known := a.entries[m.Calendar.UID]; known && m.Calendar.Sequence < last {
			t.Fatalf("entry %d of %s goes out after entry %d", m.Calendar.Sequence, m.Calendar.UID, last)
		}
		a.entries[m.Calendar.UID] = m.Calendar.Sequence
	}
	a.read = len(a.sent)
}
