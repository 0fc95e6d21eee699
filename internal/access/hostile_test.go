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

// R13: what somebody of low rank changes in a request by somebody of high rank, they must be allowed to ask themselves.
func TestAmendingLendsNoAuthority(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("technician"))
	w.details("carol", said(interpret.ChangeRole, "Jane Doe", "", "main_contact", ""))
	same(t, "nothing is changed", w.states(), "awaiting_approval(security) CL-03")
	if got := w.request(1).Roles; !slices.Equal(got, []string{"technician"}) {
		t.Errorf("a Secondary Contact made the Technician whom a Main Contact asked for %s", got)
	}
}

// A suspended contact changes nothing, not even what they asked before (R15).
func TestAmendingBySomebodySuspended(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	w.contact("carol").State = access.ContactSuspended
	w.details("carol", said(interpret.AddUser, "Jane Doe", "j.doe@acme.example", "", ""))
	if got := w.request(1).Email.String(); got != "jane@acme.example" {
		t.Errorf("the address is %s", got)
	}
}

// Four-eyes: whoever wrote a part of a request is not the other pair of eyes.
func TestFourEyesOfWhoeverSupplies(t *testing.T) {
	t.Parallel()
	t.Run("a change", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Cleo Main", "cleo", "main_contact")
		w.clients[0].FourEyes = true
		w.ask("anna", jane("secondary_contact"))
		_, sent := w.details("ben", said(interpret.AddUser, "Jane Doe", "j.doe@acme.example", "", ""))
		same(t, "somebody who wrote none of it", sent, "answer ben", "approval cleo", "outcome anna")
	})
	t.Run("details", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Cleo Main", "cleo", "main_contact")
		w.clients[0].FourEyes = true
		w.ask("anna", add("Jane Doe", "", "secondary_contact", "project"))
		_, sent := w.details("ben", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "somebody who wrote none of it", sent, "answer ben", "approval cleo", "outcome anna")
	})
	t.Run("nobody else", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.clients[0].FourEyes = true
		w.ask("anna", add("Jane Doe", "", "secondary_contact", "project"))
		_, sent := w.details("ben", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "staff stand in", sent, "answer ben", "approval "+sam, "approval "+sue, "outcome anna")
	})
	t.Run("without four eyes", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", add("Jane Doe", "", "technician", "project"))
		_, sent := w.details("ben", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "Ben might have asked it alone", sent, "answer ben", "approval anna", "approval ben", "outcome carol")
	})
}

// R7: what the provider has made a condition stays one when the text changes.
func TestInsertedStageStays(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.ask("adam", jane("user"))
	w.reply(sue, adds(interpret.AddsSecurity))
	w.details("adam", said(interpret.AddUser, "Jane Doe", "", "", "another reason"))
	same(t, "asked from the beginning", w.states(), "awaiting_approval(security_impact) CR-06")
}

// A released mail that asks for nothing changes nothing about what its ticket asked for, proven, before.
func TestReleasedQuestionSparesOthers(t *testing.T) {
	t.Parallel()
	w := acme(t)
	out, _ := w.deliver(letter{from: "anna", reading: asks(jane("secondary_contact"))})
	status := interpret.Reading{Class: interpret.ClassReply, Commands: []interpret.Command{{Name: "status"}}}
	w.deliver(letter{from: "anna", reading: status, proof: weak, ticket: out.Ticket.Number, handling: release(t, sven)})
	w.approve(sue)
	same(t, "goes on", w.states(), "approved CL-03")
	w.advance(time.Hour)
	same(t, "to the end", w.states(), "invited CL-03")
}

// Two visits of one person are two.
func TestTwoVisits(t *testing.T) {
	t.Parallel()
	w := acme(t)
	on := func(starts string) interpret.Request {
		q := said(interpret.ScheduleVisit, "Dave Tech", "dave@acme.example", "", "repairs a switch")
		q.Starts = &starts
		return q
	}
	w.ask("anna", on("2026-03-10T09:00"), on("2026-03-12T09:00"))
	w.ask("anna", on("2026-03-12T09:00"))
	same(t, "the third is asked already", w.states(), "awaiting_approval(staff) CL-16", "awaiting_approval(staff) CL-16")
}

