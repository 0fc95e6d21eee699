package mailserver

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Delivery is one message put into one mailbox.
type Delivery struct {
	To       string // the forward-path of RCPT, with its subaddress
	MailFrom string // the reverse-path; "" for the null reverse-path
	Raw      []byte // as stored, trace fields included; not to be changed
	At       time.Time
}

// deliveryLog keeps all deliveries and tells waiters of new ones.
type deliveryLog struct {
	mu    sync.Mutex
	list  []Delivery
	grown signal
}

func (l *deliveryLog) add(d Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, d)
	l.grown.raise()
}

// from returns the deliveries from index n on, and a channel that closes when there are more.
func (l *deliveryLog) from(n int) ([]Delivery, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list[n:]), l.grown.next()
}

// Deliveries returns all deliveries so far, oldest first.
func (s *Server) Deliveries() []Delivery {
	list, _ := s.deliveries.from(0)
	return list
}

// Wait returns the first delivery, past or future, that match accepts; match sees each delivery once, oldest first. The
// message can be read over IMAP by then. It fails only when ctx ends.
func (s *Server) Wait(ctx context.Context, match func(Delivery) bool) (Delivery, error) {
	seen := 0
	for {
		list, more := s.deliveries.from(seen)
		for _, d := range list {
			if match(d) {
				return d, nil
			}
		}
		seen += len(list)
		select {
		case <-more:
		case <-ctx.Done():
			return Delivery{}, fmt.Errorf("waiting for a delivery, %d seen: %w", seen, ctx.Err())
		}
	}
}

// Messages returns the raw messages of a user's mailbox, oldest first; they must not be changed.
func (s *Server) Messages(address, mailbox string) ([][]byte, error) {
	a, err := s.account(address)
	if err != nil {
		return nil, err
	}
	return a.messages(mailbox)
}

// CountMessages returns the number of messages in a user's mailbox.
func (s *Server) CountMessages(address, mailbox string) (int, error) {
	list, err := s.Messages(address, mailbox)
	return len(list), err
}

// WaitCount waits until a user's mailbox holds exactly n messages, whoever put or moved them there.
func (s *Server) WaitCount(ctx context.Context, address, mailbox string, n int) error {
	a, err := s.account(address)
	if err != nil {
		return err
	}
	for {
		changed := a.watch()
		list, err := a.messages(mailbox)
		if err != nil {
			return err
		}
		if len(list) == n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %d messages, there are %d: %w", n, len(list), ctx.Err())
		}
	}
}

// signal wakes all who wait for the next change. Its owner's mutex guards it. Whoever takes next before looking at the
// state cannot miss a change.
type signal struct{ ch chan struct{} }

func (s *signal) next() <-chan struct{} {
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) raise() {
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}
