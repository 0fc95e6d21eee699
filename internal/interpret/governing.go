package interpret

import (
	"slices"
	"strings"
)

// governed keeps, where several people are named, those whom a wish is about: behind its verb, with a role of their own, or in
// one list with such a person. An address alone does not make somebody a user: "ask Peter Parker at peter@x.example".
func governed(scenes []scene, people []person) []person {
	people = slices.DeleteFunc(whereWished(scenes, people), func(p person) bool { return !p.taken && compared(&scenes[p.sent], p.at) })
	if len(people) == 1 {
		if wished(scenes, people[0]) {
			return people
		}
		return nil
	}
	keep := make([]bool, len(people))
	for i, p := range people {
		sc := &scenes[p.sent]
		for _, n := range sc.names {
			if n.from == p.at && strongName(sc, n) {
				keep[i] = true
			}
		}
		keep[i] = keep[i] || p.taken || announced(scenes, p) || sc.mixed && verbBefore(sc, p.at) != ""
		if sc.asks && sc.precedes(p.at, 4, notForgotten) {
			keep[i] = true
		}
		if p.at > 0 && (sc.tokens[p.at-1].text == ":" && (sc.asks || len(assignedRoles(sc)) > 0) || sc.tokens[p.at-1].in(wishBefore)) {
			keep[i] = true
		}
		if p.name == "" && sc.asks && sc.action != "" && (sc.governs(behindAsked(sc, p.at)) || runOnBeside(sc, p)) {
			keep[i] = true // "please remove jane@… and raj@…"
		}
		end := len(sc.tokens)
		for _, o := range people {
			if o.sent == p.sent && o.at > p.at && o.at < end {
				end = o.at
			}
		}
		for _, g := range assignedRoles(sc) {
			if g.from >= p.to && g.to <= end && (sc.action != "" || !anyAction(scenes, people)) {
				keep[i] = true
			}
		}
	}
	for i, p := range people {
		keep[i] = keep[i] && !toBeTold(&scenes[p.sent], p.at)
	}
	for range people { // lists: kept ones keep their neighbours
		for i := range people {
			for k := range people {
				if keep[i] && !keep[k] && listed(scenes, people[i], people[k]) {
					keep[k] = true
				}
			}
		}
	}
	var out []person
	for i, p := range people {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// whereWished are people, those at the place where a wish is about them who are only compared with somebody where they are named first, or told of there
// without an address beside somebody to be added: "Max Roe replaces Tim Fox. … Please remove Tim Fox."
func whereWished(scenes []scene, people []person) []person {
	out := slices.Clone(people)
	for i := range out {
		p := &out[i]
		onlyCompared := compared(&scenes[p.sent], p.at)
		if p.taken || p.name == "" || p.address != "" && !onlyCompared {
			continue
		}
		for si := p.sent + 1; si < len(scenes); si++ {
			sc := &scenes[si]
			at := slices.IndexFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, p.name) && strongName(sc, n) && !compared(sc, n.from) })
			if at >= 0 && sc.asks && sc.action != "" && (sc.action == RemoveUser && scenes[p.sent].action == AddUser || onlyCompared) {
				p.sent, p.at, p.to = si, sc.names[at].from, sc.names[at].to
				break
			}
		}
	}
	return out
}

// compared says whether the words in front of a name only compare with its bearer, tell whom somebody follows, or who is not meant: "Jane Doe and
// not Raj Patel should be our Technician".
func compared(sc *scene, at int) bool {
	k := at - 1
	for k > 0 && (sc.tokens[k].in(elidedTo) || sc.tokens[k].in(personArticles) || sc.tokens[k].in(words.Titles)) {
		k-- // "no a Jane Doe"
	}
	if k >= 0 && sc.tokens[k].in(words.Not) && (k == 0 || sc.tokens[k-1].kind == markToken || joins(&sc.tokens[k-1])) {
		return true // not "n'oubliez pas Jane Doe"
	}
	if sc.precedes(at, 3, comparing) && !sc.precedes(at, 3, notComparing) || stays(sc, at) {
		return true
	}
	return at > 1 && sc.tokens[at-1].text == ":" && sc.tokens[at-2].in(headerLabels)
}

// stays says whether the person named at token at is only said to keep what they have: "Raj Patel (raj@…) remains main contact".
func stays(sc *scene, at int) bool {
	for _, n := range sc.names {
		if n.from != at {
			continue
		}
		k := n.to
		for k < len(sc.tokens) && (sc.tokens[k].kind == addressToken || sc.tokens[k].in(brackets) || sc.tokens[k].in(keepsBetween)) {
			k++
		}
		return k < len(sc.tokens) && sc.tokens[k].in(keepWords) &&
			!slices.ContainsFunc(sc.roles, func(m roleMention) bool { return sc.within(k+1, m.from, modals) }) // "keeps the books and should become …"
	}
	return false
}

