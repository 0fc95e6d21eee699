package daemon_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"
)

// logbook counts what the daemons log, by message, and lets tests wait for it: some things are seen nowhere else.
type logbook struct {
	mu     sync.Mutex
	counts map[string]int
	grown  chan struct{} // closed at the next line
}

// Enabled takes everything from info on.
func (l *logbook) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle counts a line.
func (l *logbook) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[r.Message]++
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
	return nil
}

// WithAttrs counts the same.
func (l *logbook) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup counts the same.
func (l *logbook) WithGroup(string) slog.Handler { return l }

func (l *logbook) look(message string) (int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.grown == nil {
		l.grown = make(chan struct{})
	}
	return l.counts[message], l.grown
}

// await waits until a message has been logged n times.
func (l *logbook) await(t *testing.T, message string, n int) {
	t.Helper()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
		got, grown := l.look(message)
		if got >= n {
			return
		}
		select {
		case <-grown:
		case <-timeout.C:
			t.Fatalf("%q was logged %d times, want %d", message, got, n)
		}
	}
}
