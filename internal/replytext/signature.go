package replytext

import (
	"regexp"
	"strings"
	"unicode"
)

// trimPiece takes signature and disclaimer off one piece of own lines.
func trimPiece(lines []string, author []string) (own, signature, disclaimer []string) {
	own, disclaimer = cutDisclaimers(lines)
	cut := len(own)
	values := labelledValues(own)
	for i := range own {
		if startsSignature(own, values, i, author) {
			cut = i
			break
		}
	}
	rest := own[cut:]
	own = own[:cut:cut]
	for i, line := range rest {
		if postscript.MatchString(line) {
			own = append(own, rest[i:]...)
			rest = rest[:i]
			break
		}
	}
	signature = append(signature, rest...)
	kept := own[:0:0]
	for _, line := range own {
		if hasPrefixOf(plain(line), phrases.Footers) && len(line) < 120 {
			signature = append(signature, line)
			continue
		}
		kept = append(kept, line)
	}
	return kept, signature, disclaimer
}

var (
	postscript = regexp.MustCompile(`(?i)^\s*p\.?\s?s\.?\s*[:.,-]?\s`)
	labelled   = regexp.MustCompile(`^[\s*•·-]*(\p{L}[\p{L} ./'-]{0,40}?)\s*[:=]\s*\S`)
	ruleLine   = regexp.MustCompile(`^\s*[-_=*~]{5,}\s*$`)
)

// startsSignature says whether lines[i:] is the signature.
func startsSignature(lines []string, values []bool, i int, author []string) bool {
	line := strings.TrimSpace(lines[i])
	if line == "--" || line == "—" {
		return true
	}
	rest := lines[i:]
	if line == "" || !signatureLike(rest, values[i:]) {
		return false
	}
	core := plain(line)
	for _, c := range phrases.Closings {
		tail, ok := strings.CutPrefix(core, c)
		if ok && (tail == "" || !startsWithLetter(tail)) && closes(tail, author) {
			return true
		}
	}
	for _, c := range phrases.Thanks {
		tail, ok := strings.CutPrefix(core, c)
		if ok && (tail == "" || !startsWithLetter(tail)) && (strings.Trim(tail, " ,.!:)-") == "" || isAuthor(nameWords(tail), author)) {
			return true
		}
	}
	if ruleLine.MatchString(line) && len(strings.TrimSpace(strings.Join(rest[1:], ""))) > 0 && i > 0 {
		return isAuthor(nameWords(firstText(rest[1:])), author)
	}
	return len(strings.Fields(line)) <= 6 && isAuthor(nameWords(line), author)
}

// closes says whether what follows a closing formula on its line may still be part of it.
func closes(tail string, author []string) bool {
	tail = strings.Trim(tail, " ,.!/:-")
	return tail == "" || isAuthor(nameWords(tail), author) || hasPrefixOf(tail, phrases.Closings) || len(strings.Fields(tail)) <= 2
}

func firstText(lines []string) string {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			return line
		}
	}
	return ""
}

// labelledValues marks the lines that are a labelled value, "Role: Technician"; a telephone number is none.
func labelledValues(lines []string) []bool {
	out := make([]bool, len(lines))
	for i, line := range lines {
		m := labelled.FindStringSubmatch(line)
		out[i] = m != nil && !contains(phrases.Contact, strings.ToLower(m[1]))
	}
	return out
}

// signatureLike says whether lines are few and short enough for a signature and no list of labelled values.
func signatureLike(lines []string, values []bool) bool {
	texts, labels := 0, 0
	for i, line := range lines {
		if i > 80 || texts > 14 || labels > 1 {
			return false
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		texts++
		if values[i] {
			labels++
		}
	}
	return texts <= 14 && labels < 2
}

// cutDisclaimers takes out the paragraphs that are legal notices or banners.
func cutDisclaimers(lines []string) (kept, cut []string) {
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		if isDisclaimer(lines[start:end]) {
			cut = append(cut, lines[start:end]...)
		} else {
			kept = append(kept, lines[start:end]...)
		}
		for start = end; start < len(lines) && strings.TrimSpace(lines[start]) == ""; start++ {
			kept = append(kept, lines[start])
		}
	}
	return kept, cut
}

func isDisclaimer(paragraph []string) bool {
	text := strings.ToLower(strings.Join(paragraph, " "))
	core := strings.TrimLeft(text, " *_-!⚠️|")
	if hasPrefixOf(core, phrases.Disclaimers) && len(core) > 40 {
		return true
	}
	n := 0
	for _, p := range phrases.Legal {
		if strings.Contains(text, p) {
			n++
		}
	}
	return n >= 2 && len(text) > 80
}

// plain lowers a line and drops the marks in front of it.
func plain(line string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(line), "*_/~¡ "))
}

func hasPrefixOf(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if tail, ok := strings.CutPrefix(s, p); ok && (tail == "" || !startsWithLetter(tail) || p[0] >= 0xE3) {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// nameWords splits a name into its words in lower case, without punctuation.
func nameWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’'
	})
}

// isAuthor says whether words are (part of) the author's name: every word one of it, or the initial of one, and not all
// of a longer line are initials only by chance.
func isAuthor(words, author []string) bool {
	if len(words) == 0 || len(author) == 0 || len(words) > len(author)+2 {
		return false
	}
	full := 0
	for _, w := range words {
		found := false
		for _, a := range author {
			if w == a {
				found = true
				full++
			} else if len([]rune(w)) == 1 && strings.HasPrefix(a, w) {
				found = true
			} else if len([]rune(w)) >= 3 && strings.HasPrefix(a, w) {
				found = true
				full++
			}
		}
		if !found {
			return false
		}
	}
	return full > 0 || len(words) <= 2
}
