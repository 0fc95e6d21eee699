package interpret_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/interpret"
)

func TestDelegation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Delegate my approvals to Otto Lang until 2026-12-04.":                                                         "Otto Lang  2026-12-04",
		"Please delegate my approvals to Otto Lang <ben@acme.example> until 4 December 2026.":                          "Otto Lang ben@acme.example 2026-12-04",
		"Delegate my approvals to ben@acme.example until Friday.":                                                      " ben@acme.example 2026-11-27",
		"Delegate my approvals to Otto Lang until Sunday.":                                                             "Otto Lang  ", // today, or in a week?
		"Delegate my approvals to Otto Lang.":                                                                          "Otto Lang  ",
		"Delegate my approvals to Otto Lang or Carl Ek until 2026-12-04.":                                              "  2026-12-04",
		"Ich delegiere meine Freigaben an Otto Lang bis 4. Dezember 2026.":                                             "Otto Lang  2026-12-04",
		"Until Friday Bob decides for me.":                                                                             "Bob  2026-11-27",
		"Hello,\n\nBob Jones covers for me until 30 November.\n\nRegards":                                              "Bob Jones  2026-11-30",
		"Ben Okafor <ben@acme.example> will approve for me until December 4th.":                                        "Ben Okafor ben@acme.example 2026-12-04",
		"Ben Okafor stands in for me until 20 November.":                                                               "Ben Okafor  2027-11-20",
		"Otto Lang vertritt mich bis Freitag.":                                                                         "Otto Lang  2026-11-27",
		"Otto Lang covers for me.":                                                                                     "none",
		"Otto Lang does not cover for me until Friday.":                                                                "none",
		"Does Otto Lang decide for me until Friday? He decides for me until Friday?":                                   "none",
		"Otto Lang or Carl Ek covers for me until Friday.":                                                             "none",
		"Please add Jane Doe <jane@acme.example> as Technician. Bob Jones covers for me until Friday. Reason: project": "none",
		"Delegate my approvals to Ben Hollis until 30 November.":                                                       "Ben Hollis  2026-11-30",
		"Delegate my approvals to Otto Lang from 25 November to 30 November.":                                          "Otto Lang  ",
		"Bitte delegieren Sie meine Freigaben bis Freitag an Otto Lang.":                                               "Otto Lang  2026-11-27",
		"Übertragen Sie bitte meine Freigaben bis 4.12.2026 auf Otto Lang, ich bin nicht im Haus.":                     "Otto Lang  2026-12-04",
		"Bis zum 4. Dezember 2026 übertrage ich meine Freigaben an Otto Lang.":                                         "Otto Lang  2026-12-04",
		"Delegieren Sie meine Freigaben nicht bis Freitag an Otto Lang!":                                               "  2026-11-27",
		"Beenden Sie bitte meine Delegation.":                                                                          "end",
		"End my delegation.":                                                                                           "end",
		"Ich beende meine Delegation.":                                                                                 "end",
		"Please add Otto Lang <ben@acme.example> as Technician. Reason: project":                                       "none",
	} {
		m := mail(text)
		m.Subject, m.Date = "Holidays", time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC) // a Sunday
		g := interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Delegate
		got := "none"
		switch {
		case g != nil && g.End:
			got = "end"
		case g != nil:
			got = deref(g.Name) + " " + deref(g.Email) + " " + deref(g.Until)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A change of details beside a request is read too, where it is asked for in so many words; else it would be lost.
func TestChangeBesideARequest(t *testing.T) {
	t.Parallel()
	const bob = "Please add Bob Ray <bob@acme.example> as Technician. He joins the night shift."
	for text, want := range map[string]string{
		bob + "\nAlso, please change my email address to anna.main@acme.example.":             "anna.main@acme.example",
		"Please change my email address to anna.main@acme.example.\n\nPlease also " + bob[7:]: "anna.main@acme.example",
		bob + "\nPlease change my email address.":                                             "unsaid",
		bob: "none",
		bob + "\nI will not change my email address to anna.main@acme.example.": "none",
	} {
		r := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]})
		got := "none"
		switch {
		case len(r.Changes) == 1 && r.Changes[0].Self && r.Changes[0].NewEmail != nil:
			got = *r.Changes[0].NewEmail
		case len(r.Changes) == 1 && r.Changes[0].Empty():
			got = "unsaid"
		}
		if got != want || len(r.Requests) != 1 {
			t.Errorf("%q: %q and %d requests, want %q and one", text, got, len(r.Requests), want)
		}
	}
}
