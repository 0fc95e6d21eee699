package interpret

import (
	"regexp"
	"slices"
	"strings"
)

var (
	belongings  = cue("belongings")
	seeSubject  = cue("see_subject")
	subjectWish = cue("subject_wish")
)

// subjectPrefix is what mail programs put in front of the subject of an answer.
var subjectPrefix = regexp.MustCompile(`(?i)^(?:\s*(?:re|aw|fwd?|wg|sv|tr)\s*:)+\s*`)

// maxBack is how many sentences back somebody stands whom a pronoun takes up.
const maxBack = 3

// takeUp makes those subjects of a wish whom its sentence takes up by a pronoun or one word of the name: "Jane Doe joined us. Please add
// her." It changes list in place.
func takeUp(scenes []scene, list []person) {
	for si := range scenes {
		sc := &scenes[si]
		if sc.action == "" || takeUpCalled(scenes, list, si) {
			continue
		}
		here := peopleIn(list, si)
		if len(here) == 1 && list[here[0]].name != "" && objectBehind(sc, list[here[0]].to) && !compared(sc, list[here[0]].at) {
			list[here[0]].strong, list[here[0]].taken = true, true
		}
		for back := si - 1; back >= 0 && back >= si-maxBack && len(here) == 0; back-- {
			there := slices.DeleteFunc(peopleIn(list, back), func(i int) bool {
				p := &list[i]
				return compared(&scenes[back], p.at) || opposite(sc, &scenes[back]) || p.taken && opposite(sc, &scenes[p.wish])
			})
			if len(there) == 0 {
				continue
			}
			plural := len(there) > 1 && sc.says(pluralWords)
			one := len(there) == 1 && sc.says(words.Pronoun)
			left := len(there) == 1 && sc.action == RemoveUser && scenes[back].says(goneWords)
			told := len(there) == 1 && sc.action == AddUser && list[there[0]].name != "" && list[there[0]].address != "" && back == si-1 // "… is new. Please add as Technician."
			if !plural && !one && !left && !told {
				break
			}
			visit := scenes[back].action == ScheduleVisit || len(there) == 1 && len(scenes[back].roles) == 0 && scenes[back].says(sites) && comesHere(&scenes[back])
			if visit && sc.action == AddUser && len(sc.roles) == 0 {
				sc.action = ScheduleVisit // "Jane Doe will visit us tomorrow. Please register her."
			}
			for _, i := range there {
				list[i].strong, list[i].taken, list[i].wish = true, true, si
			}
			break
		}
	}
}

// opposite says whether one sentence asks to add and the other one to remove, which nobody means of one person: "Raj Patel has left. Please add
// Jane Doe. Please remove his access."
func opposite(a, b *scene) bool {
	return a.action == AddUser && b.action == RemoveUser || a.action == RemoveUser && b.action == AddUser
}

// takeUpCalled takes those up whom a sentence calls by one word of the name that nobody else has.
func takeUpCalled(scenes []scene, list []person, si int) bool {
	sc := &scenes[si]
	if len(sc.names) > 0 {
		return false
	}
	var called []int
	for i := range list {
		if list[i].sent < si && list[i].name != "" && calledIn(sc, list[i].name) {
			called = append(called, i)
		}
	}
	if len(called) == 0 || len(called) > 1 && !sc.says(andWords) {
		return false
	}
	for _, i := range called {
		list[i].strong, list[i].taken, list[i].wish = true, true, si
	}
	return true
}

// objectBehind says whether a sentence takes somebody up behind token at as the object of its verb.
func objectBehind(sc *scene, at int) bool {
	return sc.within(at, len(sc.tokens), objectWords)
}

// calledIn says whether a sentence calls somebody by one word of their name.
func calledIn(sc *scene, name string) bool {
	ws := nameKey(name)
	for i := range sc.tokens {
		t := &sc.tokens[i]
		if t.kind == wordToken && startsUpper(t.text) && len(t.text) > 2 && !t.in(words.NotNames) && slices.ContainsFunc(ws, func(w string) bool { return namesWord(t, w) }) {
			return true
		}
	}
	return false
}

// bySubject reads own words that name nobody together with the subject, when that holds one name: "New technician: Jane Doe" above
// "see subject", or a text that calls her Jane.
func (rd *reader) bySubject(own string) []Request {
	subject := strings.TrimSpace(rd.m.Subject)
	if strings.Contains(subject, ":") {
		subject = subjectPrefix.ReplaceAllString(subject, "")
	}
	sc := rd.sceneOf(subject)
	if len(sc.names) != 1 || len(subject) > 200 || compared(&sc, sc.names[0].from) {
		return nil
	}
	all := &rd.prose(rd.body(own)).all
	lead := ""
	if all.says(seeSubject) { // what it names is the wish
		lead = subjectWish.first() + " "
		if probe := rd.sceneOf(lead + subject); probe.action == "" && sc.says(words.NewPerson) {
			lead += verbAdd.first() + " "
		}
	}
	return rd.inProse(lead + subject + ".\n\n" + rd.body(own))
}
