package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// letter is one mail to us, as read and weighed.
type letter struct {
	from    string // local part and domain, or a person of acme by local part
	reading interpret.Reading
	proof   senderauth.Evidence
	refs    []token.Ref
	ticket  string
	client  string // that the mail says it is for
	bounced int64  // id of the invitation a delivery report speaks of
	id      string // Message-ID; the same one again is the same mail
	team    access.Team

	other    access.OtherMail
	handling access.Handling
}

var (
	proven  = senderauth.Evidence{Verdict: senderauth.Pass, Method: senderauth.MethodDKIM, Reason: "A DKIM signature is valid."}
	spfOnly = senderauth.Evidence{Verdict: senderauth.Pass, Method: senderauth.MethodSPF, Reason: "Only SPF passed."}
	weak    = senderauth.Evidence{Verdict: senderauth.Weak, Reason: "Nothing speaks for the author."}
	forged  = senderauth.Evidence{Verdict: senderauth.Fail, Reason: "DMARC failed."}
)

// full completes "anna" to anna@acme.example.
func full(who string) string {
	if strings.Contains(who, "@") {
		return who
	}
	return who + "@acme.example"
}

func short(address string) string { return strings.TrimSuffix(address, "@acme.example") }

// deliver plays a mail and returns its disposition and the mails that follow, as "kind to".
func (w *world) deliver(l letter) (*access.Outcome, []string) {
	w.t.Helper()
	if l.id == "" {
		l.id = fmt.Sprintf("%d@acme.example", len(w.inbound)+1)
	}
	if l.proof.Verdict == "" {
		l.proof = proven
	}
	if l.team == "" {
		l.team = access.TeamSupport
	}
	lookup := &access.Lookup{Author: address(w.t, full(l.from)), Duplicate: token.DigestOf(full(l.from) + l.id)}
	lookup.ContactID = l.handling.Contact
	for _, r := range l.refs {
		lookup.Tokens = append(lookup.Tokens, r.Token.Digest())
	}
	if l.ticket != "" {
		lookup.Tickets = []string{l.ticket}
	}
	lookup.Client = l.client
	w.inbound = append(w.inbound, inbound{})
	in := &access.Incoming{InboundID: int64(len(w.inbound)), Team: l.team, Author: lookup.Author, Name: "Display Name", MessageID: l.id,
		Subject: "a subject", Refs: l.refs, Reading: l.reading, Proof: l.proof,
		Other: l.other, Handling: l.handling}
	w.inbound = w.inbound[:len(w.inbound)-1]
	before := len(w.sent)
	out, err := w.decideMail(lookup, l.bounced, in)
	if err != nil {
		w.t.Fatalf("deciding a mail by %s: %v", l.from, err)
	}
	w.apply(out)
	if out.Ticket != nil && l.handling.Handle == access.HandleRelease {
		w.released = append(w.released, released{out.Ticket.ID, l.handling.By})
	}
	w.inbound = append(w.inbound, inbound{lookup.Duplicate, out.Disposition})
	return out, w.since(before)
}

// since lists the mails from there on, sorted.
func (w *world) since(n int) []string {
	var list []string
	for _, m := range w.sent[n:] {
		list = append(list, string(m.Kind)+" "+short(m.To.String()))
	}
	slices.Sort(list)
	return list
}

// advance moves the clock on and fires every timer on the way, each at its time.
func (w *world) advance(by time.Duration) []string {
	w.t.Helper()
	end, before := w.now.Add(by), len(w.sent)
	for {
		var next *timer
		for _, t := range w.timers {
			if !t.fired && !t.DueAt.After(end) && (next == nil || t.DueAt.Before(next.DueAt)) {
				next = t
			}
		}
		if next == nil {
			w.now = end
			return w.since(before)
		}
		if next.DueAt.After(w.now) {
			w.now = next.DueAt
		}
		next.fired = true
		t := next.Timer
		if w.before != nil {
			w.before()
		}
		out, err := access.DecideTimer(w.timerSituation(&t), &t, w.env())
		if err != nil {
			w.t.Fatalf("firing timer %s: %v", t.Kind, err)
		}
		w.apply(out)
		if w.after != nil {
			w.after(t)
		}
	}
}

// acme is a client with two Main Contacts, and one more client beside it.
func acme(t tester) *world {
	w := newWorld(t)
	w.clients = []*access.Client{
		{ID: 1, Name: "Acme", RoleModel: "contact-levels", Domains: []string{"acme.example"}, Require: access.RequirePass},
		{ID: 2, Name: "Globex", RoleModel: "contact-levels", Domains: []string{"globex.example"}, Require: access.RequirePass},
	}
	w.person(1, "Anna Main", "anna", "main_contact")
	w.person(1, "Ben Main", "ben", "main_contact")
	w.person(1, "Carol Second", "carol", "secondary_contact")
	w.person(1, "Dave Tech", "dave", "technician")
	w.person(2, "Gina Main", "gina@globex.example", "main_contact")
	w.colleague("Sue", "sue@provider.example", access.TeamSupport)
	w.colleague("Sam", "sam@provider.example", access.TeamSupport)
	w.colleague("Sven", "sven@provider.example", access.TeamSecurity)
	return w
}

