package interpret

import (
	"slices"
	"strings"
)

var (
	determiners = cue("determiners")
	articles    = cue("articles")
	roleBehind  = cue("role_behind")
	roleBefore  = cue("role_before")
	givers      = cue("givers")
	roleGivers  = cue("gives_role")
	andWords    = cue("and")
	asAny       = cue("as_any")
	bothWords   = cue("both")
	ourWords    = cue("ours")
	authorHolds = cue("author_holds")

	authorApproving = cue("author_approves")

	getsRole                = cue("gets_role")
	bothBefore, bothBetween = cue("both_before"), cue("both_between")

	heldAfter    = cue("held_after")
	makeWords    = cue("make")
	pluralWords  = cue("plural")
	quoteMarks   = newList("\"", "“", "'")
	joiningMarks = newList("&", "+")
	givingMarks  = newList("&", ":")
)

// assigned is a role that a sentence gives to somebody, and how it is joined to the one before.
type assigned struct {
	roleMention
	choice bool // "or" stands between it and the one before
	joined bool // "and" does
}

// assignedRoles are the roles of a sentence that it gives; those held now, unwanted, compared with or merely spoken of are left out.
func assignedRoles(sc *scene) []assigned {
	var out []assigned
	for i := 0; i < len(sc.roles); {
		chain := []assigned{{roleMention: sc.roles[i]}}
		given := givesRole(sc, i)
		for i++; i < len(sc.roles); i++ {
			next, linked := link(sc, sc.roles[i-1], sc.roles[i])
			if !linked {
				break
			}
			given = given || givesRole(sc, i)
			chain = append(chain, next)
		}
		if given {
			out = append(out, chain...)
		}
	}
	return out
}

// link says whether "and", "or" or a comma and nothing else joins two roles of a sentence.
func link(sc *scene, a, b roleMention) (assigned, bool) {
	out := assigned{roleMention: b}
	between := sc.tokens[a.to:b.from]
	both := sc.precedes(determined(sc, a.from), 1, bothBefore) // "sowohl Abrechnung als auch Support"
	if len(between) == 0 || len(between) > 5 || ofHolder(sc, b) || heldNow(sc, b) || heldNow(sc, a) || unfit(sc, a) || unfit(sc, b) {
		return out, false
	}
	for k := range between {
		switch t := &between[k]; {
		case t.in(words.RoleOr):
			out.choice = true
		case t.in(andWords) || t.in(bothWords) || t.in(joiningMarks) || both && t.in(bothBetween):
			out.joined = true
		case t.text == "," || determines(t) || t.in(words.RoleAfter):
		default:
			return out, false
		}
	}
	return out, out.choice || out.joined || between[0].text == ","
}

// accessOfRole says whether access is wanted for one more of a role, "Necesitamos acceso para otro técnico".
func accessOfRole(sc *scene, m roleMention) bool {
	if !sc.says(accessWanted) {
		return false
	}
	i := m.from
	for i > 0 && sc.tokens[i-1].in(oneMore) {
		i--
	}
	return sc.precedes(i, 3, accessWanted)
}

var accessWanted, oneMore = cue("access_for"), cue("one_more")

// asContactFor says whether words in front of a role make it somebody's: "as our contact person for billing".
func asContactFor(sc *scene, m roleMention) bool {
	at := determined(sc, m.from)
	return slices.ContainsFunc(find(&sc.passage, contactFor), func(h phraseHit) bool {
		return h.to == at && sc.precedes(determined(sc, h.from), 2, asRoleWords)
	})
}

var contactFor = cue("contact_for")

