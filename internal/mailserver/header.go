package mailserver

import (
	"bytes"
	"strings"
)

// field is one header field as received.
type field struct {
	name string // "" for a line that is no field
	raw  []byte // with its continuation lines and line ends
}

// body is the unfolded field body.
func (f field) body() string {
	_, body, _ := strings.Cut(string(f.raw), ":")
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(body))
}

// splitHeader splits a message into its header fields and the rest, which begins with the empty line. Bare LF ends a line
// too: a reader behind us may take it so, and must not see a field that we did not.
func splitHeader(raw []byte) (fields []field, rest []byte) {
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		if string(line) == "\r\n" || string(line) == "\n" {
			break
		}
		raw = raw[len(line):]
		if n := len(fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			last := &fields[n-1]
			last.raw = last.raw[:len(last.raw)+len(line)]
			continue
		}
		f := field{raw: line}
		if name, _, ok := bytes.Cut(line, []byte(":")); ok {
			f.name = string(bytes.TrimRight(name, " \t"))
		}
		fields = append(fields, f)
	}
	return fields, raw
}

// stripAuthenticationResults removes the Authentication-Results fields that claim to be of authservID, which an MX must
// do with mail from outside (RFC 8601 section 5). A field whose authserv-id cannot be read goes too.
func stripAuthenticationResults(raw []byte, authservID string) []byte {
	fields, rest := splitHeader(raw)
	out := make([]byte, 0, len(raw))
	for _, f := range fields {
		if strings.EqualFold(f.name, "Authentication-Results") {
			if id := readAuthservID(f.body()); id == "" || strings.EqualFold(id, authservID) {
				continue
			}
		}
		out = append(out, f.raw...)
	}
	return append(out, rest...)
}

// readAuthservID reads the first value of an Authentication-Results body: a token or quoted string, comments before it
// left out; "" when there is none.
func readAuthservID(body string) string {
	for {
		body = strings.TrimLeft(body, " \t")
		if !strings.HasPrefix(body, "(") {
			break
		}
		body = skipComment(body)
	}
	if !strings.HasPrefix(body, `"`) {
		if i := strings.IndexAny(body, " \t;(\""); i >= 0 {
			body = body[:i]
		}
		return body
	}
	var id strings.Builder
	for i := 1; i < len(body); i++ {
		switch body[i] {
		case '"':
			return id.String()
		case '\\':
			i++
		}
		if i < len(body) {
			id.WriteByte(body[i])
		}
	}
	return ""
}

// skipComment returns what follows the comment that s begins with (RFC 5322 section 3.2.2: comments nest).
func skipComment(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[i+1:]
			}
		}
	}
	return ""
}
