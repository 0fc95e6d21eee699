package access_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// The plays below are on the pages behind our links: with the link alone, with a wrong code, with the code of another browser
// or of another link, and with the right one.

func duplicates[T any](rows []*T) []*T { return filter(rows, func(*T) bool { return true }) }

// fork is a world of its own that is as this one is now.
func (w *world) fork() *world {
	f := *w
	f.rand = rand.NewChaCha8([32]byte{2})
	f.contacts, f.tickets, f.requests, f.approvals = duplicates(w.contacts), duplicates(w.tickets), duplicates(w.requests), duplicates(w.approvals)
	f.decisions, f.delegations, f.invitations = duplicates(w.decisions), duplicates(w.delegations), duplicates(w.invitations)
	f.challenges, f.timers, f.visits = duplicates(w.challenges), duplicates(w.timers), duplicates(w.visits)
	f.inbound, f.released, f.sent = slices.Clone(w.inbound), slices.Clone(w.released), slices.Clone(w.sent)
	f.events, f.alarms = slices.Clone(w.events), slices.Clone(w.alarms)
	return &f
}

// state is all that an event may change, but for the secrets, which no two worlds share, and the codes.
type state struct {
	contacts    []access.Contact
	tickets     []access.Ticket
	requests    []access.Request
	approvals   []access.Approval
	decisions   []access.Decision
	delegations []access.Delegation
	invitations []access.Invitation
	visits      []access.Visit
	timers      []timer
	alarms      []string
}

func (w *world) state() state {
	s := state{copies(w.contacts), copies(w.tickets), copies(w.requests), copies(w.approvals), copies(w.decisions), copies(w.delegations),
		copies(w.invitations), copies(w.visits), copies(w.timers), slices.Clone(w.alarms)}
	for i := range s.approvals {
		s.approvals[i].Token = ""
	}
	for i := range s.invitations {
		s.invitations[i].Token = ""
	}
	return s
}

// told is what somebody reads in a mail, whatever it answers.
type told struct {
	Kind                       access.MailKind
	To, Name, Language, Ticket string
	Answerable, Linked         bool
	Data                       access.MailData
}

func (w *world) toldSince(n int) []told {
	var all []told
	for _, m := range w.sent[n:] {
		x := told{Kind: m.Kind, To: m.To.String(), Name: m.ToName, Language: m.Language, Answerable: m.Ref != nil, Linked: !m.Data.Token.IsZero(), Data: m.Data}
		if m.Ticket != nil {
			x.Ticket = m.Ticket.Number
		}
		x.Data.Token, x.Data.Code = token.Token{}, token.Code{}
		all = append(all, x)
	}
	return all
}

func differ(want, got any) string {
	return cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }))
}

// link is a token that a mail of ours carried, and whom that mail was to.
type link struct {
	token token.Token
	to    string
}

// stopLinks are the tokens of approvers that were ever mailed, the oldest first; those of delegations stand in links alone.
func (w *world) stopLinks() []link {
	var all []link
	for _, m := range w.sent {
		switch {
		case m.Kind == access.MailInvitation || m.Kind == access.MailChallenge:
		case m.Ref != nil:
			all = append(all, link{m.Ref.Token, m.To.String()})
		case !m.Data.Token.IsZero():
			all = append(all, link{m.Data.Token, m.To.String()})
		}
	}
	return all
}

// unchanged holds that what is done changes nothing, and writes to nobody.
func (w *world) unchanged(t *rapid.T, what string, do func()) {
	before, n := w.state(), len(w.sent)
	do()
	if diff := differ(before, w.state()); diff != "" {
		t.Fatalf("%s changed (-before +after):\n%s", what, diff)
	}
	if len(w.sent) != n {
		t.Fatalf("%s wrote %s", what, w.since(n))
	}
}

// codeFor asks for a code on a page, and holds that this changes nothing, and that the code goes to the address of the link
// and to nobody else.
func (w *world) codeFor(t *rapid.T, to string, ask func() error) (code token.Code, err error) {
	before, n := w.state(), len(w.sent)
	err = ask()
	if diff := differ(before, w.state()); diff != "" {
		t.Fatalf("asking for a code changed (-before +after):\n%s", diff)
	}
	switch sent := w.sent[n:]; {
	case err != nil && len(sent) > 0:
		t.Fatalf("a page that says %v wrote %s", err, w.since(n))
	case err == nil && (len(sent) != 1 || sent[0].Kind != access.MailCode || sent[0].To.String() != to):
		t.Fatalf("asking for the code to %s wrote %s", to, w.since(n))
	case err == nil:
		code = sent[0].Data.Code
	}
	return code, err
}

// stopsByPage plays on the page of some link that was ever mailed.
func (w *world) stopsByPage(t *rapid.T) {
	links := w.stopLinks()
	if len(links) == 0 {
		notNow(t, "no link was mailed")
	}
	l := links[len(links)-1-min(rapid.IntRange(0, 9).Draw(t, "back"), len(links)-1)]
	how := rapid.IntRange(0, 7).Draw(t, "how")
	if how == 0 { // whoever found the link guesses, without a code or where one is under way
		guess := token.Code{}
		if len(w.challenges) > 0 && rapid.Bool().Draw(t, "a code of another browser") {
			guess = w.lastCode()
		}
		w.unchanged(t, "the link alone", func() { w.wantNoStop(t, w.tryStop(l.token, "thief", guess)) })
		return
	}
	code, err := w.codeFor(t, l.to, func() error { return w.stopCode(l.token, "browser") })
	if errors.Is(err, access.ErrTooManyCodes) {
		return
	}
	_, viewed := w.viewStop(l.token)
	if !errors.Is(viewed, err) {
		t.Fatalf("the page says %v, and its button %v", viewed, err)
	}
	switch how {
	case 1:
		w.unchanged(t, "a wrong code", func() { w.wantNoStop(t, w.tryStop(l.token, "browser", another(code))) })
	case 2:
		w.unchanged(t, "the code of another browser", func() { w.wantNoStop(t, w.tryStop(l.token, "thief", code)) })
	case 3:
		o := pick(t, links, "another link")
		if o.token != l.token {
			w.unchanged(t, "the code of another link", func() { w.wantNoStop(t, w.tryStop(o.token, "browser", code)) })
		}
	default:
		w.stopsRightly(t, l, code, err)
	}
}

