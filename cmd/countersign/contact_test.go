package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const authorisationList = `clients:
  - name: Nordic
    role_model: authorisation-list
    domains: [nordic.example]
    contacts:
      - {name: Anna Holm, email: anna@nordic.example, roles: [technical_authorised_official], physical_access: yes, lead: yes}
      - {name: Carl Ek, email: carl@nordic.example, roles: [technical_contact]}
`

type shown struct {
	Email, State, Badge string
	PhysicalAccess      bool `json:"physical_access"`
	Portal, Lead        bool
	Capabilities        []string
	Grants              []string
}

func contactsOf(t *testing.T, cfg string) map[string]shown {
	t.Helper()
	var all []shown
	if err := json.Unmarshal([]byte(must(t, "contact", "list", cfg, "--json")), &all); err != nil {
		t.Fatal(err)
	}
	byEmail := map[string]shown{}
	for _, c := range all {
		byEmail[c.Email] = c
	}
	return byEmail
}

// What staff record of a contact is shown, exported and read back.
func TestContactFlags(t *testing.T) {
	t.Parallel()
	cfg := "--config=" + sqliteConfig(t)
	must(t, "client", "import", cfg, file(t, "clients.yaml", authorisationList))
	all := contactsOf(t, cfg)
	if anna := all["anna@nordic.example"]; !anna.PhysicalAccess || !anna.Lead || !anna.Portal || !slices.Contains(anna.Capabilities, "site:enter") {
		t.Errorf("the Official is %+v", anna)
	}
	if carl := all["carl@nordic.example"]; carl.PhysicalAccess || carl.Portal || len(carl.Capabilities) != 0 {
		t.Errorf("the Technical Contact without physical access is %+v", carl)
	}

	must(t, "contact", "edit", cfg, "carl@nordic.example", "--physical-access", "yes", "--lead", "yes", "--badge", "active", "--grant", "+service:order")
	all = contactsOf(t, cfg)
	carl := all["carl@nordic.example"]
	if !carl.PhysicalAccess || !carl.Portal || !carl.Lead || carl.Badge != "active" || !slices.Contains(carl.Capabilities, "service:order") ||
		!slices.Contains(carl.Capabilities, "visit:self") {
		t.Errorf("after the edit he is %+v", carl)
	}
	if all["anna@nordic.example"].Lead {
		t.Error("there are two lead contacts")
	}
	must(t, "contact", "edit", cfg, "carl@nordic.example", "--grant=-service:order")
	if g := contactsOf(t, cfg)["carl@nordic.example"].Grants; !slices.Equal(g, []string{"-service:order"}) {
		t.Errorf("a grant and its opposite: %s", g)
	}

	for _, format := range []string{"csv", "yaml"} {
		out := file(t, "contacts."+format, must(t, "contact", "export", cfg, "--format", format))
		if got := must(t, "contact", "import", cfg, out); !strings.Contains(got, "0 added, 0 updated, 2 unchanged") {
			t.Errorf("importing the %s export: %s", format, got)
		}
	}
	// A file that does not name the flags leaves them as they are.
	plain := file(t, "plain.csv", "name,email,roles\nCarl Ek,carl@nordic.example,technical_contact\n")
	if got := must(t, "contact", "import", cfg, "--client", "Nordic", plain); !strings.Contains(got, "0 updated, 1 unchanged") {
		t.Errorf("importing without the flags: %s", got)
	}
	if code, _, errs := call(t, "contact", "edit", cfg, "carl@nordic.example", "--grant", "+fly:high"); code != exitUsage || !strings.Contains(errs, "fly:high") {
		t.Errorf("an unknown capability: exit code %d, %s", code, errs)
	}
}

// R5: the list of clients warns of those who cannot decide by themselves.
func TestClientListWarns(t *testing.T) {
	t.Parallel()
	cfg := "--config=" + sqliteConfig(t)
	must(t, "client", "import", cfg, file(t, "clients.yaml", `clients:
  - name: Alone
    role_model: contact-levels
    domains: [alone.example]
    four_eyes: yes
    contacts: [{name: Anna Main, email: anna@alone.example, roles: [main_contact]}]
  - name: Nobody
    role_model: contact-levels
    domains: [nobody.example]
    contacts: [{name: Tom Tech, email: tom@nobody.example, roles: [technician]}]
  - name: Single
    role_model: contact-levels
    domains: [single.example]
    contacts: [{name: Mia Main, email: mia@single.example, roles: [main_contact]}]
  - name: Two
    role_model: contact-levels
    domains: [two.example]
    four_eyes: yes
    contacts: [{name: Ina Main, email: ina@two.example, roles: [main_contact]}, {name: Ole Main, email: ole@two.example, roles: [main_contact]}]
`))
	out := must(t, "client", "list", cfg)
	for client, want := range map[string]string{"Alone": "four-eyes is on and only one person may approve", "Nobody": "nobody may approve", "Single": "", "Two": ""} {
		got := ""
		for line := range strings.Lines(out) {
			if rest, ok := strings.CutPrefix(line, client+": "); ok {
				got = rest
			}
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q in\n%s", client, got, want, out)
		}
	}
	var all []struct {
		Name      string
		Approvers *int
		Warning   *string
	}
	if err := json.Unmarshal([]byte(must(t, "client", "list", cfg, "--json")), &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if want := map[string]int{"Alone": 1, "Nobody": 0, "Single": 1, "Two": 2}[c.Name]; c.Approvers == nil || *c.Approvers != want ||
			(c.Warning == nil) != (c.Name == "Single" || c.Name == "Two") {
			t.Errorf("%s: %v approvers, warning %v", c.Name, c.Approvers, c.Warning)
		}
	}
}
