package message

import (
	"bytes"
	"strings"
)

// part is one entity of a mail (RFC 2045 section 2.4): the mail itself or a body part.
type part struct {
	body        []byte
	mediaType   string
	params      params
	encoding    string // Content-Transfer-Encoding
	disposition string
	filename    string
	named       bool            // the disposition names a file
	attach      bool            // it stands where only attachments do
	report      *DeliveryReport // of the multipart/report it stands in
}

func newPart(s section, defaultType string) part {
	p := part{body: s.body, mediaType: defaultType}
	if ct := first(s.fields, "Content-Type"); ct != "" {
		p.mediaType, p.params = parseParams(ct)
		if p.mediaType == "text" || !strings.Contains(p.mediaType, "/") {
			p.mediaType = "text/plain" // RFC 2045 section 5.2
		}
	}
	p.encoding = strings.ToLower(token(first(s.fields, "Content-Transfer-Encoding")))
	var ps params
	p.disposition, ps = parseParams(first(s.fields, "Content-Disposition"))
	p.filename = baseName(ps.get("filename"))
	p.named = p.filename != ""
	if !p.named {
		p.filename = baseName(p.params.get("name"))
	}
	return p
}

// content is the text of an entity: as plain text, as rendered HTML, either "" where there is none.
type content struct{ plain, html string }

// either prefers plain text.
func (c content) either() string {
	if c.plain != "" {
		return c.plain
	}
	return c.html
}

func (c content) empty() bool { return c.plain == "" && c.html == "" }

// entity reads one part with all that is in it.
func (r *reader) entity(p part, depth int) (content, error) {
	if depth > MaxDepth {
		return content{}, &LimitError{What: "parts inside one another", Limit: MaxDepth}
	}
	if r.budget.parts--; r.budget.parts < 0 {
		return content{}, &LimitError{What: "parts", Limit: MaxParts}
	}
	switch {
	case strings.HasPrefix(p.mediaType, "multipart/"):
		return r.multipart(p, depth)
	case p.mediaType == "message/rfc822" || p.mediaType == "message/global" || p.mediaType == "message/news":
		return content{}, r.forwarded(p, depth)
	case p.report != nil && r.reportPart(p):
		return content{}, nil
	default:
		return r.leaf(p)
	}
}

// multipart reads the parts of a multipart; one whose parts cannot be found is read as plain text.
func (r *reader) multipart(p part, depth int) (content, error) {
	var room [4][]byte // as many as most have
	bodies, closed, err := splitParts(room[:0], p.body, p.params.get("boundary"), r.budget.parts)
	if err != nil {
		return content{}, err
	}
	if len(bodies) == 0 {
		if bodies, closed, err = splitParts(room[:0], p.body, likelyBoundary(p.body), r.budget.parts); err != nil {
			return content{}, err
		}
		if len(bodies) > 0 {
			r.m.warn("a multipart whose boundary the header does not name")
		}
	}
	if len(bodies) == 0 {
		r.m.warn("a multipart without parts")
		p.mediaType = "text/plain"
		return r.leaf(p)
	}
	if !closed {
		r.m.warn("a multipart without end boundary")
	}
	defaultType := "text/plain"
	if p.mediaType == "multipart/digest" {
		defaultType = "message/rfc822" // RFC 2046 section 5.1.5
	}
	report := r.newReport(p, depth)
	var few [4]content
	children := few[:0]
	attach := p.attach
	for _, body := range bodies {
		s, err := readSectionInto(r.scratch.fields, body)
		if err != nil {
			return content{}, err
		}
		for _, w := range s.warnings {
			r.m.warn(w)
		}
		r.scratch.fields = s.fields // of which a part keeps nothing
		child := newPart(s, defaultType)
		child.attach, child.report = attach, report
		c, err := r.entity(child, depth+1)
		if err != nil {
			return content{}, err
		}
		if !c.empty() {
			children = append(children, c)
			// Behind the root of a multipart/related stand the things it shows (RFC 2387).
			attach = attach || p.mediaType == "multipart/related"
		}
	}
	if report != p.report {
		r.keepReport(report)
	}
	if p.mediaType == "multipart/alternative" {
		return alternative(children), nil
	}
	return mixed(children), nil
}

