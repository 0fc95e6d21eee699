package interpret_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// mail is a Message by Ann Lee with this text.
func mail(text string) *message.Message {
	return &message.Message{
		Author:  message.Mailbox{Name: "Ann Lee", Address: mailaddr.Address{Local: "ann", Domain: "acme.example"}},
		To:      []message.Mailbox{{Name: "Support", Address: mailaddr.Address{Local: "support", Domain: "provider.example"}}},
		Subject: "Re: [REQ-2026-00042] Approval needed", Text: text,
	}
}

// wantDecisions reads answers to an approval mail and compares what each decides, as flatten writes it.
func wantDecisions(t *testing.T, asked *interpret.Asked, answers map[string]string) {
	t.Helper()
	for text, want := range answers {
		got := interpret.Read(mail(text), interpret.Context{Model: "contact-levels", Roles: models["contact-levels"], Asked: asked})
		if d := flatten(got.Decisions, asked.Lines); d != want {
			t.Errorf("%q: %s, want %s", text, d, want)
		}
	}
}

// threePeople is an approval mail that asked about three people.
var threePeople = &interpret.Asked{
	Lines: []interpret.AskedLine{
		{Number: 1, Name: "Jane Doe", Email: "jane.doe@acme.example"},
		{Number: 2, Name: "Raj Patel", Email: "raj@acme.example"},
		{Number: 3, Name: "Wei-Lun Tsai", Email: "weilun@acme.example"},
	},
	Requests: []interpret.Request{
		{Action: interpret.AddUser, Roles: []string{"secondary_contact"}},
		{Action: interpret.AddUser, Roles: []string{"technician"}},
		{Action: interpret.AddUser, Roles: []string{"technician"}},
	},
}

// onePerson is an approval mail that asked about one.
var onePerson = &interpret.Asked{Lines: threePeople.Lines[:1], Requests: threePeople.Requests[:1]}

// flatten spells the decisions out: one letter per line, a(pprove), r(eject), ? (unclear).
func flatten(d map[string]interpret.Decision, lines []interpret.AskedLine) string {
	letter := map[interpret.Decision]string{interpret.Approve: "a", interpret.Reject: "r", interpret.Unclear: "?", "": "?"}
	out := ""
	for i := range lines {
		v, ok := d[string(rune('1'+i))]
		if !ok {
			v = d[interpret.Everything]
		}
		out += letter[v]
	}
	return out
}

func TestDecisionOnOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"APPROVE":                             "a",
		"approve.":                            "a",
		"Approved!":                           "a",
		"I approve.":                          "a",
		"Yes":                                 "a",
		"yes please":                          "a",
		"ok, go ahead":                        "a",
		"OK":                                  "a",
		"No objection.":                       "a",
		"no objections from me":               "a",
		"Fine by me.":                         "a",
		"Looks good, approved.":               "a",
		"Approved. Thanks for asking!":        "a",
		"Hi all,\n\nthis is approved.\n\nAnn": "a",
		"You can approve this.":               "a",
		"Please go ahead with Jane.":          "a",
		"Approved. If you need anything else, call me.": "a",
		"Ja":                                 "a",
		"Genehmigt.":                         "a",
		"Einverstanden, danke":               "a",
		"Oui, merci":                         "a",
		"同意":                                 "a",
		"Sí":                                 "a",
		"REJECT":                             "r",
		"Rejected, she has left.":            "r",
		"No":                                 "r",
		"No, she has left.":                  "r",
		"Not approved.":                      "r",
		"I do not approve this.":             "r",
		"We don't approve this request.":     "r",
		"Declined":                           "r",
		"Please decline.":                    "r",
		"Denied. Ask me first next time.":    "r",
		"Nein":                               "r",
		"Abgelehnt":                          "r",
		"Nicht genehmigt":                    "r",
		"Non":                                "r",
		"":                                   "?",
		"?":                                  "?",
		"Who is she?":                        "?",
		"Should I approve this?":             "?",
		"Approve?":                           "?",
		"I can't approve this yet.":          "?",
		"I cannot approve.":                  "?",
		"I will approve it tomorrow.":        "?",
		"I would approve if she had signed.": "?",
		"Approve once HR confirms.":          "?",
		"Approved, provided that HR agrees.": "?",
		"Approved if HR has no objection":    "?",
		"Yes, but only until March.":         "?",
		"ok but who is she":                  "?",
		"Approved. Wait, no.":                "?",
		"Approve. Reject.":                   "?",
		"Yes and no":                         "?",
		"Has this been approved by Bob?":     "?",
		"Bob approved it already.":           "?",
		"Bob has approved this":              "?",
		"I thought this was approved":        "?",
		"I am not the approver":              "?",
		"How do I approve this?":             "?",
		"What does APPROVE do?":              "?",
		"Do not reject this.":                "?",
		"I don't want to reject her":         "?",
		"I have no reason to approve this":   "?",
		"Thanks, will do":                    "?",
		"Thanks":                             "?",
		"Noted.":                             "?",
		"Received, ok":                       "?",
		"Approval is pending with HR":        "?",
		"I need approval from my boss first": "?",
		"Not sure yet":                       "?",
		"Maybe":                              "?",
		"Please ask Bob, he approves such things.": "?",
		"Approve as Technician instead":            "?",
		"Hold off on approving":                    "?",
		"never approved this":                      "?",
		"Not yet approved":                         "?",
		"Noch nicht genehmigt":                     "?",
		"Genehmigt, sobald HR zustimmt":            "?",
		"No estoy de acuerdo":                      "r",
		"Ich kann das nicht genehmigen":            "?",
		"Approved by mistake, please undo":         "?",
		"I approved the invoice yesterday.":        "?",
		"My approval of the budget is attached":    "?",
		"approve my vacation request":              "?",
		"They are good people":                     "?",
		"The weather is fine":                      "?",
		"Bob is happy to approve":                  "?",
		"I pretend I approve":                      "?",
		"He works for me":                          "?",
		"my wife is fine":                          "?",
		"Approved - not":                           "?",
		"Approved. Not!":                           "?",
		"approved, just kidding":                   "?",
		"Yes, in your dreams":                      "?",
		"Approved, she gets two weeks of access":   "?",
		"fine, she may stay two days":              "?",
		"OK, they are on trial":                    "?",
		"Approved, she is no longer with us":       "?",
		"Approved, she joined us last month":       "a",
		"Approved, weekdays":                       "?",
		"Approved excluding the office":            "?",
		"APPROVED - WING B":                        "?",
		"Approved, NO":                             "?",
		"Approved, without the office":             "?",
		"Approved, as a visitor":                   "?",
		"Genehmigt, werktags":                      "?",
		"Genehmigt, danke":                         "a",
		"Goedgekeurd, doordeweeks":                 "?",
		"Genehmigt, als Besucher":                  "?",
		"Approuvé, comme visiteur":                 "?",
		"Godkänt, vardagar":                        "?",
		"Одобрено, будни":                          "?",
		"承認、平日":                                    "?",
		"Approved (weekdays)":                      "?",
		"Approved - HR to confirm":                 "?",
		"Approved. HR to confirm.":                 "?",
		"Approved. Needs an escort.":               "?",
		"Approved, not for the cage":               "?",
		"Approved, I think.":                       "?",
		"Wrong role. Approved.":                    "?",
		"Yes, it's me":                             "?",
		"Approved, please send her the invitation": "a",
		"Approved, we have known her for years":    "a",
		"Approved. With a chaperone.":              "?",
		"Approved\nwith a chaperone":               "?",
		"Approved.\nWith kind regards":             "a",
		"Approved. With pleasure.":                 "a",
		"Genehmigt. Mit Begleitung.":               "?",
		"Approuvé. Avec plaisir.":                  "a",
		"Approuvé.\nAvec accompagnateur.":          "?",
		"Yes, Jane.":                               "a",
		"Sure, Jane.":                              "?",
		"As head of the team I approve":            "a",
		"As expected I pretend to be approved":     "?",
		"As a favour Bob approved":                 "?",
		"Yes, Jane Doe.":                           "a",
		"Ja ja":                                    "?",
		"Ja, ja.":                                  "?",
		"はいはい":                                     "?",
		"She is a good person.":                    "?",
		"This mail is legit":                       "?",
		"Your service is good":                     "?",
		"Everything is good":                       "a",
		"Monday is fine":                           "?",
		"Bob is ok":                                "?",
		"My boss is ok with this":                  "?",
		"The budget is approved":                   "?",
		"Access for Jane is approved":              "a",
		"They are approving":                       "?",
		"We are approving":                         "a",
	} {
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: onePerson})
		if d := flatten(got.Decisions, onePerson.Lines); d != want {
			t.Errorf("%q: %s, want %s", text, d, want)
		}
		if got.Class != interpret.ClassReply {
			t.Errorf("%q: class %s", text, got.Class)
		}
	}
}

