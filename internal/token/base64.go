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

// maskBase64 masks in place within runs of lines that are base64, as the bodies of such parts are. Lengths stay.
func maskBase64(b []byte) {
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
			maskEncoded(b[start:end])
			start = end
			continue
		}
		start += lineLength(b[start:])
	}
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

// maskEncoded masks what the lines encode. A tail that is no full group of four stays.
func maskEncoded(lines []byte) {
	if len(lines) < minEncoded || len(lines) > maxEncoded {
		return
	}
	lineEnd := func(c byte) bool { return c == '\r' || c == '\n' }
	chars := slices.DeleteFunc(bytes.Clone(lines), lineEnd)
	chars = chars[:len(chars)/4*4]
	text, err := base64.StdEncoding.DecodeString(string(chars))
	if err != nil {
		return
	}
	masked := maskText(text)
	if bytes.Equal(masked, text) {
		return
	}
	again := base64.StdEncoding.EncodeToString(masked)
	for i, c := range lines {
		if !lineEnd(c) && again != "" {
			lines[i], again = again[0], again[1:]
		}
	}
}
