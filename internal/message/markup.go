package message

import (
	"bytes"
	"encoding/binary"
	"html"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// markup cuts HTML into tokens as WHATWG section 13.2.5 wants it, as golang.org/x/net/html does, but in place and without
// a copy of each name and value: a mail has more markup than text.
type markup struct {
	src []byte
	pos int
	raw string // name of the open element that holds nothing but text, "" if there is none
	end bool   // nothing more can be read

	kind  tokenKind
	text  []byte    // of a textToken, entities decoded
	buf   []byte    // where they are decoded
	tag   atom.Atom // of a startTag or endTag, 0 if it is unknown
	attrs attributes
}

type tokenKind uint8

const (
	noToken tokenKind = iota // the end
	textToken
	startTag
	endTag
	otherToken // comment, doctype, processing instruction
)

// attributes are those that matter; the first of equal ones counts, as in browsers.
type attributes struct {
	class, style, id, bgcolor, color, start, href, charset, content []byte // nil for one that is not there

	hidden bool
	any    bool // one of them is there
}

// slot returns where the value of an attribute of that name goes, nil if it does not matter.
func (a *attributes) slot(name []byte) *[]byte {
	switch string(name) {
	case "class":
		return &a.class
	case "style":
		return &a.style
	case "id":
		return &a.id
	case "bgcolor":
		return &a.bgcolor
	case "color":
		return &a.color
	case "start":
		return &a.start
	case "href":
		return &a.href
	case "charset":
		return &a.charset
	case "content":
		return &a.content
	}
	return nil
}

// next reads one token and says which kind it is.
func (m *markup) next() tokenKind {
	m.kind = m.read()
	return m.kind
}

func (m *markup) read() tokenKind {
	if m.end {
		return noToken
	}
	if m.raw != "" && m.readRaw() {
		return textToken
	}
	start := m.pos
	for {
		i := 0 // as between most tags
		if m.pos < len(m.src) && m.src[m.pos] != '<' {
			i = bytes.IndexByte(m.src[m.pos:], '<')
		}
		if i < 0 || m.pos+i+1 >= len(m.src) {
			break
		}
		at := m.pos + i
		c := m.src[at+1]
		if !isLetter(c) && c != '/' && c != '!' && c != '?' {
			m.pos = at + 1
			continue
		}
		if at > start {
			m.pos = at
			return m.setText(m.src[start:at])
		}
		m.pos = at + 2
		switch c {
		case '/':
			if m.pos == len(m.src) {
				m.end = true
				return m.setText(m.src[at:])
			}
			return m.readEnd()
		case '!':
			return m.readDeclaration()
		case '?':
			return m.readBogus(m.pos - 1)
		}
		return m.readStart(at + 1)
	}
	m.pos, m.end = len(m.src), true
	if start == len(m.src) {
		return noToken
	}
	return m.setText(m.src[start:])
}

func (m *markup) setText(text []byte) tokenKind {
	m.text = text
	if bytes.IndexByte(text, '&') >= 0 {
		m.buf = appendUnescaped(slices.Grow(m.buf[:0], len(text)), text) // all but a few entities are longer than what they stand for
		m.text = m.buf
	}
	return textToken
}

// appendUnescaped decodes the entities of a text. The usual ones are known here, to save copies.
func appendUnescaped(out, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		text = text[i:]
		end := bytes.IndexByte(text[:min(len(text), 8)], ';') + 1
		switch string(text[:end]) {
		case "&nbsp;":
			out = append(out, "\u00a0"...)
		case "&amp;":
			out = append(out, '&')
		case "&lt;":
			out = append(out, '<')
		case "&gt;":
			out = append(out, '>')
		case "&quot;":
			out = append(out, '"')
		case "&#39;":
			out = append(out, '\'')
		default:
			end, _ = entityEnd(text)
			out = append(out, html.UnescapeString(string(text[:end]))...)
		}
		text = text[end:]
	}
}

func (m *markup) readEnd() tokenKind {
	c := m.src[m.pos]
	switch {
	case c == '>':
		m.pos++
		return otherToken
	case !isLetter(c):
		return m.readBogus(m.pos)
	}
	if !m.readTag(m.pos) {
		return noToken
	}
	return endTag
}

// readBogus passes over what ends at the next angle bracket.
func (m *markup) readBogus(from int) tokenKind {
	m.skipTo(bytes.IndexByte(m.src[from:], '>'), from)
	return otherToken
}

// skipTo goes on behind the byte at index i from there on, to the end if there is none.
func (m *markup) skipTo(i, from int) {
	if i < 0 {
		m.pos, m.end = len(m.src), true
		return
	}
	m.pos = from + i + 1
}

