package interpret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// told is what a change says, in one line.
func told(c interpret.Change) string {
	var b strings.Builder
	if c.Self {
		b.WriteString("self")
	}
	for _, v := range []struct {
		label string
		value *string
	}{{"", c.Name}, {"", c.Email}, {"name=", c.NewName}, {"email=", c.NewEmail}, {"language=", c.Language}} {
		if v.value != nil {
			fmt.Fprintf(&b, " %s%s", v.label, *v.value)
		}
	}
	if c.PhysicalAccess != nil {
		fmt.Fprintf(&b, " access=%v", *c.PhysicalAccess)
	}
	if c.Lead != nil {
		fmt.Fprintf(&b, " lead=%v", *c.Lead)
	}
	return strings.TrimSpace(b.String())
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Please change my email address to ann.lee@acme.example.":                                   "self email=ann.lee@acme.example",
		"My new e-mail address is ann.lee@acme.example.":                                            "self email=ann.lee@acme.example",
		"Meine neue E-Mail-Adresse lautet ann.lee@acme.example.":                                    "self email=ann.lee@acme.example",
		"Please change the email address of Jane Doe <jane@acme.example> to jane.doe@acme.example.": "Jane Doe jane@acme.example email=jane.doe@acme.example",
		"Please update the email address of Jane Doe to jane.doe@acme.example.":                     "Jane Doe email=jane.doe@acme.example",
		"Please change my email address, it was ann@acme.example.":                                  "self", // asked for, not guessed
		"Please change my name to Ann Smith.":                                                       "self name=Ann Smith",
		"Please change the name of Jane Doe <jane@acme.example> to Jane Smith.":                     "Jane Doe jane@acme.example name=Jane Smith",
		"Please write to me in German.":                                                             "self language=de",
		"Please enable physical access for Jane Doe <jane@acme.example>.":                           "Jane Doe jane@acme.example access=true",
		"Please give Jane Doe and Raj Patel physical access.":                                       "Jane Doe access=true / Raj Patel access=true",
		"Please withdraw physical access from Jane Doe. She moved on.":                              "Jane Doe access=false",
		"Please withdraw physical access from Jane Doe <jane@acme.example>.":                        "Jane Doe jane@acme.example access=false",
		"Jane Doe no longer needs physical access.":                                                 "Jane Doe access=false",
		"Please do not give Jane Doe physical access.":                                              "",
		"Please enable physical access for Jane Doe if her papers are right.":                       "",
		"Does Jane Doe need physical access?":                                                       "",
		"Please make Jane Doe <jane@acme.example> our Lead Technical Contact.":                      "Jane Doe jane@acme.example lead=true",
		// A request of its own goes before.
		"Please remove Jane Doe <jane@acme.example>, she no longer needs physical access.":                                      "",
		"Please add Jane Doe <jane@acme.example> as Technical Contact with physical access. Reason: she joins the night shift.": "",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["authorisation-list"]})
		var list []string
		for _, c := range got.Changes {
			list = append(list, told(c))
		}
		if s := strings.Join(list, " / "); s != want {
			t.Errorf("%q:\nread %q\nwant %q", text, s, want)
		}
		if len(got.Changes) > 0 && len(got.Requests) > 0 {
			t.Errorf("%q asks for %d requests beside the change", text, len(got.Requests))
		}
	}
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	const to = "Carl Ek carl@acme.example [security_administrator] [alternate_security_administrator]"
	for text, want := range map[string]string{
		"I hand over my role as Security Administrator to Carl Ek <carl@acme.example> and will be the Alternate Security Administrator.": to,
		"Please make Carl Ek <carl@acme.example> the new Security Administrator. I will become the Alternate Security Administrator.":    to,
		"I would like to hand over my role to Carl Ek <carl@acme.example>.":                                                              "Carl Ek carl@acme.example [] []",
		"I would like to hand over my role to Carl Ek or Jane Doe.":                                                                      "",
	} {
		r := interpret.Read(mail(text), interpret.Context{Roles: models["client-representatives"]})
		got := ""
		switch {
		case r.HandOver != nil:
			got = fmt.Sprint(deref(r.HandOver.Name), " ", deref(r.HandOver.Email), " ", r.HandOver.Roles, " ", r.Takes)
		case len(r.Requests) == 1:
			got = fmt.Sprint(deref(r.Requests[0].Name), " ", deref(r.Requests[0].Email), " ", r.Requests[0].Roles, " ", r.Takes)
		}
		if got != want {
			t.Errorf("%q:\nread %q\nwant %q", text, got, want)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
