package interpret

import (
	"cmp"
	"slices"
)

// A mail that asks in words nobody listed is read by what it holds: somebody's full name with an address that is neither the author's
// nor ours, and a role of the model that nobody has yet, are a request to add that person, unless something in the mail says otherwise.
var (
	// evidentWish are words of sentences that want, allow, appoint or introduce; evidentAccess what people have with us.
	evidentWish, evidentAccess = cue("evident_wish"), cue("evident_access")
	// evidentNot are the words of mails about something else, and of those that only weigh a wish.
	evidentNot = cue("evident_not")
	// evidentAside are the words of such mails where they stand beside somebody, a role or access: elsewhere they are background.
	evidentAside = cue("evident_aside")
	// evidentDone tell of what was done already, in front of the verb of an action.
	evidentDone, evidentSuffices = cue("evident_done"), cue("evident_suffices")
	wishThat                     = cue("wish_that")
)

// maxEvident bounds the sentences of a mail that is read so: a long one is about more than one thing.
const maxEvident = 14

// evident reads who is to be added where no wish was read.
func (rd *reader) evident(own string) []Request {
	scenes, people := rd.evidentlyAdded(own)
	if len(people) == 0 {
		return nil
	}
	rd.assignReasons(scenes, people)
	out := addingAll(scenes, people)
	if len(people) == 1 && len(out[0].Roles) > 0 && heldElsewhere(scenes, people[0], 1) {
		out[0].Action = ChangeRole // "Jane Doe is Technician now. …" in words for a change that nobody listed
	}
	return out
}

// evidentlyAdded are the people whom own evidently adds, with their roles, and the scenes that say so; nil if it adds none.
func (rd *reader) evidentlyAdded(own string) ([]scene, []person) {
	if len(own) > maxProse {
		return nil, nil
	}
	text := rd.body(own)
	scenes := rd.scenes(text)
	if len(scenes) > maxEvident || rd.noWish(text) || slices.ContainsFunc(scenes, func(sc scene) bool { return rd.against(&sc) }) {
		return nil, nil
	}
	people := rd.evidentPeople(scenes)
	if len(people) == 0 || len(people) > maxTogether {
		return nil, nil
	}
	wish := false
	for i := range scenes {
		wish = wish || wants(&scenes[i])
	}
	if !wish || !rd.evidentRoles(scenes, people) {
		return nil, nil
	}
	return scenes, people
}

// addingAll are the requests to add people.
func addingAll(scenes []scene, people []person) []Request {
	var out []Request
	for i := range people {
		p := &people[i]
		q := Request{Action: AddUser, Roles: append([]string{}, p.roles...), Reason: p.reason, Grants: []string{}}
		if p.name != "" && asWritten(scenes, *p) {
			q.Name = &p.name
		}
		if p.address != "" {
			q.Email = &p.address
		}
		out = append(out, q)
	}
	return out
}

// noWish says whether a text tells that it asks for nothing. What the author wants to be told besides, of nobody named, does not: "let me
// know whether you need a copy of their passports".
func (rd *reader) noWish(text string) bool {
	p := rd.prose(text)
	if p.listsElsewhere() {
		return true // body has left that out where something else is asked for
	}
	if !p.all.says(words.NotAWish) {
		return false
	}
	aside := 0
	for i := range p.sentences {
		s := &p.sentences[i]
		if !s.says(words.NotAWish) {
			continue
		}
		sc := rd.scene(*s)
		if noMailbox(&sc) || deniesExtra(&sc) || wishedDone(&sc) {
			aside++
			continue
		}
		if !sc.says(wantsTold) || len(sc.names) > 0 || len(sc.roles) > 0 || len(addressesIn(&sc)) > 0 || sc.saysVerb(words.Verbs.of[AddUser]) || sc.says(evidentAccess) {
			return true
		}
		for k := range sc.tokens {
			if sc.starts(k, wantsTold) > 0 {
				if before := sc.in.scan(sc.text[:sc.tokens[k].start]); before.says(words.NotAWish) {
					return true
				}
				break
			}
		}
		aside++
	}
	return aside == 0
}

// wishedDone says whether what a sentence tells as done, as not_a_wish has it, is what it asks for: "dopilnować, aby Jane Doe została usunięta".
func wishedDone(sc *scene) bool {
	if !sc.asks || sc.action == "" || !sc.says(soThat) {
		return false
	}
	for i := range sc.tokens {
		if sc.starts(i, words.NotAWish) > 0 {
			return false
		}
		if sc.starts(i, soThat) > 0 {
			return !sc.within(i, len(sc.tokens), words.Not)
		}
	}
	return false
}

