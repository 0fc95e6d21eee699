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
	for _, args := range [][]string{{"parse", "--role-model", model, mail}} {
		if code, _, errs := call(t, args...); code != exitUsage || !strings.Contains(errs, `house.yaml:8: unknown role "king"`) {
			t.Errorf("%q: exit code %d\n%s", args, code, errs)
		}
	}
}
