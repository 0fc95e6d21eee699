package interpret

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordCount counts the words of a name; a name in ideographs has no blanks and counts as two.
func wordCount(name string) int {
	if isIdeographic(strings.ReplaceAll(name, " ", "")) {
		return 2
	}
	return len(strings.Fields(name))
}

var foldLetters = strings.NewReplacer("ø", "o", "æ", "ae", "å", "a", "ł", "l", "ß", "ss", "ı", "i", "đ", "d", "þ", "th", "ð", "d", "œ", "oe")

// fold lowers s and takes accents off, so that a name can be compared with a local part.
func fold(s string) string {
	if isASCII(s) {
		return lowerASCII(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
		case int(r) < len(folds):
			b.WriteString(folds[r])
		default:
			b.WriteString(foldRune(r))
		}
	}
	return b.String()
}

// foldRune is a letter small and without its accents.
func foldRune(r rune) string {
	var b strings.Builder
	for _, d := range norm.NFD.String(strings.ToLower(string(r))) {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(d)
		}
	}
	return foldLetters.Replace(b.String())
}

// belongs says whether the local part of address shows a word of name.
func belongs(address, name string) bool {
	local, _, _ := strings.Cut(fold(address), "@")
	ascii := isASCII(name)
	if !ascii {
		name = fold(name)
	}
	for w := range letterRuns(name) {
		if len(w) >= 3 && (ascii && containsFold(local, w) || !ascii && strings.Contains(local, w)) {
			return true
		}
	}
	return false
}

// containsFold says whether s, in small letters, contains the ASCII word w in any.
func containsFold(s, w string) bool {
	for i := 0; i+len(w) <= len(s); i++ {
		if s[i] == w[0]|0x20 && strings.EqualFold(s[i:i+len(w)], w) {
			return true
		}
	}
	return false
}

// letterRuns are the runs of letters of s.
func letterRuns(s string) iter.Seq[string] {
	return strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// shown counts the words of name that the local part of address shows.
func shown(address, name string) int {
	n := 0
	for w := range strings.FieldsSeq(name) {
		if belongs(address, w) {
			n++
		}
	}
	return n
}

// sameName says whether two names are the same person's: equal when folded, in any order of words.
func sameName(a, b string) bool {
	if a == "" || b == "" || isASCII(a) && isASCII(b) && letterSum(a) != letterSum(b) {
		return false
	}
	if a == b {
		return letterSum(a) > 0 || strings.ContainsFunc(fold(a), unicode.IsLetter)
	}
	x, y := nameKey(a), nameKey(b)
	return len(x) > 0 && slices.Equal(x, y)
}

// letterSum adds up the letters of an ASCII text, large or small: the same for the same words in any order.
func letterSum(s string) int {
	sum := 0
	for i := range len(s) {
		if c := s[i] | 0x20; c >= 'a' && c <= 'z' {
			sum += int(c)
		}
	}
	return sum
}

func lettersOnly(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

func nameKey(s string) []string {
	k := slices.Collect(letterRuns(fold(s)))
	slices.Sort(k)
	return k
}

// partOfName says whether every word of part is a word of name ("Tobias" of "Tobias Nkemelu").
func partOfName(part, name string) bool {
	if !isASCII(part) || !isASCII(name) {
		part, name = fold(part), fold(name)
	}
	some := false
	for w := range letterRuns(part) {
		some = true
		if !hasRun(name, w) {
			return false
		}
	}
	return some
}

// hasRun says whether w is one of the runs of letters of s, in any case.
func hasRun(s, w string) bool {
	for x := range letterRuns(s) {
		if len(x) == len(w) && strings.EqualFold(x, w) {
			return true
		}
	}
	return false
}
