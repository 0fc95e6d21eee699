package replytext

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var dayFirst = regexp.MustCompile(`^\W*\p{Nd}{1,4}(?:[./:-]|\.? \p{L}+)`)

// label reads a line as "Label: value" and says which field of a header block it may be.
func label(line string) (f field, value string, ok bool) {
	if f, value, ok := cells(line); ok {
		return f, value, true
	}
	if at := colonAt(line); at < 0 || at > 200 {
		return 0, "", false
	}
	name, value, ok := cutLabel(line)
	if !ok {
		return 0, "", false
	}
	return fieldOf(name), value, true
}

// cells reads a known label that a tab or a table's line sets off from its value.
func cells(line string) (f field, value string, ok bool) {
	if strings.IndexByte(line, '|') < 0 && strings.IndexByte(line, '\t') < 0 {
		return 0, "", false // as most are
	}
	line = strings.Trim(line, " |")
	at := strings.IndexAny(line, "|\t")
	if at < 0 || at > 60 {
		return 0, "", false
	}
	f = fieldOf(strings.Trim(line[:at], " *_:："))
	return f, strings.Trim(line[at:], " |\t"), f != 0
}

// Header blocks are short; a list of recipients may be wrapped.
const (
	maxHeaderLines = 24
	maxFolded      = 4
)

// block is what is known of the lines that may be a header block.
type block struct {
	ruled  bool  // below a rule
	first  field // what the first line may be
	seen   field
	pairs  int    // lines of the form "Label: value"
	tabbed int    // lines of the form "Label<tab>value"
	dated  bool   // a value has a day and a time
	year   bool   // a value has a year
	from   string // value of the author's field
	people string // values of author and recipients
	folded bool   // a line with no label stands among them
}

// headerAt says whether a header block begins at line i.
func (s *splitter) headerAt(i int) bool {
	line := s.lines[i]
	labelled := false
	if s.marks[i].mayLabel() {
		f, _, _ := label(line)
		labelled = f != 0
	}
	if !labelled && !isRule(line) {
		return s.marks[i]&addressMark != 0 && strings.Contains(line, "@") && (bareHeader(s.lines[i:]) || i+1 < len(s.lines) && s.marks[i+1].mayHaveDigit() && notesHeader(s.lines[i:]))
	}
	s.weighed++
	return headerBlock(s.lines[i:])
}

// bareHeader recognises three fields one below the other whose labels no colon ends, as eM Client writes them.
func bareHeader(lines []string) bool {
	var seen field
	for _, line := range lines[:min(len(lines), 3)] {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		f := fieldOf(name)
		if !ok || strings.TrimSpace(value) == "" || f == 0 || seen == 0 && f&fieldFrom == 0 || f&^seen == 0 {
			return false
		}
		seen |= f
	}
	return bits.OnesCount8(uint8(seen)) >= 3
}

// notesHeader recognises an author, below a date, and below that the labels of recipients on lines of their own, as Notes writes them.
func notesHeader(lines []string) bool {
	if len(lines) < 3 || moreWords(lines[1], 4) || !dated(lines[1]) || moreWords(lines[0], 6) {
		return false
	}
	return slices.ContainsFunc(lines[2:min(len(lines), 8)], func(line string) bool { return fieldOf(strings.TrimSpace(line))&fieldTo != 0 })
}

// headerBlock recognises the header fields that Outlook and others put above a quote, in any known language, in any order,
// with blank lines between, below a rule or not.
func headerBlock(lines []string) bool {
	var b block
	if strings.TrimSpace(lines[0]) == "" {
		return false
	}
	if isRule(lines[0]) {
		b.ruled = true
		i := 1
		for i < len(lines) && i < 10 && strings.TrimSpace(lines[i]) == "" {
			i++
		}
		lines = lines[i:]
	}
	if len(lines) == 0 {
		return false
	}
	b.first, _, _ = label(lines[0])
	if b.first == 0 && !b.ruled {
		return false
	}
	b.read(lines[:min(len(lines), maxHeaderLines)])
	return b.isHeader()
}

func (b *block) read(lines []string) {
	folded, blanks := 0, 0
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			if blanks++; blanks > 1 {
				return
			}
			continue
		}
		f, value, pair := label(line)
		if pair && blanks == 0 || f != 0 {
			b.pairs++
			b.year = b.year || hasYear(value)
			b.dated = b.dated || blanks == 0 && dated(value)
		}
		if f == 0 {
			if folded++; folded > maxFolded || blanks > 0 {
				return
			}
			b.people += " " + line
			b.folded = true
			continue
		}
		blanks, folded = 0, 0
		b.seen |= f
		if _, _, ok := cells(line); ok {
			b.tabbed++
		}
		if f&fieldFrom != 0 && b.from == "" {
			b.from = value
		}
		if f&(fieldFrom|fieldTo) != 0 {
			b.people += " " + value
		}
	}
}

