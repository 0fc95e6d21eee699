package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
)

var openRequestTests = map[string]func(*testing.T, *fixture){
	"open requests about addresses":    testOpenAbout,
	"decision on all open requests":    testDecidesAgain,
	"decision that never has enough":   testNeverEnough,
	"together with all open requests":  testTogetherAgain,
	"open requests of a closed ticket": testOpenClosed,
}

// askFor lets a Secondary Contact of a client ask for a Technician, which waits for approval.
func (f *fixture) askFor(t *testing.T, by person, addresses ...string) {
	t.Helper()
	for _, a := range addresses {
		f.send(t, asks(by, a, "Otto "+a, a), access.Applied)
	}
}

// opens are the addresses of the open requests that a mail's decision gets, which seeks those about some keys.
func (f *fixture) opens(t *testing.T, from person, seek func(*access.Situation) *access.Sought) (addresses []string) {
	t.Helper()
	u := f.undecided(f.arrive(t, "looks")[0], asks(from, "looks", "Otto", "otto@elsewhere.example"))
	u.Seek = seek
	u.Decide = func(s *access.Situation) (*access.Outcome, error) {
		for _, r := range s.Open {
			addresses = append(addresses, r.Email.String())
		}
		return &access.Outcome{Disposition: access.Left, Reason: "looked"}, nil
	}
	if _, err := f.DecideMails(t.Context(), []*access.Undecided{u}); err != nil {
		t.Fatal(err)
	}
	return addresses
}

// Only the open requests of the client that are about the addresses are loaded, however they are written.
func testOpenAbout(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	all := []string{"Otto@Client0.example", `"otto o"@client0.example`, "ÖTTO@client0.example", "İLK@client0.example", "olga@client0.example"}
	f.askFor(t, second(0), all...)
	f.askFor(t, second(1), "otto@client0.example")
	for _, tt := range []struct {
		about []string
		want  []string
	}{
		{[]string{"otto@client0.example"}, []string{"Otto@client0.example"}},
		{[]string{"otto o@client0.example"}, []string{`"otto o"@client0.example`}},
		{[]string{"ötto@client0.example"}, []string{"ÖTTO@client0.example"}},
		{[]string{"ilk@client0.example"}, []string{"İLK@client0.example"}},
		{[]string{"olga@client0.example", "otto@client0.example", "nobody@client0.example"}, []string{"Otto@client0.example", "olga@client0.example"}},
		{nil, nil},
	} {
		got := f.opens(t, main(0), func(s *access.Situation) *access.Sought {
			if len(s.Contacts) == 0 || len(s.Open) != 0 {
				t.Errorf("%d contacts and %d open requests are known when it is asked what is sought", len(s.Contacts), len(s.Open))
			}
			return &access.Sought{About: tt.about}
		})
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("about %q (-want +got):\n%s", tt.about, diff)
		}
	}
	if got := f.opens(t, main(0), func(*access.Situation) *access.Sought { return nil }); len(got) != len(all) {
		t.Errorf("all are %q", got)
	}
}

// A request that is open no more is none of them.
func testOpenClosed(t *testing.T, f *fixture) {
	f.enrolMany(t, 1)
	f.askFor(t, second(0), "otto@client0.example")
	if n := f.count(t, `SELECT count(*) FROM requests`); n != 1 {
		t.Fatalf("%d requests", n)
	}
	f.db.Exec(t, `UPDATE requests SET state = 'cancelled'`)
	if got := f.opens(t, main(0), func(*access.Situation) *access.Sought { return &access.Sought{About: []string{"otto@client0.example"}} }); len(got) != 0 {
		t.Errorf("open are %q", got)
	}
}

// seesAll makes a mail's decision depend on all open requests, beyond what it seeks.
func seesAll(u *access.Undecided, open int, tries *int) {
	decide := u.Decide
	u.Decide = func(s *access.Situation) (*access.Outcome, error) {
		*tries++
		if s.Sought != nil {
			return nil, fmt.Errorf("deciding: %w", access.ErrMore)
		}
		if len(s.Open) != open {
			return nil, fmt.Errorf("%d requests are open, want %d", len(s.Open), open)
		}
		return decide(s)
	}
}

// A decision that needs more than it sought is made again with all, however long the first try took.
func testDecidesAgain(t *testing.T, f *fixture) {
	f.enrolMany(t, 1)
	f.askFor(t, second(0), "otto@client0.example", "olga@client0.example")
	u := f.undecided(f.arrive(t, "1")[0], asks(second(0), "one more", "Nina New", "nina@client0.example"))
	u.Stands = func(*access.Thread) bool { return false } // of the first of all nothing can have changed
	tries := 0
	seesAll(u, 2, &tries)
	first := u.Decide
	u.Decide = func(s *access.Situation) (*access.Outcome, error) {
		f.clock.advance(1e9)
		return first(s)
	}
	outs, err := f.DecideMails(t.Context(), []*access.Undecided{u})
	if err != nil || outs[0] == nil || outs[0].Disposition != access.Applied || tries != 2 {
		t.Errorf("got %+v, %v after %d tries", outs, err, tries)
	}
}

// One that never has enough fails, alone.
func testNeverEnough(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	in := f.arrive(t, "1", "2")
	never := f.undecided(in[0], asks(main(0), "a", "Nina New", "nina@client0.example"))
	never.Decide = func(*access.Situation) (*access.Outcome, error) { return nil, access.ErrMore }
	fine := f.undecided(in[1], asks(main(1), "b", "Nina New", "nina@client1.example"))
	if outs, err := f.DecideMails(t.Context(), []*access.Undecided{never, fine}); !errors.Is(err, access.ErrMore) {
		t.Errorf("first of two: %+v, %v", outs, err)
	}
	f.checkPlaces(t, "after the first fails", "support 1 1 pending", "support 1 2 pending")
	if outs, err := f.DecideMails(t.Context(), []*access.Undecided{fine, never}); err != nil || outs[0] == nil || outs[1] != nil {
		t.Errorf("second of two: %+v, %v", outs, err)
	}
	f.checkPlaces(t, "after the second fails", "support 1 1 pending", "support 1 2 applied")
}

// Beside others it is decided in a later round of the same transaction, and those of its client after it.
func testTogetherAgain(t *testing.T, f *fixture) {
	f.enrolMany(t, 2)
	f.askFor(t, second(1), "otto@client1.example")
	in := f.arrive(t, "1", "2", "3")
	var order []int
	var mails []*access.Undecided
	for i, l := range []*letter{asks(main(0), "a", "Nina New", "nina@client0.example"), asks(main(1), "b", "Nina New", "nina@client1.example"),
		asks(second(1), "c", "Nora New", "nora@client1.example")} {
		u := f.undecided(in[i], l)
		if i == 1 {
			seesAll(u, 1, new(int))
		}
		decide := u.Decide
		u.Decide = func(s *access.Situation) (*access.Outcome, error) {
			o, err := decide(s)
			if err == nil {
				order = append(order, i)
			}
			return o, err
		}
		mails = append(mails, u)
	}
	outs, err := f.DecideMails(t.Context(), mails)
	if err != nil || slices.Contains(outs, nil) {
		t.Fatalf("got %+v, %v", outs, err)
	}
	if diff := cmp.Diff([]int{0, 1, 2}, order); diff != "" {
		t.Errorf("decided (-want +got):\n%s", diff)
	}
}
