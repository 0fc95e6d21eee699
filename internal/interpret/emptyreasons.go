package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// What looks like a reason and gives none: the wish itself, how somebody is reached, what holds as ever.
var (
	auxiliaries, elidedAdverbs = cue("auxiliaries"), cue("elided_adverbs")
	conditions                 = cue("conditions")
	denials                    = cue("denials")
	givingWords                = cue("giving")
	wishesFor                  = cue("wishes_for")
)

// maxElided is how many words a clause has at most that leaves out what it is about: "he always has".
const maxElided = 4

// givesNoReason says whether a text found as a reason for p only repeats the wish, names a role, or tells nothing.
func (rd *reader) givesNoReason(reason string, p person) bool {
	if strings.IndexFunc(reason, unicode.IsLetter) < 0 {
		return true
	}
	if hasIdeograph(reason) || len(reason) > maxGreeting {
		return false
	}
	sc := rd.sceneOf(reason)
	return asksToTell(&sc) || ofSomeDay(&sc) || ofTheMail(&sc) || tellsFacts(&sc, p) || pointer(&sc, nextWord(sc.tokens, -1)) > 0 || elided(&sc) ||
		sc.words() <= minRemaining && sc.says(aboutLetter) && !hasVerb(&sc) || onlyRole(&sc) || onlyTimes(&sc) || onlyGets(&sc) || wishesOnly(&sc) || authorApproves(&sc) || onlyBehest(&sc)
}

// elided says whether a clause is a pronoun and an auxiliary with what it is of left out: "he always has", "as she did before".
func elided(sc *scene) bool {
	n := len(sc.tokens)
	if n < 2 || n > maxElided || !sc.tokens[0].in(words.Pronouns) && !sc.tokens[0].in(theyWords) {
		return false
	}
	aux := false
	for i := 1; i < n; i++ {
		switch t := &sc.tokens[i]; {
		case t.in(auxiliaries):
			aux = true
		case !t.in(elidedAdverbs):
			return false
		}
	}
	return aux
}

// onlyRole says whether a text names a role and tells nothing of it: "IT Administrator of our company", "giving him the quality of Main
// Contact".
func onlyRole(sc *scene) bool {
	if len(sc.roles) == 0 {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].in(finite) || sc.tokens[i].in(copulas) || sc.tokens[i].in(auxiliaries) {
			return false
		}
	}
	return determined(sc, sc.roles[0].from) == 0 || sc.within(0, 2, givingWords)
}

// onlyTimes says whether a text is nothing but a day or a time of day: "el martes 9 de febrero a las 10:30".
func onlyTimes(sc *scene) bool {
	return hasDigit(sc.text) && !slices.ContainsFunc(sc.tokens, func(t token) bool { return !ofTimes(&t) })
}

// maxHeld is how many words beside roles that somebody has now tell nothing more, "tiene hoy".
const maxHeld = 2

// onlyGets says whether a text tells nothing but which roles somebody has or is to have: "she gets both Billing and Support".
func onlyGets(sc *scene) bool {
	if len(sc.roles) == 0 {
		return false
	}
	next, gets, more := 0, false, 0
	for i := range sc.tokens {
		t := &sc.tokens[i]
		if next < len(sc.roles) && i >= sc.roles[next].to {
			next++
		}
		switch {
		case next < len(sc.roles) && i >= sc.roles[next].from || t.kind != wordToken:
		case t.in(getsRole):
			gets = true
		case t.in(andWords) || t.in(bothWords) || t.in(bothBefore) || t.in(bothBetween) || t.in(toRole) || t.in(words.Pronouns) || t.in(words.RoleFiller) || t.in(words.AtPresent) || determines(t):
		case !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from <= i && i < n.to }):
			more++
		}
	}
	held := !slices.ContainsFunc(sc.roles, func(m roleMention) bool { return !heldNow(sc, m) })
	return gets && more == 0 || held && more <= maxHeld
}

// wishesOnly says whether a text is a wish: it begins with the words that ask, or says that somebody would like access.
func wishesOnly(sc *scene) bool {
	if sc.starts(0, proposing) > 0 && len(sc.names) > 0 {
		return true
	}
	if sc.action == AddUser && sc.asks && len(sc.names) > 0 && sc.names[0].to < len(sc.tokens) && besideAddress(sc.tokens, sc.names[0].to-1) && !sc.says(words.Because) {
		return true // of a role that nobody knows: "Incluam a Ana Prado (ana@…) como gestora"
	}
	return sc.says(wishesFor) && sc.says(evidentAccess) && !sc.says(words.Because)
}

var proposing = cue("proposing")

// besideThePoint says whether a text found as a reason for p stands behind a condition, or behind the address that its sentence is about, or
// tells what nobody has to do.
func besideThePoint(sc *scene, reason string, p person) bool {
	at := strings.Index(sc.text, reason)
	return at >= 0 && (conditional(sc) || needless(sc)) || at == 0 && p.action == AddUser && limits(sc) || at > 0 && ofReaching(sc, at)
}

// needless says whether a sentence that wishes nothing begins with what the reader does not have to do: "no need to ring the office, they are
// closed".
func needless(sc *scene) bool {
	return sc.action == "" && sc.starts(nextWord(sc.tokens, -1), noNeedTo) > 0
}

// limits says whether a sentence begins with what a newcomer does not have to do: "she doesn't need to see the tickets".
func limits(sc *scene) bool {
	return sc.says(needNot) && sc.within(0, maxLimit, needNot) && !sc.says(words.Because)
}

