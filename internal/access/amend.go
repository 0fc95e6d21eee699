package access

import (
	"reflect"
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
)

// amend changes requests of the ticket that wait for approval, as an answer by somebody who may ask them says. Whoever was
// asked about the earlier text is asked again, with a new token; the old ones are dead (R7).
func (d *decider) amend() bool {
	author := d.author()
	if author.State != ContactActive {
		return false
	}
	var lines []Line
	var changed []*Request
	for _, x := range d.amendments(author) {
		line, refused := d.rewrite(x.request, x.next, author)
		lines = append(lines, line)
		if !refused {
			changed = append(changed, x.request)
		}
	}
	if len(lines) == 0 {
		return false
	}
	if len(changed) > 0 {
		d.closeApprovals(nil, changed)
	}
	d.out.Disposition, d.out.Reason = Answered, "a change that is not allowed"
	if len(changed) > 0 {
		d.out.Disposition, d.out.Reason = Applied, "request changed"
	}
	d.answer(author, d.s.Ticket, lines)
	return true
}

// amendment is a request of the ticket, and what an answer makes of it.
type amendment struct{ request, next *Request }

// amendments are what the mail changes of requests that the author may ask for.
func (d *decider) amendments(author *Contact) []amendment {
	var all []amendment
	add := func(r *Request, overwrite func(*Request) bool) {
		if r == nil || author.ID != r.RequesterID && !d.evaluate(r, author).Allowed {
			return
		}
		if by := d.actor(r); by == nil || by.State != ContactActive {
			return
		}
		if i := slices.IndexFunc(all, func(x amendment) bool { return x.request == r }); i >= 0 {
			overwrite(all[i].next) // one mail makes one text of a request
			return
		}
		if next := *r; overwrite(&next) {
			all = append(all, amendment{r, &next})
		}
	}
	for _, said := range d.in.Reading.Requests {
		add(d.amended(said), func(r *Request) bool { return d.overwrite(r, said) })
	}
	for _, said := range d.in.Reading.Changes {
		add(d.amendedChange(said, author), func(r *Request) bool { return r.overwriteChange(said) })
	}
	return all
}

// rewrite puts a changed request in the place of the one that waits, if both who asked for it and who changes it may.
func (d *decider) rewrite(r, next *Request, author *Contact) (line Line, refused bool) {
	answer := d.evaluate(next, d.actor(r))
	weighed := answer
	if answer.Allowed && author.ID != r.RequesterID {
		weighed = d.evaluate(next, author) // nobody borrows the requester's authority (R13)
	}
	if !weighed.Allowed {
		l := d.refusal(next, weighed)
		l.Rule, l.Text = weighed.Rule, weighed.Reason
		return l, true
	}
	if next.Email.Key() != r.Email.Key() {
		if line, there := d.alreadyThere(next); there {
			return line, true // R29: the request stays as it was
		}
	}
	d.event("request_changed", r, map[string]any{"by": author.ID, "name": next.Name, "email": next.Email.String(),
		"roles": next.Roles, "reason": next.Reason, "details": next.Details})
	inserted := d.inserted(r)
	*r = *next
	d.wrote(author, r)
	r.Stages, r.Quorum, r.Stage = nil, nil, ""
	if author.ID != r.RequesterID {
		r.Stages, r.Quorum = d.needs(r, author, d.evaluate(r, author))
	}
	r.Stages = append(r.Stages, inserted...)
	line, _ = d.check(r, answer)
	d.touch(r)
	d.tellChanged(author, r, line)
	return line, false
}

// tellChanged tells whoever asked for a request that somebody else has changed it or completed it (R13).
func (d *decider) tellChanged(by *Contact, r *Request, line Line) {
	if by.ID == r.RequesterID {
		return
	}
	if r.State.Open() {
		line.Status, line.By = StatusChanged, by.Name
		line.Asked, line.Lacking = nil, 0
	}
	d.outcome(r, line)
}

