package daemon_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

func init() {
	rows["EveryModel_Stages"] = row{play: playStages}
	rows["EveryModel_RefusalsTeach"] = row{setup{model: "account-contacts", members: hosting}, playRefusalsTeach}
	rows["EveryModel_FourEyes"] = row{setup{model: "account-contacts", members: hosting, fourEyes: true}, playFourEyes}
	rows["EveryModel_LastAuthority"] = row{setup{model: "contact-levels", members: []member{{who: "maria", roles: []string{"main_contact"}},
		{who: "otto", roles: []string{"main_contact"}}, {who: "tom", roles: []string{"technician"}}}}, playLastAuthority}
	rows["EveryModel_NobodyApprovesThemselves"] = row{setup{model: "client-representatives", members: managed}, playNobodyApprovesThemselves}
	rows["EveryModel_ApprovingPowerMovesSlowly"] = row{play: playPowerMovesSlowly}
	rows["EveryModel_AlreadyThere"] = row{play: playAlreadyThere}
	rows["EveryModel_OtherMail"] = row{setup{model: "account-contacts", members: hosting, extra: `digest: {at: "07:30"}`}, playOtherMail}
	rows["EveryModel_ModelsAreData"] = row{ownModel(), playModelsAreData}
}

func TestEveryModel_Stages(t *testing.T)        { playRow(t, "EveryModel_Stages") }
func TestEveryModel_RefusalsTeach(t *testing.T) { playRow(t, "EveryModel_RefusalsTeach") }
func TestEveryModel_FourEyes(t *testing.T)      { playRow(t, "EveryModel_FourEyes") }
func TestEveryModel_LastAuthority(t *testing.T) { playRow(t, "EveryModel_LastAuthority") }
func TestEveryModel_AlreadyThere(t *testing.T)  { playRow(t, "EveryModel_AlreadyThere") }
func TestEveryModel_OtherMail(t *testing.T)     { playRow(t, "EveryModel_OtherMail") }
func TestEveryModel_ModelsAreData(t *testing.T) { playRow(t, "EveryModel_ModelsAreData") }
func TestEveryModel_NobodyApprovesThemselves(t *testing.T) {
	playRow(t, "EveryModel_NobodyApprovesThemselves")
}
func TestEveryModel_ApprovingPowerMovesSlowly(t *testing.T) {
	playRow(t, "EveryModel_ApprovingPowerMovesSlowly")
}

// playStages: the client, then the security team, then staff; nobody decides two stages of one request, and an authority's
// own request leaves out the client alone.
func playStages(w *world) {
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		_, err := r.PutStaff(w.t.Context(), &access.Staff{Name: people["ines"].name, Address: address(w.t, people["ines"].address),
			Teams: []access.Team{access.TeamSecurity, access.TeamSupport}})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.send("sofia", lenaTechnician)
	m := w.get("maria", "Approval needed", "Lena Vogt")
	w.wantNews("otto: "+approvalOf("sofia"), "sofia: "+answered)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.reply("maria", m, "APPROVE")
	m = w.get("ines", "Approval needed", "Lena Vogt")
	w.wantNews("maria: "+recorded, "otto: "+settled)
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	w.reply("ines", m, "APPROVE")
	m = w.get("petra", "Approval needed", "Lena Vogt")
	w.wantNews("ines: "+recorded, "paul: "+approvalOf("sofia")) // Ines is of the support team too, and is not asked again
	w.wantRequest("lena", access.AwaitingApproval, "staff", "CL-06")
	w.reply("petra", m, "APPROVE")
	w.wantRequest("lena", access.Invited, "", "CL-06")

	w.send("maria", "Please add Eve Jones <eve.jones@acme.example> as Technician. She joins the day shift.")
	w.wantRequest("evej", access.AwaitingApproval, "security", "CL-03")
}

