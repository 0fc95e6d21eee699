package interpret

import (
	"slices"
	"strings"
)

// assignReasons finds why: what a label or a connective introduces, else the clause that begins with a pronoun, else the sentence
// that tells what the person does or what has happened. A reason that names nobody of several people is everybody's.
func (rd *reader) assignReasons(scenes []scene, people []person) {
	shared := rd.statedReason(scenes)
	if shared == nil {
		if v := rd.pointedAt(scenes); v != nil && (len(people) == 1 || ofNoneAlone(rd, *v, people)) {
			shared = v
		}
	}
	if shared != nil {
		for i := range people {
			people[i].reason = shared
		}
		return
	}
	if len(people) == 1 {
		people[0].reason = rd.reasonFor(scenes, people[0])
		return
	}
	defer rd.trimVisits(people)
	if v := rd.reasonOfVisitors(scenes, people); v != nil {
		for i := range people {
			people[i].reason = v
		}
		return
	}
	for si := range scenes {
		sc := &scenes[si]
		here := peopleIn(people, si)
		for k, i := range here {
			from, to := sc.tokens[people[i].at].start, len(sc.text)
			if k+1 < len(here) {
				if next := beforeName(sc, people[here[k+1]].at); next >= people[i].at {
					for next > people[i].at && (joins(&sc.tokens[next]) || sc.tokens[next].text == "," || sc.tokens[next].in(betweenPeople)) {
						next--
					}
					to = sc.tokens[next].end
				}
			}
			part := rd.sceneOf(strings.TrimRight(sc.text[from:to], " ,"))
			v := because(&part)
			if v == nil {
				v = becauseOf(&part)
			}
			if v == nil {
				v = pronounClause(&part, k > 0 && k == len(here)-1)
			}
			if v == nil {
				v = pronounClause(&part, false)
			}
			if v == nil && people[i].action == ScheduleVisit {
				v = rd.visitPurpose(&part)
			}
			if people[i].reason == nil {
				people[i].reason = v
			}
		}
		if n := len(here); n > 1 && people[here[n-1]].reason != nil && onlyLast(people, here) && ofAll(*people[here[n-1]].reason) {
			for _, i := range here {
				people[i].reason = people[here[n-1]].reason
			}
		}
		if len(here) == 0 {
			rd.shareReason(scenes, si, people)
		}
		if si > 0 && (len(here) == 0 && len(sc.names) == 0 || onlyRemoved(sc, people, here)) && len(sc.tokens) > 0 && sc.tokens[0].in(words.Pronouns) {
			if before := peopleIn(people, si-1); len(before) == 1 && len(scenes[si-1].names) == 1 && people[before[0]].reason == nil {
				people[before[0]].reason = pronounClause(sc, false)
			}
		}
	}
	for i := range people {
		if sc := &scenes[people[i].sent]; people[i].reason == nil && len(sc.names) == 1 && !onlyMentioned(sc, people[i]) {
			for _, find := range [...]reasonFinder{(*reader).statement, (*reader).relative, (*reader).tellsOf} {
				if people[i].reason == nil {
					people[i].reason = find(rd, sc, people[i])
				}
			}
			if people[i].reason == nil && people[i].action == AddUser {
				people[i].reason = rd.background(sc)
			}
		}
	}
	if nobodySaid(people) {
		for si := range scenes {
			v := rd.whyOfAll(&scenes[si])
			if v == nil {
				v = toldBeside(rd, &scenes[si], person{})
			}
			if v != nil && !ofOneWish(people, si) {
				for i := range people {
					people[i].reason = v
				}
				return
			}
		}
	}
	for i := range people {
		p := &people[i]
		switch told := &scenes[p.sent]; {
		case p.reason != nil:
		case onlyMentioned(told, *p):
			p.reason = goneBehind(told, *p)
		case p.action == RemoveUser && told.action == "" && told.says(goneWords) && len(told.names) == 1:
			p.reason = trimReason(rd.withoutBearersAddress(told.text, *p)) // "Raj Patel has left us. … Please remove his access."
		case p.taken && ofOneWish(people, p.wish):
			p.reason = pronounClause(&scenes[p.wish], true) // "Please add as Technician, she does the night shifts"
		}
	}
}

