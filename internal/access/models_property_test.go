package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// casts are the people of a client under each of the built-in models: local part to role.
var casts = map[string][][2]string{
	"contact-levels": {{"anna", "main_contact"}, {"ben", "main_contact"}, {"carol", "secondary_contact"}, {"dave", "technician"}},
	"authorisation-list": {{"maria", "technical_authorised_official"}, {"paul", "technical_authorised_official"},
		{"mike", "technical_manager"}, {"lena", "technical_contact"}},
	"account-contacts": {{"olga", "account_owner"}, {"adam", "account_administrator"}, {"bill", "billing"}, {"sid", "support"}},
	"client-representatives": {{"sara", "security_administrator"}, {"al", "alternate_security_administrator"}, {"ida", "it_manager"},
		{"fay", "finance_administrator"}, {"adam", "it_administrator"}, {"uma", "user"}},
}

// agency plays every action that a mail can ask for under one of the built-in models, and everything that follows.
type agency struct {
	*world
	who     []string // local parts of the client's people
	roles   []string
	was     snap           // before the event
	seen    int            // so many decisions were looked at
	read    int            // so many mails were
	entries map[string]int // of calendars: the newest sequence of each UID
}

// snap is what an event may change.
type snap struct {
	contacts    []access.Contact
	requests    []access.Request
	visits      []access.Visit
	delegations []access.Delegation
	invitations []access.Invitation
}

func copies[T any](rows []*T) []T {
	var all []T
	for _, r := range rows {
		all = append(all, *r)
	}
	return all
}

func (a *agency) snap() snap {
	return snap{copies(a.contacts), copies(a.requests), copies(a.visits), copies(a.delegations), copies(a.invitations)}
}

func newAgency(t *rapid.T, model string) *agency {
	w := newWorld(t)
	m, err := policy.Builtin(model)
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.model = m
	w.clients = []*access.Client{{ID: 1, Name: "Acme", RoleModel: m.ID, Domains: []string{"acme.example"}, Require: access.RequirePass,
		FourEyes: rapid.Bool().Draw(t, "four-eyes")}}
	a := &agency{world: w, entries: map[string]int{}}
	for _, c := range casts[model] {
		p := w.person(1, strings.ToUpper(c[0][:1])+c[0][1:]+" Person", c[0], c[1])
		p.PhysicalAccess = rapid.Bool().Draw(t, "access of "+c[0])
		p.Portal = m.LetsIn(p.Roles, p.PhysicalAccess)
		a.who = append(a.who, c[0])
	}
	for _, r := range m.Roles {
		a.roles = append(a.roles, r.ID)
	}
	w.colleague("Sue", sue, access.TeamSupport)
	w.colleague("Sam", sam, access.TeamSupport)
	w.colleague("Sven", sven, access.TeamSecurity)
	w.colleague("Selma", "selma@provider.example", access.TeamSecurity)
	a.before = func() { a.was = a.snap() }
	a.after = func(x access.Timer) { a.explained(t, "timer "+string(x.Kind)) }
	return a
}

func (a *agency) people() []string { return append([]string{"jane", "joe"}, a.who...) }

func (a *agency) name(who string) string {
	for _, c := range a.contacts {
		if short(c.Address.String()) == who {
			return c.Name
		}
	}
	return strings.ToUpper(who[:1]) + who[1:] + " Person"
}

// from is who writes, at the address that they have now.
func (a *agency) from(t *rapid.T) string {
	if rapid.IntRange(0, 9).Draw(t, "a stranger") == 0 {
		return pick(t, []string{"eve@evil.example", "jane", "joe", sue, "new.one"}, "stranger")
	}
	return short(pick(t, a.contacts, "from").Address.String())
}

func (a *agency) evidence(t *rapid.T) senderauth.Evidence {
	return pick(t, []senderauth.Evidence{proven, proven, proven, proven, proven, spfOnly, weak, forged}, "proof")
}

// asks plays a mail with requests for people: new ones, roles, removals, visits.
func (a *agency) asks(t *rapid.T) {
	l := letter{from: a.from(t), proof: a.evidence(t), reading: interpret.Reading{Class: interpret.ClassRequest}}
	for range rapid.IntRange(1, 2).Draw(t, "requests") {
		action := pick(t, []interpret.Action{interpret.AddUser, interpret.ChangeRole, interpret.ChangeRole, interpret.RemoveUser,
			interpret.ScheduleVisit, interpret.ResendInvitation}, "action")
		who := pick(t, a.people(), "about")
		q := said(action, a.name(who), full(who), "", "a project")
		if action == interpret.AddUser || action == interpret.ChangeRole {
			q.Roles = []string{pick(t, a.roles, "role")}
		}
		yes := rapid.Bool().Draw(t, "yes")
		switch action {
		case interpret.AddUser:
			q.PhysicalAccess = &yes
		case interpret.ScheduleVisit:
			q.Starts = ptr(a.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour).Format("2006-01-02T15:04"))
			q.Ends, q.Escort = ptr(a.now.Add(120*time.Hour).Format("2006-01-02T15:04")), &yes
			if rapid.Bool().Draw(t, "off the list") {
				q.Name, q.Email = ptr("Vic Visitor"), nil
			}
		}
		l.reading.Requests = append(l.reading.Requests, q)
	}
	if rapid.IntRange(0, 3).Draw(t, "on a ticket") == 0 && len(a.tickets) > 0 {
		l.ticket = pick(t, a.tickets, "ticket").Number
	}
	a.write(t, l)
}