func (m *markup) readDeclaration() tokenKind {
	if !bytes.HasPrefix(m.src[m.pos:], []byte("--")) {
		return m.readBogus(m.pos)
	}
	m.pos += 2
	dashes, beginning := 0, true
	for i := m.pos; i < len(m.src); i++ {
		switch c := m.src[i]; {
		case c == '-':
			dashes++
			continue
		case c == '>' && (dashes >= 2 || beginning):
			m.pos = i + 1
			return otherToken
		case c == '!' && dashes >= 2 && i+1 < len(m.src):
			if m.src[i+1] == '>' {
				m.pos = i + 2
				return otherToken
			}
			if m.src[i+1] == '-' {
				i++
				dashes, beginning = 1, false
				continue
			}
			i++
		}
		dashes, beginning = 0, false
	}
	m.pos, m.end = len(m.src), true
	return otherToken
}

func (m *markup) readStart(name int) tokenKind {
	if !m.readTag(name) {
		return noToken
	}
	switch m.tag {
	case atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style, atom.Textarea,
		atom.Title, atom.Xmp:
		m.raw = m.tag.String()
	}
	return startTag
}

// readTag reads a tag whose name begins there, and says whether it ends.
func (m *markup) readTag(name int) bool {
	if m.attrs.any {
		m.attrs = attributes{}
	}
	src, end := m.src, name
	for end < len(src) && (src[end] > '>' || !isTagSpace(src[end]) && src[end] != '/' && src[end] != '>') {
		end++
	}
	m.tag = tagOf(src[name:end])
	m.pos = end
	for m.skipSpace() {
		if m.src[m.pos] == '>' {
			m.pos++
			return true
		}
		if !m.readAttribute() {
			break
		}
	}
	m.pos, m.end = len(m.src), true
	return false
}

// tagOf returns the atom of the name of an element, 0 for none.
func tagOf(name []byte) atom.Atom {
	switch string(name) { // the usual ones, to save a look-up
	case "a":
		return atom.A
	case "b":
		return atom.B
	case "i":
		return atom.I
	case "u":
		return atom.U
	case "p":
		return atom.P
	case "br":
		return atom.Br
	case "td":
		return atom.Td
	case "tr":
		return atom.Tr
	case "li":
		return atom.Li
	case "ul":
		return atom.Ul
	case "div":
		return atom.Div
	case "o:p":
		return 0 // of Word
	case "html":
		return atom.Html
	case "head":
		return atom.Head
	case "body":
		return atom.Body
	case "meta":
		return atom.Meta
	case "span":
		return atom.Span
	case "font":
		return atom.Font
	case "style":
		return atom.Style
	case "table":
		return atom.Table
	case "tbody":
		return atom.Tbody
	case "strong":
		return atom.Strong
	case "blockquote":
		return atom.Blockquote
	}
	var lower [maxName]byte
	return atom.Lookup(lowered(&lower, name))
}

// maxName is the length of names that have to be known.
const maxName = 16

// lowered returns name in lower case, in buf if it is not yet so; longer names than are known give nil.
func lowered[T string | []byte](buf *[maxName]byte, name T) []byte {
	if len(name) > maxName {
		return nil
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(name)]
}

// readAttribute reads one attribute and says whether something stands behind it.
func (m *markup) readAttribute() bool {
	src, start, end := m.src, m.pos, m.pos
	for end < len(src) {
		if c := src[end]; c <= '>' && (c == '=' && end > start || c == '/' || c == '>' || isTagSpace(c)) {
			break
		}
		end++
	}
	if m.pos = end; end == len(src) {
		return false
	}
	name := src[start:end]
	value, ok := m.readValue()
	if !ok {
		return false
	}
	var lower [maxName]byte
	name = lowered(&lower, name)
	if slot := m.attrs.slot(name); slot != nil {
		if *slot == nil {
			*slot, m.attrs.any = attributeText(value), true
		}
	} else if string(name) == "hidden" {
		m.attrs.hidden, m.attrs.any = true, true
	}
	return true
}

// readValue reads what follows the name of an attribute, no nil where that is nothing; ok is false at the end.
func (m *markup) readValue() (value []byte, ok bool) {
	if !m.skipSpace() {
		return nil, false
	}
	switch m.src[m.pos] {
	case '/':
		m.pos++
		return []byte{}, true
	case '=':
		m.pos++
	default:
		return []byte{}, true
	}
	if !m.skipSpace() {
		return nil, false
	}
	c := m.src[m.pos]
	switch c {
	case '>':
		return []byte{}, true
	case '"', '\'':
		m.pos++
		i := bytes.IndexByte(m.src[m.pos:], c)
		if i < 0 {
			return nil, false
		}
		value = m.src[m.pos : m.pos+i]
		m.pos += i + 1
		return value, true
	}
	start := m.pos
	for m.pos < len(m.src) && !isTagSpace(m.src[m.pos]) && m.src[m.pos] != '>' {
		m.pos++
	}
	return m.src[start:m.pos], m.pos < len(m.src)
}

// skipSpace goes to the next byte that is no blank and says whether there is one.
func (m *markup) skipSpace() bool {
	for m.pos < len(m.src) && isTagSpace(m.src[m.pos]) {
		m.pos++
	}
	return m.pos < len(m.src)
}

