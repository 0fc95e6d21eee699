package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message"
)

// decode undoes the content transfer encoding in memory, in buf where that is needed. It stops where there are more than
// limit octets, at some place behind them. An error says that the encoding is violated; what stands before is returned.
func (r *reader) decode(p part, buf *[]byte, limit int) ([]byte, error) {
	var err error
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		return p.body, nil
	case "quoted-printable":
		// go-message stops at the first malformed escape or very long line and would lose the text behind it.
		*buf = appendQuotedPrintable(slices.Grow((*buf)[:0], min(len(p.body), limit)), p.body, limit)
		return *buf, nil
	case "base64":
		if n := base64.StdEncoding.DecodedLen(len(p.body)); n <= 2*limit {
			*buf = slices.Grow((*buf)[:0], n)
			if n, err = base64.StdEncoding.Decode((*buf)[:n], p.body); err == nil {
				*buf = (*buf)[:n]
				return *buf, nil
			}
		}
	}
	out := bytes.NewBuffer((*buf)[:0])
	_, err = io.Copy(out, io.LimitReader(r.decoder(p), int64(limit)+1))
	*buf = out.Bytes()
	return *buf, err
}

// decodedSize returns how many octets a part has without its content transfer encoding, and holds none of them. An error
// says that the encoding is violated; what stands before is counted.
func (r *reader) decodedSize(p part) (int, error) {
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		return len(p.body), nil
	case "quoted-printable":
		return sizeQuotedPrintable(p.body), nil
	case "base64":
		if n, ok := sizeBase64(p.body); ok {
			return n, nil
		}
	}
	n, err := io.Copy(io.Discard, r.decoder(p))
	return int(n), err
}

// decoder undoes the content transfer encoding by go-message, which knows what to do with malformed base64.
func (r *reader) decoder(p part) io.Reader {
	var h message.Header
	h.Set("Content-Type", "application/octet-stream") // the charset is ours
	h.Set("Content-Transfer-Encoding", p.encoding)
	e, err := message.New(h, bytes.NewReader(p.body))
	if err != nil {
		r.m.warn("an unknown transfer encoding")
		return bytes.NewReader(p.body)
	}
	return e.Body
}

// cutQuotedPrintable returns the line of RFC 2045 section 6.7 at the start of body without soft line break and trailing
// blanks, whether a line end follows it, and the lines behind.
func cutQuotedPrintable(body []byte) (line []byte, ended bool, rest []byte) {
	line, rest = body, nil
	if i := bytes.IndexByte(body, '\n'); i >= 0 {
		line, ended, rest = body[:i], true, body[i+1:]
	}
	n := len(line)
	for n > 0 && (isBlank(line[n-1]) || line[n-1] == '\r') {
		n--
	}
	if n > 0 && line[n-1] == '=' {
		n, ended = n-1, false
	}
	return line[:n], ended, rest
}

// appendQuotedPrintable decodes quoted-printable; malformed escapes stay.
func appendQuotedPrintable(out, body []byte, limit int) []byte {
	var line []byte
	var ended bool
	for len(body) > 0 && len(out) <= limit {
		line, ended, body = cutQuotedPrintable(body)
		line = line[:min(len(line), 3*(limit+1-len(out)))] // which is more than there may be
		for i := bytes.IndexByte(line, '='); i >= 0; i = bytes.IndexByte(line, '=') {
			out = append(out, line[:i]...)
			if isEscape(line[i:]) {
				out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
				i += 2
			} else {
				out = append(out, '=')
			}
			line = line[i+1:]
		}
		out = append(out, line...)
		if ended {
			out = append(out, '\n')
		}
	}
	return out
}

// sizeQuotedPrintable is how much appendQuotedPrintable would append.
func sizeQuotedPrintable(body []byte) int {
	n := 0
	var line []byte
	var ended bool
	for len(body) > 0 {
		line, ended, body = cutQuotedPrintable(body)
		n += len(line)
		for i := bytes.IndexByte(line, '='); i >= 0; i = bytes.IndexByte(line, '=') {
			if isEscape(line[i:]) {
				n -= 2
				i += 2
			}
			line = line[i+1:]
		}
		if ended {
			n++
		}
	}
	return n
}

func isEscape(s []byte) bool { return len(s) > 2 && isHex(s[1]) && isHex(s[2]) }

// isBase64 tells the alphabet of base64.
var isBase64 = func() (table [256]bool) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for _, c := range letters + strings.ToUpper(letters) + "0123456789+/" {
		table[c] = true
	}
	return table
}()

// sizeBase64 returns how many octets well-formed base64 has; ok is false for any other.
func sizeBase64(body []byte) (n int, ok bool) {
	letters, padding := 0, 0
	for _, c := range body {
		switch {
		case isBase64[c]:
			letters++
			if padding > 0 {
				return 0, false
			}
		case c == '=':
			padding++
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			return 0, false
		}
	}
	if padding > 2 || (letters+padding)%4 != 0 {
		return 0, false
	}
	return letters * 3 / 4, true
}
