package interpret

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

var signedWords = cue("signed_words")

const (
	maxPostscript = 12 // words of a line that somebody types below their name; longer ones are mottoes and disclaimers
	maxTyped      = 6  // lines below a name that somebody may have typed
	phoneDigits   = 6
)

// bounds says whether what stands below the author's name may limit or take back an approval of these lines: somebody went on writing
// there. It looks no further than the first line that a mail program adds: contact data, of which the line itself may say more, a rule, a
// footer, a disclaimer.
func bounds(signature string, lines []AskedLine) bool {
	n := 0
	for line := range strings.Lines(signature) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if n++; n > maxTyped || replytext.Footer(line) || replytext.Disclaims(line) || len(strings.Fields(line)) > maxPostscript {
			return false
		}
		v := examine(line, nil)
		switch {
		case v.reject, v.hold && mentions(line, words.Decide.Stop):
			return true
		case isContact(line):
			return limitsIn(line)
		case !titled(line):
			if limitsIn(line) || len(namesIn(key(line), formsOf(lines, declines(signature)))) > 0 {
				return true
			}
		case mentions(line, words.Decide.Only), mentions(line, words.Decide.BareNot):
			return true
		}
	}
	return false
}

// isContact says whether a line is a rule or holds an address or a telephone number.
func isContact(line string) bool {
	digits := 0
	_, undated := daysIn(line, time.Time{}) // "until 31.12.2026" is no telephone number
	for _, r := range undated {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= phoneDigits || strings.ContainsAny(line, "@|") || strings.Contains(line, "://") || strings.Contains(line, "www.") ||
		strings.IndexFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0
}

// titled says whether a line is a name, a company or a post as most are written: all its longer words and the last one with a capital.
func titled(line string) bool {
	small := false
	for w := range strings.FieldsSeq(line) {
		r, _ := utf8.DecodeRuneInString(w)
		small = unicode.IsLetter(r) && !unicode.IsUpper(r)
		if small && utf8.RuneCountInString(w) > 3 {
			return false
		}
	}
	return startsUpper(line) && !small
}

// limitsIn says whether a line has a word that limits, doubts or defers, in any language.
func limitsIn(line string) bool {
	a := newAnswer(line, nil)
	if slices.ContainsFunc(a.knowMost(), func(t *tongue) bool { return t.reads && a.limitedIn(t) }) {
		return true
	}
	p := scan(line)
	harmless := slices.Concat(find(&p, signedWords), find(&p, wishesWell), find(&p, noDangers))
	return strings.Contains(strings.ToLower(line), "n't") ||
		slices.ContainsFunc(find(&p, dangers), func(h phraseHit) bool { return !covered(h, harmless) })
}

// limitedIn says whether a sentence has a word of t that limits, denies or doubts. Short ones are words of names and posts, too.
func (a *answer) limitedIn(t *tongue) bool {
	return slices.ContainsFunc(a.sentences, func(s answerSentence) bool {
		return slices.ContainsFunc(t.items(nil, s.text, nil, nil), func(it item) bool {
			switch it.kind {
			case rejectItem, exceptItem, onlyItem:
				return true
			case notItem:
				return !unicode.Is(unicode.Hangul, []rune(it.text)[0]) || utf8.RuneCountInString(it.text) > 1
			case butItem, ifItem, unsureItem:
				return utf8.RuneCountInString(it.text) > 3
			default:
				return false
			}
		})
	})
}
