package interpret

import (
	"slices"
	"strings"
)

// partedWord is a word of an answer with a gap in which people stand: "lehne … ab", "op … na".
type partedWord struct {
	head string
	tail []string
	kind itemKind
}

func (a *answerWords) partedWords() (out []partedWord) {
	for kind, list := range map[itemKind][]string{approveItem: a.Parted.Approve, rejectItem: a.Parted.Reject, exceptItem: a.Parted.Except} {
		for _, p := range allSpellings(list) {
			head, tail, _ := strings.Cut(key(p), " * ")
			out = append(out, partedWord{head, strings.Fields(tail), kind})
		}
	}
	return out
}

// joinParted puts each such word in its head's place, where nothing but people and small words stands in the gap: "ich lehne alle drei ab".
func (t *tongue) joinParted(items []item) []item {
	for i := 0; i < len(items); i++ {
		for _, w := range t.parted {
			if items[i].text != w.head {
				continue
			}
			if end := gapEnd(items[i+1:], w.tail); end > 0 {
				end += i + 1
				joined := slices.Concat(items[:i], []item{{kind: w.kind, familiar: true, text: items[i].text}}, items[i+1:end])
				items = append(joined, items[end+len(w.tail):]...)
				break
			}
		}
	}
	return items
}

// gapEnd is where tail begins behind people and small words that items begin with, 0 if it does not.
func gapEnd(items []item, tail []string) int {
	people := 0
	for k := range items {
		if people > 0 && k+len(tail) <= len(items) && slices.EqualFunc(items[k:k+len(tail)], tail, func(it item, w string) bool { return it.text == w }) {
			return k
		}
		switch it := &items[k]; it.kind {
		case targetItem, allItem, bothItem:
			people++
		case withItem, andItem, toItem:
		case breakItem:
			if it.text != "," {
				return 0
			}
		case butItem:
			if k > 0 {
				return 0
			}
		case unknownItem:
			if !it.is(firstTwoMark | lastOneMark | othersMark) {
				return 0
			}
			people++
		default:
			return 0
		}
	}
	return 0
}

// byPlace are the people whom a phrase means by their place: the first two, the last one, or those whom the answer does not name. In a sentence that
// excepts somebody, the others are all.
func (t *tongue) byPlace(a *answer, in []item, phrase item) (out []item) {
	n := len(a.lines)
	put := func(numbers ...int) []item {
		for _, k := range numbers {
			out = append(out, item{kind: targetItem, number: k})
		}
		return out
	}
	unsure := []item{{kind: unsureItem}}
	switch {
	case n < 2:
		return unsure
	case phrase.is(lastOneMark):
		return put(a.lines[n-1].Number)
	case phrase.is(firstTwoMark):
		if n < 3 {
			return unsure
		}
		return put(a.lines[0].Number, a.lines[1].Number)
	case slices.ContainsFunc(in, func(it item) bool { return it.kind == exceptItem }):
		return []item{{kind: allItem}}
	}
	named := a.namedIn(t)
	for _, l := range a.lines {
		if !slices.Contains(named, l.Number) {
			put(l.Number)
		}
	}
	if len(out) == 0 || len(out) == n || t.countedIn(phrase.text) > 0 && t.countedIn(phrase.text) != len(out) {
		return unsure
	}
	return out
}

// countedIn is the number that a phrase counts people by, "the other two"; 0 if it does not.
func (t *tongue) countedIn(phrase string) int {
	for w := range strings.FieldsSeq(phrase) {
		switch p, n := t.at(w, 0); {
		case n < len(w):
		case p.kind == bothItem:
			return 2
		case p.marks&cardinalMark != 0:
			return int(p.num)
		}
	}
	return 0
}

// namedIn are the people whom an answer names, by number, name or place.
func (a *answer) namedIn(t *tongue) (out []int) {
	for _, s := range a.sentences {
		for _, it := range t.items(nil, s.text, a.lines, s.named) {
			switch {
			case it.kind == targetItem && !it.is(cardinalMark):
				out = append(out, it.number)
			case it.is(firstTwoMark) && len(a.lines) > 2:
				out = append(out, a.lines[0].Number, a.lines[1].Number)
			case it.is(lastOneMark):
				out = append(out, a.lines[len(a.lines)-1].Number)
			}
		}
	}
	return out
}