func (b *block) isHeader() bool {
	kinds := bits.OnesCount8(uint8(b.seen))
	addressed := strings.Contains(b.people, "@")
	has := func(f field) bool { return b.seen&f != 0 }
	switch {
	case !addressed && (hasClock(b.from) || dayFirst.MatchString(b.from)):
		return false // "From: 9:00, To: 17:00" of a visit
	case b.ruled && b.first != 0:
		return kinds >= 2
	case b.ruled: // in a language that is not known
		return b.pairs >= 3 && addressed && b.year // blocks of a form between rules have no date
	case b.first&fieldFrom != 0 && (kinds > 2 || addressed || has(fieldDate|fieldSubject) || !b.folded), b.tabbed > 1 && has(fieldTo) && has(fieldSubject):
		return kinds >= 2 // "From: Frankfurt, To: London, and take gloves" is none
	}
	if b.first&fieldFrom != 0 && addressed && b.dated && b.pairs >= 3 {
		return true // the other labels are in a language that is not known
	}
	return has(fieldFrom) && kinds >= 3 || addressed && kinds >= 2 && has(fieldDate|fieldSubject) && has(fieldFrom|fieldTo)
}

// separator recognises "-----Original Message-----" and its kin at line i, and whether the mail below is forwarded.
func (s *splitter) separator(i int) (forwarded, ok bool) {
	if low := s.low[i]; low != "" && isSmall(low[0]) && !phrases.Forwarded.mayBegin(low) && !phrases.LongOriginal.mayBegin(low) {
		return false, false // no rule before it, and no words of a separator
	}
	lines := s.lines
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > 300 {
		return false, false
	}
	begin, end := ruledBegin(line) > 0, ruledEnd(line) < len(line)
	colon := strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
	if !begin && !end && len(line) > 120 {
		return false, false
	}
	core := trimAround(s.low[i], aroundSeparator)
	if begin && phrases.Forwarded.begins(core) || phrases.Forwarded.has(core) && (colon || end || headerFollows(lines[i+1:])) {
		return true, true
	}
	if begin && (phrases.Original.has(core) || phrases.LongOriginal.begins(core)) ||
		phrases.LongOriginal.has(core) && (end || headerFollows(lines[i+1:])) {
		return false, true
	}
	// Any words between two rules, with a header below.
	if !begin || !end || core == "" || len(core) > 80 {
		return false, false
	}
	s.weighed++
	return false, headerFollows(lines[i+1:])
}

// aroundSeparator tells what stands around the words of a separator.
func aroundSeparator(r rune) bool {
	return ruleEdge(r) || r == '<' || r == '>' || r == '|' || r == ':' || r == '：' || unicode.IsSpace(r)
}

func headerFollows(lines []string) bool {
	for k, line := range lines[:min(len(lines), 4)] {
		if strings.TrimSpace(line) != "" {
			return headerBlock(lines[k:])
		}
	}
	return false
}

// Separator says whether line stands above a quoted or forwarded mail, "-----Original Message-----".
func Separator(line string) bool {
	load()
	s := newSplitter(line, "")
	_, ok := s.separator(0)
	return ok
}

// replyAbove recognises "Please reply above this line", in lower case.
func replyAbove(low string) bool {
	return len(low) < 200 && len(low) > 10 && phrases.Above.within(low)
}

// gluedHeader puts the header fields that Yahoo writes behind the separator, the first of lines, on lines of their own.
func gluedHeader(lines []string) []string {
	var parted []string
	line, read := lines[0], 0
	for {
		at := strings.IndexByte(line[read:], ':') + read
		if at < read {
			break
		}
		if from := gluedLabel(line[:at]); from >= read {
			parted = append(parted, line[:from])
			line, at = line[from:], at-from
		}
		read = at + 1
	}
	if parted == nil {
		return lines
	}
	return append(append(parted, line), lines[1:]...)
}

// gluedLabel is where the label begins that s ends with, -1 if there is none.
func gluedLabel(s string) int {
	for _, label := range [...]string{"From", "To", "Cc", "Sent", "Date", "Subject"} {
		if strings.HasSuffix(s, label) {
			return len(s) - len(label)
		}
	}
	return -1
}

// FromLabel says whether label, in lower case, introduces the author in a header block of any known language.
func FromLabel(label string) bool {
	load()
	return phrases.Fields[label]&fieldFrom != 0
}

// HeaderLabel says whether label, in lower case, introduces any field of a header block.
func HeaderLabel(label string) bool {
	load()
	return phrases.Fields[label] != 0
}
