package interpret

import (
	"cmp"
	"slices"
	"strings"
)

var (
	objectWords, calledWords, forWords = cue("object"), cue("called"), cue("for")
	ofThem                             = cue("of_them")
	ofCompany                          = cue("of_company")
	headerLabels, keepWords            = cue("header"), cue("keeps")
	keepsBetween, inList               = cue("keeps_between"), cue("in_list")
	wishBefore, wishAfter, noWishAfter = cue("wish_before"), cue("wish_after"), cue("no_wish_after")
	comparing, notComparing            = cue("compared"), cue("not_compared")
	glueWords, tellingAddress          = cue("glue"), cue("tells_address")
	brackets                           = newList("(", ")", "<", ">", "（", "）")
	listMarks                          = newList(",", "&", "(", ")", "<", ">", ".", "（", "）", "、", "，", "＜", "＞", "【", "】")
	askedToAct, notForgotten           = cue("asked_to_act"), cue("not_forgotten")
	glueMarks                          = newList("(", "（", "【", "<", ",", "[", ":", "-", "–", "/")
)

// spot is where a token of a text stands.
type spot struct{ sent, tok int }

// otherAddresses are the addresses that are neither the author's nor ours, and where each stands first.
func (rd *reader) otherAddresses(scenes []scene) (out []spot, used map[string]bool) {
	used = map[string]bool{}
	for si := range scenes {
		for ti := range scenes[si].tokens {
			t := &scenes[si].tokens[ti]
			if t.kind == addressToken && t.lower != rd.sender && !has(rd.ours, t.lower) && !used[t.lower] {
				used[t.lower] = true
				out = append(out, spot{si, ti})
			}
		}
	}
	return out, used
}

// ownerOf is the person whose name an address shows best, -1 if it shows nobody's or, shared, those of two alike.
func ownerOf(address string, people []person) (owner int, shared bool) {
	owner, most := -1, 0
	for i := range people {
		switch n := shown(address, people[i].name); {
		case n > most:
			owner, most, shared = i, n, false
		case n > 0 && n == most:
			owner, shared = -1, true
		}
	}
	return owner, shared
}

// people finds who the request is about. doubtful: a choice of addresses is given for one person.
func (rd *reader) people(scenes []scene) (out []person, doubtful bool) {
	var free []spot
	addresses, used := rd.otherAddresses(scenes)
	for _, f := range addresses {
		sc := &scenes[f.sent]
		if n, ok := adjacentName(sc, f.tok); ok {
			out = merge(out, person{name: n.name, address: sc.tokens[f.tok].lower, strong: true, sent: f.sent, at: n.from, to: f.tok + 1})
		} else {
			free = append(free, f)
		}
	}
	for si := range scenes {
		sc := &scenes[si]
		for _, n := range sc.names {
			out = merge(out, person{name: n.name, strong: strongName(sc, n), sent: si, at: n.from, to: n.to})
		}
		for _, n := range smallNames(sc, scenes) {
			out = merge(out, person{name: n.name, strong: true, sent: si, at: n.from, to: n.to})
		}
	}
	out = withLone(scenes, out)
	free = slices.DeleteFunc(free, func(f spot) bool {
		return slices.ContainsFunc(out, func(p person) bool { return p.address == scenes[f.sent].tokens[f.tok].lower })
	})
	// A free address belongs to the one person whose name it shows, or to the only person there is.
	left := free[:0:0]
	for _, f := range free {
		a := scenes[f.sent].tokens[f.tok].lower
		owner, _ := ownerOf(a, out)
		switch {
		case owner >= 0 && out[owner].address == "":
			out[owner].address, out[owner].strong = a, true
		case owner >= 0 && out[owner].address != a:
			doubtful = true
		default:
			left = append(left, f)
		}
	}
	takeUp(scenes, out)
	out = subjects(scenes, out)
	for _, f := range left {
		sc := &scenes[f.sent]
		a := sc.tokens[f.tok].lower
		switch {
		case len(out) == 1 && out[0].address == "" && len(left) == 1 && (tellsAddress(sc, f.tok) || len(sc.tokens) <= 2):
			out[0].address = a
		case len(out) == 0 && len(left) == 1 && (sc.asks || calledBy(scenes, a) || len(sc.tokens) <= 2 && asksForOne(scenes) || onAddressAlone(scenes)):
			out = append(out, person{address: a, strong: true, sent: f.sent, at: f.tok, to: f.tok + 1})
		case len(out) >= 1 && len(left) > 1:
			doubtful = true
		}
	}
	if len(out) == 0 && len(left) > 1 {
		for _, f := range left {
			sc := &scenes[f.sent]
			p := person{address: sc.tokens[f.tok].lower, strong: true, sent: f.sent, at: f.tok, to: f.tok + 1}
			if f.sent != left[0].sent || sc.action == "" || len(out) > 0 && !listed(scenes, out[len(out)-1], p) {
				return nil, false
			}
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b person) int { return cmp.Or(a.sent-b.sent, a.at-b.at) })
	oneForTwo(scenes, out)
	if mentionsChoice(scenes, used) {
		doubtful = true
	}
	if len(out) > 8 {
		return nil, false
	}
	return out, doubtful
}

