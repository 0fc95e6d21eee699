package interpret

import (
	"slices"
)

var (
	fromRole, toRole           = cue("from_role"), cue("to_role")
	deniesLast, toWords        = cue("denies_last"), cue("to")
	fromBehind, heldBefore     = cue("from_behind"), cue("held_before")
	ourPlaces, purposeArticles = cue("our_places"), cue("purpose_articles")
	heldIs, heldNowWords       = cue("held_is"), cue("held_now")
	nearDays, roleNouns        = cue("near"), cue("role_nouns")
	setUp, comes               = cue("set_up"), cue("comes")
	insteadWords               = cue("in_stead")
	heldWith                   = cue("held_with")
)

// sentenceAction is the one action that an asking sentence names, "" if none or two.
func sentenceAction(sc *scene) Action {
	if !sc.asks || leavesCircle(sc) {
		return ""
	}
	var found []Action
	if sc.saysVerb(words.Verbs.of[RemoveUser]) && !onlyAble(sc, words.Verbs.of[RemoveUser]) && (hasObject(sc) || sc.says(words.Pronoun, belongings) || removesOne(sc)) && !removesThing(sc) {
		found = append(found, RemoveUser)
	}
	if len(found) == 0 && goesAway(sc) {
		found = append(found, RemoveUser)
	}
	if (sc.saysVerb(words.Verbs.of[ResendInvitation]) || sendsAgain(sc)) && !linksElsewhere(sc) {
		found = append(found, ResendInvitation)
	}
	if changes(sc) {
		found = append(found, ChangeRole)
	} else if saysAdding(sc) && !addsThing(sc) && !asksOfRegistration(sc) || (len(assignedRoles(sc)) > 0 || setsUp(sc) || placed(sc)) && !otherDeed(sc) && !addsThing(sc) {
		found = append(found, AddUser)
	}
	if len(found) == 2 && found[0] == RemoveUser && found[1] == ChangeRole && slices.ContainsFunc(sc.roles, func(m roleMention) bool { return takenAway(sc, m) }) {
		found = found[1:] // "remove the Support role from her"
	}
	if len(found) == 2 && found[0] == RemoveUser && found[1] == AddUser && len(sc.names) == 0 && !saysAdding(sc) && endsAccess(sc) {
		found = found[:1] // "withdraw his technician access"
	}
	if len(found) == 2 && found[0] == RemoveUser && found[1] == AddUser && len(sc.names) <= 1 && !sc.says(words.Verbs.of[AddUser].list) && len(sc.roles) == 0 {
		found = found[:1] // "we request the removal of her access"
	}
	if len(found) == 2 && found[0] == RemoveUser && found[1] == AddUser && len(sc.roles) == 0 && onlyWithin(sc, words.Verbs.of[AddUser].list, words.Verbs.of[RemoveUser].list) {
		found = found[:1] // "登録を外してください"
	}
	if len(found) == 2 && found[0] == ResendInvitation && found[1] == AddUser && len(sc.names) <= 1 && len(sc.roles) == 0 && sc.says(words.Invitation) {
		found = found[:1] // "a new invitation, for she has lost the link to register"
	}
	visit := saysVisit(sc)
	if len(found) == 0 && visit {
		found = append(found, ScheduleVisit)
	}
	if len(found) == 1 && found[0] == AddUser && visit && len(sc.roles) == 0 && sc.says(forVisit) {
		found[0] = ScheduleVisit // "register Peter Pan for a visit"
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// onlyWithin says whether the phrases of inner in a sentence name what the one person in it has, "delete the registration of Jane Doe", or, in a script
// without blanks, stand within those of outer alone.
func onlyWithin(sc *scene, inner, outer list) bool {
	var lists []list
	if hasIdeograph(sc.text) {
		lists = append(lists, outer)
	}
	if len(sc.names) <= 1 {
		lists = append(lists, ownRegistration)
	}
	p := sc.without(lists...)
	return !p.says(inner)
}

// asksOfRegistration says whether a sentence only asks what has become of what somebody has or is to have, or calls it off: "confirm the registration of
// Jane Doe", "cancel" it. Whether a request is taken back then, or somebody is to go, staff have to find out.
func asksOfRegistration(sc *scene) bool {
	if !sc.says(ownRegistration) || !sc.says(callsOff) && (len(sc.roles) > 0 || !verifiesRegistration(sc)) {
		return false
	}
	return onlyWithin(sc, words.Verbs.of[AddUser].list, callsOff)
}

// verifiesRegistration says whether a sentence asks whether somebody is registered, with no "and" between: not "we request the registration of Jane Doe
// and ask you to confirm".
func verifiesRegistration(sc *scene) bool {
	if !sc.says(verifies) || hasIdeograph(sc.text) {
		return sc.says(verifies)
	}
	asked, of := sc.first(verifies), sc.first(ownRegistration)
	return asked >= 0 && of >= 0 && !slices.ContainsFunc(sc.tokens[min(asked, of):max(asked, of)], func(t token) bool { return joins(&t) })
}

var verifies = cue("verifies")

var ownRegistration = cue("own_registration")

// endsAccess says whether a verb of removing has somebody's access by a role for its object.
func endsAccess(sc *scene) bool {
	return slices.ContainsFunc(sc.roles, func(m roleMention) bool {
		return m.to < len(sc.tokens) && sc.tokens[m.to].in(belongings) && sc.precedes(m.from, 1, ofThem) && sc.precedes(m.from, 3, takesWords)
	})
}

// maxOwned is how many words stand between what somebody has and that it is to end.
const maxOwned = 6

// goesAway says whether what somebody has with the reader is to end: "so her account and badge should go", "his access has to go by Friday".
func goesAway(sc *scene) bool {
	if !sc.says(goAway) || !sc.says(belongings) || !sc.says(words.Pronoun) && len(sc.names) == 0 {
		return false
	}
	for i := range sc.tokens {
		end := sc.starts(i, goAway)
		if end > 0 && sc.within(i-maxOwned, i, belongings) && (end == len(sc.tokens) || sc.tokens[end].kind == markToken || sc.tokens[end].in(goAwayThen)) {
			return true
		}
	}
	return false
}

var goAway, goAwayThen = cue("go_away"), cue("go_away_then")

// setsUp says whether somebody whose address stands beside the name is to be set up: "please set up Jane Doe, jane@…".
func setsUp(sc *scene) bool {
	return sc.says(setUp) && slices.ContainsFunc(sc.names, func(n nameSpan) bool {
		return besideAddress(sc.tokens, n.to-1) && sc.precedes(n.from, 4, setUp)
	})
}

// imperative says whether a sentence begins with a verb that asks: "Add Jane Doe …", "Also, remove Raj Patel".
func imperative(sc *scene) bool {
	apart := sc.says(verbApart) && (sc.saysVerb(words.Verbs.of[AddUser]) || sc.saysVerb(words.Verbs.of[RemoveUser]))
	if len(sc.tokens) < 3 || !apart && !sc.says(verbAdd, verbRemove, verbReplace) {
		return false
	}
	if !hasObject(sc) {
		i := sentenceHead(sc)
		return i < len(sc.tokens) && sc.tokens[i].in(verbRemove) && sc.within(i+1, i+maxObject, ofThem) && sc.says(belongings) // "Revoke all her rights"
	}
	if i := sentenceHead(sc); i < len(sc.tokens) {
		first := &sc.tokens[i]
		return first.in(verbAdd) || first.in(verbRemove) || first.in(verbReplace) || apart && first.in(verbApart) && !sc.question
	}
	return false
}

// announces says whether a sentence tells that somebody comes at a time: "Bo Ledbetter will visit us tomorrow at 10".
func (rd *reader) announces(sc *scene) bool {
	visit := sc.saysVerb(words.Verbs.of[ScheduleVisit])
	if visit && sc.says(nearDays) {
		rest := sc.replace(nearDays, " ")
		visit = rest.saysVerb(words.Verbs.of[ScheduleVisit]) // "gelecek hafta" is next week, and "gelecek" comes
	}
	if len(sc.names) == 0 || sc.question || !visit && !attends(sc) && !sc.says(comes) && !awaits(sc) || sc.says(otherVisits) || thingsFor(sc) {
		return false
	}
	if visit && sc.says(nearDays) {
		return true
	}
	days, rest := daysIn(sc.text, rd.m.Date)
	if !visit {
		return (len(days) > 0 || namesDay(sc)) && len(timesIn(rest, days)) > 0
	}
	return len(days) > 0 || len(timesIn(rest, days)) > 0
}

// thingsFor says whether what comes is a thing for those whom a sentence names: "a parcel for Jane Doe arrives tomorrow".
func thingsFor(sc *scene) bool {
	return sc.says(notVisits) && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == 0 || !sc.tokens[n.from-1].in(forWords) })
}

