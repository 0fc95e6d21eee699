package daemon_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
)

// Mail whose sender is not proven, or not known, is quarantined and answered by nobody.
func TestUnprovenSender(t *testing.T) {
	t.Parallel()
	const results = "Authentication-Results: "
	for name, c := range map[string]struct {
		letter letter
		reason string // its beginning
	}{
		"unsigned":    {letter{author: "maria", unsigned: true}, "sender not proven: "},
		"otherDomain": {letter{author: "maria", signer: "stranger.example"}, "sender not proven: "},
		"twoAuthors": {letter{author: "maria", from: "Maria Lindqvist <maria@acme.example>, Otto Lang <otto@acme.example>"},
			"sender not proven: "},
		"twoFromFields":  {letter{author: "maria", header: []string{"From: Mallory <mallory@stranger.example>"}}, "sender not proven: "},
		"displayAddress": {letter{author: "mallo", from: `"Maria Lindqvist <maria@acme.example>" <mallory@stranger.example>`}, "unknown author"},
		"unknown":        {letter{author: "mallo"}, "unknown author"},
		"ownVerdict": {letter{author: "maria", unsigned: true, header: []string{
			results + mx + "; dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"}}, "sender not proven: "},
		"ownVerdictDisguised": {letter{author: "maria", unsigned: true, header: []string{
			results + "(us) " + strings.ToUpper(mx) + " 1;\r\n\tdmarc=pass header.from=acme.example"}}, "sender not proven: "},
		"ownVerdictBelow": {letter{author: "maria", unsigned: true, header: []string{
			"Received: from x by y; Mon, 02 Mar 2026 10:00:00 +0000",
			results + mx + "; auth=pass smtp.auth=maria@acme.example; dmarc=pass header.from=acme.example"}}, "sender not proven: "},
		"verdictOfSignature": {letter{author: "maria", signer: "stranger.example", header: []string{
			results + "acme.example; dmarc=pass header.from=acme.example"}}, "sender not proven: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{})
			c.letter.text = lenaMain
			w.write(c.letter)
			if got := w.message(); !strings.HasPrefix(got, "quarantined: "+c.reason) {
				t.Errorf("the mail became %q, want it quarantined, %s", got, c.reason)
			}
			w.wantNews()
			w.wantUnchanged()
			if r := w.requestOf("lena"); r.State != "" {
				t.Errorf("a request was filed: %+v", r)
			}
			w.wantFiled("Countersign/Quarantine", 1)
		})
	}
}

// Where the daemon judges senders itself, alone or beside the MX, a signed mail passes and a forged one is quarantined.
func TestOwnSenderChecks(t *testing.T) {
	t.Parallel()
	for _, sender := range []string{"{mode: verify}", "{mode: both, authserv_id: " + mx + ", hops: 0}"} {
		t.Run(strings.Fields(sender)[1], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{sender: sender})
			w.write(letter{author: "maria", text: lenaMain, signer: "stranger.example"})
			if got := w.message(); !strings.HasPrefix(got, "quarantined: sender not proven: ") {
				t.Errorf("the forged mail became %q", got)
			}
			w.wantNews()
			w.send("sofia", lenaTechnician)
			w.reply("maria", w.get("maria", "Lena Vogt", "APPROVE"), "APPROVE")
			w.get("ines", "Lena Vogt", "APPROVE")
			st := w.openStore()
			defer st.Close()
			all, err := st.Messages(t.Context(), "", 1)
			if err != nil || len(all) != 1 || !strings.Contains(string(all[0].Evidence), "DKIM signature of acme.example: valid") {
				t.Errorf("the evidence kept is %+v (%v)", all, err)
			}
		})
	}
}

// asked plays a request that waits for Maria and Otto, and returns their mails.
func (w *world) asked() (maria, otto *received) {
	w.t.Helper()
	w.send("sofia", lenaTechnician)
	maria, otto = w.get("maria", "Lena Vogt", "APPROVE"), w.get("otto", "Lena Vogt", "APPROVE")
	w.wantNews("sofia: " + answered)
	return maria, otto
}

