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
	phone      = regexp.MustCompile(`(?:^|[\s:.(])\+?\(?\d{1,4}\)?(?:[ ./()-]{1,3}\d{2,5}){2,5}(?:\D|$)|\+\d{8,14}\b`)
	website    = regexp.MustCompile(`(?i)\bhttps?://\S+|\bwww\.\S+`)
)

// piece is a run of unquoted lines.
type piece struct {
	rows
	fenced fenced  // inside a ``` block
	texts  []int   // lines with text from here to the end
	values []int   // labelled values from here to the end; a telephone number is none
	by     *signer // who wrote
	dashed int     // lines that begin with two dashes and words: one is a signature, several are a list
}

func (s *splitter) newPiece(kept rows) piece {
	n := kept.len()
	counts := append(s.desk.counts[:0], make([]int, 2*(n+1))...)
	s.desk.counts = counts
	p := piece{rows: kept, fenced: fences(kept), texts: counts[:n+1], values: counts[n+1:], by: &s.desk.by}
	for i := n - 1; i >= 0; i-- {
		p.texts[i], p.values[i] = p.texts[i+1], p.values[i+1]
		if kept.blank(i) {
			continue
		}
		p.texts[i]++
		line := kept.text[i]
		if kept.marks[i]&(colonMark|equalsMark) != 0 || strings.Contains(line, leader) {
			if label, ok := contactLabel(strings.TrimSpace(line)); ok && !phrases.Contact[toLower(label)] {
				p.values[i]++
			}
		}
		if kept.marks[i]&(addressMark|wideMark) == 0 {
			continue // no dash in it
		}
		line = strings.TrimSpace(line)
		if _, named := dashedName(line); named || strings.HasPrefix(line, "-- ") {
			p.dashed++
		}
	}
	return p
}

// fences marks the lines inside ``` blocks, nil if there is none. One that nobody closes hides nothing.
func fences(lines rows) fenced {
	var out fenced
	open := -1
	for i, line := range lines.text {
		switch {
		case lines.marks[i]&fenceMark == 0, !strings.HasPrefix(strings.TrimSpace(line), "```"):
		case open < 0:
			open = i
		default:
			if out == nil {
				out = make([]bool, lines.len())
			}
			for k := open; k <= i; k++ {
				out[k] = true
			}
			open = -1
		}
	}
	return out
}

type fenced []bool

func (f fenced) at(i int) bool { return f != nil && f[i] }

// trimPiece takes signature and disclaimer off one piece of own lines, files them, and returns the rest. before says whether own words stand above it.
func (s *splitter) trimPiece(lines rows, before bool) (own []string) {
	kept, disclaimer := cutDisclaimers(lines)
	p := s.newPiece(kept)
	cut, text := kept.len(), before
	footers := s.desk.footers[:0]
	for i, line := range kept.text {
		if kept.blank(i) {
			footers = append(footers, false)
			continue
		}
		footers = append(footers, isFooter(line, kept.low[i]))
		footer := !p.fenced.at(i) && footers[i]
		if text && footer {
			cut = p.nameAbove(i)
			break
		}
		if p.signatureAt(i, s.author) {
			cut = i
			break
		}
		text = text || !footer && !isRule(line)
	}
	mine, rest := kept.slice(0, cut), kept.slice(cut, kept.len())
	if !text {
		n := courtesies(rest) // all that is said
		mine, rest = mine.add(rest.slice(0, n)), rest.slice(n, rest.len())
	}
	for i, line := range rest.text {
		if mayBePostscript(line) && postscript.MatchString(line) {
			mine, rest = mine.add(rest.slice(i, rest.len())), rest.slice(0, i)
			break
		}
	}
	s.desk.footers = footers
	own, dropped := withoutFooters(mine, footers[:cut])
	s.signature = append(append(s.signature, dropped...), rest.text...)
	s.disclaimer = append(s.disclaimer, disclaimer...)
	return own
}

func mayBePostscript(line string) bool {
	line = strings.TrimLeftFunc(line, isSpaceRune)
	return line != "" && line[0]|0x20 == 'p'
}

