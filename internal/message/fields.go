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
func readSection(raw []byte) (section, error) { return readSectionInto(nil, raw) }

// readSectionInto is readSection with room for the fields.
func readSectionInto(room []Field, raw []byte) (section, error) {
	var usual [40]place // as many as most headers have fields
	h := headerReader{raw: raw}
	places, err := h.read(usual[:0])
	if err != nil {
		return section{}, err
	}
	return section{fields: h.fields(room[:0], places), body: h.body, warnings: h.warnings}, nil
}

// headerReader finds the fields of a header section in one pass.
type headerReader struct {
	raw, body []byte
	warnings  []string
}

// place is where a field stands, by offsets that MaxHeaderBytes bounds.
type place struct {
	start, nameEnd, body int32
	end                  int32 // of the only line, without its line end, or of all lines with theirs
	folded               bool
}

// read appends the places of the fields. Malformed lines with no field behind them are the body of a mail whose blank line is
// missing.
func (h *headerReader) read(places []place) ([]place, error) {
	fields, open := 0, false // open: continuation lines belong to the last place
	loose, before := -1, 0   // where malformed lines behind the last field begin, and how many warnings stand before
	for pos := 0; pos <= MaxHeaderBytes && pos < len(h.raw); {
		line, next := cutLine(h.raw, pos)
		if len(line) == 0 {
			h.body = h.raw[next:]
			break
		}
		blank := isBlank(line[0])
		var name, body []byte
		var wellFormed, isField bool
		if !blank {
			name, body, wellFormed = cutField(line)
			isField = wellFormed || looksLikeFrom(name)
		}
		if next > MaxHeaderBytes && (isField || blank) {
			return nil, &LimitError{What: "header bytes", Limit: MaxHeaderBytes}
		}
		switch {
		case blank && open:
			last := &places[len(places)-1]
			last.end, last.folded = int32(next), true
		case blank:
			h.warn("a header line without field name")
		case isField:
			fields++
			loose = -1
			if open = wellFormed || h.malformed(line, pos, true); open && fields <= MaxFields {
				end := pos + len(line)
				places = append(places, place{start: int32(pos), nameEnd: int32(pos + len(name)), body: int32(end - len(body)), end: int32(end)})
			}
		default:
			if loose < 0 {
				loose, before = pos, len(h.warnings)
			}
			open = h.malformed(line, pos, false)
		}
		pos = next
	}
	if loose >= 0 {
		h.warnings = h.warnings[:before]
		h.warn("no blank line between header and body")
		h.body = h.raw[loose:]
	}
	if fields > MaxFields {
		return nil, &LimitError{What: "header fields", Limit: MaxFields}
	}
	return places, nil
}

// malformed warns of a line whose field name is none, and says whether it is kept as a field: what another reader may take for
// From is, and costs the mail its author.
func (h *headerReader) malformed(line []byte, pos int, from bool) (kept bool) {
	switch {
	case pos == 0 && bytes.HasPrefix(bytes.TrimPrefix(line, []byte(">")), []byte("From ")):
		h.warn("an mbox line above the header")
		return false
	case from:
		h.warn("a From field with a malformed name")
	default:
		h.warn("a malformed header line")
	}
	return from
}

func (h *headerReader) warn(text string) {
	if !slices.Contains(h.warnings, text) {
		h.warnings = append(h.warnings, text)
	}
}

// fields appends the fields at their places, all pieces of one copy of the header, folded bodies of another one.
func (h *headerReader) fields(out []Field, places []place) []Field {
	if len(places) == 0 {
		return out
	}
	end, folded := 0, 0
	for _, p := range places {
		end = int(p.end)
		if p.folded {
			folded += int(p.end - p.body)
		}
	}
	text := string(h.raw[:end])
	var unfolded strings.Builder
	unfolded.Grow(folded)
	out = slices.Grow(out, len(places))
	for _, p := range places {
		body := text[p.body:p.end]
		if p.folded {
			start := unfolded.Len()
			for pos := int(p.body); pos < int(p.end); {
				var line []byte
				line, pos = cutLine(h.raw[:p.end], pos)
				unfolded.Write(line)
			}
			body = unfolded.String()[start:] // what is written later stands behind it
		}
		out = append(out, Field{Name: text[p.start:p.nameEnd], Body: trimBlanks(body)})
	}
	return out
}

// cutField splits the first line of a field. ok is false when the name is none by RFC 5322 section 2.2; blanks before
// the colon are allowed by its section 4.5.
func cutField(line []byte) (name, body []byte, ok bool) {
	n := 0
	for n < len(line) && ' ' < line[n] && line[n] <= '~' && line[n] != ':' {
		n++
	}
	if n < len(line) && line[n] == ':' {
		return line[:n], line[n+1:], n > 0
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return trimBlanksRight(line), nil, false
	}
	name = trimBlanksRight(line[:colon])
	return name, line[colon+1:], isFieldName(name)
}

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
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

// trimBlanks leaves out the blanks around s.
func trimBlanks(s string) string {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func trimBlanksRight(s []byte) []byte {
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// first returns the body of the first field of that name, "" if there is none.
func first(fields []Field, name string) string {
	for i := range fields {
		if fields[i].is(name) {
			return fields[i].Body
		}
	}
	return ""
}

// is reports whether f is a field of that name.
func (f *Field) is(name string) bool {
	return len(f.Name) == len(name) && (f.Name == name || strings.EqualFold(f.Name, name))
}
