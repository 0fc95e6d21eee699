package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// stop answers the mail of that kind to somebody with STOP.
func (w *world) stop(kind access.MailKind, who string) []string {
	w.t.Helper()
	_, sent := w.deliver(letter{from: who, reading: stopWord(), refs: []token.Ref{*w.last(kind, who).Ref}})
	return sent
}

func TestR1(t *testing.T) {
	t.Parallel()
	t.Run("the first answer stands", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		same(t, "Anna approves", w.approve("anna"), "approval "+sven, "receipt anna", "settled ben")
		_, sent := w.reply("ben", answers("*", "reject"))
		same(t, "Ben is late", sent, "conflict ben")
		if l := w.last(access.MailConflict, "ben").Data.Lines[0]; l.Answer != access.Yes || l.By != "Anna Main" {
			t.Errorf("Ben is told %s by %q", l.Answer, l.By)
		}
		same(t, "it goes on", w.states(), "awaiting_approval(security) CL-06")
	})
	t.Run("a Yes is taken back", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("secondary_contact"))
		w.approve(sue)
		old := *w.last(access.MailApproval, sue).Ref
		same(t, "only by who gave it", w.stop(access.MailApproval, sam), "late "+sam)
		same(t, "by Sue", w.stop(access.MailApproval, sue), "approval "+sam, "approval "+sue, "receipt "+sue)
		same(t, "back at the stage", w.states(), "awaiting_approval(staff) CL-03")
		_, sent := w.deliver(letter{from: sue, reading: answers("*", "approve"), refs: []token.Ref{old}})
		same(t, "the old token is dead", sent, "late "+sue)
		same(t, "Sam approves", w.approve(sam), "receipt "+sam, "settled "+sue)
		_, sent = w.deliver(letter{from: sue, reading: stopWord(), refs: []token.Ref{old}})
		same(t, "Sue cannot take Sam's answer back", sent, "late "+sue)
		same(t, "held", w.states(), "approved CL-03")
		w.stop(access.MailApproval, sam)
		w.approve(sue)
		_, sent = w.deliver(letter{from: sue, reading: stopWord(), refs: []token.Ref{old}})
		same(t, "nor her own new one by the old token", sent, "late "+sue)
		same(t, "released once", w.advance(time.Hour), "invitation jane")
		same(t, "too late", w.stop(access.MailApproval, sue), "late "+sue)
		same(t, "invited", w.states(), "invited CL-03")
	})
	t.Run("a No is taken back", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		_, sent := w.reply("anna", answers("*", "reject"))
		same(t, "rejected", sent, "outcome carol", "receipt anna", "settled ben")
		same(t, "only by who gave it", w.stop(access.MailApproval, "ben"), "late ben")
		same(t, "by Anna", w.stop(access.MailApproval, "anna"), "approval anna", "approval ben", "receipt anna")
		same(t, "back at the stage", w.states(), "awaiting_approval(client) CL-06")
		w.settings.Reminders = nil
		same(t, "and it still ends", w.advance(8*24*time.Hour), "approval "+sam, "approval "+sue, "outcome carol")
		same(t, "expired", w.states(), "expired CL-06")
	})
	t.Run("a Yes before another's No", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.approve("anna")
		w.reply(sven, answers("*", "reject"))
		same(t, "Anna cannot take Sven's No back", w.stop(access.MailApproval, "anna"), "late anna")
		same(t, "rejected", w.states(), "rejected CL-06")
	})
	t.Run("one line of a token that is still open", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"), add("Joe Doe", "joe@acme.example", "technician", "x"))
		old := []token.Ref{*w.last(access.MailApproval, "anna").Ref}
		w.reply("anna", answers("1", "approve"))
		w.approve(sven)
		w.approve(sue)
		w.stop(access.MailApproval, "anna")
		same(t, "asked anew", w.states(), "awaiting_approval(client) CL-06", "awaiting_approval(client) CL-06")
		_, sent := w.deliver(letter{from: "anna", reading: answers("1", "approve"), refs: old})
		same(t, "the line's old round is over", sent, "late anna")
		_, sent = w.deliver(letter{from: "anna", reading: answers("2", "approve"), refs: old})
		same(t, "the other line is not", sent, "approval "+sven, "receipt anna", "settled ben")
	})
	t.Run("the others are told, where they still represent the client", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.contact("ben").State = access.ContactSuspended
		same(t, "sent", w.approve("anna"), "approval "+sven, "receipt anna")
	})
	t.Run("a No after the undo window", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.reply("anna", answers("*", "reject"))
		w.advance(10 * time.Minute)
		same(t, "too late", w.stop(access.MailApproval, "anna"), "late anna")
		same(t, "rejected", w.states(), "rejected CL-06")
	})
	t.Run("a No when the same was asked anew", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"))
		no := *w.last(access.MailApproval, "anna").Ref
		w.reply("anna", answers("*", "reject"))
		w.ask("ben", jane("technician"))
		w.deliver(letter{from: "anna", reading: stopWord(), refs: []token.Ref{no}})
		same(t, "one is open", w.states(), "rejected CL-06", "awaiting_approval(security) CL-03")
	})
	t.Run("one of several", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("carol", jane("technician"), add("Joe Doe", "joe@acme.example", "technician", "x"))
		_, sent := w.reply("anna", answers("1", "approve", "2", "unclear"))
		same(t, "the first", sent, "approval "+sven, "receipt anna")
		_, sent = w.reply("ben", answers("*", "reject"))
		same(t, "Ben decides what is left", sent, "outcome carol", "receipt ben", "settled anna")
		same(t, "one by one", w.states(), "awaiting_approval(security) CL-06", "rejected CL-06")
	})
}

