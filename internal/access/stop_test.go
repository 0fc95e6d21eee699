package access_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// stopSituation is what the page of an approver's token is about.
func (w *world) stopSituation(tok token.Token) *access.Situation {
	a := one(w.loadApprovals(func(a *access.Approval) bool { return a.Token == tok.Digest() }), func(*access.Approval) bool { return true })
	if a == nil {
		return nil
	}
	s := &access.Situation{Ticket: one(w.tickets, func(t *access.Ticket) bool { return t.ID == a.TicketID })}
	w.loadUnderClient(s, s.Ticket.ClientID)
	for _, o := range s.Approvals {
		if o.ID == a.ID {
			s.Token = o
		}
	}
	s.Challenges = filter(w.challenges, func(c *access.Challenge) bool { return c.ApprovalID == a.ID })
	slices.Reverse(s.Challenges)
	return s
}

// onStopPage plays something that happens there, as the store does.
func (w *world) onStopPage(tok token.Token, decide func(*access.Situation) (*access.Outcome, error)) error {
	w.t.Helper()
	s := w.stopSituation(tok)
	if s == nil {
		return access.ErrNoApproval
	}
	out, err := decide(s)
	if out != nil && (err == nil || errors.Is(err, access.ErrWrongCode)) {
		w.apply(out)
	}
	return err
}

func (w *world) stopCode(tok token.Token, session string) error {
	w.t.Helper()
	return w.onStopPage(tok, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideStopCode(s, tok, token.DigestOf(session), w.env())
	})
}

func (w *world) tryStop(tok token.Token, session string, code token.Code) error {
	w.t.Helper()
	return w.onStopPage(tok, func(s *access.Situation) (*access.Outcome, error) {
		return access.DecideStop(s, tok, token.DigestOf(session), code, w.env())
	})
}

func (w *world) viewStop(tok token.Token) (access.StopView, error) {
	w.t.Helper()
	s := w.stopSituation(tok)
	if s == nil {
		return access.StopView{}, access.ErrNoApproval
	}
	return access.ViewStop(s, tok, w.env())
}

// stops are worlds in which somebody can say STOP, with the mail whose token does it.
var stops = map[string]func(t *testing.T) (*world, *access.Mail){
	"a Yes of staff": func(t *testing.T) (*world, *access.Mail) {
		w := acme(t)
		w.ask("anna", jane("secondary_contact"))
		w.approve(sue)
		return w, w.last(access.MailReceipt, sue)
	},
	"a No of a contact": func(t *testing.T) (*world, *access.Mail) {
		w := acme(t)
		w.ask("carol", jane("technician"))
		w.reply("anna", answers("*", "reject"))
		return w, w.last(access.MailReceipt, "anna")
	},
	"a held change, by another authority": func(t *testing.T) (*world, *access.Mail) { return heldChange(t, "ben") },
	"a held change, by its subject":       func(t *testing.T) (*world, *access.Mail) { return heldChange(t, "dave") },
	"a held delegation, by the delegate": func(t *testing.T) (*world, *access.Mail) {
		w := acme(t)
		w.say("anna", delegate("Ben Main", "2026-03-20"))
		return w, w.last(access.MailNotice, "ben")
	},
}

func heldChange(t *testing.T, who string) (*world, *access.Mail) {
	w := acme(t)
	w.person(1, "Eve Main", "eve", "main_contact")
	w.ask("anna", said(interpret.ChangeRole, "", "dave@acme.example", "main_contact", ""))
	w.approve(sue)
	return w, w.last(access.MailNotice, who)
}

