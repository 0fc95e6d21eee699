package interpret

import "strings"

// theirForm is a form of consent that says somebody else consents, as it is written and by its key; told ones say nothing else.
type theirForm struct {
	written, key string
	told         bool
}

// givenByOthers says whether a sentence, as it is written but in small letters, says that somebody consents who was asked about, or anybody else than
// the author: "Maja Sjö godkänner", "aucune objection de Mme Roux", "el jefe autorizó", which key takes for "autorizo".
func (t *tongue) givenByOthers(a *answer, written string, items []item) bool {
	isName := func(i int) bool { return i >= 0 && i < len(items) && items[i].kind == targetItem && a.named(items[i]) }
	for i := range items {
		it := &items[i]
		if it.kind != approveItem && it.kind != yesItem {
			continue
		}
		inFront, behind := i-1, i+1
		if inFront >= 0 && items[inFront].is(isMark) {
			inFront-- // "Bassi er enig"
		}
		inFront = skipHonours(items, inFront, -1)
		theirs, told := t.saysTheirs(it.text, written)
		switch {
		case told, theirs && isName(inFront) && begunBy(items, skipHonours(items, inFront-1, -1)), it.is(givenMark) && isName(skipHonours(items, behind, 1)):
			return true
		case behind < len(items) && items[behind].is(byMark) && !t.endsInObject(it.text) && isName(skipHonours(items, behind+1, 1)):
			return true
		case inFront == i-1 && isName(inFront) && byInFront(items, skipHonours(items, inFront-1, -1)):
			return true
		}
		for k := i - 1; k > 0 && items[k].kind != breakItem; k-- {
			if items[k].is(subjectMark) && isName(skipHonours(items, k-1, -1)) {
				return true
			}
		}
	}
	return false
}

// byInFront says whether the item at i begins the answer of a passive, "von Frau Lang genehmigt" or "ist von Frau Lang genehmigt", and not who has asked:
// "der Antrag von Frau Lang genehmigt".
func byInFront(items []item, i int) bool {
	return i >= 0 && items[i].is(byMark) && (i == 0 || items[i-1].kind == breakItem || items[i-1].is(isMark))
}

// begunBy says whether no small word stands at i, in front of a name that is the subject then: in "по Ивану согласен" it is not.
func begunBy(items []item, i int) bool {
	return i < 0 || items[i].kind != withItem
}

// saysTheirs says whether text is a form of consent that may say somebody else consents, and whether it only tells that.
func (t *tongue) saysTheirs(text, written string) (theirs, told bool) {
	for _, f := range t.theirs {
		if (text == f.key || beginsWith(f.key, text) || f.told && beginsWith(text, f.key)) && (strings.Contains(written, f.written) || !f.told && strings.Contains(written, f.key)) {
			theirs, told = true, told || f.told
		}
	}
	return theirs, told
}

// beginsWith says whether a begins with b and a word ends there.
func beginsWith(a, b string) bool {
	rest, ok := strings.CutPrefix(a, b)
	return ok && (rest == "" || rest[0] == ' ' || hasIdeograph(rest))
}

// endsInObject says whether a phrase of several words ends with what is consented to: "aprovo o pedido" in front of "do João".
func (t *tongue) endsInObject(text string) bool {
	at := strings.LastIndexByte(text, ' ') + 1
	if at == 0 {
		return false
	}
	p, n := t.at(text, at)
	return n == len(text)-at && p.kind == withItem
}

// skipHonours is the first item from i on, in steps of this size, that is no word of honour.
func skipHonours(items []item, i, step int) int {
	for i >= 0 && i < len(items) && items[i].kind == withItem && items[i].number == honours {
		i += step
	}
	return i
}
