package interpret

import (
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
	common := []string{" ", " ", " ", "\n", "1", "2", "3", "one", "two", "approve", "é", ",", ".", ":", "_", "s", "Ibrahim's", "and"}
	for _, g := range gates {
		t.Run(g.name, func(t *testing.T) {
			word := rapid.OneOf(rapid.SampledFrom(common), rapid.SampledFrom(g.pieces))
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
				if !g.pattern.MatchString(text) {
					return
				}
				if matched++; !g.may(text) {
					t.Fatalf("%q matches and is not let through", text)
				}
			})
			if matched == 0 {
				t.Error("no text matches")
			}
		})
	}
}
