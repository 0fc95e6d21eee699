package interpret

import (
	"slices"
	"strings"
)

// Refusals in other languages than English: those that deny all with one word, and the remarks beside one that put nothing off.

// answerMarks are the marks of the phrases of a language, by phrase as key writes it, without star.
type answerMarks map[string]mark

func (a *answerWords) marks() answerMarks {
	out := answerMarks{}
	for bit, list := range map[mark][]string{
		whenMark: a.When, mayMark: a.May, noneMark: a.None, notMark: a.Not, byMark: a.By, isMark: a.Is, givenMark: a.Given, subjectMark: a.Subject,
		cardinalMark: a.Cardinals, numberedMark: a.Numbered, firstTwoMark: a.FirstTwo, lastOneMark: a.LastOne, othersMark: a.Others, bidMark: a.Bids, doesMark: a.Does, themMark: a.Them, meMark: a.Me,
		startMark: a.Starts, whoMark: a.Who, enterMark: a.Enters, dayMark: a.Days, topicMark: a.Topics,
	} {
		for _, p := range allSpellings(list) {
			out[strings.TrimSuffix(key(p), "*")] |= bit
		}
	}
	return out
}

// of are the marks of a phrase: an answer denies that has a word which does.
func (m answerMarks) of(p string) mark {
	out := m[p]
	for w := range strings.FieldsSeq(p) {
		out |= m[w] & notMark
	}
	return out
}

func (it *item) is(m mark) bool { return it.marks&m != 0 }

// bare says whether a refusal is a mere denial: "no", "nie".
func (it *item) bare() bool {
	return it.kind == rejectItem && it.is(notMark) && !strings.Contains(it.text, " ")
}

// deniesAll reads a word that denies all beside an answer: "neither of the two is approved", "I do not approve any", and "no objection to
// either of them", where it denies nothing more.
func (t *tongue) deniesAll(items []item, a *answer) {
	for piece := range piecesOf(items) {
		at := slices.IndexFunc(piece, func(it item) bool { return it.kind == notItem && it.is(noneMark) })
		count := tallyOf(piece)
		if at < 0 {
			continue
		}
		if n := nextBehind(piece, at); n > 0 && piece[n].kind == targetItem && !piece[n].digits && !a.named(piece[n]) && piece[n].number == len(a.lines) {
			piece[n].kind = withItem // "neither of the two"
			count[targetItem]--
		}
		if count[notItem] > 1 && !t.concord || count[approveItem]+count[yesItem]+count[rejectItem] != 1 ||
			count[unknownItem]+count[ifItem]+count[unsureItem]+count[exceptItem]+count[onlyItem]+count[targetItem] > 0 {
			continue
		}
		answer := slices.IndexFunc(piece, func(it item) bool { return meaning[it.kind] != "" })
		switch it := &piece[answer]; {
		case it.kind == rejectItem && !it.is(notMark):
			continue // "I refuse none of them"
		case it.kind != rejectItem && it.is(notMark) && (answer > at-2 || !t.concord), it.kind == rejectItem && !t.concord:
			continue
		case it.kind != rejectItem && !it.is(notMark):
			it.kind = rejectItem
		}
		for i := range piece {
			if piece[i].kind == notItem {
				piece[i].kind = withItem
			}
		}
	}
}

// nextBehind is the first item behind the one at i that is no small word, 0 if there is none.
func nextBehind(items []item, i int) int {
	for i++; i < len(items); i++ {
		if items[i].kind != withItem {
			return i
		}
	}
	return 0
}

// remarkWords are how many words beside a time tell something of somebody: "his trial ends in December".
const remarkWords = 3

// excuses says whether a piece tells something beside a refusal of these people, and holds no answer, condition, doubt or delay.
func (t *tongue) excuses(piece []item, refused []int, lines []AskedLine) bool {
	count := tallyOf(piece)
	if count[unknownItem] == 0 || count[approveItem]+count[yesItem]+count[exceptItem]+count[toItem]+count[butItem]+count[unclearItem] > 0 {
		return false
	}
	if only := slices.IndexFunc(piece, func(it item) bool { return it.kind == onlyItem }); only == 0 || only > 0 && tallyOf(piece[only:])[targetItem] > 0 {
		return false // "only Raj"; "he is only a trainee" tells why
	}
	denied := count[notItem] > 0
	for i := range piece {
		denied = denied || piece[i].bare()
	}
	for i := range piece {
		switch it := &piece[i]; it.kind {
		case rejectItem:
			if !it.bare() {
				return false
			}
		case ifItem, unsureItem:
			told := it.is(mayMark) && denied || it.is(whenMark) && !denied && (count[unknownItem] >= remarkWords || count[unknownItem] > 1 && tellsOf(piece))
			if it.text == "?" || !told && (i > 0 || !t.because[it.text]) {
				return false
			}
		case targetItem:
			if len(lines) > 1 && !slices.Contains(refused, it.number) {
				return false
			}
		}
	}
	return true
}

