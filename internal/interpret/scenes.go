package interpret

import (
	"slices"
	"strings"
	"unicode"
)

// scene is a sentence with what was found in it.
type scene struct {
	sentence
	roles  []roleMention
	names  []nameSpan
	asks   bool
	action Action
	mixed  bool // it asks to remove somebody and to add somebody
	half   bool // of a sentence that does
	denied bool // it says that somebody gets no access
}

// scenes are the sentences of text with what was found in them. They are found once: who changes them changes a copy.
func (rd *reader) scenes(text string) []scene {
	p := rd.prose(text)
	if p.scenes == nil && len(p.sentences) > 0 {
		p.scenes = make([]scene, 0, len(p.sentences))
		for _, s := range p.sentences {
			sc := rd.scene(s)
			if before, behind, two := twoWishes(&sc); two {
				p.scenes = append(p.scenes, rd.scene(before), rd.scene(behind))
				continue
			}
			if before, behind, two := rd.twoDeeds(&sc); two {
				p.scenes = append(p.scenes, before, behind)
				continue
			}
			p.scenes = append(p.scenes, sc)
		}
		completeNames(p.scenes)
	}
	return p.scenes
}

// completeNames gives those whom a title and the end of a name call the whole of it, "Ms Attard Montalto" behind "Francesca Attard
// Montalto", where one name alone ends so.
func completeNames(scenes []scene) {
	for i := range scenes {
		for k := range scenes[i].names {
			n := &scenes[i].names[k]
			if !n.titled {
				continue
			}
			whole := ""
			for _, sc := range scenes {
				for _, o := range sc.names {
					if strings.HasSuffix(o.name, " "+n.name) && o.name != whole {
						if whole != "" {
							return
						}
						whole = o.name
					}
				}
			}
			if whole != "" {
				n.name = whole
			}
		}
	}
}

func (rd *reader) sceneOf(text string) scene {
	return rd.scene(sentence{passage: rd.room.scan(rd.room.onOneLine(text), rd.in)})
}

// withoutRestated leaves a name out that is written again behind it in brackets, there without the ending of a case: "Ксению Рощину (Ксения
// Рощина, roshchina@…)".
func withoutRestated(toks []token, list []nameSpan) []nameSpan {
	for k := 0; k+1 < len(list); {
		a, b := list[k], list[k+1]
		if b.from == a.to+1 && (toks[a.to].text == "(" || toks[a.to].text == "（") && declinedFrom(a.name, b.name) {
			list = slices.Delete(list, k, k+1)
			list[k].restated = true
			continue
		}
		k++
	}
	return list
}

// maxCaseEnding is how many letters the ending of a case has at most.
const maxCaseEnding = 3

// declinedFrom says whether a name is another one with other endings.
func declinedFrom(declined, name string) bool {
	a, b := strings.Fields(declined), strings.Fields(name)
	if len(a) != len(b) || isASCII(declined) && isASCII(name) {
		return false
	}
	for i := range a {
		x, y := []rune(a[i]), []rune(b[i])
		n := 0
		for n < len(x) && n < len(y) && x[n] == y[n] {
			n++
		}
		if n < 2 || len(x)-n > maxCaseEnding || len(y)-n > maxCaseEnding {
			return false
		}
	}
	return true
}

func (rd *reader) scene(s sentence) scene {
	sc := scene{sentence: s, roles: rd.book.mentions(s.tokens)}
	taken := rd.room.untaken(len(s.tokens))
	for _, m := range sc.roles {
		for i := m.from; i < m.to && !m.inRun; i++ {
			taken[i] = true
		}
		if m.other {
			taken[m.from-1] = true
		}
	}
	sc.roles = slices.DeleteFunc(sc.roles, func(m roleMention) bool { return m.other || counts(s.tokens, m) || rd.book.modifies(s.tokens, m) })
	for _, n := range names(s.tokens, taken) {
		if k := len(sc.names); k > 0 && companyOf(&s.passage, sc.names[k-1], n) {
			continue // "Jane Doe of North Cabling"
		}
		if n.from > 1 && !n.titled && s.tokens[n.from-1].in(fromCompany) && s.tokens[n.from-2].in(personNouns) && !besideAddress(s.tokens, n.to-1) {
			continue // "an engineer from North Cabling"
		}
		if isRunOnVerb(n.name) {
			continue // "请删除jane@x.example"
		}
		if n.to-n.from > 2 && shouted(s.tokens, n) {
			continue // nobody knows where it begins and ends
		}
		if !sameName(n.name, rd.author) && !rd.recipientName(n.name) && !rd.companyName(n.name) {
			if k := ownAddress(s.tokens, n.to); k > 0 {
				n.name = withoutGenitive(n.name, s.tokens[k].lower)
			}
			sc.names = append(sc.names, n)
		}
	}
	sc.names = withoutRestated(s.tokens, sc.names)
	sc.names = withoutBidders(&sc)
	sc.names = withoutBystanders(&sc)
	sc.names = withoutHolders(&sc)
	if s.says(visitorBehind) && s.saysVerb(words.Verbs.of[ScheduleVisit]) {
		if found := visitors(s.tokens); len(found) > len(sc.names) && holdsNames(found, sc.names) {
			sc.names = found
		}
	}
	sc.roles = slices.DeleteFunc(sc.roles, func(m roleMention) bool { return isTheirs(&sc, m) || behindTold(&sc, m) || actsAsVerb(&sc, m) })
	sc.asks = s.says(words.Ask, furtherWishes) && !announcesOnly(&sc.passage) || imperative(&sc) || inNeed(&sc) || leads(&sc) || shouldNow(&sc.passage)
	if !sc.asks && rd.inner && tellsWish(&sc) {
		sc.asks = true
	}
	if sc.asks && tellsOnly(&sc) {
		sc.asks = false
	}
	permitted := permitsRemoval(&sc)
	sc.asks = sc.asks || permitted
	sc.denied = accessIsDenied(&sc)
	if sc.action = sentenceAction(&sc); sc.action != "" && forbidsAction(&sc.passage, sc.action) || sc.action == AddUser && sc.denied {
		sc.asks, sc.action = false, ""
	}
	if sc.asks && s.says(adviceWords, conditions) && onlyWeighed(&sc) {
		sc.asks, sc.action = false, ""
	}
	if sc.action == "" && permitted {
		sc.action = RemoveUser
	}
	if sc.action == AddUser && rd.letsIn(&sc) {
		sc.action = ScheduleVisit // "give Peter Pan access to our cage on 8 December 2026 from 9:00 to 12:00"
	}
	if sc.action == ScheduleVisit && !s.question && s.says(wasUnable) {
		sc.asks, sc.action = false, "" // "he could not approve the visit"
	}
	if sc.action == AddUser && len(sc.roles) == 0 && (addsElsewhere(&sc) || entersCircle(&sc)) {
		sc.action = ""
	}
	if sc.asks && sc.action == "" && len(sc.roles) == 0 && hasObject(&sc) && rd.halfRole(&sc) {
		sc.action = AddUser
	}
	if sc.action == "" && rd.announces(&sc) {
		sc.asks, sc.action = true, ScheduleVisit
	}
	if sc.action == ScheduleVisit && s.says(callsOff) {
		sc.asks, sc.action = false, "" // "please cancel the visit of Jane Doe"
	}
	if sc.asks && sc.action != ChangeRole && len(sc.names) > 0 && swaps(&sc) {
		sc.action, sc.mixed = AddUser, true
	}
	return sc
}

