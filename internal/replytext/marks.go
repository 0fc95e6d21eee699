package replytext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/ascii"
)

// What is looked for in every line is found by hand: regular expressions take ten times as long.

// marks tells what stands in a line, so that most tests of it need not read it again.
type marks uint16

const (
	colonMark   marks = 1 << iota
	cellMark          // a bar or a tab
	addressMark       // "@<-" of attributions
	digitMark
	angleMark  // ">"
	equalsMark // "="
	fenceMark  // of a ``` block
	inkMark    // what is no blank
	wideMark   // a character beyond ASCII, which may be any of these in another script
)

var markOf = func() (of [256]marks) {
	for c := range of {
		of[c] = inkMark
		switch {
		case c >= utf8.RuneSelf:
			of[c] = wideMark
		case '0' <= c && c <= '9':
			of[c] |= digitMark
		}
	}
	for _, c := range " \t\n\v\f\r" {
		of[c] = 0
	}
	of[':'] |= colonMark
	of['|'] |= cellMark
	of['\t'] |= cellMark
	of['>'] |= angleMark
	of['='] |= equalsMark
	of['`'] |= fenceMark
	for _, c := range "@<-" {
		of[c] |= addressMark
	}
	return of
}()

func marksIn(line string) (m marks) {
	for ; len(line) >= 4; line = line[4:] {
		m |= markOf[line[0]] | markOf[line[1]] | markOf[line[2]] | markOf[line[3]]
	}
	for i := range len(line) {
		m |= markOf[line[i]]
	}
	return m
}

// empty says whether a line with these marks has nothing but blanks of ASCII.
func (m marks) empty() bool { return m&(inkMark|wideMark) == 0 }

// mayQuote says whether a line with these marks may have a quote mark: each has one of these characters.
func (m marks) mayQuote() bool { return m&(angleMark|wideMark) != 0 }

// mayLabel says whether a line with these marks may have a label and a value: something must part them.
func (m marks) mayLabel() bool { return m&(colonMark|cellMark|wideMark) != 0 }

// mayHaveDigit says whether a line with these marks may have a digit of any script.
func (m marks) mayHaveDigit() bool { return m&(digitMark|wideMark) != 0 }

// attribute says whether line, which has these marks, has one that attributions have.
func (m marks) attribute(line string) bool {
	return m&(colonMark|addressMark|digitMark) != 0 || m&wideMark != 0 && (hasDigit(line) || strings.Contains(line, "："))
}

// toLower is strings.ToLower, quicker for a text in which no letter takes more or fewer bytes when it is small.
func toLower(s string) string {
	var room [128]byte
	low, _ := appendLower(room[:0], s)
	return string(low)
}

// appendLower appends s in small letters to buf and says whether it is ASCII.
func appendLower(buf []byte, s string) (low []byte, plain bool) {
	begin := len(buf)
	buf = append(buf, s...)
	low = buf[begin:]
	if ascii.Lower(low) {
		return buf, true
	}
	for i, r := range s {
		if r < utf8.RuneSelf || r >= firstIdeograph && r <= lastIdeograph {
			continue
		}
		small := unicode.ToLower(r)
		if r == utf8.RuneError || small != r && utf8.RuneLen(small) != utf8.RuneLen(r) {
			return append(buf[:begin], strings.ToLower(s)...), false
		}
		if small != r {
			utf8.EncodeRune(low[i:], small)
		}
	}
	return buf, false
}

// ruleEdge tells the characters of the rules set around a line.
func ruleEdge(r rune) bool {
	switch r {
	case '-', '=', '_', '*', '#', '~', '+', '‐', '‑', '–', '—', '―', '─', '━':
		return true
	}
	return false
}

// ruledBegin returns how much of s a rule of two characters or more takes at its start, with the blanks in and behind it;
// 0 if there is none.
func ruledBegin(s string) int {
	n, end := 0, 0
	for i, r := range s {
		if !ruleEdge(r) && r != ' ' {
			break
		}
		n++
		end = i + utf8.RuneLen(r)
	}
	if n < 2 {
		return 0
	}
	for end < len(s) && isSpace(s[end]) {
		end++
	}
	return end
}

// ruledEnd returns where the rule of two characters or more begins that s ends with, a colon and the blanks before it
// included; len(s) if there is none.
func ruledEnd(s string) int {
	core := strings.TrimSuffix(s, ":")
	n, start := 0, len(core)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(core[:start])
		if !ruleEdge(r) {
			break
		}
		n++
		start -= size
	}
	if n < 2 {
		return len(s)
	}
	for start > 0 && isSpace(s[start-1]) {
		start--
	}
	return start
}

// isRule reports whether a line is nothing but a rule, whose characters may have a blank between them.
func isRule(line string) bool {
	for i := 0; i < len(line) && line[i] < utf8.RuneSelf && !ruleEdge(rune(line[i])); i++ {
		if !isSpace(line[i]) {
			return false // as most lines, which begin with a word
		}
	}
	line = strings.TrimFunc(line, isSpaceRune)
	if line == "" {
		return false
	}
	blank := true
	for _, r := range line {
		switch {
		case ruleEdge(r) && r != '‐' && r != '‑', r == '•', r == '·', r == 'ᐧ':
			blank = false
		case isSpaceRune(r) && !blank:
			blank = true
		default:
			return false
		}
	}
	return true
}

