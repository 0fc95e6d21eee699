package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/store"
)

var togetherTests = map[string]func(*testing.T, *fixture){
	"mails decided together":        testTogether,
	"one of several fails":          testTogetherFails,
	"together is like one by one":   testTogetherLikeSerial,
	"one of several claims is lost": testTogetherFenced,
	"mails decided slowly":          testTogetherSlow,
	"mails looked up slowly":        testLookedUpSlowly,
}

// enrolMany enters clients with a Main and a Secondary Contact each.
func (f *fixture) enrolMany(t testing.TB, n int) {
	t.Helper()
	f.enrol(t)
	if err := f.EditRoster(t.Context(), false, func(r *store.Roster) error {
		for i := range n {
			w := newWorld()
			w.client.Name, w.client.Domains = fmt.Sprintf("Client %d", i), []string{fmt.Sprintf("client%d.example", i)}
			w.maria.Address, w.sam.Address = address(main(i).address), address(second(i).address)
			if _, err := w.put(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func main(client int) person {
	return person{"Maria Main", fmt.Sprintf("maria@client%d.example", client)}
}

func second(client int) person {
	return person{"Sam Second", fmt.Sprintf("sam@client%d.example", client)}
}

// decideTogether hands claimed mails to the store as a worker does, so many at a time, and returns how many were decided
// together each time.
func (f *fixture) decideTogether(ctx context.Context, s *store.Store, claimed []access.Inbound, letters []*letter, most int) (runs []int, err error) {
	var waiting []*access.Undecided
	for i := range claimed {
		waiting = append(waiting, f.undecided(claimed[i], letters[i]))
	}
	for len(waiting) > 0 {
		run := waiting[:min(most, len(waiting))]
		outs, err := s.DecideMails(ctx, run)
		if err != nil {
			return runs, err
		}
		var left []*access.Undecided
		for i, out := range outs {
			if out == nil {
				left = append(left, run[i])
			}
		}
		runs = append(runs, len(run)-len(left))
		waiting = append(left, waiting[len(run):]...)
	}
	return runs, nil
}

// Mails of several clients are decided in one transaction, each client's first one: what it changes, the next one sees.
func testTogether(t *testing.T, f *fixture) {
	f.enrolMany(t, 3)
	nina := func(client int) (name, addr string) { return "Nina New", fmt.Sprintf("nina@client%d.example", client) }
	var letters []*letter
	for client := range 3 {
		name, addr := nina(client)
		letters = append(letters, asks(main(client), "ask", name, addr))
	}
	stranger := person{"Xaver", "xaver@elsewhere.example"}
	name, addr := nina(0)
	letters = append(letters, asks(stranger, "hello", "X", "x@elsewhere.example"), asks(second(0), "again", name, addr),
		asks(main(1), "ask", name, "nina@client1.example")) // a duplicate
	claimed := f.arrive(t, "1", "2", "3", "4", "5", "6")
	runs, err := f.decideTogether(t.Context(), f.Store, claimed, letters, 25)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{6}, runs); diff != "" {
		t.Errorf("decided together (-want +got):\n%s", diff)
	}
	f.checkPlaces(t, "dispositions", "support 1 1 applied", "support 1 2 applied", "support 1 3 applied", "support 1 4 quarantined",
		"support 1 5 answered", "support 1 6 duplicate")
	f.checkChains(t, "after mails decided together")
	f.checkTickets(t, "REQ-2026-00001", "REQ-2026-00002", "REQ-2026-00003")
}

func (f *fixture) checkTickets(t *testing.T, numbers ...string) {
	t.Helper()
	var got []string
	for _, row := range f.db.Query(t, `SELECT number FROM tickets ORDER BY id`) {
		got = append(got, row[0])
	}
	if diff := cmp.Diff(numbers, got); diff != "" {
		t.Errorf("tickets (-want +got):\n%s", diff)
	}
}

// A decision that fails ends the run before it. Where storing fails, nothing of the run is stored.
func testTogetherFails(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	claimed := f.arrive(t, "1", "2")
	broken := errors.New("broken")
	mails := func() []*access.Undecided {
		return []*access.Undecided{f.undecided(claimed[0], asks(main(0), "a", "Nina New", "nina@client0.example")),
			f.undecided(claimed[1], asks(main(1), "b", "Nina New", "nina@client1.example"))}
	}
	m := mails()
	m[1].Render = func(*access.Mail) (*access.Rendered, error) { return nil, broken }
	if _, err := f.DecideMails(t.Context(), m); !errors.Is(err, broken) {
		t.Errorf("got %v, want the template's error", err)
	}
	if n := f.count(t, `SELECT count(*) FROM tickets`); n != 0 {
		t.Errorf("%d tickets are stored, want none", n)
	}
	m = mails()
	m[1].Decide = func(*access.Situation) (*access.Outcome, error) { return nil, broken }
	if outs, err := f.DecideMails(t.Context(), m); err != nil || outs[0] == nil || outs[1] != nil {
		t.Errorf("decided were %v, %v; want the first", outs, err)
	}
	if _, err := f.DecideMails(t.Context(), m[1:]); !errors.Is(err, broken) {
		t.Errorf("got %v, want the decision's error", err)
	}
	f.checkPlaces(t, "after the failures", "support 1 1 applied", "support 1 2 pending")
}

func testTogetherFenced(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	claimed := f.arrive(t, "1", "2")
	claimed[1].Attempts++ // somebody else's
	_, err := f.DecideMails(t.Context(), []*access.Undecided{f.undecided(claimed[0], asks(main(0), "a", "Nina New", "nina@client0.example")),
		f.undecided(claimed[1], asks(main(1), "b", "Nina New", "nina@client1.example"))})
	fenced(t, "deciding with a lost claim", err)
	f.checkPlaces(t, "after it", "support 1 1 pending", "support 1 2 pending")
}

// Where decisions take long some mails are left for the next time.
func testTogetherSlow(t *testing.T, f *fixture) {
	f.enrolMany(t, 4)
	var mails []*access.Undecided
	for client, in := range f.arrive(t, "1", "2", "3", "4") {
		m := f.undecided(in, asks(main(client), "ask", "Nina New", fmt.Sprintf("nina@client%d.example", client)))
		decide := m.Decide
		m.Decide = func(s *access.Situation) (*access.Outcome, error) {
			f.clock.advance(60 * time.Millisecond)
			return decide(s)
		}
		mails = append(mails, m)
	}
	f.checkDecided(t, mails, true, true, false, false)
	f.checkDecided(t, mails[2:], true, true)
}

// Where the way to the database is long the mails that a round has looked up are decided all the same, but there is no further
// round.
func testLookedUpSlowly(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	var mails []*access.Undecided
	for i, in := range f.arrive(t, "1", "2", "3", "4", "5") {
		m := f.undecided(in, asks(main(i%2), fmt.Sprint("ask ", i), "Nina New", fmt.Sprintf("nina%d@client%d.example", i, i%2)))
		m.Answers, m.Stands = m.Lookup, func(*access.Thread) bool {
			f.clock.advance(time.Second)
			return true
		}
		mails = append(mails, m)
	}
	f.checkDecided(t, mails, true, true, true, true, false)
	f.checkDecided(t, mails[4:], true)
}

func (f *fixture) checkDecided(t *testing.T, mails []*access.Undecided, want ...bool) {
	t.Helper()
	outs, err := f.DecideMails(t.Context(), mails)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]bool, len(outs))
	for i, out := range outs {
		got[i] = out != nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decided are (-want +got):\n%s", diff)
	}
}

// randomLetters are mails of a few clients that get into one another's way: equal requests, repeated mails, answers.
func (f *fixture) randomLetters(r *rand.Rand, round, clients int) []*letter {
	var letters []*letter
	mails := f.post.take(access.MailApproval)
	for i := range 4 + r.IntN(12) {
		client := r.IntN(clients)
		who := []person{main(client), second(client)}[r.IntN(2)]
		switch k := r.IntN(10); {
		case k < 6:
			name := []string{"Nina", "Otto", "Pia"}[r.IntN(3)]
			letters = append(letters, asks(who, fmt.Sprintf("%d-%d", round, i), name+" New", fmt.Sprintf("%s@client%d.example", strings.ToLower(name), client)))
		case k < 7 && i > 0:
			letters = append(letters, letters[r.IntN(len(letters))])
		case k < 9 && len(mails) > 0:
			m := mails[r.IntN(len(mails))]
			letters = append(letters, answers(person{m.ToName, m.To.String()}, m, []interpret.Decision{interpret.Approve, interpret.Reject}[r.IntN(2)]))
		default:
			letters = append(letters, asks(person{"Xaver", "xaver@elsewhere.example"}, fmt.Sprintf("%d-%d", round, i), "X", "x@elsewhere.example"))
		}
	}
	return letters
}

var numberInText = regexp.MustCompile(`REQ-\d{4}-\d{5}`)

// story is what became of all mails, without the ids and numbers in which two runs may differ.
func (f *fixture) story(t *testing.T) map[string][]string {
	t.Helper()
	names, n := map[string]string{}, map[string]int{}
	for _, row := range f.db.Query(t, `SELECT t.number, c.name FROM tickets t JOIN clients c ON c.id = t.client_id ORDER BY t.id`) {
		n[row[1]]++
		names[row[0]] = fmt.Sprintf("%s's ticket %d", row[1], n[row[1]])
	}
	all := map[string][]string{}
	for what, query := range map[string]string{
		"mails":    `SELECT i.id, i.disposition, i.reason, coalesce(t.number, '') FROM inbound_messages i LEFT JOIN tickets t ON t.id = i.ticket_id ORDER BY i.id`,
		"requests": `SELECT t.number, r.position, r.name, r.state, r.stage, r.round FROM requests r JOIN tickets t ON t.id = r.ticket_id ORDER BY t.client_id, t.id, r.position`,
		"decided":  `SELECT t.number, d.stage, d.answer, d.approver_name, d.inbound_id FROM decisions d JOIN requests r ON r.id = d.request_id JOIN tickets t ON t.id = r.ticket_id ORDER BY t.client_id, t.id, d.stage, d.seat`,
		"sent":     `SELECT t.number, o.recipient, o.sequence, o.kind FROM outbound_messages o JOIN tickets t ON t.id = o.ticket_id ORDER BY t.client_id, t.id, o.recipient, o.sequence`,
		"trail":    `SELECT t.number, e.sequence, e.kind FROM events e JOIN tickets t ON t.id = e.ticket_id ORDER BY t.client_id, t.id, e.sequence`,
		"timers":   `SELECT t.number, m.kind, count(*) FROM timers m JOIN requests r ON r.id = m.request_id JOIN tickets t ON t.id = r.ticket_id GROUP BY t.client_id, t.id, t.number, m.kind ORDER BY t.client_id, t.id, m.kind`,
	} {
		for _, row := range f.db.Query(t, query) {
			text := numberInText.ReplaceAllStringFunc(strings.Join(row, " "), func(s string) string { return names[s] })
			all[what] = append(all[what], text)
		}
	}
	return all
}

// Whatever is decided together, the result is that of deciding one mail after the other.
func testTogetherLikeSerial(t *testing.T, f *fixture) {
	const clients, rounds = 4, 6
	serial := f.another()
	worlds := []*fixture{serial, f}
	for _, w := range worlds {
		w.enrolMany(t, clients)
	}
	together := 0
	for round := range uint64(rounds) {
		for _, w := range worlds {
			r := rand.New(rand.NewPCG(round, 7))
			letters := w.randomLetters(r, int(round), clients)
			claimed := w.arrive(t, make([]string, len(letters))...)
			most := 1
			if w == f {
				most = 2 + r.IntN(10)
			}
			runs, err := w.decideTogether(t.Context(), w.Store, claimed, letters, most)
			if err != nil {
				t.Fatal(err)
			}
			if w == f {
				together += len(letters) - len(runs)
			}
		}
		if diff := cmp.Diff(serial.story(t), f.story(t)); diff != "" {
			t.Fatalf("round %d: one by one and together differ (-one by one +together):\n%s", round, diff)
		}
	}
	if together == 0 {
		t.Error("no two mails were decided together")
	}
	f.checkChains(t, "after all")
}
