package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Mode says what a database is for. It is settled by the first daemon and never changes.
type Mode string

// The modes of a database.
const (
	Unused Mode = ""       // no daemon has worked with it yet
	Live   Mode = "live"   // what is decided is carried out
	Shadow Mode = "shadow" // what is decided is only recorded: no mail leaves
)

const modeSetting = "mode"

// Mode is what the database is for.
func (s *Store) Mode() Mode { return s.mode }

func (s *Store) readMode(ctx context.Context) (Mode, error) {
	var mode Mode
	err := s.read.GetContext(ctx, &mode, `SELECT value FROM settings WHERE name = $1`, modeSetting)
	if errors.Is(err, sql.ErrNoRows) {
		return Unused, nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the mode of the database: %w", err)
	}
	return mode, nil
}

// Use settles what the database is for. A database on which daemons have worked otherwise is refused: a live one knows of
// mails that were sent and moved, one of a shadow of mails that never were.
func (s *Store) Use(ctx context.Context, mode Mode) error {
	return s.inTx(ctx, func(x *tx) error {
		var have Mode
		if err := x.GetContext(ctx, &have, `SELECT coalesce((SELECT value FROM settings WHERE name = $1),
			(SELECT 'live' FROM mailboxes WHERE started LIMIT 1), '')`, modeSetting); err != nil {
			return fmt.Errorf("reading the mode of the database: %w", err)
		}
		switch {
		case have == Live && mode == Shadow:
			return errors.New("this is the database of a daemon that has sent mail; a shadow needs one of its own: name another database in its config")
		case have == Shadow && mode == Live:
			return errors.New("this is the database of a shadow, whose mails were never sent; start the daemon with another database")
		}
		if _, err := x.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`,
			modeSetting, mode); err != nil {
			return fmt.Errorf("setting the mode of the database: %w", err)
		}
		if mode == Shadow { // what commands have queued before
			if _, err := x.ExecContext(ctx, `UPDATE outbound_messages SET state = 'withheld' WHERE state = 'queued'`); err != nil {
				return fmt.Errorf("withholding the mails that are queued: %w", err)
			}
		}
		s.mode = mode
		return nil
	})
}
