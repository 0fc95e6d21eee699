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

// R13: an answer to a question may ask for more people, on the same ticket; what it says of nobody asked about is no answer.
func TestExtraPeople(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", add("Jane Doe", "jane@acme.example", "", "nights"))
	w.details("anna", said(interpret.AddUser, "Jane Doe", "", "technician", ""), add("Joe Doe", "joe@acme.example", "secondary_contact", "cage"))
	same(t, "both", w.states(), "awaiting_approval(security) CL-03", "awaiting_approval(staff) CL-03")
	if a, b := w.request(1), w.request(2); a.TicketID != b.TicketID || b.Position != 2 {
		t.Errorf("ticket %d and %d, position %d", a.TicketID, b.TicketID, b.Position)
	}
}

// R7: a request changed by reply asks everybody again.
func TestAmended(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	old := *w.last(access.MailApproval, "anna").Ref
	w.details("carol", said(interpret.AddUser, "Jane Doe", "j.doe@acme.example", "", ""))
	if got := w.request(1).Email.String(); got != "j.doe@acme.example" {
		t.Fatalf("the address is %s", got)
	}
	_, sent := w.deliver(letter{from: "anna", reading: answers("*", "approve"), refs: []token.Ref{old}})
	same(t, "the old token", sent, "late anna")
	same(t, "still waiting", w.states(), "awaiting_approval(client) CL-06")
	w.approve("ben")
	same(t, "moved on", w.states(), "awaiting_approval(security) CL-06")
	// What the requester may not ask, an answer may not make of it.
	w.details("carol", said(interpret.ChangeRole, "Jane Doe", "", "main_contact", ""))
	same(t, "a change that is not allowed changes nothing", w.states(), "awaiting_approval(security) CL-06")
	if got := w.request(1).Roles; got[0] != "technician" {
		t.Errorf("the role is %s", got)
	}
}

// R7: whoever changes another's request does not borrow their authority: what their own would need, it needs now.
func TestAmendedByOneWhoMayLess(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("technician"))
	same(t, "Anna's own word is enough", w.states(), "awaiting_approval(security) CL-03")
	w.details("carol", add("Jane Doe", "jane@acme.example", "", "nights"))
	same(t, "Carol's is not", w.states(), "awaiting_approval(client) CL-03")
	w.approve("ben")
	w.approve(sven)
	w.approve(sue)
	same(t, "approved", w.states(), "approved CL-03")
	if r := w.request(1); r.Reason != "nights" || !slices.Equal(r.Stages, []policy.Stage{policy.StageClient, policy.StageSecurity, policy.StageStaff}) {
		t.Errorf("the request is %+v", r)
	}
}

// R7: in the name of somebody who speaks for the client no longer, nothing is asked anew.
func TestAmendedForOneWhoIsSuspended(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	w.contact("carol").State = access.ContactSuspended
	w.details("ben", add("Jane Doe", "jane@acme.example", "", "nights"))
	if r := w.request(1); r.Reason != "new project" || r.Round != 1 {
		t.Errorf("the request is %+v", r)
	}
	if n := len(w.decisions); n != 0 {
		t.Errorf("%d decisions", n)
	}
	w.approve("anna")
	same(t, "whoever asked is gone", w.states()[:1], "refused R15")
}

