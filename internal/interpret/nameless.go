package interpret

import "slices"

// nobody reads wishes that name no person: an own invitation again, or "we got a new guy, can you get him set up?".
func (rd *reader) nobody(scenes []scene) []Request {
	newcomer, others := false, false
	for i := range scenes {
		others = others || scenes[i].says(words.Pronoun)
	}
	for i := range scenes {
		sc := &scenes[i]
		newcomer = newcomer || sc.says(words.NewPerson)
		if sc.action == ResendInvitation && len(sc.names) == 1 && owns(sc, sc.names[0]) {
			n := sc.names[0] // "Jane Doe's invitation has expired, can we have it renewed?"
			return []Request{{Action: ResendInvitation, Name: &n.name, Roles: []string{}, Reason: rd.reasonFor(scenes, person{name: n.name}), Grants: []string{}}}
		}
		if sc.action == ResendInvitation && len(sc.names) == 0 && (sc.says(words.Self) || !others) {
			return []Request{{Action: ResendInvitation, Roles: []string{}, Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
		}
	}
	if newcomer {
		for i := range scenes {
			if sc := &scenes[i]; sc.asks && sc.says(words.Gets) && sc.says(objectWords, words.NewPerson) {
				return []Request{{Action: AddUser, Roles: append([]string{}, settle(assignedRoles(sc))...), Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
			}
		}
	}
	for i := range scenes {
		sc := &scenes[i]
		if hasObject(sc) || !sc.says(onePerson) || sc.question && !sc.asks || sc.says(words.Not, words.Doubt, evidentDone) {
			continue
		}
		if sc.asks && sc.action == AddUser && sc.says(evidentAccess) && !slices.ContainsFunc(scenes, func(o scene) bool { return hasObject(&o) || o.action != "" && o.action != AddUser || rd.against(&o) }) {
			return []Request{{Action: AddUser, Roles: append([]string{}, settle(assignedRoles(sc))...), Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
		}
	}
	return nil
}

var onePerson = cue("one_person")

// byFirstName reads the wish to add somebody of one name only, "add Sam as a technician": who that is must be asked for.
func (rd *reader) byFirstName(own string) []Request {
	if len(own) > maxProse {
		return nil
	}
	scenes := rd.scenes(rd.body(own))
	for i := range scenes {
		sc := &scenes[i]
		if !sc.asks || sc.action != AddUser || len(sc.roles) != 1 || hasObject(sc) || !addsFirstName(sc) {
			continue
		}
		if roles := settle(assignedRoles(sc)); len(roles) == 1 {
			return []Request{{Action: AddUser, Roles: roles, Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
		}
	}
	return nil
}

// addsFirstName says whether somebody of one name only is to be added, "add Sam as a technician": who that is must be asked for.
func addsFirstName(sc *scene) bool {
	for i := 0; i+2 < len(sc.tokens); i++ {
		name, behind := &sc.tokens[i+1], &sc.tokens[i+2]
		if name.kind != wordToken || !startsUpper(name.text) || *name.lists != noLists || startsUpper(behind.text) {
			continue
		}
		if sc.tokens[i].in(verbAdd) || sc.tokens[i].in(loneBefore) && (behind.in(loneAfter) || behind.in(articles)) {
			return true // "I want Sam to be a technician"
		}
	}
	return false
}
