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
	tokenRE   = regexp.MustCompile(addressPattern + `|['’]?[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’.\-_]*|[^\s\p{L}\p{N}]`)
	wholeAddr = regexp.MustCompile(`^<?` + addressPattern + `>?$`)
)

func tokenize(s string) []token {
	var out []token
	for _, at := range tokenRE.FindAllStringIndex(s, -1) {
		text := s[at[0]:at[1]]
		t := token{kind: wordToken, start: at[0]}
		switch {
		case strings.Contains(text, "@") && addressRE.MatchString(text):
			t.kind = addressToken
		case !startsWord(text):
			t.kind = markToken
		default:
			text = trimWord(text)
		}
		t.text, t.lower, t.end = text, strings.ToLower(text), at[0]+len(text)
		out = append(out, t)
		for i, r := range s[t.end:at[1]] {
			mark := string(r)
			out = append(out, token{kind: markToken, text: mark, lower: mark, start: t.end + i, end: t.end + i + utf8.RuneLen(r)})
		}
	}
	return out
}

func startsWord(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return true
		}
		if r != '\'' && r != '’' {
			return false
		}
	}
	return false
}

// trimWord takes final stops and dashes off a word, but leaves the dot of an initial or a title.
func trimWord(s string) string {
	for len(s) > 1 {
		core := strings.TrimRight(s, ".-_'’")
		if core == s {
			return s
		}
		if strings.HasSuffix(s, ".") && (utf8.RuneCountInString(core) == 1 && startsUpper(core) || has(words.Titles, strings.ToLower(core))) {
			return core + "."
		}
		if core == "" {
			return s
		}
		return core
	}
	return s
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "'’"))
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

func isIdeographic(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return false
		}
	}
	return s != ""
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

// breakShortLines puts a blank line behind lines too short to have been wrapped, save where the next one goes on in small letters.
func breakShortLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines[:len(lines)-1] {
		next := strings.TrimSpace(lines[i+1])
		if t := strings.TrimSpace(lines[i]); t != "" && utf8.RuneCountInString(t) < 42 && !(next != "" && startsSmall(next)) {
			lines[i] += "\n"
		}
	}
	return strings.Join(lines, "\n")
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
	if has(words.Titles, strings.ToLower(last)) || utf8.RuneCountInString(last) == 1 && startsUpper(last) && last != "I" {
		return true
	}
	low := strings.ToLower(last)
	if has([]string{"no", "nr", "i.e", "e.g", "resp", "incl", "approx", "ca", "st", "z.b", "bzw"}, low) {
		return after != "" && (unicode.IsDigit(rune(after[0])) || low != "no")
	}
	return false
}
