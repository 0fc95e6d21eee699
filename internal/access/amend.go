package access

import (
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
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
	for _, said := range d.in.Reading.Requests {
		r := d.amended(said)
		if r == nil || !d.maySupply(author, r, said) {
			continue
		}
		requester := d.actor(r)
		if requester == nil || requester.State != ContactActive {
			continue
		}
		next := *r
		if !d.overwrite(&next, said) {
			continue
		}
		answer := d.evaluate(&next, requester)
		refused := answer
		if answer.Allowed && author.ID != r.RequesterID {
			refused = d.evaluate(&next, author) // nobody borrows the requester's authority (R13)
		}
		if !refused.Allowed {
			l := d.refusal(&next, refused)
			l.Rule, l.Text = refused.Rule, refused.Reason
			lines = append(lines, l)
			continue
		}
		d.event("request_changed", r, map[string]any{"by": author.ID, "name": next.Name, "email": next.Email.String(),
			"roles": next.Roles, "reason": next.Reason})
		inserted := d.inserted(r)
		*r = next
		d.wrote(author, r)
		r.Stages, r.Quorum, r.Stage = nil, nil, ""
		if author.ID != r.RequesterID {
			r.Stages, r.Quorum = d.needs(r, author, d.evaluate(r, author))
		}
		r.Stages = append(r.Stages, inserted...)
		line, _ := d.check(r, answer)
		lines = append(lines, line)
		changed = append(changed, r)
		d.touch(r)
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
	r.Details.Vouched = r.Details.Vouched || d.in.released()
	if by.ID != r.RequesterID && !slices.Contains(r.Details.Authors, by.ID) {
		r.Details.Authors = append(slices.Clone(r.Details.Authors), by.ID)
	}
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
	r.overwriteVisit(said)
	return was.Name != r.Name || was.Email.Key() != r.Email.Key() || !slices.Equal(was.Roles, r.Roles) || was.Reason != r.Reason ||
		was.Details.Visit != r.Details.Visit
}
