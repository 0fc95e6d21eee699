package daemon_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

const accounting = "accounting@provider.example"

// approvals are the ways of the approval engine, played by mail from end to end on both engines.
var approvals = map[string]row{
	"quorum":     {setup{model: "pairs", roles: pairsRoles}, playQuorum},
	"reminders":  {play: playReminders},
	"escalation": {play: playEscalation},
	"conditions": {setup{model: "client-representatives", roles: representatives}, playConditions},
	"delegation": {play: playDelegation},
	"digest":     {setup{extra: `digest: {at: "07:30"}`}, playDigest},
	"mailboxes":  {setup{billing: true}, playMailboxes},
}

var (
	pairsRoles      = map[string][]string{"maria": {"director"}, "otto": {"director"}, "tom": {"director"}, "sofia": {"clerk"}}
	representatives = map[string][]string{"maria": {"security_administrator"}, "otto": {"it_manager"}, "tom": {"it_administrator"}, "sofia": {"user"}}
)

// pairs is a role model of a provider's own, in which two directors must agree.
const pairs = `
role_model: {id: pairs, title: Pairs, version: "1"}
roles:
  - {id: director, title: Director, rank: 2, approves: [client]}
  - {id: clerk, title: Clerk, rank: 1}
rules:
  - {id: P-1, action: [add_user, change_role, remove_user], for: [clerk, director], by: [director, clerk], stages: [client: 2, staff], text: Two directors agree.}
otherwise: {id: P-0, text: "As {level} you cannot ask us for this."}
`

func approvalWorld(t *testing.T, s setup) *world {
	t.Helper()
	if s.model == "pairs" {
		file := filepath.Join(t.TempDir(), "pairs.yaml")
		if err := os.WriteFile(file, []byte(pairs), 0o600); err != nil {
			t.Fatal(err)
		}
		s.extra += fmt.Sprintf("role_models: [%q]", file)
	}
	return newWorld(t, s)
}

func TestApprovals(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(approvals)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			approvals[name].play(approvalWorld(t, approvals[name].setup))
		})
	}
}

// playQuorum: two of three directors must agree; answers of two at once both count.
func playQuorum(w *world) {
	w.send("sofia", "Please add Lena Vogt <lena@acme.example> as Clerk. She joins the night shift.")
	w.get("sofia", "2 of Maria Lindqvist, Otto Lang")
	maria, otto := w.get("maria", "Lena Vogt", "It takes 2 approvals"), w.get("otto", "Lena Vogt")
	w.get("tom", "Lena Vogt")
	w.reply("maria", maria, "APPROVE")
	w.get("maria", "It takes 1 more approval, of Otto Lang or Tom Okafor")
	w.wantRequest("lena", access.AwaitingApproval, "client", "P-1")
	w.reply("maria", maria, "APPROVE")
	w.get("maria", "answered this before in the same way")
	w.reply("otto", otto, "APPROVE")
	w.get("tom", settled, "Maria Lindqvist and Otto Lang")
	w.reply("paul", w.get("paul", "Lena Vogt"), "APPROVE")
	w.get("lena", "/register/")
}

// playReminders: a reminder can be answered, and reminds only those who can still answer.
func playReminders(w *world) {
	w.send("sofia", lenaTechnician)
	w.get("maria", "Lena Vogt", "APPROVE")
	w.get("otto", "Lena Vogt", "APPROVE")
	w.clock.advance(24 * time.Hour)
	m := w.get("maria", "Reminder: approval needed", "Lena Vogt", "the request ends")
	w.get("otto", "Reminder: approval needed")
	w.reply("maria", m, "APPROVE")
	w.get("maria", recorded)
	w.get("otto", settled)
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")

	w.send("otto", "Please add Jane Doe as Secondary Contact. Reason: she runs the Frankfurt cage.")
	w.get("otto", "Details missing")
	w.clock.advance(24 * time.Hour)
	w.get("otto", "Reminder: details missing", "the company email address")
	w.clock.advance(7 * 24 * time.Hour)
	w.get("otto", "not decided and completed in time", "Jane Doe")
	w.wantRequest("jane", access.Expired, "", "")
	w.wantUnchanged()
}

