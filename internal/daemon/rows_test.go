package daemon_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// row is one row of the role model, played by mail from end to end.
type row struct {
	setup setup
	play  func(*world)
}

// rows are those of contact-levels that mail can show. Each is a test on SQLite, and all are played on PostgreSQL.
var rows = map[string]row{
	"CL_02": {play: cl02}, "CL_03": {play: cl03}, "CL_04": {play: cl04}, "CL_06": {play: cl06}, "CL_08": {play: cl08},
	"CL_11": {play: cl11}, "CL_13": {setup{fourEyes: true}, cl13}, "CL_14": {play: cl14}, "CL_17": {play: cl17},
	"CL_18": {play: cl18}, "CL_19": {play: cl19}, "CL_20": {play: cl20}, "CL_21": {play: cl21}, "CL_22": {play: cl22},
}

func playRow(t *testing.T, id string) {
	t.Helper()
	t.Parallel()
	rows[id].play(newWorld(t, rows[id].setup))
}

func TestCL_02(t *testing.T) { playRow(t, "CL_02") }
func TestCL_03(t *testing.T) { playRow(t, "CL_03") }
func TestCL_04(t *testing.T) { playRow(t, "CL_04") }
func TestCL_06(t *testing.T) { playRow(t, "CL_06") }
func TestCL_08(t *testing.T) { playRow(t, "CL_08") }
func TestCL_11(t *testing.T) { playRow(t, "CL_11") }
func TestCL_13(t *testing.T) { playRow(t, "CL_13") }
func TestCL_14(t *testing.T) { playRow(t, "CL_14") }
func TestCL_17(t *testing.T) { playRow(t, "CL_17") }
func TestCL_18(t *testing.T) { playRow(t, "CL_18") }
func TestCL_19(t *testing.T) { playRow(t, "CL_19") }
func TestCL_20(t *testing.T) { playRow(t, "CL_20") }
func TestCL_21(t *testing.T) { playRow(t, "CL_21") }
func TestCL_22(t *testing.T) { playRow(t, "CL_22") }

const (
	lenaTechnician = "Please add Lena Vogt <lena@acme.example> as Technician. She joins the night shift."
	lenaMain       = "Please add Lena Vogt <lena@acme.example> as Main Contact. She is our new boss."
	janeSecondary  = "Please add Jane Doe <jane.doe@acme.example> as Secondary Contact. Reason: she runs the Frankfurt cage."

	answered   = "Your access request"
	recorded   = "Your answer is recorded"
	invitation = "Your invitation to register at Example Colo"
	settled    = "No answer needed any more"
	notice     = "Notice: the right to approve changes at Acme"
)

func approvalOf(requester string) string {
	return "Approval needed: 1 access request from " + people[requester].name + " (Acme)"
}

// cl02: Main Contacts create and modify other Main Contacts. That moves approving power: it waits for 24 hours, in which
// another Main Contact may stop it.
func cl02(w *world) {
	w.send("maria", lenaMain)
	w.wantNews("maria: "+answered, "otto: For your information: who may approve at Acme may change",
		"paul: "+approvalOf("maria"), "petra: "+approvalOf("maria"))
	w.wantRequest("lena", access.AwaitingApproval, "staff", "CL-02")

	w.send("maria", "Please change the role of Otto Lang <otto@acme.example> to Secondary Contact. He moves to another team.")
	w.reply("petra", w.get("petra", "Otto Lang", "Secondary Contact"), "APPROVE")
	w.get("petra", "Your answer is recorded", "takes effect after a waiting time")
	w.get("otto", "Notice", "Otto Lang", "STOP") // he is told, but as the subject person
	w.wantRequest("otto", access.Approved, "", "CL-02")
	w.wantContact("otto", access.ContactActive, access.BadgeNone, "main_contact")
	w.clock.advance(25 * time.Hour)
	w.get("maria", "Otto Lang is now Secondary Contact")
	w.wantContact("otto", access.ContactActive, access.BadgeNone, "secondary_contact")
}