// betweenPeople join the clause about somebody to that about somebody else, besides "and".
var betweenPeople = cue("between_people")

// beforeName is the token in front of a name, its titles and its article; -1 if there is none.
func beforeName(sc *scene, at int) int {
	k := at - 1
	for k >= 0 && (sc.tokens[k].in(words.Titles) || sc.tokens[k].in(personArticles)) {
		k--
	}
	return k
}

var personArticles = cue("person_articles")

// ofOneWish says whether a pronoun in sentence si takes up one of several people.
func ofOneWish(people []person, si int) bool {
	meant := func(p person) bool { return p.taken && p.wish == si }
	return slices.ContainsFunc(people, meant) && slices.ContainsFunc(people, func(p person) bool { return !meant(p) })
}

// shareReason gives the reason of a sentence that names nobody in full to the person it calls by one name, or to all whom "they" takes up.
func (rd *reader) shareReason(scenes []scene, si int, people []person) {
	sc := &scenes[si]
	for i := range people {
		if people[i].reason == nil {
			people[i].reason = tells(sc, people[i])
		}
		if people[i].reason == nil && onlyCalled(sc, people, i) {
			people[i].reason = pronounClause(sc, false) // "Jane's address is jane@…, she does the night shifts"
		}
	}
	if !sc.says(pluralWords) {
		return
	}
	if v := pronounClause(sc, true); v != nil {
		for i := range people {
			if people[i].reason == nil {
				people[i].reason = v
			}
		}
	}
}

// onlyCalled says whether a sentence begins with one name of person i and calls nobody else of people.
func onlyCalled(sc *scene, people []person, i int) bool {
	for k := range people {
		if (people[k].name != "" && calledIn(sc, people[k].name)) != (k == i) {
			return false
		}
	}
	first := nextWord(sc.tokens, -1)
	return first < len(sc.tokens) && partOfName(withoutEnding(sc.tokens[first].text), people[i].name)
}

// onlyLast says whether only the last of several people of a sentence has a reason.
func onlyLast(people []person, here []int) bool {
	for _, i := range here[:len(here)-1] {
		if people[i].reason != nil {
			return false
		}
	}
	return true
}

// ofAll says whether a reason speaks of several people.
func ofAll(reason string) bool {
	p := scan(reason)
	return p.says(ofSeveral) && !p.says(ofOne)
}

func nobodySaid(people []person) bool {
	for _, p := range people {
		if p.reason != nil {
			return false
		}
	}
	return true
}

// whyOfAll finds in a sentence the reason for several people: it speaks of none of them alone.
func (rd *reader) whyOfAll(sc *scene) *string {
	if len(sc.names) == 1 {
		return nil // of that one
	}
	if len(sc.names) == 0 {
		if v := reasonSaid(sc); v != nil {
			return v
		}
		if v := because(sc); v != nil {
			return v
		}
		if v := rd.background(sc); v != nil && !mentions(*v, ofOne) {
			return v
		}
	}
	for _, find := range [...]func(*scene) *string{purpose, purposeOfAny} {
		if v := find(sc); v != nil && !mentions(*v, ofOne) {
			return v
		}
	}
	return nil
}

// reasonFinder finds in a sentence why a person is asked for.
type reasonFinder func(rd *reader, sc *scene, p person) *string

// anyones is a finder that asks for no person.
func anyones(find func(*scene) *string) reasonFinder {
	return func(_ *reader, sc *scene, _ person) *string { return find(sc) }
}

// reasonFinders are asked one after the other, reasonsOfVisits before them where somebody visits. init fills them: some of those ask
// for reasons themselves.
var reasonFinders, reasonsOfVisits []reasonFinder

