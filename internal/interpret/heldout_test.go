package interpret_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/countersign/countersign/internal/interpret"
)

// unscored is what truths of testdata/heldout hold beyond those of the corpus.
type unscored struct {
	Commands []string `json:"commands"`
	Topic    string   `json:"topic"`
}

// sameReason compares leniently where a reason begins and ends: most words of the shorter one are in the longer one.
func sameReason(a, b string) bool {
	x, y := wordsOf(a), wordsOf(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	n := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			n++
		}
	}
	return len(x) > 0 && n*10 >= len(x)*7
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// TestHeldOut holds the reader to mails that it was not written by: no wrong value, and no fewer right ones than it has reached.
func TestHeldOut(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/heldout/*.eml")
	if err != nil || len(files) < 389 {
		t.Fatalf("%d mails (%v), want 389 or more", len(files), err)
	}
	var all, rest tally
	for _, path := range files {
		m, want := loadCase(t, path)
		id := filepath.Base(path)
		got := interpret.Read(m, interpret.Context{Model: want.Model, Roles: models[want.Model]})
		class := string(got.Class)
		if want.Class == interpret.ClassRequest && got.Class == interpret.ClassOther {
			class = "" // left for people
		}
		all.count(t, id+" class", string(want.Class), class)
		if len(got.Requests) > len(want.Requests) {
			t.Errorf("%s: %d requests, truth %d", id, len(got.Requests), len(want.Requests))
		}
		for i, w := range want.Requests {
			q := pair(w, i, got.Requests)
			all.count(t, id+" action", string(w.Action), string(q.Action))
			for _, v := range [][3]string{
				{"name", str(w.Name), str(q.Name)}, {"email", str(w.Email), str(q.Email)}, {"roles", set(w.Roles), set(q.Roles)},
				{"starts", str(w.Starts), str(q.Starts)}, {"ends", str(w.Ends), str(q.Ends)},
			} {
				all.count(t, id+" "+v[0], v[1], v[2])
			}
			if reason := str(q.Reason); sameReason(str(w.Reason), reason) {
				all.correct++
			} else {
				all.count(t, id+" reason", str(w.Reason), reason)
			}
			for _, v := range [][3]string{
				{"physical access", said(w.PhysicalAccess), said(q.PhysicalAccess)}, {"escort", said(w.Escort), said(q.Escort)},
				{"company", str(w.Company), str(q.Company)}, {"site", str(w.Site), str(q.Site)},
			} {
				if v[1] != "" {
					rest.count(t, id+" "+v[0], v[1], v[2])
				}
			}
		}
		for key, w := range want.Decisions {
			all.count(t, id+" decision "+key, clear(w), clear(decisionFor(got, key)))
		}
		checkUnscored(t, &rest, path, got)
	}
	t.Logf("%d right, %d asked, %d wrong; unscored: %d right, %d asked", all.correct, all.asked, all.wrong, rest.correct, rest.asked)
	if all.asked*100 > 3*(all.correct+all.asked) {
		t.Errorf("%d of %d values asked for, want at most 3 %%", all.asked, all.correct+all.asked)
	}
	if rest.asked*100 > 10*(rest.correct+rest.asked) {
		t.Errorf("%d of %d unscored values not read, want at most 10 %%", rest.asked, rest.correct+rest.asked)
	}
}

func checkUnscored(t *testing.T, rest *tally, path string, got interpret.Reading) {
	t.Helper()
	data, err := os.ReadFile(strings.TrimSuffix(path, ".eml") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want unscored
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for _, name := range want.Commands {
		read := ""
		if slices.Contains(got.Commands, interpret.Command{Name: name}) {
			read = name
		}
		rest.count(t, filepath.Base(path)+" command", name, read)
	}
	if want.Topic != "" {
		rest.count(t, filepath.Base(path)+" topic", want.Topic, str(got.Topic))
	}
}

func said(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
