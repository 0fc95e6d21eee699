package message

import (
	"bytes"
	"strings"
)

// section is a header section and what stands behind it.
type section struct {
	fields   []Field
	body     []byte
	warnings []string
}

// readSection splits raw into header fields and body, in one pass and without an error for malformed lines: a mail is
// not lost for one of them, and nothing is repaired, since senderauth has to see the fields that the receiving MTA wrote.
func readSection(raw []byte) (section, error) {
	var s section
	var f *openField
	last := lastFieldLine(raw)
	for pos := 0; pos < len(raw); {
		line, next := cutLine(raw, pos)
		blank := len(line) > 0 && isBlank(line[0])
		switch {
		case len(line) == 0:
			s.close(f)
			s.body = raw[next:]
			return s, nil
		case pos > last && !blank:
			s.close(f)
			s.warn("no blank line between header and body")
			s.body = raw[pos:]
			return s, nil
		case next > MaxHeaderBytes:
			return s, &LimitError{What: "header bytes", Limit: MaxHeaderBytes}
		case !blank:
			s.close(f)
			f = s.open(line, pos)
		case f != nil:
			f.body = append(f.body, line...)
		default:
			s.warn("a header line without field name")
		}
		pos = next
	}
	s.close(f)
	return s, nil
}

// openField is a field whose continuation lines may still come.
type openField struct{ name, body []byte }

func (s *section) close(f *openField) {
	if f != nil {
		s.fields = append(s.fields, Field{Name: string(f.name), Body: strings.Trim(string(f.body), " \t")})
	}
}

// open starts the field of line; nil if it is no field.
func (s *section) open(line []byte, pos int) *openField {
	name, body, ok := cutField(line)
	switch {
	case ok:
	case pos == 0 && bytes.HasPrefix(bytes.TrimPrefix(line, []byte(">")), []byte("From ")):
		s.warn("an mbox line above the header")
		return nil
	case looksLikeFrom(name):
		// It is kept, and costs the mail its author.
		s.warn("a From field with a malformed name")
	default:
		s.warn("a malformed header line")
		return nil
	}
	return &openField{name: name, body: bytes.Clone(body)}
}

func (s *section) warn(text string) { s.warnings = append(s.warnings, text) }

// lastFieldLine returns the offset of the last line of the header section that is a field, -1 if there is none. A
// malformed line behind it is the body of a mail whose blank line is missing.
func lastFieldLine(raw []byte) int {
	last := -1
	for pos := 0; pos < len(raw) && pos <= MaxHeaderBytes; {
		line, next := cutLine(raw, pos)
		if len(line) == 0 {
			break
		}
		if name, _, ok := cutField(line); (ok || looksLikeFrom(name)) && !isBlank(line[0]) {
			last = pos
		}
		pos = next
	}
	return last
}

// cutField splits the first line of a field. ok is false when the name is none by RFC 5322 section 2.2; blanks before
// the colon are allowed by its section 4.5.
func cutField(line []byte) (name, body []byte, ok bool) {
	name, body, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	ok = found && len(name) > 0 && len(printable(name)) == len(name)
	return name, body, ok
}

// looksLikeFrom finds names that some other reader may take for From.
func looksLikeFrom(name []byte) bool { return bytes.EqualFold(printable(name), []byte("from")) }

// printable returns what of name may stand in a field name.
func printable(name []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, name)
}

// cutLine returns the line at pos without its end, and where the next one starts.
func cutLine(raw []byte, pos int) (line []byte, next int) {
	i := bytes.IndexByte(raw[pos:], '\n')
	if i < 0 {
		return bytes.TrimSuffix(raw[pos:], []byte("\r")), len(raw)
	}
	return bytes.TrimSuffix(raw[pos:pos+i], []byte("\r")), pos + i + 1
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// first returns the body of the first field of that name, "" if there is none.
func first(fields []Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Body
		}
	}
	return ""
}