// withoutFooters takes out lines of mail programs and the rules at the end. known says of the first lines whether they are such.
func withoutFooters(lines rows, known []bool) (kept, dropped []string) {
	fenced := fences(lines)
	kept = lines.text
	for i, line := range lines.text {
		footer := !fenced.at(i) && (i < len(known) && known[i] || i >= len(known) && isFooter(line, lines.low[i]))
		switch {
		case footer && dropped == nil:
			kept = slices.Clone(kept[:i])
			dropped = append(dropped, line)
		case footer:
			dropped = append(dropped, line)
		case dropped != nil:
			kept = append(kept, line)
		}
	}
	n := len(kept)
	for n > 0 && (strings.Trim(kept[n-1], "| \t") == "" || isRule(kept[n-1])) {
		n--
	}
	return kept[:n], dropped
}

// courtesies returns how many lines of a signature are to be kept where nothing else is said: a word of thanks, or a closing
// formula alone.
func courtesies(lines rows) int {
	kept, said := 0, 0
	for i, line := range lines.text {
		if lines.blank(i) || isRule(line) || isFooter(line, lines.low[i]) {
			continue
		}
		core := plain(lines.low[i])
		if _, ok := phrases.Thanks.prefix(core); ok && said == 0 {
			return i + 1
		}
		_, closing := phrases.Closings.prefix(core)
		if said++; said > 1 || !closing {
			return 0
		}
		kept = i + 1
	}
	return kept
}

// Thanks says whether a sentence is a short word of thanks.
func Thanks(sentence string) bool {
	load()
	_, ok := phrases.Thanks.prefix(plain(toLower(sentence)))
	return ok && !moreWords(sentence, 5)
}

// nameAbove returns where the paragraph begins that line i, a mail program's, belongs to, if the rest of it is names.
func (p *piece) nameAbove(i int) int {
	k := i
	for k > 0 && !isBlank(p.text, k-1) && nameLine(p.text[k-1]) && i-k < 3 {
		k--
	}
	if k > 0 && isBlank(p.text, k-1) && p.texts[0] > p.texts[k] {
		return k
	}
	return i
}

// signatureAt says whether the signature begins at line i.
func (p *piece) signatureAt(i int, author []string) bool {
	line := strings.TrimSpace(p.text[i])
	switch {
	case line == "" || p.fenced.at(i):
		return false
	case isDelimiter(line):
		return true
	case p.texts[i] > maxSignature+1 || p.values[i] > maxLabels:
		return false
	case isRule(line):
		return p.ruledSignature(i, author)
	case p.texts[i] > maxSignature:
		return false
	}
	core := plain(p.low[i])
	if tail, ok := phrases.Closings.prefix(core); ok && closes(line, tail, author) && !p.opens(i, core, author) {
		return true
	}
	if tail, ok := phrases.Thanks.prefix(core); ok &&
		(namesAuthor(tail, author) || strings.Trim(tail, " ,.!:;)-！。，～") == "" && p.signs(i+1, author)) {
		return true
	}
	if p.formula(i, author) {
		return true
	}
	if name, ok := dashedName(line); ok && p.dashed == 1 && p.texts[i] <= 6 && nameLine(name) {
		return true
	}
	return !moreWords(line, 6) && namesAuthor(line, author) || p.nameAndPost(i, author) || p.signed(i) || p.businessCard(i)
}

// opens says whether line i, a formula that people both begin and end mails with, begins this one: nothing stands above it but a salutation, and a
// paragraph of sentences and a signature below.
func (p *piece) opens(i int, core string, author []string) bool {
	if p.texts[0] != p.texts[i] && !p.saluted(i) || p.texts[i] < 3 || !isBlank(p.text, i+1) || !phrases.Both[strings.Trim(core, " ,.!:")] {
		return false
	}
	next := i + 1
	for isBlank(p.text, next) {
		next++
	}
	end := next
	for !isBlank(p.text, end) {
		end++
	}
	if !moreWords(strings.Join(p.text[next:min(end, next+3)], " "), 5) || end == next+1 && nameLine(p.text[next]) {
		return false
	}
	for k := end; k < len(p.text); k++ {
		core := plain(p.low[k])
		_, closing := phrases.Closings.prefix(core)
		_, thanks := phrases.Thanks.prefix(core)
		if closing || thanks || k > end && !moreWords(p.text[k], 3) && namesAuthor(p.text[k], author) {
			return true
		}
	}
	return false
}

