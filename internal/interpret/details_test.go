package interpret_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
)

func ptr(s string) *string { return &s }

// TestDetails answers "Raj Patel: the role, the address, the reason" and the like.
func TestDetails(t *testing.T) {
	t.Parallel()
	raj := func(missing ...interpret.Field) *interpret.Asked {
		a := &interpret.Asked{Requests: []interpret.Request{{Action: interpret.AddUser, Name: ptr("Raj Patel")}}}
		for _, f := range missing {
			a.Missing = append(a.Missing, interpret.Missing{Request: 0, Field: f})
		}
		return a
	}
	nobody := &interpret.Asked{
		Requests: []interpret.Request{{Action: interpret.AddUser}},
		Missing:  []interpret.Missing{{Request: 0, Field: "name"}, {Request: 0, Field: "email"}, {Request: 0, Field: "roles"}, {Request: 0, Field: "reason"}},
	}
	two := &interpret.Asked{
		Requests: []interpret.Request{{Action: interpret.AddUser, Name: ptr("Raj Patel")}, {Action: interpret.AddUser, Name: ptr("Jane Doe")}},
		Missing:  []interpret.Missing{{Request: 0, Field: "roles"}, {Request: 1, Field: "roles"}, {Request: 1, Field: "email"}},
	}
	for _, c := range []struct {
		asked *interpret.Asked
		text  string
		want  string
		open  []interpret.Missing
	}{
		{raj("roles"), "Technician", "add_user Raj Patel <> [technician]", nil},
		{raj("roles"), "Technician, please.\n\nAnn", "add_user Raj Patel <> [technician]", nil},
		{raj("roles"), "Raj is a Technician.", "add_user Raj Patel <> [technician]", nil},
		{raj("roles"), "1. Technician", "add_user Raj Patel <> [technician]", nil},
		{raj("roles"), "Role: secondary contact", "add_user Raj Patel <> [secondary_contact]", nil},
		{raj("roles"), "He should be a secondary contact.", "add_user Raj Patel <> [secondary_contact]", nil},
		{raj("roles"), "Technician or Secondary Contact, you choose", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "roles"}}},
		{raj("roles"), "Not technician.", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "roles"}}},
		{raj("roles"), "What is a technician?", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "roles"}}},
		{raj("roles"), "I am a Main Contact myself and do not know.", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "roles"}}},
		{raj("email"), "raj@acme.example", "add_user Raj Patel <raj@acme.example> []", nil},
		{raj("email"), "His address is Raj.Patel@acme.example.", "add_user Raj Patel <raj.patel@acme.example> []", nil},
		{raj("email"), "It is raj@acme.example or rp@acme.example", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "email"}}},
		{raj("email"), "You can reach me at ann@acme.example", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "email"}}},
		{raj("email", "roles"), "raj@acme.example\nTechnician", "add_user Raj Patel <raj@acme.example> [technician]", nil},
		{raj("reason"), "He swaps our disks every Friday.", "add_user Raj Patel <> [] He swaps our disks every Friday", nil},
		{raj("reason"), "Reason: disk swaps", "add_user Raj Patel <> [] disk swaps", nil},
		{raj("reason"), "Why do you need that?", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "reason"}}},
		{nobody, "Raj Patel\nraj@acme.example\nTechnician\nDisk swaps", "add_user Raj Patel <raj@acme.example> [technician] Disk swaps", nil},
		{nobody, "Name: Raj Patel\nEmail: raj@acme.example\nRole: Technician\nReason: disk swaps", "add_user Raj Patel <raj@acme.example> [technician] disk swaps", nil},
		{raj("roles", "reason"), "Raj Patel: Secondary Contact, reason: night shift", "add_user Raj Patel <> [secondary_contact] night shift", nil},
		{raj("roles", "reason"), "Secondary Contact. He works the night shift.", "add_user Raj Patel <> [secondary_contact] He works the night shift", nil},
		{two, "Jane Doe: Secondary Contact, jane@acme.example, reason: night shift\nRaj Patel: Technician", "add_user Raj Patel <> [technician]\nadd_user Jane Doe <jane@acme.example> [secondary_contact] night shift", nil},
		{two, "1. Technician\n2. Secondary Contact, jane@acme.example", "add_user Raj Patel <> [technician]\nadd_user Jane Doe <jane@acme.example> [secondary_contact]", nil},
		{two, "Raj is a technician. Jane should be a secondary contact, her address is jane@acme.example.", "add_user Raj Patel <> [technician]\nadd_user Jane Doe <jane@acme.example> [secondary_contact]", nil},
		{two, "Raj Patel: Technician\nJane Doe: Secondary Contact, jane@acme.example", "add_user Raj Patel <> [technician]\nadd_user Jane Doe <jane@acme.example> [secondary_contact]", nil},
		{two, "    Name: Raj Patel\n    Role: Technician\n\n    Name: Jane Doe\n    Email: jane@acme.example\n    Role: Secondary", "add_user Raj Patel <> [technician]\nadd_user Jane Doe <jane@acme.example> [secondary_contact]", nil},
		{raj("email", "roles"), "Name: Raj Patel\nEmail: raj@acme.example\nRole: Technician", "add_user Raj Patel <raj@acme.example> [technician]", nil},
		{raj("email", "roles"), "Name: Raj Patel\nEmail:\nRole: Technician", "add_user Raj Patel <> [technician]", []interpret.Missing{{Request: 0, Field: "email"}}},
		{two, "Technician", "add_user Raj Patel <> []\nadd_user Jane Doe <> []", two.Missing},
		{raj("roles"), "> Technician", "add_user Raj Patel <> []", []interpret.Missing{{Request: 0, Field: "roles"}}},
	} {
		m := mail(c.text)
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: c.asked})
		if b := brief(got.Requests); b != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, b, c.want)
		}
		if c.open == nil {
			c.open = []interpret.Missing{}
		}
		if diff := cmp.Diff(c.open, got.Missing); diff != "" {
			t.Errorf("%q: missing (-want +got)\n%s", c.text, diff)
		}
		if got.Class != interpret.ClassReply || len(got.Decisions) != 0 {
			t.Errorf("%q: class %s, decisions %v", c.text, got.Class, got.Decisions)
		}
	}
}

