package interpret

import (
	"slices"
	"strings"
)

// Mails name those at whose wish, or with whose knowledge, their author asks: nobody asks anything about them.

var behestFront, behestBehind = cue("behest"), cue("behest_behind")

// maxBehest is how many words of a sentence such a phrase that begins it has, in front of the name.
const maxBehest = 5

// withoutBidders are the names of a sentence without those at whose wish the author asks about others: "at the request of Jane Doe, please remove
// max@…". Whoever stands there alone may be meant: "on behalf of Jane Doe, please give her access".
func withoutBidders(sc *scene) []nameSpan {
	if !sc.says(behestFront, behestBehind, theirConsent) {
		return sc.names
	}
	bids := func(n nameSpan) bool {
		said := behindBehest(sc, n.from) || sc.follows(n.to, 2, behestBehind) || behindRunOn(sc, n, behestBehind)
		return said && (ownAddress(sc.tokens, n.to) == 0 || n.from <= maxBehest) || consents(sc, n)
	}
	others := func(n nameSpan) bool {
		return slices.ContainsFunc(sc.names, func(o nameSpan) bool { return o.from != n.from && !bids(o) }) ||
			slices.ContainsFunc(sc.tokens, func(t token) bool { return t.kind == addressToken && shown(t.lower, n.name) == 0 })
	}
	return slices.DeleteFunc(slices.Clone(sc.names), func(n nameSpan) bool { return bids(n) && others(n) })
}

// consents says whether somebody begins a clause who lets something be done: "…, Jane Doe has approved this".
func consents(sc *scene, n nameSpan) bool {
	k := beforeName(sc, n.from)
	return k >= 0 && sc.tokens[k].kind == markToken && !sc.tokens[k].in(brackets) && sc.starts(n.to, theirConsent) > 0
}

// maxOffice is how many words tell what such a person is: "on behalf of our managing director Jane Doe".
const maxOffice = 3

func behindBehest(sc *scene, at int) bool {
	for k := at; k >= max(at-maxOffice, 1); k-- {
		if sc.precedes(k, maxBehest, behestFront) {
			return true
		}
		if t := &sc.tokens[k-1]; t.kind != wordToken || slices.ContainsFunc(everyAction[:], func(a Action) bool { return t.in(words.Verbs.of[a].list) }) {
			return false
		}
	}
	return false
}

// onlyBehest says whether a text tells at whose wish somebody asks, and nothing more: "on behalf of our managing director Tom Berg".
func onlyBehest(sc *scene) bool {
	return sc.starts(nextWord(sc.tokens, -1), behestFront) > 0 && sc.words() <= 2*maxBehest && !sc.says(copulas, auxiliaries)
}

// behindRunOn says whether a phrase of l stands right behind a name in a script without blanks.
func behindRunOn(sc *scene, n nameSpan, l list) bool {
	_, behind, ok := strings.Cut(sc.text, n.name)
	return ok && hasIdeograph(n.name) && beginsRunOn(behind, l)
}
