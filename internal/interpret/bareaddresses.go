package interpret

import (
	"slices"
	"strings"
)

// People whom a mail calls by nothing but their addresses, in wishes that name no role: who they are is asked for.

// maxBareAddresses is how many addresses below a wish are taken for those of people.
const maxBareAddresses = 8

// byAddress reads who is to be added or removed by their address alone, where nothing else in the mail names anybody.
func (rd *reader) byAddress(own string) []Request {
	if len(own) > maxProse || !hasAddress(own) {
		return nil
	}
	text := rd.body(own)
	scenes := rd.scenes(text)
	if len(scenes) > maxEvident || rd.noWish(text) || slices.ContainsFunc(scenes, func(sc scene) bool { return len(sc.names) > 0 }) {
		return nil
	}
	if out := rd.placedAddress(scenes); out != nil {
		return out
	}
	return rd.removedBelow(text)
}

// placedAddress reads "put jane@x.example on our account" where all else only tells of the one whose address it is.
func (rd *reader) placedAddress(scenes []scene) []Request {
	others, _ := rd.otherAddresses(scenes)
	if len(others) != 1 || slices.ContainsFunc(scenes, func(sc scene) bool { return rd.against(&sc) }) {
		return nil
	}
	sc, at := &scenes[others[0].sent], others[0].tok
	if at == 0 || !sc.tokens[at-1].in(putVerbs) && !sc.tokens[at-1].in(verbAdd) || !sc.asks && !(sc.question && sc.says(words.Ask)) && nextWord(sc.tokens, -1) != at-1 || !putWithUs(sc, at+1) {
		return nil
	}
	address := sc.tokens[at].lower
	var given []assigned
	for i := range scenes {
		given = append(given, assignedRoles(&scenes[i])...)
	}
	return []Request{{Action: AddUser, Email: &address, Roles: append([]string{}, settle(given)...), Reason: rd.reasonFor(scenes, person{address: address}), Grants: []string{}}}
}

// putWithUs says whether a place among those who have access follows at token i, "on our account": no word tells another list of it.
func putWithUs(sc *scene, i int) bool {
	if i >= len(sc.tokens) || !sc.tokens[i].in(placeOn) {
		return false
	}
	for i++; i < len(sc.tokens) && (sc.tokens[i].in(determiners) || sc.tokens[i].in(ourWords)); i++ {
	}
	return i < len(sc.tokens) && sc.tokens[i].in(listings)
}

// removedBelow reads a wish to remove those whose addresses alone stand on the lines below it: "drop them from our list:".
func (rd *reader) removedBelow(text string) []Request {
	var above []string
	var below []string
	for line := range strings.Lines(text) {
		line, _, _ = unbullet(strings.TrimSpace(line))
		if line = strings.Trim(line, " ,;"); line == "" {
			continue
		}
		if from, to, ok := findAddress(line, 0); ok && from <= 1 && to >= len(line)-1 {
			if a := strings.ToLower(line[from:to]); !slices.Contains(below, a) {
				below = append(below, a)
			}
			continue
		}
		if len(below) == 0 {
			above = append(above, line)
		} else if sc := rd.sceneOf(line); sc.words() > maxSignOff {
			return nil // more is told behind them
		}
	}
	wish := strings.Join(above, " ")
	if len(below) == 0 || len(below) > maxBareAddresses || !strings.HasSuffix(wish, ":") || hasAddress(wish) || slices.ContainsFunc(below, func(a string) bool { return a == rd.sender || has(rd.ours, a) }) {
		return nil
	}
	scenes := rd.scenes(wish)
	if len(scenes) == 0 || slices.ContainsFunc(scenes, func(sc scene) bool {
		return sc.question || conditional(&sc) || sc.says(words.Not, words.Doubt, words.Restrict, words.InsteadOf, evidentNot, evidentDone, opposes) || len(sc.roles) > 0 || sc.saysVerb(words.Verbs.of[AddUser])
	}) {
		return nil
	}
	last := &scenes[len(scenes)-1]
	if i := strings.LastIndex(last.text, ", "); i > 0 && !last.asks {
		told := rd.sceneOf(last.text[i+len(", "):]) // "these two have left, drop them from our list"
		last = &told
	}
	orders := last.starts(nextWord(last.tokens, -1), words.Verbs.headsOf[RemoveUser]) > 0 && last.saysVerb(words.Verbs.of[RemoveUser]) && last.says(objectWords)
	if !orders && (!last.asks || last.action != RemoveUser) || !last.says(listings, evidentAccess) {
		return nil
	}
	reason := rd.reasonFor(scenes, person{})
	var out []Request
	for i := range below {
		out = append(out, Request{Action: RemoveUser, Email: &below[i], Roles: []string{}, Reason: reason, Grants: []string{}})
	}
	return out
}
