package interpret

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const dayLayout = "2006-01-02"

// mention is a piece of text that names a day or a time of day.
type mention struct {
	from, to int
	day      string // as 2006-01-02, "" for a time or a day that is not clear
	minutes  int    // since midnight, -1 where none is meant
}

// window reads when a visit starts and ends, as local time without a zone: only a day with its year and a clock time are clear
// enough; 02/03 is not. A day without year counts where its weekday and the day the mail was sent leave one year.
func window(text string, sent time.Time) (starts, ends *string) {
	if !strings.ContainsFunc(text, unicode.IsNumber) {
		return nil, nil
	}
	days, rest := daysIn(text, sent)
	times := timesIn(rest, days)
	if len(days) == 0 || slices.ContainsFunc(days, func(d mention) bool { return d.day == "" }) {
		return nil, nil
	}
	sameDay := !slices.ContainsFunc(days, func(d mention) bool { return d.day != days[0].day })
	switch {
	case sameDay && len(times) == 1:
		return at(days[0].day, times[0].minutes), nil
	case sameDay && len(times) == 2 && len(days) == 2 && inTurn(days, times),
		sameDay && len(times) == 2 && (spans(rest, times[0], times[1]) || ended(rest, times[0], times[1])):
		starts = at(days[0].day, times[0].minutes)
		if times[1].minutes > times[0].minutes {
			ends = at(days[0].day, times[1].minutes)
		}
		return starts, ends
	case len(days) == 2 && len(times) == 2 && days[0].day < days[1].day && inTurn(days, times):
		return at(days[0].day, times[0].minutes), at(days[1].day, times[1].minutes)
	}
	return nil, nil
}

// inTurn says whether two days have each their time: day, time, day, time, or each time in front of its day.
func inTurn(days, times []mention) bool {
	return days[0].to <= times[0].from && times[0].to <= days[1].from && days[1].to <= times[1].from ||
		times[0].to <= days[0].from && days[0].to <= times[1].from && times[1].to <= days[1].from
}

func at(day string, minutes int) *string {
	s := fmt.Sprintf("%sT%02d:%02d", day, minutes/60, minutes%60)
	return &s
}

var dayForms = []struct {
	re               *regexp.Regexp
	marks            string // of which a text has one that it matches
	year, month, day int
}{
	{regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})`), "-", 1, 2, 3},
	{regexp.MustCompile(`\b(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b`), "/.", 1, 2, 3},
	{regexp.MustCompile(`(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]`), "年년", 1, 2, 3},
	{regexp.MustCompile(`\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b`), ".", 3, 2, 1},
	{regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s+(?:of\s+|de\s+|d[’']|ta[’']\s*)?(\p{L}{3,12})\.?,?\s+(?:del?\s+)?(\d{4})\b`), "", 3, 2, 1},
	{regexp.MustCompile(`(?i)\b(\d{1,2})[-/](\p{L}{3,9})[-/](\d{4})\b`), "-/", 3, 2, 1},
	{regexp.MustCompile(`(?i)(?:^|[^\p{L}])(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b`), "", 3, 1, 2},
}

var (
	dayOfMonth    = regexp.MustCompile(`(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일號号](?:\s*[（(]?\s*(?:周|週|星期|礼拜|禮拜)?([日月火水木金土一二三四五六天일월화수목금토])(?:曜日?|요일)?\s*[）)]|\s*(?:周|週|星期)([日一二三四五六天]))?`)
	beforeWeekday = regexp.MustCompile(`(?i)(?:^|[^\p{N}.,:])(\d{1,2})(?:(?:st|nd|rd|th|er|º|ª|\.)?\s+(?:of\s+|de\s+|ta[’']\s*)?(\p{L}{3,12})(?:[’']\p{L}{1,3})?|\.\s?(\d{1,2})\.)(?:\s*[,(]\s*|\s+)(?:\p{L}{1,3}[\s-])?$`)
	numericDay    = regexp.MustCompile(`\b(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})\b`)
	yearless      = regexp.MustCompile(`(?i)^(\p{L}[\p{L}-]{1,12})\.?,?\s+(?:(?:the|den|dem|le|el|il|de|d[ií]a|el d[ií]a|o dia)\s+)?(?:(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s+(?:of\s+|de\s+|ta[’']\s*)?(\p{L}{3,12})|(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})\.\s?(\d{1,2})\.)(?:[^\p{L}\p{N}]|$)`)
)

