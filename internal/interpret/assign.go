package interpret

import (
	"slices"
	"strings"
)

// assigned is a role that a sentence gives to somebody, and how it is joined to the one before.
type assigned struct {
	roleMention
	choice bool // "or" stands between it and the one before
	joined bool // "and" does
}

// assignedRoles are the roles of a sentence that it gives; those held now, unwanted, compared with or merely spoken of are left out.
func assignedRoles(sc scene) []assigned {
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
func link(sc scene, a, b roleMention) (assigned, bool) {
	out := assigned{roleMention: b}
	between := sc.tokens[a.to:b.from]
	if len(between) == 0 || len(between) > 5 || heldNow(sc.tokens, b) || heldNow(sc.tokens, a) {
		return out, false
	}
	for _, t := range between {
		switch {
		case has(words.RoleOr, t.lower):
			out.choice = true
		case isCue("and", t.lower) || isCue("both", t.lower) || t.text == "&" || t.text == "+":
			out.joined = true
		case t.text == "," || determines(t) || has(words.RoleAfter, t.lower):
		default:
			return out, false
		}
	}
	return out, out.choice || out.joined || between[0].text == ","
}

// givesRole says whether mention i of a sentence gives its role to somebody.
func givesRole(sc scene, i int) bool {
	m, toks := sc.roles[i], sc.tokens
	if heldNow(toks, m) {
		return false
	}
	before := flatTokens(toks, m.from-4, m.from)
	after := flatTokens(toks, m.to, m.to+4)
	for _, p := range words.RoleInstead {
		if strings.HasSuffix(before, " "+p+" ") || strings.HasSuffix(before, " "+p+" a ") || strings.HasSuffix(before, " "+p+" as a ") || strings.HasSuffix(before, " "+p+" as ") || strings.HasSuffix(before, " "+p+" an ") || strings.HasSuffix(before, " "+p+" the ") || strings.HasSuffix(before, " "+p+" as an ") {
			return false
		}
	}
	if mentions(before, cue("author_holds")) {
		return false
	}
	if beginsWithCue(after, "held_after") {
		return false
	}
	if m.to < len(toks) && (has(words.RoleAfter, toks[m.to].lower) || toks[m.to].text == "\"" && m.to+1 < len(toks) && has(words.RoleAfter, toks[m.to+1].lower)) && !endsInCue(before, "ours") {
		return true
	}
	k := m.from - 1
	for k >= 0 && determines(toks[k]) && !gives(toks[k]) {
		k--
	}
	if k > 0 && toks[k].text == "." && toks[k-1].lower == "i.e" {
		k--
	}
	if k >= 0 && (gives(toks[k]) || k < m.from-1 && isCue("articles", toks[k+1].lower) && has([]string{">", ")"}, toks[k].text)) {
		return true
	}
	if makes(toks, k) >= 0 {
		return true
	}
	if m.to-m.from >= 2 {
		return k >= 0 && k == m.from-1 || m.from == 0 // no article of its own: "at present", apposition, a list
	}
	apposition := m.from > 0 && toks[m.from-1].text == "," && (m.to >= len(toks) || has([]string{",", ".", ";"}, toks[m.to].text))
	return apposition || m.from == 0 && m.to < len(toks) && has([]string{",", "."}, toks[m.to].text)
}

// makes returns where the "make" of "make Jane Doe a Technician" stands, for the last token of the name; -1 if it is another sentence.
func makes(toks []token, k int) int {
	for i := k; i >= 0 && i > k-6; i-- {
		if isCue("make", toks[i].lower) && i < k {
			return i
		}
		if toks[i].kind == addressToken {
			continue
		}
		if toks[i].kind != wordToken || !startsUpper(toks[i].text) && !words.particle(toks[i].lower) {
			return -1
		}
	}
	return -1
}

// determines says whether a token may stand between a role and the word that gives it.
func determines(t token) bool {
	return isCue("determiners", t.lower) || has([]string{"\"", "“", "'"}, t.text)
}

// gives says whether a role is given behind a token.
func gives(t token) bool {
	return isCue("givers", t.lower) || t.text == "&" || t.text == ":"
}

// assignRoles gives every person the roles of their part of the text. A choice, or two that nothing joins, gives none.
func (rd *reader) assignRoles(scenes []scene, people []person) {
	if stay := staying(people); len(stay) == 1 {
		var all []assigned
		for _, sc := range scenes {
			all = append(all, assignedRoles(sc)...)
		}
		people[stay[0]].roles = settle(all)
		return
	}
	for si, sc := range scenes {
		given := assignedRoles(sc)
		if len(given) == 0 {
			continue
		}
		here := peopleIn(people, si)
		switch {
		case len(here) == 1:
			people[here[0]].roles = settle(given)
		case len(here) > 1:
			rd.shareOut(sc, people, here, given)
		case mentions(sc.flat, words.Both) || mentions(sc.flat, cue("plural")):
			for i := range people {
				if people[i].roles == nil {
					people[i].roles = settle(given)
				}
			}
		}
	}
}

// shareOut gives roles to several people of one sentence: what stands behind a person up to the next one is theirs; one role
// behind the last or before the first, with "both", is everybody's.
func (rd *reader) shareOut(sc scene, people []person, here []int, given []assigned) {
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
		case common && len(own[len(own)-1]) > 0 && (mentions(sc.flat, words.Both) || severally(sc, own[len(own)-1])):
			people[i].roles = settle(given)
		}
	}
}

// severally says whether roles are named for more than one person: "as technicians".
func severally(sc scene, given []assigned) bool {
	last := given[len(given)-1]
	w := sc.tokens[last.to-1].lower
	return slices.ContainsFunc(cue("plural_endings"), func(end string) bool { return strings.HasSuffix(w, end) })
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
