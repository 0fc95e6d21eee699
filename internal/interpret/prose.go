package interpret

import (
	"strings"
)

// person is somebody whom prose speaks of.
type person struct {
	name    string
	address string
	strong  bool // the text makes it a subject of the request, not just a name
	sent    int  // index of the sentence
	at      int  // index of the token
	to      int
	action  Action
	roles   []string
	reason  *string
}

// scene is a sentence with what was found in it.
type scene struct {
	sentence
	roles  []roleMention
	names  []nameSpan
	asks   bool
	action Action
	mixed  bool // it asks to remove somebody and to add somebody
}

// inProse reads "please add Jane Doe <jane@x> as Secondary Contact, she takes over …". Whoever is not clearly the subject of
// a wish is nobody.
func (rd *reader) inProse(own string) []Request {
	if len(own) > maxProse {
		return nil
	}
	text := withoutGreeting(own)
	all := flat(text)
	if mentions(all, words.NotAWish) || !mentions(all, words.Ask) {
		return nil
	}
	scenes := rd.scenes(text)
	count := 0
	for _, sc := range scenes {
		count += len(sc.names)
	}
	if count > maxNames {
		return nil
	}
	for i, sc := range scenes {
		if refuses(sc) {
			return nil
		}
		if sc.action == ResendInvitation && !mentions(all, words.Invitation) {
			scenes[i].action = ""
		}
	}
	people, doubtful := rd.people(scenes)
	if len(people) == 0 {
		people = rd.inCopy(scenes)
	}
	people = governed(scenes, people)
	if len(people) == 0 {
		return rd.nobody(scenes)
	}
	if !rd.assignActions(scenes, people) {
		return nil
	}
	rd.assignRoles(scenes, people)
	rd.assignReasons(scenes, people)
	var out []Request
	for _, p := range people {
		q := Request{Action: p.action, Roles: []string{}, Reason: p.reason, Grants: []string{}}
		if p.name != "" {
			q.Name = &p.name
		}
		if p.address != "" && !doubtful {
			q.Email = &p.address
		}
		if q.Action == AddUser || q.Action == ChangeRole {
			q.Roles = append(q.Roles, p.roles...)
		}
		if q.Action == ScheduleVisit {
			q.Starts, q.Ends = window(text, rd.m.Date)
		}
		out = append(out, q)
	}
	return out
}

// inCopy finds the person that the text says is in Cc.
func (rd *reader) inCopy(scenes []scene) []person {
	var out []person
	for i, sc := range scenes {
		if !mentions(sc.flat, words.InCopy) {
			continue
		}
		for _, cc := range rd.m.Cc {
			address := lowerAddress(cc)
			name, ok := cleanName(personalName(cc.Name))
			if !ok || wordCount(name) < 2 || address == rd.sender || rd.ours[address] {
				continue
			}
			for k, t := range sc.tokens {
				if t.kind == wordToken && startsUpper(t.text) && partOfName(t.text, name) {
					out = merge(out, person{name: name, address: address, strong: true, sent: i, at: k, to: k + 1})
				}
			}
		}
	}
	if len(out) == 1 {
		return out
	}
	return nil
}

// withoutGreeting takes "Dear Jane Doe," off the first line. One that goes on with a wish is kept.
func withoutGreeting(own string) string {
	first, rest, ok := strings.Cut(strings.TrimLeft(own, "\n "), "\n")
	ws := strings.Fields(flat(first))
	greets := len(ws) <= 8 && hasPrefixPhrase(words.Greetings, ws) || len(ws) <= 4 && strings.HasSuffix(strings.TrimSpace(first), ",")
	if ok && greets && !strings.ContainsAny(first, ".?@") && !mentions(flat(first), words.Ask) {
		return rest
	}
	return own
}

func (rd *reader) scenes(text string) []scene {
	var out []scene
	for _, s := range sentences(text) {
		out = append(out, rd.scene(s))
	}
	return out
}

func (rd *reader) sceneOf(text string) scene {
	text = strings.Join(strings.Fields(text), " ")
	return rd.scene(sentence{text: text, flat: flat(text), tokens: tokenize(text)})
}

func (rd *reader) scene(s sentence) scene {
	sc := scene{sentence: s, roles: rd.book.mentions(s.tokens)}
	taken := make([]bool, len(s.tokens))
	for _, m := range sc.roles {
		for i := m.from; i < m.to; i++ {
			taken[i] = true
		}
	}
	for _, n := range names(s.tokens, taken) {
		if !sameName(n.name, rd.author) && !rd.recipientName(n.name) {
			sc.names = append(sc.names, n)
		}
	}
	sc.asks = mentions(s.flat, words.Ask) || mentions(s.flat, cue("ask_more"))
	sc.action = sentenceAction(sc)
	if sc.asks && sc.action != ChangeRole && len(sc.names) > 0 && swaps(sc) {
		sc.action, sc.mixed = AddUser, true
	}
	return sc
}

func (rd *reader) recipientName(name string) bool {
	for _, to := range rd.m.To {
		if sameName(name, personalName(to.Name)) {
			return true
		}
	}
	return false
}

