package store

import "testing"

// Many mails go into one transaction, but where each of them needs many requests in memory.
func TestTogether(t *testing.T) {
	t.Parallel()
	var g together
	for _, step := range []struct{ mails, want, each int }{
		{25, 25, 0}, // nothing is known yet
		{25, 25, 10},
		{25, 25, 100},
		{25, 10, 100},
		{25, 10, 2000},
		{25, 1, 5000}, // one there must be
		{25, 1, 500},
		{25, 2, 10},
		{25, 25, 40},
		{1, 1, 40}, // few mails are no reason to take few
		{25, 25, 50},
		{25, 20, 50},
	} {
		n := g.of(step.mails)
		if n != step.want {
			t.Errorf("%d mails go together, want %d, before %+v", n, step.want, step)
		}
		g.learn(n, n*step.each)
	}
}
