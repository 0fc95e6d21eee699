package store

import (
	"context"
	"fmt"
	"slices"
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

// CheckpointDue says whether the last checkpoint that is kept is as old as that, or none is. If so it compares the trail with it, and
// returns what is wrong, one line each.
func (s *Store) CheckpointDue(ctx context.Context, age time.Duration) (due bool, wrong []string, err error) {
	kept, err := s.KeptCheckpoints(ctx)
	if err != nil {
		return false, nil, err
	}
	now := s.cfg.Now()
	for _, last := range slices.Backward(kept) {
		if last.At.After(now) {
			continue // of a clock that was ahead
		}
		if now.Sub(last.At) < age {
			return false, nil, nil
		}
		wrong, err = s.VerifyCheckpoints(ctx, []Checkpoint{last})
		return err == nil, wrong, err
	}
	return true, nil, nil
}

// KeepCheckpoint takes a checkpoint of the trail and keeps it. Who can change the trail can change what is kept, so it is the
// caller's to bring it elsewhere.
func (s *Store) KeepCheckpoint(ctx context.Context) (Checkpoint, error) {
	c, err := s.Checkpoint(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	if _, err := s.db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
		keptCheckpoint+c.At.Format(time.RFC3339), c.String()); err != nil {
		return Checkpoint{}, fmt.Errorf("keeping a checkpoint: %w", err)
	}
	return c, nil
}