var wantsTold, soThat = cue("wants_told"), cue("so_that")

// forbidsMore says whether the mark at token i is followed by more than a remark that acts on nobody, ", but I wanted to ask early".
func forbidsMore(sc *scene, i int) bool {
	if i+1 >= len(sc.tokens) {
		return false
	}
	rest := sc.in.scan(sc.text[sc.tokens[i].end:])
	return sc.tokens[i].text != "," || rest.says(words.Not) || rest.saysVerb(words.Verbs.of[AddUser]) || rest.saysVerb(words.Verbs.of[RemoveUser])
}

// noMailbox says whether a sentence only tells that an address does not exist yet, "O e-mail dele ainda não foi criado": the denial stands behind the
// address and one more word at most, and is of nobody.
func noMailbox(sc *scene) bool {
	if sc.question || sc.asks || !sc.says(words.Not) || len(sc.names) > 0 || len(sc.roles) > 0 || sc.says(words.Please, andWords, nobodyWords, modals) {
		return false
	}
	at := slices.IndexFunc(sc.tokens, func(t token) bool { return t.kind == wordToken && words.field(t.lower) == "email" }) + 1
	if at > 0 && at < len(sc.tokens) && words.field(sc.tokens[at-1].lower+" "+sc.tokens[at].lower) == "email" {
		at++ // "e-mail address"
	}
	denial := at
	for denial < len(sc.tokens) && sc.starts(denial, words.Not) == 0 {
		denial++
	}
	end := denial
	for end < len(sc.tokens) && sc.tokens[end].kind != markToken {
		end++
	}
	return at > 0 && denial <= at+1 && denial < len(sc.tokens) && !sc.within(denial, end, objectWords) && !forbidsMore(sc, end)
}

// maxDenied is how many tokens a denial stands in front of a role at most.
const maxDenied = 6

// maxTogether is how many people a text in prose adds.
const maxTogether = 8

// against says whether a sentence tells of something else than somebody to add: a removal, a change, a visit, an invitation, a refusal,
// a doubt, a thing done, thanks for it, or a question how things are.
func (rd *reader) against(sc *scene) bool {
	who := len(sc.names) > 0 || len(sc.roles) > 0 || sc.says(words.Pronoun)
	if sc.says(wantsTold) && len(sc.names) == 0 && len(sc.roles) == 0 && !sc.says(evidentAccess) && !sc.says(opposes) {
		return false
	}
	if sc.action != "" && sc.action != AddUser || sc.mixed || sc.says(words.Doubt, evidentNot, goneWords, losing, opposes) || sc.says(roleDoubt) && !doubtsRole(sc) {
		return true
	}
	if (who || sc.asks || sc.says(evidentAccess, evidentWish)) && ofTheirs(sc).says(evidentAside) {
		return true
	}
	v := &words.Verbs
	if sc.saysVerb(v.of[RemoveUser]) || sc.saysVerb(v.of[ResendInvitation]) || refuses(&sc.passage) || sc.denied || needNotBe(&sc.passage, words.Verbs.of[AddUser].list) || tellsOnly(sc) && !asksDetails(sc) && !doubtsRole(sc) {
		return true
	}
	if who && !sc.asks && conditional(sc) {
		return true // "If you need a technician, Jane Doe (jane@…) will come along"
	}
	if who && (otherDeed(sc) || addsThing(sc) || sc.question && sc.starts(sentenceHead(sc), whoAsks) > 0) {
		return true
	}
	if who && (thanksFor(sc) || sc.says(evidentDone, words.InsteadOf, words.AtPresent) || asksState(sc) || rd.announces(sc)) {
		return true
	}
	if len(sc.roles) > 0 && (changes(sc) && !sc.says(wishThat) || slices.ContainsFunc(sc.roles, func(m roleMention) bool { return sc.within(m.from-maxDenied, m.from, words.Not) }) || slices.ContainsFunc(sc.roles, func(m roleMention) bool { return tellsRole(sc, m) })) {
		return true
	}
	return sc.question && who && !wants(sc)
}

// doubtsRole says whether what a sentence leaves to the reader is which role somebody gets: they are asked for it.
func doubtsRole(sc *scene) bool {
	return sc.says(roleDoubt) && (len(sc.roles) > 1 || sc.says(roleNouns, formRole))
}

