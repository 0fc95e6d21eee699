package access_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// until advances to a time after the beginning, and then lists what has been sent.
func (w *world) until(start time.Time, after time.Duration) []string {
	w.t.Helper()
	return w.advance(start.Add(after).Sub(w.now))
}

func TestR11(t *testing.T) {
	t.Parallel()
	// To the second, and across the changes to summer time and back.
	for name, start := range map[string]time.Time{
		"winter":         time.Date(2026, time.January, 7, 9, 0, 0, 0, time.UTC),
		"to summer time": time.Date(2026, time.March, 28, 12, 0, 0, 0, berlin(t)),
		"to winter time": time.Date(2026, time.October, 24, 12, 0, 0, 0, berlin(t)),
	} {
		t.Run("an approval, "+name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.now = start
			w.ask("carol", jane("technician"))
			same(t, "a second before a day", w.until(start, 24*hour-time.Second))
			same(t, "a day", w.until(start, 24*hour), "reminder anna", "reminder ben")
			same(t, "a second before three days", w.until(start, 72*hour-time.Second))
			same(t, "three days", w.until(start, 72*hour), "reminder anna", "reminder ben")
			same(t, "a second before four days", w.until(start, 96*hour-time.Second))
			same(t, "four days", w.until(start, 96*hour), "approval "+sam, "approval "+sue)
			same(t, "a second before seven days", w.until(start, 168*hour-time.Second))
			same(t, "waits", w.states(), "awaiting_approval(client) CL-06")
			same(t, "seven days", w.until(start, 168*hour), "outcome carol")
			same(t, "the end", w.states(), "expired CL-06")
			same(t, "and nothing more", w.advance(60*day))
		})
	}
	t.Run("a reminder can be answered, and so can what it reminds of", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []access.MailKind{access.MailReminder, access.MailApproval} {
			w := acme(t)
			w.ask("carol", jane("technician"))
			w.advance(25 * hour)
			m := w.last(access.MailReminder, "anna")
			if m.Data.Lines[0].Name != "Jane Doe" || m.Data.Until != w.now.Add(6*day-hour) || m.Ref.Token.Digest() == w.last(access.MailApproval, "anna").Ref.Token.Digest() {
				t.Errorf("the reminder: %+v", m.Data)
			}
			_, sent := w.deliver(letter{from: "anna", reading: answers("*", "approve"), refs: []token.Ref{*w.last(kind, "anna").Ref}})
			same(t, string(kind), sent, "approval "+sven, "receipt anna", "settled ben")
			_, sent = w.deliver(letter{from: "anna", reading: answers("*", "approve"), refs: []token.Ref{*w.last(access.MailReminder, "anna").Ref}})
			same(t, "then it is over", sent, "repeated anna")
		}
	})
	t.Run("one reminder for all of a ticket", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"), add("Joe Doe", "joe@acme.example", "technician", "new project"))
		same(t, "a day", w.advance(day), "reminder anna", "reminder ben")
		if n := len(w.last(access.MailReminder, "anna").Data.Lines); n != 2 {
			t.Errorf("%d lines", n)
		}
	})
	t.Run("only those who can still answer", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").State = access.ContactSuspended
		same(t, "a day", w.advance(day), "reminder anna")
		w.approve("anna")
		same(t, "the next stage has its own clock", w.advance(day-time.Second))
		same(t, "a day later", w.advance(time.Second), "reminder "+sven)
	})
	t.Run("details", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Jane Doe", "", "technician", ""))
		same(t, "a day", w.advance(day), "reminder anna")
		m := w.last(access.MailReminder, "anna")
		if diff := cmp.Diff([]access.Status{access.StatusDetails}, []access.Status{m.Data.Lines[0].Status}); diff != "" || m.Ref != nil || len(m.Data.Lines[0].Missing) != 2 {
			t.Errorf("the reminder: %+v", m.Data)
		}
		same(t, "three days", w.advance(2*day), "reminder anna")
		same(t, "no escalation", w.advance(3*day))
		w.details("anna", add("Jane Doe", "jane@acme.example", "", ""))
		same(t, "a new question has its own clock", w.advance(day), "reminder anna")
		same(t, "its end", w.advance(6*day), "outcome anna", "reminder anna")
		same(t, "expired", w.states(), "expired ")
	})
	t.Run("after an outage they are one", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.now = w.now.Add(5 * day) // nothing ran
		same(t, "reminded once, then escalated", w.sequence(0), "reminder anna", "reminder ben", "approval "+sue, "approval "+sam)
		w.ask("carol", add("Joe Doe", "joe@acme.example", "technician", "new project"))
		w.now = w.now.Add(30 * day)
		same(t, "only the end", w.sequence(0), "outcome carol", "outcome carol")
	})
	t.Run("whoever is asked late is not forgotten", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		same(t, "escalated", w.advance(96*hour), "approval "+sam, "approval "+sue, "reminder anna", "reminder anna", "reminder ben", "reminder ben")
		if m := w.last(access.MailApproval, sue); !m.Data.Escalated || m.Data.Reason != "silent" {
			t.Errorf("Sue reads %+v", m.Data)
		}
		same(t, "staff decide", w.approve(sue), "approval "+sven, "receipt "+sue, "settled anna", "settled ben", "settled "+sam)
		same(t, "the next stage", w.states(), "awaiting_approval(security) CL-06")
	})
	t.Run("staff who are silent", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("technician"))
		w.advance(96 * hour)
		if want := []string{"team security has not answered stage security of a request in time"}; !cmp.Equal(w.alarms, want) {
			t.Errorf("alarms: %q", w.alarms)
		}
		same(t, "nobody decides in their place", w.states(), "awaiting_approval(security) CL-03")
	})
	t.Run("as configured", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.settings.Reminders, w.settings.Escalation, w.settings.RequestExpiry = []time.Duration{hour, 50 * hour}, 0, 2*day
		w.ask("carol", jane("technician"))
		same(t, "an hour", w.advance(hour), "reminder anna", "reminder ben")
		same(t, "two days", w.advance(47*hour), "outcome carol")
	})
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// sequence lets time pass and lists the mails in the order in which they go out.
func (w *world) sequence(by time.Duration) []string {
	w.t.Helper()
	before := len(w.sent)
	w.advance(by)
	var list []string
	for _, m := range w.sent[before:] {
		list = append(list, string(m.Kind)+" "+short(m.To.String()))
	}
	return list
}

