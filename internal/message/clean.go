package message

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText makes text what its author saw: valid UTF-8, LF line ends, plain blanks, and none of the characters that
// show nothing and would only keep words from being recognised. Blank lines around it go.
func cleanText(s []byte) string {
	if !isClean(s) {
		var room [128]byte // enough for a line
		out := room[:0]
		if len(s) > len(room) {
			out = make([]byte, 0, len(s))
		}
		s = appendClean(out, s)
	}
	return string(bytes.Trim(s, "\n"))
}

// isClean reports whether cleanText would leave s as it is: ASCII with LF line ends, as most mail is.
func isClean(s []byte) bool { return cleanRun(s) == len(s) }

// appendClean appends what cleanText makes of s, blank lines around it included. s may be no UTF-8.
func appendClean(out, s []byte) []byte {
	prev := ' '
	invalid := false // the bytes before are none of a character: a run of them is shown once
	for len(s) > 0 {
		if run := cleanRun(s); run > 0 {
			out = append(out, s[:run]...)
			prev, invalid = rune(s[run-1]), false
			s = s[run:]
			continue
		}
		if s[0] == '\r' {
			out = append(out, '\n')
			s = bytes.TrimPrefix(s[1:], []byte("\n"))
			prev, invalid = '\n', false
			continue
		}
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		if r == utf8.RuneError && n == 1 {
			if !invalid {
				out = append(out, "\ufffd"...)
				prev = r
			}
			invalid = true
			continue
		}
		invalid = false
		if r = cleanRune(r, prev); r >= 0 {
			out = utf8.AppendRune(out, r)
			prev = r
		}
	}
	return out
}

// cleanRun returns the length of the clean ASCII at the start of s.
func cleanRun(s []byte) int {
	i := 0
	for {
		for i+8 <= len(s) && isPrintable(binary.LittleEndian.Uint64(s[i:])) {
			i += 8
		}
		if i == len(s) {
			return i
		}
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c > '~' {
			return i
		}
		i++
	}
}

// isPrintable reports whether all eight bytes are from ' ' to '~'.
func isPrintable(bytes uint64) bool {
	const each = 0x0101010101010101
	return (bytes|(bytes+each)|(bytes-' '*each))&highBits == 0
}

// cleanRune returns what to write for a character that is no clean ASCII and stands behind prev, -1 for nothing.
func cleanRune(r, prev rune) rune {
	switch {
	case r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r > '\u00ad' && r < '\u034f', r > '\u034f' && r < '\u0600', r > '\u3000' && r < '\u3164', r > '\u3164' && r <= '\ud7ff':
		return r // the letters of most languages, to save the tables below
	case unicode.Is(unicode.Zs, r):
		return ' '
	case r == '\u200c' || r == '\u200d':
		// The joiners are spelling in Persian and Indic words and in emoji, padding behind anything else.
		if prev < 0x600 {
			return -1
		}
	case unicode.In(r, unicode.Cc, unicode.Cf) || isFiller(r):
		return -1
	}
	return r
}

// isFiller finds the letters that render as nothing: combining grapheme joiner and the Hangul fillers.
func isFiller(r rune) bool {
	return r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

var breaksToBlanks = strings.NewReplacer("\n", " ", "\t", " ")

// oneLine is cleanText for header text, where a line break can only be an attempt to add one.
func oneLine(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return strings.TrimSpace(breaksToBlanks.Replace(cleanText([]byte(s))))
		}
	}
	return strings.Trim(s, " ")
}
