package mailserver_test

import (
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/countersign/countersign/internal/mailserver"
)

// listener counts what IDLE announces.
type listener struct {
	mu     sync.Mutex
	exists uint32
	wake   chan struct{}
}

func newListener() *listener { return &listener{wake: make(chan struct{}, 1)} }

func (l *listener) handler() *imapclient.UnilateralDataHandler {
	return &imapclient.UnilateralDataHandler{Mailbox: func(m *imapclient.UnilateralDataMailbox) {
		if m.NumMessages == nil {
			return
		}
		l.mu.Lock()
		l.exists = *m.NumMessages
		l.mu.Unlock()
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}}
}

func (l *listener) last() uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.exists
}

// waitFor returns when n messages were announced. Nothing but announcements wakes it: a lost one fails the test.
func (l *listener) waitFor(t *testing.T, n uint32) {
	t.Helper()
	ctx := deadline(t)
	for l.last() < n {
		select {
		case <-l.wake:
		case <-ctx.Done():
			t.Fatalf("%d messages announced, want %d: a wake-up was lost", l.last(), n)
		}
	}
}

// Every mail meets the start of an IDLE, just before it or the moment it was accepted, where imapserver's own Idle loses
// wake-ups.
func TestIdleLosesNoWakeUp(t *testing.T) {
	t.Parallel()
	const mails = 200
	s := start(t, mailserver.Config{})
	l := newListener()
	c := dial(t, s, support, l.handler())
	selectMailbox(t, c, "INBOX")

	next := make(chan int)
	var sender sync.WaitGroup
	sender.Go(func() {
		for n := range next {
			if err := trySend(s, "al@client.example", support, mailFrom("al@client.example")); err != nil {
				t.Errorf("mail %d: %v", n, err)
			}
		}
	})
	for n := range mails {
		if n%2 == 0 {
			next <- n
		}
		idle, err := c.Idle()
		if err != nil {
			t.Fatal(err)
		}
		if n%2 == 1 {
			next <- n
		}
		l.waitFor(t, uint32(n+1))
		if err := idle.Close(); err != nil {
			t.Fatal(err)
		}
		if err := idle.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	close(next)
	sender.Wait()
	if got := searchUIDs(t, c, &imap.SearchCriteria{}); len(got) != mails {
		t.Errorf("%d messages found, want %d", len(got), mails)
	}
}

func TestIdleHearsABurst(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	l := newListener()
	c := dial(t, s, support, l.handler())
	selectMailbox(t, c, "INBOX")
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for range 50 {
				if err := trySend(s, "al@client.example", support, mailFrom("al@client.example")); err != nil {
					t.Errorf("sending: %v", err)
				}
			}
		})
	}
	l.waitFor(t, 200)
	senders.Wait()
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestIdleDeaf(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	s.SetFaults(mailserver.Faults{IdleDeaf: true})
	l := newListener()
	c := dial(t, s, support, l.handler())
	selectMailbox(t, c, "INBOX")
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, "al@client.example", support, mailFrom("al@client.example"))
	// A second client sees the mail by now. That the first is told nothing can only be watched for a while.
	other := dial(t, s, support, nil)
	if n := selectMailbox(t, other, "INBOX").NumMessages; n != 1 {
		t.Fatalf("INBOX holds %d, want 1", n)
	}
	select {
	case <-l.wake:
		t.Error("IDLE announced the mail")
	case <-time.After(50 * time.Millisecond):
	}
	s.SetFaults(mailserver.Faults{})
	l.waitFor(t, 1)
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
}
