package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// asked is what the requests of a reading ask, in one line each.
func asked(got interpret.Reading) string {
	var out []string
	for _, q := range got.Requests {
		words := []string{string(q.Action)}
		for _, v := range []*string{q.Name, q.Email, q.Starts, q.Ends} {
			if v != nil {
				words = append(words, *v)
			}
		}
		if len(q.Roles) > 0 {
			words = append(words, strings.Join(q.Roles, "+"))
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, " / ")
}

// TestActionsByEvidence reads what is asked where no listed wish says it, and asks nothing for mails that only look so.
func TestActionsByEvidence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// What becomes of the people of a list stands in front of it or in its items.
		"The job of our painters is done. Terminate the logins of both, would you:\n\n* Jane Doe (jane@acme.example)\n* Raj Patel (raj@acme.example)":             "remove_user Jane Doe jane@acme.example / remove_user Raj Patel raj@acme.example",
		"Two things:\n\n1. Jane Doe (jane@acme.example) is to be deleted, she retired.\n2. Raj Patel (raj@acme.example) changes from Technician to Main Contact.": "remove_user Jane Doe jane@acme.example / change_role Raj Patel raj@acme.example main_contact",
		"Our staff news:\n\n- Jane Doe (jane@acme.example) has left the company\n- Raj Patel (raj@acme.example) has left, too":                                    "",
		// A role told as held makes of another one a change.
		"Jane Doe (jane@acme.example) stops as Technician. From Monday we want her only as Secondary Contact on the list.":                             "change_role Jane Doe jane@acme.example secondary_contact",
		"At this moment Jane Doe (jane@acme.example) stands with you as Technician. Please make her Main Contact in its place.":                        "change_role Jane Doe jane@acme.example main_contact",
		"Jane Doe (jane@acme.example) has outgrown the technician level, so make her Secondary Contact instead.":                                       "change_role Jane Doe jane@acme.example secondary_contact",
		"Please add Jane Doe (jane@acme.example) as Technician. She must be able to invite our auditors and to remove old labels.":                     "add_user Jane Doe jane@acme.example technician",
		"Jane Doe quit last week so go ahead and take her off, jane@acme.example.":                                                                     "remove_user Jane Doe jane@acme.example",
		"Jane Doe (jane@acme.example) is no more with us. Her user can be closed.\n\nInstead of her comes Raj Patel, raj@acme.example, as technician.": "remove_user Jane Doe jane@acme.example / add_user Raj Patel raj@acme.example technician",
		// Invitations.
		"Our filter swallowed the invitation to jane@acme.example. Could you issue it once more?": "resend_invitation jane@acme.example",
		"The invitation to our summer party was swallowed by a filter, sorry about that.":         "",
		// Visits.
		"Two surveyors of our insurer, Mr John Doe and Ms Jane Roe, wish to inspect our racks on Wednesday 9 December 2026 from 13:00 to 16:30.": "schedule_visit John Doe 2026-12-09T13:00 2026-12-09T16:30 / schedule_visit Jane Roe 2026-12-09T13:00 2026-12-09T16:30",
		"Guest: Jane Roe\nArrival: Friday 4 December 2026, 08:30\nDeparture: same day, 11:45\nReason for the visit: chillers":                    "schedule_visit Jane Roe 2026-12-04T08:30 2026-12-04T11:45",
		"Jane Roe inspected our racks on Wednesday 9 December 2020 from 13:00 to 16:30 and was content.":                                         "",
		"Our technician Jane Roe will call you about the racks on Wednesday 9 December 2026 at 13:00.":                                           "",
		"Thank you for the offer. Our technician Jane Roe will be on site all week.":                                                             "",
		// Who loses a role, or a badge, is not to get it.
		"Jane Doe (jane@acme.example) lost her Technician role with us, please act.":                             "",
		"Jane Doe (jane@acme.example) gives the Technician role back, please act.":                               "",
		"The Technician badge of Jane Doe (jane@acme.example) was stolen. Please block it.":                      "",
		"Please see that Jane Doe (jane@acme.example) can't open anything with her Technician badge from today.": "",
		// Minutes, news and thanks.
		"Minutes of the call:\n\n- Main Contact (Jane Doe) can now see the log\n- Technician (Raj Patel) reported a dip\n\nNothing to be done at your end.": "",
		"Jane Doe (jane@acme.example), our technician, found the fan of rack 7 broken. Can you look at it?":                                                 "",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"]})
		if said := asked(got); said != want {
			t.Errorf("%q: %q, want %q", text, said, want)
		}
	}
}