// cl03: Main Contacts ask for Secondary Contacts and Technicians; their own side need not approve it.
func cl03(w *world) {
	w.send("maria", "Please add two people to the portal:\n\n"+
		"1. Full Name: Jane Doe\n   Company Email Address: jane.doe@acme.example\n   Desired Role: Secondary Contact\n   Reason for access: Frankfurt cage\n\n"+
		"2. Full Name: Lena Vogt\n   Company Email Address: lena@acme.example\n   Desired Role: Technician\n   Reason for access: Night shift")
	w.get("maria", "your 2 requests", "Jane Doe", "Lena Vogt")
	w.wantRequest("jane", access.AwaitingApproval, "staff", "CL-03")
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-03")
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	w.get("jane", "/register/", "as Secondary Contact")
	w.reply("ines", w.get("ines", "Lena Vogt", "APPROVE"), "APPROVE")
	w.reply("petra", w.get("petra", "Lena Vogt", "APPROVE"), "APPROVE")
	w.get("lena", "/register/", "as Technician")
	w.wantContact("jane", access.ContactInvited, access.BadgeNone, "secondary_contact")
	w.wantContact("lena", access.ContactInvited, access.BadgeOrdered, "technician")
}

// cl04: the client's Main Contacts approve, all of them are asked, and the first answer ends it.
func cl04(w *world) {
	w.send("sofia", lenaTechnician)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	m := w.get("otto", "Lena Vogt", "REJECT")
	w.wantNews("maria: "+approvalOf("sofia"), "sofia: "+answered)
	w.reply("otto", m, "REJECT, we have no night shift.")
	w.get("sofia", "declined by Otto Lang", "Lena Vogt")
	w.wantNews("maria: "+settled, "otto: "+recorded)
	w.wantRequest("lena", access.Rejected, "", "CL-06")
	w.wantUnchanged()
}

// cl06: a Secondary Contact asks for a Technician; a Main Contact, the security team and the support team approve.
func cl06(w *world) {
	w.send("sofia", lenaTechnician)
	w.get("sofia", "Waiting for Maria Lindqvist or Otto Lang", "Lena Vogt")
	w.reply("maria", w.get("maria", "Lena Vogt", "Technician", "APPROVE"), "APPROVE")
	w.reply("ines", w.get("ines", "Lena Vogt", "Permanent Badge"), "APPROVE")
	w.reply("paul", w.get("paul", "Lena Vogt", "APPROVE"), "APPROVE")
	w.get("lena", "/register/", "as Technician")
	w.wantRequest("lena", access.Invited, "", "CL-06")
}

// cl08: a Secondary Contact cannot create or modify Main Contacts, and learns who can.
func cl08(w *world) {
	w.send("sofia", lenaMain)
	w.get("sofia", "Refused (rule CL-08)", "cannot create or modify Main Contacts", "Maria Lindqvist", "Otto Lang")
	w.wantRequest("lena", access.Refused, "", "CL-08")
	w.send("sofia", "Please change the role of Otto Lang <otto@acme.example> to Technician. He moves to the workshop.")
	w.get("sofia", "Refused (rule CL-08)", "Otto Lang")
	w.wantRequest("otto", access.Refused, "", "CL-08")
	w.wantMessage("answered: answered")
	w.wantNews()
	w.wantUnchanged()
}

// cl11: a Technician cannot ask for new users or modify contacts, and learns who can.
func cl11(w *world) {
	w.send("tom", lenaTechnician)
	w.get("tom", "Refused (rule CL-11)", "Technicians cannot request new users", "Maria Lindqvist")
	w.wantRequest("lena", access.Refused, "", "CL-11")
	w.send("tom", "Please remove Sofia Berg <sofia@acme.example>. She has left the company.")
	w.get("tom", "Refused (rule CL-11)", "Sofia Berg")
	w.wantRequest("sofia", access.Refused, "", "CL-11")
	w.wantNews()
	w.wantUnchanged()
}

