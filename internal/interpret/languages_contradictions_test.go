package interpret

import (
	"slices"
	"strings"
	"testing"
)

// opposites are lists of one language that may share no phrase: what stands in both says two things.
var opposites = []struct {
	a, b string
	of   func(l *lexicon) (a, b []string)
}{
	{"yes", "reject", func(l *lexicon) (a, b []string) { return yesOf(l), l.Answer.Reject }},
	{"yes", "not", func(l *lexicon) (a, b []string) { return yesOf(l), l.Answer.Not }},
	{"yes", "if", func(l *lexicon) (a, b []string) { return yesOf(l), l.Answer.If }},
	{"yes", "unsure", func(l *lexicon) (a, b []string) { return yesOf(l), l.Answer.Unsure }},
	{"yes", "except", func(l *lexicon) (a, b []string) { return yesOf(l), l.Answer.Except }},
	{"all", "except", func(l *lexicon) (a, b []string) { return l.Answer.All, l.Answer.Except }},
	{"with", "reject", func(l *lexicon) (a, b []string) { return l.Answer.With, l.Answer.Reject }},
	{"with", "unsure", func(l *lexicon) (a, b []string) { return l.Answer.With, l.Answer.Unsure }},
	{"add", "remove", func(l *lexicon) (a, b []string) { return l.Verbs["add"], l.Verbs["remove"] }},
	{"add", "change", func(l *lexicon) (a, b []string) { return l.Verbs["add"], l.Verbs["change"] }},
	{"remove", "change", func(l *lexicon) (a, b []string) { return l.Verbs["remove"], l.Verbs["change"] }},
	{"remove", "visit", func(l *lexicon) (a, b []string) { return l.Verbs["remove"], l.Verbs["visit"] }},
	{"gives_access", "takes_away", func(l *lexicon) (a, b []string) { return l.Cues["gives_access"], l.Cues["takes_away"] }},
	{"given_access", "taken_away", func(l *lexicon) (a, b []string) { return l.Cues["given_access"], l.Cues["taken_away"] }},
	{"heading_add", "heading_remove", func(l *lexicon) (a, b []string) { return l.Cues["heading_add"], l.Cues["heading_remove"] }},
	{"from_role", "to_role", func(l *lexicon) (a, b []string) { return l.Cues["from_role"], l.Cues["to_role"] }},
	{"verb_add", "verb_remove", func(l *lexicon) (a, b []string) { return l.Cues["verb_add"], l.Cues["verb_remove"] }},
	{"ask", "not_a_wish", func(l *lexicon) (a, b []string) { return l.Ask, l.NotAWish }},
	{"details yes", "details no", func(l *lexicon) (a, b []string) { return l.Details.Yes, l.Details.No }},
	{"access_yes", "access_no", func(l *lexicon) (a, b []string) { return l.Changes["access_yes"], l.Changes["access_no"] }},
}

func yesOf(l *lexicon) []string { return slices.Concat(l.Answer.Approve, l.Answer.Yes) }

// TestListsDoNotContradict finds phrases that stand twice in a list, in two lists of one language that say the opposite, or under two fields.
func TestListsDoNotContradict(t *testing.T) {
	t.Parallel()
	load()
	for _, lang := range parsedLanguages(t) {
		l := &lang.words
		for _, o := range opposites {
			a, b := o.of(l)
			for _, p := range a {
				if slices.Contains(b, p) && allowedTwice[lang.tag+" "+o.a+" "+o.b+" "+p] == "" {
					t.Errorf("%s: %q is both %s and %s", lang.tag, p, o.a, o.b)
				}
			}
		}
		w := &l.Answer
		for _, list := range append(l.everyList(), w.Approve, w.Yes, w.Reject, w.With, w.All, w.Both, w.Except, w.Only, w.And, w.But, w.To, w.Not, w.If,
			w.Unsure, w.Unable, w.GoesOn, w.Courtesy, w.Common) {
			for i, p := range list {
				if slices.Contains(list[:i], p) {
					t.Errorf("%s: %q stands twice in the list of %q", lang.tag, p, list[0])
				}
			}
		}
		fieldOf := map[string]string{}
		for field, labels := range l.Labels {
			for _, label := range labels {
				if other := fieldOf[label]; other != "" && other != field && allowedTwice[lang.tag+" label "+label] == "" {
					t.Errorf("%s: the label %q stands for %s and %s", lang.tag, label, field, other)
				}
				fieldOf[label] = field
			}
		}
	}
}

// TestYesIsNoElsewhere finds answers of one language that deny or bound something in another: alone in a mail, such a word approves nothing,
// since nobody knows the language.
func TestYesIsNoElsewhere(t *testing.T) {
	t.Parallel()
	load()
	langs := parsedLanguages(t)
	denies := map[string][]string{} // by the key of a phrase, the languages
	for _, lang := range langs {
		a := &lang.words.Answer
		for _, p := range slices.Concat(a.Reject, a.Not, a.If, a.Unsure, a.Except) {
			denies[key(p)] = append(denies[key(p)], lang.tag)
		}
	}
	asked := []AskedLine{{Number: 1, Name: "Jane Doe", Email: "jane.doe@acme.example"}}
	for i, lang := range langs {
		for _, p := range yesOf(&lang.words) {
			others := slices.DeleteFunc(slices.Clone(denies[key(p)]), func(tag string) bool { return tag == lang.tag })
			if len(others) == 0 || allowedElsewhere[lang.tag+" "+p] != "" {
				continue
			}
			if st := answers[i].read(p, asked); st.said && st.each[1] == Approve {
				t.Errorf("%q says yes in %s and no in %q", p, lang.tag, others)
			}
		}
	}
}

type parsedLanguage struct {
	tag   string
	words lexicon
}

func parsedLanguages(t *testing.T) []parsedLanguage {
	t.Helper()
	entries, err := langFiles.ReadDir("lang")
	if err != nil {
		t.Fatal(err)
	}
	var out []parsedLanguage
	for _, e := range entries {
		data, err := langFiles.ReadFile("lang/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		l, err := parseLanguage(data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsedLanguage{strings.TrimSuffix(e.Name(), ".yaml"), l})
	}
	return out
}

// allowedTwice are the phrases that may say two things, and why.
var allowedTwice = map[string]string{
	"ru yes unsure можно": "alone it permits; in front of a verb it asks, and what is unsure bounds the yes",
}

// allowedElsewhere are answers by their language that deny or bound something in another, and why they may.
var allowedElsewhere = map[string]string{
	"es sí":    "French si begins a clause and never stands alone",
	"it sì":    "the same",
	"es si":    "the same",
	"it si":    "the same",
	"nl prima": "Italian prima stands in front of what comes later, never alone",
}
