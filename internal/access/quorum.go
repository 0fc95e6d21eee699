package access

import (
	"slices"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// given lists the answers that a request's stage got in a round, the oldest first.
func (d *decider) given(r *Request, stage policy.Stage, round int) []*Decision {
	var found []*Decision
	for _, x := range slices.Concat(d.s.Decisions, d.out.Decisions) {
		if x.RequestID == r.ID && r.ID != 0 && x.Stage == stage && x.Round == round {
			found = append(found, x)
		}
	}
	return found
}

// lacking is how many more people must approve the stage that the request waits for.
func (d *decider) lacking(r *Request) int {
	n := r.Quorum.Of(r.Stage)
	for _, x := range d.given(r, r.Stage, r.Round) {
		if x.Answer == Yes {
			n--
		}
	}
	return max(n, 0)
}

// hasAnswered reports whether the person with the address has answered the stage in this round, as a contact or as
// staff: one address is one person.
func (d *decider) hasAnswered(r *Request, a mailaddr.Address) bool {
	return slices.ContainsFunc(d.given(r, r.Stage, r.Round), func(x *Decision) bool {
		return d.addressOf(x.ApproverKind, x.ApproverID).Key() == a.Key()
	})
}

// candidates are the client's people who can still answer the stage.
func (d *decider) candidates(r *Request) []*Contact {
	var all []*Contact
	for _, c := range d.s.Contacts {
		if fromClient(r.Stage) && d.mayApprove(c, r) && !d.hasAnswered(r, c.Address) {
			all = append(all, c)
		}
	}
	return all
}

// colleagues are the staff who can still answer the stage; at a client-side stage, those who stand in.
func (d *decider) colleagues(r *Request) []*Staff {
	var all []*Staff
	for _, m := range d.s.Staff {
		if d.mayAnswer(m, r) && !d.hasAnswered(r, m.Address) {
			all = append(all, m)
		}
	}
	return all
}

// left counts the people who can still answer the stage: one address is one person, on whichever side.
func (d *decider) left(r *Request) int {
	people := map[string]bool{}
	for _, c := range d.candidates(r) {
		people[c.Address.Key()] = true
	}
	if r.Escalated || !fromClient(r.Stage) {
		for _, m := range d.colleagues(r) {
			people[m.Address.Key()] = true
		}
	}
	return len(people)
}

// settle moves a request on after a Yes that was the last one needed, or ends it after a No that counts as one.
func (d *decider) settle(r *Request, answer Answer) {
	switch {
	case answer == Yes && d.lacking(r) == 0:
		d.advance(r)
	case answer == No && (d.model.Reject != policy.RejectOutvoted || d.left(r) < d.lacking(r)):
		r.State, r.Stage = Rejected, ""
	}
}
