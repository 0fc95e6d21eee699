package worker_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
)

// inLanes is an inbox with a mail in each of the lanes, in this order.
func inLanes(lanes ...access.Lane) *inbox {
	s := manyMails(len(lanes))
	for i := range lanes {
		s.waiting[i].Lane = lanes[i]
	}
	return s
}

// What follows from one mail cannot be stored: those behind it in its lane wait, with those that may concern any client or are
// by strangers, and nobody else does.
func TestRefusedLane(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lanes  []access.Lane
		before []int64 // finished before the first mail is given up
	}{
		"clients":   {[]access.Lane{1, 2, 1, 3, 2}, []int64{2, 4, 5}},
		"strangers": {[]access.Lane{1, 2, -1, 2}, []int64{2, 4}},
		"stranger":  {[]access.Lane{-1, 2, -2, -1, 3}, []int64{2, 3, 5}},
		"staff":     {[]access.Lane{1, 2, 0, 2}, []int64{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := inLanes(c.lanes...)
				var before []int64
				s.decide = func(in *access.Inbound) error {
					if in.ID == 1 {
						before = slices.Clone(s.finished)
						return errStore
					}
					return nil
				}
				play(t, newProcessor(t, s), 5*time.Minute)
				if diff := cmp.Diff(map[int64]string{1: "what follows from it could not be stored, several times"}, s.quarantined); diff != "" {
					t.Errorf("quarantined (-want +got):\n%s", diff)
				}
				slices.Sort(before)
				if diff := cmp.Diff(c.before, before); diff != "" {
					t.Errorf("finished before the first was given up (-want +got):\n%s", diff)
				}
				if len(s.finished) != len(c.lanes)-1 {
					t.Errorf("finished are %v", s.finished)
				}
			})
		})
	}
}

// Where the store refuses what follows from any mail, it is the store: one mail in half a minute is given up, not all of them.
func TestRefusedByStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inLanes(1, 2, 3, 4, 5, 6)
		s.decide = func(*access.Inbound) error { return errStore }
		play(t, newProcessor(t, s), time.Minute)
		if n := len(s.quarantined); n < 1 || n > 2 {
			t.Errorf("%d mails were given up in a minute: %v", n, s.quarantined)
		}
	})
}

// A mail that the store has taken back waits for mails before it, and those behind it wait for it.
func TestNotItsTurn(t *testing.T) {
	t.Parallel()
	for name, together := range map[string]int{"together": 25, "one by one": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := inLanes(1, 1, 2)
				turn := false
				s.decide = func(in *access.Inbound) error {
					if in.ID == 1 && !turn {
						turn = true
						back := *in
						back.Lane, back.Attempts = 0, in.Attempts-1
						s.waiting = append(s.waiting, back)
						return access.ErrNotItsTurn
					}
					return nil
				}
				p := newProcessor(t, s)
				p.Together = together
				play(t, p, time.Second)
				if diff := cmp.Diff([]int64{2, 3}, s.released); diff != "" {
					t.Errorf("given back (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]int64{1, 2, 3}, s.finished); diff != "" || len(s.quarantined) != 0 {
					t.Errorf("quarantined %v, finished (-want +got):\n%s", s.quarantined, diff)
				}
			})
		})
	}
}

// A mail that was left is decided next, before those that came after it.
func TestLeftForTheNextTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inLanes(1, 1, 2, 1, 3)
		s.leave = func(in *access.Inbound, first bool) bool { return !first && in.Lane == 1 }
		play(t, newProcessor(t, s), time.Second)
		if diff := cmp.Diff([]int64{1, 3, 5, 2, 4}, s.finished); diff != "" {
			t.Errorf("finished (-want +got):\n%s", diff)
		}
	})
}
