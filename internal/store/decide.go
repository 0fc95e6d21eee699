package store

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// decideFor bounds how long one transaction holds the clients of several mails while they are decided; the pages and
// timers of those clients wait for it. What a round has looked up is made use of however long that took: it depends on the way
// to the database, and a transaction that gave up then would look up many mails for each that it decides.
const decideFor = 100 * time.Millisecond

// mostLoaded bounds the open requests that are in memory for one transaction: a mail may need all of its client's.
const mostLoaded = 1000

// together is how many mails one transaction takes, going by what was loaded for the last ones.
type together struct{ most atomic.Int64 } // 0: nothing is known

// of is how many of n mails to take.
func (t *together) of(n int) int {
	if most := int(t.most.Load()); most > 0 {
		return min(n, most)
	}
	return n
}

// learn notes how many requests were loaded for n mails.
func (t *together) learn(n, loaded int) {
	t.most.Store(int64(max(1, n*mostLoaded/max(1, loaded))))
}

// DecideMails decides on claimed mails and stores the outcomes, in one transaction that is fenced by the claims. The result is
// that of deciding on one after the other: a mail to which another one matters is decided in a later round, by what is stored
// then. Outcomes are nil for the mails that are left for the next time: after a while all, those for which too much would be in
// memory, and before that those whose client somebody else holds, whose reading no longer holds or whose decision fails, with those that depend on them.
//
// An error is one of the first mail, or of storing: then nothing has happened, but for access.ErrNotItsTurn.
func (s *Store) DecideMails(ctx context.Context, mails []*access.Undecided) ([]*access.Outcome, error) {
	outs := make([]*access.Outcome, len(mails))
	aside := false
	err := s.inTx(ctx, func(x *tx) (err error) {
		d := &deciding{x: x, began: s.cfg.Now()}
		n := s.together.of(len(mails))
		for i, m := range mails[:n] {
			d.rest = append(d.rest, &place{Undecided: m, out: &outs[i], first: i == 0})
		}
		for more := true; more && err == nil && !d.aside; d.later = true {
			more, err = d.round(ctx)
		}
		s.together.learn(n, d.loaded)
		aside = d.aside
		return err
	})
	if err == nil && aside {
		err = access.ErrNotItsTurn
	}
	if err != nil {
		return nil, err
	}
	return outs, nil
}

// deciding is one transaction in which mails are decided.
type deciding struct {
	x     *tx
	began time.Time
	rest  []*place
	later bool // it is not the first round
	aside bool // the first mail has been moved aside, and nothing else is done

	loaded int // open requests, at most at a time
}

// place is a mail that waits to be decided.
type place struct {
	*access.Undecided
	out   **access.Outcome
	first bool // of all
	whole bool // its decision depends on all open requests of its client
}

// round decides on those of the mails that do not depend on one another, and reports whether another round may go on.
func (d *deciding) round(ctx context.Context) (more bool, err error) {
	situations, held, err := d.look(ctx)
	if err != nil {
		return false, err
	}
	looked := d.x.s.cfg.Now()
	before, waiting := &changes{}, &changes{}
	var all []*application
	var done []*access.Undecided
	var rest []*place
	again := false
	for i, m := range d.rest {
		sit := situations[i]
		free := held[i] && !waiting.all && !(waiting.some && m.In.Lane <= access.AnyLane) && !before.matterTo(sit, m.Lookup) &&
			!waiting.matterTo(sit, m.Lookup) && (m.first || !d.isOver(looked))
		if free && misplaced(m.In, clientOf(sit)) {
			if free = m.first; free {
				if d.aside, err = d.x.moveAside(ctx, m.In); d.aside || err != nil {
					return false, err
				}
			}
		}
		var out *access.Outcome
		if free {
			out, err = m.Decide(sit)
			if errors.Is(err, access.ErrMore) && !m.whole {
				m.whole, again = true, again || m.first
			} else if err != nil && m.first {
				return false, err
			}
		}
		if out == nil || err != nil { // one that fails comes first some time, and fails alone
			waiting.wait(m, sit)
			rest = append(rest, m)
			continue
		}
		before.add(out, m.Lookup)
		*m.out = out
		all, done = append(all, &application{out: out, render: m.Render}), append(done, m.Undecided)
	}
	d.rest = rest
	if len(all) == 0 {
		return again, nil
	}
	if err := d.x.apply(ctx, all...); err != nil {
		return false, err
	}
	return again || len(rest) > 0 && !d.isOver(d.began), d.x.finishAll(ctx, done, all)
}

