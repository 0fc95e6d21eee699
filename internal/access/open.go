package access

import (
	"errors"
	"slices"

	"github.com/countersign/countersign/internal/mailaddr"
)

// Sought says which of a client's open requests a mail's decision looks at, beside those of its ticket and of invitations: a
// client may have many, and each mail asks about a few people.
type Sought struct {
	About []string // keys of the addresses that the requests are about
}

// Holds reports whether a request is one of those that are sought; nil seeks all.
func (s *Sought) Holds(r *Request) bool {
	return s == nil || !r.Email.IsZero() && slices.Contains(s.About, r.Email.Key())
}

// ErrMore says that a decision depends on open requests that its situation leaves out. Nothing follows from it: it has to be
// made again, with all of them.
var ErrMore = errors.New("access: the decision depends on more of the client's open requests")

// Seek says which open requests the decision on a mail will look at; nil for all. s has its client, contacts and the requests
// of its ticket, and no open ones yet. Where Seek has not thought of something, the decision is ErrMore.
func Seek(s *Situation, in *Incoming) *Sought {
	read := &in.Reading
	if s.Ticket == nil && len(read.Commands) > 0 || read.Delegate != nil {
		return nil // what the author asked for, and what may be decided by others now
	}
	k := &seeker{s: s, sought: &Sought{}}
	for _, q := range read.Requests {
		k.person(q.Name, q.Email)
	}
	for _, c := range read.Changes {
		k.person(c.Name, c.Email)
	}
	if h := read.HandOver; h != nil {
		k.person(h.Name, h.Email)
	}
	if len(read.Requests)+len(read.Changes)+len(read.Commands) > 0 {
		k.about(in.Author) // who names nobody means themselves
	}
	for _, r := range s.Requests {
		k.about(r.Email) // an answer may complete or move what was asked before
	}
	slices.Sort(k.sought.About)
	k.sought.About = slices.Compact(k.sought.About)
	return k.sought
}

// seeker gathers the people that a mail may be about.
type seeker struct {
	s      *Situation
	sought *Sought
}

func (k *seeker) about(a mailaddr.Address) {
	if !a.IsZero() {
		k.sought.About = append(k.sought.About, a.Key())
	}
}

// person adds somebody whom the mail names: the address it gives, and those of the contacts who bear the name.
func (k *seeker) person(name, email *string) {
	if email != nil {
		a, _ := mailaddr.Parse(*email)
		k.about(a)
	}
	if name == nil {
		return
	}
	for _, c := range k.s.Contacts {
		if foldName(c.Name) == foldName(*name) {
			k.about(c.Address)
		}
	}
}

// open lists all open requests of the client, those that this event opens included.
func (d *decider) open() []*Request {
	d.need(d.s.Sought == nil)
	return d.opened()
}

// openAbout lists those about an address.
func (d *decider) openAbout(a mailaddr.Address) []*Request {
	d.need(d.s.Sought == nil || slices.Contains(d.s.Sought.About, a.Key()))
	return slices.DeleteFunc(d.opened(), func(r *Request) bool { return r.Email.Key() != a.Key() })
}

func (d *decider) opened() []*Request {
	return slices.DeleteFunc(slices.Concat(d.s.Open, d.out.Requests), func(r *Request) bool { return !r.State.Open() })
}

// need notes whether the situation has what the decision looks at.
func (d *decider) need(has bool) {
	if !has && d.err == nil {
		d.err = ErrMore
	}
}
