package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// The digest goes out once a day, however many daemons plan it and fire timers, and however often they start.
func testDigest(t *testing.T, f *fixture) {
	f.enrol(t)
	f.settings.Digest = access.DigestClock{Hour: 9, Minute: 30} // half an hour after the epoch
	f.settings.MailboxTeams = map[string]access.Team{"support": access.TeamSupport}
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	stores := []*store.Store{f.Store, f.open(t), f.open(t)}
	plan := func() {
		noErrors(t, together(t.Context(), len(stores), func(ctx context.Context, i int) error {
			return stores[i].PlanDigest(ctx, f.settings.Digest)
		}))
	}
	fire := func() int {
		noErrors(t, together(t.Context(), len(stores), func(ctx context.Context, i int) error {
			due, err := stores[i].ClaimTimers(ctx, time.Minute, 100)
			if err != nil {
				return err
			}
			for _, tm := range due {
				if _, err := stores[i].DecideTimer(ctx, &tm, func(s *access.Situation) (*access.Outcome, error) {
					return access.DecideTimer(s, &tm, f.env())
				}, f.post.render); err != nil {
					return err
				}
			}
			return nil
		}))
		return len(f.post.take(access.MailDigest))
	}
	plan()
	plan()
	if n := fire(); n != 0 {
		t.Errorf("%d digests before their time", n)
	}
	f.clock.advance(30 * time.Minute)
	plan() // a restart at that moment
	if n := fire(); n != 2 {
		t.Errorf("%d digests, want one for Sue and one for Sid", n)
	}
	plan()
	if n := fire(); n != 0 {
		t.Errorf("%d more digests on the same day", n)
	}
	f.settings.Digest.Hour = 18 // the config is changed: today's has gone out already
	plan()
	f.clock.advance(12 * time.Hour)
	if n := fire(); n != 0 {
		t.Errorf("%d more digests on the same day, by another clock", n)
	}
	f.clock.advance(5 * 24 * time.Hour)
	plan()
	if n := fire(); n != 2 {
		t.Errorf("%d digests after five days of outage, want one for each", n)
	}
	f.settings.Digest.Off = true
	plan()
	f.clock.advance(5 * 24 * time.Hour)
	if n := fire(); n != 0 {
		t.Errorf("%d digests though they are off", n)
	}
	if n := f.count(t, `SELECT count(*) FROM timers WHERE kind = 'digest' AND fired_at IS NULL`); n != 0 {
		t.Errorf("%d digests are left", n)
	}
}

// A delegation is stored, loaded with its client, and ended; there is one at a time.
func testDelegation(t *testing.T, f *fixture) {
	f.enrol(t)
	out := f.fullOutcome()
	g := &access.Delegation{ClientID: f.world.client.ID, FromID: f.world.maria.ID, ToID: f.world.sam.ID, EndsAt: f.clock.Now().Add(time.Hour),
		State: access.DelegationHeld, CreatedAt: f.clock.Now(), Request: out.Requests[0]}
	out.Delegations = []*access.Delegation{g}
	apply := func(o *access.Outcome) error {
		in := f.arrive(t, "a mail of that delegation")[0]
		_, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{}, outcome(o), f.post.render)
		if err != nil {
			noErrors(t, []error{f.QuarantineInbound(t.Context(), &in, access.Facts{}, "refused")})
		}
		return err
	}
	if err := apply(out); err != nil {
		t.Fatal(err)
	}
	twice := *g
	twice.ID = 0
	if err := apply(&access.Outcome{Disposition: access.Applied, Delegations: []*access.Delegation{&twice}}); err == nil {
		t.Error("a second delegation of one contact was stored")
	}
	ended := *g
	ended.State = access.DelegationEnded
	if err := apply(&access.Outcome{Disposition: access.Applied, Delegations: []*access.Delegation{&ended}}); err != nil {
		t.Fatal(err)
	}
	twice.ID = 0
	if err := apply(&access.Outcome{Disposition: access.Applied, Delegations: []*access.Delegation{&twice}}); err != nil {
		t.Errorf("one after another: %v", err)
	}
	if n := f.count(t, `SELECT count(*) FROM delegations`); n != 2 {
		t.Errorf("%d delegations", n)
	}
}
