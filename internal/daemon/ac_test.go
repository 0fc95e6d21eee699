package daemon_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

const (
	owner         = "account_owner"
	administrator = "account_administrator"
)

var hosting = []member{
	{who: "maria", roles: []string{owner}}, {who: "otto", roles: []string{administrator}},
	{who: "sofia", roles: []string{"billing"}}, {who: "tom", roles: []string{"support"}},
}

func init() {
	ac := func(play func(*world), change ...func(*setup)) row {
		s := setup{model: "account-contacts", members: slices.Clone(hosting)}
		for _, c := range change {
			c(&s)
		}
		return row{s, play}
	}
	rows["AC_01"] = ac(ac01, func(s *setup) { s.billing = true })
	rows["AC_02_handover"] = ac(acHandOver)
	rows["AC_05"], rows["AC_06"] = ac(ac05), ac(ac06)
	rows["AC_07"] = ac(ac07, func(s *setup) {
		s.members[1].grants = []string{"-users:request"}
		s.members[2].grants = []string{"+users:request"}
		s.members[3].grants = []string{"+service:order", "-ticket:*"}
	})
}

func TestAC_01(t *testing.T)          { playRow(t, "AC_01") }
func TestAC_02_HandOver(t *testing.T) { playRow(t, "AC_02_handover") }
func TestAC_05(t *testing.T)          { playRow(t, "AC_05") }
func TestAC_06(t *testing.T)          { playRow(t, "AC_06") }
func TestAC_07(t *testing.T)          { playRow(t, "AC_07") }

const (
	lenaBilling = "Please add Lena Vogt <lena@acme.example> as Billing contact. She sees to our invoices."
	janeSupport = "Please add Jane Doe <jane.doe@acme.example> as Support contact. She runs our servers."
)

// ac01: mail to the accounting team and to the support team is treated alike; each team validates its own.
func ac01(w *world) {
	w.write(letter{author: "maria", to: accounting, text: lenaBilling + "\n\nMaria Lindqvist"})
	w.yes("bill", "Lena Vogt")
	w.get("lena", "/register/", "as Billing")
	w.send("maria", janeSupport)
	w.yes("paul", "Jane Doe")
	w.get("jane", "/register/", "as Support")
	if n := len(w.sentTo("petra", "Lena Vogt")); n > 0 {
		w.t.Errorf("support was asked %d times about a mail to accounting", n)
	}
}

// acHandOver: the owner alone hands the account over, and no mail moves it without staff.
func acHandOver(w *world) {
	w.wantAllowed("maria", map[string]bool{"service_cancel": true, "service_order": true, "billing": true})
	w.wantAllowed("otto", map[string]bool{"service_cancel": false})
	w.send("sofia", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
	w.get("sofia", "Refused (rule AC-02)", "Nobody but the Account Owner can change the Account Owner")
	w.send("maria", "Please make Tom Okafor <tom@acme.example> the new Account Owner.")
	w.get("maria", "in the place of Maria Lindqvist, who becomes Account Administrator", "Waiting for Tom Okafor")
	w.yes("tom", "you take this role over")
	w.yes("petra", "Tom Okafor", "Out-of-band checklist")
	w.get("petra", recorded)
	w.wantContact("maria", access.ContactActive, "none", owner)
	w.clock.advance(overHold)
	w.get("maria", "Tom Okafor is now Account Owner")
	w.wantContact("tom", access.ContactActive, "none", owner, "support")
	w.wantContact("maria", access.ContactActive, "none", administrator)
	// Without the owner only the security team decides (R24).
	w.send("otto", "Please make Maria Lindqvist <maria@acme.example> the new Account Owner. Nobody can reach Tom.")
	w.wantRequest("maria", access.AwaitingApproval, "staff", "AC-02")
	w.reply("ines", w.get("ines", "Maria Lindqvist", "Out-of-band checklist"), "REJECT, we have reached him.")
	w.get("otto", "declined by Ines Keller")
	w.wantContact("tom", access.ContactActive, "none", owner, "support")
}

// ac05: Administrators do what Billing and Support do, and authorise contacts but the owner; they order and cancel nothing.
func ac05(w *world) {
	w.wantAllowed("otto", map[string]bool{"technical": true, "billing": true, "service_order": false, "service_cancel": false})
	w.send("otto", janeSupport)
	w.yes("paul", "Jane Doe")
	w.get("jane", "/register/")
	w.send("otto", "Please remove Tom Okafor <tom@acme.example>. He has left the company.")
	w.yes("paul", "Tom Okafor")
	w.get("otto", "Tom Okafor has been removed")
	w.send("otto", "Please remove Maria Lindqvist <maria@acme.example>. She has left the company.")
	w.get("otto", "Refused (rule AC-02)")
}

// ac06: roles are a set: Billing and Support together are no Administrator.
func ac06(w *world) {
	w.send("maria", "Please add Lena Vogt <lena@acme.example> as Billing and Support contact. She does both for us.")
	w.yes("paul", "Lena Vogt", "Billing and Support")
	w.register("lena", w.get("lena", "/register/"))
	w.wantContact("lena", access.ContactActive, "none", "billing", "support")
	w.wantAllowed("lena", map[string]bool{"billing": true, "technical": true, "service_order": false})
	w.send("lena", janeSupport)
	w.get("lena", "Refused (rule AC-05)")
}

// ac07: what a contact may is what the roles allow, plus and minus their own grants.
func ac07(w *world) {
	w.wantAllowed("tom", map[string]bool{"service_order": true, "technical": false})
	w.send("otto", janeSupport)
	w.get("otto", "Refused (rule AC-07)", "Your own permissions do not include authorising contacts")
	w.send("sofia", janeSupport)
	w.get("sofia", "Waiting for Maria Lindqvist")
	w.wantRequest("jane", access.AwaitingApproval, "client", "AC-07")
	m, err := policy.Builtin("account-contacts")
	if err != nil {
		w.t.Fatal(err)
	}
	tom := w.contactOf("tom")
	if got := tom.Capabilities(m); !slices.Equal(got, []string{"assistance:request", "service:order", "credentials:receive"}) {
		w.t.Errorf("Tom's capabilities are %q", got)
	}
}
