package replytext

import "strings"

var invisible = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u00a0", " ", "\u202f", " ",
	"\ufeff", "", "\u200b", "", "\u2060", "", "\u00ad", "", "\u2061", "", "\u2062", "", "\u2063", "", "\u2064", "", // of no width
	"\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", // of direction
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "",
)

// Clean removes what mail programs put into plain text: invisible characters, and link targets behind their own text.
// A link target that differs from its text is kept beside it.
func Clean(text string) string {
	if mayBeUnclean(text) {
		text = invisible.Replace(text)
	}
	if strings.IndexByte(text, '&') >= 0 {
		text = strings.ReplaceAll(text, "&nbsp;", " ") // as QQ writes its plain text
	}
	if strings.IndexByte(text, '<') < 0 {
		return text // no link
	}
	if strings.Contains(text, "<mailto:") {
		text = eachLink(text, "<mailto:", mailLink)
	}
	if strings.Contains(text, "<mailto:") {
		text = eachLink(text, "<mailto:", func(before, target string) (string, string, bool) {
			return trimOneSpace(before), " <" + target + ">", true
		})
	}
	if strings.Contains(text, "<http") {
		text = eachLink(text, "<http", webLink)
	}
	return text
}

// eachLink calls replace for every link that begins with mark, with what stands before it and its target. That returns what
// stays of either, unless the link is to stay as it is.
func eachLink(text, mark string, replace func(before, target string) (keep, link string, ok bool)) string {
	var out strings.Builder
	out.Grow(len(text))
	done := 0
	for from := 0; ; {
		i := strings.Index(text[from:], mark)
		if i < 0 {
			out.WriteString(text[done:])
			return out.String()
		}
		start := from + i
		from = start + len(mark)
		end := strings.IndexAny(text[from:], "> \t\n\f\r")
		if end < 0 || text[from+end] != '>' {
			continue
		}
		keep, link, ok := replace(text[done:start], text[from:from+end])
		if !ok {
			continue
		}
		out.WriteString(keep)
		out.WriteString(link)
		done = from + end + 1
		from = done
	}
}

// mailLink drops the target behind an address that is the same.
func mailLink(before, target string) (keep, link string, ok bool) {
	before = trimOneSpace(before)
	start := len(before)
	for start > 0 && !isSpace(before[start-1]) && strings.IndexByte("<>()", before[start-1]) < 0 {
		start--
	}
	text := before[start:]
	switch {
	case len(text) < 3 || !strings.Contains(text[1:len(text)-1], "@"):
		return "", "", false
	case strings.EqualFold(text, target):
		return before, "", true
	}
	return before, " <" + target + ">", true
}

// webLink drops every address of a page.
func webLink(before, target string) (keep, link string, ok bool) {
	return before, "", strings.HasPrefix(strings.TrimPrefix(target, "s"), "://")
}

func trimOneSpace(s string) string {
	if s != "" && isSpace(s[len(s)-1]) {
		return s[:len(s)-1]
	}
	return s
}

// mayBeUnclean is a cheap test for the characters that invisible replaces.
func mayBeUnclean(text string) bool {
	return strings.IndexByte(text, '\r') >= 0 ||
		behindByte(text, 0xc2, func(s string) bool { return s[0] == 0xa0 || s[0] == 0xad }) ||
		behindByte(text, 0xe2, func(s string) bool { // U+2000 to U+2FFF
			return s[0] == 0x81 || s[0] == 0x80 && len(s) > 1 && (s[1] <= 0x8f || s[1] >= 0xa8)
		}) ||
		strings.Contains(text, "\ufeff")
}

// behindByte says whether test is true of what stands behind a byte c of s, which is not the last one.
func behindByte(s string, c byte, test func(string) bool) bool {
	for {
		at := strings.IndexByte(s, c) + 1
		if at == 0 || at == len(s) {
			return false
		}
		if s = s[at:]; test(s) {
			return true
		}
	}
}
