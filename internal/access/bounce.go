package access

import (
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// bounce: a delivery report. What it is about was found by a reverse-path or a Message-ID of ours, which nobody guesses;
// all else is left to people. A mere delay is no failure. A bounce never deactivates anybody.
func (d *decider) bounce() {
	switch {
	case d.s.Ticket == nil && d.s.Bounced == nil:
		d.end(Left, "delivery report")
	case d.s.Bounced == nil || !d.failed():
		d.out.Disposition, d.out.Reason = Applied, "delivery report, noted on the ticket"
		d.event("delivery_report", nil, nil)
	default:
		d.out.Disposition, d.out.Reason = Applied, "a mail came back: "+string(d.s.Bounced.Kind)
		d.cameBack()
	}
}

// cameBack says what follows when a mail of ours cannot be delivered, by a delivery report or because a server refused it.
func (d *decider) cameBack() {
	b := d.s.Bounced
	switch {
	case b == nil:
	case d.s.Invitation != nil:
		d.invitationCameBack(d.s.Invitation)
	case b.Kind == MailApproval || b.Kind == MailNotice:
		d.approverUnreachable(b)
	default:
		d.event("mail_came_back", nil, map[string]any{"outbound": b.ID, "kind": b.Kind})
	}
}

// invitationCameBack revokes the link first and asks the requester for the right address. Where a contact was invited into
// the portal by a change, the change stands, and their address is changed like any other.
func (d *decider) invitationCameBack(i *Invitation) {
	if !i.State.Live() {
		return
	}
	i.State = InvitationBounced
	d.touchInvitation(i)
	r := d.requestByID(i.RequestID)
	if r == nil || r.State != Invited {
		return
	}
	d.event("invitation_bounced", r, map[string]any{"address": i.Address.String()})
	line := d.line(r, StatusBounced)
	if c := d.contactByID(i.ContactID); c != nil && c.State == ContactInvited {
		c.State = ContactProposed
		d.cancelBadge(r, c)
		d.touchContact(c)
	}
	if r.Action != policy.ActionAddUser {
		r.State = Completed
		d.touch(r)
		d.outcome(r, line)
		return
	}
	r.Email, r.ContactID = mailaddr.Address{}, 0
	d.waitForDetails(r)
	d.touch(r)
	line.Missing = []interpret.Field{interpret.FieldEmail}
	d.outcome(r, line)
}

// approverUnreachable: an approver, or somebody who was to be told of a held change, gets no mail from us. Their token
// stays good, since the next mail may arrive; staff are told, and stand in where nobody else of the client is asked.
func (d *decider) approverUnreachable(b *BouncedMail) {
	for _, a := range d.s.Approvals {
		if a.State != ApprovalOpen || a.Address.Key() != b.Recipient.Key() || (a.Stage == StageHold) != (b.Kind == MailNotice) {
			continue
		}
		for _, l := range a.Lines {
			r := d.requestByID(l.RequestID)
			if r == nil || !d.stillAsked(a)(l) {
				continue
			}
			d.event("approver_unreachable", r, map[string]any{"approval": a.ID})
			if a.Stage != StageHold && a.Stage != StageNewAddress && fromClient(a.Stage) && !d.othersAsked(a, r) && !r.Escalated {
				r.Escalated = true
				d.askMissing(r)
				d.touch(r)
			}
			line := d.line(r, StatusUnreachable)
			line.By, line.WaitFor, line.Asked = a.Name, policy.Stage(""), nil
			d.tellSupport(r, line)
		}
		d.out.Todos = append(d.out.Todos, Todo{TodoUnreachable, a.Address.String()})
	}
}

// othersAsked reports whether somebody besides the approver is asked at the request's stage.
func (d *decider) othersAsked(a *Approval, r *Request) bool {
	for _, o := range d.s.Approvals {
		if o.State != ApprovalOpen || o.Stage != a.Stage || o.Address.Key() == a.Address.Key() {
			continue
		}
		for _, l := range o.Lines {
			if l.RequestID == r.ID && l.Round == r.Round {
				return true
			}
		}
	}
	return false
}

// failed reports whether the report says that delivery has failed for good.
func (d *decider) failed() bool {
	b := d.in.Reading.Bounce
	if b == nil {
		return false
	}
	for _, r := range b.Recipients {
		if r.Failed {
			return true
		}
	}
	return false
}