// R14: staff may ask for other details of a contact too.
func TestStaffAskForDetails(t *testing.T) {
	t.Parallel()
	w := acme(t)
	name, address := "Dave Tech", "dave2@acme.example"
	r := interpret.Reading{Class: interpret.ClassRequest, ForClient: "Acme",
		Changes: []interpret.Change{{Name: &name, NewEmail: &address}}}
	out, _ := w.deliver(letter{from: sue, client: "Acme", reading: r})
	if out.Disposition != access.Applied || w.request(1).StaffID == 0 {
		t.Fatalf("the mail is %s: %s", out.Disposition, out.Reason)
	}
	same(t, "the client is asked", w.states(), "awaiting_approval(client) CL-13")
}

// The client that staff, or somebody who represents several, name goes before the ticket that they answer.
func TestNamedClientIsNotTheTickets(t *testing.T) {
	t.Parallel()
	w := acme(t)
	out, _ := w.deliver(letter{from: "anna", reading: asks(jane("secondary_contact"))})
	r := asks(add("Joe Doe", "joe@globex.example", "technician", "project"))
	r.ForClient = "Globox"
	out, _ = w.deliver(letter{from: sue, reading: r, ticket: out.Ticket.Number})
	same(t, "for no client that there is", w.states(), "awaiting_approval(staff) CL-03")
	if out.Disposition != access.Left {
		t.Errorf("the mail is %s", out.Disposition)
	}
}

// A role that approves only since the model was changed is not given away without the hold.
func TestModelGivesPower(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("secondary_contact"))
	changed := *w.model
	changed.Roles = slices.Clone(changed.Roles)
	for i := range changed.Roles {
		if changed.Roles[i].ID == "secondary_contact" {
			changed.Roles[i].Approves = []policy.Stage{policy.StageClient}
		}
	}
	w.model = &changed
	w.approve(sue)
	w.advance(time.Hour)
	same(t, "asked anew or held", w.states(), "refused R7")
}

// R27: each new address answers for itself.
func TestEachNewAddressConfirmsItself(t *testing.T) {
	t.Parallel()
	w := acme(t)
	name, one, two := "Dave Tech", "dave1@acme.example", "dave2@acme.example"
	_, sent := w.deliver(letter{from: "anna", reading: interpret.Reading{Class: interpret.ClassRequest,
		Changes: []interpret.Change{{Name: &name, NewEmail: &one}, {Name: &name, NewEmail: &two}}}})
	same(t, "each is asked", sent, "answer anna", "approval dave1", "approval dave2")
}

// R23: nobody who is suspended takes a role over that only one holds, and who is suspended holds it still.
func TestHandOverToSomebodySuspended(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.ask("sara", said(interpret.ChangeRole, "Ida Manager", "", "security_administrator", ""))
	w.approve("ida")
	w.approve(sue)
	same(t, "held", w.states(), "approved CR-02")
	w.contact("ida").State = access.ContactSuspended
	w.advance(2 * day)
	same(t, "not carried out", w.states(), "refused R23")
	if !slices.Contains(w.contact("sara").Roles, "security_administrator") {
		t.Error("nobody who can act is Security Administrator any more")
	}
}

// Somebody who represents several clients and names one that there is not is asked, whatever ticket they answer.
func TestSeveralClientsNamedWrong(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.person(2, "Anna Main", "anna", "main_contact")
	r := asks(jane("secondary_contact"))
	r.ForClient = "Acme"
	out, _ := w.deliver(letter{from: "anna", client: "Acme", reading: r})
	r = asks(add("Joe Doe", "joe@acme.example", "technician", "project"))
	r.ForClient = "Globox"
	_, sent := w.deliver(letter{from: "anna", reading: r, ticket: out.Ticket.Number})
	same(t, "asked for which", sent, "clients anna")
	same(t, "nothing is filed", w.states(), "awaiting_approval(staff) CL-03")
}