// ofTheirs is a sentence without what it tells that somebody else wants or has to do: "she wishes to see what the website costs us".
func ofTheirs(sc *scene) *passage {
	if !sc.says(theirWish) {
		return &sc.passage
	}
	for i := range sc.tokens {
		if end := sc.starts(i, theirWish); end > 0 && end < len(sc.tokens) {
			from := sc.tokens[i].start
			rest := sc.in.scan(sc.text[:from] + " " + sc.text[clauseEnd(sc.text, from):])
			return &rest
		}
	}
	return &sc.passage
}

// thanksFor says whether a sentence thanks for something, more than by a word in front or at its end: "both as technician, thank you!"
func thanksFor(sc *scene) bool {
	if !sc.says(thanking) {
		return false
	}
	for i := range sc.tokens {
		end := sc.starts(i, thanking)
		if end == 0 {
			continue
		}
		for end < len(sc.tokens) && (sc.tokens[end].kind == markToken || sc.tokens[end].in(thanksEnds)) {
			end++
		}
		if end < len(sc.tokens) {
			return true
		}
	}
	return false
}

// asksDetails says whether a sentence that asks to be told something asks what the author is to tell.
func asksDetails(sc *scene) bool {
	return sc.says(fromAuthor) && len(sc.names) == 0 && len(sc.roles) == 0
}

var theirWish, thanksEnds, fromAuthor = cue("their_wish"), cue("thanks_ends"), cue("from_author")

// wants says whether a sentence wants something, or gives somebody something.
func wants(sc *scene) bool {
	p := &sc.passage
	if sc.says(announcing) {
		rest := sc.replace(announcing, " ")
		p = &rest // "let you know"
	}
	return sc.asks || p.says(evidentWish, evidentSuffices, words.Ask, furtherWishes) || len(sc.roles) > 0 && verbless(sc)
}

// maxVerbless is how many words stand in front of a role without a verb.
const maxVerbless = 4

// verbless says whether a sentence begins with a role for somebody, "Technician role for Jane Doe (jane@…)", or names as what without a verb.
func verbless(sc *scene) bool {
	m := sc.roles[0]
	if m.from <= maxVerbless && sc.precedes(m.from, 1, asWords) && sc.words() <= 2*maxVerbless && !sc.says(finite, copulas, auxiliaries) {
		return true // "both as technician, please"
	}
	return m.from <= 1 && sc.within(m.to, m.to+3, forWords)
}

// evidentPeople are those whom a mail names in full with their addresses; where none has one, the only one whom it gives a role.
func (rd *reader) evidentPeople(scenes []scene) []person {
	var all, with []person
	var free []spot
	addresses, used := rd.otherAddresses(scenes)
	for _, f := range addresses {
		sc := &scenes[f.sent]
		if n, ok := adjacentName(sc, f.tok); ok && !compared(sc, n.from) {
			all = merge(all, person{name: n.name, address: sc.tokens[f.tok].lower, sent: f.sent, at: n.from, to: f.tok + 1, action: AddUser})
		} else {
			free = append(free, f)
		}
	}
	for si := range scenes {
		sc := &scenes[si]
		for _, n := range slices.Concat(sc.names, smallNames(sc, scenes)) {
			if !compared(sc, n.from) && !rd.signsOff(scenes, si) {
				all = merge(all, person{name: n.name, sent: si, at: n.from, to: n.to, action: AddUser})
			}
		}
	}
	var left []spot
	for _, f := range free {
		a := scenes[f.sent].tokens[f.tok].lower
		owner, shared := ownerOf(a, all)
		switch {
		case owner >= 0 && all[owner].address == "":
			all[owner].address = a
		case owner >= 0 || shared:
			return nil // two addresses of one, or one of two
		default:
			left = append(left, f)
		}
	}
	if len(left) == 1 && len(all) == 1 && all[0].address == "" {
		behind := left[0].sent > all[0].sent || left[0].sent == all[0].sent && left[0].tok >= all[0].to
		if sc := &scenes[left[0].sent]; behind && sc.tokens[left[0].tok-min(1, left[0].tok)].text != "(" && (tellsAddress(sc, left[0].tok) || len(sc.names) == 0 && sc.says(ofOne)) {
			all[0].address = sc.tokens[left[0].tok].lower
			left = nil
		}
	}
	if len(left) > 0 || mentionsChoice(scenes, used) {
		return nil
	}
	for _, p := range all {
		if p.address != "" {
			with = append(with, p)
		}
	}
	if len(with) == 0 {
		for _, p := range all { // the one who gets a role by the sentence that names them
			if sc := &scenes[p.sent]; wants(sc) && len(evidentIn(sc)) > 0 && !compared(sc, p.at) {
				with = append(with, p)
			}
		}
		if len(with) > 1 {
			return nil
		}
	}
	slices.SortStableFunc(with, func(a, b person) int { return cmp.Or(a.sent-b.sent, a.at-b.at) })
	return with
}

