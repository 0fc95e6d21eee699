package daemon_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

const didYouWrite = "Did you write to us?"

// challenging is a world whose clients have no DMARC record, so that unsigned mail is weak, and require a code for it.
func challenging(t *testing.T, database string) *world {
	t.Helper()
	w := newWorld(t, setup{database: database, require: access.RequireChallenge})
	w.zone.SetTXT("_dmarc.acme.example")
	return w
}

var codeInMail = regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`)

// codeOf is the code in a challenge; the mail must hold nothing of what it is about.
func (w *world) codeOf(m *received) string {
	w.t.Helper()
	for _, words := range []string{"Lena", "Technician", "night shift", "APPROVE", "stranger"} {
		if strings.Contains(m.Text+m.HTMLText+string(m.raw), words) {
			w.t.Errorf("the challenge says %q:\n%s", words, m.Text)
		}
	}
	found := codeInMail.FindStringSubmatch(m.Text)
	if found == nil {
		w.t.Fatalf("there is no code in\n%s", m.Text)
	}
	return found[1]
}

// unsigned is a mail that nothing proves.
func unsigned(l letter) letter { l.unsigned = true; return l }

// wantDispositions checks what became of all mails, oldest first.
func (w *world) wantDispositions(want ...access.Disposition) {
	w.t.Helper()
	w.rest()
	all, err := w.main.Store().Messages(w.t.Context(), "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var got []access.Disposition
	for i := range all {
		got = append(got, all[len(all)-1-i].Disposition)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("the mails became %v, want %v\n%s", got, want, w.story())
	}
}

// challenges are played on both engines.
var challenges = map[string]func(*world){
	"request": challengedRequest, "decision": challengedDecision, "forged": challengeUnanswered, "wrongCodes": challengeFailed,
	"machines": challengeMachines, "disproved": challengeDisproved, "flood": challengeFlood, "command": challengedCommand,
	"reminded": challengeReminded,
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	for name, play := range challenges {
		t.Run(name, func(t *testing.T) { t.Parallel(); play(challenging(t, "")) })
	}
}

// A weak request waits for the code, which goes to the address on file whatever Reply-To says. A second one the same day
// joins it without a mail, and gets a code of its own afterwards: a code is good for one mail.
func challengedRequest(w *world) {
	w.write(unsigned(letter{author: "sofia", text: lenaTechnician, header: []string{"Reply-To: " + people["mallo"].address}}))
	first := w.get("sofia", didYouWrite)
	w.wantNews()
	if got := w.message(); !strings.HasPrefix(got, "applied: awaiting_sender: ") {
		w.t.Errorf("the mail became %q", got)
	}
	w.write(unsigned(letter{author: "sofia", text: "Please remove Tom Okafor <tom@acme.example>. He has left."}))
	w.wantNews()
	if waiting, err := w.main.Store().ToFile(w.t.Context(), "support", 10); err != nil || len(waiting) > 0 {
		w.t.Errorf("held mails are to be filed: %v (%v)", waiting, err)
	}
	if r := w.requestOf("lena"); r.State != "" {
		w.t.Errorf("a request was filed: %+v", r)
	}
	w.write(unsigned(answer("sofia", first, w.codeOf(first))))
	second := w.get("sofia", didYouWrite)
	w.wantNews("maria: "+approvalOf("sofia"), "otto: "+approvalOf("sofia"), "sofia: "+answered)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	if r := w.requestOf("tom"); r.State != "" {
		w.t.Errorf("the mail behind it was let go too: %+v", r)
	}
	w.write(unsigned(answer("sofia", first, w.codeOf(first)))) // once more: the code is spent
	w.wantNews()
	w.write(unsigned(answer("sofia", second, "The code is "+w.codeOf(second)+".")))
	w.get("sofia", "Refused (rule CL-22)", "Tom Okafor")
	w.wantNews()
	w.wantUnchanged()
}

// What is no request for access, and asks for something all the same, waits for the code too.
func challengedCommand(w *world) {
	w.send("sofia", lenaTechnician)
	w.get("maria", "APPROVE")
	w.write(unsigned(letter{author: "sofia", text: "Please cancel my request."}))
	challenge := w.get("sofia", didYouWrite)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.write(unsigned(answer("sofia", challenge, w.codeOf(challenge))))
	w.get("sofia", "cancelled")
	w.wantRequest("lena", access.Cancelled, "", "CL-06")
}

// A weak answer of an approver counts when the code has come back, and is recorded with that proof. The next one needs a
// new code.
func challengedDecision(w *world) {
	w.send("sofia", lenaTechnician)
	maria := w.get("maria", "Lena Vogt", "APPROVE")
	w.get("otto", "APPROVE")
	w.write(unsigned(answer("maria", maria, "APPROVE")))
	challenge := w.get("maria", didYouWrite)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.write(unsigned(answer("otto", challenge, w.codeOf(challenge)))) // another's code
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.write(unsigned(answer("maria", challenge, w.codeOf(challenge))))
	w.get("maria", recorded)
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	all, err := w.main.Store().Messages(w.t.Context(), "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	if m := all[len(all)-2]; m.Disposition != access.Applied || !strings.Contains(string(m.Evidence), "sent back a code") {
		w.t.Errorf("the approval is kept as %+v", m)
	}
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	w.get("maria", didYouWrite)
	w.wantUnchanged()
}

// The owner of the address did not write: without the code nothing happens, and after a week the mail is set aside. Whoever
// forged it learns nothing and cannot guess, since the reference is only in the mail with the code.
func challengeUnanswered(w *world) {
	w.write(unsigned(letter{author: "mallo", from: "Maria Lindqvist <maria@acme.example>", text: lenaMain}))
	w.get("maria", didYouWrite)
	for range 3 {
		w.write(unsigned(letter{author: "mallo", from: "Maria Lindqvist <maria@acme.example>", subject: "Re: " + didYouWrite, text: "123456"}))
	}
	w.wantDispositions(access.Applied, access.Left, access.Left, access.Left)
	w.wantNews()
	w.clock.advance(7*24*time.Hour + time.Minute)
	w.until("the mail is set aside", func(ctx context.Context, st *store.Store) (bool, error) {
		all, err := st.Messages(ctx, access.Quarantined, 10)
		return len(all) == 1, err
	})
	w.wantNews()
	w.wantUnchanged()
}

// R11: whoever does not send the code back is reminded, with a fresh one; reminders that an outage left out become one.
func challengeReminded(w *world) {
	w.write(unsigned(letter{author: "sofia", text: lenaTechnician}))
	first := w.get("sofia", didYouWrite)
	w.clock.advance(24 * time.Hour)
	second := w.get("sofia", didYouWrite, "We have asked you before")
	w.write(unsigned(answer("sofia", first, w.codeOf(first))))
	w.wantNews()
	w.stop()
	w.clock.advance(3 * 24 * time.Hour)
	w.start()
	third := w.get("sofia", didYouWrite, "We have asked you before")
	w.wantNews()
	w.write(unsigned(answer("sofia", second, w.codeOf(second))))
	w.wantNews()
	w.write(unsigned(answer("sofia", third, w.codeOf(third))))
	w.wantNews("maria: "+approvalOf("sofia"), "otto: "+approvalOf("sofia"), "sofia: "+answered)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
}

// Ten wrong codes end it, for the mails behind it too, and for the rest of the day.
func challengeFailed(w *world) {
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	m := w.get("maria", didYouWrite)
	w.write(unsigned(letter{author: "maria", text: lenaTechnician}))
	wrong := "000000"
	if w.codeOf(m) == wrong {
		wrong = "000001"
	}
	for range 10 {
		w.write(unsigned(answer("maria", m, wrong)))
	}
	w.write(unsigned(answer("maria", m, w.codeOf(m))))
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	w.wantNews()
	want := []access.Disposition{access.Quarantined, access.Quarantined}
	for range 10 {
		want = append(want, access.Answered)
	}
	w.wantDispositions(append(want, access.Left, access.Quarantined)...)
	w.wantUnchanged()
}

// Machines that answer a challenge, or quote it, send no code back, and are not answered.
func challengeMachines(w *world) {
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	m := w.get("maria", didYouWrite)
	code := w.codeOf(m)
	away := unsigned(answer("maria", m, code))
	away.header = []string{"Auto-Submitted: auto-replied"}
	w.write(away)
	w.write(unsigned(answer("maria", m, "I am away until Monday."))) // quotes the code
	w.write(unsigned(answer("maria", m, "")))
	w.wantNews()
	w.wantDispositions(access.Applied, access.Left, access.Left, access.Left)
	w.wantUnchanged()
}

// What DMARC disproves, and strangers, are quarantined and not asked; so is whoever sends the code in another's name.
func challengeDisproved(w *world) {
	w.write(unsigned(letter{author: "gina", text: lenaMain}))
	w.write(unsigned(letter{author: "mallo", text: lenaMain}))
	w.wantDispositions(access.Quarantined, access.Quarantined)
	w.wantNews()
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	m := w.get("maria", didYouWrite)
	w.zone.Publish(domain("acme.example"), "reject")
	w.write(unsigned(answer("maria", m, w.codeOf(m))))
	w.wantNews()
	w.wantUnchanged()
}

// However many weak mails come, one challenge a day goes out, and what is too much is set aside.
func challengeFlood(w *world) {
	var want []access.Disposition
	for i := range 9 {
		w.write(unsigned(letter{author: "maria", text: strings.ReplaceAll(lenaTechnician, "night", fmt.Sprintf("%d", i))}))
		if want = append(want, access.Applied); i >= 5 {
			want[i] = access.Quarantined
		}
	}
	w.wantDispositions(want...)
	w.wantNews("maria: " + didYouWrite)
}
