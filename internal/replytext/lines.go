package replytext

import (
	"regexp"
	"strings"
	"unicode"
)

// quoteMark is '>' or The Bat's initials before it.
var quoteMark = regexp.MustCompile(`^\s{0,4}[A-Z]{0,3}> ?`)

// unquote takes one level of quote marks off a line and says whether there was one.
func unquote(line string) (bool, string) {
	if m := quoteMark.FindString(line); m != "" {
		return true, line[len(m):]
	}
	return false, line
}

// quoteFollows says whether the next line with text is a quoted one.
func quoteFollows(lines []string) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			quoted, _ := unquote(line)
			return quoted
		}
	}
	return false
}

var (
	digits      = regexp.MustCompile(`\d{1,2}[:.]\d\d|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}`)
	attrEnd     = regexp.MustCompile(`[:：]\s*$|-{3,}\s*$`)
	dashes      = regexp.MustCompile(`^\s*[-=_*]{2,}\s*|\s*[-=_*]{2,}\s*$`)
	headerLabel = regexp.MustCompile(`^\s*\*?([^\s:：*"<][^:：*"<]{0,24}?)\*?\s*[:：]\*?(?:\s|$)`)
)

// attribution returns how many lines the attribution of a quote at the start of lines takes ("On … wrote:"), 0 if none.
// It ends with a colon, names a verb of writing and a date, and may be wrapped over three lines.
func attribution(lines []string) int {
	if strings.TrimSpace(lines[0]) == "" {
		return 0
	}
	joined := ""
	for n := 0; n < 3 && n < len(lines); n++ {
		if quoted, _ := unquote(lines[n]); quoted || strings.TrimSpace(lines[n]) == "" {
			return 0
		}
		joined += " " + lines[n]
		if len(joined) > 400 {
			return 0
		}
		if !attrEnd.MatchString(lines[n]) {
			continue
		}
		if !digits.MatchString(joined) || !writes(joined) {
			return 0
		}
		// A line in front that has nothing of an attribution is the author's.
		if n > 0 && attribution(lines[1:n+1]) > 0 && !digits.MatchString(lines[0]) {
			return 0
		}
		return n + 1
	}
	return 0
}

func writes(s string) bool {
	s = strings.ToLower(s)
	for _, verb := range phrases.Wrote {
		if containsWord(s, verb) {
			return true
		}
	}
	return false
}

// containsWord finds phrase in s where no letter touches it. Scripts without blanks need no borders.
func containsWord(s, phrase string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], phrase)
		if i < 0 {
			return false
		}
		i += from
		before, after := s[:i], s[i+len(phrase):]
		if phrase[0] >= 0xE3 || (!endsInLetter(before) && !startsWithLetter(after)) {
			return true
		}
		from = i + len(phrase)
	}
}

func startsWithLetter(s string) bool {
	for _, r := range s {
		return unicode.IsLetter(r)
	}
	return false
}

func endsInLetter(s string) bool {
	r := []rune(s)
	return len(r) > 0 && unicode.IsLetter(r[len(r)-1])
}

// separator recognises "-----Original Message-----" and its kin, and whether the mail below is forwarded.
func separator(line string) (forwarded, ok bool) {
	core := strings.ToLower(strings.TrimSpace(line))
	if core == "" || !strings.ContainsAny(core[:1], "-=_*") && !strings.HasSuffix(core, ":") {
		return false, false
	}
	ruled := dashes.MatchString(core)
	core = dashes.ReplaceAllString(core, "")
	for _, p := range phrases.Forwarded {
		if ruled && strings.HasPrefix(core, p) || strings.TrimRight(core, ":：") == p && strings.HasSuffix(strings.TrimSpace(line), ":") {
			return true, true
		}
	}
	for _, p := range phrases.Original {
		if ruled && strings.HasPrefix(core, p) {
			return false, true
		}
	}
	return false, false
}

// headerBlock recognises the header fields that Outlook and others put above a quote: a From line and within the next
// lines at least one more field, in any known language. An underscore rule may stand above it.
func headerBlock(lines []string) bool {
	i := 0
	if rule := strings.TrimSpace(lines[0]); len(rule) >= 10 && strings.Trim(rule, "_-") == "" {
		for i = 1; i < len(lines) && i < 10 && strings.TrimSpace(lines[i]) == ""; i++ {
		}
	}
	if i >= len(lines) || !isHeader(lines[i], phrases.From) {
		return false
	}
	seen, looked := 0, 0
	for _, line := range lines[i+1 : min(len(lines), i+20)] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if looked++; looked > 5 {
			break
		}
		if isHeader(line, phrases.Headers) {
			seen++
		}
	}
	return seen >= 1
}

func isHeader(line string, labels []string) bool {
	m := headerLabel.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	label := strings.ToLower(strings.TrimSpace(m[1]))
	for _, l := range labels {
		if label == l {
			return true
		}
	}
	return false
}

// comment recognises "[Karin] Approved": a remark in a quote marked with a word of the author's name.
func comment(line string, author []string) bool {
	line = strings.TrimSpace(line)
	name, text, ok := strings.Cut(line, "]")
	if !ok || !strings.HasPrefix(name, "[") || strings.TrimSpace(text) == "" {
		return false
	}
	words := nameWords(name)
	return len(words) > 0 && isAuthor(words, author)
}

// FromLabel says whether label, in lower case, introduces the author in a header block of any known language.
func FromLabel(label string) bool { return contains(phrases.From, label) }

// HeaderLabel says whether label, in lower case, introduces any field of a header block.
func HeaderLabel(label string) bool { return FromLabel(label) || contains(phrases.Headers, label) }

// Attribution says whether line is the one above a quote, "On … wrote:".
func Attribution(line string) bool { return attribution([]string{line}) == 1 }

var glued = regexp.MustCompile(`(?:From|To|Cc|Sent|Date|Subject):`)

// gluedHeader puts the header fields that Yahoo writes behind the separator on lines of their own.
func gluedHeader(line string) []string {
	return strings.Split(glued.ReplaceAllString(line, "\n$0"), "\n")
}

// onlyGreeting recognises a piece that greets and says nothing more.
func onlyGreeting(s string) bool {
	return len(strings.Fields(s)) <= 4 && hasPrefixOf(plain(s), phrases.Greetings)
}

// Separator says whether line stands above a quoted or forwarded mail, "-----Original Message-----".
func Separator(line string) bool {
	_, ok := separator(line)
	return ok
}
