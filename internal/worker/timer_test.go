package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/worker"
)

// alarmClock is a store of timers. A timer that fails stays leased for a minute.
type alarmClock struct {
	due   map[int64]time.Time
	fired []int64
	at    []time.Duration
	start time.Time
	fail  func(id int64) error
}

func newAlarmClock(after map[int64]time.Duration) *alarmClock {
	s := &alarmClock{start: time.Now(), due: map[int64]time.Time{}}
	for id, d := range after {
		s.due[id] = s.start.Add(d)
	}
	return s
}

func (s *alarmClock) ClaimTimers(_ context.Context, lease time.Duration, _ int) ([]access.Timer, error) {
	var claimed []access.Timer
	for id, due := range s.due {
		if !due.After(time.Now()) {
			claimed = append(claimed, access.Timer{ID: id, Kind: access.TimerExpiry, DueAt: due, RequestID: id})
			s.due[id] = time.Now().Add(lease)
		}
	}
	slices.SortFunc(claimed, func(a, b access.Timer) int { return a.DueAt.Compare(b.DueAt) })
	return claimed, nil
}

func (s *alarmClock) NextTimer(context.Context) (time.Time, error) {
	var next time.Time
	for _, due := range s.due {
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next, nil
}

func (s *alarmClock) DecideTimer(_ context.Context, t *access.Timer, decide func(*access.Situation) (*access.Outcome, error),
	_ access.Render) (*access.Outcome, error) {
	if s.fail != nil {
		if err := s.fail(t.ID); err != nil {
			return nil, err
		}
	}
	client := &access.Client{ID: 1, Name: "Acme", RoleModel: "contact-levels"}
	o, err := decide(&access.Situation{Client: client, Open: []*access.Request{{ID: t.RequestID, ClientID: 1,
		State: access.AwaitingApproval, UpdatedAt: time.Now().Add(-30 * 24 * time.Hour)}}})
	if err != nil {
		return nil, err
	}
	if len(o.Requests) == 1 && o.Requests[0].State == access.Expired {
		s.fired, s.at = append(s.fired, t.ID), append(s.at, time.Since(s.start))
		delete(s.due, t.ID)
	}
	return o, nil
}

func fire(t *testing.T, s *alarmClock, log *slog.Logger, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	w := &worker.Timers{Store: s, Env: env, Render: render, Wake: make(chan struct{}), Now: time.Now, Log: log}
	w.Run(ctx)
}

// Timers fire when they are due, in their order, however close or far apart.
func TestTimersInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newAlarmClock(map[int64]time.Duration{1: time.Hour, 2: -time.Minute, 3: 90 * time.Second, 4: -time.Hour, 5: 90*time.Second + time.Millisecond})
		fire(t, s, slog.New(slog.DiscardHandler), 2*time.Hour)
		if diff := cmp.Diff([]int64{4, 2, 3, 5, 1}, s.fired); diff != "" {
			t.Errorf("fired (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]time.Duration{0, 0, 90 * time.Second, 90*time.Second + time.Millisecond, time.Hour}, s.at); diff != "" {
			t.Errorf("at (-want +got):\n%s", diff)
		}
	})
}

// A timer that fails or panics is tried again when its lease has run out; the others fire in time, and the log does not
// say what the panic said.
func TestTimerFails(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errStore },
		"panic": func() error { panic("lena@acme.example") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newAlarmClock(map[int64]time.Duration{1: 0, 2: 0, 3: 10 * time.Second})
				failed := 0
				s.fail = func(id int64) error {
					if id == 1 && failed < 2 {
						failed++
						return fail()
					}
					return nil
				}
				var log bytes.Buffer
				fire(t, s, slog.New(slog.NewTextHandler(&log, nil)), 5*time.Minute)
				if diff := cmp.Diff([]int64{2, 3, 1}, s.fired); diff != "" {
					t.Errorf("fired (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]time.Duration{0, 10 * time.Second, 2 * time.Minute}, s.at); diff != "" {
					t.Errorf("at (-want +got):\n%s", diff)
				}
				if n := strings.Count(log.String(), "timer failed"); n != 2 {
					t.Errorf("%d failures were logged, want 2", n)
				}
				if strings.Contains(log.String(), "lena@acme.example") {
					t.Errorf("the log holds an address:\n%s", log.String())
				}
			})
		})
	}
}
