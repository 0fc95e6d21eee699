package worker_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
)

func manyMails(n int) *inbox {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("Jane Doe%d", i))
	}
	return newInbox(names...)
}

// Mails that wait are decided together, in their order and no more at once than set; what the store leaves for the next
// time comes next, with what has been read meanwhile.
func TestTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mails, most int
		runs        []int
	}{
		"one":      {1, 0, []int{1}},
		"several":  {60, 0, []int{25, 25, 10}},
		"cut":      {60, 10, []int{10, 10, 10, 10, 10, 10}},
		"oneByOne": {3, 1, []int{1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := manyMails(c.mails)
				s.most = c.most
				s.decide = func(*access.Inbound) error {
					<-time.After(time.Millisecond) // so that what comes next is read
					return nil
				}
				p := newProcessor(t, s)
				p.Batch = 100
				play(t, p, time.Second)
				if diff := cmp.Diff(c.runs, s.runs); diff != "" {
					t.Errorf("decided together (-want +got):\n%s", diff)
				}
				if len(s.finished) != c.mails || !slices.IsSorted(s.finished) {
					t.Errorf("finished %v, want %d mails in their order", s.finished, c.mails)
				}
			})
		})
	}
}

// One mail whose outcome cannot be stored harms none of those that it was decided with.
func TestTogetherFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := manyMails(30)
		s.decide = func(in *access.Inbound) error {
			if in.ID == 7 {
				return errStore
			}
			return nil
		}
		play(t, newProcessor(t, s), 5*time.Minute)
		if diff := cmp.Diff(map[int64]string{7: "what follows from it could not be stored, several times"}, s.quarantined); diff != "" {
			t.Errorf("quarantined (-want +got):\n%s", diff)
		}
		if len(s.finished) != 29 || !slices.IsSorted(s.finished) {
			t.Errorf("finished %v, want all others in their order", s.finished)
		}
	})
}

// A mail that was read ahead is read anew when what it answers has changed by what was decided since.
func TestReadAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newInbox("Jane Doe", "Lena Vogt")
		p := newProcessor(t, s)
		p.Together = 1
		s.decide = func(in *access.Inbound) error {
			if in.ID == 1 { // from now on, the second mail answers a question
				s.mu.Lock()
				defer s.mu.Unlock()
				s.thread = &access.Thread{Approval: &access.Approval{ID: 1, Lines: []access.ApprovalLine{{Number: 1, RequestID: 1}}},
					Requests: []*access.Request{{ID: 1, Name: "Jane Doe", Email: address("jane@acme.example")}}}
			}
			return nil
		}
		s.waiting[1].Raw = []byte("From: Tom Okafor <tom@acme.example>\r\nSubject: Re: Access\r\n\r\nAPPROVE\r\n")
		play(t, p, time.Millisecond)
		if diff := cmp.Diff(map[int64]string{1: "request", 2: "reply"}, s.classes); diff != "" {
			t.Errorf("read as (-want +got):\n%s", diff)
		}
	})
}
