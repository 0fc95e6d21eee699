package access

import (
	"slices"

	"github.com/countersign/countersign/internal/policy"
)

// Capabilities are what the contact may do under the client's role model (R36).
func (c *Contact) Capabilities(m *policy.Model) []string {
	return m.CapabilitiesOf(policy.Holder{Roles: c.Roles, Grants: c.Grants, Badge: c.Badge == BadgeActive, PhysicalAccess: c.PhysicalAccess})
}

// WithGrant adds a grant; one with the other sign for the same capability gives way to it (AC-07).
func WithGrant(grants []string, grant string) []string {
	kept := slices.DeleteFunc(slices.Clone(grants), func(g string) bool { return g[1:] == grant[1:] })
	kept = append(kept, grant)
	slices.Sort(kept)
	return kept
}