// look loads the situations of the mails, and tells which can be decided by them: their clients are held, and what has been
// decided since they were read changes nothing about their reading.
func (d *deciding) look(ctx context.Context) (all []*access.Situation, held []bool, err error) {
	lookups, seeks := make([]*access.Lookup, len(d.rest)), make([]seek, len(d.rest))
	for i, m := range d.rest {
		if lookups[i] = m.Lookup; !m.whole {
			seeks[i] = m.Seek
		}
	}
	if all, held, err = d.x.mailSituations(ctx, lookups, seeks, !d.later); err != nil {
		return nil, nil, err
	}
	loaded := 0
	for _, sit := range all {
		loaded += len(sit.Open)
	}
	if d.loaded = max(d.loaded, loaded); !d.later {
		return all, held, nil
	}
	var read []int
	var answers []*access.Lookup
	for i, m := range d.rest {
		if m.Stands != nil && !m.first { // nothing is decided before the first
			read, answers = append(read, i), append(answers, m.Answers)
		}
	}
	threads, err := findThreads(ctx, d.x, answers)
	if err != nil {
		return nil, nil, err
	}
	for i, at := range read {
		held[at] = held[at] && d.rest[at].Stands(threads[i])
	}
	return all, held, nil
}

func (d *deciding) isOver(since time.Time) bool { return d.x.s.cfg.Now().Sub(since) > decideFor }

// changes are what the outcomes of some mails have changed, or may change where they wait.
type changes struct {
	clients    map[int64]bool
	addresses  map[string]bool // of people who may be known otherwise now, or have got mail
	duplicates map[token.Digest]bool
	tickets    bool // there are new ones
	some, all  bool // of the mails wait, or one does that may concern any client
}

func (c *changes) make() {
	if c.clients == nil {
		c.clients, c.addresses, c.duplicates = map[int64]bool{}, map[string]bool{}, map[token.Digest]bool{}
	}
}

// wait adds what a mail may change that is decided later. What it may change beyond its author and clients matters to mails
// of no known client alone, which wait with it.
func (c *changes) wait(m *place, s *access.Situation) {
	c.make()
	c.some, c.all = true, c.all || m.In.Lane == access.AnyLane
	if m.Lookup.Duplicate != "" {
		c.duplicates[m.Lookup.Duplicate] = true
	}
	if !m.Lookup.Author.IsZero() {
		c.addresses[m.Lookup.Author.Key()] = true
	}
	for _, a := range s.AuthorContacts {
		c.clients[a.ClientID] = true
	}
	c.clients[int64(m.In.Lane)], c.clients[clientOf(s)] = true, true
}

func (c *changes) add(o *access.Outcome, l *access.Lookup) {
	c.make()
	if l.Duplicate != "" {
		c.duplicates[l.Duplicate] = true
	}
	if o.Ticket == nil && len(o.Requests)+len(o.Contacts)+len(o.Approvals)+len(o.Decisions)+len(o.Delegations)+len(o.Invitations)+
		len(o.Challenges)+len(o.Timers)+len(o.SenderChallenges)+len(o.Visits)+len(o.Acceptances)+len(o.Retired)+len(o.Ended)+len(o.Mails) == 0 {
		return // a row in the journal at most
	}
	if o.Client != nil {
		c.clients[o.Client.ID] = true
	}
	if o.Ticket != nil {
		c.clients[o.Ticket.ClientID] = true
		c.tickets = true
	}
	for _, r := range o.Requests {
		c.clients[r.ClientID] = true
	}
	for _, p := range o.Contacts {
		c.clients[p.ClientID], c.addresses[p.Address.Key()] = true, true
	}
	for _, h := range o.SenderChallenges {
		c.clients[h.ClientID], c.addresses[h.Address.Key()] = true, true
	}
	for _, m := range o.Mails {
		c.addresses[m.To.Key()] = true
	}
	if !l.Author.IsZero() {
		c.addresses[l.Author.Key()] = true
	}
}

// matterTo reports whether the situation, which was read before the changes, may be another one by now.
func (c *changes) matterTo(s *access.Situation, l *access.Lookup) bool {
	if s.Client != nil && c.clients[s.Client.ID] || s.Ticket != nil && c.clients[s.Ticket.ClientID] || c.addresses[l.Author.Key()] ||
		l.Duplicate != "" && c.duplicates[l.Duplicate] {
		return true
	}
	for _, a := range s.AuthorContacts {
		if c.clients[a.ClientID] || c.addresses[a.Address.Key()] {
			return true
		}
	}
	// Who may look at any ticket might mean one that has only now got its number.
	return c.tickets && s.AuthorStaff != nil && s.Ticket == nil && len(l.Tickets) > 0
}

// DecideMail is DecideMails for one mail.
func (s *Store) DecideMail(ctx context.Context, in *access.Inbound, l *access.Lookup, f access.Facts,
	decide func(*access.Situation) (*access.Outcome, error), render access.Render) (*access.Outcome, error) {
	outs, err := s.DecideMails(ctx, []*access.Undecided{{In: in, Lookup: l, Facts: f, Decide: decide, Render: render}})
	if err != nil {
		return nil, err
	}
	return outs[0], nil
}

// FindThread is FindThreads for one mail.
func (s *Store) FindThread(ctx context.Context, l *access.Lookup) (*access.Thread, error) {
	threads, err := s.FindThreads(ctx, []*access.Lookup{l})
	if err != nil {
		return nil, err
	}
	return threads[0], nil
}
