package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/token"
)

// delegate is a mail that delegates approvals; an empty value is not said.
func delegate(name, until string) interpret.Reading {
	g := &interpret.Delegation{}
	if name != "" {
		g.Name = &name
	}
	if until != "" {
		g.Until = &until
	}
	return interpret.Reading{Class: interpret.ClassOther, Commands: []interpret.Command{{Name: "delegate"}}, Delegate: g}
}

func endDelegation() interpret.Reading {
	return interpret.Reading{Class: interpret.ClassOther, Commands: []interpret.Command{{Name: "delegate"}}, Delegate: &interpret.Delegation{End: true}}
}

func (w *world) say(who string, r interpret.Reading) []string {
	w.t.Helper()
	_, sent := w.deliver(letter{from: who, reading: r})
	return sent
}

// absent is acme with three Main Contacts, of whom Anna has delegated to Ben since a day, until the 20th of March.
func absent(t *testing.T) *world {
	w := acme(t)
	w.person(1, "Cleo Main", "cleo", "main_contact")
	w.say("anna", delegate("Ben Main", "2026-03-20"))
	w.advance(day)
	return w
}

func TestR10(t *testing.T) {
	t.Parallel()
	t.Run("a given name that one contact has", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Benno Main", "benno", "main_contact")
		same(t, "filed", w.say("anna", delegate("ben", "2026-03-20")), "answer anna", "notice ben", "notice benno")
		w = acme(t)
		w.person(1, "Ben Other", "other", "technician")
		same(t, "two of them", w.say("anna", delegate("Ben", "2026-03-20")), "answer anna")
		same(t, "nothing is filed", w.states())
	})
	t.Run("whoever is suspended neither makes one nor ends one", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		for _, who := range []string{"anna", "cleo"} {
			w.contact(who).State = access.ContactSuspended
		}
		w.say("anna", endDelegation())
		w.say("cleo", delegate("Ben Main", "2026-03-20"))
		if len(w.delegations) != 1 || w.delegations[0].State != access.DelegationActive {
			t.Errorf("delegations: %+v", copies(w.delegations))
		}
	})
	t.Run("over before it could begin", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		same(t, "today", w.say("anna", delegate("Ben Main", "2026-03-02")), "answer anna")
		if l := w.last(access.MailAnswer, "anna").Data.Lines[0]; !strings.Contains(l.Text, "later day") {
			t.Errorf("Anna reads %q", l.Text)
		}
		same(t, "tomorrow", w.say("anna", delegate("Ben Main", "2026-03-03")), "answer anna", "notice ben")
		same(t, "and begins", w.advance(day), "delegation anna", "delegation ben")
	})
	t.Run("an outage until it is over", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.say("anna", delegate("Ben Main", "2026-03-03"))
		w.now = w.now.Add(4 * day)
		same(t, "is not carried out", w.advance(0), "outcome anna")
		if l := w.last(access.MailOutcome, "anna").Data.Lines[0]; !strings.Contains(l.Text, "would have ended") {
			t.Errorf("Anna reads %q", l.Text)
		}
	})
	t.Run("told, held, begun, ended", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Cleo Main", "cleo", "main_contact")
		same(t, "filed", w.say("anna", delegate("Ben Main", "2026-03-20")), "answer anna", "notice ben", "notice cleo")
		same(t, "held like all approving power", w.states(), "approved R10")
		if l := w.last(access.MailNotice, "cleo").Data.Lines[0]; l.Name != "Ben Main" || l.For != "Anna Main" ||
			!l.Until.Equal(time.Date(2026, time.March, 21, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("Cleo reads %+v", l)
		}
		w.ask("carol", jane("technician"))
		same(t, "not yet", w.approve("anna"), "approval "+sven, "receipt anna", "settled ben", "settled cleo")
		same(t, "after the hold", w.advance(day), "delegation anna", "delegation ben", "delegation cleo", "reminder "+sven)
		same(t, "Anna is not asked", w.ask("carol", add("Joe Doe", "joe@acme.example", "technician", "new project")),
			"answer carol", "approval ben", "approval cleo")
		same(t, "Carol reads who is asked", w.last(access.MailAnswer, "carol").Data.Lines[0].Asked, "Ben Main", "Cleo Main")
		if m := w.last(access.MailApproval, "ben"); m.Data.Person != "Anna Main" {
			t.Errorf("Ben reads that he decides for %q", m.Data.Person)
		}
		same(t, "nor reminded", w.advance(day), "reminder ben", "reminder cleo")
		same(t, "ended by Anna", w.say("anna", endDelegation()), "delegation anna", "delegation ben", "delegation cleo")
		same(t, "who is asked now", w.advance(0), "approval anna")
		same(t, "no delegation is left", w.say("anna", endDelegation()), "answer anna")
		w.approve("anna")
		same(t, "decided by Anna", w.states(), "completed R10", "awaiting_approval(security) CL-06", "awaiting_approval(security) CL-06")
	})
	t.Run("ends by itself, to the second", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		w.settings.Reminders, w.settings.Escalation, w.settings.RequestExpiry = nil, 0, 60*day
		w.ask("carol", jane("technician"))
		end := time.Date(2026, time.March, 21, 0, 0, 0, 0, time.UTC)
		same(t, "a second before", w.advance(end.Sub(w.now)-time.Second))
		same(t, "its end", w.advance(time.Second), "approval anna", "delegation anna", "delegation ben", "delegation cleo")
	})
	t.Run("in the provider's zone", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.settings.Zone = berlin(t)
		w.say("anna", delegate("Ben Main", "2026-03-29")) // the night to summer time
		if got, want := w.delegations[0].EndsAt, time.Date(2026, time.March, 29, 22, 0, 0, 0, time.UTC); !got.Equal(want) {
			t.Errorf("ends at %s, want %s", got, want)
		}
	})
	t.Run("STOP", func(t *testing.T) {
		t.Parallel()
		for _, who := range []string{"cleo", "ben"} {
			w := acme(t)
			w.person(1, "Cleo Main", "cleo", "main_contact")
			w.say("anna", delegate("Ben Main", "2026-03-20"))
			same(t, "by "+who, w.stop(access.MailNotice, who), "outcome anna", "outcome "+sam, "outcome "+sue, "receipt "+who)
			same(t, "nothing begins", w.advance(2*day))
			same(t, "cancelled", w.states(), "cancelled R10")
			same(t, "another one can be made", w.say("anna", delegate("Cleo Main", "2026-03-20")), "answer anna", "notice ben", "notice cleo")
		}
	})
	t.Run("ended while it is held", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.say("anna", delegate("Ben Main", "2026-03-20"))
		same(t, "at once", w.say("anna", endDelegation()), "delegation anna", "delegation ben")
		same(t, "nothing begins", w.advance(2*day))
		same(t, "cancelled", w.states(), "cancelled R10")
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		for what, c := range map[string]struct{ from, to, until string }{
			"to nobody":               {"anna", "", "2026-03-20"},
			"to somebody unknown":     {"anna", "Zoe Zed", "2026-03-20"},
			"until nobody knows":      {"anna", "Ben Main", ""},
			"until no day":            {"anna", "Ben Main", "2026-02-30"},
			"to oneself":              {"anna", "Anna Main", "2026-03-20"},
			"to who approves not":     {"anna", "Carol Second", "2026-03-20"},
			"to another client":       {"anna", "Gina Main", "2026-03-20"},
			"by who approves not":     {"carol", "Ben Main", "2026-03-20"},
			"into the past":           {"anna", "Ben Main", "2026-03-01"},
			"for longer than a month": {"anna", "Ben Main", "2026-04-02"},
		} {
			w := acme(t)
			same(t, what, w.say(c.from, delegate(c.to, c.until)), "answer "+c.from)
			if l := w.last(access.MailAnswer, c.from).Data.Lines[0]; l.Rule != "R10" || l.Status != access.StatusRefused || l.Text == "" {
				t.Errorf("%s: %+v", what, l)
			}
			same(t, what, w.states())
		}
		w := absent(t)
		same(t, "twice", w.say("anna", delegate("Cleo Main", "2026-03-20")), "answer anna")
		same(t, "to who is absent", w.say("cleo", delegate("Anna Main", "2026-03-20")), "answer cleo")
	})
	t.Run("by SPF alone", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		out, sent := w.deliver(letter{from: "anna", reading: delegate("Ben Main", "2026-03-20"), proof: spfOnly})
		same(t, "nothing", sent)
		if out.Disposition != access.Quarantined {
			t.Errorf("it is %s", out.Disposition)
		}
	})
	t.Run("as an answer to an approval mail", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		r := delegate("Ben Main", "2026-03-20")
		r.Class = interpret.ClassReply
		_, sent := w.deliver(letter{from: "anna", reading: r, refs: []token.Ref{*w.last(access.MailApproval, "anna").Ref}})
		same(t, "counts", sent, "answer anna", "notice ben")
		r.Decisions = answers("*", "approve").Decisions
		_, sent = w.deliver(letter{from: "ben", reading: r, refs: []token.Ref{*w.last(access.MailApproval, "ben").Ref}})
		same(t, "but a decision goes before", sent, "approval "+sven, "receipt ben", "settled anna")
	})
	t.Run("the absent one is asked where the delegate may not decide", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		w.contact("cleo").State = access.ContactSuspended
		w.clients[0].FourEyes = true
		same(t, "Ben asks", w.ask("ben", jane("secondary_contact")), "answer ben", "approval anna")
	})
	t.Run("a delegate who vanishes", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").State = access.ContactSuspended
		same(t, "Anna is asked", w.rerouteAll(), "approval anna")
	})
	t.Run("so many are asked as the stage takes", func(t *testing.T) {
		t.Parallel()
		w := board(t, 2, 1, "ends", "anna", "ben")
		w.say("anna", delegate("Director ben", "2026-03-20"))
		w.advance(day)
		same(t, "both", w.ask("carol", jane("clerk")), "answer carol", "approval anna", "approval ben")
	})
	t.Run("nothing is given that the delegate has not", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		w.contact("ben").Roles = []string{"technician"}
		same(t, "Ben approves no more", w.ask("carol", jane("technician")), "answer carol", "approval anna", "approval cleo")
	})
	t.Run("roles lost before it begins", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.say("anna", delegate("Ben Main", "2026-03-20"))
		w.contact("ben").Roles = []string{"technician"}
		same(t, "it does not begin", w.advance(day), "outcome anna")
		same(t, "refused", w.states(), "refused R10")
		w.contact("ben").Roles = []string{"main_contact"}
		same(t, "and is forgotten", w.say("anna", delegate("Ben Main", "2026-03-20")), "answer anna", "notice ben")
	})
	t.Run("to who approves something else", func(t *testing.T) {
		t.Parallel()
		w := keepers(t)
		w.person(1, "Gus Guard", "gus", "guard")
		w.person(1, "Pia Purse", "pia", "purse")
		same(t, "to Pia, who decides about costs", w.say("gus", delegate("Pia Purse", "2026-03-20")), "answer gus")
		same(t, "nothing is filed", w.states())
		w.say("gus", delegate("Carl Chief", "2026-03-20"))
		same(t, "to Carl, who decides about security too", w.states(), "approved R10")
	})
	t.Run("suspended before it begins", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.say("anna", delegate("Ben Main", "2026-03-20"))
		w.contact("anna").State = access.ContactSuspended
		w.advance(2 * day)
		same(t, "it does not begin", w.states(), "refused R10")
	})
	t.Run("a delegate who is absent when it begins", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.person(1, "Cleo Main", "cleo", "main_contact")
		w.say("ben", delegate("Cleo Main", "2026-03-20"))
		w.advance(hour)
		w.say("anna", delegate("Ben Main", "2026-03-20"))
		w.advance(2 * day)
		same(t, "nobody would be asked for Anna", w.states(), "completed R10", "refused R10")
	})
	t.Run("a delegate who becomes absent", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		w.say("ben", delegate("Cleo Main", "2026-03-20"))
		w.advance(day)
		same(t, "both are absent", w.states(), "completed R10", "completed R10")
		same(t, "Anna is asked herself", w.ask("carol", jane("technician")), "answer carol", "approval anna", "approval cleo")
	})
	t.Run("a timer before its time", func(t *testing.T) {
		t.Parallel()
		w := absent(t)
		for _, x := range w.timers {
			if x.Kind == access.TimerDelegationEnd {
				x.DueAt = w.now
			}
		}
		same(t, "ends nothing", w.advance(hour))
		same(t, "and comes again", w.advance(30*day), "delegation anna", "delegation ben", "delegation cleo")
	})
}
