package message

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encodedWord is RFC 2047 section 2 with the language of RFC 2231 section 5; blanks in the text, which some programs
// write, are let through.
type encodedWord struct {
	start, end    int
	charset, text string
	base64        bool
}

// nextWord finds the first encoded word of s at or behind from.
func nextWord(s string, from int) (w encodedWord, ok bool) {
	for {
		i := strings.Index(s[from:], "=?")
		if i < 0 {
			return w, false
		}
		if w, ok = readWord(s, from+i); ok {
			return w, true
		}
		from += i + 1
	}
}

// readWord reads the encoded word whose "=?" stands at start.
func readWord(s string, start int) (w encodedWord, ok bool) {
	head := s[start+2:]
	q := strings.IndexAny(head, "? \t\n\f\r")
	if q < 0 || head[q] != '?' {
		return w, false
	}
	w.charset, _, _ = strings.Cut(head[:q], "*")
	if w.charset == "" || len(head) < q+3 || head[q+2] != '?' {
		return w, false
	}
	switch head[q+1] {
	case 'b', 'B':
		w.base64 = true
	case 'q', 'Q':
	default:
		return w, false
	}
	text := head[q+3:]
	end := strings.IndexByte(text, '?')
	if end < 0 || end+1 >= len(text) || text[end+1] != '=' {
		return w, false
	}
	w.text = text[:end]
	w.start, w.end = start, len(s)-len(text)+end+2
	return w, true
}

// decodeWords decodes the encoded words of a field body into one line of clean text.
func decodeWords(s string) string { return oneLine(joinWords(s)) }

// joinWords decodes encoded words. Neighbours in the same charset are decoded together, because programs cut words in the
// middle of a character.
func joinWords(s string) string {
	w, ok := nextWord(s, 0)
	if !ok {
		return s
	}
	var room, wordRoom [128]byte // enough for most
	out, word := room[:0], wordRoom[:0]
	label, end := "", 0
	flush := func() {
		if isUTF8(charsetName(label)) && utf8.Valid(word) {
			out = append(out, word...)
		} else {
			text, _ := decodeCharset(label, string(word))
			out = append(out, text...)
		}
		word = word[:0]
	}
	for ; ok; w, ok = nextWord(s, end) {
		gap := s[end:w.start]
		if end == 0 || strings.TrimSpace(gap) != "" {
			flush()
			out = append(out, gap...)
		} else if !strings.EqualFold(w.charset, label) {
			flush()
		}
		label, end = w.charset, w.end
		if w.base64 {
			word = append(word, decodeB(w.text)...)
		} else {
			word = appendQ(word, w.text, true)
		}
	}
	flush()
	return string(append(out, s[end:]...))
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

// appendQ decodes =XX, and _ as blank within a word; what is no escape stays.
func appendQ[T string | []byte](out []byte, s T, inWord bool) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_' && inWord:
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
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
