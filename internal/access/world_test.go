package access_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// tester is what a world needs of *testing.T and of *rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// world keeps in memory what the store keeps, loads situations as the store does, and stores outcomes as it does: what an
// outcome does not name is not kept. It holds the database's constraints too.
type world struct {
	t        tester
	now      time.Time
	rand     io.Reader
	settings access.Settings
	model    *policy.Model

	clients     []*access.Client
	contacts    []*access.Contact
	staff       []*access.Staff
	tickets     []*access.Ticket
	requests    []*access.Request
	approvals   []*access.Approval
	decisions   []*access.Decision
	delegations []*access.Delegation
	invitations []*access.Invitation
	challenges  []*access.Challenge
	timers      []*timer
	visits      []*access.Visit
	sites       []access.Site
	inbound     []inbound

	released []released

	sent   []*access.Mail // all mails, oldest first
	events []string       // kinds
	alarms []string

	before func()             // called before each timer
	after  func(access.Timer) // and after it

	// How many mails were decided with all open requests since Seek wanted them, and since it had not.
	all, more int
}

type timer struct {
	access.Timer
	fired bool
}

type released struct {
	ticket int64
	by     mailaddr.Address
}

type inbound struct {
	duplicate   token.Digest
	disposition access.Disposition
}

func newWorld(t tester) *world {
	t.Helper()
	m, err := policy.Builtin("contact-levels")
	if err != nil {
		t.Fatalf("loading the model: %v", err)
	}
	return &world{t: t, now: time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC), rand: rand.NewChaCha8([32]byte{1}),
		settings: access.DefaultSettings, model: m}
}

func (w *world) env() *access.Env {
	return &access.Env{Now: w.now, Rand: w.rand, Settings: w.settings, Sites: w.sites, Model: func(id string) *policy.Model {
		if id == w.model.ID {
			return w.model
		}
		return nil
	}}
}

// filter copies the rows for which keep holds: a situation must not be the stored thing itself.
func filter[T any](rows []*T, keep func(*T) bool) []*T {
	var found []*T
	for _, r := range rows {
		if keep(r) {
			c := *r
			found = append(found, &c)
		}
	}
	return found
}

func one[T any](rows []*T, keep func(*T) bool) *T {
	if found := filter(rows, keep); len(found) > 0 {
		return found[0]
	}
	return nil
}

func (w *world) loadContacts(keep func(*access.Contact) bool) []*access.Contact {
	found := filter(w.contacts, keep)
	for _, c := range found {
		c.Roles = slices.Clone(c.Roles)
	}
	return found
}

func (w *world) loadApprovals(keep func(*access.Approval) bool) []*access.Approval {
	found := filter(w.approvals, keep)
	for _, a := range found {
		a.Lines = slices.Clone(a.Lines)
	}
	return found
}

// find mirrors the store: the approval of a token, else the ticket named, and the author's identities.
func (w *world) find(l *access.Lookup) *access.Situation {
	s := &access.Situation{Staff: filter(w.staff, func(*access.Staff) bool { return true })}
	s.AuthorContacts = w.loadContacts(func(c *access.Contact) bool {
		if l.ContactID != 0 {
			return c.ID == l.ContactID
		}
		return c.Address.Key() == l.Author.Key() && c.State != access.ContactRemoved
	})
	for _, m := range s.Staff {
		if m.Address.Key() == l.Author.Key() {
			s.AuthorStaff = m
		}
	}
	for _, t := range l.Tokens {
		for _, a := range w.loadApprovals(func(a *access.Approval) bool { return a.Token == t }) {
			if s.Token == nil || a.Address.Key() == l.Author.Key() && s.Token.Address.Key() != l.Author.Key() {
				s.Token = a
			}
		}
	}
	if s.Token != nil {
		s.Ticket = one(w.tickets, func(t *access.Ticket) bool { return t.ID == s.Token.TicketID })
		return s
	}
	if s.AuthorStaff != nil || len(s.AuthorContacts) > 1 {
		s.Client = one(w.clients, func(c *access.Client) bool { return c.Name == l.Client })
	}
	for _, n := range l.Tickets {
		t := one(w.tickets, func(t *access.Ticket) bool { return t.Number == n })
		if t != nil && (s.AuthorStaff != nil || slices.ContainsFunc(s.AuthorContacts, func(c *access.Contact) bool { return c.ClientID == t.ClientID })) {
			s.Ticket = t
			break
		}
	}
	return s
}