func (w *world) wantNoStop(t *rapid.T, err error) {
	if err == nil {
		t.Fatalf("the page took it")
	}
}

func (w *world) lastCode() token.Code {
	for _, m := range slices.Backward(w.sent) {
		if m.Kind == access.MailCode {
			return m.Data.Code
		}
	}
	return token.Code{}
}

// stopsRightly types the code that was mailed, and holds that this does what a mail with STOP would have done: all of it where
// there was a code, and nothing where the page said so.
func (w *world) stopsRightly(t *rapid.T, l link, code token.Code, refused error) {
	byMail := w.fork()
	before, n, e := w.state(), len(w.sent), len(w.events)
	byMail.deliver(letter{from: l.to, reading: stopWord(), refs: []token.Ref{{Kind: token.Approval, Token: l.token}}})
	err := w.tryStop(l.token, "browser", code)
	if refused != nil {
		if !errors.Is(err, refused) {
			t.Fatalf("the button says %v, and the form %v", refused, err)
		}
		if diff := differ(before, w.state()); diff != "" {
			t.Fatalf("a page that says %v changed (-before +after):\n%s", err, diff)
		}
		if diff := differ(before, byMail.state()); diff != "" {
			t.Fatalf("the page says %v, and a mail would have changed (-before +after):\n%s", err, diff)
		}
		return
	}
	if err != nil {
		t.Fatalf("the right code: %v", err)
	}
	if differ(before, w.state()) == "" {
		t.Fatalf("the page of %s said that there is something to stop, and stopped nothing", l.to)
	}
	if diff := differ(byMail.state(), w.state()); diff != "" {
		t.Fatalf("the page does something else than the mail (-mail +page):\n%s", diff)
	}
	if diff := differ(byMail.toldSince(n), w.toldSince(n)); diff != "" {
		t.Fatalf("the page tells something else than the mail (-mail +page):\n%s", diff)
	}
	if diff := differ(byMail.events[e:], w.events[e:]); diff != "" {
		t.Fatalf("the page notes something else than the mail (-mail +page):\n%s", diff)
	}
	if !w.challenges[len(w.challenges)-1].UsedAt.Equal(w.now) {
		t.Fatalf("the code is kept as one that nobody has used")
	}
	w.unchanged(t, "the same code again", func() { w.wantNoStop(t, w.tryStop(l.token, "browser", code)) })
}

// registersByPage plays on the page of some invitation.
func (w *world) registersByPage(t *rapid.T) {
	var links []link
	for _, m := range w.sent {
		if m.Kind == access.MailInvitation {
			links = append(links, link{m.Data.Token, m.To.String()})
		}
	}
	if len(links) == 0 {
		notNow(t, "nobody was invited")
	}
	l := links[len(links)-1-min(rapid.IntRange(0, 3).Draw(t, "back"), len(links)-1)]
	how := rapid.IntRange(0, 5).Draw(t, "how")
	if how == 0 {
		w.unchanged(t, "the link alone", func() { w.wantNoStop(t, w.try(l.token, "thief", w.lastCode())) })
		return
	}
	code, err := w.codeFor(t, l.to, func() error { return w.code(l.token, "browser") })
	switch {
	case err != nil:
		w.unchanged(t, "a code where none is sent", func() {
			if !errors.Is(err, access.ErrTooManyCodes) {
				w.wantNoStop(t, w.try(l.token, "browser", w.lastCode()))
			}
		})
	case how == 1:
		w.unchanged(t, "a wrong code", func() { w.wantNoStop(t, w.try(l.token, "browser", another(code))) })
	case how == 2:
		w.unchanged(t, "the code of another browser", func() { w.wantNoStop(t, w.try(l.token, "thief", code)) })
	default:
		w.registersRightly(t, l, code)
	}
}

// registersRightly types the code that was mailed: whoever is invited gets in, and nobody else is changed.
func (w *world) registersRightly(t *rapid.T, l link, code token.Code) {
	i := one(w.invitations, func(i *access.Invitation) bool { return i.Token == l.token.Digest() })
	was := copies(w.contacts)
	if err := w.try(l.token, "browser", code); err != nil {
		t.Fatalf("the right code: %v", err)
	}
	want := &was[i.ContactID-1]
	want.State, want.Portal = access.ContactActive, true
	if diff := differ(was, copies(w.contacts)); diff != "" {
		t.Fatalf("registering %s (-want +got):\n%s", l.to, diff)
	}
	if now := w.invitations[i.ID-1]; now.State != access.InvitationAccepted || w.requests[i.RequestID-1].State != access.Completed {
		t.Fatalf("registering %s left the link %s and the request %s", l.to, now.State, w.requests[i.RequestID-1].State)
	}
	if !w.challenges[len(w.challenges)-1].UsedAt.Equal(w.now) {
		t.Fatalf("the code is kept as one that nobody has used")
	}
	w.unchanged(t, "the same code again", func() { w.wantNoStop(t, w.try(l.token, "browser", code)) })
}
