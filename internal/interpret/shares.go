package interpret

import (
	"cmp"
	"maps"
	"slices"
)

// single says whether a sentence has one approval, people behind a word of exception, and no other answer.
func single(items []item, count *tally) bool {
	return count[approveItem]+count[yesItem] == 1 && count[rejectItem]+count[unclearItem]+count[notItem]+count[unknownItem]+count[ifItem]+count[unsureItem] == 0
}

// excepted reads "approved, all except 3" and "3 excepted, all approved": whoever is excepted is refused or not yet decided.
func excepted(items []item, lines []AskedLine) outcome {
	at := slices.IndexFunc(items, func(it item) bool { return it.kind == exceptItem })
	o := outcome{each: map[int]Decision{}, strong: true}
	for _, l := range lines {
		o.each[l.Number] = Approve
	}
	inFront, behind := tallyOf(items[:at])[targetItem], tallyOf(items[at:])[targetItem]
	if (inFront > 0) == (behind > 0) || inFront > 0 && !rightInFront(items[:at], inFront) {
		return outcome{doubtful: true}
	}
	for _, it := range items {
		if it.kind == targetItem {
			delete(o.each, it.number)
			o.exempt = append(o.exempt, it.number)
		}
	}
	return o
}

// exceptedAndRefused reads "approved except Raj, whom I refuse" up to its mark.
func exceptedAndRefused(items []item, lines []AskedLine) outcome {
	o := excepted(items, lines)
	for _, n := range o.exempt {
		o.each[n] = Reject
	}
	return o
}

// lastBreak is where the last mark stands that something follows, -1 if none does.
func lastBreak(items []item) int {
	end := len(items)
	for end > 0 && items[end-1].kind == breakItem {
		end--
	}
	for end--; end >= 0 && items[end].kind != breakItem; end-- {
	}
	return end
}

// rightInFront says whether items end with so many people and nothing but small words among them.
func rightInFront(items []item, people int) bool {
	for k := len(items) - 1; k >= 0 && people > 0; k-- {
		switch items[k].kind {
		case targetItem:
			people--
		case andItem, withItem:
		default:
			return false
		}
	}
	return people == 0
}

var meaning = [colonItem + 1]Decision{approveItem: Approve, yesItem: Approve, rejectItem: Reject, unclearItem: Unclear}

// share gives everybody named in a sentence of nothing but answers, people and small words the answer that stands with them:
// all answers in front of their people, or all behind. A sentence that names nobody answers for all.
func share(items []item, count *tally) outcome {
	o := outcome{each: map[int]Decision{}, strong: count[approveItem]+count[rejectItem] > 0}
	seq := slices.DeleteFunc(slices.Clone(items), func(it item) bool {
		return meaning[it.kind] == "" && it.kind != targetItem && it.kind != breakItem
	})
	for len(seq) > 0 && seq[0].kind == breakItem {
		seq = seq[1:]
	}
	switch {
	case count[targetItem] == 0:
		for _, it := range seq {
			if d := meaning[it.kind]; d != "" && o.all == "" {
				o.all = d
			} else if d != "" && d != o.all {
				return outcome{doubtful: true}
			}
		}
		return o
	case count[allItem] > 0:
		return outcome{doubtful: true}
	case o.pieceByPiece(seq):
		return o
	case seq[0].kind == targetItem:
		return o.behind(seq)
	}
	return o.inFront(seq)
}

// give notes the answer for one person; two different ones are none.
func (o *outcome) give(n int, d Decision) {
	if old, ok := o.each[n]; ok && old != d {
		d = Unclear
	}
	o.each[n] = d
}

