package interpret

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Delegation is who decides for the author, and until when; or that they decide themselves again.
type Delegation struct {
	Name  *string `json:"name"`
	Email *string `json:"email"` // lower case
	Until *string `json:"until"` // the last day, as 2006-01-02
	End   bool    `json:"end"`
}

// endDelegation is no command of its own in a Reading: it is a form of delegate.
const endDelegation = "end_delegation"

// delegation reads the command delegate; nil without it.
func (rd *reader) delegation(commands []Command, own string) *Delegation {
	if !slices.ContainsFunc(commands, func(c Command) bool { return c.Name == "delegate" }) {
		return nil
	}
	if rd.ends {
		return &Delegation{End: true}
	}
	g := &Delegation{Until: lastDay(own, rd.m.Date)}
	scenes := rd.scenes(rd.body(own))
	for i := range scenes {
		for _, n := range scenes[i].names {
			if scenes[i].within(0, n.from, words.Not) {
				return g // "delegieren Sie meine Freigaben nicht an …": what is wanted is asked
			}
		}
	}
	if to := rd.handOver(own); to != nil {
		g.Name, g.Email = to.Name, to.Email
	}
	return g
}

// lastDay is the one day that text names, or the weekday behind a word like until; nil where that is not clear.
func lastDay(text string, sent time.Time) *string {
	days, rest := daysIn(text, sent)
	if len(days) > 1 || len(days) == 1 && days[0].day == "" {
		return nil
	}
	if len(days) == 1 {
		return &days[0].day
	}
	if day, named := yearlessDay(rest, sent); named {
		return day
	}
	var found *string
	fields := strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	for i := 1; i < len(fields); i++ {
		weekday, ok := words.Weekdays.get(lower(fields[i]))
		if !ok || len(fields[i]) < 4 || len(fields[i-1]) < 3 || !slices.Contains(words.Until, lower(fields[i-1])) {
			continue
		}
		ahead := (weekday - int(sent.Weekday()) + 7) % 7
		if found != nil || ahead == 0 || sent.IsZero() {
			return nil // two of them, or today's weekday: which one is meant?
		}
		day := sent.AddDate(0, 0, ahead).Format(dayLayout)
		found = &day
	}
	return found
}

var (
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(\p{L}{3,})`)
	monthDay = regexp.MustCompile(`(?i)(\p{L}{3,})\s+(\d{1,2})(?:st|nd|rd|th)?\b`)
)

// yearlessDay is the next day that text names by month and day alone, and whether it names any; nil where it names several.
func yearlessDay(text string, sent time.Time) (day *string, named bool) {
	dayFirst, monthFirst := dayMonth.FindAllStringSubmatch(text, -1), monthDay.FindAllStringSubmatch(text, -1)
	for i, g := range slices.Concat(dayFirst, monthFirst) {
		if i >= len(dayFirst) {
			g[1], g[2] = g[2], g[1]
		}
		month, n := monthOf(g[2]), atoi(g[1])
		if month == 0 {
			continue
		}
		if named || sent.IsZero() {
			return nil, true
		}
		named = true
		for year := sent.Year(); year <= sent.Year()+1 && day == nil; year++ {
			at := time.Date(year, time.Month(month), n, 0, 0, 0, 0, time.UTC)
			if found := at.Format(dayLayout); at.Day() == n && found >= sent.Format(dayLayout) {
				day = &found
			}
		}
	}
	return day, named
}

var standsIn = cue("stands_in")

// standIn reads a delegation that is told rather than ordered, "until Friday Bob decides for me": one sentence with one name and
// one day. Whose name it is, or whether it fits several, is not known here.
func (rd *reader) standIn(own string) *Delegation {
	if len(own) > maxCommand || strings.TrimSpace(own) == "" {
		return nil
	}
	var found *Delegation
	scenes := rd.scenes(rd.body(own))
	for i := range scenes {
		sc := &scenes[i]
		if !sc.says(standsIn) || sc.question || sc.says(words.Not, words.NotAWish, words.Doubt) {
			continue
		}
		g := Delegation{Until: lastDay(sc.text, rd.m.Date)}
		switch at := addressesIn(sc); {
		case len(sc.names) == 1 && len(at) <= 1:
			g.Name = ptr(sc.names[0].name)
		case len(sc.names) == 0 && len(at) == 0:
			g.Name = givenName(sc)
		}
		if at := addressesIn(sc); len(at) == 1 && g.Name != nil {
			g.Email = ptr(sc.tokens[at[0]].lower)
		}
		if found != nil || g.Until == nil || g.Name == nil {
			return nil
		}
		found = &g
	}
	return found
}

// givenName is the word in front of what says that somebody stands in, where it is written as a name; a given name that is a small
// word too belongs to it.
func givenName(sc *scene) *string {
	for i := 1; i < len(sc.tokens); i++ {
		if sc.starts(i, standsIn) == 0 {
			continue
		}
		t := sc.tokens[i-1]
		if t.kind != wordToken || !startsUpper(t.text) || t.in(words.NotNames) || !plainWord(t.text) {
			return nil
		}
		if i > 1 && sc.tokens[i-2].in(alsoNames) && startsUpper(sc.tokens[i-2].text) { // "Ben Okafor", at the beginning
			return ptr(sc.tokens[i-2].text + " " + t.text)
		}
		return &t.text
	}
	return nil
}
