package interpret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// further writes the fields of a request beyond the required ones, those that are said.
func further(q interpret.Request) string {
	var out []string
	for _, x := range []struct {
		name string
		v    *bool
	}{{"physical_access", q.PhysicalAccess}, {"badge", q.Badge}, {"escort", q.Escort}} {
		if x.v != nil {
			out = append(out, fmt.Sprintf("%s=%v", x.name, *x.v))
		}
	}
	for _, x := range []struct {
		name string
		v    *string
	}{{"company", q.Company}, {"site", q.Site}, {"starts", q.Starts}, {"ends", q.Ends}} {
		if x.v != nil {
			out = append(out, x.name+"="+*x.v)
		}
	}
	return strings.Join(out, " ")
}

func TestFurtherFields(t *testing.T) {
	t.Parallel()
	person := "Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\n"
	two := person + "%s\n\nName: Raj Patel\nEmail: raj@acme.example\nRole: Technician\n"
	for text, want := range map[string]string{
		person + "Physical access: yes":                                                    "physical_access=true",
		person + "Physical access: No.":                                                    "physical_access=false",
		person + "Physical access: yes (night shift)":                                      "physical_access=true",
		person + "Physischer Zutritt: nein\nAusweis: ja\nFirma: Muster AG":                 "physical_access=false badge=true company=Muster AG",
		person + "Physical access: [x] yes [ ] no":                                         "physical_access=true",
		person + "Physical access: ☐ yes ☑ no":                                             "physical_access=false",
		person + "Physical access: yes [ ] no [x]":                                         "physical_access=false",
		person + "Physical access:\n[ ] yes\n[x] no":                                       "physical_access=false",
		person + "[x] Physical access\n[ ] Badge":                                          "physical_access=true badge=false",
		person + "Company: Acme Ltd\nSite: FRA2":                                           "company=Acme Ltd site=FRA2",
		"Please add Jane Doe (jane@acme.example) as Technician with physical access.":      "physical_access=true",
		"Please add Jane Doe (jane@acme.example) as Technician, no physical access.":       "physical_access=false",
		"Please add Jane Doe (jane@acme.example) as Technician. Badge not needed for now.": "badge=false",
		"Name | Email | Role | Physical access\nJane Doe | jane@acme.example | Technician | yes\nRaj Patel | raj@acme.example | Technician | no": "physical_access=true / physical_access=false",
		fmt.Sprintf(two, "Physical access: yes") + "Physical access: no":                                                                         "physical_access=true / physical_access=false",
		fmt.Sprintf(two, "Physical access: yes"):                                                                                                 "physical_access=true / ",
		// Not clear.
		person + "Physical access: tbd":                                                            "",
		person + "Physical access: yes, but only later":                                            "",
		person + "Physical access: [x] yes [x] no":                                                 "",
		person + "Physical access: [ ] yes [ ] no":                                                 "",
		person + "Physical access: yes\nPhysical access: no":                                       "",
		person + "[ ] Badge":                                                                       "",
		person + "Company: n/a\nSite: ?":                                                           "",
		fmt.Sprintf(two, "") + "\nPhysical access: yes":                                            " / ",
		"Please add Jane Doe (jane@acme.example) as Technician. Does she need physical access?":    "",
		"Please add Jane Doe (jane@acme.example) as Technician, maybe with physical access later.": "",
		// Visits.
		"We would like to announce a visit.\n\nVisitor: Jane Doe\nReason: audit\nStart: 1 December 2026 09:00\nEnd: 1 December 2026 17:00\nEscort: required": "escort=true starts=2026-12-01T09:00 ends=2026-12-01T17:00",
		"We would like to announce a visit.\n\nVisitor: Jane Doe\nReason: audit\nArrival: 2026-12-01 09:00\nDeparture: 11:00":                                "starts=2026-12-01T09:00 ends=2026-12-01T11:00",
		"We would like to announce a visit.\n\nVisitor: Jane Doe\nReason: audit\nStart: 02/03/2026 09:00":                                                    "",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]})
		var list []string
		for _, q := range got.Requests {
			list = append(list, further(q))
		}
		if s := strings.Join(list, " / "); s != want || len(got.Requests) == 0 {
			t.Errorf("%q:\nread %q\nwant %q", text, s, want)
		}
	}
}

func TestCommandWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"STOP":                                   "stop",
		"Stop\n\nI approve no more.":             "stop",
		"Stop sending this to Bob, he is on it.": "",
		"Please cancel this request.":            "cancel",
		"How do I cancel my request?":            "",
		"I withdraw my request.":                 "cancel",
		"What is the status of my request?":      "status",
		"Bitte ändern Sie meine E-Mail-Adresse in ann.lee@acme.example.":    "change_details",
		"Could you please change my email address to ann.lee@acme.example?": "change_details",
		"I would like to hand over my role to Jane Doe.":                    "hand_over",
		"Delegate my approvals to Jane Doe until 1 December 2026.":          "delegate",
		"Please end my delegation.":                                         "delegate",
		"Hi, I can't log in to the portal since yesterday.":                 "sign_in_help",
		"J'ai oublié mon mot de passe.":                                     "sign_in_help",
		"I do not want to cancel my request.":                               "",
		"Please do not change my email address.":                            "",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]})
		var list []string
		for _, c := range got.Commands {
			list = append(list, c.Name)
		}
		if s := strings.Join(list, " "); s != want {
			t.Errorf("%q: commands %q, want %q", text, s, want)
		}
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"We see packet loss on our uplink since noon.":                              "technical",
		"Unser Server ist nicht mehr erreichbar, bitte prüfen.":                     "technical",
		"The pallet comes on Monday; the courier will call at the loading dock.":    "operational",
		"Please power-cycle the server in rack 4 and check the LEDs.":               "assistance",
		"Merci de redémarrer le serveur de la baie 12.":                             "assistance",
		"We would like to order another rack, please send us a quote.":              "service_order",
		"Hiermit kündigen wir den Vertrag fristgerecht.":                            "service_cancel",
		"Queremos rescindir el contrato a fin de mes.":                              "service_cancel",
		"The invoice of November has the wrong VAT number.":                         "billing",
		"Thanks, have a nice weekend!":                                              "",
		"The invoice says there was packet loss.":                                   "", // two topics
		"We offer a new server and a switch with better latency, book a demo today": "", // a sales pitch
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]})
		if got.Class != interpret.ClassOther || str(got.Topic) != want {
			t.Errorf("%q: %s, topic %q, want %q", text, got.Class, str(got.Topic), want)
		}
	}
}