// saluted says whether nothing but one short line that ends with a comma stands above line i, "Dear Sir/Madam,".
func (p *piece) saluted(i int) bool {
	k := 0
	for k < i && isBlank(p.text, k) {
		k++
	}
	return p.texts[0] == p.texts[i]+1 && strings.HasSuffix(strings.TrimSpace(p.text[k]), ",") && !moreWords(p.text[k], 5)
}

// nameAndPost recognises a last paragraph that begins with a line of the author's whole name and their post.
func (p *piece) nameAndPost(i int, author []string) bool {
	if len(author) == 0 || !p.blankAbove(i) || p.texts[i] > 6 || p.texts[0] == p.texts[i] ||
		!strings.Contains(p.low[i], author[0]) || !nameLine(p.text[i]) {
		return false
	}
	var buf [8]string
	words := appendNameWords(buf[:0], p.low[i])
	for _, a := range author {
		if !slices.Contains(words, a) {
			return false
		}
	}
	return true
}

// formula recognises a closing formula that no list knows by what stands around it: a few words and a comma, below other text, with
// nothing but the author's name in the next line.
func (p *piece) formula(i int, author []string) bool {
	line := strings.TrimSpace(p.text[i])
	if !strings.HasSuffix(line, ",") || !p.blankAbove(i) || p.texts[0] == p.texts[i] || moreWords(line, 4) || hasDigit(line) ||
		slices.ContainsFunc(strings.Fields(line), answer) {
		return false
	}
	next := i + 1
	if isBlank(p.text, next) {
		next++
	}
	return !isBlank(p.text, next) && !moreWords(p.text[next], len(author)) && namesAuthor(p.text[next], author)
}

// closes says whether what follows a closing formula on its line may still be part of it: nothing, a name, another formula.
func closes(line, tail string, author []string) bool {
	tail = strings.Trim(tail, " ,.!/:-–—")
	if tail == "" || namesAuthor(tail, author) {
		return true
	}
	_, closing := phrases.Closings.prefix(tail)
	_, thanks := phrases.Thanks.prefix(tail)
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
	return phrases.Answers[toLower(strings.Trim(word, `"'“”.,!`))]
}

// signs says whether the next line with text after a word of thanks is one of a signature.
func (p *piece) signs(from int, author []string) bool {
	for i := from; i < len(p.text); i++ {
		if isBlank(p.text, i) {
			continue
		}
		_, closing := phrases.Closings.prefix(plain(p.low[i]))
		return closing || namesAuthor(p.text[i], author) || nameLine(p.text[i])
	}
	return false
}

// nameLine says whether a line may be nothing but a name: few capitalised words, no sentence, no answer.
func nameLine(line string) bool {
	line = strings.TrimLeft(strings.TrimSpace(line), "-–—~/*_ ")
	if line == "" || len(line) > 60 || strings.ContainsAny(line, ":;!?@=<>") || moreWords(line, 5) ||
		!moreWords(line, 1) && strings.HasSuffix(line, ".") && len(line) > 4 {
		return false
	}
	first := true
	for w := range strings.FieldsSeq(line) {
		if !first && strings.Trim(w, "/|&-–—·") == "" {
			continue
		}
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, `"'“”,.(`))
		if !unicode.IsLetter(r) || unicode.IsLower(r) && (first || len(w) > 3) || answer(w) {
			return false
		}
		first = false
	}
	return true
}

