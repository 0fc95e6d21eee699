package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanName brings a name into the form a person would write: no titles, no capitals throughout, given name first where
// capitals mark the surname. It refuses what is no name.
func cleanName(s string) (string, bool) { return (*tongues)(nil).cleanName(s) }

// cleanName is cleanName for a text in these languages.
func (t *tongues) cleanName(s string) (string, bool) {
	if plainName(s) {
		return s, true
	}
	s = givenFirst(withoutParentheses(s))
	s = strings.Trim(strings.Join(strings.Fields(s), " "), " \"“”„«»'*_,;:.-–")
	fields := strings.Fields(s)
	for len(fields) > 0 && isTitle(strings.ToLower(fields[0])) && !ofSurname(fields) {
		fields = fields[1:]
	}
	fields = withoutHonorific(fields)
	if len(fields) == 0 || len(fields) > 7 {
		return "", false
	}
	for _, f := range fields {
		core := strings.TrimSuffix(f, ".")
		for _, r := range core {
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("-'’.·・", r) {
				return "", false
			}
		}
		if utf8.RuneCountInString(core) > 30 {
			return "", false
		}
	}
	if !t.written(fields) {
		return "", false
	}
	return strings.Join(normalCase(fields), " "), true
}

// isTitle says whether a word, in small letters, is a Mr, Ms or Dr, with a stop or without, or several joined: "Dr.-Ing.".
func isTitle(word string) bool {
	if words.Titles.holds(strings.TrimSuffix(word, ".")) {
		return true
	}
	parts := 0
	for part := range strings.SplitSeq(word, "-") {
		if !words.Titles.holds(strings.TrimSuffix(part, ".")) {
			return false
		}
		parts++
	}
	return parts > 1
}

// plainName says whether s is a name as a person writes it, at first sight: two to four words of a large letter and small ones.
func plainName(s string) bool {
	n := 0
	for {
		word, rest, more := strings.Cut(s, " ")
		if n++; n > 4 || !plainWord(word) || n == 1 && words.Titles.holds(lowerASCII(word)) || !more && words.Honorifics.holds(lowerASCII(word)) {
			return false
		}
		if !more {
			return n > 1
		}
		s = rest
	}
}

// givenFirst turns "van Dijk, Jan" into "Jan van Dijk": one surname with its particles, a comma, and one or two given names.
func givenFirst(s string) string {
	last, first, ok := strings.Cut(s, ",")
	if !ok || strings.Contains(first, ",") {
		return s
	}
	large := 0
	for _, f := range strings.Fields(last) {
		switch {
		case words.NotNames.holds(lower(f)) || words.Titles.holds(strings.TrimSuffix(lower(f), ".")):
			return s
		case startsUpper(f) && !(words.Particles.holds(lower(f)) && !allLarge(f)) || !words.Particles.holds(lower(f)):
			large++
		}
	}
	given := strings.Fields(first)
	if large != 1 || len(given) == 0 || len(given) > 2 {
		return s
	}
	for _, f := range given {
		if !startsUpper(f) || words.NotNames.holds(lower(strings.TrimSuffix(f, "."))) {
			return s
		}
	}
	return strings.Join(given, " ") + " " + strings.TrimSpace(last)
}

// withoutHonorific takes 様, 님 or Bey off the end of a name.
func withoutHonorific(fields []string) []string {
	if len(fields) == 0 {
		return fields
	}
	last := fields[len(fields)-1]
	if len(fields) > 1 && words.Honorifics.holds(lower(last)) {
		return fields[:len(fields)-1]
	}
	if !hasIdeograph(last) {
		return fields
	}
	for h := range words.Honorifics.runOn() {
		if core, ok := strings.CutSuffix(last, h); ok && isIdeographic(h) && utf8.RuneCountInString(core) >= 2 {
			return append(slices.Clone(fields[:len(fields)-1]), core)
		}
	}
	return fields
}

// written says whether fields are written as a name is: no small word among capitalised ones save a particle, and no
// everyday word where all are small or all large.
func (t *tongues) written(fields []string) bool {
	small, large := 0, 0
	for _, f := range fields {
		switch {
		case allLarge(f):
			large++
		case allSmall(f):
			small++
		}
	}
	uniform := small == len(fields) || large == len(fields)
	for _, f := range fields {
		low := strings.ToLower(f)
		everyday := t.hold(words.NotNames, strings.TrimSuffix(low, "."))
		if uniform && everyday && !isIdeographic(f) {
			return false
		}
		if !uniform && allSmall(f) && !isIdeographic(f) && !words.Particles.holds(low) {
			return false
		}
	}
	return true
}

// plainWord says whether a word is a large letter and small ones, all of ASCII.
func plainWord(s string) bool {
	if len(s) < 2 || len(s) > 30 || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// allSmall says whether s has no letter that has a small form; allLarge, none that has a large one.
func allSmall(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.ToLower(r) != r })
}

func allLarge(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.ToUpper(r) != r })
}

// normalCase undoes capitals or small letters throughout and puts a surname written in capitals last.
func normalCase(fields []string) []string {
	upper, lower := 0, 0
	isUpper := make([]bool, len(fields))
	for i, f := range fields {
		if allSmall(f) && !isIdeographic(f) {
			lower++
		}
		if allLarge(f) && !allSmall(f) && utf8.RuneCountInString(f) > 2 {
			isUpper[i] = true
			upper++
		}
	}
	for i := len(fields) - 2; i >= 0; i-- { // "LE GOFF": a particle is as short as initials are, which stay large
		if isUpper[i+1] && !isUpper[i] && allLarge(fields[i]) && (words.Particles.holds(strings.ToLower(fields[i])) || openSyllable(fields[i])) {
			isUpper[i] = true
			upper++
		}
	}
	out := slices.Clone(fields)
	if lower == len(fields) {
		for i, f := range fields {
			if i == 0 || i == len(fields)-1 || !words.Particles.holds(f) {
				out[i] = capitalise(f)
			}
		}
		return out
	}
	if upper == 0 {
		return out
	}
	for i := range out {
		if isUpper[i] || upper == len(fields) {
			out[i] = capitalise(strings.ToLower(out[i]))
		}
	}
	if upper < len(fields) && isUpper[0] {
		n := 0
		for n < len(isUpper) && isUpper[n] {
			n++
		}
		if n == upper {
			return append(slices.Clone(out[n:]), out[:n]...)
		}
	}
	return out
}

// ofSurname says whether the first word is a particle of a surname in capitals that the given name follows, "DA COSTA Anne".
func ofSurname(fields []string) bool {
	return len(fields) > 2 && words.Particles.holds(strings.ToLower(fields[0])) && allLarge(fields[0]) && allLarge(fields[1]) && !allLarge(fields[len(fields)-1])
}

// openSyllable says whether a word is a consonant and a vowel, as "LO" of "LO PRESTI": initials hardly are.
func openSyllable(s string) bool {
	return len(s) == 2 && strings.IndexByte("AEIOU", s[0]) < 0 && strings.IndexByte("AEIOU", s[1]) >= 0
}

// capitalise writes the first letter and those after - and ' large.
func capitalise(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		if up {
			r = unicode.ToUpper(r)
		}
		up = r == '-' || r == '\'' || r == '’'
		b.WriteRune(r)
	}
	return b.String()
}
