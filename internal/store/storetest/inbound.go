package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var inboundTests = map[string]func(*testing.T, *fixture){
	"inbound in order, one batch out":  testInboundOrder,
	"inbound claimed at one instant":   testInboundInstant,
	"inbound claimed by two daemons":   testInboundRace,
	"inbound claimed again":            testInboundAgain,
	"inbound that kills":               testInboundPoison,
	"inbound leases renewed":           testInboundRenew,
	"inbound bounded in bytes":         testInboundBytes,
	"inbound given back":               testInboundRelease,
	"inbound finished late":            testInboundFence,
	"inbound finished":                 testInboundFinish,
	"inbound with text of any kind":    testInboundText,
	"inbound that cannot be processed": testInboundQuarantine,
}

// claims are the subjects of claimed mails with their attempt.
func claims(claimed []access.Inbound) []string {
	var all []string
	for _, in := range claimed {
		subject, _, _ := strings.Cut(strings.TrimPrefix(string(in.Raw), "Subject: "), "\r\n")
		all = append(all, subject+strings.Repeat("!", in.Attempts))
	}
	return all
}

func (f *fixture) claim(t *testing.T, limit int, want ...string) []access.Inbound {
	t.Helper()
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, limit)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, claims(claimed)); diff != "" {
		t.Fatalf("claimed (-want +got):\n%s", diff)
	}
	return claimed
}

func (f *fixture) finishAll(t *testing.T, claimed []access.Inbound) {
	t.Helper()
	for _, in := range claimed {
		f.finish(t, in, &access.Outcome{Disposition: access.Left})
	}
}

func testInboundOrder(t *testing.T, f *fixture) {
	f.claim(t, 10)
	f.deliver(t, "a", "b", "c", "d", "e")
	batch := f.claim(t, 2, "a!", "b!")
	if in := batch[1]; in.Mailbox != "support" || !in.InternalDate.Equal(epoch.Add(-time.Hour).Truncate(time.Microsecond)) || in.Truncated {
		t.Errorf("claimed %+v", in)
	}
	f.claim(t, 2) // the first batch is still out
	f.finish(t, batch[1], &access.Outcome{Disposition: access.Left})
	f.claim(t, 2) // half of it, too
	f.finish(t, batch[0], &access.Outcome{Disposition: access.Left})
	f.finishAll(t, f.claim(t, 2, "c!", "d!"))
	f.finishAll(t, f.claim(t, 2, "e!"))
	f.claim(t, 2)
}

