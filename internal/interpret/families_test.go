package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestFamiliesOfAnswers holds families of consents and refusals, and what only looks like one of them.
func TestFamiliesOfAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked *interpret.Asked
		texts map[string]string
	}{
		{onePerson, map[string]string{
			"You have my blessing. We go without her.":                                                        "?",
			"I herewith authorise the nomination of Ms Doe as set out in your message below.":                 "a",
			"I authorise this as set out by Bob's mail.":                                                      "?",
			"yep thats right shes our new bookkeeper, please let her in so i can stop doing the bills myself": "a",
			"please let her in so we can fire her":                                                            "?",
			"please let her in so i can check her":                                                            "?",
			"Approved.\n\nBy the way, the October invoice still carries our old street address. Could somebody in your accounts team look at that? We moved in August.": "a",
			"Kindly consider this mail as my consent to the above-mentioned request and do the needful at the earliest.":                                                "a",
			"I'm turning this one down. A Main Contact can place orders in our name, and two such people is all we want to have.":                                       "r",
			"I'm turning the volume down.": "?",
			"Following our internal review, the board has resolved not to grant the authorisation sought for Ms Doe. Kindly close the matter at your end.": "r",
			"The board has decided not to reject her.":    "?",
			"We have decided not to grant it before May.": "?",
			"Please forget the yes I sent you an hour ago. It has to be a rejection: Owen mixed up the two Daniels and this is the wrong one.": "r",
			"Please forget the no I sent you an hour ago. It has to be a rejection of Bob.":                                                    "?",
			"Please forget the yes I sent you.":                               "?",
			"Please forget the rejection. I approve.":                         "?",
			"It has to be a rejection or an approval.":                        "?",
			"Please don't, she is external and cannot hold this.":             "r",
			"Please don't hesitate.":                                          "?",
			"Please don't reject.":                                            "?",
			"Following our review, she may come once trained. I agree to it.": "?",
			"After her training, I agree to it.":                              "?",
			"I have decided not.":                                             "?",
		}},
		{threePeople, map[string]string{
			"Happy for the pair of them to be added.": "???",
			"Happy for the three of them to be added. I had told Petra to send this in, so it comes as no surprise.":   "aaa",
			"All three of them have my blessing - that's the whole night crew, and we'd be lost without them.":         "aaa",
			"Jane yes, Raj no. He is only with us until Christmas.":                                                    "ar?",
			"Okay for Jane and Wei-Lun, and a firm no for Raj, who handed in his notice on Monday.":                    "ara",
			"Ms. Doe has my permission.\nMr. Patel does not, please strike him off the request.":                       "ar?",
			"Ms. Doe has my permission.\nMr. Patel does not.":                                                          "a??",
			"1 and 2 OK.\nWho's number 3?? Nobody in my team has heard that name.":                                     "aa?",
			"1 and 2 OK.\nWho is Bob?? Nobody in my team has heard that name.":                                         "???",
			"Jane can be added as asked. Raj should get Main Contact and not Technician.":                              "a??",
			"The whole list is approved with one exception: reject Raj Patel (no. 2), his contract was not prolonged.": "ara",
			"The whole list is approved with one exception: Raj has to wait.":                                          "a?a",
			"All approved with two exceptions: reject Raj and Wei-Lun.":                                                "arr",
			"The whole list is approved with one exception: reject Raj and Wei-Lun.":                                   "???",
			"The whole list is approved with one exception: Bob.":                                                      "???",
			"The whole list is approved with one exception: reject Raj. It was a joke.":                                "?r?",
		}},
	} {
		for text, want := range c.texts {
			got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"], Asked: c.asked})
			if s := flatten(got.Decisions, c.asked.Lines); s != want {
				t.Errorf("%q: %s, want %s", text, s, want)
			}
		}
	}
}
