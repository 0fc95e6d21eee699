package access

import (
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// decider builds one Outcome. Its asks gather the approvals of one event so that each approver gets one mail.
type decider struct {
	s     *Situation
	env   *Env
	in    *Incoming // nil for timers and registration
	out   *Outcome
	model *policy.Model
	asks  []*ask
	// routed are the requests that this event sent on their way.
	routed []*Request
	err    error
}

func newDecider(s *Situation, in *Incoming, env *Env) *decider {
	d := &decider{s: s, env: env, in: in, out: &Outcome{Client: s.Client, Ticket: s.Ticket}}
	if s.Client != nil {
		d.model = env.Model(s.Client.RoleModel)
	}
	return d
}

// DecideMail says what follows from one mail, in the order of design section 5: machines first, then mail that is none
// of our business, then strangers and forgeries, and only then what a proven, known author asks or answers.
func DecideMail(s *Situation, in *Incoming, env *Env) (*Outcome, error) {
	d := newDecider(s, in, env)
	if in.released() {
		d.vouch()
	}
	switch {
	case in.Handling.Handle == HandleTicket:
		d.ordered()
	case s.OwnMail:
		d.end(Left, "one of our own mails came back")
	case in.Reading.Class == interpret.ClassAuto:
		d.auto()
	case in.Reading.Class == interpret.ClassBounce:
		d.bounce()
	case d.confirms():
	case in.Reading.Class == interpret.ClassOther && in.Reading.Delegate == nil && !d.commanded():
		d.other("no access request")
	case in.Proof.Verdict == senderauth.Fail:
		d.end(Quarantined, "sender not proven: "+in.Proof.Reason)
	case len(s.AuthorContacts) == 0 && s.AuthorStaff == nil && !d.authorInvited() && !d.fromNewAddress():
		d.end(Quarantined, "unknown author")
	case in.Proof.Method == senderauth.MethodAuth && s.AuthorStaff == nil:
		d.unproven("sender not proven: whoever signs in at our own server must be one of our own people.")
	case !d.proofEnough():
		d.unproven("sender not proven: " + in.Proof.Reason)
	case s.DuplicateOf != 0:
		d.end(Duplicate, fmt.Sprintf("same author, Message-ID, date and text as inbound message %d", s.DuplicateOf))
	default:
		d.known()
	}
	if !in.released() {
		d.withinBudget()
	}
	d.done()
	return d.out, d.err
}

// confirms handles a mail that sends a code back (see SenderChallenge) and reports whether it is one.
func (d *decider) confirms() bool {
	c, code, ok := d.challenged()
	if ok {
		d.answerChallenge(c, code)
	}
	return ok
}

// known handles a mail whose author is proven and on file.
func (d *decider) known() {
	s, in := d.s, d.in
	switch {
	case s.Client != nil && d.model == nil:
		d.end(Quarantined, fmt.Sprintf("client %d has the unknown role model %q", s.Client.ID, s.Client.RoleModel))
	case d.releasedAnswer():
	case d.delegates():
	case s.Token != nil:
		d.answerApproval()
	case s.Ticket != nil && d.approverWithoutToken():
	case d.byStaff():
		d.staffMail()
	case len(s.AuthorContacts) > 1 && (s.Client == nil || d.namesAnother()):
		d.whichClient()
	case d.author() == nil:
		d.invitee()
	case d.command():
	case s.Ticket != nil && d.details():
	case s.Ticket != nil && d.amend():
	case s.Ticket != nil && d.moveVisit(d.author()):
	case in.Reading.Class == interpret.ClassRequest || len(in.Reading.Requests) > 0 || len(in.Reading.Changes) > 0 || in.Reading.HandOver != nil:
		d.request()
	default:
		d.other("no open question is answered")
	}
}

// author is the contact of the Client who wrote the mail, nil if none. Invited and proposed contacts do not speak for
// the client yet: they may only ask for their invitation (design section 5).
func (d *decider) author() *Contact {
	for _, c := range d.s.AuthorContacts {
		if d.s.Client != nil && c.ClientID == d.s.Client.ID && (c.State == ContactActive || c.State == ContactSuspended) {
			return c
		}
	}
	return nil
}

func (d *decider) authorInvited() bool {
	c := d.contactByAddress(d.in.Author)
	return c != nil && c.State == ContactInvited && slices.ContainsFunc(d.s.Invitations, func(i *Invitation) bool {
		return i.Address.Key() == c.Address.Key() && i.State != InvitationBounced && i.State != InvitationRevoked
	})
}

func (d *decider) end(disp Disposition, reason string) {
	d.out.Disposition, d.out.Reason = disp, reason
	if disp == Quarantined || disp == Left || disp == Duplicate {
		// Such a mail must not look as if it had been part of the ticket.
		d.out.Ticket, d.out.Client = nil, nil
	}
}

// auto: a machine wrote it. Matched to a ticket it is noted there, else it is nobody's business (R34).
func (d *decider) auto() {
	if d.s.Ticket == nil {
		d.end(Left, "automatic mail")
		return
	}
	d.out.Disposition, d.out.Reason = Applied, "automatic reply, noted on the ticket"
	d.event("automatic_reply", nil, map[string]any{"from": d.in.Author.String()})
}

func (d *decider) event(kind string, r *Request, payload map[string]any) {
	if d.in != nil {
		if payload == nil {
			payload = map[string]any{}
		}
		switch {
		case d.in.Portal != "":
			payload["portal"] = d.in.Portal
		case d.in.Page:
			payload["page"] = true
		default:
			payload["inbound"] = d.in.InboundID
		}
	}
	e := &Event{Kind: kind, Request: r, Payload: payload}
	if r != nil {
		e.RequestID = r.ID
	}
	d.out.Events = append(d.out.Events, e)
}

// touch puts a request into the outcome once, and stamps it.
func (d *decider) touch(r *Request) {
	r.UpdatedAt = d.env.Now
	if !slices.Contains(d.out.Requests, r) {
		d.out.Requests = append(d.out.Requests, r)
	}
}

func (d *decider) touchContact(c *Contact) {
	if !slices.Contains(d.out.Contacts, c) {
		d.out.Contacts = append(d.out.Contacts, c)
	}
}

func (d *decider) touchApproval(a *Approval) {
	if !slices.Contains(d.out.Approvals, a) {
		d.out.Approvals = append(d.out.Approvals, a)
	}
}

func (d *decider) touchInvitation(i *Invitation) {
	if !slices.Contains(d.out.Invitations, i) {
		d.out.Invitations = append(d.out.Invitations, i)
	}
}

func (d *decider) timer(kind TimerKind, r *Request, i *Invitation, due time.Time) {
	t := &Timer{Kind: kind, Request: r, Invitation: i, DueAt: due}
	if r != nil {
		t.Round = r.Round
	}
	d.out.Timers = append(d.out.Timers, t)
}

func (d *decider) mint() token.Token {
	t, err := token.Mint(d.env.Rand)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("minting a token: %w", err)
	}
	return t
}

