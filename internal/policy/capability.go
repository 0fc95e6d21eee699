package policy

import (
	"fmt"
	"slices"
	"strings"
)

// capabilities is the vocabulary of R36 in the order in which capabilities are listed.
var capabilities = []string{
	"ticket:any", "ticket:technical", "ticket:operational", "ticket:support", "ticket:billing",
	"assistance:request", "service:order", "service:cancel", "billing:view", "billing:pay", "credentials:receive",
	"site:enter", "visit:self", "visit:listed", "visit:third_party", "users:request", "users:approve", "list:manage",
}

// badgeCapabilities count for a role that requires a badge only while that badge is active (CL-09).
var badgeCapabilities = []string{"ticket:operational", "site:enter"}

// BadgeCapabilities are those that a role which requires a badge has only while the badge is active (CL-09).
func BadgeCapabilities() []string { return slices.Clone(badgeCapabilities) }

// expand lists the capabilities that a pattern stands for: itself, or all with its beginning when it ends in "*".
func expand(pattern string) []string {
	prefix, wild := strings.CutSuffix(pattern, Any)
	var found []string
	for _, c := range capabilities {
		if c == pattern || wild && strings.HasPrefix(c, prefix) {
			found = append(found, c)
		}
	}
	return found
}

// Holder is what one contact's capabilities come from.
type Holder struct {
	Roles          []string // ones that the model does not know add nothing
	Grants         []string // the contact's own, see CheckGrant
	Badge          bool     // there is an active badge (CL-09)
	PhysicalAccess bool     // the flag of AL-02
}

// CapabilitiesOf are what the holder may do: what the roles together allow, plus and minus the holder's own grants
// (AC-07), wildcards spelled out, without doubles. What a grant takes away, no other gives back.
func (m *Model) CapabilitiesOf(h Holder) []string {
	held := map[string]bool{}
	needsBadge := false
	for _, id := range h.Roles {
		r, _ := m.Role(id)
		needsBadge = needsBadge || r.Badge == BadgeRequired
		patterns := r.Capabilities
		if h.PhysicalAccess {
			patterns = slices.Concat(patterns, r.WithPhysicalAccess)
		}
		for _, c := range expandAll(patterns) {
			if h.Badge || r.Badge != BadgeRequired || !slices.Contains(badgeCapabilities, c) {
				held[c] = true
			}
		}
	}
	for _, c := range granted(h.Grants, "+") {
		if h.Badge || !needsBadge || !slices.Contains(badgeCapabilities, c) {
			held[c] = true
		}
	}
	for _, c := range granted(h.Grants, "-") {
		delete(held, c)
	}
	var list []string
	for _, c := range capabilities {
		if held[c] {
			list = append(list, c)
		}
	}
	return list
}

// Capabilities are CapabilitiesOf a contact with badge and physical access.
func (m *Model) Capabilities(roles []string, grants ...string) []string {
	return m.CapabilitiesOf(Holder{Roles: roles, Grants: grants, Badge: true, PhysicalAccess: true})
}

// CapabilitiesWithoutBadge is Capabilities for a person whose badge is not active.
func (m *Model) CapabilitiesWithoutBadge(roles []string, grants ...string) []string {
	return m.CapabilitiesOf(Holder{Roles: roles, Grants: grants, PhysicalAccess: true})
}

// CheckGrant reports a grant that is not "+" or "-" and a capability, or the beginning of some with "*" at its end (R36).
func CheckGrant(grant string) error {
	if grant == "" || grant[0] != '+' && grant[0] != '-' {
		return fmt.Errorf("grant %q: + or - is expected first", grant)
	}
	if len(expand(grant[1:])) == 0 {
		return fmt.Errorf("grant %q: there is no such capability", grant)
	}
	return nil
}

// granted lists the capabilities of the grants with the sign.
func granted(grants []string, sign string) []string {
	var patterns []string
	for _, g := range grants {
		if pattern, ok := strings.CutPrefix(g, sign); ok {
			patterns = append(patterns, pattern)
		}
	}
	return expandAll(patterns)
}

func expandAll(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		all = append(all, expand(p)...)
	}
	return all
}

// Approves reports whether a contact with these roles and grants approves a client-side stage. A grant that takes
// users:approve away takes stage client away.
func (m *Model) Approves(stage Stage, roles []string, grants ...string) bool {
	if stage == StageClient && slices.Contains(granted(grants, "-"), "users:approve") {
		return false
	}
	return m.approvesAny(roles, func(s Stage) bool { return s == stage })
}