// Two daemons drain one queue: every mail goes to one of them, and in the order of arrival.
func testInboundRace(t *testing.T, f *fixture) {
	texts := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	f.deliver(t, texts...)
	stores := []*store.Store{f.Store, f.open(t)}
	var got outbox
	noErrors(t, together(t.Context(), 4, func(ctx context.Context, i int) error {
		for got.count() < len(texts) {
			claimed, err := stores[i%2].ClaimInbound(ctx, time.Minute, 3)
			if err != nil {
				return err
			}
			for _, in := range claimed {
				got.add(claims([]access.Inbound{in})[0])
				if _, err := stores[i%2].DecideMail(ctx, &in, &access.Lookup{InboundID: in.ID}, access.Facts{},
					outcome(&access.Outcome{Disposition: access.Left}), f.post.render); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	var want []string
	for _, text := range texts {
		want = append(want, text+"!")
	}
	if diff := cmp.Diff(want, got.all); diff != "" {
		t.Errorf("processed (-want +got):\n%s", diff)
	}
}

// However many ask at one instant, one of them gets a batch.
func testInboundInstant(t *testing.T, f *fixture) {
	const n, rounds = 8, 10
	f.deliver(t, make([]string, rounds)...)
	stores := []*store.Store{f.Store, f.open(t)}
	for round := range rounds {
		batches := make([][]access.Inbound, n)
		noErrors(t, together(t.Context(), n, func(ctx context.Context, i int) (err error) {
			batches[i], err = stores[i%2].ClaimInbound(ctx, time.Minute, 1)
			return err
		}))
		got := slices.Concat(batches...)
		if len(got) != 1 || got[0].Attempts != 1 {
			t.Fatalf("round %d: %d claims, %+v; want one", round, len(got), got)
		}
		f.finishAll(t, got)
	}
}

// A mail that was claimed before is claimed alone: if it kills the process again, its neighbours are not blamed.
func testInboundAgain(t *testing.T, f *fixture) {
	f.deliver(t, "a", "b", "c", "d")
	f.finish(t, f.claim(t, 3, "a!", "b!", "c!")[0], &access.Outcome{Disposition: access.Left})
	f.clock.advance(59 * time.Second)
	f.claim(t, 3)
	f.clock.advance(2 * time.Second)
	b := f.claim(t, 3, "b!!")
	f.claim(t, 3)
	f.finishAll(t, b)
	f.finishAll(t, f.claim(t, 3, "c!!"))
	f.finishAll(t, f.claim(t, 3, "d!"))
	// Also where an untried one stands before it.
	f.deliver(t, "x", "y", "z")
	if err := f.ReleaseInbound(t.Context(), &f.claim(t, 2, "x!", "y!")[0]); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(2 * time.Minute)
	f.finishAll(t, f.claim(t, 5, "x!"))
	f.finishAll(t, f.claim(t, 5, "y!!"))
	f.finishAll(t, f.claim(t, 5, "z!"))
	f.deliver(t, "e", "f")
	f.claim(t, 1, "e!")
	f.clock.advance(2 * time.Minute)
	f.finishAll(t, f.claim(t, 5, "e!!"))
	f.finishAll(t, f.claim(t, 5, "f!"))
}

// A long batch keeps its leases while it is worked on; what of it was given back is not held.
func testInboundRenew(t *testing.T, f *fixture) {
	f.deliver(t, "a", "b", "c", "d")
	batch := f.claim(t, 3, "a!", "b!", "c!")
	f.finish(t, batch[0], &access.Outcome{Disposition: access.Left})
	if err := f.ReleaseInbound(t.Context(), &batch[2]); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		f.clock.advance(50 * time.Second)
		if err := f.RenewInbound(t.Context(), batch, time.Minute); err != nil {
			t.Fatal(err)
		}
		f.claim(t, 3)
	}
	if err := f.RenewInbound(t.Context(), nil, time.Minute); err != nil {
		t.Errorf("renewing nothing: %v", err)
	}
	f.finish(t, batch[1], &access.Outcome{Disposition: access.Left})
	f.claim(t, 3, "c!", "d!")
}

// A claim holds few bytes in memory, and yet a mail of any size is claimed.
func testInboundBytes(t *testing.T, f *fixture) {
	fill := strings.Repeat("x", 3<<20)
	f.deliver(t, "a\r\n\r\n"+fill, "b\r\n\r\n"+fill+fill, "c", "d")
	f.finishAll(t, f.claim(t, 10, "a!"))
	f.finishAll(t, f.claim(t, 10, "b!"))
	f.finishAll(t, f.claim(t, 10, "c!", "d!"))
}

func testInboundPoison(t *testing.T, f *fixture) {
	f.deliver(t, "poison", "next")
	for _, want := range []string{"poison!", "poison!!", "poison!!!"} {
		if want == "poison!" {
			f.claim(t, 1, want)
		} else {
			f.claim(t, 5, want)
		}
		f.clock.advance(2 * time.Minute)
	}
	wake, stop := f.Subscribe(store.TopicFiling)
	defer stop()
	f.claim(t, 5, "next!")
	f.checkPlaces(t, "after three claims without a finish", "support 1 1 quarantined", "support 1 2 pending")
	if got := f.systemEvents(t); !slices.Equal(got, []string{"quarantined"}) {
		t.Errorf("events: %v", got)
	}
	select {
	case <-wake:
	default:
		t.Error("nobody was woken to file the poison away")
	}
}

func (f *fixture) systemEvents(t *testing.T) []string {
	t.Helper()
	var kinds []string
	for _, r := range f.db.Query(t, `SELECT kind FROM events WHERE chain = 'system' ORDER BY sequence`) {
		kinds = append(kinds, r[0])
	}
	return kinds
}

func testInboundRelease(t *testing.T, f *fixture) {
	f.deliver(t, "a", "b")
	for range 5 {
		for _, in := range f.claim(t, 5, "a!", "b!") {
			if err := f.ReleaseInbound(t.Context(), &in); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Whoever has lost a claim gives nothing back.
	lost := f.claim(t, 5, "a!", "b!")[0]
	f.clock.advance(2 * time.Minute)
	again := f.claim(t, 5, "a!!")
	if err := f.ReleaseInbound(t.Context(), &lost); err != nil {
		t.Fatal(err)
	}
	f.claim(t, 5)
	f.finishAll(t, again)
	if err := f.ReleaseInbound(t.Context(), &again[0]); err != nil {
		t.Fatal(err)
	}
	f.claim(t, 5, "b!!")
}

// A worker that comes back after its lease has run out changes nothing at all.
func testInboundFence(t *testing.T, f *fixture) {
	f.enrol(t)
	f.deliver(t, "late", "other")
	late := f.claim(t, 1, "late!")[0]
	f.clock.advance(2 * time.Minute)
	again := f.claim(t, 1, "late!!")[0]
	write := func(in access.Inbound) error {
		_, err := f.DecideMail(t.Context(), &in, &access.Lookup{InboundID: in.ID}, access.Facts{},
			func(*access.Situation) (*access.Outcome, error) { return f.fullOutcome(), nil }, f.post.render)
		return err
	}
	before := f.dump(t)
	fenced(t, "deciding late", write(late))
	fenced(t, "quarantining late", f.QuarantineInbound(t.Context(), &late, access.Facts{}, "too late"))
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a worker without claim changed the database:\n%s", diff)
	}
	if err := write(again); err != nil {
		t.Fatal(err)
	}
	after := f.dump(t)
	if n := f.count(t, `SELECT count(*) FROM requests`); n != 1 {
		t.Errorf("the worker with the claim stored %d requests, want 1", n)
	}
	_, err := f.DecideMail(t.Context(), &again, &access.Lookup{InboundID: again.ID}, access.Facts{},
		outcome(&access.Outcome{Disposition: access.Quarantined, Events: []*access.Event{{Kind: "twice"}}}), f.post.render)
	fenced(t, "deciding twice", err)
	if diff := cmp.Diff(after, f.dump(t)); diff != "" {
		t.Errorf("deciding twice changed the database:\n%s", diff)
	}
}

func testInboundFinish(t *testing.T, f *fixture) {
	f.enrol(t)
	const secret = "Ref: a.kzqw7d2xj3mvn5tbr4pafg6yhc"
	claimed := f.arrive(t, "left "+secret, "applied "+secret, "quarantined "+secret)
	facts := access.Facts{Author: "maria@client.example", Subject: "New person", MessageID: "1@client.example", Class: "request",
		Verdict: "pass", Evidence: "dkim", Words: "own words"}
	for i, o := range []*access.Outcome{
		{Disposition: access.Left, Reason: "none of ours"},
		f.fullOutcome(),
		{Disposition: access.Quarantined, Reason: "stranger"},
	} {
		if _, err := f.DecideMail(t.Context(), &claimed[i], &access.Lookup{InboundID: claimed[i].ID, Duplicate: "dup"}, facts, outcome(o),
			f.post.render); err != nil {
			t.Fatal(err)
		}
	}
	got := f.db.Query(t, `SELECT i.disposition, i.reason, i.author, i.subject, i.message_id, i.class, i.verdict, i.evidence, i.words,
		i.duplicate_key, c.name, t.number, i.processed_at IS NULL, i.lease_until IS NULL FROM inbound_messages i
		LEFT JOIN clients c ON c.id = i.client_id LEFT JOIN tickets t ON t.id = i.ticket_id ORDER BY i.id`)
	facts4 := []string{"maria@client.example", "New person", "1@client.example", "request", "pass", "dkim"}
	want := [][]string{
		slices.Concat([]string{"left", "none of ours"}, facts4, []string{"", "dup", "<nil>", "<nil>"}),
		slices.Concat([]string{"applied", "filed"}, facts4, []string{"own words", "dup", "Example Ltd", "REQ-2026-00001"}),
		slices.Concat([]string{"quarantined", "stranger"}, facts4, []string{"", "dup", "<nil>", "<nil>"}),
	}
	for i, row := range got {
		if diff := cmp.Diff(want[i], row[:12]); diff != "" {
			t.Errorf("mail %d (-want +got):\n%s", i, diff)
		}
		if truth(row[12]) || !truth(row[13]) {
			t.Errorf("mail %d: without a time of processing: %s, without a lease: %s", i, row[12], row[13])
		}
	}
	raw := f.db.Query(t, `SELECT raw FROM inbound_messages ORDER BY id`)
	masked := strings.Replace(string(rawMail(1, 1, "applied "+secret).Raw), "kzqw7d2xj3mvn5tbr4pafg6yhc", strings.Repeat("x", 26), 2)
	if raw[0][0] != "<nil>" || raw[1][0] != masked || !strings.Contains(raw[2][0], "a."+strings.Repeat("x", 26)) {
		t.Errorf("the raw bytes are kept as %q; want none, masked, masked", raw)
	}
}

func truth(s string) bool { return s == "true" || s == "1" }

// What a sender writes must not make storing fail, or the queue would stand behind it for ever. PostgreSQL takes neither
// NUL nor what is not UTF-8.
func testInboundText(t *testing.T, f *fixture) {
	f.enrol(t)
	claimed := f.arrive(t, "nul", "quarantined")
	const bad, good = "a\x00b\xffc", "ab\ufffdc"
	facts := access.Facts{Author: bad, Subject: bad, MessageID: bad, Class: bad, Verdict: bad, Evidence: bad, Words: bad}
	o := f.fullOutcome()
	o.Reason, o.Ticket.Subject, o.Ticket.MessageID = bad, bad, bad
	o.Requests[0].Name, o.Requests[0].Reason = bad, bad
	o.Contacts[0].Name = bad
	o.Events[0].Payload = map[string]any{"words": bad}
	o.Mails[0].ToName = bad
	if _, err := f.DecideMail(t.Context(), &claimed[0], &access.Lookup{InboundID: claimed[0].ID}, facts, outcome(o), f.post.render); err != nil {
		t.Fatal(err)
	}
	if err := f.QuarantineInbound(t.Context(), &claimed[1], facts, bad); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`SELECT reason, subject, message_id, evidence FROM inbound_messages`,
		`SELECT subject, message_id FROM tickets`, `SELECT name, reason FROM requests`} {
		for _, row := range f.db.Query(t, query) {
			for i, got := range row {
				if got != good {
					t.Errorf("%s: value %d is %q, want %q", query, i, got, good)
				}
			}
		}
	}
	if wrong, err := f.VerifyChains(t.Context()); err != nil || len(wrong) != 0 {
		t.Errorf("the chains: %v, %v", wrong, err)
	}
}

func testInboundQuarantine(t *testing.T, f *fixture) {
	in := f.arrive(t, "bomb")[0]
	if err := f.QuarantineInbound(t.Context(), &in, access.Facts{Author: "x@y.example"}, "too deep"); err != nil {
		t.Fatal(err)
	}
	f.checkPlaces(t, "after quarantine", "support 1 1 quarantined")
	if got := f.systemEvents(t); !slices.Equal(got, []string{"quarantined"}) {
		t.Errorf("events: %v", got)
	}
	fenced(t, "quarantining twice", f.QuarantineInbound(t.Context(), &in, access.Facts{}, "again"))
	f.claim(t, 5)
}
