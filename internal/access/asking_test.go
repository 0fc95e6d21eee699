package access_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/token"
)

// details answers the question for details of the first ticket.
func (w *world) details(who string, r ...interpret.Request) (*access.Outcome, []string) {
	w.t.Helper()
	return w.deliver(letter{from: who, ticket: "REQ-2026-00001", reading: interpret.Reading{Class: interpret.ClassReply, Requests: r}})
}

func TestR13(t *testing.T) {
	t.Parallel()
	half := add("Jane Doe", "", "", "new project")
	t.Run("somebody else who could have asked", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", half)
		_, sent := w.details("ben", add("Jane Doe", "jane@acme.example", "main_contact", ""))
		same(t, "sent", sent, "answer ben", "approval "+sam, "approval "+sue, "outcome anna")
		if l := w.last(access.MailOutcome, "anna").Data.Lines[0]; l.Status != access.StatusChanged || l.By != "Ben Main" || l.Roles[0] != "Main Contact" {
			t.Errorf("whoever asked reads %+v", l)
		}
	})
	t.Run("lends no authority", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", half)
		_, sent := w.details("carol", add("Jane Doe", "jane@acme.example", "technician", ""))
		same(t, "a Main has to approve what a Secondary filled in", sent, "answer carol", "approval ben", "outcome anna")
		same(t, "filed", w.states(), "awaiting_approval(client) CL-03")
	})
	t.Run("lends no authority in two steps", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", half)
		w.details("carol", add("Jane Doe", "", "technician", ""))
		w.details("anna", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "filed", w.states(), "awaiting_approval(client) CL-03")
	})
	for name, tc := range map[string]struct {
		who string
		r   interpret.Request
	}{
		"a Secondary fills in a Main": {"carol", add("Jane Doe", "eve@acme.example", "main_contact", "")},
		"a Technician":                {"dave", add("Jane Doe", "jane@acme.example", "technician", "")},
		"another client":              {gina, add("Jane Doe", "eve@globex.example", "technician", "")},
		"a suspended Main":            {"sid", add("Jane Doe", "jane@acme.example", "technician", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.person(1, "Sid Main", "sid", "main_contact").State = access.ContactSuspended
			w.ask("anna", half)
			_, sent := w.details(tc.who, tc.r)
			for _, m := range sent {
				if m != "answer "+gina { // to whom it is a request of their own
					t.Errorf("sent %s", m)
				}
			}
			if r := w.request(1); r.State != access.NeedsDetails || !r.Email.IsZero() || len(r.Roles) > 0 {
				t.Errorf("taken over: %s %s %s", r.State, r.Email, r.Roles)
			}
		})
	}
	t.Run("nothing new does not prolong it", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", half)
		w.advance(6 * 24 * time.Hour)
		_, sent := w.details("anna", add("Jane Doe", "", "", ""))
		same(t, "asked again", sent, "answer anna")
		same(t, "expires in time", w.advance(24*time.Hour), "outcome anna")
		same(t, "expired", w.states(), "expired ")
	})
	t.Run("a requester who has left", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", half)
		w.contact("anna").State = access.ContactRemoved
		_, sent := w.details("ben", add("Jane Doe", "jane@acme.example", "technician", ""))
		same(t, "sent", sent, "answer ben")
		same(t, "refused", w.states(), "refused R15")
	})
	t.Run("another action is no answer", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Dave Tech", "", "", "a second account"))
		_, sent := w.details("anna", said(interpret.RemoveUser, "Dave Tech", "", "", ""))
		same(t, "it is a request", sent, "answer anna", "approval "+sven)
		same(t, "filed", w.states(), "needs_details ", "awaiting_approval(security) CL-03")
	})
}

func TestR16(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", add("Jane Doe", "", "", ""), add("Joe Doe", "", "secondary_contact", ""), said(interpret.ChangeRole, "", "dave@acme.example", "", ""))
	same(t, "the role missing, what some role allows is asked for; the rest is refused", w.states(), "needs_details ", "refused CL-22", "refused CL-22")
	_, sent := w.details("carol", add("Jane Doe", "jane@acme.example", "main_contact", "x"))
	same(t, "sent", sent, "answer carol")
	same(t, "refused once the role is known", w.states()[:1], "refused CL-08")
}