// R22: a holder who is suspended holds the role still, so another one takes it over from them.
func TestSuspendedHolderHolds(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.colleague("Sven", sven, access.TeamSecurity)
	w.contact("sara").State = access.ContactSuspended
	w.ask("ida", said(interpret.ChangeRole, "Fay Finance", "", "security_administrator", ""))
	same(t, "the security team decides", w.states(), "awaiting_approval(staff) CR-04")
	w.approve(sven)
	w.advance(2 * day)
	same(t, "carried out", w.states(), "completed CR-04")
	if slices.Contains(w.contact("sara").Roles, "security_administrator") {
		t.Error("two hold a role that one person holds")
	}
}

// R22: a yes to the question whether one person shall be replaced is none to replacing another.
func TestReplacingSomebodyElseMeanwhile(t *testing.T) {
	t.Parallel()
	w := representatives(t)
	w.person(1, "Otto Alt", "otto", "alternate_security_administrator")
	w.ask("sara", said(interpret.ChangeRole, "Ida Manager", "", "alternate_security_administrator", ""))
	same(t, "a question", w.states(), "needs_details ")
	w.contact("otto").Roles, w.contact("fay").Roles = []string{"user"}, []string{"alternate_security_administrator"}
	w.deliver(letter{from: "sara", ticket: "REQ-2026-00001", reading: answers("*", "approve")})
	same(t, "asked about the new one", w.states(), "needs_details ")
	w.deliver(letter{from: "sara", ticket: "REQ-2026-00001", reading: answers("*", "approve")})
	same(t, "agreed", w.states(), "awaiting_approval(staff) CR-02")
}

// R14: staff who ask on a client's behalf need another one of the staff.
func TestStaffDoNotValidateTheirOwn(t *testing.T) {
	t.Parallel()
	w := acme(t)
	r := asks(jane("secondary_contact"))
	r.ForClient = "Acme"
	w.deliver(letter{from: sue, client: "Acme", reading: r})
	same(t, "only Sam is asked", w.approve("anna"), "approval "+sam, "receipt anna", "settled ben")
}

// Whoever has come to the address that a request names does not approve it, whoever was there when it was asked.
func TestNobodyApprovesForTheirOwnAddress(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.clients[0].FourEyes = true
	same(t, "Ben is asked", w.ask("anna", said(interpret.ChangeRole, "", "dave@acme.example", "secondary_contact", "")), "answer anna", "approval ben")
	w.contact("dave").Address = address(t, "david@acme.example")
	w.person(1, "Eve Main", "dave", "main_contact")
	same(t, "Eve is not asked", w.advance(day), "reminder ben")
}

// R14: who asks as staff does not approve as a contact: one address is one person.
func TestStaffAreNoApproversOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := acme(t)
	r := asks(jane("secondary_contact"))
	r.ForClient = "Acme"
	w.deliver(letter{from: sue, client: "Acme", reading: r})
	w.person(1, "Sue Main", sue, "main_contact")
	w.advance(25 * time.Hour)
	for _, m := range w.sent {
		if m.Kind == access.MailReminder && m.To.Key() == sue {
			t.Error("whoever asked is asked to approve it")
		}
	}
}

// R12: whoever asked for somebody who is invited takes that back too: the link dies.
func TestCancelAnInvitation(t *testing.T) {
	t.Parallel()
	w := invited(t)
	cancel := interpret.Reading{Class: interpret.ClassReply, Commands: []interpret.Command{{Name: "cancel"}}}
	w.deliver(letter{from: "dave", ticket: "REQ-2026-00001", reading: cancel})
	same(t, "not by others", w.states(), "invited CL-06")
	_, sent := w.deliver(letter{from: "carol", ticket: "REQ-2026-00001", reading: cancel})
	same(t, "told", sent, "answer carol", "badge "+sven)
	same(t, "cancelled", w.states(), "cancelled CL-06")
	if c := w.contact("jane"); c.State != access.ContactRemoved {
		t.Errorf("Jane is %s", c.State)
	}
	if err := w.register("jane"); err == nil {
		t.Error("the link is still good")
	}
	w.ask("anna", jane("secondary_contact"))
	same(t, "asked anew", w.states()[1:], "awaiting_approval(staff) CL-03")
}