func TestR2(t *testing.T) {
	t.Parallel()
	held := func(t *testing.T) *world {
		w := acme(t)
		w.person(1, "Eve Main", "eve", "main_contact")
		w.ask("anna", said(interpret.ChangeRole, "", "dave@acme.example", "main_contact", ""))
		same(t, "told", w.approve(sue), "notice ben", "notice dave", "notice eve", "receipt "+sue, "settled "+sam)
		return w
	}
	for _, who := range []string{"ben", "dave"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			w := held(t)
			same(t, "STOP", w.stop(access.MailNotice, who), "outcome anna", "outcome "+sam, "outcome "+sue, "receipt "+who)
			same(t, "stopped", w.states(), "cancelled CL-02")
			same(t, "and nothing follows", w.advance(60*24*time.Hour))
			if c := w.contact("dave"); c.Roles[0] != "technician" {
				t.Errorf("Dave is %s", c.Roles)
			}
		})
	}
	t.Run("the staff member who approved it", func(t *testing.T) {
		t.Parallel()
		w := held(t)
		w.advance(23 * time.Hour)
		same(t, "takes it back", w.stop(access.MailApproval, sue), "approval "+sam, "approval "+sue, "receipt "+sue)
		same(t, "its notices are dead", w.stop(access.MailNotice, "ben"), "late ben")
		same(t, "back at the stage", w.states(), "awaiting_approval(staff) CL-02")
	})
	for name, mail := range map[string]func(w *world) letter{
		"another's token": func(w *world) letter {
			return letter{from: "carol", reading: stopWord(), refs: []token.Ref{*w.last(access.MailNotice, "ben").Ref}}
		},
		"no token": func(*world) letter { return letter{from: "ben", reading: stopWord(), ticket: "REQ-2026-00001"} },
		"SPF alone": func(w *world) letter {
			return letter{from: "ben", proof: spfOnly, reading: stopWord(), refs: []token.Ref{*w.last(access.MailNotice, "ben").Ref}}
		},
		"no authority any more": func(w *world) letter {
			w.contact("ben").Roles = []string{"technician"}
			return letter{from: "ben", reading: stopWord(), refs: []token.Ref{*w.last(access.MailNotice, "ben").Ref}}
		},
		"another word": func(w *world) letter {
			return letter{from: "ben", reading: answers("*", "reject"), refs: []token.Ref{*w.last(access.MailNotice, "ben").Ref}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := held(t)
			w.deliver(mail(w))
			same(t, "still held", w.states(), "approved CL-02")
		})
	}
}