var otherVisits = cue("other_visits")

// refuses says whether a sentence forbids an action: "please do not add her".
func refuses(p *passage) bool { return denies(p, words.Verbs.heads) }

// forbidsAction says whether a sentence forbids this action.
func forbidsAction(p *passage, action Action) bool {
	return needNotBe(p, words.Verbs.of[action].list) || denies(p, words.Verbs.headsOf[action]) || deniesBehind(p, words.Verbs.headsOf[action]) || forNobody(p, words.Verbs.headsOf[action])
}

// forNobody says whether nobody is who one of verbs is said of, in the same clause: "nobody needs to be taken off".
func forNobody(p *passage, verbs list) bool {
	if !p.says(nobodyWords) || !p.says(verbs) {
		return false
	}
	denied := false
	for i := range p.tokens {
		switch {
		case p.starts(i, nobodyWords) > 0:
			denied = true
		case p.tokens[i].kind == markToken:
			denied = false
		case denied && p.starts(i, verbs) > 0:
			return true
		}
	}
	return false
}

var nobodyWords = cue("nobody")

// deniesBehind says whether a denial that ends a clause stands behind one of verbs in it: "bitte löschen Sie Jane Doe noch nicht".
func deniesBehind(p *passage, verbs list) bool {
	if !p.says(deniesLast) || !p.says(verbs) {
		return false
	}
	verb := false
	for i := range p.tokens {
		t := &p.tokens[i]
		switch {
		case p.starts(i, verbs) > 0:
			verb = true
		case t.kind == markToken && (t.text == "," || t.text == ";" || t.text == ":"):
			verb = false
		}
		if verb && t.in(deniesLast) && (i+1 == len(p.tokens) || p.tokens[i+1].kind == markToken) {
			return true
		}
	}
	return false
}