// daysIn finds the days that text names, in order, and returns the text with blanks in their place. A day that is written but not
// clear has no value.
func daysIn(text string, sent time.Time) ([]mention, string) {
	var out []mention
	take := func(from, to int, day string) {
		out = append(out, mention{from: from, to: to, day: day, minutes: -1})
		text = text[:from] + strings.Repeat(" ", to-from) + text[to:]
	}
	dated := hasYear(text)
	for _, form := range dayForms {
		if !dated {
			break
		}
		if form.marks != "" && !strings.ContainsAny(text, form.marks) {
			continue
		}
		for _, g := range submatches(form.re, text) {
			if day, ok := dayOf(g.at(form.year), g.at(form.month), g.at(form.day)); ok {
				take(g.from, g.to, day)
			}
		}
	}
	var numeric []groups
	if strings.ContainsAny(text, "/-") {
		numeric = submatches(numericDay, text)
	}
	for _, g := range numeric { // clear only where one number is no month
		a, b := atoi(g.at(1)), atoi(g.at(2))
		day := ""
		if len(g.at(3)) == 4 && a > 12 != (b > 12) {
			if a < b {
				a, b = b, a
			}
			day, _ = dayOf(g.at(3), number(b), number(a))
		} else if len(g.at(3)) == 4 && a == b {
			day, _ = dayOf(g.at(3), number(a), number(a))
		}
		take(g.from, g.to, day)
	}
	if strings.Contains(text, "月") || strings.Contains(text, "월") {
		for _, g := range submatches(dayOfMonth, text) {
			day := ""
			if weekday, ok := words.Weekdays.get(firstOf(g.at(3), g.at(4))); ok {
				day = dayWithWeekday(time.Weekday(weekday), g.at(1), g.at(2), sent)
			}
			take(g.from, g.to, day)
		}
	}
	for at, weekday := range weekdaysIn(text) {
		behind := cut(text[at:], maxYearless)
		g := yearless.FindStringSubmatchIndex(behind)
		if g == nil {
			continue
		}
		piece := func(i int) string { return behind[max(g[2*i], 0):max(g[2*i+1], 0)] }
		month, day := firstOf(piece(3), piece(4), piece(7)), firstOf(piece(2), piece(5), piece(6))
		if monthOf(month) > 0 {
			take(at, at+g[1], dayWithWeekday(weekday, month, day, sent))
		}
	}
	for at, weekday := range weekdaysIn(text) { // "8 December (Tuesday)", "8 Aralık Salı"
		from := max(0, at-maxYearless)
		for !utf8.RuneStart(text[from]) {
			from++
		}
		g := beforeWeekday.FindStringSubmatch(text[from:at])
		if g == nil || monthOf(firstOf(g[2], g[3])) == 0 {
			continue
		}
		if day := dayWithWeekday(weekday, firstOf(g[2], g[3]), g[1], sent); day != "" {
			take(at-len(strings.TrimLeftFunc(g[0], notDigit)), at, day)
		}
	}
	return byPlace(out), text
}

func notDigit(r rune) bool { return !unicode.IsDigit(r) }

// hasYear says whether text has four ASCII digits in a row, as every one of dayForms.
func hasYear(text string) bool {
	n := 0
	for i := 0; i < len(text) && n < 4; i++ {
		if n++; !isDigit(text[i]) {
			n = 0
		}
	}
	return n == 4
}

func byPlace(out []mention) []mention {
	slices.SortFunc(out, func(a, b mention) int { return a.from - b.from })
	return out
}

// groups are the submatches of one match and where it stands.
type groups struct {
	texts    []string
	from, to int
}

func (g groups) at(i int) string { return g.texts[i] }

// submatches finds up to 24 matches, each of which has a digit.
func submatches(re *regexp.Regexp, text string) []groups {
	var out []groups
	from, to := aroundDigits(text)
	text, before := text[from:to], from
	for _, at := range re.FindAllStringSubmatchIndex(text, 24) {
		g := groups{from: before + at[0], to: before + at[1]}
		for i := 0; i < len(at); i += 2 {
			s := ""
			if at[i] >= 0 {
				s = text[at[i]:at[i+1]]
			}
			g.texts = append(g.texts, s)
		}
		out = append(out, g)
	}
	return out
}

// aroundDigits is the part of text from the fifth word in front of its first digit to the fifth behind its last: the names of days
// and months, and what stands between them and their numbers.
func aroundDigits(text string) (from, to int) {
	first := strings.IndexFunc(text, unicode.IsNumber)
	if first < 0 {
		return 0, 0
	}
	for n := 0; first > 0 && n < 5; n++ {
		first = strings.LastIndexFunc(strings.TrimRightFunc(text[:first], unicode.IsSpace), unicode.IsSpace) + 1
		if first > 0 {
			_, size := utf8.DecodeRuneInString(text[first-1:])
			first += size - 1
		}
	}
	to = strings.LastIndexFunc(text, unicode.IsNumber)
	for n := 0; to < len(text) && n < 6; n++ {
		rest := strings.TrimLeftFunc(text[to:], unicode.IsSpace)
		to = len(text) - len(rest)
		if next := strings.IndexFunc(rest, unicode.IsSpace); next >= 0 {
			to += next
		} else {
			to = len(text)
		}
	}
	return first, to
}

