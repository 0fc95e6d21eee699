package daemon_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

func TestCL_01(t *testing.T) { playRow(t, "CL_01") }
func TestCL_05(t *testing.T) { playRow(t, "CL_05") }
func TestCL_07(t *testing.T) { playRow(t, "CL_07") }
func TestCL_09(t *testing.T) { playRow(t, "CL_09") }
func TestCL_10(t *testing.T) { playRow(t, "CL_10") }
func TestCL_12(t *testing.T) { playRow(t, "CL_12") }
func TestAC_02(t *testing.T) { playRow(t, "AC_02") }
func TestAC_03(t *testing.T) { playRow(t, "AC_03") }
func TestAC_04(t *testing.T) { playRow(t, "AC_04") }
func TestCR_05(t *testing.T) { playRow(t, "CR_05") }
func TestCR_07(t *testing.T) { playRow(t, "CR_07") }

func TestOwnModel(t *testing.T)    { playRow(t, "own_model") }
func TestOtherMove(t *testing.T)   { playRow(t, "other_move") }
func TestOtherTicket(t *testing.T) { playRow(t, "other_ticket") }
func TestReleased(t *testing.T)    { playRow(t, "released") }
func TestReplayed(t *testing.T)    { playRow(t, "replayed") }
func TestMadeTicket(t *testing.T)  { playRow(t, "made_ticket") }
func TestNotReleased(t *testing.T) { playRow(t, "not_released") }

func init() {
	rows["CL_01"], rows["CL_05"], rows["CL_07"] = row{play: cl01}, row{play: cl05}, row{play: cl07}
	rows["CL_09"], rows["CL_10"], rows["CL_12"] = row{play: cl09}, row{play: cl10}, row{play: cl12}
	rows["AC_02"] = row{setup{model: "account-contacts", roles: onAccount}, ac02}
	rows["AC_03"] = row{setup{model: "account-contacts", roles: onAccount}, ac03}
	rows["AC_04"] = row{setup{model: "account-contacts", roles: onAccount}, ac04}
	rows["CR_05"] = row{setup{model: "client-representatives", roles: managedFor}, cr05}
	rows["CR_07"] = row{setup{model: "client-representatives", roles: managedFor}, cr07}
	rows["own_model"] = row{ownModel(), playOwnModel}
	rows["other_move"] = row{setup{mailbox: "other_mail: move"}, playOtherMove}
	rows["other_ticket"] = row{setup{mailbox: "other_mail: ticket"}, playOtherTicket}
	rows["released"], rows["replayed"] = row{play: playReleased}, row{play: playReplayed}
	rows["made_ticket"], rows["not_released"] = row{play: playMadeTicket}, row{play: playNotReleased}
}

// inHouse are Acme's contacts in the model of testdata/house.yaml.
var inHouse = map[string][]string{"maria": {"keeper"}, "otto": {"keeper"}, "sofia": {"guest"}, "tom": {"guest"}}

func ownModel() setup {
	file, err := filepath.Abs("testdata/house.yaml")
	if err != nil {
		panic(err)
	}
	return setup{extra: fmt.Sprintf("role_models: [%q]", file), model: "house", roles: inHouse}
}

// playOwnModel: a client with a provider's own model is served by its rules and words.
func playOwnModel(w *world) {
	w.send("tom", "Please add Lena Vogt <lena@acme.example> as a House Guest. She visits us for a week.")
	w.get("tom", "House Guest", "Maria Lindqvist or Otto Lang")
	w.reply("maria", w.get("maria", "Lena Vogt", "House Guest"), "APPROVE")
	w.reply("paul", w.get("paul", "Lena Vogt"), "APPROVE")
	w.get("lena", "/register/", "as House Guest")
	w.wantRequest("lena", access.Invited, "", "H-2")
	w.send("tom", "Please add Jane Doe <jane.doe@acme.example> as a keyholder. She is the new boss.")
	w.get("tom", "Guests cannot name Key Keepers", "Maria Lindqvist")
	w.wantRequest("jane", access.Refused, "", "H-3")
}

// Mails that ask for no access, one about each topic.
var about = map[string]string{
	"technical":      "We see packet loss on our uplink in rack 12 since this morning. The router cannot be reached.",
	"operational":    "Our delivery of two pallets arrives on Friday. Please open the loading dock and keep a cage key ready for us.",
	"assistance":     "We need remote hands tonight to reboot our server in rack 12.",
	"service_order":  "We would like to order a new cross connect between rack 12 and the meet-me room. Please send us a quote.",
	"service_cancel": "We want to cancel our contract for rack 7 at the end of the year. Please confirm the termination.",
	"billing":        "There is a question about our invoice 4711 from March, it seems we paid it twice.",
}

