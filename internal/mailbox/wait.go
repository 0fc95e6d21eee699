package mailbox

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
)

// wait returns when there may be something to do: the server announced a message, Notify was called, or time is up.
// When ctx ends it leaves the session with a LOGOUT and returns the context's error.
func (r *Runner) wait(ctx context.Context, s *session) error {
	leave := func() error { return nil }
	limit := r.cfg.PollInterval
	if s.caps.Has(imap.CapIdle) {
		// Idle blocks until the server has accepted it.
		idle, err := watched(ctx, s, "entering IDLE", s.client.Idle)
		if err != nil {
			return err
		}
		leave = func() error {
			if err := idle.Close(); err != nil {
				return err
			}
			return idle.Wait()
		}
		limit = r.cfg.IdleRefresh
	}
	r.onState(Idle)
	r.sleep(ctx, s, limit)
	if ctx.Err() != nil {
		s.logout(leave)
		return context.Cause(ctx)
	}
	if err := watchedErr(ctx, s, "leaving IDLE", leave); err != nil {
		return err
	}
	// An IDLE on a dead connection looks like a quiet mailbox: the NOOP proves that the server is still there.
	return watchedErr(ctx, s, "NOOP", func() error { return s.client.Noop().Wait() })
}

func (r *Runner) sleep(ctx context.Context, s *session, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.news:
	case <-r.notify:
	case <-timer.C:
	case <-s.client.Closed():
	case <-ctx.Done():
	}
}