// A decision needs the approver's proven address, that approver's token and plain own words, all at once. Each of these
// answers lacks one of them.
func TestNoDecision(t *testing.T) {
	t.Parallel()
	const (
		otherHands = "An approval mail in other hands"
		unclear    = "Your answer was not clear"
	)
	for name, c := range map[string]struct {
		letter func(maria, otto *received) letter
		became string
		news   []string
	}{
		"unsigned": {func(m, _ *received) letter { l := answer("maria", m, "APPROVE"); l.unsigned = true; return l },
			"quarantined: sender not proven: ", nil},
		"strangerWithToken": {func(m, _ *received) letter { return answer("mallo", m, "APPROVE") },
			"quarantined: unknown author", nil},
		"otherClientWithToken": {func(m, _ *received) letter { return answer("gina", m, "APPROVE") },
			"answered: carries another person's token", []string{"maria: " + otherHands}},
		"colleagueWithToken": {func(m, _ *received) letter { return answer("tom", m, "APPROVE") },
			"answered: carries another person's token", []string{"maria: " + otherHands, "tom: " + otherHands}},
		"requesterWithToken": {func(m, _ *received) letter { return answer("sofia", m, "APPROVE") },
			"answered: carries another person's token", []string{"maria: " + otherHands, "sofia: " + otherHands}},
		"approverWithOtherToken": {func(m, _ *received) letter { return answer("otto", m, "APPROVE") },
			"answered: carries another person's token", []string{"maria: " + otherHands, "otto: " + otherHands}},
		"staffWithToken": {func(m, _ *received) letter { return answer("paul", m, "APPROVE") },
			"answered: carries another person's token", []string{"maria: " + otherHands, "paul: " + otherHands}},
		"quotedOnly": {func(m, _ *received) letter { return answer("maria", m, "") },
			"answered: unclear answer to an approval mail", []string{"maria: " + unclear}},
		"quotedByHand": {func(m, _ *received) letter { return answer("maria", m, "Did you mean this?\n\n> APPROVE") },
			"answered: unclear answer to an approval mail", []string{"maria: " + unclear}},
		"subjectOnly": {func(m, _ *received) letter {
			l := answer("maria", m, "See above.")
			l.subject = "APPROVE " + l.subject
			return l
		}, "answered: unclear answer to an approval mail", []string{"maria: " + unclear}},
		"question": {func(m, _ *received) letter { return answer("maria", m, "Should I approve this? Who is she?") },
			"answered: unclear answer to an approval mail", []string{"maria: " + unclear}},
		"noToken": {func(m, _ *received) letter {
			return letter{author: "maria", subject: "Re: " + m.Subject, text: "APPROVE"}
		}, "answered: an answer without token; an approval mail is already there", []string{"maria: Your answer changed nothing"}},
		"outOfOffice": {func(m, _ *received) letter {
			l := answer("maria", m, "I am away. APPROVE")
			l.header = []string{"Auto-Submitted: auto-replied"}
			return l
		}, "applied: automatic reply, noted on the ticket", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, setup{})
			w.write(c.letter(w.asked()))
			if got := w.message(); !strings.HasPrefix(got, c.became) {
				t.Errorf("the answer became %q, want %q", got, c.became)
			}
			w.wantNews(c.news...)
			w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
			w.wantUnchanged()
		})
	}
}

// An approval that comes twice, or after somebody else's, decides nothing more; a repeated mail is a duplicate.
func TestDecidedBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	maria, otto := w.asked()
	l := answer("maria", maria, "APPROVE")
	l.id, l.date = "twice@acme.example", w.clock.Now()
	w.write(l)
	w.wantNews("ines: "+approvalOf("sofia"), "maria: "+recorded, "otto: "+settled)
	w.write(l)
	if got := w.message(); !strings.HasPrefix(got, "duplicate: ") {
		t.Errorf("the repeated mail became %q", got)
	}
	w.wantNews()
	w.reply("maria", maria, "APPROVE")
	w.wantMessage("answered: was decided before")
	w.wantNews("maria: We have your answer already")
	w.reply("otto", otto, "REJECT")
	w.wantMessage("answered: was decided before")
	w.get("otto", "Your answer differs from the one that counts", "approved by Maria Lindqvist")
	w.wantNews()
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	w.wantUnchanged()
}

// An approval that comes after the request ended changes nothing.
func TestAnswerAfterEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	maria, otto := w.asked()
	w.reply("otto", otto, "REJECT")
	w.wantNews("maria: "+settled, "otto: "+recorded, "sofia: "+answered)
	w.reply("maria", maria, "APPROVE")
	w.get("maria", "Your answer differs from the one that counts", "declined by Otto Lang")
	w.wantNews()
	w.wantRequest("lena", access.Rejected, "", "CL-06")
	w.wantUnchanged()
}
