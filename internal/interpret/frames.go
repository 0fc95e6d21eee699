package interpret

import (
	"slices"
	"strings"
)

var (
	leadVerbs, listings  = cue("lead_verbs"), cue("listings")
	putVerbs, placeOn    = cue("put_verbs"), cue("place_on")
	goVerbs, sameAgain   = cue("go_verbs"), cue("same_again")
	announcing, toReader = cue("announces"), cue("reader")
	roleDoubt, copulas   = cue("role_doubt"), cue("copulas")
	having, asksAbout    = cue("having"), cue("asks_about")
	awayWords            = cue("away")
	personNouns          = cue("person_nouns")
	fromCompany          = cue("from_company")
)

// sentenceHead is where a sentence begins behind its greeting and the words that lead in, "Hi, and also need …".
func sentenceHead(sc *scene) int {
	i := nextWord(sc.tokens, -1)
	for i < len(sc.tokens) {
		end := max(sc.starts(i, words.Greetings), sc.starts(i, leadInWords))
		if end == 0 && i == 0 && len(sc.tokens) > 3 && sc.tokens[1].text == "," && !sc.tokens[0].in(putVerbs) {
			end = 1 // any one word and a comma: "yo, need …"
		}
		if end == 0 {
			break
		}
		i = nextWord(sc.tokens, end-1)
	}
	return i
}

var leadInWords = cue("lead_in")

// leads says whether a sentence begins with a verb that gives, takes or wants and has its object right behind it: "Put him as Support",
// "need Jane Doe on the list".
func leads(sc *scene) bool {
	if !sc.says(leadVerbs) || sc.question {
		return false
	}
	if i := sentenceHead(sc); i < len(sc.tokens) && sc.tokens[i].in(leadVerbs) && (objectAt(sc, i+1) || accessFor(sc, i+1)) {
		return true
	}
	return leadsClause(sc)
}

// leadsClause says whether a clause behind a mark and a word that draws a conclusion is a wish: "she heads the team now, so make her …".
func leadsClause(sc *scene) bool {
	if sc.says(pushing) && sc.says(objectWords) && !sc.question {
		for i := 1; i+1 < len(sc.tokens); i++ {
			t := &sc.tokens[i]
			if sc.tokens[i+1].in(objectWords) && (t.in(leadVerbs) || t.in(verbRemove) || t.in(verbAdd)) && sc.precedes(i, 2, pushing) {
				return true // "so go ahead and take him off"
			}
		}
	}
	if !sc.says(concluding) {
		return false
	}
	for i := 1; i+2 < len(sc.tokens); i++ {
		if end := sc.starts(i, concluding); end > 0 && end+1 < len(sc.tokens) && sc.tokens[i-1].kind == markToken && sc.tokens[end].in(leadVerbs) && objectAt(sc, end+1) {
			return true
		}
	}
	return false
}

var concluding, pushing = cue("concludes"), cue("pushes")

// accessFor says whether access or a role for somebody named with their address stands at token i: "tech access for jane doe, jane@…".
func accessFor(sc *scene, i int) bool {
	what := false
	for k := i; k < len(sc.tokens) && k <= i+maxObject+1; k++ {
		t := &sc.tokens[k]
		if t.in(forWords) {
			return what && (objectAt(sc, k+1) || calledThere(sc, k+1))
		}
		if t.kind != wordToken {
			return false
		}
		what = t.in(belongings) || t.in(words.RoleAfter) || inRole(sc, k)
	}
	return false
}

// calledThere says whether an address stands behind token i that shows the word there.
func calledThere(sc *scene, i int) bool {
	for k := i + 1; k < len(sc.tokens) && k <= i+maxObject+1; k++ {
		switch t := &sc.tokens[k]; {
		case t.kind == addressToken:
			return belongs(t.lower, sc.tokens[i].text)
		case t.kind == markToken && !t.in(glueMarks):
			return false
		}
	}
	return false
}

// maxObject is how many tokens may stand between a verb and its object, "our new engineer".
const maxObject = 4