// asksForOne says whether one sentence asks to add somebody whom a pronoun stands for.
func asksForOne(scenes []scene) bool {
	for i := range scenes {
		sc := &scenes[i]
		if sc.action == AddUser && sc.says(objectWords) {
			return true
		}
	}
	return false
}

// onAddressAlone says whether what the text asks is about somebody who is there, so that an address tells enough of whom: "The invitation to
// jane@… was deleted. Please issue it again."
func onAddressAlone(scenes []scene) bool {
	found := false
	for i := range scenes {
		sc := &scenes[i]
		if sc.action != "" && sc.action != RemoveUser && sc.action != ResendInvitation || len(sc.names) > 0 {
			return false
		}
		found = found || sc.action != ""
	}
	return found
}

// calledBy says whether a sentence with an action calls somebody by a word that the address shows: "add Jane … jane.doe@…".
func calledBy(scenes []scene, address string) bool {
	for i := range scenes {
		sc := &scenes[i]
		for k := range sc.tokens {
			t := &sc.tokens[k]
			if (sc.action != "" || sc.says(words.NewPerson) && sc.precedes(k, 2, calledWords)) && t.kind == wordToken && startsUpper(t.text) && !t.in(words.NotNames) && belongs(address, t.text) {
				return true
			}
		}
	}
	return false
}

// maxChoice is how many tokens lie between two addresses that are a choice.
const maxChoice = 6

// mentionsChoice says whether a sentence offers two addresses for one person.
func mentionsChoice(scenes []scene, used map[string]bool) bool {
	for i := range scenes {
		sc := &scenes[i]
		first := -1
		for k := range sc.tokens {
			t := &sc.tokens[k]
			if t.kind != addressToken || !used[t.lower] {
				continue
			}
			if first >= 0 && k-first <= maxChoice && sc.within(first, k, words.RoleOr) {
				return true
			}
			first = k
		}
	}
	return false
}

// subjects keeps the people whom the request is about. Where none is, the only name of the text is meant by "please delete her".
func subjects(scenes []scene, list []person) []person {
	for range list { // whoever is listed with the subject of a wish is one
		for i := range list {
			for k := range list {
				list[k].strong = list[k].strong || list[i].strong && scenes[list[i].sent].action != "" && listed(scenes, list[i], list[k])
			}
		}
	}
	out := list[:0:0]
	for _, p := range list {
		if p.strong {
			out = append(out, p)
		}
	}
	if len(out) > 0 {
		return out
	}
	if titled := titledOnly(scenes, list); len(list) > 1 && len(titled) == 1 {
		list = titled
	}
	if len(list) != 1 {
		return nil
	}
	p := list[0]
	if heldThenWished(scenes, p) {
		return list
	}
	for i := range scenes {
		sc := &scenes[i]
		if sc.action == "" || p.at > 3 || i < p.sent || i > p.sent+2 {
			continue
		}
		from := 0
		if i == p.sent {
			from = p.to
		}
		if i > p.sent && (sc.says(objectWords) || sc.action == ResendInvitation) || sc.action == RemoveUser && (sc.within(from, len(sc.tokens), ofThem) || i == p.sent && sc.follows(from, len(sc.tokens), goneWords)) {
			return list
		}
	}
	return nil
}