// givesRole says whether mention i of a sentence gives its role to somebody.
func givesRole(sc *scene, i int) bool {
	m, toks := sc.roles[i], sc.tokens
	if sc.precedes(m.from, 4, asAny) && sc.asks && !heldNow(sc, m) {
		return true // "let her in like any other Technician"
	}
	if sc.asks && !heldNow(sc, m) && accessOfRole(sc, m) {
		return true
	}
	if heldNow(sc, m) || ofHolder(sc, m) && len(sc.names) > 1 || sc.precedes(m.from, 4, words.RoleInstead) || sc.within(m.from-4, m.from, authorHolds) || heldBehind(sc, m) ||
		sc.says(roleDoubt) || takenAway(sc, m) || unfit(sc, m) || authorApproves(sc) {
		return false
	}
	if len(sc.roles) > 1 && sc.precedes(m.from, 1, ourWords) && slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == m.to }) {
		return false // "raise our Technician Jane Doe to Secondary Contact"
	}
	if m.to < len(toks) && (toks[m.to].in(words.RoleAfter) || toks[m.to].text == "\"" && m.to+1 < len(toks) && toks[m.to+1].in(words.RoleAfter)) && !sc.precedes(m.from, 4, ourWords) {
		return true
	}
	if m.to-m.from >= 2 && toks[m.to-1].in(roleNouns) && !sc.precedes(determined(sc, m.from), 4, ourWords) {
		return true // "the Billing role"
	}
	if m.to < len(toks) && begins(toks[m.to].text, roleBehind) || sc.follows(m.to, 4, roleBehind) || m.from > 0 && ends(toks[m.from-1].text, roleBefore) {
		return true
	}
	if sc.precedes(m.from, 4, roleGivers) || willBe(sc, m) {
		return true
	}
	if sc.says(contactFor) && asContactFor(sc, m) {
		return true
	}
	if m.inRun || sc.precedes(m.from, 2, toRole) && (sc.saysVerb(words.Verbs.of[ChangeRole]) || slices.ContainsFunc(sc.roles, func(o roleMention) bool { return leftFor(sc, o) })) {
		return true
	}
	k := m.from - 1
	for k >= 0 && determines(&toks[k]) && !gives(&toks[k]) {
		k--
	}
	if k > 0 && toks[k].text == "." && toks[k-1].lower == "i.e" {
		k--
	}
	if k >= 0 && (gives(&toks[k]) || k < m.from-1 && toks[k+1].in(articles) && has([]string{">", ")"}, toks[k].text)) {
		return true
	}
	if k > 0 && toks[k].in(having) && sc.asks && sc.within(k-3, k, modals) {
		return true // "should only have Billing"
	}
	if m.to < len(toks) && toks[m.to].in(listings) && sc.asks && placed(sc) {
		return true // "on the technicians list"
	}
	if k >= 0 && toks[k].in(verbAdd) && severally(sc, []assigned{{roleMention: m}}) {
		return true // "add these technicians"
	}
	if k >= 0 && toks[k].in(toWords) && sc.asks && sc.saysVerb(words.Verbs.of[ChangeRole]) {
		return true
	}
	if sc.asks && (sc.action == ChangeRole || sc.saysVerb(words.Verbs.of[ChangeRole])) && (sc.within(m.from-3, m.from, getsRole) || sc.follows(m.to, 1, getsRole)) {
		return true // "so that she gets both Billing and Support"
	}
	if makes(toks, k) >= 0 || k >= 0 && k == m.from-1 && toks[k].kind == addressToken {
		return true
	}
	if m.to-m.from >= 2 {
		return k >= 0 && k == m.from-1 || m.from == 0 // no article of its own: "at present", apposition, a list
	}
	if sc.action == AddUser && bracketed(sc, m) {
		return true
	}
	beside := m.from > 1 && has([]string{">", ")"}, toks[m.from-1].text) && toks[m.from-2].kind == addressToken
	head := m.from
	if head > 1 && toks[head-1].in(pickOnly) {
		head-- // "…, just technician."
	}
	apposition := head > 0 && (beside || has([]string{",", "-", "–"}, toks[head-1].text)) &&
		(m.to >= len(toks) || has([]string{",", ".", ";", "("}, toks[m.to].text) || toks[m.to].in(subjectWish))
	return apposition || m.from == 0 && m.to < len(toks) && has([]string{",", "."}, toks[m.to].text) || verbLeftOut(sc, i)
}

var elidedTo = cue("elided_to")

// verbLeftOut says whether mention i stands behind a name and its address, in a clause that leaves out the verb of the one in front, which gives
// another one a role: "Jane Doe (jane@…) should have access to Billing, and Raj Patel (raj@…) to Support".
func verbLeftOut(sc *scene, i int) bool {
	if i == 0 || !sc.asks || len(sc.roles) > maxTogether {
		return false
	}
	var last nameSpan
	for _, n := range sc.names {
		if n.to <= sc.roles[i].from {
			last = n
		}
	}
	if last.from <= sc.roles[i-1].to {
		return false
	}
	for k := last.to; k < sc.roles[i].from; k++ {
		if t := &sc.tokens[k]; t.kind != addressToken && !t.in(brackets) && !t.in(elidedTo) && !determines(t) {
			return false
		}
	}
	k := beforeName(sc, last.from)
	return k >= 0 && (joins(&sc.tokens[k]) || sc.tokens[k].text == "," || sc.tokens[k].in(betweenPeople)) && givesRole(sc, i-1)
}