func TestR3(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("main_contact"))
	w.advance(time.Hour)
	w.approve(sue)
	if until := w.last(access.MailNotice, "ben").Data.Until; !until.Equal(w.now.Add(24 * time.Hour)) {
		t.Errorf("held until %s: the hold starts when the last stage has approved", until)
	}
	same(t, "nothing before", w.advance(24*time.Hour-time.Second))
	same(t, "then", w.advance(time.Second), "invitation jane")
}

func TestR4(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("secondary_contact"), said(interpret.RemoveUser, "Ben Main", "", "", ""),
		said(interpret.ChangeRole, "Dave Tech", "", "secondary_contact", ""))
	for i, moves := range []bool{false, true, false} {
		if w.request(i+1).MovesPower != moves {
			t.Errorf("request %d moves power: %t", i+1, !moves)
		}
	}
}

func TestR5(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.clients[0].FourEyes = true
	same(t, "the only other authority is the subject person", w.ask("anna", said(interpret.RemoveUser, "Ben Main", "", "", "")),
		"answer anna", "approval "+sam, "approval "+sue, "filed ben")
	if m := w.last(access.MailApproval, sue); !m.Data.Escalated || m.Data.Stage != policy.StageClient {
		t.Errorf("escalated %t, stage %s", m.Data.Escalated, m.Data.Stage)
	}
	same(t, "Sue stands in, Sam validates", w.approve(sue), "approval "+sam, "receipt "+sue, "settled "+sam)
}

func TestR6(t *testing.T) {
	t.Parallel()
	t.Run("one staff member in both teams", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.staff[0].Teams = []access.Team{access.TeamSupport, access.TeamSecurity}
		w.ask("anna", jane("technician"))
		same(t, "decides one stage", w.approve(sue), "approval "+sam, "receipt "+sue, "settled "+sven)
	})
	t.Run("nobody is left", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.staff = w.staff[:1]
		w.staff[0].Teams = []access.Team{access.TeamSupport, access.TeamSecurity}
		w.ask("anna", jane("technician"))
		same(t, "Sue decides security", w.approve(sue), "receipt "+sue)
		if len(w.alarms) != 1 {
			t.Errorf("alarms: %q", w.alarms)
		}
	})
	t.Run("a contact who is staff too", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.colleague("Ben at work", "ben@acme.example", access.TeamSupport, access.TeamSecurity)
		w.ask("carol", jane("technician"))
		same(t, "decides one stage", w.approve("ben"), "approval "+sven, "receipt ben", "settled anna")
		same(t, "and no other", w.approve(sven), "approval "+sam, "approval "+sue, "receipt "+sven)
	})
	t.Run("a contact who decided as staff", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.colleague("Ben at work", "ben@acme.example", access.TeamSupport)
		w.ask("carol", jane("technician"))
		w.approve("anna")
		w.approve(sven)
		w.approve("ben")
		same(t, "is not asked at another stage", w.stop(access.MailApproval, "anna"), "approval anna", "receipt anna")
	})
	t.Run("a requester who is staff too", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.colleague("Anna at work", "anna@acme.example", access.TeamSupport)
		same(t, "is not asked", w.ask("anna", jane("secondary_contact")), "answer anna", "approval "+sam, "approval "+sue)
	})
	t.Run("a subject person who is staff too", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", add("Sue", sue, "secondary_contact", "x"))
		same(t, "is not asked", w.since(0), "answer anna", "approval "+sam)
	})
	t.Run("a new round of the same stage", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("secondary_contact"))
		w.approve(sue)
		w.stop(access.MailApproval, sue)
		same(t, "the same person may answer", w.approve(sue), "receipt "+sue, "settled "+sam)
	})
	t.Run("who has left the team", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", jane("technician"))
		w.staff[2].Teams = []access.Team{access.TeamBilling}
		same(t, "is heard no more", w.approve(sven), "unclear "+sven)
	})
}

