// Package replytext takes a mail body apart: the author's own words, the quote, the signature, the disclaimer, what was forwarded.
//
// Whatever is doubtful is taken away from the own words rather than left in them: only own words can decide anything.
package replytext

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Parts is a body taken apart. Every part has LF line ends, no outer blank lines, and is "" when the body has none.
type Parts struct {
	// Own is what the author typed now. Pieces between quoted lines are joined by one line break.
	Own string
	// Quoted is the mail answered, one level of quote marks removed, and whatever stands below it.
	Quoted     string
	Signature  string // closing formula, name, client footers
	Disclaimer string // legal notices and banners
	// Forwarded is the mail handed on, headers included, where the mail program marks it as forwarded.
	Forwarded string
	// Interleaved are the own pieces that stand below a quoted piece, in order.
	Interleaved []Answer
}

// Answer is an own piece and the quoted lines just above it.
type Answer struct {
	Quote string
	Own   string
}

// Split takes text apart without knowing who wrote it.
func Split(text string) Parts { return SplitBy(text, "") }

// Bounds of what is looked at: bytes of text, lines, and lines that look like the begin of a quote but are none. Nobody writes more by
// hand; what stands behind counts as quoted.
const (
	maxText    = 256 << 10
	maxLines   = 10000
	maxWeighed = 3000
)

// SplitBy is Split for a known author, "Name" or "Name <address>": a closing line that is the author's name begins the signature.
func SplitBy(text, author string) Parts {
	load()
	rest := ""
	if len(text) > maxText {
		end := strings.LastIndexByte(text[:maxText], '\n') + 1
		text, rest = text[:end], text[end:]
	}
	d := desks.Get().(*desk)
	s := d.splitter(Clean(text), author)
	s.run()
	if rest != "" {
		s.quoted = append(s.quoted, rest)
	}
	parts := s.parts()
	d.own, d.quoted, d.quotes, d.signature = s.own, s.quoted, s.quotes, s.signature
	d.clear()
	return parts
}

// run files the lines from top to bottom. Below a header block or a separator nothing is the author's any more.
func (s *splitter) run() {
	lines := s.lines
	for i := 0; i < len(lines); {
		tooMuch := s.weighed > maxWeighed || i > maxLines
		if s.marks[i].empty() && !tooMuch {
			s.keep(i)
			i++
			continue
		}
		mayQuote := s.marks[i].mayQuote()
		if mayQuote && fencedAttribution(lines[i:]) {
			s.below(lines[i:], false)
			return
		}
		if n := s.armour(i); n > 0 {
			i += n
			continue
		}
		if mayQuote {
			if quoted, inner := unquote(lines[i]); quoted && !adorned(lines, i) {
				s.quote(inner)
				i++
				continue
			}
		}
		if i > 0 && s.marks[i-1].mayQuote() && wrapped(lines, i) || mayQuote && s.cited(lines[i]) {
			s.quote(lines[i])
			i++
			continue
		}
		if forwarded, ok := s.separator(i); ok {
			s.below(gluedHeader(lines[i:]), forwarded)
			return
		}
		if s.headerAt(i) || replyAbove(s.low[i]) || s.weighed > maxWeighed || tooMuch {
			s.below(lines[i:], false)
			return
		}
		own, rest, shared := s.sharedLine(i)
		if shared {
			s.piece = s.piece.with(own, toLower(own), marksIn(own))
			lines[i], s.low[i], s.marks[i] = rest, toLower(rest), marksIn(rest)
		}
		n := s.attribution(i)
		if shared {
			n = max(n, 1) // whatever it looks like alone, it is not the author's
		}
		if n == 0 {
			s.keep(i)
			i++
			continue
		}
		if len(s.own) == 0 && youWrote(lines[i:i+n]) && onlyGreeting(s.piece.text) {
			s.quoted, s.piece = append(s.quoted, s.piece.text...), rows{} // typed by the mail program as well
		}
		s.flush()
		s.quoted = append(s.quoted, strings.Join(strings.Fields(strings.Join(lines[i:i+n], " ")), " "))
		i += n
		if !quoteFollows(lines[i:]) {
			s.below(lines[i:], false)
			return
		}
	}
	s.flush()
}

