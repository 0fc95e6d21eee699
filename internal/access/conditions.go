package access

import (
	"slices"

	"github.com/countersign/countersign/internal/policy"
)

const onlyStaffAdd = "Only our own team can add a stage to an approval, and only at the end. Nothing was decided: please answer APPROVE or REJECT."

// mayAdd reports whether the approver's answer may add stages: staff at stage staff may (R7, CR-08).
func (d *decider) mayAdd(a *Approval) bool {
	return len(d.in.Reading.Adds) == 0 || a.ApproverKind == ByStaff && a.Stage == policy.StageStaff
}

// added are the stages that the answer adds to those of the request.
func (d *decider) added(r *Request) []policy.Stage {
	var more []policy.Stage
	for _, s := range clientSide {
		if slices.Contains(d.in.Reading.Adds, string(s)) && !slices.Contains(r.Stages, s) {
			more = append(more, s)
		}
	}
	return more
}

// insert puts stages before staff and asks the first of them now; a new round of staff follows. What the client has
// approved stands, since the text that was shown is the same (R7).
func (d *decider) insert(r *Request, more []policy.Stage) {
	if rule, why, ok := d.stands(r); !ok {
		d.fail(r, rule, why)
		return
	}
	r.Stages = slices.Insert(slices.Clone(r.Stages), slices.Index(r.Stages, policy.StageStaff), more...)
	r.Stage = more[0]
	r.Round++
	d.event("stages_added", r, map[string]any{"stages": more})
	d.askStage(r)
}
