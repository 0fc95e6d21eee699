package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/message"
)

// abuses are attacks by proven mailboxes on one scene, after which the state must be as before: no contact, no request, no
// decision is new or changed.
var abuses = []abuseGroup{
	{name: "delegation", scene: quietScene, attacks: []abuse{
		{"delegation-to-oneself", by("maria", "Delegate my approvals to Maria Lindqvist until {day 9}.")},
		{"delegation-to-an-outsider", by("maria", "Delegate my approvals to Mallory Fox <mallory@stranger.example> until {day 9}.")},
		{"delegation-to-another-client", by("maria", "Delegate my approvals to Gina Rossi <gina@globex.example> until {day 9}.")},
		{"delegation-to-staff", by("maria", "Delegate my approvals to Paul Novak <paul@provider.example> until {day 9}.")},
		{"delegation-to-a-technician", by("maria", "Delegate my approvals to Tom Okafor until {day 9}.")},
		{"delegation-to-a-secondary", by("maria", "Delegate my approvals to Sofia Berg until {day 9}.")},
		{"delegation-beyond-30-days", by("maria", "Delegate my approvals to Otto Lang until {day 33}.")},
		{"delegation-into-the-past", by("maria", "Delegate my approvals to Otto Lang until {day -3}.")},
		{"delegation-without-an-end", by("maria", "Delegate my approvals to Otto Lang.")},
		{"delegation-by-a-secondary", by("sofia", "Delegate my approvals to Otto Lang until {day 9}.")},
		{"delegation-by-a-technician", by("tom", "Delegate my approvals to Sofia Berg until {day 9}.")},
		{"delegation-in-anothers-name", by("sofia", "Delegate the approvals of Maria Lindqvist to Sofia Berg until {day 9}.")},
		{"delegation-ended-by-another", by("sofia", "End the delegation of Maria Lindqvist.")},
		{"delegation-of-staff", by("paul", "Delegate my approvals to Bill Sommer until {day 9}.")},
		{"delegation-by-another-client", by("gina", "Delegate my approvals to Otto Lang <otto@acme.example> until {day 9}.")},
	}},
	{name: "delegated", scene: delegatedScene, attacks: []abuse{
		{"delegation-chained", by("otto", "Delegate my approvals to Tom Okafor until {day 9}.")},
		{"delegation-back", by("otto", "Delegate my approvals to Maria Lindqvist until {day 9}.")},
		{"delegation-twice", by("maria", "Delegate my approvals to Sofia Berg until {day 9}.")},
		{"delegation-ended-by-the-delegate", by("otto", "End my delegation.")},
	}},
	{name: "hand-over", setup: setup{model: "client-representatives", members: managed}, scene: handOverScene, attacks: []abuse{
		{"hand-over-by-the-alternate", by("otto", "Please make Otto Lang <otto@acme.example> the new Security Administrator.")},
		{"hand-over-by-an-administrator", by("tom", "I hand over the role of Security Administrator to Tom Okafor <tom@acme.example>.")},
		{"hand-over-by-a-user", by("jane", "Please make Jane Doe <jane.doe@acme.example> the new Security Administrator.")},
		{"hand-over-as-a-role-by-the-alternate", by("otto", "Please change the role of Otto Lang <otto@acme.example> to Security Administrator.")},
		{"hand-over-to-another-by-the-alternate", by("otto", "Please make Jane Doe <jane.doe@acme.example> the new Security Administrator.")},
		{"hand-over-to-another-by-a-user", by("jane", "Please make Tom Okafor <tom@acme.example> the new Security Administrator.")},
		{"hand-over-raise-by-an-administrator", by("tom", "Please change the role of Tom Okafor <tom@acme.example> to Alternate Security Administrator.")},
		{"hand-over-raise-by-a-user", by("jane", "Please change the role of Jane Doe <jane.doe@acme.example> to IT Manager.")},
		{"hand-over-removal-by-the-alternate", by("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")},
		{"hand-over-downgrade-by-the-alternate", by("otto", "Please change the role of Maria Lindqvist <maria@acme.example> to User.")},
		{"hand-over-confirmation-by-another", using("tom", "sofia", "APPROVE")},
		{"hand-over-confirmation-by-the-holder", using("maria", "sofia", "APPROVE")},
		{"hand-over-confirmation-by-the-alternate", using("otto", "sofia", "APPROVE")},
		{"hand-over-confirmation-forged", forging("sofia", "sofia", "APPROVE")},
		{"hand-over-confirmation-without-token", by("sofia", "APPROVE, I take the role over.")},
		{"hand-over-outside-the-client", by("maria", "I hand over my role as Security Administrator to Gina Rossi <gina@globex.example>.")},
		{"security-by-a-client", by("maria", "APPROVE +security")},
		{"charge-by-a-client", by("lena", "APPROVE +charge")},
	}},
	{name: "impact", setup: setup{model: "client-representatives", members: managed}, scene: impactScene, attacks: []abuse{
		{"security-by-the-requester", using("tom", "paul", "APPROVE +security")},
		{"charge-by-finance", using("lena", "paul", "APPROVE +charge")},
		{"security-by-the-administrator", using("maria", "paul", "APPROVE +security")},
		{"charge-by-another-of-staff", using("bill", "paul", "APPROVE +charge")},
		{"impact-forged-staff", forging("paul", "paul", "APPROVE +security")},
	}},
	{name: "old-address", scene: oldAddressScene, attacks: []abuse{
		{"old-address-confirmed-by-the-new", using("jane", "otto", "APPROVE")},
		{"old-address-confirmed-by-the-requester", using("maria", "otto", "APPROVE")},
		{"old-address-confirmed-by-a-colleague", using("sofia", "otto", "APPROVE")},
		{"old-address-confirmed-by-staff", using("paul", "otto", "APPROVE")},
		{"old-address-forged", forging("otto", "otto", "APPROVE")},
		{"old-address-without-token", by("otto", "APPROVE my new address.")},
		{"old-address-request-by-the-new", by("jane", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
	}},
	{name: "new-address", scene: newAddressScene, attacks: []abuse{
		{"new-address-confirmed-by-the-old", using("otto", "jane", "APPROVE")},
		{"new-address-confirmed-twice-by-the-old", using("otto", "otto", "APPROVE")},
		{"new-address-confirmed-by-the-requester", using("maria", "jane", "APPROVE")},
		{"new-address-confirmed-by-a-stranger", using("mallo", "jane", "APPROVE")},
		{"new-address-confirmed-by-staff", using("paul", "jane", "APPROVE")},
		{"new-address-forged", forging("jane", "jane", "APPROVE")},
		{"new-address-request-before-it-counts", by("jane", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
	}},
	{name: "commands", scene: clientScene, attacks: []abuse{
		{"cancel-anothers-request", onTicket("tom", "Please cancel this request.")},
		{"cancel-from-another-client", onTicket("gina", "Please cancel this request.")},
		{"cancel-by-the-newcomer", onTicket("lena", "Please cancel this request.")},
		{"cancel-by-a-stranger", onTicket("mallo", "Please cancel this request.")},
		{"status-for-another-client", silentAbout("gina", "What is the status of my request?")},
		{"status-for-a-stranger", silentAbout("mallo", "What is the status of my request?")},
		{"status-of-anothers-request", silentAbout("tom", "What is the status of the request of Sofia Berg?")},
		{"sign-in-help-for-another", silentAbout("tom", "Sofia Berg cannot log in to the portal. Please send me her sign-in link.")},
		{"sign-in-help-for-a-stranger", silentAbout("mallo", "I cannot log in to the portal as Sofia Berg <sofia@acme.example>.")},
		{"visit-by-a-technician", by("tom", "Please schedule a visit for Eve Stone <eve@contractor.example> on {date 9} from 09:00 to 11:00. Reason: repairs a switch.")},
		{"visit-by-a-stranger", by("mallo", "Please schedule a visit for Mallory Fox <mallory@stranger.example> on {date 9} from 09:00 to 11:00. Reason: repairs a switch.")},
		{"visit-by-the-newcomer", by("lena", "Please schedule a visit for Lena Vogt <lena@acme.example> on {date 9} from 09:00 to 11:00. Reason: repairs a switch.")},
	}},
	{name: "list", setup: setup{model: "authorisation-list", members: nordic}, scene: quietScene, attacks: []abuse{
		{"list-official-by-a-manager", by("sofia", "Please add Mallory Fox <mallory@acme.example> as Technical Authorised Official. He is our boss.")},
		{"list-access-for-oneself", by("tom", "Please enable physical access for Tom Okafor <tom@acme.example>.")},
		{"list-access-by-a-manager", by("sofia", "Please enable physical access for Tom Okafor <tom@acme.example>.")},
		{"list-lead-by-mail", by("maria", "Please make Tom Okafor <tom@acme.example> our Lead Technical Contact.")},
		{"list-removal-by-a-contact", by("tom", "Please remove Otto Lang <otto@acme.example>. He has left the company.")},
		{"list-visit-without-access", func(a *attacker) { a.w.send("tom", ownVisit("tom", a.w.day(9))) }},
		{"list-visit-of-an-official-without-access", func(a *attacker) { a.w.send("otto", ownVisit("otto", a.w.day(9))) }},
	}},
	{name: "account", setup: setup{model: "account-contacts", members: hosting}, scene: quietScene, attacks: []abuse{
		{"account-owner-removed-by-billing", by("sofia", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")},
		{"account-owner-removed-by-the-administrator", by("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")},
		{"account-contact-added-by-billing", by("sofia", "Please add Mallory Fox <mallory@acme.example> as Account Administrator. He is our boss.")},
		{"account-contact-added-by-support", by("tom", "Please add Mallory Fox <mallory@acme.example> as Billing contact. He is our boss.")},
		{"account-raise-oneself", by("tom", "Please change the role of Tom Okafor <tom@acme.example> to Account Administrator. I do all the work.")},
		{"account-grant-oneself", by("sofia", "Please give me, Sofia Berg <sofia@acme.example>, the permission to authorise contacts.")},
	}},
	{name: "suspended", scene: suspendedScene, attacks: []abuse{
		{"suspended-approver-with-a-live-token", using("maria", "maria", "APPROVE")},
		{"suspended-approver-rejects", using("maria", "maria", "REJECT")},
		{"suspended-approver-asks", by("maria", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
		{"suspended-approver-stops", using("maria", "maria", "STOP")},
		{"suspended-approver-cancels", onTicket("maria", "Please cancel this request.")},
		{"suspended-approver-delegates", by("maria", "Delegate my approvals to Otto Lang until {day 9}.")},
	}},
}

// abuseGroup is some attacks on one scene.
type abuseGroup struct {
	name    string
	setup   setup
	scene   func(*world) map[string]*received
	passes  []string // tables that may change
	codesTo []string // who may get codes
	attacks []abuse
}

type abuse struct {
	name string
	play func(*attacker)
}

// by is a mail of its own; {day n} and {date n} are days from now.
func by(who, text string) func(*attacker) {
	return func(a *attacker) { a.w.send(who, a.w.dated(text)) }
}

func (w *world) dated(text string) string {
	for n := -3; n <= 33; n++ {
		at := w.clock.Now().AddDate(0, 0, n)
		text = strings.ReplaceAll(text, fmt.Sprintf("{day %d}", n), at.Format(time.DateOnly))
		text = strings.ReplaceAll(text, fmt.Sprintf("{date %d}", n), at.Format("2 January 2006"))
	}
	return text
}

// using is an answer by one person to the mail that another got, with its token.
func using(who, whose, words string) func(*attacker) {
	return func(a *attacker) { a.w.reply(who, a.known[whose], words) }
}

// forging is the same in the owner's name, from a stranger's server.
func forging(who, whose, words string) func(*attacker) {
	return func(a *attacker) {
		l := answer(who, a.known[whose], words)
		l.signer, l.mailFrom = "stranger.example", people["mallo"].address
		a.w.write(l)
	}
}

// onTicket is a mail about Sofia's ticket, by its number and its thread.
func onTicket(who, text string) func(*attacker) {
	return func(a *attacker) {
		a.w.write(letter{author: who, answers: a.known["sofia"], subject: "Re: " + a.known["sofia"].Subject, text: text})
	}
}

// silentAbout must bring no answer that names Lena, the ticket, a link or a sign-in of Sofia's.
func silentAbout(who, text string) func(*attacker) {
	return func(a *attacker) {
		onTicket(who, text)(a)
		a.w.rest()
		for _, d := range a.outgoing() {
			m, err := message.Parse(d.Raw)
			if err != nil || nickname(d.To) != who {
				a.accuse("a mail to %s (%v)", d.To, err)
				continue
			}
			for _, secret := range []string{"Lena", "lena@", "/register/", "sofia@"} {
				if strings.Contains(m.Subject+m.Text+m.HTMLText, secret) {
					a.accuse("%s was told of %s:\n%s", who, secret, m.Text)
				}
			}
		}
	}
}

func quietScene(*world) map[string]*received { return nil }

// delegatedScene: Otto decides for Maria.
func delegatedScene(w *world) map[string]*received {
	w.send("maria", w.dated("Delegate my approvals to Otto Lang until {day 10}."))
	w.get("maria", "takes effect after a waiting time")
	w.clock.advance(overHold)
	w.get("maria", "Your approvals are delegated")
	return nil
}

// handOverScene: Maria hands over to Sofia, who is asked.
func handOverScene(w *world) map[string]*received {
	w.send("maria", "Please make Sofia Berg <sofia@acme.example> the new Security Administrator.")
	return map[string]*received{"sofia": w.get("sofia", "you take this role over")}
}

// impactScene: staff are asked about a user that Tom wants.
func impactScene(w *world) map[string]*received {
	w.send("tom", eveAs+"User. She joins the help desk.")
	return map[string]*received{"paul": w.get("paul", "Eve Jones", "Approval needed")}
}

// oldAddressScene: Otto's address is to become Jane's, and he is asked at the old one.
func oldAddressScene(w *world) map[string]*received {
	w.send("maria", "Please change the email address of Otto Lang <otto@acme.example> to jane.doe@acme.example.")
	return map[string]*received{"otto": w.get("otto", "your address on file is about to change")}
}

// newAddressScene: Otto has confirmed from the old address, and Jane is asked at the new one.
func newAddressScene(w *world) map[string]*received {
	known := oldAddressScene(w)
	w.reply("otto", known["otto"], "APPROVE")
	known["jane"] = w.get("jane", "this address shall be yours at Acme", "Otto Lang")
	return known
}

// suspendedScene: Maria is suspended after she was asked.
func suspendedScene(w *world) map[string]*received {
	known := clientScene(w)
	w.editContact("maria", func(c *access.Contact) { c.State = access.ContactSuspended })
	return known
}

// TestAttackPower plays them, each scene on a world of its own.
func TestAttackPower(t *testing.T) {
	t.Parallel()
	for _, s := range slices.Concat(abuses, tokenAbuses) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, s.setup)
			defined(t, len(s.attacks))
			a := newAttacker(w, s.scene)
			a.passes, a.codesTo = s.passes, s.codesTo
			for _, at := range s.attacks {
				a.begin(at.name)
				at.play(a)
				a.end("power", w.message())
			}
		})
	}
}
