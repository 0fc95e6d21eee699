package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/token"
)

func about(topic string) interpret.Reading {
	r := interpret.Reading{Class: interpret.ClassOther, OwnWords: "Please look at our rack."}
	if topic != "" {
		r.Topic = &topic
	}
	return r
}

// TestStanding: whatever becomes of a mail that asks for no access, staff learn who wrote it and whether that level may
// ask that; of an author who is not proven they learn the topic alone.
func TestStanding(t *testing.T) {
	t.Parallel()
	yes, no := new(true), new(false)
	for _, tc := range []struct {
		name   string
		letter letter
		client bool
		level  []string
		topic  string
		may    *bool
	}{
		{"CL-01 a Main Contact", letter{from: "anna", reading: about("service_cancel")}, true, []string{"main_contact"}, "service_cancel", yes},
		{"CL-07 a Secondary Contact orders", letter{from: "carol", reading: about("service_order")}, true, []string{"secondary_contact"}, "service_order", yes},
		{"CL-12 a Technician does not", letter{from: "dave", reading: about("service_order")}, true, []string{"technician"}, "service_order", no},
		{"CL-09 a Technician without a badge", letter{from: "dave", reading: about("operational")}, true, []string{"technician"}, "operational", no},
		{"CL-10 a Technician", letter{from: "dave", reading: about("assistance")}, true, []string{"technician"}, "assistance", yes},
		{"no topic", letter{from: "dave", reading: about("")}, true, []string{"technician"}, "", nil},
		{"not proven", letter{from: "anna", reading: about("billing"), proof: weak}, false, nil, "billing", nil},
		{"forged", letter{from: "anna", reading: about("billing"), proof: forged}, false, nil, "billing", nil},
		{"unknown", letter{from: "eve@evil.example", reading: about("billing")}, false, nil, "billing", nil},
		{"staff", letter{from: sue, reading: about("billing")}, false, nil, "billing", nil},
	} {
		for _, mode := range []access.OtherMail{access.OtherUntouched, access.OtherMove, access.OtherTicket} {
			t.Run(tc.name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				w := acme(t)
				l := tc.letter
				l.other = mode
				out, sent := w.deliver(l)
				want := &access.Standing{Level: tc.level, Topic: tc.topic, May: tc.may}
				if tc.client {
					want.Client = w.clients[0]
				}
				if diff := cmp.Diff(want, out.Standing); diff != "" {
					t.Errorf("standing (-want +got):\n%s", diff)
				}
				filed := tc.client && mode == access.OtherTicket
				if (out.Disposition == access.Applied) != filed || (out.Ticket != nil) != filed || !filed && out.Disposition != access.Left {
					t.Errorf("the mail is %s (%s)", out.Disposition, out.Reason)
				}
				if out.Move != (mode == access.OtherMove) {
					t.Errorf("moved: %v", out.Move)
				}
				if filed {
					same(t, "the team is asked", sent, "team "+sam, "team "+sue)
				} else {
					same(t, "nobody hears of it", sent)
				}
			})
		}
	}
	w := acme(t)
	w.contact("dave").Badge = access.BadgeActive
	if out, _ := w.deliver(letter{from: "dave", reading: about("operational")}); out.Standing.May == nil || !*out.Standing.May {
		t.Error("CL-09: with an active badge a Technician may not open operational tickets")
	}
}

// TestOtherTicket: what the team reads, and who it is.
func TestOtherTicket(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.colleague("Bill", "bill@provider.example", access.TeamBilling)
	_, sent := w.deliver(letter{from: "dave", reading: about("billing"), other: access.OtherTicket, team: access.TeamBilling, id: "one"})
	same(t, "the mailbox's team", sent, "team bill@provider.example")
	m := w.last(access.MailTeam, "bill@provider.example")
	want := &access.Other{Address: "dave@acme.example", Proven: true, Levels: []string{"Technician"}, Topic: "billing", May: new(false),
		Capabilities: []string{"ticket:technical", "assistance:request"}, Subject: "a subject", Words: "Please look at our rack."}
	if diff := cmp.Diff(want, m.Data.Other); diff != "" || m.Ticket == nil || m.Ref != nil || m.Data.Requester != "Dave Tech" {
		t.Errorf("%+v (-want +got):\n%s", m, diff)
	}
	out, sent := w.deliver(letter{from: "dave", reading: about("billing"), other: access.OtherTicket, id: "one"})
	same(t, "once", sent)
	if out.Disposition != access.Duplicate {
		t.Errorf("the same mail again is %s", out.Disposition)
	}
	_, sent = w.deliver(letter{from: "dave", reading: interpret.Reading{Class: interpret.ClassReply}, other: access.OtherTicket})
	same(t, "thanks for an answer makes no ticket", sent)
}

func release(t *testing.T, by string) access.Handling {
	t.Helper()
	return access.Handling{Handle: access.HandleRelease, By: address(t, by), Reason: "called"}
}