// isSpace is \s of regular expressions.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

func isSpaceRune(r rune) bool { return r < utf8.RuneSelf && isSpace(byte(r)) }

// hasDigit reports whether s has a digit of any script.
func hasDigit(s string) bool { return digitAt(s) >= 0 }

// digitsIn is how many digits of ASCII s has.
func digitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			n++
		}
	}
	return n
}

func isSmall(c byte) bool { return 'a' <= c && c <= 'z' }

// trimAround is strings.TrimFunc for what takes off no letters, no digits and no marks of sentences, with which most lines begin and end.
func trimAround(low string, around func(rune) bool) string {
	if n := len(low); n > 0 && isSmall(low[0]) && inSentence[low[n-1]] {
		return low
	}
	return strings.TrimFunc(low, around)
}

var inSentence = func() (in [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789.,;!?" {
		in[c] = true
	}
	return in
}()

// digitAt returns where the first digit of s stands, -1 if there is none.
func digitAt(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; '0' <= c && c <= '9' {
			return i
		}
		if s[i] >= utf8.RuneSelf {
			if at := strings.IndexFunc(s[i:], unicode.IsDigit); at >= 0 {
				return i + at
			}
			return -1
		}
	}
	return -1
}

// colonAt returns where the first colon of s stands, -1 if there is none.
func colonAt(s string) int {
	at := strings.IndexByte(s, ':')
	if at >= 0 {
		s = s[:at]
	}
	if wide := strings.Index(s, "："); wide >= 0 {
		return wide
	}
	return at
}

// moreWords reports whether s has more than n words.
func moreWords(s string, n int) bool {
	if len(s) <= 2*n {
		return false // each but the last has a blank behind it
	}
	words, blank := 0, true
	for i := 0; i < len(s); i++ {
		space := false
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			space = unicode.IsSpace(r)
			i += size - 1
		case c <= ' ':
			space = markOf[c]&inkMark == 0
		}
		if blank && !space {
			if words == n {
				return true
			}
			words++
		}
		blank = space
	}
	return false
}

const maxLabel = 25 // characters

// cutLabel reads a line as "Label: value", the label perhaps set in bold or italics, or in a table.
func cutLabel(line string) (label, value string, ok bool) {
	at := 0
	for at < len(line) && (isSpace(line[at]) || line[at] == '|') {
		at++
	}
	s := line[at:]
	if label, value, ok = cutPlainLabel(s[emphasis(s):]); !ok && strings.HasPrefix(s, "_") {
		label, value, ok = cutPlainLabel(s)
	}
	return label, value, ok
}

// emphasis is the length of the mark of bold or italics at the start of s.
func emphasis(s string) int {
	switch {
	case strings.HasPrefix(s, "**"):
		return 2
	case strings.HasPrefix(s, "*"), strings.HasPrefix(s, "_"):
		return 1
	}
	return 0
}

func cutPlainLabel(s string) (label, value string, ok bool) {
	end := labelEnd(s)
	if end <= 0 || isSpace(s[0]) {
		return "", "", false
	}
	label, rest := s[:end], s[end:]
	if rest[0] == '*' {
		rest = strings.TrimLeftFunc(rest[emphasis(rest):], isSpaceRune)
	} else {
		label = strings.TrimRightFunc(label, isSpaceRune)
		if inner, italics := strings.CutSuffix(label, "_"); italics && inner != "" {
			label = inner
		}
	}
	label = strings.TrimRightFunc(label, isSpaceRune)
	if utf8.RuneCountInString(label) > maxLabel {
		return "", "", false
	}
	after, found := strings.CutPrefix(rest, ":")
	if !found {
		if after, found = strings.CutPrefix(rest, "："); !found {
			return "", "", false
		}
	}
	value = after[emphasis(after):]
	if value != "" {
		if !isSpace(value[0]) && value[0] != '|' {
			return "", "", false
		}
		value = value[1:]
	}
	return label, strings.TrimLeftFunc(value, isSpaceRune), true
}

// labelEnd returns where the first character stands that no label has, -1 if there is none.
func labelEnd(s string) int {
	for i, r := range s {
		switch r {
		case ':', '：', '*':
			return i
		case '"', '<', '>', '|':
			return -1
		}
	}
	return -1
}