// R7, R13: a change of details is changed by reply too, by whoever may ask for it; who asked hears of it.
func TestAmendedChange(t *testing.T) {
	t.Parallel()
	answer := func(who string, c ...interpret.Change) letter {
		return letter{from: who, ticket: "REQ-2026-00001", reading: interpret.Reading{Class: interpret.ClassReply, Changes: c}}
	}
	w := acme(t)
	w.say("anna", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Email: ptr("dave@acme.example"), NewEmail: ptr("d.tech@acme.example")}}})
	old := *w.last(access.MailApproval, "d.tech").Ref
	_, sent := w.deliver(answer("anna", interpret.Change{NewEmail: ptr("dave.tech@acme.example")}))
	same(t, "the other address is asked", sent, "answer anna", "approval dave.tech")
	_, sent = w.deliver(letter{from: "d.tech", reading: answers("*", "approve"), refs: []token.Ref{old}})
	same(t, "the first one cannot confirm any more", sent, "late d.tech")
	_, sent = w.deliver(answer("ben", interpret.Change{Name: ptr("Dave Tech"), NewName: ptr("Dave Technik")}))
	same(t, "by another Main", sent, "answer ben", "approval dave.tech", "outcome anna")
	if l := w.last(access.MailOutcome, "anna").Data.Lines[0]; l.Status != access.StatusChanged || l.By != "Ben Main" || l.Details.NewName != "Dave Technik" {
		t.Errorf("Anna reads %+v", l)
	}
	_, sent = w.deliver(answer("carol", interpret.Change{Name: ptr("Dave Tech"), NewEmail: ptr("carol.two@acme.example")}))
	same(t, "by one who may not ask it", sent, "answer carol")
	if r := w.request(1); r.Details.NewEmail != "dave.tech@acme.example" || r.Details.NewName != "Dave Technik" || r.State != access.AwaitingApproval {
		t.Errorf("the request is %s: %+v", r.State, r.Details)
	}
	for _, m := range w.sent {
		if m.To.Key() == "carol.two@acme.example" {
			t.Error("the address of somebody who may not ask was written to")
		}
	}
}

// R7: one mail makes one text of a request, whatever it says twice, and asks once about it.
func TestAmendedTwiceInOneMail(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("main_contact"))
	_, sent := w.details("anna", jane("secondary_contact"), add("Jane Doe", "jane@acme.example", "technician", "nights"))
	same(t, "asked once", sent, "answer anna", "approval "+sven)
	if r := w.request(1); r.Roles[0] != "technician" || r.Reason != "nights" || r.Round != 2 {
		t.Errorf("the request is %+v", r)
	}
	w.approve(sven)
	w.approve(sue)
	same(t, "approved", w.states(), "approved CL-03")
}

// R29: an answer does not turn one request into another one that is open already, or into one for somebody who is there.
func TestAmendedIntoAnother(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", add("Jane Doe", "joe@acme.example", "technician", "nights"))
	w.ask("anna", add("Jane Doe", "jane@acme.example", "technician", "days"))
	for address, want := range map[string]access.Status{"jane@acme.example": access.StatusJoined, "dave@acme.example": access.StatusAlready} {
		w.details("carol", said(interpret.AddUser, "Jane Doe", address, "", ""))
		if l := w.last(access.MailAnswer, "carol").Data.Lines[0]; l.Status != want {
			t.Errorf("to %s: %s, want %s", address, l.Status, want)
		}
		if got := w.request(1).Email.String(); got != "joe@acme.example" {
			t.Errorf("the address is %s", got)
		}
	}
	same(t, "both wait", w.states(), "awaiting_approval(client) CL-06", "awaiting_approval(security) CL-03")
}

// AL-02: physical access is corrected by reply.
func TestAmendedAccess(t *testing.T) {
	t.Parallel()
	w := listed(t)
	yes := true
	w.ask("maria", jane("technical_contact"))
	q := said(interpret.AddUser, "Jane Doe", "", "", "")
	q.PhysicalAccess = &yes
	_, sent := w.deliver(letter{from: "maria", ticket: "REQ-2026-00001", reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{q}}})
	same(t, "staff are asked anew", sent, "answer maria", "approval "+sue)
	if l := w.last(access.MailApproval, sue).Data.Lines[0]; l.Details.PhysicalAccess == nil || !*l.Details.PhysicalAccess {
		t.Errorf("Sue reads %+v", l.Details)
	}
}

