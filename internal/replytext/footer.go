package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxFooter = 160 // bytes of a line that a mail program adds

var clause = regexp.MustCompile(`[,.;!–-]\s+`)

// isFooter recognises a line that a mail program adds below a text: "Sent from my phone". It names a way of sending and a
// device or program, and is no longer sentence.
func isFooter(line string) bool {
	if len(line) > maxFooter || strings.TrimSpace(line) == "" {
		return false
	}
	line = strings.Trim(strings.TrimSpace(line), "()<>[]{}*_~-–—/ ")
	low := strings.ToLower(line)
	if _, ok := hasPrefixOf(low, phrases.Footers); ok {
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
	words := strings.Fields(line)
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return len(words) <= 5 && tail != "" && strings.HasPrefix(tail, " ") && unicode.IsUpper(last)
}

// sentBy finds a way of sending at the begin of a line, in a short line or one without blanks anywhere.
func sentBy(low string) (tail string, ok bool) {
	if tail, ok := hasPrefixOf(low, phrases.Sent); ok {
		return tail, true
	}
	short := len(strings.Fields(low)) <= 5
	for _, p := range phrases.Sent {
		if i := strings.Index(low, p); i > 0 && (p[0] >= 0xE3 || short && lastWord(low, p) > 0) {
			return low[i+len(p):], true
		}
	}
	return "", false
}

// endsAsFooter says whether all that follows the first clause is an excuse for brevity.
func endsAsFooter(low string) bool {
	at := clause.FindStringIndex(low)
	if at == nil {
		return true
	}
	rest := strings.TrimLeft(low[at[1]:], " ,.;")
	for _, e := range phrases.Excuses {
		if strings.HasPrefix(rest, e) {
			return true
		}
	}
	return rest == ""
}

// namesDevice says whether a device or program is named; its name may be inflected, and stand in a text without blanks.
func namesDevice(low string) bool {
	for _, d := range phrases.Devices {
		for from := 0; from < len(low); {
			i := strings.Index(low[from:], d)
			if i < 0 {
				break
			}
			before, after := low[:from+i], low[from+i+len(d):]
			if !endsWord(before) && (len(d) >= 5 || !startsWord(after)) {
				return true
			}
			from += i + len(d)
		}
	}
	return false
}

const firstIdeograph = 0x3000 // scripts without blanks between words, from here on

func endsWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) && r < firstIdeograph
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && r < firstIdeograph
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
	if len(core) <= 40 {
		return false
	}
	if _, ok := hasPrefixOf(core, phrases.Disclaimers); ok {
		return true
	}
	n := 0
	for _, p := range phrases.Legal {
		if strings.Contains(text, p) {
			n++
		}
	}
	_, notice := hasPrefixOf(core, phrases.Notices)
	return n >= 2 && len(text) > 80 || notice && n >= 1
}
