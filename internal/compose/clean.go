package compose

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/token"
)

// Limits in characters for values that people supply. Addresses are bounded by package mailaddr and never cut.
const (
	maxName      = 80
	maxText      = 600 // reasons and rules
	maxWords     = 160
	maxPreheader = 140
	maxMarks     = 4 // combining marks on one letter: no script needs more, and heaps of them cover other lines
)

// clean makes a value safe to show: one line, no control characters, nothing that reorders or hides text, no token, and
// no longer than limit characters.
func clean(s string, limit int) string {
	if len(s) < min(limit, token.Length) && isPlain(s) {
		return s
	}
	s = strings.Map(visible, strings.ToValidUTF8(s, "\ufffd"))
	return cut(string(token.Mask([]byte(strings.Join(strings.Fields(fewMarks(s)), " ")))), limit)
}

// isPlain reports whether s is words of Latin letters and digits with a blank or a hyphen between each two: most names are,
// and nothing need be done to them.
func isPlain(s string) bool {
	inWord := false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', '\u00c0' <= r && r <= '\u024f' && r != '×' && r != '÷':
			inWord = true
		case inWord && (r == ' ' || r == '-'):
			inWord = false
		default:
			return false
		}
	}
	return inWord || s == ""
}

// visible turns blanks and line ends into a blank, and drops what cannot be seen. The joiners U+200C and U+200D stay:
// names in several scripts need them.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
		return ' '
	case r == '\u200c', r == '\u200d':
		return r
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r),
		unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}

// fewMarks drops the combining marks beyond maxMarks in a row.
func fewMarks(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			n = 0
			return r
		}
		if n++; n > maxMarks {
			return -1
		}
		return r
	}, s)
}

// said is clean for sentences that people supply, such as reasons: nothing in them becomes a link in mail programs, which
// make links of whatever looks like one, and nothing passes for a line of ours.
func said(s string, limit int) string {
	return cut(unlink(ownLines(clean(s, 4*limit))), limit)
}

// ownLines takes from a value what marks lines of ours, and the rules by which mail programs part mails.
func ownLines(s string) string {
	if strings.ContainsAny(s, "-_=*~#–—") {
		s = ruler.ReplaceAllString(s, "–") // first: "__Ref:" is no word of ours, and "–Ref:" is
	}
	if strings.ContainsAny(s, ":\uff1a") {
		s = refLine.ReplaceAllString(s, "$1 ")
	}
	return s
}

// named is said for names of people and organisations, which need no brackets, quote marks or bullets of ours.
func named(s string) string {
	if len(s) < token.Length && isPlain(s) && !endsInRef(s) {
		return s
	}
	s = brackets.Replace(clean(s, 4*maxName))
	s = said(strings.TrimLeft(s, " )>|*#:;,.!?~=+_-–—•·"), maxName)
	if endsInRef(s) {
		s += "." // a colon of ours may follow
	}
	return s
}

// endsInRef reports whether a colon after s would make the line that begins a reference of it.
func endsInRef(s string) bool {
	s = strings.TrimRight(s, " ")
	n := len(s) - len("ref")
	return n >= 0 && strings.EqualFold(s[n:], "ref") && refName.MatchString(s)
}

func namedAll(list []string) []string {
	var out []string
	for _, s := range list {
		if s = named(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

var (
	refLine = regexp.MustCompile(`(?i)\b(ref)(?:\s*[:\x{ff1a}])+\s*`)
	refName = regexp.MustCompile(`(?i)\bref$`)
	ruler   = regexp.MustCompile(`[-_=*~#–—]{2,}`)
	// scheme and dot are what links are known by: "https:", and a dot before a label of two letters or more.
	scheme = regexp.MustCompile(`([\p{L}\d+-])[:\x{ff1a}]([^\s\d])`)
	dot    = regexp.MustCompile(`([\p{L}\p{M}\d_-])([.\x{3002}\x{ff0e}\x{ff61}])([\p{L}][\p{L}\p{M}\d-])`)
)

// unlink parts what mail programs would make a link of: "www.evil.example" becomes "www. evil. example". It stays readable,
// which no invisible character would, and a name such as "Dr.Müller" only gains by it.
func unlink(s string) string {
	if strings.ContainsAny(s, ":\uff1a") {
		s = scheme.ReplaceAllString(s, "$1: $2")
	}
	for strings.ContainsAny(s, ".\u3002\uff0e\uff61") {
		parted := dot.ReplaceAllString(s, "$1$2 $3")
		if parted == s {
			return s
		}
		s = parted
	}
	return s
}

// ruled is clean for the sentences of rules, which a provider writes: an address of its own pages stays a link.
func (c *Composer) ruled(s string) string {
	words := strings.Fields(ownLines(clean(s, maxText)))
	for i, w := range words {
		if !c.ours(strings.TrimRight(w, ".,;:!?)")) {
			words[i] = unlink(w)
		}
	}
	return strings.Join(words, " ")
}

// ours reports whether a word is a web address below the pages' host or the domain of the support address, or an address
// of that domain.
func (c *Composer) ours(word string) bool {
	support := "." + c.cfg.Support.Domain
	if _, domain, ok := strings.Cut(word, "@"); ok {
		return "."+domain == support
	}
	u, err := url.Parse(word)
	return err == nil && u.Scheme == "https" && u.User == nil &&
		(strings.HasSuffix("."+u.Host, support) || u.Host == c.cfg.WebURL.Host)
}

// cut shortens s to limit characters, the last of them an ellipsis.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " .") + "…"
}

// headerText keeps a value from being read as an encoded-word (RFC 2047), which could smuggle in what clean removed, and
// replaces the backslash, which net/mail leaves in encoded-words, where it must not stand.
func headerText(s string) string { return encodedWords.Replace(s) }

var (
	encodedWords = strings.NewReplacer("=?", "= ?", `\`, "/")
	brackets     = strings.NewReplacer("<", "(", ">", ")", "\uff1c", "(", "\uff1e", ")")
)