// CL-16: a time that is gone is asked for again, and a visit ends by itself.
func TestVisit(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := acme(t)
	w.sites = []access.Site{{Name: "Frankfurt", Zone: berlin, Closes: 18 * time.Hour}, {Name: "Hamburg", Zone: berlin, Closes: 20 * time.Hour}}
	ask := func(site, starts string) interpret.Request {
		q := said(interpret.ScheduleVisit, "Eve Stone", "", "", "repairs a switch")
		q.Site, q.Starts = &site, &starts
		return q
	}
	w.ask("carol", ask("", "2026-03-28T09:00"))
	if l := w.last(access.MailAnswer, "carol").Data.Lines[0]; l.Status != access.StatusDetails || l.Missing[len(l.Missing)-1] != access.FieldSite {
		t.Errorf("with two sites: %+v", l)
	}
	w.ask("carol", ask("Hamburg", "2026-03-01T09:00"))
	if l := w.last(access.MailAnswer, "carol").Data.Lines[0]; l.Status != access.StatusDetails || l.Missing[0] != interpret.FieldStarts {
		t.Errorf("a time that is gone: %+v", l)
	}
	// The clocks go forward on 29 March 2026: the window is wall-clock time at the site.
	w.ask("carol", ask("Hamburg", "2026-03-29T09:00"))
	w.approve(sue)
	w.advance(time.Hour)
	if len(w.visits) != 1 {
		t.Fatalf("%d visits, %s", len(w.visits), w.states())
	}
	v := w.visits[0]
	if want := time.Date(2026, 3, 29, 7, 0, 0, 0, time.UTC); !v.StartsAt.Equal(want) || !v.EndsAt.Equal(want.Add(11*time.Hour)) || v.Site != "Hamburg" {
		t.Errorf("the visit is %+v", v)
	}
	w.advance(v.EndsAt.Sub(w.now) - time.Minute)
	if w.visits[0].State != access.VisitConfirmed {
		t.Errorf("a minute before its end it is %s", w.visits[0].State)
	}
	w.advance(2 * time.Minute)
	if w.visits[0].State != access.VisitOver {
		t.Errorf("after its end it is %s", w.visits[0].State)
	}
}

// listed is a client of a data centre: an Official and a colleague of the lowest level.
func listed(t tester) *world {
	w := newWorld(t)
	m, err := policy.Builtin("authorisation-list")
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.model = m
	w.clients = []*access.Client{{ID: 1, Name: "Acme", RoleModel: m.ID, Domains: []string{"acme.example"}, Require: access.RequirePass}}
	w.person(1, "Maria Official", "maria", "technical_authorised_official")
	w.person(1, "Paul Official", "paul", "technical_authorised_official")
	w.person(1, "Lena Contact", "lena", "technical_contact")
	w.colleague("Sue", sue, access.TeamSupport)
	return w
}

// R32: an invitation into the portal that comes back takes nothing of the change back, and with the right address the
// contact is invited again.
func TestInvitedByChange(t *testing.T) {
	t.Parallel()
	w := listed(t)
	w.contact("lena").Portal = false
	yes := true
	w.say("maria", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Email: ptr("lena@acme.example"), PhysicalAccess: &yes}}})
	w.approve(sue)
	same(t, "invited", w.advance(10*time.Minute), "invitation lena", "outcome maria")
	same(t, "came back", w.bounce(1, true), "outcome maria")
	if l := w.last(access.MailOutcome, "maria").Data.Lines[0]; l.Status != access.StatusBounced || len(l.Missing) != 0 {
		t.Errorf("Maria reads %s, and is asked for %v", l.Status, l.Missing)
	}
	if c := w.contact("lena"); c.State != access.ContactActive || !c.PhysicalAccess || c.Portal {
		t.Errorf("Lena is %s, physical access %v, portal %v", c.State, c.PhysicalAccess, c.Portal)
	}
	same(t, "nothing waits", w.states(), "completed AL-02")
	w.say("maria", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Email: ptr("lena@acme.example"), NewEmail: ptr("lena.c@acme.example")}}})
	w.approve("lena.c")
	sent := append(w.approve(sue), w.advance(time.Hour)...)
	if !slices.Contains(sent, "invitation lena.c") {
		t.Errorf("with the right address: %s, %s", sent, w.states())
	}
}

