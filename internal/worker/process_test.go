package worker_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/worker"
)

// play runs a processor for a while of made-up time.
func play(t *testing.T, p *worker.Processor, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	p.Run(ctx)
}

// A mail that makes anything panic or fail is quarantined with the reason. Those around it are not delayed.
func TestPoison(t *testing.T) {
	t.Parallel()
	const panicked = "processing panicked"
	for name, c := range map[string]struct {
		poison func(*inbox, *worker.Processor)
		reason string
	}{
		"render": {func(_ *inbox, p *worker.Processor) {
			p.Render = func(m *access.Mail) (*access.Rendered, error) {
				if m.Data.Lines[0].Name == "Lena Vogt" {
					panic("Lena Vogt")
				}
				return &access.Rendered{}, nil
			}
		}, panicked},
		"renderError": {func(_ *inbox, p *worker.Processor) {
			p.Render = func(m *access.Mail) (*access.Rendered, error) {
				if m.Data.Lines[0].Name == "Lena Vogt" {
					return nil, errors.New("the template has a hole")
				}
				return &access.Rendered{}, nil
			}
		}, "the template has a hole"},
		"decide": {func(s *inbox, p *worker.Processor) {
			var at int64
			s.decide = func(in *access.Inbound) error { at = in.ID; return nil }
			p.Env = func() *access.Env {
				if at == 2 {
					var none *access.Env
					_ = none.Now
				}
				return env()
			}
		}, panicked},
		"lookup": {func(s *inbox, _ *worker.Processor) {
			s.find = func(l *access.Lookup) {
				if l.InboundID == 2 {
					panic(l)
				}
			}
		}, panicked},
		"unparsable": {func(s *inbox, _ *worker.Processor) { s.waiting[1].Raw = nil }, "reading message: no header field"},
		"truncated": {func(s *inbox, _ *worker.Processor) { s.waiting[1].Truncated = true },
			"larger than the limit for a mail: only its beginning was fetched"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
				p := newProcessor(t, s)
				c.poison(s, p)
				play(t, p, time.Millisecond)
				if diff := cmp.Diff(map[int64]string{2: c.reason}, s.quarantined); diff != "" {
					t.Errorf("quarantined (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]int64{1, 3}, s.finished); diff != "" {
					t.Errorf("finished (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// While the store fails, the loop backs off: twice as long each time, with jitter, at most a minute. It recovers by itself.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe")
		s.claim = func() error {
			if len(s.claims) <= 9 {
				return errStore
			}
			return nil
		}
		play(t, newProcessor(t, s), 10*time.Minute)
		limits := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
			time.Minute, time.Minute, time.Minute}
		for i, most := range limits {
			if wait := s.claims[i+1].Sub(s.claims[i]); wait < most/2 || wait > most {
				t.Errorf("after failure %d it waited %s, want between %s and %s", i+1, wait, most/2, most)
			}
		}
		if diff := cmp.Diff([]int64{1}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
	})
}

// When finishing a mail fails, it and all behind it go back, so that the order stays.
func TestStoreFailsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
		failed := false
		s.decide = func(in *access.Inbound) error {
			if in.ID == 2 && !failed {
				failed = true
				return errStore
			}
			return nil
		}
		play(t, oneByOne(t, s), 2*time.Second)
		if diff := cmp.Diff([]int64{2, 3}, s.released); diff != "" {
			t.Errorf("given back (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{1, 2, 3}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
	})
}

// A mail whose outcome the store never takes goes to quarantine in the end, and the others go on.
func TestStoreRefusesOneMail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
		tries := 0
		s.decide = func(in *access.Inbound) error {
			if in.ID == 2 {
				tries++
				return errStore
			}
			return nil
		}
		start := time.Now()
		var third time.Duration
		s.find = func(*access.Lookup) {
			third = time.Since(start) // the last look is for the third mail
		}
		play(t, oneByOne(t, s), 5*time.Minute)
		if tries != 6 {
			t.Errorf("it was tried %d times, want 6", tries)
		}
		if diff := cmp.Diff(map[int64]string{2: "what follows from it could not be stored, several times"}, s.quarantined); diff != "" {
			t.Errorf("quarantined (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{1, 3}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
		if third < 15*time.Second || third > 31*time.Second {
			t.Errorf("the mail behind it waited %s", third)
		}
	})
}

// A soft stop finishes the mail in work and gives the others back.
func TestStopGivesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
		ctx, cancel := context.WithCancel(t.Context())
		s.decide = func(*access.Inbound) error { cancel(); return nil }
		oneByOne(t, s).Run(ctx)
		if diff := cmp.Diff([]int64{1}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{2, 3}, s.released); diff != "" {
			t.Errorf("given back (-want +got):\n%s", diff)
		}
	})
}

// The claims of mails that wait for their turn are renewed before they run out.
func TestRenew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt", "Nora Lund")
		s.decide = func(*access.Inbound) error { <-time.After(20 * time.Second); return nil }
		play(t, oneByOne(t, s), 2*time.Minute)
		if diff := cmp.Diff([]int64{2, 3, 3}, s.renewed); diff != "" {
			t.Errorf("renewed (-want +got):\n%s", diff)
		}
	})
}

// A wake-up is worked on at once; without one the loop looks every five seconds.
func TestWake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox()
		p := newProcessor(t, s)
		wake := make(chan struct{}, 1)
		p.Wake = wake
		start := time.Now()
		time.AfterFunc(7*time.Second, func() { wake <- struct{}{} })
		play(t, p, 14*time.Second)
		var at []time.Duration
		for _, c := range s.claims {
			at = append(at, c.Sub(start))
		}
		if diff := cmp.Diff([]time.Duration{0, 5 * time.Second, 7 * time.Second, 12 * time.Second}, at); diff != "" {
			t.Errorf("looked for work at (-want +got):\n%s", diff)
		}
	})
}