func TestR8(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.settings.Reminders = nil // which are fresh mails too
	w.ask("carol", jane("technician"))
	noToken := letter{from: "anna", reading: answers("*", "approve"), ticket: "REQ-2026-00001"}
	_, sent := w.deliver(noToken)
	same(t, "the first day", sent, "unclear anna")
	w.advance(25 * time.Hour)
	old := *w.last(access.MailApproval, "anna").Ref
	_, sent = w.deliver(noToken)
	same(t, "a fresh mail", sent, "approval anna")
	_, sent = w.deliver(noToken)
	same(t, "one a day", sent, "unclear anna")
	_, sent = w.deliver(letter{from: "anna", reading: answers("*", "approve"), refs: []token.Ref{old}})
	same(t, "the replaced token", sent, "late anna")
	same(t, "nothing was decided", w.states(), "awaiting_approval(client) CL-06")
	same(t, "the fresh one", w.approve("anna"), "approval "+sven, "receipt anna", "settled ben")
	_, sent = w.deliver(noToken)
	same(t, "no fresh mail for a stage that is over", sent)
}

// R8, R9: whoever may decide no more is not asked anew, nor told that a mail of ours waits for them.
func TestR8_NoLonger(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.settings.Reminders = nil
	w.ask("carol", jane("technician"))
	w.contact("anna").Roles = []string{"technician"}
	for _, wait := range []time.Duration{0, 25 * time.Hour} {
		w.advance(wait)
		_, sent := w.deliver(letter{from: "anna", ticket: "REQ-2026-00001", reading: answers("*", "approve")})
		same(t, "nobody is asked", sent)
	}
	same(t, "waits for Ben", w.states(), "awaiting_approval(client) CL-06")
}

// Of all references that a mail carries, the answer carries the approver's own on: with it they take their word back.
func TestReceiptCarriesOwnToken(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	annas, bens := *w.last(access.MailApproval, "anna").Ref, *w.last(access.MailApproval, "ben").Ref
	for _, refs := range [][]token.Ref{{annas, bens}, {bens, annas}} {
		w.deliver(letter{from: "anna", reading: answers("*", "unclear"), refs: refs})
		if got := w.last(access.MailUnclear, "anna").Ref; got == nil || got.Token != annas.Token {
			t.Errorf("the answer carries another token than Anna's")
		}
	}
}

func TestR9(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, from string
		setup      func(*world)
		want       []string
		person     string // as the token's owner is told
	}{
		{"a co-approver", "ben", nil, []string{"not_yours anna", "not_yours ben"}, "Ben Main"},
		{"the requester", "carol", nil, []string{"not_yours anna", "not_yours carol"}, "Carol Second"},
		{"staff", sue, nil, []string{"not_yours anna", "not_yours " + sue}, "Sue"},
		{"another client", gina, nil, []string{"not_yours anna"}, ""},
		{"a stranger", "eve@evil.example", nil, nil, ""},
		{"whose owner was removed", "ben", func(w *world) { w.contact("anna").State = access.ContactRemoved }, []string{"not_yours ben"}, ""},
		{"whose owner was suspended", gina, func(w *world) { w.contact("anna").State = access.ContactSuspended }, nil, ""},
		{"the owner, removed", "anna", func(w *world) { w.contact("anna").State = access.ContactRemoved }, nil, ""},
		{"the owner, removed, of another client now", "anna", func(w *world) {
			w.contact("anna").State = access.ContactRemoved
			w.person(2, "Anna Main", "anna", "main_contact")
		}, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.ask("carol", jane("technician"))
			refs := []token.Ref{*w.last(access.MailApproval, "anna").Ref}
			if tc.setup != nil {
				tc.setup(w)
			}
			_, sent := w.deliver(letter{from: tc.from, reading: answers("*", "approve"), refs: refs})
			same(t, "sent", sent, tc.want...)
			same(t, "nothing is decided", w.states(), "awaiting_approval(client) CL-06")
			for _, m := range w.sent {
				if m.Kind == access.MailNotYours && m.Data.Reason == "owner" && m.Data.Person != tc.person {
					t.Errorf("the owner is told of %q", m.Data.Person)
				}
				if m.Kind == access.MailNotYours && m.Ref != nil {
					t.Error("the token travels on")
				}
			}
		})
	}
}

