package access

import (
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
)

// bounce: a delivery report. Matched to an invitation of ours it revokes the link first and asks the requester for the
// right address; a mere delay is no failure. A bounce never deactivates anybody.
func (d *decider) bounce() {
	i := d.s.Invitation
	if i == nil || !d.failed() {
		if d.s.Ticket == nil {
			d.end(Left, "delivery report")
			return
		}
		d.out.Disposition, d.out.Reason = Applied, "delivery report, noted on the ticket"
		d.event("delivery_report", nil, nil)
		return
	}
	d.out.Disposition, d.out.Reason = Applied, "the invitation came back"
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
		if c.Badge == BadgeOrdered {
			c.Badge = BadgeNone // R31
		}
		d.touchContact(c)
	}
	r.Email, r.ContactID = mailaddr.Address{}, 0
	d.waitForDetails(r)
	d.touch(r)
	line.Missing = []interpret.Field{interpret.FieldEmail}
	d.outcome(r, line)
}

// failed reports whether the report says that delivery to the invited address has failed for good.
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
