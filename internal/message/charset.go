package message

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

// decodeCharset returns s as UTF-8. known is false for a charset that nobody here knows, whose bytes are then kept as far
// as they are UTF-8.
func decodeCharset(label, s string) (text string, known bool) {
	label = charsetName(label)
	if isUTF8(label) {
		return strings.ToValidUTF8(s, "\ufffd"), true
	}
	out, known := appendCharset(nil, label, []byte(s), 3*len(s))
	return strings.ToValidUTF8(string(out), "\ufffd"), known
}

// appendCharset appends the text of raw in the charset of that name, as far as it is UTF-8 already where nobody here knows
// the charset. What cannot be decoded may be left as invalid UTF-8. It stops where there are more than limit bytes, at some
// place behind them.
func appendCharset(out []byte, name string, raw []byte, limit int) (decoded []byte, known bool) {
	switch {
	case isUTF8(name):
		return append(out, raw...), true
	case name == "windows-1252":
		return appendWindows1252(out, raw, limit), true
	case name == "utf-7":
		return appendUTF7(slices.Grow(out, min(len(raw), limit)*9/8+utf8.UTFMax), raw, limit), true // 3 bytes for 16 bits at most
	}
	if len(raw) <= maxKept {
		if e := encodingOf(name); e != nil { // which needs no buffers of a reader
			out, _, _ = transform.Append(e.NewDecoder(), slices.Grow(out, 2*len(raw)+utf8.UTFMax), raw)
			return out, true
		}
	}
	r, known := charsetReader(name, bytes.NewReader(raw))
	if !known {
		return append(out, raw...), false
	}
	out = slices.Grow(out, 2*min(len(raw), maxKept))
	if len(raw) > maxKept { // measured first: a growing buffer would take several times its size
		n, _ := io.Copy(io.Discard, io.LimitReader(r, int64(limit)+1))
		out = slices.Grow(out, int(n)+bytes.MinRead)
		r, _ = charsetReader(name, bytes.NewReader(raw))
	}
	text := bytes.NewBuffer(out)
	_, _ = text.ReadFrom(io.LimitReader(r, int64(limit)+1)) // decoders replace what they cannot read; the reader below has no errors
	return text.Bytes(), true
}

// encodingOf finds an encoding where charsetReader does, but for the names that only go-message knows; nil if there is none.
func encodingOf(name string) encoding.Encoding {
	for _, name := range []string{name, "cs" + name} {
		if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil {
			return e
		}
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e
	}
	return nil
}

// appendWindows1252 decodes windows-1252, mostly ASCII. It stops as appendCharset does.
func appendWindows1252(out, raw []byte, limit int) []byte {
	size := len(raw) + 2*notASCII(raw) // at most
	out = slices.Grow(out, min(size, limit+utf8.UTFMax))
	for len(raw) > 0 && len(out) <= limit {
		if n := asciiPrefix(raw); n > 0 {
			out = append(out, raw[:min(n, limit+1)]...)
			raw = raw[n:]
			continue
		}
		out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(raw[0]))
		raw = raw[1:]
	}
	return out
}

// charsetReader decodes r from the charset of that name.
func charsetReader(name string, r io.Reader) (decoded io.Reader, known bool) {
	if isUTF8(name) {
		return r, true
	}
	decoded, err := charset.Reader(name, r)
	if err != nil {
		return r, false
	}
	return decoded, true
}

// charsetName brings a label into the form that the functions here take: lower case, "" for UTF-8 and its subset.
func charsetName(label string) string {
	if label == "" || strings.EqualFold(label, "utf-8") {
		return ""
	}
	switch label = strings.ToLower(strings.Trim(label, " \t\"'")); label {
	case "", "utf-8", "us-ascii", "utf8", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown":
		return ""
	case "iso-8859-1", "iso8859-1", "latin1":
		// Mail programs write the quotes and dashes of its superset under this name.
		return "windows-1252"
	case "utf7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "x-unicode-2-0-utf-7", "csunicode11utf7":
		return "utf-7"
	case "iso-8859-8-i", "iso-8859-8-e":
		return "iso-8859-8"
	}
	return label
}

func isUTF8(name string) bool { return name == "" }

// appendUTF7 decodes UTF-7 (RFC 2152): between + and - stands UTF-16 in base64. It stops as appendCharset does.
func appendUTF7(out, raw []byte, limit int) []byte {
	for len(raw) > 0 && len(out) <= limit {
		plus := bytes.IndexByte(raw, '+')
		if plus < 0 {
			plus = len(raw)
		}
		plus = min(plus, limit+1)
		out = append(out, raw[:plus]...)
		raw = raw[plus:]
		if len(raw) == 0 || raw[0] != '+' {
			continue
		}
		end := 1
		for end < len(raw) && isBase64[raw[end]] {
			end++
		}
		shifted := raw[1:end]
		raw = raw[end:]
		if len(raw) > 0 && raw[0] == '-' {
			raw = raw[1:]
			if len(shifted) == 0 {
				out = append(out, '+')
			}
		}
		out = appendShifted(out, shifted)
	}
	return out
}

// appendShifted decodes UTF-16 in base64 without padding. Bits that make no whole unit are none.
func appendShifted(out, shifted []byte) []byte {
	var bits, n uint32
	var high rune // half of a character, 0 if none waits
	for _, c := range shifted {
		bits, n = bits<<6|uint32(base64Value(c)), n+6
		if n < 16 {
			continue
		}
		n -= 16
		unit := rune(bits >> n & 0xffff)
		switch {
		case high != 0 && utf16.IsSurrogate(unit):
			out = utf8.AppendRune(out, utf16.DecodeRune(high, unit))
			high = 0
			continue
		case high != 0:
			out = utf8.AppendRune(out, utf8.RuneError)
			high = 0
		}
		if utf16.IsSurrogate(unit) {
			high = unit
			continue
		}
		out = utf8.AppendRune(out, unit)
	}
	if high != 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return out
}

// base64Value is the value of a character of the alphabet of base64.
func base64Value(c byte) byte {
	switch {
	case c == '+':
		return 62
	case c == '/':
		return 63
	case c <= '9':
		return c - '0' + 52
	case c <= 'Z':
		return c - 'A'
	}
	return c - 'a' + 26
}
