package daemon_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/message"
)

func init() {
	undo := setup{policy: "{undo_window: 10m}"}
	rows["stop_page"], rows["stop_page_no"] = row{undo, playUndoOnPage}, row{undo, playUndoNoOnPage}
	rows["stop_page_hold"] = row{play: playStopOnPage}
	rows["stop_page_delegation"] = row{play: playEndDelegationOnPage}
}

func TestUndoOnPage(t *testing.T)          { playRow(t, "stop_page") }
func TestUndoNoOnPage(t *testing.T)        { playRow(t, "stop_page_no") }
func TestStopOnPage(t *testing.T)          { playRow(t, "stop_page_hold") }
func TestEndDelegationOnPage(t *testing.T) { playRow(t, "stop_page_delegation") }

// stopOnPage opens the link of a mail, has the code sent and types it.
func (w *world) stopOnPage(who string, m *received) *page {
	w.t.Helper()
	p := w.open(m)
	p.press(nil)
	p.press(url.Values{"code": {w.newestCode(who)}})
	return p
}

// newestCode is the one that was mailed to somebody last.
func (w *world) newestCode(who string) string {
	w.t.Helper()
	w.rest()
	for _, d := range slices.Backward(w.mail.Deliveries()) {
		if d.To != people[who].address {
			continue
		}
		m, err := message.Parse(d.Raw)
		if err != nil {
			w.t.Fatal(err)
		}
		if code := codeIn.FindStringSubmatch(m.Text); code != nil {
			return code[1]
		}
	}
	w.t.Fatalf("no code was mailed to %s", who)
	return ""
}

// playUndoOnPage: whoever approved takes it back on the page in the receipt, before anything is sent. The same code does
// nothing again.
func playUndoOnPage(w *world) {
	w.send("maria", janeSecondary)
	w.yes("paul", "Jane Doe")
	p := w.open(w.get("paul", recorded, "/stop/"))
	p.shows("Take your decision back?")
	p.shows("Jane Doe")
	p.press(nil)
	w.get("paul", "Your code to confirm STOP")
	code := w.newestCode("paul")
	p.press(url.Values{"code": {code}})
	p.shows("Your decision is taken back")
	w.get("paul", "Your STOP is recorded")
	w.wantRequest("jane", access.AwaitingApproval, "staff", "CL-03")
	form := url.Values{"csrf": {p.csrf}, "code": {code}}
	if status := p.try(http.MethodPost, p.path, form); status != http.StatusGone {
		w.t.Errorf("the code again: %d", status)
	}
	p.shows("There is nothing left to stop")
	w.reply("paul", w.get("paul", "Approval needed", "Jane Doe"), "APPROVE")
	w.get("paul", recorded)
	w.clock.advance(11 * time.Minute)
	w.get("jane", "/register/")
	w.wantRequest("jane", access.Invited, "", "CL-03")
	if n := w.events("taken_back"); n != 1 {
		w.t.Errorf("%d decisions were taken back, want 1", n)
	}
}

// playUndoNoOnPage: a No is taken back on the page too, in the language of whoever gave it.
func playUndoNoOnPage(w *world) {
	w.editContact("otto", func(c *access.Contact) { c.Language = "de" })
	w.send("sofia", lenaTechnician)
	w.reply("otto", w.get("otto", "Lena Vogt", "REJECT"), "REJECT")
	w.get("sofia", "declined by Otto Lang")
	p := w.stopOnPage("otto", w.get("otto", "Ihre Antwort ist festgehalten", "/stop/"))
	p.shows("Ihre Entscheidung ist zurückgenommen")
	w.get("otto", "Ihr STOP ist festgehalten")
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	w.reply("otto", w.get("otto", "Bitte um Freigabe", "Lena Vogt"), "REJECT")
	late := w.open(w.get("otto", "Ihre Antwort ist festgehalten", "/stop/"))
	w.clock.advance(11 * time.Minute)
	late.do(http.MethodGet, late.path, nil)
	late.shows("Hier gibt es nichts mehr zu stoppen")
	w.wantRequest("lena", access.Rejected, "", "CL-06")
	w.wantUnchanged()
}

