package policy

import "slices"

// Bounds says what the request would do to the bounds of the model's roles (R22). others counts, for each role, the
// contacts of the client who hold it besides the subject person.
//
// full are asked roles that others hold as often as may be: to ask for one is to replace a holder, or a hand-over. vacant
// are roles that would be left with fewer holders than must be.
func (m *Model) Bounds(q Question, others map[string]int) (full, vacant []string) {
	for _, r := range m.Roles {
		h, n := r.Holders, others[r.ID]
		if q.Action.asksRoles() && slices.Contains(q.Roles, r.ID) && h.Max > 0 && n >= h.Max {
			full = append(full, r.ID)
		}
		if q.loses(r.ID) && n < h.Min {
			vacant = append(vacant, r.ID)
		}
	}
	return full, vacant
}

// loses reports whether the subject person holds the role now, and will not when the request is carried out.
func (q Question) loses(role string) bool {
	if !slices.Contains(q.SubjectRoles, role) {
		return false
	}
	return q.Action == ActionRemoveUser || q.Action == ActionChangeRole && len(q.Roles) > 0 && !slices.Contains(q.Roles, role)
}