// armour takes the lines of OpenPGP around a signed text from line i on (RFC 9580 section 7) and returns how many they are.
func (s *splitter) armour(i int) int {
	if !strings.HasPrefix(s.lines[i], "-----BEGIN PGP S") {
		return 0
	}
	end := i + 1
	if strings.HasPrefix(s.lines[i], "-----BEGIN PGP SIGNED MESSAGE-----") {
		for !isBlank(s.lines, end) {
			end++
		}
	} else if k := slices.Index(s.lines[i:], "-----END PGP SIGNATURE-----"); k > 0 {
		s.flush()
		end = i + k + 1
	} else {
		return 0
	}
	s.signature = append(s.signature, s.lines[i:end]...)
	return end - i
}

type splitter struct {
	lines, low        []string // as they are and in lower case
	marks             []marks  // what stands in them
	author            []string
	desk              *desk
	weighed           int      // how often a begin of a quote was looked for in earnest
	ending            ending   // where an attribution may end
	from              int      // where piece begins in lines, if it is a part of them
	piece             rows     // own lines not yet filed
	quotes            []string // quoted lines
	answered          int      // of quotes: how many stand above an own piece
	own               []string
	quoted, forwarded []string
	signature         []string
	disclaimer        []string
	interleaved       []Answer
}

// desk holds what a text is laid out in while it is taken apart.
type desk struct {
	lines, low []string
	marks      []marks
	small      []byte // the text in small letters
	author     []string
	by         signer
	counts     []int
	footers    []bool

	own, quoted, quotes, signature []string
}

// desks are lent to one text after the other.
var desks = sync.Pool{New: func() any { return &desk{} }}

// Bounds of a desk that is used again: lines, and bytes.
const (
	maxDesk  = 1000
	maxSmall = 64 << 10
)

func (d *desk) splitter(text, author string) splitter {
	var ascii bool
	d.small, ascii = appendLower(d.small[:0], text)
	low := string(d.small)
	d.lines, d.low, d.marks = d.lines[:0], d.low[:0], d.marks[:0]
	for from, to := 0, 0; from <= len(text); from = to + 1 {
		if to = strings.IndexByte(text[from:], '\n') + from; to < from {
			to = len(text)
		}
		d.lines, d.marks = append(d.lines, text[from:to]), append(d.marks, marksIn(text[from:to]))
		if ascii {
			d.low = append(d.low, low[from:to])
		}
	}
	if !ascii {
		d.low = appendLines(d.low, low)
	}
	name, _, _ := strings.Cut(author, "<")
	d.author, d.by = appendNameWords(d.author[:0], name), signer{author: author}
	return splitter{
		desk: d, author: d.author, lines: d.lines, low: d.low, marks: d.marks,
		own: d.own[:0], quoted: d.quoted[:0], quotes: d.quotes[:0], signature: d.signature[:0],
	}
}

// clear forgets the text and gives d back.
func (d *desk) clear() {
	if cap(d.lines) > maxDesk || cap(d.small) > maxSmall || max(cap(d.own), cap(d.quoted), cap(d.quotes), cap(d.signature)) > 2*maxDesk {
		return
	}
	clear(d.small)
	for _, words := range [...][]string{d.lines, d.low, d.author, d.own, d.quoted, d.quotes, d.signature} {
		clear(words)
	}
	d.by = signer{}
	desks.Put(d)
}

func appendLines(lines []string, text string) []string {
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		lines = append(lines, line)
	}
	return lines
}

func newSplitter(text, author string) splitter { return (&desk{}).splitter(text, author) }

// keep adds line i to the piece that is being collected, without a copy where the lines above it are the piece.
func (s *splitter) keep(i int) {
	switch n := s.piece.len(); {
	case n == 0:
		s.from = i
		s.piece = rows{s.lines, s.low, s.marks}.slice(i, i+1)
	case s.from+n == i && &s.piece.text[0] == &s.lines[s.from]:
		s.piece = rows{s.lines, s.low, s.marks}.slice(s.from, i+1)
	default:
		s.piece = s.piece.with(s.lines[i], s.low[i], s.marks[i])
	}
}

func (s *splitter) quote(line string) {
	s.flush()
	s.quoted = append(s.quoted, line)
	s.quotes = append(s.quotes, line)
}

// flush files the collected own lines as one piece.
func (s *splitter) flush() {
	if s.piece.len() == 0 {
		return
	}
	text := join(s.trimPiece(s.piece, len(s.own) > 0))
	s.piece = rows{}
	if text == "" {
		return
	}
	if s.answered < len(s.quotes) {
		s.answer(text)
	}
	s.own = append(s.own, text)
}

