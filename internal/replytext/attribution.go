package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Attributions ("On … wrote:") are wrapped over a few lines and are not long. They are known by their features, so that a
// language with other words is still read: a verb of writing, a date, an address, how they begin, a colon, a quote below.
const (
	maxAttributionLines = 6
	maxAttribution      = 500 // bytes
)

var (
	date = regexp.MustCompile(`\p{Nd}{1,2}[:.h時时시]\p{Nd}{2}|\p{Nd}{4}|\p{Nd}{1,4}[./-]\p{Nd}{1,2}[./-]\p{Nd}{1,4}|\p{Nd}{1,2}\.?[ -]\p{L}{3,9}\.?[ -]\p{Nd}{2,4}`)
	zone = regexp.MustCompile(`\b(?:GMT|UTC)\s?[+-]\d`)
)

// dated says whether s has a date and a time of day: a year alone has four digits.
func dated(s string) bool { return hasClock(s) && hasYear(s) }

// endsAngled says whether s ends with an address in brackets.
func endsAngled(s string) bool {
	if !strings.Contains(s, "@") {
		return false
	}
	for s != "" && strings.IndexByte(">])", s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
		inner := strings.TrimRightFunc(s, isSpaceRune)
		from := strings.LastIndexAny(inner, "<> \t\n\f\r") + 1
		before := strings.TrimRightFunc(inner[:from], isSpaceRune)
		if before == "" || strings.IndexByte("<[(", before[len(before)-1]) < 0 {
			bracket := strings.IndexAny(inner[from:], "[(")
			if bracket < 0 {
				continue
			}
			from += bracket + 1
		}
		if address := inner[from:]; len(address) > 2 && strings.Contains(address[1:len(address)-1], "@") {
			return true
		}
	}
	return false
}

// attribution returns how many lines the attribution of a quote that begins at line i takes, 0 if there is none.
func (s *splitter) attribution(i int) int {
	lines := s.lines
	first := strings.TrimSpace(lines[i])
	if first == "" || len(first) > maxAttribution || !s.endsBelow(i) || !s.marks[i].attribute(first) && !continues(strings.TrimSpace(s.low[i])) && !quoting(s.low[i]) && !s.nameAboveVerb(i) {
		return 0
	}
	joined := ""
	for k, texts := i, 0; k < len(lines) && texts < maxAttributionLines && len(joined) < maxAttribution; k++ {
		line := strings.TrimSpace(lines[k])
		if line == "" {
			if k > i && addressFollows(lines[k:]) {
				continue
			}
			return 0
		}
		if k > i && (isQuoted(lines, k) && !closesAddress(joined, line) || texts == 1 && !opens(first, strings.TrimSpace(s.low[i])) && !s.nameAboveVerb(i)) {
			return 0
		}
		texts++
		if joined == "" {
			joined = line
		} else {
			joined += " " + line
		}
		if s.mayEnd(k) && !opensAngle(joined) && !verbFollows(lines[k+1:]) && s.isAttribution(joined, i, k+1) {
			if s.startsLater(i, k) {
				return 0
			}
			return k - i + 1
		}
	}
	return 0
}

// ending is what is known of where an attribution may end: no line before at does, and at itself may, or the paragraph ends there.
type ending struct {
	known bool
	at    int
	may   bool
}

// endsBelow says whether an attribution that begins at line i has a line where it may end: from there on, and no further than where attribution
// stops reading.
func (s *splitter) endsBelow(i int) bool {
	e := &s.ending
	if e.known && i <= e.at {
		return e.may
	}
	*e = ending{known: true, at: i}
	for ; e.at < len(s.lines); e.at++ {
		if isBlank(s.lines, e.at) {
			if !addressFollows(s.lines[e.at:]) {
				return false
			}
		} else if s.mayEnd(e.at) {
			e.may = true
			return true
		}
	}
	return false
}

// startsLater says whether the attribution in lines i to k is complete without line i, which then is the author's.
func (s *splitter) startsLater(i, k int) bool {
	lines := s.lines
	first := strings.TrimSpace(lines[i])
	low := toLower(first)
	_, _, verb := aroundVerb(low)
	begun := verb || strongly(first, low) || strings.Contains(first, "@")
	if continues(low) || begun && strings.HasSuffix(first, ",") || s.torn(i, k) {
		return false
	}
	for later := i + 1; later <= k && !opensAngle(strings.Join(lines[i:later], " ")); later++ {
		if begun && !openerAndDate(s.low[later]) || !strongly(lines[later], s.low[later]) {
			continue
		}
		if s.isAttribution(strings.Join(lines[later:k+1], " "), later, k+1) {
			return true
		}
	}
	return false
}

