package token

import (
	"bytes"
	"encoding/base64"
	"slices"
)

const (
	// minEncoded is the base64 of the shortest ref; maxEncoded bounds the memory for one part: a text part is smaller.
	minEncoded = (Length + 2) * 4 / 3
	maxEncoded = 4 << 20
)

// maskBase64 masks within runs of lines that are base64, as the bodies of such parts are, in a copy. Lengths stay.
func maskBase64(b []byte) []byte {
	out := b
	for start := 0; start < len(b); {
		end := start
		for end < len(b) {
			n := lineLength(b[end:])
			if !isBase64(b[end : end+n]) {
				break
			}
			end += n
		}
		if end > start {
			if masked := maskEncoded(b[start:end]); masked != nil {
				if &out[0] == &b[0] {
					out = bytes.Clone(b)
				}
				copy(out[start:], masked)
			}
			start = end
			continue
		}
		start += lineLength(b[start:])
	}
	return out
}

// lineLength is the length of the first line, its end included.
func lineLength(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

func isBase64(line []byte) bool {
	text := bytes.TrimRight(line, "\r\n")
	for _, c := range text {
		if !isWord(c) && c != '+' && c != '/' && c != '=' {
			return false
		}
	}
	return len(text) > 0
}

// maskEncoded is the lines with what they encode masked; nil where there is nothing to mask. A tail that is no full group of
// four stays.
func maskEncoded(lines []byte) []byte {
	if len(lines) < minEncoded || len(lines) > maxEncoded {
		return nil
	}
	lineEnd := func(c byte) bool { return c == '\r' || c == '\n' }
	chars := slices.DeleteFunc(bytes.Clone(lines), lineEnd)
	chars = chars[:len(chars)/4*4]
	text, err := base64.StdEncoding.DecodeString(string(chars))
	if err != nil {
		return nil
	}
	masked := maskText(text)
	if bytes.Equal(masked, text) {
		return nil
	}
	out := bytes.Clone(lines)
	again := base64.StdEncoding.EncodeToString(masked)
	for i, c := range out {
		if !lineEnd(c) && again != "" {
			out[i], again = again[0], again[1:]
		}
	}
	return out
}