func init() {
	reasonsOfVisits = []reasonFinder{anyones(reasonSaid), anyones(purpose), anyones(aim), anyones(visitAim), anyones(comingTo), anyones(becauseOf), func(rd *reader, sc *scene, _ person) *string { return rd.behindWindow(sc) }}
	reasonFinders = []reasonFinder{
		anyones(reasonSaid),
		func(_ *reader, sc *scene, _ person) *string {
			v := because(sc)
			if v != nil && (saysDetail(sc) || !regards(sc)) {
				return nil // "a badge will be needed, as she …": why the badge
			}
			return v
		},
		anyones(becauseOf),
		func(_ *reader, sc *scene, p person) *string {
			if p.name != "" && len(sc.names) > 0 && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, p.name) }) {
				return nil // the pronoun stands for somebody named in the sentence
			}
			return pronounClause(sc, false)
		},
		func(_ *reader, sc *scene, p person) *string { return tells(sc, p) },
		func(_ *reader, sc *scene, p person) *string { return nameClause(sc, p) },
		func(rd *reader, sc *scene, _ person) *string {
			if sc.says(ability) {
				return nil // "she should be able to open tickets" is half a wish: what else is told goes before
			}
			return rd.background(sc)
		},
		func(rd *reader, sc *scene, _ person) *string {
			if !sc.says(ability) {
				return nil // nothing was found in it
			}
			return rd.background(sc)
		},
		(*reader).relative,
		anyones(purpose),
		anyones(because),
		(*reader).statement,
		(*reader).tellsOf,
		anyones(purposeFirst),
		anyones(toldBehind),
		toldBeside,
		joinsAndDoes,
		goneAlone,
		anyones(aim),
		anyones(purposeOfAny),
	}
}

// reasonFor finds why one person is asked for.
func (rd *reader) reasonFor(scenes []scene, p person) *string {
	v := rd.anyReason(scenes, p)
	if v == nil {
		return nil
	}
	s := rd.withoutBearersAddress(*v, p)
	if p.action == ScheduleVisit {
		s = rd.withoutTimes(s)
	}
	return &s
}

// anyReason asks all finders for the reason of a person.
func (rd *reader) anyReason(scenes []scene, p person) *string {
	about := make([]bool, len(scenes))
	for i := range scenes {
		about[i] = !ofAnother(scenes, i, p) && !(i < p.sent && ofNobodyYet(&scenes[i])) && !deniesExtra(&scenes[i])
	}
	finders := [...][]reasonFinder{nil, reasonFinders}
	if p.action == ScheduleVisit {
		finders[0] = reasonsOfVisits
	}
	for _, group := range finders {
		for _, find := range group {
			for i := range scenes {
				if !about[i] {
					continue
				}
				if v := find(rd, &scenes[i], p); v != nil && !rd.givesNoReason(*v, p) && !rd.holdsWish(*v, p) && !besideThePoint(&scenes[i], *v, p) && !(p.action == ScheduleVisit && onlyComing(*v, p.name)) {
					return v
				}
			}
		}
	}
	if p.action != ScheduleVisit {
		return rd.remaining(scenes, p)
	}
	return nil
}

// ofNobodyYet says whether a clause in a sentence in front of the one that names the person begins with "they": it is about what
// stands in front of it.
func ofNobodyYet(sc *scene) bool {
	return len(sc.names) == 0 && sc.says(theyWords) && !sc.says(ofOne)
}

// saysDetail says whether the main clause of a sentence tells of a badge or the like.
func saysDetail(sc *scene) bool {
	if !sc.says(words.NoReason) || sc.asks && sc.action != "" {
		return false
	}
	first := clauses(sc.text)[0]
	p := sc.in.scan(sc.text[first.from:first.to])
	return p.says(words.NoReason) && !p.says(words.Because)
}

// statement returns the clause that tells something of the person: their name or a pronoun stands in it, and it asks nothing.
func (rd *reader) statement(sc *scene, p person) *string {
	if sc.question || p.name == "" || !sc.says(words.Pronouns, ofOne, theyWords) && !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return sameName(n.name, p.name) }) && !calledIn(sc, p.name) {
		return nil
	}
	best := ""
	for _, c := range clauses(sc.text) {
		text := sc.text[c.from:c.to]
		part := rd.sceneOf(text)
		about := part.says(words.Pronouns, ofOne, theyWords) || part.says(finite) && calledIn(&part, p.name) || slices.ContainsFunc(part.names, func(n nameSpan) bool { return sameName(n.name, p.name) && verbBehind(&part, n) })
		if first := nextWord(part.tokens, -1); !about || part.words() < 5 || part.tokens[first].in(ofThem) || part.asks || len(assignedRoles(&part)) > 0 || len(part.roles) > 0 || namesOnly(&part) || part.says(words.NoReason, factOnly, statesNothing, calledWords) ||
			p.action != RemoveUser && part.says(words.Verbs.heads) {
			continue
		}
		if len(text) > len(best) && !hasAddress(text[min(len(text), nameEnd(&part)):]) {
			best = text
		}
	}
	if best == "" {
		return nil
	}
	return trimReason(best)
}

