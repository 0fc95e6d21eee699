package mailbox

import (
	"bytes"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/realservers"
)

// TestCutWithinALiteral: go-imap reports it as a clean end of file with fewer bytes, and going on races with its reader.
func TestCutWithinALiteral(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		big := message(1, 2<<20)
		s.deliver(t, big)
		p := proxyTo(t, s.port())
		hit := p.CutAfter(1 << 20)
		sink := newMemory()
		run(t, configFor(p.Port()), sink)
		<-hit
		checkWhole(t, sink.awaitMessages(t, 1), big)
		sink.awaitState(t, Disconnected, 1)
	})
}

func TestBlackHole(t *testing.T) {
	tests := []struct {
		name  string
		after int64 // bytes from the server: within the greeting, the login, the literal
	}{
		{"greeting", 1}, {"login", 300}, {"literal", 1 << 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, true, func(t *testing.T, s server) {
				big := message(1, 2<<20)
				s.deliver(t, big)
				p := proxyTo(t, s.port())
				hit := p.BlackHoleAfter(tt.after)
				cfg := configFor(p.Port())
				cfg.CommandTimeout = time.Second
				sink := newMemory()
				run(t, cfg, sink)
				<-hit
				checkWhole(t, sink.awaitMessages(t, 1), big)
			})
		})
	}
}

// TestBlackHoleInIdle: a dead connection looks like a quiet mailbox until the end of the IDLE is not answered.
func TestBlackHoleInIdle(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		p := proxyTo(t, s.port())
		cfg := configFor(p.Port())
		cfg.CommandTimeout, cfg.IdleRefresh = time.Second, 300*time.Millisecond
		sink := newMemory()
		run(t, cfg, sink)
		sink.awaitState(t, Idle, 1)
		<-p.BlackHoleAfter(1)
		s.deliver(t, message(1, 0))
		checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
	})
}

func TestRestart(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		sink := newMemory()
		run(t, configFor(s.port()), sink)
		sink.awaitState(t, Idle, 1)
		s.stop(t)
		sink.awaitState(t, Disconnected, 2) // the session, and at least one attempt in vain
		s.start(t)
		s.deliver(t, message(1, 0))
		checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
	})
}

// TestUnfetchable: one message on which every connection dies does not hold up the others for ever.
func TestUnfetchable(t *testing.T) {
	onBoth(t, true, func(t *testing.T, s server) {
		small, big, last := message(1, 0), message(2, 1<<20), message(3, 0)
		for _, raw := range [][]byte{small, big, last} {
			s.deliver(t, raw)
		}
		p := proxyTo(t, s.port())
		p.CutAfter(200 << 10)
		sink := newMemory()
		cuts := atomic.Int32{}
		r := New(configFor(p.Port()), sink, slog.New(slog.DiscardHandler),
			WithBackoff(func(int) time.Duration { return time.Millisecond }),
			WithOnState(func(state State) {
				if state == Disconnected && t.Context().Err() == nil {
					cuts.Add(1)
					p.CutAfter(200 << 10)
				}
			}))
		done := make(chan error, 1)
		go func() { done <- r.Run(t.Context()) }()
		t.Cleanup(func() { <-done })
		got := sink.awaitMessages(t, 3)
		checkWhole(t, []Fetched{got[0], got[2]}, small, last)
		f := got[1]
		if !strings.Contains(f.Unfetchable, errShort.Error()) || len(f.Raw) > 0 || f.Size < int64(len(big)) {
			t.Errorf("UID %d: unfetchable %q, %d bytes, announced %d", f.UID, f.Unfetchable, len(f.Raw), f.Size)
		}
		// Once in a batch, and three times alone.
		if n := cuts.Load(); n < 3 {
			t.Errorf("given up after %d lost sessions", n)
		}
	})
}

