package interpret_test

import "testing"

// TestSpelledOut holds answers that no phrase gives, and what only looks like one.
func TestSpelledOut(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"Happy for this one to go through, cheers.":                                            "a",
		"We accede to the addition of Ms Doe. She has been with the firm for nine years.":      "a",
		"Our approval is hereby given.":                                                        "a",
		"You have our blessing to add her. She repaired our network last year.":                "a",
		"At the meeting this morning the request was read out. Take this mail as our consent.": "a",
		"It was discussed with me on Friday and I support it.":                                 "a",
		"Nothing stands in the way. Kindly put her on the list as requested.":                  "a",
		"Neither our auditor nor I have any objections.":                                       "a",
		"As head of facilities I hereby authorise this addition.":                              "a",
		"Pls set her up today if possible, her first shift is tonight":                         "a",
		"I must veto this one, she is still an intern":                                         "r",
		"We regret that we are unable to consent to this. The contract ran out in May.":        "r",
		"I do not endorse this. Only employees may be technicians and Ms Doe is not one.":      "r",
		"She should not be given access. Ms Doe works for a reseller.":                         "r",
		"Thanks, but no. She works for a reseller.":                                            "r",
		"I'm saying no. That is too much for an intern.":                                       "r",
		"This was sent by mistake, please turn it down.":                                       "r",
		"I support the request. My manager has the final word.":                                "?",
		"Nothing speaks against it. Bob wants a word with you.":                                "?",
		"Please confirm that you approve this.":                                                "?",
		"Happy for this one to go through Bob.":                                                "?",
		"I am in favour of the request being refused.":                                         "?",
		"We consent to the removal of this person.":                                            "?",
		"Let me have it.": "?",
		"Give me access.": "?",
		"Proceed as requested by Bob in his other mail.":                                       "?",
		"Put her on the waiting list.":                                                         "?",
		"Please go ahead and reject.":                                                          "?",
		"I would support this gladly.":                                                         "?",
		"My boss says you can add her.":                                                        "?",
		"I am told you have the green light.":                                                  "?",
		"I support it. She leaves in March.":                                                   "?",
		"We agree to the addition, lobby side.":                                                "?",
		"We agree to the addition once she is trained.":                                        "?",
		"We agree to the addition. She comes once her papers are here.":                        "?",
		"You have our blessing for today.":                                                     "?",
		"I can confirm that this was discussed with me.":                                       "?",
		"We hereby confirm that the person shall receive the requested access after training.": "?",
		"I don't want to reject her.":                                                          "?",
		"I do not agree yet. HR looks at it.":                                                  "?",
		"I do not agree until her papers are here.":                                            "?",
		"No, that is fine.":                                                                    "?",
		"I'm saying no. Our director says go ahead.":                                           "?",
		"Neither Bob nor I have any objections to the refusal.":                                "?",
		"Take this as my approval for the visit of the lobby.":                                 "?",
		"Not now.": "?",
		"In my capacity as deputy I approve what Bob asks.": "?",
		"I approve of Jane as a person.":                    "?",
		"I say yes to a meeting.":                           "?",
		"You can add her to the list of visitors.":          "?",
	})
}

// TestSpelledOutEach holds those that tell people apart.
func TestSpelledOutEach(t *testing.T) {
	t.Parallel()
	wantDecisions(t, threePeople, map[string]string{
		"All three have my blessing, go ahead.":                             "aaa",
		"I accept for the 3 persons":                                        "aaa",
		"I accept for the two persons":                                      "???",
		"I consent to Jane and Raj. Wei-Lun has to speak to me.":            "aa?",
		"Jane can be added as requested. Kindly reject Raj.":                "ar?",
		"I support Jane, please add her. We do not want Raj on the list.":   "ar?",
		"We consent to one of them.":                                        "???",
		"Jane has my blessing. Raj comes once Jane is trained.":             "???",
		"None of these people should be added. I did not ask Bob for this.": "rrr",
	})
}
