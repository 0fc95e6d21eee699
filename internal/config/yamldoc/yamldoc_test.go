package yamldoc

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type colour string

type item struct {
	Name  string `yaml:"name"`
	Count int    `yaml:"count"`
}

type sample struct {
	Text     string        `yaml:"text"`
	Number   int           `yaml:"number"`
	Switch   bool          `yaml:"switch"`
	Wait     time.Duration `yaml:"wait"`
	Colour   colour        `yaml:"colour"`
	Words    []string      `yaml:"words"`
	Items    []item        `yaml:"items"`
	Optional *item         `yaml:"optional"`
	Hidden   string        `yaml:"-"`
	Untagged string
}

func decode(text string) (sample, *Document) {
	doc := Read("f.yaml", []byte(text))
	var s sample
	doc.Decode(&s, Words[colour]("red", "green"), Fresh(func() item { return item{Count: 5} }))
	return s, doc
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want sample
	}{
		"text-like-a-number":  {"text: 1.10", sample{Text: "1.10"}},
		"text-like-octal":     {"text: 007", sample{Text: "007"}},
		"text-like-a-switch":  {"text: yes", sample{Text: "yes"}},
		"quoted-null":         {`text: "null"`, sample{Text: "null"}},
		"empty-text":          {`text: ""`, sample{}},
		"several-lines":       {"text: |\n  a\n  b\n", sample{Text: "a\nb\n"}},
		"number":              {"number: -12", sample{Number: -12}},
		"number-in-quotes":    {`number: "12"`, sample{Number: 12}},
		"switch-yes":          {"switch: yes", sample{Switch: true}},
		"switch-on":           {"switch: On", sample{Switch: true}},
		"switch-true":         {"switch: true", sample{Switch: true}},
		"switch-no":           {"switch: no", sample{}},
		"duration":            {"wait: 1h30m", sample{Wait: 90 * time.Minute}},
		"word":                {"colour: green", sample{Colour: "green"}},
		"words":               {"words: [a, 1.10, no]", sample{Words: []string{"a", "1.10", "no"}}},
		"empty-list":          {"words:\n", sample{}},
		"items-start-fresh":   {"items: [{name: a}, {name: b, count: 1}]", sample{Items: []item{{"a", 5}, {"b", 1}}}},
		"optional":            {"optional: {name: a}", sample{Optional: &item{"a", 5}}},
		"optional-all-inside": {"optional:\n  # name: a\n", sample{}},
		"windows-lines":       {"text: a\r\nnumber: 3\r\n", sample{Text: "a", Number: 3}},
		"byte-order-mark":     {"\ufefftext: a\n", sample{Text: "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, doc := decode(tc.text)
			if err := doc.Err(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"all-at-once": {"number: x\nwords: [a, [b]]\nswitch: 1\nwait: soon\n",
			"f.yaml:1: number: \"x\" is no whole number\n" +
				"f.yaml:2: words[1]: expected one value, found a list\n" +
				"f.yaml:3: switch: \"1\" is neither yes nor no\n" +
				"f.yaml:4: wait: \"soon\" is no duration; write hours, minutes or seconds such as 168h, 10m or 1m30s"},
		"unknown-in-an-item": {"items:\n  - name: a\n    nmae: b\n",
			"f.yaml:3: items[0].nmae: this key is not known; known here: name, count"},
		"hidden":    {`"-": x`, "f.yaml:1: -: this key is not known; known here: text, number, switch, wait, colour, words, items, optional"},
		"untagged":  {`untagged: x`, "f.yaml:1: untagged: this key is not known; known here: text, number, switch, wait, colour, words, items, optional"},
		"twice":     {"text: a\n\ntext: b\n", "f.yaml:3: text: this key stands already in line 1; keep one of them"},
		"no-key":    {"? [a]\n: b\n", "f.yaml:1: a key must be a plain word"},
		"null":      {"number:\ntext: ~\n", "f.yaml:1: number: the value is missing; give one or remove the line\nf.yaml:2: text: the value is missing; give one or remove the line"},
		"too-large": {"number: 99999999999999999999", "f.yaml:1: number: \"99999999999999999999\" is no whole number"},
		"a-word":    {"colour: blue", "f.yaml:1: colour: \"blue\" is not known; write red or green"},
		"tag":       {"text: !!binary aGVsbG8=", "f.yaml:1: text: *aliases and !tags are not understood here; write the value out, in quotes if it starts so"},
		"merge": {"optional: &a {name: x}\nitems: [{<<: *a}]\n",
			"f.yaml:2: items[0].\"<<\": this key is not known; known here: name, count"},
		"alias-bomb": {"words: &a [x]\nitems: &b [*a, *a]\noptional: *b\n",
			"f.yaml:2: items[0]: *aliases and !tags are not understood here; write the value out, in quotes if it starts so\n" +
				"f.yaml:2: items[1]: *aliases and !tags are not understood here; write the value out, in quotes if it starts so\n" +
				"f.yaml:3: optional: *aliases and !tags are not understood here; write the value out, in quotes if it starts so"},
		"comments-only":   {"# a\n\n# b\n", "f.yaml:1: the file is empty"},
		"nothing":         {"", "f.yaml:1: the file is empty"},
		"second-document": {"text: a\n---\ntext: b\n", "f.yaml:2: a second document starts here; keep one per file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, doc := decode(tc.text)
			err := doc.Err()
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Nesting that would exhaust the stack of a careless reader is a problem like any other.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	_, doc := decode("words: " + strings.Repeat("[", 100_000))
	if doc.Err() == nil {
		t.Error("no error")
	}
}

func TestLaterProblems(t *testing.T) {
	t.Parallel()
	_, doc := decode("number: x\nitems:\n  - name: a\n    count: 3\n")
	for key, want := range map[string]int{"number": 1, "items": 2, "items[0]": 3, "items[0].count": 4, "optional.name": 1, "items[0].other": 3} {
		if got := doc.Line(key); got != want {
			t.Errorf("line of %s is %d, want %d", key, got, want)
		}
	}
	if !doc.Has("items[0].name") || doc.Has("items[1].name") || doc.Has("text") {
		t.Error("Has does not tell what the file gives")
	}
	doc.Problem("number", "follows from the first")
	doc.Problem("items[0].count", "must be below %d", 3)
	doc.Problem("items", "too few")
	doc.Problem("items[0].name", "follows from items")
	err := doc.Err()
	var got Problems
	if !errors.As(err, &got) {
		t.Fatalf("%T, want Problems", err)
	}
	want := Problems{
		{File: "f.yaml", Line: 1, Key: "number", Text: `"x" is no whole number`},
		{File: "f.yaml", Line: 2, Key: "items", Text: "too few"},
		{File: "f.yaml", Line: 4, Key: "items[0].count", Text: "must be below 3"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	doc := Read("f.yaml", []byte("text: ~\nwords: [X, b, BAD]\noptional: {name: X}\n"))
	doc.Expand(func(s string) (string, error) {
		switch s {
		case "X":
			return "~", nil // is text, and no null
		case "~":
			return "was null", nil
		case "BAD":
			return "", errors.New("cannot be replaced")
		}
		return s, nil
	})
	var got sample
	doc.Decode(&got)
	want := sample{Text: "was null", Words: []string{"~", "b", ""}, Optional: &item{Name: "~"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := doc.Err(); err == nil || err.Error() != "f.yaml:2: words[2]: cannot be replaced" {
		t.Errorf("error %v", err)
	}
}

// Whatever the file holds, reading it ends with a value or with problems that are one line each.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"text: a\nnumber: 3\nitems: [{name: x}]\noptional:\n  count: 1\n",
		"a: &x [*x]\n", "? {a: b}\n: c\n", "<<: {text: a}\n", "text: !!str a\n---\n", "words:\n- |\n  a\n", "\"a\\nb\": c\n", "*a : b\n", "{", "\t",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, doc := decode(text)
		err := doc.Err()
		if err == nil {
			return
		}
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("error is a %T", err)
		}
		lines := strings.Count(text, "\n") + 2
		for _, p := range problems {
			if strings.ContainsAny(p.String(), "\r\n") || p.Line < 0 || p.Line > lines+strings.Count(text, "\r") {
				t.Errorf("problem %q", p.String())
			}
		}
	})
}
