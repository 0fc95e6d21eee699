package message

import (
	"bytes"
	"errors"
)

// Parse reads one mail (RFC 5322, MIME). It keeps no reference to raw. The error is a *LimitError or, when there is not
// even a header field, a *SyntaxError; every other defect is a line in Warnings.
func Parse(raw []byte) (*Message, error) {
	s := scratches.Get().(*scratch)
	defer s.release()
	s.budget = budget{parts: MaxParts, text: MaxTotalText}
	return parse(raw, 0, s)
}

// ParseHeader reads what the header of a mail says, and leaves its body alone. Its errors are those of Parse.
func ParseHeader(raw []byte) (*Message, error) {
	s, err := readSection(trimStart(raw))
	if err != nil {
		return nil, err
	}
	if len(s.fields) == 0 {
		return nil, &SyntaxError{}
	}
	m := &Message{Fields: s.fields, Size: len(raw)}
	m.readHeader()
	return m, nil
}

// trimStart leaves out what mail programs put before the header.
func trimStart(raw []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\ufeff")), "\r\n")
}

// budget is what the mail and all that is forwarded in it may still take.
type budget struct{ parts, text int }

// reader turns one mail into m.
type reader struct {
	m       *Message
	budget  *budget
	scratch *scratch
}

// parse reads a mail that stands at that depth of another one.
func parse(raw []byte, depth int, buffers *scratch) (*Message, error) {
	s, err := readSection(trimStart(raw))
	if err != nil {
		return nil, err
	}
	if len(s.fields) == 0 {
		return nil, &SyntaxError{}
	}
	r := &reader{m: &Message{Fields: s.fields, Size: len(raw)}, budget: &buffers.budget, scratch: buffers}
	for _, w := range s.warnings {
		r.m.warn(w)
	}
	r.m.readHeader()
	c, err := r.entity(newPart(s, "text/plain"), depth)
	if err != nil {
		return nil, err
	}
	r.m.Text, r.m.HTMLText = c.either(), c.html
	return r.m, nil
}

// forwarded reads a message/rfc822 part. One that is no mail is left out with a warning.
func (r *reader) forwarded(p part, depth int) error {
	fwd, err := parse(r.decodeAll(p), depth+1, r.scratch)
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		r.m.warn("a forwarded mail without header")
		return nil
	}
	if err != nil {
		return err
	}
	r.m.Forwarded = append(r.m.Forwarded, fwd)
	if p.report != nil && p.report.OriginalMessageID == "" {
		p.report.OriginalMessageID = fwd.MessageID
	}
	return nil
}
