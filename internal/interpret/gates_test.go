package interpret

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestGatesLetEveryMatchThrough holds the cheap tests in front of the expressions of answers against the expressions themselves: text
// that an expression matches must pass.
func TestGatesLetEveryMatchThrough(t *testing.T) {
	load()
	gates := []struct {
		name    string
		pattern *regexp.Regexp
		may     func(string) bool
		pieces  []string
	}{
		{"exceptions", exceptions, exceptedNouns.mayBehindBlank, append([]string{"with one exception:"}, slices.Concat(slices.Collect(cue("exceptions").phrases()), slices.Collect(cue("with_exceptions").phrases()))...)},
		{"countedOf", countedOf, ofThose.mayBehindBlank, []string{"the pair of them", "ALL 3 OF THESE", "all of thoſe", "the two", "of those"}},
		{"countedPeople", countedPeople, peopleNouns.mayBehindBlank, append(slices.Collect(cue("counted_people").phrases()), "2 persons")},
		{"numberOf", numberOf, numberedLine.mayInWords, append(slices.Collect(lineNumbers.phrases()), "perſon 2", "Sl. No. 2", "row2", "#")},
		{"endsWithNumber", endsWithNumber, stopsBehindDigit, []string{"1, 2. Yes", "and 3.\tno", "&1. x"}},
		{"inRow", inRow, beginsLineWithDigit, []string{"1 ok 2 no", "\t1) yes, 2: no.", "\n 3 ok"}},
		{"addsBare", addsBare, bareWords.mayInWords, []string{"security", "CHARGES", "ſecurity", "charge", "chargeſ", "_", "-"}},
		{"ticketMarked", regexp.MustCompile(`\[REQ-\d{4}-\d+\]`), ticketMarked, []string{"[REQ-", "2026", "-", "17", "]", "[REQ-2026-5]", "[REQ-2026-17]", "[REQ-20266-1]"}},
	}
	ofTokens := []struct {
		name   string
		found  func(string) bool
		may    func(string) bool
		pieces []string
	}{
		{"elsewise", func(s string) bool { return mentions(s, elsewise) }, elsewiseBegins.mayInTokens, slices.Collect(elsewise.phrases())},
		{"ordinals", func(s string) bool {
			return slices.ContainsFunc(tokenize(s), func(t token) bool { return words.Picks[t.lower] > 0 || t.in(countNouns) })
		}, ordinals.mayInTokens, append(slices.Collect(countNouns.phrases()), slices.Collect(maps.Keys(words.Picks))...)},
		{"range", func(s string) bool {
			return slices.ContainsFunc(tokenize(s), func(t token) bool { return t.in(words.Decide.Range) })
		}, rangeWords.mayInTokens, slices.Collect(words.Decide.Range.phrases())},
		{"misspelt", func(s string) bool {
			return slices.ContainsFunc(tokenize(s), func(t token) bool {
				return t.kind == wordToken && t.plain && len(t.lower) >= 6 && len(t.lower) <= 9 &&
					slices.ContainsFunc(askedFor, func(w string) bool { return t.lower != w && misspelt(t.lower, w) })
			})
		}, mayBeMisspelt, []string{"aproved", "Rejcet", "approve", "rejeect", "同意", "1aproved", "rejetced"}},
		{"requester", func(s string) bool {
			toks := tokenize(s)
			return slices.ContainsFunc(toks, func(t token) bool {
				given, _, _ := strings.Cut(strings.ReplaceAll(t.text, "’", "'"), "'")
				for _, text := range []string{given, strings.TrimSuffix(given, "s")} {
					if bare := t; text != "" {
						if bare.text = text; ofName(&bare, "Bashir Quillfeather-Ozols") {
							return true
						}
					}
				}
				return false
			})
		}, func(s string) bool { return mayName(s, "Bashir Quillfeather-Ozols") }, []string{"Bashir", "Bashirs", "Q.", "O", "Ozols's", "Quillfeather-Ozols", "QUILLFEATHER"}},
	}
	for _, g := range ofTokens {
		t.Run(g.name, func(t *testing.T) { passes(t, g.pieces, g.found, g.may) })
	}
	for _, g := range gates {
		t.Run(g.name, func(t *testing.T) { passes(t, g.pieces, g.pattern.MatchString, g.may) })
	}
}

// passes holds may against found, with texts of these pieces and common ones.
func passes(t *testing.T, pieces []string, found, may func(string) bool) {
	t.Helper()
	common := []string{" ", " ", " ", "\n", "1", "2", "3", "one", "two", "approve", "é", ",", ".", ":", "_", "s", "Ibrahim's", "and", "jane@doe.example"}
	word := rapid.OneOf(rapid.SampledFrom(common), rapid.SampledFrom(pieces))
	matched := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for _, w := range rapid.SliceOfN(word, 1, 9).Draw(t, "words") {
			if rapid.Bool().Draw(t, "capital") {
				w = strings.ToUpper(w)
			}
			b.WriteString(w)
			b.WriteString(rapid.SampledFrom([]string{" ", " ", "", ": "}).Draw(t, "blank"))
		}
		text := b.String()
		if !found(text) {
			return
		}
		if matched++; !may(text) {
			t.Fatalf("%q matches and is not let through", text)
		}
	})
	if matched == 0 {
		t.Error("no text matches")
	}
}
