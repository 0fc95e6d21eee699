package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// council is a random client under a random model: so many directors, of whom so many must agree.
type council struct {
	*world
	directors []string
	colleague []string
	seen      int // decisions that were looked at
}

func newCouncil(t *rapid.T) *council {
	all := []string{"anna", "ben", "cleo", "dora"}
	c := &council{directors: all[:rapid.IntRange(1, 4).Draw(t, "directors")], colleague: []string{sue, sam, sven}}
	c.world = board(t, rapid.IntRange(1, 3).Draw(t, "client"), rapid.IntRange(1, 2).Draw(t, "staff"),
		pick(t, []policy.Reject{policy.RejectEnds, policy.RejectOutvoted}, "reject"), c.directors...)
	c.colleagueOf("Sven", sven)
	c.clients[0].FourEyes = rapid.Bool().Draw(t, "four-eyes")
	return c
}

func (c *council) colleagueOf(name, who string) { c.world.colleague(name, who, access.TeamSupport) }

func (c *council) ask(t *rapid.T) {
	from := pick(t, append([]string{"carol", "eve@evil.example"}, c.directors...), "from")
	action := pick(t, []interpret.Action{interpret.AddUser, interpret.ChangeRole, interpret.RemoveUser}, "action")
	who := pick(t, append([]string{"jane", "joe", "carol"}, c.directors...), "about")
	c.deliver(letter{from: from, reading: asks(said(action, strings.ToUpper(who), full(who), pick(t, []string{"clerk", "director"}, "role"), "a project"))})
}

// decide answers some question that was ever asked, mostly as its owner.
func (c *council) decide(t *rapid.T) {
	var asked []*access.Mail
	for _, m := range c.sent {
		if m.Ref != nil && m.Approval != nil {
			asked = append(asked, m)
		}
	}
	if len(asked) == 0 {
		notNow(t, "nobody was asked")
	}
	a := asked[len(asked)-1-min(rapid.IntRange(0, 10).Draw(t, "back"), len(asked)-1)]
	l := letter{from: short(a.To.String()), refs: []token.Ref{*a.Ref},
		reading: answers("*", pick(t, []string{"approve", "approve", "approve", "reject", "unclear"}, "answer"))}
	switch rapid.IntRange(0, 9).Draw(t, "how") {
	case 0:
		l.from = pick(t, slices.Concat(c.directors, c.colleague, []string{"carol", "eve@evil.example"}), "another")
	case 1:
		l.reading = stopWord()
	case 2:
		l.reading.Adds = []string{pick(t, []string{interpret.AddsCharge, interpret.AddsSecurity}, "adds")}
	}
	c.deliver(l)
	if rapid.IntRange(0, 3).Draw(t, "replayed") == 0 {
		before := c.states()
		n := len(c.decisions)
		l.id = fmt.Sprintf("%d@acme.example", len(c.inbound)) // the same mail again
		c.deliver(l)
		if len(c.decisions) != n || !slices.Equal(before, c.states()) {
			t.Fatalf("replaying a mail by %s changed %q to %q", l.from, before, c.states())
		}
	}
}

func (c *council) delegates(t *rapid.T) {
	from := pick(t, append([]string{"carol"}, c.directors...), "from")
	if rapid.Bool().Draw(t, "end") {
		c.say(from, endDelegation())
		return
	}
	until := c.now.AddDate(0, 0, rapid.IntRange(-1, 35).Draw(t, "days")).Format(time.DateOnly)
	c.say(from, delegate("Director "+pick(t, c.directors, "to"), until))
}

func (c *council) operates(t *rapid.T) {
	x := c.contact(pick(t, c.directors, "director"))
	if x.State == access.ContactRemoved {
		notNow(t, "gone")
	}
	was := x.State
	x.State = pick(t, []access.ContactState{access.ContactActive, access.ContactSuspended}, "state")
	if c.active() == 0 {
		x.State = was // an operator leaves an authority in place
	}
	c.rerouteAll()
}

func (c *council) waits(t *rapid.T) {
	c.advance(time.Duration(rapid.IntRange(1, 10*24).Draw(t, "hours")) * hour)
}

func (c *council) address(d *access.Decision) mailaddr.Address {
	if d.ApproverKind == access.ByStaff {
		return c.staff[d.ApproverID-1].Address
	}
	return c.contacts[d.ApproverID-1].Address
}