func (d *decider) contactByID(id int64) *Contact {
	for _, c := range d.s.Contacts {
		if c.ID == id && id != 0 {
			return c
		}
	}
	return nil
}

func (d *decider) staffByID(id int64) *Staff {
	for _, m := range d.s.Staff {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (d *decider) contactByAddress(a mailaddr.Address) *Contact {
	for _, c := range d.s.Contacts {
		if !a.IsZero() && c.Address.Key() == a.Key() {
			return c
		}
	}
	return nil
}

// subject is the contact that a request is about: by address, or by a name that only one contact has.
func (d *decider) subject(r *Request) *Contact {
	if r.Contact != nil {
		return r.Contact
	}
	if c := d.contactByID(r.ContactID); c != nil {
		return c
	}
	if !r.Email.IsZero() {
		if c := d.contactByAddress(r.Email); c != nil && c.listed() {
			return c
		}
		return nil
	}
	var found *Contact
	for _, c := range d.s.Contacts {
		if r.Name != "" && c.listed() && foldName(c.Name) == foldName(r.Name) {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// listed reports whether the contact is on the client's list: those who were removed, or whose invitation came back, are
// not (R15).
func (c *Contact) listed() bool {
	return c.State == ContactInvited || c.State == ContactActive || c.State == ContactSuspended
}

// requester is the contact who asked.
func (d *decider) requester(r *Request) *Contact { return d.contactByID(r.RequesterID) }

// decidedBefore reports whether the person with the address answered another stage of the request, as a contact or as
// staff.
func (d *decider) decidedBefore(r *Request, a mailaddr.Address) bool {
	return d.vouchedBy(a) || slices.ContainsFunc(slices.Concat(d.s.Decisions, d.out.Decisions), func(x *Decision) bool {
		return x.RequestID == r.ID && r.ID != 0 && x.Stage != r.Stage && d.addressOf(x.ApproverKind, x.ApproverID).Key() == a.Key()
	})
}

// addressOf is the address on file of an approver; empty for one who is gone.
func (d *decider) addressOf(kind ApproverKind, id int64) mailaddr.Address {
	if kind == ByContact {
		if c := d.contactByID(id); c != nil {
			return c.Address
		}
	} else if m := d.staffByID(id); m != nil {
		return m.Address
	}
	return mailaddr.Address{}
}