// pieceByPiece reads pieces between marks that each have one answer in front of their people or behind them: "I approve 1 and 2, 3 I refuse". It says
// whether there are several, of which each does.
func (o *outcome) pieceByPiece(seq []item) bool {
	each, pieces, inFront, behind := map[int]Decision{}, 0, 0, 0
	for piece := range piecesOf(seq) {
		count := tallyOf(piece)
		first, last := meaning[piece[0].kind], meaning[piece[len(piece)-1].kind]
		if deciding(count) != 1 || count[unclearItem] > 0 || len(piece) < 2 || first == "" && last == "" {
			return false
		}
		for _, it := range piece {
			if it.kind != targetItem {
				continue
			}
			if _, twice := each[it.number]; twice {
				return false
			}
			each[it.number] = Decision(cmp.Or(first, last))
		}
		if pieces++; first != "" {
			inFront++
		} else {
			behind++
		}
	}
	if pieces < 2 || inFront == 0 || behind == 0 {
		return false
	}
	maps.Copy(o.each, each)
	return true
}

// inFront reads "yes to 1 and 2, no to 3".
func (o outcome) inFront(seq []item) outcome {
	var cur, before Decision
	given, apart := 0, false
	for _, it := range seq {
		d := meaning[it.kind]
		if d != "" && given > 0 {
			before = cur
		}
		switch {
		case it.kind == breakItem:
			apart = given == 0
		case d != "" && cur != "" && given == 0 && d != cur:
			return outcome{doubtful: true}
		case d != "":
			cur, given, apart = d, 0, false
		case apart: // "no, 1 and 2 …"
			return outcome{doubtful: true}
		default:
			o.give(it.number, cur)
			given++
		}
	}
	if given == 0 && cur != before { // "fine for Jane, go ahead" says it twice
		return outcome{doubtful: true}
	}
	return o
}

// behind reads "1 and 2 yes, 3 no" and "1 and 3 yes, not 2".
func (o outcome) behind(seq []item) outcome {
	var waiting []int
	var before, ahead Decision
	apart := false
	for _, it := range seq {
		d := meaning[it.kind]
		switch {
		case it.kind == breakItem:
			apart = len(waiting) > 0 && !isDash(it.text) // "2 - refused" is one piece
		case it.kind == targetItem && ahead != "":
			o.give(it.number, ahead)
		case it.kind == targetItem:
			waiting, apart = append(waiting, it.number), false
		case it.ahead:
			for _, n := range waiting {
				o.give(n, Unclear)
			}
			waiting, ahead = nil, d
		case len(waiting) == 0 && d == before && ahead == "":
		case len(waiting) == 0, apart:
			return outcome{doubtful: true}
		default:
			for _, n := range waiting {
				o.give(n, d)
			}
			waiting, before, ahead = nil, d, ""
		}
	}
	for _, n := range waiting {
		o.give(n, Unclear)
	}
	return o
}

func isDash(s string) bool { return s == "-" || s == "–" || s == "—" }

// doubtOnSome is a sentence that begins with some of several people, and answers nothing: "with Jan I have to talk first".
func doubtOnSome(items []item, lines []AskedLine) (outcome, bool) {
	count := tallyOf(items)
	if count[allItem]+count[bothItem]+count[exceptItem]+count[toItem]+count[butItem]+count[onlyItem]+count[approveItem]+count[yesItem]+count[rejectItem] > 0 {
		return outcome{}, false
	}
	first := slices.IndexFunc(items, func(it item) bool { return it.kind != withItem && !(it.kind == unknownItem && it.familiar) })
	o := outcome{each: map[int]Decision{}, strong: true}
	for _, it := range items {
		if it.kind == targetItem {
			o.each[it.number] = Unclear
		}
	}
	return o, first >= 0 && items[first].kind == targetItem && len(o.each) < len(lines)
}

// aboutOne leaves the name of the only person asked about out of a sentence whose every piece answers: "fine, Jan may come in".
func aboutOne(items []item, lines []AskedLine) []item {
	if len(lines) != 1 {
		return items
	}
	for piece := range piecesOf(items) {
		if !slices.ContainsFunc(piece, func(it item) bool { return it.kind == approveItem || it.kind == yesItem }) {
			return items
		}
	}
	return slices.DeleteFunc(items, func(it item) bool { return it.kind == targetItem && !it.digits })
}