func TestR29(t *testing.T) {
	t.Parallel()
	line := func(w *world, who string, n int) access.Line { return w.last(access.MailAnswer, who).Data.Lines[n] }
	t.Run("joined", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		same(t, "asked again", w.ask("anna", jane("technician")), "answer anna")
		if l := line(w, "anna", 0); l.Status != access.StatusJoined || l.Ticket != "REQ-2026-00001" {
			t.Errorf("%s %s", l.Status, l.Ticket)
		}
		same(t, "one is open", w.states(), "awaiting_approval(client) CL-06")
	})
	t.Run("who joined is told the outcome", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.ask("anna", jane("technician"))
		same(t, "joined twice", w.ask("anna", jane("technician")), "answer anna")
		_, sent := w.reply("ben", answers("*", "reject"))
		same(t, "declined", sent, "outcome anna", "outcome carol", "receipt ben", "settled anna")
		w.ask("carol", jane("technician"))
		w.ask("anna", jane("main_contact"))
		_, sent = w.reply("ben", answers("*", "reject"))
		same(t, "who asked for another role has not joined", sent, "outcome carol", "receipt ben", "settled anna")
	})
	t.Run("another role is a question", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		same(t, "asked again", w.ask("anna", jane("main_contact")), "answer anna")
		if l := line(w, "anna", 0); l.Status != access.StatusRefused || l.Rule != "R29" {
			t.Errorf("%s %s", l.Status, l.Rule)
		}
		same(t, "one is open", w.states(), "awaiting_approval(client) CL-06")
	})
	t.Run("twice in one mail", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("secondary_contact"), jane("secondary_contact"), jane("main_contact"))
		if a, b := line(w, "anna", 1), line(w, "anna", 2); a.Status != access.StatusJoined || b.Rule != "R29" {
			t.Errorf("%s, %s %s", a.Status, b.Status, b.Rule)
		}
		same(t, "one is filed", w.states(), "awaiting_approval(staff) CL-03")
	})
	t.Run("not joined to what was refused", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("main_contact"), jane("technician"))
		same(t, "both are filed", w.states(), "refused CL-08", "awaiting_approval(client) CL-06")
	})
	t.Run("there already", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Dave Tech", "dave@acme.example", "secondary_contact", "x"))
		if l := line(w, "anna", 0); l.Status != access.StatusAlready || l.Roles[0] != "Technician" {
			t.Errorf("%s %s", l.Status, l.Roles)
		}
		same(t, "nothing is filed", w.states())
	})
	t.Run("there meanwhile", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("secondary_contact"))
		w.approve(sue)
		w.person(1, "Jane Doe", "jane", "technician")
		same(t, "told", w.advance(time.Hour), "outcome anna")
		same(t, "refused", w.states(), "refused R29")
		if c := w.contact("jane"); c.State != access.ContactActive || c.Roles[0] != "technician" {
			t.Errorf("Jane is %s as %s", c.State, c.Roles)
		}
	})
	t.Run("removed is a new request", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("dave").State = access.ContactRemoved
		w.ask("anna", add("Dave Tech", "dave@acme.example", "secondary_contact", "x"))
		w.approve(sue)
		same(t, "invited", w.advance(10*time.Minute), "invitation dave")
	})
	t.Run("removed twice", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", said(interpret.RemoveUser, "Dave Tech", "", "", ""), said(interpret.RemoveUser, "", "dave@acme.example", "", ""))
		if l := line(w, "anna", 1); l.Status != access.StatusJoined {
			t.Errorf("%s", l.Status)
		}
	})
	t.Run("known only once the address is there", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Jane Doe", "", "technician", "x"))
		w.ask("ben", jane("technician"))
		w.details("anna", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "one is open", w.states(), "refused R29", "awaiting_approval(security) CL-03")
	})
}