// namesOnly says whether a clause only says who somebody is, "the first is Jane Doe", or lists people: "Max Roe and Tim Fox".
func namesOnly(sc *scene) bool {
	named := 0
	for _, n := range sc.names {
		named += n.to - n.from
	}
	for i := range sc.tokens {
		if sc.tokens[i].kind == wordToken && joins(&sc.tokens[i]) {
			named++
		}
	}
	if len(sc.names) > 0 && named >= sc.words() {
		return true
	}
	return len(sc.names) > 0 && sc.names[0].to >= len(sc.tokens) && (sc.precedes(sc.names[0].from, 2, copulas) || sc.precedes(sc.names[0].from, 1, beWords))
}

var statesNothing = cue("states_nothing")

// nameEnd is where the first name of a clause and the address beside it end.
func nameEnd(sc *scene) int {
	if len(sc.names) == 0 {
		return 0
	}
	i := sc.names[0].to
	for i < len(sc.tokens) && (sc.tokens[i].kind == addressToken || sc.tokens[i].kind == markToken) {
		i++
	}
	return sc.tokens[i-1].end
}

// ofAnother says whether a sentence begins with a pronoun that stands for somebody else, who is named in front of it.
func ofAnother(scenes []scene, i int, p person) bool {
	sc := &scenes[i]
	if p.name == "" || len(sc.names) > 0 || len(sc.tokens) == 0 || !sc.tokens[0].in(words.Pronouns) {
		return false
	}
	for k := i - 1; k >= 0; k-- {
		if names := scenes[k].names; len(names) > 0 {
			return !slices.ContainsFunc(names, func(n nameSpan) bool { return sameName(n.name, p.name) })
		}
	}
	return false
}

// roleGiven says whether a sentence gives a role between bytes from and to.
func roleGiven(sc *scene, from, to int) bool {
	return slices.ContainsFunc(assignedRoles(sc), func(g assigned) bool {
		return sc.tokens[g.from].start >= from && sc.tokens[g.from].start < to
	})
}

var (
	ofOne, ofSeveral     = cue("one"), cue("many")
	theyWords, reasonAll = cue("they"), cue("reason_all")
	allowed              = cue("allowed") // look like a wish and are none
)

// pronounClause returns a sentence, or the clause of one, that begins with a pronoun and tells neither address nor role.
func pronounClause(sc *scene, plural bool) *string {
	if !sc.says(theyWords, reasonAll, words.Pronouns, ofOne) {
		return nil
	}
	starts := []int{0}
	for _, sep := range []string{", ", "; ", " — ", " - ", "，", " ("} {
		for from := 0; ; {
			i := strings.Index(sc.text[from:], sep)
			if i < 0 {
				break
			}
			starts = append(starts, from+i+len(sep))
			from += i + len(sep)
		}
	}
	for _, m := range sc.roles { // "as a technician shes taking over"
		if m.to < len(sc.tokens) && sc.tokens[m.to].in(words.Pronouns) {
			starts = append(starts, sc.tokens[m.to].start)
		}
	}
	for i := range sc.tokens { // "jane@acme.example shes taking over"
		given := func(m roleMention) bool { return m.from > i }
		if sc.tokens[i].kind == addressToken && i+minRemaining < len(sc.tokens) && sc.tokens[i+1].in(words.Pronouns) && !slices.ContainsFunc(sc.roles, given) {
			starts = append(starts, sc.tokens[i+1].start)
		}
	}
	for _, at := range starts {
		first, rest, _ := strings.Cut(sc.text[at+timeLead(sc, at):], " ")
		first = strings.ReplaceAll(strings.ToLower(first), "’", "'")
		they := theyWords.holds(first) || reasonAll.anyPhrase(func(p string) bool { return startsWith(first, rest, p) })
		if !they && !words.Pronouns.holds(first) && !begins(first, ofOne) || plural && !they {
			continue
		}
		clause := sc.text[at:]
		if at > 0 && sc.text[at-1] == '(' {
			if clause, _, _ = strings.Cut(clause, ")"); strings.Count(clause, " ") < 2 || tellsCompany(sc, clause) {
				continue // "Jane Doe (she/her)", "(both of North Cabling)"
			}
		} else if roleGiven(sc, at, len(sc.text)) {
			if clause = sc.text[at:clauseEnd(sc.text, at)]; roleGiven(sc, at, at+len(clause)) || !reasonable(clause) {
				continue
			}
		}
		if hasAddress(clause) || sc.question && at == 0 {
			continue
		}
		said := sc.in.scan(clause)
		if rest := said.replace(allowed, " "); rest.says(words.NoReason) || said.says(factOnly) {
			continue
		}
		if said.words() == 2 && reasonCue(&said) {
			clause = strings.Trim(clause, " ,;.!")
			return &clause // "она уволилась"
		}
		return clean(clause)
	}
	return nil
}