// ruledSignature judges the lines below a rule: few, short, and with contact data, the author's name or, below underscores,
// nothing more than one short paragraph.
func (p *piece) ruledSignature(i int, author []string) bool {
	if i > 0 && strings.HasPrefix(strings.TrimSpace(p.text[i-1]), "|") {
		return false // the rule is the lower border of a table
	}
	var texts, low []string
	for k, line := range p.text[i+1:] {
		if strings.TrimSpace(line) == "" || isRule(line) {
			continue
		}
		if utf8.RuneCountInString(line) > 100 || strings.HasPrefix(strings.TrimSpace(line), "|") {
			return false // the upper one, or one between its rows
		}
		texts, low = append(texts, line), append(low, p.low[i+1+k])
	}
	if len(texts) == 0 {
		return false
	}
	if namesAuthor(texts[0], author) {
		return true
	}
	for k, line := range texts {
		if hasWebsite(line, low[k]) || hasPhone(line) || isFooter(line, low[k]) {
			return true
		}
	}
	if len(texts) == 1 && p.blankAbove(i) && company(texts[0]) {
		return true
	}
	rule := strings.TrimSpace(p.text[i])
	return len(texts) <= 3 && len(rule) >= 5 && strings.Trim(rule, "_") == "" && p.blankAbove(i)
}

func (p *piece) blankAbove(i int) bool { return i > 0 && p.blank(i-1) }

// businessCard recognises a name, a website, and a telephone number or address below it, as the last paragraph. A person whom
// the author introduces has rarely a website, and stands below a colon.
func (p *piece) businessCard(i int) bool {
	if !p.blankAbove(i) || p.texts[i] < 3 || p.texts[i] > 8 || p.texts[0] == p.texts[i] || !nameLine(p.text[i]) || introduced(p.text, i) {
		return false
	}
	site, reach := false, false
	for k, line := range p.text[i+1:] {
		if len(line) > 80 && utf8.RuneCountInString(line) > 80 {
			return false
		}
		site = site || hasWebsite(line, p.low[i+1+k])
		reach = reach || hasAddress(line) || hasPhone(line)
	}
	return site && reach
}

func hasWebsite(line, low string) bool {
	return (strings.Contains(low, "://") || strings.Contains(low, "www.")) && website.MatchString(line)
}

// hasPhone needs five digits: a number has three groups, of which all but one have two.
func hasPhone(line string) bool { return digitsIn(line) >= 5 && phone.MatchString(line) }

// plain drops the marks in front of a line in lower case.
func plain(low string) string {
	low = strings.TrimSpace(low)
	if low != "" && isSmall(low[0]) {
		return low
	}
	return strings.TrimLeftFunc(low, func(r rune) bool {
		return r == '*' || r == '_' || r == '/' || r == '~' || r == '¡' || r == ' '
	})
}

// nameWords splits a name into its words in lower case, without punctuation.
func nameWords(s string) []string { return appendNameWords(nil, s) }

func appendNameWords(words []string, s string) []string {
	s = toLower(s)
	from := -1 // where the word begins
	for i, r := range s {
		switch in := r < utf8.RuneSelf && isSmall(byte(r)) || inName(r); {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			words, from = append(words, s[from:i]), -1
		}
	}
	if from >= 0 {
		words = append(words, s[from:])
	}
	return words
}

func notInName(r rune) bool { return !inName(r) }

func inName(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z' || r == '-' || r == '\''
	}
	return unicode.IsLetter(r) || r == '’'
}

// mayNameAuthor is a cheap test for a line whose first word may be one of the author's name.
func mayNameAuthor(line string, author []string) bool {
	if line == "" || !isSmall(line[0]|0x20) {
		line = strings.TrimLeftFunc(line, notInName)
	}
	first, _ := utf8.DecodeRuneInString(line)
	first = unicode.ToLower(first)
	for _, a := range author {
		if r, _ := utf8.DecodeRuneInString(a); r == first || first >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// namesAuthor says whether a line is nothing but the author's name or a part of it.
func namesAuthor(line string, author []string) bool {
	if !mayNameAuthor(line, author) {
		return false
	}
	var buf [8]string
	words := appendNameWords(buf[:0], line)
	if n := len(words) - 1; n > 0 && strings.Trim(words[n], "x") == "" {
		words = words[:n] // kisses
	}
	return isAuthor(words, author)
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
