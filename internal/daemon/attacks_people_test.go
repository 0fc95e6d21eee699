package daemon_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// takeovers are what somebody can do who has got hold of the mailbox of one person, whose mail is then proven: what
// moves, who hears of it, and how long it can be stopped.
var takeovers = []struct {
	name  string
	setup setup
	play  func(w *world) (outcome string)
}{
	{"mailbox-of-a-technician", setup{}, func(w *world) string {
		for _, text := range []string{"Please add Mallory Fox <mallory@acme.example> as Technician. Reason: night shift.",
			"Please change the role of Otto Lang <otto@acme.example> to Technician.", "Please remove Maria Lindqvist <maria@acme.example>."} {
			w.send("tom", text)
			w.get("tom", "Refused (rule CL-11)")
		}
		w.wantNews()
		w.wantUnchanged()
		return "moves nothing; each wish is refused by mail to the owner"
	}},
	{"mailbox-of-a-secondary-contact", setup{}, func(w *world) string {
		w.send("sofia", "Please add Mallory Fox <mallory@acme.example> as Technician. Reason: night shift.")
		w.get("sofia", "Waiting for Maria Lindqvist or Otto Lang")
		w.reply("otto", w.get("otto", "Mallory Fox", "APPROVE"), "REJECT")
		w.get("sofia", "declined by Otto Lang")
		w.news()
		w.wantUnchanged()
		return "can only ask; both Main Contacts hear of it at once, each can end it"
	}},
	{"mailbox-of-a-main-contact", setup{}, func(w *world) string {
		w.send("maria", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: our new boss.")
		w.reply("paul", w.get("paul", "Mallory Fox", "APPROVE"), "APPROVE")
		told := w.get("otto", "Notice", "Mallory Fox", "takes effect", "STOP")
		w.clock.advance(23 * time.Hour)
		w.wantUnchanged()
		w.reply("otto", told, "STOP")
		w.get("maria", "stopped by Otto Lang")
		w.clock.advance(48 * time.Hour)
		w.news()
		w.wantUnchanged()
		return "needs the support team, is told to the other Main Contact at once, and waits 24 hours for their STOP"
	}},
	{"mailbox-of-a-main-contact-with-four-eyes", setup{fourEyes: true}, func(w *world) string {
		w.send("maria", "Please add Mallory Fox <mallory@acme.example> as Secondary Contact. Reason: runs our racks.")
		w.reply("otto", w.get("otto", "Mallory Fox", "APPROVE"), "REJECT")
		w.get("maria", "declined by Otto Lang")
		w.news()
		w.wantUnchanged()
		return "needs another Main Contact"
	}},
	{"mailbox-of-the-support-team", setup{}, func(w *world) string {
		w.asked()
		w.send("paul", "APPROVE the request of Sofia Berg for Lena Vogt.")
		w.send("paul", "Please add Mallory Fox <mallory@acme.example> as Main Contact. Reason: our new boss.")
		w.rest()
		w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
		w.wantUnchanged()
		return "cannot decide for the client, nor ask in a client's name"
	}},
	{"mailbox-of-the-security-team", setup{}, func(w *world) string {
		known := staffScene(w)
		w.reply("ines", known["paul"], "APPROVE")
		w.rest()
		w.wantRequest("lena", access.AwaitingApproval, "staff", "CL-06")
		w.wantUnchanged()
		return "decides its own stage only: nobody decides two stages of one request"
	}},
	{"mailbox-of-another-client", setup{}, func(w *world) string {
		w.asked()
		w.send("gina", "Please add Mallory Fox <mallory@acme.example> as Main Contact of Acme. Reason: our new boss.")
		w.rest()
		w.wantUnchanged()
		if r := w.requestOf("lena"); r.State != access.AwaitingApproval {
			w.t.Errorf("Acme's request is %s", r.State)
		}
		return "reaches nothing of the other client; an address outside its own domains waits for staff"
	}},
	{"mailbox-of-the-security-administrator", setup{model: "client-representatives", members: managed}, func(w *world) string {
		w.send("maria", "Please make Jane Doe <jane.doe@acme.example> the new Security Administrator.")
		w.yes("jane", "you take this role over") // a puppet
		w.reply("otto", w.get("otto", "you stand in for the present holder"), "REJECT")
		w.get("maria", "declined by Otto Lang")
		w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
		w.yes("paul", "Otto Lang")
		w.reply("otto", w.get("otto", notice, "STOP"), "STOP")
		w.get("maria", "It was stopped by Otto Lang")
		w.clock.advance(overHold)
		w.wantContact("maria", access.ContactActive, "none", sa)
		w.wantContact("otto", access.ContactActive, "none", alternate)
		w.wantContact("jane", access.ContactActive, "none", "user")
		return "cannot hand over without the Alternate, nor remove them unheard: 24 hours for their STOP"
	}},
	{"mailbox-of-the-alternate", setup{model: "client-representatives", members: managed}, func(w *world) string {
		w.send("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
		w.get("otto", "Refused (rule CR-03)")
		w.send("otto", "Please change the role of Jane Doe <jane.doe@acme.example> to IT Manager. She leads the team now.")
		w.yes("paul", "Jane Doe")
		w.reply("maria", w.get("maria", notice, "Jane Doe", "STOP"), "STOP")
		w.get("otto", "It was stopped by Maria Lindqvist")
		w.clock.advance(overHold)
		w.wantContact("maria", access.ContactActive, "none", sa)
		w.wantContact("jane", access.ContactActive, "none", "user")
		return "nothing against the Security Administrator, who hears of every change of power and has 24 hours for a STOP"
	}},
	{"mailbox-of-the-finance-administrator", setup{model: "client-representatives", members: managed}, func(w *world) string {
		for _, text := range []string{eveAs + "User. She joins the help desk.", "Please change the role of Lena Vogt <lena@acme.example> to IT Manager.",
			"Please remove Otto Lang <otto@acme.example>. He has left the company."} {
			w.send("lena", text)
			w.get("lena", "Refused (rule CR-")
		}
		w.wantNews()
		w.wantContact("lena", access.ContactActive, "none", finance)
		return "moves nothing by itself; each wish is refused by mail to the owner"
	}},
	{"mailbox-of-the-account-owner", setup{model: "account-contacts", members: hosting}, func(w *world) string {
		w.send("maria", "Please add Mallory Fox <mallory@acme.example> as Account Administrator. Reason: our new boss.")
		w.yes("paul", "Mallory Fox")
		w.reply("otto", w.get("otto", notice, "Mallory Fox", "STOP"), "STOP")
		w.get("maria", "It was stopped by Otto Lang")
		w.clock.advance(overHold)
		w.rest()
		return "needs the support team, is told to the Administrator at once, and waits 24 hours for their STOP"
	}},
	{"mailbox-of-the-newcomer", setup{}, func(w *world) string {
		known := invitedScene(w)
		w.write(letter{author: "lena", text: "Please add Mallory Fox <mallory@acme.example> as Technician. Reason: night shift."})
		w.write(letter{author: "lena", answers: known["lena"], text: "APPROVE"})
		w.rest()
		w.wantContact("lena", access.ContactInvited, access.BadgeOrdered, "technician")
		return "can only register for what was approved"
	}},
}

// TestAttackTakeovers plays them, each on a world of its own.
func TestAttackTakeovers(t *testing.T) {
	t.Parallel()
	defined(t, len(takeovers))
	for _, c := range takeovers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.setup)
			a := &trial{t: t, name: c.name}
			outcome := c.play(w)
			found, err := w.main.Store().ContactsByAddress(t.Context(), address(t, "mallory@acme.example"))
			if err != nil || len(found) > 0 {
				a.accuse("Mallory is a contact: %v (%v)", found, err)
			}
			if t.Failed() {
				a.accuse("see above")
			}
			a.close("taken-over mailbox", outcome)
		})
	}
}
