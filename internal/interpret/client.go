package interpret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/message"
)

var forClient = regexp.MustCompile(`(?i)^(?:for|on behalf of|für|im namen von|pour|para)\s+(?:the |den |le |el )?(?:client|customer|kunden?|cliente)\s+["“„]?([^:,"”“]{1,100}?)["”“]?\s*(?:[:,]|$)`)

var forClientOpenings = openingsOf(slices.Values([]string{"for ", "on behalf of ", "für", "im namen von ", "pour ", "para "}))

// ForClient is the client that a mail says it is for, "For client Acme: …" at its beginning; empty if it does not.
func ForClient(m *message.Message) string {
	lines := 0
	for line := range strings.Lines(cut(m.Text, maxCommand)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !forClientOpenings.may(line) {
			if lines++; lines == 2 {
				break
			}
			continue
		}
		if g := forClient.FindStringSubmatch(line); g != nil {
			return strings.Join(strings.Fields(g[1]), " ")
		}
		if lines++; lines == 2 {
			break
		}
	}
	return ""
}
