package store

import (
	"context"
	"fmt"

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
		if lanes[places[i]] = laneOf(s); lanes[places[i]] == access.NoLane && !known[i].Author.IsZero() {
			domains = append(domains, known[i].Author.Domain)
		}
	}
	clients, err := x.clientsOfDomains(ctx, domains)
	if err != nil {
		return nil, err
	}
	for i, l := range known {
		if c := clients[l.Author.Domain]; lanes[places[i]] == access.NoLane && len(c) > 0 {
			// Somebody of a client whom we do not know yet; a mail before it may ask for their access.
			if lanes[places[i]] = access.AnyLane; len(c) == 1 {
				lanes[places[i]] = access.Lane(c[0])
			}
		}
	}
	return lanes, nil
}

// laneOf is the one client that a mail is about and its author belongs to.
func laneOf(s *access.Situation) access.Lane {
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
		return access.NoLane
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

// choose picks what to claim of the mails that wait, oldest first. Where somebody else is at work it takes no more than half
// of the free lanes, so that there is something left for them.
func choose(heads []head, limit int) (chosen []int64) {
	busy, taken := map[access.Lane]bool{}, map[access.Lane]bool{}
	most := lanesToTake(heads)
	size := int64(0)
	all := true // that came before are chosen
	for _, h := range heads {
		if len(chosen) == limit {
			break
		}
		free := !h.Out && (len(chosen) == 0 || h.Attempts == 0 && size+h.Size <= maxClaimedBytes)
		if h.Lane == access.AnyLane || h.Lane == access.NoLane {
			free = free && all
		} else {
			free = free && !busy[h.Lane] && (taken[h.Lane] || len(taken) < most)
		}
		if free {
			chosen, size = append(chosen, h.ID), size+h.Size
			if h.Lane > access.AnyLane {
				taken[h.Lane] = true
			}
			if h.Attempts > 0 {
				break
			}
			continue
		}
		if h.Lane == access.AnyLane {
			break
		}
		busy[h.Lane], all = true, false
	}
	return chosen
}

// lanesToTake is how many lanes one claim may take.
func lanesToTake(heads []head) int {
	free, others := map[access.Lane]bool{}, false
	for _, h := range heads {
		if h.Lane > access.AnyLane {
			free[h.Lane] = true
		}
	}
	for _, h := range heads {
		if h.Out {
			others = true
			delete(free, h.Lane)
		}
	}
	if !others {
		return len(heads)
	}
	return max(1, (len(free)+1)/2)
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
