package interpret_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestOtherLists: a place on a mailing list is no access, and does not hide what is asked for beside it.
func TestOtherLists(t *testing.T) {
	t.Parallel()
	const role = "Please add Jane Doe <jane.doe@acme.example> as Technician, she covers nights."
	for text, want := range map[string][]string{
		"Please put jane.doe@acme.example on the mailing list.":                                                      nil,
		"Please put Jane Doe <jane.doe@acme.example> on your distribution list for maintenance notices.":             nil,
		"Please put our Technician Jane Doe <jane.doe@acme.example> on the mailing list.":                            nil,
		"Jane Doe <jane.doe@acme.example> is our new Technician. Please put her on the newsletter.":                  nil,
		"Remove Jane Doe <jane.doe@acme.example> from the mailing list.":                                             nil,
		"Please add jane.doe@acme.example as recipient of the monthly report.":                                       nil,
		"Add Raj Patel <raj@acme.example> as Technician and put Jane Doe <jane.doe@acme.example> on the newsletter.": nil,
		"Put Raj Patel <raj@acme.example>, Technician, on the mailing list. " + role:                                 nil,
		role + " Put the Main Contact Raj Patel <raj@acme.example> on the mailing list.":                             nil,
		"Please make Jane Technician. Put Raj Patel <raj@acme.example> on the mailing list.":                         nil,
		"Put Raj Patel <raj@acme.example> on the newsletter and add Jane Doe <jane.doe@acme.example> as Technician.": nil,
		role + " Put Raj Patel <raj@acme.example> on your newsletter.":                                               {"jane.doe@acme.example"},
		role + " Also put her on your newsletter.":                                                                   {"jane.doe@acme.example"},
		role + " Remove Raj Patel <raj@acme.example> from the mailing list.":                                         {"jane.doe@acme.example"},
		"Please add Jane Doe <jane.doe@acme.example> as Technician and put her on the mailing list.":                 {"jane.doe@acme.example"},
		"Please add Jane Doe <jane.doe@acme.example> as Technician, because she sends the newsletter.":               {"jane.doe@acme.example"},
	} {
		var got []string
		for _, q := range interpret.Read(mail(text+"\n"), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"]}).Requests {
			if q.Action != interpret.AddUser || q.Email == nil {
				t.Errorf("%q: %+v", text, q)
				continue
			}
			got = append(got, *q.Email)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q adds %q, want %q", text, got, want)
		}
	}
}