// objectAt says whether a person stands at token i or behind words that belong to them.
func objectAt(sc *scene, i int) bool {
	for k := i; k < len(sc.tokens) && k <= i+maxObject; k++ {
		t := &sc.tokens[k]
		if t.kind == addressToken || t.in(objectWords) || t.in(personNouns) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == k }) {
			return true
		}
		if t.kind != wordToken {
			return false
		}
	}
	return false
}

// maxPlaced is how many tokens may stand between a verb and the place where it puts somebody.
const maxPlaced = 14

// placed says whether a sentence asks to have somebody in one of our listings: "have Jane Doe on the list", "can Jane Doe get into the
// portal".
func placed(sc *scene) bool {
	if !sc.says(listings) || !sc.says(placeOn) || !sc.says(putVerbs, goVerbs) {
		return false
	}
	for i := 1; i < len(sc.tokens); i++ {
		if !sc.tokens[i].in(placeOn) || !sc.within(i+1, i+1+maxPlace, listings) {
			continue
		}
		for k := i - 1; k >= 0 && k >= i-maxPlaced; k-- {
			t := &sc.tokens[k]
			if t.text == ";" || t.text == ":" {
				break
			}
			if t.in(putVerbs) && objectAt(sc, k+1) {
				return true
			}
			if t.in(goVerbs) && k == i-1 && slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to <= k && n.to >= k-3 }) {
				return true
			}
		}
	}
	return false
}

// tellsOnly says whether a sentence asks to be told something or thanks for something, and asks for nothing before it: "could you tell me
// who has the Billing role?", "thanks for setting up Jane Doe".
func tellsOnly(sc *scene) bool {
	if head := sentenceHead(sc); sc.says(thanking) {
		if end := sc.starts(head, thanking); end > 0 && sc.within(end, end+3, doingFor) {
			return true
		}
	}
	if !sc.says(askToTell) {
		return false
	}
	for i := range sc.tokens {
		if end := sc.starts(i, askToTell); end > 0 && sc.within(end, end+4, indirect) {
			return !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to <= i }) && !slices.ContainsFunc(sc.roles, func(m roleMention) bool { return m.to <= i })
		}
		if sc.tokens[i].kind == addressToken {
			return false
		}
	}
	return false
}

// maxSmall is how many small words may stand between the two verbs of a wish.
const maxSmall = 3

// shouldNow says whether a wish has small words between its verbs: "should now be", "must henceforth become".
func shouldNow(p *passage) bool {
	if !p.says(shouldBe) || !p.says(shouldWords) || !p.says(betweenWords) {
		return false
	}
	for i := range p.tokens {
		if !p.tokens[i].in(shouldWords) {
			continue
		}
		k := i + 1
		for k < len(p.tokens) && k <= i+maxSmall && p.tokens[k].in(betweenWords) {
			k++
		}
		if k > i+1 && k < len(p.tokens) && p.tokens[k].in(shouldBe) {
			return true
		}
	}
	return false
}

var shouldWords, betweenWords, shouldBe = cue("should"), cue("between"), cue("should_be")

// asksState says whether a question asks how things are, not that they be done: "Is Jane Doe still on our list?"
func asksState(sc *scene) bool {
	i := sentenceHead(sc)
	return sc.question && i < len(sc.tokens) && (sc.tokens[i].in(stateHeads) || sc.tokens[i].in(asksAbout)) && !sc.says(words.Ask)
}

var (
	askToTell, indirect  = cue("ask_to_tell"), cue("indirect")
	doingFor, stateHeads = cue("thanked_for"), cue("state_heads")
	againWords, sites    = cue("again"), cue("sites")
	attendVerbs          = cue("attends")
	severalPeople        = cue("several_people")
)

// sendsAgain says whether an invitation is to go out once more.
func sendsAgain(sc *scene) bool {
	return sc.says(words.Invitation) && sc.says(againWords)
}

// linksElsewhere says whether the link that a sentence speaks of is no invitation: "the link to the documentation".
func linksElsewhere(sc *scene) bool { return sc.says(otherLinks) && !hasObject(sc) }