// cl13: only a Main Contact other than the requester and the subject person approves. With four-eyes a Main Contact's own
// request needs another one; where the only other is the subject person, staff stand in.
func cl13(w *world) {
	w.send("maria", janeSecondary)
	w.get("maria", "Waiting for Otto Lang", "Jane Doe")
	m := w.get("otto", "Jane Doe", "APPROVE")
	w.wantNews()
	w.wantRequest("jane", access.AwaitingApproval, "client", "CL-03")
	w.reply("otto", m, "APPROVE")
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	w.get("jane", "/register/")

	w.send("maria", "Please change the role of Otto Lang <otto@acme.example> to Secondary Contact. He moves to another team.")
	w.get("maria", "Waiting for our support team", "Otto Lang")
	w.get("paul", "too few approvers at Acme", "Otto Lang", "call an authorised person")
	w.wantRequest("otto", access.AwaitingApproval, "client", "CL-02")
}

// cl14: for a Technician the security team decides before support; the badge is ordered when they are approved, and
// revoked when they are removed.
func cl14(w *world) {
	w.send("maria", lenaTechnician)
	w.wantNews("ines: "+approvalOf("maria"), "maria: "+answered) // support is not asked yet
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-03")

	w.send("maria", "Please remove Tom Okafor <tom@acme.example>. He has left the company.")
	w.reply("ines", w.get("ines", "Tom Okafor", "APPROVE"), "APPROVE")
	w.wantContact("tom", access.ContactActive, access.BadgeActive, "technician")
	w.reply("petra", w.get("petra", "Tom Okafor", "APPROVE"), "APPROVE")
	w.get("maria", "Tom Okafor has been removed")
	w.wantContact("tom", access.ContactRemoved, access.BadgeRevoked)
}

// cl17: a Main Contact asks by mail to the support address; anybody else's request is not taken.
func cl17(w *world) {
	w.send("mallo", lenaMain)
	w.wantMessage("quarantined: unknown author")
	w.send("gina", "Please add Lena Vogt <lena@acme.example> as Technician at Acme. She joins the night shift.")
	w.rest()
	w.send("maria", lenaTechnician)
	w.get("maria", "Waiting for our security team", "Lena Vogt")
	r := w.requestOf("lena")
	if r.Client != "Acme" || string(r.Requester) != "Maria Lindqvist" {
		w.t.Errorf("the request is of %s, by %s", r.Client, r.Requester)
	}
}

// cl19: support validates every request: nothing happens on the client's word alone, and a No of support ends it.
func cl19(w *world) {
	w.send("maria", janeSecondary)
	m := w.get("petra", "validates every request", "Jane Doe")
	w.wantRequest("jane", access.AwaitingApproval, "staff", "CL-03")
	w.wantUnchanged()
	w.reply("petra", m, "REJECT. We could not reach her.")
	w.get("maria", "declined by Petra Adler", "Jane Doe")
	w.get("paul", settled)
	w.wantRequest("jane", access.Rejected, "", "CL-03")
	w.wantUnchanged()
}

// cl22: what no sentence allows is refused.
func cl22(w *world) {
	for _, text := range []string{
		"Please remove Tom Okafor <tom@acme.example>. He has left the company.",
		"Please change the role of Tom Okafor <tom@acme.example> to Secondary Contact. He leads the shift now.",
	} {
		w.send("sofia", text)
		w.get("sofia", "Refused (rule CL-22)", "Tom Okafor", "Maria Lindqvist", "Otto Lang")
		w.wantRequest("tom", access.Refused, "", "CL-22")
	}
	w.send("sofia", janeSecondary)
	w.get("sofia", "Refused (rule CL-22)", "Jane Doe")
	w.wantNews()
	w.wantUnchanged()
}
