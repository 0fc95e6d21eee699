package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxFooter = 160 // bytes of a line that a mail program adds

var clause = regexp.MustCompile(`[,.;!–-]\s+`)

// Footer says whether a mail program added a line below a text: "Sent from my phone".
func Footer(line string) bool {
	load()
	return isFooter(line, toLower(line))
}

// Disclaims says whether a line is long and begins as disclaimers and pleas to save paper do.
func Disclaims(line string) bool {
	load()
	low := toLower(strings.TrimLeft(line, " *_-!|"))
	_, ok := phrases.Disclaimers.prefix(low)
	return ok && len(low) > 40
}

// isFooter recognises a line that a mail program adds below a text: "Sent from my phone". It names a way of sending and a
// device or program, and is no longer sentence. The line is given as it is and in lower case.
func isFooter(line, low string) bool {
	if len(line) > maxFooter {
		return false
	}
	if low = trimAround(low, aroundFooter); low == "" {
		return false
	}
	if _, ok := phrases.Footers.prefix(low); ok {
		return true
	}
	tail, ok := sentBy(low)
	if !ok || !endsAsFooter(low) {
		return false
	}
	if namesDevice(low) {
		return true
	}
	// A program that is not known: "Sent from TypeApp".
	words := strings.Fields(strings.TrimFunc(line, aroundFooter))
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return len(words) <= 5 && tail != "" && strings.HasPrefix(tail, " ") && unicode.IsUpper(last)
}

func aroundFooter(r rune) bool {
	switch r {
	case '(', ')', '<', '>', '[', ']', '{', '}', '*', '_', '~', '-', '–', '—', '/':
		return true
	}
	return unicode.IsSpace(r)
}

// sentBy finds a way of sending at the begin of a line, in a short line or one without blanks anywhere.
func sentBy(low string) (tail string, ok bool) {
	if tail, ok := phrases.Sent.prefix(low); ok {
		return tail, true
	}
	first := int32(len(phrases.Sent.list)) // the phrase that the list has first
	phrases.Sent.each(low, func(at int, i int32) bool {
		p := phrases.Sent.list[i]
		if i < first && at > 0 && strings.Index(low, p) == at && (p[0] >= firstUnspaced || !moreWords(low, 5) && laterWord(low, p)) {
			first, tail, ok = i, low[at+len(p):], true
		}
		return true
	})
	return tail, ok
}

func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// laterWord says whether p stands in s behind its start, with no letter touching it.
func laterWord(s, p string) bool {
	for end := len(s); end > 0; {
		i := strings.LastIndex(s[:end], p)
		if i <= 0 {
			return false
		}
		if standsAlone(s, p, i) {
			return true
		}
		end = i + len(p) - 1
	}
	return false
}

// endsAsFooter says whether all that follows the first clause is an excuse for brevity.
func endsAsFooter(low string) bool {
	at := clause.FindStringIndex(low)
	if at == nil {
		return true
	}
	rest := strings.TrimLeft(low[at[1]:], " ,.;")
	return rest == "" || phrases.Excuses.begins(rest)
}

// namesDevice says whether a device or program is named; its name may be inflected, and stand in a text without blanks.
func namesDevice(low string) bool {
	named := false
	phrases.Devices.each(low, func(at int, i int32) bool {
		d := phrases.Devices.list[i]
		named = !endsWord(low[:at]) && (len(d) >= 5 || !startsWord(low[at+len(d):]))
		return !named
	})
	return named
}

const (
	firstIdeograph = 0x3000 // scripts without blanks between words, from here on
	lastIdeograph  = 0x9fff // at least up to here no letter has a small form
)

func endsWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) && r < firstIdeograph
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && r < firstIdeograph
}

// cutDisclaimers takes out the paragraphs that are legal notices or banners.
func cutDisclaimers(lines rows) (kept rows, cut []string) {
	kept = lines
	copied := false
	for start := 0; start < lines.len(); {
		end := start
		for end < lines.len() && !lines.blank(end) {
			end++
		}
		next := end
		for next < lines.len() && lines.blank(next) {
			next++
		}
		notice := isDisclaimer(lines.low[start:end])
		if notice && !copied {
			kept, copied = lines.slice(0, start).clone(), true
		}
		if notice {
			cut = append(cut, lines.text[start:end]...)
			start = end
		}
		if copied {
			kept = kept.add(lines.slice(start, next))
		}
		start = next
	}
	return kept, cut
}

// isDisclaimer judges a paragraph in lower case.
func isDisclaimer(paragraph []string) bool {
	size := 0
	for _, line := range paragraph {
		size += len(line) + 1
	}
	if size <= 40 {
		return false
	}
	text := strings.Join(paragraph, " ")
	core := strings.TrimLeftFunc(text, func(r rune) bool {
		switch r {
		case ' ', '*', '_', '-', '!', '⚠', '\ufe0f', '|':
			return true
		}
		return false
	})
	if len(core) <= 40 {
		return false
	}
	if _, ok := phrases.Disclaimers.prefix(core); ok {
		return true
	}
	_, notice := phrases.Notices.prefix(core)
	if !notice && len(text) <= 80 {
		return false
	}
	first, n := int32(-1), 0 // two different phrases
	phrases.Legal.each(text, func(_ int, i int32) bool {
		if i != first {
			first = i
			n++
		}
		return n < 2
	})
	return n >= 2 && len(text) > 80 || notice && n >= 1
}
