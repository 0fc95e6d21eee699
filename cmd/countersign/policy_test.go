package main

import (
	"os"
	"strings"
	"testing"
)

const houseModel = `role_model: {id: house, title: House rules, version: "2"}
roles:
  - {id: keeper, title: Key Keeper, aliases: [keyholder], rank: 2, capabilities: ["ticket:any", "users:*"], approves: client}
  - {id: guest, title: House Guest, rank: 1, capabilities: ["ticket:technical"]}
rules:
  - id: H-1
    action: [add_user, remove_user]
    for: [keeper, guest]
    by: [keeper]
    stages: [client, staff]
    text: Key Keepers say who may come in.
  - {id: H-2, action: add_user, for: [guest], by: [guest], stages: [client, staff], text: Guests may bring guests.}
otherwise: {id: H-0, text: "As {level} you cannot ask this; please ask your {who}."}
`

const houseMail = `From: Kim <kim@acme.example>
To: support@provider.example
Subject: New user
Message-ID: <1@acme.example>

Please add Jane Doe, jane@acme.example, as a keyholder. She runs the new project.
`

// A provider's own model is read beside the built-in ones wherever clients, contacts and mails name roles.
func TestOwnRoleModel(t *testing.T) {
	t.Parallel()
	model := file(t, "house.yaml", houseModel)
	mail := file(t, "mail.eml", houseMail)
	if out := must(t, "parse", "--role-model", model, "--json", mail); !strings.Contains(out, `"keeper"`) {
		t.Errorf("the role is not read by its alias:\n%s", out)
	}
	path := sqliteConfig(t)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("role_models: [" + model + "]\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := "--config=" + path
	in := file(t, "clients.yaml", `clients:
  - name: Acme
    role_model: house
    domains: [acme.example]
    contacts: [{name: Kim Park, email: kim@acme.example, roles: [keeper]}]
`)
	must(t, "client", "import", cfg, in)
	must(t, "contact", "add", cfg, "--client=Acme", "--name=Lea", "--email=lea@acme.example", "--role=guest")
	if code, _, errs := call(t, "contact", "add", cfg, "--client=Acme", "--name=Al", "--email=al@acme.example", "--role=technician"); code != exitUsage ||
		!strings.Contains(errs, "keeper, guest") {
		t.Errorf("a role of another model: exit code %d\n%s", code, errs)
	}
}

// A file that is wrong is refused with its line, whichever command reads it.
func TestBadRoleModel(t *testing.T) {
	t.Parallel()
	model := file(t, "house.yaml", strings.Replace(houseModel, "for: [keeper, guest]", "for: [keeper, king]", 1))
	mail := file(t, "mail.eml", houseMail)
	for _, args := range [][]string{{"parse", "--role-model", model, mail}, {"policy", "show", "--role-model", model},
		{"policy", "explain", "--role-model", model, "--as", "keeper", "--action", "add_user"}, {"policy", "test", "--role-model", model, cases(t)}} {
		if code, _, errs := call(t, args...); code != exitUsage || !strings.Contains(errs, `house.yaml:8: unknown role "king"`) {
			t.Errorf("%q: exit code %d\n%s", args, code, errs)
		}
	}
}

func cases(t *testing.T) string {
	t.Helper()
	return file(t, "cases.yaml", `role_model: house
cases:
  - row: H-1
    name: A Key Keeper lets a guest in
    as: keeper
    action: add_user
    subject: guest
    answer: yes
    rule: H-1
    approved_by: [staff]
  - row: H-2
    name: A guest brings a guest, and nobody minds
    as: guest
    action: add_user
    subject: guest
    answer: yes
    approved_by: []
`)
}

func TestPolicyShow(t *testing.T) {
	t.Parallel()
	model := file(t, "house.yaml", houseModel)
	for _, c := range []struct{ format, want string }{
		{"text", "(Key Keeper), then support team"}, {"markdown", "| (Key Keeper), then support team |"}, {"html", "<td>(Key Keeper), then support team</td>"},
	} {
		if out := must(t, "policy", "show", "--role-model", model, "--format", c.format); !strings.Contains(out, c.want) {
			t.Errorf("%s does not say %q:\n%s", c.format, c.want, out)
		}
	}
	if code, _, errs := call(t, "policy", "show", "--role-model", "contact-level"); code != exitUsage || !strings.Contains(errs, "contact-levels") {
		t.Errorf("an unknown model: exit code %d\n%s", code, errs)
	}
}

func TestPolicyExplain(t *testing.T) {
	t.Parallel()
	args := func(a ...string) []string {
		return append([]string{"policy", "explain", "--role-model", "contact-levels"}, a...)
	}
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"yes", args("--as=secondary_contact", "--action=add_user", "--subject=technician"), []string{
			"YES, by CL-06", "stage client: a Main Contact of the client", "stage security: the provider's security team",
			"CL-03  does not speak: it speaks to main_contact", "CL-06  allows:"}},
		{"no", args("--as=technician", "--action=change_role", "--self", "--becomes=main_contact"), []string{
			"NO, by CL-11", "who may ask it   Main Contact\n", "CL-11  refuses:"}},
		{"own", args("--as=main_contact", "--action=add_user", "--subject=main_contact"), []string{
			"stage client is left out", "approving power moves"}},
		{"grant", args("--as=main_contact", "--action=add_user", "--subject=technician", "--grant=-users:*"), []string{
			"NO, by CL-22", "it wants the capability users:request", "CL-22  refuses, since nothing above allows it"}},
		{"json", args("--as=technician", "--action=add_user", "--json"), []string{`"allowed": false`, `"rule": "CL-11"`, `"applies": true`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := must(t, c.args...)
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
	for _, bad := range [][]string{args("--as=king", "--action=add_user"), args("--as=technician", "--action=dance"), args("--as=technician", "--action=add_user", "--grant=fly"),
		args("--as=technician", "--action=change_details", "--details=shoe")} {
		if code, _, errs := call(t, bad...); code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", bad, code, errs)
		}
	}
}

func TestPolicyTest(t *testing.T) {
	t.Parallel()
	if out := must(t, "policy", "test", "--role-model", "contact-levels"); !strings.Contains(out, " 0 wrong") {
		t.Errorf("the shipped cases:\n%s", out)
	}
	model, in := file(t, "house.yaml", houseModel), cases(t)
	code, out, errs := call(t, "policy", "test", "--role-model", model, in)
	if code != exitFailed || !strings.Contains(out, "cases.yaml:11: [H-2] A guest brings a guest, and nobody minds\n    approved_by   want []\n                  got  [client, staff]\n") ||
		!strings.Contains(out, "house: 2 cases, 1 wrong") || !strings.Contains(errs, "1 of 2") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, _ := call(t, "policy", "test", "--json", "--role-model", model, in); code != exitFailed || !strings.Contains(out, `"got": "[client, staff]"`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, bad := range [][]string{{}, {"--role-model", model}, {"--role-model", "contact-levels", in}, {in}, {in + ".absent"}} {
		if code, _, errs := call(t, append([]string{"policy", "test"}, bad...)...); code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", bad, code, errs)
		}
	}
}
