package access

import (
	"slices"
	"strconv"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// details takes over what an answer supplies to the ticket's requests that wait for it. It reports false where the
// answer has nothing for them, so that the mail is looked at in another way.
func (d *decider) details() bool {
	author := d.author()
	var waiting []*Request
	for _, r := range d.s.Requests {
		if r.State == NeedsDetails {
			waiting = append(waiting, r)
		}
	}
	if d.replaceAnswered(author, waiting) {
		return true
	}
	pairs := pair(waiting, d.in.Reading.Requests)
	if len(pairs) == 0 {
		return false
	}
	// All is weighed before anything is changed: a mail is taken whole or not at all.
	for r, asked := range pairs {
		if !d.maySupply(author, r, asked) {
			d.end(Quarantined, "answers a question put to somebody else, and may not ask this")
			return true
		}
	}
	t := d.s.Ticket
	d.out.Disposition, d.out.Reason = Answered, "details"
	var lines []Line
	for _, r := range waiting {
		asked, ok := pairs[r]
		missing := len(r.Missing())
		fill(r, asked)
		if !ok || len(r.Missing()) == missing {
			lines = append(lines, d.line(r, StatusDetails))
			continue // nothing new; the expiry goes on
		}
		if r.Action != policy.ActionAddUser {
			d.identify(r)
		}
		d.wrote(author, r)
		d.event("details_given", r, map[string]any{"by": author.ID, "name": r.Name, "email": r.Email.String(),
			"roles": r.Roles, "reason": r.Reason})
		line := d.complete(r, author)
		lines = append(lines, line)
		d.touch(r)
		d.tellChanged(author, r, line)
	}
	if slices.ContainsFunc(waiting, (*Request).underWay) {
		d.out.Disposition = Applied
	}
	lines = append(lines, d.fileAll(d.extra(author), t, len(d.s.Requests))...)
	d.answer(author, t, lines)
	return true
}

// extra are the people whom an answer to a question asks for besides: complete new users whom the ticket does not know yet.
func (d *decider) extra(author *Contact) []*Request {
	var all []*Request
	for _, q := range d.in.Reading.Requests {
		known := slices.ContainsFunc(d.s.Requests, func(r *Request) bool { return identifies(q, r) || named(q, r) })
		if q.Action == interpret.AddUser && q.Name != nil && q.Email != nil && !known {
			all = append(all, d.newRequest(q, author))
		}
	}
	return all
}

// replaceAnswered takes a yes or a no to the question whether somebody shall be replaced (R22). After a no the request is
// cancelled (R29).
func (d *decider) replaceAnswered(author *Contact, waiting []*Request) bool {
	n := 0
	var lines []Line
	for _, r := range waiting {
		if m := r.Missing(); len(m) != 1 || m[0] != FieldReplace {
			continue
		}
		n++
		said, ok := d.in.Reading.Decisions[strconv.Itoa(n)]
		if !ok {
			said = d.in.Reading.Decisions[interpret.Everything]
		}
		switch {
		case said != interpret.Approve && said != interpret.Reject || !d.maySupply(author, r, interpret.Request{}):
			lines = append(lines, d.line(r, StatusDetails))
			continue
		case said == interpret.Approve:
			r.Details.Agreed = true
			d.event("replacement_agreed", r, map[string]any{"by": author.ID})
			lines = append(lines, d.complete(r, author))
		default:
			r.State, r.Stage = Cancelled, ""
			d.event("cancelled", r, map[string]any{"by": author.Name, "contact": author.ID})
			lines = append(lines, d.line(r, StatusCancelled))
		}
		d.touch(r)
	}
	if len(lines) == 0 || len(d.in.Reading.Decisions) == 0 {
		return false
	}
	d.out.Disposition, d.out.Reason = Answered, "details"
	if len(d.out.Requests) > 0 {
		d.out.Disposition = Applied
	}
	d.answer(author, d.s.Ticket, lines)
	return true
}

// maySupply: the requester may answer, or anyone who could have asked for all that is now known (R13).
func (d *decider) maySupply(by *Contact, r *Request, asked interpret.Request) bool {
	if by.ID == r.RequesterID {
		return true
	}
	trial := *r
	fill(&trial, asked)
	return by.State == ContactActive && d.evaluate(r, by).Allowed && d.evaluate(&trial, by).Allowed
}

// complete decides on a request again after an answer by a contact supplied details.
func (d *decider) complete(r *Request, by *Contact) Line {
	requester := d.actor(r)
	if requester == nil || requester.State != ContactActive {
		r.State, r.Rule, r.RuleText = Refused, "R15", "The person who asked for this no longer represents "+d.s.Client.Name+"."
		return d.line(r, StatusRefused)
	}
	a := d.evaluate(r, requester)
	if !a.Allowed {
		d.refuse(r, a)
		return d.refusal(r, a)
	}
	if line, stop := d.alreadyThere(r); stop {
		d.join(r, requester)
		r.State, r.Rule, r.RuleText = Refused, "R29", "This is already there, or asked for already."
		return line
	}
	if known := r.Action == policy.ActionAddUser || r.Action == policy.ActionScheduleVisit || d.subject(r) != nil; known && by != requester {
		// What a Secondary Contact fills into a Main Contact's request does not borrow the Main's authority.
		r.Stages, r.Quorum = d.needs(r, by, d.evaluate(r, by))
	}
	line, keep := d.check(r, a)
	if !keep {
		r.State, r.Rule, r.RuleText = Refused, "R12", "There is no such contact."
	}
	return line
}

// pair matches what an answer says to the requests that wait: by address, by name, or because there is only one of each.
// What fits none of them, or more than one, is not used.
func pair(waiting []*Request, said []interpret.Request) map[*Request]interpret.Request {
	pairs := map[*Request]interpret.Request{}
	for _, s := range said {
		if !supplies(s) {
			continue
		}
		asksSame := func(r *Request) bool { return policy.Action(s.Action) == r.Action }
		var fits []*Request
		for _, r := range waiting {
			if asksSame(r) && identifies(s, r) {
				fits = append(fits, r)
			}
		}
		if len(fits) == 0 && len(waiting) == 1 && len(said) == 1 && asksSame(waiting[0]) && !contradicts(s, waiting[0]) {
			fits = waiting
		}
		if len(fits) == 1 {
			if _, taken := pairs[fits[0]]; !taken {
				pairs[fits[0]] = s
			}
		}
	}
	return pairs
}

func supplies(s interpret.Request) bool {
	return s.Name != nil || s.Email != nil || len(s.Roles) > 0 || s.Reason != nil || s.Starts != nil || s.Site != nil
}

func identifies(s interpret.Request, r *Request) bool {
	if s.Email != nil && !r.Email.IsZero() {
		a, err := mailaddr.Parse(*s.Email)
		return err == nil && a.Key() == r.Email.Key()
	}
	return s.Name != nil && r.Name != "" && foldName(*s.Name) == foldName(r.Name)
}

// contradicts reports whether the answer speaks of another person than the request.
func contradicts(s interpret.Request, r *Request) bool {
	if s.Email != nil && !r.Email.IsZero() {
		a, err := mailaddr.Parse(*s.Email)
		return err != nil || a.Key() != r.Email.Key()
	}
	return s.Name != nil && r.Name != "" && foldName(*s.Name) != foldName(r.Name)
}
