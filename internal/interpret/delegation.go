package interpret

import (
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
	var found *string
	fields := strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	for i := 1; i < len(fields); i++ {
		weekday, ok := words.Weekdays[lower(fields[i])]
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
