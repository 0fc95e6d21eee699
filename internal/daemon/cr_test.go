package daemon_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

const (
	sa        = "security_administrator"
	alternate = "alternate_security_administrator"
	itManager = "it_manager"
	itAdmin   = "it_administrator"
	finance   = "finance_administrator"
)

var managed = []member{
	{who: "maria", roles: []string{sa}}, {who: "otto", roles: []string{alternate}}, {who: "sofia", roles: []string{itManager}},
	{who: "tom", roles: []string{itAdmin}}, {who: "lena", roles: []string{finance}}, {who: "jane", roles: []string{"user"}},
}

func init() {
	cr := func(play func(*world)) row {
		return row{setup{model: "client-representatives", members: managed}, play}
	}
	rows["CR_01"], rows["CR_02"], rows["CR_03"] = cr(cr01), cr(cr02), cr(cr03)
	rows["CR_04"], rows["CR_05_impact"], rows["CR_06"] = cr(cr04), cr(crImpact), cr(cr06)
	rows["CR_07_charge"], rows["CR_08"], rows["CR_09"] = cr(crCharge), cr(cr08), cr(cr09)
}

func TestCR_01(t *testing.T)        { playRow(t, "CR_01") }
func TestCR_02(t *testing.T)        { playRow(t, "CR_02") }
func TestCR_03(t *testing.T)        { playRow(t, "CR_03") }
func TestCR_04(t *testing.T)        { playRow(t, "CR_04") }
func TestCR_05_Impact(t *testing.T) { playRow(t, "CR_05_impact") }
func TestCR_06(t *testing.T)        { playRow(t, "CR_06") }
func TestCR_07_Charge(t *testing.T) { playRow(t, "CR_07_charge") }
func TestCR_08(t *testing.T)        { playRow(t, "CR_08") }
func TestCR_09(t *testing.T)        { playRow(t, "CR_09") }

const eveAs = "Please add Eve Jones <eve.jones@acme.example> as "

// cr01: the Security Administrator and the Alternate add, remove and modify representatives; nobody else does by themselves.
func cr01(w *world) {
	w.send("otto", eveAs+"IT Administrator. She joins the help desk.")
	w.get("otto", "Eve Jones", "Waiting for our support team")
	w.yes("paul", "Eve Jones")
	w.send("maria", "Please remove Tom Okafor <tom@acme.example>. He has left the company.")
	w.get("maria", "Waiting for our support team")
	w.yes("paul", "Tom Okafor")
	w.get("maria", "Tom Okafor has been removed")
	w.send("jane", "Please remove Sofia Berg <sofia@acme.example>. She has left the company.")
	w.get("jane", "Refused (rule CR-01)", "Maria Lindqvist", "Otto Lang")
	w.send("lena", "Please remove Sofia Berg <sofia@acme.example>. She has left the company.")
	w.get("lena", "Refused (rule CR-01)")
	w.wantContact("sofia", access.ContactActive, "none", itManager)
}

// cr02: the Security Administrator hands their role over and becomes the Alternate, in one change: confirmed by the new
// holder, the Alternate and staff, and held for a day.
func cr02(w *world) {
	w.send("maria", "I hand over my role as Security Administrator to Otto Lang <otto@acme.example> and will be the Alternate Security Administrator.")
	w.get("maria", "Otto Lang", "Security Administrator", "in the place of Maria Lindqvist, who becomes Alternate Security Administrator",
		"Waiting for Otto Lang, who takes the role over")
	w.yes("otto", "you take this role over")
	w.yes("paul", "Otto Lang", "Out-of-band checklist", "in the place of Maria Lindqvist")
	w.get("paul", recorded)
	w.wantRequest("otto", access.Approved, "", "CR-02")
	w.wantContact("maria", access.ContactActive, "none", sa)
	w.clock.advance(overHold)
	w.get("maria", "Otto Lang is now Security Administrator")
	w.wantContact("otto", access.ContactActive, "none", sa)
	w.wantContact("maria", access.ContactActive, "none", alternate)

	// With an Alternate who is not the new holder, the Alternate confirms it too; STOP stops it.
	w.send("otto", "Please make Sofia Berg <sofia@acme.example> the new Security Administrator.")
	w.yes("sofia", "you take this role over")
	w.yes("maria", "you stand in for the present holder")
	w.yes("petra", "Sofia Berg", "Out-of-band checklist")
	w.reply("maria", w.get("maria", notice, "Sofia Berg"), "STOP")
	w.get("otto", "It was stopped by Maria Lindqvist")
	w.clock.advance(overHold)
	w.wantRequest("sofia", access.Cancelled, "", "CR-02")
	w.wantContact("otto", access.ContactActive, "none", sa)
	w.wantContact("sofia", access.ContactActive, "none", itManager)
}

