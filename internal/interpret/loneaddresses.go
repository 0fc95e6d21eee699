package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// Somebody may be told by an address alone, beside the names of others.

// joined takes out of free the addresses that stand in a list with somebody's name: they are of somebody else, "remove Jane Doe and max@…",
// "remove max@…, Jane Doe and Tim Fox".
func joined(scenes []scene, people []person, free []spot) (others []person, rest []spot) {
	known := slices.Clone(people)
	for found := true; found; {
		found = false
		free = slices.DeleteFunc(slices.Clone(free), func(f spot) bool {
			sc := &scenes[f.sent]
			p := person{address: sc.tokens[f.tok].lower, sent: f.sent, at: f.tok, to: f.tok + 1}
			for i, o := range known {
				member := i >= len(people) // of such a list already
				if o.sent != p.sent || o.name == "" && !o.strong && !member || !joinedTo(sc, o, p) && !(commaTo(sc, o, p) && (member || chained(sc, people, o))) {
					continue
				}
				p.strong = o.strong || sc.asks && sc.action != "" && sc.governs(p.at)
				known, found = append(known, p), true
				return true
			}
			return false
		})
	}
	return known[len(people):], free
}

// joinedTo says whether nothing but an "and", what somebody is and o's own address stands between o and p: "and her colleague max@…".
func joinedTo(sc *scene, o, p person) bool {
	and := false
	last := behindAnd(sc, max(o.at, p.at))
	for k := min(o.to, p.to); k < last; k++ {
		t := &sc.tokens[k]
		and = and || joins(t)
		if !joins(t) && !betweenListed(t, o) {
			return false
		}
	}
	return and
}

// behindAnd is where what tells who somebody is begins behind an "and", if they stand at token k of a list: "and her colleague max@…"; else k.
func behindAnd(sc *scene, k int) int {
	if k < 2 || !sc.tokens[k-1].in(besideThem) {
		return k
	}
	for i := k - 1; i >= k-3 && i > 0; i-- {
		if joins(&sc.tokens[i-1]) {
			return i
		}
		if sc.tokens[i-1].kind != wordToken {
			break
		}
	}
	return k
}

// commaTo says whether nothing but a comma and o's own address stands between o and p.
func commaTo(sc *scene, o, p person) bool {
	comma := false
	for k := min(o.to, p.to); k < max(o.at, p.at); k++ {
		t := &sc.tokens[k]
		comma = comma || t.text == "," || t.text == "、" || t.text == "，"
		if !betweenListed(t, o) {
			return false
		}
	}
	return comma
}

func betweenListed(t *token, o person) bool {
	return t.kind == addressToken && t.lower == o.address || t.in(listMarks) || t.in(bothWords) || t.in(words.Titles) || t.in(personArticles)
}

// chained says whether an "and" joins o to one more of people, so that commas part the others of their list.
func chained(sc *scene, people []person, o person) bool {
	return slices.ContainsFunc(people, func(q person) bool {
		return q.sent == o.sent && q.at != o.at && (joinedTo(sc, o, q) || joinedTo(sc, q, o))
	})
}

// anothersAddress says whether the address at token k is that of somebody else than n, whose name stands in front of it: it shows another whole name, and an
// "and" joins somebody else to it who is told by a name alone, "Jane Doe, max.roe@… and Tim Fox".
func anothersAddress(sc *scene, n nameSpan, k int) bool {
	if shown(sc.tokens[k].lower, n.name) > 0 || !showsWholeName(sc.tokens[k].lower) || k == 0 || sc.tokens[k-1].text != "," {
		return false
	}
	return slices.ContainsFunc(sc.names, func(o nameSpan) bool {
		return o.from > k && joinedTo(sc, person{at: k, to: k + 1}, person{at: o.from, to: o.to}) && ownAddress(sc.tokens, o.to) == 0
	})
}

// minNamePart is how many letters a part of an address has that is a name and no initial.
const minNamePart = 3