// playRefusalsTeach: a refusal names the rule, the sender's level and who of the client may ask; to nobody else does it name
// anybody.
func playRefusalsTeach(w *world) {
	w.send("tom", lenaBilling)
	m := w.get("tom", "Refused (rule AC-05)", "Billing and Support contacts cannot authorise contacts", "Support", "Maria Lindqvist", "Otto Lang")
	if strings.Contains(m.Text, "Gina Rossi") {
		w.t.Error("the refusal names people of another client")
	}
	w.wantRequest("lena", access.Refused, "", "AC-05")
	w.send("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
	w.get("otto", "Refused (rule AC-02)", "Nobody but the Account Owner can change the Account Owner")
	w.write(letter{author: "mallo", text: lenaBilling})
	w.wantMessage("quarantined: unknown author")
	w.wantNews()
}

// playFourEyes: whoever asks is never the only one of the client to agree; without a second one staff stand in, and call
// somebody of the client.
func playFourEyes(w *world) {
	w.send("otto", lenaBilling)
	w.get("otto", "Waiting for Maria Lindqvist", "Lena Vogt")
	m := w.get("maria", "Approval needed", "Lena Vogt")
	w.wantNews()
	w.reply("maria", m, "APPROVE")
	w.yes("paul", "Lena Vogt")
	w.wantRequest("lena", access.Invited, "", "AC-05")

	w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
	w.get("maria", "Waiting for our support team", "Otto Lang")
	w.get("paul", "too few approvers at Acme", "Otto Lang", "call an authorised person")
	w.get("petra", "too few approvers at Acme", "Otto Lang")
	w.wantContact("otto", access.ContactActive, access.BadgeNone, administrator)
}

// playLastAuthority: the last person of a client who can approve is neither removed nor demoted by mail, and a shared
// address does not count.
func playLastAuthority(w *world) {
	w.share("otto")
	for _, text := range []string{
		"Please remove this contact:\nName: Maria Lindqvist\nReason: I leave the company",
		"Please change the role of this contact:\nName: Maria Lindqvist\nRole: Technician\nReason: I leave the project",
	} {
		w.send("maria", text)
		w.get("maria", "Refused (rule R26)", "Maria Lindqvist is the last contact of Acme who can approve requests")
		w.wantRequest("maria", access.Refused, "", "R26")
	}
	w.send("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
	w.get("otto", "Refused (rule R26)", "last contact of Acme")
	w.wantNews()
	w.wantContact("maria", access.ContactActive, access.BadgeNone, "main_contact")
}

// share makes a contact's address one that several people read.
func (w *world) share(who string) {
	w.t.Helper()
	c := w.contactOf(who)
	c.Kind = access.Shared
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		_, err := r.PutContact(w.t.Context(), &c)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// playNobodyApprovesThemselves: neither who asks nor whom it is about answers, raising oneself takes somebody else, and a
// shared address answers nothing.
func playNobodyApprovesThemselves(w *world) {
	w.send("tom", "Please change the role of Tom Okafor <tom@acme.example> to IT Manager. I lead the team now.")
	w.get("tom", "Waiting for Maria Lindqvist or Otto Lang", "IT Manager")
	m := w.get("otto", "Approval needed", "Tom Okafor")
	w.write(letter{author: "tom", answers: m, to: replyTo(m), subject: "Re: " + m.Subject, text: "APPROVE"})
	w.get("tom", "Only the person a question was sent to can answer it")
	w.wantRequest("tom", access.AwaitingApproval, "client", "CR-06")

	w.send("tom", "Please change the role of Sofia Berg <sofia@acme.example> to IT Administrator. She leaves the board.")
	w.reply("paul", w.wantAfterClient("Sofia Berg"), "APPROVE +security")
	w.get("otto", "this changes the security of Acme", "Sofia Berg")
	w.rest()
	if n := len(w.sentTo("sofia", "Approval needed", "this changes the security of Acme")); n > 0 {
		w.t.Errorf("Sofia was asked %d times about herself", n)
	}

	w.share("otto")
	w.send("tom", "Please add Ann Lee <ann.lee@acme.example> as IT Administrator. She joins the help desk.")
	w.get("tom", "Ann Lee", "Waiting for Maria Lindqvist.")
	w.wantRequest("ann", access.AwaitingApproval, "client", "CR-06")
	if n := len(w.sentTo("otto", "Ann Lee")); n > 0 {
		w.t.Errorf("a shared address was asked %d times", n)
	}
}

// wantAfterClient lets Maria approve for the client, and is what staff are asked then.
func (w *world) wantAfterClient(name string) *received {
	w.t.Helper()
	w.yes("maria", name)
	return w.get("paul", name, "Approval needed")
}

// playPowerMovesSlowly: a new approver is told of to all other authorities, when it is asked and when the wait begins; any
// of them stops it in these 24 hours, and without a word it happens after them.
func playPowerMovesSlowly(w *world) {
	const sofiaMain = "Please change the role of Sofia Berg <sofia@acme.example> to Main Contact. She leads the site now."
	w.send("maria", sofiaMain)
	w.get("otto", "For your information: who may approve at Acme may change", "Sofia Berg")
	w.yes("paul", "Sofia Berg")
	m := w.get("otto", notice, "Sofia Berg", "STOP")
	w.wantRequest("sofia", access.Approved, "", "CL-02")
	w.clock.advance(23 * time.Hour)
	w.rest()
	w.wantContact("sofia", access.ContactActive, access.BadgeNone, "secondary_contact")
	w.reply("otto", m, "STOP")
	w.get("maria", "It was stopped by Otto Lang")
	w.clock.advance(2 * time.Hour)
	w.wantRequest("sofia", access.Cancelled, "", "CL-02")
	w.wantContact("sofia", access.ContactActive, access.BadgeNone, "secondary_contact")

	w.get("petra", "Approval needed", "Sofia Berg")
	w.send("maria", sofiaMain)
	w.yes("petra", "Sofia Berg")
	w.get("petra", recorded)
	w.clock.advance(overHold)
	w.get("maria", "Sofia Berg is now Main Contact")
	w.wantContact("sofia", access.ContactActive, access.BadgeNone, "main_contact")
}

// playAlreadyThere: a contact who is there already is not added again, and the answer asks whether the role shall change; an
// open request for the same person and role is joined, one for another role is a question.
func playAlreadyThere(w *world) {
	w.send("maria", "Please add Tom Okafor <tom@acme.example> as Secondary Contact. He leads the shift.")
	w.get("maria", "This person is a contact of Acme already, as Technician", "To change the role")
	w.wantNews()
	w.wantUnchanged()
	w.send("sofia", lenaTechnician)
	first := w.get("sofia", answered, "Lena Vogt")
	ticket := "REQ-" + strings.SplitN(strings.SplitN(first.Subject, "REQ-", 2)[1], "]", 2)[0]
	w.send("maria", lenaTechnician)
	w.get("maria", "This is already asked for in "+ticket)
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Secondary Contact. She leads the shift.")
	w.get("maria", "Another role for this person, Technician, is already asked for in "+ticket, "Which one is right?")
	w.rest()
	all, err := w.main.Store().Requests(w.t.Context(), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	if n := len(all); n != 1 {
		w.t.Errorf("%d requests are filed, want the first alone\n%s", n, w.story())
	}
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
}

// playOtherMail: mail that asks for no access is left for people, whatever its topic, with the sender's level and whether
// that level may ask it, on the mail and in the digest. Nobody is refused.
func playOtherMail(w *world) {
	w.wantStanding("sofia", "billing", map[string]bool{"technical": false})
	w.wantStanding("tom", "support", map[string]bool{"billing": false})
	w.wantStanding("maria", "account_owner", map[string]bool{"service_cancel": true})
	if all, err := w.main.Store().Requests(w.t.Context(), 10); err != nil || len(all) > 0 {
		w.t.Errorf("%d requests came of it, %v", len(all), err)
	}
	w.clock.advance(24 * time.Hour)
	m := w.get("paul", "Daily digest", "3 left", "sofia@acme.example (Acme)", "tom@acme.example (Acme)", "maria@acme.example (Acme)",
		"Topic: something technical. Level: Billing. They may not ask that.", "Topic: cancelling a service. Level: Account Owner. They may ask that.")
	if n := strings.Count(m.Text, "may not ask"); n != 2 {
		w.t.Errorf("the digest says of %d mails that their author may not ask that, want 2:\n%s", n, m.Text)
	}
}

var modelLine = regexp.MustCompile(`/house\.yaml:\d+: `)

// playModelsAreData: a client is served by a provider's own model, and a file with a contradiction is no model: the config
// that names it is refused, with the line.
func playModelsAreData(w *world) {
	w.send("tom", "Please add Lena Vogt <lena@acme.example> as a House Guest. She visits us for a week.")
	w.wantRequest("lena", access.AwaitingApproval, "client", "H-2")
	w.stop()
	good, err := os.ReadFile(filepath.Join("testdata", "house.yaml"))
	if err != nil {
		w.t.Fatal(err)
	}
	file, extra := filepath.Join(w.dir, "house.yaml"), w.setup.extra
	defer func() { w.setup.extra = extra }()
	w.setup.extra = "role_models: [" + file + "]"
	for wrong, c := range map[string]struct {
		old, new string
	}{
		"unknown role":          {"for: [keeper]\n    by: [guest]", "for: [boss]\n    by: [guest]"},
		"rule without approver": {"approves: [client]", "approves: []"},
		"two rules":             {"otherwise:", "  - {id: H-9, action: add_user, for: [guest], by: [guest], stages: [staff], text: Twice.}\n\notherwise:"},
	} {
		text := strings.Replace(string(good), c.old, c.new, 1)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.parseConfig(); err == nil || !modelLine.MatchString(err.Error()) {
			w.t.Errorf("%s: a config with that model gives %v", wrong, err)
		}
	}
}
