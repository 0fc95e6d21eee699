package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// representatives is a client of managed IT.
func representatives(t tester) *world {
	w := newWorld(t)
	m, err := policy.Builtin("client-representatives")
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.model = m
	w.clients = []*access.Client{{ID: 1, Name: "Acme", RoleModel: m.ID, Domains: []string{"acme.example"}, Require: access.RequirePass}}
	w.person(1, "Sara SA", "sara", "security_administrator")
	w.person(1, "Ida Manager", "ida", "it_manager")
	w.person(1, "Fay Finance", "fay", "finance_administrator")
	w.person(1, "Adam Admin", "adam", "it_administrator")
	w.colleague("Sue", sue, access.TeamSupport)
	w.colleague("Sam", sam, access.TeamSupport)
	return w
}

// adds is an approval with stages added.
func adds(words ...string) interpret.Reading {
	r := answers("*", "approve")
	r.Adds = words
	return r
}

func TestCR_08(t *testing.T) {
	t.Parallel()
	t.Run("staff add security", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		same(t, "asked", w.ask("adam", jane("user")), "answer adam", "approval "+sam, "approval "+sue)
		_, sent := w.reply(sue, adds(interpret.AddsSecurity))
		same(t, "those who decide about security", sent, "approval ida", "approval sara", "receipt "+sue, "settled "+sam)
		if l := w.last(access.MailReceipt, sue).Data.Lines[0]; l.WaitFor != policy.StageSecurityImpact {
			t.Errorf("Sue reads %+v", l)
		}
		same(t, "then staff once more, Sue too", w.approve("ida"), "approval "+sam, "approval "+sue, "receipt ida", "settled sara")
		same(t, "approved", w.approve(sue), "receipt "+sue, "settled "+sam)
		same(t, "held", w.states(), "approved CR-06")
		same(t, "invited", w.advance(time.Hour), "invitation jane")
	})
	t.Run("both, in their order", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		w.ask("adam", jane("user"))
		w.reply(sue, adds(interpret.AddsCharge, interpret.AddsSecurity))
		same(t, "security first", w.states(), "awaiting_approval(security_impact) CR-06")
		w.approve("ida")
		same(t, "then costs", w.states(), "awaiting_approval(charge_impact) CR-06")
		w.approve("fay")
		same(t, "then staff", w.states(), "awaiting_approval(staff) CR-06")
		_, sent := w.reply(sam, adds(interpret.AddsCharge))
		same(t, "what is there already is not asked again", sent, "receipt "+sam, "settled "+sue)
		same(t, "approved", w.states(), "approved CR-06")
	})
	t.Run("a No to what was added", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		w.ask("adam", jane("user"))
		w.reply(sue, adds(interpret.AddsCharge))
		w.reject("fay")
		same(t, "the end", w.states(), "rejected CR-06")
	})
	t.Run("the client's approval stands", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.approve("anna")
		w.approve(sven)
		_, sent := w.reply(sue, adds(interpret.AddsCharge))
		same(t, "nobody of the client decides about costs: staff stand in, but not Sue", sent, "approval "+sam, "receipt "+sue, "settled "+sam)
		if m := w.last(access.MailApproval, sam); !m.Data.Escalated || m.Data.Stage != policy.StageChargeImpact {
			t.Errorf("Sam reads %+v", m.Data)
		}
		same(t, "Sam decided one stage already", w.approve(sam), "approval "+sue, "receipt "+sam)
		w.approve(sue)
		same(t, "approved", w.states(), "approved CL-06")
		if n := len(w.decisions); n != 5 {
			t.Errorf("%d decisions", n)
		}
		if r := w.request(1); !slices.Equal(r.Stages, []policy.Stage{"client", "security", "charge_impact", "staff"}) {
			t.Errorf("stages: %s", r.Stages)
		}
	})
	t.Run("only staff, and only at stage staff", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		_, sent := w.reply("anna", adds(interpret.AddsCharge))
		same(t, "a contact", sent, "unclear anna")
		w.approve("anna")
		_, sent = w.reply(sven, adds(interpret.AddsSecurity))
		same(t, "the security team", sent, "unclear "+sven)
		same(t, "nothing decided", w.states(), "awaiting_approval(security) CL-06")
	})
	t.Run("what cannot be carried out any more is not asked about", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		w.ask("adam", jane("user"))
		w.contact("adam").State = access.ContactSuspended
		_, sent := w.reply(sue, adds(interpret.AddsSecurity))
		same(t, "the team hears of it", sent, "outcome "+sam, "outcome "+sue, "receipt "+sue, "settled "+sam)
		same(t, "the end", w.states(), "refused R15")
	})
	t.Run("answered again, it is late", func(t *testing.T) {
		t.Parallel()
		w := representatives(t)
		w.ask("adam", jane("user"))
		first := *w.last(access.MailApproval, sue).Ref
		w.reply(sue, adds(interpret.AddsSecurity))
		_, sent := w.deliver(letter{from: sue, reading: answers("*", "approve"), refs: []token.Ref{first}})
		same(t, "late", sent, "late "+sue)
		same(t, "waits", w.states(), "awaiting_approval(security_impact) CR-06")
	})
}

// Late, repeated and conflicting answers are told apart.
func TestAnswersTooLate(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	token1 := *w.last(access.MailApproval, "anna").Ref
	w.approve("anna")
	again := func(answer string) []string {
		_, sent := w.deliver(letter{from: "anna", reading: answers("*", answer), refs: []token.Ref{token1}})
		return sent
	}
	same(t, "the same", again("approve"), "repeated anna")
	same(t, "otherwise", again("reject"), "conflict anna")
	if l := w.last(access.MailConflict, "anna").Data.Lines[0]; l.Answer != access.Yes || l.Said != access.No || l.By != "Anna Main" {
		t.Errorf("Anna reads %+v", l)
	}
	same(t, "neither", again("unclear"), "late anna")
	_, sent := w.reply("ben", answers("*", "approve"))
	same(t, "another's", sent, "late ben")
	_, sent = w.reply("ben", answers("*", "reject"))
	same(t, "against another's", sent, "conflict ben")
	same(t, "nothing changed", w.states(), "awaiting_approval(security) CL-06")
}