// changes plays a mail that changes details: one's own, or those of others.
func (a *agency) changes(t *rapid.T) {
	who := pick(t, a.people(), "about")
	c := interpret.Change{Name: ptr(a.name(who)), Self: rapid.Bool().Draw(t, "self")}
	yes := rapid.Bool().Draw(t, "yes")
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		c.NewName = ptr(pick(t, []string{"New Name", "Other Name"}, "name"))
	case 1, 2:
		c.NewEmail = ptr(full(pick(t, []string{"new.one", "new.two", "jane", "eve@evil.example", sue}, "address")))
	case 3:
		c.PhysicalAccess = &yes
	case 4:
		c.Language = ptr(pick(t, []string{"de", "en"}, "language"))
	}
	l := letter{from: a.from(t), proof: a.evidence(t), reading: interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{c}}}
	if rapid.IntRange(0, 3).Draw(t, "on a ticket") == 0 && len(a.tickets) > 0 {
		l.ticket = pick(t, a.tickets, "ticket").Number
	}
	a.write(t, l)
}

// handsOver plays a mail by which somebody hands their role over, or delegates, or takes that back.
func (a *agency) handsOver(t *rapid.T) {
	l := letter{from: a.from(t), proof: a.evidence(t), reading: interpret.Reading{Class: interpret.ClassRequest}}
	to := pick(t, a.people(), "to")
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0, 1:
		l.reading.HandOver = &interpret.HandOver{Name: ptr(a.name(to)), Email: ptr(full(to))}
		if rapid.Bool().Draw(t, "takes a role") {
			l.reading.Takes = []string{pick(t, a.roles, "takes")}
		}
	case 2, 3:
		l.reading = delegate(a.name(to), a.now.AddDate(0, 0, rapid.IntRange(0, 33).Draw(t, "days")).Format(time.DateOnly))
	case 4:
		l.reading = endDelegation()
	}
	a.write(t, l)
}

// commands plays CANCEL and the question for the state.
func (a *agency) commands(t *rapid.T) {
	if len(a.tickets) == 0 {
		notNow(t, "nothing was asked")
	}
	a.write(t, letter{from: a.from(t), proof: a.evidence(t), ticket: pick(t, a.tickets, "ticket").Number, reading: interpret.Reading{
		Class: interpret.ClassReply, Commands: []interpret.Command{{Name: pick(t, []string{"cancel", "cancel", "status"}, "command")}}}})
}

// amends plays a reply that changes a request that waits, by somebody of the client.
func (a *agency) amends(t *rapid.T) {
	var waiting []*access.Request
	for _, r := range a.requests {
		if r.State == access.AwaitingApproval && r.Action != access.ActionDelegate {
			waiting = append(waiting, r)
		}
	}
	if len(waiting) == 0 {
		notNow(t, "nothing waits")
	}
	r := pick(t, waiting, "request")
	l := letter{from: a.from(t), ticket: a.tickets[r.TicketID-1].Number, reading: interpret.Reading{Class: interpret.ClassReply}}
	to := full(pick(t, []string{"new.one", "new.two", "jane", "joe"}, "address"))
	switch r.Action {
	case policy.ActionChangeDetails:
		l.reading.Changes = []interpret.Change{{Name: ptr(r.Name), NewEmail: &to}}
	default:
		q := said(interpret.Action(r.Action), r.Name, "", "", "")
		if r.Action == policy.ActionAddUser && rapid.Bool().Draw(t, "another address") {
			q.Email = &to
		} else if r.Action == policy.ActionAddUser || r.Action == policy.ActionChangeRole {
			q.Roles = []string{pick(t, a.roles, "role")}
		}
		l.reading.Requests = []interpret.Request{q}
	}
	a.write(t, l)
}

// movesVisit plays a reply that gives a confirmed visit another time, or calls it off.
func (a *agency) movesVisit(t *rapid.T) {
	if len(a.visits) == 0 {
		notNow(t, "nobody comes")
	}
	v := pick(t, a.visits, "visit")
	r := a.requests[v.RequestID-1]
	l := letter{from: short(a.contacts[v.HostID-1].Address.String()), ticket: a.tickets[r.TicketID-1].Number, reading: interpret.Reading{Class: interpret.ClassReply}}
	if rapid.IntRange(0, 3).Draw(t, "another writes") == 0 {
		l.from = a.from(t)
	}
	if rapid.IntRange(0, 3).Draw(t, "call off") == 0 {
		l.reading.Commands = []interpret.Command{{Name: "cancel"}}
	} else {
		q := said(interpret.ScheduleVisit, v.Name, "", "", "")
		q.Starts = ptr(a.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour).Format("2006-01-02T15:04"))
		l.reading.Requests = []interpret.Request{q}
	}
	a.write(t, l)
}

