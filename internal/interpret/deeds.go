package interpret

import "slices"

var (
	otherDeeds  = cue("other_deeds")
	otherThings = cue("other_things")
	onlyPlanned = cue("only_planned")
	opposes     = cue("author_opposes")
	whoAsks     = cue("who_asks")
	knownPeople = cue("known_people")
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
	if !sc.says(otherThings) {
		return false
	}
	for i := range sc.tokens {
		if !sc.tokens[i].in(verbAdd) {
			continue
		}
		for k := i + 1; k < len(sc.tokens) && k <= i+maxDeed; k++ {
			if sc.starts(k, otherThings) > 0 {
				return true
			}
			named := slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == k })
			if named && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == k && owns(sc, n) }) {
				break
			}
		}
	}
	return false
}

// owns says whether the bearer of a name is told as the owner of something: "Jane Doe's new number", "Jane Doe (jane@…)'s new number".
func owns(sc *scene, n nameSpan) bool {
	for k := n.to - 1; k < len(sc.tokens) && k < n.to+4; k++ {
		if t := &sc.tokens[k]; t.joints&apostrophe != 0 || t.text == "'s" || t.text == "’s" {
			return true
		}
	}
	return false
}
