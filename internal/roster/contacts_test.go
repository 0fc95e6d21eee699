package roster

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// clients are those that exist already.
var clients = map[string]KnownClient{
	"acme colo":    {RoleModel: "contact-levels", Domains: []string{"acme.example"}},
	"beta hosting": {RoleModel: "account-contacts", Domains: []string{"beta.example"}},
}

func target(client string) Target {
	return Target{
		Client: client,
		Find:   func(name string) (KnownClient, bool) { c, ok := clients[strings.ToLower(name)]; return c, ok },
		Roles:  knownRoles,
		Grants: knownGrants, Languages: knownLanguages,
	}
}

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Format{"a.csv": CSV, "dir.yaml/A.CSV": CSV, "a.tsv": CSV, "a.yml": YAML, "a.b.yaml": YAML} {
		if got, err := FormatOf(name); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"contacts", "contacts.xlsx", ""} {
		if got, err := FormatOf(name); err == nil {
			t.Errorf("%q is %q, want an error", name, got)
		}
	}
}

func contact(line int, name, local string, roles ...string) Contact {
	return Contact{Line: line, Client: "Acme Colo", Name: name, Email: address(local, "acme.example"),
		Roles: roles, Kind: "person"}
}

func TestParseContacts(t *testing.T) {
	t.Parallel()
	maria := contact(2, "Maria", "maria", "main_contact")
	for name, tc := range map[string]struct {
		format Format
		text   string
		want   []Contact
	}{
		"yaml": {YAML, "contacts:\n  - {name: Maria, email: maria@acme.example, roles: [main_contact]}\n", []Contact{maria}},
		"csv":  {CSV, "name,email,roles\nMaria,maria@acme.example,main_contact\n", []Contact{maria}},
		"all-columns": {CSV, "client,name,email,roles,kind,language,badge\nACME Colo,Night Shift,noc@acme.example,technician; secondary_contact,Shared,DE,active\n",
			[]Contact{{Line: 2, Client: "ACME Colo", Name: "Night Shift", Email: address("noc", "acme.example"),
				Roles: []string{"technician", "secondary_contact"}, Kind: "shared", Language: "de", Badge: "active"}}},
		"any-order-any-case":  {CSV, " Roles , EMAIL,Name\nmain_contact,maria@acme.example,Maria\n", []Contact{maria}},
		"byte-order-mark":     {CSV, "\ufeffname,email,roles\nMaria,maria@acme.example,main_contact\n", []Contact{maria}},
		"windows-lines":       {CSV, "name,email,roles\r\nMaria,maria@acme.example,main_contact\r\n", []Contact{maria}},
		"no-final-line-end":   {CSV, "name,email,roles\nMaria,maria@acme.example,main_contact", []Contact{maria}},
		"semicolons":          {CSV, "name;email;roles\nMaria;maria@acme.example;\"main_contact;technician\"\n", []Contact{contact(2, "Maria", "maria", "main_contact", "technician")}},
		"semicolons-commas":   {CSV, "name;email;roles\nMaria;maria@acme.example;main_contact, technician\n", []Contact{contact(2, "Maria", "maria", "main_contact", "technician")}},
		"tabs-and-empty-cell": {CSV, "name\tkind\temail\troles\nMaria\t\tmaria@acme.example\tmain_contact\n", []Contact{maria}},
		"excel-sep":           {CSV, "sep=;\nname;email;roles\nMaria;maria@acme.example;main_contact\n", []Contact{contact(3, "Maria", "maria", "main_contact")}},
		"blank-before-quote":  {CSV, "name, email, roles\nMaria, \"maria@acme.example\", \"main_contact\"\n", []Contact{maria}},
		"quoted":              {CSV, "name,email,roles\n\"Lindqvist, Maria \"\"Mia\"\"\",maria@acme.example,main_contact\n", []Contact{contact(2, `Lindqvist, Maria "Mia"`, "maria", "main_contact")}},
		"header-in-quotes":    {CSV, "\"name\",\"email\",\"roles\"\nMaria,maria@acme.example,main_contact\n", []Contact{maria}},
		"lines-of-a-spreadsheet": {CSV, "\n,,\nname,email,roles\n\n,,\nMaria,maria@acme.example,\"main_contact\n;technician\"\n\nBo,bo@acme.example,technician\n",
			[]Contact{contact(6, "Maria", "maria", "main_contact", "technician"), contact(9, "Bo", "bo", "technician")}},
		"empty-edges":       {CSV, "name,email,roles,,\nMaria,maria@acme.example,main_contact,,\n", []Contact{maria}},
		"short-line":        {CSV, "name,email,roles,kind,language\nMaria,maria@acme.example,main_contact\n", []Contact{maria}},
		"no-break-space":    {CSV, "name,email,roles\nMaria\u00a0,maria@acme.example,main_contact\n", []Contact{maria}},
		"separator-doubled": {CSV, "name,email,roles\nMaria,maria@acme.example,;main_contact; ;\n", []Contact{maria}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseContacts("c", []byte(tc.text), tc.format, target("Acme Colo"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&ContactFile{Contacts: tc.want}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Both formats take contacts of several clients, each checked against its own.
func TestContactsOfSeveralClients(t *testing.T) {
	t.Parallel()
	for format, text := range map[Format]string{
		CSV: "client,name,email,roles\nAcme Colo,M,m@acme.example,technician\nBeta Hosting,M,m@acme.example,billing\n",
		YAML: "contacts:\n- {client: Acme Colo, name: M, email: m@acme.example, roles: [technician]}\n" +
			"- {client: Beta Hosting, name: M, email: m@acme.example, roles: [billing]}\n",
	} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			got, err := ParseContacts("c", []byte(text), format, target(""))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Contacts) != 2 || got.Contacts[1].Client != "Beta Hosting" {
				t.Errorf("contacts %v", got.Contacts)
			}
			if len(got.Warnings) != 1 || !strings.HasSuffix(got.Warnings[0], "email: m@acme.example is not in the client's domains (beta.example)") {
				t.Errorf("warnings %q, want one of the address outside beta.example", got.Warnings)
			}
		})
	}
}

func TestParseContactsProblems(t *testing.T) {
	t.Parallel()
	const header = "name,email,roles,client,kind,language,badge\n"
	for name, tc := range map[string]struct {
		format Format
		client string
		text   string
		want   []string
	}{
		"empty":           {CSV, "Acme Colo", "", []string{"c:1: the first line must name the columns: name, email, roles, client, kind, language, badge, physical_access, lead, portal, grants"}},
		"header-only":     {CSV, "Acme Colo", header, []string{"c:1: the file names no contacts"}},
		"yaml-empty-list": {YAML, "Acme Colo", "contacts: []\n", []string{"c:1: contacts: the file names no contacts"}},
		"utf-16":          {CSV, "Acme Colo", "\xff\xfen\x00a\x00", []string{"c:1: the file is UTF-16; save it as CSV in UTF-8"}},
		"windows-1252":    {CSV, "Acme Colo", header + "B\xfccher,b@acme.example,technician\n", []string{"c:2: the file is not UTF-8; save it as CSV in UTF-8"}},
		"columns": {CSV, "Acme Colo", "name,mail,roles,roles\nx\n", []string{
			`c:1: "mail" is no column that is known; the first line must name them: name, email, roles, client, kind, language, badge, physical_access, lead, portal, grants`,
			"c:1: roles: the column stands here twice; remove one",
			"c:1: email: the column is missing; the first line must name it",
		}},
		"all-at-once": {CSV, "Acme Colo", header +
			",b,boss,,robot,fr,lost\n" +
			"C,,,,,,\n" +
			"D,d@acme.example,technician,,,,\n" +
			"E,D@acme.example,technician,,,,\n" +
			"F,f@acme.example,technician,Beta Hosting,,,\n", []string{
			`c:2: kind: "robot" is not known; write person or shared`,
			`c:2: badge: "lost" is not known; write none or active`,
			`c:2: email: "b" is no address such as maria@acme.example: the @ is missing`,
			"c:2: name: missing; give a name",
			`c:2: language: there are no mails in "fr"; write en or de, or leave it out`,
			`c:2: roles: "boss" is no role of contact-levels; write main_contact, secondary_contact or technician`,
			"c:3: roles: missing; give one or more of main_contact, secondary_contact, technician",
			"c:3: email: missing; give the contact's address",
			"c:5: email: D@acme.example stands already in line 4; keep one contact for each address",
			"c:6: client: the contact is for Beta Hosting, but --client says Acme Colo; remove one of them",
			`c:6: roles: "technician" is no role of account-contacts; write account_owner, billing, support or account_administrator`,
		}},
		"clients": {CSV, "", header + "A,a@acme.example,technician,,,,\nB,b@acme.example,technician,Gamma,,,\n", []string{
			"c:2: client: missing; name the client of the contact, or one for the whole file with --client",
			`c:3: client: there is no client "Gamma"; add it first, or mend its name`,
		}},
		"yaml-clients": {YAML, "", "contacts:\n- {name: A, email: a@acme.example, roles: [technician]}\n- {name: B, email: b@acme.example, roles: [technician], client: Gamma}\n", []string{
			"c:2: contacts[0].client: missing; name the client of the contact, or one for the whole file with --client",
			`c:3: contacts[1].client: there is no client "Gamma"; add it first, or mend its name`,
		}},
		"unknown-client-option": {CSV, "Gamma", header + "A,a@acme.example,technician,,,,\n", []string{`c:2: client: there is no client "Gamma"; add it first, or mend its name`}},
		"too-many-cells": {CSV, "Acme Colo", "name;email;roles\nA;a@acme.example;main_contact;technician\n",
			[]string{`c:2: there is no column for "technician"; a cell that holds the character between cells must stand in quotes`}},
		"quotes-then-more": {CSV, "Acme Colo", "name,email,roles\nA \"B\",a@acme.example,technician\nC,c,technician\n", []string{
			"c:2: the quotes are not in order; put the whole cell in quotes and double those inside it",
			`c:3: email: "c" is no address such as maria@acme.example: the @ is missing`,
		}},
		"open-quote": {CSV, "Acme Colo", "name,email,roles\nA,a@acme.example,\"technician\nB,b@acme.example,technician\n",
			[]string{"c:2: the quotes are not in order; put the whole cell in quotes and double those inside it"}},
		"name-of-two-lines": {CSV, "Acme Colo", "name,email,roles\n\"A\nBcc: x\",a@acme.example,technician\nB,b,technician\n", []string{
			"c:2: name: no line breaks or invisible characters may stand in a name",
			`c:4: email: "b" is no address such as maria@acme.example: the @ is missing`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := ParseContacts("c", []byte(tc.text), tc.format, target(tc.client))
			checkProblems(t, err, tc.want)
			if file != nil {
				t.Errorf("a wrong file gave %v", file)
			}
		})
	}
}

// What is accepted is complete and points to a line of the file that holds its address.
func FuzzParseContactsCSV(f *testing.F) {
	for _, text := range []string{
		"name,email,roles\nMaria,maria@acme.example,main_contact\n",
		"\ufeffsep=;\r\nname;email;roles;client\r\n\"A;B\";a@acme.example;\"main_contact;technician\";Acme Colo\r\n",
		"name\temail\troles\n\"a\nb\"\tb@acme.example\ttechnician\n",
		"name,email,roles\n\"open\n", "\xff\xfe", "\"\n", ",,\n\n", "sep=",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseContacts("c.csv", data, CSV, target("Acme Colo"))
		if (err == nil) != (file != nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without text")
			}
			return
		}
		if len(file.Contacts) == 0 {
			t.Fatal("neither contacts nor an error")
		}
		lines := strings.Count(string(data), "\n") + 1
		previous, seen := 1, map[string]bool{}
		for _, c := range file.Contacts {
			key := c.Email.Key()
			if c.Name == "" || strings.ContainsAny(c.Name, "\r\n") || key == "" || len(c.Roles) == 0 || c.Client == "" || seen[key] {
				t.Fatalf("accepted %+v", c)
			}
			if c.Line <= previous || c.Line > lines {
				t.Fatalf("line %d after %d of %d", c.Line, previous, lines)
			}
			previous, seen[key] = c.Line, true
		}
	})
}
