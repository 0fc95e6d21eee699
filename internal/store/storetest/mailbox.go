package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var mailboxTests = map[string]func(*testing.T, *fixture){
	"cursor since a time":           testSince,
	"cursor":                        testCursor,
	"batch is stored whole or not":  testBatchAtomic,
	"same UID twice":                testSameUID,
	"UIDVALIDITY changes":           testUIDValidity,
	"filed again after UIDVALIDITY": testFiledAgain,
	"numbers given again":           testNumbersAgain,
	"equal mails stay two":          testEqualMails,
	"unfetchable and truncated":     testUnfetchable,
	"fetched after all":             testFetchedAfterAll,
	"server gone back":              testGoneBack,
	"start and missing UIDs":        testMissingUIDs,
	"filing":                        testFiling,
	"mailbox lease":                 testLease,
	"mailbox lease is one's":        testLeaseRace,
}

// places are mailbox, UIDVALIDITY, UID and disposition of every inbound mail, in the order of their rows.
func (f *fixture) places(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, r := range f.db.Query(t, `SELECT m.name, i.uidvalidity, i.uid, i.disposition FROM inbound_messages i
		JOIN mailboxes m ON m.id = i.mailbox_id ORDER BY i.id`) {
		all = append(all, strings.Join(r, " "))
	}
	return all
}

