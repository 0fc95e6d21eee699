package interpret

import (
	"strings"
	"unicode/utf8"
)

// This file finds bullets, numbers, boxes and separators of lines by hand: every line of a mail is asked for them.

// bullets need a blank behind them; roundBullets do not.
const (
	bullets      = "*•·▪‣◦●○–—o-"
	roundBullets = "•·▪‣◦●■□◆◇◎▫▶▷►★☆※❖➢➤・◉▲△▼▽"
)

// bulletEnd returns where the bullet that line begins with ends, 0 if it begins with none.
func bulletEnd(line string) int {
	at := blanksEnd(line, 0)
	if at == len(line) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(line[at:])
	end := blanksEnd(line, at+size)
	switch {
	case r >= utf8.RuneSelf && strings.ContainsRune(roundBullets, r), end > at+size && strings.ContainsRune(bullets, r):
		return end
	}
	return 0
}

// numberAt reads "1." and "(2) " at the beginning of a line: the number, and where the text behind it begins; 0 if there is none.
func numberAt(line string) (number string, end int) {
	at := blanksEnd(line, 0)
	if at < len(line) && line[at] == '(' {
		at++
	}
	end = at
	for end < len(line) && end < at+2 && line[end] >= '0' && line[end] <= '9' {
		end++
	}
	if end == at || end == len(line) || line[end] != '.' && line[end] != ')' && line[end] != '/' {
		return "", 0
	}
	behind := blanksEnd(line, end+1)
	if behind == end+1 {
		return "", 0
	}
	return line[at:end], behind
}

func numbered(line string) bool {
	_, end := numberAt(line)
	return end > 0
}

// sameLines says whether two texts have the same lines, blank ones and the bullets and blanks of the others aside.
func sameLines(a, b string) bool {
	for a != "" || b != "" {
		var x, y string
		x, a = nextLine(a)
		y, b = nextLine(b)
		if x == y {
			continue
		}
		for x != "" && y != "" {
			if x[0] != y[0] {
				return false
			}
			if isBlank(x[0]) {
				x, y = x[blanksEnd(x, 0):], y[blanksEnd(y, 0):]
			} else {
				x, y = x[1:], y[1:]
			}
		}
		if x != "" || y != "" {
			return false
		}
	}
	return true
}

// nextLine takes the first line with text off s, without its bullet and outer blanks.
func nextLine(s string) (line, rest string) {
	for rest = s; line == "" && rest != ""; {
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimRight(line[max(bulletEnd(line), blanksEnd(line, 0)):], " \t\r\f")
	}
	return line, rest
}

// blanksEnd moves behind the ASCII blanks at s[i:].
func blanksEnd(s string, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// unbullet takes the bullet or number off a line and says what it was.
func unbullet(line string) (rest, number string, item bool) {
	if end := bulletEnd(line); end > 0 {
		return strings.TrimSpace(line[end:]), "", true
	}
	if number, end := numberAt(line); end > 0 {
		return strings.TrimSpace(line[end:]), number, true
	}
	return strings.TrimSpace(line), "", false
}

// maxSeparators is how many separators of a line are tried: a label stands in front.
const maxSeparators = 3

// separatorsIn finds the first separators of a line between a label and its value, with the blanks around them: arrows, colons,
// equals signs, and dashes between blanks.
func separatorsIn(line string) (found [maxSeparators]span, n int) {
	behind := 0 // the separator before
	for i := 0; i < len(line) && n < maxSeparators; i++ {
		if !beginsSeparator[line[i]] {
			continue
		}
		from := i
		for from > behind && isBlank(line[from-1]) {
			from--
		}
		if end := separatorEnd(line, i, from < i); end > 0 {
			behind = blanksEnd(line, end)
			found[n] = span{from, behind}
			n++
			i = behind - 1
		}
	}
	return found, n
}

// beginsSeparator are the bytes that the separators of separatorEnd begin with.
var beginsSeparator = bytesOf("-=:._\xe2\xe3\xef")

// minLeader is how many dots lead from a label to its value.
const minLeader = 3

// labelBrackets stand around labels in front of a value.
var labelBrackets = [...][2]string{{"【", "】"}, {"［", "］"}, {"〔", "〕"}, {"〈", "〉"}, {"《", "》"}, {"「", "」"}, {"『", "』"}}

// separatorEnd returns where the separator at line[i] ends, 0 if none stands there.
func separatorEnd(line string, i int, blankBefore bool) int {
	rest := line[i:]
	switch c := rest[0]; {
	case c == '-' && strings.HasPrefix(rest, "->"), c == '=' && strings.HasPrefix(rest, "=>"):
		return i + 2
	case c == ':' || c == '=':
		return i + 1
	case c == '.' || c == '_':
		end := i + 1
		for end < len(line) && line[end] == c {
			end++
		}
		if end >= i+minLeader {
			return end
		}
		return 0
	case c == '-' && blankBefore && len(rest) > 1 && isBlank(rest[1]):
		return i + 1
	case c < utf8.RuneSelf:
		return 0
	}
	for _, mark := range []string{"→", "⇒", "："} {
		if strings.HasPrefix(rest, mark) {
			return i + len(mark)
		}
	}
	for _, pair := range labelBrackets {
		if strings.HasPrefix(rest, pair[1]) && strings.HasPrefix(line, pair[0]) {
			end := i + len(pair[1]) // "【氏名】佐藤 健"
			for _, colon := range []string{"：", ":"} {
				if strings.HasPrefix(line[blanksEnd(line, end):], colon) {
					return blanksEnd(line, end) + len(colon)
				}
			}
			return end
		}
	}
	for _, dash := range []string{"–", "—"} {
		if blankBefore && strings.HasPrefix(rest, dash) && len(rest) > len(dash) && isBlank(rest[len(dash)]) {
			return i + len(dash)
		}
	}
	return 0
}

// itemCells splits an item at tabs, at commas, semicolons and bars in front of a blank, and at bars, slashes and dashes between blanks.
func itemCells(s string) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); {
		mark := blanksEnd(s, i)
		end := cellEnd(s, mark, mark > i)
		if end == 0 && strings.IndexByte(s[i:mark], '\t') >= 0 {
			end = mark
		}
		if end == 0 {
			i = max(mark, i+1)
			continue
		}
		out = append(out, s[from:i])
		i, from = end, end
	}
	return append(out, s[from:])
}