// The page does what the mail does: the same states, the same mails, the same events.
func TestStopPageDoesWhatTheMailDoes(t *testing.T) {
	t.Parallel()
	for name, begin := range stops {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			byMail, m := begin(t)
			_, sent := byMail.deliver(letter{from: m.To.String(), reading: stopWord(), refs: []token.Ref{*m.Ref}})

			byPage, m := begin(t)
			tok := m.Ref.Token
			if v, err := byPage.viewStop(tok); err != nil || len(v.Lines) != 1 || v.Address != m.To.String() {
				t.Fatalf("the page shows %+v, %v", v, err)
			}
			before := byPage.states()
			if err := byPage.stopCode(tok, "browser"); err != nil {
				t.Fatal(err)
			}
			code := byPage.last(access.MailCode, m.To.String()).Data.Code
			same(t, "the button alone", byPage.states(), before...)
			n := len(byPage.sent)
			for _, wrong := range []struct {
				session string
				code    token.Code
				want    error
			}{{"browser", another(code), access.ErrWrongCode}, {"another browser", code, access.ErrNoCode}} {
				if err := byPage.tryStop(tok, wrong.session, wrong.code); !errors.Is(err, wrong.want) {
					t.Errorf("in the session %q: %v, want %v", wrong.session, err, wrong.want)
				}
			}
			same(t, "wrong codes", byPage.states(), before...)
			if err := byPage.tryStop(tok, "browser", code); err != nil {
				t.Fatal(err)
			}
			same(t, "mails", byPage.since(n), sent...)
			same(t, "states", byPage.states(), byMail.states()...)
			own := slices.DeleteFunc(slices.Clone(byPage.events), func(k string) bool { return k == "code_sent" || k == "wrong_code" })
			if diff := cmp.Diff(byMail.events, own); diff != "" {
				t.Errorf("events (-mail +page):\n%s", diff)
			}
			if err := byPage.tryStop(tok, "browser", code); err == nil {
				t.Error("the code works twice")
			}
			same(t, "after that", byPage.advance(60*day), byMail.advance(60*day)...)
		})
	}
}

// another is a code that is not this one.
func another(c token.Code) token.Code {
	for _, s := range []string{"000000", "111111"} {
		if o, ok := token.ParseCode(s); ok && o != c {
			return o
		}
	}
	return token.Code{}
}

func TestStopPageOfADelegation(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]bool{"held": true, "begun": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acme(t)
			w.say("anna", delegate("Ben Main", "2026-03-20"))
			kind := access.MailAnswer
			if !hold {
				w.advance(day)
				kind = access.MailDelegation
			}
			m := w.last(kind, "anna")
			tok := m.Data.Token
			if v, err := w.viewStop(tok); err != nil || v.Stage != access.StageDelegation || v.Lines[0].Name != "Ben Main" || !v.Until.Equal(w.delegations[0].EndsAt) {
				t.Errorf("the page shows %+v, %v", v, err)
			}
			if !hold && !w.last(access.MailDelegation, "ben").Data.Token.IsZero() {
				t.Error("the delegate can end it")
			}
			// Not by another's hand: what is mailed to Anna is Anna's.
			_, sent := w.deliver(letter{from: "ben", reading: stopWord(), refs: []token.Ref{{Kind: token.Approval, Token: tok}}})
			same(t, "Ben with Anna's token", sent, "not_yours anna", "not_yours ben")
			_, sent = w.deliver(letter{from: "anna", reading: answers("*", "approve"), refs: []token.Ref{{Kind: token.Approval, Token: tok}}})
			same(t, "Anna's APPROVE", sent, "unclear anna")
			if why := w.last(access.MailUnclear, "anna").Data.Reason; why != "Only STOP counts as an answer to this notice." {
				t.Errorf("Anna reads %q", why)
			}
			if err := w.stopCode(tok, "browser"); err != nil {
				t.Fatal(err)
			}
			n := len(w.sent)
			if err := w.tryStop(tok, "browser", w.last(access.MailCode, "anna").Data.Code); err != nil {
				t.Fatal(err)
			}
			same(t, "both are told", w.since(n), "delegation anna", "delegation ben")
			if g := w.delegations[0]; g.State != access.DelegationEnded {
				t.Errorf("it is %s", g.State)
			}
			w.wantNoTokenOfDelegation()
			if _, err := w.viewStop(tok); !errors.Is(err, access.ErrNothingToStop) {
				t.Errorf("the page then: %v", err)
			}
			same(t, "nothing begins later", w.advance(30*day))
		})
	}
}

func (w *world) wantNoTokenOfDelegation() {
	w.t.Helper()
	for _, a := range w.approvals {
		if a.Stage == access.StageDelegation && a.State == access.ApprovalOpen {
			w.t.Fatalf("a token of the delegation is alive")
		}
	}
}

// Its tokens end too where it is stopped by somebody else, and where it cannot begin.
func TestDelegationThatNeverBeginsLeavesNoToken(t *testing.T) {
	t.Parallel()
	w, _ := stops["a held delegation, by the delegate"](t)
	w.stop(access.MailNotice, "ben")
	same(t, "stopped", w.states(), "cancelled R10")
	w.wantNoTokenOfDelegation()
	w, _ = stops["a held delegation, by the delegate"](t)
	w.contact("ben").State = access.ContactSuspended
	w.advance(2 * day)
	same(t, "not carried out", w.states(), "refused R10")
	w.wantNoTokenOfDelegation()
}