// maxLead is how many tokens tell the time in front of a pronoun.
const maxLead = 4

// timeLead is how long the words at byte at are that tell since when: "From December she …".
func timeLead(sc *scene, at int) int {
	if !sc.says(sinceWhen) {
		return 0
	}
	for i := range sc.tokens {
		if sc.tokens[i].start < at {
			continue
		}
		if !sc.tokens[i].in(sinceWhen) {
			return 0
		}
		for k := i + 1; k < len(sc.tokens) && k <= i+maxLead; k++ {
			if sc.tokens[k].in(words.Pronouns) || sc.tokens[k].in(theyWords) {
				return sc.tokens[k].start - at
			}
		}
		return 0
	}
	return 0
}

var sinceWhen = cue("since_when")

// startsWith says whether the words of phrase stand at the beginning of a text, of which first is the first word, in small letters,
// and rest what follows it.
func startsWith(first, rest, phrase string) bool {
	word, more, several := strings.Cut(phrase, " ")
	if first != word || !several {
		return first == word
	}
	tail, ok := strings.CutPrefix(strings.ToLower(rest), more)
	return ok && (tail == "" || tail[0] == ' ')
}

// tells returns a sentence that begins with the person's name and asks nothing.
func tells(sc *scene, p person) *string {
	if p.name == "" || sc.asks || sc.question || len(sc.roles) > 0 || len(sc.tokens) < 4 {
		return nil
	}
	i := 0
	for i < len(sc.tokens) && sc.tokens[i].isTitle() {
		i++
	}
	first := strings.TrimSuffix(strings.TrimSuffix(sc.tokens[i].text, "'s"), "’s")
	if sc.says(words.NoReason, factOnly) || !partOfName(first, p.name) || hasAddress(sc.text) {
		return nil
	}
	return clean(sc.text)
}

// nameClause returns what a sentence that asks nothing says of the person, "Jane Doe (jane@…), our lead, has retired".
func nameClause(sc *scene, p person) *string {
	if sc.asks && !announcesOnly(&sc.passage) || sc.question || p.name == "" || !reasonCue(&sc.passage) {
		return nil
	}
	for _, n := range sc.names {
		if !sameName(n.name, p.name) {
			continue
		}
		for _, g := range assignedRoles(sc) {
			if g.from >= n.to {
				return nil
			}
		}
		if text := withoutBearer(sc, n); text != sc.text {
			return clean(text)
		}
		return trimReason(sc.text)
	}
	return nil
}

// withoutBearer is a sentence in a script without blanks from what it says of n on, "小林(kobayashi@…)が退職しました": the address would be
// a part of the reason. Other sentences are whole.
func withoutBearer(sc *scene, n nameSpan) string {
	if n.from > 0 && !(n.runOn && n.from == 1) || !besideAddress(sc.tokens, n.to-1) {
		return sc.text
	}
	i := n.to
	for sc.tokens[i].kind != addressToken {
		i++
	}
	for i++; i < len(sc.tokens) && sc.tokens[i].kind == markToken; i++ {
	}
	if i == len(sc.tokens) || !hasIdeograph(sc.tokens[i].text) {
		return sc.text
	}
	rest := sc.text[sc.tokens[i].start:]
	for p := range runOnBehind.runOn() {
		if tail, ok := strings.CutPrefix(rest, p); ok {
			return tail
		}
	}
	return rest
}

func reasonCue(p *passage) bool { return p.says(tellsWhy) && !p.says(noBackground) }
