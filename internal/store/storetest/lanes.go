package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/store"
)

var laneTests = map[string]func(*testing.T, *fixture){
	"lanes of mails that arrive":               testLanes,
	"lanes claimed side by side":               testLanesSideBySide,
	"lanes of strangers":                       testStrangers,
	"lanes left for others":                    testLanesShared,
	"one lane hides no other":                  testLaneBehindMany,
	"lane of one who has died":                 testLaneOfTheDead,
	"mail about another client":                testMisplaced,
	"side by side is like one by one":          testInterleavings,
	"a mail that kills holds up no other lane": testPoisonLane,
	"a header that cannot be looked for":       testLaneRefused,
}

// receive stores letters as they arrive at the mailbox "support", each in its lane.
func (f *fixture) receive(t testing.TB, letters ...*letter) {
	t.Helper()
	c, _, err := f.Cursor(t.Context(), "support")
	if err != nil {
		t.Fatal(err)
	}
	var mails []access.RawMail
	for i, l := range letters {
		m := rawMail(1, c.UID+uint32(i)+1, strconv.Itoa(int(c.UID)+i+1))
		m.Lookup = l.lookup(0)
		mails = append(mails, m)
	}
	if err := f.StoreMails(t.Context(), "support", mails, 1, c.UID+uint32(len(letters))); err != nil {
		t.Fatal(err)
	}
}

func by(address string) *letter {
	return &letter{from: person{"Somebody", address}, reading: interpret.Reading{Class: interpret.ClassOther}}
}