// maxYearless bounds what a day without its year is written with.
const maxYearless = 120

// weekdaysIn are the days of the week that text names as words, and where.
func weekdaysIn(text string) iter.Seq2[int, time.Weekday] {
	return func(yield func(int, time.Weekday) bool) {
		for from, next := 0, 0; from < len(text); from = next {
			end := from
			for i, r := range text[from:] {
				if next = from + i + utf8.RuneLen(r); !unicode.IsLetter(r) {
					break
				}
				end = next
			}
			day, ok := words.Weekdays.get(lower(text[from:end]))
			if rest, hyphen := strings.CutPrefix(text[end:], "-"); !ok && hyphen { // "terça-feira"
				day, ok = words.Weekdays.get(lower(text[from : len(text)-len(strings.TrimLeftFunc(rest, unicode.IsLetter))]))
			}
			if ok && !yield(from, time.Weekday(day)) {
				return
			}
		}
	}
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// monthOf reads a month's name or number, 0 if it is none.
func monthOf(s string) time.Month {
	if m := words.month(lower(s)); m > 0 {
		return time.Month(m)
	}
	if n := atoi(s); n >= 1 && n <= 12 {
		return time.Month(n)
	}
	return 0
}

func dayOf(year, month, day string) (string, bool) {
	s := fmt.Sprintf("%s-%02d-%02d", year, monthOf(month), atoi(day))
	_, err := time.Parse(dayLayout, s)
	return s, err == nil
}

// dayWithWeekday finds the one day of the eleven months from when the mail was sent that has this month, day and weekday.
func dayWithWeekday(weekday time.Weekday, month, day string, sent time.Time) string {
	if sent.IsZero() {
		return ""
	}
	found := ""
	for year := sent.Year(); year <= sent.Year()+1; year++ {
		s, ok := dayOf(number(year), month, day)
		if !ok {
			continue
		}
		d, _ := time.Parse(dayLayout, s)
		if d.Weekday() == weekday && !d.Before(sent.AddDate(0, 0, -1)) && d.Before(sent.AddDate(0, 11, 0)) {
			if found != "" {
				return ""
			}
			found = s
		}
	}
	return found
}

var (
	clockForm = regexp.MustCompile(`(?i)(?:(午前|午後|上午|下午|오전|오후)\s*)?(?:\b|T)(\d{1,2})(?::(\d{2})(?::\d{2})?|[.](\d{2})|h(\d{2})|[時点點시]\s*(?:(\d{1,2})\s*[分분])?)?\s*(a\.?m\b\.?|p\.?m\b\.?|uhr|hrs?\b|hours\b|uur\b|o'clock|h\b|час\S*|ч\b|時|点|點|시)?`)
	halfDay   = regexp.MustCompile(`^[apAP]`)
)

// clockMark is a time of day as written.
type clockMark struct {
	mention
	unit    string // am, pm, or another mark of hours
	minuted bool   // has minutes behind a colon
	dotted  bool
	clocked bool // its unit is only a word in front of it, "kl."
}

// lone says whether a time is a number and nothing else.
func (c clockMark) lone() bool { return c.unit == "" && !c.minuted && !c.dotted }

// timesIn finds the times of day in text, in order. A lone number is an hour only where a time with a unit ends its span, "9-17 Uhr", or two of
// them stand behind one of days.
func timesIn(text string, days []mention) []mention {
	var all []clockMark
	for _, g := range submatches(clockForm, text) {
		c := clockMark{mention: mention{from: g.from, to: g.to}, unit: unitOf(g)}
		hour := atoi(g.at(2))
		minute := atoi(firstOf(g.at(3), g.at(4), g.at(5), g.at(6)))
		c.minuted, c.dotted = g.at(3)+g.at(5)+g.at(6) != "", g.at(4) != ""
		if c.minutes = minutesOf(hour, minute, c.unit); c.minutes < 0 {
			continue
		}
		if c.unit == "" && !c.minuted && clockBefore(text[:g.from]) {
			c.unit, c.clocked = "h", true
		}
		if k := len(all) - 1; k >= 0 && all[k].unit == "pm" && c.unit == "h" && c.minutes+halfDayLong > all[k].minutes && c.minutes < halfDayLong && spans(text, all[k].mention, c.mention) {
			c.minutes += halfDayLong // "오후 2시부터 4시까지"
		}
		all = append(all, c)
	}
	hourSpans(text, days, all)
	var out []mention
	for i := range all {
		c := all[i]
		if c.unit == "" && !c.minuted && i+1 < len(all) && spans(text, c.mention, all[i+1].mention) {
			next := all[i+1]
			switch {
			case next.unit == "am" || next.unit == "pm":
				if c.minutes = halfDayOf(c.minutes, next); c.minutes < 0 {
					return nil
				}
				c.minuted = true
			case next.unit != "", c.dotted && next.dotted:
				c.minuted = true
			}
		}
		if i > 0 && c.dotted && c.unit == "" && all[i-1].dotted && spans(text, all[i-1].mention, c.mention) {
			c.minuted = true
		}
		if c.unit != "" || c.minuted {
			out = append(out, c.mention)
		}
	}
	return out
}

// firstHour is the first hour that a lone number can be: "1 to 3" is rather in the afternoon.
const firstHour = 7 * 60

// hourSpans marks the lone numbers that are hours: two that a word such as "to" joins right behind a day, "on 8 December from 9 to 12", and
// one so joined to a time that only a word in front shows, "kl. 9 till 12".
func hourSpans(text string, days []mention, all []clockMark) {
	for i := 0; i+1 < len(all); i++ {
		a, b := &all[i], &all[i+1]
		if !a.lone() && !a.clocked || !b.lone() || a.minutes < firstHour || a.minutes >= b.minutes || !spans(text, a.mention, b.mention) {
			continue
		}
		if lead, ok := behindDay(text, days, a.from); ok && (lead != "" || endsAt(text, b.to)) || a.clocked && endsAt(text, b.to) {
			a.minuted, b.minuted = true, true
		}
	}
}

// behindDay says whether one of days stands right in front of byte at, and the words between them, which lead to a time of day.
func behindDay(text string, days []mention, at int) (lead string, ok bool) {
	for _, d := range days {
		if d.day == "" || d.to > at || at-d.to > maxUntil {
			continue
		}
		lead = strings.Trim(text[d.to:at], " ,.()\n\r")
		if !slices.ContainsFunc(strings.Fields(lead), notClockLead) {
			return lead, true
		}
	}
	return "", false
}

var clockLeads = cue("clock_leads")

// notClockLead says whether a word cannot stand between a day and a time of day.
func notClockLead(word string) bool {
	word = strings.Trim(lower(word), ".,()")
	_, weekday := words.Weekdays.get(word)
	return word != "" && !weekday && !clockLeads.holds(word) && !clockWords.holds(word)
}

// endsAt says whether nothing but the end of a sentence or line stands at byte at of text.
func endsAt(text string, at int) bool {
	rest := strings.TrimLeft(text[at:], " \t")
	return rest == "" || strings.ContainsAny(rest[:1], ".,;)\r\n")
}

const halfDayLong = 12 * 60

// clockBefore says whether text ends with a word that stands in front of times of day, "kl.", "godz.".
func clockBefore(text string) bool {
	text = strings.TrimRight(text, " .")
	return clockWords.holds(lower(text[strings.LastIndexByte(text, ' ')+1:]))
}

var clockWords = cue("clock")

func unitOf(g groups) string {
	u := strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(g.at(7), "."), ".", ""))
	switch {
	case has([]string{"午前", "上午", "오전"}, g.at(1)):
		return "am"
	case has([]string{"午後", "下午", "오후"}, g.at(1)):
		return "pm"
	case halfDay.MatchString(u):
		return u
	case u != "", g.at(5)+g.at(6) != "", strings.ContainsAny(g.at(0), "時点點시"):
		return "h"
	}
	return ""
}

