package interpret_test

import (
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestBesideApproval holds approvals beside which something else stands: only harmless remarks leave them alone.
func TestBesideApproval(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
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
	} {
		got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"], Asked: onePerson})
		if s := flatten(got.Decisions, onePerson.Lines); s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
}

// TestBesideEach holds those that doubt somebody of several.
func TestBesideEach(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Approve 1 and 2. Jane is a thief. Reject 3.":            "?ar",
		"Approve 1 and 2. Reject 3. He is a thief.":              "aar",
		"Jane and Raj are approved. The others I do not know.":   "aa?",
		"All approved. The others are thieves.":                  "???",
		"All approved. They are thieves.":                        "???",
		"All approved. Raj is a thief.":                          "a?a",
		"Wei-Lun and Raj are approved, Jane is a thief. Thanks.": "?aa",
	} {
		got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"], Asked: threePeople})
		if s := flatten(got.Decisions, threePeople.Lines); s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
}
