package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// lanesOf finds the lanes of mails that arrive by what their headers say. A nil look-up says nothing.
func (x *tx) lanesOf(ctx context.Context, lookups []*access.Lookup) ([]access.Lane, error) {
	lanes := make([]access.Lane, len(lookups))
	var known []*access.Lookup
	var places []int
	for i, l := range lookups {
		if l != nil {
			known, places = append(known, l), append(places, i)
		}
	}
	if len(known) == 0 {
		return lanes, nil
	}
	all, err := findAll(ctx, x, known)
	if err != nil {
		return nil, err
	}
	var domains []string
	for i, s := range all {
		if err := x.returned(ctx, known[i], s); err != nil {
			return nil, err
		}
		if lanes[places[i]] = laneOf(s, known[i]); lanes[places[i]].Stranger() && !known[i].Author.IsZero() {
			domains = append(domains, known[i].Author.Domain)
		}
	}
	clients, err := x.clientsOfDomains(ctx, domains)
	if err != nil {
		return nil, err
	}
	for i, l := range known {
		if c := clients[l.Author.Domain]; lanes[places[i]].Stranger() && len(c) > 0 {
			// Somebody of a client whom we do not know yet; a mail before it may ask for their access.
			if lanes[places[i]] = access.AnyLane; len(c) == 1 {
				lanes[places[i]] = access.Lane(c[0])
			}
		}
	}
	return lanes, nil
}

// laneOf is the one client that a mail is about and its author belongs to.
func laneOf(s *access.Situation, l *access.Lookup) access.Lane {
	var clients []int64
	if s.Ticket != nil {
		clients = append(clients, s.Ticket.ClientID)
	}
	for _, c := range s.AuthorContacts {
		clients = append(clients, c.ClientID)
	}
	clients = distinct(clients)
	switch {
	case len(clients) == 1:
		return access.Lane(clients[0])
	case len(clients) == 0 && s.AuthorStaff == nil:
		return access.StrangerLane(l.Author)
	}
	return access.AnyLane
}

// returned finds what a mail to one of our reverse-paths is about.
func (x *tx) returned(ctx context.Context, l *access.Lookup, s *access.Situation) error {
	for _, path := range l.ReturnPaths {
		if found, err := x.outgoing(ctx, s, `lower(mail_from) = $1`, path); found || err != nil {
			return err
		}
	}
	return nil
}

// clientsOfDomains are the clients that have a domain, by the domain.
func (x *tx) clientsOfDomains(ctx context.Context, domains []string) (map[string][]int64, error) {
	if len(domains) == 0 {
		return nil, nil
	}
	var rows []struct {
		Domain string `db:"domain"`
		Client int64  `db:"client_id"`
	}
	if err := x.SelectContext(ctx, &rows, `SELECT domain, client_id FROM client_domains WHERE `+among(x, "domain", 1), listOf(x, distinct(domains))); err != nil {
		return nil, fmt.Errorf("finding the clients of domains: %w", err)
	}
	clients := map[string][]int64{}
	for _, r := range rows {
		clients[r.Domain] = append(clients[r.Domain], r.Client)
	}
	return clients, nil
}

// head is a mail that waits, as a claim sees it.
type head struct {
	ID       int64       `db:"id"`
	Lane     access.Lane `db:"lane"`
	Attempts int         `db:"attempts"`
	Size     int64       `db:"size"`
	Out      bool        `db:"is_out"` // somebody has claimed it
}

// choice is what one claim takes of the mails that wait, with what makes others wait.
type choice struct {
	limit   int
	chosen  []head
	size    int64
	busy    map[access.Lane]bool // of which a mail was passed over
	taken   map[access.Lane]bool
	others  bool // somebody else is at work
	clients bool // a mail of a client was passed over
	all     bool // nothing was
	ended   bool // no mail behind can be chosen
}

func newChoice(limit int) *choice {
	return &choice{limit: limit, busy: map[access.Lane]bool{}, taken: map[access.Lane]bool{}, all: true}
}

