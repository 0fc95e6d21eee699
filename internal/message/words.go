package message

import (
	"encoding/base64"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/emersion/go-message/charset"
)

// encodedWord is RFC 2047 section 2 with the language of RFC 2231 section 5; blanks in the text, which some programs
// write, are let through.
var encodedWord = regexp.MustCompile(`=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of a field body into one line of clean text.
func decodeWords(s string) string { return oneLine(joinWords(s)) }

// joinWords decodes encoded words. Neighbours in the same charset are decoded together, because programs cut words in the
// middle of a character.
func joinWords(s string) string {
	var out, word strings.Builder
	label, end := "", 0
	flush := func() {
		text, _ := decodeCharset(label, word.String())
		out.WriteString(text)
		word.Reset()
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		gap := s[end:m[0]]
		next := strings.ToLower(s[m[2]:m[3]])
		if end == 0 || strings.TrimSpace(gap) != "" {
			flush()
			out.WriteString(gap)
		} else if next != label {
			flush()
		}
		label, end = next, m[1]
		if enc := s[m[4]]; enc == 'b' || enc == 'B' {
			word.WriteString(decodeB(s[m[6]:m[7]]))
		} else {
			word.WriteString(decodeQ(s[m[6]:m[7]], true))
		}
	}
	flush()
	out.WriteString(s[end:])
	return out.String()
}

// decodeB decodes base64 as far as it goes, with or without padding.
func decodeB(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '=' {
			return -1
		}
		return r
	}, s)
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(s)))
	n, _ := base64.RawStdEncoding.Decode(out, []byte(s))
	return string(out[:n])
}

// decodeQ decodes =XX, and _ as blank within a word; what is no escape stays.
func decodeQ(s string, inWord bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_' && inWord:
			b.WriteByte(' ')
		case s[i] == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// decodeCharset returns s as UTF-8. known is false for a charset that nobody here knows, whose bytes are then kept as far
// as they are UTF-8.
func decodeCharset(label, s string) (text string, known bool) {
	r, known := charsetReader(label, strings.NewReader(s))
	b, _ := io.ReadAll(r) // decoders replace what they cannot read; the reader below has no errors
	return strings.ToValidUTF8(string(b), "\ufffd"), known
}

// charsetReader decodes r where label is a charset other than UTF-8 and its subset.
func charsetReader(label string, r io.Reader) (decoded io.Reader, known bool) {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown":
		return r, true
	case "iso-8859-1", "iso8859-1", "latin1":
		// Mail programs write the quotes and dashes of its superset under this name.
		label = "windows-1252"
	case "iso-8859-8-i", "iso-8859-8-e":
		label = "iso-8859-8"
	}
	decoded, err := charset.Reader(label, r)
	if err != nil {
		return r, false
	}
	return decoded, true
}
