package access_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// machine plays random mails, decisions, timers and pages, and holds after each what must always hold.
type machine struct {
	*world
	played  []letter // decisions that were applied, for replaying
	anytime []string // addresses that write
	looked  int      // so many invitations were looked at
	read    int      // so many mails were
	names   map[string]map[string]bool
}

var (
	writers = []string{"anna", "ben", "carol", "dave", "noc", "jane", "joe", "eve@evil.example", gina, sue, sam, sven, "two@acme.example"}
	people  = []string{"jane@acme.example", "joe@acme.example", "ben@acme.example", "dave@acme.example", "carol@acme.example",
		"anna@acme.example", "eve@evil.example", sue, gina, ""}
	names   = []string{"Jane Doe", "Joe Doe", "Ben Main", "Dave Tech", ""}
	levels  = []string{"main_contact", "secondary_contact", "technician", ""}
	actions = []interpret.Action{interpret.AddUser, interpret.AddUser, interpret.ChangeRole, interpret.RemoveUser, interpret.ResendInvitation}
)

func newMachine(t *rapid.T) *machine {
	w := acme(t)
	w.person(1, "Network Operations", "noc", "main_contact").Kind = access.Shared
	// One person on both sides, and in both teams.
	w.person(1, "Two Hats", "two", "main_contact")
	w.colleague("Two Hats", "two@acme.example", access.TeamSupport, access.TeamSecurity)
	w.colleague("Sid", "sid@provider.example", access.TeamSecurity)
	w.clients[0].FourEyes = rapid.Bool().Draw(t, "four-eyes")
	return &machine{world: w, anytime: writers, names: map[string]map[string]bool{}}
}

func pick[T any](t *rapid.T, list []T, label string) T {
	return list[rapid.IntRange(0, len(list)-1).Draw(t, label)]
}

func (m *machine) asked(t *rapid.T) interpret.Request {
	return said(pick(t, actions, "action"), pick(t, names, "name"), pick(t, people, "address"), pick(t, levels, "role"),
		pick(t, []string{"a project", ""}, "reason"))
}

func (m *machine) proof(t *rapid.T) senderauth.Evidence {
	return pick(t, []senderauth.Evidence{proven, proven, proven, proven, spfOnly, weak, forged}, "proof")
}

// ask plays a request, a reply to a question, or both at once.
func (m *machine) ask(t *rapid.T) {
	l := letter{from: pick(t, m.anytime, "from"), proof: m.proof(t), reading: interpret.Reading{
		Class: pick(t, []interpret.Class{interpret.ClassRequest, interpret.ClassRequest, interpret.ClassReply, interpret.ClassOther}, "class")}}
	for range rapid.IntRange(1, 3).Draw(t, "requests") {
		l.reading.Requests = append(l.reading.Requests, m.asked(t))
	}
	if len(m.tickets) > 0 && rapid.Bool().Draw(t, "on a ticket") {
		l.ticket = pick(t, m.tickets, "ticket").Number
	}
	m.play(t, l)
}

// decide answers some approval or notice that was ever sent, mostly as its owner.
func (m *machine) decide(t *rapid.T) {
	var asked []*access.Mail
	for _, s := range m.sent {
		if s.Ref != nil && (s.Kind == access.MailApproval || s.Kind == access.MailNotice) {
			asked = append(asked, s)
		}
	}
	if len(asked) == 0 {
		notNow(t, "nobody was asked")
	}
	// The newest are the interesting ones.
	a := asked[len(asked)-1-min(rapid.IntRange(0, 12).Draw(t, "back"), len(asked)-1)]
	l := letter{from: short(a.To.String()), proof: m.proof(t), refs: []token.Ref{*a.Ref}}
	if rapid.IntRange(0, 3).Draw(t, "not the owner") == 0 {
		l.from = pick(t, m.anytime, "from")
	}
	if rapid.IntRange(0, 9).Draw(t, "no token") == 0 {
		l.refs, l.ticket = nil, a.Ticket.Number
	}
	l.reading = answers(pick(t, []string{"*", "*", "1", "2"}, "line"),
		pick(t, []string{"approve", "approve", "approve", "reject", "unclear"}, "answer"))
	if rapid.IntRange(0, 5).Draw(t, "STOP") == 0 {
		l.reading = stopWord()
	}
	m.play(t, l)
}

// play delivers a letter, and holds that only those with the right changed something by it.
func (m *machine) play(t *rapid.T, l letter) {
	before := m.snapshot()
	l.id = fmt.Sprintf("%d@x", len(m.inbound))
	out, _ := m.deliver(l)
	m.mayHave(t, l, before)
	if len(out.Decisions) > 0 {
		m.played = append(m.played, l)
	}
}

