package interpret

import "slices"

// tellVerbs begin a wish to tell somebody something: whom they have for their object is to get word, not access.
var tellVerbs, roleVerbs = cue("tell_verbs"), cue("role_verbs")

// toBeTold says whether the name at token at is the object of a wish to tell its bearer something, behind another wish: "…, and tell Bob Low".
func toBeTold(sc *scene, at int) bool {
	if at < 2 || !sc.says(tellVerbs) {
		return false
	}
	k := at - 1
	for k > 0 && (sc.tokens[k].in(words.Titles) || sc.tokens[k].in(ourWords)) {
		k--
	}
	return slices.ContainsFunc(find(&sc.passage, tellVerbs), func(h phraseHit) bool {
		if h.to != k+1 || h.from == 0 {
			return false
		}
		before := &sc.tokens[h.from-1]
		return before.kind == markToken || joins(before) || before.in(words.Please)
	})
}

// asksToTell says whether a clause asks to tell somebody something: "tell Bob Low to help her".
func asksToTell(sc *scene) bool {
	head := nextWord(sc.tokens, -1)
	for head < len(sc.tokens) && (joins(&sc.tokens[head]) || sc.tokens[head].in(words.Please)) {
		head = nextWord(sc.tokens, head)
	}
	end := sc.starts(head, tellVerbs)
	return end > 0 && end < len(sc.tokens) && (sc.tokens[end].in(objectWords) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == end }))
}

// behindTold says whether a role stands behind somebody who is only to be told something: "and inform Bob Low of Support".
func behindTold(sc *scene, m roleMention) bool {
	if !sc.says(tellVerbs) {
		return false
	}
	last := -1
	for _, n := range sc.names {
		if n.from < m.from {
			last = n.from
		}
	}
	return last >= 0 && toBeTold(sc, last)
}

// ofHolder says whether a role is named only to call somebody who has it: "our Support contact Bob Low".
func ofHolder(sc *scene, m roleMention) bool {
	if !sc.precedes(m.from, 1, ourWords) {
		return false
	}
	for _, n := range sc.names {
		if n.from == m.to {
			return true
		}
	}
	return false
}

// actsAsVerb says whether the word of a role is a verb here: "to support her".
func actsAsVerb(sc *scene, m roleMention) bool {
	if m.to-m.from != 1 || m.from == 0 || !sc.tokens[m.from].in(roleVerbs) {
		return false
	}
	before := &sc.tokens[m.from-1]
	if !before.in(toWords) {
		return before.in(modals) || before.in(willWords)
	}
	if m.to == len(sc.tokens) {
		return false
	}
	t := &sc.tokens[m.to]
	return t.in(objectWords) || t.in(ofThem) || t.in(ourWords) || t.in(articles) || t.in(selfObject)
}

// actsAsHolder says whether somebody whom a role of theirs calls, beside somebody else, only does something: "our Support contact Bob Low will
// show her round".
func actsAsHolder(sc *scene, n nameSpan) bool {
	if len(sc.names) < 2 || sc.action != AddUser || !sc.precedes(n.from, 4, words.Holds) {
		return false
	}
	behind := n.to
	for behind < len(sc.tokens) && (sc.tokens[behind].kind == addressToken || sc.tokens[behind].in(brackets)) {
		behind++
	}
	end := sc.starts(behind, willWords)
	return end > 0 && end < len(sc.tokens) && !sc.tokens[end].in(beWords) && !sc.tokens[end].in(becomeWords) && !sc.tokens[end].in(having)
}