// attributeText decodes the entities of an attribute's value: there one without semicolon has to be known as a whole.
func attributeText(value []byte) []byte {
	first := bytes.IndexByte(value, '&')
	if first < 0 {
		return value
	}
	out := append([]byte(nil), value[:first]...)
	for i := first; i < len(value); {
		if value[i] != '&' {
			out = append(out, value[i])
			i++
			continue
		}
		size, closed := entityEnd(value[i:])
		end := i + size
		piece := string(value[i:end])
		text := html.UnescapeString(piece)
		if numeric := len(piece) > 1 && piece[1] == '#'; !numeric && !closed &&
			(end < len(value) && value[end] == '=' || utf8.RuneCountInString(text) != 1) {
			text = piece
		}
		out = append(out, text...)
		i = end
	}
	return out
}

// entityEnd returns the length of the entity that s may begin with, and whether it has its semicolon.
func entityEnd(s []byte) (end int, closed bool) {
	end = 1
	for end < len(s) && (isLetter(s[end]) || isDigit(s[end]) || s[end] == '#' && end == 1) {
		end++
	}
	if end < len(s) && s[end] == ';' {
		return end + 1, true
	}
	return end, false
}

// readRaw reads the text of the open raw element; false if it has none.
func (m *markup) readRaw() bool {
	end := m.rawEnd()
	text := m.src[m.pos:end]
	escaped := m.raw == "title" || m.raw == "textarea"
	m.raw, m.pos = "", end
	if len(text) == 0 {
		return false
	}
	m.text = text
	if bytes.IndexByte(text, 0) >= 0 {
		m.text = bytes.ReplaceAll(text, []byte{0}, []byte("\ufffd"))
	}
	if escaped {
		m.setText(m.text)
	}
	return true
}

// rawEnd returns where the end tag of the open raw element stands.
func (m *markup) rawEnd() int {
	if m.raw == "plaintext" {
		return len(m.src)
	}
	script := m.raw == "script"
	commented, nested := false, false // in a comment of a script, and in a script within that
	for i := m.pos; i < len(m.src); i++ {
		rest := m.src[i:]
		switch {
		case rest[0] == '<' && len(rest) > 1 && rest[1] == '/' && m.rawName(rest[2:]):
			if !nested {
				return i
			}
			nested = false
		case !script:
			if rest[0] != '<' {
				if next := bytes.IndexByte(rest, '<'); next > 0 {
					i += next - 1
				} else {
					return len(m.src)
				}
			}
		case !commented && bytes.HasPrefix(rest, []byte("<!--")):
			commented = true
			i++ // its dashes may be those of the end
		case commented && bytes.HasPrefix(rest, []byte("-->")):
			commented, nested = false, false
		case commented && rest[0] == '<' && m.rawName(rest[1:]):
			nested = true
		}
	}
	return len(m.src)
}

// rawName reports whether the name of the open raw element stands at the start of s, with its end.
func (m *markup) rawName(s []byte) bool {
	n := len(m.raw)
	return len(s) > n && strings.EqualFold(string(s[:n]), m.raw) && (isTagSpace(s[n]) || s[n] == '/' || s[n] == '>')
}

func isTagSpace(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f')
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// maxMeta is how far into a text browsers look for its charset.
const maxMeta = 1024

// metaCharset returns the charset that HTML names in a meta element. UTF-8 that is no ASCII is known without: programs that
// re-encode a mail leave the element as it was.
func metaCharset(source []byte) string {
	head := source[:min(len(source), maxMeta)]
	if !bytes.Contains(head, []byte("harset")) && !bytes.Contains(head, []byte("HARSET")) {
		return ""
	}
	m := markup{src: head}
	for {
		switch m.next() {
		case noToken:
			return ""
		case startTag:
			if m.tag != atom.Meta {
				continue
			}
			label := string(m.attrs.charset)
			if label == "" {
				_, ps := parseParams(string(m.attrs.content))
				label = ps.get("charset")
			}
			if label != "" {
				wide := strings.HasPrefix(strings.ToLower(label), "utf-16") // which this text is not, or it could not be read
				if wide || utf8.Valid(source) && !isASCII(source) {
					return ""
				}
				return label
			}
		}
	}
}

func isASCII(s []byte) bool { return asciiPrefix(s) == len(s) }

// notASCII counts the bytes above ASCII.
func notASCII(s []byte) int {
	n := 0
	for ; len(s) >= 8; s = s[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(s) & highBits)
	}
	for _, c := range s {
		n += int(c >> 7)
	}
	return n
}

const highBits = 0x8080808080808080

// asciiPrefix returns the length of the ASCII at the start of s.
func asciiPrefix(s []byte) int {
	i := 0
	for i+8 <= len(s) && binary.LittleEndian.Uint64(s[i:])&highBits == 0 {
		i += 8
	}
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}
