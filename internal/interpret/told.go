package interpret

import (
	"slices"
	"strings"
)

// regards says whether a sentence is about somebody to be added: it asks, or names or takes up somebody.
func regards(sc *scene) bool {
	return sc.asks || sc.action != "" || len(sc.names) > 0 || len(sc.roles) > 0 || sc.says(words.Pronoun, words.Pronouns, theyWords)
}

// tellsOf returns a sentence that asks nothing and tells something of the person, whom it names or takes up.
func (rd *reader) tellsOf(sc *scene, p person) *string {
	if p.action != AddUser || p.name == "" || sc.asks || sc.question || len(sc.roles) > 0 || sc.words() < 6 || sc.says(evidentSuffices) {
		return nil
	}
	named := slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, p.name) })
	if first := nextWord(sc.tokens, -1); !named && !sc.tokens[first].in(words.Pronouns) || len(sc.names) > 1 {
		return nil
	}
	if slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sc.precedes(n.from, 1, beWords) || sc.precedes(n.from, 1, copulas) }) {
		return nil // "that will be Jane Doe"
	}
	if sc.says(words.NoReason, factOnly, statesNothing, calledWords, thanking) && !sc.says(tellsWhy) {
		return nil
	}
	return beforeAddress(sc)
}

// minTold is how many words in front of an address tell why.
const minTold = 5

// beforeAddress is a sentence up to where it begins to tell an address; nil where too little is left.
func beforeAddress(sc *scene) *string {
	text := sc.text
	for i := range sc.tokens {
		if sc.tokens[i].kind != addressToken {
			continue
		}
		if besideName(sc, i) {
			continue // "Jane Doe (jane@…) does the nights"
		}
		cut := -1
		for k := i - 1; k > 0 && cut < 0; k-- {
			if t := &sc.tokens[k]; t.in(andWords) || t.kind == markToken && strings.Contains(",;–-", t.text) {
				cut = t.start
			}
		}
		if cut < 0 {
			return nil
		}
		text = strings.TrimSpace(sc.text[:cut])
		break
	}
	if p := sc.in.scan(text); p.words() < minTold {
		return nil
	}
	return trimReason(text)
}

// besideName says whether the address at token i stands beside a name.
func besideName(sc *scene, i int) bool {
	_, ok := adjacentName(sc, i)
	return ok
}
