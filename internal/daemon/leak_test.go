package daemon_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/mailserver"
)

// goroutines counts those that run, by who created them.
func goroutines() map[string]int {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	counts := map[string]int{}
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		_, by, ok := strings.Cut(g, "\ncreated by ")
		if ok {
			by, _, _ = strings.Cut(by, " in goroutine")
			counts[by]++
		}
	}
	return counts
}

// wantGoroutines waits until no more goroutines run than before; those of connections that were just closed take a moment.
func wantGoroutines(t *testing.T, before map[string]int) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	timeout := time.NewTimer(10 * time.Second)
	defer timeout.Stop()
	for {
		var left []string
		for by, n := range goroutines() {
			if n > before[by] {
				left = append(left, fmt.Sprintf("%d more created by %s", n-before[by], by))
			}
		}
		if len(left) == 0 {
			return
		}
		select {
		case <-look.C:
		case <-timeout.C:
			t.Fatalf("goroutines are left:\n%s", strings.Join(left, "\n"))
		}
	}
}

// After Run nothing of the daemon is left: no goroutine, and no connection that would keep one of the mail server's. It
// is not parallel, so that no other test's goroutines come and go.
func TestNothingLeft(t *testing.T) { //nolint:paralleltest // counts the goroutines of the whole program
	w := newWorld(t, setup{})
	w.stop()
	before := goroutines()
	w.start()
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	w.register("jane", w.get("jane", "/register/"))
	w.rest()
	w.stop()
	wantGoroutines(t, before)

	// The same where it is stopped while the servers are away.
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.mail.SetFaults(mailserver.Faults{RefuseSMTP: true})
	before = goroutines()
	w.main = w.launch()
	w.log.await(t, "IMAP session ended", 1)
	w.stop()
	wantGoroutines(t, before)
	w.mail.SetFaults(mailserver.Faults{})
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A daemon that never runs leaves nothing after Close, and one that cannot be built says why.
func TestNewFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	cfg := w.config()
	d, err := daemon.New(t.Context(), cfg, slog.New(w.log), daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	taken := d.WebAddr()
	if _, err := daemon.New(t.Context(), cfg, slog.New(w.log), daemon.Options{}); err == nil || !strings.Contains(err.Error(), "in use by another") {
		t.Errorf("a second daemon on one SQLite database gives %v", err)
	}
	cfg.Web.Listen, cfg.Database.Path = taken, w.dir+"/other.db"
	if _, err := daemon.New(t.Context(), cfg, slog.New(w.log), daemon.Options{}); err == nil || !strings.Contains(err.Error(), "web.listen") {
		t.Errorf("a port that is taken gives %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", taken)
	if err != nil {
		t.Fatalf("the port is not free after Close: %v", err)
	}
	l.Close()
	cfg.Web.Listen = "127.0.0.1:0"
	cfg.DKIM = &config.DKIM{Domain: "provider.example", Selector: "s1", KeyFile: w.dir + "/missing.pem"}
	if _, err := daemon.New(t.Context(), cfg, slog.New(w.log), daemon.Options{}); err == nil || !strings.Contains(err.Error(), "dkim.key_file") {
		t.Errorf("a missing key file gives %v", err)
	}
}

// Without its pages the daemon ends, softly and with the reason, instead of working on half.
func TestPagesFail(t *testing.T) { //nolint:paralleltest // counts the goroutines of the whole program
	w := newWorld(t, setup{})
	w.stop()
	before := goroutines()
	d, err := daemon.New(t.Context(), w.config(), slog.New(w.log), daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil { // takes the port, and the database, away
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := d.Run(ctx); err == nil || !strings.Contains(err.Error(), "serving the pages") {
		t.Errorf("Run ends with %v", err)
	}
	wantGoroutines(t, before)
}