// operates suspends somebody and lets them in again, as staff do, who leave an authority in place.
func (a *agency) operates(t *rapid.T) {
	c := pick(t, a.contacts, "contact")
	if c.State != access.ContactActive && c.State != access.ContactSuspended {
		notNow(t, "not on the list")
	}
	was := c.State
	c.State = pick(t, []access.ContactState{access.ContactActive, access.ContactActive, access.ContactSuspended}, "state")
	if !slices.ContainsFunc(a.contacts, a.authority) {
		c.State = was
	}
	a.rerouteAll()
}

// decides answers a mail that asked for a decision: mostly one that still waits, mostly its owner, mostly with yes.
func (a *agency) decides(t *rapid.T) {
	var asked, open []*access.Mail
	for _, m := range a.sent {
		if m.Ref == nil || m.Approval == nil {
			continue
		}
		asked = append(asked, m)
		if a.approvals[m.Approval.ID-1].State == access.ApprovalOpen {
			open = append(open, m)
		}
	}
	if len(asked) == 0 {
		notNow(t, "nobody was asked")
	}
	if len(open) > 0 && rapid.IntRange(0, 5).Draw(t, "an old one") > 0 {
		asked = open
	}
	m := asked[len(asked)-1-min(rapid.IntRange(0, 6).Draw(t, "back"), len(asked)-1)]
	l := letter{from: short(m.To.String()), refs: []token.Ref{*m.Ref},
		reading: answers("*", pick(t, []string{"approve", "approve", "approve", "approve", "reject", "unclear"}, "answer"))}
	switch rapid.IntRange(0, 11).Draw(t, "how") {
	case 0:
		l.from = a.from(t)
	case 1:
		l.proof = a.evidence(t)
	case 2:
		l.reading = stopWord()
	case 3:
		l.reading.Adds = []string{pick(t, []string{interpret.AddsCharge, interpret.AddsSecurity}, "adds")}
	case 4:
		l.refs, l.ticket = nil, m.Ticket.Number
	}
	a.write(t, l)
}

// writes delivers a mail, sometimes twice, and holds that only those with the right did something by it.
func (a *agency) write(t *rapid.T, l letter) {
	if l.proof.Verdict == "" {
		l.proof = proven
	}
	l.id = fmt.Sprintf("%d@x", len(a.inbound))
	a.was = a.snap()
	a.deliver(l)
	a.wrote(t, l)
	if rapid.IntRange(0, 4).Draw(t, "delivered twice") > 0 {
		return
	}
	before, n := a.snap(), len(a.decisions)
	a.deliver(l)
	if now := a.snap(); fmt.Sprint(now) != fmt.Sprint(before) || len(a.decisions) != n {
		t.Fatalf("the same mail again by %s changed\n%+v\nto\n%+v", l.from, before, now)
	}
}

func (a *agency) waits(t *rapid.T) {
	a.advance(time.Duration(rapid.IntRange(1, 60*30).Draw(t, "minutes")) * time.Minute)
}

func (a *agency) waitsLong(t *rapid.T) {
	a.advance(time.Duration(rapid.IntRange(1, 12).Draw(t, "days")) * day)
}

func TestEveryModel(t *testing.T) {
	t.Parallel()
	for model := range casts {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a := newAgency(t, model)
				t.Repeat(map[string]func(*rapid.T){"ask": a.asks, "ask again": a.asks, "change": a.changes, "hand over": a.handsOver,
					"command": a.commands, "decide": a.decides, "decide again": a.decides, "decide once more": a.decides,
					"and again": a.decides, "move a visit": a.movesVisit, "amend": a.amends, "operate": a.operates, "wait": a.waits, "wait long": a.waitsLong, "register": a.registersByPage, "stop by page": a.stopsByPage, "stop by page again": a.stopsByPage, "": a.holds})
				a.advance(200 * day)
				a.holds(t)
				a.ended(t)
			})
		})
	}
}

// ended: everything has come to its end.
func (a *agency) ended(t *rapid.T) {
	for _, r := range a.requests {
		if r.State.Open() {
			t.Fatalf("request %d, %s, is still %s(%s) after 200 days", r.ID, r.Action, r.State, r.Stage)
		}
	}
	for _, g := range a.delegations {
		if g.State != access.DelegationEnded {
			t.Fatalf("a delegation is still %s after 200 days", g.State)
		}
	}
	for _, v := range a.visits {
		if v.State == access.VisitConfirmed {
			t.Fatalf("the visit of %s is still ahead after 200 days", v.Name)
		}
	}
	if n := slices.IndexFunc(a.timers, func(x *timer) bool { return !x.fired }); n >= 0 {
		t.Fatalf("timer %s is left", a.timers[n].Kind)
	}
}
