package store

import (
	"context"
	"fmt"
)

// TakeOver makes this Store the daemon's. On SQLite there is one daemon: a second is refused, and what an earlier one
// left claimed when it died is free again at once. On PostgreSQL others may be at work: their claims run out by
// themselves.
func (s *Store) TakeOver(ctx context.Context) error {
	if s.pg {
		return nil
	}
	var err error
	if s.lock, err = lockFile(s.cfg.Path + ".lock"); err != nil {
		return err
	}
	return s.inTx(ctx, func(x *tx) error { return x.freeClaims(ctx) })
}

// freeClaims ends all claims and leases. It goes along the indexes of what waits: looking through all mails that ever came
// would hold up every start.
func (x *tx) freeClaims(ctx context.Context) error {
	for table, waits := range map[string]string{"inbound_messages": "disposition = 'pending'", "outbound_messages": "state = 'queued'",
		"timers": "fired_at IS NULL", "mailboxes": "TRUE"} {
		if _, err := x.ExecContext(ctx, `UPDATE `+table+` SET lease_until = NULL WHERE lease_until IS NOT NULL AND `+waits); err != nil {
			return fmt.Errorf("freeing the claims on %s: %w", table, err)
		}
	}
	return nil
}