// answer files an own piece as the answer to what is quoted since the last one.
func (s *splitter) answer(own string) {
	s.interleaved = append(s.interleaved, Answer{Quote: join(s.quotes[s.answered:]), Own: own})
	s.answered = len(s.quotes)
}

// below files everything from a header block or separator on as quoted or forwarded. Lines there that bear the author's
// name or initials are comments the author typed into the quote, if the author says that there are some: what is quoted may have such a
// line, which then is its writer's.
func (s *splitter) below(lines []string, forwarded bool) {
	s.flush()
	above := announcement{own: s.own}
	for _, line := range lines {
		_, inner := unquote(line)
		text, ok := comment(inner, s.author)
		if !ok && !forwarded {
			text, ok = s.marked(inner, &above)
		}
		if ok && above.tells() {
			s.own = append(s.own, strings.TrimSpace(inner))
			s.answer(text)
			continue
		}
		s.quotes = append(s.quotes, inner)
		if forwarded {
			s.forwarded = append(s.forwarded, inner)
		} else {
			s.quoted = append(s.quoted, inner)
		}
	}
}

// announcement is what the author's own words above a quote tell of their comments in it. Nothing is looked for before a line asks.
type announcement struct {
	own   []string
	asked bool
	some  bool
	words map[string]bool
}

// tells says whether there are some.
func (a *announcement) tells() bool {
	if !a.asked {
		a.asked = true
		a.some = slices.ContainsFunc(a.own, func(text string) bool { return phrases.Announces.within(toLower(text)) })
	}
	return a.some
}

// has says whether w is one of the words, as it is written: a mark of comments is one of them.
func (a *announcement) has(w string) bool {
	if a.words == nil {
		a.words = map[string]bool{}
		for _, text := range a.own {
			for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
				a.words[w] = true
			}
		}
	}
	return a.words[w]
}

func (s *splitter) parts() Parts {
	return Parts{
		Own: strings.Join(s.own, "\n"), Quoted: join(s.quoted), Signature: join(s.signature),
		Disclaimer: join(s.disclaimer), Forwarded: join(s.forwarded), Interleaved: s.interleaved,
	}
}

// comment recognises "[Karin] Approved": a remark in a quote marked with a word of the author's name, or the initials.
func comment(line string, author []string) (text string, ok bool) {
	if strings.IndexByte(line, ']') < 0 {
		return "", false // as most are
	}
	name, text, ok := strings.Cut(strings.TrimSpace(line), "]")
	if text = strings.TrimSpace(text); !ok || !strings.HasPrefix(name, "[") || text == "" {
		return "", false
	}
	words := nameWords(name)
	return text, len(words) > 0 && (isAuthor(words, author) || len(words) == 1 && len(author) > 1 && words[0] == initials(author))
}

// join trims the ends of the lines and blank lines at both ends.
func join(lines []string) string {
	for len(lines) > 0 && strings.TrimRight(lines[0], " \t\n") == "" {
		lines = lines[1:]
	}
	size := 0
	for _, line := range lines {
		size += len(line) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		end := len(line)
		for end > 0 && (line[end-1] == ' ' || line[end-1] == '\t') {
			end--
		}
		b.WriteString(line[:end])
	}
	return strings.Trim(b.String(), "\n")
}

// rows are lines as they are and, with the same index, in lower case, and what stands in them.
type rows struct {
	text, low []string
	marks     []marks
}

func (r rows) len() int { return len(r.text) }

func (r rows) slice(from, to int) rows {
	return rows{r.text[from:to:to], r.low[from:to:to], r.marks[from:to:to]}
}

func (r rows) clone() rows {
	return rows{slices.Clone(r.text), slices.Clone(r.low), slices.Clone(r.marks)}
}

func (r rows) add(other rows) rows {
	return rows{append(r.text, other.text...), append(r.low, other.low...), append(r.marks, other.marks...)}
}

func (r rows) with(text, low string, m marks) rows {
	return rows{append(r.text, text), append(r.low, low), append(r.marks, m)}
}

// blank says whether line i has nothing but blanks.
func (r rows) blank(i int) bool {
	return r.marks[i].empty() || r.marks[i]&inkMark == 0 && strings.TrimSpace(r.text[i]) == ""
}
