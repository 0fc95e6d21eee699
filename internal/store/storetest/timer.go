package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var timerTests = map[string]func(*testing.T, *fixture){
	"timers in order":         testTimerOrder,
	"timers leased":           testTimerLease,
	"timer fired":             testTimerFired,
	"timer next":              testTimerNext,
	"timers by eight workers": testTimerRace,
	"timer that fails":        testTimerFails,
	"clock went back":         testClockBack,
}

// setTimers sets timers on one request, due so long after now.
func (f *fixture) setTimers(t *testing.T, due ...time.Duration) *access.Outcome {
	t.Helper()
	f.enrol(t)
	o := f.fullOutcome()
	o.Timers = nil
	for _, d := range due {
		o.Timers = append(o.Timers, &access.Timer{Kind: access.TimerExpiry, Request: o.Requests[0], Invitation: o.Invitations[0], Round: 2,
			DueAt: f.clock.Now().Add(d)})
	}
	f.finish(t, f.arrive(t, "sets timers")[0], o)
	return o
}

func (f *fixture) claimTimers(t *testing.T, limit int, due ...time.Duration) []access.Timer {
	t.Helper()
	claimed, err := f.ClaimTimers(t.Context(), time.Minute, limit)
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Duration
	for _, c := range claimed {
		got = append(got, c.DueAt.Sub(epoch.Truncate(time.Microsecond)))
	}
	if diff := cmp.Diff(due, got); diff != "" {
		t.Fatalf("claimed timers due after (-want +got):\n%s", diff)
	}
	return claimed
}

func (f *fixture) fire(ctx context.Context, s *store.Store, tm access.Timer, o *access.Outcome) error {
	_, err := s.DecideTimer(ctx, &tm, outcome(o), f.post.render)
	return err
}

func testTimerOrder(t *testing.T, f *fixture) {
	const m = time.Minute
	o := f.setTimers(t, 9*m, 3*m, 7*m, 1*m, 5*m, 8*m, 2*m, 6*m, 4*m, 20*m)
	f.db.Exec(t, `ANALYZE`)
	f.claimTimers(t, 20)
	f.clock.advance(10 * m)
	first := f.claimTimers(t, 4, 1*m, 2*m, 3*m, 4*m)
	f.claimTimers(t, 20, 5*m, 6*m, 7*m, 8*m, 9*m)
	f.claimTimers(t, 20)
	if tm := first[0]; tm.Kind != access.TimerExpiry || tm.RequestID != o.Requests[0].ID || tm.InvitationID != o.Invitations[0].ID || tm.Round != 2 ||
		tm.Attempts != 1 {
		t.Errorf("claimed %+v", tm)
	}
}

func testTimerLease(t *testing.T, f *fixture) {
	f.setTimers(t, 0)
	late := f.claimTimers(t, 5, 0)[0]
	f.clock.advance(59 * time.Second)
	f.claimTimers(t, 5)
	f.clock.advance(2 * time.Second)
	again := f.claimTimers(t, 5, 0)[0]
	before := f.dump(t)
	fenced(t, "firing late", f.fire(t.Context(), f.Store, late, &access.Outcome{Events: []*access.Event{{Kind: "late"}}}))
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a worker without claim changed the database:\n%s", diff)
	}
	if err := f.fire(t.Context(), f.Store, again, &access.Outcome{}); err != nil {
		t.Error(err)
	}
}

func testTimerFired(t *testing.T, f *fixture) {
	o := f.setTimers(t, 0)
	tm := f.claimTimers(t, 5, 0)[0]
	var seen *access.Situation
	if _, err := f.DecideTimer(t.Context(), &tm, func(s *access.Situation) (*access.Outcome, error) {
		seen = s
		s.Requests[0].State = access.Expired
		return &access.Outcome{Ticket: s.Ticket, Requests: s.Requests, Events: []*access.Event{{Kind: "expired", Request: s.Requests[0]}}}, nil
	}, f.post.render); err != nil {
		t.Fatal(err)
	}
	if seen.Client.Name != "Example Ltd" || seen.Ticket.Number != o.Ticket.Number || len(seen.Contacts) != 3 || len(seen.Staff) != 3 ||
		seen.Invitation == nil || seen.Invitation.Request != seen.Requests[0] || seen.Open[0] != seen.Requests[0] {
		t.Errorf("the timer's situation: %+v", seen)
	}
	if got := f.trail(t, o.Ticket); !slices.Equal(got, []string{"request_filed", "expired"}) {
		t.Errorf("events of the ticket: %v", got)
	}
	fenced(t, "firing twice", f.fire(t.Context(), f.Store, tm, &access.Outcome{}))
	f.clock.advance(time.Hour)
	f.claimTimers(t, 5)
}