func TestR34(t *testing.T) {
	t.Parallel()
	auto := interpret.Reading{Class: interpret.ClassAuto}
	for _, tc := range []struct {
		name string
		letter
		want access.Disposition
	}{
		{"filed", letter{from: "carol", reading: asks(jane("technician"))}, access.Applied},
		{"refused", letter{from: "carol", reading: asks(jane("main_contact"))}, access.Answered},
		{"questioned", letter{from: "carol", reading: asks(add("Jane Doe", "", "", ""))}, access.Answered},
		{"joined", letter{from: "carol", reading: asks(add("Joe Doe", "joe@acme.example", "technician", "x"))}, access.Answered},
		{"one of two filed", letter{from: "carol", reading: asks(jane("main_contact"), jane("technician"))}, access.Applied},
		{"a person's other mail", letter{from: "carol", reading: interpret.Reading{Class: interpret.ClassOther}}, access.Left},
		{"a stranger's other mail", letter{from: "eve@evil.example", reading: interpret.Reading{Class: interpret.ClassOther}, proof: forged}, access.Left},
		{"out of office, ours", letter{from: "carol", reading: auto, ticket: "REQ-2026-00001"}, access.Applied},
		{"out of office, of another client", letter{from: gina, reading: auto, ticket: "REQ-2026-00001"}, access.Left},
		{"out of office", letter{from: "carol", reading: auto}, access.Left},
		{"the same mail again", letter{from: "carol", reading: asks(jane("technician")), id: "first"}, access.Duplicate},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.deliver(letter{from: "carol", reading: asks(add("Joe Doe", "joe@acme.example", "technician", "x")), id: "first"})
			out, sent := w.deliver(tc.letter)
			if out.Disposition != tc.want {
				t.Errorf("disposition %s (%s), want %s", out.Disposition, out.Reason, tc.want)
			}
			if tc.want != access.Applied && tc.want != access.Answered && len(sent) > 0 {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

func TestStandsUntilReleased(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world){
		"requester removed":   func(w *world) { w.contact("anna").State = access.ContactRemoved },
		"requester suspended": func(w *world) { w.contact("anna").State = access.ContactSuspended },
		"requester demoted":   func(w *world) { w.contact("anna").Roles = []string{"secondary_contact"} },
		"subject raised":      func(w *world) { w.contact("dave").Roles = []string{"main_contact"} },
		"four-eyes now":       func(w *world) { w.clients[0].FourEyes = true },
	} {
		for _, when := range []string{"before the last stage", "while held"} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				w := acme(t)
				w.ask("anna", said(interpret.ChangeRole, "Dave Tech", "", "secondary_contact", ""))
				if when == "while held" {
					w.approve(sue)
				}
				change(w)
				if when != "while held" {
					w.approve(sue)
				} else {
					w.advance(time.Hour)
				}
				if r := w.request(1); r.State != access.Refused {
					t.Errorf("the request is %s", r.State)
				}
				if got := w.contact("dave").Roles; got[0] == "secondary_contact" {
					t.Error("it was carried out")
				}
				if w.contact("anna").State != access.ContactActive && !has(w.since(0), "outcome "+sam) {
					t.Error("nobody heard of it")
				}
			})
		}
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestUnclearDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]interpret.Reading{
		"unclear":        answers("*", "unclear"),
		"nothing said":   answers(),
		"another number": answers("7", "approve"),
		"a request":      asks(add("Eve Doe", "eve@acme.example", "technician", "x")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.ask("carol", jane("technician"))
			_, sent := w.reply("anna", r)
			same(t, "sent", sent, "unclear anna")
			same(t, "waits", w.states(), "awaiting_approval(client) CL-06")
		})
	}
	t.Run("SPF alone", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		out, sent := w.deliver(letter{from: "anna", proof: spfOnly, reading: answers("*", "approve"), refs: []token.Ref{*w.last(access.MailApproval, "anna").Ref}})
		if out.Disposition != access.Quarantined || len(sent) > 0 {
			t.Errorf("disposition %s, sent %q", out.Disposition, sent)
		}
		same(t, "waits", w.states(), "awaiting_approval(client) CL-06")
	})
}

func TestDetails(t *testing.T) {
	t.Parallel()
	nobody := said(interpret.RemoveUser, "", "", "", "")
	t.Run("what fits two is a request of its own", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Joe Doe", "", "", "x"), add("Joe Doe", "", "", "y"))
		_, sent := w.details("anna", add("Joe Doe", "joe@acme.example", "secondary_contact", "z"))
		same(t, "sent", sent, "answer anna", "approval "+sam, "approval "+sue)
		same(t, "filed", w.states(), "needs_details ", "needs_details ", "awaiting_approval(staff) CL-03")
	})
	t.Run("whom to remove", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", nobody)
		_, sent := w.details("anna", said(interpret.RemoveUser, "", "dave@acme.example", "", ""))
		same(t, "sent", sent, "answer anna", "approval "+sven)
		if r := w.request(1); r.ContactID != w.contact("dave").ID {
			t.Errorf("the subject person is contact %d", r.ContactID)
		}
	})
	t.Run("nobody known", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", nobody)
		w.details("anna", said(interpret.RemoveUser, "Nobody Known", "", "", ""))
		same(t, "refused", w.states(), "refused R12")
	})
	t.Run("whose invitation", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		w.ask("anna", said(interpret.ResendInvitation, "No Body", "", "", ""))
		out, sent := w.deliver(letter{from: "anna", reading: asks(said(interpret.ResendInvitation, "Jane Doe", "", "", ""))})
		same(t, "sent", sent, "answer anna", "invitation jane")
		if out.Disposition != access.Applied {
			t.Errorf("disposition %s", out.Disposition)
		}
	})
}

// A wish without its value beside another one is answered, and not lost.
func TestUnsaidBesideARequest(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.say("anna", interpret.Reading{Class: interpret.ClassRequest, Requests: []interpret.Request{jane("technician")},
		Commands: []interpret.Command{{Name: "change_details"}}, Changes: []interpret.Change{{Self: true}}})
	lines := w.last(access.MailAnswer, "anna").Data.Lines
	if len(lines) != 2 || lines[0].Status != access.StatusWaiting || lines[1].Status != access.StatusUnsaid {
		t.Errorf("Anna reads %+v", lines)
	}
}
