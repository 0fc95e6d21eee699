// Package csvcell keeps a value in a CSV file from running as a formula in a spreadsheet, and takes the guard away again.
package csvcell

import (
	"strings"
	"unicode"
)

// starts are what spreadsheets take for the beginning of a formula, also in full width.
const starts = "=+-@\t\r\n|%＝＋－＠"

// Guard is the value as one line without invisible characters, behind an apostrophe if a spreadsheet could run it: the
// apostrophe makes it text, and Bare takes it away. A value that begins with apostrophes and such a character gets one more.
func Guard(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.In(r, unicode.Cc) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if formula(s) {
		return "'" + s
	}
	return s
}

// Bare is the value that Guard was given, as far as it can be seen.
func Bare(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(rest) {
		return rest
	}
	return s
}

func formula(s string) bool {
	s = strings.TrimLeft(s, "' \u00a0\u3000")
	return s != "" && strings.ContainsRune(starts, []rune(s)[0])
}
