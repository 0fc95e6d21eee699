package compose

import (
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
)

// clean makes a supplied value safe to show: one line, no control characters, nothing that reorders or hides text, no
// token, and no longer than limit characters.
func clean(s string, limit int) string {
	s = strings.Map(visible, strings.ToValidUTF8(s, "\ufffd"))
	return cut(string(token.Mask([]byte(strings.Join(strings.Fields(s), " ")))), limit)
}

// visible turns blanks and line ends into a blank, and drops what cannot be seen. The joiners U+200C and U+200D stay:
// names in several scripts need them.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
		return ' '
	case r == '\u200c', r == '\u200d':
		return r
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

func cleanAll(list []string, limit int) []string {
	var out []string
	for _, s := range list {
		if s = clean(s, limit); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// cut shortens s to limit characters, the last of them an ellipsis.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " ") + "…"
}

// headerText keeps a value from being read as an encoded-word (RFC 2047), which could smuggle in what clean removed.
func headerText(s string) string { return strings.ReplaceAll(s, "=?", "= ?") }