// playStopOnPage: who may approve is about to change, and another Main Contact stops it on the page (R2). What the mail
// does is what the page does.
func playStopOnPage(w *world) {
	w.send("maria", strings.ReplaceAll(janeSecondary, "Secondary Contact", "Main Contact"))
	w.yes("paul", "Jane Doe")
	m := w.get("otto", notice, "/stop/")
	p := w.open(m)
	p.shows("Stop this change?")
	p.shows("o•••@acme.example")
	p.press(nil)
	p.press(url.Values{"code": {"000000"}}) // wrong once in a million
	p.shows("That is not the code")
	p.press(url.Values{"code": {w.newestCode("otto")}})
	p.shows("Stopped")
	w.get("otto", "Your STOP is recorded", "Jane Doe")
	w.get("maria", "Jane Doe", "by Otto Lang")
	w.get("petra", "Jane Doe", "by Otto Lang")
	w.wantRequest("jane", access.Cancelled, "", "CL-02")
	w.reply("otto", m, "STOP")
	w.get("otto", "It changed nothing")
	w.clock.advance(25 * time.Hour)
	w.rest()
	w.wantUnchanged()
}

// playEndDelegationOnPage: the absent one ends their delegation on the page, while it is held and when it has begun (R10).
func playEndDelegationOnPage(w *world) {
	until := w.clock.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	w.send("maria", "Delegate my approvals to Otto Lang until "+until+".")
	first := w.get("maria", answered, "Otto Lang", "/stop/")
	p := w.stopOnPage("maria", first)
	p.shows("Your delegation has ended")
	w.get("maria", "yours again")
	w.clock.advance(25 * time.Hour)
	w.rest()
	w.send("maria", "Delegate my approvals to Otto Lang until "+until+".")
	held := w.get("maria", answered, "Otto Lang")
	w.clock.advance(25 * time.Hour)
	begun := w.get("maria", "Your approvals are delegated", "/stop/")
	w.send("sofia", lenaTechnician)
	w.get("sofia", "Waiting for Otto Lang.")
	p = w.open(begun)
	p.shows("End your delegation?")
	p.shows("Otto Lang")
	p.press(nil)
	p.press(url.Values{"code": {w.newestCode("maria")}})
	p.shows("Your delegation has ended")
	w.get("otto", "theirs again")
	w.reply("maria", w.get("maria", "Approval needed", "Lena Vogt"), "APPROVE")
	w.wantRequest("lena", access.AwaitingApproval, "security", "CL-06")
	for _, m := range []*received{first, held, begun} {
		w.open(m).shows("There is nothing left to stop")
	}
	w.wantUnchanged()
}

