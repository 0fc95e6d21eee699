package interpret

// accessIsDenied says whether a clause of a sentence says that somebody gets no access: "Bitte geben Sie ihr noch keinen Zugang", "non deve avere
// accesso". That they have none yet is no denial.
func accessIsDenied(sc *scene) bool {
	if !sc.says(words.Not) || !sc.says(belongings) {
		return false
	}
	for i := range sc.tokens {
		if t := &sc.tokens[i]; t.in(belongings) && t.in(evidentAccess) && !inRole(sc, i) && deniedAt(&sc.passage, i) {
			return true
		}
	}
	return false
}

// maxDenying is how many words a denial has between itself and what it denies.
const maxDenying = 6

// deniedAt is accessIsDenied for the access at token i: nothing but small words and a verb that gives stand between it and a denial.
func deniedAt(p *passage, i int) bool {
	not := -1
	for k := i - 1; k >= max(0, i-maxDenying) && p.tokens[k].kind == wordToken; k-- {
		t := &p.tokens[k]
		if p.starts(k, words.Not) > 0 && !t.in(hasVerbs) {
			not = k
		}
		if not < k && !t.in(denialBetween) && !t.in(givesAccess) && !t.in(objectWords) && !t.in(determiners) && !t.in(personArticles) && !t.in(deniedBy) {
			break
		}
	}
	if not < 0 {
		return false
	}
	from, to := i, i
	for from > 0 && p.tokens[from-1].kind == wordToken {
		from--
	}
	for to < len(p.tokens) && p.tokens[to].kind == wordToken {
		to++
	}
	return p.within(from, to, givesAccess) && !p.within(from, to, hasVerbs) || p.within(from, to, deniedBy) || p.within(from, to, words.Gets) && !p.within(from, to, hasVerbs)
}

// needNotBe says whether one of verbs need not be done: "no hace falta darla de alta", "добавлять её не нужно".
func needNotBe(p *passage, verbs list) bool {
	if !p.says(noNeedTo) || !p.says(verbs) {
		return false
	}
	for i := range p.tokens {
		end := p.starts(i, noNeedTo)
		if end == 0 {
			continue
		}
		if p.starts(behindClitics(p, end), verbs) > 0 {
			return true
		}
		k := i - 1
		for k > 0 && (p.tokens[k].in(objectWords) || p.tokens[k].in(words.Pronoun)) {
			k--
		}
		if k >= 0 && p.starts(k, verbs) > 0 {
			return true
		}
	}
	return false
}

// deniesExtra says whether all that a sentence denies is what goes with a role and is none: "she does not need an access card".
func deniesExtra(sc *scene) bool {
	if !sc.says(roleExtras) || !sc.says(words.Not, words.NotAWish, noNeedTo) || len(sc.names) > 0 || len(sc.roles) > 0 || hasObject(sc) {
		return false
	}
	rest := sc.without(roleExtras)
	return !rest.says(belongings, evidentAccess) && !rest.asksForAccess()
}

var denialBetween, deniedBy, hasVerbs, givesAccess = cue("denial_between"), cue("denied_by"), cue("has_words"), cue("gives_access")