// isRunOnVerb says whether letters of a script without blanks are a verb of one of the actions, or go on with another one: "并告知".
func isRunOnVerb(s string) bool {
	if !hasIdeograph(s) {
		return false
	}
	return beginsRunOn(s, nextDeed) || slices.ContainsFunc(everyAction[:], func(a Action) bool { return words.Verbs.of[a].list.holds(s) })
}

var nextDeed = cue("goes_on")

// minShouted is how many words in capitals around a name tell that all is written so.
const minShouted = 3

// shouted says whether the words around a name are in capitals as the name is: "MY SON IN LAW JOHN DOE KNOWS IT".
func shouted(toks []token, n nameSpan) bool {
	loud := 0
	for i := range toks {
		t := &toks[i]
		if t.kind != wordToken || t.text == t.lower && len(t.text) == 1 {
			continue
		}
		if !allLarge(t.text) {
			return false
		}
		if i < n.from || i >= n.to {
			loud++
		}
	}
	return loud >= minShouted
}

// ownAddress is where the address stands that follows a name ending at token i, or what its bearer has, "Ebba Holms roll (ebba.holm@…)";
// 0 if none does.
func ownAddress(toks []token, i int) int {
	nouns := 0
	for k := i; k < len(toks) && k < i+3; k++ {
		t := &toks[k]
		switch {
		case t.kind == addressToken:
			return k
		case t.kind == wordToken && nouns == 0 && (t.in(roleNouns) || t.in(belongings)):
			nouns++
		case t.kind == wordToken:
			return 0
		}
	}
	return 0
}

// companyOf says whether n is the company of somebody named in front of it, "M. Dumoulin, de la société Froid Service": the address that
// stands behind both shows that somebody's name, or not this one.
func companyOf(p *passage, of, n nameSpan) bool {
	i := of.to
	for i < n.from && p.tokens[i].kind != wordToken {
		i++
	}
	if p.starts(i, ofCompany) != n.from {
		return false
	}
	for k := n.to; besideAddress(p.tokens, k-1); k++ {
		if p.tokens[k].kind == addressToken {
			return !belongs(p.tokens[k].lower, n.name) || belongs(p.tokens[k].lower, of.name)
		}
	}
	return true
}

// counts says whether what looks like a role only counts people or things: "the second is Jane Doe", "a second pair of hands", "a sec".
func counts(toks []token, m roleMention) bool {
	w := toks[m.from].lower
	if m.to != m.from+1 || words.Picks[w] == 0 && !has(words.RoleWords[w], "secondary") {
		return false
	}
	if m.from > 0 && toks[m.from-1].in(articles) && (m.from == 1 || !toks[m.from-2].in(asWords) && !toks[m.from-2].in(givers)) && m.to < len(toks) && !toks[m.to].in(words.RoleAfter) {
		return true
	}
	return words.Picks[w] > 0 && m.to < len(toks) && (toks[m.to].in(copulas) || toks[m.to].kind == markToken || *toks[m.to].lists == noLists && toks[m.to].text == toks[m.to].lower)
}

// companyName says whether a name is that of the author's company, as the domain of their address shows it.
func (rd *reader) companyName(name string) bool {
	_, domain, _ := strings.Cut(rd.sender, "@")
	domain, _, _ = strings.Cut(domain, ".")
	if len(domain) < 6 || isASCIIAlnum(name[0]) && !isDigit(name[0]) && isASCIIAlnum(domain[0]) && !isDigit(domain[0]) && smallLetter(name[0]) != smallLetter(domain[0]) {
		return false
	}
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, fold(s))
	}
	return letters(name) == letters(domain)
}

func (rd *reader) recipientName(name string) bool {
	for _, to := range rd.m.To {
		if sameName(name, personalName(to.Name)) {
			return true
		}
	}
	return false
}