// The digest of what an approver read covers all of it.
func TestDigestOfTheTextShown(t *testing.T) {
	t.Parallel()
	shown := func(address string) token.Digest {
		w, name := acme(t), "Dave Tech"
		w.deliver(letter{from: "anna", reading: interpret.Reading{Class: interpret.ClassRequest,
			Changes: []interpret.Change{{Name: &name, NewEmail: &address}}}})
		return w.approvals[0].Text
	}
	first, again, other := shown("dave1@acme.example"), shown("dave1@acme.example"), shown("dave2@acme.example")
	if first != again {
		t.Error("the same text has two digests")
	}
	if first == other {
		t.Error("two addresses have one digest")
	}
}

// command is a mail with a command, and what else it says.
func command(name, words string, requests ...interpret.Request) interpret.Reading {
	return interpret.Reading{Class: interpret.ClassRequest, Commands: []interpret.Command{{Name: name}}, OwnWords: words, Requests: requests}
}

// What a mail asks besides a command is not lost.
func TestStatusAndARequest(t *testing.T) {
	t.Parallel()
	w := acme(t)
	same(t, "sent", w.say("anna", command("status", "", jane("secondary_contact"))), "answer anna", "approval "+sam, "approval "+sue, "status anna")
	same(t, "filed", w.states(), "awaiting_approval(staff) CL-03")
}

// Cancelling ends what the mail names, and nothing else.
func TestCancelWhatIsNamed(t *testing.T) {
	t.Parallel()
	visit := said(interpret.ScheduleVisit, "Eve Stone", "", "", "")
	for name, tc := range map[string]struct {
		r    interpret.Reading
		want []string
	}{
		"one of two":             {command("cancel", "Please cancel what I asked for Joe Doe."), []string{waiting, "cancelled CL-03"}},
		"by address":             {command("cancel", "Please cancel joe@acme.example."), []string{waiting, "cancelled CL-03"}},
		"somebody's visit":       {command("cancel", "Please cancel the visit of Eve Stone.", visit), []string{waiting, waiting}},
		"all":                    {command("cancel", "Please cancel my request."), []string{"cancelled CL-03", "cancelled CL-03"}},
		"a part of another name": {command("cancel", "Please cancel it. Bijoe Doering"), []string{"cancelled CL-03", "cancelled CL-03"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.ask("anna", jane("secondary_contact"), add("Joe Doe", "joe@acme.example", "secondary_contact", "project"))
			w.say("anna", tc.r)
			same(t, "states", w.states(), tc.want...)
		})
	}
}

const waiting = "awaiting_approval(staff) CL-03"

// R13: staff may have an invitation sent again. It goes to the invited address alone, so nobody need approve it.
func TestStaffHaveAnInvitationSentAgain(t *testing.T) {
	t.Parallel()
	w := invited(t)
	r := asks(said(interpret.ResendInvitation, "Jane Doe", "", "", ""))
	r.ForClient = "Acme"
	_, sent := w.deliver(letter{from: sue, client: "Acme", reading: r})
	same(t, "sent", sent, "answer "+sue, "invitation jane")
}

// R27: only an address that can be confirmed is changed; that of a shared mailbox can.
func TestWhoConfirmsAnAddress(t *testing.T) {
	t.Parallel()
	change := func(w *world, name string) []string {
		to := "new@acme.example"
		return w.say("anna", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Name: &name, NewEmail: &to}}})
	}
	t.Run("shared", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Operations", "noc", "technician").Kind = access.Shared
		same(t, "the new address", change(w, "Operations"), "answer anna", "approval new")
		same(t, "then staff", w.approve("new"), "approval "+sam, "approval "+sue, "receipt new")
		w.approve(sue)
		w.advance(time.Hour)
		if got := w.contact("new").Name; got != "Operations" {
			t.Errorf("the address is that of %s", got)
		}
	})
	t.Run("invited", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		change(w, "Jane Doe")
		same(t, "asked for anew instead", w.states(), "invited CL-06", "refused R28")
	})
	t.Run("suspended", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("dave").State = access.ContactSuspended
		change(w, "Dave Tech")
		same(t, "staff first", w.states(), "refused R15")
	})
}