// reroute is what the store does after the roster was edited.
func (w *world) rerouteAll() []string {
	w.t.Helper()
	for _, r := range w.requests {
		if r.State == access.AwaitingApproval {
			n := &timer{Timer: access.Timer{ID: int64(len(w.timers) + 1), Kind: access.TimerReroute, RequestID: r.ID, Round: r.Round, DueAt: w.now}}
			w.timers = append(w.timers, n)
		}
	}
	return w.advance(0)
}

func TestReroute(t *testing.T) {
	t.Parallel()
	t.Run("the last approver vanishes", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").State = access.ContactSuspended
		same(t, "Anna is left", w.rerouteAll())
		w.contact("anna").State = access.ContactSuspended
		same(t, "staff stand in", w.rerouteAll(), "approval "+sam, "approval "+sue)
		same(t, "once", w.rerouteAll())
		if m := w.last(access.MailApproval, sue); !m.Data.Escalated || m.Data.Reason != "" {
			t.Errorf("Sue reads %+v", m.Data)
		}
		w.approve(sue)
		same(t, "on", w.states(), "awaiting_approval(security) CL-06")
	})
	t.Run("one more comes", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("dave").Roles = []string{"main_contact"}
		same(t, "and is asked", w.rerouteAll(), "approval dave")
		w.colleague("Sid", "sid@provider.example", access.TeamSecurity)
		w.approve("dave")
		same(t, "a stage of staff", w.states(), "awaiting_approval(security) CL-06")
		w.colleague("Sol", "sol@provider.example", access.TeamSecurity)
		same(t, "too", w.rerouteAll(), "approval sol@provider.example")
	})
	t.Run("by mail", func(t *testing.T) {
		t.Parallel()
		w := board(t, 1, 1, policy.RejectEnds, "anna", "ben", "cleo")
		w.clients[0].FourEyes = true
		w.settings.Reminders = nil
		w.ask("ben", jane("clerk"))
		w.ask("anna", said(interpret.ChangeRole, "", "carol@acme.example", "director", ""))
		w.approve("cleo")
		w.approve(sue)
		same(t, "Carol becomes a director, and is asked", w.advance(day), "approval carol", "outcome anna")
		w.approve("carol")
		same(t, "on", w.states(), "awaiting_approval(staff) B-1", "completed B-2")
	})
}

// Each request of a ticket is escalated in its own time.
func TestEscalationOfEachRequest(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"), add("Joe Doe", "joe@acme.example", "technician", "x"))
	w.advance(48 * time.Hour)
	w.reply("anna", answers("1", "approve"))
	same(t, "on", w.states(), "awaiting_approval(security) CL-06", "awaiting_approval(client) CL-06")
	w.advance(48 * time.Hour)
	if w.requests[0].Escalated || !w.requests[1].Escalated || len(w.alarms) != 0 {
		t.Errorf("after 96 hours: %v, %v, %q", w.requests[0].Escalated, w.requests[1].Escalated, w.alarms)
	}
	w.advance(48 * time.Hour)
	if !w.requests[0].Escalated || len(w.alarms) != 1 {
		t.Errorf("96 hours after the security team was asked: %v, %q", w.requests[0].Escalated, w.alarms)
	}
}

// R27: nobody stands in for a new address; staff are not asked in its place, and nothing of it goes to them.
func TestNobodyStandsInForANewAddress(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.say("anna", interpret.Reading{Class: interpret.ClassRequest, Changes: []interpret.Change{{Email: ptr("dave@acme.example"), NewEmail: ptr("d.tech@acme.example")}}})
	same(t, "waits", w.states(), "awaiting_approval(new_address) CL-13")
	same(t, "six days", w.advance(6*day), "reminder d.tech", "reminder d.tech")
	if r := w.request(1); r.Escalated || len(w.alarms) != 0 {
		t.Errorf("escalated: %v, alarms %q", r.Escalated, w.alarms)
	}
	same(t, "a day later", w.advance(day), "outcome anna")
	same(t, "the end", w.states(), "expired CL-13")
}