// denies says whether a denial stands in front of one of verbs.
func denies(p *passage, verbs list) bool {
	if !p.says(words.Not) || !p.says(verbs) {
		return false
	}
	for i := range p.tokens {
		if end := p.starts(i, words.Not); end > 0 && !deniesNeed(p, i, verbs) && (p.follows(end, len(p.tokens), verbs) || p.follows(behindClitics(p, end), len(p.tokens), verbs) || p.follows(i+1, len(p.tokens), verbs) && p.tokens[i].in(words.Not)) {
			return true
		}
	}
	return false
}

// maxClitics is how many pronouns stand between a denial and its verb, "no se la borren".
const maxClitics = 2

// behindClitics moves behind the pronouns that stand at token i.
func behindClitics(p *passage, i int) int {
	end := i
	for end < len(p.tokens) && end < i+maxClitics && (p.tokens[end].in(objectWords) || p.tokens[end].in(personArticles) || p.tokens[end].in(words.Pronoun)) {
		end++
	}
	return end
}

// deniesNeed says whether the denial at token i is of what somebody need not do, "she does not need to see the tickets": none of verbs, nor
// what people have with the reader, follows it.
func deniesNeed(p *passage, i int, verbs list) bool {
	end := p.starts(i, needNot)
	for k := i; k > max(0, i-maxNeedless) && end == 0; k-- {
		end = p.starts(k-1, needNot)
	}
	if end <= i {
		return false
	}
	rest := p.in.scan(p.text[p.tokens[end-1].end:])
	return !rest.says(verbs, belongings, evidentAccess)
}

// maxNeedless is how many words stand between the beginning of such a phrase and its denial.
const maxNeedless = 2

var needNot = cue("need_not")

// maxPlace is how many words name the place to which somebody is added.
const maxPlace = 5

// addsElsewhere says whether somebody is to be added to something that is none of ours, "add Jane Doe to the call on Thursday".
func addsElsewhere(sc *scene) bool {
	for i := 1; i+2 < len(sc.tokens); i++ {
		before := &sc.tokens[i-1]
		if !sc.tokens[i].in(toWords) || !sc.tokens[i+1].in(determiners) && !sc.tokens[i+1].in(purposeArticles) {
			continue
		}
		named := before.kind == addressToken || before.in(objectWords) || before.in(brackets) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to == i })
		if named && !sc.within(i+1, i+1+maxPlace, ourPlaces) && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from > i && n.from <= i+maxPlace }) {
			return true
		}
	}
	return false
}