// alternative takes the first plain text, the last HTML: RFC 2046 section 5.1.4 sorts by faithfulness.
func alternative(children []content) content {
	var c content
	for _, child := range children {
		if c.plain == "" {
			c.plain = child.plain
		}
		if child.html != "" {
			c.html = child.html
		}
	}
	return c
}

// mixed joins all texts by a blank line. A part that lacks one of the two forms lends its other form, so that both tell
// the whole; with no part in a form there is no text in it.
func mixed(children []content) content {
	if len(children) == 1 {
		return children[0]
	}
	var plain, html []string
	var hasPlain, hasHTML bool
	for _, child := range children {
		hasPlain = hasPlain || child.plain != ""
		hasHTML = hasHTML || child.html != ""
		plain = append(plain, child.either())
		if child.html != "" {
			html = append(html, child.html)
		} else {
			html = append(html, child.plain)
		}
	}
	var c content
	if hasPlain {
		c.plain = strings.Join(plain, "\n\n")
	}
	if hasHTML {
		c.html = strings.Join(html, "\n\n")
	}
	return c
}

// likelyBoundary finds the boundary of a multipart whose header names none or another: its first line, if a header field stands below.
func likelyBoundary(body []byte) string {
	body = bytes.TrimLeft(body, "\r\n")
	line, next := cutLine(body, 0)
	below, _ := cutLine(body, min(next, len(body)))
	boundary, ok := bytes.CutPrefix(bytes.TrimRight(line, " \t\r"), []byte("--"))
	if !ok || !bytes.HasPrefix(bytes.ToLower(below[:min(len(below), 8)]), []byte("content-")) {
		return ""
	}
	return string(boundary)
}

// splitParts cuts a multipart body at its boundary lines (RFC 2046 section 5.1.1). It works on the bytes in memory rather
// than with go-message's reader, which gives up the rest of a mail at one malformed header line in a part and puts no
// limit on such a header.
func splitParts(parts [][]byte, body []byte, boundary string, limit int) (_ [][]byte, closed bool, err error) {
	boundary = strings.TrimRight(boundary, " \t\r")
	if boundary == "" || strings.Contains(boundary, "\n") { // which no line has
		return parts, false, nil
	}
	var room [80]byte // RFC 2046 allows 70
	marker := append(append(room[:0], "--"...), boundary...)
	start := -1 // of the open part
	for at := lineWith(marker, body, 0); at >= 0; {
		line, next := cutLine(body, at)
		rest := trimBlanksRight(line)[len(marker):]
		if end := bytes.HasPrefix(rest, []byte("--")); len(rest) == 0 || end {
			if start >= 0 {
				parts = append(parts, body[start:max(start, lineEnd(body, at))])
			}
			if end {
				return parts, true, nil
			}
			if start = next; len(parts) >= limit {
				return nil, false, &LimitError{What: "parts", Limit: MaxParts}
			}
		}
		at = lineWith(marker, body, next)
	}
	if start >= 0 {
		parts = append(parts, body[start:])
	}
	return parts, false, nil
}

// lineWith returns where the first line begins that begins with marker, at or behind the line at pos; -1 if there is none.
func lineWith(marker, body []byte, pos int) int {
	for {
		i := bytes.Index(body[pos:], marker)
		if i < 0 {
			return -1
		}
		at := pos + i
		if at == 0 || body[at-1] == '\n' {
			return at
		}
		_, pos = cutLine(body, at)
	}
}

// lineEnd returns where the line before the one at pos ends: its line end belongs to the boundary.
func lineEnd(body []byte, pos int) int {
	if pos > 0 && body[pos-1] == '\n' {
		pos--
	}
	if pos > 0 && body[pos-1] == '\r' {
		pos--
	}
	return pos
}
