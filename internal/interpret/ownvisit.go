package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// Whoever writes may be the visitor: "I will come on 8 December 2026 at 9:00 to replace a disk in our rack".

var (
	authorComes, authorWill = cue("author_comes"), cue("author_will")
	toCome, visitedPlaces   = cue("to_come"), cue("visited_places")
	comesOtherwise          = cue("comes_otherwise")
)

// ownVisit reads the visit of the author, where nobody else is named and the text tells where to and on what day.
func (rd *reader) ownVisit(scenes []scene, text string) []Request {
	all := &rd.prose(text).all
	if rd.inner || rd.sender == "" || !all.says(authorComes, authorWill) || !all.says(visitedPlaces) || all.says(otherVisits, notVisits, comesOtherwise) || rd.onlyAddress(text) != nil {
		return nil
	}
	others := func(sc scene) bool {
		return len(sc.names) > 0 || len(sc.roles) > 0 || sc.action != "" && sc.action != ScheduleVisit || sc.denied
	}
	at := slices.IndexFunc(scenes, func(sc scene) bool { return rd.authorIsComing(&sc) })
	if at < 0 || slices.ContainsFunc(scenes, others) {
		return nil
	}
	address := rd.sender
	q := Request{Action: ScheduleVisit, Email: &address, Roles: []string{}, Grants: []string{}}
	if name, ok := cleanName(rd.author); ok && wordCount(name) >= 2 {
		q.Name = &name
	}
	if q.Starts, q.Ends = window(text, rd.m.Date); q.Starts != nil && !rd.lies(*q.Starts) {
		return nil
	}
	q.Reason = rd.reasonFor(scenes, person{name: rd.author, action: ScheduleVisit})
	return []Request{q}
}

// authorIsComing says whether a sentence tells on what day its author comes, and nothing stands against it.
func (rd *reader) authorIsComing(sc *scene) bool {
	if !sc.says(authorComes) && !(sc.says(authorWill) && sc.says(toCome)) || sc.question && !sc.asks || sc.says(words.Not, words.Doubt, conditions, goneBy, withOthers) {
		return false
	}
	days, _ := daysIn(sc.text, rd.m.Date)
	return len(days) > 0 || namesDay(sc)
}

var withOthers = cue("with_others")

// namesDay says whether a sentence has a number and a month side by side: a day without its year.
func namesDay(sc *scene) bool {
	for i := range sc.tokens {
		if words.month(withoutEnding(sc.tokens[i].lower)) == 0 {
			continue
		}
		for _, k := range [...]int{i - 2, i - 1, i + 1} {
			if k >= 0 && k < len(sc.tokens) && isDayNumber(&sc.tokens[k]) && (k != i-2 || sc.tokens[i-1].kind == markToken || len(sc.tokens[i-1].text) <= 3) {
				return true
			}
		}
	}
	return hasIdeograph(sc.text) && dayOfMonth.MatchString(sc.text)
}

// isDayNumber says whether t begins with a number that a month may have as a day, "8", "8th", "fit-8".
func isDayNumber(t *token) bool {
	digits := strings.TrimLeftFunc(t.text, func(r rune) bool { return !unicode.IsDigit(r) })
	n := atoi(strings.TrimRightFunc(digits, func(r rune) bool { return !unicode.IsDigit(r) }))
	return t.kind == wordToken && n >= 1 && n <= 31
}
