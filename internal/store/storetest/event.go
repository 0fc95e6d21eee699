package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var eventTests = map[string]func(*testing.T, *fixture){
	"events in chains":         testChains,
	"events by twenty at once": testChainsRace,
	"events erased":            testTrailErased,
}

// writeEvents appends n events to a ticket's chain and n to the system's.
func (f *fixture) writeEvents(t *testing.T, n int) *access.Ticket {
	t.Helper()
	tick := f.newTicket(t)
	for i := range n {
		o := &access.Outcome{Disposition: access.Quarantined, Ticket: tick}
		o.Events = append(o.Events, &access.Event{Kind: "noted", Payload: map[string]any{"n": i}})
		f.finish(t, f.arrive(t, "causes events")[0], o)
	}
	f.checkChains(t, "untouched")
	return tick
}

// checkChains verifies the chains; each line of what is wrong must begin with the one wanted.
func (f *fixture) checkChains(t *testing.T, when string, want ...string) {
	t.Helper()
	wrong, err := f.VerifyChains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ok := len(wrong) == len(want)
	for i := range wrong {
		ok = ok && strings.HasPrefix(wrong[i], want[i])
	}
	if !ok {
		t.Errorf("%s: found wrong %q, want %q", when, wrong, want)
	}
}

// sequences are the events of each chain in the order they were written.
func (f *fixture) sequences(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, r := range f.db.Query(t, `SELECT chain, sequence FROM events ORDER BY id`) {
		all[r[0]] = append(all[r[0]], r[1])
	}
	return all
}

func testChains(t *testing.T, f *fixture) {
	tick := f.writeEvents(t, 2)
	other := f.newTicket(t)
	f.finish(t, f.arrive(t, "more")[0], &access.Outcome{Disposition: access.Applied, Ticket: other, Events: []*access.Event{
		{Kind: "one", Payload: map[string]any{"name": "Åsa <&>"}}, {Kind: "two"}}})
	// Six of the system's are the roster's: a client, two contacts, three staff.
	want := map[string][]string{
		"system":                        {"1", "2", "3", "4", "5", "6", "7", "8"},
		fmt.Sprint("ticket:", tick.ID):  {"1", "2"},
		fmt.Sprint("ticket:", other.ID): {"1", "2"},
	}
	if diff := cmp.Diff(want, f.sequences(t)); diff != "" {
		t.Errorf("sequences (-want +got):\n%s", diff)
	}
	f.checkChains(t, "several chains")
	events, err := f.Trail(t.Context(), other.Number)
	if err != nil {
		t.Fatal(err)
	}
	var payload map[string]string
	if err := json.Unmarshal(events[0].Payload, &payload); err != nil || payload["name"] != "Åsa <&>" {
		t.Errorf("the payload is %s, %v", events[0].Payload, err)
	}
}

func testChainsRace(t *testing.T, f *fixture) {
	const n, each = 20, 3
	ticks := []*access.Ticket{f.newTicket(t), f.newTicket(t)}
	stores := []*store.Store{f.Store, f.open(t)}
	texts := make([]string, n)
	claimed := f.arrive(t, texts...)
	noErrors(t, together(t.Context(), n, func(ctx context.Context, i int) error {
		o := &access.Outcome{Disposition: access.Quarantined, Ticket: ticks[i%2]}
		for range each {
			o.Events = append(o.Events, &access.Event{Kind: "noted", Payload: map[string]any{"by": i}})
		}
		_, err := stores[i/2%2].DecideMail(ctx, &claimed[i], &access.Lookup{InboundID: claimed[i].ID}, access.Facts{}, outcome(o), f.post.render)
		return err
	}))
	count := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint(i+1))
		}
		return all
	}
	want := map[string][]string{"system": count(6 + n), fmt.Sprint("ticket:", ticks[0].ID): count(n / 2 * each),
		fmt.Sprint("ticket:", ticks[1].ID): count(n / 2 * each)}
	if diff := cmp.Diff(want, f.sequences(t)); diff != "" {
		t.Errorf("sequences (-want +got):\n%s", diff)
	}
	f.checkChains(t, "after a race")
}

