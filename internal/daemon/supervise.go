package daemon

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"time"
)

// Supervisor is who started the daemon and wants to hear that it lives, as systemd does of services with Type=notify
// (sd_notify(3)).
type Supervisor struct {
	Socket   string        // a datagram socket; "" for nobody
	Watchdog time.Duration // what hangs for so long is killed; 0 for never
	// Stalled is how long a loop may stay where it is before the daemon no longer says that it lives. 0 means ten minutes.
	Stalled time.Duration
}

// supervised tells the supervisor that the daemon is ready, and then that it lives, until it stops. A process that hangs
// cannot say so, and one of which a loop hangs does not: it is killed and started again; the mail at which that happens
// again and again goes to quarantine.
func (d *Daemon) supervised(ctx context.Context) error {
	if d.opts.Supervisor.Socket == "" {
		<-ctx.Done()
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", d.opts.Supervisor.Socket)
	if err != nil {
		return fmt.Errorf("connecting to NOTIFY_SOCKET: %w", err)
	}
	defer conn.Close()
	say := func(what string) {
		if _, err := conn.Write([]byte(what)); err != nil {
			d.log.WarnContext(ctx, "the supervisor does not hear that this program lives, and may kill it", "error", err)
		}
	}
	say("READY=1")
	defer say("STOPPING=1")
	if d.opts.Supervisor.Watchdog <= 0 {
		<-ctx.Done()
		return nil
	}
	beat := time.NewTicker(d.opts.Supervisor.Watchdog / 3)
	defer beat.Stop()
	stalled := false
	for {
		if hang := d.progress.stalled(cmp.Or(d.opts.Supervisor.Stalled, stalledAfter)); len(hang) == 0 {
			stalled = false
			say("WATCHDOG=1")
		} else if !stalled {
			stalled = true
			d.log.ErrorContext(ctx, "a part of the program makes no progress; the supervisor starts it again", "loops", hang)
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return nil
		}
	}
}
