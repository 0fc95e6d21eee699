package access

import (
	"slices"

	"github.com/countersign/countersign/internal/policy"
)

// Replayed is one request as two role models answer it.
type Replayed struct {
	Request   *Request
	Requester *Contact // nil where there is none any more
	Then, Now policy.Answer
}

// Changed reports whether the two models decide differently. Another rule with the same consequences is no change.
func (r Replayed) Changed() bool {
	return r.Then.Allowed != r.Now.Allowed || !slices.Equal(r.Then.Stages, r.Now.Stages) || r.Then.Checklist != r.Now.Checklist ||
		r.Then.MovesPower != r.Now.MovesPower || slices.ContainsFunc(r.Then.Stages, func(s policy.Stage) bool { return r.Then.Quorum.Of(s) != r.Now.Quorum.Of(s) })
}

// Replay answers a client's requests by two role models, with the contacts as they are now. roles says which roles of the
// second model a request asks for. Requests whose requester is gone are left out, and so are delegations.
func Replay(s *Situation, then, now *policy.Model, roles func(*Request) []string) []Replayed {
	old, changed := &decider{s: s, model: then, out: &Outcome{}}, &decider{s: s, model: now, out: &Outcome{}}
	var all []Replayed
	for _, r := range s.Requests {
		by := old.contactByID(r.RequesterID)
		if by == nil || r.Action == ActionDelegate { // which is no rule's matter
			continue
		}
		again := *r
		again.Roles = roles(r)
		all = append(all, Replayed{Request: r, Requester: by, Then: old.evaluate(r, by), Now: changed.evaluate(&again, by)})
	}
	return all
}