// take goes on through the mails, oldest first. Where somebody else is at work it takes no more than half of the free lanes,
// so that there is something left for them.
func (c *choice) take(heads []head) {
	c.others = c.others || slices.ContainsFunc(heads, func(h head) bool { return h.Out })
	most := len(heads)
	if c.others {
		most = max(1, (freeLanes(heads)+1)/2)
	}
	for _, h := range heads {
		if c.ended = c.ended || len(c.chosen) == c.limit; c.ended {
			return
		}
		free := !h.Out && !c.busy[h.Lane] && (len(c.chosen) == 0 || h.Attempts == 0 && c.size+h.Size <= maxClaimedBytes)
		switch {
		case h.Lane == access.AnyLane:
			free = free && c.all
			c.ended = !free
		case h.Lane.Stranger():
			free = free && !c.clients
		default:
			free = free && (c.taken[h.Lane] || len(c.taken) < most)
			if c.clients = c.clients || !free; free {
				c.taken[h.Lane] = true
			}
		}
		if !free {
			c.busy[h.Lane], c.all = true, false
			continue
		}
		c.chosen, c.size = append(c.chosen, h), c.size+h.Size
		c.ended = h.Attempts > 0
	}
}

// beyond is how many mails a claim looks behind those that all wait for others: one lane with many mails must not hide all
// other lanes.
const beyond = 20000

// chooseInbound looks at the oldest mails that wait, and at more of them where others are at work.
func (x *tx) chooseInbound(ctx context.Context, now time.Time, limit int) ([]head, error) {
	var c *choice
	var heads []head
	for _, window := range []int{limit, 10 * limit} {
		var err error
		if heads, err = x.heads(ctx, `TRUE`, now, window); err != nil {
			return nil, err
		}
		c = newChoice(limit)
		c.take(heads)
		if len(heads) < window || !c.others {
			return c.chosen, nil
		}
	}
	if len(c.chosen) > 0 || c.ended {
		return c.chosen, nil
	}
	last := heads[len(heads)-1].ID
	heads, err := x.heads(ctx, `id > $3 AND id <= $4 AND NOT (`+among(x, "lane", 5)+`) AND (lane >= 0 OR NOT $6)`, now, 10*limit,
		last, last+beyond, listOf(x, slices.Sorted(maps.Keys(c.busy))), c.clients)
	c.take(heads)
	return c.chosen, err
}

// heads are the oldest of the mails that wait for which a condition holds, whose arguments begin with the third.
func (x *tx) heads(ctx context.Context, condition string, now time.Time, most int, args ...any) (heads []head, err error) {
	err = x.SelectContext(ctx, &heads, `SELECT id, lane, attempts, coalesce(length(raw), 0) AS size, lease_until IS NOT NULL AND lease_until > $2 AS is_out
		FROM inbound_messages WHERE disposition = 'pending' AND `+condition+` ORDER BY id LIMIT $1`, append([]any{most, now}, args...)...)
	return heads, err
}

// freeLanes counts the lanes of clients at which nobody is.
func freeLanes(heads []head) int {
	free := map[access.Lane]bool{}
	for _, h := range heads {
		if h.Lane > access.AnyLane {
			free[h.Lane] = true
		}
	}
	for _, h := range heads {
		if h.Out {
			delete(free, h.Lane)
		}
	}
	return len(free)
}

// misplaced reports whether a mail is about another client than its lane says, as happens where the roster has changed
// since it came or its text names something.
func misplaced(in *access.Inbound, client int64) bool {
	return in.Lane > access.AnyLane && client != 0 && access.Lane(client) != in.Lane
}

// moveAside lets a claimed mail that is misplaced wait for all those before it, and reports false where there are none.
func (x *tx) moveAside(ctx context.Context, in *access.Inbound) (bool, error) {
	var waits bool
	if err := x.GetContext(ctx, &waits, `SELECT EXISTS (SELECT 1 FROM inbound_messages WHERE disposition = 'pending' AND id < $1)`, in.ID); err != nil || !waits {
		return false, err
	}
	if err := x.one(ctx, `UPDATE inbound_messages SET lane = $3, lease_until = NULL, attempts = attempts - 1
		WHERE id = $1 AND attempts = $2 AND disposition = 'pending'`, in.ID, in.Attempts, access.AnyLane); err != nil {
		return false, err
	}
	return true, nil
}