// authorApproves says whether a sentence about nobody tells what its author does as the one who has a role: "I approve this as Security
// Administrator".
func authorApproves(sc *scene) bool {
	return sc.says(authorApproving) && len(sc.names) == 0 && !sc.says(words.Pronoun, words.Pronouns, words.NewPerson, personNouns, evidentAccess)
}

// willBe says whether a role is to be that of whoever is named behind it: "our Technician will be Jane Doe".
func willBe(sc *scene, m roleMention) bool {
	return !sc.says(words.Not) && slices.ContainsFunc(sc.names, func(n nameSpan) bool {
		return n.from > m.to && n.from <= m.to+3 && (sc.within(m.to, n.from, willWords) || sc.within(m.to, n.from, modals)) && (sc.within(m.to, n.from, beWords) || sc.within(m.to, n.from, becomeWords))
	})
}

// heldBehind says whether what follows a role tells that it is somebody's already, "the Technician who …", and no clause on the person who is
// to get it: "as Technician, who …".
func heldBehind(sc *scene, m roleMention) bool {
	if !sc.follows(m.to, 4, heldAfter) {
		return false
	}
	head := determined(sc, m.from)
	if head == m.from && head > 0 && sc.tokens[head-1].in(asRoleWords) && m.to < len(sc.tokens) && sc.tokens[m.to].in(whoWords) {
		return false // "as technician who replaces Tim Fox"
	}
	clause := m.to+1 < len(sc.tokens) && sc.tokens[m.to].text == "," && sc.tokens[m.to+1].in(whoWords)
	return !clause || head == 0 || !sc.tokens[head-1].in(givers)
}

// bracketed says whether a role stands in brackets behind somebody, alone or beside their address: "Jane Doe (jane@x, Technician)".
func bracketed(sc *scene, m roleMention) bool {
	toks := sc.tokens
	beside := func(t *token) bool {
		return t.kind == addressToken || has([]string{",", ";", "-", "–", "<", ">"}, t.text)
	}
	from, to := m.from-1, m.to
	for from > 0 && beside(&toks[from]) {
		from--
	}
	for to < len(toks) && beside(&toks[to]) {
		to++
	}
	if from < 1 || toks[from].text != "(" || to == len(toks) || toks[to].text != ")" {
		return false
	}
	return toks[from-1].kind == addressToken || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to == from })
}

// makes returns where the "make" of "make Jane Doe a Technician" stands, for the last token of the name; -1 if it is another sentence.
func makes(toks []token, k int) int {
	for i := k; i >= 0 && i > k-6; i-- {
		if toks[i].in(makeWords) && i < k {
			return i
		}
		if toks[i].kind == addressToken {
			continue
		}
		if toks[i].kind != wordToken || !startsUpper(toks[i].text) && !toks[i].in(words.Particles) {
			return -1
		}
	}
	return -1
}

// determines says whether a token may stand between a role and the word that gives it.
func determines(t *token) bool { return t.in(determiners) || t.in(quoteMarks) }

// gives says whether a role is given behind a token.
func gives(t *token) bool { return t.in(givers) || t.in(givingMarks) }

// assignRoles gives every person the roles of their part of the text. A choice, or two that nothing joins, gives none.
func (rd *reader) assignRoles(scenes []scene, people []person) {
	if stay := staying(people); len(stay) == 1 {
		all := rolesAsked(scenes, people[stay[0]].action)
		if len(all) == 0 && people[stay[0]].action == AddUser {
			for i := range scenes {
				for _, m := range scenes[i].roles {
					if isOf(&scenes[i], m) {
						all = append(all, assigned{roleMention: m})
					}
				}
			}
		}
		people[stay[0]].roles = settle(all)
		return
	}
	for si := range scenes {
		sc := &scenes[si]
		given := assignedRoles(sc)
		here := peopleIn(people, si)
		if len(given) == 0 && len(here) > 0 && people[here[0]].action == AddUser {
			for _, m := range sc.roles {
				if isOf(sc, m) {
					given = append(given, assigned{roleMention: m})
				}
			}
		}
		if len(given) == 0 {
			continue
		}
		switch {
		case len(here) == 1:
			people[here[0]].roles = settle(given)
		case len(here) > 1:
			rd.shareOut(sc, people, here, given)
		case sc.says(words.Both, pluralWords):
			for i := range people {
				if people[i].roles == nil {
					people[i].roles = settle(given)
				}
			}
		}
	}
}

