package interpret_test

import "testing"

// TestWeighedOnly: conditions about somebody, questions for advice and what is only told ask for nothing.
func TestWeighedOnly(t *testing.T) {
	t.Parallel()
	readWordings(t, "Jane", []wording{
		{"If Jane Doe (jane@acme.example) asks for access, please call me first.", ""},
		{"If Jane Doe (jane@acme.example) is not on the list, please add her as technician.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"If you could add Jane Doe (jane@acme.example) as technician, that would be great.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Should we make Jane Doe a technician or would a visit be enough? What do you advise?", ""},
		{"Just to let you know that Jane Doe has settled in well as technician.", ""},
		{"I was talking to Jane Doe about the secondary contact level and she said it suits us.", ""},
		{"We will soon ask you to remove Jane Doe. For now she stays.", ""},
		{"Jane Doe would like to visit you at your booth in Frankfurt on Thursday.", ""},
		{"A parcel for Jane Doe arrives tomorrow at 10:00 at your loading dock.", ""},
		{"Someone called Jane Doe phoned and wanted to come in next week to see the racks. Do you know her?", ""},
		{"I want Jane Doe to be our secondary driver for the delivery.", ""},
		{"I want Jane Doe to be our secondary contct.", "add_user Jane Doe <> [secondary_contact]"},
		{"Jane Doe will be your contact for the invoice, jane@acme.example.", ""},
		{"The list you sent shows Jane Doe as Technician, that's fine.", ""},
		{"Jane Doe (jane@acme.example) is a Technician at the minute. We'd like her to be a Main Contact.", "change_role Jane Doe <jane@acme.example> [main_contact]"},
		{"Can you send the link to the documentation once more?", ""},
		{"Can you send my invitation link once more?", "resend_invitation  <> []"},
	})
}