// wantStanding writes a mail about each topic and checks what staff see of it: the author's level, and whether it may ask
// that. The mail is left, and nobody hears of it.
func (w *world) wantStanding(who, level string, may map[string]bool) {
	w.t.Helper()
	for topic, want := range may {
		w.send(who, about[topic])
		w.wantMessage("left: no access request")
		all, err := w.main.Store().Messages(w.t.Context(), access.Left, 1)
		if err != nil {
			w.t.Fatal(err)
		}
		if v := all[0]; v.Client == nil || *v.Client != "Acme" || string(v.Level) != level || string(v.Topic) != topic || v.May == nil || *v.May != want {
			w.t.Errorf("a mail by %s about %s shows client %v, level %q, topic %q, may %v; want %s, %v", who, topic, v.Client, v.Level, v.Topic, v.May, level, want)
		}
		if raw, err := w.main.Store().RawMessage(w.t.Context(), all[0].ID); err != nil || len(raw) > 0 {
			w.t.Errorf("the bytes of a mail that is left are kept: %d, %v", len(raw), err)
		}
	}
	w.wantNews()
	if w.setup.model == "" {
		w.wantUnchanged()
	}
}

// cl01: Main Contacts open tickets for any type of request.
func cl01(w *world) {
	w.wantStanding("maria", "main_contact", map[string]bool{"technical": true, "operational": true, "assistance": true,
		"service_order": true, "service_cancel": true, "billing": true})
}

// cl05: Secondary Contacts open and manage support tickets.
func cl05(w *world) {
	w.wantStanding("sofia", "secondary_contact", map[string]bool{"technical": true, "operational": true, "billing": false})
}

// cl07: Secondary Contacts request new services.
func cl07(w *world) {
	w.wantStanding("sofia", "secondary_contact", map[string]bool{"service_order": true, "service_cancel": false})
}

// cl09: Technicians open technical tickets, and operational ones with an active badge only.
func cl09(w *world) {
	w.wantStanding("tom", "technician", map[string]bool{"technical": true, "operational": true})
	w.setBadge("tom", access.BadgeRevoked)
	w.wantStanding("tom", "technician", map[string]bool{"technical": true, "operational": false})
}

// cl10: Technicians ask for on-site and remote assistance.
func cl10(w *world) { w.wantStanding("tom", "technician", map[string]bool{"assistance": true}) }

// cl12: Technicians order no services.
func cl12(w *world) {
	w.wantStanding("tom", "technician", map[string]bool{"service_order": false, "service_cancel": false})
}

var (
	onAccount  = map[string][]string{"maria": {"account_owner"}, "otto": {"account_administrator"}, "sofia": {"billing"}, "tom": {"support"}}
	managedFor = map[string][]string{"maria": {"security_administrator"}, "otto": {"it_manager"}, "sofia": {"finance_administrator"}, "tom": {"it_administrator"}}
)

// ac02: the Account Owner alone cancels services, and the ownership is not moved by mail alone.
func ac02(w *world) {
	w.wantStanding("maria", "account_owner", map[string]bool{"service_cancel": true, "service_order": true, "billing": true, "technical": true})
	w.wantStanding("otto", "account_administrator", map[string]bool{"service_cancel": false, "service_order": false, "billing": true})
	w.wantStanding("tom", "support", map[string]bool{"service_cancel": false})
	w.send("otto", "Please remove Maria Lindqvist <maria@acme.example> from our account. She has left the company.")
	w.wantRequest("maria", access.Refused, "", "AC-02")
	w.wantContact("maria", access.ContactActive, access.BadgeNone, "account_owner")
}

// ac03: billing contacts have to do with invoices, and with nothing else.
func ac03(w *world) {
	w.wantStanding("sofia", "billing", map[string]bool{"billing": true, "technical": false, "operational": false, "assistance": false, "service_order": false})
}

// ac04: support contacts open tickets, and have nothing to do with billing.
func ac04(w *world) {
	w.wantStanding("tom", "support", map[string]bool{"technical": true, "operational": true, "assistance": true, "billing": false})
}

// cr05: IT Managers ask for changes and services.
func cr05(w *world) {
	w.wantStanding("otto", "it_manager", map[string]bool{"technical": true, "service_order": true, "billing": true})
	w.send("otto", "Please add Lena Vogt <lena@acme.example> as User. She joins the night shift.")
	w.wantRequest("lena", access.AwaitingApproval, "staff", "CR-06")
}

// cr07: Finance Administrators have to do with invoices and payment.
func cr07(w *world) {
	w.wantStanding("sofia", "finance_administrator", map[string]bool{"billing": true, "technical": false, "service_order": false})
}

// playOtherMove: mail that asks for no access goes to a mailbox of its own; machines' mail stays.
func playOtherMove(w *world) {
	w.send("tom", about["technical"])
	w.wantMessage("left: no access request")
	w.wantFiled("Countersign/Other", 1)
	w.write(letter{author: "mallo", text: about["billing"], unsigned: true})
	w.wantMessage("left: no access request")
	w.wantFiled("Countersign/Other", 2)
	w.wantNews()
	w.write(letter{author: "tom", text: "I am out of office.", header: []string{"Auto-Submitted: auto-replied"}})
	w.wantMessage("left: automatic mail")
	w.wantNews()
}

