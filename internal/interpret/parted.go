package interpret

import (
	"slices"
	"strings"
)

// partedWord is a word of an answer with a gap in which people stand: "lehne … ab", "op … na".
type partedWord struct {
	head, tail []string
	kind       itemKind
}

func (a *answerWords) partedWords() (out []partedWord) {
	add := func(kind itemKind, list []string) {
		for _, p := range allSpellings(list) {
			head, tail, _ := strings.Cut(key(p), " * ")
			out = append(out, partedWord{strings.Fields(head), strings.Fields(tail), kind})
		}
	}
	add(approveItem, a.Parted.Approve)
	add(yesItem, a.Parted.Yes)
	add(rejectItem, a.Parted.Reject)
	add(exceptItem, a.Parted.Except)
	return out
}

// joinParted puts each such word in its head's place, where nothing but people and small words stands in the gap: "ich lehne alle drei ab". Of several
// with the same head the one counts that ends first: "ik keur 1 goed en 2 af".
func (t *tongue) joinParted(items []item) []item {
	for i := 0; i < len(items); i++ {
		var found *partedWord
		least := 0
		for k := range t.parted {
			w := &t.parted[k]
			if !beginWith(items[i:], w.head) {
				continue
			}
			if end := gapEnd(items[i+len(w.head):], w); end > 0 && (found == nil || end < least) {
				found, least = w, end
			}
		}
		if found == nil {
			continue
		}
		gap := i + len(found.head)
		joined := slices.Concat(items[:i], []item{{kind: found.kind, familiar: true, text: items[i].text}}, withoutThem(items[gap:gap+least]))
		items = append(joined, items[gap+least+len(found.tail):]...)
	}
	return items
}

// beginWith says whether items begin with these words.
func beginWith(items []item, words []string) bool {
	return len(items) >= len(words) && slices.EqualFunc(items[:len(words)], words, func(it item, w string) bool { return it.text == w })
}

// withoutThem are items without the pronouns for those asked about.
func withoutThem(items []item) []item {
	return slices.DeleteFunc(slices.Clone(items), func(it item) bool { return it.kind == unknownItem && it.is(themMark) })
}

// gapEnd is where the tail of a word begins behind people and small words that items begin with, 0 if it does not.
func gapEnd(items []item, w *partedWord) int {
	people, tail := 0, w.tail
	for k := range items {
		if (people > 0 || k > 0 && (w.kind == yesItem || w.kind == rejectItem)) && beginWith(items[k:], tail) {
			return k
		}
		switch it := &items[k]; it.kind {
		case targetItem, allItem, bothItem:
			people++
		case withItem, andItem, toItem:
			if it.is(meMark) {
				return 0
			}
		case breakItem:
			if it.text != "," {
				return 0
			}
		case butItem:
			if k > 0 {
				return 0
			}
		case unknownItem:
			if !it.is(firstTwoMark | lastOneMark | othersMark | themMark) {
				return 0
			}
			people++
		default:
			return 0
		}
	}
	return 0
}

// joinBids puts a yes in the place of words that ask for what was asked, or allow it, and the verb they ask for, and a no where it is denied.
func joinBids(items []item) []item {
	for i := 0; i < len(items); i++ {
		if !items[i].is(bidMark) {
			continue
		}
		kind := yesItem
		var people []item
	gap:
		for k := i + 1; k < len(items); k++ {
			switch it := items[k]; {
			case it.is(doesMark):
				behind := k + 1
				for behind < len(items) && (items[behind].kind == withItem || items[behind].is(themMark)) {
					behind++
				}
				items = slices.Concat(items[:i], []item{{kind: kind, familiar: true, text: it.text}}, people, withoutThem(items[k+1:behind]), items[behind:])
				break gap
			case it.is(meMark):
				break gap
			case it.kind == notItem:
				kind = rejectItem
			case it.kind == targetItem, it.kind == allItem, it.kind == bothItem, it.kind == andItem:
				if kind == rejectItem {
					break gap // "Bitte Jane und nicht Raj anlegen"
				}
				people = append(people, it)
			case it.kind != withItem && !it.is(themMark):
				break gap
			}
		}
	}
	return items
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