// showsWholeName says whether an address tells a name and a surname: "max.roe@…".
func showsWholeName(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	first, last, ok := strings.Cut(local, ".")
	letters := func(w string) bool {
		return len(w) >= minNamePart && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
	}
	return ok && letters(first) && letters(last)
}

// withoutHolders are the names of a sentence without those of whom somebody else named behind them is only told to be somebody: "Jane Doe's assistant Max
// Roe", "the colleague of Jane Doe, Max Roe".
func withoutHolders(sc *scene) []nameSpan {
	if len(sc.names) < 2 || !sc.says(besideThem) {
		return sc.names
	}
	behind := func(at int) bool {
		return slices.ContainsFunc(sc.names, func(o nameSpan) bool { return o.from == at })
	}
	return slices.DeleteFunc(slices.Clone(sc.names), func(n nameSpan) bool {
		last := sc.tokens[n.to-1].text
		if (strings.HasSuffix(last, "'s") || strings.HasSuffix(last, "’s")) && n.to < len(sc.tokens) && sc.tokens[n.to].in(besideThem) && behind(n.to+1) {
			return true
		}
		return n.from > 1 && sc.tokens[n.from-1].in(ofCompany) && sc.tokens[n.from-2].in(besideThem) && n.to < len(sc.tokens) && sc.tokens[n.to].text == "," && behind(n.to+1)
	})
}

// withoutBystanders are the names of a sentence without those that stand behind an address which alone tells whom its verb is about, in what else is
// said: "please remove max@…, Jane Doe has approved this". Somebody listed with the address stays, and so does whoever has left.
func withoutBystanders(sc *scene) []nameSpan {
	if len(sc.names) == 0 {
		return sc.names
	}
	object := slices.IndexFunc(sc.tokens, func(t token) bool { return t.kind == addressToken })
	if object < 0 {
		return sc.names
	}
	acted := actedOn(sc, object)
	if !acted && !(sc.says(theirConsent) && sc.saysVerb(words.Verbs.of[AddUser])) {
		return sc.names
	}
	if _, theirs := adjacentName(sc, object); theirs {
		return sc.names
	}
	address := person{at: object, to: object + 1}
	return slices.DeleteFunc(slices.Clone(sc.names), func(n nameSpan) bool {
		switch {
		case n.from < object, shown(sc.tokens[object].lower, n.name) > 0:
			return false
		case sc.follows(n.to, maxTheirConsent, theirConsent):
			return true
		case !acted, ownAddress(sc.tokens, n.to) > 0:
			return false
		case sc.precedes(n.from, min(4, n.from-object-1), calledWords), sc.follows(n.to, 3, goneWords) && !sc.says(words.Invitation), joinedTo(sc, address, person{at: n.from, to: n.to}):
			return false
		}
		next := nextWord(sc.tokens, n.to-1)
		return next < len(sc.tokens) && !joins(&sc.tokens[next])
	})
}

var besideThem = cue("beside_them")

// theirConsent are words of whoever lets something be done, or knows of it: "Jane Doe has approved this".
var theirConsent = cue("their_consent")

// maxTheirConsent is how many words of a sentence stand between somebody and such a word.
const maxTheirConsent = 3

// actedOn says whether a verb that changes or removes somebody, or sends an invitation again, has the address at token k for its object.
func actedOn(sc *scene, k int) bool {
	if k > 0 && (sc.tokens[k-1].in(forWords) || sc.tokens[k-1].in(givers)) && sc.within(0, k, words.Invitation) && sc.saysVerb(words.Verbs.of[ResendInvitation]) {
		return true
	}
	for k > 0 && (sc.tokens[k-1].in(forWords) || sc.tokens[k-1].in(words.Invitation) || sc.tokens[k-1].in(articles)) {
		k--
	}
	return sc.precedes(k, 3, makeWords) || slices.ContainsFunc(actsOnAddress[:], func(a Action) bool { return sc.precedes(k, 3, words.Verbs.of[a].list) })
}

// actsOnAddress are the actions for which an address tells enough of whom.
var actsOnAddress = [...]Action{RemoveUser, ChangeRole, ResendInvitation}
