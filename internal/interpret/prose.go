package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	furtherWishes, wasUnable = cue("ask_more"), cue("was_unable")
	authorWords, goneWords   = cue("author"), cue("gone")
	oneName, declining       = cue("one_name"), cue("declines")
	declinesBehind           = cue("declines_behind")
	recordWords              = cue("records")
)

// maxGreeting bounds the first line that can be a greeting.
const maxGreeting = 400

// person is somebody whom prose speaks of.
type person struct {
	name    string
	address string
	strong  bool // the text makes it a subject of the request, not just a name
	sent    int  // index of the sentence
	at      int  // index of the token
	to      int
	action  Action
	roles   []string
	reason  *string
	taken   bool // a pronoun or one word of the name takes the person up in the sentence of a wish
	wish    int  // index of that sentence, if it is another one
}

// inProse reads "please add Jane Doe <jane@x> as Secondary Contact, she takes over …". Whoever is not clearly the subject of
// a wish is nobody.
func (rd *reader) inProse(own string) []Request {
	if len(own) > maxProse {
		return nil
	}
	text := rd.body(own)
	all := &rd.prose(text).all
	if rd.noWish(text) || all.says(noAction, onlyPlanned, opposes) {
		return nil
	}
	scenes := slices.Clone(rd.scenes(text))
	again(scenes)
	if all.says(losing) {
		withoutGifts(scenes)
	} else {
		addsUp(scenes)
	}
	rd.visitUp(scenes, text)
	if own := rd.ownVisit(scenes, text); own != nil {
		return own
	}
	count, asks := 0, false
	for _, sc := range scenes {
		count += len(sc.names)
		asks = asks || sc.asks
	}
	if count > maxNames || !asks {
		return nil
	}
	for i := range scenes {
		if scenes[i].mixed && refuses(&scenes[i].passage) {
			return nil
		}
		for k := range scenes {
			if scenes[k].action == AddUser && scenes[i].denied && !deniesExtra(&scenes[i]) {
				return nil
			}
			if scenes[k].action != "" && forbidsAction(&scenes[i].passage, scenes[k].action) && !noMailbox(&scenes[i]) && !deniesExtra(&scenes[i]) {
				return nil
			}
		}
		if scenes[i].action == ResendInvitation && !all.says(words.Invitation) {
			scenes[i].action = ""
		}
	}
	resume(scenes)
	people, doubtful := rd.people(scenes)
	self, andOthers := false, false
	if len(people) == 0 {
		if self, andOthers = addsAuthor(scenes); !self {
			people = rd.inCopy(scenes)
		}
	}
	named := withoutAuthor(scenes, people)
	if people = governed(scenes, named); droppedBeside(scenes, named, people) {
		return nil // staff read it
	}
	if len(people) == 0 {
		switch {
		case self && andOthers:
			return nil
		case self && !rd.inner:
			return rd.ownAddition(text)
		}
		if own := rd.ownChange(scenes); own != nil {
			return own
		}
		return rd.nobody(scenes)
	}
	if slices.ContainsFunc(scenes, changesAuthor) {
		return nil // what the author is to be is no role of anybody else: staff read it
	}
	if !rd.assignActions(scenes, people) {
		return nil
	}
	rd.assignRoles(scenes, people)
	rd.assignReasons(scenes, people)
	windows := rd.windowsOf(scenes, people, text)
	var out []Request
	for i := range people {
		p := &people[i]
		q := Request{Action: p.action, Roles: []string{}, Reason: p.reason, Grants: []string{}}
		if p.name != "" && asWritten(scenes, *p) {
			q.Name = &p.name
		}
		if p.address != "" && !doubtful {
			q.Email = &p.address
		}
		if q.Action == AddUser || q.Action == ChangeRole {
			q.Roles = append(q.Roles, p.roles...)
		}
		if q.Action == ScheduleVisit {
			q.Starts, q.Ends = windows[i].starts, windows[i].ends
		}
		out = append(out, q)
	}
	if leftOut(scenes, out) {
		return nil // staff read it
	}
	return out
}

// leftOut says whether only one of the two deeds was found that a sentence asks for, or nothing of somebody whom one asks to add or remove.
func leftOut(scenes []scene, out []Request) bool {
	asked := func(action Action) bool {
		return slices.ContainsFunc(out, func(q Request) bool { return q.Action == action })
	}
	return slices.ContainsFunc(scenes, func(sc scene) bool { return sc.half }) && !(asked(RemoveUser) && asked(AddUser)) ||
		slices.ContainsFunc(scenes, func(sc scene) bool { return passedOver(&sc, out) })
}