// replay plays an applied decision again: as the same mail, and as a new one whose token is used up.
func (m *machine) replay(t *rapid.T) {
	if len(m.played) == 0 {
		notNow(t, "nothing was decided")
	}
	l, before := pick(t, m.played, "letter"), m.snapshot()
	again := *m.approvalOf(l)
	if again.State != access.ApprovalOpen && rapid.Bool().Draw(t, "fresh id") {
		l.id = ""
	}
	m.deliver(l)
	if now := m.snapshot(); now.text != before.text {
		t.Fatalf("replaying a decision by %s changed\n%s\nto\n%s", l.from, before.text, now.text)
	}
}

func (m *machine) approvalOf(l letter) *access.Approval {
	i := slices.IndexFunc(m.approvals, func(a *access.Approval) bool { return a.Token == l.refs[0].Token.Digest() })
	return m.approvals[i]
}

func (m *machine) wait(t *rapid.T) {
	m.advance(time.Duration(rapid.IntRange(1, 60*48).Draw(t, "minutes")) * time.Minute)
}

func (m *machine) waitLong(t *rapid.T) {
	m.advance(time.Duration(rapid.IntRange(1, 20).Draw(t, "days")) * 24 * time.Hour)
}

func (m *machine) bounces(t *rapid.T) {
	if len(m.invitations) == 0 {
		notNow(t, "nobody was invited")
	}
	m.bounce(pick(t, m.invitations, "invitation").ID, rapid.Bool().Draw(t, "failed"))
}

// visit does something on the page of some link that was ever sent.
func (m *machine) visit(t *rapid.T) {
	var links []*access.Mail
	for _, s := range m.sent {
		if s.Kind == access.MailInvitation {
			links = append(links, s)
		}
	}
	if len(links) == 0 {
		notNow(t, "nobody was invited")
	}
	link := links[len(links)-1-min(rapid.IntRange(0, 3).Draw(t, "back"), len(links)-1)]
	tok, session := link.Data.Token, pick(t, []string{"one", "two"}, "session")
	switch rapid.IntRange(0, 3).Draw(t, "what") {
	case 0:
		_ = m.code(tok, session)
	case 1:
		_ = m.newLink(tok)
	case 2:
		wrong, _ := token.ParseCode("000000")
		_ = m.try(tok, session, wrong)
	case 3:
		if m.code(tok, session) == nil {
			_ = m.try(tok, session, m.last(access.MailCode, short(link.To.String())).Data.Code)
		}
	}
}

// operate changes the roster as an operator does, who leaves an authority in place.
func (m *machine) operate(t *rapid.T) {
	c := pick(t, m.contacts, "contact")
	was := *c
	switch rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		if c.State == access.ContactActive {
			c.State = access.ContactSuspended
		}
	case 1:
		if c.State == access.ContactSuspended {
			c.State = access.ContactActive
		}
	case 2:
		if c.State == access.ContactActive {
			c.Roles = []string{pick(t, levels[:3], "role")}
		}
	}
	if m.authorities(c.ClientID) == 0 {
		*c = was
	}
}

func (w *world) isAuthority(c *access.Contact) bool {
	return c.State == access.ContactActive && c.Kind == access.Person && slices.Contains(c.Roles, "main_contact")
}

func (w *world) authorities(client int64) int {
	n := 0
	for _, c := range w.contacts {
		if c.ClientID == client && w.isAuthority(c) {
			n++
		}
	}
	return n
}

func TestAlways(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(map[string]func(*rapid.T){
			"ask": m.ask, "ask again": m.ask, "decide": m.decide, "decide again": m.decide, "decide once more": m.decide,
			"replay": m.replay, "wait": m.wait, "wait long": m.waitLong, "bounce": m.bounces, "visit": m.visit, "operate": m.operate,
			"stop by page": m.stopsByPage, "register": m.registersByPage,
			"": m.always,
		})
		m.advance(200 * 24 * time.Hour)
		m.always(t)
		for _, r := range m.requests {
			if r.State.Open() {
				t.Fatalf("request %d is still %s after 200 days", r.ID, r.State)
			}
		}
	})
}

// needed are the stages that a new user needs, told from the seeds' sentences and not from the code.
func (m *machine) needed(r *access.Request) []policy.Stage {
	stages := []policy.Stage{policy.StageStaff}
	if slices.Contains(r.Roles, "technician") {
		stages = append(stages, policy.StageSecurity)
	}
	if by := m.contacts[r.RequesterID-1]; m.clients[r.ClientID-1].FourEyes || !slices.Contains(by.Roles, "main_contact") || by.Kind == access.Shared {
		stages = append(stages, policy.StageClient)
	}
	return stages
}

// notNow ends an action that cannot be played in this state of a machine: rapid draws another one (rapid.T.Repeat). No test is left out.
func notNow(t *rapid.T, why string) {
	t.Helper()
	t.Skip(why)
}
