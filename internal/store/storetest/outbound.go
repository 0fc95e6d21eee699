package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var outboundTests = map[string]func(*testing.T, *fixture){
	"outbound first in, first out":   testOutboundFIFO,
	"outbound without ticket":        testOutboundNoTicket,
	"outbound order and limit":       testOutboundLimit,
	"outbound tried again":           testOutboundRetry,
	"outbound next":                  testOutboundNext,
	"outbound outdated":              testOutboundOutdated,
	"outbound refused":               testOutboundRefused,
	"outbound finished late":         testOutboundFence,
	"outbound claimed in doubt":      testOutboundDoubt,
	"outbound sealed":                testOutboundSealed,
	"outbound by eight workers":      testOutboundRace,
	"outbound error of any kind":     testOutboundText,
	"outbound of a dead invitation":  testOutboundSuperseded,
	"outbound that cannot be opened": testOutboundUnopenable,
	"outbound without the key":       testOutboundKeyLost,
}

// queue queues mails with these names to these people, on tickets of these numbers; 0 is none.
func (f *fixture) queue(t testing.TB, mails ...*access.Mail) {
	t.Helper()
	in := f.arrive(t, "causes mail")[0]
	f.finish(t, in, &access.Outcome{Disposition: access.Applied, Mails: mails})
}

// newTicket files a ticket with nothing on it.
func (f *fixture) newTicket(t testing.TB) *access.Ticket {
	t.Helper()
	if f.world.client == nil {
		f.enrol(t)
	}
	tick := &access.Ticket{ClientID: f.world.client.ID, RequesterID: f.world.sam.ID, Team: access.TeamSupport, CreatedAt: f.clock.Now()}
	f.finish(t, f.arrive(t, "opens a ticket")[0], &access.Outcome{Disposition: access.Applied, Ticket: tick})
	return tick
}

func mailTo(p person, tick *access.Ticket, name string) *access.Mail {
	return &access.Mail{Kind: access.MailAnswer, To: address(p.address), ToName: name, Ticket: tick}
}

// names are the ToNames of claimed mails, which their text begins with.
func names(claimed []access.Outgoing) []string {
	var all []string
	for _, o := range claimed {
		_, name, _ := strings.Cut(string(o.Raw), "\r\n\r\nDear ")
		name, _, _ = strings.Cut(name, "\r\n")
		all = append(all, name)
	}
	return all
}

func (f *fixture) claimOut(t *testing.T, want ...string) []access.Outgoing {
	t.Helper()
	claimed, err := f.ClaimOutbound(t.Context(), time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, names(claimed)); diff != "" {
		t.Fatalf("claimed (-want +got):\n%s", diff)
	}
	return claimed
}

func finish(ctx context.Context, s *store.Store, o *access.Outgoing, r access.Sent) error {
	return s.FinishOutbound(ctx, []access.Attempt{{Mail: o, Sent: r}})[0]
}

func (f *fixture) finishOut(t *testing.T, o access.Outgoing, r access.Sent) {
	t.Helper()
	if err := finish(t.Context(), f.Store, &o, r); err != nil {
		t.Fatal(err)
	}
}

var accepted = access.Sent{Accepted: true}

func testOutboundFIFO(t *testing.T, f *fixture) {
	one, two := f.newTicket(t), f.newTicket(t)
	f.queue(t, mailTo(sam, one, "a1"), mailTo(sam, one, "a2"), mailTo(maria, one, "b1"), mailTo(sam, two, "c1"))
	f.queue(t, mailTo(sam, one, "a3"))
	first := f.claimOut(t, "a1", "b1", "c1")
	f.claimOut(t) // a2 waits for a1, which is on its way
	f.finishOut(t, first[0], access.Sent{Retry: f.clock.Now().Add(time.Hour), Error: "451 later"})
	f.claimOut(t) // and also while a1 waits for its next try
	f.clock.advance(2 * time.Hour)
	a1 := f.claimOut(t, "b1", "c1", "a1")[2] // longest due first
	if a1.Attempts != 2 || a1.Rcpt.String() != sam.address || a1.MailFrom.String() != "bounces@provider.example" {
		t.Errorf("claimed again: attempt %d from %s to %s", a1.Attempts, a1.MailFrom, a1.Rcpt)
	}
	f.finishOut(t, a1, accepted)
	f.finishOut(t, f.claimOut(t, "a2")[0], access.Sent{Failed: true, Error: "550 no"})
	f.finishOut(t, f.claimOut(t, "a3")[0], accepted)
	f.claimOut(t)
}

