package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
)

var conversationTests = map[string]func(*testing.T, *fixture){
	"request to registration": testConversation,
	"two approvals at once":   testTwoApprovals,
	"a quorum at once":        testQuorum,
	"a changed roster":        testReroute,
	"a daily digest":          testDigest,
	"delegations":             testDelegation,
	"duplicate mail":          testDuplicate,
	"thread":                  testThread,
	"situation of a mail":     testSituation,
	"bounce":                  testBounce,
	"decision that fails":     testDecisionFails,
	"outcome stored whole":    testOutcomeStored,
}

func (f *fixture) checkState(t *testing.T, want access.RequestState, stage policy.Stage) {
	t.Helper()
	all, err := f.Requests(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].State != want || policy.Stage(all[0].Stage) != stage {
		t.Fatalf("the requests are %+v, want one in state %s, stage %s", all, want, stage)
	}
}

// approve lets the people answer the approval mails of a stage one after the other: the first decides.
func (f *fixture) approve(t *testing.T, by ...person) {
	t.Helper()
	mails := f.post.take(access.MailApproval)
	for i, p := range by {
		want := access.Applied
		if i > 0 {
			want = access.Answered
		}
		f.send(t, answers(p, approvalFor(t, mails, p), interpret.Approve), want)
	}
}

// A Secondary asks for a Technician: a Main, security and support approve, the undo window passes, the invitation goes
// out, and a code registers the newcomer (CL-06, CL-13, CL-14, CL-19, CL-20).
func testConversation(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	f.checkState(t, access.AwaitingApproval, policy.StageClient)
	f.approve(t, maria)
	f.checkState(t, access.AwaitingApproval, policy.StageSecurity)
	f.approve(t, sybil)
	f.checkState(t, access.AwaitingApproval, policy.StageStaff)
	f.approve(t, sue, sid)
	f.checkState(t, access.Approved, "")
	if n := f.count(t, `SELECT count(*) FROM decisions`); n != 3 {
		t.Errorf("%d decisions are stored, want one for each stage", n)
	}
	f.fireAll(t)
	f.checkState(t, access.Approved, "") // nothing is due yet
	f.clock.advance(access.DefaultSettings.UndoWindow)
	f.fireAll(t)
	f.checkState(t, access.Invited, "")
	f.register(t, f.post.take(access.MailInvitation)[0].Data.Token)
	f.checkState(t, access.Completed, "")
	contacts, err := f.ContactsByAddress(t.Context(), address("nina@client.example"))
	if err != nil || len(contacts) != 1 || contacts[0].State != access.ContactActive || !slices.Equal(contacts[0].Roles, []string{"technician"}) ||
		contacts[0].Badge != access.BadgeOrdered {
		t.Errorf("the newcomer is %+v, %v", contacts, err)
	}
	f.checkEquation(t, map[access.Disposition]int64{access.Applied: 4, access.Answered: 1})
	f.checkChains(t, "after a conversation")
	want := []string{"request_filed", "decided", "decided", "decided", "approved", "badge_ordered", "invited", "code_sent", "wrong_code", "registered", "completed"}
	if got := f.trail(t, &access.Ticket{Number: "REQ-2026-00001"}); !slices.Equal(got, want) {
		t.Errorf("the trail is\n%v, want\n%v", got, want)
	}
	// When all is over its timers find nothing to do.
	f.clock.advance(30 * 24 * time.Hour)
	f.fireAll(t)
	f.checkState(t, access.Completed, "")
}

