package interpret

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

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
		{"asksFirst", func(s string) bool { return mentions(s, asksFirst) }, asksFirstBegins.mayInTokens, slices.Collect(asksFirst.phrases())},
		{"greets", func(s string) bool { return mentions(s, words.Greetings) }, greets.mayInTokens, slices.Collect(words.Greetings.phrases())},
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

// TestPurposesAreFoundWhereTheyBegin holds find, which tries an expression where it may begin, against the expression anywhere.
func TestPurposesAreFoundWhereTheyBegin(t *testing.T) {
	load()
	pieces := rapid.SampledFrom([]string{"for", "For the", "(für", "FÖR", "to", "in order to", "so that she", "the", "das", "our", "project", "Projekt,", "replace", "works", "é", "1", "go-to", "before", "ſo she can work", "-for"})
	for name, e := range map[string]struct {
		re     *regexp.Regexp
		begins *openings
	}{"for": {purposeFor, forBegins}, "any": {purposeAny, forBegins}, "to": {purposeTo, toBegins}} {
		anywhere := regexp.MustCompile(strings.Replace(e.re.String(), "^", "", 1))
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				text := strings.Join(rapid.SliceOfN(pieces, 0, 9).Draw(t, "text"), " ")
				sc := scene{sentence: sentence{passage: passage{text: text}}}
				if got, want := sc.find(e.re, e.begins), anywhere.FindStringSubmatchIndex(text); !slices.Equal(got, want) {
					t.Fatalf("found %v in %q, want %v", got, text, want)
				}
			})
		})
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

// drawText is a text of some of pieces.
func drawText(t *rapid.T, pieces ...string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
}

// TestLinesOfOurMails holds the readers of these lines against expressions that say the same.
func TestLinesOfOurMails(t *testing.T) {
	missing := regexp.MustCompile(`^[>\s]*(?:[-*•·]|\d{1,2}\.)\s+(?:([^:]{1,100}):\s+)?(.+)$`)
	count := regexp.MustCompile(`Approval needed: (\d{1,2}) access request`)
	rapid.Check(t, func(t *rapid.T) {
		line := drawText(t, ">", " ", " ", "\t", "-", "*", "•", "·", "1", "12", ".", ":", ": ", "Jane Doe", "the role", "é", "\xff", strings.Repeat("ab", 49))
		who, what, ok := missingLine(line)
		want := missing.FindStringSubmatch(line)
		if blank := want != nil && want[1] == "" && strings.TrimSpace(want[2]) == ""; blank {
			want = nil
		}
		if ok != (want != nil) || ok && (who != want[1] || what != want[2]) {
			t.Fatalf("%q: %q, %q, %v, want %q", line, who, what, ok, want)
		}
		subject := drawText(t, "Approval needed: ", "Approval needed", "0", "7", "12", " ", " access request", " access requests")
		n, ok := askedCount(subject)
		want = count.FindStringSubmatch(subject)
		if ok != (want != nil) || ok && n != atoi(want[1]) {
			t.Fatalf("%q: %d, %v, want %q", subject, n, ok, want)
		}
	})
}

// TestPiecesAreFoundWhereverTheyStand holds the steps of a search against looking at each place.
func TestPiecesAreFoundWhereverTheyStand(t *testing.T) {
	load()
	for _, p := range []*pieces{&machine.AutoPhrases, &machine.BouncePhrases, &machine.BounceSubjects, &machine.AutoSubjects} {
		var all []string
		for _, phrases := range p.of {
			all = append(all, phrases...)
		}
		slices.Sort(all)
		rapid.Check(t, func(t *rapid.T) {
			x := rapid.SampledFrom(all).Draw(t, "phrase")
			cut := rapid.IntRange(0, len(x)).Draw(t, "cut")
			s := drawText(t, "a", "e", " ", "t", "?", x, x[:cut], x[cut:])
			want := false
			for i := range s {
				want = want || slices.ContainsFunc(all, func(x string) bool { return strings.HasPrefix(s[i:], x) && !asked(s[i+len(x):]) })
			}
			if p.in(s) != want {
				t.Fatalf("%q: %v, want %v", s, !want, want)
			}
		})
	}
}

func TestSpaceIsWhatUnicodeSays(t *testing.T) {
	for r := range rune(unicode.MaxRune) {
		if s := string(r); (spaceAt(s, 0) > 0) != unicode.IsSpace(r) {
			t.Errorf("%U: %d", r, spaceAt(s, 0))
		}
	}
}
