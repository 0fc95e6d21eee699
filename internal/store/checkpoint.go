package store

import (
	"context"
	"fmt"
	"time"
)

// keptCheckpoint begins the names of the settings that keep checkpoints; the time follows, so that they sort by it.
const keptCheckpoint = "checkpoint "

// KeptCheckpoints are those that KeepCheckpoint has kept, oldest first.
func (s *Store) KeptCheckpoints(ctx context.Context) ([]Checkpoint, error) {
	var lines []string
	if err := s.read.SelectContext(ctx, &lines, `SELECT value FROM settings WHERE name LIKE $1 ORDER BY name`, keptCheckpoint+"%"); err != nil {
		return nil, fmt.Errorf("reading the checkpoints that are kept: %w", err)
	}
	kept := make([]Checkpoint, len(lines))
	for i, line := range lines {
		var err error
		if kept[i], err = ParseCheckpoint(line); err != nil {
			return nil, fmt.Errorf("reading the checkpoints that are kept: %w", err)
		}
	}
	return kept, nil
}

// KeepCheckpoint takes a checkpoint of the trail and keeps it, unless there is one that is not so old yet. It first compares
// the trail with the last one and returns what is wrong, one line each. Who can change the trail can change what is kept, so
// it is the caller's to bring it elsewhere.
func (s *Store) KeepCheckpoint(ctx context.Context, every time.Duration) (taken *Checkpoint, wrong []string, err error) {
	kept, err := s.KeptCheckpoints(ctx)
	if err != nil {
		return nil, nil, err
	}
	now := s.cfg.Now()
	for i := len(kept) - 1; i >= 0; i-- {
		if kept[i].At.After(now) {
			continue // of a clock that was ahead
		}
		if now.Sub(kept[i].At) < every {
			return nil, nil, nil
		}
		if wrong, err = s.VerifyCheckpoints(ctx, kept[i:i+1]); err != nil {
			return nil, nil, err
		}
		break
	}
	c, err := s.Checkpoint(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := s.db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
		keptCheckpoint+c.At.Format(time.RFC3339), c.String()); err != nil {
		return nil, nil, fmt.Errorf("keeping a checkpoint: %w", err)
	}
	return &c, wrong, nil
}