// The token counts, and not what the store found: a page that was loaded for another token shows and stops nothing.
func TestStopPageOfAnotherToken(t *testing.T) {
	t.Parallel()
	w, m := stops["a held change, by another authority"](t)
	mine, eves := m.Ref.Token, w.last(access.MailNotice, "eve").Ref.Token
	s := w.stopSituation(mine)
	_, viewed := access.ViewStop(s, eves, w.env())
	_, asked := access.DecideStopCode(s, eves, token.DigestOf("browser"), w.env())
	if err := w.stopCode(mine, "browser"); err != nil {
		t.Fatal(err)
	}
	_, stopped := access.DecideStop(w.stopSituation(mine), eves, token.DigestOf("browser"), w.last(access.MailCode, "ben").Data.Code, w.env())
	for what, err := range map[string]error{"view": viewed, "code": asked, "stop": stopped} {
		if !errors.Is(err, access.ErrNoApproval) {
			t.Errorf("%s: %v, want %v", what, err, access.ErrNoApproval)
		}
	}
}

// Whoever could not stop it by mail cannot on the page, not even with a code from before.
func TestStopPageOfSomebodyWhoMayNot(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		begin  string
		change func(w *world)
		want   error
	}{
		"suspended":                {"a held change, by another authority", func(w *world) { w.contact("ben").State = access.ContactSuspended }, access.ErrNoApproval},
		"at another address":       {"a held change, by another authority", func(w *world) { w.contact("ben").Address = address(w.t, "new@acme.example") }, access.ErrNoApproval},
		"a shared address":         {"a held change, by another authority", func(w *world) { w.contact("ben").Kind = access.Shared }, access.ErrNoApproval},
		"without power":            {"a held change, by another authority", func(w *world) { w.contact("ben").Roles = []string{"technician"} }, access.ErrNothingToStop},
		"staff who left":           {"a Yes of staff", func(w *world) { w.staff = w.staff[1:] }, access.ErrNoApproval},
		"staff at another address": {"a Yes of staff", func(w *world) { w.staff[0].Address = address(w.t, "new@provider.example") }, access.ErrNoApproval},
		"after the undo window":    {"a No of a contact", func(w *world) { w.now = w.now.Add(10 * time.Minute) }, access.ErrNothingToStop},
		"after it took effect":     {"a Yes of staff", func(w *world) { w.advance(time.Hour) }, access.ErrNothingToStop},
		"stopped by another one":   {"a held change, by another authority", func(w *world) { w.stop(access.MailNotice, "eve") }, access.ErrNothingToStop},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, m := stops[tc.begin](t)
			tok, n := m.Ref.Token, 0
			if err := w.stopCode(tok, "browser"); err != nil {
				t.Fatal(err)
			}
			code := w.last(access.MailCode, m.To.String()).Data.Code
			tc.change(w)
			before := w.states()
			n = len(w.sent)
			_, viewed := w.viewStop(tok)
			for what, err := range map[string]error{"view": viewed, "code": w.stopCode(tok, "browser"), "stop": w.tryStop(tok, "browser", code)} {
				if !errors.Is(err, tc.want) {
					t.Errorf("%s: %v, want %v", what, err, tc.want)
				}
			}
			same(t, "states", w.states(), before...)
			same(t, "mails", w.since(n))
		})
	}
}

// A code works once, whatever it would still do.
func TestUsedCode(t *testing.T) {
	t.Parallel()
	w, m := stops["a held change, by another authority"](t)
	if err := w.stopCode(m.Ref.Token, "browser"); err != nil {
		t.Fatal(err)
	}
	w.challenges[0].UsedAt = w.now
	if err := w.tryStop(m.Ref.Token, "browser", w.last(access.MailCode, "ben").Data.Code); !errors.Is(err, access.ErrNoCode) {
		t.Errorf("stopping: %v", err)
	}
	w = invited(t)
	if err := w.code(w.newest(), "browser"); err != nil {
		t.Fatal(err)
	}
	w.challenges[0].UsedAt = w.now
	if err := w.try(w.newest(), "browser", w.last(access.MailCode, "jane").Data.Code); !errors.Is(err, access.ErrNoCode) {
		t.Errorf("registering: %v", err)
	}
}

