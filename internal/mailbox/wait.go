package mailbox

import (
	"context"
	"fmt"
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
	quiet := r.sleep(ctx, s, limit)
	if ctx.Err() != nil {
		s.logout(leave)
		return context.Cause(ctx)
	}
	if err := watchedErr(ctx, s, "leaving IDLE", leave); err != nil {
		return err
	}
	if quiet {
		return s.reselect(ctx)
	}
	// An IDLE on a dead connection looks like a quiet mailbox: the NOOP proves that the server is still there.
	return watchedErr(ctx, s, "NOOP", func() error { return s.client.Noop().Wait() })
}

// reselect proves that the server is still there, as a NOOP does, and that the mailbox still has its name: who renames it
// takes the session along, to a mailbox where nothing arrives any more.
func (s *session) reselect(ctx context.Context) error {
	before := s.selected.UIDValidity
	if err := s.selectMailbox(ctx); err != nil {
		return err
	}
	if s.selected.UIDValidity != before {
		return fmt.Errorf("selecting %s again: it is another mailbox now", s.cfg.Mailbox)
	}
	return nil
}

// sleep reports whether nothing has happened all the time.
func (r *Runner) sleep(ctx context.Context, s *session, d time.Duration) (quiet bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.news:
	case <-r.notify:
	case <-timer.C:
		return true
	case <-s.client.Closed():
	case <-ctx.Done():
	}
	return false
}
