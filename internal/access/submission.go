package access

import (
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/senderauth"
)

// methodPortal is the word of a provider's portal, where its user has signed in. It is good for requests, as a mail is; it
// shows nothing of who reads the mail of an address.
const methodPortal senderauth.Method = "portal"

// Submission is what a contact asks through a provider's portal instead of by mail (R37).
type Submission struct {
	Portal  string
	Clients []string // names of those that the portal may speak for; empty for all
	Client  string   // as the portal says; "" where the contact has only one
	Contact mailaddr.Address
	Team    Team
	Subject string

	Requests []interpret.Request
	Changes  []interpret.Change
}

// Why a Submission is not taken.
var (
	ErrNotForPortal = errors.New("the portal may not speak for this contact of this client")
	ErrBusy         = errors.New("this contact, or this client, has got more automatic answers in a day than the limit")
)

// UnknownRoleError names a role that the client's model does not have.
type UnknownRoleError struct{ Role string }

func (e UnknownRoleError) Error() string {
	return fmt.Sprintf("the client's role model has no role %q", e.Role)
}

// DecideSubmission says what follows: the same as of a mail whose author is proven, with the same answer by mail. A portal
// asks; it decides, stops and cancels nothing, since that takes tokens that only mail carries.
func DecideSubmission(s *Situation, p *Submission, env *Env) (*Outcome, error) {
	in := &Incoming{Team: p.Team, Author: p.Contact, Subject: p.Subject, Portal: p.Portal,
		Reading: interpret.Reading{Class: interpret.ClassRequest, Requests: p.Requests, Changes: p.Changes},
		Proof:   senderauth.Evidence{Verdict: senderauth.Pass, Method: methodPortal, Reason: "signed in at the portal " + p.Portal}}
	d := newDecider(s, in, env)
	if s.Client == nil || d.model == nil || d.author() == nil || p.Client != "" && s.Client.Name != p.Client ||
		len(p.Clients) > 0 && !slices.Contains(p.Clients, s.Client.Name) {
		return nil, ErrNotForPortal
	}
	for _, q := range p.Requests {
		for _, id := range q.Roles {
			if _, ok := d.model.Role(id); !ok {
				return nil, UnknownRoleError{id}
			}
		}
	}
	d.request()
	d.withinBudget()
	if d.out.Disposition == Quarantined {
		return nil, ErrBusy
	}
	d.done()
	return d.out, d.err
}

// Lines are what the answer to the event says of each request.
func (o *Outcome) Lines() []Line {
	for _, m := range o.Mails {
		if m.Kind == MailAnswer {
			return m.Data.Lines
		}
	}
	return nil
}