// maxConjunction is how long a word is, in runes, that may join two people in a language that nobody has taught the reader.
const maxConjunction = 3

// droppedBeside says whether somebody with an address was left out who stands beside somebody kept with nothing but a short word between them.
func droppedBeside(scenes []scene, named, kept []person) bool {
	for _, p := range named {
		if p.address == "" || slices.ContainsFunc(kept, func(o person) bool { return o.sent == p.sent && o.at == p.at }) {
			continue
		}
		for _, o := range kept {
			if o.sent == p.sent && o.address != "" && onlyConjunction(&scenes[p.sent], min(o.to, p.to), max(o.at, p.at)) {
				return true
			}
		}
	}
	return false
}

// onlyConjunction says whether brackets, addresses and one short word stand between tokens from and to.
func onlyConjunction(sc *scene, from, to int) bool {
	short := 0
	for i := from; i < to; i++ {
		switch t := &sc.tokens[i]; {
		case t.kind == addressToken || t.in(brackets):
		case t.kind == wordToken && utf8.RuneCountInString(t.text) <= maxConjunction:
			short++
		default:
			return false
		}
	}
	return short <= 1
}

// passedOver says whether a sentence asks to add or remove the only person whom it names and whose address it gives, and none of out is of them.
func passedOver(sc *scene, out []Request) bool {
	if !sc.asks || sc.action != RemoveUser && sc.action != AddUser || len(sc.names) != 1 || !besideAddress(sc.tokens, sc.names[0].to-1) {
		return false
	}
	if n := sc.names[0]; compared(sc, n.from) || toBeTold(sc, n.from) || !strongName(sc, n) {
		return false
	}
	return !slices.ContainsFunc(out, func(q Request) bool {
		return q.Name != nil && sameName(*q.Name, sc.names[0].name) || q.Email != nil && slices.ContainsFunc(sc.tokens, func(t token) bool { return t.lower == *q.Email })
	})
}

// asWritten says whether a name has no ending that its language puts to names.
func asWritten(scenes []scene, p person) bool {
	sc := &scenes[p.sent]
	if inGenitive(sc, p) {
		return false
	}
	return !sc.says(declining) && !sc.precedes(p.at, 1, declinesBehind) || nominative(p) || follows(sc, p.at, ":") || restated(sc, p.at) || inOtherLetters(sc, p.name)
}

// inGenitive says whether nobody knows if the s that a name ends with is its own: "Jane Does konto".
func inGenitive(sc *scene, p person) bool {
	if !strings.HasSuffix(p.name, "s") || !sc.says(behindGenitive) {
		return false
	}
	ws := strings.Fields(lower(p.name))
	return slices.ContainsFunc(sc.names, func(n nameSpan) bool {
		return n.from == p.at && n.to < len(sc.tokens) && sc.tokens[n.to].in(behindGenitive)
	}) && !strings.Contains(p.address, ws[len(ws)-1])
}

var behindGenitive = cue("behind_genitive")

// inOtherLetters says whether a name is written in other letters than its sentence, whose endings it cannot have then: "добавьте Jane Doe".
func inOtherLetters(sc *scene, name string) bool {
	cyrillic := func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }
	return !strings.ContainsFunc(name, cyrillic) && strings.ContainsFunc(sc.text, cyrillic)
}

// restated says whether the name at token at was written in front of it, too, with the ending of a case.
func restated(sc *scene, at int) bool {
	return slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == at && n.restated })
}

// inCopy finds the person that the text says is in Cc.
func (rd *reader) inCopy(scenes []scene) []person {
	var out []person
	for i := range scenes {
		sc := &scenes[i]
		if !sc.says(words.InCopy) {
			continue
		}
		for _, cc := range rd.m.Cc {
			address := lowerAddress(cc)
			name, ok := cleanName(personalName(cc.Name))
			if !ok || wordCount(name) < 2 || address == rd.sender || has(rd.ours, address) {
				continue
			}
			for k, t := range sc.tokens {
				if t.kind == wordToken && startsUpper(t.text) && partOfName(t.text, name) {
					out = merge(out, person{name: name, address: address, strong: true, sent: i, at: k, to: k + 1})
				}
			}
		}
	}
	if len(out) == 1 {
		return out
	}
	return nil
}

