package interpret

import (
	"regexp"
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// What staff add to an approval: the client's people who decide about security or costs are asked before it counts.
const (
	AddsSecurity = "security_impact"
	AddsCharge   = "charge_impact"
)

// added is +security or +charge as a word of its own. The words are commands, the same in every language.
var added = regexp.MustCompile(`(?i)(^|[\s,;:(])\+[ \t]?(security|charge)\b[.,;)]?`)

// takeAdds cuts what is added out of the own words of an answer, so that the rest can be read as the answer.
func takeAdds(own string) (rest string, adds []string) {
	if !strings.Contains(own, "+") {
		return own, nil
	}
	rest = added.ReplaceAllStringFunc(own, func(s string) string {
		what := AddsCharge
		if strings.Contains(strings.ToLower(s), "security") {
			what = AddsSecurity
		}
		if !slices.Contains(adds, what) {
			adds = append(adds, what)
		}
		return added.ReplaceAllString(s, "$1")
	})
	slices.Sort(adds)
	return rest, adds
}

// withoutAdds takes what is added out of all own words of an answer.
func withoutAdds(parts replytext.Parts) (replytext.Parts, []string) {
	var adds []string
	parts.Own, adds = takeAdds(parts.Own)
	parts.Interleaved = slices.Clone(parts.Interleaved)
	for i := range parts.Interleaved {
		parts.Interleaved[i].Own, _ = takeAdds(parts.Interleaved[i].Own)
	}
	return parts, adds
}

// addsBare is a line of few words that begins or ends with one of these words without its plus: "APPROVE security", "approve,
// charge". What is meant is not sure, and taking it for a plain approval would leave out those who were to be asked.
var addsBare = regexp.MustCompile(`(?i)^\W*(?:(?:[^\s]+\s+){0,4}(?:security|charges?)|(?:security|charges?)\b\S*(?:\s+[^\s]+){0,4})\W*$`)

// bareWords begin those words, each at the beginning of a word.
var bareWords = openingsOf(slices.Values([]string{"security", "charge", "charges"}))

// unsureOfAdds makes approvals unclear where such a line approves: alone is what says whether a text does.
func unsureOfAdds(d map[string]Decision, parts replytext.Parts, alone func(replytext.Parts) map[string]Decision) {
	if !approves(d) {
		return
	}
	own := []string{parts.Own}
	for _, a := range parts.Interleaved {
		own = append(own, a.Own)
	}
	for line := range strings.Lines(strings.Join(own, "\n")) {
		if len(line) > maxFirstLine || !bareWords.mayInWords(line) || !addsBare.MatchString(line) || !approves(alone(replytext.Parts{Own: line})) {
			continue
		}
		withdraw(d, Approve)
		return
	}
}