func TestR12(t *testing.T) {
	t.Parallel()
	w := acme(t)
	same(t, "asked", w.ask("carol", said(interpret.RemoveUser, "", "dave@acme.example", "", "")), "answer carol")
	same(t, "refused", w.states(), "refused CL-22")
	same(t, "nobody there", w.ask("anna", said(interpret.RemoveUser, "Nobody Known", "", "", "")), "answer anna")
	if l := w.last(access.MailAnswer, "anna").Data.Lines[0]; l.Status != access.StatusUnknown {
		t.Errorf("status %s", l.Status)
	}
	w.person(1, "Rita Gone", "rita", "technician").State = access.ContactRemoved
	w.ask("anna", said(interpret.ChangeRole, "", "rita@acme.example", "secondary_contact", ""))
	if l := w.last(access.MailAnswer, "anna").Data.Lines[0]; l.Status != access.StatusUnknown {
		t.Errorf("a removed contact: status %s", l.Status)
	}
	w.person(1, "Dave Tech", "dave.two", "technician")
	w.ask("anna", said(interpret.RemoveUser, "Dave Tech", "", "", ""))
	if l := w.last(access.MailAnswer, "anna").Data.Lines[0]; l.Status != access.StatusUnknown {
		t.Errorf("a name of two contacts: status %s: one was guessed", l.Status)
	}
	same(t, "only the refused one is filed", w.states(), "refused CL-22")
}

func TestR26(t *testing.T) {
	t.Parallel()
	t.Run("at filing", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("ben").State = access.ContactSuspended
		same(t, "asked", w.ask("anna", said(interpret.RemoveUser, "Anna Main", "", "", ""),
			said(interpret.ChangeRole, "", "anna@acme.example", "technician", "")), "answer anna")
		same(t, "refused", w.states(), "refused R26", "refused R26")
	})
	t.Run("at release", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", said(interpret.RemoveUser, "Anna Main", "", "", ""))
		w.approve(sue)
		w.contact("ben").State = access.ContactSuspended
		same(t, "after the hold", w.advance(25*time.Hour), "outcome anna")
		same(t, "refused", w.states(), "refused R26")
	})
	t.Run("demoted at release", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", said(interpret.ChangeRole, "Anna Main", "", "technician", ""))
		w.approve(sven)
		w.approve(sue)
		w.contact("ben").State = access.ContactSuspended
		same(t, "after the hold", w.advance(25*time.Hour), "outcome anna")
		same(t, "refused", w.states(), "refused R26")
	})
	// Nobody is left to approve: that is why, and not that the role would be empty (R22).
	t.Run("at release, where the other one is none any more", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", said(interpret.RemoveUser, "Anna Main", "", "", ""))
		w.approve(sue)
		w.contact("ben").Roles = []string{"technician"}
		same(t, "after the hold", w.advance(25*time.Hour), "outcome anna")
		same(t, "refused", w.states(), "refused R26")
	})
	t.Run("once the role is known", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("ben").State = access.ContactSuspended
		w.ask("anna", said(interpret.ChangeRole, "Anna Main", "", "", ""))
		same(t, "asked", w.states(), "needs_details ")
		w.details("anna", said(interpret.ChangeRole, "Anna Main", "", "technician", ""))
		same(t, "refused", w.states(), "refused R26")
	})
	t.Run("a shared address is no successor", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("ben").Kind = access.Shared
		w.ask("anna", said(interpret.RemoveUser, "Anna Main", "", "", ""))
		same(t, "refused", w.states(), "refused R26")
	})
	t.Run("each removes the other", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.ask("anna", said(interpret.RemoveUser, "Ben Main", "", "", ""))
		w.approve(sue)
		w.ask("ben", said(interpret.RemoveUser, "Anna Main", "", "", ""))
		w.approve(sue)
		same(t, "the first goes through, the second falls with its requester", w.advance(25*time.Hour), "outcome anna", "outcome "+sam, "outcome "+sue)
		same(t, "ended", w.states(), "completed CL-02", "cancelled R15")
	})
}

