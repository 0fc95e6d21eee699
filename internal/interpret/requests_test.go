package interpret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// brief writes requests as "action name <email> [roles] reason", one a line.
func brief(requests []interpret.Request) string {
	var out []string
	for _, q := range requests {
		line := fmt.Sprintf("%s %s <%s> %v", q.Action, str(q.Name), str(q.Email), q.Roles)
		if q.Reason != nil {
			line += " " + *q.Reason
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// Labels and lists.
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nReason: rack work":                                                          "add_user Jane Doe <jane@acme.example> [technician] rack work",
		"Full Name: Jane Doe, Email: jane@acme.example, Role: Technician, Reason: rack work":                                                     "add_user Jane Doe <jane@acme.example> [technician] rack work",
		"**Full Name:** Jane Doe\n**Company Email Address:** jane@acme.example\n**Desired Role:** Main Contact":                                  "add_user Jane Doe <jane@acme.example> [main_contact]",
		"Full Name\nJane Doe\n\nCompany Email Address\njane@acme.example\n\nDesired Role\nSecondary\n":                                           "add_user Jane Doe <jane@acme.example> [secondary_contact]",
		"Name | Email | Role\nJane Doe | jane@acme.example | Technician\nRaj Patel | raj@acme.example | 2nd contact\n":                           "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [secondary_contact]",
		"Nom : DOE Jane\nCourriel : jane@acme.example\nRôle : technicien":                                                                        "add_user Jane Doe <jane@acme.example> [technician]",
		"氏名: 佐藤 健一\nメールアドレス: sato@acme.example\n役割: Technician\n理由: 定期点検":                                                                        "add_user 佐藤 健一 <sato@acme.example> [technician] 定期点検",
		"Jane Doe\njane@acme.example\nTechnician\nrack work":                                                                                     "add_user Jane Doe <jane@acme.example> [technician] rack work",
		"New user: Jane Doe / jane@acme.example / Technician / rack work":                                                                        "add_user Jane Doe <jane@acme.example> [technician] rack work",
		"Please add:\n\n1. Jane Doe, jane@acme.example, Technician, rack work\n2. Raj Patel <raj@acme.example>, Secondary Contact, project lead": "add_user Jane Doe <jane@acme.example> [technician] rack work\nadd_user Raj Patel <raj@acme.example> [secondary_contact] project lead",
		"Please add the following user as Technician:\n\nName: Jane Doe\nEmail: jane@acme.example":                                               "add_user Jane Doe <jane@acme.example> [technician]",
		"Please remove the following user:\n\nName: Raj Patel\nEmail: raj@acme.example":                                                          "remove_user Raj Patel <raj@acme.example> []",
		"Please remove:\n\n Raj Patel\n Jane Doe (jane@acme.example)\n":                                                                          "remove_user Raj Patel <> []\nremove_user Jane Doe <jane@acme.example> []",
		// What is doubtful stays empty.
		"Name: Jane Doe\nEmail: ann@acme.example\nRole: Technician":                              "add_user Jane Doe <> [technician]",
		"Name: Jane Doe\nEmail: jane@acme.example or jd@acme.example\nRole: Technician":          "add_user Jane Doe <> [technician]",
		"Name: Jane Doe\nEmail: jane@acme.example\nEmail: jd@acme.example\nRole: Technician":     "add_user Jane Doe <> [technician]",
		"Name: Jane Doe\nEmail: jane@acme\nRole: Technician / Secondary Contact":                 "add_user Jane Doe <> []",
		"Name: the new guy\nEmail: will follow\nRole: Technician\nReason: tbd":                   "add_user  <> [technician]",
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: Lead Technician":                        "add_user Jane Doe <jane@acme.example> []",
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: full access":                            "add_user Jane Doe <jane@acme.example> []",
		"Please add jane@acme.example as technician or secondary contact.":                       "add_user  <jane@acme.example> []",
		"Could you add Jane as a technician? jane.doe@acme.example":                              "add_user  <jane.doe@acme.example> [technician]",
		"Please add Jane Doe as technician. If in doubt ask Peter Parker at peter@acme.example.": "add_user Jane Doe <> [technician]",
		"Could you add Jane Doe as technician? You can reach me at ann@acme.example.":            "add_user Jane Doe <> [technician]",
		"Please make Jane Doe a technician and not a secondary contact.":                         "add_user Jane Doe <> [technician]",
		// Prose.
		"Please add Jane Doe <jane@acme.example> as Secondary Contact, she takes over the Oslo project.":                                                            "add_user Jane Doe <jane@acme.example> [secondary_contact] she takes over the Oslo project",
		"Please add Jane Doe (jane@acme.example) as Technician and Raj Patel (raj@acme.example) as Secondary Contact.":                                              "add_user Jane Doe <jane@acme.example> [technician]\nadd_user Raj Patel <raj@acme.example> [secondary_contact]",
		"Hi, Acme Corp hired a new technician, Jane Doe. Please add her (jane@acme.example). She will maintain the PDUs.":                                           "add_user Jane Doe <jane@acme.example> [technician] She will maintain the PDUs",
		"Hi, remove Raj Patel please. He left the company.":                                                                                                         "remove_user Raj Patel <> [] He left the company",
		"Raj Patel (raj@acme.example) has left us. Please delete his account.":                                                                                      "remove_user Raj Patel <raj@acme.example> [] has left us",
		"Please change Raj Patel to Technician.":                                                                                                                    "change_role Raj Patel <> [technician]",
		"Please promote Raj Patel (raj@acme.example) from Technician to Main Contact.":                                                                              "change_role Raj Patel <raj@acme.example> [main_contact]",
		"Please resend the invitation to jane@acme.example.":                                                                                                        "resend_invitation  <jane@acme.example> []",
		"My invitation has expired, can I have a new invitation?":                                                                                                   "resend_invitation  <> [] My invitation has expired",
		"bitte fügen Sie Frau Jana Müller (jana.mueller@acme.example) als Technikerin hinzu.":                                                                       "add_user Jana Müller <jana.mueller@acme.example> [technician]",
		"Please do what Bob asks below.\n\nFrom: Bob Ray <bob@acme.example>\nSent: Monday\nTo: Ann Lee\n\nPlease add Jane Doe (jane@acme.example) as a technician.": "add_user Jane Doe <jane@acme.example> [technician]",
		// No requests.
		"Merci de ne pas ajouter Luc Dupont (luc@acme.example) comme technicien.":                                                                                "",
		"Por favor no den de alta a Luis Gil (luis@acme.example) como técnico.":                                                                                  "",
		"How do I add Jane Doe (jane@acme.example) as a technician? Please advise.":                                                                              "",
		"Can Jane Doe (jane@acme.example) be a technician and a main contact at the same time?":                                                                  "",
		"Please confirm that Jane Doe (jane@acme.example) has been added as Technician.":                                                                         "",
		"Please tell me whether Jane Doe (jane@acme.example) is a technician.":                                                                                   "",
		"Please ignore my request to add Jane Doe (jane@acme.example) as technician.":                                                                            "",
		"Thanks for adding Jane Doe (jane@acme.example) as technician. Please close the ticket.":                                                                 "",
		"Please do not remove Raj Patel, he stays.":                                                                                                              "",
		"Please don't add Jane Doe (jane@acme.example) as technician yet.":                                                                                       "",
		"Yesterday I asked you to add Jane Doe (jane@acme.example) as technician. What is the status?":                                                           "",
		"Could you please send the invoice to Jane Doe (jane@acme.example)?":                                                                                     "",
		"Please set up a meeting with Jane Doe (jane@acme.example).":                                                                                             "",
		"Please resend the invoice to jane@acme.example.":                                                                                                        "",
		"We need help: Jane Doe (jane@acme.example), our technician, cannot enter the cage.":                                                                     "",
		"Please put the parcel for Jane Doe (jane@acme.example) into storage.":                                                                                   "",
		"> Please add Jane Doe (jane@acme.example) as technician.":                                                                                               "",
		"Is the mail below from you?\n\nFrom: Bob Ray <bob@evil.example>\nSent: Monday\nTo: Ann Lee\n\nPlease add Jane Doe (jane@evil.example) as a technician.": "",
		"-- \nName: Jane Doe\nEmail: jane@acme.example\nRole: Technician":                                                                                        "",
	} {
		m := mail(text)
		m.Subject = "access"
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
		if b := brief(got.Requests); b != want {
			t.Errorf("%q:\n got %q\nwant %q", text, b, want)
		}
		wantClass := interpret.ClassRequest
		if want == "" {
			wantClass = interpret.ClassOther
		}
		if got.Class != wantClass {
			t.Errorf("%q: class %s, want %s", text, got.Class, wantClass)
		}
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Please cancel my request to add Jane Doe (jane@acme.example) as technician.": "cancel",
		"What is the status?":              "status",
		"STOP":                             "stop",
		"Should I cancel my request?":      "",
		"Please do not cancel my request.": "",
	} {
		got := ""
		for _, c := range interpret.Read(mail(text), interpret.Context{Asked: onePerson}).Commands {
			got += c.Name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestOwnSignatureIsNobody: the sender's card never fills in the new user's data.
func TestOwnSignatureIsNobody(t *testing.T) {
	t.Parallel()
	m := mail("Please add Jane Doe as a technician.\n\nAnn Lee\nIT Manager\nann.private@acme.example\n")
	m.Subject = "access"
	got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
	if b := brief(got.Requests); b != "add_user Jane Doe <> [technician]" {
		t.Errorf("got %q", b)
	}
}

func TestTextAndHTMLDifferInAddress(t *testing.T) {
	t.Parallel()
	m := mail("Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\n")
	m.HTMLText = "Name: Jane Doe\nEmail: eve@evil.example\nRole: Main Contact\n"
	m.Subject = "access"
	got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]})
	if b := brief(got.Requests); b != "add_user Jane Doe <> []" {
		t.Errorf("got %q", b)
	}
}

func TestClasses(t *testing.T) {
	t.Parallel()
	field := func(name, body string) []message.Field { return []message.Field{{Name: name, Body: body}} }
	daemon := message.Mailbox{Address: mailaddr.Address{Local: "MAILER-DAEMON", Domain: "mx.acme.example"}}
	for name, c := range map[string]struct {
		change func(*message.Message)
		want   interpret.Class
	}{
		"person":             {func(*message.Message) {}, interpret.ClassRequest},
		"auto-submitted":     {func(m *message.Message) { m.Fields = field("Auto-Submitted", "auto-replied (vacation)") }, interpret.ClassAuto},
		"auto-submitted: no": {func(m *message.Message) { m.Fields = field("auto-submitted", "no") }, interpret.ClassRequest},
		"bulk":               {func(m *message.Message) { m.Fields = field("Precedence", "Bulk") }, interpret.ClassAuto},
		"list":               {func(m *message.Message) { m.Fields = field("List-Id", "<a.acme.example>") }, interpret.ClassAuto},
		"null return path":   {func(m *message.Message) { m.Fields = field("Return-Path", "<>") }, interpret.ClassAuto},
		"receipt": {func(m *message.Message) {
			m.Fields = field("Content-Type", "multipart/report; report-type=disposition-notification")
		}, interpret.ClassAuto},
		"out of office":       {func(m *message.Message) { m.Subject = "Automatische Antwort: Re: x" }, interpret.ClassAuto},
		"delivery report":     {func(m *message.Message) { m.Report = &message.DeliveryReport{} }, interpret.ClassBounce},
		"free-form bounce":    {func(m *message.Message) { m.Author, m.Subject = daemon, "failure notice" }, interpret.ClassBounce},
		"subject of a bounce": {func(m *message.Message) { m.Subject = "failure notice" }, interpret.ClassRequest},
	} {
		m := mail("Please add Jane Doe (jane@acme.example) as technician.")
		m.Subject = "access"
		c.change(m)
		if got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Class; got != c.want {
			t.Errorf("%s: class %s, want %s", name, got, c.want)
		}
	}
}

// TestAutomaticMailDecidesNothing: an out-of-office answer to an approval mail is no reply.
func TestAutomaticMailDecidesNothing(t *testing.T) {
	t.Parallel()
	m := mail("APPROVE")
	m.Fields = []message.Field{{Name: "Auto-Submitted", Body: "auto-replied"}}
	got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: onePerson})
	if got.Class != interpret.ClassAuto || len(got.Decisions) != 0 {
		t.Errorf("class %s, decisions %v", got.Class, got.Decisions)
	}
}