func (w *world) mailSituation(l *access.Lookup, bounced int64) *access.Situation {
	s := w.find(l)
	if bounced != 0 {
		s.Invitation = one(w.invitations, func(i *access.Invitation) bool { return i.ID == bounced })
		s.Ticket = w.ticketOf(s.Invitation.RequestID)
		s.Bounced = &access.BouncedMail{Kind: access.MailInvitation, Recipient: s.Invitation.Address}
	}
	switch {
	case s.Ticket != nil:
		w.loadUnderClient(s, s.Ticket.ClientID)
	case s.Client != nil:
		w.loadUnderClient(s, s.Client.ID)
	case len(s.AuthorContacts) == 1:
		w.loadUnderClient(s, s.AuthorContacts[0].ClientID)
	}
	for _, a := range s.Approvals {
		if s.Token != nil && a.ID == s.Token.ID {
			s.Token = a
		}
	}
	for i, in := range w.inbound {
		if in.duplicate == l.Duplicate && in.disposition != access.Quarantined && s.DuplicateOf == 0 {
			s.DuplicateOf = int64(i + 1)
		}
	}
	return s
}

func (w *world) ticketOf(request int64) *access.Ticket {
	r := w.requests[request-1]
	return one(w.tickets, func(t *access.Ticket) bool { return t.ID == r.TicketID })
}

func (w *world) loadUnderClient(s *access.Situation, id int64) {
	s.Client = one(w.clients, func(c *access.Client) bool { return c.ID == id })
	s.Contacts = w.loadContacts(func(c *access.Contact) bool { return c.ClientID == id })
	for i, a := range s.AuthorContacts {
		for _, c := range s.Contacts {
			if c.ID == a.ID {
				s.AuthorContacts[i] = c
			}
		}
	}
	if s.Staff == nil {
		s.Staff = filter(w.staff, func(*access.Staff) bool { return true })
	}
	s.Delegations = filter(w.delegations, func(g *access.Delegation) bool { return g.ClientID == id && g.State != access.DelegationEnded })
	s.Invitations = filter(w.invitations, func(i *access.Invitation) bool {
		return i.ClientID == id && (i.State.Live() || i.State == access.InvitationExpired || s.Invitation != nil && i.ID == s.Invitation.ID)
	})
	ticket := int64(0)
	if s.Ticket != nil {
		ticket = s.Ticket.ID
		for _, r := range w.released {
			if r.ticket == ticket {
				s.Vouched = append(s.Vouched, r.by)
			}
		}
		s.Approvals = w.loadApprovals(func(a *access.Approval) bool { return a.TicketID == ticket })
		s.Visits = filter(w.visits, func(v *access.Visit) bool { return v.ClientID == id && v.State == access.VisitConfirmed })
		s.Decisions = filter(w.decisions, func(d *access.Decision) bool { return w.requests[d.RequestID-1].TicketID == ticket })
	}
	expired := map[int64]bool{}
	for _, i := range w.invitations {
		expired[i.RequestID] = expired[i.RequestID] || i.State == access.InvitationExpired
	}
	all := filter(w.requests, func(r *access.Request) bool {
		return r.ClientID == id && (r.TicketID == ticket || r.State.Open() || expired[r.ID])
	})
	w.link(s, all)
}

// link makes one value of each request and ticket, so that what points at it sees every change.
func (w *world) link(s *access.Situation, all []*access.Request) {
	sort.Slice(all, func(i, j int) bool {
		return all[i].TicketID < all[j].TicketID || all[i].TicketID == all[j].TicketID && all[i].Position < all[j].Position
	})
	tickets := map[int64]*access.Ticket{}
	if s.Ticket != nil {
		tickets[s.Ticket.ID] = s.Ticket
	}
	byID := map[int64]*access.Request{}
	for _, r := range all {
		r.Roles, r.Stages = slices.Clone(r.Roles), slices.Clone(r.Stages)
		if tickets[r.TicketID] == nil {
			tickets[r.TicketID] = one(w.tickets, func(t *access.Ticket) bool { return t.ID == r.TicketID })
		}
		r.Ticket, byID[r.ID] = tickets[r.TicketID], r
		if s.Ticket != nil && r.TicketID == s.Ticket.ID {
			s.Requests = append(s.Requests, r)
		}
		if r.State.Open() {
			s.Open = append(s.Open, r)
		}
	}
	for _, i := range s.Invitations {
		i.Request = byID[i.RequestID]
		if s.Invitation != nil && s.Invitation.ID == i.ID {
			s.Invitation = i
		}
	}
}

// invitationSituation is what a registration page is about.
func (w *world) invitationSituation(tok token.Token) *access.Situation {
	s := &access.Situation{Invitation: one(w.invitations, func(i *access.Invitation) bool { return i.Token == tok.Digest() })}
	if s.Invitation == nil {
		return nil
	}
	s.Ticket = w.ticketOf(s.Invitation.RequestID)
	w.loadUnderClient(s, s.Invitation.ClientID)
	s.Challenges = filter(w.challenges, func(c *access.Challenge) bool { return c.InvitationID == s.Invitation.ID })
	slices.Reverse(s.Challenges)
	return s
}