func TestMissingJSON(t *testing.T) {
	t.Parallel()
	data, err := interpret.Missing{Request: 1, Field: interpret.FieldRoles}.MarshalJSON()
	if err != nil || string(data) != `[1,"roles"]` {
		t.Fatalf("%s, %v", data, err)
	}
	var back interpret.Missing
	if err := back.UnmarshalJSON(data); err != nil || back != (interpret.Missing{Request: 1, Field: interpret.FieldRoles}) {
		t.Fatalf("%v, %v", back, err)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]interpret.Missing{
		"Please add Jane Doe as technician.": {{Request: 0, Field: "email"}, {Request: 0, Field: "reason"}},
		"Please remove Raj Patel.":           {},
		"Please resend my invitation, the link is dead. Can I have a new invitation?": {},
		"Please change the role of Raj Patel.\n\nName: Raj Patel\nRole: boss":         {{Request: 0, Field: "roles"}},
	} {
		m := mail(text)
		m.Subject = "access"
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
		if diff := cmp.Diff(want, got.Missing); diff != "" {
			t.Errorf("%q: missing (-want +got)\n%s", text, diff)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	m := mail("Hello,\n\nName: Jane Doe\nEmail: jane@acme.example\nRole: tech\n")
	m.Subject = "access"
	got := interpret.Explain(interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Evidence: true}), m, "contact-levels")
	want := `From:    ann@acme.example
Subject: access
Model:   contact-levels
Class:   request (asks for access actions)

Request 1: add_user (a new person)
  name             Jane Doe
                     line 3, behind the label "Name"
  email            jane@acme.example
                     line 4, behind the label "Email"
  roles            technician
                     line 5: "Role: tech"
  reason           (missing)
                     no words of the mail say why; it is asked for
  not said, or not clearly: physical access, badge, company, escort, site, grants
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAnswerAsksForSomethingElse: what an answer asks for somebody else is no detail of the person asked about.
func TestAnswerAsksForSomethingElse(t *testing.T) {
	t.Parallel()
	asked := &interpret.Asked{
		Requests: []interpret.Request{{Action: interpret.AddUser, Name: ptr("Jane Doe")}},
		Missing:  []interpret.Missing{{Request: 0, Field: "email"}, {Request: 0, Field: "roles"}, {Request: 0, Field: "reason"}},
	}
	for text, want := range map[string]string{
		"Please send the invitation again to raj@acme.example":        "resend_invitation  <raj@acme.example> []",
		"Please change the role of Raj Patel to Technician.":          "change_role Raj Patel <> [technician]",
		"Please remove Raj Patel (raj@acme.example).":                 "remove_user Raj Patel <raj@acme.example> []",
		"Please also add Raj Patel (raj@acme.example) as Technician.": "add_user Raj Patel <raj@acme.example> [technician]",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: asked})
		if b := brief(got.Requests); b != want || got.Class != interpret.ClassRequest {
			t.Errorf("%q: %s %q, want %q", text, got.Class, b, want)
		}
	}
}
