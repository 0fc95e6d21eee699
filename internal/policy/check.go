package policy

import (
	"fmt"
	"slices"
)

// checkCases reports two rules for one case: the same action, subject role, actor role and condition.
func (l *loader) checkCases(m *Model) {
	first := map[string]int{}
	for i, r := range m.Rules {
		reported := map[int]bool{}
		for _, subject := range slices.Compact(slices.Sorted(slices.Values(r.For))) {
			for _, actor := range slices.Compact(slices.Sorted(slices.Values(r.By))) {
				key := fmt.Sprint(r.Action, subject, actor, r.When.key())
				j, twice := first[key]
				if !twice {
					first[key] = i
				} else if !reported[j] {
					reported[j] = true
					l.addf(l.lines[i], "rule %s and rule %s (line %d) are for one case: %s for %s by %s",
						r.ID, m.Rules[j].ID, l.lines[j], r.Action, subject, actor)
				}
			}
		}
	}
}

// key is the same for equal conditions.
func (w When) key() string {
	key := fmt.Sprint(slices.Sorted(slices.Values(w.Details)), slices.Sorted(slices.Values(w.Holds)))
	for _, b := range []*bool{w.Self, w.Asked, w.PhysicalAccess, w.Admitted, w.Listed, w.Lead} {
		if b == nil {
			key += " either"
		} else {
			key += fmt.Sprint(" ", *b)
		}
	}
	return key
}

// checkSatisfiable reports rules for cases that cannot be, and stages that nobody can decide.
func (l *loader) checkSatisfiable(m *Model) {
	for i, r := range m.Rules {
		for _, s := range r.Stages {
			if s.ClientSide() && len(m.Approvers(s)) == 0 {
				l.addf(l.lines[i], "nobody can satisfy rule %s: no role approves stage %q", r.ID, s)
			} else if most, bounded := m.mostApprovers(s); bounded && r.Quorum.Of(s) > most {
				l.addf(l.lines[i], "nobody can satisfy rule %s: stage %q takes %d people, and the roles that approve it have at most %d holders",
					r.ID, s, r.Quorum.Of(s), most)
			}
		}
		if len(r.When.Details) > 0 && r.Action != ActionChangeDetails {
			l.addf(l.lines[i], "nobody can satisfy rule %s: %s changes no details", r.ID, r.Action)
		}
		for _, why := range r.contradictions() {
			l.addf(l.lines[i], "nobody can satisfy rule %s: %s", r.ID, why)
		}
	}
}

// mostApprovers is how many contacts of one client can hold roles that approve the stage, where all of these are bounded.
func (m *Model) mostApprovers(s Stage) (most int, bounded bool) {
	if !s.ClientSide() {
		return 0, false
	}
	for _, id := range m.Approvers(s) {
		r, _ := m.Role(id)
		if r.Holders.Max == 0 {
			return 0, false
		}
		most += r.Holders.Max
	}
	return most, true
}

// contradictions says why the rule's condition cannot be met.
func (r Rule) contradictions() []string {
	var why []string
	w := r.When
	is := func(b *bool, value bool) bool { return b != nil && *b == value }
	if is(w.Self, true) && r.Action == ActionAddUser {
		why = append(why, "nobody adds themselves")
	}
	if is(w.Self, true) && !r.Action.asksRoles() && !meet(r.For, r.By) {
		why = append(why, "none of for is one of by")
	}
	if is(w.Asked, true) && !r.Action.asksRoles() {
		why = append(why, string(r.Action)+" asks for no role")
	}
	if is(w.Asked, false) && r.Action == ActionAddUser {
		why = append(why, "whoever is added holds no role yet")
	}
	if is(w.Listed, false) && !slices.Contains(r.For, Any) {
		why = append(why, "who is not listed has no role")
	}
	if is(w.Listed, false) && (is(w.Self, true) || is(w.Lead, true)) {
		why = append(why, "neither the actor nor the lead contact is off the list")
	}
	if is(w.Self, true) && is(w.PhysicalAccess, true) && is(w.Admitted, false) {
		why = append(why, "who has physical access is admitted")
	}
	return why
}

// meet reports whether two lists of roles have one in common.
func meet(a, b []string) bool {
	return slices.Contains(a, Any) || slices.Contains(b, Any) ||
		slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
}

// checkGrantable reports roles that no rule gives to anybody.
func (l *loader) checkGrantable(m *Model) {
	for _, role := range m.Roles {
		if !slices.ContainsFunc(m.Rules, func(r Rule) bool {
			return r.Action.asksRoles() && !r.Refuse && (slices.Contains(r.For, role.ID) || slices.Contains(r.For, Any))
		}) {
			l.addf(l.source[role.ID], "nobody can grant role %q: no rule allows add_user or change_role for it", role.ID)
		}
	}
}
