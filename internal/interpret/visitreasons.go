package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visitors are told of with what they come to do, and several of them in one sentence come to do the same.

// visitAim reads what a visitor comes to do, "um einen Switch zu tauschen": to replace or remove something there is no wish about people.
func visitAim(sc *scene) *string {
	if !comesHere(sc) && !sc.says(authorComes) {
		return nil
	}
	return aimBut(sc, func(whole, behind *passage) bool {
		return whole.says(words.Verbs.headsOf[AddUser], words.Verbs.headsOf[ResendInvitation], words.Verbs.of[ScheduleVisit].list, belongings, words.Invitation) || behind.says(words.Ask)
	})
}

// reasonOfVisitors is why all of several people come whom one sentence names side by side.
func (rd *reader) reasonOfVisitors(scenes []scene, people []person) *string {
	sc := &scenes[people[0].sent]
	for i := range people {
		if p := &people[i]; p.action != ScheduleVisit || p.sent != people[0].sent || i > 0 && !sideBySide(sc, people[i-1].to, p.at) {
			return nil
		}
	}
	p := person{action: ScheduleVisit}
	for _, find := range [...]func(*scene) *string{reasonSaid, purpose, aim, visitAim, comingTo, because, becauseOf, rd.behindWindow} {
		if v := find(sc); v != nil && !mentions(*v, ofOne) && !rd.givesNoReason(*v, p) && !rd.holdsWish(*v, p) && !besideThePoint(sc, *v, p) {
			return v
		}
	}
	return nil
}

// trimVisits takes days and times of day off the reasons of several visitors.
func (rd *reader) trimVisits(people []person) {
	for i := range people {
		if p := &people[i]; p.action == ScheduleVisit && p.reason != nil {
			p.reason = ptr(rd.withoutTimes(*p.reason))
		}
	}
}

// visitPurpose is what the visitor comes to do whom a part of a sentence begins with.
func (rd *reader) visitPurpose(part *scene) *string {
	for _, find := range [...]func(*scene) *string{reasonSaid, purpose, aim, visitAim, comingTo, rd.behindWindow} {
		if v := find(part); v != nil {
			return v
		}
	}
	return nil
}

// sideBySide says whether nothing but a conjunction, titles and companies stand between two names.
func sideBySide(sc *scene, from, to int) bool {
	return from >= to || onlyConjunction(sc, from, to) || !slices.ContainsFunc(sc.tokens[from:to], func(t token) bool {
		return t.kind == wordToken && (hasDigit(t.text) || !joins(&t) && !t.in(articles) && !t.in(personArticles) && !t.isTitle() && !startsUpper(t.text) && !t.in(ofVisitors) && !t.in(ofCompany))
	})
}

// tellsCompany says whether a clause only tells of whom visitors are: "both of North Cabling".
func tellsCompany(sc *scene, clause string) bool {
	p := sc.in.scan(clause)
	for i := 1; i < len(p.tokens) && i < 3; i++ {
		if end := max(p.starts(i, ofCompany), p.starts(i, ofVisitors)); end > 0 {
			return end < len(p.tokens) && !slices.ContainsFunc(p.tokens[end:], func(t token) bool { return t.kind == wordToken && !startsUpper(t.text) })
		}
	}
	return false
}

// behindTimes is the reason of a visit in a script without blanks from behind the day and the times that it begins with, "…12月8日9:00に
// スイッチ交換", and the words of coming behind those.
func (rd *reader) behindTimes(reason string) string {
	days, rest := daysIn(reason, rd.m.Date)
	end := 0
	for _, m := range append(timesIn(rest, days), days...) {
		end = max(end, m.to)
	}
	if end == 0 || !hasIdeograph(reason[end:]) {
		return reason
	}
	tail := reason[end:]
	for cut := true; cut; {
		cut = false
		for p := range timeParticles.runOn() {
			if rest, ok := strings.CutPrefix(tail, p); ok {
				tail, cut = strings.TrimLeft(rest, " 　、，,)）"), true
			}
		}
	}
	if utf8.RuneCountInString(tail) < minBehind || onlyVisit(tail) {
		return reason
	}
	return tail
}

// onlyVisit says whether a text in a script without blanks tells that somebody comes to us and nothing more.
func onlyVisit(text string) bool {
	for _, l := range [...]list{words.Verbs.of[ScheduleVisit].list, comes, sites} {
		for p := range l.runOn() {
			text = strings.ReplaceAll(text, p, "")
		}
	}
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) && !isHiragana(r) {
			letters++
		}
	}
	return letters < minBehind
}

// behindWindow is what stands behind the day and the times of day of a sentence in a script without blanks, where nobody is named there.
func (rd *reader) behindWindow(sc *scene) *string {
	if !hasIdeograph(sc.text) || !hasDigit(sc.text) {
		return nil
	}
	text := rd.behindTimes(sc.text)
	at := len(sc.text) - len(text)
	if at == 0 || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sc.tokens[n.to-1].end > at }) {
		return nil
	}
	if part := sc.in.scan(text); part.says(words.Ask) {
		return nil
	}
	return trimReason(text)
}

var timeParticles = cue("time_particles")
