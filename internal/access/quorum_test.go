package access_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

// board is a client whose changes several of its directors must approve: so many of stage client, and of staff.
func board(t tester, client, staff int, reject policy.Reject, directors ...string) *world {
	w := newWorld(t)
	m, err := policy.Load("board.yaml", fmt.Appendf(nil, `
role_model: {id: board, title: Board, version: "1", reject: %s}
roles:
  - {id: director, title: Director, rank: 2, approves: [client, charge_impact]}
  - {id: clerk, title: Clerk, rank: 1}
rules:
  - {id: B-1, action: [add_user, change_role, remove_user], for: [clerk], by: ["*"], stages: [client: %d, staff: %d], text: Directors agree.}
  - {id: B-2, action: [add_user, change_role, remove_user], for: [director], by: ["*"], stages: [client: %d, staff: %d], text: Directors agree.}
otherwise: {id: B-0, text: "No."}
`, reject, client, staff, client, staff))
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.model = m
	w.clients = []*access.Client{{ID: 1, Name: "Acme", RoleModel: "board", Domains: []string{"acme.example"}, Require: access.RequirePass}}
	w.person(1, "Carol Clerk", "carol", "clerk")
	for _, d := range directors {
		w.person(1, "Director "+d, d, "director")
	}
	w.colleague("Sue", sue, access.TeamSupport)
	w.colleague("Sam", sam, access.TeamSupport)
	return w
}

func (w *world) reject(who string) []string {
	w.t.Helper()
	_, sent := w.reply(who, answers("*", "reject"))
	return sent
}