func hasObject(sc *scene) bool {
	if len(sc.names) > 0 {
		return true
	}
	for i := range sc.tokens {
		if sc.tokens[i].kind == addressToken {
			return true
		}
	}
	return false
}

// changes says whether a sentence speaks of a role held now and another one, "from Technician to Secondary Contact".
func changes(sc *scene) bool {
	if !slices.ContainsFunc(sc.roles, func(m roleMention) bool { return !unfit(sc, m) }) {
		return changesLevel(sc) || len(sc.roles) > 0 && hasObject(sc) && sc.saysVerb(words.Verbs.of[ChangeRole]) && !othersChange(sc)
	}
	current, other := "", ""
	for _, m := range sc.roles {
		if takenAway(sc, m) {
			return true
		}
		if heldNow(sc, m) {
			current = m.id
		} else {
			other = m.id
		}
	}
	if current != "" && other != "" && current != other {
		return true
	}
	if len(sc.roles) == 2 && sc.says(words.InsteadOf) && (!sc.saysVerb(words.Verbs.of[AddUser]) || sc.says(makeWords)) {
		return true
	}
	if other != "" && len(sc.roles) == 1 && len(sc.names) == 0 && sc.says(insteadWords) && sc.precedes(determined(sc, sc.roles[0].from), 2, objectWords) {
		return true // "make her Secondary Contact instead"
	}
	if other != "" && len(sc.names) > 0 && !sc.saysVerb(words.Verbs.of[AddUser]) && slices.ContainsFunc(sc.roles, func(m roleMention) bool { return sc.precedes(m.from, 3, becomeWords) }) {
		return true
	}
	if m := sc.roles[0]; len(sc.roles) == 1 && m.from > 0 && other != "" {
		k := m.from - 1
		for k > 0 && determines(&sc.tokens[k]) {
			k--
		}
		if sc.tokens[k].in(toWords) && sc.saysVerb(words.Verbs.of[ChangeRole]) {
			return true
		}
	}
	return sc.saysVerb(words.Verbs.of[ChangeRole]) && !othersChange(sc) && (other != "" && !sc.saysVerb(words.Verbs.of[AddUser]) || (other != "" || sc.says(words.Pronoun)) && sc.says(roleNouns))
}

// changesLevel says whether the level of somebody is to be changed, and to which is not said: "adjust the level of Jane Doe", "she needs
// another role".
func changesLevel(sc *scene) bool {
	if sc.says(otherLevel) && sc.says(getsLevel) && (hasObject(sc) || sc.says(words.Pronoun)) {
		for i := range sc.tokens {
			if sc.starts(i, otherLevel) > 0 && sc.precedes(i, 3, getsLevel) {
				return true
			}
		}
	}
	if !sc.says(levelNouns) || !sc.says(verbChange) || !hasObject(sc) {
		return false
	}
	for i := range sc.tokens {
		if !sc.tokens[i].in(verbChange) {
			continue
		}
		for k := i + 1; k < len(sc.tokens) && k <= i+maxObject; k++ {
			if !sc.tokens[k].in(levelNouns) {
				continue
			}
			ofName := k+1 < len(sc.tokens) && (sc.tokens[k+1].in(ofWords) || sc.tokens[k+1].in(forWords)) && objectAt(sc, k+2)
			if ofName || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to == k && n.from > i }) {
				return true
			}
		}
	}
	return false
}

var otherLevel, getsLevel, levelNouns, verbChange = cue("other_level"), cue("gets_level"), cue("level_nouns"), cue("verb_change")

// othersChange says whether the verb of changing only tells what somebody can do: "so she can change the list".
func othersChange(sc *scene) bool {
	verb := false
	for i := range sc.tokens {
		if end := sc.starts(i, words.Verbs.of[ChangeRole].list); end > 0 {
			if !sc.precedes(i, 3, ability) && !nominal(sc, i) && !movesThing(sc, i) && !numberedThing(sc, i) {
				return false
			}
			verb = true
		}
	}
	return verb
}

