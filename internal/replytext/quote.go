package replytext

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unquote takes one level of quote marks off a line and says whether there was one.
func unquote(line string) (bool, string) {
	if n := quoteMark(line); n > 0 {
		return true, line[n:]
	}
	return false, line
}

// fencedAttribution recognises ">>> Jane Doe <jane@acme.example> 07.07.2026 14:02 >>>", perhaps wrapped, below which GroupWise quotes
// without marks.
func fencedAttribution(lines []string) bool {
	const fence = ">>>"
	line := strings.TrimSpace(lines[0])
	if !strings.HasPrefix(line, fence) {
		return false
	}
	for k := 1; k < min(len(lines), 3) && !strings.HasSuffix(line, fence); k++ {
		line += " " + strings.TrimSpace(lines[k])
	}
	return len(line) > 2*len(fence) && strings.HasPrefix(line, fence) && strings.HasSuffix(line, fence) && dated(line)
}

// citer returns the name that a quoted line has in front of its mark, "Bob> …", "" if there is none.
func citer(line string) string {
	name, rest, ok := strings.Cut(strings.TrimLeft(line, " \t"), ">")
	first, _ := utf8.DecodeRuneInString(name)
	if !ok || len(name) > maxCiter || !unicode.IsUpper(first) || !strings.HasPrefix(rest, " ") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return ""
	}
	return name
}

const maxCiter = 20 // bytes

// cited says whether a line bears the name of somebody whom the quote above names.
func (s *splitter) cited(line string) bool {
	if len(s.quoted) == 0 {
		return false
	}
	name := citer(line)
	return name != "" && slices.ContainsFunc(s.quoted[:min(len(s.quoted), maxHeaderLines)], func(q string) bool { return strings.Contains(q, name) })
}

// adorned recognises a line set between marks, ">>> look here <<<", which quotes nothing when no quote is around it.
func adorned(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	return strings.HasPrefix(line, ">>") && strings.HasSuffix(line, "<<") && strings.Trim(line, "<> ") != "" &&
		!isQuoted(lines, i-1) && !isQuoted(lines, i+1)
}

func isQuoted(lines []string, i int) bool {
	if i < 0 || i >= len(lines) {
		return false
	}
	quoted, _ := unquote(lines[i])
	return quoted
}

func isBlank(lines []string, i int) bool {
	return i < 0 || i >= len(lines) || strings.TrimSpace(lines[i]) == ""
}

// quoteFollows says whether the next line with text is a quoted one.
func quoteFollows(lines []string) bool {
	for i := range lines[:min(len(lines), 12)] {
		if !isBlank(lines, i) {
			return isQuoted(lines, i)
		}
	}
	return false
}

// barFollows says whether the next two lines with text begin with the same bar and are no rows of a table.
func barFollows(lines []string) bool {
	var first rune
	for i := range lines[:min(len(lines), 12)] {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		bar, size := utf8.DecodeRuneInString(line)
		if !strings.ContainsRune("|¦│┃»", bar) || !strings.HasPrefix(line[size:], " ") || strings.ContainsRune(line[size:], bar) {
			return false
		}
		if first != 0 {
			return bar == first
		}
		first = bar
	}
	return false
}

// Quoted lines that a mail program thinks too long are wrapped: the rest stands without mark in the next line.
const (
	wrapFrom = 66 // width in characters of a line that was wrapped
	wrapTo   = 100
)

var onlyLink = regexp.MustCompile(`^[(<\[]*https?://\S+\s*>?$`)

// wrapped says whether line i, which bears no mark, is the rest of the quoted line above it.
func wrapped(lines []string, i int) bool {
	if !isQuoted(lines, i-1) || isBlank(lines, i) {
		return false
	}
	_, above := unquote(lines[i-1])
	above, line, between := strings.TrimSpace(above), strings.TrimSpace(lines[i]), isQuoted(lines, i+1)
	if between && onlyLink.MatchString(line) || between && opensBracket(above) && !opensBracket(line) && strings.Contains(line, ")") {
		return true
	}
	width := utf8.RuneCountInString(lines[i-1])
	if above == "" || width < wrapFrom || width > wrapTo || utf8.RuneCountInString(line) > wrapFrom {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(above)
	first, _ := utf8.DecodeRuneInString(line)
	return !strings.ContainsRune(".!?:。！？", last) && (between || unicode.IsLower(first) && isBlank(lines, i+1))
}

// opensBracket says whether s has a bracket that it does not close.
func opensBracket(s string) bool { return strings.Count(s, "(") > strings.Count(s, ")") }

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}
