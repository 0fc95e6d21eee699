package interpret_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// truth is what a careful human understands from a mail of the corpus.
type truth struct {
	Model     string              `json:"model"`
	Class     interpret.Class     `json:"class"`
	Requests  []interpret.Request `json:"requests"`
	Decisions map[string]interpret.Decision
}

// tally counts values that are right, left empty, and wrong.
type tally struct{ correct, asked, wrong int }

func (c *tally) count(t *testing.T, what, want, got string) {
	switch {
	case want == got:
		c.correct++
	case got == "":
		c.asked++
		t.Logf("%s: asked for %q", what, want)
	default:
		c.wrong++
		t.Errorf("%s: read %q, truth %q", what, got, want)
	}
}

func loadCase(t testing.TB, path string) (*message.Message, truth) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := message.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(strings.TrimSuffix(path, ".eml") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	return m, want
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return strings.Join(strings.Fields(*s), " ")
}

func set(roles []string) string {
	roles = slices.Clone(roles)
	slices.Sort(roles)
	return strings.Join(roles, ",")
}

// pair gives each true request its reading: the same address, else the same name, else what is left, in order. One that is not read is empty.
func pair(want, got []interpret.Request) []interpret.Request {
	paired := make([]interpret.Request, len(want))
	found, taken := make([]bool, len(want)), make([]bool, len(got))
	for _, same := range []func(w, q interpret.Request) bool{
		func(w, q interpret.Request) bool {
			return w.Email != nil && str(q.Email) == str(w.Email) && q.Action == w.Action
		},
		func(w, q interpret.Request) bool { return w.Email != nil && str(q.Email) == str(w.Email) },
		func(w, q interpret.Request) bool { return w.Name != nil && str(q.Name) == str(w.Name) },
		func(interpret.Request, interpret.Request) bool { return true },
	} {
		for i, w := range want {
			for k, q := range got {
				if !found[i] && !taken[k] && same(w, q) {
					paired[i], found[i], taken[k] = q, true, true
				}
			}
		}
	}
	return paired
}

// TestCorpus holds the reader to: never a wrong action, name, address, role or decision; and no fewer right ones than
// it has reached. testdata/corpus/score.py measures the same more finely.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil || len(files) != 220 {
		t.Fatalf("%d mails (%v), want 220", len(files), err)
	}
	var classes, actions, names, addresses, roles, decisions tally
	for _, path := range files {
		m, want := loadCase(t, path)
		id := filepath.Base(path)
		got := interpret.Read(m, interpret.Context{Model: want.Model, Roles: models[want.Model]})
		switch {
		case got.Class == want.Class:
			classes.correct++
		case want.Class == interpret.ClassRequest && got.Class == interpret.ClassOther:
			classes.asked++ // left for people
		default:
			classes.wrong++
			t.Errorf("%s: class %s, truth %s", id, got.Class, want.Class)
		}
		if len(got.Requests) > len(want.Requests) {
			t.Errorf("%s: %d requests, truth %d", id, len(got.Requests), len(want.Requests))
		}
		paired := pair(want.Requests, got.Requests)
		for i, w := range want.Requests {
			q := paired[i]
			actions.count(t, id+" action", string(w.Action), string(q.Action))
			names.count(t, id+" name", str(w.Name), str(q.Name))
			addresses.count(t, id+" email", str(w.Email), str(q.Email))
			roles.count(t, id+" roles", set(w.Roles), set(q.Roles))
		}
		for key, w := range want.Decisions {
			if d, ok := got.Decisions[key]; ok || want.Class == interpret.ClassReply {
				if !ok {
					d = got.Decisions[interpret.Everything]
				}
				decisions.count(t, id+" decision "+key, clear(w), clear(d))
			}
		}
		if len(want.Decisions) == 0 && len(got.Decisions) > 0 {
			t.Errorf("%s: decisions %v, truth none", id, got.Decisions)
		}
	}
	for _, x := range []struct {
		what    string
		got     tally
		atLeast int
	}{
		{"classes", classes, 220}, {"actions", actions, 179}, {"names", names, 177}, {"addresses", addresses, 180},
		{"roles", roles, 179}, {"decisions", decisions, 56},
	} {
		t.Logf("%s: %d right, %d asked, %d wrong", x.what, x.got.correct, x.got.asked, x.got.wrong)
		if x.got.correct < x.atLeast {
			t.Errorf("%s: %d right, want at least %d", x.what, x.got.correct, x.atLeast)
		}
	}
}

// clear is a decision, or "" for one that is unclear: absent and unclear mean the same.
func clear(d interpret.Decision) string {
	if d == interpret.Unclear {
		return ""
	}
	return string(d)
}
