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

// TestDetailsInLayouts answers questions about one and about two people as offices write it.
func TestDetailsInLayouts(t *testing.T) {
	t.Parallel()
	raj := interpret.Request{Action: interpret.AddUser, Name: ptr("Raj Patel")}
	jane := interpret.Request{Action: interpret.AddUser, Name: ptr("Jane Doe")}
	wei := interpret.Request{Action: interpret.AddUser, Name: ptr("王伟")}
	ask := func(fields []interpret.Field, people ...interpret.Request) *interpret.Asked {
		a := &interpret.Asked{Requests: people}
		for i := range people {
			for _, f := range fields {
				a.Missing = append(a.Missing, interpret.Missing{Request: i, Field: f})
			}
		}
		return a
	}
	role, roles := ask([]interpret.Field{"roles"}, raj), ask([]interpret.Field{"roles"}, raj, jane)
	both := "add_user Raj Patel <> [technician]\nadd_user Jane Doe <> [secondary_contact]"
	for _, c := range []struct {
		asked      *interpret.Asked
		text, want string
	}{
		{role, "Rwol: Tekniku\n\nGrazzi", "add_user Raj Patel <> [technician]"},
		{role, "Debe ser técnico.", "add_user Raj Patel <> [technician]"},
		{role, "Deve essere tecnico.", "add_user Raj Patel <> [technician]"},
		{role, "Пусть будет техник.", "add_user Raj Patel <> [technician]"},
		{role, "Teknisyen olsun.", "add_user Raj Patel <> [technician]"},
		{role, "技術者でお願いします。", "add_user Raj Patel <> [technician]"},
		{role, "役割は技術者です。", "add_user Raj Patel <> [technician]"},
		{role, "技术员，谢谢。", "add_user Raj Patel <> [technician]"},
		{role, "您好，角色选 Technician。", "add_user Raj Patel <> [technician]"},
		{role, "주소는 raj@acme.example 이고 역할은 기술자입니다.", "add_user Raj Patel <raj@acme.example> [technician]"},
		{role, "您好，角色选 Technician 还是 Secondary Contact？", "add_user Raj Patel <> []"},
		{role, "技術者ですか？", "add_user Raj Patel <> []"},
		{role, "技術者か副担当者です。", "add_user Raj Patel <> []"},
		{role, "No debe ser técnico.", "add_user Raj Patel <> []"},
		{role, "Position: Technician", "add_user Raj Patel <> [technician]"},
		{role, "Hola:\n\nPosition: Head of Facilities", "add_user Raj Patel <> []"},
		{ask([]interpret.Field{"roles", "reason"}, raj), "Role: Technician\nReason: swaps the disks of our storage systems in the\nwhole cage\n\nSee you soon", "add_user Raj Patel <> [technician] swaps the disks of our storage systems in the whole cage"},
		{roles, "Raj Patel\nRole: Technician\n\nJane Doe\nRole: Secondary contact", both},
		{roles, "Raj Patel\nTechnician\n\nJane Doe\nSecondary contact", both},
		{roles, "Hola:\n\nRaj Patel\ttécnico\nJane Doe\tcontacto secundario", both},
		{roles, "1. Raj Patel\n   Position: Technician\n2. Jane Doe\n   Position: Secondary contact", both},
		{roles, "Raj Patel\nJane Doe\nTechnician", "add_user Raj Patel <> []\nadd_user Jane Doe <> []"},
		{ask([]interpret.Field{"roles"}, raj, wei), "Raj Patel: 技术员\n王伟: 第二联系人", "add_user Raj Patel <> [technician]\nadd_user 王伟 <> [secondary_contact]"},
		{ask([]interpret.Field{"email"}, raj, jane), "jane@acme.example\nraj@acme.example", "add_user Raj Patel <raj@acme.example> []\nadd_user Jane Doe <jane@acme.example> []"},
		{ask([]interpret.Field{"email"}, raj, jane), "jane@acme.example\nj.doe@acme.example\nraj@acme.example", "add_user Raj Patel <raj@acme.example> []\nadd_user Jane Doe <> []"},
		{ask([]interpret.Field{"email"}, raj, jane), "one@acme.example\ntwo@acme.example", "add_user Raj Patel <> []\nadd_user Jane Doe <> []"},
	} {
		got := interpret.Read(mail(c.text), interpret.Context{Roles: models["contact-levels"], Asked: c.asked})
		if b := brief(got.Requests); b != c.want || got.Class != interpret.ClassReply {
			t.Errorf("%q: %s\n got %q\nwant %q", c.text, got.Class, b, c.want)
		}
	}
}
