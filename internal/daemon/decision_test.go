package daemon_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
)

var refLine = regexp.MustCompile(`(?m)^Ref: (\S+)`)

// TestDecisionTable plays the eight rows of the table in docs/security.md: a decision needs the approver's verified
// address, that approver's token and clear own words, all three at once.
func TestDecisionTable(t *testing.T) {
	t.Parallel()
	const unclear = "I have seen this and will look into it."
	for name, c := range map[string]struct {
		verified, token bool
		words           string
		became          string // the beginning of the disposition and reason
		news            []string
		stage           string
	}{
		"1 all three":               {true, true, "APPROVE", "applied: decision", []string{"ines: " + approvalOf("sofia"), "maria: " + recorded, "otto: " + settled}, "security"},
		"2 unclear words":           {true, true, unclear, "answered: unclear answer", []string{"maria: Your answer was not clear"}, "client"},
		"3 no token":                {true, false, "APPROVE", "answered: an answer without token", []string{"maria: Your answer changed nothing"}, "client"},
		"4 no token, unclear words": {true, false, unclear, "answered: an answer without token", []string{"maria: Your answer changed nothing"}, "client"},
		"5 not verified":            {false, true, "APPROVE", "quarantined: sender not proven", nil, "client"},
		"6 not verified, unclear":   {false, true, unclear, "quarantined: sender not proven", nil, "client"},
		"7 not verified, no token":  {false, false, "APPROVE", "quarantined: sender not proven", nil, "client"},
		"8 none of the three":       {false, false, unclear, "quarantined: sender not proven", nil, "client"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{})
			maria, _ := w.asked()
			l := answer("maria", maria, c.words)
			if !c.token {
				l = letter{author: "maria", subject: "Re: " + maria.Subject, text: c.words}
			}
			l.unsigned = !c.verified
			w.write(l)
			if got := w.message(); !strings.HasPrefix(got, c.became) {
				t.Errorf("the answer became %q, want %q", got, c.became)
			}
			w.wantNews(c.news...)
			w.wantRequest("lena", access.AwaitingApproval, c.stage, "CL-06")
			w.wantUnchanged()
		})
	}
}

// Whoever gets an approval mail forwarded cannot approve with it, not even somebody who may approve with a mail of their
// own; both learn why.
func TestForwardedApproval(t *testing.T) {
	t.Parallel()
	const otherHands = "An approval mail in other hands"
	for _, colleague := range []string{"otto", "tom"} {
		t.Run(colleague, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{})
			maria, _ := w.asked()
			w.write(letter{author: colleague, subject: "Fwd: " + maria.Subject, text: "APPROVE\n\n---------- Forwarded message ---------\n" +
				"From: Support <" + support + ">\nDate: Mon, 2 Mar 2026 at 10:00\nSubject: " + maria.Subject + "\nTo: Maria Lindqvist <maria@acme.example>\n\n" + maria.Text})
			w.wantMessage("answered: carries another person's token")
			w.get(colleague, otherHands, "Only the person a question was sent to can answer it")
			w.get("maria", otherHands, people[colleague].name+" has answered an approval mail that we had sent to you")
			w.wantNews()
			w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
			// The owner of the token can still use it.
			w.reply("maria", maria, "APPROVE")
			w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
		})
	}
}

// The token comes back by any of its three ways, also where the server takes no subaddresses and where a relay rewrites the
// reverse-path (SRS).
func TestTokenChannels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plain  bool
		answer func(*received) letter
	}{
		"subaddress alone": {false, func(m *received) letter {
			return letter{author: "maria", to: replyTo(m), subject: "Re: a question", text: "APPROVE"}
		}},
		"references alone": {true, func(m *received) letter {
			return letter{author: "maria", answers: m, subject: "Re: a question", text: "APPROVE"}
		}},
		"reference line alone": {true, func(m *received) letter {
			return letter{author: "maria", subject: "Re: a question", text: "APPROVE\n\nOn Monday, Support wrote:\n> " + refLine.FindString(m.Text)}
		}},
		"rewritten reverse-path": {false, func(m *received) letter {
			l := answer("maria", m, "APPROVE")
			l.mailFrom = "SRS0=HHH=TT=acme.example=maria@stranger.example"
			return l
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{plain: c.plain})
			maria, _ := w.asked()
			if at := replyTo(maria); c.plain && at != support {
				t.Errorf("without subaddressing answers go to %s", at)
			}
			w.write(c.answer(maria))
			w.get("maria", recorded)
			w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
		})
	}
}