// stopAttacks are played against the page of Otto's notice that Jane is about to become a Main Contact.
var stopAttacks = []struct {
	name string
	play func(a *attacker, browser func(*received) *page)
}{
	{"scanner-follows-and-submits", func(a *attacker, browser func(*received) *page) {
		p := browser(a.known["otto"])
		for range 8 {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				p.try(method, p.path, nil)
				p.try(method, p.path+"/code", nil)
			}
			p.try(http.MethodGet, p.path, nil)
			if form := formIn.FindStringSubmatch(p.body); form != nil {
				p.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}, "code": {"123456"}})
				p.try(http.MethodPost, p.path, url.Values{"csrf": {form[2]}, "code": {"123456"}})
			}
		}
	}},
	{"link-of-a-forwarded-mail", func(a *attacker, browser func(*received) *page) {
		// A stranger who has the link reads who is concerned, as in the mail; the code goes to Otto alone.
		p := browser(a.known["otto"])
		if strings.Contains(p.body, people["otto"].address) {
			a.accuse("the page shows Otto's address")
		}
		p.press(nil)
		for i := range 6 {
			form := formIn.FindStringSubmatch(p.body)
			if form == nil {
				break
			}
			p.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}, "code": {[]string{"000000", "111111", "123456", "654321", "999999", "222222"}[i]}})
		}
	}},
	{"code-after-too-many-tries", func(a *attacker, browser func(*received) *page) {
		a.w.clock.advance(61 * time.Minute)
		p := browser(a.known["otto"])
		p.press(nil)
		code := a.w.newestCode("otto")
		for range 5 {
			p.press(url.Values{"code": {"000000"}})
		}
		p.press(url.Values{"code": {code}})
	}},
	{"code-in-another-browser", func(a *attacker, browser func(*received) *page) {
		a.w.clock.advance(61 * time.Minute)
		one, other := browser(a.known["otto"]), browser(a.known["otto"])
		one.press(nil)
		other.press(url.Values{"code": {a.w.newestCode("otto")}})
	}},
	{"code-that-ran-out", func(a *attacker, browser func(*received) *page) {
		a.w.clock.advance(61 * time.Minute)
		p := browser(a.known["otto"])
		p.press(nil)
		code := a.w.newestCode("otto")
		a.w.clock.advance(11 * time.Minute)
		p.press(url.Values{"code": {code}})
	}},
	{"code-for-another-link", func(a *attacker, browser func(*received) *page) {
		a.w.clock.advance(61 * time.Minute)
		p := browser(a.known["petra"])
		p.shows("There is nothing left to stop") // Paul decided, and she did not
		one := browser(a.known["otto"])
		one.press(nil)
		form := formIn.FindStringSubmatch(one.body)
		code := a.w.newestCode("otto")
		one.try(http.MethodPost, p.path, url.Values{"csrf": {form[2]}, "code": {code}})
	}},
	{"token-of-the-other-kind", func(a *attacker, browser func(*received) *page) {
		p := browser(a.known["otto"])
		p.try(http.MethodGet, strings.Replace(p.path, "/stop/", "/register/", 1), nil)
		if strings.Contains(p.body, "Jane") {
			a.accuse("an approver's token opens an invitation")
		}
		for _, path := range []string{"/stop/", "/stop/x", "/stop/" + strings.Repeat("a", 26), p.path + "/x", "/stop/%00", "/stop/../healthz"} {
			p.try(http.MethodGet, path, nil)
			if strings.Contains(p.body, "Jane") {
				a.accuse("%s shows the request", path)
			}
		}
	}},
	{"no-csrf", func(a *attacker, browser func(*received) *page) {
		p, other := browser(a.known["otto"]), browser(a.known["otto"])
		foreign := formIn.FindStringSubmatch(other.body)[2]
		for _, csrf := range []string{"", "x", foreign} {
			for _, path := range []string{p.path, p.path + "/code"} {
				if status := p.try(http.MethodPost, path, url.Values{"csrf": {csrf}, "code": {"123456"}}); status != http.StatusForbidden {
					a.accuse("a form with the CSRF value %.10q got %d", csrf, status)
				}
			}
		}
	}},
	{"who-may-no-more", func(a *attacker, browser func(*received) *page) {
		a.w.clock.advance(61 * time.Minute)
		p := browser(a.known["otto"])
		p.press(nil)
		code := a.w.newestCode("otto")
		form := formIn.FindStringSubmatch(p.body)
		a.w.editContact("otto", func(c *access.Contact) { c.State = access.ContactSuspended })
		a.before = a.state(a.db)
		for _, path := range []string{p.path, p.path + "/code"} {
			if status := p.try(http.MethodPost, path, url.Values{"csrf": {form[2]}, "code": {code}}); status != http.StatusNotFound {
				a.accuse("somebody who is suspended got %d", status)
			}
		}
		a.w.editContact("otto", func(c *access.Contact) { c.State, c.Roles = access.ContactActive, []string{"technician"} })
		a.before = a.state(a.db)
		if status := p.try(http.MethodPost, p.path, url.Values{"csrf": {form[2]}, "code": {code}}); status != http.StatusGone {
			a.accuse("somebody without approving power got %d", status)
		}
	}},
}

// TestAttackStopPages plays them. A submitted form may send a code to Otto, and nothing else.
func TestAttackStopPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	defined(t, len(stopAttacks))
	a := newAttacker(w, func(w *world) map[string]*received {
		w.send("maria", strings.ReplaceAll(janeSecondary, "Secondary Contact", "Main Contact"))
		petra := w.get("petra", "Approval needed", "Jane Doe")
		w.yes("paul", "Jane Doe")
		w.get("paul", recorded)
		return map[string]*received{"otto": w.get("otto", notice, "Jane Doe", "/stop/"), "petra": petra}
	})
	a.passes, a.codesTo = []string{"approval_codes"}, []string{"otto"}
	for _, at := range stopAttacks {
		a.begin(at.name)
		at.play(a, func(m *received) *page {
			if linkIn.FindString(m.Text) == "" {
				return w.browse("/stop/" + strings.TrimPrefix(refIn.FindString(m.Text), "Ref: a."))
			}
			return w.open(m)
		})
		a.end("pages", "nothing stopped")
	}
	w.wantRequest("jane", access.Approved, "", "CL-02")
}