// onlyWeighed says whether a question asks for advice, "should we make Jane Doe a Technician?", or a condition names whom it is about, and what
// follows asks for nothing of the kind: "if Jane Doe asks for access, please call me".
func onlyWeighed(sc *scene) bool {
	first := nextWord(sc.tokens, -1)
	if sc.question && sc.starts(first, adviceWords) > 0 {
		return true
	}
	end := sc.starts(first, conditions)
	if end == 0 || len(sc.names) == 0 || sc.names[0].from > end+maxObject || sc.within(first, sc.names[0].from, authorSubjects) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].text == "," && i > sc.names[0].to {
			rest := sc.in.scan(sc.text[sc.tokens[i].end:])
			return rest.onlyAction() == "" && !slices.ContainsFunc(sc.roles, func(m roleMention) bool { return m.from > i })
		}
	}
	return true
}

var adviceWords, otherLinks, authorSubjects = cue("asks_advice"), cue("other_links"), cue("subjects")

// saysAdding says whether a sentence has a verb that adds somebody; "the invite" is none, and none that tells what somebody is able to do.
func saysAdding(sc *scene) bool {
	v := words.Verbs.of[AddUser]
	if onlyAble(sc, v) {
		return false
	}
	if !sc.says(v.list) || sc.says(v.gapped) {
		return sc.saysVerb(v)
	}
	for i := range sc.tokens {
		if end := sc.starts(i, v.list); end > i+1 || end > 0 && !nominal(sc, i) || end == 0 && sc.startsLoosely(i, v.list) {
			return true
		}
	}
	return false
}

var ableTo = cue("able_to")

// denyBefore is how many words may stand between a denial and the ability that it takes away.
const denyBefore = 5

// onlyAble says whether a sentence has a verb of an action only where it tells what somebody can do.
func onlyAble(sc *scene, v *verbs) bool {
	if !sc.says(ableTo) || !sc.saysVerb(v) {
		return false
	}
	rest, ok := withoutAbility(sc)
	return ok && !rest.saysVerb(v)
}

// withoutAbility is a sentence without what it says somebody can do, up to the next mark: "he must be able to invite people".
func withoutAbility(sc *scene) (passage, bool) {
	for i := range sc.tokens {
		end := sc.starts(i, ableTo)
		if end == 0 || sc.within(i-denyBefore, i, words.Not) || sc.within(i-denyBefore, i, heldBefore) {
			continue // "should no longer be able to"
		}
		rest := sc.text[:sc.tokens[i].start]
		for k := end; k < len(sc.tokens); k++ {
			if has(aimMarks, sc.tokens[k].text) {
				rest += sc.text[sc.tokens[k].start:]
				break
			}
		}
		return sc.in.scan(rest), true
	}
	return passage{}, false
}

// saysVisit says whether a sentence has a verb of visiting; in "send the visitor list to Jane Doe" there is none.
func saysVisit(sc *scene) bool {
	v := words.Verbs.of[ScheduleVisit]
	if !sc.says(v.list) || sc.says(v.gapped) || !sc.says(listings) {
		return sc.saysVerb(v)
	}
	for i := range sc.tokens {
		if end := sc.starts(i, v.list); end > 0 && (end == len(sc.tokens) || !isListing(&sc.tokens[end]) || sc.within(i-3, i, placeOn)) || sc.startsLoosely(i, v.list) && end == 0 {
			return true
		}
	}
	return false
}

// isListing says whether t is a listing, with the particle that it may end with in scripts without blanks: "명단에".
func isListing(t *token) bool {
	return t.in(listings) || !t.plain && hasIdeograph(t.text) && begins(t.text, listings)
}

