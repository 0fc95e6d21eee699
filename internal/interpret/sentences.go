package interpret

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// sentence is a piece of text that ends at a full stop, a question or exclamation mark, or a blank line.
type sentence struct {
	passage
	question bool
	from     int // where it begins in the text that was cut
}

// prose is a text cut into sentences.
type prose struct {
	sentences []sentence
	cutAt     int     // where the text begins in the one that was cut
	all       passage // of all sentences, without hits
	in        tongues // of all, unless that is all of them
	scenes    []scene // once asked for
}

// room is where the tokens of a mail are kept while it is read.
type room struct {
	tokens    []token
	hits      []hit
	lists     []listSet // of words that other languages know, too
	sentences []sentence
	pending   []nodeID // empty, for searches
	taken     []bool   // for the tokens of one scene
	texts     strings.Builder
}

// maxTexts is how many bytes of texts are allocated at once, as their number grows.
const maxTexts = 4 << 10

// textOf is where a text of up to n bytes is written that lives as long as somebody holds it.
func (r *room) textOf(n int) *strings.Builder {
	if r.texts.Cap()-r.texts.Len() < n {
		next := max(n, min(2*r.texts.Cap(), maxTexts))
		r.texts.Reset()
		r.texts.Grow(next)
	}
	return &r.texts
}

// lowerASCII is lowerASCII written to the texts of r.
func (r *room) lowerASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			return lowerFrom(r.textOf(len(s)), s, i)
		}
	}
	return s
}

// onOneLine is onOneLine written to the texts of r.
func (r *room) onOneLine(s string) string {
	if singleLine(s) {
		return s
	}
	return writeOnOneLine(r.textOf(len(s)), s)
}

var rooms = sync.Pool{New: func() any {
	return &room{tokens: make([]token, 0, 512), hits: make([]hit, 0, 256), lists: make([]listSet, 0, 64), sentences: make([]sentence, 0, 32)}
}}

// maxLent bounds the tokens that are held until all of a mail is read.
const maxLent = 1 << 14

// roomFor is a room for s alone.
func roomFor(s string) *room { return &room{tokens: make([]token, 0, len(s)/5+3)} }

// lend gives the room for a text that is looked at and forgotten: what was found in it must not be kept longer than the room.
func lend() *room { return rooms.Get().(*room) }

// giveBack forgets the texts that tokens hold.
func (r *room) giveBack() {
	clear(r.tokens)
	clear(r.hits)
	clear(r.sentences)
	r.tokens, r.hits, r.lists, r.sentences = r.tokens[:0], r.hits[:0], r.lists[:0], r.sentences[:0]
	rooms.Put(r)
}

// untaken are marks for n tokens, none of them set, until it is called again.
func (r *room) untaken(n int) []bool {
	r.taken = slices.Grow(r.taken[:0], n)[:n]
	clear(r.taken)
	return r.taken
}

// keep makes the hits of p, which begin where those of r end, a part of r where they had room there.
func (r *room) keep(p *passage) {
	if n := len(r.hits) + len(p.hits); n <= cap(r.hits) {
		r.hits = r.hits[:n]
		p.hits = p.hits[:len(p.hits):len(p.hits)]
	}
}

// tokenize is tokenize with its tokens in r.
func (r *room) tokenize(s string) []token { return r.tokenizeLow(s, r.lowerASCII(s)) }

// tokenizeLow is tokenize for a text whose small ASCII letters are low.
func (r *room) tokenizeLow(s, low string) []token {
	first := len(r.tokens)
	r.tokens = appendTokens(r.tokens, s, low)
	return r.tokens[first:len(r.tokens):len(r.tokens)]
}

// readProse cuts text into sentences and finds the phrases of each, and those that reach from one into the next.
func readProse(text string, r *room) *prose {
	p := &prose{all: passage{text: text}}
	begin, first := len(r.tokens), len(r.sentences)
	low := r.lowerASCII(text)
	cutSentences(text, func(from, to int) {
		from, to = trimBlanks(text, from, to)
		s, l := text[from:to], low[from:to]
		if !singleLine(s) {
			s, l = writeOnOneLine(r.textOf(len(s)), s), writeOnOneLine(r.textOf(len(l)), l)
		}
		if empty(s) {
			return
		}
		first := len(r.tokens)
		r.tokenizeLow(s, l)
		if !isASCII(s) {
			r.markNames(first, s)
		}
		r.sentences = append(r.sentences, sentence{passage: passage{text: s, tokens: r.tokens[first:len(r.tokens):len(r.tokens)]}, question: asks(s), from: from})
	})
	p.sentences = r.sentences[first:len(r.sentences):len(r.sentences)]
	if langs := languagesOf(p.sentences); langs != everyLanguage {
		p.in = tongues{langs, r}
		p.all.in = &p.in
	}
	for i := range p.sentences {
		q := &p.sentences[i]
		q.in, q.hits = p.all.in, r.hits[len(r.hits):]
		r.pending = q.search(r.pending)
		r.keep(&q.passage)
	}
	p.all.tokens = r.tokens[begin:len(r.tokens):len(r.tokens)]
	p.all.join(p.sentences, r)
	return p
}

