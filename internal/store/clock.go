package store

import (
	"context"
	"fmt"
	"time"
)

// longestLease is longer than any claim lasts. One that ends later was made by a clock that was ahead.
const longestLease = 10 * time.Minute

// soon is how far daemons' clocks may be apart.
const soon = time.Minute

// leaseNow is the time by the clock of claims and leases. A lease that went by a daemon's own would have run out for all
// others from the moment that clock was set back: what it is at would be done by somebody else too.
func (x *tx) leaseNow(ctx context.Context) (time.Time, error) { return x.s.leaseNow(ctx, x) }

func (s *Store) leaseNow(ctx context.Context, db interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
}) (time.Time, error) {
	if clock := s.cfg.LeaseClock; clock != nil {
		return stamp(clock()), nil
	}
	if !s.pg {
		return stamp(s.cfg.Now()), nil
	}
	var t time.Time
	if err := db.GetContext(ctx, &t, `SELECT statement_timestamp()`); err != nil {
		return time.Time{}, fmt.Errorf("asking the database for the time: %w", err)
	}
	return stamp(t), nil
}

// CatchUp frees what would wait for a time that was set while a clock was ahead: claims of daemons that have died since,
// and mails that were to go out at once. It returns how many there were. Whoever still works on a claim that is taken away
// is fenced.
func (s *Store) CatchUp(ctx context.Context) (freed int64, err error) {
	err = s.inTx(ctx, func(x *tx) error {
		leased, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		tooLong := stamp(leased.Add(longestLease))
		for _, c := range []struct {
			query string
			args  []any
			topic Topic
		}{
			{`UPDATE inbound_messages SET lease_until = NULL WHERE disposition = 'pending' AND lease_until > $1`, []any{tooLong}, TopicInbound},
			{`UPDATE outbound_messages SET lease_until = NULL WHERE state = 'queued' AND lease_until > $1`, []any{tooLong}, TopicOutbound},
			{`UPDATE outbound_messages SET run_at = $2 WHERE state = 'queued' AND attempts = 0 AND last_error = '' AND run_at > $1`,
				[]any{stamp(x.now.Add(soon)), x.now}, TopicOutbound},
			{`UPDATE timers SET lease_until = NULL WHERE fired_at IS NULL AND lease_until > $1`, []any{tooLong}, TopicTimers},
			{`UPDATE mailboxes SET lease_until = NULL WHERE lease_until > $1`, []any{tooLong}, TopicFiling},
		} {
			res, err := x.ExecContext(ctx, c.query, c.args...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n > 0 {
				freed += n
				x.wake(c.topic)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("freeing what a clock has put off: %w", err)
	}
	return freed, nil
}