// tampering is a change behind the store's back, and what VerifyChains must say of it. In it, CHAIN is a chain of four
// events, OTHER an empty one, M its ticket's id.
var tampering = []struct {
	name    string
	changes []string
	wrong   []string
}{
	{"kind", []string{`UPDATE events SET kind = 'approved' WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"request", []string{`UPDATE events SET request_id = 1 WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"time", []string{`UPDATE events SET at = '2020-01-01 00:00:00+00:00' WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"ticket", []string{`UPDATE events SET ticket_id = M WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"no ticket", []string{`UPDATE events SET ticket_id = NULL WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"hash", []string{`UPDATE events SET hash = 'x' WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 ", "CHAIN: event 3 "}},
	{"previous", []string{`UPDATE events SET previous = 'x' WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 2 "}},
	{"number", []string{`UPDATE events SET sequence = 9 WHERE chain = 'CHAIN' AND sequence = 2`}, []string{"CHAIN: event 3 ", "CHAIN: event 9 "}},
	{"moved", []string{`UPDATE events SET chain = 'OTHER', sequence = 1, ticket_id = M WHERE chain = 'CHAIN' AND sequence = 2`},
		[]string{"CHAIN: event 3 ", "OTHER: event 1 "}},
	{"sum of the payload", []string{`UPDATE events SET payload_sum = 'x' WHERE chain = 'CHAIN' AND sequence = 2`},
		[]string{"CHAIN: event 2 ", "CHAIN: the payload of event 2 "}},
	{"payload", []string{`UPDATE event_payloads SET payload = '{"n":2}' WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 2)`},
		[]string{"CHAIN: the payload of event 2 "}},
	{"salt", []string{`UPDATE event_payloads SET salt = '00' WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 2)`},
		[]string{"CHAIN: the payload of event 2 "}},
	{"salt that is none", []string{`UPDATE event_payloads SET salt = 'x' WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 2)`},
		[]string{"CHAIN: the payload of event 2 "}},
	{"removed in the middle", []string{
		`DELETE FROM event_payloads WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 3)`,
		`DELETE FROM events WHERE chain = 'CHAIN' AND sequence = 3`}, []string{"CHAIN: event 4 "}},
	{"removed at the start", []string{
		`DELETE FROM event_payloads WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 1)`,
		`DELETE FROM events WHERE chain = 'CHAIN' AND sequence = 1`}, []string{"CHAIN: event 2 "}},
	// What was cut off at the end leaves no trace in the chain itself: only heads that are kept elsewhere can show it.
	{"removed at the end", []string{
		`DELETE FROM event_payloads WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 4)`,
		`DELETE FROM events WHERE chain = 'CHAIN' AND sequence = 4`}, nil},
	// Retention may erase what happened; the chain still proves that something was there.
	{"payload erased", []string{`DELETE FROM event_payloads WHERE event_id = (SELECT id FROM events WHERE chain = 'CHAIN' AND sequence = 2)`}, nil},
	{"all payloads erased", []string{`DELETE FROM event_payloads`}, nil},
}

// tamperTests is one test for each tampering.
func tamperTests() map[string]func(*testing.T, *fixture) {
	all := map[string]func(*testing.T, *fixture){}
	for _, tt := range tampering {
		all["events, "+tt.name] = func(t *testing.T, f *fixture) {
			f.finish(t, f.arrive(t, "files a request")[0], f.enrolled(t).fullOutcome())
			tick, other := f.writeEvents(t, 4), f.newTicket(t)
			fill := strings.NewReplacer("CHAIN", fmt.Sprint("ticket:", tick.ID), "OTHER", fmt.Sprint("ticket:", other.ID),
				" M", fmt.Sprint(" ", other.ID))
			for _, change := range tt.changes {
				f.db.Exec(t, fill.Replace(change))
			}
			var want []string
			for _, w := range tt.wrong {
				want = append(want, fill.Replace(w))
			}
			f.checkChains(t, "changed", want...)
		}
	}
	return all
}

func testTrailErased(t *testing.T, f *fixture) {
	tick := f.writeEvents(t, 3)
	f.db.Exec(t, `DELETE FROM event_payloads WHERE event_id IN (SELECT id FROM events WHERE sequence = 2)`)
	events, err := f.Trail(t.Context(), tick.Number)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprint(e.Sequence, e.Kind, string(e.Payload)))
	}
	if diff := cmp.Diff([]string{`1noted{"n":0}`, `2noted`, `3noted{"n":2}`}, got); diff != "" {
		t.Errorf("the trail (-want +got):\n%s", diff)
	}
}
