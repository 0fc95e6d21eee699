package daemon

import (
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
}

// supervised tells the supervisor that the daemon is ready, and then that it lives, until it stops. A process that hangs
// cannot say so, is killed and started again; the mail at which that happens again and again goes to quarantine.
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
	for {
		say("WATCHDOG=1")
		select {
		case <-beat.C:
		case <-ctx.Done():
			return nil
		}
	}
}
