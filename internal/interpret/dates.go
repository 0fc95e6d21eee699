package interpret

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	isoDate   = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	dayFirst  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(\p{L}{3,10})\.?,?\s+(\d{4})\b`)
	monFirst  = regexp.MustCompile(`(?i)\b(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b`)
	clockSpan = regexp.MustCompile(`(?i)\b(\d{1,2})[:.](\d{2})(?:\s*(?:h|uhr))?\s*(?:to|until|till|bis|-|–|and)\s*(\d{1,2})[:.](\d{2})`)
	clock     = regexp.MustCompile(`\b(\d{1,2}):(\d{2})\b`)
)

// window reads when a visit starts and ends, as local time without a zone: only a date with its year and a clock time is
// clear enough; 02/03 is not.
func window(date, clockText string) (starts, ends *string) {
	text := date + " " + clockText
	days := map[string]bool{}
	for _, g := range isoDate.FindAllStringSubmatch(text, 4) {
		addDay(days, g[1], atoi(g[2]), g[3])
	}
	for _, g := range dayFirst.FindAllStringSubmatch(text, 4) {
		addDay(days, g[3], words.Months[strings.ToLower(g[2])], g[1])
	}
	for _, g := range monFirst.FindAllStringSubmatch(text, 4) {
		addDay(days, g[3], words.Months[strings.ToLower(g[1])], g[2])
	}
	if len(days) != 1 {
		return nil, nil
	}
	day := ""
	for d := range days {
		day = d
	}
	if g := clockSpan.FindStringSubmatch(text); g != nil {
		return at(day, g[1], g[2]), at(day, g[3], g[4])
	}
	if all := clock.FindAllStringSubmatch(text, 3); len(all) == 1 {
		return at(day, all[0][1], all[0][2]), nil
	}
	return nil, nil
}

func addDay(days map[string]bool, year string, month int, day string) {
	s := fmt.Sprintf("%s-%02d-%02d", year, month, atoi(day))
	if _, err := time.Parse("2006-01-02", s); err == nil {
		days[s] = true
	}
}

func at(day, hour, minute string) *string {
	h, m := atoi(hour), atoi(minute)
	if h > 23 || m > 59 {
		return nil
	}
	s := fmt.Sprintf("%sT%02d:%02d", day, h, m)
	return &s
}
