package interpret_test

import "testing"

// TestBesideApproval holds approvals beside which something else stands: only harmless remarks leave them alone.
func TestBesideApproval(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"Fine by me. Jan disagrees.":                                         "?",
		"I approve. It was sarcasm.":                                         "?",
		"You have the green light from HR.":                                  "?",
		"You have the green light from Bob.":                                 "?",
		"I approve. He is a thief.":                                          "?",
		"I approve, he is a thief.":                                          "?",
		"Approved. They are crooks.":                                         "?",
		"Approved. She is insane.":                                           "?",
		"Approved. I was forced to.":                                         "?",
		"Approved. Somebody holds a gun to my head.":                         "?",
		"Approved. This mail was written by her.":                            "?",
		"Approved. Her contract lapses soon.":                                "?",
		"Yes. My boss is against it.":                                        "?",
		"By the way, she left. Approved.":                                    "?",
		"By the way, Jane stole your keys. Approved.":                        "?",
		"Approve. By the way, your request was wrong.":                       "?",
		"Approve. By the way, I withdraw it.":                                "?",
		"Approve\nVisitors only":                                             "?",
		"Approved. One of them left.":                                        "?",
		"You have my leave to add Jane.\n\nNot Today":                        "?",
		"Approve. By the way, the code of your gate was wrong this morning.": "a",
		"Btw your portal is slow today. Approved.":                           "a",
		"Approved. She is one of ours.":                                      "a",
		"Approved. She is my sister and works here since 2019.":              "a",
		"Approved. Jane is reliable.":                                        "a",
		"Approved. She joined us last month.":                                "a",
		"Yes please add her, she is starting on Monday.":                     "a",
		"APPROVE\n\nIna Keller\nHead of Security":                            "a",
		"Approved. Sent from my phone, excuse typos.":                        "a",
		"You have my leave to add Jane.\n\nFr Anselm":                        "a",
	})
}

// TestRewordedAnswers holds forms of consent and refusal that two halves, counted people or a body of people make.
func TestRewordedAnswers(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"Approved. Kindly close the ticket.":                                         "a",
		"Approved. Please inform her directly.":                                      "a",
		"Approved. Please let her know.":                                             "a",
		"Approved. Call me if anything is unclear.":                                  "a",
		"Approved. Good choice.":                                                     "a",
		"Approved. Her CV was impressive.":                                           "a",
		"Sorry, missed this one. Approved.":                                          "a",
		"sure thing, give her what Yolanda asked for":                                "a",
		"sure thing, give her what she wanted yesterday":                             "?",
		"My consent is given for the below. Request you to process at the earliest.": "a",
		"Aye, that is approved on behalf of the partners.":                           "a",
		"Approved on behalf of Bob.":                                                 "?",
		"That is in order. You may set Ms Doe up.":                                   "a",
		"Please get Jane set up.":                                                    "a",
		"Set her up with a visitor badge.":                                           "?",
		"Take her off.":                                                              "?",
		"You may sign for her.":                                                      "?",
		"After consulting our data protection officer I cannot support this application and must ask you to turn it down.": "r",
		"I must ask you to turn the light down.":                                  "?",
		"I must ask you to wait.":                                                 "?",
		"The request stands rejected by the management. Kindly close the ticket.": "r",
		"The request stands. Kindly close the ticket.":                            "?",
		"Apologies for the slow answer, I was travelling. She is known to me and has been vetted by our security people, so consider this my approval.": "a",
		"Sorry for approving this.":                                                   "?",
		"Apologies for the approval, she is known to me.":                             "?",
		"not this one, sorry: she has no safety papers":                               "r",
		"Apologies for the slow answer, I was travelling. Consider this my approval.": "a",
		"Consider her permission.":                                                    "?",
		"Consider this a joke.":                                                       "?",
	})
}

// TestBesideEach holds those that doubt somebody of several.
func TestBesideEach(t *testing.T) {
	t.Parallel()
	wantDecisions(t, threePeople, map[string]string{
		"Approve 1 and 2. Jane is a thief. Reject 3.":                      "?ar",
		"Approve 1 and 2. Reject 3. He is a thief.":                        "aar",
		"Jane and Raj are approved. The others I do not know.":             "aa?",
		"All approved. The others are thieves.":                            "???",
		"All approved. They are thieves.":                                  "???",
		"All approved. Raj is a thief.":                                    "a?a",
		"All are approved other than Sl. No. 2.":                           "a?a",
		"Approve all except sr. no 2":                                      "a?a",
		"Yes please, to all of them":                                       "aaa",
		"Yes please, to the three of them":                                 "aaa",
		"Yes please, to the two of them":                                   "???",
		"Yes please, to the pair of them":                                  "???",
		"Reject the lot of them.":                                          "rrr",
		"yes to 2 and 3. number 1 i dont know who that is, gonna ask Rick": "?aa",
		"Jane and Wei-Lun are both approved. Raj Patel is not, please decline him: he works for our accountants and they get their copies from us.": "ara",
		"Jane and Wei-Lun are both approved. Raj Patel is not.": "a?a",
		"No.": "rrr",
		"Approve 1, reject 3. Interns don't go into the data centre.": "a?r",
		"Approve 1, reject 2 and 3. Bob disagrees.":                   "?rr",
		"I approve 1 and 3. Raj is not.":                              "a?a",
		"Approve 1, reject 2 and 3. It was sarcasm.":                  "?rr",
		"Wei-Lun and Raj are approved, Jane is a thief. Thanks.":      "?aa",
	})
}
