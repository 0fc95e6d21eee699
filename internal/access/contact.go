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

// Authorities counts the people among the contacts who may approve stage client (R26).
func Authorities(m *policy.Model, contacts []*Contact) int {
	n := 0
	for _, c := range contacts {
		if c.Kind == Person && c.State == ContactActive && m.Approves(policy.StageClient, c.Roles, c.Grants...) {
			n++
		}
	}
	return n
}

// Shorthanded says in words what a client lacks to decide by itself, so that our own people do it (R5); "" for nothing.
func Shorthanded(client *Client, authorities int) string {
	switch {
	case authorities == 0:
		return "nobody may approve: staff answer in their place"
	case authorities == 1 && client.FourEyes:
		return "four-eyes is on and only one person may approve: what this person asks is answered by staff"
	}
	return ""
}
