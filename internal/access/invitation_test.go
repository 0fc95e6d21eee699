package access_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/token"
)

const week = 7 * 24 * time.Hour

// invited has Jane invited as a Technician, asked for by Carol.
func invited(t tester) *world {
	w := acme(t)
	w.ask("carol", jane("technician"))
	w.approve("anna")
	w.approve(sven)
	w.approve(sue)
	w.advance(10 * time.Minute)
	return w
}

// A newcomer is written to in the language of whoever asked.
func TestLanguageOfNewcomer(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.contact("carol").Language = "de"
	w.ask("carol", jane("technician"))
	w.approve("anna")
	w.approve(sven)
	w.approve(sue)
	w.advance(10 * time.Minute)
	same(t, "the newcomer's language", []string{w.contact("jane").Language, w.last(access.MailInvitation, "jane").Language}, "de", "de")
}

func (w *world) newest() token.Token { return w.last(access.MailInvitation, "jane").Data.Token }

func (w *world) newLink(tok token.Token) error {
	w.t.Helper()
	return w.page(tok, func(s *access.Situation) (*access.Outcome, error) { return access.DecideNewLink(s, w.env()) })
}

func (w *world) code(tok token.Token, session string) error {
	w.t.Helper()
	return w.page(tok, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideCode(s, token.DigestOf(session), w.env())
	})
}

func (w *world) try(tok token.Token, session string, code token.Code) error {
	w.t.Helper()
	return w.page(tok, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideRegistration(s, token.DigestOf(session), code, "", w.env())
	})
}

// guess is a code that is not the one last mailed.
func (w *world) guess(n int) token.Code {
	w.t.Helper()
	right := w.last(access.MailCode, "jane").Data.Code
	c, ok := token.ParseCode(fmt.Sprintf("%06d", n))
	if !ok {
		w.t.Fatalf("%d is no code", n)
	}
	if c == right {
		c, _ = token.ParseCode("999999")
	}
	return c
}

func TestR15(t *testing.T) {
	t.Parallel()
	t.Run("removed", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("carol").State = access.ContactRemoved
		out, sent := w.deliver(letter{from: "carol", reading: asks(jane("technician"))})
		if out.Disposition != access.Quarantined || len(sent) > 0 {
			t.Errorf("disposition %s, sent %q", out.Disposition, sent)
		}
	})
	t.Run("suspended", func(t *testing.T) {
		t.Parallel()
		w := acme(t)
		w.contact("anna").State = access.ContactSuspended
		same(t, "answered", w.ask("anna", jane("technician")), "answer anna")
		same(t, "refused", w.states(), "refused R15")
	})
	own := asks(said(interpret.ResendInvitation, "", "", "", ""))
	t.Run("lapsed may ask for a new link", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		w.advance(week)
		_, sent := w.deliver(letter{from: "jane", reading: own})
		same(t, "sent", sent, "badge "+sven, "invitation jane")
		same(t, "invited", w.states(), "invited CL-06")
	})
	t.Run("bounced may not", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		w.bounce(1, true)
		out, sent := w.deliver(letter{from: "jane", reading: own})
		if out.Disposition != access.Quarantined || len(sent) > 0 {
			t.Errorf("disposition %s, sent %q", out.Disposition, sent)
		}
	})
	t.Run("removed while invited may not", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		tok := w.newest()
		w.ask("anna", said(interpret.RemoveUser, "Jane Doe", "", "", ""))
		w.approve(sven)
		w.approve(sue)
		same(t, "all hear of it", w.advance(10*time.Minute), "badge "+sven, "outcome anna", "outcome carol")
		same(t, "ended", w.states(), "cancelled CL-06", "completed CL-03")
		out, _ := w.deliver(letter{from: "jane", reading: own})
		if out.Disposition != access.Quarantined {
			t.Errorf("disposition %s", out.Disposition)
		}
		if err := w.code(tok, "s"); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("the link: %v", err)
		}
		w.advance(week)
		if err := w.newLink(tok); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("a new link: %v", err)
		}
	})
}

func TestRemovedInviteeIsAStranger(t *testing.T) {
	t.Parallel()
	w := invited(t)
	w.advance(week)
	w.contact("jane").State = access.ContactRemoved
	out, sent := w.deliver(letter{from: "jane", reading: answers("*", "approve"), refs: []token.Ref{*w.last(access.MailApproval, "anna").Ref}})
	if out.Disposition != access.Quarantined || len(sent) > 0 {
		t.Errorf("disposition %s, sent %q", out.Disposition, sent)
	}
}

// A timer that fires by a clock ahead of ours must not be lost.
func TestTimerBeforeItsTime(t *testing.T) {
	t.Parallel()
	w := acme(t)
	w.ask("anna", jane("secondary_contact"))
	w.approve(sue)
	w.fireAll()
	same(t, "still held", w.states(), "approved CL-03")
	same(t, "released in time", w.advance(10*time.Minute), "invitation jane")
	w.fireAll()
	same(t, "still invited", w.states(), "invited CL-03")
	same(t, "lapses in time", w.advance(week), "outcome anna")
	same(t, "lapsed", w.states(), "lapsed CL-03")
}

