package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Explanation is the path of rules to an answer.
type Explanation struct {
	Answer Answer
	// Cases are the roles of the subject person that had to be allowed, highest first, each with the rules looked at.
	// "*" is a person without a role, or one whose roles are not known.
	Cases []Case
	// Approvers are the roles that approve each client-side stage of the answer.
	Approvers map[Stage][]string
}

// Case is what the rules say to one role of the subject person.
type Case struct {
	Role  string
	Asked bool // the role is asked for, or else held
	Rules []Consideration
}

// Consideration is one rule that was looked at. The last one of a case that applies decided it.
type Consideration struct {
	Rule    Rule
	Applies bool
	Why     string // why it does not; "" where it does
}

// Explain answers the question as Decide does, and says on which way. Rules for other actions and other roles of the
// subject person are left out.
func (m *Model) Explain(q Question) Explanation {
	e := Explanation{Answer: m.Decide(q), Approvers: map[Stage][]string{}}
	for _, s := range e.Answer.Stages {
		if s.ClientSide() {
			e.Approvers[s] = m.Approvers(s)
		}
	}
	for _, c := range m.concerned(q) {
		c.Rules = m.path(q, c.Role, c.Asked)
		e.Cases = append(e.Cases, c)
	}
	return e
}

// concerned are the cases that judge looks at, without their rules.
func (m *Model) concerned(q Question) []Case {
	var known []string
	if q.Action.asksRoles() {
		known = slices.Clone(q.Roles)
	}
	if q.Action != ActionAddUser && !(q.Unlisted && !q.Action.asksRoles()) {
		known = append(known, q.SubjectRoles...)
	}
	var all []Case
	for _, role := range m.byRank(known) {
		all = append(all, Case{Role: role, Asked: slices.Contains(q.Roles, role)})
	}
	switch {
	case q.Action.asksRoles() && len(q.Roles) > 0, len(known) > 0 && !q.Action.asksRoles():
		return all
	case !q.Action.asksRoles() && (q.Unlisted || m.judgeOne(q, Any, false).allowed):
		return []Case{{Role: Any}}
	}
	for _, r := range m.Roles {
		all = append(all, Case{Role: r.ID, Asked: q.Action.asksRoles()})
	}
	return append(all, Case{Role: Any, Asked: q.Action.asksRoles()})
}

// path lists the rules in the order in which find looks at them, up to the one that decides.
func (m *Model) path(q Question, role string, asked bool) []Consideration {
	var seen []Consideration
	for _, refuse := range []bool{false, true} {
		decides := m.find(q, role, q.ActorRoles, asked, false)
		if refuse {
			decides = m.refusal(q, role, asked)
		}
		for _, subject := range slices.Compact([]string{role, Any}) {
			for i := range m.Rules {
				r := &m.Rules[i]
				if r.Refuse != refuse || r.Action != q.Action || !slices.Contains(r.For, subject) {
					continue
				}
				c := Consideration{Rule: *r, Applies: r == decides}
				if !c.Applies {
					c.Why = m.whyNot(r, q, asked)
				}
				seen = append(seen, c)
				if c.Applies {
					return seen
				}
			}
		}
	}
	return seen
}

// whyNot is the first part of a rule that the question does not meet.
func (m *Model) whyNot(r *Rule, q Question, asked bool) string {
	if !m.by(r, q.ActorRoles) {
		return "it speaks to " + strings.Join(r.By, ", ")
	}
	for _, part := range []struct {
		key  string
		want *bool
		set  func(*When)
	}{
		{"self", r.When.Self, func(w *When) { w.Self = r.When.Self }},
		{"asked", r.When.Asked, func(w *When) { w.Asked = r.When.Asked }},
		{"physical_access", r.When.PhysicalAccess, func(w *When) { w.PhysicalAccess = r.When.PhysicalAccess }},
		{"admitted", r.When.Admitted, func(w *When) { w.Admitted = r.When.Admitted }},
		{"listed", r.When.Listed, func(w *When) { w.Listed = r.When.Listed }},
		{"lead", r.When.Lead, func(w *When) { w.Lead = r.When.Lead }},
	} {
		alone := Rule{Refuse: r.Refuse}
		part.set(&alone.When)
		if !m.holds(&alone, q, asked) {
			return fmt.Sprintf("it wants %s: %v", part.key, *part.want)
		}
	}
	if !r.When.changes(q.Details, r.Refuse) {
		return fmt.Sprintf("it speaks of the details %s", r.When.Details)
	}
	if !m.allow(q.ActorRoles, q.Grants, r.When.Holds) {
		return "it wants the capability " + strings.Join(r.When.Holds, ", ")
	}
	return "a rule for a higher role of the sender speaks first"
}
