package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// SendStore is what sending needs of the store.
type SendStore interface {
	ClaimOutbound(ctx context.Context, lease time.Duration, limit int) ([]access.Outgoing, error)
	FinishOutbound(ctx context.Context, o *access.Outgoing, r access.Sent) error
	NextOutbound(ctx context.Context) (time.Time, error)
}

// Submitter hands one mail to an SMTP server.
type Submitter interface {
	// Submit returns nil when the server has accepted the mail. An error with IsPermanent() true (a 5xx answer) is
	// final; after any other it is tried again.
	Submit(ctx context.Context, o *access.Outgoing) error
}

// giveUpAfter is how many tries a mail gets before a human is told; with the back-off they take some four days.
const giveUpAfter = 100

// Sender drains the queue of outgoing mail over one connection of its own for each Submitter.
type Sender struct {
	Store      SendStore
	Submitters []Submitter
	Wake       <-chan struct{}
	Now        func() time.Time
	Log        *slog.Logger
	// Observe is told what became of each try; may be nil.
	Observe func(Try)
}

// Try is what became of one try to send a mail.
type Try string

// What becomes of a try.
const (
	Accepted Try = "accepted"
	Deferred Try = "deferred" // it is tried again
	Refused  Try = "refused"  // for good
)

func (s *Sender) observe(t Try) {
	if s.Observe != nil {
		s.Observe(t)
	}
}

// Run sends until the context ends.
func (s *Sender) Run(ctx context.Context) {
	l := loop{name: "send", log: s.Log, wake: s.Wake, now: s.Now, next: s.Store.NextOutbound, work: s.batch}
	l.run(ctx)
}

func (s *Sender) batch(ctx context.Context) (bool, error) {
	// What is tried after this could still be at the server when the lease ends, and somebody else sends it too.
	until := s.Now().Add(sendLease - submitLimit)
	claimed, err := s.Store.ClaimOutbound(ctx, sendLease, 8*len(s.Submitters))
	if err != nil {
		for i := range claimed { // which may be ours and nobody's
			_ = s.finish(ctx, &claimed[i], access.Sent{Retry: s.Now(), Error: "not tried: the claim is in doubt"})
		}
		return false, err
	}
	if len(claimed) == 0 {
		return false, nil
	}
	work := make(chan *access.Outgoing, len(claimed))
	for i := range claimed {
		work <- &claimed[i]
	}
	close(work)
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for _, sub := range s.Submitters {
		wg.Go(func() {
			for o := range work {
				if err := s.send(ctx, sub, o, until); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return true, errors.Join(errs...)
}

// send makes one attempt. A claim that the stop of the program, or the end of its lease, reaches first goes back to the
// queue untried.
func (s *Sender) send(ctx context.Context, sub Submitter, o *access.Outgoing, until time.Time) error {
	if ctx.Err() != nil || isPast(until, s.Now()) {
		return s.finish(ctx, o, access.Sent{Retry: s.Now(), Error: "not tried: its turn did not come"})
	}
	submit, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitLimit)
	defer cancel()
	err := guard(s.Log, func() error { return sub.Submit(submit, o) })
	if err == nil {
		s.observe(Accepted)
		return s.finish(ctx, o, access.Sent{Accepted: true})
	}
	var p interface{ IsPermanent() bool }
	failed := errors.As(err, &p) && p.IsPermanent() || o.Attempts >= giveUpAfter
	wait := backoff(o.Attempts, 5*time.Second, time.Hour)
	if failed {
		s.observe(Refused)
		s.Log.ErrorContext(ctx, "outgoing mail refused for good; it needs a human", "outbound", o.ID, "error", err)
	} else {
		s.observe(Deferred)
		s.Log.WarnContext(ctx, "outgoing mail not accepted yet", "outbound", o.ID, "attempt", o.Attempts, "retry_in", wait, "error", err)
	}
	return s.finish(ctx, o, access.Sent{Failed: failed, Error: err.Error(), Retry: s.Now().Add(wait)})
}

// isPast goes by the wall clock too, since the monotonic one stands still while the machine is suspended.
func isPast(until, now time.Time) bool { return now.After(until) || now.Round(0).After(until.Round(0)) }

// finish records an attempt, also while the program stops. What the store does not know would be sent again, so while the
// store is away nothing else is done.
func (s *Sender) finish(ctx context.Context, o *access.Outgoing, r access.Sent) error {
	for failures := 1; ; failures++ {
		err := s.record(ctx, o, r)
		var f interface{ Fenced() bool }
		switch {
		case failures > 1 && errors.As(err, &f) && f.Fenced():
			return nil // it was recorded, and the connection ended before the store said so
		case !passes(err):
			return err
		case failures == 1: // once for each mail
			s.Log.WarnContext(ctx, "what became of an outgoing mail could not be recorded; it is tried again", "outbound", o.ID,
				"accepted", r.Accepted, "error", err)
		}
		if !sleep(ctx, backoff(failures, 200*time.Millisecond, 10*time.Second), nil) {
			return s.record(ctx, o, r)
		}
	}
}

func (s *Sender) record(ctx context.Context, o *access.Outgoing, r access.Sent) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return s.Store.FinishOutbound(ctx, o, r)
}