func (f *fixture) checkPlaces(t *testing.T, when string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, f.places(t)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func (f *fixture) storeMails(t *testing.T, uidvalidity, cursor uint32, mails ...access.RawMail) {
	t.Helper()
	if err := f.StoreMails(t.Context(), "support", mails, uidvalidity, cursor); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) checkCursor(t *testing.T, uidvalidity, uid uint32) {
	t.Helper()
	c, ok, err := f.Cursor(t.Context(), "support")
	v, u := c.UIDValidity, c.UID
	if err != nil || !ok || v != uidvalidity || u != uid {
		t.Errorf("the cursor is %d, %d, %v, %v; want %d, %d", v, u, ok, err, uidvalidity, uid)
	}
}

func testCursor(t *testing.T, f *fixture) {
	if _, ok, err := f.Cursor(t.Context(), "support"); ok || err != nil {
		t.Errorf("a mailbox never read has a cursor: %v, %v", ok, err)
	}
	if _, err := f.LeaseMailbox(t.Context(), "support", "a", time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.Cursor(t.Context(), "support"); ok || err != nil {
		t.Errorf("a mailbox leased and never read has a cursor: %v, %v", ok, err)
	}
	// UIDs have 32 bits (RFC 9051 section 2.3.1.1).
	const top = 1<<32 - 1
	f.storeMails(t, top, top, rawMail(top, top, "last"))
	f.checkCursor(t, top, top)
	f.storeMails(t, 3, 0)
	f.checkCursor(t, 3, 0)
	if _, ok, err := f.Cursor(t.Context(), "accounting"); ok || err != nil {
		t.Errorf("another mailbox has a cursor: %v, %v", ok, err)
	}
}

// What is older than the start is not ours under any UIDVALIDITY, so the start outlives the cursor's moves.
func testSince(t *testing.T, f *fixture) {
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 10, Since: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	f.storeMails(t, 2, 3, rawMail(2, 3, "three"))
	c, ok, err := f.Cursor(t.Context(), "support")
	want := access.Cursor{UIDValidity: 2, UID: 3, Since: epoch.UTC().Truncate(time.Microsecond)}
	if err != nil || !ok || c != want {
		t.Errorf("the cursor is %+v, %v, %v; want %+v", c, ok, err, want)
	}
}

// What makes one row of a batch fail takes back the rows before it and the cursor.
func testBatchAtomic(t *testing.T, f *fixture) {
	f.storeMails(t, 1, 4, rawMail(1, 4, "before"))
	f.db.Exec(t, `CREATE UNIQUE INDEX no_two_of_a_size ON inbound_messages (size)`)
	// One that is opened now hears nothing of what was stored before, however late PostgreSQL tells it.
	later := f.open(t)
	wake, stop := later.Subscribe(store.TopicInbound)
	defer stop()
	err := later.StoreMails(t.Context(), "support", []access.RawMail{rawMail(1, 5, "long enough"), rawMail(1, 6, "size"), rawMail(1, 7, "ezis")}, 1, 7)
	if err == nil || !strings.Contains(err.Error(), "UID 7 of mailbox support") {
		t.Errorf("got error %v, want one that names UID 7", err)
	}
	f.checkPlaces(t, "after the batch that failed", "support 1 4 pending")
	f.checkCursor(t, 1, 4)
	select {
	case <-wake:
		t.Error("a batch that was not stored woke the workers")
	default:
	}
}

func testSameUID(t *testing.T, f *fixture) {
	f.storeMails(t, 1, 6, rawMail(1, 5, "five"), rawMail(1, 6, "six"))
	f.storeMails(t, 1, 7, rawMail(1, 5, "five"), rawMail(1, 6, "changed on the way"), rawMail(1, 7, "seven"))
	f.checkPlaces(t, "after a second fetch", "support 1 5 pending", "support 1 6 pending", "support 1 7 pending")
	if err := f.StoreMails(t.Context(), "accounting", []access.RawMail{rawMail(1, 5, "five")}, 1, 5); err != nil {
		t.Fatal(err)
	}
	f.checkPlaces(t, "with another mailbox", "support 1 5 pending", "support 1 6 pending", "support 1 7 pending", "accounting 1 5 pending")
}

// The server has numbered all its mails anew: they are the same mails, whatever became of them meanwhile.
func testUIDValidity(t *testing.T, f *fixture) {
	claimed := f.arrive(t, "left", "applied")
	f.finish(t, claimed[0], &access.Outcome{Disposition: access.Left})
	f.finish(t, claimed[1], &access.Outcome{Disposition: access.Applied})
	f.deliver(t, "pending", "twin", "twin")
	again := []access.RawMail{rawMail(2, 1, "twin"), rawMail(2, 2, "pending"), rawMail(2, 3, "new"), rawMail(2, 4, "applied"),
		rawMail(2, 5, "left"), rawMail(2, 6, "twin")}
	want := []string{"support 2 5 left", "support 2 4 applied", "support 2 2 pending", "support 2 1 pending", "support 2 6 pending", "support 2 3 pending"}
	f.storeMails(t, 2, 6, again...)
	f.checkPlaces(t, "under the new UIDVALIDITY", want...)
	f.storeMails(t, 2, 6, again...)
	f.checkPlaces(t, "fetched twice under the new UIDVALIDITY", want...)
	f.checkCursor(t, 2, 6)
}

// A mail that was filed and is in the mailbox again under a new UIDVALIDITY, say from a backup, is filed again.
func testFiledAgain(t *testing.T, f *fixture) {
	in := f.arrive(t, "applied")[0]
	f.finish(t, in, &access.Outcome{Disposition: access.Applied})
	if err := f.Filed(t.Context(), []int64{in.ID}); err != nil {
		t.Fatal(err)
	}
	wake, stop := f.Subscribe(store.TopicFiling)
	defer stop()
	f.storeMails(t, 2, 9, rawMail(2, 9, "applied"))
	got, err := f.ToFile(t.Context(), "support", 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]store.Unfiled{{ID: in.ID, UIDValidity: 2, UID: 9, Disposition: access.Applied}}, got); diff != "" {
		t.Errorf("mails to file (-want +got):\n%s", diff)
	}
	select {
	case <-wake:
	default:
		t.Error("nobody was woken to file it")
	}
}

// The server has gone back to an older state and gives its numbers again: whoever has one of them meanwhile is not filed in the place
// of the mail that had it, which keeps its own when it is there again.
func testNumbersAgain(t *testing.T, f *fixture) {
	claimed := f.arrive(t, "below", "kept", "lost", "filed")
	for _, in := range claimed {
		f.finish(t, in, &access.Outcome{Disposition: access.Applied})
	}
	if err := f.Filed(t.Context(), []int64{claimed[3].ID}); err != nil {
		t.Fatal(err)
	}
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1}); err != nil {
		t.Fatal(err)
	}
	f.storeMails(t, 1, 3, rawMail(1, 2, "kept"), rawMail(1, 3, "new"))
	f.checkPlaces(t, "after going back", "support 1 1 applied", "support 1 2 applied", "support 0 3 applied", "support 1 4 applied", "support 1 3 pending")
	got, err := f.ToFile(t.Context(), "support", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range got {
		if u.UIDValidity == 1 && u.UID > 2 {
			t.Errorf("UID %d is to be filed in the place of another mail", u.UID)
		}
	}
}

// Under one UIDVALIDITY two UIDs are two mails, however equal: whether the second is a duplicate is decided later.
func testEqualMails(t *testing.T, f *fixture) {
	f.storeMails(t, 1, 2, rawMail(1, 1, "twin"), rawMail(1, 2, "twin"))
	f.storeMails(t, 1, 3, rawMail(1, 3, "twin"))
	f.checkPlaces(t, "three equal mails", "support 1 1 pending", "support 1 2 pending", "support 1 3 pending")
}

