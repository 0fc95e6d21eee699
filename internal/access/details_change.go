package access

import (
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// newChange is a request to change a contact's details. A change that names nobody is asked about (who?); one that says
// nothing to change to is no request.
func (d *decider) newChange(c interpret.Change, author *Contact) *Request {
	r := &Request{ClientID: d.s.Client.ID, Action: policy.ActionChangeDetails, CreatedAt: d.env.Now}
	if author != nil {
		r.RequesterID = author.ID
	} else if d.s.AuthorStaff != nil {
		r.StaffID = d.s.AuthorStaff.ID
	}
	if c.Name != nil {
		r.Name = *c.Name
	}
	if c.Email != nil {
		r.Email, _ = mailaddr.Parse(*c.Email)
	}
	if c.Self && author != nil {
		r.Name, r.Email = author.Name, author.Address
	}
	if c.NewName != nil {
		r.Details.NewName = *c.NewName
	}
	if c.NewEmail != nil {
		if a, err := mailaddr.Parse(*c.NewEmail); err == nil {
			r.Details.NewEmail = a.String()
		}
	}
	if c.Language != nil {
		r.Details.Language = *c.Language
	}
	r.Details.PhysicalAccess, r.Details.Lead = c.PhysicalAccess, c.Lead
	d.identify(r)
	return r
}

// identify writes down the contact that a request other than for a new user is about.
func (d *decider) identify(r *Request) {
	if c := d.subject(r); c != nil {
		r.ContactID, r.Email = c.ID, c.Address
		if r.Name == "" {
			r.Name = c.Name
		}
	}
}

// own reports whether the requester changes nothing but their own name and language, which everyone may at once (R12).
func (d *decider) own(r *Request) bool {
	c := d.subject(r)
	return r.Action == policy.ActionChangeDetails && c != nil && c.ID == r.RequesterID &&
		!slices.ContainsFunc(r.changed(), func(x policy.Detail) bool { return x != policy.DetailName && x != policy.DetailLanguage })
}

// confirmations are the stages that the model does not name: a changed address is confirmed from the new one, and that of
// somebody with approving power from the old one before (R27). Who writes from the old one has confirmed it by that.
func (d *decider) confirmations(r *Request, a policy.Answer) []policy.Stage {
	var stages []policy.Stage
	if slices.Contains(r.changed(), policy.DetailEmail) {
		if a.MovesPower {
			stages = append(stages, policy.StageStaff)
			if !d.byItsSubject(r) {
				stages = append(stages, StageOldAddress)
			}
		}
		stages = append(stages, StageNewAddress)
	}
	return stages
}

// byItsSubject reports whether the subject person wrote all of a request, with the proof that a decision needs.
func (d *decider) byItsSubject(r *Request) bool {
	c := d.subject(r)
	return c != nil && c.ID == r.RequesterID && len(r.Details.Authors) == 0 && !r.Details.Vouched && !r.Details.Unconfirmed
}

// Why the address of somebody who cannot confirm it is not changed.
const (
	notRegistered = "They have not registered yet: please cancel that request, and ask for them again with the right address."
	theySuspended = "Their access is suspended, so please ask your provider's support team first."
)

// pointless says why a change of details would change nothing, or cannot be made.
func (d *decider) pointless(r *Request) (rule, why string, yes bool) {
	c := d.subject(r)
	if r.Action != policy.ActionChangeDetails || c == nil {
		return "", "", false
	}
	x := r.Details
	if n := r.newAddress(); !n.IsZero() && n.Key() != c.Address.Key() {
		if o := d.contactByAddress(n); o != nil {
			return "R29", o.Name + " has that address already.", true
		}
	}
	if n := r.newAddress(); !n.IsZero() && c.State == ContactInvited {
		return "R28", notRegistered, true
	} else if !n.IsZero() && c.State == ContactSuspended {
		return "R15", theySuspended, true
	}
	same := (x.NewName == "" || x.NewName == c.Name) && (x.NewEmail == "" || r.newAddress().Key() == c.Address.Key()) &&
		(x.Language == "" || x.Language == c.Language) && (x.PhysicalAccess == nil || *x.PhysicalAccess == c.PhysicalAccess) &&
		(x.Lead == nil || *x.Lead == c.Lead)
	if same {
		return "R29", "This is already so: nothing needs to be changed.", true
	}
	return "", "", false
}

// changeDetails carries out what was approved. Whoever gets physical access by it, and with it a place in the portal, is
// invited, also where the address was wrong until now; whoever loses it leaves the portal (R32).
func (d *decider) changeDetails(r *Request) {
	c := d.subject(r)
	if c == nil || !c.listed() {
		d.fail(r, "R12", "There is no such contact any more.")
		return
	}
	if rule, why, stop := d.pointless(r); stop {
		d.fail(r, rule, why)
		return
	}
	r.ContactID, r.Contact = c.ID, c
	x := r.Details
	if x.NewName != "" {
		c.Name = x.NewName
	}
	if x.Language != "" {
		c.Language = x.Language
	}
	if x.PhysicalAccess != nil {
		c.PhysicalAccess = *x.PhysicalAccess
		if !c.PhysicalAccess {
			d.callOffVisitsOf(c)
		}
	}
	d.touchContact(c)
	if n := r.newAddress(); !n.IsZero() {
		d.move(r, c, n)
	}
	if x.PhysicalAccess == nil && x.NewEmail == "" || !d.enterOrLeave(r, c) {
		d.finish(r, c)
	}
}

// move gives a contact another address. The old one is told, and what was sent there counts no longer (R27).
func (d *decider) move(r *Request, c *Contact, to mailaddr.Address) {
	old := c.Address
	d.tell(MailMoved, c, MailData{Lines: []Line{d.line(r, StatusCompleted)}}, r)
	d.revokeInvitations(c, r)
	c.Address = to
	d.retire(c)
	d.event("address_changed", r, map[string]any{"contact": c.ID, "from": old.String(), "to": to.String()})
}

// enterOrLeave lets a contact into the portal, or out of it, as the model says for their roles and physical access. It
// reports whether they are invited, so that the request ends with their registration.
func (d *decider) enterOrLeave(r *Request, c *Contact) bool {
	in := d.model.LetsIn(c.Roles, c.PhysicalAccess)
	switch {
	case in && !c.Portal && c.State == ContactActive:
		r.Contact, r.ContactID = c, c.ID
		d.sendInvitation(r, c)
		d.outcome(r, d.line(r, StatusInvited))
		return true
	case !in && (c.Portal || d.hasLink(c)):
		c.Portal = false
		d.touchContact(c)
		d.revokeInvitations(c, r)
		d.event("portal_left", r, map[string]any{"contact": c.ID})
	}
	return false
}

// invitable reports whether a link to register is of use to a contact: they are invited, or listed and let into the portal
// without having registered there (R32).
func (d *decider) invitable(c *Contact) bool {
	return c.State == ContactInvited || c.State == ContactActive && !c.Portal && d.model.LetsIn(c.Roles, c.PhysicalAccess)
}

// hasLink reports whether the contact has a link that can still be redeemed.
func (d *decider) hasLink(c *Contact) bool {
	return slices.ContainsFunc(d.s.Invitations, func(i *Invitation) bool { return i.State.Live() && i.ContactID == c.ID })
}

// retire ends the tokens that a contact holds, wherever they were asked. Who else was asked still can answer; reminders
// find those who have to be asked anew.
func (d *decider) retire(c *Contact) {
	if !slices.Contains(d.out.Retired, c) {
		d.out.Retired = append(d.out.Retired, c)
	}
	for _, a := range d.s.Approvals {
		if a.State == ApprovalOpen && a.ApproverKind == ByContact && a.ApproverID == c.ID {
			a.State = ApprovalClosed
			d.touchApproval(a)
		}
	}
}

// tell writes to a contact about a request, whether or not a mail is being answered.
func (d *decider) tell(kind MailKind, c *Contact, data MailData, r *Request) {
	data.Client = d.s.Client.Name
	if q := d.requester(r); q != nil {
		data.Requester = q.Name
	}
	d.out.Mails = append(d.out.Mails, &Mail{Kind: kind, To: c.Address, ToName: c.Name, Language: c.Language, Ticket: d.ticketOf(r), Data: data})
}
