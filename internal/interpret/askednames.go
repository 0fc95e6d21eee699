package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutAnswerWords takes from the names of the people asked about the words that are answers or numbers themselves.
// Whoever is called "Approve" or "1" by a requester must not be named by everybody who approves, or approves the first.
func withoutAnswerWords(lines []AskedLine) []AskedLine {
	out := slices.Clone(lines)
	for i := range out {
		names := strings.Fields(out[i].Name)
		names = slices.DeleteFunc(names, func(name string) bool {
			parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M) })
			return len(parts) == 0 || slices.ContainsFunc(parts, func(w string) bool { return isAnswerWord(key(w)) })
		})
		out[i].Name = strings.Join(names, " ")
	}
	return out
}

func isAnswerWord(word string) bool {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return true // a number, or nothing that one could say
	}
	r, _ := utf8.DecodeRuneInString(word)
	for _, t := range answers {
		for _, p := range t.phrases[r] {
			decides := p.kind == approveItem || p.kind == yesItem || p.kind == rejectItem || p.kind == targetItem
			if decides && (p.words == word || p.open && strings.HasPrefix(word, p.words)) {
				return true
			}
		}
	}
	return false
}
