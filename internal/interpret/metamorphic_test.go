package interpret_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// TestForms sends the mails of the corpus in other forms that mean the same. The reading of no form holds a value that the
// reading of the original does not; and no more readings differ than are known to. The race detector sees a sample of the mails,
// another one for each form.
func TestForms(t *testing.T) {
	t.Parallel()
	all := originals(t)
	for n, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			same, sent := 0, 0
			for i, o := range all {
				if (i+n)%sample != 0 {
					continue
				}
				raw, ok := f.send(o)
				if !ok {
					continue
				}
				sent++
				m, err := message.Parse(raw)
				if err != nil {
					t.Errorf("%s: %v", o.id, err)
					continue
				}
				want, got := o.reading, interpret.Read(m, o.context)
				if f.requestsOnly {
					want.Decisions, got.Decisions = nil, nil
					want.Commands, got.Commands = nil, nil
				}
				for _, w := range invented(want, got) {
					t.Errorf("%s: %s", o.id, w)
				}
				if lost := difference(want, got); lost == "" {
					same++
				} else if testing.Verbose() {
					t.Logf("%s: %s", o.id, lost)
				}
			}
			t.Logf("%d of %d readings unchanged", same, sent)
			if changed := sent - same; changed > f.mayChange || sent == 0 {
				t.Errorf("%d of %d readings changed, want at most %d", changed, sent, f.mayChange)
			}
		})
	}
}

// invented lists the values of got that want does not have. A request left to people and a decision left unclear are none.
func invented(want, got interpret.Reading) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if got.Class != want.Class && got.Class != interpret.ClassOther {
		add("class %s, was %s", got.Class, want.Class)
	}
	if len(got.Requests) > len(want.Requests) {
		add("%d requests, were %d", len(got.Requests), len(want.Requests))
	}
	paired := pair(got.Requests, want.Requests)
	for i, q := range got.Requests {
		w := paired[i]
		if q.Action != w.Action {
			add("action %s, was %s", q.Action, w.Action)
		}
		for _, v := range [][3]string{
			{"name", str(q.Name), str(w.Name)}, {"email", str(q.Email), str(w.Email)},
			{"starts", str(q.Starts), str(w.Starts)}, {"ends", str(q.Ends), str(w.Ends)},
			{"company", str(q.Company), str(w.Company)}, {"site", str(q.Site), str(w.Site)},
		} {
			if v[1] != "" && v[1] != v[2] {
				add("%s %q, was %q", v[0], v[1], v[2])
			}
		}
		for _, r := range q.Roles {
			if !slices.Contains(w.Roles, r) {
				add("role %s, were %v", r, w.Roles)
			}
		}
	}
	for key, d := range got.Decisions {
		if clear(d) != "" && d != decisionFor(want, key) {
			add("decision %s: %s, was %q", key, d, decisionFor(want, key))
		}
	}
	for _, c := range got.Commands {
		if !slices.Contains(want.Commands, c) {
			add("command %s", c.Name)
		}
	}
	return out
}

func decisionFor(r interpret.Reading, key string) interpret.Decision {
	if d, ok := r.Decisions[key]; ok {
		return d
	}
	return r.Decisions[interpret.Everything]
}

// difference says what differs in meaning, "" for nothing.
func difference(want, got interpret.Reading) string {
	a, b := meaning(want), meaning(got)
	for i := range a {
		if a[i] != b[i] {
			return fmt.Sprintf("%s, was %s", b[i], a[i])
		}
	}
	return ""
}

// meaning writes what a reading means, one line each for class, requests, missing details, decisions and commands.
func meaning(r interpret.Reading) [5]string {
	var requests, decisions []string
	for _, q := range r.Requests {
		requests = append(requests, fmt.Sprintf("%s %q %q %q %q %q %q", q.Action, str(q.Name), str(q.Email), set(q.Roles),
			str(q.Reason), str(q.Starts), str(q.Ends)))
	}
	for key, d := range r.Decisions {
		if clear(d) != "" {
			decisions = append(decisions, key+" "+string(d))
		}
	}
	slices.Sort(decisions)
	return [5]string{
		string(r.Class), strings.Join(requests, "; "), fmt.Sprint(r.Missing), strings.Join(decisions, "; "), fmt.Sprint(r.Commands),
	}
}
