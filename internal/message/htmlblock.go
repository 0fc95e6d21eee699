package message

import "strings"

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

func (b *block) String() string { return strings.TrimRight(strings.Trim(string(b.text), "\n"), "\n ") }

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
func (b *block) words(s string) int {
	before := len(b.text)
	const blanks = " \t\r\n\f"
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(blanks, r) })
	if s != "" && strings.ContainsRune(blanks, rune(s[0])) {
		b.space = true
	}
	for i, w := range words {
		atStart := len(b.text) == 0 || b.newlines > 0
		if atStart && strings.Trim(w, "\u00a0") == "" {
			b.ghost = true
			continue
		}
		b.space = b.space || i > 0
		b.word(w)
	}
	if len(words) > 0 {
		b.space = strings.ContainsRune(blanks, rune(s[len(s)-1]))
	}
	return len(b.text) - before
}

// word writes one word and what was held back before it.
func (b *block) word(w string) {
	atStart := len(b.text) == 0 || b.newlines > 0
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
				b.text = append(b.text, strings.TrimRight(marks(min(b.quote, b.lastQ)), " ")...)
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
func (b *block) verbatim(s string) int {
	before := len(b.text)
	for i, line := range strings.Split(toLF(s), "\n") {
		if i > 0 {
			b.lineBreak()
		}
		if line != "" {
			b.startLine()
			b.text = append(b.text, line...)
		}
	}
	return len(b.text) - before
}

func marks(depth int) string { return strings.Repeat("> ", min(depth, maxQuoteMarks)) }
