package interpret_test

import "testing"

// TestEvidentAdds holds wishes in words that no list has to what they tell.
func TestEvidentAdds(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Technician role for Jane Doe (jane@acme.example).", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Jane Doe (jane@acme.example) steps in for the night shifts. Technician will do her fine.",
			"add_user Jane Doe <jane@acme.example> [technician] steps in for the night shifts"},
		{"Jane Doe is to figure as a secondary contact in your books, her mail is jane@acme.example.", "add_user Jane Doe <jane@acme.example> [secondary_contact]"},
		{"My colleague Jane Doe ought to show up as main or secondary contact, jane@acme.example.", "add_user Jane Doe <jane@acme.example> []"},
	})
}

// TestNotEvident holds mails that name somebody with an address and a role, and ask for something else.
func TestNotEvident(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Our technician Jane Doe (jane@acme.example) will call you tomorrow about the power supply.", ""},
		{"Our technician Jane Doe (jane@acme.example) needs the serial number of the router, please send it to her.", ""},
		{"Jane Doe (jane@acme.example), technician, has to know when the door to hall 3 opens. Please tell her.", ""},
		{"Please send the logs to Jane Doe (jane@acme.example), she is the technician on duty.", ""},
		{"Could your technician give Jane Doe (jane@acme.example) a ring?", ""},
		{"Thanks for entering Jane Doe (jane@acme.example) as technician, she is happy.", ""},
		{"Jane Doe (jane@acme.example) applied for the job of technician with us. Should we know anything?", ""},
		{"Jane Doe (jane@acme.example) asked me whether the technician role costs more.", ""},
		{"We are thinking of making Jane Doe (jane@acme.example) a technician next year.", ""},
		{"Jane Doe (jane@acme.example) was entered as technician by your colleague. The badge should open hall 2.", ""},
		{"Technician Jane Doe (jane@acme.example) reports that the door sticks. You need to grease it.", ""},
		{"Is Jane Doe (jane@acme.example) down as technician or as secondary contact with you?", ""},
		{"Jane Doe (jane@acme.example) must not figure as technician in your books.", ""},
		{"Jane Doe (jane@acme.example) should perhaps figure as technician. I will come back to you.", ""},
		{"Jane Doe (jane@acme.example) has quit, the technician rights of hers should go.", ""},
		{"Unless you object Jane Doe (jane@acme.example) would show up as technician.", ""},
		{"The technician who helped us, Jane Doe (jane@provider.example), deserves praise and a raise, let her boss know!", ""},
	})
}

// TestNoWishTaken holds mails that name people, addresses and roles and ask for nothing, with words that some wishes have.
func TestNoWishTaken(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Jane Doe (jane@acme.example) is at the gate since 08:30. Could you let her in?", ""},
		{"Our technician Jane Doe (jane@acme.example) would like to know why the portal is slow.", ""},
		{"The costs of last month look right to our technician Jane Doe, jane@acme.example. Thank you.", ""},
		{"If you need a technician on site, Jane Doe (jane@acme.example) will bring the keys along.", ""},
		{"Jane Doe (jane@acme.example), our technician, says the badge should go back into its holder after use.", ""},
		{"The access should go through Jane Doe (jane@acme.example), our technician, as she always has the keys.", ""},
		{"I sent you this mail by mistake. Jane Doe (jane@acme.example) is our technician, nothing else.", ""},
		{"Jane Doe (jane@acme.example) is a technician of ours. What would cost us more, two racks or a cage?", ""},
		{"The profile of Jane Doe (jane@acme.example), technician, looks as the others do. That was all I wanted to say.", ""},
		{"Jane Doe (jane@acme.example), the technician, moves the racks, as our director always has.", ""},
		{"For the above, thank your technician Jane Doe (jane@acme.example) from us.", ""},
		{"We propose Thursday for the call with your technician Jane Doe (jane@acme.example), to speak of the move.", ""},
		{"Wir schlagen Donnerstag für das Gespräch mit Ihrem Techniker Jane Doe (jane@acme.example) vor.", ""},
	})
}

// TestReasonsThatAreNone holds that what repeats the wish, tells how to reach somebody or only holds under a condition is no reason.
func TestReasonsThatAreNone(t *testing.T) {
	t.Parallel()
	readWordings(t, "hello", []wording{
		{"Please add Jane Doe as technician. She reads mail at jane@acme.example, she doesn't answer the phone.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe as technician. She uses jane@acme.example, as she always has.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please record Jane Doe, jane@acme.example, as technician of our company.", "add_user Jane Doe <jane@acme.example> [technician]"},
		{"Please add Jane Doe (jane@acme.example) as technician. If you need her passport, she will bring it along.", "add_user Jane Doe <jane@acme.example> [technician]"},
	})
}
