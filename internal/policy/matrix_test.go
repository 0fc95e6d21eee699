package policy

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/*.matrix anew; read the difference before it is committed")

// TestMatrix compares what each model says to every actor about every case with a table that people have read.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, id := range BuiltinIDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			got := matrix(builtin(t, id))
			file := filepath.Join("testdata", id+".matrix")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// TestEveryRuleDecides takes each rule away in turn: some answer must change, else the rule is never reached.
func TestEveryRuleDecides(t *testing.T) {
	t.Parallel()
	for _, id := range BuiltinIDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			m := builtin(t, id)
			cases := allCases(m)
			var before []verdict
			for _, c := range cases {
				before = append(before, m.judge(c.q))
			}
			for i, r := range m.Rules {
				less := *m
				less.Rules = slices.Delete(slices.Clone(m.Rules), i, i+1)
				changed := false
				for j := 0; j < len(cases) && !changed; j++ {
					changed = cases[j].q.Action == r.Action && !reflect.DeepEqual(less.judge(cases[j].q), before[j])
				}
				if !changed {
					t.Errorf("rule %d, %s %s for %s by %s, decides nothing", i+1, r.ID, r.Action, r.For, r.By)
				}
			}
		})
	}
}

// mcase is one question and how the matrix calls it.
type mcase struct {
	actor, name string
	q           Question
}

// matrix is one paragraph for each action and actor, one line for each answer, with the cases that get it.
func matrix(m *Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s: who may ask what about whom. Cases: the role that the person has, or a>b for a change; \"?\" is\n"+
		"# not known, \"self\" the actor, \"off\" a person off the list. With a grant, only what differs.\n", m.ID, m.Version)
	cases := slices.DeleteFunc(allCases(m), func(c mcase) bool {
		plain := c.q
		plain.Grants = nil
		return c.q.Grants != nil && reflect.DeepEqual(m.Decide(c.q), m.Decide(plain))
	})
	for len(cases) > 0 {
		head := cases[0]
		n := slices.IndexFunc(cases, func(c mcase) bool { return c.q.Action != head.q.Action || c.actor != head.actor })
		if n < 0 {
			n = len(cases)
		}
		fmt.Fprintf(&b, "\n%s by %s\n", head.q.Action, head.actor)
		var order []string
		names := map[string][]string{}
		for _, c := range cases[:n] {
			answer := m.Decide(c.q).line()
			if names[answer] == nil {
				order = append(order, answer)
			}
			names[answer] = append(names[answer], c.name)
		}
		for _, answer := range order {
			fmt.Fprintf(&b, "  %s\n      %s\n", answer, strings.Join(names[answer], ", "))
		}
		cases = cases[n:]
	}
	return b.String()
}

// line is the answer in one line.
func (a Answer) line() string {
	if !a.Allowed {
		who := strings.Join(a.MayAsk, " ")
		if who == "" {
			who = "nobody"
		}
		return "NO  " + a.Rule + ", may ask: " + who
	}
	s := "yes " + a.Rule + ":"
	if a.ClientSkipped {
		s += " (client)"
	}
	for _, stage := range a.Stages {
		s += " " + string(stage)
	}
	if a.Checklist != ChecklistNone {
		s += ", checklist of " + string(a.Checklist)
	}
	if a.MovesPower {
		s += ", moves power"
	}
	return s
}

// allCases are the questions of the matrix, grouped by action and actor.
func allCases(m *Model) []mcase {
	var all []mcase
	for _, action := range actions {
		for _, actor := range actors(m) {
			for _, s := range subjects(m, action, actor) {
				q := s.q
				q.Action, q.ActorRoles, q.Grants = action, actor.q.ActorRoles, actor.q.Grants
				all = append(all, mcase{actor.name, s.name, q})
			}
		}
	}
	return all
}

// actors are each role alone, nobody, and with grants where the model looks at them.
func actors(m *Model) []mcase {
	list := []mcase{{name: "nobody"}}
	for _, r := range m.Roles {
		q := Question{ActorRoles: []string{r.ID}}
		list = append(list, mcase{name: r.ID, q: q})
		if !m.looksAt(func(w When) bool { return w.Holds != nil }) {
			continue
		}
		for _, g := range []string{"-users:request", "+users:request"} {
			if held := slices.Contains(m.Capabilities(q.ActorRoles), g[1:]); held == (g[0] == '-') {
				list = append(list, mcase{name: r.ID + " " + g, q: q.grants(g)})
			}
		}
	}
	return list
}

func (m *Model) looksAt(f func(When) bool) bool {
	return slices.ContainsFunc(m.Rules, func(r Rule) bool { return f(r.When) })
}

// subjects are the persons that an actor may ask about, with what is asked.
func subjects(m *Model, action Action, actor mcase) []mcase {
	list := []mcase{{name: "?"}}
	if action == ActionScheduleVisit || action == ActionResendInvitation {
		list = append(list, mcase{name: "off", q: Question{Unlisted: true}})
	}
	if action != ActionAddUser {
		list = append(list, mcase{name: "self", q: Question{Self: true, SubjectRoles: actor.q.ActorRoles}})
	}
	for _, r := range m.Roles {
		list = append(list, mcase{name: r.ID, q: Question{SubjectRoles: []string{r.ID}}})
	}
	switch action {
	case ActionAddUser:
		for i := range list {
			list[i].q.Roles, list[i].q.SubjectRoles = list[i].q.SubjectRoles, nil
		}
	case ActionChangeRole:
		list = vary(list, len(m.Roles)+1, func(c mcase, i int) (mcase, bool) {
			if i == len(m.Roles) {
				c.name += ">?"
				return c, true
			}
			c.name, c.q.Roles = c.name+">"+m.Roles[i].ID, []string{m.Roles[i].ID}
			return c, !slices.Equal(c.q.Roles, c.q.SubjectRoles)
		})
	case ActionChangeDetails:
		list = vary(list, len(details), func(c mcase, i int) (mcase, bool) {
			c.name, c.q.Details = c.name+" "+string(details[i]), details[i:i+1]
			return c, details[i] != DetailLeadContact && details[i] != DetailPhysicalAccess || m.looksAt(func(w When) bool { return slices.Contains(w.Details, details[i]) })
		})
	}
	return vary(flags(m, action, list), 1, func(c mcase, _ int) (mcase, bool) {
		return c, !c.q.Self || len(c.q.SubjectRoles) > 0 || action == ActionResendInvitation
	})
}

// flags adds the cases with the flags that the model looks at.
func flags(m *Model, action Action, list []mcase) []mcase {
	visit := action == ActionScheduleVisit
	add := func(on bool, name string, set func(*Question)) {
		if on {
			list = vary(list, 2, func(c mcase, i int) (mcase, bool) {
				if i == 1 {
					c.name += name
					set(&c.q)
				}
				return c, i == 0 || visit || c.q.subjectKnown()
			})
		}
	}
	lead := action == ActionChangeRole || action == ActionChangeDetails || action == ActionRemoveUser
	add(lead && m.looksAt(func(w When) bool { return w.Lead != nil }), " (lead)", func(q *Question) { q.Lead = true })
	add(visit && m.looksAt(func(w When) bool { return w.PhysicalAccess != nil }), " (actor has access)", func(q *Question) { q.PhysicalAccess = true })
	add(visit && m.looksAt(func(w When) bool { return w.Admitted != nil }), " (visitor admitted)", func(q *Question) { q.Admitted = true })
	return list
}

// vary makes n cases of each; f says which of them are cases at all.
func vary(list []mcase, n int, f func(c mcase, i int) (mcase, bool)) []mcase {
	var all []mcase
	for _, c := range list {
		for i := range n {
			if v, is := f(c, i); is {
				all = append(all, v)
			}
		}
	}
	return all
}
