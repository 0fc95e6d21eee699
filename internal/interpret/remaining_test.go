package interpret_test

import "testing"

// TestToldBesides holds that what a mail tells besides its wish is the reason, whatever the words.
func TestToldBesides(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Our auditors object to there being a single technician. Please add Jane Doe (jane@acme.example) as technician.",
			"add_user Jane Doe <jane@acme.example> [technician] Our auditors object to there being a single technician"},
		{"Please add Jane Doe (jane@acme.example) as technician. I shall be in court for most of January.",
			"add_user Jane Doe <jane@acme.example> [technician] I shall be in court for most of January"},
		{"As our finance department has a new head I kindly ask you to give Jane Doe (jane@acme.example) the role technician.",
			"add_user Jane Doe <jane@acme.example> [technician] our finance department has a new head"},
		{"Please make Jane Doe (jane@acme.example) a technician since my eyes are going.",
			"add_user Jane Doe <jane@acme.example> [technician] my eyes are going"},
	})
}

// TestNothingToldBesides holds mails whose other sentences are of the letter, of how somebody is reached, or of what stays as it is.
func TestNothingToldBesides(t *testing.T) {
	t.Parallel()
	const read = "add_user Jane Doe <jane@acme.example> [technician]"
	readWordings(t, "hello", []wording{
		{"Please add Jane Doe (jane@acme.example) as technician. Our customer number is below.", read},
		{"I hope you had a nice weekend. Please add Jane Doe (jane@acme.example) as technician.", read},
		{"Please add Jane Doe (jane@acme.example) as technician. Everything else stays as it is.", read},
		{"As discussed on the phone, please add Jane Doe (jane@acme.example) as technician.", read},
		{"Please add Jane Doe (jane@acme.example) as technician. Her phone number is listed in the signature.", read},
		{"Please add Jane Doe (jane@acme.example) as technician. Her boss has agreed.", read},
		{"Please add Jane Doe (jane@acme.example) as technician. This is the third time I ask.", read},
		{"Please add Jane Doe (jane@acme.example) as technician. When you have done so she writes to you.", read},
		{"Please add Jane Doe (jane@acme.example) as technician since Monday.", read},
		{"The weather is lovely here. Please add Jane Doe (jane@acme.example) as technician.", read},
	})
}
