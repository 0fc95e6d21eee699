package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	wordToken tokenKind = iota
	addressToken
	markToken
)

// token is a word, an address or a punctuation mark of a text.
type token struct {
	kind       tokenKind
	plain      bool     // ASCII alone
	named      bool     // a full name of letters that are written without blanks, known by its surname
	joints     joint    // that may stand in it
	word       nodeID   // of phraseIndex, 0 for a word of no phrase
	lists      *listSet // of which it is a phrase
	text       string
	lower      string
	start, end int
}

// key is the word as key writes it.
func (t *token) key() string {
	if t.plain {
		return t.lower
	}
	return key(t.lower)
}

func tokenize(s string) []token {
	return appendTokens(make([]token, 0, len(s)/5+3), s, lowerASCII(s))
}

// appendTokens finds the addresses of s and cuts the rest into words and marks. low is s with small ASCII letters.
func appendTokens(out []token, s, low string) []token {
	from := 0
	for at := strings.IndexByte(s, '@'); at >= 0; {
		i, end := betweenBlanks(s, from, at)
		out = appendWords(out, s, low, from, i)
		for at >= 0 && at < end {
			start, stop, ok := findAddress(s[:end], i)
			if !ok {
				break
			}
			out = appendWords(out, s, low, i, start)
			text := s[start:stop]
			lower := low[start:stop]
			if !isASCII(lower) {
				lower = strings.ToLower(text)
			}
			out = append(out, token{kind: addressToken, lists: &noLists, text: text, lower: lower, start: start, end: stop})
			i, at = stop, nextAt(s, stop)
		}
		out = appendWords(out, s, low, i, end)
		from, at = end, nextAt(s, end)
	}
	return appendWords(out, s, low, from, len(s))
}

// betweenBlanks moves from s[at] to both sides up to a blank, on the left no further than from.
func betweenBlanks(s string, from, at int) (begin, end int) {
	for begin = from; at > from; at-- {
		if size := spaceAt(s, at-1); size > 0 {
			begin = at - 1 + size
			break
		}
	}
	return begin, fieldEnd(s, begin)
}

// nextAt finds the next @ of s at or behind from.
func nextAt(s string, from int) int {
	if i := strings.IndexByte(s[from:], '@'); i >= 0 {
		return from + i
	}
	return -1
}

// fieldEnd is where white space or the end of s is behind s[i:].
func fieldEnd(s string, i int) int {
	for i < len(s) && spaceAt(s, i) == 0 {
		i++
	}
	return i
}

// spaceAt returns the length of the blank that stands at s[i], 0 if none does.
func spaceAt(s string, i int) int {
	if !beginsSpace[s[i]] {
		return 0
	}
	return spaceSize(s[i:])
}

// beginsSpace are the bytes that the runes of white space begin with.
var beginsSpace = bytesOf("\t\n\v\f\r \xc2\xe1\xe2\xe3")

// spaceSize is spaceAt for a text that begins with such a byte.
func spaceSize(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	if r, size := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		return size
	}
	return 0
}

// appendWords cuts s[from:to], which has no addresses, into words and marks. low is s with small ASCII letters.
func appendWords(out []token, s, low string, from, to int) []token {
	for i := from; i < to; {
		if size := spaceAt(s, i); size > 0 {
			i += size
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:to])
		}
		if !isWordRune(r) && !((r == '\'' || r == '’') && i+size < to && wordFollows(s[i+size:to])) {
			mark := s[i : i+size]
			word := phraseIndex.words.of(mark)
			out = append(out, token{kind: markToken, word: word, lists: phraseIndex.listsOf(word), text: mark, lower: mark, start: i, end: i + size})
			i += size
			continue
		}
		end := i + size
		plain := r < utf8.RuneSelf
		joints := letter
		if size > 1 || r == '\'' {
			joints = anyJoint
		}
		if plain {
			n, more := plainRun(s[end:to])
			end, joints = end+n, joints|more
		}
		for end < to && !(plain && s[end] < utf8.RuneSelf) {
			r, size := utf8.DecodeRuneInString(s[end:to])
			if !isWordRune(r) && r != '\'' && r != '’' && r != '.' && r != '-' && r != '_' {
				break
			}
			if prev, _ := utf8.DecodeLastRuneInString(s[i:end]); unicode.IsLetter(r) && unicode.IsLetter(prev) && ideograph(r) != ideograph(prev) {
				break // "Technicianとして": two scripts are two words
			}
			plain = false
			end += size
		}
		text := s[i:end]
		if !isASCIIAlnum(text[len(text)-1]) {
			text = trimWord(text)
		}
		if !plain {
			joints = anyJoint
		}
		t := token{kind: wordToken, plain: plain, joints: joints, text: text, start: i, end: i + len(text)}
		if plain {
			t.lower = low[i:t.end]
		} else {
			t.lower = lower(text)
		}
		t.word = phraseIndex.words.of(t.lower)
		t.lists = phraseIndex.listsOf(t.word)
		out = append(out, t)
		i += len(text)
	}
	return out
}

// withoutMarks are toks without punctuation marks: themselves where they have none, so that nobody may change the result.
func withoutMarks(toks []token) []token {
	mark := func(t token) bool { return t.kind == markToken }
	if !slices.ContainsFunc(toks, mark) {
		return toks
	}
	return slices.DeleteFunc(slices.Clone(toks), mark)
}

// joint is what a word has beside letters and digits. A word beyond ASCII may have any.
type joint uint8

const (
	letter joint = 1 << iota
	stop
	hyphen
	underscore
	apostrophe
	anyJoint = ^joint(0)
)

// inPlainWord are the characters of ASCII that may stand within a word.
var inPlainWord = func() (in [256]joint) {
	for c := range in {
		if isASCIIAlnum(byte(c)) {
			in[c] = letter
		}
	}
	in['.'], in['-'], in['_'], in['\''] = stop, hyphen, underscore, apostrophe
	return in
}()

// plainRun is how many bytes at the beginning of s may stand within a word, and what they are.
func plainRun(s string) (n int, joints joint) {
	for n < len(s) && inPlainWord[s[n]] > 0 {
		joints |= inPlainWord[s[n]]
		n++
	}
	return n, joints
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIAlnum(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
}

func wordFollows(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWordRune(r)
}

// trimWord takes final stops and dashes off a word, but leaves the dot of an initial or a title.
func trimWord(s string) string {
	core := strings.TrimRight(s, ".-_'’")
	if core == s || core == "" {
		return s
	}
	if s[len(core)] == '.' {
		low := strings.ToLower(core)
		if utf8.RuneCountInString(core) == 1 && startsUpper(core) || words.Titles.holds(low) || shortenedNames.holds(low) {
			return s[:len(core)+1]
		}
	}
	return core
}

func startsUpper(s string) bool {
	if s != "" && s[0] < utf8.RuneSelf && s[0] != '\'' {
		return s[0] >= 'A' && s[0] <= 'Z'
	}
	s = strings.TrimLeft(s, "'’")
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

func isIdeographic(s string) bool {
	for _, r := range s {
		if !ideograph(r) {
			return false
		}
	}
	return s != ""
}

func hasIdeograph(s string) bool {
	return !isASCII(s) && strings.ContainsFunc(s, ideograph)
}

// ideograph says whether r is written without blanks around words. The sign of a long vowel belongs to two scripts.
func ideograph(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー')
}
