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
			return len(parts) == 0 || slices.ContainsFunc(parts, func(w string) bool { return isAnswerWord(key(w)) }) ||
				slices.ContainsFunc(nameKey(name), isAnswerWord) // as they are looked for: without marks
		})
		out[i].Name = strings.Join(names, " ")
	}
	return out
}

func isAnswerWord(word string) bool {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return true // a number, or nothing that one could say
	}
	if decidingWords.whole.of(word) > 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(word)
	return slices.ContainsFunc(decidingWords.begun[r], func(stem string) bool { return strings.HasPrefix(word, stem) })
}

// decidingWords are the words by which something is decided in some language, and the beginnings of such by their first letters.
var decidingWords struct {
	whole wordTable
	begun map[rune][]string
}

func indexDeciding(tongues []*tongue) {
	d := &decidingWords
	d.begun = map[rune][]string{}
	for _, t := range tongues {
		for _, p := range t.phrases() {
			switch p.kind {
			case approveItem, yesItem, rejectItem, targetItem:
				d.whole.add(t.words(p))
				if r, _ := utf8.DecodeRuneInString(t.words(p)); p.open {
					d.begun[r] = append(d.begun[r], t.words(p))
				}
			}
		}
	}
	d.whole.pack()
}
