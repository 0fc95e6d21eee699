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
	// FinishOutbound records attempts that have ended; the errors are theirs, in their order.
	FinishOutbound(ctx context.Context, all []access.Attempt) []error
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
	// Grace is for how long after a stop it is still tried to record what was sent.
	Grace time.Duration
	// Turn is told whenever the loop goes on: within minutes, or it hangs; may be nil.
	Turn func()
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
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		sleep(late, s.Grace, nil)
		cancel()
	})()
	l := loop{name: "send", log: s.Log, wake: s.Wake, now: s.Now, next: s.Store.NextOutbound, turn: s.Turn,
		work: func(ctx context.Context) (bool, error) { return s.batch(ctx, late) }}
	l.run(ctx)
}

// How many ended attempts are recorded together, and how long they wait for one another while others are under way: a
// commit for each mail would be the limit of sending. They are few and it is short, since what the store does not know
// would be sent again after a crash.
const (
	recordTogether = 8
	recordWithin   = 10 * time.Millisecond
)

// batch sends what is due. late ends when nothing can be recorded any more.
func (s *Sender) batch(ctx, late context.Context) (bool, error) {
	// What is tried after this could still be at the server when the lease ends, and somebody else sends it too.
	until := s.Now().Add(sendLease - submitLimit)
	claimed, err := s.Store.ClaimOutbound(ctx, sendLease, 8*len(s.Submitters))
	if err != nil {
		doubtful := make([]access.Attempt, len(claimed)) // which may be ours and nobody's
		for i := range claimed {
			doubtful[i] = access.Attempt{Mail: &claimed[i], Sent: access.Sent{Retry: s.Now(), Error: "not tried: the claim is in doubt"}}
		}
		_ = s.finish(ctx, late, doubtful)
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
	ended := make(chan access.Attempt)
	var wg sync.WaitGroup
	for _, sub := range s.Submitters {
		wg.Go(func() {
			for o := range work {
				ended <- access.Attempt{Mail: o, Sent: s.send(ctx, sub, o, until)}
			}
		})
	}
	go func() {
		wg.Wait()
		close(ended)
	}()
	var errs []error
	for first := range ended {
		errs = append(errs, s.finish(ctx, late, together(first, ended)))
	}
	return true, errors.Join(errs...)
}

// together is an attempt with those that end soon after it.
func together(first access.Attempt, ended <-chan access.Attempt) []access.Attempt {
	some := []access.Attempt{first}
	t := time.NewTimer(recordWithin)
	defer t.Stop()
	for len(some) < recordTogether {
		select {
		case a, more := <-ended:
			if !more {
				return some
			}
			some = append(some, a)
		case <-t.C:
			return some
		}
	}
	return some
}

// send makes one attempt. A claim that the stop of the program, or the end of its lease, reaches first goes back to the
// queue untried.
func (s *Sender) send(ctx context.Context, sub Submitter, o *access.Outgoing, until time.Time) access.Sent {
	if ctx.Err() != nil || isPast(until, s.Now()) {
		return access.Sent{Retry: s.Now(), Error: "not tried: its turn did not come"}
	}
	submit, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitLimit)
	defer cancel()
	err := guard(s.Log, func() error { return sub.Submit(submit, o) })
	if err == nil {
		s.observe(Accepted)
		return access.Sent{Accepted: true}
	}
	var p interface{ IsPermanent() bool }
	failed := errors.As(err, &p) && p.IsPermanent() || o.Attempts >= giveUpAfter
	wait := backoff(o.Attempts, 5*time.Second, time.Hour)
	retry := s.Now().Add(wait)
	if failed {
		s.observe(Refused)
		s.Log.ErrorContext(ctx, "outgoing mail refused for good; it needs a human", "outbound", o.ID, "error", err)
	} else {
		s.observe(Deferred)
		s.Log.WarnContext(ctx, "outgoing mail not accepted yet", "outbound", o.ID, "attempt", o.Attempts, "retry_in", wait, "error", err)
	}
	return access.Sent{Failed: failed, Error: err.Error(), Retry: retry}
}

// isPast goes by the wall clock too, since the monotonic one stands still while the machine is suspended.
func isPast(until, now time.Time) bool { return now.After(until) || now.Round(0).After(until.Round(0)) }

// lastWait is the longest time between tries while the program stops.
const lastWait = time.Second

// finish records attempts, also while the program stops. What the store does not know would be sent again, so while the
// store is away nothing else is done.
func (s *Sender) finish(ctx, late context.Context, all []access.Attempt) error {
	var errs []error
	for failures := 1; len(all) > 0; failures++ {
		tell(s.Turn)
		wait := backoff(failures, 100*time.Millisecond, 10*time.Second)
		if failures > 1 && !sleep(ctx, wait, nil) && !sleep(late, min(wait, lastWait), nil) {
			s.Log.ErrorContext(ctx, "stopped before it could be recorded that mails were sent; they are sent again", "count", len(all))
			return errors.Join(errs...)
		}
		var again []access.Attempt
		for i, err := range s.record(ctx, all) {
			var f interface{ Fenced() bool }
			switch {
			case failures > 1 && errors.As(err, &f) && f.Fenced():
				continue // it was recorded, and the connection ended before the store said so
			case !passes(err):
				errs = append(errs, err)
				continue
			case failures == 1: // once for each mail
				s.Log.WarnContext(ctx, "what became of an outgoing mail could not be recorded; it is tried again", "outbound", all[i].Mail.ID,
					"accepted", all[i].Sent.Accepted, "error", err)
			}
			again = append(again, all[i])
		}
		all = again
	}
	return errors.Join(errs...)
}

func (s *Sender) record(ctx context.Context, all []access.Attempt) []error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return s.Store.FinishOutbound(ctx, all)
}