// nominal says whether the verb at token i is a noun here, "the invite", "the change requests".
func nominal(sc *scene, i int) bool {
	if i > 0 && sc.tokens[i].in(listings) && (sc.tokens[i-1].in(ourWords) || sc.tokens[i-1].in(articles) || sc.tokens[i-1].in(determiners)) {
		return true // "from our register of contacts"
	}
	return i > 0 && sc.tokens[i].text == sc.tokens[i].lower && (sc.tokens[i-1].in(determiners) || sc.tokens[i-1].in(ofThem)) &&
		i+1 < len(sc.tokens) && sc.tokens[i+1].kind == wordToken && !sc.tokens[i+1].in(determiners) && !sc.tokens[i+1].in(ofWords) && !sc.tokens[i+1].in(forWords) && !sc.tokens[i+1].in(toWords) && !startsUpper(sc.tokens[i+1].text)
}

// attends says whether a sentence tells that somebody is to be at a site of ours.
func attends(sc *scene) bool {
	if !sc.says(attendVerbs) || !sc.says(sites) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].in(attendVerbs) && sc.within(i+1, i+6, sites) {
			return true
		}
	}
	return false
}

// introduced says whether a sentence begins with the person whom the one before asks to add without a name: "Please add our new
// colleague. Jane Doe, jane@…".
func introduced(scenes []scene, p person) bool {
	if p.sent == 0 || p.address == "" || p.name == "" {
		return false
	}
	sc, before := &scenes[p.sent], &scenes[p.sent-1]
	if before.action != AddUser || len(before.names) > 0 || len(sc.names) != 1 || sc.question {
		return false
	}
	return p.at == 0 || sc.precedes(p.at, p.at, introducing) || nextWord(sc.tokens, -1) == p.at
}

var introducing = cue("introduces")

// announced says whether a sentence in front of the one that names somebody asks to add several people and names none: those named
// behind it with their addresses are meant.
func announced(scenes []scene, p person) bool {
	if p.name == "" || p.address == "" || informs(&scenes[p.sent], p.to) {
		return false
	}
	for i := range scenes[:p.sent] {
		if sc := &scenes[i]; sc.action != "" && len(sc.names) == 0 && sc.says(severalPeople) && len(addressesIn(sc)) == 0 {
			return true
		}
	}
	return false
}

// behindApposition is the token behind what stands between commas beside a name, "Jane Doe, currently Technician, …".
func behindApposition(sc *scene, i int) int {
	if i >= len(sc.tokens) || sc.tokens[i].text != "," {
		return i
	}
	for k := i + 1; k < len(sc.tokens) && k <= i+maxApposition; k++ {
		if sc.tokens[k].text == "," {
			return k + 1
		}
	}
	return i
}

const maxApposition = 9

// verbBehind says whether the word behind a name and its address is a verb that tells what its bearer does.
func verbBehind(sc *scene, n nameSpan) bool {
	i := n.to
	for i < len(sc.tokens) && (sc.tokens[i].kind == addressToken || sc.tokens[i].in(brackets)) {
		i++
	}
	if i >= len(sc.tokens) || sc.tokens[i].kind != wordToken {
		return false
	}
	t := &sc.tokens[i]
	return t.in(finite) || t.text == t.lower && len(t.text) > 3 && (strings.HasSuffix(t.lower, "s") || strings.HasSuffix(t.lower, "ed"))
}

// announcesOnly says whether all that a sentence seems to ask is to note what it tells: "Please be advised that Jane Doe has left us".
func announcesOnly(p *passage) bool {
	if !p.says(announcing) {
		return false
	}
	rest := p.replace(announcing, " ")
	return !rest.says(words.Ask, furtherWishes, words.Verbs.heads)
}

// informs says whether what stands behind token at tells that somebody can say or send something to the reader: that makes them nobody
// whom a wish is about.
func informs(sc *scene, at int) bool {
	if !sc.says(toReader) {
		return false
	}
	for i := at; i < len(sc.tokens); i++ {
		t := &sc.tokens[i]
		if i > at && t.in(toReader) && sc.tokens[i-1].kind == wordToken && !sc.tokens[i-1].in(words.Ask) && !joins(&sc.tokens[i-1]) {
			return true
		}
		if t.kind == markToken && t.text != "(" && t.text != ")" && t.text != "<" && t.text != ">" {
			return false
		}
	}
	return false
}

