package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// Of several daemons on one PostgreSQL one has a clock that is wrong, or is set while the daemon is at work. What it has
// claimed stays its own, and what others have claimed stays theirs.
func (c *cluster) testClocksApart(t *testing.T) {
	for _, by := range []time.Duration{-7 * time.Minute, -time.Hour, 7 * time.Minute, time.Hour} {
		for _, before := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v,set before the claim %v", by, before), func(t *testing.T) {
				t.Parallel()
				for _, holderIsWrong := range []bool{true, false} {
					name := c.NewDatabase(t, "")
					thaw(t, rawPostgres(t, c.DSN(name)), "postgres", int64(len(versions(t))))
					var ahead atomic.Int64
					wrong := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
					holder, other := openWithClock(t, c.config(name), wrong), openWithClock(t, c.config(name), time.Now)
					if !holderIsWrong {
						holder, other = other, holder
					}
					if before {
						ahead.Store(int64(by))
					}
					mail := claimAll(t, holder)
					ahead.Store(int64(by))
					claimNothing(t, holder, other)
					if err := holder.FinishOutbound(t.Context(), []access.Attempt{{Mail: mail, Sent: access.Sent{Accepted: true}}})[0]; err != nil {
						t.Errorf("what became of the mail is not recorded: %v", err)
					}
				}
			})
		}
	}
}

func openWithClock(t *testing.T, cfg store.Config, now func() time.Time) *store.Store {
	t.Helper()
	cfg.Now = now
	return open(t, cfg)
}

// claimAll claims and leases what there is of each kind, and returns the mail to send.
func claimAll(t *testing.T, s *store.Store) *access.Outgoing {
	t.Helper()
	ctx := t.Context()
	in, err := s.ClaimInbound(ctx, 5*time.Minute, 10)
	if err != nil || len(in) != 1 {
		t.Fatalf("%d mails to process were claimed, %v", len(in), err)
	}
	out, err := s.ClaimOutbound(ctx, 5*time.Minute, 10)
	if err != nil || len(out) != 1 {
		t.Fatalf("%d mails to send were claimed, %v", len(out), err)
	}
	if timers, err := s.ClaimTimers(ctx, 5*time.Minute, 100); err != nil || len(timers) < 3 {
		t.Fatalf("%d timers were claimed, %v", len(timers), err)
	}
	if held, err := s.LeaseMailbox(ctx, "support", "holder", 5*time.Minute); err != nil || !held {
		t.Fatalf("the mailbox was leased: %v, %v", held, err)
	}
	return &out[0]
}

// claimNothing lets both put their books in order, and the other look for work.
func claimNothing(t *testing.T, holder, other *store.Store) {
	t.Helper()
	ctx := t.Context()
	for _, s := range []*store.Store{holder, other} {
		if freed, err := s.CatchUp(ctx); err != nil || freed != 0 {
			t.Errorf("%d claims were taken away, %v", freed, err)
		}
	}
	if in, err := other.ClaimInbound(ctx, time.Minute, 10); err != nil || len(in) != 0 {
		t.Errorf("%d mails to process were claimed once more, %v", len(in), err)
	}
	if out, err := other.ClaimOutbound(ctx, time.Minute, 10); err != nil || len(out) != 0 {
		t.Errorf("%d mails to send were claimed once more, %v", len(out), err)
	}
	if timers, err := other.ClaimTimers(ctx, time.Minute, 100); err != nil || len(timers) != 0 {
		t.Errorf("%d timers were claimed once more, %v", len(timers), err)
	}
	if held, err := other.LeaseMailbox(ctx, "support", "other", time.Minute); err != nil || held {
		t.Errorf("the mailbox was leased once more: %v, %v", held, err)
	}
	if st, err := other.Status(ctx, nil); err != nil || len(st.Mailboxes) != 1 || !st.Mailboxes[0].Leased || st.Outgoing.Claimed != 1 {
		t.Errorf("the status does not tell of the claims: %+v, %v", st, err)
	}
}
