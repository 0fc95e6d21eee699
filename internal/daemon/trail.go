package daemon

import (
	"context"
	"time"
)

const (
	checkpointEvery = 24 * time.Hour
	checkpointLook  = 10 * time.Minute // between looks for the last one, which another daemon may have taken
	checkpointRetry = 10 * time.Second
)

// takeCheckpoints takes a checkpoint of the audit trail each day, and compares the trail with that of the day before. The
// lines in the log are what a copy of the log elsewhere proves the trail with.
func (d *Daemon) takeCheckpoints(ctx context.Context) {
	looked := d.opts.Now() // a start has other work to do than to go through all events: seconds, with millions of them
	for ; ctx.Err() == nil; wait(ctx, canaryLook) {
		if now := d.opts.Now(); looked.IsZero() || now.Sub(looked).Abs() >= checkpointLook {
			looked = now
			if err := d.takeCheckpoint(ctx); err != nil && ctx.Err() == nil {
				d.log.ErrorContext(ctx, "taking a checkpoint of the audit trail failed; it is tried again", "error", err)
				looked = time.Time{}
				wait(ctx, checkpointRetry)
			}
		}
	}
}

func (d *Daemon) takeCheckpoint(ctx context.Context) error {
	taken, wrong, err := d.store.KeepCheckpoint(ctx, checkpointEvery)
	if err != nil || taken == nil {
		return err
	}
	d.setHealth("audit trail", "")
	if len(wrong) > 0 {
		d.log.ErrorContext(ctx, "the audit trail is not what it was at the last checkpoint; see countersign audit verify", "what", wrong)
		d.setHealth("audit trail", "not what it was at the last checkpoint; see countersign audit verify")
	}
	d.log.InfoContext(ctx, "audit checkpoint", "line", taken.String())
	return nil
}
