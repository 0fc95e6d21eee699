package store

import (
	"context"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// decideFor bounds how long one transaction holds the clients of several mails while they are decided; the pages and
// timers of those clients wait for it.
const decideFor = 100 * time.Millisecond

// DecideMails decides on claimed mails in their order and stores the outcomes, in one transaction that is fenced by the
// claims. It ends before the first mail that depends on one before it, whose client somebody else holds, or whose decision
// fails, and after a while anyway; the outcomes are those of the mails that are done. An error is one of the first mail, or
// of storing: then nothing has happened.
func (s *Store) DecideMails(ctx context.Context, mails []*access.Undecided) (outs []*access.Outcome, err error) {
	err = s.inTx(ctx, func(x *tx) error {
		all := make([]*application, 0, len(mails))
		lookups := make([]*access.Lookup, len(mails))
		for i, m := range mails {
			lookups[i] = m.Lookup
		}
		situations, err := x.mailSituations(ctx, lookups)
		if err != nil {
			return err
		}
		began := s.cfg.Now()
		before := &changes{}
		for i, sit := range situations {
			if i > 0 && (before.matterTo(sit, lookups[i]) || s.cfg.Now().Sub(began) > decideFor) {
				break
			}
			out, err := mails[i].Decide(sit)
			if err != nil && i > 0 {
				break // it comes first the next time, and fails alone
			}
			if err != nil {
				return err
			}
			before.add(out, lookups[i])
			all = append(all, &application{out: out, render: mails[i].Render})
		}
		if err := x.apply(ctx, all...); err != nil {
			return err
		}
		if err := x.finishAll(ctx, mails[:len(all)], all); err != nil {
			return err
		}
		for _, a := range all {
			outs = append(outs, a.out)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return outs, nil
}

// changes are what the outcomes of some mails have changed.
type changes struct {
	clients    map[int64]bool
	addresses  map[string]bool // of people who may be known otherwise now, or have got mail
	duplicates map[token.Digest]bool
	tickets    bool // there are new ones
}

func (c *changes) add(o *access.Outcome, l *access.Lookup) {
	if c.clients == nil {
		c.clients, c.addresses, c.duplicates = map[int64]bool{}, map[string]bool{}, map[token.Digest]bool{}
	}
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