// wished says whether a wish reaches the only person of a mail: its verb stands before the name, a role is given, or a pronoun
// takes the name up.
func wished(scenes []scene, p person) bool {
	if p.taken || introduced(scenes, p) {
		return true
	}
	for si := range scenes {
		sc := &scenes[si]
		if sc.action == "" && !sc.asks {
			continue
		}
		if len(assignedRoles(sc)) > 0 || sc.action != "" && sc.says(words.Pronoun) {
			return true
		}
		if si == p.sent && p.name == "" && runOnBeside(sc, p) {
			return true
		}
		if si == p.sent && (strongName(sc, nameSpan{from: p.at, to: p.to}) || sc.action != "" && p.address != "" && p.name != "") {
			return true
		}
		for _, n := range sc.names {
			if sameName(n.name, p.name) && strongName(sc, n) {
				return true
			}
		}
		if p.name == "" && si < p.sent && calledBy(scenes[si:si+1], p.address) {
			return true
		}
		if sc.action == AddUser && scenes[p.sent].precedes(p.at, 3, calledWords) {
			return true
		}
		if sc.action != "" && sc.says(words.NewPerson) || sc.action == ResendInvitation {
			return true
		}
		if sc.action == ScheduleVisit && sc.asks && si == p.sent+1 && len(sc.names) == 0 && len(scenes[p.sent].names) == 1 && sc.says(objectWords) && !sc.says(words.Not) {
			return true // "John Smith von DHL liefert am … Bitte lassen Sie ihn herein."
		}
		if told := &scenes[p.sent]; sc.action == RemoveUser && told.says(goneWords) || sc.action == ChangeRole && si > p.sent && len(told.roles) > 0 {
			return true
		}
	}
	return false
}

// succeedsOne says whether n is who comes after somebody: "remove Tim Fox, his successor is Jane Doe".
func succeedsOne(sc *scene, n nameSpan) bool {
	k := beforeName(sc, n.from)
	return k > 0 && sc.tokens[k].in(copulas) && sc.tokens[k-1].in(besideThem)
}

var reporting = cue("reports")

// strongName says whether the words around a name make it the subject of a wish.
func strongName(sc *scene, n nameSpan) bool {
	switch {
	case sc.action == RemoveUser && permitsRemoval(sc):
		return true
	case sc.action == RemoveUser && succeedsOne(sc, n):
		return false
	case sc.starts(n.to, reporting) > 0:
		return false // "our colleague Tim Fox told us that the cable should be removed"
	}
	if sc.asks && (sc.action == ScheduleVisit || sc.mixed && verbBefore(sc, n.from) != "") {
		return true
	}
	if n.from > 0 && sc.tokens[n.from-1].in(bothWords) {
		n.from-- // "rights to both Jane Doe and Raj Patel"
	}
	if sc.asks && sc.action != "" {
		behind := behindApposition(sc, behindAddress(sc, n))
		if actsAsHolder(sc, n) {
			return false
		}
		switch {
		case sc.action == AddUser && givenFor(sc, n), sc.governs(n.from), sc.precedes(n.from, 4, makeWords) && len(assignedRoles(sc)) > 0, sc.precedes(n.from, 4, words.Holds), askedBehind(sc, n):
			return true
		case sc.follows(n.to, 3, noWishAfter), sc.follows(behind, 3, noWishAfter), informs(sc, n.to):
			return false
		case sc.precedes(n.from, 4, sameAgain):
			return true
		case sc.action == RemoveUser && n.from <= 2 && len(sc.names) == 1 && (sc.within(n.to, len(sc.tokens), goneWords) || sc.within(n.to, len(sc.tokens), ofThem)):
			return true
		case sc.action == RemoveUser && takenOff(sc, n):
			return true
		case sc.follows(n.to, 3, wishAfter), sc.follows(behind, 3, wishAfter), sc.action == ResendInvitation && sc.precedes(n.from, 4, forWords):
			return true
		case n.from > 0 && sc.tokens[n.from-1].text == "," && sc.within(0, n.from, words.NewPerson):
			return true
		}
	}
	return sc.precedes(n.from, 4, calledWords)
}

// givenFor says whether a role, or access, stands in front of somebody for whom it is: "un accès technicien pour M. Morel".
func givenFor(sc *scene, n nameSpan) bool {
	k := beforeName(sc, n.from)
	return k > 0 && sc.tokens[k].in(forWords) && (inRole(sc, k-1) || sc.tokens[k-1].in(belongings) || sc.tokens[k-1].in(words.RoleAfter))
}

// behindAddress is the token behind n and, where n alone is named and begins the sentence, the address in brackets beside it: "Jane Doe (jane@…) should …".
func behindAddress(sc *scene, n nameSpan) int {
	if n.from > 0 || len(sc.names) > 1 || !besideAddress(sc.tokens, n.to-1) || !sc.tokens[n.to].in(brackets) {
		return n.to
	}
	i := n.to
	for sc.tokens[i].kind != addressToken {
		i++
	}
	for i++; i < len(sc.tokens) && sc.tokens[i].in(brackets); i++ {
	}
	return i
}

