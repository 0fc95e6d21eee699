package daemon_test

import (
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// tokenAbuses are attacks with codes and tokens that have an owner, an end, or nobody to vouch for them.
var tokenAbuses = []abuseGroup{
	{name: "codes", setup: setup{require: access.RequireChallenge}, scene: codeScene, passes: []string{"sender_challenges"}, codesTo: []string{"maria", "gina"},
		attacks: []abuse{
			{"code-guessed-without-its-reference", weak(letter{author: "mallo", from: "Maria Lindqvist <maria@acme.example>", subject: "Re: " + didYouWrite, text: "123456"})},
			{"code-by-a-stranger", codeBy("mallo", true)},
			{"code-by-a-colleague", codeBy("otto", true)},
			{"code-by-a-colleague-unproven", codeBy("otto", false)},
			{"code-by-another-client", codeBy("gina", true)},
			{"code-by-staff", codeBy("paul", true)},
			{"code-of-another-client-for-this-mail", func(a *attacker) {
				a.w.write(unsigned(answer("maria", a.known["maria"], codeIn.FindStringSubmatch(a.known["gina"].Text)[1])))
			}},
			{"code-of-this-client-for-anothers-mail", func(a *attacker) {
				a.w.write(unsigned(answer("gina", a.known["gina"], a.w.codeOf(a.known["maria"]))))
			}},
			{"code-wrong", func(a *attacker) { a.w.write(unsigned(answer("maria", a.known["maria"], "000000"))) }},
			{"code-in-the-subject", func(a *attacker) {
				l := answer("maria", a.known["maria"], "Hello?")
				l.subject = a.w.codeOf(a.known["maria"])
				a.w.write(unsigned(l))
			}},
			{"code-quoted", func(a *attacker) { a.w.write(unsigned(answer("maria", a.known["maria"], "What is this?"))) }},
			{"code-in-an-automatic-reply", func(a *attacker) {
				l := answer("maria", a.known["maria"], a.w.codeOf(a.known["maria"]))
				l.header = []string{"Auto-Submitted: auto-replied"}
				a.w.write(unsigned(l))
			}},
			{"code-after-a-week", func(a *attacker) {
				a.w.clock.advance(8 * 24 * time.Hour)
				a.w.write(unsigned(answer("maria", a.known["maria"], a.w.codeOf(a.known["maria"]))))
			}},
		}},
	{name: "released", scene: clientScene, attacks: []abuse{
		{"release-of-a-forged-approval", handled(access.HandleRelease, forgedApproval)},
		{"replay-of-a-forged-approval", handled(access.HandleReplay, forgedApproval)},
		{"dismissal-of-a-forged-approval", handled(access.HandleDismiss, forgedApproval)},
		{"ticket-of-a-forged-approval", handled(access.HandleTicket, forgedApproval)},
		{"release-of-an-unsigned-approval", handled(access.HandleRelease, func(a *attacker) letter { return unsigned(answer("maria", a.known["maria"], "APPROVE")) })},
		{"release-of-an-unsigned-rejection", handled(access.HandleRelease, func(a *attacker) letter { return unsigned(answer("otto", a.known["otto"], "REJECT")) })},
		{"release-of-an-unsigned-stop", handled(access.HandleRelease, func(a *attacker) letter { return unsigned(answer("otto", a.known["otto"], "STOP")) })},
		{"release-of-a-strangers-approval", handled(access.HandleRelease, func(a *attacker) letter { return answer("mallo", a.known["maria"], "APPROVE") })},
		{"release-of-a-strangers-request", handled(access.HandleRelease, func(*attacker) letter {
			return letter{author: "mallo", text: "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss."}
		})},
		{"release-of-two-authors", handled(access.HandleRelease, func(*attacker) letter {
			return letter{author: "maria", from: "Maria Lindqvist <maria@acme.example>, Mallory Fox <mallory@stranger.example>", text: lenaMain}
		})},
		{"release-and-then-the-token-again", func(a *attacker) {
			handled(access.HandleRelease, forgedApproval)(a)
			forging("maria", "maria", "APPROVE")(a)
		}},
	}},
	{name: "removed", scene: removedScene, attacks: []abuse{
		{"removed-approver-with-a-live-token", using("otto", "otto", "APPROVE")},
		{"removed-approver-rejects", using("otto", "otto", "REJECT")},
		{"removed-approver-stops", using("otto", "otto", "STOP")},
		{"removed-approver-asks", by("otto", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
		{"removed-approver-cancels", onTicket("otto", "Please cancel this request.")},
		{"removed-approver-delegates", by("otto", "Delegate my approvals to Tom Okafor until {day 9}.")},
		{"removed-approver-wants-back", by("otto", "Please add Otto Lang <otto@acme.example> as Main Contact. I am back.")},
		{"removed-approver-wants-the-link", by("otto", "I cannot sign in. Please send me the sign-in link.")},
		{"removed-approvers-token-by-another", using("sofia", "otto", "APPROVE")},
		{"removed-approver-brought-back-by-a-technician", by("tom", "Please add Otto Lang <otto@acme.example> as Main Contact. He is back.")},
	}},
	{name: "restored", scene: restoredScene, attacks: []abuse{
		{"restored-approver-with-the-token-of-before", using("otto", "otto", "APPROVE")},
		{"restored-approver-rejects-with-it", using("otto", "otto", "REJECT")},
		{"restored-approver-stops-with-it", using("otto", "otto", "STOP")},
	}},
	{name: "held", scene: heldScene, attacks: []abuse{
		{"stop-by-a-stranger-with-the-token", using("mallo", "otto", "STOP")},
		{"stop-forged-with-the-token", forging("otto", "otto", "STOP")},
		{"stop-by-a-technician-with-the-token", using("tom", "otto", "STOP")},
		{"stop-by-another-client-with-the-token", using("gina", "otto", "STOP")},
		{"stop-by-staff-with-the-token", using("petra", "otto", "STOP")},
		{"stop-without-a-token", by("otto", "STOP")},
		{"stop-in-a-sentence", using("otto", "otto", "Please do not STOP this, it is fine.")},
		{"stop-in-the-quote", using("otto", "otto", "Thanks for telling me.")},
		{"approval-of-what-is-held", using("otto", "otto", "APPROVE")},
		{"newcomer-before-the-hold-ends", by("jane", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
	}},
	{name: "moved-address", scene: movedScene, attacks: []abuse{
		{"stop-from-the-old-address-after-the-hold", using("otto", "notice", "STOP")},
		{"approval-from-the-old-address-again", using("otto", "otto", "APPROVE")},
		{"request-from-the-old-address", by("otto", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
		{"approval-of-another-request-with-the-token-of-before", using("otto", "before", "APPROVE")},
		{"approval-at-the-new-address-with-the-token-of-the-old", using("jane", "before", "APPROVE")},
		{"delegation-from-the-old-address", by("otto", "Delegate my approvals to Tom Okafor until {day 9}.")},
		{"old-address-wants-back", by("otto", "Please change the email address of Otto Lang to otto@acme.example.")},
	}},
	{name: "two-clients", scene: twoClientsScene, attacks: []abuse{
		{"two-clients-power-of-one-used-at-the-other", by("tom", "For client Acme: please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: boss.")},
		{"two-clients-removal-at-the-other", by("tom", "For client Acme: please remove Maria Lindqvist <maria@acme.example>. She has left.")},
		{"two-clients-token-at-the-other", using("tom", "maria", "APPROVE")},
		{"two-clients-cancel-at-the-other", onTicket("tom", "Please cancel this request.")},
		{"two-clients-delegation-across", by("tom", "For client Globex: delegate my approvals to Sofia Berg <sofia@acme.example> until {day 9}.")},
		{"two-clients-delegation-to-oneself-at-the-other", by("maria", "Delegate my approvals to Tom Okafor until {day 9}.")},
		{"two-clients-raise-at-the-other", by("tom", "For client Acme: please change my role to Main Contact. Reason: I am one at Globex.")},
		{"two-clients-without-a-name", by("tom", "Please remove Maria Lindqvist <maria@acme.example>. She has left.")},
		{"two-clients-forged", forging("tom", "maria", "APPROVE")},
	}},
}

func weak(l letter) func(*attacker) { return func(a *attacker) { a.w.write(unsigned(l)) } }

// codeBy sends Maria's code from somebody's address, with the reference of the mail that it came in.
func codeBy(who string, proven bool) func(*attacker) {
	return func(a *attacker) {
		l := answer(who, a.known["maria"], a.w.codeOf(a.known["maria"]))
		l.unsigned = !proven
		a.w.write(l)
	}
}

func forgedApproval(a *attacker) letter {
	l := answer("maria", a.known["maria"], "APPROVE")
	l.signer, l.mailFrom = "stranger.example", people["mallo"].address
	return l
}

// handled is a mail that goes to quarantine and that the security team then handles so.
func handled(h access.Handle, mail func(*attacker) letter) func(*attacker) {
	return func(a *attacker) {
		w := a.w
		w.t.Helper()
		w.write(mail(a))
		w.rest()
		all, err := w.main.Store().Messages(w.t.Context(), access.Quarantined, 1)
		if err != nil || len(all) == 0 {
			a.accuse("nothing is in quarantine (%v)", err)
			return
		}
		if err := w.main.Store().HandleMessage(w.t.Context(), all[0].ID, access.Handling{Handle: h, By: address(w.t, people["ines"].address), Reason: "he called"}); err != nil {
			a.accuse("%v", err)
		}
	}
}

// codeScene: a weak mail of Maria's waits for a code, and one of Gina's at another client.
func codeScene(w *world) map[string]*received {
	w.zone.SetTXT("_dmarc.acme.example")
	w.zone.SetTXT("_dmarc.globex.example")
	w.write(unsigned(letter{author: "maria", text: lenaMain}))
	w.write(unsigned(letter{author: "gina", text: "Please add Gus Hill <gus@globex.example> as Secondary Contact. Reason: he runs our racks."}))
	return map[string]*received{"maria": w.get("maria", didYouWrite), "gina": w.get("gina", didYouWrite)}
}

// editContact is staff who set what they record of a contact.
func (w *world) editContact(who string, change func(*access.Contact)) {
	w.t.Helper()
	c := w.contactOf(who)
	change(&c)
	if err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error { return r.SetContact(w.t.Context(), &c) }); err != nil {
		w.t.Fatal(err)
	}
}

// removedScene: Otto is asked to approve, and then removed by a mail of Maria's.
func removedScene(w *world) map[string]*received {
	known := clientScene(w)
	w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
	w.yes("paul", "Otto Lang")
	w.get("paul", recorded)
	w.clock.advance(overHold)
	w.get("maria", "Otto Lang has been removed")
	return known
}

// restoredScene: Otto was removed, and staff import him again.
func restoredScene(w *world) map[string]*received {
	known := removedScene(w)
	c := w.contactOf("otto")
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		_, err := r.PutContact(w.t.Context(), &access.Contact{ClientID: c.ClientID, Name: c.Name, Address: c.Address, Roles: []string{"main_contact"}, Kind: access.Person, Portal: true})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.wantContact("otto", access.ContactActive, access.BadgeNone, "main_contact")
	return known
}

// heldScene: Jane is to become a Main Contact, all have agreed, and Otto is told while it waits.
func heldScene(w *world) map[string]*received {
	w.send("maria", strings.ReplaceAll(janeSecondary, "Secondary Contact", "Main Contact"))
	w.yes("paul", "Jane Doe")
	w.get("paul", recorded)
	return map[string]*received{"otto": w.get("otto", notice, "Jane Doe", "takes effect"), "jane": nil}
}

// movedScene: Otto's address has become Jane's, after he was asked about Lena and had his notice.
func movedScene(w *world) map[string]*received {
	before := clientScene(w)
	known := newAddressScene(w)
	w.reply("jane", known["jane"], "APPROVE")
	w.yes("petra", "new address jane.doe@acme.example")
	w.get("petra", recorded)
	known["notice"] = w.get("otto", notice)
	w.clock.advance(overHold)
	w.get("maria", "new address jane.doe@acme.example", "done")
	known["before"], known["sofia"] = before["otto"], before["sofia"]
	return known
}

// twoClientsScene: Tom, a Technician of Acme, is a Main Contact of Globex too; Acme is asked about Lena.
func twoClientsScene(w *world) map[string]*received {
	known := clientScene(w)
	globex := w.contactOf("gina").ClientID
	err := w.main.Store().EditRoster(w.t.Context(), false, func(r *store.Roster) error {
		_, err := r.PutContact(w.t.Context(), &access.Contact{ClientID: globex, Name: people["tom"].name, Address: address(w.t, people["tom"].address),
			Roles: []string{"main_contact"}, Kind: access.Person, Portal: true})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return known
}
