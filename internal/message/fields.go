package message

import (
	"bytes"
	"slices"
	"strings"
)

// section is a header section and what stands behind it.
type section struct {
	fields   []Field
	body     []byte
	warnings []string
}

// readSection splits raw into header fields and body, without an error for malformed lines: a mail is not lost for one of
// them, and nothing is repaired, since senderauth has to see the fields that the receiving MTA wrote.
func readSection(raw []byte) (section, error) {
	s := section{}
	last, fields, end, err := measureSection(raw)
	if err != nil {
		return s, err
	}
	w := fieldWriter{section: &s}
	w.text.Grow(end)
	if fields > 0 {
		s.fields = make([]Field, 0, fields)
	}
	for pos := 0; pos < len(raw); {
		line, next := cutLine(raw, pos)
		blank := len(line) > 0 && isBlank(line[0])
		switch {
		case len(line) == 0:
			s.body = raw[next:]
			w.end()
			return s, nil
		case pos > last && !blank:
			s.warn("no blank line between header and body")
			s.body = raw[pos:]
			w.end()
			return s, nil
		case !blank:
			w.open(line, pos)
		case w.isOpen:
			w.text.Write(line)
		default:
			s.warn("a header line without field name")
		}
		pos = next
	}
	w.end()
	return s, nil
}

// fieldWriter collects the fields of a section in one string that they all are pieces of.
type fieldWriter struct {
	*section
	text    strings.Builder
	isOpen  bool // a field has begun: continuation lines belong to it
	start   int  // of its name in text
	nameEnd int
}

// open starts the field of line, if it is one.
func (w *fieldWriter) open(line []byte, pos int) {
	w.end()
	name, body, ok := cutField(line)
	switch {
	case ok:
	case pos == 0 && bytes.HasPrefix(bytes.TrimPrefix(line, []byte(">")), []byte("From ")):
		w.warn("an mbox line above the header")
		return
	case looksLikeFrom(name):
		// It is kept, and costs the mail its author.
		w.warn("a From field with a malformed name")
	default:
		w.warn("a malformed header line")
		return
	}
	w.start = w.text.Len()
	w.text.Write(name)
	w.nameEnd = w.text.Len()
	w.text.Write(body)
	w.isOpen = true
}

// end keeps the open field.
func (w *fieldWriter) end() {
	if !w.isOpen {
		return
	}
	w.isOpen = false
	text := w.text.String() // what is written later stands behind it
	w.fields = append(w.fields, Field{Name: text[w.start:w.nameEnd], Body: strings.Trim(text[w.nameEnd:], " \t")})
}

func (s *section) warn(text string) {
	if !slices.Contains(s.warnings, text) {
		s.warnings = append(s.warnings, text)
	}
}

// measureSection returns the offset of the last line of the header section that is a field, -1 if there is none, how many
// fields there are, and where they end. A malformed line behind the last one is the body of a mail whose blank line is
// missing.
func measureSection(raw []byte) (last, fields, end int, err error) {
	last = -1
	for pos := 0; pos < len(raw); {
		line, next := cutLine(raw, pos)
		if len(line) == 0 {
			break
		}
		blank := isBlank(line[0])
		field := !blank && isField(line)
		if next > MaxHeaderBytes {
			if field || blank {
				return 0, 0, 0, &LimitError{What: "header bytes", Limit: MaxHeaderBytes}
			}
			break
		}
		if field {
			last = pos
			fields++
		}
		if field || blank && end == pos {
			end = next
		}
		pos = next
	}
	if fields > MaxFields {
		return 0, 0, 0, &LimitError{What: "header fields", Limit: MaxFields}
	}
	return last, fields, end, nil
}

func isField(line []byte) bool {
	name, _, ok := cutField(line)
	return ok || looksLikeFrom(name)
}

// cutField splits the first line of a field. ok is false when the name is none by RFC 5322 section 2.2; blanks before
// the colon are allowed by its section 4.5.
func cutField(line []byte) (name, body []byte, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return bytes.TrimRight(line, " \t"), nil, false
	}
	name = bytes.TrimRight(line[:colon], " \t")
	ok = len(name) > 0
	for _, c := range name {
		if c <= ' ' || c > '~' {
			ok = false
			break
		}
	}
	return name, line[colon+1:], ok
}

// looksLikeFrom finds names that some other reader may take for From: those that leave it without the characters that a
// field name cannot have.
func looksLikeFrom[T string | []byte](name T) bool {
	const from = "from"
	n := 0
	for i := range len(name) {
		c := name[i]
		if c <= ' ' || c > '~' {
			continue
		}
		if n == len(from) || c|0x20 != from[n] {
			return false
		}
		n++
	}
	return n == len(from)
}

// cutLine returns the line at pos without its end, and where the next one starts.
func cutLine(raw []byte, pos int) (line []byte, next int) {
	end := len(raw)
	next = end
	if i := bytes.IndexByte(raw[pos:], '\n'); i >= 0 {
		end, next = pos+i, pos+i+1
	}
	if end > pos && raw[end-1] == '\r' {
		end--
	}
	return raw[pos:end], next
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// first returns the body of the first field of that name, "" if there is none.
func first(fields []Field, name string) string {
	for _, f := range fields {
		if len(f.Name) == len(name) && strings.EqualFold(f.Name, name) {
			return f.Body
		}
	}
	return ""
}