// askedBehind says whether what is asked about somebody stands behind them and their address, as languages put verbs last that ask: "kunt u Jane
// Doe (jane@…) verwijderen?"
func askedBehind(sc *scene, n nameSpan) bool {
	if runOnVerb(sc, n) {
		return true
	}
	if !besideAddress(sc.tokens, n.to-1) || !sc.precedes(n.from, 4, words.Ask) {
		return false
	}
	k := n.to
	for k < len(sc.tokens) && (sc.tokens[k].kind == addressToken || sc.tokens[k].in(brackets)) {
		k++
	}
	return k < len(sc.tokens) && sc.starts(k, words.Verbs.of[sc.action].list) > 0
}

// runOnVerb says whether a verb of the action stands in front of a name in the same run of letters or the one before, "请删除王小明", or behind
// the last name of the sentence, "…を削除してください".
func runOnVerb(sc *scene, n nameSpan) bool {
	if len(sc.names) == 0 || n.name == "" {
		return false // somebody whom only an address shows
	}
	holds := func(text string) bool {
		if !hasIdeograph(text) {
			return false
		}
		for v := range words.Verbs.of[sc.action].list.runOn() {
			if strings.Contains(text, v) {
				return true
			}
		}
		return false
	}
	run := sc.tokens[n.from].text
	if first, _, _ := strings.Cut(n.name, " "); strings.Index(run, first) > 0 && holds(run[:strings.Index(run, first)]) || n.from > 0 && holds(sc.tokens[n.from-1].text) {
		return true
	}
	if last := sc.names[len(sc.names)-1]; last.from != n.from {
		return false
	}
	return slices.ContainsFunc(sc.tokens[n.to:], func(t token) bool { return t.kind == wordToken && holds(t.text) })
}

// runOnBeside says whether a verb of the action stands in front of an address in the run of letters beside it, "请删除jane@…", or behind it, "jane@…を削除".
func runOnBeside(sc *scene, p person) bool {
	if !hasIdeograph(sc.text) || sc.action == "" || !sc.asks {
		return false
	}
	for v := range words.Verbs.of[sc.action].list.runOn() {
		if p.at > 0 && strings.HasSuffix(sc.tokens[p.at-1].text, v) {
			return true
		}
		for k := p.to; k < min(p.to+2, len(sc.tokens)); k++ {
			if sc.tokens[k].kind == wordToken && strings.HasPrefix(behindParticle(sc.tokens[k].text), v) {
				return true
			}
		}
	}
	return false
}

// behindParticle is a run of letters without the particle that makes what stands in front of it the object or owner of what follows.
func behindParticle(run string) string {
	for _, l := range [...]list{objectParticles, genitives} {
		for p := range l.phrases() {
			if rest, ok := strings.CutPrefix(run, p); ok {
				return rest
			}
		}
	}
	return run
}

var objectParticles = cue("object_particles")

// behindAsked is the token behind the verb that asks, which who is asked and a please stand behind: "löschen Sie bitte".
func behindAsked(sc *scene, at int) int {
	for at > 1 && (sc.tokens[at-1].in(askedToAct) || sc.tokens[at-1].in(words.Please)) {
		at--
	}
	return at
}

// objectAlone says whether who stands at token at is the object, and not whose thing is: "löschen Sie bitte Jane Doe (jane@…)", "löschen Sie Jane Doe
// und Tim Fox", not "löschen Sie Jane Does Rechnung".
func objectAlone(sc *scene, at int) bool {
	if at < len(sc.tokens) && sc.tokens[at].kind == addressToken {
		return true
	}
	i := slices.IndexFunc(sc.names, func(n nameSpan) bool { return n.from == at })
	if i < 0 {
		return false
	}
	if besideAddress(sc.tokens, sc.names[i].to-1) {
		return true
	}
	end := sc.names[i].to
	for _, o := range sc.names[i+1:] {
		if listedIn(sc, person{at: at, to: end}, person{at: o.from, to: o.to}) {
			end = o.to
		}
	}
	return end >= len(sc.tokens) || sc.tokens[end].kind == markToken || sc.tokens[end].in(offList)
}

// governs says whether the verb of an action stands in front of token at, or the first piece of one with a gap.
func (sc *scene) governs(at int) bool {
	if objectAlone(sc, at) {
		at = behindAsked(sc, at)
	}
	for _, a := range []Action{AddUser, RemoveUser, ChangeRole, ResendInvitation} {
		v := words.Verbs.of[a]
		if sc.precedes(at, 4, v.list) {
			return true
		}
		if !sc.says(v.gapped) {
			continue
		}
		for _, g := range sc.gaps {
			if g.bit == v.gapped.bit && sc.endsWith(at, 4, phraseIndex.texts.word(g.head)) {
				return true
			}
		}
	}
	return false
}