// fireAll fires what is due, with the real core.
func (f *fixture) fireAll(t *testing.T) {
	t.Helper()
	due, err := f.ClaimTimers(t.Context(), time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, tm := range due {
		if _, err := f.DecideTimer(t.Context(), &tm, func(s *access.Situation) (*access.Outcome, error) {
			return access.DecideTimer(s, &tm, f.env())
		}, f.post.render); err != nil {
			t.Fatal(err)
		}
	}
}

// register asks for a code, mistypes it once, and registers.
func (f *fixture) register(t *testing.T, link token.Token) {
	t.Helper()
	session := token.DigestOf("session")
	decide := func(fn func(*access.Situation) (*access.Outcome, error)) error {
		return f.DecideInvitation(t.Context(), link.Digest(), fn, f.post.render)
	}
	if err := decide(func(s *access.Situation) (*access.Outcome, error) { return access.DecideCode(s, session, f.env()) }); err != nil {
		t.Fatal(err)
	}
	code := f.post.take(access.MailCode)[0].Data.Code
	wrong, _ := token.ParseCode(strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code.Reveal()))
	type_ := func(c token.Code) error {
		return decide(func(s *access.Situation) (*access.Outcome, error) {
			return access.DecideRegistration(s, session, c, "", f.env())
		})
	}
	if err := type_(wrong); !errors.Is(err, access.ErrWrongCode) {
		t.Fatalf("a wrong code: %v", err)
	}
	if tries := f.count(t, `SELECT tries FROM challenges`); tries != 1 {
		t.Errorf("a wrong code was counted %d times", tries)
	}
	if err := type_(code); err != nil {
		t.Fatal(err)
	}
	if err := type_(code); !errors.Is(err, access.ErrInvitationUsed) {
		t.Errorf("the code a second time: %v", err)
	}
}

// Two staff members approve one stage at the same instant: one decides, the other hears who did.
func testTwoApprovals(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	f.approve(t, maria)
	f.approve(t, sybil)
	mails := f.post.take(access.MailApproval)
	claimed := f.arrive(t, "sue approves", "sid rejects")
	letters := []*letter{answers(sue, approvalFor(t, mails, sue), interpret.Approve), answers(sid, approvalFor(t, mails, sid), interpret.Reject)}
	stores := []*store.Store{f.Store, f.open(t)}
	got := make([]access.Disposition, 2)
	noErrors(t, together(t.Context(), 2, func(ctx context.Context, i int) error {
		o, err := f.decide(ctx, stores[i], claimed[i], letters[i])
		if err == nil {
			got[i] = o.Disposition
		}
		return err
	}))
	slices.Sort(got)
	if !slices.Equal(got, []access.Disposition{access.Answered, access.Applied}) {
		t.Errorf("the dispositions are %v, want answered and applied", got)
	}
	rows := f.db.Query(t, `SELECT d.answer, r.state FROM decisions d JOIN requests r ON r.id = d.request_id WHERE d.stage = 'staff'`)
	state := map[string]string{"approve": "approved", "reject": "rejected"}
	if len(rows) != 1 || state[rows[0][0]] != rows[0][1] {
		t.Errorf("decisions and states of stage staff: %v, want one decision that the request follows", rows)
	}
	if n := len(f.post.take(access.MailConflict)); n != 1 {
		t.Errorf("%d mails say that it was decided before, want 1", n)
	}
	// The schema itself refuses a second one.
	before := f.dump(t)
	in := f.arrive(t, "a second decision")[0]
	who := int64(f.count(t, `SELECT approver_id FROM decisions WHERE stage = 'staff'`))
	for what, again := range map[string]*access.Decision{
		"a second answer for one seat": {ApproverID: who + 100, Seat: 1},
		"a second seat for one person": {ApproverID: who, Seat: 2},
	} {
		again.RequestID, again.Stage, again.Round, again.Answer, again.ApproverKind = 1, policy.StageStaff, 3, access.No, access.ByStaff
		again.ApproverName, again.InboundID, again.At = "Sue", in.ID, f.clock.Now()
		if _, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{},
			outcome(&access.Outcome{Disposition: access.Applied, Decisions: []*access.Decision{again}}), f.post.render); err == nil {
			t.Errorf("%s was stored", what)
		}
	}
	if diff := cmp.Diff(before["decisions"], f.dump(t)["decisions"]); diff != "" {
		t.Errorf("the decisions changed:\n%s", diff)
	}
}

// R33: the same mail in two mailboxes is decided once. Another author's mail with that Message-ID is another mail.
func testDuplicate(t *testing.T, f *fixture) {
	f.enrol(t)
	ask := asks(sam, "ask", "Nina New", "nina@client.example")
	f.send(t, ask, access.Applied)
	if o := f.send(t, ask, access.Duplicate); o.Reason != "same author, Message-ID, date and text as inbound message 1" {
		t.Errorf("the reason is %q", o.Reason)
	}
	f.send(t, asks(maria, "ask", "Otto Other", "otto@client.example"), access.Applied)
	if n := f.count(t, `SELECT count(*) FROM requests`); n != 2 {
		t.Errorf("%d requests are stored, want 2", n)
	}
	f.checkPlaces(t, "dispositions", "support 1 1 applied", "support 1 2 duplicate", "support 1 3 applied")
}

