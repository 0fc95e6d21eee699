package interpret_test

import "testing"

// TestAsides holds that words of other matters take back no wish where they stand beside nobody.
func TestAsides(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Never again. We have got Jane Doe (jane@acme.example) for the nights. Technician status, please.",
			"add_user Jane Doe <jane@acme.example> [technician] We have got Jane Doe (jane@acme.example) for the nights"},
		{"Please add Jane Doe (jane@acme.example) as technician, she does the nights. Let me know whether you need a copy of her passport.",
			"add_user Jane Doe <jane@acme.example> [technician] she does the nights"},
		{"At present I am the only one who can sign. I'd like Jane Doe (jane@acme.example) to be our technician.",
			"add_user Jane Doe <jane@acme.example> [technician] At present I am the only one who can sign"},
		{"Jane Doe (jane@acme.example) has resigned, so her account and badge should go.", "remove_user Jane Doe <jane@acme.example> [] has resigned"},
		{"Our technician will be Jane Doe, jane@acme.example. Could you register her? She does the nights.",
			"add_user Jane Doe <jane@acme.example> [technician] She does the nights"},
	})
}

// TestAsidesOfSomebody holds the like beside somebody, a role or access: there they count.
func TestAsidesOfSomebody(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Let me know whether Jane Doe (jane@acme.example) is a technician with you.", ""},
		{"Please tell me if the technician, Jane Doe (jane@acme.example), has access.", ""},
		{"Jane Doe (jane@acme.example), technician, needs the technician badge no longer.", ""},
		{"Would it cost us anything to have Jane Doe (jane@acme.example) as a technician?", ""},
		{"What would a technician cost us? Jane Doe (jane@acme.example) wants to know.", ""},
		{"Jane Doe (jane@acme.example) used to be a technician. You should know.", ""},
		{"Many thanks for your help with Jane Doe (jane@acme.example), our technician, you should be proud.", ""},
		{"The badge should go back to Jane Doe (jane@acme.example), our technician.", ""},
		{"I don't know why Jane Doe (jane@acme.example), a technician, should need that.", ""},
		{"We may need one more person for the move in spring, what would an account cost?", ""},
		{"Is another account possible? I only ask.", ""},
	})
}
