package replytext

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A signature has at most so many lines of text, and at most one of them is a labelled value that is no contact data.
const (
	maxSignature = 14
	maxLabels    = 1
)

var (
	postscript = regexp.MustCompile(`(?i)^\s*p\.?\s?s\.?\s*[:.,-]?\s`)
	labelled   = regexp.MustCompile(`^[\s*•·-]*(\p{L}[\p{L} ./'-]{0,40}?)\s*[:=]\s*\S`)
	phone      = regexp.MustCompile(`(?:^|[\s:.(])\+?\(?\d{1,4}\)?(?:[ ./()-]{1,3}\d{2,5}){2,5}(?:\D|$)|\+\d{8,14}\b`)
	website    = regexp.MustCompile(`(?i)\bhttps?://\S+|\bwww\.\S+`)
	delimiter  = regexp.MustCompile(`^(?:--|—|–|- -)$`)
	dashName   = regexp.MustCompile(`^(?:--|—|–)\s*(\p{Lu}.*)$`)
)

// piece is a run of unquoted lines.
type piece struct {
	lines  []string
	fenced []bool // inside a ``` block
	texts  []int  // lines with text from here to the end
	values []int  // labelled values from here to the end; a telephone number is none
	dashed int    // lines that begin with two dashes and words: one is a signature, several are a list
}

func newPiece(lines []string) *piece {
	n := len(lines)
	p := &piece{lines: lines, fenced: fences(lines), texts: make([]int, n+1), values: make([]int, n+1)}
	for i := n - 1; i >= 0; i-- {
		p.texts[i], p.values[i] = p.texts[i+1], p.values[i+1]
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		p.texts[i]++
		if m := labelled.FindStringSubmatch(line); m != nil && !slices.Contains(phrases.Contact, strings.ToLower(m[1])) {
			p.values[i]++
		}
		if strings.HasPrefix(line, "-- ") || dashName.MatchString(line) {
			p.dashed++
		}
	}
	return p
}

// fences marks the lines inside ``` blocks. One that nobody closes hides nothing.
func fences(lines []string) []bool {
	out := make([]bool, len(lines))
	open := -1
	for i, line := range lines {
		switch {
		case !strings.HasPrefix(strings.TrimSpace(line), "```"):
		case open < 0:
			open = i
		default:
			for k := open; k <= i; k++ {
				out[k] = true
			}
			open = -1
		}
	}
	return out
}

// trimPiece takes signature and disclaimer off one piece of own lines. before says whether own words stand above it.
func trimPiece(lines []string, author []string, before bool) (own, signature, disclaimer []string) {
	kept, disclaimer := cutDisclaimers(lines)
	p := newPiece(kept)
	cut, text := len(kept), before
	for i, line := range kept {
		footer := !p.fenced[i] && isFooter(line)
		if text && footer {
			cut = p.nameAbove(i)
			break
		}
		if p.signatureAt(i, author) {
			cut = i
			break
		}
		text = text || !footer && !isBlank(kept, i) && !ruleOnly.MatchString(line)
	}
	own, rest := kept[:cut:cut], kept[cut:]
	if n := courtesies(rest); !text && n > 0 {
		own, rest = append(own, rest[:n]...), rest[n:] // all that is said
	}
	for i, line := range rest {
		if postscript.MatchString(line) {
			own = append(own, rest[i:]...)
			rest = rest[:i]
			break
		}
	}
	own, dropped := withoutFooters(own)
	return own, append(dropped, rest...), disclaimer
}

// withoutFooters takes out lines of mail programs and the rules at the end.
func withoutFooters(lines []string) (kept, dropped []string) {
	fenced := fences(lines)
	for i, line := range lines {
		if !fenced[i] && isFooter(line) {
			dropped = append(dropped, line)
			continue
		}
		kept = append(kept, line)
	}
	n := len(kept)
	for n > 0 && (isBlank(kept, n-1) || ruleOnly.MatchString(kept[n-1])) {
		n--
	}
	return kept[:n], dropped
}

// courtesies returns how many lines of a signature are to be kept where nothing else is said: a word of thanks, or a closing
// formula alone.
func courtesies(lines []string) int {
	kept, said := 0, 0
	for i, line := range lines {
		if isBlank(lines, i) || ruleOnly.MatchString(line) || isFooter(line) {
			continue
		}
		if _, ok := hasPrefixOf(plain(line), phrases.Thanks); ok && said == 0 {
			return i + 1
		}
		_, closing := hasPrefixOf(plain(line), phrases.Closings)
		if said++; said > 1 || !closing {
			return 0
		}
		kept = i + 1
	}
	return kept
}

// nameAbove returns where the paragraph begins that line i, a mail program's, belongs to, if the rest of it is names.
func (p *piece) nameAbove(i int) int {
	k := i
	for k > 0 && !isBlank(p.lines, k-1) && nameLine(p.lines[k-1]) && i-k < 3 {
		k--
	}
	if k > 0 && isBlank(p.lines, k-1) && p.texts[0] > p.texts[k] {
		return k
	}
	return i
}