// maxLimit is how many words a sentence begins with that tell what somebody does not have to do.
const maxLimit = 8

var noNeedTo = cue("no_need_to")

// ofReaching says whether the clause at byte at only adds something to how somebody is reached: "best reached at jane@…, she doesn't do
// phones". A denial there is of other ways.
func ofReaching(sc *scene, at int) bool {
	told := false
	for i := range sc.tokens {
		t := &sc.tokens[i]
		if t.start >= at {
			break
		}
		if t.kind == addressToken {
			told = !besideName(sc, i)
		}
	}
	if !told {
		return false
	}
	clause := sc.in.scan(sc.text[at:clauseEnd(sc.text, at)])
	return clause.says(words.Not, denials)
}

// conditional says whether a sentence begins with a condition, "If you need his passport, he will bring it along": what follows holds
// then, and is no reason.
func conditional(sc *scene) bool {
	first := nextWord(sc.tokens, -1)
	return first < len(sc.tokens) && sc.starts(first, conditions) > 0
}

// standsAs says whether what follows "as" tells as what somebody is asked for, not why: no verb stands in it.
func standsAs(sc *scene, clause string) bool {
	part := sc.in.scan(clause)
	for i := range part.tokens {
		t := &part.tokens[i]
		if t.text == "," && i > 0 {
			break
		}
		if t.in(finite) || t.in(copulas) || t.in(auxiliaries) || t.in(words.Pronouns) || t.in(authorWords) || t.in(theyWords) || t.in(purposeEnds) {
			return false
		}
	}
	return !part.says(tellsWhy)
}

var (
	selfIntro, selfHere = cue("self_intro"), cue("self_here")
	bidToWrite          = cue("bid_to_write")
	readersWords        = newListOf(func(l *lexicon) []string { return crossed(l.Cues["reader_did"], l.Cues["deeds_told"]) })
)

// ofSomeDay says whether a clause tells how somebody is to go some day: "when she leaves us", "we will tell you when to remove her".
func ofSomeDay(sc *scene) bool {
	first := nextWord(sc.tokens, -1)
	return sc.starts(first, ownFuture) > 0 && (sc.saysVerb(words.Verbs.of[RemoveUser]) || sc.says(goneWords) && !sc.tokens[first].in(authorWords))
}

// ofTheMail says whether a clause tells how the mail came about: who writes it, who has bidden them to, or what its reader has said before.
func ofTheMail(sc *scene) bool { return introducesAuthor(sc) || toldBefore(sc) }

// tellsFacts says whether a clause tells of p only what is no reason.
func tellsFacts(sc *scene, p person) bool { return tellsWhatIs(sc, p) || tellsWhatWas(sc, p) }

// maxSelf is how many words of a name stand in front of here: "Anna Maria Roe here".
const maxSelf = 3

// introducesAuthor says whether a clause tells who writes: "this is Jane from Acme", "Jane here, office manager".
func introducesAuthor(sc *scene) bool {
	if !sc.says(selfIntro, selfHere) {
		return false
	}
	first := nextWord(sc.tokens, -1)
	if end := sc.starts(first, selfIntro); end > 0 {
		return end < len(sc.tokens) && startsUpper(sc.tokens[end].text) && !sc.tokens[end].in(words.Pronouns)
	}
	for k := first; k < len(sc.tokens) && k <= first+maxSelf; k++ {
		if sc.tokens[k].in(selfHere) {
			return k > first
		}
		if sc.tokens[k].kind != wordToken || !startsUpper(sc.tokens[k].text) || sc.tokens[k].in(determiners) {
			return false
		}
	}
	return false
}

// toldBefore says whether a clause tells what the reader has said of the wish, "you told me on the phone that …", or who has bidden the author
// to write.
func toldBefore(sc *scene) bool {
	return sc.says(bidToWrite) || sc.starts(nextWord(sc.tokens, -1), readersWords) > 0
}

var (
	plainFacts         = cue("plain_facts")
	wasWords, onceHeld = cue("was_words"), cue("once_held")
	untilWhen          = cue("until_when")
)

// behindBearer is the first token behind the words that call p, or a pronoun, at the beginning of a clause.
func behindBearer(sc *scene, p person) int {
	i := nextWord(sc.tokens, -1)
	for i < len(sc.tokens) && (sc.tokens[i].isTitle() || sc.tokens[i].kind == markToken || sc.tokens[i].in(words.Pronouns) || sc.tokens[i].in(theyWords) || partOfName(sc.tokens[i].text, p.name)) {
		i++
	}
	return i
}

// tellsWhatIs says whether a clause about a newcomer or visitor tells only where and what they are as ever: "she speaks German", "he is
// based in Ghent".
func tellsWhatIs(sc *scene, p person) bool {
	if p.action == RemoveUser || p.action == ChangeRole || !sc.says(plainFacts) {
		return false
	}
	end := sc.starts(behindBearer(sc, p), plainFacts)
	if end == 0 {
		return false
	}
	rest := sc.in.scan(sc.text[sc.tokens[end-1].end:])
	return !rest.says(tellsWhy)
}

// tellsWhatWas says whether a clause tells only what somebody was who is to be removed: "he was our billing contact".
func tellsWhatWas(sc *scene, p person) bool {
	if p.action != RemoveUser || !sc.says(wasWords) || sc.says(tellsWhy, untilWhen) {
		return false
	}
	end := sc.starts(behindBearer(sc, p), wasWords)
	return end > 0 && (len(sc.roles) > 0 || sc.within(end, len(sc.tokens), onceHeld))
}
