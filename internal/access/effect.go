package access

import (
	"slices"
	"time"

	"github.com/countersign/countersign/internal/policy"
)

// freshApprovalEvery is how often at most an approver who answers without a token is asked anew (R8).
const freshApprovalEvery = 24 * time.Hour

// ReinviteFor is how long a lapsed invitation can be renewed without a new request (R30).
const ReinviteFor = 30 * 24 * time.Hour

// approve holds a request that has passed all its stages until its undo window, or the hold on changes of approving
// power, has run out (R1, R3).
func (d *decider) approve(r *Request) {
	r.State, r.Stage = Approved, ""
	wait := d.env.Settings.UndoWindow
	if len(r.Stages) == 0 {
		wait = 0 // nobody decided, so there is nothing to take back
	}
	if r.MovesPower {
		wait = max(wait, d.env.Settings.Hold)
	}
	r.HeldUntil = d.env.Now.Add(wait)
	d.event("approved", r, map[string]any{"held_until": r.HeldUntil})
	if wait <= 0 {
		d.release(r)
		return
	}
	d.timer(TimerRelease, r, nil, r.HeldUntil)
	if r.MovesPower {
		d.noticeAuthorities(r)
	}
}

// release carries out what was approved, if it still stands.
func (d *decider) release(r *Request) {
	d.touch(r)
	if r.Action == ActionDelegate {
		d.begin(r)
		return
	}
	if rule, why, ok := d.stands(r); !ok {
		d.fail(r, rule, why)
		return
	}
	switch r.Action {
	case policy.ActionAddUser:
		d.invite(r)
	case policy.ActionChangeRole:
		if r.Details.Replaces != 0 {
			d.exchange(r)
		} else {
			d.changeRole(r)
		}
	case policy.ActionChangeDetails:
		d.changeDetails(r)
	case policy.ActionScheduleVisit:
		d.confirmVisit(r)
	case policy.ActionRemoveUser:
		d.remove(r)
	case policy.ActionResendInvitation:
		d.resend(r)
	}
}

// fail ends an approved request that can no longer be carried out, and says so.
func (d *decider) fail(r *Request, rule, why string) {
	r.State, r.Stage, r.Rule, r.RuleText = Refused, "", rule, why
	d.event("not_carried_out", r, map[string]any{"rule": rule})
	if r.ID == 0 {
		return // the answer to the mail that asks for it says so
	}
	l := d.line(r, StatusRefused)
	if q := d.requester(r); q == nil || q.State != ContactActive {
		d.tellSupport(r, l) // else nobody hears of it
	}
	d.outcome(r, l)
}

// invite lists the new contact and sends the invitation (CL-20).
func (d *decider) invite(r *Request) {
	c := d.contactByAddress(r.Email)
	if c != nil && (c.State == ContactActive || c.State == ContactSuspended) {
		d.fail(r, "R29", c.Name+" has become a contact in the meantime.")
		return
	}
	if c == nil {
		c = &Contact{ClientID: r.ClientID, Address: r.Email, Kind: Person, Badge: BadgeNone, CreatedAt: d.env.Now}
		if by := d.contactByID(r.RequesterID); by != nil {
			c.Language = by.Language
		}
	}
	if r.Details.Replaces != 0 && !d.demote(r) {
		d.fail(r, "R22", "The role has changed hands in the meantime.")
		return
	}
	c.Name, c.Roles, c.State = r.Name, slices.Clone(r.Roles), ContactInvited
	c.PhysicalAccess, c.Portal, c.Grants = isYes(r.Details.PhysicalAccess), false, nil
	d.touchContact(c)
	r.Contact, r.ContactID = c, c.ID
	if d.wantsBadge(r) {
		d.orderBadge(r, c)
	}
	if !d.model.LetsIn(c.Roles, c.PhysicalAccess) {
		d.listOnly(r, c)
		return
	}
	d.sendInvitation(r, c)
}

// listOnly lists a contact whom the model does not let into the portal: told by mail, not invited (AL-03, R32).
func (d *decider) listOnly(r *Request, c *Contact) {
	d.revokeInvitations(c, r)
	c.State = ContactActive
	d.finish(r, c)
	d.tell(MailListed, c, MailData{Lines: []Line{d.line(r, StatusCompleted)}}, r)
}

// wantsBadge: a role that requires a badge has one ordered, and one that allows it where it was asked for (CL-14, R31).
func (d *decider) wantsBadge(r *Request) bool {
	return d.requiresBadge(r.Roles) || isYes(r.Details.Badge) && d.allowsBadge(r.Roles)
}

func (d *decider) allowsBadge(roles []string) bool {
	return slices.ContainsFunc(roles, func(id string) bool {
		role, ok := d.model.Role(id)
		return ok && role.Badge != policy.BadgeNone
	})
}

func (d *decider) requiresBadge(roles []string) bool {
	for _, id := range roles {
		if role, ok := d.model.Role(id); ok && role.Badge == policy.BadgeRequired {
			return true
		}
	}
	return false
}

