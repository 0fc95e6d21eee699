package interpret

import (
	"slices"
	"strings"
)

var (
	otherDeeds        = cue("other_deeds")
	otherThings       = cue("other_things")
	onlyPlanned       = cue("only_planned")
	things, genitives = cue("things"), cue("genitives")
	opposes           = cue("author_opposes")
	whoAsks           = cue("who_asks")
	knownPeople       = cue("known_people")
)

// maxDeed is how many tokens stand at most between a verb and whom it is about, or between a verb and its object.
const maxDeed = 7

// otherDeed says whether a sentence asks for something that gives nobody a role, for somebody whom it only describes by theirs: "Please
// block Jane Doe (jane@…), Technician".
func otherDeed(sc *scene) bool {
	if !sc.says(otherDeeds) {
		return false
	}
	for i := range sc.tokens {
		if end := sc.starts(i, otherDeeds); end > 0 && end < len(sc.tokens) && !sc.tokens[end].in(toReader) && bidden(sc, i) && personNear(sc, i) {
			return true
		}
	}
	return false
}

// bidden says whether the verb at token i begins what a sentence asks.
func bidden(sc *scene, i int) bool {
	return i == sentenceHead(sc) || sc.precedes(i, 2, words.Please)
}

// personNear says whether the first person of a sentence stands soon behind token i.
func personNear(sc *scene, i int) bool {
	near := func(at int) bool { return at > i && at <= i+maxDeed }
	if slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to <= i }) {
		return false
	}
	return slices.ContainsFunc(sc.names, func(n nameSpan) bool { return near(n.from) }) ||
		slices.ContainsFunc(sc.tokens[i:min(len(sc.tokens), i+maxDeed+1)], func(t token) bool { return t.kind == addressToken })
}

// addsThing says whether a sentence adds something to somebody, "add a note to Jane Doe", and nobody.
func addsThing(sc *scene) bool {
	if makesThing(sc) {
		return true
	}
	if !sc.says(otherThings) {
		return false
	}
	for i := range sc.tokens {
		if !sc.tokens[i].in(verbAdd) {
			continue
		}
		for k, end := i+1, i+maxDeed; k < len(sc.tokens) && k <= end; k++ {
			if sc.starts(k, otherThings) > 0 {
				return true
			}
			at := slices.IndexFunc(sc.names, func(n nameSpan) bool { return n.from == k })
			if at >= 0 && !owns(sc, sc.names[at]) {
				break
			}
			if at >= 0 {
				end = sc.names[at].to + maxDeed // "Jane Doe (jane@…)'s new number"
			}
		}
	}
	return false
}

// maxThingGap is how many tokens stand at most between somebody and the thing that is made for them.
const maxThingGap = 4

// makesThing says whether a sentence asks for something for somebody that is no access: "create a mailbox for Jane Doe", "请为李丽创建邮箱".
func makesThing(sc *scene) bool {
	if !sc.says(goods) || len(sc.roles) > 0 || len(sc.names) == 0 || sc.says(belongings) || hasIdeograph(sc.text) && sc.says(evidentAccess) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].in(objectWords) && sc.precedes(i, 2, words.Verbs.of[AddUser].list) {
			return false // "in the case of Jane Doe, please register her"
		}
	}
	return !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return !madeFor(sc, n) })
}

// madeFor says whether the thing stands in front of the words that say it is for the bearer of n, or behind somebody it is for.
func madeFor(sc *scene, n nameSpan) bool {
	behind := n.to
	for behind < len(sc.tokens) && (sc.tokens[behind].kind == addressToken || sc.tokens[behind].in(brackets)) {
		behind++
	}
	if hasIdeograph(sc.text) {
		before, after, _ := strings.Cut(sc.text, n.name)
		if behind < len(sc.tokens) && behind > n.to {
			after = sc.text[sc.tokens[behind].start:]
		}
		rest := sc.in.scan(after)
		return rest.says(goods) && (beginsRunOn(after, madeForBehind) || endsRunOn(before, madeForRunOn))
	}
	end := behind // of what no mark parts from the name: not "for Jane Doe, our server technician"
	for end < len(sc.tokens) && end <= behind+maxThingGap && sc.tokens[end].kind != markToken {
		end++
	}
	if sc.precedes(n.from, 2, madeForFront) {
		return sc.within(n.from-maxThingGap-1, n.from, goods) || sc.within(behind, end, goods)
	}
	return sc.follows(behind, 2, madeForBehind) && sc.within(behind, end, goods)
}

// endsRunOn says whether a text in a script without blanks ends with a phrase of l.
func endsRunOn(text string, l list) bool {
	for p := range l.runOn() {
		if strings.HasSuffix(text, p) {
			return true
		}
	}
	return false
}

var (
	goods                                     = cue("goods")
	madeForFront, madeForBehind, madeForRunOn = cue("made_for"), cue("made_for_behind"), cue("made_for_runon")
)

// removesThing says whether a sentence that removes something names somebody only as its owner: "remove Jane Doe's laptop from the rack", "das Ticket von
// Jane Doe", "请删除李丽的工单". Whoever an address alone tells is another one: "at the request of Jane Doe, please remove max@…".
func removesThing(sc *scene) bool {
	for i := range sc.tokens {
		if sc.tokens[i].kind != addressToken {
			continue
		}
		if _, theirs := adjacentName(sc, i); !theirs {
			return false
		}
	}
	return len(sc.names) > 0 && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return !ownedThing(sc, n) })
}

// ownedThing says whether what somebody has, and is no access to the reader, stands beside the name.
func ownedThing(sc *scene, n nameSpan) bool {
	k := n.from - 1
	for k > 0 && (sc.tokens[k].in(ofWords) || sc.tokens[k].in(ofAsker) || sc.tokens[k].in(purposeArticles) || sc.tokens[k].in(determiners) || sc.tokens[k].in(words.Honorifics)) {
		k--
	}
	if k > 0 && sc.tokens[k].in(things) && !sc.tokens[k].in(belongings) || n.to < len(sc.tokens) && sc.tokens[n.to].in(things) {
		return true
	}
	from := 0
	switch last := &sc.tokens[n.to-1]; {
	case owns(sc, n) && !hasIdeograph(last.text):
		from = last.end
	case n.to < len(sc.tokens) && hasIdeograph(last.text):
		for g := range genitives.phrases() {
			if strings.HasPrefix(sc.tokens[n.to].text, g) {
				from = sc.tokens[n.to].start + len(g)
			}
		}
	}
	if from == 0 {
		return false
	}
	rest := sc.in.scan(sc.text[from:])
	return !rest.says(belongings, evidentAccess, ownRegistration, goneWords, words.Invitation) && len(sc.roles) == 0 && !beginsRunOn(rest.text, words.Verbs.of[RemoveUser].list)
}

// beginsRunOn says whether a text in a script without blanks begins with a phrase of l, as verbs do behind a genitive: "李丽的删除".
func beginsRunOn(text string, l list) bool {
	text = strings.TrimSpace(text)
	for p := range l.runOn() {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// owns says whether the bearer of a name is told as the owner of something: "Jane Doe's new number", "Jane Doe (jane@…)'s new number".
func owns(sc *scene, n nameSpan) bool {
	k := n.to - 1
	if t := &sc.tokens[k]; strings.HasSuffix(t.text, "'s") || strings.HasSuffix(t.text, "’s") {
		return true
	}
	for k+1 < len(sc.tokens) && (sc.tokens[k+1].kind == addressToken || sc.tokens[k+1].in(brackets)) {
		k++
	}
	rest := sc.text[sc.tokens[k].end:]
	return strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "’s")
}
