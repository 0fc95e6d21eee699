package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/lib/pq"
)

// Topic names what there may be work for.
type Topic string

// The topics. Each is a hint: whoever waits looks again now and then anyway.
const (
	TopicInbound  Topic = "inbound"  // mails to process
	TopicFiling   Topic = "filing"   // dispositions to carry out on the server
	TopicOutbound Topic = "outbound" // mails to send
	TopicTimers   Topic = "timers"   // timers set
	TopicView     Topic = "view"     // something the console shows
)

var topics = []Topic{TopicInbound, TopicFiling, TopicOutbound, TopicTimers, TopicView}

const channelPrefix = "countersign_"

// wakes hands wake-ups to the waiters of this process.
type wakes struct {
	mu   sync.Mutex
	subs map[Topic]map[chan struct{}]struct{}
}

func (w *wakes) poke(t Topic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ch := range w.subs[t] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Subscribe returns a channel that gets a value after each commit that made work of the topic, in this process or, on
// PostgreSQL, in any other; wake-ups may be merged. The function ends the subscription.
func (s *Store) Subscribe(t Topic) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	s.wakes.mu.Lock()
	defer s.wakes.mu.Unlock()
	if s.wakes.subs == nil {
		s.wakes.subs = map[Topic]map[chan struct{}]struct{}{}
	}
	if s.wakes.subs[t] == nil {
		s.wakes.subs[t] = map[chan struct{}]struct{}{}
	}
	s.wakes.subs[t][ch] = struct{}{}
	return ch, func() {
		s.wakes.mu.Lock()
		defer s.wakes.mu.Unlock()
		delete(s.wakes.subs[t], ch)
	}
}

// notify tells the other daemons on one PostgreSQL, as part of the transaction.
func (x *tx) notify(ctx context.Context) error {
	if !x.s.pg || len(x.topics) == 0 {
		return nil
	}
	if _, err := x.ExecContext(ctx, `SELECT pg_notify('`+channelPrefix+`' || v.value, '') FROM `+each(x, 1), listOf(x, x.topics)); err != nil {
		return fmt.Errorf("notifying the other daemons: %w", err)
	}
	return nil
}

// listen turns the notifications of other daemons into wake-ups. After a reconnect every topic is woken, since
// notifications may have been missed.
func (s *Store) listen() error {
	s.listener = pq.NewListener(s.cfg.DSN, time.Second, 30*time.Second, nil)
	for _, t := range topics {
		if err := s.listener.Listen(channelPrefix + string(t)); err != nil {
			return fmt.Errorf("listening to PostgreSQL: %w", err)
		}
	}
	s.done.Go(func() {
		for n := range s.listener.NotificationChannel() {
			if n != nil {
				s.wakes.poke(Topic(n.Channel[len(channelPrefix):]))
				continue
			}
			for _, t := range topics {
				s.wakes.poke(t)
			}
		}
	})
	return nil
}
