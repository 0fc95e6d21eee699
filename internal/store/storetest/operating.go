package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var operatingTests = map[string]func(*testing.T, *fixture){
	"canary":              testCanary,
	"canary after a stop": testCanaryAfterStop,
	"canary news":         testCanaryNews,
	"status":              testStatus,
	"shadow":              testShadow,
}

const canaryEvery, canaryTimeout = 10 * time.Minute, 3 * time.Minute

// keepCanary looks after the canary of "support", and returns the mark of the one that was sent, if one was.
func (f *fixture) keepCanary(t *testing.T, since time.Time) (mark string, late *store.Canary) {
	t.Helper()
	late, err := f.KeepCanary(t.Context(), store.CanaryPlan{Mailbox: "support", Every: canaryEvery, Timeout: canaryTimeout, Since: since,
		Render: func(m string, sent time.Time) (*access.Rendered, error) {
			mark = m
			return &access.Rendered{MessageID: "canary." + m, MailFrom: address("support@provider.example"), Rcpt: address("support@provider.example"),
				Subject: "Canary", Raw: []byte(access.CanaryField + ": " + m + "\r\n\r\n")}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return mark, late
}

// canaryReturns lets a mail with a mark come in and finishes it if it is a canary.
func (f *fixture) canaryReturns(t *testing.T, mark string) *store.CanaryBack {
	t.Helper()
	in := f.arrive(t, "x\r\n"+access.CanaryField+": "+mark)[0]
	back, err := f.FinishCanary(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	if back == nil {
		if err := f.QuarantineInbound(t.Context(), &in, access.Facts{}, "no canary"); err != nil {
			t.Fatal(err)
		}
	}
	return back
}

// A canary goes out each time it is due, is late once for however long an outage, and its return ends it.
func testCanary(t *testing.T, f *fixture) {
	start := f.clock.Now()
	if mark, _ := f.keepCanary(t, start); mark != "" {
		t.Fatal("a canary was sent to a mailbox that was never read: it would not be read either")
	}
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	first, _ := f.keepCanary(t, start)
	if again, late := f.keepCanary(t, start); first == "" || again != "" || late != nil {
		t.Fatalf("canaries %q and %q, late %+v", first, again, late)
	}
	f.clock.advance(time.Minute)
	if back := f.canaryReturns(t, first); back == nil || back.Took != time.Minute || !back.Since.IsZero() {
		t.Errorf("the first canary came back as %+v", back)
	}
	f.clock.advance(canaryTimeout)
	if _, late := f.keepCanary(t, start); late != nil {
		t.Errorf("a canary that is back is late: %+v", late)
	}
	f.clock.advance(canaryEvery)
	second, _ := f.keepCanary(t, start)
	secondAt := f.clock.Now()
	f.clock.advance(canaryTimeout)
	if _, late := f.keepCanary(t, start); late == nil || late.Where() != "outgoing" {
		t.Fatalf("the second canary is late as %+v", late)
	}
	f.clock.advance(canaryEvery)
	third, _ := f.keepCanary(t, start)
	f.clock.advance(canaryTimeout)
	if _, late := f.keepCanary(t, start); third == "" || late != nil {
		t.Errorf("the outage is told again: %+v", late)
	}
	if back := f.canaryReturns(t, second); back == nil || back.Took != 0 {
		t.Errorf("the second canary, after the third was sent, came back as %+v", back)
	}
	if back := f.canaryReturns(t, third[:17]+second[17:]); back != nil {
		t.Error("a mark with the sum of another one was taken for ours")
	}
	if back := f.canaryReturns(t, third); back == nil || back.Since.UnixMicro() != secondAt.UnixMicro() {
		t.Errorf("the third canary came back as %+v, want the end of an outage since %s", back, secondAt)
	}
	all, err := f.Canaries(t.Context())
	if err != nil || len(all) != 1 || all[0].Returned != 3 || all[0].LateSince != nil {
		t.Errorf("canaries %+v, %v", all, err)
	}
	e, err := f.Equation(t.Context())
	if err != nil || !e.Holds() || e.Counts[access.Applied] != 3 {
		t.Errorf("the equation: %+v, %v", e, err)
	}
	if n := f.count(t, `SELECT count(*) FROM inbound_messages WHERE class = 'canary' AND raw IS NOT NULL`); n != 0 {
		t.Errorf("the bytes of %d canaries are kept", n)
	}
	// What went out before is forgotten, once it is settled.
	f.db.Exec(t, `UPDATE outbound_messages SET state = 'sent'`)
	f.clock.advance(canaryEvery)
	if fourth, _ := f.keepCanary(t, start); fourth == "" || f.count(t, `SELECT count(*) FROM outbound_messages`) != 1 {
		t.Errorf("%d canaries are kept among outgoing mails, want the last", f.count(t, `SELECT count(*) FROM outbound_messages`))
	}
}

// A canary that came due while nobody was there to see it is no outage.
func testCanaryAfterStop(t *testing.T, f *fixture) {
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	f.keepCanary(t, f.clock.Now())
	f.clock.advance(canaryTimeout + time.Minute)
	again := f.clock.Now()
	if _, late := f.keepCanary(t, again); late != nil {
		t.Errorf("a canary is late at the moment of a start: %+v", late)
	}
	f.clock.advance(canaryTimeout)
	if _, late := f.keepCanary(t, again); late == nil {
		t.Error("a canary that does not come back after a start is not late")
	}
}

// An outage and its end are told once each, and again where the one who claimed to tell did not.
func testCanaryNews(t *testing.T, f *fixture) {
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	news := func(want string) *store.Canary {
		t.Helper()
		c, err := f.CanaryNews(t.Context(), "support", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if c != nil {
			got = fmt.Sprintf("late %v", c.LateSince != nil)
		}
		if got != want {
			t.Errorf("news: %s, want %s", got, want)
		}
		return c
	}
	told := func(c *store.Canary) {
		t.Helper()
		if err := f.CanaryTold(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	start := f.clock.Now()
	mark, _ := f.keepCanary(t, start)
	news("none")
	f.clock.advance(canaryTimeout)
	f.keepCanary(t, start)
	news("late true")
	news("none") // somebody is at it
	f.clock.advance(time.Minute)
	told(news("late true"))
	f.clock.advance(time.Minute)
	news("none")
	f.canaryReturns(t, mark)
	told(news("late false"))
	news("none")
}

// The status tells what waits, since when, and who is at it.
func testStatus(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	f.queue(t, mailTo(sam, tick, "words"))
	f.deliver(t, "a", "b", "c")
	stored := f.clock.Now()
	f.clock.advance(time.Minute)
	if _, err := f.ClaimInbound(t.Context(), time.Minute, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := f.LeaseMailbox(t.Context(), "support", "me", time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := f.NoteTodo(t.Context(), access.Todo{Kind: access.TodoCertificate, About: "It ends."}); err != nil {
		t.Fatal(err)
	}
	st, err := f.Status(t.Context(), []string{"support"})
	if err != nil {
		t.Fatal(err)
	}
	if !st.Holds || st.Equation.Seen != 5 || st.Inbound.Waiting != 3 || st.Inbound.Claimed != 2 || st.Inbound.Retrying != 0 {
		t.Errorf("inbound: %+v", st)
	}
	if st.Inbound.Oldest == nil || st.Inbound.Oldest.UnixMicro() != stored.UnixMicro() || st.Inbound.Age(st.At) != time.Minute {
		t.Errorf("the oldest mail waits since %v, want %v", st.Inbound.Oldest, stored)
	}
	if st.Outgoing.Waiting != 1 || st.Outgoing.Oldest == nil || st.Todos[0].About != "It ends." || st.TodoCount != 1 || st.Timers.Waiting != 0 {
		t.Errorf("the rest: %+v", st)
	}
	if len(st.Mailboxes) != 1 || !st.Mailboxes[0].Leased || st.Mailboxes[0].UID != 5 || st.Filing.Waiting != 2 || st.Mailboxes[0].Canary != nil {
		t.Errorf("mailboxes: %+v", st.Mailboxes)
	}
	f.clock.advance(2 * time.Minute)
	if st, err = f.Status(t.Context(), nil); err != nil || st.Mailboxes[0].Leased || st.Inbound.Claimed != 0 {
		t.Errorf("after the leases have run out: %+v, %v", st, err)
	}
}

// What a shadow writes is never handed out to be sent, and its database serves no other daemon; nor the other way round.
func testShadow(t *testing.T, f *fixture) {
	tick := f.newTicket(t)
	f.queue(t, mailTo(sam, tick, "before"))
	f.db.Exec(t, `UPDATE mailboxes SET started = FALSE`) // as if a command had queued it
	if err := f.Use(t.Context(), store.Shadow); err != nil {
		t.Fatal(err)
	}
	f.queue(t, mailTo(sam, tick, "after"))
	f.claimOut(t)
	if got := f.db.Query(t, `SELECT state FROM outbound_messages`); cmp.Diff([][]string{{"withheld"}, {"withheld"}}, got) != "" {
		t.Errorf("the states of outgoing mails are %v", got)
	}
	again := f.open(t)
	if err := again.Use(t.Context(), store.Live); err == nil {
		t.Error("the database of a shadow was taken for a live one")
	}
	if err := again.Use(t.Context(), store.Shadow); err != nil {
		t.Errorf("a shadow that starts again: %v", err)
	}
	f.db.Exec(t, `UPDATE settings SET value = 'live' WHERE name = 'mode'`)
	if err := again.Use(t.Context(), store.Shadow); err == nil {
		t.Error("a live database was taken for that of a shadow")
	}
	// A database from before there were shadows is live once a mailbox was read.
	f.db.Exec(t, `DELETE FROM settings WHERE name = 'mode'`)
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	if err := again.Use(t.Context(), store.Shadow); err == nil {
		t.Error("an old live database was taken for that of a shadow")
	}
}
