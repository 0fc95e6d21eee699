package interpret

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	groupNouns  = cue("group_nouns")
	lineNumbers = cue("line_numbers")
	pairs       = cue("pairs")
	lastWords   = cue("last_words")
)

// Patterns of counted people and of numbers, from the words of all languages.
var countedOf, countedPeople, everybodyBy, numberOf, endsWithNumber, runOnAnswers, butAnswers *regexp.Regexp

// What stands in them: behind the blank of countedOf, behind that of countedPeople, at the beginning of numberOf.
var (
	ofThose      = openingsOf(slices.Values([]string{"of them", "of these", "of those"}))
	peopleNouns  *openings
	numberedLine *openings
	wholeList    *openings // of everybodyBy
)

func compileRewordings() {
	counts := make([]string, 0, len(words.Counts))
	for w := range words.Counts {
		counts = append(counts, w)
	}
	group := slices.Collect(groupNouns.phrases())
	everybodyBy = regexp.MustCompile(`(?i)\b` + oneOf(cue("everybody_said").phrases()) + `\b`)
	wholeList = openingsOf(firstWords(cue("everybody_said").phrases()))
	countedPeople = regexp.MustCompile(`\b\d ` + oneOf(cue("counted_people").phrases()) + `\b`)
	countedOf = regexp.MustCompile(`(?i)\b(?:the|all) (\d|` + oneOf(slices.Values(append(counts, group...))) + `) of (?:them|these|those)\b`)
	numberOf = regexp.MustCompile(`(?i)\b` + oneOf(lineNumbers.phrases()) + `\.?(?: ?(?:no|nr|number|num|#))?[.:]? ?(\d{1,2})\b`)
	endsWithNumber = regexp.MustCompile(`((?:,|&|\band|\bund) ?\d{1,2})\.[ \t]+(\pL)`)
	answering := `(?:` + strings.Join(slices.Concat(everywhere.Approve, everywhere.Reject), "|") + `)`
	runOnAnswers = regexp.MustCompile(`(?im)^([ \t]*` + answering + ` \d{1,2}(?:(?: ?, ?| ?& ?| and )\d{1,2})*) (` + answering + ` \d)`)
	butAnswers = regexp.MustCompile(`(?i)(\d),? but (` + answering + ` \d)`)
	peopleNouns, numberedLine = openingsOf(cue("counted_people").phrases()), openingsOf(lineNumbers.phrases())
}

// stopsBehindDigit says whether a digit, a stop and a blank stand in s.
func stopsBehindDigit(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] == '.' && isDigit(s[i-1]) && (s[i+1] == ' ' || s[i+1] == '\t') {
			return true
		}
	}
	return false
}

// answersApart sets answers apart that stand in front of whom they are about: "approve 1,3 reject 2", "I reject 1 and 2 but approve 3".
func answersApart(own string) string {
	if strings.Contains(own, " but ") {
		own = butAnswers.ReplaceAllString(own, "$1. $2")
	}
	return runOnAnswers.ReplaceAllString(own, "$1\n$2")
}

// reworded says of own words what they count in the words of the lists: "the pair of them" is both, "the whole list" is all, "Sl. No. 2" is number 2.
// A sentence that ends with a number of several ends there.
func reworded(own string, lines []AskedLine) string {
	digits := hasDigit(own)
	if len(lines) > 1 && wholeList.mayInTokens(own) {
		own = everybodyBy.ReplaceAllString(own, everybodyAsked.first())
	}
	if !digits && !strings.Contains(own, " of ") {
		return own
	}
	if ofThose.mayBehindBlank(own) {
		own = countedOf.ReplaceAllStringFunc(own, func(s string) string {
			w := strings.ToLower(countedOf.FindStringSubmatch(s)[1])
			n := words.Counts[w]
			if d := atoi(w); d > 0 {
				n = d
			}
			if n == 0 && groupNouns.holds(w) {
				n = len(lines)
				if pairs.holds(w) {
					n = 2
				}
			}
			if n != len(lines) || n < 2 {
				return s
			}
			return everybodyAsked.first()
		})
	}
	if !digits {
		return own
	}
	if numberedLine.mayInWords(own) {
		own = numberOf.ReplaceAllStringFunc(own, func(s string) string {
			n := numberOf.FindStringSubmatch(s)[1]
			if !known(lines, atoi(n)) {
				return s
			}
			return "number " + strconv.Itoa(atoi(n))
		})
	}
	if len(lines) > 1 {
		own = answersApart(own)
	}
	if !stopsBehindDigit(own) {
		return own
	}
	return endsWithNumber.ReplaceAllString(own, "$1\n$2")
}