// again makes sentences that only add somebody to what was asked wishes of the same kind: "Same goes for Raj Patel".
func again(scenes []scene) {
	for i := 1; i < len(scenes); i++ {
		if sc, prev := &scenes[i], &scenes[i-1]; sc.action == "" && prev.action != "" && sc.says(sameAgain) && hasObject(sc) && !sc.question {
			sc.asks, sc.action = true, prev.action
		}
	}
}

// addsUp makes a wish to add of a text that asks, names one person with an address and gives a role, though no sentence says all of
// it: "Jane Doe (jane@…) ought to see the bills. That is the Billing role."
func addsUp(scenes []scene) {
	who, asks, gives := 0, false, -1
	var given []assigned
	for i := range scenes {
		sc := &scenes[i]
		if sc.action != "" || sc.says(goneWords, words.Not, asksAbout, words.Doubt) || sc.saysVerb(words.Verbs.of[RemoveUser]) || sc.saysVerb(words.Verbs.of[ScheduleVisit]) || otherDeed(sc) || addsThing(sc) {
			return
		}
		if (len(sc.names) > 0 || len(sc.roles) > 0) && sc.says(thanking) {
			return // "Thanks for adding Jane Doe as Technician"
		}
		if asksState(sc) {
			return
		}
		asks = asks || sc.asks
		who += len(sc.names)
		if roles := assignedRoles(sc); len(roles) > 0 {
			given, gives = append(given, roles...), i
		}
	}
	if !asks || who != 1 || len(settle(given)) == 0 || len(addressesOfAll(scenes)) != 1 {
		return
	}
	scenes[gives].asks, scenes[gives].action = true, AddUser
}

// addressesOfAll are the addresses of a text.
func addressesOfAll(scenes []scene) []string {
	var out []string
	for i := range scenes {
		for k := range scenes[i].tokens {
			if t := &scenes[i].tokens[k]; t.kind == addressToken && !has(out, t.lower) {
				out = append(out, t.lower)
			}
		}
	}
	return out
}

// takenAway says whether a role is named as one that somebody is to lose: "take the Support permission away from him".
func takenAway(sc *scene, m roleMention) bool {
	k := determined(sc, m.from)
	for k > 0 && sc.tokens[k-1].in(ofThem) {
		k--
	}
	if k == 0 || m.to >= len(sc.tokens) || !sc.tokens[m.to].in(roleNouns) {
		return false
	}
	verb := &sc.tokens[k-1]
	return verb.in(takesWords) || verb.in(verbTake) && sc.within(m.to, m.to+maxPlace, awayWords)
}

var (
	takesWords, asWords = cue("takes_away"), cue("as")
	modals, thanking    = cue("modals"), cue("thanking")
)

// halfRole says whether a sentence gives somebody what only a part of a role's title names: "make Jane Doe an admin".
func (rd *reader) halfRole(sc *scene) bool {
	if !sc.says(asWords, makeWords) {
		return false
	}
	for i := 1; i < len(sc.tokens); i++ {
		t := &sc.tokens[i]
		if t.kind != wordToken || i+1 < len(sc.tokens) && sc.tokens[i+1].kind == wordToken && startsUpper(sc.tokens[i+1].text) || !rd.book.titleWord(t) {
			continue
		}
		k := determined(sc, i) - 1
		if k >= 0 && sc.tokens[k].in(asWords) || k >= 0 && k < i-1 && makes(sc.tokens, k) >= 0 {
			return true
		}
	}
	return false
}

// isOf says whether a sentence tells that the person it speaks of has a role, and no more of it: "He is Technician".
func isOf(sc *scene, m roleMention) bool {
	if sc.question || sc.asks || heldNow(sc, m) || sc.says(words.Not, roleDoubt) || !sc.precedes(determined(sc, m.from), 2, copulas) {
		return false
	}
	if m.to < len(sc.tokens) && sc.tokens[m.to].kind == wordToken && !joins(&sc.tokens[m.to]) {
		return false
	}
	first := &sc.tokens[nextWord(sc.tokens, -1)]
	return first.in(words.Pronouns) || len(sc.names) > 0 && sc.names[0].from <= 1
}
