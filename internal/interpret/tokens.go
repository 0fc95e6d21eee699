package interpret

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	wordToken tokenKind = iota
	addressToken
	markToken
)

// token is a word, an address or a punctuation mark of a text.
type token struct {
	kind       tokenKind
	text       string
	lower      string
	start, end int
}

// addressPattern needs a domain of two labels or more: an address cut off before its top-level domain is none.
const addressPattern = `[\p{L}\p{N}._%+'-]*[\p{L}\p{N}_%+-]@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*\.\p{L}{2,}`

var (
	addressRE = regexp.MustCompile(addressPattern)
	wholeAddr = regexp.MustCompile(`^<?` + addressPattern + `>?$`)
)

func tokenize(s string) []token {
	var out []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		end := i
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if unicode.IsSpace(r) {
				break
			}
			end += size
		}
		from := i
		if strings.IndexByte(s[i:end], '@') >= 0 {
			for _, at := range addressRE.FindAllStringIndex(s[i:end], -1) {
				out = appendWords(out, s, from, i+at[0])
				text := s[i+at[0] : i+at[1]]
				out = append(out, token{kind: addressToken, text: text, lower: strings.ToLower(text), start: i + at[0], end: i + at[1]})
				from = i + at[1]
			}
		}
		out = appendWords(out, s, from, end)
		i = end
	}
	return out
}

// appendWords cuts s[from:to], which has no blanks, into words and marks.
func appendWords(out []token, s string, from, to int) []token {
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWordRune(r) && !((r == '\'' || r == '’') && i+size < to && wordFollows(s[i+size:to])) {
			out = append(out, token{kind: markToken, text: s[i : i+size], lower: s[i : i+size], start: i, end: i + size})
			i += size
			continue
		}
		end := i + size
		for end < to {
			r, size := utf8.DecodeRuneInString(s[end:])
			if !isWordRune(r) && !strings.ContainsRune("'’.-_", r) {
				break
			}
			end += size
		}
		text := trimWord(s[i:end])
		out = append(out, token{kind: wordToken, text: text, lower: lower(text), start: i, end: i + len(text)})
		i += len(text)
	}
	return out
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) }

func wordFollows(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWordRune(r)
}

// trimWord takes final stops and dashes off a word, but leaves the dot of an initial or a title.
func trimWord(s string) string {
	core := strings.TrimRight(s, ".-_'’")
	switch {
	case core == s || core == "":
		return s
	case strings.HasPrefix(s[len(core):], ".") && (utf8.RuneCountInString(core) == 1 && startsUpper(core) || words.title(strings.ToLower(core))):
		return core + "."
	}
	return core
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'’"))
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

func hasIdeograph(s string) bool { return strings.ContainsFunc(s, ideograph) }

// ideograph says whether r is written without blanks around words. The sign of a long vowel belongs to two scripts.
func ideograph(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー')
}

// sentence is a piece of text that ends at a full stop, a question or exclamation mark, or a blank line.
type sentence struct {
	text     string
	flat     string
	tokens   []token
	question bool
}

var sentenceEnd = regexp.MustCompile(`[.!?]+["'”’)]*(?:\s+|$)|[。！？]+|\n\s*\n`)

// sentences cuts text. A stop after an initial, a title or a known abbreviation ends nothing.
func sentences(text string) []sentence {
	var out []sentence
	add := func(s string) {
		s = strings.Join(strings.Fields(s), " ")
		if strings.Trim(s, " .,;:-!?") == "" {
			return
		}
		out = append(out, sentence{text: s, flat: flat(s), tokens: tokenize(s), question: strings.ContainsAny(lastRunes(s), "?？")})
	}
	text = breakShortLines(text)
	from := 0
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		if at[0] < from {
			continue
		}
		if text[at[0]] == '.' && abbreviated(text[from:at[0]], text[at[1]:]) {
			continue
		}
		add(text[from:at[1]])
		from = at[1]
	}
	add(text[from:])
	return out
}

// breakShortLines puts a blank line behind lines too short to have been wrapped, save where the next one goes on in small letters or
// with an address that did not fit.
func breakShortLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines[:len(lines)-1] {
		next := strings.TrimSpace(lines[i+1])
		if t := strings.TrimSpace(lines[i]); t != "" && utf8.RuneCountInString(t) < 42 && !(next != "" && (startsSmall(next) || didNotFit(t, next))) {
			lines[i] += "\n"
		}
	}
	return strings.Join(lines, "\n")
}

// didNotFit says whether line was wrapped since the address that next begins with would have made it too long.
func didNotFit(line, next string) bool {
	word, rest, _ := strings.Cut(next, " ")
	return strings.Contains(word, "@") && rest != "" && !strings.HasSuffix(line, ":") &&
		utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > 66
}

func startsSmall(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) && !strings.Contains(strings.Fields(s)[0], "@")
}

func lastRunes(s string) string {
	r := []rune(s)
	return string(r[max(0, len(r)-3):])
}

func abbreviated(before, after string) bool {
	fields := strings.FieldsFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })
	if len(fields) == 0 {
		return false
	}
	last := fields[len(fields)-1]
	if words.title(strings.ToLower(last)) || utf8.RuneCountInString(last) == 1 && startsUpper(last) && last != "I" {
		return true
	}
	low := strings.ToLower(last)
	if isCue("abbreviations", low) {
		return after != "" && (unicode.IsDigit(rune(after[0])) || low != "no")
	}
	return false
}
