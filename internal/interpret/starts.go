package interpret

import (
	"slices"
	"strings"
)

// What stands beside a decision and says of whom it is, or bounds nothing: when somebody starts, whom a sentence announces or greets.

// withoutStarts makes the days harmless on which somebody starts to work: "genehmigt, sie fängt am Montag an" limits nothing. What is told so of access, of
// nobody ("genehmigt, beginnt am Montag") or with other doubts, stays as it is.
func withoutStarts(items []item) []item {
	if !slices.ContainsFunc(items, func(it item) bool { return it.is(startMark | enterMark) }) {
		return items
	}
	for piece := range piecesOf(items) {
		if !startsWork(piece) {
			continue
		}
		for i := range piece {
			if piece[i].kind != targetItem && piece[i].kind != withItem {
				piece[i].kind = unknownItem
			}
		}
	}
	return items
}

// startsWork says whether a piece tells when somebody starts, and nothing else.
func startsWork(piece []item) bool {
	starts, who, enters := false, false, false
	for i := range piece {
		it := &piece[i]
		starts, who, enters = starts || it.is(startMark), who || it.is(whoMark) || it.kind == targetItem, enters || it.is(enterMark)
		switch it.kind {
		case unknownItem, withItem, targetItem, andItem:
		case ifItem, unsureItem, toItem:
			if !it.is(dayMark | startMark | enterMark) {
				return false
			}
		default:
			return false
		}
		if p := scan(it.text); p.says(belongings, evidentAccess) {
			return false
		}
	}
	return starts && who || enters
}

// joinTopics takes the mark away behind people whom a sentence announces: "Pour Raj, c'est non", "wat Raj betreft, nee". Without such a word they may
// be whom it is said to.
func joinTopics(items []item) []item {
	first := slices.IndexFunc(items, func(it item) bool { return it.is(topicMark) })
	at := slices.IndexFunc(items, func(it item) bool { return it.kind == breakItem })
	if first < 0 || at < 0 || first > at {
		return items
	}
	behind := tallyOf(items[at+1:])
	if behind[targetItem] > 0 || deciding(behind) == 0 {
		return items
	}
	topic := slices.DeleteFunc(slices.Clone(items[:at]), func(it item) bool { return it.is(topicMark) })
	count := tallyOf(topic)
	if count[targetItem] == 0 || count[targetItem]+count[withItem]+count[andItem] != len(topic) {
		return items
	}
	return append(topic, items[at+1:]...)
}

// callsAsked says whether own words greet somebody asked about, "Hello Jane, approved": nobody knows then of whom they speak.
func callsAsked(own string, lines []AskedLine) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(own), "\n")
	if !greets.mayInTokens(first) {
		return false
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(first, nil)
	from := p.starts(nextWord(p.tokens, -1), words.Greetings)
	if from == 0 {
		return false
	}
	to := from
	for to < len(p.tokens) && p.tokens[to].kind == wordToken {
		to++
	}
	return to-from <= maxCalled && len(targetsIn(p.tokens[from:to], lines, bookOf(nil), nil)) > 0
}

// maxCalled is how many words of a greeting name whom it is for.
const maxCalled = 3