// inserted are the stages that staff have added to those that the rules name: they stay when the text changes (R7).
func (d *decider) inserted(r *Request) []policy.Stage {
	by := d.actor(r)
	named, _ := d.needs(r, by, d.evaluate(r, by))
	return slices.DeleteFunc(slices.Clone(r.Stages), func(s policy.Stage) bool {
		return s != policy.StageSecurityImpact && s != policy.StageChargeImpact || slices.Contains(named, s)
	})
}

// wrote keeps in mind whose words a request consists of.
func (d *decider) wrote(by *Contact, r *Request) {
	d.vouches(r)
	if by.ID != r.RequesterID && !slices.Contains(r.Details.Authors, by.ID) {
		r.Details.Authors = append(slices.Clone(r.Details.Authors), by.ID)
	}
}

// vouches keeps in mind how well the author of the mail is proven.
func (d *decider) vouches(r *Request) {
	r.Details.Vouched = r.Details.Vouched || d.in.released()
	r.Details.Unconfirmed = r.Details.Unconfirmed || d.in.Proof.Method == senderauth.MethodSPF || d.in.Proof.Method == methodPortal
}

// amended is the one request of the ticket that waits for approval and that the answer speaks of.
func (d *decider) amended(said interpret.Request) *Request {
	var found *Request
	for _, r := range d.s.Requests {
		same := policy.Action(said.Action) == r.Action || said.Action == interpret.ChangeRole && r.Action == policy.ActionAddUser
		if r.State != AwaitingApproval || !same || !identifies(said, r) && !named(said, r) {
			continue
		}
		if found != nil {
			return nil
		}
		found = r
	}
	return found
}

// amendedChange is the one change of details of the ticket that waits for approval and that the answer speaks of: that of the
// person it names, or the only one where it names nobody.
func (d *decider) amendedChange(said interpret.Change, author *Contact) *Request {
	about := d.newChange(said, author)
	nobody := about.Name == "" && about.Email.IsZero()
	var found *Request
	for _, r := range d.s.Requests {
		if r.State != AwaitingApproval || r.Action != policy.ActionChangeDetails || !nobody && (about.ContactID == 0 || r.ContactID != about.ContactID) {
			continue
		}
		if found != nil {
			return nil
		}
		found = r
	}
	return found
}

// named reports whether the answer names the request's person and gives another address.
func named(said interpret.Request, r *Request) bool {
	return said.Name != nil && r.Name != "" && foldName(*said.Name) == foldName(r.Name)
}

// overwrite puts what the answer says in the place of what the request said, and reports whether that changes anything.
func (d *decider) overwrite(r *Request, said interpret.Request) bool {
	was := *r
	if said.Name != nil {
		r.Name = *said.Name
	}
	if said.Email != nil && r.Action == policy.ActionAddUser {
		if a, err := mailaddr.Parse(*said.Email); err == nil {
			r.Email = a
		}
	}
	if len(said.Roles) > 0 {
		r.Roles = slices.Sorted(slices.Values(said.Roles))
	}
	if said.Reason != nil {
		r.Reason = *said.Reason
	}
	if said.PhysicalAccess != nil && r.Action == policy.ActionAddUser {
		r.Details.PhysicalAccess = said.PhysicalAccess
	}
	if said.Badge != nil {
		r.Details.Badge = said.Badge
	}
	r.overwriteVisit(said)
	return was.Name != r.Name || was.Email.Key() != r.Email.Key() || !slices.Equal(was.Roles, r.Roles) || was.Reason != r.Reason ||
		!reflect.DeepEqual(was.Details, r.Details)
}

// overwriteChange puts what an answer says of a change of details in the place of what the request said.
func (r *Request) overwriteChange(said interpret.Change) bool {
	x := &r.Details
	was := *x
	if said.NewName != nil {
		x.NewName = *said.NewName
	}
	if said.NewEmail != nil {
		if a, err := mailaddr.Parse(*said.NewEmail); err == nil {
			x.NewEmail = a.String()
		}
	}
	if said.Language != nil {
		x.Language = *said.Language
	}
	if said.PhysicalAccess != nil {
		x.PhysicalAccess = said.PhysicalAccess
	}
	if said.Lead != nil {
		x.Lead = said.Lead
	}
	return !reflect.DeepEqual(was, *x)
}
