package interpret

import (
	"slices"
	"strings"
)

// forPicked leaves the decision on everybody to whom an answer names in particular, if it names some apart from the decision: "APPROVE", and "1" on
// the next line, or "Jane's request: approved".
func forPicked(d map[string]Decision, own string, lines []AskedLine) map[string]Decision {
	all, ok := d[Everything]
	if !ok || all == Unclear || len(lines) == 1 && !hasDigit(own) {
		return d
	}
	a := newAnswer(spellOrdinals(strings.TrimPrefix(strings.TrimSpace(own), "+1"), lines), lines)
	tongues := a.knowMost()
	if len(tongues) == 0 {
		tongues = answers[:1]
	}
	for _, t := range tongues {
		picked, spoken := a.picked(t)
		if !picked || len(spoken) == len(lines) {
			continue
		}
		out := map[string]Decision{}
		for _, l := range lines {
			if out[number(l.Number)] = all; !containsInt(spoken, l.Number) {
				out[number(l.Number)] = Unclear
			}
		}
		return out
	}
	return d
}

// withoutDenied makes those unclear whom a piece of its own denies, refuses or excepts, though another one approves all: "Approved. Not Jane.",
// "approve everybody, no: 1".
func withoutDenied(d map[string]Decision, own string, lines []AskedLine) map[string]Decision {
	if len(lines) < 2 || !approves(d) {
		return d
	}
	a := newAnswer(spellOrdinals(own, lines), lines)
	denied := a.deniedInEnglish()
	for _, t := range a.knowMost() {
		for i := range a.sentences {
			for piece := range piecesOf(t.prepare(nil, a.itemsOf(t, i), a)) {
				denied = append(denied, deniedIn(piece)...)
			}
		}
	}
	if len(denied) == 0 {
		return d
	}
	out := map[string]Decision{}
	for _, l := range lines {
		key := number(l.Number)
		if out[key] = of(d, key); out[key] == Approve && containsInt(denied, l.Number) {
			out[key] = Unclear
		}
	}
	return out
}

// deniedIn are those whom a piece denies: the people behind a denial, or in front of it where nobody stands behind. Beside an approval it must stand
// right in front of them.
func deniedIn(piece []item) []int {
	denies := func(it item) bool {
		return it.kind == rejectItem || it.kind == notItem || it.kind == exceptItem || it.kind == unclearItem
	}
	at := slices.IndexFunc(piece, denies)
	if at < 0 {
		return nil
	}
	count := tallyOf(piece)
	approved := count[approveItem]+count[yesItem] > 0
	var inFront, behind []int
	for i, it := range piece {
		switch {
		case it.kind != targetItem || approved && (i == 0 || !denies(piece[i-1])):
		case i < at:
			inFront = append(inFront, it.number)
		default:
			behind = append(behind, it.number)
		}
	}
	if len(behind) > 0 {
		return behind
	}
	return inFront
}

// deniedInEnglish are the people whom a piece names that begins with a denial, a refusal or an exception and holds nothing else.
func (a *answer) deniedInEnglish() []int {
	var out []int
	s := &spelling{asides: asidesOf(a.lines, bookOf(nil))}
	for _, line := range answerLines(spellOrdinals(a.own, a.lines)) {
		toks := tokenize(line)
		for from := 0; from < len(toks); {
			to := from
			for to < len(toks) && (toks[to].kind != markToken || toks[to].text == ":" || toks[to].text == "#") {
				to++
			}
			p := passage{tokens: withoutMarks(toks[from:to])}
			from = to + 1
			p.search(nil)
			d := &words.Decide
			for _, l := range []list{d.BareNot, d.No, d.Reject, d.Except} {
				for begin := range min(len(p.tokens), 2) {
					if end := p.starts(begin, l); end > 0 && (begin == 0 || p.tokens[0].in(d.Joins) || p.tokens[0].in(butWord)) && s.onlyPeople(p.tokens[end:]) {
						out = append(out, targetsIn(p.tokens[end:], a.lines, s.roles, nil)...)
					}
				}
			}
		}
	}
	return out
}

// picked says whether a piece between marks names somebody and holds nothing else which t does not know to change nothing, or stands in front of the
// decision of its sentence, and whom such pieces and those with a decision name. Nobody is picked where everybody is meant.
func (a *answer) picked(t *tongue) (picked bool, spoken []int) {
	for i := range a.sentences {
		items := t.prepare(nil, a.itemsOf(t, i), a)
		if slices.ContainsFunc(items, func(it item) bool { return it.digits && it.number > maxCounted }) {
			continue // a telephone, a date
		}
		ahead := deciding(tallyOf(items)) > 0
		for piece := range piecesBetween(items) {
			count := tallyOf(piece)
			if count[allItem]+count[exceptItem] > 0 {
				return false, nil
			}
			decides := deciding(count) > 0
			ahead = ahead && !decides
			others := 0 // numbers of nobody
			for _, it := range piece {
				if it.kind == unknownItem && it.digits {
					others++
				}
			}
			named := count[targetItem] + others
			joints := len(piece) - named - count[withItem] - count[andItem] // "1+2", "Jane / Raj"
			picks := ahead || named > 0 && joints < named && joints <= count[unknownItem]-others
			picked = picked || picks && others > 0
			for _, it := range piece {
				if it.kind != targetItem || !picks && !decides && count[notItem] == 0 {
					continue
				}
				picked = picked || picks
				if !containsInt(spoken, it.number) {
					spoken = append(spoken, it.number)
				}
			}
		}
	}
	return picked, spoken
}

// maxCounted is the highest number that may count people.
const maxCounted = 99

// addressesOther says whether a short sentence, "APPROVE jane@acme.example", holds an address that is neither of somebody asked about nor the author's.
func addressesOther(own string, lines []AskedLine, author string) bool {
	if strings.IndexByte(own, '@') < 0 {
		return false
	}
	found := false
	eachSentence(own, func(text string) {
		other, others := false, 0
		for _, t := range tokenize(text) {
			switch {
			case t.kind == wordToken:
				others++
			case t.kind == addressToken && !strings.EqualFold(t.text, author):
				other = other || !slices.ContainsFunc(lines, func(l AskedLine) bool { return strings.EqualFold(t.text, l.Email) })
			}
		}
		found = found || other && others <= maxFew
	})
	return found
}

func deciding(count *tally) int { return count[approveItem] + count[yesItem] + count[rejectItem] }