func (w *world) timerSituation(t *access.Timer) *access.Situation {
	s := &access.Situation{}
	if t.InvitationID != 0 {
		s.Invitation = one(w.invitations, func(i *access.Invitation) bool { return i.ID == t.InvitationID })
	}
	s.Ticket = w.ticketOf(t.RequestID)
	w.loadUnderClient(s, s.Ticket.ClientID)
	return s
}

// apply stores an outcome in the order of the store.
func (w *world) apply(o *access.Outcome) {
	w.t.Helper()
	if o.Ticket != nil && o.Ticket.ID == 0 {
		o.Ticket.ID = int64(len(w.tickets) + 1)
		o.Ticket.Number = fmt.Sprintf("REQ-2026-%05d", o.Ticket.ID)
		c := *o.Ticket
		w.tickets = append(w.tickets, &c)
	}
	for _, c := range o.Contacts {
		w.saveContact(c)
	}
	for _, r := range o.Requests {
		w.saveRequest(r)
	}
	for _, a := range o.Approvals {
		w.saveApproval(a)
	}
	for _, d := range o.Decisions {
		for _, x := range w.decisions {
			if x.RequestID == d.RequestID && x.Stage == d.Stage && x.Round == d.Round &&
				(x.Seat == d.Seat || x.ApproverKind == d.ApproverKind && x.ApproverID == d.ApproverID) {
				w.t.Fatalf("two decisions for one seat, or by one person, on request %d, stage %s, round %d", d.RequestID, d.Stage, d.Round)
			}
		}
		c := *d
		w.decisions = append(w.decisions, &c)
	}
	for _, g := range o.Delegations {
		w.saveDelegation(g)
	}
	w.endTokens(o)
	for _, v := range o.Visits {
		w.saveVisit(v)
	}
	w.saveInvitations(o.Invitations)
	for _, c := range o.Challenges {
		w.saveChallenge(c)
	}
	for _, t := range o.Timers {
		n := &timer{Timer: *t}
		n.ID = int64(len(w.timers) + 1)
		if t.Request != nil {
			n.RequestID = t.Request.ID
		}
		if t.Invitation != nil {
			n.InvitationID = t.Invitation.ID
		}
		if n.RequestID == 0 {
			w.t.Fatalf("a timer %s of no request", t.Kind)
		}
		n.Request, n.Invitation = nil, nil
		w.timers = append(w.timers, n)
	}
	for _, e := range o.Events {
		w.events = append(w.events, e.Kind)
	}
	w.alarms = append(w.alarms, o.Alarms...)
	for _, m := range o.Mails {
		w.checkRecipient(m)
		w.sent = append(w.sent, m)
	}
}

func (w *world) saveContact(c *access.Contact) {
	w.t.Helper()
	if c.ID == 0 {
		for _, o := range w.contacts {
			if o.ClientID == c.ClientID && o.Address.Key() == c.Address.Key() {
				w.t.Fatalf("two contacts with the address %s", c.Address)
			}
		}
		w.contacts = append(w.contacts, &access.Contact{})
		c.ID = int64(len(w.contacts))
	}
	row := *c
	row.Roles = slices.Clone(c.Roles)
	w.contacts[c.ID-1] = &row
}

func (w *world) saveRequest(r *access.Request) {
	w.t.Helper()
	if r.Ticket != nil {
		r.TicketID = r.Ticket.ID
	}
	if r.Contact != nil {
		r.ContactID = r.Contact.ID
	}
	if r.TicketID == 0 {
		w.t.Fatalf("request for %q has no ticket", r.Name)
	}
	if r.ID == 0 {
		w.requests = append(w.requests, &access.Request{})
		r.ID = int64(len(w.requests))
	}
	row := *r
	row.Ticket, row.Contact = nil, nil
	row.Roles, row.Stages = slices.Clone(r.Roles), slices.Clone(r.Stages)
	w.requests[r.ID-1] = &row
}

func (w *world) saveApproval(a *access.Approval) {
	w.t.Helper()
	if a.ID != 0 {
		w.approvals[a.ID-1].State = a.State
		return
	}
	if a.Ticket != nil {
		a.TicketID = a.Ticket.ID
	}
	a.ID = int64(len(w.approvals) + 1)
	row := *a
	row.Ticket, row.Lines = nil, nil
	for i := range a.Lines {
		if a.Lines[i].Request != nil {
			a.Lines[i].RequestID = a.Lines[i].Request.ID
		}
		row.Lines = append(row.Lines, access.ApprovalLine{Number: a.Lines[i].Number, RequestID: a.Lines[i].RequestID, Round: a.Lines[i].Round})
	}
	w.approvals = append(w.approvals, &row)
}

