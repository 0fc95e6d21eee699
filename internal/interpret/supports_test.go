package interpret_test

import "testing"

// TestWishesBesideYes holds answers in which the author wishes for what the approval mail asked, and what only looks like it.
func TestWishesBesideYes(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"Yep all good, send Jane the invite":                                            "a",
		"Yep all good, send Jane the invite for the meeting":                            "?",
		"Send me the invite.":                                                           "?",
		"I agree with this, please give Jane the access that Yolanda asked for.":        "a",
		"Please give Jane the access that she had before.":                              "?",
		"Yes, please make Jane a secondary contact.":                                    "a",
		"Make her a technician.":                                                        "?",
		"I'd like Jane to have this access.":                                            "a",
		"I'd like to have this access.":                                                 "?",
		"I'd like Jane to have this access one day.":                                    "?",
		"We want her registered, thanks.":                                               "a",
		"We want her registered next year.":                                             "?",
		"Yes, Jane should get the access that Yolanda requested.":                       "a",
		"Jane should get the access.":                                                   "?",
		"Yes, Jane should call me.":                                                     "?",
		"I'm happy for Jane to be added. She should have been on the list long ago.":    "a",
		"I'm happy for Jane to be added. She should have been checked.":                 "?",
		"Yes - it would be lovely to have this done today.":                             "a",
		"Yes - it would be lovely to have this done next month.":                        "?",
		"Agreed, and many thanks for the quick turnaround as always.":                   "a",
		"Agreed, thanks for the quick response, I'll get back to you.":                  "?",
		"I back this request, please add Cathal to our contacts.":                       "?",
		"Approved. Please add Cathal to the list.":                                      "?",
		"Cathal's request is fine by me, please carry it out.":                          "?",
		"You can go ahead and invite Jane.":                                             "a",
		"Jane is happy with that.":                                                      "?",
		"She's fine with it.":                                                           "?",
		"I have no problem with Jane, I have a problem with the role.":                  "?",
		"No objection to the role, but to the person.":                                  "?",
		"No problem, I'll look at it.":                                                  "?",
		"Approved. (Jane here, Tom is out and lent me his laptop.)":                     "?",
		"All good here, thanks. Who is Jane?":                                           "?",
		"Ms Doe has my approval. There is no need to wait for anybody else.":            "a",
		"There is no need to wait for anybody else, the answer will come from Yolanda.": "?",
	})
}

// TestRemarksOfOthers holds remarks beside an approval about who agrees, who came before, and what somebody did.
func TestRemarksOfOthers(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"The management agrees to this.":                                                            "?",
		"Our board has approved the request. Please proceed.":                                       "a",
		"The board has dealt with the request and does not authorise it. Raj keeps his function.":   "r",
		"The board has dealt with the request and will decide in December.":                         "?",
		"The works council agrees.":                                                                 "?",
		"Your management has approved this.":                                                        "?",
		"The management agrees in principle.":                                                       "?",
		"We have discussed this in the team and everybody agrees. Please proceed.":                  "a",
		"We have discussed this and everybody agrees to wait. Please proceed.":                      "?",
		"Go ahead with Jane. She and I already agreed that it will be for a week.":                  "?",
		"Approved - she's replacing Kev who retired in August.":                                     "a",
		"Please go ahead. Jane takes over from Gavin, who is going on paternity leave.":             "a",
		"Approved. She replaces Gavin, who said no.":                                                "?",
		"Approved. Jane fixed the chiller in the middle of the night when nobody else approved it.": "?",
		"Approved. Jane fixed the chiller in the night when nobody else picked up the phone.":       "a",
		"Approved. Jane was hired for the weekend.":                                                 "?",
		"As Jane's line manager I fully support this. Please grant the access.":                     "a",
		"As Jane's friend I approve.":                                                               "?",
		"Approved. Jane's a star.":                                                                  "a",
		"Approved. Jane's a thief.":                                                                 "?",
		"Yes, that's our new bookkeeper.":                                                           "a",
		"Yes, that's our problem.":                                                                  "?",
		"Don't do it please. No more technicians this year.":                                        "r",
		"No, sorry, we do not want Ms Doe in the cage any more after what happened. Please refuse.": "r",
		"I'm against it. Jane should not be in the server room.":                                    "r",
		"Negative. She's with a competitor now.":                                                    "r",
	})
}

// TestDecidedExceptions holds sentences that except somebody and decide on them, and people named alone.
func TestDecidedExceptions(t *testing.T) {
	t.Parallel()
	wantDecisions(t, threePeople, map[string]string{
		"I approve all of them except no. 2, that one I decline. Raj is our accountant.": "ara",
		"All approved except Raj, who I decline.":                                        "ara",
		"Everyone apart from Wei-Lun, who is rejected.":                                  "aar",
		"Approve everyone but Raj. Raj is rejected.":                                     "ara",
		"Approve everyone but Raj. Raj is approved.":                                     "a?a",
		"All approved except Raj, who I like.":                                           "a?a",
		"Except Raj, who I decline.":                                                     "???",
		"Jane only. The other two are rejected.":                                         "arr",
		"Jane only.":                                                                     "???",
		"Jane only. Raj I don't know.":                                                   "???",
		"Jane, Raj and Wei-Lun can all have it.":                                         "aaa",
		"approve 1,3 reject 2":                                                           "ara",
		"Approve 1 and 2, reject 3.":                                                     "aar",
		"I approve Jane and Raj but decline Wei-Lun.":                                    "aar",
		"Neither Jane nor Raj should get access. Wei-Lun is approved.":                   "rra",
		"Number 1 yes, that's our new bookkeeper.\n\nNumber 2: who is he?":               "a??",
	})
}
