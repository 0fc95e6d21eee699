package interpret_test

import "testing"

const addsJane = "add_user Jane Doe <jane@acme.example> [technician]"

// TestPointedReasons holds that what a mail points back to is the reason.
func TestPointedReasons(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"I am travelling in May. Please add Jane Doe (jane@acme.example) as technician. Our list must not go stale meanwhile, that's the whole reason.",
			addsJane + " Our list must not go stale meanwhile"},
		{"Our racks move in May, which is why we want Jane Doe (jane@acme.example) added as technician.", addsJane + " Our racks move in May"},
		{"Please add Jane Doe (jane@acme.example) as technician. Two of our engineers fell ill. That is why.", addsJane + " Two of our engineers fell ill"},
		{"Bitte tragen Sie Jane Doe (jane@acme.example) als Techniker ein. Unsere Schränke ziehen im Mai um, das ist der Grund.",
			addsJane + " Unsere Schränke ziehen im Mai um"},
		{"Please add Jane Doe (jane@acme.example) as technician. That's why I am writing.", addsJane},
		{"Please add Jane Doe (jane@acme.example) as technician, that's the reason for my mail.", addsJane},
	})
}

// TestTrimmedReasons holds that what a record has in fields of its own is no part of the reason.
func TestTrimmedReasons(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Jane Doe (jane@acme.example) takes over the lab servers from my predecessor. Please put her on the list as technician.",
			addsJane + " takes over the lab servers from my predecessor"},
		{"I would like to book an appointment for Jane Doe. She will exchange disk 4 in cabinet K2 on Tuesday, 9 March 2027, from 07:15 to 10:45.",
			"schedule_visit Jane Doe <> [] She will exchange disk 4 in cabinet K2"},
		{"I would like to book an appointment for Jane Doe on 9 March 2027 at 10:00. She will exchange disks 3 and 4.",
			"schedule_visit Jane Doe <> [] She will exchange disks 3 and 4"},
	})
}

// TestNoReasons holds that what somebody is as ever, or was on the list, is no reason, and that what could not be done may be one.
func TestNoReasons(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Please add Jane Doe (jane@acme.example) as technician. She speaks German and English.", addsJane},
		{"Please add Jane Doe (jane@acme.example) as technician. She is based in Ghent.", addsJane},
		{"We no longer work with Initech. Please remove Jane Doe (jane@acme.example), she was our technician.",
			"remove_user Jane Doe <jane@acme.example> [] We no longer work with Initech"},
		{"Please add Jane Doe (jane@acme.example) as technician. Our shop was down twice and nobody could open a ticket.",
			addsJane + " Our shop was down twice and nobody could open a ticket"},
		{"Our tape guy is out sick, so could Jane Doe (jane@acme.example) be added as technician.", addsJane + " Our tape guy is out sick"},
		{"Please add Jane Doe (jane@acme.example) as technician. You can reach her at the above address.", addsJane},
	})
}