// maxSignOff is how many words an author signs with who is called by a part of their name.
const maxSignOff = 3

// signsOff says whether the last sentence is what the author calls themselves, "Fr Josiah".
func (rd *reader) signsOff(scenes []scene, i int) bool {
	sc := &scenes[i]
	return i == len(scenes)-1 && i > 0 && sc.words() <= maxSignOff && slices.ContainsFunc(sc.tokens, func(t token) bool { return t.kind == wordToken && startsUpper(t.text) && partOfName(t.text, rd.author) })
}

// evidentRoles gives people the roles that a mail speaks of as theirs to be. False where nothing tells that they get a role or access,
// or where several would share what only one may have.
func (rd *reader) evidentRoles(scenes []scene, people []person) bool {
	doubt := slices.ContainsFunc(scenes, func(sc scene) bool { return doubtsRole(&sc) })
	if len(people) == 1 {
		given, ok := evidentGiven(scenes, people[0])
		if people[0].roles = settle(given); doubt {
			people[0].roles = []string{}
		}
		return ok || doubt && people[0].address != ""
	}
	if doubt {
		return false
	}
	var shared []assigned
	for i := range people {
		from, to := people[i].sent, len(scenes)
		if i+1 < len(people) {
			to = people[i+1].sent
		}
		var mine []assigned
		for si := from; si < max(to, from+1); si++ {
			mine = append(mine, partRoles(&scenes[si], people, i, si)...)
		}
		people[i].roles = settle(mine)
	}
	for si := range scenes {
		if sc := &scenes[si]; len(peopleIn(people, si)) == 0 && sc.says(words.Both, pluralWords) || len(peopleIn(people, si)) == len(people) {
			shared = append(shared, evidentIn(sc)...)
		}
	}
	none := 0
	for i := range people {
		if len(people[i].roles) == 0 {
			none++
		}
	}
	switch {
	case none == 0:
	case none == len(people) && len(settle(shared)) > 0:
		for i := range people {
			people[i].roles = settle(shared)
		}
	case none == len(people)-1 && len(people[len(people)-1].roles) > 0 && len(settle(shared)) > 0 && severally(&scenes[people[0].sent], shared):
		for i := range people {
			people[i].roles = settle(shared)
		}
	default:
		return false
	}
	return true
}

// partRoles are the roles of a sentence that stand behind person i and in front of the next one.
func partRoles(sc *scene, people []person, i, sent int) []assigned {
	from, to := 0, len(sc.tokens)
	if people[i].sent == sent {
		for k, p := range people {
			if p.sent == sent && k < i {
				from = people[i].at
			}
			if p.sent == sent && k > i {
				to = min(to, p.at)
			}
		}
	}
	var out []assigned
	for _, g := range evidentIn(sc) {
		if g.from >= from && g.to <= to {
			out = append(out, g)
		}
	}
	return out
}

// evidentGiven are the roles that a mail speaks of as those of the one person whom it names. ok says whether it tells that they get a
// role or access.
func evidentGiven(scenes []scene, p person) (given []assigned, ok bool) {
	for si := range scenes {
		sc := &scenes[si]
		about := si == p.sent || si > p.sent && len(sc.names) == 0 || sc.says(words.Pronoun) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, p.name) })
		roles := evidentIn(sc)
		given = append(given, roles...)
		switch {
		case len(roles) > 0 && p.address != "":
			ok = true
		case len(roles) > 0:
			ok = ok || about && wants(sc)
		case p.address != "" && about && sc.says(evidentAccess) && wants(sc):
			ok = true
		}
	}
	if sc := &scenes[p.sent]; len(given) == 0 && p.address != "" && sc.says(becomeWords, makeWords) && wants(sc) {
		for si := range scenes { // "one technical manager is not enough. Could Jane Doe become the second one?"
			for _, m := range scenes[si].roles {
				given, ok = append(given, assigned{roleMention: m}), true
			}
		}
	}
	return given, ok
}

