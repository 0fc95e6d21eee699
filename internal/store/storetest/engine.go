package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var engineTests = map[string]func(*testing.T, *fixture){
	"times in mixed zones": testTimes,
	"context ends a wait":  testContext,
	"wake-ups":             testWakes,
	"store answers":        testPing,
	"key of a wrong size":  testKey,
	"reopened":             testReopened,
}

// Times of any zone and fraction come back as the same instant in UTC, in microseconds, and compare as instants.
func testTimes(t *testing.T, f *fixture) {
	f.enrol(t)
	base := time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)
	var want []time.Time
	o := f.fullOutcome()
	o.Timers = nil
	for i, zone := range []*time.Location{time.FixedZone("", 14*3600), time.UTC, time.FixedZone("", -12*3600), time.FixedZone("", 5*3600+2700)} {
		for _, fraction := range []time.Duration{0, 100 * time.Millisecond, 120 * time.Millisecond, 123456789, 999999999} {
			due := base.Add(time.Duration(4-i)*time.Second + fraction).In(zone)
			o.Timers = append(o.Timers, &access.Timer{Kind: access.TimerExpiry, Request: o.Requests[0], DueAt: due})
			want = append(want, due.UTC().Truncate(time.Microsecond))
		}
	}
	o.Requests[0].HeldUntil = time.Time{}
	f.finish(t, f.arrive(t, "a")[0], o)
	slices.SortFunc(want, time.Time.Compare)
	f.clock.advance(base.Add(3 * time.Second).Sub(f.clock.Now()))
	var got []time.Time
	claim := func() {
		t.Helper()
		claimed, err := f.ClaimTimers(t.Context(), time.Hour, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claimed {
			got = append(got, c.DueAt)
		}
	}
	claim()
	if len(got) != 11 {
		t.Errorf("%d timers were due at %v, want the ten of the seconds before and the one of this", len(got), f.clock.Now())
	}
	f.clock.advance(time.Minute)
	claim()
	if !slices.Equal(got, want) {
		t.Errorf("the times came back as\n%v, want\n%v", got, want)
	}
	// No time is none: NULL, and zero again.
	if n := f.count(t, `SELECT count(*) FROM requests WHERE held_until IS NULL`); n != 1 {
		t.Errorf("%d requests have no hold, want 1", n)
	}
	if err := f.ViewInvitation(t.Context(), o.Invitations[0].Token, func(s *access.Situation) {
		if r := s.Requests[0]; !r.HeldUntil.IsZero() || !s.Invitation.AcceptedAt.IsZero() {
			t.Errorf("times that are not set came back as %v, %v", r.HeldUntil, s.Invitation.AcceptedAt)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// patience bounds the wait for what must come; it is never used up by a test that passes.
const patience = 30 * time.Second

// A context ends the wait for a lock that somebody else holds, and the store is whole afterwards.
func testContext(t *testing.T, f *fixture) {
	f.enrol(t)
	change := func(ctx context.Context, r *store.Roster, domain string) error {
		w := newWorld()
		w.client.Domains, w.client.FourEyes = []string{domain}, true
		_, err := r.PutClient(ctx, w.client)
		return err
	}
	locked, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- f.EditRoster(t.Context(), false, func(r *store.Roster) error {
			if err := change(t.Context(), r, "first.example"); err != nil {
				return err
			}
			close(locked)
			<-release
			return nil
		})
	}()
	select {
	case <-locked:
	case err := <-done:
		t.Fatalf("taking the lock: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	waiting := make(chan error, 1)
	go func() {
		waiting <- f.EditRoster(ctx, false, func(r *store.Roster) error { return change(ctx, r, "second.example") })
	}()
	select {
	case err := <-waiting:
		if err == nil || ctx.Err() == nil {
			t.Errorf("waiting for the lock ended with %v while the context is %v", err, ctx.Err())
		}
	case <-time.After(patience):
		t.Error("the context did not end the wait")
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c, err := f.ClientByName(t.Context(), "Example Ltd"); err != nil || !slices.Equal(c.Domains, []string{"first.example"}) {
		t.Errorf("the client is %+v, %v; want the change of the one with the lock", c, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.ClaimInbound(cancelled, time.Minute, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
}

func testWakes(t *testing.T, f *fixture) {
	chans := map[store.Topic]<-chan struct{}{}
	for _, topic := range []store.Topic{store.TopicInbound, store.TopicFiling, store.TopicOutbound, store.TopicTimers, store.TopicView} {
		ch, stop := f.Subscribe(topic)
		defer stop()
		chans[topic] = ch
	}
	ended, stop := f.Subscribe(store.TopicInbound)
	stop()
	expect := func(what string, topics ...store.Topic) {
		t.Helper()
		for _, topic := range topics {
			select {
			case <-chans[topic]:
			case <-time.After(patience):
				t.Errorf("%s did not wake %s", what, topic)
			}
		}
	}
	f.deliver(t, "a")
	expect("a mail", store.TopicInbound, store.TopicView)
	f.enrol(t)
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.finish(t, claimed[0], f.fullOutcome())
	expect("an outcome", store.TopicFiling, store.TopicOutbound, store.TopicTimers, store.TopicView)
	f.finishOut(t, f.claimOut(t, "Nina New")[0], accepted)
	expect("a mail sent", store.TopicOutbound, store.TopicView)
	select {
	case <-ended:
		t.Error("a subscription that has ended was woken")
	default:
	}
}

func testPing(t *testing.T, f *fixture) {
	if err := f.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	other := f.open(t)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Ping(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
}

func testKey(t *testing.T, f *fixture) {
	cfg := f.db.Config
	cfg.Key, cfg.Now, cfg.LeaseClock = key[:16], f.clock.Now, f.clock.Now
	s, err := store.Open(t.Context(), cfg)
	if err == nil {
		s.Close()
		t.Fatal("a key of 16 bytes was taken")
	}
	if want := "preparing the secret key: it has 16 bytes, 32 are needed"; err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
}

// Everything is there after a restart, also what was claimed when the program died.
func testReopened(t *testing.T, f *fixture) {
	f.invited(t)
	f.deliver(t, "a")
	f.claim(t, 1, "a!")
	f.claimOut(t, "Nina New")
	f.clock.advance(time.Minute + time.Second)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.Store = f.open(t)
	f.claim(t, 1, "a!!")
	f.claimOut(t, "Nina New")
	f.checkChains(t, "reopened")
}
