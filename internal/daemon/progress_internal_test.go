package daemon

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A daemon of which one loop hangs no longer says that it lives, and says again that it does when the loop goes on.
func TestStalled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const watchdog, stalled = 30 * time.Millisecond, 400 * time.Millisecond
	var log bytes.Buffer // read when the daemon has ended
	d := &Daemon{log: slog.New(slog.NewTextHandler(&log, nil)),
		opts: Options{Supervisor: Supervisor{Socket: path, Watchdog: watchdog, Stalled: stalled}}}
	runs, hangs := d.progress.turns("runs"), d.progress.turns("hangs")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.supervised(ctx); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		tick := time.NewTicker(stalled / 20)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				runs()
			case <-ctx.Done():
				return
			}
		}
	})
	hear := func(within time.Duration) string {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 100)
		n, _ := conn.Read(b) // nothing in time is an answer too
		return string(b[:n])
	}
	if got := hear(time.Minute); got != "READY=1" {
		t.Errorf("first it says %q", got)
	}
	began, said := time.Now(), 0
	for ; hear(stalled) == "WATCHDOG=1"; said++ {
		if time.Since(began) > time.Minute {
			t.Fatal("it says for ever that it lives")
		}
	}
	if said == 0 || time.Since(began) < stalled {
		t.Errorf("it has said %d times that it lives, in %v", said, time.Since(began))
	}
	hangs()
	if got := hear(time.Minute); got != "WATCHDOG=1" {
		t.Errorf("when the loop goes on it says %q", got)
	}
	stop()
	wg.Wait()
	if got := log.String(); strings.Count(got, "makes no progress") == 0 || !strings.Contains(got, "loops=[hangs]") || strings.Contains(got, "runs") {
		t.Errorf("the log: %s", got)
	}
}
