package interpret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// findAddress returns where the first address in s at or behind from begins and ends; ok is false if there is none. It needs a domain
// of two labels or more: an address cut off before its top-level domain is none.
func findAddress(s string, from int) (start, end int, ok bool) {
	for low := from; ; {
		at := strings.IndexByte(s[low:], '@')
		if at < 0 {
			return 0, 0, false
		}
		at += low
		if start = localPart(s, from, at); start < at {
			if end = domainEnd(s, at+1); end > 0 {
				if isASCII(s[at:end]) {
					start = behindRun(s, start, at)
				}
				return start, end, true
			}
		}
		low = at + 1
	}
}

// localPart returns where the local part in front of s[at] begins, at if there is none. It stops at from.
func localPart(s string, from, at int) int {
	start := at
	for start > from {
		r, size := utf8.DecodeLastRuneInString(s[from:start])
		if !inLocalPart(r) || start == at && (r == '.' || r == '\'') {
			break
		}
		start -= size
	}
	return start
}

// behindRun moves the beginning of a local part at a domain of ASCII behind the words of a script without blanks that it is written on,
// "メールはjane@": a local part of both (RFC 6531) is not told from those.
func behindRun(s string, start, at int) int {
	begin := start
	for i, r := range s[start:at] {
		if next := start + i + utf8.RuneLen(r); ideograph(r) && next < at && s[next] < utf8.RuneSelf {
			begin = next
		}
	}
	return begin
}

func inLocalPart(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIAlnum(byte(r)) || r == '.' || r == '_' || r == '%' || r == '+' || r == '\'' || r == '-'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// domainEnd returns where the domain that begins at s[at] ends, 0 if there is none. Words of a script without blanks that follow a label of
// ASCII behind the first, "jane@acme.example입니다", are none of it.
func domainEnd(s string, at int) int {
	end := 0
	for label := 0; ; label++ {
		next := labelEnd(s, at)
		if label > 0 {
			if e := lettersEnd(s, at); e > 0 {
				end = e
				if e < next && isASCII(s[at:e]) && runsOnAt(s, e) {
					return end
				}
			}
		}
		if next == 0 || next == len(s) || s[next] != '.' {
			return end
		}
		at = next + 1
	}
}

// labelEnd returns where the letters, digits and inner hyphens from s[at] end, 0 if there are none.
func labelEnd(s string, at int) int {
	end := 0
	for i := at; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			end = i + size
		case r != '-' || end == 0:
			return end
		}
		i += size
	}
	return end
}

// runsOnAt says whether a letter of a script without blanks stands at s[i].
func runsOnAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return ideograph(r)
}

// lettersEnd returns where two letters or more from s[at] end, 0 if there are fewer. Of ASCII letters it is where they end.
func lettersEnd(s string, at int) int {
	n, i := 0, at
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) || n > 1 && s[at] < utf8.RuneSelf && ideograph(r) {
			break
		}
		n++
		i += size
	}
	if n < 2 {
		return 0
	}
	return i
}

// addressIn returns the first address in s, "" if there is none.
func addressIn(s string) string {
	start, end, _ := findAddress(s, 0)
	return s[start:end]
}

func hasAddress(s string) bool {
	_, _, ok := findAddress(s, 0)
	return ok
}

// isAddress says whether s is an address, in angle brackets or not, and nothing else.
func isAddress(s string) bool {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	start, end, ok := findAddress(s, 0)
	return ok && start == 0 && end == len(s)
}

// addressesOf returns up to n addresses of s, in small letters.
func addressesOf(s string, n int) []string {
	var out []string
	for from := 0; len(out) < n; {
		start, end, ok := findAddress(s, from)
		if !ok {
			break
		}
		out = append(out, strings.ToLower(s[start:end]))
		from = end
	}
	return out
}

// byteSet is a set of bytes.
type byteSet [256]bool

func bytesOf(s string) (b byteSet) {
	for i := range len(s) {
		b[s[i]] = true
	}
	return b
}

// hasAnyByte says whether one of set stands in s.
func hasAnyByte(s string, set *byteSet) bool {
	for i := range len(s) {
		if set[s[i]] {
			return true
		}
	}
	return false
}

func isASCIIAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
