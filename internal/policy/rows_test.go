package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// builtin loads a built-in model.
func builtin(t interface {
	Helper()
	Fatal(...any)
}, id string) *Model {
	t.Helper()
	m, err := Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ask is one question to a model and its answer without the reason.
type ask struct {
	name string
	q    Question
	want Answer
}

// yes is an answer that allows; who else may ask is looked at in refusals only.
func yes(rule string, stages ...Stage) Answer {
	return Answer{Allowed: true, Rule: rule, Stages: stages}
}

// no is a refusal with the roles that may ask.
func no(rule string, mayAsk ...string) Answer { return Answer{Rule: rule, MayAsk: mayAsk} }

// own is the answer where the actor's authority stands for stage client.
func (a Answer) own() Answer { a.ClientSkipped = true; return a }

// power is the answer where approving power moves.
func (a Answer) power() Answer { a.MovesPower = true; return a }

// checked is the answer with an out-of-band checklist.
func (a Answer) checked(c Checklist) Answer { a.Checklist = c; return a }

func testAsks(t *testing.T, model string, asks []ask) {
	t.Helper()
	t.Parallel()
	m := builtin(t, model)
	for _, a := range asks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			got := m.Decide(a.q)
			if got.Reason == "" {
				t.Error("no reason")
			}
			got.Reason = ""
			if a.want.Allowed {
				got.MayAsk = nil
			}
			if diff := cmp.Diff(a.want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", a.q, diff)
			}
		})
	}
}

// testCapabilities compares what a holder may do.
func testCapabilities(t *testing.T, model, name string, h Holder, want ...string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(want, builtin(t, model).CapabilitiesOf(h)); diff != "" {
			t.Errorf("capabilities of %+v (-want +got):\n%s", h, diff)
		}
	})
}

// The questions that occur most.

func adds(by string, roles ...string) Question {
	return Question{Action: ActionAddUser, ActorRoles: []string{by}, Roles: roles}
}

func changes(by, held string, roles ...string) Question {
	return Question{Action: ActionChangeRole, ActorRoles: []string{by}, SubjectRoles: []string{held}, Roles: roles}
}

func removes(by, held string) Question {
	return Question{Action: ActionRemoveUser, ActorRoles: []string{by}, SubjectRoles: []string{held}}
}

func edits(by, held string, details ...Detail) Question {
	return Question{Action: ActionChangeDetails, ActorRoles: []string{by}, SubjectRoles: []string{held}, Details: details}
}

// visits is a visit of somebody with the role; "" is a person off the list.
func visits(by, held string) Question {
	q := Question{Action: ActionScheduleVisit, ActorRoles: []string{by}, Unlisted: held == ""}
	if held != "" {
		q.SubjectRoles = []string{held}
	}
	return q
}

// self is the question about the actor.
func (q Question) self() Question { q.Self, q.SubjectRoles = true, q.ActorRoles; return q }

// lead is the question about the lead contact.
func (q Question) lead() Question { q.Lead = true; return q }

// access gives the actor physical access.
func (q Question) access() Question { q.PhysicalAccess = true; return q }

// admitted lets the visitor in.
func (q Question) admitted() Question { q.Admitted = true; return q }

// grants are the actor's own.
func (q Question) grants(g ...string) Question { q.Grants = g; return q }
