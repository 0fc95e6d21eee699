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
	text = invisible.Replace(text)
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