// contactLabel returns the label of a line like "Tel.: 123", in its own letters.
func contactLabel(line string) (label string, ok bool) {
	line = strings.TrimLeftFunc(line, func(r rune) bool { return isSpaceRune(r) || r == '*' || r == '•' || r == '·' || r == '-' })
	end := strings.IndexByte(line, ':')
	if i := strings.IndexByte(line, '='); i >= 0 && (end < 0 || i < end) {
		end = i
	}
	if i := strings.Index(line, leader); i > 0 && (end < 0 || i < end) {
		end = i // "Last name ........ Marsh"
	}
	if end <= 0 || strings.TrimLeftFunc(line[end+1:], func(r rune) bool { return r == '.' || isSpaceRune(r) }) == "" {
		return "", false
	}
	label = strings.TrimRightFunc(line[:end], isSpaceRune)
	n := 0
	for i, r := range label {
		if !unicode.IsLetter(r) && (i == 0 || !strings.ContainsRune(" ./'-", r)) {
			return "", false
		}
		n++
	}
	return label, n > 0 && n <= maxContactLabel
}

const leader = "...." // the dots between a label and its value

const maxContactLabel = 41 // characters

// dashedName returns what stands behind two dashes, or a long one, if it begins with a capital.
func dashedName(line string) (name string, ok bool) {
	for _, dash := range [...]string{"--", "—", "–"} {
		if rest, found := strings.CutPrefix(line, dash); found {
			rest = strings.TrimLeftFunc(rest, isSpaceRune)
			first, _ := utf8.DecodeRuneInString(rest)
			return rest, unicode.IsUpper(first)
		}
	}
	return "", false
}

// isDelimiter recognises the line between a text and its signature.
func isDelimiter(line string) bool {
	return line == "--" || line == "—" || line == "–" || line == "- -"
}

// quoteMark returns how much of line the quote mark takes: '>', or The Bat's initials before it; 0 if there is none.
func quoteMark(line string) int {
	i := 0
	for i < len(line) && i < 8 && isSpace(line[i]) {
		i++
	}
	for n := 0; n < 3 && i < len(line) && 'A' <= line[i] && line[i] <= 'Z'; n++ {
		i++
	}
	rest := line[i:]
	switch {
	case strings.HasPrefix(rest, ">"):
		i++
	case strings.HasPrefix(rest, "＞"):
		i += len("＞")
	default:
		return 0
	}
	if strings.HasPrefix(line[i:], " ") {
		i++
	}
	return i
}

// hasDate is date.MatchString, by hand for ASCII.
func hasDate(s string) bool {
	if !isASCII(s) {
		return date.MatchString(s)
	}
	for i := 0; i < len(s); i++ {
		if n := digits(s[i:]); n > 0 {
			if n >= 4 || endsDate(s[i+n:]) {
				return true
			}
			i += n
		}
	}
	return false
}

// hasClock says whether s has a time of day: a digit, what parts hours and minutes, two digits.
func hasClock(s string) bool {
	digit := false
	for i, r := range s {
		if digit {
			switch r {
			case ':', '.', 'h', '時', '时', '시':
				minutes := s[i+utf8.RuneLen(r):]
				if r == '시' {
					minutes = strings.TrimPrefix(minutes, " ")
				}
				if n, _ := leadingDigits(minutes, 2); n == 2 {
					return true
				}
			}
		}
		digit = unicode.IsDigit(r)
	}
	return false
}

// hasYear says whether s has four digits one beside the other, or a day, a month and a year of two digits or more.
func hasYear(s string) bool {
	run := 0
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			if run++; run == 4 {
				return true
			}
		case run > 0 && monthAndYear(s[i:]):
			return true
		default:
			run = 0
		}
	}
	return false
}

// monthAndYear says whether s begins as a date goes on behind the day: "/4/26".
func monthAndYear(s string) bool {
	if !partsDate(s) {
		return false
	}
	_, size := leadingDigits(s[1:], 2)
	if s = s[1+size:]; size == 0 || !partsDate(s) {
		return false
	}
	n, _ := leadingDigits(s[1:], 2)
	return n == 2
}

func partsDate(s string) bool { return s != "" && (s[0] == '.' || s[0] == '/' || s[0] == '-') }

// leadingDigits is how many digits of any script s begins with, most at most, and how many bytes they take.
func leadingDigits(s string, most int) (n, size int) {
	for i, r := range s {
		if n == most || !unicode.IsDigit(r) {
			return n, i
		}
		n++
	}
	return n, len(s)
}

// endsDate says whether s goes on as a date or a time does behind its first number: ":30", ".4.26", ". April 2026".
func endsDate(s string) bool {
	if s == "" {
		return false
	}
	n := digits(s[1:])
	if n >= 2 && (s[0] == ':' || s[0] == '.' || s[0] == 'h') || n >= 1 && n <= 2 && partsDate(s) && partsDate(s[1+n:]) && digits(s[2+n:]) > 0 {
		return true
	}
	s, month := cutApart(s)
	if !month {
		return false
	}
	n = 0
	for n < len(s) && 'a' <= s[n]|0x20 && s[n]|0x20 <= 'z' {
		n++
	}
	s, year := cutApart(s[n:])
	return n >= 3 && n <= 9 && year && digits(s) >= 2
}

// cutApart takes what parts a month from the numbers beside it off the start of s.
func cutApart(s string) (rest string, ok bool) {
	s = strings.TrimPrefix(s, ".")
	if s == "" || s[0] != ' ' && s[0] != '-' {
		return "", false
	}
	return s[1:], true
}

// digits is how many ASCII digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
