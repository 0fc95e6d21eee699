package interpret

import "slices"

// Somebody may be told by an address alone, beside the names of others.

// joined takes out of free the addresses that an "and" joins to somebody's name in a list: they are of somebody else, "remove Jane Doe and max@…".
func joined(scenes []scene, people []person, free []spot) (others []person, rest []spot) {
	for _, f := range free {
		sc := &scenes[f.sent]
		p := person{address: sc.tokens[f.tok].lower, sent: f.sent, at: f.tok, to: f.tok + 1}
		if slices.ContainsFunc(people, func(o person) bool { return o.sent == p.sent && o.name != "" && joinedTo(sc, o, p) }) {
			others = append(others, p)
		} else {
			rest = append(rest, f)
		}
	}
	return others, rest
}

// joinedTo says whether nothing but an "and" and o's own address stands between o and p.
func joinedTo(sc *scene, o, p person) bool {
	and := false
	for k := min(o.to, p.to); k < max(o.at, p.at); k++ {
		switch t := &sc.tokens[k]; {
		case joins(t):
			and = true
		case t.kind == addressToken && t.lower == o.address, t.in(listMarks), t.in(bothWords), t.in(words.Titles), t.in(personArticles):
		default:
			return false
		}
	}
	return and
}

// withoutBystanders are the names of a sentence without those that stand behind an address which alone tells whom its verb is about, in what else is
// said: "please remove max@…, Jane Doe has approved this". Somebody listed with the address stays, and so does whoever has left.
func withoutBystanders(sc *scene) []nameSpan {
	if len(sc.names) == 0 {
		return sc.names
	}
	object := slices.IndexFunc(sc.tokens, func(t token) bool { return t.kind == addressToken })
	if object < 0 || !actedOn(sc, object) {
		return sc.names
	}
	if _, theirs := adjacentName(sc, object); theirs {
		return sc.names
	}
	address := person{at: object, to: object + 1}
	return slices.DeleteFunc(slices.Clone(sc.names), func(n nameSpan) bool {
		switch {
		case n.from < object, shown(sc.tokens[object].lower, n.name) > 0, ownAddress(sc.tokens, n.to) > 0:
			return false
		case sc.precedes(n.from, 4, calledWords), sc.follows(n.to, 3, goneWords), joinedTo(sc, address, person{at: n.from, to: n.to}):
			return false
		}
		next := nextWord(sc.tokens, n.to-1)
		return next < len(sc.tokens) && !joins(&sc.tokens[next])
	})
}

// actedOn says whether a verb that changes or removes somebody, or sends an invitation again, has the address at token k for its object.
func actedOn(sc *scene, k int) bool {
	for k > 0 && (sc.tokens[k-1].in(forWords) || sc.tokens[k-1].in(words.Invitation) || sc.tokens[k-1].in(articles)) {
		k--
	}
	return sc.precedes(k, 3, makeWords) || slices.ContainsFunc(actsOnAddress[:], func(a Action) bool { return sc.precedes(k, 3, words.Verbs.of[a].list) })
}

// actsOnAddress are the actions for which an address tells enough of whom.
var actsOnAddress = [...]Action{RemoveUser, ChangeRole, ResendInvitation}
