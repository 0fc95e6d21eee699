package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pairs = `
role_model: {id: pairs, title: Pairs, version: "1", reject: outvoted}
roles:
  - {id: main, title: Main, rank: 2, approves: [client]}
  - {id: user, title: User, rank: 1}
rules:
  - {id: P-1, action: add_user, for: [user], by: [main, user], stages: [client: 2, staff], text: Two agree.}
  - {id: P-2, action: add_user, for: [main], by: [main, user], stages: [client: 3, staff: 2], text: Three agree.}
  - {id: P-3, action: change_role, for: [main, user], by: [main], stages: staff, text: Staff agree.}
otherwise: {id: P-0, text: "No, {level}."}
`

// TestQuorum: a rule says how many different people a stage takes; an authority who asks is one of them.
func TestQuorum(t *testing.T) {
	t.Parallel()
	m, err := Load("pairs.yaml", []byte(pairs))
	if err != nil {
		t.Fatal(err)
	}
	if m.Reject != RejectOutvoted {
		t.Errorf("reject is %q", m.Reject)
	}
	type result struct {
		Stages  []Stage
		Quorum  Quorum
		Skipped bool
	}
	both := []Stage{StageClient, StageStaff}
	for name, c := range map[string]struct {
		question Question
		want     result
	}{
		"somebody asks":           {Question{ActorRoles: []string{"user"}, Roles: []string{"user"}}, result{both, Quorum{StageClient: 2}, false}},
		"an authority asks":       {Question{ActorRoles: []string{"main"}, Roles: []string{"user"}}, result{both, Quorum{StageClient: 1}, true}},
		"of two roles, the most":  {Question{ActorRoles: []string{"user"}, Roles: []string{"user", "main"}}, result{both, Quorum{StageClient: 3, StageStaff: 2}, false}},
		"an authority, for three": {Question{ActorRoles: []string{"main"}, Roles: []string{"main"}}, result{both, Quorum{StageClient: 2, StageStaff: 2}, true}},
		"the role is not known":   {Question{ActorRoles: []string{"main"}}, result{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.question.Action = ActionAddUser
			a := m.Decide(c.question)
			if diff := cmp.Diff(c.want, result{a.Stages, a.Quorum, a.ClientSkipped}); diff != "" || !a.Allowed {
				t.Errorf("allowed: %t (-want +got):\n%s", a.Allowed, diff)
			}
		})
	}
	if n := (Quorum{}).Of(StageStaff); n != 1 {
		t.Errorf("a stage that is not named takes %d", n)
	}
}

// TestDecideLeavesQuorum: the quorum of an answer is the caller's.
func TestDecideLeavesQuorum(t *testing.T) {
	t.Parallel()
	m, err := Load("pairs.yaml", []byte(pairs))
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Action: ActionAddUser, ActorRoles: []string{"main"}, Roles: []string{"main"}}
	m.Decide(q).Quorum[StageStaff] = 7
	if n := m.Decide(q).Quorum.Of(StageStaff); n != 2 {
		t.Errorf("the model takes %d now", n)
	}
}