func TestQuorum(t *testing.T) {
	t.Parallel()
	t.Run("two of three", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "anna", "ben", "cleo")
		same(t, "asked", w.ask("carol", jane("clerk")), "answer carol", "approval anna", "approval ben", "approval cleo")
		if l := w.last(access.MailApproval, "ben").Data.Lines[0]; l.Lacking != 2 {
			t.Errorf("Ben reads that it takes %d", l.Lacking)
		}
		same(t, "the first Yes", w.approve("anna"), "receipt anna")
		l := w.last(access.MailReceipt, "anna").Data.Lines[0]
		if l.Status != access.StatusWaiting || l.WaitFor != policy.StageClient || l.Lacking != 1 {
			t.Errorf("Anna reads %+v", l)
		}
		same(t, "of", l.Asked, "Director ben", "Director cleo")
		same(t, "still there", w.states(), "awaiting_approval(client) B-1")
		same(t, "the same person again", w.approve("anna"), "repeated anna")
		same(t, "still there", w.states(), "awaiting_approval(client) B-1")
		same(t, "the second Yes", w.approve("cleo"), "approval "+sam, "approval "+sue, "receipt cleo", "settled ben")
		if l := w.last(access.MailSettled, "ben").Data.Lines[0]; l.By != "Director anna and Director cleo" {
			t.Errorf("Ben reads that it was decided by %q", l.By)
		}
		same(t, "too late", w.approve("ben"), "late ben")
		same(t, "on", w.states(), "awaiting_approval(staff) B-1")
	})
	t.Run("an authority who asks is one of two", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "anna", "ben", "cleo")
		w.ask("anna", jane("clerk"))
		same(t, "one Yes", w.approve("ben"), "approval "+sam, "approval "+sue, "receipt ben", "settled cleo")
	})
	t.Run("four-eyes: they are not", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "anna", "ben", "cleo")
		w.clients[0].FourEyes = true
		w.ask("anna", jane("clerk"))
		same(t, "one Yes", w.approve("ben"), "receipt ben")
		same(t, "two", w.approve("cleo"), "approval "+sam, "approval "+sue, "receipt cleo")
	})
	t.Run("one No ends it", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "anna", "ben", "cleo")
		w.ask("carol", jane("clerk"))
		w.approve("anna")
		same(t, "a No", w.reject("ben"), "outcome carol", "receipt ben", "settled cleo")
		same(t, "the end", w.states(), "rejected B-1")
	})
	t.Run("a No is outvoted", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectOutvoted, "anna", "ben", "cleo")
		w.ask("carol", jane("clerk"))
		same(t, "a No", w.reject("ben"), "receipt ben")
		if l := w.last(access.MailReceipt, "ben").Data.Lines[0]; l.Status != access.StatusWaiting || l.Answer != access.No {
			t.Errorf("Ben reads %+v", l)
		}
		w.approve("anna")
		same(t, "outvoted", w.approve("cleo"), "approval "+sam, "approval "+sue, "receipt cleo")
		same(t, "on", w.states(), "awaiting_approval(staff) B-1")
	})
	t.Run("one address is one person, on whichever side", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds)
		w.person(1, "Sue Director", sue, "director")
		w.staff = w.staff[:1] // Sue
		w.ask("carol", jane("clerk"))
		if len(w.alarms) != 1 {
			t.Errorf("two must agree and Sue is alone: %q", w.alarms)
		}
		w.approve(sue)
		same(t, "her one Yes", w.states(), "awaiting_approval(client) B-1")
	})
	t.Run("a No that was outvoted is nothing to take back", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectOutvoted, "anna", "ben", "cleo")
		w.ask("carol", jane("clerk"))
		w.reject("ben")
		w.approve("anna")
		w.approve("cleo")
		w.reject(sue)
		w.reject(sam)
		same(t, "Sam's No was the last word", w.stop(access.MailApproval, "ben"), "late ben")
		same(t, "the end", w.states(), "rejected B-1")
		w.stop(access.MailApproval, sam)
		w.approve(sam)
		same(t, "Sam's Yes as well", w.stop(access.MailApproval, "ben"), "late ben")
		same(t, "held", w.states(), "approved B-1")
	})
	t.Run("two No of three cannot be outvoted", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectOutvoted, "anna", "ben", "cleo")
		w.ask("carol", jane("clerk"))
		w.reject("ben")
		same(t, "the second No", w.reject("anna"), "outcome carol", "receipt anna", "settled cleo")
		same(t, "the end", w.states(), "rejected B-1")
	})
	t.Run("staff stand in for those who are missing", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "anna")
		same(t, "asked", w.ask("carol", jane("clerk")), "answer carol", "approval anna", "approval "+sam, "approval "+sue)
		if m := w.last(access.MailApproval, sue); !m.Data.Escalated || m.Data.Stage != policy.StageClient {
			t.Errorf("Sue reads %+v", m.Data)
		}
		same(t, "staff alone do not suffice", w.approve(sue), "receipt "+sue)
		same(t, "with Anna", w.approve("anna"), "approval "+sam, "receipt anna", "settled "+sam)
		same(t, "and Sue decides no second stage", w.states(), "awaiting_approval(staff) B-1")
	})
	t.Run("nobody can ever satisfy it", func(t *testing.T) {
		t.Parallel()
		w := board(t, 4, 1, policy.RejectEnds, "anna")
		w.ask("carol", jane("clerk"))
		if len(w.alarms) != 1 {
			t.Errorf("alarms: %q", w.alarms)
		}
		for _, who := range []string{"anna", sue, sam} {
			w.approve(who)
		}
		same(t, "waits", w.states(), "awaiting_approval(client) B-1")
		w.advance(8 * 24 * time.Hour)
		same(t, "fails closed", w.states(), "expired B-1")
	})
	t.Run("two of staff", func(t *testing.T) {
		t.Parallel()
		w := board(t, 1, 2, policy.RejectEnds, "anna")
		w.ask("anna", jane("clerk"))
		same(t, "one", w.approve(sue), "receipt "+sue)
		same(t, "two", w.approve(sam), "receipt "+sam)
		same(t, "approved", w.states(), "approved B-1")
		same(t, "either takes it back", w.stop(access.MailApproval, sue), "approval "+sam, "approval "+sue, "receipt "+sue)
		w.approve(sue)
		same(t, "of this round", w.states(), "awaiting_approval(staff) B-1")
	})
	t.Run("one person with two addresses' worth of hats", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, policy.RejectEnds, "two")
		w.colleague("Two Hats", "two@acme.example", access.TeamSupport)
		w.ask("carol", jane("clerk"))
		w.approve("two")
		same(t, "counts once", w.approve("two"), "repeated two")
		same(t, "waits", w.states(), "awaiting_approval(client) B-1")
	})
}
