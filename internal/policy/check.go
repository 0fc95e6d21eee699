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

// checkSpoken reports rules that can never speak: one that allows behind another that allows the same and more, since the
// first counts, and one that refuses what another allows.
func (l *loader) checkSpoken(m *Model) {
	for i, r := range m.Rules {
		for j, first := range m.Rules {
			if first.Refuse || i == j || r.Action != first.Action || !r.Refuse && j > i {
				continue
			}
			// Two rules for one case are reported already.
			if subject, actor, found := r.overlap(first); found && first.When.covers(r.When) && !r.sameCase(first) {
				does := "is never used, since rule %s (line %d) speaks first: %s for %s by %s"
				if r.Refuse {
					does = "refuses what rule %s (line %d) allows: %s for %s by %s"
				}
				l.addf(l.lines[i], "rule %s "+does, r.ID, first.ID, l.lines[j], r.Action, subject, actor)
				break
			}
		}
	}
}

// overlap is a subject role and an actor role of r that the other rule names, too. A rule for a role goes before one for
// Any, so such a one takes no case away from it; but what anybody may do is allowed to each role.
func (r Rule) overlap(other Rule) (subject, actor string, found bool) {
	for _, subject := range r.For {
		for _, actor := range r.By {
			if (slices.Contains(other.For, subject) || r.Refuse && slices.Contains(other.For, Any)) &&
				(slices.Contains(other.By, actor) || slices.Contains(other.By, Any)) {
				return subject, actor, true
			}
		}
	}
	return "", "", false
}

func (r Rule) sameCase(other Rule) bool {
	in := func(list []string) func(string) bool {
		return func(id string) bool { return slices.Contains(list, id) }
	}
	return r.When.key() == other.When.key() && slices.ContainsFunc(r.For, in(other.For)) && slices.ContainsFunc(r.By, in(other.By))
}

// covers reports whether w holds wherever v does.
func (w When) covers(v When) bool {
	for _, pair := range [][2]*bool{{w.Self, v.Self}, {w.Asked, v.Asked}, {w.PhysicalAccess, v.PhysicalAccess},
		{w.Admitted, v.Admitted}, {w.Listed, v.Listed}, {w.Lead, v.Lead}} {
		if pair[0] != nil && (pair[1] == nil || *pair[0] != *pair[1]) {
			return false
		}
	}
	within := func(all, some []string) bool {
		return !slices.ContainsFunc(some, func(c string) bool { return !slices.Contains(all, c) })
	}
	listed := func(d Detail) bool { return slices.Contains(w.Details, d) }
	return (len(w.Details) == 0 || len(v.Details) > 0 && !slices.ContainsFunc(v.Details, func(d Detail) bool { return !listed(d) })) &&
		within(expandAll(v.Holds), expandAll(w.Holds))
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