func testOutboundNoTicket(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "a"), mailTo(sam, nil, "b"))
	f.finishOut(t, f.claimOut(t, "a", "b")[1], accepted)
}

// The longest due go first, and no more than asked for, however the engine plans the statement.
func testOutboundLimit(t *testing.T, f *fixture) {
	var mails []*access.Mail
	var want []string
	for i := range 40 {
		mails = append(mails, mailTo(sam, nil, fmt.Sprint(i)))
		want = append(want, fmt.Sprint(i))
	}
	f.queue(t, mails...)
	f.db.Exec(t, `ANALYZE`)
	var got []string
	for _, limit := range []int{1, 3, 15, 15, 15} {
		claimed, err := f.ClaimOutbound(t.Context(), time.Minute, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n := min(limit, len(mails)-len(got)); len(claimed) != n {
			t.Errorf("%d mails were claimed, want %d", len(claimed), n)
		}
		got = append(got, names(claimed)...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
}

func testOutboundRetry(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "a"))
	o := f.claimOut(t, "a")[0]
	f.finishOut(t, o, access.Sent{Retry: f.clock.Now().Add(30 * time.Second), Error: "no connection"})
	f.clock.advance(29 * time.Second)
	f.claimOut(t)
	f.clock.advance(time.Second)
	f.claimOut(t, "a")
	f.clock.advance(59 * time.Second) // no finish: the process died
	f.claimOut(t)
	f.clock.advance(2 * time.Second)
	if o = f.claimOut(t, "a")[0]; o.Attempts != 3 {
		t.Errorf("this is attempt %d, want 3", o.Attempts)
	}
	f.finishOut(t, o, accepted)
	f.clock.advance(time.Hour)
	f.claimOut(t)
}

// Whoever sleeps until NextOutbound must find something to claim then, or it would spin.
func testOutboundNext(t *testing.T, f *fixture) {
	next := func(when string, want time.Time) {
		t.Helper()
		got, err := f.NextOutbound(t.Context())
		if err != nil || !got.Equal(want.Truncate(time.Microsecond)) {
			t.Errorf("%s the next mail is due at %v, %v; want %v", when, got, err, want)
		}
	}
	next("without mails", time.Time{})
	tick := f.newTicket(t)
	f.queue(t, mailTo(sam, tick, "a1"), mailTo(sam, tick, "a2"))
	next("at first", f.clock.Now())
	a1 := f.claimOut(t, "a1")[0]
	next("while it is leased", f.clock.Now().Add(time.Minute))
	retry := f.clock.Now().Add(time.Hour)
	f.finishOut(t, a1, access.Sent{Retry: retry})
	next("while the first of two waits for its next try", retry)
	f.queue(t, mailTo(maria, tick, "b"))
	next("with another", f.clock.Now())
	f.finishOut(t, f.claimOut(t, "b")[0], accepted)
	f.clock.advance(2 * time.Hour)
	f.finishOut(t, f.claimOut(t, "a1")[0], accepted)
	f.finishOut(t, f.claimOut(t, "a2")[0], accepted)
	next("when all are sent", time.Time{})
}

func testOutboundOutdated(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	code := mailTo(sam, tick, "code")
	code.NotAfter = f.clock.Now().Add(10 * time.Minute)
	f.queue(t, code, mailTo(sam, tick, "after it"))
	o := f.claimOut(t, "code")[0]
	f.clock.advance(59 * time.Second)
	f.finishOut(t, o, access.Sent{Retry: f.clock.Now().Add(10 * time.Minute)})
	f.clock.advance(11 * time.Minute)
	f.claimOut(t, "after it")
	if got := f.db.Query(t, `SELECT state FROM outbound_messages ORDER BY id`); got[0][0] != "dropped" || got[1][0] != "queued" {
		t.Errorf("the states are %v, want dropped, queued", got)
	}
	if got := f.trail(t, tick); !slices.Equal(got, []string{"mail_dropped"}) {
		t.Errorf("events of the ticket: %v", got)
	}
}

// trail is the kinds of a ticket's events.
func (f *fixture) trail(t *testing.T, tick *access.Ticket) []string {
	t.Helper()
	events, err := f.Trail(t.Context(), tick.Number)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func testOutboundRefused(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	f.queue(t, mailTo(sam, tick, "a"))
	f.finishOut(t, f.claimOut(t, "a")[0], access.Sent{Failed: true, Error: "550 no such user"})
	f.clock.advance(time.Hour)
	f.claimOut(t)
	if got := f.db.Query(t, `SELECT state, last_error FROM outbound_messages`); got[0][0] != "failed" || got[0][1] != "550 no such user" {
		t.Errorf("stored as %v", got)
	}
	if got := f.trail(t, tick); !slices.Equal(got, []string{"mail_refused"}) {
		t.Errorf("events of the ticket: %v", got)
	}
}

func testOutboundFence(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	f.queue(t, mailTo(sam, tick, "a"))
	late := f.claimOut(t, "a")[0]
	f.clock.advance(2 * time.Minute)
	again := f.claimOut(t, "a")[0]
	before := f.dump(t)
	for name, r := range map[string]access.Sent{"accepted": accepted, "failed": {Failed: true}, "retry": {Retry: f.clock.Now()}} {
		fenced(t, "late and "+name, finish(t.Context(), f.Store, &late, r))
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a worker without claim changed the database:\n%s", diff)
	}
	f.finishOut(t, again, accepted)
	fenced(t, "twice", finish(t.Context(), f.Store, &again, accepted))
}

// A daemon whose commit of a claim was lost gives back what it does not have. Meanwhile somebody else may have claimed the
// same mail for the same attempt, and a third one must not send it beside them.
func testOutboundDoubt(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "a"))
	doubtful := f.claimOut(t, "a")[0]
	f.db.Exec(t, `UPDATE outbound_messages SET attempts = 0, lease_until = NULL`)
	f.clock.advance(time.Second)
	theirs := f.claimOut(t, "a")[0]
	fenced(t, "giving back what another daemon has", finish(t.Context(), f.Store, &doubtful, access.Sent{Retry: f.clock.Now()}))
	f.claimOut(t)
	f.finishOut(t, theirs, access.Sent{Retry: f.clock.Now()})
	f.claimOut(t, "a")
}

