package interpret

import "slices"

var (
	ownRole  = cue("own_role")
	addsSelf = cue("adds_self")

	asRoleWords, asRoleWithin = cue("as_role"), cue("as_role_within")

	needsWords  = cue("needs")
	becomeWords = cue("becomes")
	forVisit    = cue("for_visit")
)

// ownChange reads a wish of the author about their own role: "please change my role to Technician", "make me a Technician",
// or with their own name or address where others are named.
func (rd *reader) ownChange(scenes []scene) []Request {
	var given []assigned
	n := 0
	for i := range scenes {
		sc := &scenes[i]
		if !sc.asks || sc.question && !sc.says(words.Ask) || len(sc.names) > 0 || !sc.saysVerb(words.Verbs.of[ChangeRole]) && !sc.says(ownRole) {
			continue
		}
		if rd.inner && !sc.saysVerb(words.Verbs.of[ChangeRole]) && !slices.ContainsFunc(sc.roles, func(m roleMention) bool { return heldNow(sc, m) }) {
			continue // "make me a Technician" of somebody whom a contact speaks for
		}
		if roles := assignedRoles(sc); len(roles) > 0 && (sc.says(ownRole) || rd.namesAuthor(sc)) {
			given = roles
			n++
		}
	}
	name, ok := cleanName(rd.author)
	if n != 1 || rd.sender == "" || !ok || wordCount(name) < 2 {
		return nil
	}
	address := rd.sender
	q := Request{Action: ChangeRole, Name: &name, Email: &address, Roles: []string{}, Grants: []string{}}
	q.Reason = rd.reasonFor(scenes, person{name: rd.author})
	q.Roles = append(q.Roles, settle(given)...)
	return []Request{q}
}

// changesAuthor says whether a sentence asks to change its author's role: "please change my role to technician".
func changesAuthor(sc scene) bool {
	if !sc.asks || !sc.says(ownRole) {
		return false
	}
	change := words.Verbs.of[ChangeRole].list
	return slices.ContainsFunc(find(&sc.passage, ownRole), func(h phraseHit) bool {
		return sc.precedes(h.from, 2, change) || sc.starts(h.from, change) > 0 || sc.tokens[h.from].in(makeWords)
	})
}

// addsAuthor says whether a sentence asks to add its author in a role, "please add me to the list as Technical Contact", and whether others
// as well, "please add me and Ms Doe".
func addsAuthor(scenes []scene) (self, others bool) {
	for i := range scenes {
		sc := &scenes[i]
		if !sc.asks || sc.action != AddUser || !sc.says(selfObject, addsSelf) || len(sc.names) > 0 {
			continue
		}
		if !slices.ContainsFunc(assignedRoles(sc), func(g assigned) bool { return givenAs(sc, g) }) {
			continue
		}
		others = others || sc.says(colleagues)
		if sc.says(addsSelf) {
			self = true
			others = others || sc.says(words.Pronoun) || slices.ContainsFunc(find(&sc.passage, addsSelf), func(h phraseHit) bool {
				return h.to < len(sc.tokens) && sc.tokens[h.to].in(andWords)
			})
			continue
		}
		for k := 1; k < len(sc.tokens); k++ {
			if sc.tokens[k].in(selfObject) && sc.starts(k-1, words.Verbs.of[AddUser].list) > 0 {
				self = true
				others = others || k+1 < len(sc.tokens) && sc.tokens[k+1].in(andWords)
			}
		}
	}
	return self, others
}

// givenAs says whether words tell that a role is the author's to have: "as Technician", "Teknisyen olarak".
func givenAs(sc *scene, g assigned) bool {
	return sc.precedes(determined(sc, g.from), 3, asRoleWords) || asContactFor(sc, g.roleMention) || sc.starts(g.to, asRoleWords) > 0 || sc.says(asRoleWithin)
}

// ownAddition reads a mail whose author wants to be added, unless it gives an address that is not the sender's.
func (rd *reader) ownAddition(text string) []Request {
	if rd.onlyAddress(text) != nil {
		return nil
	}
	return rd.forAuthor(text)
}

// namesAuthor says whether a sentence calls the author by name or address, as its object.
func (rd *reader) namesAuthor(sc *scene) bool {
	if slices.ContainsFunc(sc.tokens, func(t token) bool { return t.kind == addressToken && t.lower == rd.sender }) {
		return true
	}
	return slices.ContainsFunc(names(sc.tokens, make([]bool, len(sc.tokens))), func(n nameSpan) bool { return sameName(n.name, rd.author) })
}

// inNeed says whether a sentence tells that somebody needs the access of a role: "Jane Doe needs Technician access".
func inNeed(sc *scene) bool {
	return len(sc.names) > 0 && !sc.question && sc.says(needsWords) && slices.ContainsFunc(sc.roles, func(m roleMention) bool {
		return m.to < len(sc.tokens) && sc.tokens[m.to].in(words.RoleAfter) && (sc.precedes(m.from, 3, needsWords) || sc.precedes(determined(sc, m.from), 3, needsWords))
	})
}