func TestR28(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("carol", jane("technician"))
	w.approve("anna")
	w.approve(sven)
	w.approve(sue)
	tokens := []token.Ref{*w.last(access.MailApproval, "anna").Ref, *w.last(access.MailApproval, sven).Ref, *w.last(access.MailApproval, sue).Ref}
	w.advance(10 * time.Minute)
	failed := interpret.Reading{Class: interpret.ClassBounce, Bounce: &interpret.Bounce{Recipients: []interpret.BouncedRecipient{{Failed: true}}}}
	_, sent := w.deliver(letter{from: "mailer-daemon@acme.example", reading: failed, bounced: 1, proof: weak})
	same(t, "the requester is asked, and no badge is made meanwhile", sent, "badge "+sven, "outcome carol")
	if c := w.contact("jane"); c.State != access.ContactProposed || c.Badge != access.BadgeNone {
		t.Errorf("the contact is %s, badge %s", c.State, c.Badge)
	}
	if err := w.register("jane"); !errors.Is(err, access.ErrNoInvitation) {
		t.Errorf("the bounced link: %v", err)
	}
	_, sent = w.deliver(letter{from: "carol", ticket: "REQ-2026-00001",
		reading: interpret.Reading{Class: interpret.ClassReply, Requests: []interpret.Request{add("Jane Doe", "j.doe@acme.example", "", "")}}})
	same(t, "all stages anew", sent, "answer carol", "approval anna", "approval ben")
	for i, who := range []string{"anna", sven, sue} {
		for _, r := range []interpret.Reading{answers("*", "approve"), stopWord()} {
			_, sent = w.deliver(letter{from: who, reading: r, refs: tokens[i : i+1]})
			same(t, "the old token of "+who, sent, "late "+who)
		}
	}
	same(t, "client", w.states(), "awaiting_approval(client) CL-06")
	w.approve("ben")
	w.approve(sven)
	w.approve(sue)
	same(t, "invited at the new address", w.advance(10*time.Minute), "badge "+sven, "invitation j.doe")
}

// AC-07, R36: a contact whose grants take users:approve away approves nothing, and one without users:request asks nothing.
func TestGrantsCount(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.contact("anna").Grants = []string{"-users:approve"}
	same(t, "only the other Main is asked", w.ask("carol", jane("technician")), "answer carol", "approval ben")
	w.contact("ben").Grants = []string{"-users:request"}
	same(t, "Ben may not ask", w.ask("ben", add("Joe Doe", "joe@acme.example", "technician", "nights")), "answer ben")
	same(t, "and does not read that he may", w.last(access.MailAnswer, "ben").Data.Lines[0].MayAsk, "Anna Main", "Carol Second")
	same(t, "refused", w.states(), "awaiting_approval(client) CL-06", "refused CL-22")
}
