package access

import (
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
)

// A hand-over moves a role that a bounded number of contacts hold from one of them to another, in one change: the old holder
// steps down as the new one steps up (R22, R23).

// What is told to somebody who asks for a role that changes hands.
const (
	nameSuccessor = "Somebody has to hold this role at any time: please name the person who takes it over, and it is handed over in one step."
	onlyContacts  = "Only somebody who is a contact already can take this role over: please ask us to add them first, with another role."
)

// handOver makes a request of what a mail says of the author's own role; nil if it does not say enough.
func (d *decider) handOver(author *Contact) *Request {
	h := d.in.Reading.HandOver
	if h == nil || author == nil {
		return nil
	}
	r := d.newRequest(interpret.Request{Action: interpret.ChangeRole, Name: h.Name, Email: h.Email, Roles: h.Roles}, author)
	if len(r.Roles) == 0 {
		r.Roles = d.bounded(author.Roles)
	}
	return r
}

// bounded are those of the roles that a bounded number of contacts hold.
func (d *decider) bounded(roles []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(id string) bool {
		role, ok := d.model.Role(id)
		return !ok || role.Holders.Max == 0
	})
}

// bounds says which of the asked roles are held by as many others as may be, and which would be left without a holder.
func (d *decider) bounds(r *Request) (full, vacant []string) {
	q := policy.Question{Action: r.Action, Roles: r.Roles}
	subject := d.subject(r)
	if subject != nil {
		q.SubjectRoles = subject.Roles
	}
	others := map[string]int{}
	for _, c := range d.s.Contacts {
		if c != subject && c.listed() {
			for _, role := range c.Roles {
				others[role]++
			}
		}
	}
	return d.model.Bounds(q, others)
}

// holder is the contact other than the subject person who holds the role; nil if nobody does.
func (d *decider) holder(role string, subject *Contact) *Contact {
	for _, c := range d.s.Contacts {
		if c != subject && c.listed() && slices.Contains(c.Roles, role) {
			return c
		}
	}
	return nil
}

// asHandOver completes a request for a role that is full: whom it replaces, and what they become. It reports what stands
// in the way, if anything does.
func (d *decider) asHandOver(r *Request, a policy.Answer) (rule, why string, refused bool) {
	full, vacant := d.bounds(r)
	subject := d.subject(r)
	switch {
	case len(vacant) > 0:
		return "R22", nameSuccessor, true
	case len(full) == 0:
		r.Details.Replaces, r.Details.Then = 0, nil
		r.Details.Checklist = a.Checklist
		return "", "", false
	case len(full) > 1:
		return "R22", "Please hand these roles over one by one.", true
	}
	old := d.holder(full[0], subject)
	role, _ := d.model.Role(full[0])
	if subject == nil || subject.State != ContactActive || subject.Kind != Person {
		if a.Checklist != policy.ChecklistNone {
			return "R23", onlyContacts, true
		}
	} else {
		r.Action = policy.ActionChangeRole
		d.identify(r)
	}
	then := d.takes(old, r)
	if r.Details.Replaces != old.ID {
		r.Details.Agreed = false // to replacing somebody else
	} else if len(then) == 0 {
		then = r.Details.Then
	}
	r.Details.Replaces, r.Details.Checklist = old.ID, a.Checklist
	if len(then) == 0 && role.Holders.Then != "" {
		then = []string{role.Holders.Then}
	}
	r.Details.Then = then
	for _, id := range then {
		next, _ := d.model.Role(id)
		other := d.holder(id, old)
		if next.Holders.Max > 0 && other != nil && other != subject {
			return "R22", other.Name + " is " + next.Title + " already: please ask us first to change their role.", true
		}
	}
	// Who hands their own role over, or goes to the security team with it, has said whom it replaces.
	r.Details.Agreed = r.Details.Agreed || a.Checklist != policy.ChecklistNone
	return "", "", false
}