// cr03: the Alternate does all that the Security Administrator does, except to name a new one.
func cr03(w *world) {
	w.send("otto", "Please make Sofia Berg <sofia@acme.example> the new Security Administrator.")
	w.get("otto", "Refused (rule CR-03)", "Maria Lindqvist")
	w.send("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
	w.get("otto", "Refused (rule CR-03)")
	w.wantContact("maria", access.ContactActive, "none", sa)
	w.send("otto", "Please change the role of Tom Okafor <tom@acme.example> to IT Manager. He leads the team now.")
	w.yes("paul", "Tom Okafor")
	w.get("paul", recorded)
	w.clock.advance(overHold)
	w.get("otto", "Tom Okafor is now IT Manager")
}

// cr04: without both of them, the security team decides with the out-of-band checklist; no mail alone changes anything.
func cr04(w *world) {
	w.send("sofia", "Please make Tom Okafor <tom@acme.example> the new Security Administrator. Nobody can reach Maria or Otto.")
	w.get("sofia", "Tom Okafor", "in the place of Maria Lindqvist, who becomes User")
	w.wantRequest("tom", access.AwaitingApproval, "staff", "CR-04")
	w.yes("ines", "Tom Okafor", "Out-of-band checklist")
	w.get("ines", recorded)
	w.wantContact("maria", access.ContactActive, "none", sa)
	w.clock.advance(overHold)
	w.get("sofia", "Tom Okafor is now Security Administrator")
	w.wantContact("maria", access.ContactActive, "none", "user")
	w.rest()
	if c := w.contactOf("tom"); !hasRole(c, sa) || !hasRole(c, itAdmin) {
		w.t.Errorf("Tom's roles are %q: others of the new holder stay", c.Roles)
	}
}

// crImpact: an IT Manager approves what substantially changes security, and does all that an IT Administrator does.
func crImpact(w *world) {
	w.send("tom", eveAs+"User. She joins the help desk.")
	w.reply("paul", w.get("paul", "Eve Jones", "Approval needed"), "APPROVE +security")
	m := w.get("sofia", "this changes the security of Acme", "Eve Jones")
	w.get("otto", "this changes the security of Acme")
	w.reply("sofia", m, "APPROVE")
	w.yes("paul", "Eve Jones") // who answered the round before
	w.wantRequestNamed("Eve Jones", access.Invited, "", "CR-06")
	w.send("sofia", "Please add Ann Lee <ann.lee@acme.example> as User. She joins the help desk.")
	w.get("sofia", "Ann Lee", "Waiting for our support team")
}

// cr06: an IT Administrator asks for users; for representatives it takes the Security Administrator or the Alternate.
func cr06(w *world) {
	w.send("tom", eveAs+"User. She joins the help desk.")
	w.get("tom", "Eve Jones", "Waiting for our support team")
	w.yes("paul", "Eve Jones")
	w.send("tom", "Please add Ann Lee <ann.lee@acme.example> as IT Administrator. She joins the help desk.")
	w.get("tom", "Ann Lee", "Waiting for Maria Lindqvist or Otto Lang")
	w.yes("otto", "Ann Lee")
	w.yes("paul", "Ann Lee")
	w.wantRequestNamed("Ann Lee", access.Invited, "", "CR-06")
	w.send("jane", "Please add Bob Ray <bob.ray@acme.example> as User. He joins the help desk.")
	w.get("jane", "Refused (rule CR-06)")
}

// crCharge: a Finance Administrator approves substantial charges, and sees to invoices and payment.
func crCharge(w *world) {
	w.send("tom", eveAs+"User. She joins the help desk.")
	w.reply("paul", w.get("paul", "Eve Jones", "Approval needed"), "APPROVE +charge")
	m := w.get("lena", "this costs Acme money", "Eve Jones")
	w.get("sofia", "this costs Acme money")
	w.reply("lena", m, "APPROVE")
	w.get("paul", "Eve Jones", "Approval needed")
	w.rest()
	w.wantAllowed("lena", map[string]bool{"billing": true, "technical": false})
}

// cr08: what staff find substantial goes to those of the client who decide about it, and then returns to staff.
func cr08(w *world) {
	w.send("maria", eveAs+"IT Administrator. She joins the help desk.")
	w.reply("petra", w.get("petra", "Eve Jones", "Approval needed"), "APPROVE +charge")
	w.wantRequestNamed("Eve Jones", access.AwaitingApproval, "charge_impact", "CR-01")
	w.reply("lena", w.get("lena", "Eve Jones", "Approval needed"), "REJECT")
	w.get("maria", "declined by Lena Vogt", "Eve Jones")
	w.wantRequestNamed("Eve Jones", access.Rejected, "", "CR-01")
}

// cr09: the Security Administrator and the Alternate stand in as approvers of every stage of the client's.
func cr09(w *world) {
	w.send("tom", eveAs+"User. She joins the help desk.")
	w.reply("paul", w.get("paul", "Eve Jones", "Approval needed"), "APPROVE +charge")
	w.yes("otto", "this costs Acme money")
	w.reply("paul", w.get("paul", "Eve Jones", "Approval needed"), "APPROVE +security")
	w.wantRequestNamed("Eve Jones", access.AwaitingApproval, "security_impact", "CR-06")
	w.yes("maria", "this changes the security of Acme")
	w.wantRequestNamed("Eve Jones", access.AwaitingApproval, "staff", "CR-06")
	w.clock.advance(time.Minute)
}