// TestRelease: a released mail is processed as if its author had been proven, and decides nothing.
func TestRelease(t *testing.T) {
	t.Parallel()
	t.Run("a request", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		out, sent := w.deliver(letter{from: "anna", reading: asks(jane("secondary_contact")), proof: weak})
		same(t, "in quarantine", sent)
		if out.Disposition != access.Quarantined {
			t.Fatalf("the mail is %s", out.Disposition)
		}
		_, sent = w.deliver(letter{from: "anna", reading: asks(jane("secondary_contact")), proof: weak, handling: release(t, sven)})
		same(t, "another authority is asked, though Anna is one", sent, "answer anna", "approval ben")
		w.approve("ben")
		same(t, "then staff", w.states(), "awaiting_approval(staff) CL-03")
	})
	t.Run("whoever releases answers no stage", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		_, sent := w.deliver(letter{from: "carol", reading: asks(jane("technician")), proof: forged, handling: release(t, sue)})
		same(t, "the Main Contacts", sent, "answer carol", "approval anna", "approval ben")
		w.approve("anna")
		same(t, "staff but for Sue", w.approve(sven), "approval "+sam, "receipt "+sven)
	})
	t.Run("details that come later, proven", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		out, _ := w.deliver(letter{from: "anna", reading: asks(add("Jane Doe", "jane@acme.example", "", "project")), proof: weak, handling: release(t, sven)})
		same(t, "the role is asked for", w.states(), "needs_details ")
		w.deliver(letter{from: "anna", reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{add("Jane Doe", "jane@acme.example", "secondary_contact", "")}},
			ticket: out.Ticket.Number})
		same(t, "another authority is asked all the same", w.states(), "awaiting_approval(client) CL-03")
	})
	t.Run("a decision", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		ref := *w.last(access.MailApproval, "anna").Ref
		for name, r := range map[string]interpret.Reading{"yes": answers("*", "approve"), "no": answers("*", "reject"), "stop": stopWord()} {
			out, sent := w.deliver(letter{from: "anna", reading: r, proof: weak, refs: []token.Ref{ref}, handling: release(t, sven)})
			same(t, name, sent)
			if out.Disposition != access.Quarantined {
				t.Errorf("%s: the mail is %s", name, out.Disposition)
			}
		}
		same(t, "nothing is decided", w.states(), "awaiting_approval(client) CL-06")
	})
	t.Run("an unknown author", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		out, sent := w.deliver(letter{from: "eve@evil.example", reading: asks(jane("technician")), proof: weak, handling: release(t, sven)})
		same(t, "stays unknown", sent)
		if out.Disposition != access.Quarantined {
			t.Errorf("the mail is %s", out.Disposition)
		}
	})
	t.Run("replayed", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		out, _ := w.deliver(letter{from: "anna", reading: asks(jane("technician")), proof: weak, handling: access.Handling{Handle: access.HandleReplay}})
		if out.Disposition != access.Quarantined {
			t.Errorf("replaying proves the author: the mail is %s", out.Disposition)
		}
	})
}

// TestOrderedTicket: staff make a mail in quarantine a ticket of a contact.
func TestOrderedTicket(t *testing.T) {
	t.Parallel()
	w := acme(t)
	order := access.Handling{Handle: access.HandleTicket, By: address(t, sue)}
	out, sent := w.deliver(letter{from: "carol", reading: asks(jane("technician")), proof: forged, handling: order})
	same(t, "the team", sent, "team "+sam, "team "+sue)
	if out.Disposition != access.Applied || w.last(access.MailTeam, sue).Data.Other.Proven {
		t.Errorf("the mail is %s, and its author proven: %v", out.Disposition, w.last(access.MailTeam, sue).Data.Other.Proven)
	}
	same(t, "no request is filed", w.states())
	order.Contact = w.contact("carol").ID
	out, _ = w.deliver(letter{from: "gina@globex.example", reading: about(""), handling: order})
	if out.Disposition != access.Applied || w.last(access.MailTeam, sue).Data.Other.Proven {
		t.Error("a mail that a proven stranger wrote counts as the contact's")
	}
	order.Contact = 0
	if out, _ = w.deliver(letter{from: "eve@evil.example", reading: about(""), proof: weak, handling: order}); out.Disposition != access.Quarantined {
		t.Errorf("a stranger's mail without a contact is %s", out.Disposition)
	}
}

func TestMayHandle(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		member access.Staff
		all    bool
	}{
		{"support", access.Staff{Teams: []access.Team{access.TeamSupport}}, false},
		{"security", access.Staff{Teams: []access.Team{access.TeamSecurity}}, true},
		{"administrator", access.Staff{Admin: true}, true},
	} {
		for h, free := range map[access.Handle]bool{access.HandleRelease: false, access.HandleReplay: false, access.HandleTicket: true, access.HandleDismiss: true} {
			if err := tc.member.MayHandle(h); (err == nil) != (free || tc.all) {
				t.Errorf("%s, %s: %v", tc.name, h, err)
			}
		}
	}
}
