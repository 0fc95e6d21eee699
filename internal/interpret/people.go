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
	others, left := joined(scenes, out, left)
	out = append(out, others...)
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
	for i := range sc.tokens[a.to:max(a.to, behindAnd(sc, b.at))] {
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
	if ok && joins(&sc.tokens[address-1]) && best.to == address-1 && shown(sc.tokens[address].lower, best.name) == 0 {
		ok = false // "Jane Doe and max@…"
	}
	if ok && anothersAddress(sc, best, address) {
		return nameSpan{}, false
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
