package replytext

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestGatesChangeNothing holds each cheap test that spares another one against that one alone.
func TestGatesChangeNothing(t *testing.T) {
	load()
	author := []string{"jane", "öberg", "kim"}
	clock := regexp.MustCompile(`\p{Nd}{1,2}(?:[:.h]|時|时|시 ?)\p{Nd}{2}`)
	year := regexp.MustCompile(`\p{Nd}{4}|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2}`)
	address := regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)
	angled := regexp.MustCompile(`[<\[(]\s*[^\s<>]+@[^\s<>]+\s*[>\])]+$`)
	glued := regexp.MustCompile(`(?:From|To|Cc|Sent|Date|Subject):`)
	gates := []struct {
		name         string
		gated, alone func(line string) bool
	}{
		{"two words", func(s string) bool { return moreWords(s, 2) }, func(s string) bool { return len(strings.Fields(s)) > 2 }},
		{"no words", func(s string) bool { return moreWords(s, 0) }, func(s string) bool { return len(strings.Fields(s)) > 0 }},
		{"blank", func(s string) bool { return rows{text: []string{s}, marks: []marks{marksIn(s)}}.blank(0) }, func(s string) bool { return strings.TrimSpace(s) == "" }},
		{"quote", func(s string) bool { return marksIn(s).mayQuote() && quoteMark(s) > 0 }, func(s string) bool { return quoteMark(s) > 0 }},
		{"digit", func(s string) bool { return marksIn(s).mayHaveDigit() && hasDigit(s) }, hasDigit},
		{"clock", hasClock, clock.MatchString},
		{"year", hasYear, year.MatchString},
		{"address", hasAddress, address.MatchString},
		{"addresses", func(s string) bool { return withoutAddresses(s) != s }, address.MatchString},
		{"phone", hasPhone, phone.MatchString},
		{"angled", endsAngled, angled.MatchString},
		{"glued", func(s string) bool { return len(gluedHeader([]string{s})) > 1 }, glued.MatchString},
		{"glued lines", func(s string) bool {
			return strings.Join(gluedHeader([]string{s}), "\n") == glued.ReplaceAllString(s, "\n$0")
		}, func(string) bool { return true }},
		{"footer", func(s string) bool { return trimAround(s, aroundFooter) == strings.TrimFunc(s, aroundFooter) }, func(string) bool { return true }},
		{"separator", func(s string) bool { return trimAround(s, aroundSeparator) == strings.TrimFunc(s, aroundSeparator) }, func(string) bool { return true }},
		{"author", func(s string) bool { return namesAuthor(s, author) }, func(s string) bool { return isAuthor(nameWords(s), author) }},
	}
	part := rapid.SampledFrom([]string{
		"Jane", "j", "Öberg", "ö", "KIM", "\u212aim", "Smith", "12", "30", "2026", "٣", "+49", ":", "：", ".", "/", "-", "--", "(", ")", "<", "[", "]", ">", "＞",
		"a@b.example", "@", "From", "To", "Subject", "시", "h", "|", "`", "=", "_", "*", ",", " ", " ", " ", "\t", "\v", "\u00a0", "\u3000", "\u0085", "é", "\xff", "時",
	})
	for _, g := range gates {
		t.Run(g.name, func(t *testing.T) {
			met := false
			rapid.Check(t, func(t *rapid.T) {
				line := strings.Join(rapid.SliceOfN(part, 0, 9).Draw(t, "line"), "")
				want := g.alone(line)
				if met = met || want; g.gated(line) != want {
					t.Fatalf("%q: %v, want %v", line, !want, want)
				}
			})
			for _, line := range []string{"Jane Öberg Kim", "", "> x", "am 12.30.2026 12:30", "+49 30 1234 5678", "<a@b.example>", "From: Jane To: Kim"} {
				want := g.alone(line)
				if met = met || want; g.gated(line) != want {
					t.Errorf("%q: %v, want %v", line, !want, want)
				}
			}
			if !met {
				t.Error("no line passes")
			}
		})
	}
}
