package interpret

var (
	verbRemove, verbReplace, verbAdd = cue("verb_remove"), cue("verb_replace"), cue("verb_add")

	verbApart = cue("verb_apart")

	verbTake, offWords = cue("verb_take"), cue("off")
	verbPut, onWords   = cue("verb_put"), cue("on")
	replacedBy         = cue("replaced_by")
)

// swaps says whether a sentence asks to remove one person and to add another, "remove Raj Patel and add Jane Doe", "replace Raj Patel
// by Jane Doe": each verb has a person behind it.
func swaps(sc *scene) bool {
	removed, added := 0, 0
	for _, n := range sc.names {
		switch verbBefore(sc, n.from) {
		case RemoveUser:
			removed++
		case AddUser:
			added++
		}
	}
	return removed > 0 && added > 0
}

// twoWishes cuts "please delete her and add Jane Doe …" in front of the second verb, where a pronoun stands for one of the two people.
func twoWishes(sc *scene) (before, behind sentence, ok bool) {
	if !sc.asks || sc.mixed || !sc.says(verbAdd, verbPut) || !sc.says(verbRemove, verbTake) || !sc.says(objectWords) && len(sc.names) > 0 {
		return before, behind, false
	}
	for i := 2; i < len(sc.tokens)-1; i++ {
		if !joins(&sc.tokens[i]) {
			continue
		}
		k := i + 1
		for k < len(sc.tokens)-1 && sc.tokens[k].in(words.Ask) {
			k++
		}
		if first := verbBefore(sc, i); first == RemoveUser && verbBefore(sc, k+1) == AddUser || first == AddUser && verbBefore(sc, k+1) == RemoveUser {
			at := sc.tokens[i+1].start
			before = sentence{passage: sc.in.scan(sc.text[:sc.tokens[i].start]), question: sc.question, from: sc.from}
			// What is asked for first is asked for behind it, too.
			behind = sentence{passage: sc.in.scan(subjectWish.first() + " " + sc.text[at:]), question: sc.question, from: sc.from + at}
			return before, behind, true
		}
	}
	return before, behind, false
}

// maxTwoDeeds is how many tokens a sentence has at most that is cut in two: it is read again at each mark.
const maxTwoDeeds = 120

// twoDeeds cuts a sentence that asks to remove somebody and to add somebody, "merci de supprimer son accès et d'ajouter Jane Doe …", where one
// half holds the verb of the one and the other half that of the other. What either asks for both ask for.
func (rd *reader) twoDeeds(sc *scene) (before, behind scene, ok bool) {
	remove, add := words.Verbs.of[RemoveUser], words.Verbs.of[AddUser]
	if !sc.asks || sc.mixed || sc.action != "" || len(sc.tokens) > maxTwoDeeds || !sc.saysVerb(remove) || !sc.saysVerb(add) || len(sc.names) == 0 || refuses(&sc.passage) {
		return before, behind, false
	}
	for i := 1; i < len(sc.tokens)-1; i++ {
		t := &sc.tokens[i]
		if !joins(t) && !t.in(deedMarks) {
			continue
		}
		first, second := sc.in.scan(sc.text[:t.start]), sc.in.scan(sc.text[t.end:])
		if !(first.saysVerb(remove) && second.saysVerb(add)) && !(first.saysVerb(add) && second.saysVerb(remove)) {
			continue
		}
		before = rd.asking(sentence{passage: first, question: sc.question, from: sc.from})
		behind = rd.asking(sentence{passage: second, question: sc.question, from: sc.from + t.end})
		swapped := before.action == RemoveUser && behind.action == AddUser || before.action == AddUser && behind.action == RemoveUser
		if swapped && len(before.names)+len(behind.names) == len(sc.names) {
			before.half, behind.half = true, true
			return before, behind, true
		}
	}
	return before, behind, false
}

var deedMarks = newList(",", ";", "、", "，", "；")

// asking is the scene of a sentence that asks for something.
func (rd *reader) asking(s sentence) scene {
	sc := rd.scene(s)
	if !sc.asks {
		sc.asks = true
		if sc.action = sentenceAction(&sc); sc.action != "" && forbidsAction(&sc.passage, sc.action) {
			sc.asks, sc.action = false, ""
		}
	}
	return sc
}

// removesOne says whether a word written large stands behind a verb of removing: somebody called by one name.
func removesOne(sc *scene) bool {
	for i := 1; i < len(sc.tokens); i++ {
		if t := &sc.tokens[i]; sc.tokens[i-1].in(verbRemove) && t.kind == wordToken && startsUpper(t.text) && !t.in(words.NotNames) && !inRole(sc, i) {
			return true
		}
	}
	return false
}

// verbBefore returns what the nearest verb in front of token at asks for.
func verbBefore(sc *scene, at int) Action {
	for i := at - 1; i >= 0; i-- {
		switch t := &sc.tokens[i]; {
		case t.in(verbRemove), t.in(verbReplace):
			return RemoveUser
		case t.in(verbTake) && wordWithin(sc, i, 10, offWords):
			return RemoveUser
		case t.in(verbAdd), t.in(verbPut) && wordWithin(sc, i, 10, onWords):
			return AddUser
		case t.in(replacedBy) && replaces(sc, i):
			return AddUser
		}
	}
	return ""
}

// wordWithin says whether a word of a list stands within n tokens behind token i.
func wordWithin(sc *scene, i, n int, l list) bool {
	for k := i + 1; k < len(sc.tokens) && k <= i+n; k++ {
		if sc.tokens[k].in(l) {
			return true
		}
	}
	return false
}

// replaces says whether the verb of replacing stands before token i with a person between them.
func replaces(sc *scene, i int) bool {
	for k := i - 1; k >= 0; k-- {
		if sc.tokens[k].in(verbReplace) {
			for _, n := range sc.names {
				if n.from > k && n.to <= i {
					return true
				}
			}
			return false
		}
	}
	return false
}