func testUnfetchable(t *testing.T, f *fixture) {
	cut := rawMail(1, 2, "truncated")
	cut.Truncated, cut.Size = true, 1<<33
	gone := func(uid uint32) access.RawMail {
		return access.RawMail{UIDValidity: 1, UID: uid, InternalDate: epoch, Unfetchable: "the server says \xff\x00 NO"}
	}
	f.storeMails(t, 1, 3, gone(1), cut, gone(3))
	f.checkPlaces(t, "unfetchable mails", "support 1 1 unfetchable", "support 1 2 pending", "support 1 3 unfetchable")
	if got := f.db.Query(t, `SELECT reason FROM inbound_messages WHERE uid = 3`); got[0][0] != "the server says \ufffd NO" {
		t.Errorf("the reason is %q", got[0][0])
	}
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(claimed) != 1 || !claimed[0].Truncated || string(claimed[0].Raw) != string(cut.Raw) {
		t.Errorf("claimed %+v, want the truncated mail alone", claimed)
	}
	if n := f.count(t, `SELECT size FROM inbound_messages WHERE uid = 2`); n != 1<<33 {
		t.Errorf("the size on the server is stored as %d", n)
	}
	for _, tt := range []struct {
		after time.Duration
		want  []uint32
	}{{0, []uint32{1, 3}}, {49 * time.Hour, nil}} {
		f.clock.advance(tt.after)
		missing, err := f.MissingUIDs(t.Context(), "support", 1, []uint32{1, 2, 3})
		if diff := cmp.Diff(tt.want, missing); diff != "" || err != nil {
			t.Errorf("to try again after %s (-want +got), %v:\n%s", tt.after, err, diff)
		}
	}
}

// A mail that could not be fetched at first takes its place, and stays seen once.
func testFetchedAfterAll(t *testing.T, f *fixture) {
	gone := access.RawMail{UIDValidity: 1, UID: 1, InternalDate: epoch, Unfetchable: "the server says NO"}
	f.storeMails(t, 1, 2, gone, rawMail(1, 2, "two"))
	f.storeMails(t, 1, 2, gone)
	f.checkPlaces(t, "tried again in vain", "support 1 1 unfetchable", "support 1 2 pending")
	wake, stop := f.Subscribe(store.TopicInbound)
	defer stop()
	f.storeMails(t, 1, 2, rawMail(1, 1, "one"))
	f.checkPlaces(t, "fetched", "support 1 1 pending", "support 1 2 pending")
	select {
	case <-wake:
	default:
		t.Error("nobody was woken to process it")
	}
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, 1)
	if err != nil || len(claimed) != 1 || string(claimed[0].Raw) != string(rawMail(1, 1, "one").Raw) {
		t.Errorf("claimed %+v, %v; want the mail fetched at last", claimed, err)
	}
	if e, err := f.Equation(t.Context()); err != nil || !e.Holds() || e.Seen != 2 {
		t.Errorf("the equation: %+v, %v", e, err)
	}
}

// A server restored from a backup gives UIDs of mails that were read to mails that came since.
func testGoneBack(t *testing.T, f *fixture) {
	in := f.arrive(t, "one", "two", "three")
	for _, c := range in {
		f.finish(t, c, &access.Outcome{Disposition: access.Applied})
	}
	if err := f.Filed(t.Context(), []int64{in[0].ID, in[1].ID, in[2].ID}); err != nil {
		t.Fatal(err)
	}
	later := func(uid uint32, text string) access.RawMail {
		m := rawMail(1, uid, text)
		m.InternalDate = m.InternalDate.Add(time.Hour)
		return m
	}
	for _, tt := range []struct {
		mail access.RawMail
		want bool
	}{{rawMail(1, 2, ""), true}, {later(2, ""), false}, {later(9, ""), true}} {
		if same, err := f.SameMail(t.Context(), "support", 1, tt.mail.UID, tt.mail.InternalDate); err != nil || same != tt.want {
			t.Errorf("UID %d received at %s is the same: %v, %v; want %v", tt.mail.UID, tt.mail.InternalDate, same, err, tt.want)
		}
	}
	// The first is there again, the second is gone, the third comes with another number.
	f.storeMails(t, 1, 3, rawMail(1, 1, "one"), later(2, "four"), later(3, "five"))
	f.storeMails(t, 1, 4, rawMail(1, 4, "three"))
	f.checkPlaces(t, "after the restore", "support 1 1 applied", "support 0 "+fmt.Sprint(in[1].ID)+" applied", "support 1 4 applied",
		"support 1 2 pending", "support 1 3 pending")
	files, err := f.ToFile(t.Context(), "support", 10)
	if err != nil {
		t.Fatal(err)
	}
	var again []int64
	for _, r := range files {
		again = append(again, r.ID)
	}
	if diff := cmp.Diff([]int64{in[0].ID, in[2].ID}, again); diff != "" {
		t.Errorf("to be filed again (-want +got):\n%s", diff)
	}
	if e, err := f.Equation(t.Context()); err != nil || !e.Holds() || e.Seen != 5 {
		t.Errorf("the equation: %+v, %v", e, err)
	}
}