// TestStopsPromptly: Run returns soon after its context, wherever it waits.
func TestStopsPromptly(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		onBoth(t, true, func(t *testing.T, s server) {
			sink := newMemory()
			_, stop := run(t, configFor(s.port()), sink)
			sink.awaitState(t, Idle, 1)
			stop()
			if d, ok := s.(dovecot); ok {
				d.Stop() // completes its log
				if !strings.Contains(d.Log(), "Logged out") {
					t.Errorf("the session did not end with a LOGOUT:\n%s", d.Log())
				}
			}
		})
	})
	t.Run("blackhole", func(t *testing.T) {
		onBoth(t, true, func(t *testing.T, s server) {
			p := proxyTo(t, s.port())
			cfg := configFor(p.Port())
			cfg.CommandTimeout = time.Minute
			hit := p.BlackHoleAfter(300)
			_, stop := run(t, cfg, newMemory())
			<-hit
			stop()
		})
	})
	t.Run("backoff", func(t *testing.T) {
		t.Parallel()
		s := startEmbedded(t, mailserver.Faults{RefuseIMAP: true})
		waiting := make(chan struct{})
		r := New(configFor(s.port()), newMemory(), slog.New(slog.DiscardHandler), WithBackoff(func(int) time.Duration {
			close(waiting)
			return time.Hour
		}))
		done := make(chan error, 1)
		ctx, cancel := testContext(t)
		go func() { done <- r.Run(ctx) }()
		<-waiting
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestNoReaderIsLeft runs alone, so that all goroutines are its own. A session that ends for the Sink's sake has a
// healthy connection, which nobody else would close.
func TestNoReaderIsLeft(t *testing.T) {
	s := startEmbedded(t, mailserver.Faults{})
	s.deliver(t, message(1, 1<<20))
	p := proxyTo(t, s.port())
	hit := p.CutAfter(500 << 10)
	sink := newMemory()
	tries := 0
	sink.onStore = func([]Fetched) error {
		if tries++; tries < 3 {
			return errSinkDown
		}
		return nil
	}
	_, stop := run(t, configFor(p.Port()), sink)
	<-hit
	sink.awaitState(t, Idle, 1)
	stop()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if n := bytes.Count(stacks, []byte("imapclient.(*Client).read(")); n > 0 {
		t.Errorf("%d readers are left:\n%s", n, stacks)
	}
}

// TestBackoffGrows: failures in a row are counted, and a session that reached IDLE begins anew.
func TestBackoffGrows(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t, mailserver.Faults{RefuseIMAP: true})
	sink := newMemory()
	var failures []int
	r := New(configFor(s.port()), sink, slog.New(slog.DiscardHandler),
		WithOnState(func(state State) { sink.change(func() { sink.states = append(sink.states, state) }) }),
		WithBackoff(func(n int) time.Duration {
			sink.change(func() { failures = append(failures, n) })
			if n == 3 {
				s.SetFaults(mailserver.Faults{})
			}
			return time.Millisecond
		}))
	ctx, cancel := testContext(t)
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	sink.awaitState(t, Idle, 1)
	s.SetFaults(mailserver.Faults{RefuseIMAP: true})
	s.CutIMAP()
	sink.await(t, "the cut", func() bool { return len(failures) >= 5 })
	cancel()
	<-done
	if d := cmp.Diff([]int{1, 2, 3, 1, 2}, failures[:5]); d != "" {
		t.Errorf("failures in a row (-want +got):\n%s", d)
	}
}

func TestJittered(t *testing.T) {
	t.Parallel()
	for failures, most := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 7: 64 * time.Second, 8: 2 * time.Minute, 1000: 2 * time.Minute} {
		for range 100 {
			if d := jittered(failures); d < most/2 || d >= most {
				t.Errorf("after %d failures: %v, want between %v and %v", failures, d, most/2, most)
			}
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := startDovecot(t, realservers.DovecotConfig{})
	s.deliver(t, message(1, 0))
	for mode, port := range map[Mode]int{ImplicitTLS: s.IMAPSPort, StartTLS: s.IMAPPort} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			cfg := configFor(port)
			cfg.TLS, cfg.RootCAs = mode, s.RootCAs
			sink := newMemory()
			run(t, cfg, sink)
			checkWhole(t, sink.awaitMessages(t, 1), message(1, 0))
		})
		t.Run(string(mode)+"untrusted", func(t *testing.T) {
			t.Parallel()
			cfg := configFor(port)
			cfg.TLS = mode
			expectError(t, cfg, "certificate signed by unknown authority")
		})
	}
	t.Run("wrongpassword", func(t *testing.T) {
		t.Parallel()
		cfg := configFor(s.IMAPPort)
		cfg.Password = "not the one"
		expectError(t, cfg, "authenticating: ")
	})
	t.Run("passwordneedstls", func(t *testing.T) {
		t.Parallel()
		cfg := configFor(s.IMAPPort)
		cfg.Host = "LOCALHOST" // resolves, but is not among the names known to be loopback
		expectError(t, cfg, "the password is not sent without TLS")
	})
}

// TestStartTLSIsRequired: a server, or somebody in between, that does not offer STARTTLS gets no password.
func TestStartTLSIsRequired(t *testing.T) {
	t.Parallel()
	cfg := configFor(startEmbedded(t, mailserver.Faults{}).port())
	cfg.TLS = StartTLS
	expectError(t, cfg, "connecting to ")
}

// expectError fails unless the first session ends with an error that contains text.
func expectError(t *testing.T, cfg Config, text string) {
	t.Helper()
	sink := newMemory()
	_, err := New(cfg, sink, slog.New(slog.DiscardHandler)).runSession(t.Context())
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got the error %v, want one with %q", err, text)
	}
	if sink.snapshot().cursor != (Cursor{}) {
		t.Error("the mailbox was read")
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{{TLS: "ssl"}, {Start: Start{Mode: "yesterday"}}} {
		if err := New(cfg, newMemory(), slog.New(slog.DiscardHandler)).Run(t.Context()); err == nil {
			t.Errorf("no error for %+v", cfg)
		}
	}
}