// sendInvitation mints a new link; a live one to the same address dies at that moment (R30).
func (d *decider) sendInvitation(r *Request, c *Contact) {
	d.revokeInvitations(c, r)
	tok := d.mint()
	i := &Invitation{ClientID: r.ClientID, RequestID: r.ID, ContactID: c.ID, Address: c.Address, Token: tok.Digest(),
		State: InvitationQueued, ExpiresAt: d.env.Now.Add(d.env.Settings.InvitationExpiry), CreatedAt: d.env.Now, Request: r, Contact: c}
	r.State = Invited
	d.touchInvitation(i)
	d.timer(TimerInvitationExpiry, r, i, i.ExpiresAt)
	d.event("invited", r, map[string]any{"address": c.Address.String(), "expires_at": i.ExpiresAt})
	m := &Mail{Kind: MailInvitation, To: c.Address, ToName: c.Name, Language: c.Language, Ticket: d.ticketOf(r),
		Invitation: i, NotAfter: i.ExpiresAt,
		Data: MailData{Client: d.s.Client.Name, Token: tok, Until: i.ExpiresAt, Lines: []Line{d.line(r, StatusInvited)}}}
	if q := d.requester(r); q != nil {
		m.Data.Requester = q.Name
	}
	d.out.Mails = append(d.out.Mails, m)
}

// revokeInvitations kills the contact's live links. A request other than by that waited for one of them ends with it.
func (d *decider) revokeInvitations(c *Contact, by *Request) {
	d.unsend(c)
	for _, i := range d.s.Invitations {
		if !i.State.Live() || i.ClientID != c.ClientID || i.Address.Key() != c.Address.Key() {
			continue
		}
		i.State = InvitationRevoked
		d.touchInvitation(i)
		if o := i.Request; o != nil && o != by && o.State == Invited {
			o.State = Cancelled
			d.touch(o)
			d.event("superseded", o, nil)
			d.outcome(o, d.line(o, StatusCancelled))
		}
	}
}

// unsend takes back the link that this event makes for a contact already: there is never more than one.
func (d *decider) unsend(c *Contact) {
	same := func(i *Invitation) bool {
		return i != nil && i.ID == 0 && i.ClientID == c.ClientID && i.Address.Key() == c.Address.Key()
	}
	d.out.Invitations = slices.DeleteFunc(d.out.Invitations, same)
	d.out.Mails = slices.DeleteFunc(d.out.Mails, func(m *Mail) bool { return same(m.Invitation) })
	d.out.Timers = slices.DeleteFunc(d.out.Timers, func(t *Timer) bool { return same(t.Invitation) })
}

// changeRole gives a contact other roles (CL-13), unless that took the client's last authority away.
func (d *decider) changeRole(r *Request) {
	c := d.subject(r)
	if c == nil || c.State == ContactRemoved {
		d.fail(r, "R12", "There is no such contact any more.")
		return
	}
	if why, last := d.lastAuthority(r); last {
		d.fail(r, "R26", why)
		return
	}
	c.Roles = slices.Clone(r.Roles)
	d.touchContact(c)
	switch {
	case d.wantsBadge(r) && c.Badge != BadgeActive && c.Badge != BadgeOrdered:
		d.orderBadge(r, c)
	case !d.wantsBadge(r) && c.Badge == BadgeOrdered:
		d.cancelBadge(r, c)
	case !d.wantsBadge(r) && c.Badge == BadgeActive:
		d.revokeBadge(r, c) // R31
	}
	if !d.enterOrLeave(r, c) {
		d.finish(r, c)
	}
}

// resend renews the invitation of a contact who has not registered yet (CL-21).
func (d *decider) resend(r *Request) {
	c := d.subject(r)
	if c == nil || !d.invitable(c) {
		d.fail(r, "CL-21", "There is no open invitation for this person.")
		return
	}
	if !d.renew(c) {
		d.fail(r, "R30", "The invitation can no longer be renewed: please ask for the person again.")
		return
	}
	r.State = Completed
}

// renew sends a new link for the invitation that a contact has, or had until it lapsed.
func (d *decider) renew(c *Contact) bool {
	var last *Invitation
	for _, i := range d.s.Invitations {
		if i.Address.Key() == c.Address.Key() && i.ClientID == c.ClientID && (last == nil || i.CreatedAt.After(last.CreatedAt)) {
			last = i
		}
	}
	if last == nil || last.State == InvitationBounced || last.State == InvitationAccepted || last.Request == nil ||
		last.Request.State != Invited && last.Request.State != Lapsed || d.env.Now.After(last.ExpiresAt.Add(ReinviteFor)) {
		return false
	}
	if slices.ContainsFunc(d.openAbout(c.Address), func(o *Request) bool {
		return o != last.Request && o.Action == policy.ActionAddUser
	}) {
		return false // the person is asked for anew, perhaps for less: that counts
	}
	if d.requiresBadge(c.Roles) && c.Badge == BadgeNone {
		d.orderBadge(last.Request, c) // its order was cancelled when the invitation lapsed (R31)
	}
	d.sendInvitation(last.Request, c)
	d.touch(last.Request)
	return true
}

func (d *decider) finish(r *Request, c *Contact) {
	r.State, r.Contact, r.ContactID = Completed, c, c.ID
	d.event("completed", r, map[string]any{"contact": c.ID, "roles": c.Roles, "contact_state": c.State})
	d.outcome(r, d.line(r, StatusCompleted))
}

// invitee handles a mail by somebody who has an invitation and nothing else: they may only ask for it again (CL-21).
func (d *decider) invitee() {
	for _, asked := range d.in.Reading.Requests {
		if policy.Action(asked.Action) != policy.ActionResendInvitation || asked.Email != nil && *asked.Email != d.in.Author.Key() {
			continue
		}
		if c := d.contactByAddress(d.in.Author); c != nil && d.invitable(c) && d.renew(c) {
			d.out.Disposition, d.out.Reason = Applied, "invitation renewed"
			return
		}
	}
	d.end(Quarantined, "the author is invited, not registered, and asks for something else")
}
