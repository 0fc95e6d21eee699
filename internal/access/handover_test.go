package access_test

import (
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// TestR22: a role that one person holds is neither filled twice nor left empty, and no mail hands it over.
func TestR22(t *testing.T) {
	t.Parallel()
	m, err := policy.Builtin("client-representatives")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, from string
		asked      interpret.Request
		state      string
	}{
		{"a second administrator", "anna", jane("security_administrator"), "refused R23"},
		{"the administrator leaves", "ben", said(interpret.RemoveUser, "Anna Main", "", "", ""), "refused CR-03"},
		{"by someone without the right", "carol", jane("security_administrator"), "refused R23"},
		{"a first manager", "anna", jane("it_manager"), "awaiting_approval(staff) CR-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.model, w.clients[0].RoleModel = m, m.ID
			for who, role := range map[string]string{"anna": "security_administrator", "ben": "alternate_security_administrator",
				"carol": "it_administrator", "dave": "user"} {
				w.contact(who).Roles = []string{role}
			}
			same(t, "told", w.ask(tc.from, tc.asked)[:1], "answer "+tc.from)
			same(t, "state", w.states(), tc.state)
		})
	}
}

// R6: in a hand-over that staff ask for, the Alternate answers at their own stage and at no other.
func TestR6_Deputy(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.person(1, "Al Alternate", "al", "alternate_security_administrator")
	r := interpret.Reading{Class: interpret.ClassRequest, ForClient: "Acme",
		Requests: []interpret.Request{said(interpret.ChangeRole, "", "ida@acme.example", "security_administrator", "Sara leaves")}}
	_, sent := w.deliver(letter{from: sue, client: "Acme", reading: r})
	same(t, "who is asked for the client", sent, "answer "+sue, "approval sara", "filed al", "filed fay", "filed ida")
	w.approve("sara")
	same(t, "the new holder", w.states(), "awaiting_approval(holder) CR-02")
	same(t, "Sara reads who is next", w.last(access.MailReceipt, "sara").Data.Lines[0].Asked, "Ida Manager")
	w.approve("ida")
	same(t, "the deputy", w.states(), "awaiting_approval(deputy) CR-02")
	w.approve("al")
	same(t, "staff", w.states(), "awaiting_approval(staff) CR-02")
}

// R22: whoever hands their role over and says that they keep it all the same does not keep it.
func TestHandedOverIsGone(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.say("sara", interpret.Reading{Class: interpret.ClassRequest, Takes: []string{"security_administrator"},
		HandOver: &interpret.HandOver{Name: ptr("Ida Manager"), Email: ptr("ida@acme.example")}})
	w.approve("ida")
	w.approve(sue)
	w.advance(2 * day)
	same(t, "handed over", w.states(), "completed CR-02")
	same(t, "the new one", w.contact("ida").Roles, "it_manager", "security_administrator")
	same(t, "the old one", w.contact("sara").Roles, "user")
}

// R22: what two requests asked for at the same time cannot both be carried out: the later one finds the role taken, or would
// leave it without a holder.
func TestR22_Meanwhile(t *testing.T) {
	t.Parallel()
	t.Run("taken", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		for _, q := range []interpret.Request{jane("alternate_security_administrator"),
			add("Joe Doe", "joe@acme.example", "alternate_security_administrator", "project")} {
			w.ask("sara", q)
		}
		for _, m := range w.sent {
			if m.Approval != nil && m.To.String() == sue {
				w.deliver(letter{from: sue, reading: answers("*", "approve"), refs: []token.Ref{*m.Ref}})
			}
		}
		same(t, "both are approved", w.states(), "approved CR-02", "approved CR-02")
		same(t, "one is carried out", w.advance(2*day), "invitation jane", "outcome sara")
		same(t, "states", w.states(), "invited CR-02", "refused R22")
	})
	t.Run("left without a holder", func(t *testing.T) {
		t.Parallel()
		w := keepers(t)
		w.ask("carl", said(interpret.RemoveUser, "Anna Keeper", "", "", ""))
		w.ask("carl", said(interpret.RemoveUser, "Ben Keeper", "", "", ""))
		w.advance(2 * day)
		same(t, "states", w.states(), "completed K-1", "refused R22")
		if l := w.last(access.MailOutcome, "carl").Data.Lines[0]; l.Name != "Ben Keeper" || l.Status != access.StatusRefused {
			t.Errorf("Carl reads %+v", l)
		}
	})
}

// keepers is a client whose keys somebody has to keep, besides the chief.
func keepers(t tester) *world {
	w := newWorld(t)
	m, err := policy.Load("keepers.yaml", []byte(`
role_model: {id: keepers, title: Keepers, version: "1"}
roles:
  - {id: chief, title: Chief, rank: 4, approves: [client, security_impact]}
  - {id: guard, title: Guard, rank: 3, approves: [security_impact]}
  - {id: purse, title: Purse, rank: 2, approves: [charge_impact]}
  - {id: keeper, title: Keeper, rank: 1, approves: [client], holders: {min: 1}}
rules:
  - {id: K-1, action: [add_user, change_role, remove_user], for: ["*"], by: ["*"], stages: [], text: Everybody may.}
otherwise: {id: K-0, text: "No."}
`))
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.model = m
	w.clients = []*access.Client{{ID: 1, Name: "Acme", RoleModel: m.ID, Domains: []string{"acme.example"}, Require: access.RequirePass}}
	w.person(1, "Anna Keeper", "anna", "keeper")
	w.person(1, "Ben Keeper", "ben", "keeper")
	w.person(1, "Carl Chief", "carl", "chief")
	w.colleague("Sue", sue, access.TeamSupport)
	return w
}