// torn says whether the attribution in lines i to k is torn between its author and its date: the verb stands on either side, but not both,
// and nobody else is named behind it.
func (s *splitter) torn(i, k int) bool {
	low := strings.TrimSpace(s.low[i])
	rest := strings.TrimRight(strings.TrimSpace(strings.Join(s.low[i+1:k+1], " ")), " :：")
	before, after, later := aroundVerb(rest)
	if phrases.Wrote.suffix(low) {
		return !later && !strings.Contains(rest, "@")
	}
	before = strings.TrimSpace(before)
	return later && (before == "" || after == "" && endsAngled(low) && digitAt(before[len(before)-1:]) == 0)
}

// nameAboveVerb says whether line i is nothing but a name, and perhaps a verb of writing, and the next goes on with that or with the date.
func (s *splitter) nameAboveVerb(i int) bool {
	if i+1 >= len(s.lines) || !s.marks[i+1].mayHaveDigit() || !hasDigit(s.lines[i+1]) || !endsInColon(s.lines[i+1]) {
		return false
	}
	next, name := strings.TrimSpace(s.low[i+1]), strings.TrimSpace(s.lines[i])
	if before, after, ok := aroundVerb(strings.TrimSpace(s.low[i])); ok && after == "" {
		return strongly(s.lines[i+1], next) && nameLine(name[:min(len(name), len(before))])
	}
	tail, ok := phrases.Wrote.prefix(next)
	return ok && hasDigit(tail) && nameLine(name)
}

// opensAngle says whether s has an angle bracket that it does not close.
func opensAngle(s string) bool { return strings.Count(s, "<") > strings.Count(s, ">") }

// addressFollows says whether after a blank line "<" goes on with the address of an attribution, as Polymail writes it.
func addressFollows(lines []string) bool {
	for _, line := range lines[:min(len(lines), 3)] {
		if line = strings.TrimSpace(line); line != "" {
			return line == "<" || strings.HasPrefix(line, "<mailto:") || onlyVerb(line)
		}
	}
	return false
}

// closesAddress says whether a line like "> wrote:" closes the address that joined has opened, or that Clean has closed.
func closesAddress(joined, line string) bool {
	return opensAngle(joined) && len(line) <= 60 && endsInColon(line) || strings.HasSuffix(joined, ">") && onlyVerb(line)
}

// onlyVerb recognises "> wrote:": nothing but a verb of writing behind a quote mark.
func onlyVerb(line string) bool {
	verb, marked := strings.CutPrefix(line, ">")
	return marked && endsInColon(verb) && phrases.Wrote.has(toLower(strings.Trim(verb, " :：")))
}

// verbFollows says whether the next line with text is "> wrote:".
func verbFollows(lines []string) bool {
	for i := range lines[:min(len(lines), 3)] {
		if !isBlank(lines, i) {
			return onlyVerb(lines[i])
		}
	}
	return false
}

func endsInColon(s string) bool {
	for s != "" && endMarks[s[len(s)-1]] {
		s = s[:len(s)-1]
	}
	return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：")
}

// endMarks may stand behind the colon of an attribution.
var endMarks = [256]bool{' ': true, '\t': true, '*': true, '_': true, '-': true}

// mayEnd is a cheap test for the last line of an attribution.
func (s *splitter) mayEnd(i int) bool {
	line := strings.TrimSpace(s.lines[i])
	last, _ := utf8.DecodeLastRuneInString(line)
	switch last {
	case ':', '：', '-', '>', '*', '_', '=', ']', ')', '‐', '–', '—', '―', '─':
		return true
	}
	if s.marks[i]&digitMark != 0 && (strings.Contains(line, "GMT") || strings.Contains(line, "UTC")) && zone.MatchString(line) {
		return true
	}
	return phrases.Wrote.suffix(strings.TrimSpace(s.low[i]))
}

// opens says whether the first of several lines may begin an attribution.
func opens(line, low string) bool {
	return strongly(line, low) || strings.Contains(line, "@") || strings.HasSuffix(line, "<") || continues(low) || quoting(low)
}

// strongly says whether a line begins as attributions do, with a date.
func strongly(line, low string) bool {
	return hasDigit(line) && (earlyDate(undecorated(line)) || openerAndDate(low))
}

// openerAndDate says whether a line in lower case begins with a word like "On" and a date after it.
func openerAndDate(low string) bool {
	tail, ok := phrases.Openers.prefix(undecorated(low))
	return ok && hasDigit(tail) && hasDigit(firstWords(tail, 5))
}