// fireAll fires every timer at once, whenever it is due.
func (w *world) fireAll() {
	w.t.Helper()
	for _, x := range slices.Clone(w.timers) {
		if x.fired {
			continue
		}
		x.fired = true
		out, err := access.DecideTimer(w.timerSituation(&x.Timer), &x.Timer, w.env())
		if err != nil {
			w.t.Fatalf("firing timer %s: %v", x.Kind, err)
		}
		w.apply(out)
	}
}

func (w *world) bounce(invitation int64, failed bool) []string {
	w.t.Helper()
	_, sent := w.deliver(letter{from: "mailer-daemon@acme.example", proof: weak, bounced: invitation, reading: interpret.Reading{
		Class: interpret.ClassBounce, Bounce: &interpret.Bounce{Recipients: []interpret.BouncedRecipient{{Failed: failed}}}}})
	return sent
}

func TestBounce(t *testing.T) {
	t.Parallel()
	w := invited(t)
	same(t, "a delay", w.bounce(1, false))
	same(t, "is no failure", w.states(), "invited CL-06")
	tok := w.newest()
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	same(t, "a late report", w.bounce(1, true))
	if c := w.contact("jane"); c.State != access.ContactActive || w.invitationSituation(tok).Invitation.State != access.InvitationAccepted {
		t.Errorf("a bounce made a registered contact %s", c.State)
	}
}

func TestR30(t *testing.T) {
	t.Parallel()
	t.Run("lapsed and renewed", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		old := w.newest()
		same(t, "lapses, and the badge is not made", w.advance(week), "badge "+sven, "outcome carol")
		if m := w.last(access.MailBadge, sven); m.Data.Reason != "cancelled" || m.Data.Person != "Jane Doe" {
			t.Errorf("security is told of %s: %s", m.Data.Person, m.Data.Reason)
		}
		same(t, "lapsed", w.states(), "lapsed CL-06")
		if err := w.register("jane"); !errors.Is(err, access.ErrInvitationExpired) {
			t.Errorf("the old link: %v", err)
		}
		if err := w.newLink(old); err != nil {
			t.Fatal(err)
		}
		same(t, "invited again", w.states(), "invited CL-06")
		before := len(w.sent)
		if err := w.newLink(old); err != nil {
			t.Fatal(err)
		}
		same(t, "one new link an hour", w.since(before))
		if err := w.register("jane"); err != nil {
			t.Fatal(err)
		}
		if err := w.newLink(old); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("when registered: %v", err)
		}
	})
	t.Run("not after thirty days", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		old := w.newest()
		w.advance(week + 30*24*time.Hour + time.Minute)
		if err := w.newLink(old); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("a new link: %v", err)
		}
		w.ask("carol", said(interpret.ResendInvitation, "Jane Doe", "", "", ""))
		same(t, "by mail", w.states()[1:], "refused R30")
		w.ask("carol", jane("technician"))
		same(t, "a new request", w.states()[2:], "awaiting_approval(client) CL-06")
	})
	t.Run("a live link is not renewed on the page", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.newLink(w.newest()); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("%v", err)
		}
	})
	t.Run("renewed while asked for anew", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		old := w.newest()
		w.advance(week)
		w.ask("anna", jane("secondary_contact"))
		if err := w.newLink(old); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("the old link: %v", err)
		}
		w.approve(sue)
		same(t, "what was asked last counts", w.advance(10*time.Minute), "invitation jane")
		if err := w.register("jane"); err != nil {
			t.Fatal(err)
		}
		same(t, "ended", w.states(), "lapsed CL-06", "completed CL-03")
		if c := w.contact("jane"); c.Roles[0] != "secondary_contact" {
			t.Errorf("Jane is %s", c.Roles)
		}
	})
}

