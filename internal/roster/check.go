package roster

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

// place is where in a file a record stands; problem and warn name one of its fields.
type place interface {
	problem(field, format string, args ...any)
	warn(field, format string, args ...any)
}

// checker looks at contacts one after another, whatever kind of file they come from.
type checker struct {
	roles  RoleChecker
	grants GrantChecker
	known  []string       // languages
	seen   map[string]int // client and address → line
	leads  map[string]int // client → line
}

func newChecker(roles RoleChecker, grants GrantChecker, languages []string) *checker {
	return &checker{roles: roles, grants: grants, known: languages, seen: map[string]int{}, leads: map[string]int{}}
}

// contact checks c, which stands at p and belongs to client. Values that could not be read are zero and have a problem.
func (k *checker) contact(p place, c *Contact, client KnownClient) {
	c.Name = checkName(p, c.Name)
	checkLanguage(p, c.Language, k.known)
	if ids, ok := k.roles(client.RoleModel); ok {
		checkRoles(p, c.Roles, client.RoleModel, ids)
	}
	k.flags(p, c)
	if c.Email.IsZero() {
		p.problem("email", "missing; give the contact's address")
		return
	}
	key := strings.ToLower(c.Client) + "\x00" + c.Email.Key()
	if first, twice := k.seen[key]; twice {
		p.problem("email", "%s stands already in line %d; keep one contact for each address", c.Email, first)
		return
	}
	k.seen[key] = c.Line
	if len(client.Domains) > 0 && !slices.ContainsFunc(client.Domains, c.Email.InDomain) {
		p.warn("email", "%s is not in the client's domains (%s)", c.Email, strings.Join(client.Domains, ", "))
	}
}

// flags checks the mark of the lead contact, and grants.
func (k *checker) flags(p place, c *Contact) {
	if c.Lead != nil && *c.Lead {
		client := strings.ToLower(c.Client)
		if first, twice := k.leads[client]; twice {
			p.problem("lead", "the client's lead contact stands already in line %d; keep one", first)
		} else {
			k.leads[client] = c.Line
		}
	}
	for i, g := range c.Grants {
		switch {
		case k.grants == nil:
			p.problem("grants", "%q: grants are not known here", g)
		case k.grants(g) != nil:
			p.problem("grants", "%v; write one such as +service:order or -ticket:*", k.grants(g))
		case slices.Contains(c.Grants[:i], g):
			p.problem("grants", "%s stands here twice; remove one", g)
		default:
			continue
		}
		return
	}
}

// checkName returns the name without blanks around it. A name goes into header fields, so it is one line.
func checkName(p place, name string) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		p.problem("name", "missing; give a name")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }):
		p.problem("name", "no line breaks or invisible characters may stand in a name")
	}
	return name
}

func checkLanguage(p place, language string, known []string) {
	if language != "" && !slices.Contains(known, language) {
		p.problem("language", "there are no mails in %q; write %s, or leave it out", language, yamldoc.Either(known))
	}
}

func checkRoles(p place, roles []string, model string, ids []string) {
	if len(roles) == 0 {
		p.problem("roles", "missing; give one or more of %s", strings.Join(ids, ", "))
	}
	for i, role := range roles {
		if !slices.Contains(ids, role) {
			p.problem("roles", "%q is no role of %s; write %s", role, model, yamldoc.Either(ids))
			return
		}
		if slices.Contains(roles[:i], role) {
			p.problem("roles", "%s stands here twice; remove one", role)
			return
		}
	}
}

func parseAddress(text string) (mailaddr.Address, error) {
	a, err := mailaddr.Parse(text)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), mailaddr.ErrInvalid.Error()+": ")
		return a, fmt.Errorf("%q is no address such as maria@acme.example: %s", text, why)
	}
	return a, nil
}
