package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
)

// twoOfStaff is a role model in which two people of staff approve.
const twoOfStaff = `
role_model: {id: contact-levels, title: Two of staff, version: "1"}
roles:
  - {id: main_contact, title: Main Contact, rank: 3, approves: [client]}
  - {id: secondary_contact, title: Secondary Contact, rank: 2}
  - {id: technician, title: Technician, rank: 1}
rules:
  - {id: T-1, action: [add_user, change_role], for: ["*"], by: ["*"], stages: [staff: 2], text: Two agree.}
otherwise: {id: T-0, text: "No."}
`

// Two people approve a stage that takes two, at the same instant and through two stores: both count, each once.
func testQuorum(t *testing.T, f *fixture) {
	f.enrol(t)
	var err error
	if f.model, err = policy.Load("two-of-staff.yaml", []byte(twoOfStaff)); err != nil {
		t.Fatal(err)
	}
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	mails := f.post.take(access.MailApproval)
	if got := f.db.Query(t, `SELECT stages FROM requests`)[0][0]; got != "staff:2" {
		t.Errorf("the stages are stored as %q", got)
	}
	claimed := f.arrive(t, "sue approves", "sid approves", "sue approves once more")
	letters := []*letter{answers(sue, approvalFor(t, mails, sue), interpret.Approve), answers(sid, approvalFor(t, mails, sid), interpret.Approve),
		answers(sue, approvalFor(t, mails, sue), interpret.Approve)}
	letters[2].id = "once-more"
	stores := []*store.Store{f.Store, f.open(t), f.open(t)}
	noErrors(t, together(t.Context(), len(letters), func(ctx context.Context, i int) error {
		_, err := f.decide(ctx, stores[i], claimed[i], letters[i])
		return err
	}))
	rows := f.db.Query(t, `SELECT d.seat, r.state FROM decisions d JOIN requests r ON r.id = d.request_id ORDER BY d.seat`)
	if diff := cmp.Diff([][]string{{"1", "approved"}, {"2", "approved"}}, rows); diff != "" {
		t.Errorf("seats and state (-want +got):\n%s", diff)
	}
	if n := f.count(t, `SELECT count(DISTINCT approver_id) FROM decisions`); n != 2 {
		t.Errorf("%d people decided", n)
	}
	if n := f.count(t, `SELECT count(*) FROM approvals WHERE state = 'open'`); n != 0 {
		t.Errorf("%d tokens are left open", n)
	}
	if n := len(f.post.take(access.MailRepeated)); n != 1 {
		t.Errorf("%d mails say that it was answered before", n)
	}
}

// testReroute: a change of the roster asks those who may answer since.
func testReroute(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	f.post.take(access.MailApproval)
	err := f.EditRoster(t.Context(), false, func(r *store.Roster) error {
		otto := &access.Contact{ClientID: f.world.client.ID, Name: "Otto Other", Address: address("otto@client.example"), Kind: access.Person,
			Badge: access.BadgeNone, Roles: []string{"main_contact"}}
		_, err := r.PutContact(t.Context(), otto)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.fireAll(t)
	if mails := f.post.take(access.MailApproval); len(mails) != 1 || mails[0].ToName != "Otto Other" {
		t.Errorf("asked after the change: %v", mails)
	}
}
