// Package roster reads files of clients, contacts and staff: YAML or CSV becomes checked records with their line numbers.
//
// All that is wrong with a file is reported at once, each by file, line and field, and nothing of a wrong file is used.
// The package stores nothing and knows no role model; what exists already is asked of the caller.
package roster

import "github.com/countersign/countersign/internal/mailaddr"

// Require is the proof that a client's mail needs.
type Require string

// The proofs a client can require.
const (
	RequirePass      Require = "pass"      // the verdict pass of senderauth
	RequireChallenge Require = "challenge" // or a code that is mailed to the address on file and comes back
)

// Kind tells a person's address from one that several people read, which may ask but never approve.
type Kind string

// The kinds of contact.
const (
	Person Kind = "person"
	Shared Kind = "shared"
)

// Badge is the state of a contact's badge when it is imported.
type Badge string

// The badge states that a file can give.
const (
	BadgeNone   Badge = "none"
	BadgeActive Badge = "active"
)

// Team is a group of the provider's staff.
type Team string

// The teams.
const (
	TeamSupport  Team = "support"
	TeamSecurity Team = "security"
	TeamBilling  Team = "billing"
)

// Client is an organisation and the people who represent it.
type Client struct {
	Line      int       `yaml:"-"`
	Name      string    `yaml:"name"` // unique, in any case of its letters
	RoleModel string    `yaml:"role_model"`
	Domains   []string  `yaml:"domains"` // A-labels, lower case
	FourEyes  bool      `yaml:"four_eyes"`
	Require   Require   `yaml:"require"`
	Contacts  []Contact `yaml:"contacts"`
}

// Contact is a person, or an address that several people read, who represents a client.
type Contact struct {
	Line     int              `yaml:"-"`
	Client   string           `yaml:"client"` // always filled
	Name     string           `yaml:"name"`
	Email    mailaddr.Address `yaml:"email"` // unique for a client
	Roles    []string         `yaml:"roles"` // ids of the client's role model, at least one
	Kind     Kind             `yaml:"kind"`
	Language string           `yaml:"language"` // such as de; empty where the file does not say
	Badge    Badge            `yaml:"badge"`    // empty where the file does not say

	// nil where the file does not say.
	PhysicalAccess *bool    `yaml:"physical_access"`
	Lead           *bool    `yaml:"lead"` // at most one of a client
	Portal         *bool    `yaml:"portal"`
	Grants         []string `yaml:"grants"` // such as +service:order or -ticket:*
}

// Staff is a person of the provider.
type Staff struct {
	Line  int              `yaml:"-"`
	Name  string           `yaml:"name"`
	Email mailaddr.Address `yaml:"email"` // unique
	Teams []Team           `yaml:"teams"` // at least one
}

// File is a file of clients and staff. Warnings are allowed but doubtful, each as "file:line: field: text".
type File struct {
	Clients  []Client
	Staff    []Staff
	Warnings []string
}

// ContactFile is a file of contacts. Warnings are allowed but doubtful, each as "file:line: field: text".
type ContactFile struct {
	Contacts []Contact
	Warnings []string
}

// GrantChecker reports what is wrong with a grant, nil if nothing is.
type GrantChecker func(grant string) error

// RoleChecker returns the role ids of a role model, highest first, or false when there is no such model.
type RoleChecker func(model string) (roleIDs []string, ok bool)

// KnownClient is what the contacts of a client that exists already are checked against.
type KnownClient struct {
	RoleModel string
	Domains   []string // A-labels, lower case
}

// Target is whom the contacts of a file are for.
type Target struct {
	// Client is the client of every contact that names none, and the only one that contacts may name. Where it is empty,
	// every contact must name its client.
	Client string
	// Find returns the client of that name, or false.
	Find func(name string) (KnownClient, bool)
	// Roles knows the role models, and Grants the capabilities; with nil no grant is known.
	Roles  RoleChecker
	Grants GrantChecker
	// Languages are those that mail can be written in.
	Languages []string
}
