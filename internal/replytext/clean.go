package replytext

import (
	"regexp"
	"strings"
)

var (
	sameLink  = regexp.MustCompile(`([^\s<>()]+@[^\s<>()]+)\s?<mailto:([^>\s]*)>`)
	otherLink = regexp.MustCompile(`\s?<mailto:([^>\s]*)>`)
	webLink   = regexp.MustCompile(`<https?://[^>\s]*>`)
	invisible = strings.NewReplacer(
		"\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u00a0", " ", "\u202f", " ",
		"\ufeff", "", "\u200b", "", "\u2060", "", "\u00ad", "", // of no width
		"\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", // of direction
		"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "",
	)
)

// Clean removes what mail programs put into plain text: invisible characters, and link targets behind their own text.
// A link target that differs from its text is kept beside it.
func Clean(text string) string {
	if mayBeUnclean(text) {
		text = invisible.Replace(text)
	}
	if strings.Contains(text, "<mailto:") {
		text = sameLink.ReplaceAllStringFunc(text, func(m string) string {
			g := sameLink.FindStringSubmatch(m)
			if strings.EqualFold(g[1], g[2]) {
				return g[1]
			}
			return g[1] + " <" + g[2] + ">"
		})
		text = otherLink.ReplaceAllString(text, " <$1>")
	}
	if strings.Contains(text, "<http") {
		text = webLink.ReplaceAllString(text, "")
	}
	return text
}

// mayBeUnclean is a cheap test for the characters that invisible replaces.
func mayBeUnclean(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '\r':
			return true
		case 0xC2:
			if i+1 < len(text) && (text[i+1] == 0xA0 || text[i+1] == 0xAD) {
				return true
			}
		case 0xE2: // U+2000 to U+2FFF
			if i+2 < len(text) && (text[i+1] == 0x80 && (text[i+2] <= 0x8F || text[i+2] >= 0xA8) || text[i+1] == 0x81) {
				return true
			}
		case 0xEF:
			if strings.HasPrefix(text[i:], "\ufeff") {
				return true
			}
		}
	}
	return false
}
