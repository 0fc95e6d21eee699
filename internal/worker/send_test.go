package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/worker"
)

// outbox is a store of outgoing mails that hands each out once.
type outbox struct {
	mu      sync.Mutex
	waiting []access.Outgoing
	claims  []time.Duration // when
	start   time.Time
	next    func() time.Time
	sent    map[int64]access.Sent
	// recorded is how many attempts were recorded together, each time.
	recorded []int
}

func newOutbox(attempts ...int) *outbox {
	s := &outbox{start: time.Now(), sent: map[int64]access.Sent{}}
	for i, n := range attempts {
		s.waiting = append(s.waiting, access.Outgoing{ID: int64(i + 1), Attempts: n})
	}
	return s
}

func (s *outbox) ClaimOutbound(context.Context, time.Duration, int) ([]access.Outgoing, error) {
	s.claims = append(s.claims, time.Since(s.start))
	claimed := s.waiting
	s.waiting = nil
	return claimed, nil
}

func (s *outbox) FinishOutbound(ctx context.Context, all []access.Attempt) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := make([]error, len(all))
	for i, a := range all {
		if _, again := s.sent[a.Mail.ID]; again {
			errs[i] = errors.New("finished twice")
			continue
		}
		s.sent[a.Mail.ID] = a.Sent
		errs[i] = ctx.Err()
	}
	s.recorded = append(s.recorded, len(all))
	return errs
}

func (s *outbox) NextOutbound(context.Context) (time.Time, error) {
	if s.next == nil {
		return time.Time{}, nil
	}
	return s.next(), nil
}

// server answers each submission as the test says.
type server func(*access.Outgoing) error

func (f server) Submit(ctx context.Context, o *access.Outgoing) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f(o)
}

// refusal is an answer of an SMTP server.
type refusal struct{ permanent bool }

func (r refusal) Error() string     { return "refused" }
func (r refusal) IsPermanent() bool { return r.permanent }

func newSender(s *outbox, answer server) *worker.Sender {
	return &worker.Sender{Store: s, Submitters: []worker.Submitter{answer, answer}, Wake: make(chan struct{}), Now: time.Now,
		Log: slog.New(slog.DiscardHandler)}
}

func send(t *testing.T, s *worker.Sender, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	s.Run(ctx)
}

// What the server says decides whether a mail is sent, tried again, or given to a human.
func TestSubmission(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer   error
		panics   bool
		attempts int
		want     access.Sent
		retry    time.Duration // at most; at least half of it
	}{
		"accepted":    {attempts: 1, want: access.Sent{Accepted: true}},
		"permanent":   {answer: refusal{permanent: true}, attempts: 1, want: access.Sent{Failed: true, Error: "refused"}, retry: 5 * time.Second},
		"transient":   {answer: refusal{}, attempts: 1, want: access.Sent{Error: "refused"}, retry: 5 * time.Second},
		"unreachable": {answer: errors.New("no route"), attempts: 4, want: access.Sent{Error: "no route"}, retry: 40 * time.Second},
		"longAway":    {answer: errors.New("no route"), attempts: 99, want: access.Sent{Error: "no route"}, retry: time.Hour},
		"givenUp":     {answer: errors.New("no route"), attempts: 100, want: access.Sent{Failed: true, Error: "no route"}, retry: time.Hour},
		"panic":       {panics: true, attempts: 1, want: access.Sent{Error: "processing panicked"}, retry: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newOutbox(c.attempts)
				start := time.Now()
				send(t, newSender(s, func(*access.Outgoing) error {
					if c.panics {
						panic("a bug")
					}
					return c.answer
				}), time.Second)
				got := s.sent[1]
				if wait := got.Retry.Sub(start); c.retry > 0 && (wait < c.retry/2 || wait > c.retry) {
					t.Errorf("tried again after %s, want between %s and %s", wait, c.retry/2, c.retry)
				}
				got.Retry = time.Time{}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What is sent in quick succession is recorded together, a few at a time, and nothing waits where nothing else is under way.
func TestRecordTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mails int
		takes time.Duration // to submit one
		want  []int
		over  time.Duration // when all are recorded
	}{
		"one":      {mails: 1, want: []int{1}},
		"quick":    {mails: 20, want: []int{8, 8, 4}},
		"slow":     {mails: 4, takes: time.Second, want: []int{2, 2}, over: 2 * time.Second},
		"one slow": {mails: 3, takes: time.Second, want: []int{2, 1}, over: 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newOutbox(slices.Repeat([]int{1}, c.mails)...)
				send(t, newSender(s, func(*access.Outgoing) error { <-time.After(c.takes); return nil }), time.Minute)
				if diff := cmp.Diff(c.want, s.recorded); diff != "" || len(s.sent) != c.mails {
					t.Errorf("%d of %d recorded, together (-want +got):\n%s", len(s.sent), c.mails, diff)
				}
				if s.claims[1] != c.over {
					t.Errorf("all were recorded after %s, want %s", s.claims[1], c.over)
				}
			})
		})
	}
}

