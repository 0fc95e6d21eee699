package message

import (
	"bytes"
	"strings"
)

// block is text under construction: words flow, line breaks are held back until more text comes.
type block struct {
	text     []byte
	newlines int    // wanted before the next word
	space    bool   // blank wanted before the next word
	ghost    bool   // a line with nothing but a no-break space
	quote    int    // open blockquotes
	lastQ    int    // quote depth of the last line written
	bullet   string // to be written before the next word
	line     int    // where the text of the open line starts
}

const (
	maxNewlines   = 3 // two blank lines
	maxQuoteMarks = 20
)

// trimmed is the text without blank lines around it.
func (b *block) trimmed() []byte {
	text := bytes.TrimLeft(b.text, "\n")
	for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == ' ') {
		text = text[:len(text)-1]
	}
	return text
}

// breaks asks for at least n line ends before the next word.
func (b *block) breaks(n int) {
	if n == 0 {
		return
	}
	if b.ghost {
		b.ghost = false
		b.lineBreak()
	}
	b.newlines = max(b.newlines, n)
	b.space = false
}

// lineBreak asks for one more line end.
func (b *block) lineBreak() {
	b.newlines = min(b.newlines+1, maxNewlines)
	b.space = false
}

// words writes text with its blanks folded and returns how many bytes that took.
func (b *block) words(s []byte) int {
	before := len(b.text)
	for i := 0; i < len(s); {
		if isTagSpace(s[i]) {
			b.space = true
			i++
			continue
		}
		end := i + runEnd(s[i:])
		w := s[i:end]
		i = end
		if w[0] == nbsp[0] && b.atStart() && strings.Trim(string(w), nbsp) == "" {
			b.ghost = true
			continue
		}
		b.run(w)
	}
	return len(b.text) - before
}

// runEnd returns where the words at the start of s end that single blanks stand between. A run of no-break spaces is one word.
func runEnd(s []byte) int {
	one := s[0] == nbsp[0]
	for i := 1; i < len(s); i++ {
		if !isTagSpace(s[i]) {
			continue
		}
		if one || s[i] != ' ' || i+1 == len(s) || isTagSpace(s[i+1]) {
			return i
		}
	}
	return len(s)
}

// atStart reports whether the next word begins a line.
func (b *block) atStart() bool { return len(b.text) == 0 || b.newlines > 0 }

const nbsp = "\u00a0"

// run writes words and what was held back before them.
func (b *block) run(w []byte) {
	atStart := b.atStart()
	b.startLine()
	if b.space && !atStart {
		b.text = append(b.text, ' ')
	}
	b.space = false
	b.ghost = false
	b.text = append(b.text, w...)
}

// startLine writes the line ends held back, the quote marks and the bullet.
func (b *block) startLine() {
	first := len(b.text) == 0
	if !first && b.newlines == 0 && b.bullet == "" {
		return
	}
	if !first {
		if string(b.text[b.line:]) == "--" {
			b.text = append(b.text, ' ') // folding the blanks took the one of a signature delimiter
		}
		for i := range max(b.newlines, 1) {
			if i > 0 {
				if m := marks(min(b.quote, b.lastQ)); m != "" {
					b.text = append(b.text, m[:len(m)-1]...)
				}
			}
			b.text = append(b.text, '\n')
		}
	}
	b.newlines = 0
	b.lastQ = b.quote
	b.text = append(b.text, marks(b.quote)...)
	b.text = append(b.text, b.bullet...)
	b.bullet = ""
	b.line = len(b.text)
}

// verbatim writes text with its blanks and line ends kept and returns how many bytes that took.
func (b *block) verbatim(s []byte) int {
	before := len(b.text)
	for more := true; more; {
		var line []byte
		line, s, more = cutAnyLine(s)
		if len(line) > 0 {
			b.startLine()
			b.text = append(b.text, line...)
		}
		if more {
			b.lineBreak()
		}
	}
	return len(b.text) - before
}

func marks(depth int) string { return allMarks[:2*min(depth, maxQuoteMarks)] }

var allMarks = strings.Repeat("> ", maxQuoteMarks)
