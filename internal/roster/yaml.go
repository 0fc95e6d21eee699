package roster

import (
	"fmt"
	"strings"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

func yamlOptions() []yamldoc.Option {
	return []yamldoc.Option{
		yamldoc.Fresh(func() Client { return Client{Require: RequirePass} }),
		yamldoc.Fresh(func() Contact { return Contact{Kind: Person} }),
		yamldoc.Text(parseAddress),
		yamldoc.Words(RequirePass, RequireChallenge),
		yamldoc.Words(Person, Shared),
		yamldoc.Words(BadgeNone, BadgeActive),
		yamldoc.Words(TeamSupport, TeamSecurity, TeamBilling),
	}
}

// yamlPlace is a record under key.
type yamlPlace struct {
	doc      *yamldoc.Document
	key      string
	warnings *[]string
}

func (p yamlPlace) problem(field, format string, args ...any) {
	p.doc.Problem(p.key+"."+field, format, args...)
}

func (p yamlPlace) warn(field, format string, args ...any) {
	*p.warnings = append(*p.warnings, p.doc.Describe(p.key+"."+field, format, args...))
}

// ParseClients reads a YAML file with a list of clients, each with its contacts, and a list of staff. The error, if any,
// is of type yamldoc.Problems.
func ParseClients(name string, data []byte, known RoleChecker, grants GrantChecker, languages []string) (*File, error) {
	doc := yamldoc.Read(name, data)
	var content struct {
		Clients []Client `yaml:"clients"`
		Staff   []Staff  `yaml:"staff"`
	}
	doc.Decode(&content, yamlOptions()...)
	file := &File{Clients: content.Clients, Staff: content.Staff}
	if len(file.Clients) == 0 && len(file.Staff) == 0 && !doc.Bad("staff") {
		doc.Problem("clients", "the file names neither clients nor staff")
	}
	check, names := newChecker(known, grants, languages), map[string]int{}
	for i := range file.Clients {
		c := &file.Clients[i]
		at := yamlPlace{doc, fmt.Sprintf("clients[%d]", i), &file.Warnings}
		c.Line = doc.Line(at.key)
		c.Name = checkName(at, c.Name)
		if first, twice := names[strings.ToLower(c.Name)]; twice && c.Name != "" {
			at.problem("name", "%s stands already in line %d; keep one", c.Name, first)
		} else {
			names[strings.ToLower(c.Name)] = c.Line
		}
		check.client(at, c)
	}
	checkStaff(doc, file)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return file, nil
}

// client checks all of a client but its name, and its contacts.
func (k *checker) client(at yamlPlace, c *Client) {
	if c.RoleModel == "" {
		at.problem("role_model", "missing; give the id of a role model, such as contact-levels")
	} else if _, ok := k.roles(c.RoleModel); !ok {
		at.problem("role_model", "there is no role model %q; give the id of one, such as contact-levels", c.RoleModel)
	}
	checkDomains(at, c.Domains)
	if len(c.Domains) == 0 {
		at.warn("domains", "without domains, no new address can be told to be the client's own")
	}
	for j := range c.Contacts {
		contact := &c.Contacts[j]
		in := yamlPlace{at.doc, fmt.Sprintf("%s.contacts[%d]", at.key, j), at.warnings}
		contact.Line = at.doc.Line(in.key)
		if at.doc.Has(in.key + ".client") {
			in.problem("client", "a contact inside a client belongs to that client; remove this")
		}
		contact.Client = c.Name
		k.contact(in, contact, KnownClient{RoleModel: c.RoleModel, Domains: c.Domains})
	}
}

func checkDomains(at yamlPlace, domains []string) {
	seen := map[string]bool{}
	for i, text := range domains {
		domain, err := mailaddr.ParseDomain(text)
		field := fmt.Sprintf("domains[%d]", i)
		switch {
		case err != nil:
			at.problem(field, "%q is no domain; write one such as acme.example", text)
		case seen[domain]:
			at.problem(field, "%s stands here twice; remove one", domain)
		}
		seen[domain] = true
		domains[i] = domain
	}
}

func checkStaff(doc *yamldoc.Document, file *File) {
	seen := map[string]int{}
	for i := range file.Staff {
		s := &file.Staff[i]
		at := yamlPlace{doc, fmt.Sprintf("staff[%d]", i), &file.Warnings}
		s.Line = doc.Line(at.key)
		s.Name = checkName(at, s.Name)
		if len(s.Teams) == 0 {
			at.problem("teams", "missing; give one or more of support, security, billing")
		}
		for j, team := range s.Teams {
			for _, earlier := range s.Teams[:j] {
				if team == earlier {
					at.problem("teams", "%s stands here twice; remove one", team)
				}
			}
		}
		if s.Email.IsZero() {
			at.problem("email", "missing; give the person's address")
		} else if first, twice := seen[s.Email.Key()]; twice {
			at.problem("email", "%s stands already in line %d; keep one", s.Email, first)
		} else {
			seen[s.Email.Key()] = s.Line
		}
	}
}

// parseContactsYAML reads a YAML file with a list of contacts.
func parseContactsYAML(name string, data []byte, target Target) (*ContactFile, error) {
	doc := yamldoc.Read(name, data)
	var content struct {
		Contacts []Contact `yaml:"contacts"`
	}
	doc.Decode(&content, yamlOptions()...)
	file := &ContactFile{Contacts: content.Contacts}
	if len(file.Contacts) == 0 {
		doc.Problem("contacts", "the file names no contacts")
	}
	check := newChecker(target.Roles, target.Grants, target.Languages)
	for i := range file.Contacts {
		c := &file.Contacts[i]
		at := yamlPlace{doc, fmt.Sprintf("contacts[%d]", i), &file.Warnings}
		c.Line = doc.Line(at.key)
		check.contactOf(at, c, target)
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return file, nil
}
