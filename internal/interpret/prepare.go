package interpret

import "slices"

// The items of a sentence are put in order before they are weighed: numbers, ranges, denials and limits become what they mean of people.

// prepare turns ranges into the people they hold, "all three" into all, "not 2" into a refusal, and what cannot be so into doubt.
func (t *tongue) prepare(out, in []item, a *answer) []item {
	lines := a.lines
	last := func() *item { return &out[len(out)-1] }
	in = joinBids(t.joinParted(in))
	for i := 0; i < len(in); i++ {
		it := in[i]
		if it.is(firstTwoMark | lastOneMark | othersMark) {
			out = append(out, t.byPlace(a, in, it)...)
			continue
		}
		switch {
		case it.kind == unknownItem && it.is(themMark) && behindDecision(out) && (i+1 == len(in) || in[i+1].kind == breakItem):
			continue // "godkänner henne", "pode liberar o acesso dela"
		case it.is(meMark) && len(out) > 0 && last().kind == yesItem:
			it.kind = unsureItem // "lägg till mig"
		case it.kind == targetItem && !known(lines, it.number) && !(len(out) > 0 && last().kind == allItem):
			it.kind = unknownItem
		case it.kind == targetItem && len(out) > 0 && last().kind == allItem && !a.named(it):
			if it.number == len(lines) && !it.digits {
				continue // "all three"
			}
			it.kind = unsureItem
		case it.is(cardinalMark) && it.kind == targetItem && !a.named(it) && countsPeople(in, i):
			it.kind = unsureItem
			if it.number == len(lines) {
				it.kind = allItem // "los tres"
			}
		case it.kind == rejectItem && it.is(notMark) && !it.bare() && i+1 < len(in) && in[i+1].kind == allItem:
			it.kind = unsureItem // "I do not approve all of them": perhaps some
		case it.kind == butItem && len(out) > 1 && isDecision(*last()) && i+1 < len(in) && in[i+1].kind == targetItem && slices.ContainsFunc(out[:len(out)-1], isDecision):
			said := *last() // "I refuse 1 and 2, approve however 3"
			out = append(out[:len(out)-1], item{kind: breakItem}, said)
			continue
		case it.kind == bothItem:
			it.kind = allItem
			if len(lines) != 2 {
				it.kind = unsureItem
			}
		case (it.kind == toItem || t.to[it.text]) && len(out) > 0 && last().kind == targetItem && last().digits && i+1 < len(in) && in[i+1].kind == targetItem && in[i+1].digits:
			for n := last().number + 1; n < in[i+1].number; n++ {
				out = append(out, item{kind: targetItem, number: n, digits: true})
			}
			if in[i+1].number <= last().number {
				out = append(out, item{kind: unsureItem})
			}
			continue
		case it.kind == toItem, it.kind == withItem && it.number == honours && hasIdeograph(it.text) && (len(out) == 0 || last().kind != targetItem) && answersBehind(in[i+1:]):
			it.kind = unknownItem // "经理批准了": somebody else approves
		}
		out = append(out, it)
	}
	t.deniesAll(out, a)
	out = negations(out)
	if picksOnly(out) {
		out = slices.DeleteFunc(out, func(it item) bool { return it.kind == onlyItem })
	}
	return out
}

// picksOnly says whether a sentence approves nobody but some: "only 2 is approved", "I approve only Jane and refuse the others". Without a person it is a
// limit.
func picksOnly(items []item) bool {
	count := tallyOf(items)
	if count[onlyItem] == 0 || count[targetItem] == 0 || count[approveItem]+count[yesItem] != 1 || count[allItem]+count[exceptItem] > 0 {
		return false
	}
	besideTarget := func(i, step int) bool {
		for i += step; i >= 0 && i < len(items) && (items[i].kind == withItem || items[i].kind == andItem); i += step {
		}
		return i >= 0 && i < len(items) && items[i].kind == targetItem
	}
	for i := range items {
		if items[i].kind == rejectItem && !besideTarget(i, 1) && !besideTarget(i, -1) {
			return false
		}
	}
	return count[rejectItem] <= 1
}

// behindDecision says whether items end with an answer and small words.
func behindDecision(items []item) bool {
	for len(items) > 0 && items[len(items)-1].kind == withItem {
		items = items[:len(items)-1]
	}
	return len(items) > 0 && isDecision(items[len(items)-1])
}

func isDecision(it item) bool { return meaning[it.kind] != "" }

// countsPeople says whether the number word at i counts people instead of numbering one: "los tres", "godkänt för tre", but not "el número tres",
// "tres: sí" or "uno sí, tres no".
func countsPeople(items []item, i int) bool {
	if hasIdeograph(items[i].text) {
		return true // with a word that counts, "三个", "3名"
	}
	if i+1 < len(items) && (items[i+1].kind == colonItem || items[i+1].is(numberedMark)) {
		return false
	}
	if i > 0 && items[i-1].kind == withItem {
		return !items[i-1].is(numberedMark)
	}
	return !slices.ContainsFunc(items, func(it item) bool { return it.kind == targetItem && it.number != items[i].number })
}

// answersBehind says whether an answer follows, no mark in between.
func answersBehind(items []item) bool {
	i := slices.IndexFunc(items, func(it item) bool { return it.kind != withItem })
	return i >= 0 && meaning[items[i].kind] != ""
}

// named says whether an item is a form of the name of the person it stands for.
func (a *answer) named(it item) bool {
	return it.text != "" && !it.digits && slices.ContainsFunc(a.people, func(f nameForm) bool { return f.number == it.number && f.text == it.text })
}

// negations reads "approved 1 and 3, not 2", or "1 and 3 yes, 2 not", and takes the "but" away that only joins two answers.
func negations(items []item) []item {
	approved := false
	for i, it := range items {
		next := func(k int) itemKind {
			for k++; k < len(items); k++ {
				if items[k].kind != withItem {
					return items[k].kind
				}
			}
			return breakItem
		}
		switch it.kind {
		case approveItem, yesItem:
			approved = true
		case butItem:
			if k := next(i); i > 0 && items[i-1].kind == targetItem && (k == approveItem || k == yesItem || k == rejectItem) {
				items[i].kind = withItem // "2 however I refuse"
				continue
			}
			if k := next(i); approved && (k == notItem || k == rejectItem || k == targetItem) {
				items[i].kind = breakItem
			}
		case notItem:
			if approved && i > 1 && items[i-1].digits && items[i-2].kind == breakItem && (i+1 == len(items) || items[i+1].kind == breakItem) {
				items[i].kind = rejectItem // "1 en 3 akkoord, 2 niet"
				continue
			}
			if !approved || next(i) != targetItem {
				continue
			}
			targets, digits := 0, true
			for _, o := range items[i+1:] {
				if o.kind == approveItem || o.kind == yesItem || o.kind == rejectItem || o.kind == notItem {
					targets = 9
				}
				if o.kind == targetItem {
					targets++
					digits = digits && o.digits
				}
			}
			items[i].kind, items[i].ahead = unclearItem, true
			if targets == 1 && digits {
				items[i].kind = rejectItem
			}
		}
	}
	return items
}
