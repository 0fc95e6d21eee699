package message

import (
	"strings"
	"unicode"
)

// cleanText makes text what its author saw: valid UTF-8, LF line ends, plain blanks, and none of the characters that
// show nothing and would only keep words from being recognised. Blank lines around it go.
func cleanText(s string) string {
	s = toLF(strings.ToValidUTF8(s, "\ufffd"))
	var b strings.Builder
	b.Grow(len(s))
	prev := ' '
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
		case r == '\u0085' || r == '\u2028' || r == '\u2029':
			r = '\n'
		case unicode.Is(unicode.Zs, r):
			r = ' '
		case r == '\u200c' || r == '\u200d':
			// The joiners are spelling in Persian and Indic words and in emoji, padding behind anything else.
			if prev < 0x600 {
				continue
			}
		case r == '\u00ad' || unicode.In(r, unicode.Cc, unicode.Cf) || isFiller(r):
			continue
		}
		b.WriteRune(r)
		prev = r
	}
	return strings.Trim(b.String(), "\n")
}

// isFiller finds the letters that render as nothing: combining grapheme joiner and the Hangul fillers.
func isFiller(r rune) bool {
	return r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

// oneLine is cleanText for header text, where a line break can only be an attempt to add one.
func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(cleanText(s)))
}

func toLF(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}