func titledOnly(scenes []scene, list []person) []person {
	var out []person
	for _, p := range list {
		for _, n := range scenes[p.sent].names {
			if n.titled && n.from == p.at {
				out = append(out, p)
			}
		}
	}
	return out
}

// withoutAuthor is people without whoever writes and only says their name, "my name is Ann Lee. Please add Jane Doe, …": a mailbox that many
// share shows another one.
func withoutAuthor(scenes []scene, people []person) []person {
	if len(people) < 2 {
		return people
	}
	return slices.DeleteFunc(slices.Clone(people), func(p person) bool {
		return p.address == "" && !p.taken && scenes[p.sent].precedes(p.at, 4, ownName)
	})
}

var ownName = cue("own_name")

// governed keeps, where several people are named, those whom a wish is about: behind its verb, with a role of their own, or in
// one list with such a person. An address alone does not make somebody a user: "ask Peter Parker at peter@x.example".
func governed(scenes []scene, people []person) []person {
	people = slices.DeleteFunc(slices.Clone(people), func(p person) bool { return !p.taken && compared(&scenes[p.sent], p.at) })
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
		if told := &scenes[p.sent]; sc.action == RemoveUser && told.says(goneWords) || sc.action == ChangeRole && si > p.sent && len(told.roles) > 0 {
			return true
		}
	}
	return false
}

func anyAction(scenes []scene, people []person) bool {
	for _, p := range people {
		if scenes[p.sent].action != "" {
			return true
		}
	}
	return false
}

// listed says whether only "and", commas and addresses stand between two people of a sentence.
func listed(scenes []scene, a, b person) bool {
	if a.sent != b.sent {
		return false
	}
	if a.at > b.at {
		a, b = b, a
	}
	return listedIn(&scenes[a.sent], a, b)
}

func listedIn(sc *scene, a, b person) bool {
	joined := b.at > 0 && joins(&sc.tokens[b.at-1])
	for i := range sc.tokens[a.to:max(a.to, b.at)] {
		t := &sc.tokens[a.to+i]
		if joined && (inRole(sc, a.to+i) || t.in(inList)) {
			continue
		}
		if t.kind != addressToken && !t.in(listMarks) && !joins(t) && !t.in(bothWords) && !t.in(words.Titles) {
			return false
		}
	}
	return true
}

func inRole(sc *scene, k int) bool {
	return slices.ContainsFunc(sc.roles, func(m roleMention) bool { return k >= m.from && k < m.to })
}

// merge adds p unless the same person is there already. Everyone keeps their first place in the text.
func merge(list []person, p person) []person {
	for i := range list {
		if p.name != "" && sameName(list[i].name, p.name) {
			if list[i].address == "" {
				list[i].address = p.address
			}
			list[i].strong = list[i].strong || p.strong
			if p.sent < list[i].sent {
				list[i].sent, list[i].at, list[i].to = p.sent, p.at, p.to
			}
			return list
		}
	}
	return append(list, p)
}

