package compose

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// textWidth is where lines of the text part end, unless a word (a link, a token) is longer.
const textWidth = 78

var listItem = regexp.MustCompile(`^ *(?:\d+\.|-) +`)

// layOut makes the text part of a template's output: no blanks at line ends, single empty lines, wrapped lines.
func layOut(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	empty := true // also at the top
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" {
			if !empty {
				b.WriteByte('\n')
			}
			empty = true
			continue
		}
		empty = false
		wrap(&b, line)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// wrap writes one line, broken at blanks. What follows stands under the text of its first line, so that a value cannot
// pose as a line of ours.
func wrap(b *strings.Builder, line string) {
	indent := listItem.FindString(line)
	if indent == "" {
		indent = line[:len(line)-len(strings.TrimLeft(line, " "))]
	}
	b.WriteString(indent)
	used, start := len(indent), true
	for word := range strings.FieldsSeq(line[len(indent):]) {
		n := utf8.RuneCountInString(word)
		switch {
		case start:
		case used+1+n > textWidth:
			b.WriteString("\n" + strings.Repeat(" ", len(indent)))
			used = len(indent)
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
		start = false
	}
	b.WriteByte('\n')
}
