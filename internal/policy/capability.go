package policy

import (
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

// Capabilities are what the roles together allow, wildcards spelled out, without doubles. Roles that the model does not
// know add nothing.
func (m *Model) Capabilities(roles []string) []string { return m.capabilities(roles, true) }

// CapabilitiesWithoutBadge is Capabilities for a person whose badge is not active.
func (m *Model) CapabilitiesWithoutBadge(roles []string) []string {
	return m.capabilities(roles, false)
}

func (m *Model) capabilities(roles []string, badge bool) []string {
	held := map[string]bool{}
	for _, id := range roles {
		r, _ := m.Role(id)
		for _, pattern := range r.Capabilities {
			for _, c := range expand(pattern) {
				if badge || r.Badge != BadgeRequired || !slices.Contains(badgeCapabilities, c) {
					held[c] = true
				}
			}
		}
	}
	var list []string
	for _, c := range capabilities {
		if held[c] {
			list = append(list, c)
		}
	}
	return list
}
