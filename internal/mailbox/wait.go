package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// wait returns when there may be something to do: the server announced a message, Notify was called and FilingPause is
// over, or time is up. When ctx ends it leaves the session with a LOGOUT and returns the context's error.
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
	// An IDLE on a dead connection looks like a quiet mailbox: the server's answer proves that it is still there.
	if err := watchedErr(ctx, s, "leaving IDLE", leave); err != nil || !quiet {
		return err
	}
	return s.reselect(ctx)
}

// reselect proves that the mailbox still has its name: who renames it takes the session along, to a mailbox where nothing
// arrives any more.
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
	notified := r.notify
	var gathered <-chan time.Time
	for {
		select {
		case <-notified:
			pause := time.Until(r.filedAt.Add(r.cfg.FilingPause))
			if pause <= 0 {
				return false
			}
			notified, gathered = nil, time.After(pause)
			continue
		case <-gathered:
		case <-s.news:
		case <-timer.C:
			return gathered == nil
		case <-s.client.Closed():
		case <-ctx.Done():
		}
		return false
	}
}
