package token

import "bytes"

// readToken reads the 26 characters that begin at s[i], after which the word must end.
func readToken[S string | []byte](s S, i int, soft bool, m *match) bool {
	for n := range m.chars {
		i = skip(s, i, soft)
		if i >= len(s) {
			return false
		}
		c, ok := fold(s[i])
		if !ok {
			return false
		}
		m.chars[n], m.value[n] = i, c
		i++
	}
	m.end = i
	i = skip(s, i, soft)
	return i >= len(s) || !isWord(s[i])
}

// skip is i, or the place after the soft line breaks that begin there.
func skip[S string | []byte](s S, i int, soft bool) int {
	for soft && i < len(s) && s[i] == '=' {
		switch {
		case i+1 < len(s) && s[i+1] == '\n':
			i += 2
		case i+2 < len(s) && s[i+1] == '\r' && s[i+2] == '\n':
			i += 3
		default:
			return i
		}
	}
	return i
}

// before is the place of the character before s[i], soft line breaks passed over; -1 at the start.
func before[S string | []byte](s S, i int, soft bool) int {
	i--
	for soft && i >= 0 && s[i] == '\n' {
		switch {
		case i >= 1 && s[i-1] == '=':
			i -= 2
		case i >= 2 && s[i-1] == '\r' && s[i-2] == '=':
			i -= 3
		default:
			return i
		}
	}
	return i
}

// wordStarts reports whether s[i] begins a word: nothing, a character that is no letter or digit, or an escaped
// character ("%2B" in a mailto link, "=3D" in quoted-printable) stands before it.
func wordStarts[S string | []byte](s S, i int, soft bool) bool {
	p := before(s, i, soft)
	if p < 0 || !isWord(s[p]) {
		return true
	}
	return p >= 2 && (s[p-2] == '%' || s[p-2] == '=') && isHex(s[p-1]) && isHex(s[p])
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// literal is the place after lit, which is in lower case, when s has it at i in any letter case; else -1.
func literal(s []byte, i int, lit string) int {
	for n := range len(lit) {
		i = skip(s, i, true)
		if i >= len(s) || lower(s[i]) != lit[n] {
			return -1
		}
		i++
	}
	return i
}

// slash is the place after a slash at s[i], plain or percent-encoded as link scanners rewrite it; else -1.
func slash(s []byte, i int) int {
	if end := literal(s, i, "/"); end >= 0 {
		return end
	}
	return literal(s, i, "%2f")
}

// Mask is a mail, raw or decoded, in which each character of a ref's token, and of the token in a link to /register/TOKEN
// or /stop/TOKEN, is an x: b itself where there is none, or else a copy. The length and all else stay. It does not know
// the parts' encodings: it reads the soft line breaks of quoted-printable both ways, and what lines of base64 encode.
func Mask(b []byte) []byte { return maskBase64(maskText(b)) }

func maskText(b []byte) []byte {
	out := b
	for i, c := range b {
		if !mayBeSecret(b, i, c) {
			continue
		}
		for _, soft := range []bool{true, false} {
			m, ok := matchSecret(b, i, c, soft)
			if !ok {
				continue
			}
			if &out[0] == &b[0] {
				out = bytes.Clone(b)
			}
			for _, at := range m.chars {
				out[at] = 'x'
			}
		}
	}
	return out
}

// mayBeSecret is false where what stands beside c at s[i] rules out what matchSecret looks for. A soft line break does not.
func mayBeSecret(s []byte, i int, c byte) bool {
	switch c {
	case '.':
		if i == 0 {
			return false
		}
		switch s[i-1] {
		case 'a', 'A', 't', 'T', 'c', 'C', '\n':
			return true
		}
	case '/':
		if i+1 == len(s) {
			return false
		}
		switch s[i+1] {
		case 'r', 'R', 's', 'S', '=':
			return true
		}
	case '%':
		return i+1 < len(s) && (s[i+1] == '2' || s[i+1] == '=')
	}
	return false
}

// matchSecret finds the ref or the link that the character c at s[i] gives away.
func matchSecret(s []byte, i int, c byte, soft bool) (m match, ok bool) {
	switch c {
	case '.':
		return matchRef(s, i, soft)
	case '/', '%':
		start := linkPath(s, i)
		ok = start >= 0 && readToken(s, start, soft, &m)
	}
	return m, ok
}

// linkPath is the place after "/register/" or "/stop/" at s[i]; else -1.
func linkPath(s []byte, i int) int {
	if i = slash(s, i); i < 0 {
		return -1
	}
	for _, page := range []string{"register", "stop"} {
		if end := literal(s, i, page); end >= 0 {
			return slash(s, end)
		}
	}
	return -1
}