// join finds what the sentences of p say, and what reaches from one into the next. The room that r has left is used for that.
func (p *passage) join(sentences []sentence, r *room) {
	for i := range sentences {
		p.lists.join(&sentences[i].lists)
	}
	p.searchJoints(sentences, r.hits[len(r.hits):])
}

// behind is the prose of text if that is the end of p from a sentence on; nil if it is not.
func (p *prose) behind(text string, r *room) *prose {
	if !strings.HasSuffix(p.all.text, text) || len(text) == 0 {
		return nil
	}
	at := len(p.all.text) - len(text)
	if at > 0 && p.all.text[at-1] != '\n' {
		return nil
	}
	cutAt := p.cutAt + at
	begin := cutAt + blanksEnd(text, 0)
	tokens := 0
	for i := range p.sentences {
		if p.sentences[i].from == begin {
			q := &prose{all: passage{text: text, tokens: p.all.tokens[tokens:], in: p.all.in}, sentences: p.sentences[i:], cutAt: cutAt}
			q.all.join(q.sentences, r)
			return q
		}
		tokens += len(p.sentences[i].tokens)
	}
	return nil
}

func sentences(text string) []sentence {
	return readProse(text, roomFor(text)).sentences
}

// eachSentence calls use for the sentences of text.
func eachSentence(text string, use func(s string)) {
	cutSentences(text, func(from, to int) {
		from, to = trimBlanks(text, from, to)
		if s := onOneLine(text[from:to]); !empty(s) {
			use(s)
		}
	})
}

// empty says whether s is no sentence but at most its marks.
func empty(s string) bool {
	return s == "" || !isASCIIAlnum(s[0]) && strings.Trim(s, " .,;:-!?") == ""
}

// trimBlanks takes blanks off the ends of s[from:to].
func trimBlanks(s string, from, to int) (int, int) {
	for from < to && isBlank(s[from]) {
		from++
	}
	for to > from && isBlank(s[to-1]) {
		to--
	}
	return from, to
}