func TestDecisionOnThree(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"No one is approved":     "???",
		"I approved no one":      "???",
		"Nobody is approved":     "???",
		"None is fine":           "???",
		"Nothing is approved":    "???",
		"Nothing against it":     "aaa",
		"Approve no-one":         "???",
		"Approved: none":         "???",
		"None of them":           "rrr",
		"Number one is approved": "a??",
		"3 no, 1 and 2 yes":      "aar",
		"1 is fine, 2 I have to think about, 3 is fine":       "a?a",
		"I never met 3, the rest is ok":                       "aa?",
		"I meant 1. Approved.":                                "???",
		"Aproved":                                             "aaa",
		"The first two yes, the third one no":                 "aar",
		"Approved for Frankfurt":                              "???",
		"OK. I'll look at it tomorrow.":                       "???",
		"Approve 1 to 3":                                      "aaa",
		"1 to 2 approved, 3 rejected":                         "aar",
		"Approve 1-2":                                         "aa?",
		"Approve 1 to 5":                                      "???",
		"Sure, Raj.":                                          "???",
		"Bob is fine with it":                                 "???",
		"APPROVE":                                             "aaa",
		"approve all":                                         "aaa",
		"All three are fine.":                                 "aaa",
		"REJECT":                                              "rrr",
		"None of them.":                                       "rrr",
		"APPROVE 1, REJECT 2":                                 "ar?",
		"APPROVE 1, REJECT 2, APPROVE 3":                      "ara",
		"approve 1 and 3, not 2":                              "ara",
		"approve 1, 2 and 3":                                  "aaa",
		"Approve 1 and 2":                                     "aa?",
		"APPROVE 1\nREJECT 2\nAPPROVE 3":                      "ara",
		"1. yes\n2. no\n3. yes":                               "ara",
		"1: approve\n2: reject\n3: approve":                   "ara",
		"1 ok\n2 ok\n3 no":                                    "aar",
		"Approved except 3":                                   "aa?",
		"All except 3":                                        "???",
		"Approve all except Raj.":                             "a?a",
		"Jane: approve. Raj: reject. Wei-Lun: approve.":       "ara",
		"Jane and Raj approved, Wei-Lun rejected.":            "aar",
		"Reject Raj, approve Jane":                            "ar?",
		"Approve Jane only":                                   "a??",
		"Only 2 is approved":                                  "?a?",
		"approve 1, for 2 I need to check, 3 is fine":         "a?a",
		"Approve 1 if HR agrees, reject 2":                    "?r?",
		"Yes to 1 and 2, no to 3":                             "aar",
		"approve 4":                                           "???",
		"Approve 1-3":                                         "aaa",
		"I approve 1 of them":                                 "???",
		"Approve by 1 December":                               "???",
		"Approved, but who is Raj?":                           "???",
		"Approved. Who is Raj?":                               "???",
		"Approve 1. Reject 1.":                                "???",
		"I approve Jane and Raj but not Wei-Lun.":             "aa?",
		"Approve Jane, Raj and Wei-Lun":                       "aaa",
		"Jane is fine. Raj is fine. Wei-Lun has left, so no.": "aa?",
		"Reject all":                                          "rrr",
		"Reject all except Jane":                              "???",
		"Neither Jane nor Raj":                                "???",
		"No objection to 1 and 2. 3 must wait.":               "aa?",
		"Approved for Jane. The others I do not know.":        "a??",
		"Approve 1 & 2, reject 3.":                            "aar",
		"#1 approved, #2 rejected, #3 approved":               "ara",
		"Approved: 1, 3. Rejected: 2.":                        "ara",
		"yes / no / yes":                                      "???",
		"Approve everyone but Raj":                            "a?a",
		"Do not approve 2.":                                   "?r?",
		"Please don't approve Raj, the others are fine":       "ara",
	} {
		readsThree(t, text, want)
	}
}