// continues says whether a line in lower case is the begin of an attribution whose date stands in the next one.
func continues(low string) bool {
	low = undecorated(low)
	_, ok := phrases.Openers.prefix(low)
	return ok && len(low) < 40 && (strings.HasSuffix(low, ",") || !moreWords(low, 3) && endsInLetter(low)) && !hasDigit(low)
}

func quoting(low string) bool {
	_, ok := phrases.Quoting.prefix(undecorated(low))
	return ok
}

// earlyDate says whether a date or time stands within the first words.
func earlyDate(s string) bool {
	if at := digitAt(s[:min(len(s), maxFirst)]); at < 0 || moreWords(s[:at], 2) {
		return false
	}
	s = firstWords(s, 7)
	at := digitAt(s)
	return at >= 0 && !moreWords(s[:at], 2) && hasDate(s)
}

const maxFirst = 120 // bytes in which the first words of a line are looked for

// firstWords returns the first n words of s, up to an address.
func firstWords(s string, n int) string {
	words := strings.Fields(s[:min(len(s), maxFirst)])
	words = words[:min(len(words), n)]
	for i, w := range words {
		if strings.ContainsAny(w, "@<+=/") && (strings.ContainsAny(w, "@<=") || !hasDate(w)) {
			words = words[:i]
			break
		}
	}
	return strings.Join(words, " ")
}

// undecorated returns s without the marks before its words.
func undecorated(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimLeftFunc(s[ruledBegin(s):], func(r rune) bool {
		switch r {
		case '*', '_', '"', '\'', '“', '„', '«', '|', ' ':
			return true
		}
		return false
	})
}

// isAttribution weighs the features of joined, the lines from i to before next.
func (s *splitter) isAttribution(joined string, i, next int) bool {
	s.weighed++
	lines := s.lines
	text := oneBlank(joined)
	core := text[ruledBegin(text):]
	core = core[:ruledEnd(core)]
	ruled := core != text && ruledBegin(text) > 0 && ruledEnd(text) < len(text)
	colon := endsInColon(text)
	core = strings.TrimRight(core, " :：*_-")
	low := toLower(core)
	below := func() bool { return quoteFollows(lines[next:]) || barFollows(lines[next:]) }

	if quoting(low) && colon && (hasAddress(core) || below()) {
		return true
	}
	if tail, ok := phrases.YouWrote.prefix(low); ok && colon && hasDigit(tail) {
		return true
	}
	if before, after, ok := aroundVerb(low); ok {
		return attributes(before, after, colon, ruled, below)
	}
	if colon && hasAddress(core) && hasClock(core) && below() {
		return true
	}
	return datedAuthor(core, low, colon, below, isBlank(lines, i-1) && isBlank(lines, next) && !introduced(lines, i))
}

// oneBlank folds the blanks of s.
func oneBlank(s string) string {
	blank := true
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == ' ' && blank {
			return strings.Join(strings.Fields(s), " ")
		}
		blank = s[i] == ' '
	}
	return strings.TrimSuffix(s, " ")
}

// aroundVerb splits an attribution at its verb of writing.
func aroundVerb(low string) (before, after string, ok bool) {
	at, end := -1, 0
	phrases.Wrote.each(low, func(i int, n int32) bool {
		verb := phrases.Wrote.list[n]
		if (i+len(verb) > end || i+len(verb) == end && i < at) && standsAlone(low, verb, i) {
			at, end = i, i+len(verb)
		}
		return true
	})
	if at < 0 {
		return "", "", false
	}
	return low[:at], strings.TrimSpace(low[end:]), true
}

// attributes judges what stands before and after the verb.
func attributes(before, after string, colon, ruled bool, below func() bool) bool {
	undated := withoutAddresses(before)
	addressed := undated != before
	_, opener := phrases.Openers.prefix(undecorated(before))
	begins := opener && hasDigit(undated) || earlyDate(before)
	switch {
	case !colon && !ruled:
		return begins && after == "" && (addressed || below())
	case len(after) > 160:
		return false
	case begins, addressed:
		return true
	case after == "" && dated(undated):
		return true
	case ruled:
		return len(before) <= 80 && after == ""
	case likeName(before) && dated(after):
		return true
	}
	return below() && (hasDigit(before+after) || after == "" && likeName(before))
}

// hasAddress says whether s has an @ between characters of an address.
func hasAddress(s string) bool {
	for at := strings.IndexByte(s, '@'); at >= 0 && at+1 < len(s); at++ {
		if s[at] == '@' && at > 0 && inAddress(s[at-1]) && inAddress(s[at+1]) {
			return true
		}
	}
	return false
}

func inAddress(c byte) bool { return strings.IndexByte(notInAddress, c) < 0 }