// A delegation that is over makes room for the next one, also where its timer is late.
func TestDelegateAgainBeforeTheTimer(t *testing.T) {
	t.Parallel()
	w := absent(t)
	w.now = time.Date(2026, time.March, 21, 0, 0, 1, 0, time.UTC)
	sent := w.say("anna", delegate("Cleo Main", "2026-04-02"))
	if !slices.Contains(sent, "notice cleo") {
		t.Errorf("sent %s", sent)
	}
	if got := w.delegations[0].State; got != access.DelegationEnded {
		t.Errorf("the one that is over is %s", got)
	}
}

// R31: whoever makes the badges hears of one that is ordered anew.
func TestBadgeOrderedAnew(t *testing.T) {
	t.Parallel()
	w := invited(t)
	old := w.newest()
	w.advance(week)
	before := len(w.sent)
	if err := w.newLink(old); err != nil {
		t.Fatal(err)
	}
	same(t, "sent", w.since(before), "badge "+sven, "invitation jane")
}

// R27: whoever writes from the old address has confirmed a change of it by that, but not by SPF alone, not through a mail
// that staff released, and not where somebody else has written another one in.
func TestOldAddressIsConfirmed(t *testing.T) {
	t.Parallel()
	change := func(to string) interpret.Reading {
		return interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Self: true, NewEmail: &to}}}
	}
	for name, tc := range map[string]struct {
		play  func(w *world)
		stage string
	}{
		"proven": {func(w *world) { w.deliver(letter{from: "anna", reading: change("a.main@acme.example")}) }, "new_address"},
		"SPF alone": {func(w *world) {
			w.deliver(letter{from: "anna", reading: change("a.main@acme.example"), proof: spfOnly})
		}, "old_address"},
		"released": {func(w *world) {
			w.deliver(letter{from: "anna", reading: change("a.main@acme.example"), proof: weak,
				handling: access.Handling{Handle: access.HandleRelease, By: address(t, sven)}})
		}, "client"},
		"another one written in": {func(w *world) {
			w.deliver(letter{from: "anna", reading: change("a.main@acme.example")})
			w.deliver(letter{from: "ben", ticket: "REQ-2026-00001", reading: interpret.Reading{Class: interpret.ClassReply,
				Changes: []interpret.Change{{Name: ptr("Anna Main"), NewEmail: ptr("b.main@acme.example")}}}})
		}, "old_address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			tc.play(w)
			same(t, "first", w.states(), "awaiting_approval("+tc.stage+") CL-13")
			if old := slices.Contains(w.request(1).Stages, access.StageOldAddress); old != (tc.stage != "new_address") {
				t.Errorf("the stages are %s", w.request(1).Stages)
			}
		})
	}
}

// Whoever shall get somebody's address does not decide about that as staff.
func TestStaffAreNotTheNewAddress(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.say("anna", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Name: ptr("Dave Tech"), NewEmail: ptr(sue)}}})
	_, sent := w.reply(sue, answers("*", "approve"))
	same(t, "Sue has confirmed that it is hers, and is not asked at the end", sent, "approval "+sam, "receipt "+sue)
}

// R27: an address that was somebody's is theirs no more, not even to say STOP with a token of old.
func TestOldAddressSaysNothing(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"), add("Joe Doe", "joe@acme.example", "secondary_contact", "nights"))
	w.approve("anna")
	ref := *w.last(access.MailApproval, "anna").Ref
	w.contact("anna").Address = address(t, "a.main@acme.example")
	_, sent := w.deliver(letter{from: "anna", reading: stopWord(), refs: []token.Ref{ref}})
	same(t, "from nobody", sent)
	w.person(1, "Anna Other", "anna", "technician")
	_, sent = w.deliver(letter{from: "anna", reading: stopWord(), refs: []token.Ref{ref}})
	same(t, "from whoever has the address now", sent, "unclear anna")
	if got := w.states()[0]; got != "awaiting_approval(security) CL-06" {
		t.Errorf("the request is %s", got)
	}
}
