package daemon

import (
	"context"
	"time"

	"github.com/countersign/countersign/internal/access"
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
	for ; ctx.Err() == nil; wait(ctx, lookEvery) {
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

// takeCheckpoint says what is wrong before it keeps a new one, with which the trail agrees again: who is killed in between says it again.
func (d *Daemon) takeCheckpoint(ctx context.Context) error {
	due, wrong, err := d.store.CheckpointDue(ctx, checkpointEvery)
	if err != nil || !due {
		return err
	}
	why := ""
	if len(wrong) > 0 {
		why = "not what it was at the last checkpoint; see countersign audit verify"
		d.log.ErrorContext(ctx, "the audit trail is not what it was at the last checkpoint; see countersign audit verify", "what", wrong)
		todo := access.Todo{Kind: access.TodoTrail, About: "The audit trail is not what it was: countersign audit verify says where."}
		if err := d.store.NoteTodo(ctx, todo); err != nil {
			return err
		}
	}
	d.setHealth("audit trail", why)
	taken, err := d.store.KeepCheckpoint(ctx)
	if err != nil {
		return err
	}
	d.log.InfoContext(ctx, "audit checkpoint", "line", taken.String())
	return nil
}
