package interpret

import (
	"slices"
	"strings"
)

// What a record has in fields of its own is no part of the reason: name and address of the bearer in front, the day and hour of a visit behind.

// withoutBearersAddress is a reason without the name it begins with, where the address of its bearer stands beside it:
// "Jane Doe (jane@acme.example) takes over the servers".
func (rd *reader) withoutBearersAddress(reason string, p person) string {
	if p.name == "" || !hasAddress(reason) {
		return reason
	}
	sc := rd.sceneOf(reason)
	i := 0
	if len(sc.tokens) > 1 && sc.tokens[0].in(personArticles) && partOfName(sc.tokens[1].text, p.name) {
		i++ // "A Jane Doe (…) é …"
	}
	for i < len(sc.tokens) && sc.tokens[i].kind == wordToken && (sc.tokens[i].isTitle() || partOfName(sc.tokens[i].text, p.name)) {
		i++
	}
	if i == 0 {
		return reason
	}
	seen := false
	for i < len(sc.tokens) && sc.tokens[i].kind != wordToken {
		seen = seen || sc.tokens[i].kind == addressToken
		i++
	}
	if rest := len(sc.tokens) - i; !seen || rest < 2 || hasAddress(sc.text[sc.tokens[i].start:]) || sc.tokens[i].in(whoWords) {
		return reason
	}
	return sc.text[sc.tokens[i].start:]
}

// holdsWish says whether a reason holds a role and the address of its bearer behind other words, and asks, or begins with the bearer and tells what is
// to be done: it is the wish itself.
func (rd *reader) holdsWish(reason string, p person) bool {
	if p.address == "" || !strings.Contains(lower(reason), lower(p.address)) {
		return false
	}
	if sc := rd.sceneOf(reason); len(sc.names) > 0 && sc.names[0].from <= 1 && p.action != "" && sc.saysVerb(words.Verbs.of[p.action]) {
		return true // "so that Jane Doe (jane@x.example) is added"
	}
	if !hasAddress(rd.withoutBearersAddress(reason, p)) {
		return false
	}
	sc := rd.sceneOf(reason)
	return len(sc.roles) > 0 && sc.says(words.Ask)
}

var aroundTimes = cue("around_times")

// minTimed is how many words of a reason stand at least beside the times that are taken off.
const minTimed = 3

// withoutTimes is the reason of a visit without the day and the times of day it ends with.
func (rd *reader) withoutTimes(reason string) string {
	if !hasDigit(reason) {
		return reason
	}
	if hasIdeograph(reason) {
		return rd.behindTimes(reason)
	}
	reason = rd.behindLeadingTimes(reason)
	sc := rd.sceneOf(reason)
	from := len(sc.tokens)
	for from > 0 && ofTimes(&sc.tokens[from-1]) {
		from--
	}
	for from < len(sc.tokens) && (sc.tokens[from].kind != wordToken || hasDigit(sc.tokens[from].text) && !elidedDay(&sc.tokens[from])) {
		from++ // "swap disk 4 on …"
	}
	if from < minTimed || from == len(sc.tokens) {
		return reason
	}
	tail := sc.text[sc.tokens[from].start:]
	days, rest := daysIn(tail, rd.m.Date)
	if len(days) == 0 && len(timesIn(rest, days)) == 0 && !slices.ContainsFunc(sc.tokens[from:], isWeekday) {
		return reason
	}
	return strings.TrimRight(sc.text[:sc.tokens[from].start], " ,;:–—-")
}

// behindLeadingTimes is the reason of a visit from behind the day and the times of day it begins with, where it tells of no coming: "8 Aralık 2026
// saat 9:00'da bir diski değiştirmek".
func (rd *reader) behindLeadingTimes(reason string) string {
	sc := rd.sceneOf(reason)
	to := 0
	for to < len(sc.tokens) && ofTimes(&sc.tokens[to]) {
		to++
	}
	if to == 0 || len(sc.tokens)-to < minTimed || sc.says(comes) {
		return reason
	}
	days, rest := daysIn(sc.text[:sc.tokens[to].start], rd.m.Date)
	if len(days) == 0 && len(timesIn(rest, days)) == 0 {
		return reason
	}
	return sc.text[sc.tokens[to].start:]
}

func isWeekday(t token) bool {
	_, ok := words.Weekdays.get(t.lower)
	return ok
}

// elidedDay says whether a token is a number behind an elided article, "l'8 dicembre".
func elidedDay(t *token) bool {
	i := strings.IndexAny(t.text, "'’")
	if i < 0 {
		return false
	}
	rest := strings.TrimLeft(t.text[i:], "'’")
	return rest != "" && isDigit(rest[0])
}

// ofTimes says whether a token can belong to a day or a time of day.
func ofTimes(t *token) bool {
	if t.kind != wordToken {
		return t.kind == markToken
	}
	return t.text[0] >= '0' && t.text[0] <= '9' || elidedDay(t) || t.in(aroundTimes) || isWeekday(*t) || words.month(withoutEnding(t.lower)) > 0
}
