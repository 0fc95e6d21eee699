package interpret

import (
	"strings"
	"unicode/utf8"
)

// answer is what all languages share when they read own words as an answer.
type answer struct {
	lines     []AskedLine
	people    []nameForm
	sentences []answerSentence
	capitals  []string // words that begin large: names, and those that begin a sentence
	items     []item   // of the sentence that is read
	prepared  []item
}

type answerSentence struct {
	text     string // as key writes it, number signs apart
	key      string
	question bool
	named    []nameFound
}

func newAnswer(own string, lines []AskedLine) *answer {
	a := &answer{lines: lines, people: formsOf(lines)}
	for _, line := range answerLines(own) {
		eachSentence(line, func(text string) {
			s := answerSentence{key: key(text), question: asks(text)}
			if s.text = s.key; !isASCII(text) {
				s.text = key(numberSign.Replace(text))
			}
			s.named = namesIn(s.text, a.people)
			a.sentences = append(a.sentences, s)
		})
	}
	for _, t := range tokenize(own) {
		if startsUpper(t.text) {
			a.capitals = append(a.capitals, key(t.text))
		}
	}
	return a
}

// ownPhrase is a phrase that languages have of their own, and which.
type ownPhrase struct {
	text    string
	tongues uint32
}

// ownPhrases are those of all languages by their first two bytes.
var ownPhrases *[ownSlots][]ownPhrase

const ownSlots = 1024

func ownSlot(s string) uint { return pairHash(s) & (ownSlots - 1) }

func indexOwn(tongues []*tongue) *[ownSlots][]ownPhrase {
	var out [ownSlots][]ownPhrase
	for i, t := range tongues {
		for _, p := range t.phrases {
			if p.own && !p.open {
				addOwn(&out[ownSlot(p.words)], p.words, 1<<i)
			}
		}
	}
	return &out
}

func addOwn(into *[]ownPhrase, text string, tongue uint32) {
	for i := range *into {
		if (*into)[i].text == text {
			(*into)[i].tongues |= tongue
			return
		}
	}
	*into = append(*into, ownPhrase{text, tongue})
}

// languages are those that may know a word of the answer as one of their own.
func (a *answer) languages() []*tongue {
	var known uint32
	for _, s := range a.sentences {
		known |= tonguesIn(s.text)
	}
	var out []*tongue
	for i, t := range answers {
		if known&(1<<i) != 0 {
			out = append(out, t)
		}
	}
	return out
}

func tonguesIn(s string) uint32 {
	var known uint32
	var before rune
	for i, r := range s {
		if i == 0 || ideograph(r) || !isWordRune(before) {
			for _, starting := range [...][]ownPhrase{ownPhrases[ownSlot(s[i:])], ownPhrases[ownSlot(s[i:i+1])]} {
				for _, p := range starting {
					if strings.HasPrefix(s[i:], p.text) && endsPhrase(s, i, p.text) {
						known |= p.tongues
					}
				}
			}
		}
		before = r
	}
	return known
}

// endsPhrase says whether the phrase at s[i:] ends with a word of s.
func endsPhrase(s string, i int, phrase string) bool {
	last, _ := utf8.DecodeLastRuneInString(phrase)
	rest := s[i+len(phrase):]
	return ideograph(last) || rest == "" || !isWordRune(last) || !inWord(rest) || ideographAt(rest)
}