func testThread(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	mail := approvalFor(t, f.post.take(access.MailApproval), maria)
	thread := func(l *letter) *access.Thread {
		t.Helper()
		th, err := f.FindThread(t.Context(), l.lookup(0))
		if err != nil {
			t.Fatal(err)
		}
		return th
	}
	if th := thread(answers(maria, mail, interpret.Approve)); th.Approval == nil || th.Approval.Name != "Maria Main" || len(th.Requests) != 1 ||
		len(th.Approval.Lines) != 1 || th.Approval.Lines[0].RequestID != th.Requests[0].ID || th.Client.Name != "Example Ltd" {
		t.Errorf("by token: %+v", th)
	}
	stranger := person{"Eve", "eve@elsewhere.example"}
	for _, tt := range []struct {
		from     person
		requests int
	}{{sam, 1}, {sue, 1}, {stranger, 0}} {
		if th := thread(&letter{from: tt.from, ticket: "REQ-2026-00001"}); len(th.Requests) != tt.requests || th.Approval != nil {
			t.Errorf("%s finds %+v by the ticket's number, want %d requests", tt.from.name, th, tt.requests)
		}
		k := &access.Lookup{Author: address(tt.from.address), MessageIDs: []token.Digest{token.DigestOf("none"), token.DigestOf("1@countersign.example")}}
		if th, err := f.FindThread(t.Context(), k); err != nil || len(th.Requests) != tt.requests {
			t.Errorf("%s finds %+v, %v by a reference, want %d requests", tt.from.name, th, err, tt.requests)
		}
	}
	if th := thread(&letter{from: sam}); th.Client == nil || th.Requests != nil {
		t.Errorf("by author alone: %+v", th)
	}
	if th := thread(&letter{from: stranger}); th.Client != nil {
		t.Errorf("a stranger's: %+v", th)
	}
}

// Each entity stands in a situation once, so that what changes one place is seen in the others.
func testSituation(t *testing.T, f *fixture) {
	f.enrol(t)
	f.send(t, asks(sam, "ask", "Nina New", "nina@client.example"), access.Applied)
	mail := approvalFor(t, f.post.take(access.MailApproval), maria)
	in := f.arrive(t, "by Maria")[0]
	if _, err := f.DecideMail(t.Context(), &in, answers(maria, mail, interpret.Approve).lookup(in.ID), access.Facts{},
		func(s *access.Situation) (*access.Outcome, error) {
			if len(s.AuthorContacts) != 1 || len(s.Contacts) != 2 || s.AuthorContacts[0] != s.Contacts[0] || s.Contacts[0].Name != maria.name {
				t.Errorf("the author is %+v among %+v", s.AuthorContacts, s.Contacts)
			}
			if len(s.Approvals) != 1 || s.Token != s.Approvals[0] || s.Token.Name != maria.name {
				t.Errorf("the token is of %+v among %+v", s.Token, s.Approvals)
			}
			if len(s.Requests) != 1 || len(s.Open) != 1 || s.Requests[0] != s.Open[0] || s.Requests[0].Ticket != s.Ticket {
				t.Errorf("the requests are %+v, the open ones %+v", s.Requests, s.Open)
			}
			if s.AuthorStaff != nil || len(s.Staff) != 3 || len(s.Decisions) != 0 || s.DuplicateOf != 0 {
				t.Errorf("the situation is %+v", s)
			}
			return &access.Outcome{Disposition: access.Answered}, nil
		}, f.post.render); err != nil {
		t.Fatal(err)
	}
}