// TestDecisionOnlyFromOwnWords holds text that decides nothing although it says APPROVE.
func TestDecisionOnlyFromOwnWords(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"quote":       "> APPROVE\n> yes, approved\n",
		"outlook":     "From: Support <support@provider.example>\nSent: Monday, 2 November 2026 10:00\nTo: Ann Lee\nSubject: x\n\nAPPROVE\n",
		"signature":   "-- \nAnn Lee\nApproved supplier. Yes!\n",
		"disclaimer":  "This e-mail may contain confidential information and is approved for the intended recipient only. APPROVE.\n",
		"attribution": "On Mon, 2 Nov 2026 at 10:00, Support <support@provider.example> wrote:\n\nTo approve, reply APPROVE.\n",
		"forwarded":   "---------- Forwarded message ---------\nFrom: Bob <bob@acme.example>\nSubject: ok\n\nApproved.\n",
		"name only":   "Ann Lee\nHead of Approvals\n",
	} {
		m := mail(text)
		m.Subject = "APPROVE Re: [REQ-2026-00042] approved"
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: onePerson})
		if diff := cmp.Diff(map[string]interpret.Decision{interpret.Everything: interpret.Unclear}, got.Decisions); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTextAndHTMLDisagree(t *testing.T) {
	t.Parallel()
	m := mail("APPROVE\n")
	m.HTMLText = "REJECT\n"
	got := interpret.Read(m, interpret.Context{Asked: onePerson})
	if got.Decisions[interpret.Everything] != interpret.Unclear {
		t.Errorf("decisions %v, want unclear", got.Decisions)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"STOP": 1, "stop.\n\nThat was wrong": 1, "Please do not stop": 0, "> STOP": 0, "Stop by when you can": 0} {
		got := interpret.Read(mail(text), interpret.Context{Asked: onePerson})
		if len(got.Commands) != want {
			t.Errorf("%q: commands %v", text, got.Commands)
		}
	}
}

// Whoever signs behind a mark signs; anybody else's name there, and a name that decides, is part of the answer.
func TestSignedAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]interpret.Decision{
		"APPROVED - ODETTE T.":     interpret.Approve,
		"Approved, Odette":         interpret.Approve,
		"APPROVED - WALTER B.":     interpret.Unclear,
		"Approved - Not":           interpret.Unclear,
		"Genehmigt, Odette Tanner": interpret.Approve,
	} {
		m := mail(text)
		m.Author.Name = "Odette Not Tanner"
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: onePerson})
		if d := got.Decisions[interpret.Everything]; d != want {
			t.Errorf("%q: %v, want %s", text, got.Decisions, want)
		}
	}
}

// TestAnswerBelowLine types answers below the first numbered line of the quote: they are as closed there as above it.
func TestAnswerBelowLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"APPROVE":                           "a??",
		"fine by me":                        "a??",
		"Jane is fine":                      "a??",
		"REJECT":                            "r??",
		"Approved by Bob":                   "???",
		"Approved is not the word":          "???",
		"give him access over my dead body": "???",
		"approved for Frankfurt":            "???",
		"approved as Technician":            "???",
		"fine, whatever":                    "???",
	} {
		quoted := "On Sat, 21 Nov 2026 at 10:00, Support <support@provider.example> wrote:\n> Tom Reed asks for access for:\n> 1. Jane Doe\n\n" +
			text + "\n\n> 2. Raj Patel\n> 3. Wei-Lun Tsai\n>\n> To approve, reply APPROVE.\n"
		readsThree(t, quoted, want)
	}
	above := "I do not say APPROVE 2 yet.\n\nOn Sat, 21 Nov 2026 at 10:00, Support <support@provider.example> wrote:\n> 1. Jane Doe\n\nAPPROVE\n\n> 2. Raj Patel\n> 3. Wei-Lun Tsai\n"
	readsThree(t, above, "???")
}

