package roster

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

// knownGrants stands in for the vocabulary of capabilities.
func knownGrants(grant string) error {
	if grant == "+service:order" || grant == "-ticket:*" {
		return nil
	}
	return fmt.Errorf("grant %q: there is no such capability", grant)
}

// knownLanguages stand in for the folders of templates.
var knownLanguages = []string{"en", "de"}

// knownRoles stands in for the role models.
func knownRoles(model string) ([]string, bool) {
	ids, ok := map[string][]string{
		"contact-levels":   {"main_contact", "secondary_contact", "technician"},
		"account-contacts": {"account_owner", "billing", "support", "account_administrator"},
	}[model]
	return ids, ok
}

func address(local, domain string) mailaddr.Address {
	return mailaddr.Address{Local: local, Domain: domain}
}

func TestParseClients(t *testing.T) {
	t.Parallel()
	got, err := ParseClients("clients.yaml", []byte(`# Two clients
clients:
  - name: Acme Colo
    role_model: contact-levels
    domains: [acme.example, Bücher.example]
    four_eyes: yes
    require: pass
    contacts:
      - {name: Maria Lindqvist, email: Maria@ACME.example, roles: [main_contact], language: de}
      - name: Night Shift
        email: noc@xn--bcher-kva.example
        roles: [technician, secondary_contact]
        kind: shared
        badge: active

  - name: Beta Hosting
    role_model: account-contacts
    domains: [beta.example]
    contacts:
      # The same person may represent several clients.
      - {name: Maria Lindqvist, email: maria@acme.example, roles: [billing]}
staff:
  - {name: Sam Support, email: sam@provider.example, teams: [support, security]}
`), knownRoles, knownGrants, knownLanguages)
	if err != nil {
		t.Fatal(err)
	}
	want := &File{
		Clients: []Client{
			{Line: 3, Name: "Acme Colo", RoleModel: "contact-levels", Domains: []string{"acme.example", "xn--bcher-kva.example"},
				FourEyes: true, Require: "pass", Contacts: []Contact{
					{Line: 9, Client: "Acme Colo", Name: "Maria Lindqvist", Email: address("Maria", "acme.example"),
						Roles: []string{"main_contact"}, Kind: "person", Language: "de"},
					{Line: 10, Client: "Acme Colo", Name: "Night Shift", Email: address("noc", "xn--bcher-kva.example"),
						Roles: []string{"technician", "secondary_contact"}, Kind: "shared", Badge: "active"},
				}},
			{Line: 16, Name: "Beta Hosting", RoleModel: "account-contacts", Domains: []string{"beta.example"},
				Require: "pass", Contacts: []Contact{
					{Line: 21, Client: "Beta Hosting", Name: "Maria Lindqvist", Email: address("maria", "acme.example"),
						Roles: []string{"billing"}, Kind: "person"},
				}},
		},
		Staff: []Staff{{Line: 23, Name: "Sam Support", Email: address("sam", "provider.example"), Teams: []Team{"support", "security"}}},
		Warnings: []string{
			"clients.yaml:21: clients[1].contacts[0].email: maria@acme.example is not in the client's domains (beta.example)",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClientWithoutDomains(t *testing.T) {
	t.Parallel()
	got, err := ParseClients("c.yaml", []byte("clients:\n- {name: A, role_model: contact-levels}\n"), knownRoles, knownGrants, knownLanguages)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"c.yaml:2: clients[0].domains: without domains, no new address can be told to be the client's own"}
	if diff := cmp.Diff(want, got.Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestStaffAlone(t *testing.T) {
	t.Parallel()
	got, err := ParseClients("c.yaml", []byte("staff: [{name: Sam, email: sam@provider.example, teams: [billing]}]\n"), knownRoles, knownGrants, knownLanguages)
	if err != nil {
		t.Fatal(err)
	}
	want := &File{Staff: []Staff{{Line: 1, Name: "Sam", Email: address("sam", "provider.example"), Teams: []Team{"billing"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseClientsProblems(t *testing.T) {
	t.Parallel()
	const roles = "main_contact, secondary_contact or technician"
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"empty":            {"", []string{"c.yaml:1: the file is empty"}},
		"nothing":          {"clients: []\n", []string{"c.yaml:1: clients: the file names neither clients nor staff"}},
		"unreadable-staff": {"staff: sam\n", []string{"c.yaml:1: staff: expected a list such as [a, b], found one value"}},
		"unknown-keys": {"clients:\n- name: A\n  role_model: contact-levels\n  domains: [a.example]\n  phone: 1\n  contacts:\n  - {name: B, mail: b@a.example, roles: [technician]}\npeople: []\n",
			[]string{
				"c.yaml:5: clients[0].phone: this key is not known; known here: name, role_model, domains, four_eyes, require, contacts",
				"c.yaml:7: clients[0].contacts[0].mail: this key is not known; known here: client, name, email, roles, kind, language, badge, physical_access, lead, portal, grants",
				"c.yaml:7: clients[0].contacts[0].email: missing; give the contact's address",
				"c.yaml:8: people: this key is not known; known here: clients, staff",
			}},
		"missing": {"clients:\n- domains: [a.example]\n  contacts:\n  - kind: person\nstaff:\n- {}\n", []string{
			"c.yaml:2: clients[0].name: missing; give a name",
			"c.yaml:2: clients[0].role_model: missing; give the id of a role model, such as contact-levels",
			"c.yaml:4: clients[0].contacts[0].name: missing; give a name",
			"c.yaml:4: clients[0].contacts[0].email: missing; give the contact's address",
			"c.yaml:6: staff[0].name: missing; give a name",
			"c.yaml:6: staff[0].teams: missing; give one or more of support, security, billing",
			"c.yaml:6: staff[0].email: missing; give the person's address",
		}},
		"words": {"clients:\n- name: A\n  role_model: levels\n  domains: [a.example]\n  require: guess\n  four_eyes: maybe\n  contacts:\n" +
			"  - {name: B, email: b, roles: x, kind: robot, language: fr, badge: lost}\n", []string{
			`c.yaml:3: clients[0].role_model: there is no role model "levels"; give the id of one, such as contact-levels`,
			`c.yaml:5: clients[0].require: "guess" is not known; write pass or challenge`,
			`c.yaml:6: clients[0].four_eyes: "maybe" is neither yes nor no`,
			`c.yaml:8: clients[0].contacts[0].email: "b" is no address such as maria@acme.example: the @ is missing`,
			`c.yaml:8: clients[0].contacts[0].roles: expected a list such as [a, b], found one value`,
			`c.yaml:8: clients[0].contacts[0].kind: "robot" is not known; write person or shared`,
			`c.yaml:8: clients[0].contacts[0].badge: "lost" is not known; write none or active`,
			`c.yaml:8: clients[0].contacts[0].language: there are no mails in "fr"; write en or de, or leave it out`,
		}},
		"roles": {"clients:\n- name: A\n  role_model: contact-levels\n  domains: [a.example]\n  contacts:\n" +
			"  - {name: B, email: b@a.example, roles: [boss]}\n  - {name: C, email: c@a.example, roles: []}\n" +
			"  - {name: D, email: d@a.example, roles: [technician, technician]}\n  - {name: E, email: e@a.example, roles: [Technician]}\n", []string{
			`c.yaml:6: clients[0].contacts[0].roles: "boss" is no role of contact-levels; write ` + roles,
			`c.yaml:7: clients[0].contacts[1].roles: missing; give one or more of main_contact, secondary_contact, technician`,
			`c.yaml:8: clients[0].contacts[2].roles: technician stands here twice; remove one`,
			`c.yaml:9: clients[0].contacts[3].roles: "Technician" is no role of contact-levels; write ` + roles,
		}},
		"doubles": {"clients:\n- name: A\n  role_model: contact-levels\n  domains: [a.example, A.example.]\n  contacts:\n" +
			"  - {name: B, email: b@a.example, roles: [technician]}\n  - {name: C, email: B@A.example, roles: [technician]}\n" +
			"- {name: a, role_model: contact-levels, domains: [c.example]}\n" +
			"staff:\n- {name: S, email: s@provider.example, teams: [support, support]}\n- {name: T, email: S@provider.example, teams: [support]}\n", []string{
			"c.yaml:4: clients[0].domains[1]: a.example stands here twice; remove one",
			"c.yaml:7: clients[0].contacts[1].email: B@a.example stands already in line 6; keep one contact for each address",
			"c.yaml:8: clients[1].name: a stands already in line 2; keep one",
			"c.yaml:10: staff[0].teams: support stands here twice; remove one",
			"c.yaml:11: staff[1].email: S@provider.example stands already in line 10; keep one",
		}},
		"names": {"clients:\n- name: \"A\\nBcc: x\"\n  role_model: contact-levels\n  domains: ['@a.example', 'not a domain']\n  contacts:\n" +
			"  - {client: B, name: \"B\\u202ECOM.EXE\", email: b@a.example, roles: [technician]}\n", []string{
			"c.yaml:2: clients[0].name: no line breaks or invisible characters may stand in a name",
			`c.yaml:4: clients[0].domains[0]: "@a.example" is no domain; write one such as acme.example`,
			`c.yaml:4: clients[0].domains[1]: "not a domain" is no domain; write one such as acme.example`,
			"c.yaml:6: clients[0].contacts[0].client: a contact inside a client belongs to that client; remove this",
			"c.yaml:6: clients[0].contacts[0].name: no line breaks or invisible characters may stand in a name",
		}},
		"teams": {"staff:\n- {name: S, email: s@provider.example, teams: [sales]}\n",
			[]string{`c.yaml:2: staff[0].teams[0]: "sales" is not known; write support, security or billing`}},
		"syntax": {"clients:\n- name: A\n domains: []\n",
			[]string{"c.yaml:2: this is no YAML: did not find expected key; look here and in the lines below where the indentation changes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := ParseClients("c.yaml", []byte(tc.text), knownRoles, knownGrants, knownLanguages)
			checkProblems(t, err, tc.want)
			if file != nil {
				t.Errorf("a wrong file gave %v", file)
			}
		})
	}
}

func checkProblems(t *testing.T, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var problems yamldoc.Problems
	if !errors.As(err, &problems) {
		t.Errorf("error is a %T, want yamldoc.Problems", err)
	}
}
