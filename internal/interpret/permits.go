package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Who permits that somebody is removed beside another wish wants it done.

var mayGo = cue("may_go")

// permitsRemoval says whether a sentence permits to remove the only person it names, or what they have, and says nothing more, "Tim Fox's access can be
// removed", or whom its first word calls: who says so beside another wish wants it done.
func permitsRemoval(sc *scene) bool {
	if sc.question || len(sc.names) > 1 || !sc.says(mayGo) || sc.says(words.Not, conditions, adviceWords, words.Doubt) || leavesCircle(sc) || removesThing(sc) {
		return false
	}
	first := nextWord(sc.tokens, -1)
	to := first + 1
	if len(sc.names) == 1 {
		to = sc.names[0].to
	} else if !startsUpper(sc.tokens[first].text) || sc.tokens[first].in(words.NotNames) && !sc.tokens[first].in(words.Pronoun) {
		return false
	}
	if hasIdeograph(sc.text) {
		return len(sc.names) == 1 && permittedRunOn(sc.text, sc.names[0].name)
	}
	return slices.ContainsFunc(find(&sc.passage, mayGo), func(h phraseHit) bool {
		for k := to; k < h.from; k++ {
			if t := &sc.tokens[k]; t.kind == wordToken && !t.in(belongings) || t.kind == markToken && !t.in(brackets) {
				return false
			}
		}
		return h.from >= to && nextWord(sc.tokens, h.to-1) == len(sc.tokens)
	})
}

// maxHad is how many letters tell what somebody has whose account can go, in a script without blanks.
const maxHad = 12

// permittedRunOn is permitsRemoval in scripts without blanks: "山田太郎のアカウントは削除して構いません".
func permittedRunOn(text, name string) bool {
	_, behind, found := strings.Cut(text, name)
	if !found {
		return false
	}
	for p := range mayGo.runOn() {
		had, rest, ok := strings.Cut(behind, p)
		if ok && utf8.RuneCountInString(had) <= maxHad && !strings.ContainsAny(had, "、，,。") && !strings.ContainsFunc(rest, unicode.IsLetter) {
			return true
		}
	}
	return false
}
