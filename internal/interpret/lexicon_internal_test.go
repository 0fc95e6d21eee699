package interpret

import (
	"slices"
	"strings"
	"testing"
)

// TestCrossedVerbs compares the pieces of crossed verbs with those of the whole phrases in all their spellings.
func TestCrossedVerbs(t *testing.T) {
	t.Parallel()
	load()
	n := 0
	for _, lang := range parsedLanguages(t) {
		l := &lang.words
		l.cross()
		for key, c := range l.crossed {
			var whole []string
			for _, belonging := range c.belongings {
				for _, verb := range c.before {
					whole = append(whole, verb+gapMark+belonging)
				}
				for _, verb := range c.behind {
					whole = append(whole, belonging+gapMark+verb)
				}
			}
			var want, got [][2]string
			for _, p := range allSpellings(whole) {
				head, behind, _ := strings.Cut(p, gapMark)
				want = append(want, [2]string{head, behind})
			}
			for head, behind := range c.all() {
				got = append(got, [2]string{head, behind})
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d crossed verbs to %s, want %d, or they are others", lang.tag, len(got), key, len(want))
			}
			n += len(got)
		}
	}
	if n < 1000 {
		t.Errorf("only %d crossed verbs were compared", n)
	}
}
