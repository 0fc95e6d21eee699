// Package worker does what waits in the store: process mails, send mails, fire timers. Claim, do, finish.
//
// Each loop stops softly: when its context ends it starts nothing new, finishes what it has begun, and gives the rest of
// its claims back. What a crash leaves behind is claimed again when its lease has run out.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// How long claims last: longer than what is done under them may take, and short enough that what a crash left behind is
// soon done by somebody else. The claims of mails that wait for their turn are renewed.
const (
	processLease = 45 * time.Second
	sendLease    = 5 * time.Minute
	submitLimit  = 2*time.Minute + 30*time.Second // of one submission; well within sendLease
	timerLease   = time.Minute
)

// poll is how often a loop looks for work that nobody announced.
const poll = 5 * time.Second

// loop runs work until the context ends: at once after a wake-up, when next is due, and every poll interval. While work
// reports more it runs again without waiting. An error is logged and backed off from, since it is the store's or the
// network's, not the mail's; no longer than poll where it passes by itself.
type loop struct {
	name string
	log  *slog.Logger
	wake <-chan struct{}
	now  func() time.Time
	next func(context.Context) (time.Time, error)
	work func(context.Context) (more bool, err error)
	turn func() // may be nil
}

func (l *loop) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		tell(l.turn)
		more, err := l.work(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := poll
		switch {
		case err != nil:
			failures++
			wait = backoff(failures, time.Second, time.Minute)
			if passes(err) {
				wait = backoff(failures, 100*time.Millisecond, poll)
			}
			l.log.ErrorContext(ctx, "worker loop failed; it goes on", "loop", l.name, "error", err, "wait", wait)
			if !sleep(ctx, wait, nil) {
				return
			}
			continue
		case more:
			failures = 0
			continue
		}
		failures = 0
		if l.next != nil {
			if due, err := l.next(ctx); err == nil && !due.IsZero() {
				wait = min(wait, untilDue(due, l.now()))
			}
		}
		if !sleep(ctx, wait, l.wake) {
			return
		}
	}
}

// tell tells whoever watches that a loop goes on, if anybody does.
func tell(turn func()) {
	if turn != nil {
		turn()
	}
}

// overdue is how long to wait for what is due and yet was not to be had: somebody else is at it.
const overdue = time.Second

func untilDue(due, now time.Time) time.Duration {
	if !due.After(now) {
		return overdue
	}
	return due.Sub(now)
}

// guard runs f with a panic turned into an error: one mail or timer must not end the program. What the panic says may
// quote a mail, so only its type and the stack are logged.
func guard(log *slog.Logger, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			log.Error("work panicked", "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errPanicked
		}
	}()
	return f()
}

// passes tells that an error is the store's, and goes away by itself.
func passes(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

var errPanicked = errors.New("processing panicked")

// sleep waits for d, a wake-up or the end of the context, and reports false for the last.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wake:
	case <-t.C:
	}
	return true
}

// backoff doubles from first to at most limit, with jitter so that many do not come back together.
func backoff(failures int, first, limit time.Duration) time.Duration {
	d := limit
	if failures < 20 {
		d = min(limit, first<<(failures-1))
	}
	return d/2 + rand.N(d/2+1)
}
