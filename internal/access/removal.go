package access

import (
	"slices"

	"github.com/countersign/countersign/internal/policy"
)

// remove takes a contact off the list. Their invitations and tokens, what they asked for and what is asked about them die
// with it, and their badge is revoked (R31).
func (d *decider) remove(r *Request) {
	c := d.subject(r)
	if c == nil || c.State == ContactRemoved {
		d.fail(r, "R12", "There is no such contact any more.")
		return
	}
	if why, last := d.lastAuthority(r); last {
		d.fail(r, "R26", why)
		return
	}
	if c.Badge == BadgeOrdered || c.Badge == BadgeActive {
		d.revokeBadge(r, c)
	}
	c.State, c.Roles, c.Grants = ContactRemoved, nil, nil
	c.PhysicalAccess, c.Portal, c.Lead = false, false, false
	d.revokeInvitations(c, r)
	d.callOffVisitsOf(c)
	for _, g := range d.s.Delegations {
		if (g.FromID == c.ID || g.ToID == c.ID) && g.State != DelegationEnded {
			d.closeDelegation(g)
			d.event("delegation_ended", r, map[string]any{"from": g.FromID, "to": g.ToID})
		}
	}
	d.retire(c)
	d.touchContact(c)
	d.endRequestsOf(c, r)
	d.finish(r, c)
}

// endRequestsOf cancels the open requests that a removed contact asked for, or that are about them. People who are invited
// already stay so: others have approved them.
func (d *decider) endRequestsOf(c *Contact, by *Request) {
	d.need(d.s.Sought == nil)
	for _, o := range slices.Concat(d.s.Open, d.s.Requests) {
		if o == by || !o.State.Open() || o.State == Invited {
			continue
		}
		about := o.ContactID == c.ID || o.Action != policy.ActionAddUser && !o.Email.IsZero() && o.Email.Key() == c.Address.Key()
		if o.RequesterID != c.ID && !about {
			continue
		}
		d.cancel(o, "", "R15", c.Name+" no longer represents "+d.s.Client.Name+".")
	}
}

// cancel ends an open request before anything came of it, tells the requester, and ends the tokens of those asked.
func (d *decider) cancel(r *Request, by, rule, why string) {
	r.State, r.Stage, r.Rule, r.RuleText = Cancelled, "", rule, why
	d.touch(r)
	d.out.Ended = append(d.out.Ended, r)
	d.event("cancelled", r, map[string]any{"by": by, "rule": rule})
	d.closeApprovals(nil, []*Request{r})
	l := d.line(r, StatusCancelled)
	l.By, l.Text = by, why
	if q := d.requester(r); q == nil || q.State != ContactActive {
		d.tellSupport(r, l) // else nobody hears of it
	}
	d.outcome(r, l)
}

// revokeBadge takes a badge back; the security team has to see to it that it opens no door.
func (d *decider) revokeBadge(r *Request, c *Contact) {
	c.Badge = BadgeRevoked
	d.touchContact(c)
	d.event("badge_revoked", r, map[string]any{"contact": c.ID})
	d.tellTeam(TeamSecurity, MailBadge, r, MailData{Person: c.Name, Reason: "revoked", Lines: []Line{d.line(r, StatusCompleted)}})
}

// orderBadge has a badge made (CL-14).
func (d *decider) orderBadge(r *Request, c *Contact) {
	c.Badge = BadgeOrdered
	d.touchContact(c)
	d.event("badge_ordered", r, map[string]any{"contact": c.ID})
	d.tellTeam(TeamSecurity, MailBadge, r, MailData{Person: c.Name, Reason: "ordered", Lines: []Line{d.line(r, StatusInvited)}})
}

// cancelBadge takes the order of a badge back, if there is one; the security team must not go on making it (R31).
func (d *decider) cancelBadge(r *Request, c *Contact) {
	if c.Badge != BadgeOrdered {
		return
	}
	c.Badge = BadgeNone
	d.touchContact(c)
	d.event("badge_cancelled", r, map[string]any{"contact": c.ID})
	d.tellTeam(TeamSecurity, MailBadge, r, MailData{Person: c.Name, Reason: "cancelled", Lines: []Line{d.line(r, d.status(r))}})
}

// tellTeam writes to each member of a team; to support where it has none.
func (d *decider) tellTeam(team Team, kind MailKind, r *Request, data MailData) {
	if !slices.ContainsFunc(d.s.Staff, func(m *Staff) bool { return m.In(team) }) {
		team = TeamSupport
	}
	data.Client = d.s.Client.Name
	for _, m := range d.s.Staff {
		if m.In(team) {
			d.out.Mails = append(d.out.Mails, &Mail{Kind: kind, To: m.Address, ToName: m.Name, Language: m.Language,
				Ticket: d.ticketOf(r), Data: data})
		}
	}
}