// rolesAsked are the roles that sentences give. Where a role is to be changed, what a wish gives goes before what is only told: that is held.
func rolesAsked(scenes []scene, action Action) []assigned {
	var all, asked []assigned
	for i := range scenes {
		given := assignedRoles(&scenes[i])
		all = append(all, given...)
		if scenes[i].asks {
			asked = append(asked, given...)
		}
	}
	if action == ChangeRole && len(asked) > 0 {
		return asked
	}
	return all
}

// shareOut gives roles to several people of one sentence: what stands behind a person up to the next one is theirs; one role
// behind the last or before the first, with "both", is everybody's.
func (rd *reader) shareOut(sc *scene, people []person, here []int, given []assigned) {
	if last := given[len(given)-1]; last.to <= people[here[0]].at && (sc.says(words.Both) || severally(sc, given) || (rightsOf(sc, last) || heads(sc, last.to, people[here[0]].at)) && allListed(sc, people, here)) {
		for _, i := range here {
			people[i].roles = settle(given)
		}
		return
	}
	var own [][]assigned
	common := true
	for k, i := range here {
		end := len(sc.tokens)
		if k+1 < len(here) {
			end = people[here[k+1]].at
		}
		var mine []assigned
		for _, g := range given {
			if g.from >= people[i].at && g.to <= end {
				mine = append(mine, g)
			}
		}
		if len(mine) > 0 && k < len(here)-1 {
			common = false
		}
		own = append(own, mine)
	}
	for k, i := range here {
		switch {
		case len(own[k]) > 0 && !common:
			people[i].roles = settle(own[k])
		case common && len(own[len(own)-1]) > 0 && (sc.says(words.Both) || severally(sc, own[len(own)-1]) || hasIdeograph(sc.tokens[own[len(own)-1][0].from].text) && allListed(sc, people, here)): // such scripts write no plural
			people[i].roles = settle(given)
		}
	}
}

// rightsOf says whether a role is named by what it gives, "technician rights for …", so that it is that of all people listed behind it.
func rightsOf(sc *scene, g assigned) bool {
	return g.to < len(sc.tokens) && sc.tokens[g.to].in(words.RoleAfter)
}

// heads says whether a colon stands between a role and the first of the people behind it: it is that of all listed there, "som tekniker:
// Anna Berg och Bo Ek".
func heads(sc *scene, from, to int) bool {
	return slices.ContainsFunc(sc.tokens[from:to], func(t token) bool { return t.text == ":" })
}

// allListed says whether the people of a sentence stand in one list.
func allListed(sc *scene, people []person, here []int) bool {
	for k := 1; k < len(here); k++ {
		if !listedIn(sc, people[here[k-1]], people[here[k]]) {
			return false
		}
	}
	return true
}

var pluralEndings = cue("plural_endings")

// severally says whether roles are named for more than one person: "as technicians".
func severally(sc *scene, given []assigned) bool {
	last := given[len(given)-1]
	w := sc.tokens[last.to-1].lower
	return pluralEndings.anyPhrase(func(end string) bool { return strings.HasSuffix(w, end) })
}

// staying are the indexes of those who are not to be removed.
func staying(people []person) []int {
	var out []int
	for i, p := range people {
		if p.action != RemoveUser {
			out = append(out, i)
		}
	}
	return out
}

func peopleIn(people []person, sent int) []int {
	var out []int
	for i, p := range people {
		if p.sent == sent {
			out = append(out, i)
		}
	}
	return out
}

// settle reduces what was given to one set of roles, or to none where it is a choice.
func settle(given []assigned) []string {
	var ids []string
	for _, g := range given {
		if g.choice {
			return []string{}
		}
		if !has(ids, g.id) {
			if len(ids) > 0 && !g.joined {
				return []string{}
			}
			ids = append(ids, g.id)
		}
	}
	return ids
}

var theirOwn = cue("their_own")

// isTheirs says whether a role is that of somebody of the reader's: "your technician Jane Doe".
func isTheirs(sc *scene, m roleMention) bool {
	return m.from > 0 && sc.tokens[m.from-1].in(theirOwn) && slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.from == m.to })
}