// body is own without its greeting, lists of boxes and what it wants of other lists, found once.
func (rd *reader) body(own string) string {
	if rd.greeted == "" || rd.greeted != own {
		rd.greeted, rd.rest = own, rd.withoutListings(rd.withoutBoxes(withoutGreeting(own)))
	}
	return rd.rest
}

// withoutGreeting takes "Dear Jane Doe," off the first line. One that goes on with a wish is kept.
func withoutGreeting(own string) string {
	first, rest, ok := strings.Cut(strings.TrimLeft(own, "\n "), "\n")
	if !ok || len(first) > maxGreeting || strings.ContainsAny(first, ".?@") {
		return own
	}
	next, _, _ := strings.Cut(rest, "\n")
	if didNotFit(strings.TrimSpace(first), strings.TrimSpace(next)) {
		return own // wrapped: "Hi, from today Jane Doe" and her address
	}
	addressed := strings.HasSuffix(strings.TrimSpace(first), ",")
	if !addressed && !greets.mayInTokens(first) {
		return own
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(first, nil)
	n := p.words()
	if (n <= 8 && p.starts(nextWord(p.tokens, -1), words.Greetings) > 0 || n <= 4 && addressed) && !p.says(words.Ask) {
		return rest
	}
	return own
}

// prose cuts text into sentences, once.
func (rd *reader) prose(text string) *prose {
	for _, p := range rd.read {
		if p.all.text == text {
			rd.in = p.all.in
			return p
		}
	}
	for _, p := range rd.read {
		if q := p.behind(text, rd.room); q != nil {
			rd.read, rd.in = append(rd.read, q), q.all.in
			return q
		}
	}
	p := readProse(text, rd.room)
	rd.read, rd.in = append(rd.read, p), p.all.in
	return p
}

// follows says whether a mark stands right in front of token i.
func follows(sc *scene, i int, mark string) bool { return i > 0 && sc.tokens[i-1].text == mark }

// maxBareChange is how many words a wish to change has that names nothing: "please change that accordingly".
const maxBareChange = 8

// resume gives wishes that only take up what was told their action: "She is Technician and should be Main Contact. Please change that",
// "Jane Doe has left us. Please close the account". What a sentence without a verb seems to add is changed where another one asks to.
func resume(scenes []scene) {
	change := false
	for i := range scenes {
		sc := &scenes[i]
		if !sc.asks {
			continue
		}
		if sc.action == AddUser && !hasObject(sc) && len(sc.roles) == 0 && slices.ContainsFunc(scenes, visitTold) {
			sc.action = ScheduleVisit // "Jane Doe comes to your site on … at 10:00. Please register her"
		}
		if sc.action == "" && sc.saysVerb(words.Verbs.of[ChangeRole]) && !hasObject(sc) && !forbidsAction(&sc.passage, ChangeRole) {
			for k := max(0, i-2); k < i; k++ {
				if prev := &scenes[k]; hasObject(prev) && (len(prev.roles) > 0 || prev.says(levelNouns)) && !prev.question {
					sc.action = ChangeRole
				}
			}
		}
		if sc.action == "" && sc.says(recordWords) && len(sc.names) == 0 {
			for k := max(0, i-2); k < i; k++ {
				if prev := &scenes[k]; !prev.asks && !prev.question && len(prev.names) > 0 {
					prev.asks = true // "We have appointed Jane Doe as Technician. Please update your records"
					prev.action = sentenceAction(prev)
				}
			}
		}
		if sc.action == "" && len(sc.roles) == 0 && sc.says(againWords, anotherOne) && !linksElsewhere(sc) && invitedBefore(scenes, i) {
			sc.action = ResendInvitation // "The invitation to jane@… was deleted. Please issue it again."
		}
		if sc.action == "" && sc.saysVerb(words.Verbs.of[RemoveUser]) && !hasObject(sc) && !forbidsAction(&sc.passage, RemoveUser) {
			for k := max(0, i-2); k < i; k++ {
				if prev := &scenes[k]; hasObject(prev) && prev.says(goneWords) {
					sc.action = RemoveUser
				}
			}
		}
		about := len(sc.names) > 0 || len(sc.roles) > 0 || sc.says(words.Pronoun, recordWords) || sc.words() <= maxBareChange
		change = change || sc.action == ChangeRole || sc.action == "" && about && sc.saysVerb(words.Verbs.of[ChangeRole]) && !othersChange(sc)
	}
	adds := slices.ContainsFunc(scenes, func(sc scene) bool { return sc.action == AddUser })
	gone := slices.ContainsFunc(scenes, func(sc scene) bool { return sc.says(goneWords) && len(sc.names) > 0 })
	for i := range scenes {
		if sc := &scenes[i]; adds && !gone && sc.action == RemoveUser && laterOnly(sc) {
			sc.asks, sc.action = false, ""
		}
	}
	for i := 1; i < len(scenes); i++ {
		if sc := &scenes[i]; scenes[i-1].action == RemoveUser && succeeds(sc) {
			sc.asks, sc.action = true, AddUser
		}
	}
	for i := range scenes {
		if sc := &scenes[i]; change && sc.action == AddUser && !sc.saysVerb(words.Verbs.of[AddUser]) {
			sc.action = ChangeRole
		}
	}
}

// laterOnly says whether a sentence that names nobody tells what is to become of a newcomer some day: "If she leaves, please remove her", "We
// will tell you when she has to be removed".
func laterOnly(sc *scene) bool {
	first := nextWord(sc.tokens, -1)
	if len(sc.names) > 0 || !conditional(sc) && sc.starts(first, ownFuture) == 0 {
		return false
	}
	k := slices.IndexFunc(sc.tokens, func(t token) bool { return t.in(belongings) })
	return k < 1 || !sc.tokens[k-1].in(authorWords) // "I'll leave on Friday, so please remove my access then"
}

var ownFuture = cue("own_future")

// invitedBefore says whether sentence i or one of the two in front of it speaks of an invitation.
func invitedBefore(scenes []scene, i int) bool {
	return slices.ContainsFunc(scenes[max(0, i-2):i+1], func(sc scene) bool { return sc.says(words.Invitation) && !sc.saysVerb(words.Verbs.of[AddUser]) })
}

var anotherOne = cue("another_one")

var succeeding, deniesAccess = cue("succeeds"), cue("denies_access")

// succeeds says whether a sentence gives the place and the role of somebody who is to be removed to one person named with their address:
// "Jane Doe (jane@…) takes his place as Technician".
func succeeds(sc *scene) bool {
	rest := sc.replace(succeeding, " ")
	return !sc.asks && !sc.question && sc.says(succeeding, words.NewPerson) && len(sc.names) == 1 && besideAddress(sc.tokens, sc.names[0].to-1) && len(settle(assignedRoles(sc))) > 0 &&
		!rest.says(words.Not, words.Restrict, words.Doubt) && !sc.within(sc.names[0].to, len(sc.tokens), deniesAccess)
}

// assignActions gives every person the action of their sentence, or the only one of the mail. False if that is not possible
// for somebody.
func (rd *reader) assignActions(scenes []scene, people []person) bool {
	var only Action
	kinds := 0
	seen := map[Action]bool{}
	for _, sc := range scenes {
		if sc.mixed && !seen[RemoveUser] {
			seen[RemoveUser] = true
			kinds++
		}
		if sc.action != "" && !seen[sc.action] {
			seen[sc.action] = true
			only = sc.action
			kinds++
		}
	}
	for i := range people {
		here := scenes[people[i].sent].action
		if wish := people[i].wish; wish > people[i].sent && scenes[wish].action != "" {
			here = scenes[wish].action
		}
		if scenes[people[i].sent].mixed {
			if people[i].action = verbBefore(&scenes[people[i].sent], people[i].at); people[i].action == "" {
				return false
			}
			continue
		}
		if here == ChangeRole && seen[AddUser] && len(people) == 1 {
			here = AddUser // "… should become our Main Contact. Please create an account for her"
		}
		switch {
		case here != "" && kinds == 1, here != "" && here != ScheduleVisit:
			people[i].action = here
		case kinds == 1:
			if people[i].action = only; only == RemoveUser && len(assignedRoles(&scenes[people[i].sent])) > 0 {
				return false // who gets a role is not to be removed with somebody else
			}
		default:
			return false
		}
		if people[i].action == AddUser && leaves(scenes, people[i]) {
			return false
		}
		if people[i].action == ChangeRole && newcomer(scenes, people[i], len(people)) {
			people[i].action = AddUser
		}
		if people[i].action == AddUser && heldElsewhere(scenes, people[i], len(people)) {
			people[i].action = ChangeRole
		}
	}
	return !seen[AddUser] || !seen[RemoveUser] || allMeant(scenes, people)
}

// allMeant says whether each sentence that asks to add or to remove somebody it does not name has somebody: who is to come is nobody who is to go, and
// "add her and delete him" leaves open who is who.
func allMeant(scenes []scene, people []person) bool {
	for i := range scenes {
		sc := &scenes[i]
		meant := func(p person) bool { return (p.action == RemoveUser) == (sc.action == RemoveUser) }
		if (sc.action == AddUser || sc.action == RemoveUser) && !hasObject(sc) && !slices.ContainsFunc(people, meant) {
			return false
		}
	}
	return true
}

// newcomer says whether somebody who is to become something is introduced: their address is told by itself, and no role or change of one.
func newcomer(scenes []scene, p person, people int) bool {
	if people > 1 || p.address == "" || heldElsewhere(scenes, p, people) {
		return false
	}
	told := false
	for i := range scenes {
		sc := &scenes[i]
		if sc.saysVerb(words.Verbs.of[ChangeRole]) || sc.says(roleNouns, words.InsteadOf, words.AtPresent) {
			return false
		}
		for _, k := range addressesIn(sc) {
			told = told || sc.tokens[k].lower == p.address && i > p.sent && tellsAddress(sc, k)
		}
	}
	return told
}

// leaves says whether the only sentence with somebody tells that they have left.
func leaves(scenes []scene, p person) bool {
	sc := &scenes[p.sent]
	at := afterAddress(sc, p.to)
	return len(sc.names) == 1 && (sc.follows(at, len(sc.tokens), goneWords) || at < len(sc.tokens) && sc.tokens[at].in(finite) && sc.follows(at+1, len(sc.tokens), goneWords))
}

// afterAddress is the first word behind an address, or the bracket it stands in, at token i.
func afterAddress(sc *scene, i int) int {
	for i < len(sc.tokens) && sc.tokens[i].kind != wordToken {
		i++
	}
	return i
}

// heldElsewhere says whether the text tells that the person holds another role now.
func heldElsewhere(scenes []scene, p person, people int) bool {
	for si := range scenes {
		sc := &scenes[si]
		if sc.question && !sc.asks {
			continue // "does Jane Doe have the role already?"
		}
		for _, m := range sc.roles {
			if (heldNow(sc, m) || p.address == "" && toldAndLeft(scenes, si, m)) && !heldByOther(sc, m, p) && (si == p.sent || people == 1) && !sc.within(m.from-6, m.from, authorWords) {
				return true
			}
		}
	}
	return false
}

// toldAndLeft says whether a sentence tells that somebody is what the wish behind it replaces: "Jane Doe is now Main Contact. From January
// she should be Technician."
func toldAndLeft(scenes []scene, si int, m roleMention) bool {
	sc := &scenes[si]
	head := determined(sc, m.from)
	if head > 0 && sc.tokens[head-1].in(heldNowWords) {
		head--
	}
	if sc.asks || sc.question || head == 0 || !sc.tokens[head-1].in(copulas) {
		return false
	}
	return slices.ContainsFunc(scenes[si+1:], func(o scene) bool {
		given := settle(assignedRoles(&o))
		return o.asks && len(o.names) == 0 && o.says(words.Pronoun) && len(given) == 1 && given[0] != m.id && !o.saysVerb(words.Verbs.of[AddUser])
	})
}

// heldThenWished says whether a sentence tells what somebody is and the next one what that should be: "Jane Doe is listed as Technician. That
// should be Main Contact."
func heldThenWished(scenes []scene, p person) bool {
	if p.sent+1 >= len(scenes) {
		return false
	}
	sc := &scenes[p.sent+1]
	first := nextWord(sc.tokens, -1)
	if !sc.asks || first >= len(sc.tokens) || !sc.tokens[first].in(takesThat) || len(sc.names) > 0 || len(settle(assignedRoles(sc))) == 0 {
		return false
	}
	return slices.ContainsFunc(scenes[p.sent].roles, func(m roleMention) bool { return heldNow(&scenes[p.sent], m) })
}

var takesThat = cue("takes_that")

// heldByOther says whether somebody else has a role: whose name stands in front of it, "the same access as Raj Patel, who is a Technician", or
// whom it calls, "our former Technician has left".
func heldByOther(sc *scene, m roleMention, p person) bool {
	if len(sc.names) == 0 && sc.says(goneWords) && sc.within(m.from-2, m.from, ourWords) {
		return true
	}
	last := ""
	for _, n := range sc.names {
		if n.to <= m.from {
			last = n.name
		}
	}
	return last != "" && p.name != "" && !sameName(last, p.name)
}

// forSelf says whether the author asks for their own invitation.
func (rd *reader) forSelf(own string) bool {
	all := &rd.prose(own).all
	return all.says(words.Self) || !all.says(words.Pronoun)
}
