package interpret

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// answer is what all languages share when they read own words as an answer.
type answer struct {
	lines     []AskedLine
	people    []nameForm
	own       string
	sentences []answerSentence
	items     []item // of the sentence that is read
	prepared  []item
	capitals  []string // words that begin large, once asked for: names, and those that begin a sentence
	looked    bool     // for them

	known     *tongue // of which the items of all sentences are kept
	kept      []item
	keptUntil []int // by sentence
}

type answerSentence struct {
	text     string // as key writes it, number signs apart
	key      string
	written  string // in small letters, with its accents
	question bool
	named    []nameFound
}

func newAnswer(own string, lines []AskedLine) *answer {
	a := &answer{own: own, lines: lines, people: formsOf(lines, declines(own))}
	for _, line := range answerLines(own) {
		eachSentence(line, func(text string) {
			s := answerSentence{key: key(text), written: lower(text), question: asks(text)}
			if s.text = s.key; !isASCII(text) {
				s.text = key(numberSign.Replace(text))
			}
			s.named = namesIn(s.text, a.people)
			a.sentences = append(a.sentences, s)
		})
	}
	return a
}

// capital says whether a word begins large in the answer.
func (a *answer) capital(word string) bool {
	if !a.looked {
		a.looked = true
		r := lend()
		defer r.giveBack()
		for _, t := range r.tokenize(a.own) {
			if startsUpper(t.text) {
				a.capitals = append(a.capitals, key(t.text))
			}
		}
	}
	return slices.Contains(a.capitals, word)
}

// keep reads the items of all sentences in t, which will be asked for again.
func (a *answer) keep(t *tongue) {
	a.known, a.kept, a.keptUntil = t, make([]item, 0, 16), make([]int, 0, len(a.sentences))
	for _, s := range a.sentences {
		a.items = t.items(a.items[:0], s.text, a.lines, s.named)
		a.kept = append(a.kept, a.items...)
		a.keptUntil = append(a.keptUntil, len(a.kept))
	}
}

// itemsOf are those of sentence i in t, until others are asked for.
func (a *answer) itemsOf(t *tongue, i int) []item {
	if t != a.known {
		a.items = t.items(a.items[:0], a.sentences[i].text, a.lines, a.sentences[i].named)
		return a.items
	}
	from := 0
	if i > 0 {
		from = a.keptUntil[i-1]
	}
	return a.kept[from:a.keptUntil[i]:a.keptUntil[i]]
}

// ownPhrase is a phrase that languages have of their own, and which.
type ownPhrase struct {
	text, tongues uint32
	behindTwo
}

// ownPhrases are those of all languages by their first bytes.
var ownPhrases struct {
	texts wordTable
	slotted[ownPhrase]
}

const ownSlots = 4096

func ownSlot(s string) uint { return beginHash(s) & (ownSlots - 1) }

func indexOwn(tongues []*tongue) {
	texts := &ownPhrases.texts
	var all []ownPhrase
	for i, t := range tongues {
		for _, p := range t.phrases() {
			if !p.own || p.open {
				continue
			}
			text := texts.add(t.words(p))
			if int(text) > len(all) {
				all = append(all, ownPhrase{text: text, behindTwo: behindTwoOf(t.words(p))})
			}
			all[text-1].tongues |= 1 << i
		}
	}
	ownPhrases.slotted = newSlotted(ownSlots, all, func(p ownPhrase) uint { return ownSlot(texts.word(p.text)) })
	texts.pack()
	texts.slots = nil // nobody looks for one
}

// speaker is a language that may know words of an answer as its own.
type speaker struct {
	*tongue
	atMost int // how much of the answer it knows, in runes
}

// languages are those that may know a word of the answer as one of their own.
func (a *answer) languages() []speaker {
	var atMost [32]int
	for _, s := range a.sentences {
		tonguesIn(s.text, &atMost)
	}
	out := make([]speaker, 0, len(answers))
	for i, t := range answers {
		if atMost[i] > 0 {
			out = append(out, speaker{t, atMost[i]})
		}
	}
	return out
}

// knownTo is how much of the answer t knows, in runes.
func (a *answer) knownTo(t *tongue) int {
	known := 0
	for i := range a.sentences {
		items := a.itemsOf(t, i)
		for k := range items {
			if it := &items[k]; it.familiar {
				known += utf8.RuneCountInString(it.text)
			}
		}
	}
	return known
}

// knowMost are those of languages that know most of the answer, in runes.
func (a *answer) knowMost() []*tongue {
	all := a.languages()
	switch len(all) {
	case 0:
		return nil
	case 1:
		return []*tongue{all[0].tongue}
	}
	likely := slices.MaxFunc(all, func(s, o speaker) int { return s.atMost - o.atMost })
	a.keep(likely.tongue)
	likelyKnown := a.knownTo(likely.tongue)
	most := likelyKnown
	var out []*tongue
	for _, s := range all {
		known := likelyKnown
		switch {
		case s.atMost < most:
			continue
		case s.tongue != likely.tongue:
			known = a.knownTo(s.tongue)
		}
		if known > most {
			out, most = out[:0], known
		}
		if known == most {
			out = append(out, s.tongue)
		}
	}
	return out
}

// tonguesIn adds to atMost, by language, the runes of all its own phrases in s.
func tonguesIn(s string, atMost *[32]int) {
	inside := false // a word goes on
	for i, r := range s {
		begins := !inside || ideograph(r)
		if inside = isWordRune(r); begins {
			next := nextTwo(s[i:])
			for n := min(hashedBytes, len(s)-i); n > 0; n-- {
				starting := ownPhrases.of(ownSlot(s[i : i+n]))
				for k := range starting {
					p := &starting[k]
					if !p.may(next) {
						continue
					}
					if text := ownPhrases.texts.word(p.text); min(hashedBytes, len(text)) == n && strings.HasPrefix(s[i:], text) && endsPhrase(s, i, text) {
						for tongues := p.tongues; tongues != 0; tongues &= tongues - 1 {
							atMost[bits.TrailingZeros32(tongues)] += utf8.RuneCountInString(text)
						}
					}
				}
			}
		}
	}
}

// endsPhrase says whether the phrase at s[i:] ends with a word of s.
func endsPhrase(s string, i int, phrase string) bool {
	last, _ := utf8.DecodeLastRuneInString(phrase)
	rest := s[i+len(phrase):]
	return ideograph(last) || rest == "" || !isWordRune(last) || !inWord(rest) || ideographAt(rest)
}
