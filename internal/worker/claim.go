package worker

import (
	"slices"
	"sync"

	"github.com/countersign/countersign/internal/access"
)

// claim is the mails that a processor has claimed together, in the order of their arrival.
type claim struct {
	mails  []access.Inbound
	failed bool // the store has refused something since it took something last

	mu    sync.Mutex
	ended map[int64]bool // finished or given back
	// decided counts the mails that were decided by their lanes, and total all of them.
	decided map[access.Lane]int64
	total   int64
}

func newClaim(mails []access.Inbound) *claim {
	return &claim{mails: mails, ended: map[int64]bool{}, decided: map[access.Lane]int64{}}
}

// open are the mails that are still to be finished.
func (c *claim) open() []access.Inbound {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.mails), func(in access.Inbound) bool { return c.ended[in.ID] })
}

// isEnded holds when all mails are finished or given back.
func (c *claim) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ended) == len(c.mails)
}

func (c *claim) isOpen(in *access.Inbound) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.ended[in.ID]
}

// end takes a mail out of the claim that has been finished, or given back.
func (c *claim) end(in *access.Inbound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[in.ID] = true
}

// endFrom takes a mail out of the claim that cannot be finished, and with it those that must not be decided before it.
func (c *claim) endFrom(in *access.Inbound) (given []access.Inbound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := in.Lane == access.AnyLane
	for _, m := range c.mails {
		waits := all || m.Lane == in.Lane || m.Lane == access.AnyLane || m.Lane.Stranger() && !in.Lane.Stranger()
		if m.ID < in.ID || c.ended[m.ID] || !waits {
			continue
		}
		all = all || m.Lane == access.AnyLane
		c.ended[m.ID] = true
		given = append(given, m)
	}
	return given
}

// count notes that a mail has been decided, with what followed from it; nil for nothing that matters to others.
func (c *claim) count(in *access.Inbound, out *access.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	c.decided[in.Lane]++
	if out != nil && out.Client != nil && access.Lane(out.Client.ID) != in.Lane {
		c.decided[access.AnyLane]++
	}
}

// news grows with each decision that may matter to a mail.
func (c *claim) news(in *access.Inbound) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in.Lane <= access.AnyLane {
		return c.total
	}
	return c.decided[in.Lane] + c.decided[access.AnyLane]
}