// withEvident adds to what prose was read to ask whom else it evidently adds, and the roles that were not seen.
func (rd *reader) withEvident(own string, out []Request) []Request {
	if len(out) == 0 || slices.ContainsFunc(out, func(q Request) bool { return q.Action != AddUser }) {
		return out
	}
	scenes, people := rd.evidentlyAdded(own)
	if len(people) < len(out) {
		return out
	}
	more := addingAll(scenes, people)
	for _, q := range out {
		same := 0
		for _, o := range more {
			if samePerson(q, o) {
				same++
			}
		}
		if same != 1 {
			return out
		}
	}
	explained := func(o Request) bool {
		return slices.ContainsFunc(out, func(q Request) bool { return q.Reason != nil && samePerson(q, o) })
	}
	if len(more) > len(out) || slices.ContainsFunc(more, func(o Request) bool { return !explained(o) }) {
		rd.assignReasons(scenes, people)
		for i := range more {
			more[i].Reason = people[i].reason
		}
	}
	for i := range more {
		for _, q := range out {
			if !samePerson(q, more[i]) {
				continue
			}
			if len(q.Roles) > 0 {
				more[i].Roles = q.Roles
			}
			more[i].Name, more[i].Email = q.Name, q.Email // what was left open is doubtful
			if len(more) == len(out) {
				more[i].Reason = firstSaid(q.Reason, more[i].Reason)
			}
		}
	}
	return more
}

func firstSaid(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

// samePerson says whether two requests have the same address, or the same name.
func samePerson(a, b Request) bool {
	return a.Email != nil && b.Email != nil && *a.Email == *b.Email || a.Name != nil && b.Name != nil && sameName(*a.Name, *b.Name)
}

// evidentIn are the roles of a sentence that somebody may be meant to get: none that somebody has, none that tells who somebody is.
func evidentIn(sc *scene) []assigned {
	var out []assigned
	for i := 0; i < len(sc.roles); {
		chain := []assigned{{roleMention: sc.roles[i]}}
		given := maybeGiven(sc, sc.roles[i])
		for i++; i < len(sc.roles); i++ {
			next, linked := link(sc, sc.roles[i-1], sc.roles[i])
			if !linked {
				break
			}
			given = given || maybeGiven(sc, sc.roles[i])
			chain = append(chain, next)
		}
		if given {
			out = append(out, chain...)
		}
	}
	return out
}

// maybeGiven says whether a role is named as one to be given.
func maybeGiven(sc *scene, m roleMention) bool {
	if heldNow(sc, m) && !sc.within(0, m.from, wishThat) || tellsRole(sc, m) || takenAway(sc, m) || unfit(sc, m) || sc.precedes(m.from, 4, words.RoleInstead) || sc.within(m.from-4, m.from, authorHolds) || heldBehind(sc, m) {
		return false
	}
	head := determined(sc, m.from)
	after := namesAccess(sc, m)
	if sc.precedes(m.from, 1, ourWords) && !after {
		return false // "our technician Jane Doe"
	}
	if slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == m.to }) {
		return false // "technician Jane Doe"
	}
	if givesRole(sc, slices.Index(sc.roles, m)) && !apposed(sc, m, head) {
		return true
	}
	if apposed(sc, m, head) {
		return sc.says(evidentAccess)
	}
	plain := m.to-m.from == 1 && sc.tokens[m.from].text == sc.tokens[m.from].lower
	return after || wants(sc) && (!plain || head > 0 && (sc.tokens[head-1].in(asWords) || sc.tokens[head-1].in(copulas) || sc.tokens[head-1].in(givers)) || sc.says(evidentSuffices))
}

// namesAccess says whether a role is named with what it gives, "the technician badge".
func namesAccess(sc *scene, m roleMention) bool {
	return m.to < len(sc.tokens) && (sc.tokens[m.to].in(words.RoleAfter) || sc.tokens[m.to].in(evidentAccess))
}

// tellsRole says whether a role is told as what somebody is: "Jane Doe is a technician", "she is our technician".
func tellsRole(sc *scene, m roleMention) bool {
	head := determined(sc, m.from)
	if head == 0 || !sc.tokens[head-1].in(copulas) || namesAccess(sc, m) {
		return false
	}
	if head == 1 || sc.tokens[head-1].joints&apostrophe != 0 {
		return true
	}
	k := head - 2
	for k > 0 && sc.tokens[k].kind != wordToken {
		k--
	}
	return sc.tokens[k].in(words.Pronoun) || sc.tokens[k].in(words.Pronouns) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to == k+1 })
}

// apposed says whether a role tells who somebody is, "Jane Doe (jane@…), technician, …".
func apposed(sc *scene, m roleMention, head int) bool {
	if head == 0 || sc.tokens[head-1].kind != markToken || m.to >= len(sc.tokens) || sc.tokens[m.to].text != "," {
		return false
	}
	return head > 1 && (sc.tokens[head-2].kind == addressToken || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to == head-1 }) || sc.tokens[head-1].text == ",")
}