func (w *world) person(client int64, name, who, role string) *access.Contact {
	c := &access.Contact{ID: int64(len(w.contacts) + 1), ClientID: client, Name: name, Address: address(w.t, full(who)),
		Kind: access.Person, State: access.ContactActive, Badge: access.BadgeNone, Portal: true, Roles: []string{role}}
	w.contacts = append(w.contacts, c)
	return c
}

func (w *world) colleague(name, who string, teams ...access.Team) {
	w.staff = append(w.staff, &access.Staff{ID: int64(len(w.staff) + 1), Name: name, Address: address(w.t, who), Teams: teams})
}

func (w *world) contact(who string) *access.Contact {
	w.t.Helper()
	for _, c := range w.contacts {
		if c.Address.Key() == full(who) {
			return c
		}
	}
	w.t.Fatalf("no contact %s", who)
	return nil
}

func (w *world) request(id int) *access.Request {
	w.t.Helper()
	if id > len(w.requests) {
		w.t.Fatalf("there are only %d requests", len(w.requests))
	}
	return w.requests[id-1]
}

// states lists "state rule" of all requests, or "state(stage) rule" of those that wait.
func (w *world) states() []string {
	var list []string
	for _, r := range w.requests {
		s := string(r.State)
		if r.Stage != "" {
			s += "(" + string(r.Stage) + ")"
		}
		list = append(list, s+" "+r.Rule)
	}
	return list
}

// last is the newest mail of that kind to somebody.
func (w *world) last(kind access.MailKind, to string) *access.Mail {
	w.t.Helper()
	for _, m := range slices.Backward(w.sent) {
		if m.Kind == kind && m.To.Key() == full(to) {
			return m
		}
	}
	w.t.Fatalf("no mail of kind %s went to %s", kind, to)
	return nil
}

func asks(requests ...interpret.Request) interpret.Reading {
	return interpret.Reading{Class: interpret.ClassRequest, Requests: requests}
}

// add is a complete request for a new user; an empty value is not said.
func add(name, email, role, reason string) interpret.Request {
	return said(interpret.AddUser, name, email, role, reason)
}

func said(a interpret.Action, name, email, role, reason string) interpret.Request {
	q := interpret.Request{Action: a}
	for _, f := range []struct {
		to *(*string)
		v  string
	}{{&q.Name, name}, {&q.Email, email}, {&q.Reason, reason}} {
		if f.v != "" {
			*f.to = &f.v
		}
	}
	if role != "" {
		q.Roles = strings.Fields(role)
	}
	return q
}

func jane(role string) interpret.Request {
	return add("Jane Doe", "jane@acme.example", role, "new project")
}

func answers(pairs ...string) interpret.Reading {
	r := interpret.Reading{Class: interpret.ClassReply, Decisions: map[string]interpret.Decision{}}
	for i := 0; i < len(pairs); i += 2 {
		r.Decisions[pairs[i]] = interpret.Decision(pairs[i+1])
	}
	return r
}

func stopWord() interpret.Reading {
	return interpret.Reading{Class: interpret.ClassReply, Commands: []interpret.Command{{Name: "stop"}}}
}

// reply answers the newest approval mail to somebody, with its token.
func (w *world) reply(who string, r interpret.Reading) (*access.Outcome, []string) {
	w.t.Helper()
	return w.deliver(letter{from: who, reading: r, refs: []token.Ref{*w.last(access.MailApproval, who).Ref}})
}

func (w *world) approve(who string) []string {
	w.t.Helper()
	_, sent := w.reply(who, answers("*", "approve"))
	return sent
}

func (w *world) ask(who string, requests ...interpret.Request) []string {
	w.t.Helper()
	_, sent := w.deliver(letter{from: who, reading: asks(requests...)})
	return sent
}

// register uses the newest link to somebody with a code, in one browser session.
func (w *world) register(who string) error {
	w.t.Helper()
	tok, session := w.last(access.MailInvitation, who).Data.Token, token.DigestOf("session")
	if err := w.page(tok, func(s *access.Situation) (*access.Outcome, error) { return access.DecideCode(s, session, w.env()) }); err != nil {
		return err
	}
	code := w.last(access.MailCode, who).Data.Code
	return w.page(tok, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideRegistration(s, session, code, "", w.env())
	})
}

// page plays something that happens on the page of an invitation, as the store does.
func (w *world) page(tok token.Token, decide func(*access.Situation) (*access.Outcome, error)) error {
	w.t.Helper()
	s := w.invitationSituation(tok)
	if s == nil {
		return access.ErrNoInvitation
	}
	out, err := decide(s)
	if out != nil && (err == nil || errors.Is(err, access.ErrWrongCode)) {
		w.apply(out)
	}
	return err
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(got)+len(want) == 0 {
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