// What was declined takes no effect: the page names no time for it, not even that of an earlier approval.
func TestStopPageOfANoAfterAYes(t *testing.T) {
	t.Parallel()
	w, m := stops["a Yes of staff"](t)
	if v, err := w.viewStop(m.Ref.Token); err != nil || !v.Until.Equal(w.now.Add(10*time.Minute)) {
		t.Fatalf("approved: %+v, %v", v, err)
	}
	w.deliver(letter{from: sue, reading: stopWord(), refs: []token.Ref{*m.Ref}})
	w.reply(sue, answers("*", "reject"))
	if v, err := w.viewStop(w.last(access.MailReceipt, sue).Ref.Token); err != nil || !v.Until.IsZero() || v.Lines[0].Status != access.StatusRejected {
		t.Errorf("declined: %+v, %v", v, err)
	}
}

// Whoever said yes cannot take back the No of another: it is theirs.
func TestStopOfAYesThatWasOutvoted(t *testing.T) {
	t.Parallel()
	w := board(t, 2, 1, policy.RejectEnds, "anna", "ben", "cleo")
	w.ask("carol", jane("clerk"))
	w.approve("anna")
	yes := *w.last(access.MailReceipt, "anna").Ref
	w.reject("ben")
	same(t, "declined", w.states(), "rejected B-1")
	w.deliver(letter{from: "anna", reading: stopWord(), refs: []token.Ref{yes}})
	if _, err := w.viewStop(yes.Token); !errors.Is(err, access.ErrNothingToStop) {
		t.Errorf("the page: %v", err)
	}
	same(t, "still declined", w.states(), "rejected B-1")
	w.deliver(letter{from: "ben", reading: stopWord(), refs: []token.Ref{*w.last(access.MailReceipt, "ben").Ref}})
	same(t, "by Ben it is", w.states(), "awaiting_approval(client) B-1")
}

func TestStopCodesAreBounded(t *testing.T) {
	t.Parallel()
	w, m := stops["a held change, by another authority"](t)
	w.settings.Hold = 100 * day
	tok := m.Ref.Token
	w.request(1).HeldUntil = w.now.Add(100 * day)
	mailed := 0
	for range 30 {
		for range 7 {
			if err := w.stopCode(tok, "browser"); err == nil {
				mailed++
			} else if !errors.Is(err, access.ErrTooManyCodes) {
				t.Fatal(err)
			}
		}
		if mailed == 5 { // five in the first hour
			code := w.last(access.MailCode, "ben").Data.Code
			for range 5 {
				if err := w.tryStop(tok, "browser", another(code)); !errors.Is(err, access.ErrWrongCode) {
					t.Fatal(err)
				}
			}
			// The newest code is spent; the one before it has five tries of its own.
			if err := w.tryStop(tok, "browser", code); !errors.Is(err, access.ErrWrongCode) {
				t.Errorf("after five tries: %v", err)
			}
		}
		w.now = w.now.Add(time.Hour)
	}
	if mailed != 20 {
		t.Errorf("%d codes were mailed, want 20", mailed)
	}
	same(t, "nothing was stopped", w.states(), "approved CL-02")
}

// More browsers are no more tries: the codes of a link are counted over all of them, and one browser's code is not another's.
func TestStopCodesAreBoundedOverAllBrowsers(t *testing.T) {
	t.Parallel()
	w, m := stops["a held change, by another authority"](t)
	w.settings.Hold = 100 * day
	w.request(1).HeldUntil = w.now.Add(100 * day)
	tok, guesses := m.Ref.Token, 0
	for n := range 400 {
		session := fmt.Sprint("browser ", n)
		if err := w.stopCode(tok, session); err != nil && !errors.Is(err, access.ErrTooManyCodes) {
			t.Fatal(err)
		}
		wrong := another(w.last(access.MailCode, "ben").Data.Code)
		for range 10 {
			if err := w.tryStop(tok, session, wrong); errors.Is(err, access.ErrWrongCode) {
				guesses++
			} else if !errors.Is(err, access.ErrNoCode) {
				t.Fatal(err)
			}
		}
		w.now = w.now.Add(10 * time.Minute)
	}
	if guesses != 100 {
		t.Errorf("%d guesses, want 100: 20 codes, 5 tries each", guesses)
	}
	same(t, "nothing was stopped", w.states(), "approved CL-02")
}