// playEscalation: nobody of the client answers, so staff stand in, with the checklist.
func playEscalation(w *world) {
	w.send("sofia", lenaTechnician)
	w.get("maria", "Lena Vogt", "APPROVE")
	w.clock.advance(96 * time.Hour)
	m := w.get("paul", "no approver of Acme has answered this", "call an authorised person", "Lena Vogt")
	w.reply("paul", m, "APPROVE")
	w.get("maria", settled, "Paul Novak")
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	w.reply("ines", w.get("ines", "Lena Vogt"), "APPROVE")
	m = w.get("petra", "validates every request", "Lena Vogt")
	w.reply("petra", m, "APPROVE")
	w.get("lena", "/register/")
}

// playConditions: staff find that a request changes security, so the client's people who decide that are asked (CR-08).
func playConditions(w *world) {
	w.send("tom", "Please add Lena Vogt <lena@acme.example> as User. She joins the night shift.")
	w.reply("paul", w.get("paul", "Lena Vogt", "APPROVE +security"), "APPROVE +security")
	w.get("paul", recorded, "whoever decides about security at Acme")
	w.get("petra", settled)
	w.wantRequest("lena", access.AwaitingApproval, "security_impact", "CR-06")
	w.reply("otto", w.get("otto", "changes the security of Acme", "Lena Vogt"), "APPROVE")
	w.reply("paul", w.get("paul", "Approval needed", "Lena Vogt"), "APPROVE")
	w.get("lena", "/register/")
	w.wantRequest("lena", access.Invited, "", "CR-06")
}

// playDelegation: Maria is absent, and Otto decides for her until she ends it.
func playDelegation(w *world) {
	until := w.clock.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	w.send("maria", "Delegate my approvals to Otto Lang until "+until+".")
	w.get("maria", answered, "Otto Lang", "takes effect after a waiting time")
	w.get("otto", "Notice", "decides for Maria Lindqvist", "STOP")
	w.clock.advance(25 * time.Hour)
	w.get("maria", "Your approvals are delegated")
	w.get("otto", "Approvals of Maria Lindqvist are delegated", "now decides for Maria Lindqvist")
	w.send("sofia", lenaTechnician)
	w.get("sofia", "Waiting for Otto Lang.")
	w.get("otto", "Lena Vogt", "You also decide for Maria Lindqvist")
	w.wantNews()
	w.send("maria", "End my delegation.")
	w.get("otto", "theirs again")
	w.get("maria", "yours again")
	m := w.get("maria", "Approval needed", "Lena Vogt")
	w.reply("maria", m, "APPROVE")
	w.get("otto", settled)
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	w.wantUnchanged()
}

// playDigest: staff read once a day what waits, what was quarantined and what was left; a restart sends no second one.
func playDigest(w *world) {
	w.send("mallo", lenaMain)
	w.send("tom", "The router port in rack 12 is down. Could you look at it?")
	w.send("maria", lenaTechnician)
	w.rest()
	w.clock.advance(24 * time.Hour)
	m := w.get("paul", "Daily digest", "1 quarantined", "mallory@stranger.example", "tom@acme.example (Acme)", "Level: Technician", "Topic: something technical")
	w.get("petra", "Daily digest")
	w.get("ines", "Daily digest: 1 waiting, 0 quarantined, 0 left", "Lena Vogt: waits for the security team")
	if holds(m.Message, []string{"Lena Vogt: waits for the security team"}) {
		w.t.Error("support reads what waits for the security team")
	}
	w.stop()
	w.start()
	w.send("maria", janeSecondary)
	w.get("maria", answered, "Jane Doe")
	w.rest()
	for _, n := range w.news() {
		if n == "paul: "+m.Subject {
			w.t.Error("a second digest on the same day")
		}
	}
}

// playMailboxes: accounting@ runs the same rules, and its team answers (R21, AC-01).
func playMailboxes(w *world) {
	w.write(letter{author: "maria", to: accounting, text: janeSecondary})
	w.reply("bill", w.get("bill", "validates every request", "Jane Doe"), "APPROVE")
	w.get("jane", "/register/")
	w.write(letter{author: "maria", to: support, text: "Please remove Sofia Berg <sofia@acme.example>. She has left the company."})
	w.reply("paul", w.get("paul", "Sofia Berg"), "APPROVE")
	w.get("maria", "Sofia Berg has been removed")
	if got := len(w.deliveriesTo("bill")); got != 2 {
		w.t.Errorf("Bill got %d mails, want those of his own mailbox", got)
	}
}