// TestAnswerBelowLineTakenBack types other words above the quote: they give nothing to answers below lines, but may take an approval back.
func TestAnswerBelowLineTakenBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ above, first, second, want string }{
		{"See below.", "ok", "no", "ar?"},
		{"Please find my answers below:", "ok", "ok", "aa?"},
		{"Bonjour,\n\nmes réponses ci-dessous.", "oui", "non", "ar?"},
		{"Please wait until Friday, my notes are below.", "ok", "no", "?r?"},
		{"Answers below, but do nothing yet:", "ok", "ok", "???"},
		{"Tom wrote that:", "ok", "", "???"},
		{"All rejected.", "ok", "no", "?r?"},
		{"Meine Antworten gelten erst ab Mai.", "ja", "ja", "???"},
		{"saadan selle kõigepealt oma ülemusele lugemiseks", "ok", "ok", "???"},
		{"Approve all.", "no", "", "r??"},
	} {
		text := c.above + "\n\nOn Sat, 21 Nov 2026 at 10:00, Support <support@provider.example> wrote:\n> Tom Reed asks for access for:\n> 1. Jane Doe\n\n" +
			c.first + "\n\n> 2. Raj Patel\n\n" + c.second + "\n\n> 3. Wei-Lun Tsai\n> To approve, reply APPROVE.\n"
		m, err := message.Parse([]byte("From: Maria <maria@acme.example>\nTo: a@b.example\nSubject: Re: x\nMIME-Version: 1.0\n" +
			"Content-Type: text/plain; charset=utf-8\n\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		got := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: threePeople})
		if d := flatten(got.Decisions, threePeople.Lines); d != c.want {
			t.Errorf("%q above %q and %q: %s, want %s", c.above, c.first, c.second, d, c.want)
		}
	}
}

// TestCommentsInQuote: a comment in the quote counts where its author says that there are some, and never where it is a piece of the reason, which
// whoever asks may write as they like.
func TestCommentsInQuote(t *testing.T) {
	t.Parallel()
	const header = "\n\nFrom: Support <support@provider.example>\nSent: Monday, 2 November 2026 09:12\nTo: Ann Lee <ann@acme.example>\nSubject: Approval needed\n\n"
	for _, tt := range []struct{ own, told, typed, want string }{
		{"Hi, see my comments below.", "night shift", "[Ann] approved", "a"},
		{"My comments are marked AL in your text.", "night shift", "AL: approved", "a"},
		{"Hello, this is Ann from operations.", "night shift", "[Ann] approved", "?"},
		{"Hello, this is Ann from operations.", "night shift", "Ann: approved", "?"},
		{"AL", "night shift", "AL: approved", "?"},
		{"Ann here, see my comments below.", "night shift at the big cage. [Ann] approved", "", "?"},
		{"Ann here, see my comments below.", "night shift at the big cage. Ann: approved", "", "?"},
		{"Ann here, see my comments below.", "night shift at the big cage. Ann: approved", "[Ann] rejected", "?"},
	} {
		reason := strings.Replace(strings.Replace(tt.told, ". [", ".\n     [", 1), ". Ann:", ".\n     Ann:", 1) // as our mail may wrap it
		text := tt.own + header + "  1. Jane Doe <jane.doe@acme.example> as Technician. Reason: " + reason + "\n" + tt.typed + "\n\nTo approve, reply APPROVE.\n"
		asked := &interpret.Asked{Lines: onePerson.Lines, Requests: slices.Clone(onePerson.Requests)}
		asked.Requests[0].Reason = &tt.told
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: asked})
		if d := flatten(got.Decisions, asked.Lines); d != tt.want {
			t.Errorf("%q, typed %q, told %q: %s, want %s", tt.own, tt.typed, tt.told, d, tt.want)
		}
	}
}

// TestBelowTheName: what somebody typed below their name takes no approval for more than it is, and posts, companies and what programs add change
// nothing.
func TestBelowTheName(t *testing.T) {
	t.Parallel()
	wantDecisions(t, onePerson, map[string]string{
		"Approved\n\nBest regards\nAnn Lee\nonly nights please":                               "?",
		"Approved\n\nAnn Lee\nnights excluded":                                                "?",
		"Approved\n\nRegards, Ann\n\nNot the badge though":                                    "?",
		"Approved.\n\nThanks\nAnn\npending HR sign-off":                                       "?",
		"APPROVE\n\nLee, not the badge":                                                       "?",
		"Approved\n\nAnn, nights excluded":                                                    "?",
		"Approved\n\nA. Lee, pending HR sign-off":                                             "?",
		"Approved.\n\nAnn, jk":                                                                "?",
		"Approved.\n\nAnn Lee\nNot Jane":                                                      "?",
		"Approved.\n\nAnn Lee\nOnly Fridays":                                                  "?",
		"Approved.\n\nAnn Lee\nJane leaves us":                                                "?",
		"Approved.\n\nAnn Lee\nonly until 31.12.2026":                                         "?",
		"Approved.\n\nAnn Lee\nonly until 2026-12-31":                                         "?",
		"Approved.\n\nAnn Lee\nonly if bob@acme.example agrees":                               "?",
		"Genehmigt\n\nAnn Lee\nnur nachts":                                                    "?",
		"承認します。\n\nAnn Lee\n日中のみ":                                                             "?",
		"Approved\n\nAnn Lee\nRisk and Access Manager\nFirst Line Support\nNorthwind Limited": "a",
		"Approved\n\nRegards\nAnn Lee\nsenior network engineer":                               "a",
		"Approved\n\nRegards\nAnn Lee\nDirectrice des opérations\nMälarvind AB":               "a",
		"Approved\n\nAnn Lee\nTel. +49 30 1234567, ann@acme.example\nwww.acme.example":        "a",
		"Approved\n\nAnn Lee\n+49 30 1234567\nOnly orders in writing count":                   "a",
		"Approved\n\nAnn Lee\n\nGet Outlook for Android":                                      "a",
		"Rejected\n\nAnn Lee\nnot today":                                                      "r",
	})
}