// inPlace turns a request for a new user into one for another role, where the person is a contact and the role is bounded:
// "make Bob our Security Administrator" asks for no second Bob.
func (d *decider) inPlace(r *Request) {
	if r.Action != policy.ActionAddUser || len(d.bounded(r.Roles)) == 0 {
		return
	}
	c := d.subject(r)
	if c != nil && c.State == ContactActive && !slices.ContainsFunc(r.Roles, func(id string) bool { return slices.Contains(c.Roles, id) }) {
		r.Action = policy.ActionChangeRole
		d.identify(r)
	}
}

// takes are the roles that the old holder says they take, where it is they who write; that which they give is none of them.
func (d *decider) takes(old *Contact, r *Request) []string {
	if d.in == nil || d.author() != old {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.in.Reading.Takes), func(id string) bool {
		_, ok := d.model.Role(id)
		return !ok || slices.Contains(r.Roles, id)
	})
}

// handOverStages are who confirms it: the new holder and the deputy where the holder hands over, staff in any case; without
// the holder only the security team, who find out why (R23, R24).
func (d *decider) handOverStages(r *Request) []policy.Stage {
	stages := []policy.Stage{policy.StageStaff}
	if r.Details.Checklist != policy.ChecklistStaff || r.Details.Replaces == 0 {
		return stages
	}
	stages = append(stages, StageHolder)
	if len(d.deputies(r)) > 0 {
		stages = append(stages, StageDeputy)
	}
	return stages
}

// deputies are those who hold another bounded role that approves as the one handed over does: the Alternate.
func (d *decider) deputies(r *Request) []*Contact {
	var all []*Contact
	for _, c := range d.s.Contacts {
		if c.ID == r.Details.Replaces || c == d.subject(r) || c.State != ContactActive || c.Kind != Person {
			continue
		}
		if slices.ContainsFunc(d.bounded(c.Roles), func(id string) bool {
			return !slices.Contains(r.Roles, id) && d.model.Approves(policy.StageClient, []string{id})
		}) {
			all = append(all, c)
		}
	}
	return all
}

// exchange carries a hand-over out. Other roles of the new holder stay, except that of a deputy, who steps up.
func (d *decider) exchange(r *Request) {
	c := d.subject(r)
	if c == nil || !c.listed() || c.State == ContactSuspended || !d.demote(r) {
		d.fail(r, "R23", "The role has changed hands in the meantime.")
		return
	}
	roles := slices.Clone(r.Roles)
	if r.Details.Checklist != policy.ChecklistNone {
		for _, id := range c.Roles {
			if role, _ := d.model.Role(id); role.Holders.Max == 0 && represents(role) {
				roles = append(roles, id)
			}
		}
	}
	slices.Sort(roles)
	c.Roles = slices.Compact(roles)
	d.touchContact(c)
	d.event("role_handed_over", r, map[string]any{"from": r.Details.Replaces, "to": c.ID, "roles": r.Roles})
	d.finish(r, c)
	if old := d.contactByID(r.Details.Replaces); old.ID != r.RequesterID && old.State == ContactActive {
		d.tell(MailOutcome, old, MailData{Lines: []Line{d.line(r, StatusCompleted)}}, r)
	}
}

// demote takes the role that is handed over from its holder; false if they do not hold it any more.
func (d *decider) demote(r *Request) bool {
	old := d.contactByID(r.Details.Replaces)
	if old == nil || !slices.ContainsFunc(old.Roles, func(id string) bool { return slices.Contains(r.Roles, id) }) {
		return false
	}
	left := slices.DeleteFunc(slices.Clone(old.Roles), func(id string) bool { return slices.Contains(r.Roles, id) })
	for _, id := range r.Details.Then {
		// Whoever has another role needs no place to fall to.
		if role, _ := d.model.Role(id); len(left) == 0 || represents(role) {
			left = append(left, id)
		}
	}
	slices.Sort(left)
	old.Roles = slices.Compact(left)
	d.touchContact(old)
	return true
}

// represents reports whether a role gives its holder anything to say or do.
func represents(role policy.Role) bool {
	return len(role.Capabilities) > 0 || len(role.WithPhysicalAccess) > 0 || len(role.Approves) > 0
}
