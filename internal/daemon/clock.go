package daemon

import (
	"context"
	"time"
)

const (
	clockLook   = time.Second     // between looks at the clock
	clockJump   = 5 * time.Second // more than any clock is slewed by in between
	clockRepair = time.Minute     // between looks for what other daemons' clocks have put off
)

// watchClock tells when the clock is set, and frees what it had put off while it was ahead, here or at another daemon.
func (d *Daemon) watchClock(ctx context.Context) {
	begun, first := time.Now(), d.opts.Now().Round(0) // without its monotonic reading
	ahead := func() time.Duration { return d.opts.Now().Round(0).Sub(first) - time.Since(begun) }
	last, repaired := ahead(), time.Time{}
	look := time.NewTicker(clockLook)
	defer look.Stop()
	for {
		now := ahead()
		jump := now - last
		last = now
		if jump.Abs() > clockJump {
			d.log.WarnContext(ctx, "the clock was set", "by", jump)
		}
		if jump < -clockJump || time.Since(repaired) > clockRepair {
			repaired = time.Now()
			freed, err := d.store.CatchUp(ctx)
			switch {
			case err != nil && ctx.Err() == nil:
				d.log.ErrorContext(ctx, "freeing what a clock has put off failed; it is tried again", "error", err)
			case freed > 0:
				d.log.WarnContext(ctx, "what a clock that was ahead had put off goes on", "count", freed)
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}
