package daemon

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/metrics"
	"github.com/countersign/countersign/internal/worker"
)

// meters are what this daemon has counted since it started; everything else is read from the store.
type meters struct {
	processing metrics.Histogram
	tries      map[worker.Try]*atomic.Int64
	mailboxes  map[string]*mailboxMeter
	ends       certificates
}

func newMeters(mailboxes []string, now func() time.Time) *meters {
	m := &meters{tries: map[worker.Try]*atomic.Int64{}, mailboxes: map[string]*mailboxMeter{}}
	for _, t := range []worker.Try{worker.Accepted, worker.Deferred, worker.Refused} {
		m.tries[t] = &atomic.Int64{}
	}
	for _, name := range mailboxes {
		m.mailboxes[name] = &mailboxMeter{now: now}
	}
	return m
}

// mailboxMeter is what is known of the reading of one mailbox.
type mailboxMeter struct {
	now func() time.Time

	mu        sync.Mutex
	connected bool
	sessions  int64
	read      time.Time     // when it was last read to its end
	lag       time.Duration // of the newest mail that was stored: from its arrival on the server
}

func (m *mailboxMeter) state(s mailbox.State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch s {
	case mailbox.Connected:
		m.connected = true
		m.sessions++
	case mailbox.Idle:
		m.read = m.now()
	case mailbox.Disconnected:
		m.connected = false
	}
}

func (m *mailboxMeter) stored(arrived time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !arrived.IsZero() {
		m.lag = max(0, m.now().Sub(arrived))
	}
}

// certificates are when those of the servers end, as seen at the last connection.
type certificates struct {
	mu   sync.Mutex
	ends map[string]time.Time // by server, as in the config: "mailbox support", "submission"
}

// seen notes an end, and reports whether it is news.
func (c *certificates) seen(server string, ends time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ends == nil {
		c.ends = map[string]time.Time{}
	}
	old, known := c.ends[server]
	c.ends[server] = ends
	return !known || !old.Equal(ends)
}

func (c *certificates) all() map[string]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[string]time.Time, len(c.ends))
	for server, ends := range c.ends {
		all[server] = ends
	}
	return all
}