// minutesOf returns minutes since midnight, -1 for what is no time.
func minutesOf(hour, minute int, unit string) int {
	half := unit == "am" || unit == "pm"
	if hour > 23 || minute > 59 || half && hour > 12 {
		return -1
	}
	if half {
		hour %= 12
		if unit == "pm" {
			hour += 12
		}
	}
	return hour*60 + minute
}

// halfDayOf gives the first hour of "9-11 am" or "9 to 5 pm" its half of the day: that of the second, or
// the morning. -1 if that is not clear.
func halfDayOf(minutes int, next clockMark) int {
	if same := minutesOf(minutes/60, minutes%60, next.unit); same >= 0 && same < next.minutes {
		return same
	}
	if next.unit == "am" {
		return -1 // "10-2 am" may begin in the evening
	}
	return minutes
}

var doneBy = cue("done_by")

// maxUntil bounds the text between the two times of a visit.
const maxUntil = 60

// ended says whether a second time is when a visit is to end: "at 8 and should be done by 11".
func ended(text string, a, b mention) bool {
	if a.to > b.from || b.from-a.to > maxUntil || a.minutes >= b.minutes {
		return false
	}
	between := text[a.to:b.from]
	return !strings.ContainsAny(between, "?;") && mentions(between, doneBy)
}

// spans says whether nothing but a word such as "to" stands between two times.
func spans(text string, a, b mention) bool {
	if a.to > b.from {
		return false
	}
	return has(words.Until, lower(strings.TrimSpace(text[a.to:b.from])))
}