// holds what must always hold.
func (c *council) holds(t *rapid.T) {
	for _, d := range c.decisions[c.seen:] {
		r, by := c.requests[d.RequestID-1], c.address(d).Key()
		if by == c.contacts[r.RequesterID-1].Address.Key() || by == r.Email.Key() {
			t.Fatalf("%s decides on a request by themselves, or about themselves", by)
		}
		if d.ApproverKind == access.ByContact && (!d.Stage.ClientSide() || !slices.Contains(c.contacts[d.ApproverID-1].Roles, "director") && !slices.Contains(c.directors, short(by))) {
			t.Fatalf("%s, who is no director, decides %s", by, d.Stage)
		}
		for _, o := range c.decisions {
			if o != d && o.RequestID == d.RequestID && c.address(o).Key() == by && (o.Stage != d.Stage || o.Round == d.Round) {
				t.Fatalf("%s decides twice on request %d: %s and %s", by, r.ID, o.Stage, d.Stage)
			}
		}
	}
	c.seen = len(c.decisions)
	for _, r := range c.requests {
		if r.Action == access.ActionDelegate || r.State != access.Approved && r.State != access.Invited && r.State != access.Completed {
			continue
		}
		for _, s := range r.Stages {
			if n := c.agreed(r, s); n < r.Quorum.Of(s) {
				t.Fatalf("request %d is %s with %d of %d for %s", r.ID, r.State, n, r.Quorum.Of(s), s)
			}
		}
	}
	if c.active() == 0 {
		t.Fatalf("the last director is gone")
	}
	for _, g := range c.delegations {
		if g.State != access.DelegationEnded && g.EndsAt.After(g.CreatedAt.Add(30*day)) {
			t.Fatalf("a delegation for %s", g.EndsAt.Sub(g.CreatedAt))
		}
	}
}

// active counts the directors who can decide.
func (c *council) active() int {
	n := 0
	for _, x := range c.contacts {
		if x.State == access.ContactActive && slices.Contains(x.Roles, "director") {
			n++
		}
	}
	return n
}

// agreed counts the people who said yes in the newest round of a stage.
func (c *council) agreed(r *access.Request, s policy.Stage) int {
	round, people := 0, map[string]bool{}
	for _, d := range c.decisions {
		if d.RequestID != r.ID || d.Stage != s || d.Round < round {
			continue
		}
		if d.Round > round {
			round, people = d.Round, map[string]bool{}
		}
		if d.Answer == access.Yes {
			people[c.address(d).Key()] = true
		}
	}
	return len(people)
}

func TestCouncil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCouncil(t)
		t.Repeat(map[string]func(*rapid.T){"ask": c.ask, "decide": c.decide, "decide again": c.decide, "decide once more": c.decide,
			"delegate": c.delegates, "stop by page": c.stopsByPage, "operate": c.operates, "wait": c.waits, "": c.holds})
		c.advance(200 * day)
		c.holds(t)
		for _, r := range c.requests {
			if r.State.Open() {
				t.Fatalf("request %d is still %s(%s) after 200 days", r.ID, r.State, r.Stage)
			}
		}
		for _, g := range c.delegations {
			if g.State != access.DelegationEnded {
				t.Fatalf("a delegation is still %s after 200 days", g.State)
			}
		}
		if n := slices.IndexFunc(c.timers, func(x *timer) bool { return !x.fired }); n >= 0 {
			t.Fatalf("timer %s is left", c.timers[n].Kind)
		}
	})
}

// TestOrder: mails that have nothing to do with one another can come in any order.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Each step is of one of two clients; the steps of one keep their order.
		type step struct {
			from string
			yes  bool
		}
		plays := map[int64][]step{1: {{"carol", true}, {"anna", rapid.Bool().Draw(t, "anna")}}, 2: {{"carl@globex.example", true}, {gina, rapid.Bool().Draw(t, "gina")}}}
		play := func(order []int64) string {
			w := acme(t)
			w.person(2, "Carl Second", "carl@globex.example", "secondary_contact")
			at := map[int64]int{}
			for _, client := range order {
				s := plays[client][at[client]]
				at[client]++
				if at[client] == 1 {
					domain := map[int64]string{1: "acme.example", 2: "globex.example"}[client]
					w.ask(s.from, add("Jane Doe", "jane@"+domain, "technician", "new project"))
					continue
				}
				w.reply(s.from, answers("*", map[bool]string{true: "approve", false: "reject"}[s.yes]))
			}
			var all []string
			for _, r := range w.requests {
				all = append(all, fmt.Sprint(r.ClientID, r.State, r.Stage, r.Round, r.Email, w.contacts[r.RequesterID-1].Address))
			}
			slices.Sort(all)
			return strings.Join(all, "\n")
		}
		want := play([]int64{1, 1, 2, 2})
		order := rapid.Permutation([]int64{1, 1, 2, 2}).Draw(t, "order")
		if got := play(order); got != want {
			t.Fatalf("in the order %v:\n%s\nwant\n%s", order, got, want)
		}
	})
}