// cellEnd returns where the mark between two cells at s[i:] and the blanks behind it end, 0 if none stands there.
func cellEnd(s string, i int, blankBefore bool) int {
	if i == len(s) {
		return 0
	}
	size := 0
	switch c := s[i]; {
	case c == ',' || c == ';' || c == '|':
		size = 1
	case !blankBefore:
	case c == '/' || c == '-':
		size = 1
	case strings.HasPrefix(s[i:], "–") || strings.HasPrefix(s[i:], "—"):
		size = len("–")
	}
	if end := blanksEnd(s, i+size); size > 0 && end > i+size {
		return end
	}
	return 0
}

// border says whether a line is nothing but the lines of a table, or blank.
func border(line string) bool {
	for i := range len(line) {
		if c := line[i]; !isBlank(c) && c != '|' && c != '+' && c != '-' && c != '=' && c != ':' {
			return false
		}
	}
	return line != ""
}

// beginsBox are the bytes that a tick box may begin with: those of "[", "(" and the likes of "☑".
var beginsBox = bytesOf("[(\xe2")

// mayHoldBoxes says whether as many tick boxes may stand in s.
func mayHoldBoxes(s string, least int) bool {
	for i := range len(s) {
		if beginsBox[s[i]] {
			least--
		}
	}
	return least <= 0
}

// tickEnd returns where the ticked box that line begins with ends, with the blanks behind it; 0 if it begins with none.
func tickEnd(line string) int {
	at := blanksEnd(line, 0)
	r, size := utf8.DecodeRuneInString(line[at:])
	if isTick(r) || r == '☒' || r == '☑' {
		return blanksEnd(line, at+size)
	}
	closing := boxEnd(r)
	if closing == 0 {
		return 0
	}
	at = blanksEnd(line, at+1)
	r, size = utf8.DecodeRuneInString(line[at:])
	if !isTick(r) && r != 'x' && r != 'X' {
		return 0
	}
	if at = blanksEnd(line, at+size); at == len(line) || line[at] != closing {
		return 0
	}
	return blanksEnd(line, at+1)
}

// boxEnd closes what opens a tick box; 0 if r opens none.
func boxEnd(r rune) byte {
	switch r {
	case '[':
		return ']'
	case '(':
		return ')'
	}
	return 0
}

func isTick(r rune) bool { return r == '✓' || r == '✔' }

// emptyBox says whether line begins with a box that is not ticked.
func emptyBox(line string) bool {
	line = line[blanksEnd(line, 0):]
	if strings.HasPrefix(line, "☐") {
		return true
	}
	if line == "" || boxEnd(rune(line[0])) == 0 {
		return false
	}
	at := blanksEnd(line, 1)
	return at < len(line) && line[at] == boxEnd(rune(line[0]))
}