func testMissingUIDs(t *testing.T, f *fixture) {
	if err := f.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 10}); err != nil {
		t.Fatal(err)
	}
	f.checkCursor(t, 1, 10)
	f.storeMails(t, 1, 14, rawMail(1, 11, "eleven"), rawMail(1, 14, "fourteen"))
	if err := f.StoreMails(t.Context(), "accounting", []access.RawMail{rawMail(1, 12, "elsewhere")}, 1, 12); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		uidvalidity uint32
		want        []uint32
	}{
		{1, []uint32{12, 13}},
		{2, []uint32{11, 12, 13, 14}},
	} {
		got, err := f.MissingUIDs(t.Context(), "support", tt.uidvalidity, []uint32{9, 10, 11, 12, 13, 14})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("missing under UIDVALIDITY %d (-want +got):\n%s", tt.uidvalidity, diff)
		}
	}
}

func testFiling(t *testing.T, f *fixture) {
	all := []access.Disposition{access.Applied, access.Left, access.Answered, access.Duplicate, access.Quarantined, access.Applied}
	texts := make([]string, len(all))
	for i := range texts {
		texts[i] = fmt.Sprint(i)
	}
	claimed := f.arrive(t, texts...)
	// Finished in another order than they came.
	for _, i := range []int{5, 4, 3, 2, 1, 0} {
		f.finish(t, claimed[i], &access.Outcome{Disposition: all[i]})
	}
	f.deliver(t, "pending")
	check := func(limit int, want ...uint32) []int64 {
		t.Helper()
		rows, err := f.ToFile(t.Context(), "support", limit)
		if err != nil {
			t.Fatal(err)
		}
		var uids []uint32
		var ids []int64
		for _, r := range rows {
			uids, ids = append(uids, r.UID), append(ids, r.ID)
			if r.UIDValidity != 1 || r.Disposition != all[r.UID-1] {
				t.Errorf("to file: %+v", r)
			}
		}
		if diff := cmp.Diff(want, uids); diff != "" {
			t.Errorf("UIDs to file (-want +got):\n%s", diff)
		}
		return ids
	}
	// What is left to people is not touched (design section 2).
	check(10, 1, 3, 4, 5, 6)
	first := check(2, 1, 3)
	if err := f.Filed(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := f.Filed(t.Context(), nil); err != nil {
		t.Errorf("filing nothing: %v", err)
	}
	check(10, 4, 5, 6)
	if rows, err := f.ToFile(t.Context(), "accounting", 10); err != nil || len(rows) != 0 {
		t.Errorf("another mailbox has %v to file, %v", rows, err)
	}
}

func testLease(t *testing.T, f *fixture) {
	lease := func(mailbox, owner string, want bool) {
		t.Helper()
		got, err := f.LeaseMailbox(t.Context(), mailbox, owner, time.Minute)
		if err != nil || got != want {
			t.Errorf("%s leases %s: %v, %v; want %v", owner, mailbox, got, err, want)
		}
	}
	release := func(owner string) {
		t.Helper()
		if err := f.ReleaseMailbox(t.Context(), "support", owner); err != nil {
			t.Fatal(err)
		}
	}
	lease("support", "a", true)
	lease("support", "b", false)
	lease("accounting", "b", true)
	f.clock.advance(50 * time.Second)
	lease("support", "a", true) // renewed
	f.clock.advance(50 * time.Second)
	lease("support", "b", false)
	release("b") // not theirs to release
	lease("support", "b", false)
	f.clock.advance(11 * time.Second)
	lease("support", "b", true) // run out
	lease("support", "a", false)
	release("b")
	lease("support", "a", true)
}

func testLeaseRace(t *testing.T, f *fixture) {
	other := f.open(t)
	const n = 8
	held := make([]bool, n)
	noErrors(t, together(t.Context(), n, func(ctx context.Context, i int) (err error) {
		s := []*store.Store{f.Store, other}[i%2]
		held[i], err = s.LeaseMailbox(ctx, "support", fmt.Sprint(i), time.Minute)
		return err
	}))
	holders := 0
	for _, h := range held {
		if h {
			holders++
		}
	}
	if holders != 1 {
		t.Errorf("%d daemons hold the mailbox", holders)
	}
}

// fenced fails the test unless the error says that the claim was lost.
func fenced(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrFenced) {
		t.Errorf("%s: got %v, want ErrFenced", what, err)
	}
}