// withoutGenitive takes the s of a genitive off a name where the address beside it shows the name without it, "Ebba Holms roll
// (ebba.holm@…)".
func withoutGenitive(name, address string) string {
	core, ok := strings.CutSuffix(name, "s")
	local, _, _ := strings.Cut(fold(address), "@")
	if !ok || !strings.Contains(core, " ") {
		return name
	}
	last := core[strings.LastIndexByte(core, ' ')+1:]
	shows := func(w string) bool { return slices.Contains(nameKey(local), fold(w)) }
	if len(last) >= 3 && shows(last) && !shows(last+"s") {
		return core
	}
	return name
}

// glues says whether a token may stand between a name and its address.
func glues(t *token) bool { return t.in(glueWords) || t.in(glueMarks) }

// adjacentName finds the name that an address stands right behind, or that follows it in brackets.
func adjacentName(sc *scene, address int) (nameSpan, bool) {
	var best nameSpan
	ok := false
	for _, n := range sc.names {
		if n.to <= address {
			best, ok = n, true
		}
	}
	if ok {
		for k := behindCompany(sc, best.to); k < address; k++ {
			t := &sc.tokens[k]
			if !glues(t) && !t.in(words.Honorifics) && !t.in(jobTitles) {
				ok = false
			}
		}
	}
	if ok {
		return best, true
	}
	for _, n := range sc.names {
		if n.from == address+2 && sc.tokens[address+1].text == "(" || n.from == address+3 && sc.tokens[address+1].text == ">" && sc.tokens[address+2].text == "(" {
			return n, true
		}
	}
	return nameSpan{}, false
}

// behindCompany moves behind the company of somebody whose name ends at token k, "of North Cabling".
func behindCompany(sc *scene, k int) int {
	if k+1 >= len(sc.tokens) || !sc.tokens[k].in(ofCompany) || !startsUpper(sc.tokens[k+1].text) {
		return k
	}
	for k++; k < len(sc.tokens) && sc.tokens[k].kind == wordToken && startsUpper(sc.tokens[k].text); k++ {
	}
	return k
}

// tellsAddress says whether a sentence says that an address is somebody's.
func tellsAddress(sc *scene, address int) bool {
	return sc.within(address-6, address, tellingAddress)
}

// strongName says whether the words around a name make it the subject of a wish.
func strongName(sc *scene, n nameSpan) bool {
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
		case sc.governs(n.from), sc.precedes(n.from, 4, makeWords) && len(assignedRoles(sc)) > 0, sc.precedes(n.from, 4, words.Holds), askedBehind(sc, n):
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

// takenOff says whether a wish is about nobody but the only person it names, and holds nothing besides them, the verb that removes and our
// listing: "Bitte Jane Doe aus der Liste entfernen", "bitte entfernen Sie Jane Doe".
func takenOff(sc *scene, n nameSpan) bool {
	if len(sc.names) != 1 {
		return false
	}
	verb := false
	for i := 0; i < n.from; {
		t := &sc.tokens[i]
		removes := sc.starts(i, words.Verbs.of[RemoveUser].list)
		verb = verb || removes > 0
		if end := max(removes, sc.starts(i, words.Please), sc.starts(i, words.Ask)); end > 0 {
			i = end
			continue
		}
		if t.kind == wordToken && !t.isTitle() && !t.in(offBefore) {
			return false
		}
		i++
	}
	for i := n.to; i < len(sc.tokens); i++ {
		t := &sc.tokens[i]
		if !t.in(offList) {
			return sc.starts(i, words.Verbs.of[RemoveUser].list) > 0 || verb && t.kind == markToken && !t.in(brackets)
		}
	}
	return verb
}

var offList, offBefore = cue("off_list"), cue("off_before")

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

// governs says whether the verb of an action stands in front of token at, or the first piece of one with a gap.
func (sc *scene) governs(at int) bool {
	if slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == at && besideAddress(sc.tokens, n.to-1) }) {
		for at > 1 && (sc.tokens[at-1].in(askedToAct) || sc.tokens[at-1].in(words.Please)) {
			at-- // "löschen Sie bitte Jane Doe (jane@…)", not "löschen Sie Jane Does Rechnung"
		}
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