// withoutAddresses takes out the addresses of s: each run of their characters that has an @ within.
func withoutAddresses(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexAny(s, notInAddress)
		if end < 0 {
			end = len(s)
		}
		if end < 3 || !strings.Contains(s[1:end-1], "@") {
			b.WriteString(s[:end])
		}
		if end == len(s) {
			break
		}
		b.WriteByte(s[end])
		s = s[end+1:]
	}
	return b.String()
}

const notInAddress = " \t\n\f\r<>\"'(),;:"

// introduced says whether the text above line i ends in a colon.
func introduced(lines []string, i int) bool {
	for k := i - 1; k >= 0 && k > i-5; k-- {
		if !isBlank(lines, k) {
			return endsInColon(lines[k])
		}
	}
	return false
}

// pronouns begin sentences that introduce a citation of the author's choice.
var pronouns = map[string]bool{
	"i": true, "you": true, "we": true, "he": true, "she": true, "they": true, "as": true, "it": true, "ich": true, "sie": true,
	"er": true, "wie": true, "je": true, "elle": true, "yo": true,
}

// likeName says whether s may be nothing but the name of a person or a list.
func likeName(s string) bool {
	words := strings.Fields(s)
	for _, w := range words {
		if pronouns[w] {
			return false
		}
	}
	return len(words) > 0 && len(words) <= 5
}

// datedAuthor recognises attributions without verb: a date, a name and an address.
// alone: it is a paragraph of its own that no colon announces.
func datedAuthor(core, low string, colon bool, below func() bool, alone bool) bool {
	inBrackets := endsAngled(core)
	if !inBrackets && !hasDigit(core) {
		return false
	}
	undated := withoutAddresses(core)
	timed := dated(undated)
	if !inBrackets && !timed {
		return false
	}
	addressed := undated != core && !strings.HasPrefix(undated, core[:1]) // it begins with an address
	if !strongly(core, low) && !(colon && addressed) {
		return false
	}
	switch {
	case inBrackets && colon:
		return timed || below()
	case colon && timed && undated != core && nothingButNames(undated):
		return true
	case inBrackets:
		return below() || alone && hasYear(undated) && strings.Count(core, "@") == 1
	case zone.MatchString(core):
		return len(strings.Fields(core)) <= 10 && (below() || alone)
	}
	return colon && timed && below()
}

// nothingButNames says whether an attribution without its address has nothing but numbers, names and small words.
func nothingButNames(undated string) bool {
	words := 0
	for w := range strings.FieldsFuncSeq(undated, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		first, _ := utf8.DecodeRuneInString(w)
		if hasDigit(w) {
			continue
		}
		if words++; words > 6 || unicode.IsLower(first) && utf8.RuneCountInString(w) > 3 {
			return false
		}
	}
	return true
}

// youWrote says whether an attribution is of The Bat's kind, which greets before it quotes.
func youWrote(lines []string) bool {
	low := toLower(strings.Join(lines, " "))
	found := false
	phrases.YouWrote.each(low, func(at int, i int32) bool {
		found = standsAlone(low, phrases.YouWrote.list[i], at)
		return !found
	})
	return found
}

// onlyGreeting recognises lines that greet and say nothing more.
func onlyGreeting(lines []string) bool {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	_, ok := phrases.Greetings.prefix(plain(toLower(text)))
	return ok && len(strings.Fields(text)) <= 4
}

// sharedLine splits a line whose end is the attribution of the quote that follows: "yes On 4 Apr 2026, Bob wrote:".
func (s *splitter) sharedLine(i int) (own, rest string, ok bool) {
	line := s.lines[i]
	if s.marks[i]&(colonMark|wideMark) == 0 || len(line) > maxAttribution || !endsInColon(line) || !hasDigit(line) || !quoteFollows(s.lines[i+1:]) || strongly(line, s.low[i]) {
		return "", "", false
	}
	for at := 1; at < len(line); at++ {
		if line[at-1] != ' ' && line[at-1] != '-' || (line[at] < 'A' || line[at] > 'Z') && line[at] < 0x80 {
			continue
		}
		rest := line[at:]
		if _, opener := phrases.Openers.prefix(toLower(rest[:min(len(rest), 40)])); !opener || !strongly(rest, toLower(rest)) {
			continue
		}
		if !strings.Contains(line[:at], "@") && s.isAttribution(rest, i, i+1) {
			return strings.TrimRight(line[:at], " -"), rest, true
		}
	}
	return "", "", false
}

// Attribution says whether line is the one above a quote, "On … wrote:".
func Attribution(line string) bool {
	load()
	s := newSplitter(line, "")
	return s.attribution(0) == 1
}