func TestR31(t *testing.T) {
	t.Parallel()
	w := invited(t)
	badge := func(want access.BadgeState) {
		t.Helper()
		if got := w.contact("jane").Badge; got != want {
			t.Errorf("badge is %s, want %s", got, want)
		}
	}
	badge(access.BadgeOrdered)
	old := w.newest()
	w.advance(week)
	badge(access.BadgeNone)
	if err := w.newLink(old); err != nil {
		t.Fatal(err)
	}
	badge(access.BadgeOrdered)
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	w.contact("jane").Badge = access.BadgeActive
	for _, role := range []struct {
		id   string
		want access.BadgeState
	}{{"secondary_contact", access.BadgeRevoked}, {"technician", access.BadgeOrdered}, {"secondary_contact", access.BadgeNone}} {
		w.ask("anna", said(interpret.ChangeRole, "Jane Doe", "", role.id, ""))
		if role.id == "technician" {
			w.approve(sven)
		}
		w.approve(sue)
		w.advance(time.Hour)
		badge(role.want)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	t.Run("five tries", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.code(w.newest(), "mine"); err != nil {
			t.Fatal(err)
		}
		right := w.last(access.MailCode, "jane").Data.Code
		for i := range 5 {
			if err := w.try(w.newest(), "mine", w.guess(i)); !errors.Is(err, access.ErrWrongCode) {
				t.Errorf("try %d: %v", i, err)
			}
		}
		if err := w.try(w.newest(), "mine", right); !errors.Is(err, access.ErrNoCode) {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
	})
	t.Run("bound to the session", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.code(w.newest(), "mine"); err != nil {
			t.Fatal(err)
		}
		right := w.last(access.MailCode, "jane").Data.Code
		if err := w.try(w.newest(), "theirs", right); !errors.Is(err, access.ErrNoCode) {
			t.Errorf("in another session: %v", err)
		}
		if err := w.try(w.newest(), "mine", right); err != nil {
			t.Errorf("in its own: %v", err)
		}
	})
	t.Run("ten minutes", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.code(w.newest(), "mine"); err != nil {
			t.Fatal(err)
		}
		w.advance(10 * time.Minute)
		if err := w.try(w.newest(), "mine", w.last(access.MailCode, "jane").Data.Code); !errors.Is(err, access.ErrNoCode) {
			t.Errorf("%v", err)
		}
	})
	t.Run("five an hour, twenty in all", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		mailed := 0
		for range 40 {
			for i := range 6 {
				err := w.code(w.newest(), fmt.Sprint("session", i))
				if err == nil {
					mailed++
				} else if !errors.Is(err, access.ErrTooManyCodes) {
					t.Fatal(err)
				}
				if i == 5 && err == nil {
					t.Error("a sixth within the hour")
				}
			}
			w.advance(time.Hour)
		}
		if mailed != 20 {
			t.Errorf("%d codes were mailed", mailed)
		}
	})
	t.Run("a link that has expired before its timer", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.code(w.newest(), "mine"); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(week)
		if err := w.try(w.newest(), "mine", w.last(access.MailCode, "jane").Data.Code); !errors.Is(err, access.ErrInvitationExpired) {
			t.Errorf("%v", err)
		}
	})
	t.Run("removed meanwhile", func(t *testing.T) {
		t.Parallel()
		w := invited(t)
		if err := w.code(w.newest(), "mine"); err != nil {
			t.Fatal(err)
		}
		w.contact("jane").State = access.ContactRemoved
		if err := w.try(w.newest(), "mine", w.last(access.MailCode, "jane").Data.Code); !errors.Is(err, access.ErrNoInvitation) {
			t.Errorf("%v", err)
		}
		if c := w.contact("jane"); c.State != access.ContactRemoved {
			t.Errorf("Jane is %s", c.State)
		}
	})
}

// R30: there is one link, also where one mail asks for it twice.
func TestSentAgainOnce(t *testing.T) {
	t.Parallel()
	w := invited(t)
	again := said(interpret.ResendInvitation, "", "jane@acme.example", "", "")
	same(t, "sent", w.ask("anna", again, again), "answer anna", "invitation jane")
	if err := w.register("jane"); err != nil {
		t.Errorf("the link that was sent: %v", err)
	}
	same(t, "no timer is left of another one", w.advance(60*day))
}

// R15: whoever is suspended gets no code for a link that was sent before.
func TestNoCodeForSomebodySuspended(t *testing.T) {
	t.Parallel()
	w := invited(t)
	w.contact("jane").State = access.ContactSuspended
	before := len(w.sent)
	if err := w.register("jane"); !errors.Is(err, access.ErrNoInvitation) {
		t.Errorf("the page says %v", err)
	}
	same(t, "sent", w.since(before))
}

// What was used does not lapse, and a link whose request has ended registers nobody.
func TestInvitationAfterItsRequest(t *testing.T) {
	t.Parallel()
	w := invited(t)
	if err := w.register("jane"); err != nil {
		t.Fatal(err)
	}
	same(t, "nothing is told", w.advance(60*day))
	if i := w.invitations[0]; i.State != access.InvitationAccepted {
		t.Errorf("a used invitation became %s", i.State)
	}
	w = invited(t)
	tok := w.newest()
	if err := w.code(tok, "browser"); err != nil {
		t.Fatal(err)
	}
	w.request(1).State = access.Cancelled
	if err := w.try(tok, "browser", w.last(access.MailCode, "jane").Data.Code); !errors.Is(err, access.ErrNoInvitation) {
		t.Errorf("registering by a request that has ended: %v", err)
	}
	if c := w.contact("jane"); c.State != access.ContactInvited {
		t.Errorf("Jane is %s", c.State)
	}
}