// An invitation that comes back is revoked first, and the requester is asked for the right address.
func testBounce(t *testing.T, f *fixture) {
	f.enrol(t)
	o := f.fullOutcome()
	o.Requests[0].State, o.Requests[0].Stage = access.Invited, ""
	f.finish(t, f.arrive(t, "invites")[0], o)
	f.finishOut(t, f.claimOut(t, "Nina New")[0], accepted)
	l := &letter{from: person{"Mail system", "mailer-daemon@client.example"}, id: "dsn", reading: interpret.Reading{Class: interpret.ClassBounce,
		Bounce: &interpret.Bounce{Recipients: []interpret.BouncedRecipient{{Address: "nina@client.example", Failed: true}}}}}
	in := f.arrive(t, "bounce")[0]
	k := l.lookup(in.ID)
	k.Bounce, k.BouncedID = true, token.DigestOf("1@countersign.example")
	got, err := f.DecideMail(t.Context(), &in, k, access.Facts{}, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideMail(s, &access.Incoming{InboundID: in.ID, Author: address(l.from.address), Reading: l.reading}, f.env())
	}, f.post.render)
	if err != nil || got.Disposition != access.Applied {
		t.Fatalf("the bounce: %+v, %v", got, err)
	}
	f.checkState(t, access.NeedsDetails, "")
	if got := f.db.Query(t, `SELECT state FROM invitations`); got[0][0] != "bounced" {
		t.Errorf("the invitation is %v", got)
	}
}

// A failure of the core or of a template leaves nothing behind, and the mail pending.
func testDecisionFails(t *testing.T, f *fixture) {
	f.enrol(t)
	in := f.arrive(t, "a")[0]
	before := f.dump(t)
	broken := errors.New("broken")
	if _, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{},
		func(*access.Situation) (*access.Outcome, error) { return nil, broken }, f.post.render); !errors.Is(err, broken) {
		t.Errorf("the core's error became %v", err)
	}
	if _, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{}, outcome(f.fullOutcome()),
		func(*access.Mail) (*access.Rendered, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("the template's error became %v", err)
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a decision that failed changed the database:\n%s", diff)
	}
}

// What an outcome holds is found again, each value in its place.
func testOutcomeStored(t *testing.T, f *fixture) {
	f.enrol(t)
	o := f.fullOutcome()
	f.finish(t, f.arrive(t, "a")[0], o)
	var got *access.Situation
	if err := f.ViewInvitation(t.Context(), o.Invitations[0].Token, func(s *access.Situation) { got = s }); err != nil {
		t.Fatal(err)
	}
	wantReq := *o.Requests[0]
	us := func(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }
	wantReq.HeldUntil, wantReq.CreatedAt, wantReq.UpdatedAt = us(wantReq.HeldUntil), us(wantReq.CreatedAt), us(wantReq.UpdatedAt)
	wantReq.Contact = nil
	wantTicket := *o.Ticket
	wantTicket.CreatedAt = us(wantTicket.CreatedAt)
	wantReq.Ticket = &wantTicket
	if diff := cmp.Diff([]*access.Request{&wantReq}, got.Requests); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	wantAp := *o.Approvals[0]
	wantAp.CreatedAt, wantAp.Ticket = us(wantAp.CreatedAt), nil
	wantAp.Lines = []access.ApprovalLine{{Number: 1, RequestID: wantReq.ID, Round: 2}}
	if diff := cmp.Diff([]*access.Approval{&wantAp}, got.Approvals); diff != "" {
		t.Errorf("the approval (-want +got):\n%s", diff)
	}
	wantInv := *o.Invitations[0]
	wantInv.ExpiresAt, wantInv.CreatedAt, wantInv.Contact, wantInv.Request = us(wantInv.ExpiresAt), us(wantInv.CreatedAt), nil, &wantReq
	if diff := cmp.Diff(&wantInv, got.Invitation); diff != "" {
		t.Errorf("the invitation (-want +got):\n%s", diff)
	}
	wantContact := *o.Contacts[0]
	wantContact.CreatedAt = us(wantContact.CreatedAt)
	if diff := cmp.Diff(&wantContact, got.Contacts[2]); diff != "" {
		t.Errorf("the contact (-want +got):\n%s", diff)
	}
	if wantReq.ContactID == 0 || wantReq.TicketID == 0 || wantInv.RequestID != wantReq.ID || wantInv.ContactID != wantContact.ID {
		t.Errorf("ids were not filled in: %+v, %+v", wantReq, wantInv)
	}
}