// playOtherTicket: mail of a proven contact that asks for no access becomes a ticket for the mailbox's team; that of
// anybody else stays where it is.
func playOtherTicket(w *world) {
	w.write(letter{author: "tom", subject: "More power", text: about["service_order"]})
	w.get("paul", "Tom Okafor", "tom@acme.example", "Level: Technician", "ordering a service", "this level may not ask that", "cross connect")
	w.get("petra", "Tom Okafor")
	if got := w.message(); !strings.HasPrefix(got, "applied: filed as a ticket") {
		w.t.Errorf("the mail became %q", got)
	}
	w.wantFiled("Countersign/Processed", 1)
	w.write(letter{author: "maria", text: about["billing"], unsigned: true})
	w.wantMessage("left: no access request")
	w.send("mallo", about["billing"])
	w.wantMessage("left: no access request")
	w.wantNews()
}

// order hands a mail in quarantine to the daemon as staff order it, by another connection to the database.
func (w *world) order(id int64, by string, h access.Handling) error {
	w.t.Helper()
	st := w.openStore()
	defer st.Close()
	h.By, h.Reason = address(w.t, people[by].address), "called the number on file"
	return st.HandleMessage(w.t.Context(), id, h)
}

// newest is the number of the newest mail.
func (w *world) newest() int64 {
	w.t.Helper()
	w.rest()
	all, err := w.main.Store().Messages(w.t.Context(), "", 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return all[0].ID
}

// playReleased: a mail that staff vouch for is processed while the daemon runs. Another authority approves it, and whoever
// released it answers no stage.
func playReleased(w *world) {
	w.write(letter{author: "maria", text: lenaMain, unsigned: true})
	id := w.newest()
	w.wantNews()
	if err := w.order(id, "paul", access.Handling{Handle: access.HandleRelease}); err != nil {
		w.t.Fatal(err)
	}
	w.reply("otto", w.get("otto", "Lena Vogt", "APPROVE"), "APPROVE")
	w.get("petra", "Lena Vogt", "APPROVE")
	w.wantRequest("lena", access.AwaitingApproval, "staff", "CL-02")
	w.wantNews("maria: "+answered, "otto: "+recorded)
	v, err := w.main.Store().Message(w.t.Context(), id)
	if err != nil || v.Handling != "release" || string(v.HandledBy) != people["paul"].address || v.Verdict == "pass" {
		w.t.Errorf("the released mail shows %+v, %v", v, err)
	}
	if err := w.order(id, "paul", access.Handling{Handle: access.HandleDismiss}); err == nil {
		w.t.Error("a mail that was processed can be dismissed")
	}
}

// playReplayed: processing a mail again proves nothing.
func playReplayed(w *world) {
	w.write(letter{author: "maria", text: lenaMain, unsigned: true})
	before := w.message()
	if err := w.order(w.newest(), "paul", access.Handling{Handle: access.HandleReplay}); err != nil {
		w.t.Fatal(err)
	}
	w.wantMessage(before)
	w.wantNews()
	if err := w.order(w.newest(), "paul", access.Handling{Handle: access.HandleDismiss}); err != nil {
		w.t.Fatal(err)
	}
	w.wantMessage(strings.Replace(before, "quarantined", "dismissed", 1))
}

// playMadeTicket: a mail in quarantine becomes a ticket for people, who read that its sender is not proven.
func playMadeTicket(w *world) {
	w.write(letter{author: "mallo", text: lenaMain})
	if err := w.order(w.newest(), "paul", access.Handling{Handle: access.HandleTicket, Contact: w.contactOf("tom").ID}); err != nil {
		w.t.Fatal(err)
	}
	w.get("paul", "Tom Okafor", "the sender is not proven")
	w.get("petra", "Tom Okafor")
	w.wantNews()
	w.wantMessage("applied: made a ticket by staff")
	w.wantUnchanged()
}

// playNotReleased: an approver's answer that is not proven decides nothing, whoever releases it.
func playNotReleased(w *world) {
	w.send("sofia", lenaTechnician)
	m := w.get("maria", "Lena Vogt", "APPROVE")
	w.write(letter{author: "maria", text: "APPROVE", answers: m, unsigned: true})
	id := w.newest()
	if err := w.order(id, "paul", access.Handling{Handle: access.HandleRelease}); err != nil {
		w.t.Fatal(err)
	}
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
}

// setBadge is what staff record about a badge.
func (w *world) setBadge(who string, state access.BadgeState) {
	w.t.Helper()
	c := w.contactOf(who)
	c.Badge = state
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		_, err := r.PutContact(w.t.Context(), &c)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
