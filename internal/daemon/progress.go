package daemon

import (
	"slices"
	"sync"
	"time"
)

// stalledAfter is longer than any turn of a loop takes: one submission, or a database that does not answer.
const stalledAfter = 10 * time.Minute

// progress is when each loop has gone on last.
type progress struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// turns adds a loop, and returns what tells that it goes on.
func (p *progress) turns(loop string) func() {
	turn := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.last == nil {
			p.last = map[string]time.Time{}
		}
		p.last[loop] = time.Now() // how long something takes is not the configured clock's
	}
	turn()
	return turn
}

// stalled names the loops that have not gone on for so long.
func (p *progress) stalled(limit time.Duration) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for loop, last := range p.last {
		if time.Since(last) > limit {
			all = append(all, loop)
		}
	}
	slices.Sort(all)
	return all
}
