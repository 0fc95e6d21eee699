package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawAny draws a question to the model, with words in it that no model knows.
func drawAny(t *rapid.T, m *Model) Question {
	known := []string{"king", Any, ""}
	for _, r := range m.Roles {
		known = append(known, r.ID, r.ID) // twice, so that the odd words are fewer
	}
	set := rapid.SliceOfN(rapid.SampledFrom(known), 0, 3)
	bit := rapid.Bool()
	grants := []string{"+users:request", "-users:request", "-users:approve", "+users:*", "-*", "+fly", ""}
	return Question{
		Action:         rapid.SampledFrom(append(slices.Clone(actions), "", "open_door")).Draw(t, "action"),
		ActorRoles:     set.Draw(t, "actor"),
		Grants:         rapid.SliceOfN(rapid.SampledFrom(grants), 0, 2).Draw(t, "grants"),
		Self:           bit.Draw(t, "self"),
		SubjectRoles:   set.Draw(t, "subject"),
		Roles:          set.Draw(t, "roles"),
		Details:        rapid.SliceOfN(rapid.SampledFrom(details), 0, 3).Draw(t, "details"),
		PhysicalAccess: bit.Draw(t, "access"), Admitted: bit.Draw(t, "admitted"),
		Unlisted: bit.Draw(t, "unlisted"), Lead: bit.Draw(t, "lead"),
	}
}

// ruleIDs are the ids that an answer of the model can name.
func ruleIDs(m *Model) []string {
	ids := []string{m.Otherwise.ID}
	for _, r := range m.Rules {
		ids = append(ids, r.ID)
	}
	return ids
}

func forAllModels(t *testing.T, f func(t *rapid.T, m *Model, q Question)) {
	t.Helper()
	t.Parallel()
	for _, id := range BuiltinIDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			m := builtin(t, id)
			rapid.Check(t, func(t *rapid.T) { f(t, m, drawAny(t, m)) })
		})
	}
}

// TestAnswersAreWhole: there is one answer to every question, the same each time, and a refusal has no consequences.
func TestAnswersAreWhole(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		a := m.Decide(q)
		if diff := cmp.Diff(a, m.Decide(q)); diff != "" {
			t.Fatalf("two answers to %+v:\n%s", q, diff)
		}
		if !slices.Contains(ruleIDs(m), a.Rule) || a.Reason == "" || strings.ContainsAny(a.Reason, "{}") {
			t.Fatalf("%+v: rule %q, reason %q", q, a.Rule, a.Reason)
		}
		if !a.Allowed && (a.Stages != nil || a.MovesPower || a.ClientSkipped || a.Checklist != ChecklistNone) {
			t.Fatalf("refused with consequences: %+v", a)
		}
		place := func(s Stage) int { return slices.Index(stageOrder, s) }
		if !slices.IsSortedFunc(a.Stages, func(x, y Stage) int { return place(x) - place(y) }) ||
			len(slices.Compact(slices.Clone(a.Stages))) != len(a.Stages) {
			t.Fatalf("stages out of order: %q", a.Stages)
		}
		if a.ClientSkipped && (slices.Contains(a.Stages, StageClient) || !m.Approves(StageClient, q.ActorRoles, q.Grants...)) {
			t.Fatalf("stage client left out: %+v", a)
		}
	})
}

// TestOnlyRequestersAsk: whom neither role nor grant gives users:request, the provider's security team must vouch for.
func TestOnlyRequestersAsk(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		a := m.Decide(q)
		own := q.Self && q.Action != ActionAddUser // everyone may change their details, and step down where a rule says so
		can := slices.Contains(m.Capabilities(q.ActorRoles, q.Grants...), "users:request")
		if !a.Allowed || own || can || !slices.Contains(userChanging, q.Action) {
			return
		}
		if a.Checklist == ChecklistSecurity && slices.Contains(a.Stages, StageStaff) {
			return
		}
		t.Fatalf("%+v is allowed: %+v", q, a)
	})
}

// TestUsersPassStaff: nothing about a person changes without the provider (R12, "staff stands in every rule").
func TestUsersPassStaff(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		a := m.Decide(q)
		complete := a.Stages != nil || len(q.Roles) > 0 && q.Action.asksRoles()
		if a.Allowed && complete && q.Action != ActionResendInvitation && !slices.Contains(a.Stages, StageStaff) {
			t.Fatalf("%+v passes %q only", q, a.Stages)
		}
	})
}

// TestUnknownRefusesLast: without the roles, only what would be refused for each role is refused (R16).
func TestUnknownRefusesLast(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		q.Action, q.Roles = ActionAddUser, nil
		a := m.Decide(q)
		may := false
		for _, r := range m.Roles {
			q.Roles = []string{r.ID}
			with := m.Decide(q)
			may = may || with.Allowed && with.Checklist != ChecklistSecurity
		}
		if may != a.Allowed || a.Stages != nil {
			t.Fatalf("%+v: for one role %v, for none %+v", q, may, a)
		}
	})
}

// TestMoreRolesMoreRights: a role besides takes no right away. A grant does, and a change of one's own person is another.
func TestMoreRolesMoreRights(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		a := m.Decide(q)
		for _, r := range m.Roles {
			more := q
			more.ActorRoles = append(slices.Clone(q.ActorRoles), r.ID)
			if a.Allowed && !m.Decide(more).Allowed {
				t.Fatalf("refused to %s besides: %+v", r.ID, q)
			}
		}
	})
}

// TestMayAskMay: whom an answer names may ask it for another person, and does so by right.
func TestMayAskMay(t *testing.T) {
	forAllModels(t, func(t *rapid.T, m *Model, q Question) {
		q.Self = false
		for _, id := range m.Decide(q).MayAsk {
			q.ActorRoles, q.Grants = []string{id}, nil
			if a := m.Decide(q); !a.Allowed || a.Checklist == ChecklistSecurity {
				t.Fatalf("%s is named and may not ask %+v: %+v", id, q, a)
			}
		}
	})
}
