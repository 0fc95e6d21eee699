package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// decodeCharset returns s as UTF-8. known is false for a charset that nobody here knows, whose bytes are then kept as far
// as they are UTF-8.
func decodeCharset(label, s string) (text string, known bool) {
	label = charsetName(label)
	if isUTF8(label) {
		return strings.ToValidUTF8(s, "\ufffd"), true
	}
	out, known := appendCharset(nil, label, []byte(s))
	return strings.ToValidUTF8(string(out), "\ufffd"), known
}

// appendCharset appends the text of raw in the charset of that name, as far as it is UTF-8 already where nobody here knows
// the charset. What cannot be decoded may be left as invalid UTF-8.
func appendCharset(out []byte, name string, raw []byte) (text []byte, known bool) {
	switch {
	case isUTF8(name):
		return append(out, raw...), true
	case name == "windows-1252":
		for _, c := range raw {
			if c < utf8.RuneSelf {
				out = append(out, c)
			} else {
				out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(c))
			}
		}
		return out, true
	}
	r, known := charsetReader(name, bytes.NewReader(raw))
	if !known {
		return append(out, raw...), false
	}
	decoded, _ := io.ReadAll(r) // decoders replace what they cannot read; the reader below has no errors
	return append(out, decoded...), true
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
	label = strings.Trim(label, " \t\"'")
	if strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "us-ascii") {
		return ""
	}
	switch label = strings.ToLower(label); label {
	case "utf8", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown":
		return ""
	case "iso-8859-1", "iso8859-1", "latin1":
		// Mail programs write the quotes and dashes of its superset under this name.
		return "windows-1252"
	case "iso-8859-8-i", "iso-8859-8-e":
		return "iso-8859-8"
	}
	return label
}

func isUTF8(name string) bool { return name == "" }