// Whoever sleeps until NextTimer must find something to claim then, or it would spin.
func testTimerNext(t *testing.T, f *fixture) {
	next := func(when string, want time.Time) {
		t.Helper()
		got, err := f.NextTimer(t.Context())
		if err != nil || !got.Equal(want.Truncate(time.Microsecond)) || got.Location() != time.UTC {
			t.Errorf("%s the next timer is due at %v, %v; want %v", when, got, err, want)
		}
	}
	next("without timers", time.Time{})
	wake, stop := f.Subscribe(store.TopicTimers)
	defer stop()
	f.setTimers(t, time.Hour, time.Minute)
	select {
	case <-wake:
	default:
		t.Error("setting a timer woke nobody")
	}
	next("at first", epoch.Add(time.Minute))
	f.clock.advance(time.Minute)
	claimed := f.claimTimers(t, 5, time.Minute)
	next("while the first is leased", epoch.Add(2*time.Minute))
	if err := f.fire(t.Context(), f.Store, claimed[0], &access.Outcome{}); err != nil {
		t.Fatal(err)
	}
	next("when the first has fired", epoch.Add(time.Hour))
}

func testTimerRace(t *testing.T, f *fixture) {
	const n = 20
	o := f.setTimers(t, make([]time.Duration, n)...)
	stores := []*store.Store{f.Store, f.open(t)}
	var fired outbox
	noErrors(t, together(t.Context(), 8, func(ctx context.Context, i int) error {
		for fired.count() < n {
			claimed, err := stores[i%2].ClaimTimers(ctx, time.Minute, 3)
			if err != nil {
				return err
			}
			for _, tm := range claimed {
				fired.add(fmt.Sprint(tm.ID))
				if err := f.fire(ctx, stores[i%2], tm, &access.Outcome{Ticket: o.Ticket, Events: []*access.Event{{Kind: "fired"}}}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	if got := f.trail(t, o.Ticket); len(got) != n+1 {
		t.Errorf("the ticket has the events %v, want request_filed and %d times fired", got, n)
	}
	slices.Sort(fired.all)
	if got := slices.Compact(fired.all); len(got) != n {
		t.Errorf("%d different timers fired, want %d", len(got), n)
	}
}

// A timer whose decision or mail fails has not fired.
func testTimerFails(t *testing.T, f *fixture) {
	o := f.setTimers(t, 0)
	tm := f.claimTimers(t, 5, 0)[0]
	before := f.dump(t)
	broken := errors.New("broken")
	_, err := f.DecideTimer(t.Context(), &tm, func(*access.Situation) (*access.Outcome, error) { return nil, broken }, f.post.render)
	if !errors.Is(err, broken) {
		t.Errorf("the core's error became %v", err)
	}
	_, err = f.DecideTimer(t.Context(), &tm, outcome(&access.Outcome{Events: []*access.Event{{Kind: "fired"}}, Mails: []*access.Mail{mailTo(sam, o.Ticket, "a")}}),
		func(*access.Mail) (*access.Rendered, error) { return nil, broken })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "writing a mail of kind answer") {
		t.Errorf("the template's error became %v", err)
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a timer that failed changed the database:\n%s", diff)
	}
	f.clock.advance(2 * time.Minute)
	f.claimTimers(t, 5, 0)
}

// A daemon whose clock was a day ahead has queued a mail, and died with claims. When the clock is right again, nothing
// waits for that day; what was to come later anyway still does.
func testClockBack(t *testing.T, f *fixture) {
	f.setTimers(t, 0, time.Hour)
	f.clock.advance(24 * time.Hour)
	f.queue(t, mailTo(sam, nil, "Sam"))
	f.deliver(t, "claimed")
	if held, err := f.LeaseMailbox(t.Context(), "support", "dead", time.Minute); !held || err != nil {
		t.Fatal(held, err)
	}
	if _, err := f.ClaimInbound(t.Context(), time.Minute, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ClaimTimers(t.Context(), time.Minute, 1); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(-24 * time.Hour)
	next := f.open(t)
	freed, err := next.CatchUp(t.Context())
	if err != nil || freed != 4 {
		t.Errorf("%d were freed, %v; want a mail to read, one to send, a timer and a mailbox", freed, err)
	}
	inbound, err := next.ClaimInbound(t.Context(), time.Minute, 10)
	if err != nil || len(inbound) != 1 {
		t.Errorf("%d mails can be read, %v; want 1", len(inbound), err)
	}
	outbound, err := next.ClaimOutbound(t.Context(), time.Minute, 10)
	if err != nil || len(outbound) == 0 {
		t.Errorf("%d mails can be sent, %v", len(outbound), err)
	}
	f.claimTimers(t, 10, 0)
	if held, err := next.LeaseMailbox(t.Context(), "support", "alive", time.Minute); !held || err != nil {
		t.Errorf("the mailbox can be read: %v, %v", held, err)
	}
	if freed, err := next.CatchUp(t.Context()); err != nil || freed != 0 {
		t.Errorf("%d were freed of a daemon with the right time, %v", freed, err)
	}
}