func ptr(s string) *string { return &s }

// visiting asks for a visit in two days.
func visiting(w *world, name, address string) interpret.Request {
	q := said(interpret.ScheduleVisit, name, address, "", "changes a disk")
	q.Starts = ptr(w.now.Add(48 * time.Hour).Format("2006-01-02T15:04"))
	return q
}

// Whoever would visit somebody who no longer represents the client does not come.
func TestVisitOfRemovedHost(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", visiting(w, "Eve Stone", ""))
	w.approve(sue)
	w.ask("anna", visiting(w, "Tim Till", ""))
	w.approve(sue)
	w.advance(time.Hour)
	if len(w.visits) != 2 {
		t.Fatalf("%d visits, %s", len(w.visits), w.states())
	}
	w.ask("anna", said(interpret.RemoveUser, "Carol Second", "", "", ""))
	w.approve(sue)
	w.advance(time.Hour)
	for _, v := range w.visits {
		want := access.VisitConfirmed
		if w.contact("carol").ID == v.HostID {
			want = access.VisitCancelled
		}
		if v.State != want {
			t.Errorf("the visit of %s is %s, want %s", v.Name, v.State, want)
		}
	}
}

// R32: staff who take physical access away call the visits of that contact off, and of nobody else.
func TestVisitReview(t *testing.T) {
	t.Parallel()
	w := listed(t)
	for _, who := range []string{"maria", "lena"} {
		w.contact(who).PhysicalAccess = true
	}
	w.ask("maria", visiting(w, "Lena Contact", "lena@acme.example"))
	w.approve(sue)
	w.advance(time.Hour)
	if len(w.visits) != 1 {
		t.Fatalf("%d visits, %s", len(w.visits), w.states())
	}
	review := func() {
		w.timers = append(w.timers, &timer{Timer: access.Timer{Kind: access.TimerVisitReview, RequestID: w.visits[0].RequestID, DueAt: w.now}})
		w.advance(time.Minute)
	}
	w.contact("maria").Name = "Maria Major"
	if review(); w.visits[0].State != access.VisitConfirmed {
		t.Errorf("with physical access the visit is %s", w.visits[0].State)
	}
	w.contact("lena").PhysicalAccess = false
	if review(); w.visits[0].State != access.VisitCancelled {
		t.Errorf("without physical access the visit is %s", w.visits[0].State)
	}
}

// R17: a visit that is moved is approved anew, also where its visitor has left the client's list meanwhile.
func TestMovedVisitOfSomebodyRemoved(t *testing.T) {
	t.Parallel()
	w := listed(t)
	w.person(1, "Mike Manager", "mike", "technical_manager").PhysicalAccess = true
	yes := true
	q := visiting(w, "Lena Contact", "lena@acme.example")
	q.Escort = &yes
	w.ask("mike", q)
	w.approve(sue)
	w.ask("maria", said(interpret.RemoveUser, "Lena Contact", "", "", ""))
	w.approve(sue)
	w.advance(time.Hour)
	later := said(interpret.ScheduleVisit, "Lena Contact", "", "", "")
	later.Starts = ptr(w.now.Add(24 * time.Hour).Format("2006-01-02T15:04"))
	_, sent := w.deliver(letter{from: "mike", ticket: "REQ-2026-00001", reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{later}}})
	same(t, "staff are asked", sent, "answer mike", "approval "+sue)
	same(t, "as for anybody off the list", w.states(), "completed AL-03", "completed AL-01", "awaiting_approval(staff) AL-04")
}