// numberedThing says whether the verb at token i is what a number counts: "(change CHG-3308)", "Change #17".
func numberedThing(sc *scene, i int) bool {
	for k := i + 1; k < len(sc.tokens) && k <= i+2; k++ {
		if hasDigit(sc.tokens[k].text) && sc.tokens[k].kind != addressToken {
			return true
		}
	}
	return false
}

// movesThing says whether the verb at token i is a noun of something else than a role, "because he runs the move to your new hall", or tells
// what becomes of a thing, "our archive is to be moved to your premises".
func movesThing(sc *scene, i int) bool {
	done := sc.within(i-maxMoved, i, movedThings) && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from < i })
	return i > 0 && (done || sc.tokens[i].text == sc.tokens[i].lower && (sc.tokens[i-1].in(determiners) || sc.tokens[i-1].in(ofThem))) && !sc.says(roleNouns, words.AtPresent, words.InsteadOf) &&
		!slices.ContainsFunc(sc.roles, func(m roleMention) bool { return m.from > i })
}

// maxMoved is how far in front of a verb the thing stands that is moved: "our servers will soon have to be moved".
const maxMoved = 6

var movedThings = cue("moved_things")

// determined is where the words begin that determine what stands at token i, "our" in "currently our Technician".
func determined(sc *scene, i int) int {
	for i > 0 && sc.tokens[i-1].in(determiners) && !sc.tokens[i-1].in(heldBefore) {
		i--
	}
	return i
}

// heldNow says whether a role is named as the one somebody has: "from Technician", "at present Technician".
func heldNow(sc *scene, m roleMention) bool {
	if !sc.asks && !sc.question && sc.says(words.AtPresent) && sc.action == "" {
		return true // "At the moment Jane Doe is holding Billing and Support"
	}
	if !sc.asks && !sc.question && sc.says(heldWith) && !sc.says(willWords) && (sc.precedes(m.from, 3, heldWith) || sc.precedes(determined(sc, m.from), 4, heldWith)) {
		return true // "stands with you as Technician"
	}
	end := m.to
	for end < len(sc.tokens) && end < m.to+5 && sc.tokens[end].kind == wordToken && !slices.ContainsFunc(sc.roles, func(o roleMention) bool { return o.from == end }) {
		end++
	}
	if isHeld(sc, m) {
		return true
	}
	return sc.follows(m.to, 4, words.AtPresent) || sc.within(m.to, end, words.AtPresent) || sc.precedes(m.from, 5, heldBefore) || sc.precedes(determined(sc, m.from), 5, heldBefore) || leftFor(sc, m)
}

// isHeld says whether a role is told as what somebody is with us: "is Secondary Contact now", "is Technician on your list", "Jane Doe, today
// Technician, …".
func isHeld(sc *scene, m roleMention) bool {
	if !sc.says(heldNowWords, heldAt) {
		return false
	}
	head := determined(sc, m.from)
	if is := sc.precedes(head, 1, heldIs) || sc.precedes(head, 1, heldNowWords) && sc.precedes(head-1, 1, heldIs); is && (sc.follows(m.to, 1, heldNowWords) || !sc.asks && sc.starts(m.to, heldAt) > 0) {
		return true
	}
	return head > 1 && sc.tokens[head-1].in(heldNowWords) && sc.tokens[head-2].text == "," && m.to < len(sc.tokens) && sc.tokens[m.to].text == ","
}

var heldAt = cue("held_at")

// leftFor says whether a role stands in front of the one that comes in its place: "de Main Contact a Technician".
func leftFor(sc *scene, m roleMention) bool {
	if slices.ContainsFunc(sc.roles, func(o roleMention) bool { return pointsTo(sc, m.to, o.from) }) {
		return true // "Secondary Contact -> Main Contact"
	}
	another := slices.ContainsFunc(sc.roles, func(o roleMention) bool { return o.from >= m.to && o.from <= m.to+3 && o.id != m.id })
	if another && (m.to < len(sc.tokens) && begins(sc.tokens[m.to].text, fromBehind) || m.from > 0 && ends(sc.tokens[m.from-1].text, fromRole)) {
		return true
	}
	return m.from > 0 && sc.tokens[m.from-1].in(fromRole) && slices.ContainsFunc(sc.roles, func(o roleMention) bool {
		return o.from > m.to && o.from <= m.to+3 && o.id != m.id && sc.within(m.to, o.from, toRole)
	})
}