// outbox gathers what several workers have sent.
type outbox struct {
	mu  sync.Mutex
	all []string
}

func (b *outbox) add(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, name)
}

func (b *outbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.all)
}

// Eight workers in two daemons never get the same mail, and each recipient gets theirs in order.
func testOutboundRace(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	people := []person{sam, maria, sue}
	var mails []*access.Mail
	const each, loose = 5, 20
	for i := range each {
		for _, p := range people {
			mails = append(mails, mailTo(p, tick, fmt.Sprint(p.name, i)))
		}
	}
	for i := range loose {
		mails = append(mails, mailTo(sid, nil, fmt.Sprint("loose", i)))
	}
	f.queue(t, mails...)
	stores := []*store.Store{f.Store, f.open(t)}
	var sent outbox
	noErrors(t, together(t.Context(), 8, func(ctx context.Context, i int) error {
		s := stores[i%2]
		for sent.count() < len(mails) {
			claimed, err := s.ClaimOutbound(ctx, time.Minute, 3)
			if err != nil {
				return err
			}
			for _, o := range claimed {
				sent.add(names([]access.Outgoing{o})[0])
				if err := finish(ctx, s, &o, accepted); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for _, p := range people {
		var got, want []string
		for _, n := range sent.all {
			if strings.HasPrefix(n, p.name) {
				got = append(got, n)
			}
		}
		for i := range each {
			want = append(want, fmt.Sprint(p.name, i))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mails to %s (-want +got):\n%s", p.name, diff)
		}
	}
	slices.Sort(sent.all)
	if n := len(slices.Compact(slices.Clone(sent.all))); n != len(mails) || len(sent.all) != len(mails) {
		t.Errorf("%d mails were sent, %d of them different; want %d", len(sent.all), n, len(mails))
	}
	if wrong, err := f.VerifyChains(t.Context()); err != nil || len(wrong) != 0 {
		t.Errorf("the chains: %v, %v", wrong, err)
	}
}

// One mail that cannot be opened, say because another key sealed it, does not hold up the others.
func testOutboundUnopenable(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "spoilt"), mailTo(sam, nil, "sound"))
	f.db.Exec(t, `UPDATE outbound_messages SET sealed = (SELECT sealed FROM outbound_messages ORDER BY id DESC LIMIT 1)`)
	f.claimOut(t, "sound")
	todos, err := f.Todos(t.Context(), 10)
	if err != nil || len(todos) != 1 || todos[0].Kind != access.TodoUnsendable {
		t.Errorf("to-dos %+v (%v)", todos, err)
	}
	f.claimOut(t)
}

// Without the key nothing can be opened: there is one to-do, nobody looks again at once, and when the key is back every mail
// goes out as if it had never been tried.
func testOutboundKeyLost(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "a"), mailTo(sam, nil, "b"))
	other := f.db.Config
	other.Key, other.Now, other.Rand = bytes.Repeat([]byte{8}, 32), f.clock.Now, rand.Reader
	s, err := store.Open(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 3 {
		if claimed, err := s.ClaimOutbound(t.Context(), time.Minute, 10); err != nil || len(claimed) != 0 {
			t.Errorf("with another key %d mails were claimed (%v)", len(claimed), err)
		}
		next, err := s.NextOutbound(t.Context())
		if wait := next.Sub(f.clock.Now()); err != nil || wait < 9*time.Minute || wait > 10*time.Minute {
			t.Errorf("the next look is in %s (%v), want ten minutes", wait, err)
		}
		f.clock.advance(10 * time.Minute)
	}
	todos, err := f.Todos(t.Context(), 10)
	if err != nil || len(todos) != 1 || todos[0].Kind != access.TodoUnsendable || todos[0].Count != 6 {
		t.Errorf("to-dos %+v (%v), want one that counts six", todos, err)
	}
	for _, o := range f.claimOut(t, "a", "b") {
		if o.Attempts != 1 {
			t.Errorf("the mail has had %d attempts, want 1", o.Attempts)
		}
	}
}

// A server may answer in any bytes; a finish that cannot be stored would send the mail again and again.
func testOutboundText(t *testing.T, f *fixture) {
	f.queue(t, mailTo(sam, nil, "a"))
	o := f.claimOut(t, "a")[0]
	f.finishOut(t, o, access.Sent{Retry: f.clock.Now(), Error: "451 \xe9\x00"})
	if got := f.db.Query(t, `SELECT last_error FROM outbound_messages`); got[0][0] != "451 \ufffd" {
		t.Errorf("the error is %q", got[0][0])
	}
	f.finishOut(t, f.claimOut(t, "a")[0], access.Sent{Failed: true, Error: "550 \xe9\x00"})
}

// The mail of an invitation that has died is not sent, even if a worker died or failed on it before.
func testOutboundSuperseded(t *testing.T, f *fixture) {
	f.enrol(t)
	for name, fate := range map[string]func(o access.Outgoing){
		"left":    func(access.Outgoing) { f.clock.advance(2 * time.Minute) },
		"delayed": func(o access.Outgoing) { f.finishOut(t, o, access.Sent{Retry: f.clock.Now()}) },
	} {
		o := f.fullOutcome()
		f.finish(t, f.arrive(t, name)[0], o)
		claimed := f.claimOut(t, "Nina New")[0]
		inv := o.Invitations[0]
		inv.State = access.InvitationRevoked
		f.finish(t, f.arrive(t, "revokes")[0], &access.Outcome{Disposition: access.Applied, Invitations: []*access.Invitation{inv}})
		fate(claimed)
		f.claimOut(t)
		if got := f.trail(t, o.Ticket); !slices.Equal(got, []string{"request_filed", "mail_dropped"}) {
			t.Errorf("%s: events of the ticket: %v", name, got)
		}
		f.db.Exec(t, `DELETE FROM contact_roles`)
		f.db.Exec(t, `UPDATE contacts SET address_key = CAST(id AS TEXT)`)
	}
}