// sentenceAction is the one action that an asking sentence names, "" if none or two.
func sentenceAction(sc scene) Action {
	if !sc.asks {
		return ""
	}
	var found []Action
	if saysVerb(sc.flat, words.Verbs["remove"]) && (hasObject(sc) || mentions(sc.flat, words.Pronoun)) {
		found = append(found, RemoveUser)
	}
	if saysVerb(sc.flat, words.Verbs["resend"]) {
		found = append(found, ResendInvitation)
	}
	if changes(sc) {
		found = append(found, ChangeRole)
	} else if saysVerb(sc.flat, words.Verbs["add"]) || len(assignedRoles(sc)) > 0 {
		found = append(found, AddUser)
	}
	if len(found) == 0 && saysVerb(sc.flat, words.Verbs["visit"]) {
		found = append(found, ScheduleVisit)
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// saysVerb is mentions for verb phrases, in which * stands for up to ten words: "give * access".
func saysVerb(flat string, phrases []string) bool {
	for _, p := range phrases {
		head, tail, gap := strings.Cut(p, " * ")
		if !gap {
			if phraseAt(flat, p) >= 0 {
				return true
			}
			continue
		}
		if i := phraseAt(flat, head); i >= 0 {
			rest := flat[i+len(head):]
			if k := phraseAt(rest, tail); k >= 0 && len(strings.Fields(rest[:k])) <= 10 {
				return true
			}
		}
	}
	return false
}

// refuses says whether a sentence forbids an action: "please do not add her".
func refuses(sc scene) bool {
	if !mentions(sc.flat, words.Not) {
		return false
	}
	for _, verbs := range words.Verbs {
		for _, v := range verbs {
			head, _, _ := strings.Cut(v, " * ")
			for _, n := range words.Not {
				if strings.Contains(sc.flat, " "+n+" "+head+" ") {
					return true
				}
			}
		}
	}
	return false
}

func hasObject(sc scene) bool {
	if len(sc.names) > 0 {
		return true
	}
	for _, t := range sc.tokens {
		if t.kind == addressToken {
			return true
		}
	}
	return false
}

// changes says whether a sentence speaks of a role held now and another one, "from Technician to Secondary Contact".
func changes(sc scene) bool {
	if len(sc.roles) == 0 {
		return false
	}
	current, other := "", ""
	for _, m := range sc.roles {
		if heldNow(sc.tokens, m) {
			current = m.id
		} else {
			other = m.id
		}
	}
	if current != "" && other != "" && current != other {
		return true
	}
	if len(sc.roles) == 2 && mentions(sc.flat, words.InsteadOf) && !saysVerb(sc.flat, words.Verbs["add"]) {
		return true
	}
	if m := sc.roles[0]; len(sc.roles) == 1 && m.from > 0 && other != "" {
		k := m.from - 1
		for k > 0 && determines(sc.tokens[k]) {
			k--
		}
		if isCue("to", sc.tokens[k].lower) && saysVerb(sc.flat, words.Verbs["change"]) {
			return true
		}
	}
	return saysVerb(sc.flat, words.Verbs["change"]) && other != "" && mentions(sc.flat, cue("role_nouns"))
}

// heldNow says whether a role is named as the one somebody has: "from Technician", "at present Technician".
func heldNow(toks []token, m roleMention) bool {
	after := flatTokens(toks, m.to, m.to+4)
	for _, p := range words.AtPresent {
		if strings.HasPrefix(after, " "+p+" ") || strings.HasPrefix(after, " contact "+p+" ") {
			return true
		}
	}
	before := flatTokens(toks, m.from-5, m.from)
	return endsInCue(before, "held_before")
}

func flatTokens(toks []token, from, to int) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, t := range toks[max(0, from):max(0, min(to, len(toks)))] {
		if t.kind == wordToken {
			b.WriteString(strings.ReplaceAll(t.lower, "’", "'") + " ")
		}
	}
	return b.String()
}

// assignActions gives every person the action of their sentence, or the only one of the mail. False if that is not possible
// for somebody.
func (rd *reader) assignActions(scenes []scene, people []person) bool {
	var only Action
	kinds := 0
	seen := map[Action]bool{}
	for _, sc := range scenes {
		if sc.mixed && !seen[RemoveUser] {
			seen[RemoveUser] = true
			kinds++
		}
		if sc.action != "" && !seen[sc.action] {
			seen[sc.action] = true
			only = sc.action
			kinds++
		}
	}
	for i := range people {
		here := scenes[people[i].sent].action
		if scenes[people[i].sent].mixed {
			if people[i].action = verbBefore(scenes[people[i].sent], people[i].at); people[i].action == "" {
				return false
			}
			continue
		}
		switch {
		case here != "" && kinds == 1, here != "" && here != ScheduleVisit:
			people[i].action = here
		case kinds == 1:
			people[i].action = only
		default:
			return false
		}
		if people[i].action == AddUser && heldElsewhere(scenes, people[i], len(people)) {
			people[i].action = ChangeRole
		}
	}
	return true
}

// heldElsewhere says whether the text tells that the person holds another role now.
func heldElsewhere(scenes []scene, p person, people int) bool {
	for si, sc := range scenes {
		for _, m := range sc.roles {
			if heldNow(sc.tokens, m) && (si == p.sent || people == 1) && !mentions(flatTokens(sc.tokens, m.from-6, m.from), cue("author")) {
				return true
			}
		}
	}
	return false
}

// nobody reads wishes that name no person: an own invitation again, or "we got a new guy, can you get him set up?".
func (rd *reader) nobody(scenes []scene) []Request {
	all := " "
	for _, sc := range scenes {
		all += sc.flat
	}
	for _, sc := range scenes {
		if sc.action == ResendInvitation && mentions(sc.flat, words.Self) {
			return []Request{{Action: ResendInvitation, Roles: []string{}, Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
		}
	}
	if mentions(all, words.NewPerson) {
		for _, sc := range scenes {
			if sc.asks && mentions(sc.flat, words.Gets) && mentions(sc.flat, cue("object")) {
				return []Request{{Action: AddUser, Roles: []string{}, Reason: rd.reasonFor(scenes, person{}), Grants: []string{}}}
			}
		}
	}
	return nil
}

// forSelf says whether the author asks for their own invitation.
func (rd *reader) forSelf(own string) bool { return mentions(flat(own), words.Self) }