// An attempt waits for those that end soon, and no longer.
func TestRecordWithin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOutbox(1, 1)
		send(t, newSender(s, func(o *access.Outgoing) error {
			if o.ID == 2 {
				<-time.After(time.Second)
				s.mu.Lock()
				defer s.mu.Unlock()
				if len(s.recorded) != 1 {
					t.Error("the first attempt was not recorded while the second was under way")
				}
			}
			return nil
		}), time.Minute)
		if diff := cmp.Diff([]int{1, 1}, s.recorded); diff != "" {
			t.Errorf("together (-want +got):\n%s", diff)
		}
	})
}

// A refused mail does not keep the others back, and slow submissions run side by side.
func TestSendSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOutbox(1, 1, 1, 1)
		start := time.Now()
		send(t, newSender(s, func(o *access.Outgoing) error {
			<-time.After(10 * time.Second)
			if o.ID == 1 {
				return refusal{permanent: true}
			}
			return nil
		}), time.Minute)
		for id := int64(1); id <= 4; id++ {
			if got := s.sent[id]; got.Accepted != (id != 1) {
				t.Errorf("mail %d became %+v", id, got)
			}
		}
		if s.claims[1] != 20*time.Second {
			t.Errorf("four mails over two connections took %s, want 20s, from %s", s.claims[1], start)
		}
	})
}

// A soft stop finishes what is at the server and gives the others back untried.
func TestStopSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOutbox(1, 1, 1, 1)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		tried := 0
		var mu sync.Mutex
		start := time.Now()
		newSender(s, func(*access.Outgoing) error {
			<-time.After(10 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			tried++
			return nil
		}).Run(ctx)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("stopping took %s, want the 10s of what was at the server", took)
		}
		var accepted, back int
		for _, r := range s.sent {
			switch {
			case r.Accepted:
				accepted++
			case !r.Failed && r.Retry.Equal(time.Now()):
				back++
			}
		}
		if tried != 2 || accepted != 2 || back != 2 {
			t.Errorf("%d tried, %d accepted, %d given back; want 2 each", tried, accepted, back)
		}
	})
}

// The loop sleeps until the next mail is due. What is due and yet not to be had, since another daemon is at it, is not
// asked for without end.
func TestNextDue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		next func(start time.Time) time.Time
		want []time.Duration
	}{
		"soon":    {func(start time.Time) time.Time { return start.Add(1200 * time.Millisecond) }, []time.Duration{0, 1200 * time.Millisecond, 2200 * time.Millisecond, 3200 * time.Millisecond}},
		"late":    {func(start time.Time) time.Time { return start.Add(time.Hour) }, []time.Duration{0}},
		"nothing": {func(time.Time) time.Time { return time.Time{} }, []time.Duration{0}},
		"overdue": {func(start time.Time) time.Time { return start.Add(-time.Hour) }, []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newOutbox()
				start := s.start
				s.next = func() time.Time { return c.next(start) }
				send(t, newSender(s, func(*access.Outgoing) error { return nil }), 3500*time.Millisecond)
				if diff := cmp.Diff(c.want, slices.Clone(s.claims)); diff != "" {
					t.Errorf("asked for work at (-want +got):\n%s", diff)
				}
			})
		})
	}
}