// signatureAt says whether the signature begins at line i.
func (p *piece) signatureAt(i int, author []string) bool {
	line := strings.TrimSpace(p.lines[i])
	switch {
	case line == "" || p.fenced[i]:
		return false
	case delimiter.MatchString(line):
		return true
	case p.texts[i] > maxSignature+1 || p.values[i] > maxLabels:
		return false
	case ruleOnly.MatchString(line):
		return p.ruledSignature(i, author)
	case p.texts[i] > maxSignature:
		return false
	}
	core := plain(line)
	if tail, ok := hasPrefixOf(core, phrases.Closings); ok && closes(line, tail, author) {
		return true
	}
	if tail, ok := hasPrefixOf(core, phrases.Thanks); ok &&
		(isAuthor(nameWords(tail), author) || strings.Trim(tail, " ,.!:;)-") == "" && p.signs(i+1, author)) {
		return true
	}
	if m := dashName.FindStringSubmatch(line); m != nil && p.dashed == 1 && p.texts[i] <= 6 && nameLine(m[1]) {
		return true
	}
	return len(strings.Fields(line)) <= 6 && isAuthor(nameWords(line), author) || p.nameAndPost(i, author) || p.businessCard(i)
}

// nameAndPost recognises a last paragraph that begins with a line of the author's whole name and their post.
func (p *piece) nameAndPost(i int, author []string) bool {
	if len(author) == 0 || !p.blankAbove(i) || p.texts[i] > 6 || p.texts[0] == p.texts[i] || !nameLine(p.lines[i]) {
		return false
	}
	words := nameWords(p.lines[i])
	for _, a := range author {
		if !slices.Contains(words, a) {
			return false
		}
	}
	return true
}

// closes says whether what follows a closing formula on its line may still be part of it: nothing, a name, another formula.
func closes(line, tail string, author []string) bool {
	tail = strings.Trim(tail, " ,.!/:-–—")
	if tail == "" || isAuthor(nameWords(tail), author) {
		return true
	}
	_, closing := hasPrefixOf(tail, phrases.Closings)
	_, thanks := hasPrefixOf(tail, phrases.Thanks)
	if closing || thanks {
		return true
	}
	words, all := strings.Fields(tail), strings.Fields(line)
	if len(words) > 3 || len(words) > len(all) {
		return false
	}
	for _, w := range all[len(all)-len(words):] {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLower(r) || answer(w) {
			return false
		}
	}
	return true
}

// answer says whether a word decides something and therefore is no name.
func answer(word string) bool {
	return slices.Contains(phrases.Answers, strings.ToLower(strings.Trim(word, `"'“”.,!`)))
}

// signs says whether the next line with text after a word of thanks is one of a signature.
func (p *piece) signs(from int, author []string) bool {
	for i := from; i < len(p.lines); i++ {
		if isBlank(p.lines, i) {
			continue
		}
		_, closing := hasPrefixOf(plain(p.lines[i]), phrases.Closings)
		return closing || isAuthor(nameWords(p.lines[i]), author) || nameLine(p.lines[i])
	}
	return false
}

// nameLine says whether a line may be nothing but a name: few capitalised words, no sentence, no answer.
func nameLine(line string) bool {
	line = strings.TrimLeft(strings.TrimSpace(line), "-–—~/*_ ")
	words := strings.Fields(line)
	if len(words) == 0 || len(words) > 5 || len(line) > 60 || strings.ContainsAny(line, ":;!?@=<>") || len(words) == 1 && strings.HasSuffix(line, ".") && len(line) > 4 {
		return false
	}
	for i, w := range words {
		if i > 0 && strings.Trim(w, "/|&-–—·") == "" {
			continue
		}
		r, _ := utf8.DecodeRuneInString(strings.Trim(w, `"'“”,.(`))
		if !unicode.IsLetter(r) || unicode.IsLower(r) && (i == 0 || len(w) > 3) || answer(w) {
			return false
		}
	}
	return true
}

// ruledSignature judges the lines below a rule: few, short, and with contact data, the author's name or, below underscores,
// nothing more than one short paragraph.
func (p *piece) ruledSignature(i int, author []string) bool {
	var texts []string
	for _, line := range p.lines[i+1:] {
		if strings.TrimSpace(line) == "" || ruleOnly.MatchString(line) {
			continue
		}
		if utf8.RuneCountInString(line) > 100 || strings.HasPrefix(strings.TrimSpace(line), "|") {
			return false // the rule is the border of a table
		}
		texts = append(texts, line)
	}
	if len(texts) == 0 {
		return false
	}
	if isAuthor(nameWords(texts[0]), author) {
		return true
	}
	for _, line := range texts {
		if website.MatchString(line) || phone.MatchString(line) || isFooter(line) {
			return true
		}
	}
	rule := strings.TrimSpace(p.lines[i])
	return len(texts) <= 3 && len(rule) >= 5 && strings.Trim(rule, "_") == "" && p.blankAbove(i)
}

func (p *piece) blankAbove(i int) bool { return i > 0 && isBlank(p.lines, i-1) }

// businessCard recognises a name, a website, and a telephone number or address below it, as the last paragraph. A person whom
// the author introduces has rarely a website, and stands below a colon.
func (p *piece) businessCard(i int) bool {
	if !p.blankAbove(i) || p.texts[i] < 3 || p.texts[i] > 8 || p.texts[0] == p.texts[i] || !nameLine(p.lines[i]) || introduced(p.lines, i) {
		return false
	}
	site, reach := false, false
	for _, line := range p.lines[i+1:] {
		if utf8.RuneCountInString(line) > 80 {
			return false
		}
		site = site || website.MatchString(line)
		reach = reach || phone.MatchString(line) || address.MatchString(line)
	}
	return site && reach
}

// plain lowers a line and drops the marks in front of it.
func plain(line string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(line), "*_/~¡ "))
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
			switch n := utf8.RuneCountInString(w); {
			case w == a, n >= 3 && strings.HasPrefix(a, w):
				found = true
				full++
			case n == 1 && strings.HasPrefix(a, w):
				found = true
			}
		}
		if !found {
			return false
		}
	}
	return full > 0 || len(words) <= 2
}