// tellsOf says whether a piece speaks of somebody, or tells that they leave.
func tellsOf(piece []item) bool {
	var b strings.Builder
	for i := range piece {
		if it := &piece[i]; it.kind == targetItem || it.kind == unknownItem && it.familiar {
			return true
		}
		b.WriteString(piece[i].text + " ")
	}
	p := scan(b.String())
	return p.is(goneCue) || p.tokens[0].in(words.Pronouns)
}

var goneCue = cue("gone")

// refusesPlainly says whether a piece is a refusal and nothing else, and of whom. A mere "no" is one behind people and a colon: "2: no".
func refusesPlainly(piece []item) (people []int, plain bool) {
	colon := false
	for i := range piece {
		switch it := &piece[i]; it.kind {
		case rejectItem:
			plain = plain || !it.bare() || colon && len(people) > 0
		case targetItem:
			people = append(people, it.number)
		case colonItem:
			colon = true
		case withItem, andItem, allItem, bothItem:
		default:
			return nil, false
		}
	}
	return people, plain
}

// withoutExcuses takes the remarks out of a sentence that stand behind a plain refusal: "the second is refused, she has left".
func (t *tongue) withoutExcuses(items []item, lines []AskedLine) []item {
	if !slices.ContainsFunc(items, func(it item) bool { return it.kind == rejectItem }) {
		return items
	}
	var out, piece []item
	var refused []int
	plain := false
	end := func() {
		if len(piece) == 0 {
			return
		}
		if plain && t.excuses(piece, refused, lines) {
			piece = nil
			return
		}
		before := refused
		if refused, plain = refusesPlainly(piece); plain && len(refused) == 0 {
			refused = before // "2 - refused"
		}
		if plain && len(refused) == 0 {
			refused = numbersOf(lines)
		}
		out, piece = append(out, piece...), nil
	}
	for _, it := range items {
		switch {
		case it.kind == breakItem:
			end()
			if plain && len(out) > 0 && out[len(out)-1].kind == breakItem {
				continue
			}
			out = append(out, it)
			continue
		case t.because[it.text]:
			end()
		case it.kind == colonItem && len(piece) > 0:
			if people, refuses := refusesPlainly(piece); refuses && len(people) > 0 {
				end() // "the second is refused: she has left"
				out = append(out, item{kind: breakItem})
				continue
			}
		}
		piece = append(piece, it)
	}
	end()
	return out
}

// refusesWhoIsTold reads a refusal behind what is told of one person, "Raj hat uns verlassen, den bitte ablehnen", "Rajさんは退職しましたので却下します":
// it is of that person. written is the sentence.
func (t *tongue) refusesWhoIsTold(items []item, written string, lines []AskedLine) (outcome, bool) {
	at := slices.IndexFunc(items, func(it item) bool { return it.kind == rejectItem && !it.bare() })
	first := slices.IndexFunc(items, func(it item) bool { return it.kind != withItem })
	if at <= first || items[first].kind != targetItem || !t.onlyRefuses(items[at:]) {
		return outcome{}, false
	}
	from := at
	for from > first && (items[from-1].kind == withItem || items[from-1].is(themMark)) && !t.because[items[from-1].text] {
		from--
	}
	p := scan(written)
	gone := p.says(goneCue)
	if mark := &items[from-1]; mark.kind != breakItem && !t.because[mark.text] && !(gone && hasIdeograph(written)) {
		return outcome{}, false
	}
	told := false
	for piece := range piecesOf(items[first:from]) {
		if tallyOf(piece)[withItem] == len(piece) {
			continue
		}
		if !t.excuses(piece, []int{items[first].number}, lines) && !(gone && t.onlyTells(piece, items[first].number)) {
			return outcome{}, false
		}
		told = true
	}
	return outcome{each: map[int]Decision{items[first].number: Reject}, strong: true}, told
}

// onlyRefuses says whether items are a refusal of nobody in particular.
func (t *tongue) onlyRefuses(items []item) bool {
	return !slices.ContainsFunc(items, func(it item) bool {
		return it.kind != withItem && it.kind != breakItem && !it.is(themMark) && (it.kind != rejectItem || it.bare())
	})
}

// onlyTells says whether items have no answer, condition, question or doubt, times apart, and name nobody but person n.
func (t *tongue) onlyTells(items []item, n int) bool {
	return !slices.ContainsFunc(items, func(it item) bool {
		switch it.kind {
		case unknownItem, withItem, notItem, andItem:
			return false
		case targetItem:
			return it.number != n
		case rejectItem:
			return !it.bare()
		}
		return !it.is(whenMark)
	})
}

// excuse says whether a sentence only tells something that leaves refusals alone, and of whom it speaks.
func (t *tongue) excuse(items []item, written string, lines []AskedLine) (people []int, ok bool) {
	all := numbersOf(lines)
	p := scan(written)
	gone := p.says(goneCue)
	for i := range items {
		if items[i].kind == targetItem {
			people = append(people, items[i].number)
		}
	}
	found := false
	for piece := range piecesOf(items) {
		if tallyOf(piece)[withItem] == len(piece) {
			continue
		}
		if !t.excuses(piece, all, lines) && !(gone && len(people) > 0 && t.onlyTells(piece, people[0])) {
			return nil, false
		}
		found = true
	}
	return people, found && tallyOf(items)[butItem] == 0
}