// A mail waits in the line of the one client that its author and what it answers belong to.
func testLanes(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	f.send(t, asks(second(0), "ask", "Nina New", "nina@client0.example"), access.Applied)
	approval := approvalFor(t, f.post.take(access.MailApproval), main(0))
	both := person{"Bo Both", "bo@both.example"}
	if err := f.EditRoster(t.Context(), false, func(r *store.Roster) error {
		for _, name := range []string{"Client 0", "Client 1"} {
			c, err := f.ClientByName(t.Context(), name)
			if err != nil {
				return err
			}
			if _, err := r.PutContact(t.Context(), &access.Contact{ClientID: c.ID, Name: both.name, Address: address(both.address),
				Kind: access.Person, State: access.ContactActive, Roles: []string{"technician"}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	answer := func(p person) *letter { return answers(p, approval, interpret.Approve) }
	numbered := by(sue.address)
	numbered.ticket = "REQ-2026-00001"
	const any, stranger = "any", "stranger"
	for what, c := range map[string]struct {
		*letter
		lane string
	}{
		"a contact":                         {by(main(0).address), "Client 0"},
		"a contact of two clients":          {by(both.address), any},
		"one of them about a ticket":        {answer(both), any},
		"an approver":                       {answer(main(0)), "Client 0"},
		"staff about a ticket":              {answer(sue), "Client 0"},
		"staff about a ticket's number":     {numbered, "Client 0"},
		"staff about nothing in particular": {by(sue.address), any},
		"a contact about another's ticket":  {answer(main(1)), any},
		"a stranger":                        {by("x@elsewhere.example"), stranger},
		"a stranger about a ticket":         {answer(person{"X", "x@elsewhere.example"}), "Client 0"},
		"somebody new at a client":          {by("new@client1.example"), "Client 1"},
	} {
		f.receive(t, c.letter)
		got := f.db.Query(t, `SELECT CASE WHEN lane = 0 THEN 'any' WHEN lane < 0 THEN 'stranger' ELSE (SELECT name FROM clients WHERE id = lane) END
			FROM inbound_messages ORDER BY id DESC LIMIT 1`)[0][0]
		if got != c.lane {
			t.Errorf("%s waits in the lane %s, want %s", what, got, c.lane)
		}
	}
	f.deliver(t, "nobody has looked")
	if n := f.count(t, `SELECT lane FROM inbound_messages ORDER BY id DESC LIMIT 1`); n != 0 {
		t.Errorf("a mail at which nobody has looked waits in the lane %d, want 0", n)
	}
}

// Two claims never have mails of one lane. One that may concern any client waits for all before it and holds up all after it;
// one that concerns none waits and holds up nobody.
func testLanesSideBySide(t *testing.T, f *fixture) {
	f.enrolMany(t, 3)
	zero, one, two := by(main(0).address), by(main(1).address), by(main(2).address)
	stranger, staff := by("x@elsewhere.example"), by(sue.address)
	f.receive(t, zero, zero, one, zero, two, stranger, one, staff, two)
	first := f.claim(t, 2, "1!", "2!")
	second := f.claim(t, 2, "3!", "7!") // half of the two lanes that are free
	third := f.claim(t, 2, "5!")
	f.claim(t, 9) // the rest waits for mails before it
	f.finishAll(t, second)
	f.claim(t, 9)
	f.finishAll(t, first)
	f.finishAll(t, f.claim(t, 1, "4!"))
	f.claim(t, 9)
	f.finishAll(t, third)
	stray := f.claim(t, 1, "6!")
	f.claim(t, 9) // the staff's mail waits for the stranger's
	f.finishAll(t, stray)
	all := f.claim(t, 1, "8!")
	f.claim(t, 9)
	f.finishAll(t, all)
	f.finishAll(t, f.claim(t, 9, "9!"))
	f.receive(t, staff, zero, stranger, one)
	f.finishAll(t, f.claim(t, 9, "10!", "11!", "12!", "13!")) // alone it takes all there is, in order
}

// Strangers wait for clients before them and for themselves, and not for one another.
func testStrangers(t *testing.T, f *fixture) {
	f.enrolMany(t, 1)
	client, staff := by(main(0).address), by(sue.address)
	x, y := by("x@elsewhere.example"), by("y@elsewhere.example")
	f.receive(t, x, y, x, client, x, y, staff)
	first := f.claim(t, 1, "1!")
	second := f.claim(t, 1, "2!")
	third := f.claim(t, 9, "4!") // the third waits for the first, by the same stranger
	f.finishAll(t, second)
	f.claim(t, 9) // what is behind the client's waits for it
	f.finishAll(t, third)
	f.finishAll(t, f.claim(t, 9, "6!"))
	f.finishAll(t, first)
	f.finishAll(t, f.claim(t, 1, "3!"))
	again := f.claim(t, 1, "5!")
	f.claim(t, 9) // the staff's waits for all of them
	f.finishAll(t, again)
	f.finishAll(t, f.claim(t, 9, "7!"))
}

// However many mails wait in a lane that somebody is at, the others go on.
func testLaneBehindMany(t *testing.T, f *fixture) {
	f.enrolMany(t, 3)
	zero, x := by(main(0).address), by("x@elsewhere.example")
	var letters []*letter
	for range 60 {
		letters = append(letters, zero, x)
	}
	f.receive(t, append(letters, by(main(1).address), by("y@elsewhere.example"), zero, by(main(2).address), by(main(1).address))...)
	first := f.claim(t, 1, "1!")
	f.finishAll(t, f.claim(t, 3, "121!", "125!")) // half of the lanes
	f.finishAll(t, f.claim(t, 3, "124!"))
	f.claim(t, 3)
	f.finishAll(t, first)
	f.claim(t, 3, "2!", "3!", "4!")
}

// Where others are at work a claim leaves them half of the lanes that are free; where none is, it takes them all.
func testLanesShared(t *testing.T, f *fixture) {
	f.enrolMany(t, 5)
	var letters []*letter
	for range 3 {
		for client := range 5 {
			letters = append(letters, by(main(client).address))
		}
	}
	f.receive(t, letters...)
	f.claim(t, 1, "1!")
	f.claim(t, 100, "2!", "3!", "7!", "8!", "12!", "13!")
	f.claim(t, 100, "4!", "9!", "14!")
	f.claim(t, 100, "5!", "10!", "15!")
	f.claim(t, 100)
}

// What somebody had claimed who died is free when the lease ends, and meanwhile the other lanes go on.
func testLaneOfTheDead(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	zero, one := by(main(0).address), by(main(1).address)
	f.receive(t, zero, zero, one, zero)
	dead := f.claim(t, 2, "1!", "2!")
	f.finishAll(t, f.claim(t, 9, "3!"))
	f.receive(t, one)
	f.finishAll(t, f.claim(t, 9, "5!"))
	f.clock.advance(2 * time.Minute)
	f.receive(t, one)
	first := f.claim(t, 9, "1!!")
	f.finishAll(t, f.claim(t, 9, "6!"))
	f.claim(t, 9) // those behind it wait
	f.finishAll(t, first)
	f.finishAll(t, f.claim(t, 9, "2!!"))
	f.finishAll(t, f.claim(t, 9, "4!"))
	for _, in := range dead {
		fenced(t, "finishing late", f.QuarantineInbound(t.Context(), &in, access.Facts{}, "late"))
	}
}

// A mail that kills whoever is at it is tried a few times, and goes to quarantine; no other lane waits for that.
func testPoisonLane(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	zero, one := by(main(0).address), by(main(1).address)
	f.receive(t, zero, zero)
	for attempt := range 3 {
		want := []string{"1!!!"[:2+attempt]}
		if attempt == 0 {
			want = append(want, "2!")
		}
		if f.claim(t, 9, want...); attempt == 0 {
			f.db.Exec(t, `UPDATE inbound_messages SET lease_until = NULL, attempts = 0 WHERE uid = 2`)
		}
		f.receive(t, one)
		f.finishAll(t, f.claim(t, 9, strconv.Itoa(3+attempt)+"!"))
		f.clock.advance(2 * time.Minute)
	}
	f.finishAll(t, f.claim(t, 9, "2!"))
	f.checkPlaces(t, "after three tries", "support 1 1 quarantined", "support 1 2 left", "support 1 3 left", "support 1 4 left", "support 1 5 left")
}

// A mail that turns out to be about another client than was known when it came waits for those before it.
func testMisplaced(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	letters := []*letter{by(main(1).address), by("x@client0.example"), by(main(0).address)}
	f.receive(t, letters...)
	f.db.Exec(t, `UPDATE inbound_messages SET lane = (SELECT id FROM clients WHERE name = 'Client 0') WHERE uid = 1`)
	f.receive(t, by("y@elsewhere.example"))
	early := f.claim(t, 1, "1!")
	letters[1] = by(main(1).address) // the roster has changed
	f.claim(t, 9)
	f.finishAll(t, early)
	claimed := f.claim(t, 2, "2!", "3!")
	moved := f.undecided(claimed[1], letters[1])
	if outs, err := f.DecideMails(t.Context(), []*access.Undecided{moved}); !errors.Is(err, access.ErrNotItsTurn) {
		t.Fatalf("decided were %v, %v; want that mails before it come first", outs, err)
	}
	f.claim(t, 9)
	f.finishAll(t, claimed[:1])
	again := f.claim(t, 9, "3!", "4!")
	if outs, err := f.DecideMails(t.Context(), []*access.Undecided{f.undecided(again[0], letters[1])}); err != nil || outs[0] == nil {
		t.Errorf("decided were %v, %v; want that mail", outs, err)
	}
}

// mixedLetters are letters that get into one another's way: requests, repeated mails, answers by clients and staff, STOP,
// strangers, and staff about nothing in particular.
func (f *fixture) mixedLetters(r *rand.Rand, round, clients int) []*letter {
	letters := f.randomLetters(r, round, clients)
	for i, l := range letters {
		if l.ref != nil && r.IntN(5) == 0 {
			stop := *l
			stop.id += " stop"
			stop.reading = interpret.Reading{Class: interpret.ClassReply, Commands: []interpret.Command{{Name: "stop"}}}
			letters = append(letters, &stop)
		}
		if r.IntN(12) == 0 {
			letters = append(letters, asks(sue, fmt.Sprintf("staff-%d-%d", round, i), "Sten New", fmt.Sprintf("sten%d@elsewhere.example", i)))
		}
	}
	return letters
}

// processor is one of several that work side by side, on a store of its own. Now and then it gives mails back, or dies with
// mails claimed, before it decides or within.
type processor struct {
	*fixture
	store   *store.Store
	random  *rand.Rand
	letters []*letter    // of all mails that ever came, in their order
	died    *atomic.Bool // one of them
}

// processorLease is short beside all that goes by the clock, the undo window before all: what is decided only after the leases of the
// dead have ended must not be late for it.
const processorLease = time.Second

func (p *processor) run(ctx context.Context) error {
	for {
		claimed, err := p.store.ClaimInbound(ctx, processorLease, 1+p.random.IntN(12))
		if err != nil {
			return err
		}
		if len(claimed) == 0 {
			next, err := p.store.NextInbound(ctx)
			if err != nil || next.IsZero() || p.died.Load() {
				return err // what the dead hold is for the next round
			}
			continue
		}
		if err := p.work(ctx, claimed); err != nil {
			return err
		}
	}
}

func (p *processor) work(ctx context.Context, claimed []access.Inbound) error {
	for len(claimed) > 0 {
		switch p.random.IntN(25) {
		case 0:
			for i := len(claimed) - 1; i >= 0; i-- {
				if err := p.store.ReleaseInbound(ctx, &claimed[i]); err != nil {
					return err
				}
			}
			return nil
		case 1:
			p.died.Store(true)
			return nil
		}
		dying, die := context.WithCancel(ctx)
		killed := p.random.IntN(25) == 0
		var run []*access.Undecided
		for _, in := range claimed[:min(len(claimed), 1+p.random.IntN(8))] {
			u := p.undecided(in, p.letters[in.ID-1])
			if decide := u.Decide; killed {
				u.Decide = func(s *access.Situation) (*access.Outcome, error) {
					die()
					return decide(s)
				}
			}
			run = append(run, u)
		}
		outs, err := p.store.DecideMails(dying, run)
		die()
		if killed {
			p.died.Store(true)
			if err == nil {
				return errors.New("whoever was killed has stored what followed")
			}
			return nil
		}
		if err != nil {
			return err
		}
		left := claimed[:0:0]
		for i, in := range claimed {
			if i >= len(outs) || outs[i] == nil {
				left = append(left, in)
			}
		}
		claimed = left
	}
	return nil
}

// In whatever order several processors come to work side by side, and whoever of them dies, the result is that of deciding one
// mail after the other in the order of their arrival.
func testInterleavings(t *testing.T, f *fixture) {
	const clients, rounds, processors = 5, 5, 4
	serial := f.another()
	for _, w := range []*fixture{serial, f} {
		w.enrolMany(t, clients)
	}
	f.db.Config.MaxClaims = 1000 // nobody dies of a mail
	stores := []*store.Store{f.open(t), f.open(t)}
	seed, runs := rand.Uint64(), uint64(0)
	t.Logf("seed %d", seed)
	all := map[*fixture][]*letter{}
	for round := range rounds {
		for _, w := range []*fixture{serial, f} {
			letters := w.mixedLetters(rand.New(rand.NewPCG(seed, uint64(round))), round, clients)
			all[w] = append(all[w], letters...)
			w.receive(t, letters...)
		}
		claimed, err := serial.ClaimInbound(t.Context(), time.Minute, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range claimed {
			if _, err := serial.decide(t.Context(), serial.Store, in, all[serial][in.ID-1]); err != nil {
				t.Fatal(err)
			}
		}
		for f.count(t, `SELECT count(*) FROM inbound_messages WHERE disposition = 'pending'`) > 0 {
			var died atomic.Bool
			runs += processors
			noErrors(t, together(t.Context(), processors, func(ctx context.Context, i int) error {
				p := &processor{fixture: f, store: stores[i%2], random: rand.New(rand.NewPCG(seed, runs+uint64(i))), letters: all[f], died: &died}
				return p.run(ctx)
			}))
			if t.Failed() {
				return
			}
			f.clock.advance(2 * processorLease) // the leases of the dead end
			serial.clock.advance(2 * processorLease)
		}
		for _, w := range []*fixture{serial, f} {
			w.clock.advance(6 * time.Minute)
			w.fireAll(t)
			w.post.arrange()
		}
		if diff := gocmp.Diff(serial.story(t), f.story(t)); diff != "" {
			t.Fatalf("round %d: one by one and side by side differ (-one by one +side by side):\n%s", round, diff)
		}
	}
	f.checkChains(t, "after all")
}

// arrange brings mails into an order that does not depend on which client's was decided first.
func (p *post) arrange() {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.sent, func(a, b *access.Mail) int {
		return cmp.Or(cmp.Compare(clientOfMail(a), clientOfMail(b)), cmp.Compare(a.To.String(), b.To.String()))
	})
}

func clientOfMail(m *access.Mail) int64 {
	if m.Ticket == nil {
		return 0
	}
	return m.Ticket.ClientID
}

// A header with what the database refuses to look for keeps no mail from being stored, its own neither.
func testLaneRefused(t *testing.T, f *fixture) {
	f.enrolMany(t, 1)
	odd, even := rawMail(1, 1, "odd"), rawMail(1, 2, "even")
	odd.Lookup = &access.Lookup{ReturnPaths: []string{"bounce+\x00\xff@provider.example"}}
	even.Lookup = by("main0@client0.example").lookup(0)
	if err := f.StoreMails(t.Context(), "support", []access.RawMail{odd, even}, 1, 2); err != nil {
		t.Fatal(err)
	}
	claimed, err := f.ClaimInbound(t.Context(), time.Minute, 10)
	if err != nil || len(claimed) != 2 {
		t.Errorf("%d mails are claimed, want both; %v", len(claimed), err)
	}
	if odd.Lookup == nil {
		t.Error("the caller's mails were changed")
	}
}