// onOneLine is s with single blanks for all its white space.
func onOneLine(s string) string {
	if singleLine(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// writeOnOneLine is onOneLine written to b.
func writeOnOneLine(b *strings.Builder, s string) string {
	from := b.Len()
	for i := 0; i < len(s); {
		if size := spaceAt(s, i); size > 0 {
			i += size
			continue
		}
		if b.Len() > from {
			b.WriteByte(' ')
		}
		end := fieldEnd(s, i)
		b.WriteString(s[i:end])
		i = end
	}
	return b.String()[from:]
}

// singleLine says whether s has no white space but single blanks.
func singleLine(s string) bool {
	blank := true
	for i := 0; i < len(s); {
		if !beginsSpace[s[i]] {
			blank = false
			i++
			continue
		}
		size := spaceAt(s, i)
		if size > 0 && (s[i] != ' ' || blank) {
			return false
		}
		blank = size > 0
		i += max(size, 1)
	}
	return !blank
}

// cutSentences calls add for each piece of text. A stop after an initial, a title or a known abbreviation ends nothing.
func cutSentences(text string, add func(from, to int)) {
	from := 0
	lineStart := 0
	for i := 0; i < len(text); {
		if !endsSentence[text[i]] {
			i++
			continue
		}
		switch c := text[i]; {
		case c == '.' || c == '!' || c == '?':
			end := i + 1
			for end < len(text) && (text[end] == '.' || text[end] == '!' || text[end] == '?') {
				end++
			}
			run := end
			end = skipClosing(text, end)
			if end < len(text) && !isBlank(text[end]) {
				i = run
				continue
			}
			for end < len(text) && isBlank(text[end]) {
				if text[end] == '\n' {
					lineStart = end + 1
				}
				end++
			}
			if c != '.' || !abbreviated(text[from:i], text[end:]) {
				add(from, end)
				from = end
			}
			i = end
		case c == ')' && smiles(text, i):
			end := i + 1
			for end < len(text) && isBlank(text[end]) {
				if text[end] == '\n' {
					lineStart = end + 1
				}
				end++
			}
			add(from, end)
			from, i = end, end
		case c == '\n':
			end, blank := i+1, false // blank lines end a sentence
			for k := i + 1; k < len(text) && isBlank(text[k]); k++ {
				if text[k] == '\n' {
					end, blank = k+1, true
				}
			}
			if blank || breaks(text, lineStart, i) {
				add(from, end)
				from = end
			}
			lineStart, i = end, end
		case c == 0xe3 || c == 0xef:
			if end := stopsAt(text, i); end > i {
				add(from, end)
				from, i = end, end
				continue
			}
			i++
		default:
			i++
		}
	}
	add(from, len(text))
}

// endsSentence are the bytes that the end of a sentence may begin with.
var endsSentence = bytesOf(".!?)\n\xe3\xef")

// smiles says whether the bracket at s[i] is the end of a smile, and a capital follows it.
func smiles(s string, i int) bool {
	k := i - 1
	if k > 0 && s[k] == '-' {
		k--
	}
	if k < 1 || s[k] != ':' && s[k] != ';' || !isBlank(s[k-1]) {
		return false
	}
	for i++; i < len(s) && isBlank(s[i]); i++ {
	}
	return i < len(s) && startsUpper(s[i:])
}

// asks says whether one of the last three runes of s is a question mark.
func asks(s string) bool {
	for range 3 {
		r, size := utf8.DecodeLastRuneInString(s)
		if r == '?' || r == '？' {
			return true
		}
		s = s[:len(s)-size]
	}
	return false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

// skipClosing moves behind the quotation marks and brackets that close a sentence.
func skipClosing(s string, i int) int {
	for i < len(s) {
		switch {
		case s[i] == '"' || s[i] == '\'' || s[i] == ')':
			i++
		case strings.HasPrefix(s[i:], "”") || strings.HasPrefix(s[i:], "’"):
			i += len("”")
		default:
			return i
		}
	}
	return i
}

// stopsAt moves behind the full-width stops at s[i:].
func stopsAt(s string, i int) int {
	for strings.HasPrefix(s[i:], "。") || strings.HasPrefix(s[i:], "！") || strings.HasPrefix(s[i:], "？") {
		i += len("。")
	}
	return i
}

// breaks says whether the line from start to end is too short to have been wrapped, so that it ends a sentence: unless the next one
// goes on in small letters or with an address that did not fit.
func breaks(text string, start, end int) bool {
	line := strings.TrimSpace(text[start:end])
	if line == "" || columns(line) >= 42 {
		return false
	}
	next := text[end+1:]
	if i := strings.IndexByte(next, '\n'); i >= 0 {
		next = next[:i]
	}
	next = strings.TrimSpace(next)
	return next == "" || !startsSmall(next) && !didNotFit(line, next) && !octetsFull(line, next) && !(restOfWrapped(text[:start], line) && goesOnWithNumber(next))
}

// restOfWrapped says whether line is what had no room in the line above it, and its sentence goes on.
func restOfWrapped(above, line string) bool {
	above = strings.TrimRight(above, "\n")
	r, _ := utf8.DecodeLastRuneInString(line)
	return startsSmall(line) && unicode.IsLetter(r) && columns(above[strings.LastIndexByte(above, '\n')+1:]) >= minWrapped
}

// goesOnWithNumber says whether a line begins with a number and a word in small letters: "3 and will be with you".
func goesOnWithNumber(line string) bool {
	rest := strings.TrimLeft(line, "0123456789")
	return rest != line && strings.HasPrefix(rest, " ") && startsSmall(rest[1:])
}

// octetsFull says whether line looks short, but is as long as lines become where octets are counted and letters have two: the next
// word had no room in it.
func octetsFull(line, next string) bool {
	word := firstField(next)
	last, _ := utf8.DecodeLastRuneInString(line)
	return len(line)+1+len(word) > 72 && len(line)*2 >= 3*columns(line) && unicode.IsLetter(last) && !strings.HasSuffix(word, ":") && !hasIdeograph(line)
}

// didNotFit says whether line was wrapped since the address that next begins with would have made it too long.
func didNotFit(line, next string) bool {
	word, rest, _ := strings.Cut(next, " ")
	return strings.Contains(word, "@") && (rest != "" || hasIdeograph(word)) && !strings.HasSuffix(line, ":") &&
		len(line)+1+len(word) > 66 // some count octets
}

// columns is how wide s is written: the letters of some scripts take two columns.
func columns(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func startsSmall(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) && !strings.Contains(firstField(s), "@")
}

// firstField is the first word of s, which begins with none.
func firstField(s string) string {
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[:i]
	}
	return s
}

// abbreviations are words whose full stop ends no sentence; "no." only in front of a number.
var abbreviations, shortenedNames = cue("abbreviations"), cue("shortened_names")

func abbreviated(before, after string) bool {
	before = strings.TrimRightFunc(before, isGap)
	last := before
	if i := strings.LastIndexFunc(before, isGap); i >= 0 {
		_, size := utf8.DecodeRuneInString(before[i:])
		last = before[i+size:]
	}
	if last == "" || len(last) > 30 {
		return false
	}
	low := strings.ToLower(last)
	if words.Titles.holds(low) || shortenedNames.holds(low) || utf8.RuneCountInString(last) == 1 && startsUpper(last) && last != "I" {
		return true
	}
	if startsSmall(after) && (utf8.RuneCountInString(last) == 1 || isNumeral(strings.ReplaceAll(last, ".", ""))) {
		return true // "zum 30.11. ausgeschieden", "2026 r. o godz. 9"
	}
	if len(last) <= 2 && isNumeral(last) && words.month(key(strings.TrimRight(firstField(after), ".,;:"))) > 0 {
		return true // "am 8. Dezember"
	}
	return abbreviations.holds(low) && after != "" && (unicode.IsDigit(rune(after[0])) || low != "no" && (isASCII(low) || startsSmall(after)))
}

func isGap(r rune) bool { return unicode.IsSpace(r) || r == '(' }