func (w *world) saveDelegation(g *access.Delegation) {
	w.t.Helper()
	if g.ID != 0 {
		w.delegations[g.ID-1].State = g.State
		return
	}
	if g.Request != nil {
		g.RequestID = g.Request.ID
	}
	for _, o := range w.delegations {
		if o.FromID == g.FromID && o.State != access.DelegationEnded {
			w.t.Fatalf("contact %d delegates twice", g.FromID)
		}
	}
	g.ID = int64(len(w.delegations) + 1)
	row := *g
	row.Request = nil
	w.delegations = append(w.delegations, &row)
}

// saveInvitations stores the dead before the new, and then holds the unique index on live ones.
func (w *world) saveInvitations(all []*access.Invitation) {
	w.t.Helper()
	for _, live := range []bool{false, true} {
		for _, i := range all {
			if i.State.Live() != live {
				continue
			}
			if i.ID != 0 {
				w.invitations[i.ID-1].State, w.invitations[i.ID-1].AcceptedAt = i.State, i.AcceptedAt
				continue
			}
			if i.Request != nil {
				i.RequestID = i.Request.ID
			}
			if i.Contact != nil {
				i.ContactID = i.Contact.ID
			}
			i.ID = int64(len(w.invitations) + 1)
			row := *i
			row.Request, row.Contact = nil, nil
			w.invitations = append(w.invitations, &row)
		}
	}
	living := map[string]bool{}
	for _, i := range w.invitations {
		key := fmt.Sprint(i.ClientID, i.Address.Key())
		if i.State.Live() && living[key] {
			w.t.Fatalf("two live invitations for %s", i.Address)
		}
		living[key] = living[key] || i.State.Live()
	}
}

func (w *world) saveChallenge(c *access.Challenge) {
	if c.ID == 0 {
		w.challenges = append(w.challenges, &access.Challenge{})
		c.ID = int64(len(w.challenges))
	}
	row := *c
	w.challenges[c.ID-1] = &row
}

// checkRecipient: mail goes to staff, to people who represent the client now (a suspended one may be answered), and to
// invited addresses, and to nobody else.
func (w *world) checkRecipient(m *access.Mail) {
	w.t.Helper()
	key := m.To.Key()
	answers := m.Kind == access.MailAnswer || m.Kind == access.MailUnclear || m.Kind == access.MailNotYours && m.Data.Reason != "owner"
	for _, s := range w.staff {
		if s.Address.Key() == key {
			return
		}
	}
	if m.Kind == access.MailMoved {
		return // to the address that was
	}
	for _, v := range w.visits {
		if m.Kind == access.MailVisit && v.Email.Key() == key {
			return // whoever visits need be nobody's contact
		}
	}
	for _, a := range w.approvals {
		if a.Stage == access.StageNewAddress && a.Address.Key() == key {
			return
		}
	}
	for _, c := range w.contacts {
		if m.Kind == access.MailClients && c.Address.Key() == key && c.State == access.ContactActive {
			return
		}
		if c.Address.Key() != key || w.clients[c.ClientID-1].Name != m.Data.Client {
			continue
		}
		if c.State == access.ContactActive || c.State == access.ContactSuspended && answers ||
			c.State == access.ContactInvited && (m.Kind == access.MailInvitation || m.Kind == access.MailCode) {
			return
		}
		w.t.Fatalf("a mail of kind %s goes to %s, who is %s", m.Kind, m.To, c.State)
	}
	w.t.Fatalf("a mail of kind %s for %s goes to the stranger %s", m.Kind, m.Data.Client, m.To)
}

func address(t tester, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return a
}

// endTokens closes the approvals of retired contacts, and of requests that ended where nothing else is open in them.
func (w *world) endTokens(o *access.Outcome) {
	for _, a := range w.approvals {
		retired := slices.ContainsFunc(o.Retired, func(c *access.Contact) bool { return a.ApproverKind == access.ByContact && a.ApproverID == c.ID })
		ended := slices.ContainsFunc(o.Ended, func(r *access.Request) bool {
			return slices.ContainsFunc(a.Lines, func(l access.ApprovalLine) bool { return l.RequestID == r.ID })
		})
		open := slices.ContainsFunc(a.Lines, func(l access.ApprovalLine) bool {
			s := w.requests[l.RequestID-1].State
			return s == access.AwaitingApproval || s == access.Approved
		})
		if a.State == access.ApprovalOpen && (retired || ended && !open) {
			a.State = access.ApprovalClosed
		}
	}
}

func (w *world) saveVisit(v *access.Visit) {
	if v.Request != nil {
		v.RequestID = v.Request.ID
	}
	if v.ID == 0 {
		w.visits = append(w.visits, &access.Visit{})
		v.ID = int64(len(w.visits))
	}
	row := *v
	row.Request = nil
	w.visits[v.ID-1] = &row
}
