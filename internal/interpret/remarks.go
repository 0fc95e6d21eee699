package interpret

import (
	"slices"
	"strings"
	"unicode"
)

var (
	dangers     = cue("dangers")
	defers      = cue("defers")
	verbsTold   = cue("verbs_told")
	tellers     = cue("tellers")
	anotherTime = cue("another_time")
	ofMails     = cue("of_mails")
	offers      = cue("offers")
	wishesWell  = cue("wishes_well")
	firstTimes  = cue("first_of")
	noDangers   = cue("no_dangers")
	noDefers    = cue("no_defers")
	messages    = cue("tells_them")
	identifiers = cue("identifiers")
	apologies   = cue("apologies")
	sorryFor    = cue("sorry_for")
	isNot       = cue("is_not")
	closesCase  = cue("closes_case")
	unsays      = cue("unsays")
	leadIns     = cue("lead_ins")
	purposes    = cue("purposes")

	answerJoins, thatWord, butWord = cue("answer_joins"), cue("that"), cue("but")
	accessWord, dayOfMail          = cue("access"), cue("day_of_mail")
)

var prepositions = cue("told_when")

var beforeWords = cue("beforehand")

// maxPiece is how many words a piece has at most: nobody writes more without a mark.
const maxPiece = 60

// greetingWords is how many words a greeting has at most.
const greetingWords = 6

// cheerful are the signs that change nothing.
const cheerful = "👍✅✔🙂😊🙏👌☺😀😃"

// sentence takes up one sentence. It says whether the answer can still be read.
func (s *spelling) sentence(text string, first bool) bool {
	p := scan(text)
	begin := nextWord(p.tokens, -1)
	if p.says(words.Decide.Courtesy) && p.starts(begin, words.Decide.Courtesy) > 0 && p.starts(begin, apologies) == 0 {
		return s.offered(&p) || s.consenting(withoutMarks(p.tokens), text, s.lines).thanks()
	}
	if p.starts(begin, anotherTime) > 0 && p.says(ofMails) {
		return true
	}
	var pieces [][]token
	from := 0
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.kind != markToken {
			continue
		}
		if !strings.Contains(",:-–—.!'’&", t.text) && !strings.ContainsRune(cheerful, []rune(t.text)[0]) && !unicode.In([]rune(t.text)[0], unicode.Mn, unicode.Sk) {
			return false
		}
		if t.text == "." && i > 0 && p.tokens[i-1].isTitle() {
			continue // "Mr. Okabe"
		}
		if t.text == ":" && s.onlyPeople(p.tokens[from:i]) {
			continue // "Jane: fine with me"
		}
		if s.listed(p.tokens, from, i) {
			continue
		}
		pieces = append(pieces, p.tokens[from:i])
		from = i + 1
	}
	pieces = append(pieces, p.tokens[from:])
	said := Decision("")
	for _, toks := range pieces {
		toks = withoutMarks(toks)
		if len(toks) == 0 {
			continue
		}
		if len(toks) > maxPiece {
			return false
		}
		d, ok := s.piece(toks, text, first, said)
		if !ok {
			return s.doubtOn(p.tokens, said)
		}
		if d != "" {
			said = d
		}
		first = false
	}
	return true
}

// listed says whether the comma at token i stands between people: "Jane, Raj and Ana may have it".
func (s *spelling) listed(toks []token, from, i int) bool {
	if len(s.lines) < 2 || toks[i].text != "," || i == from || i+2 >= len(toks) || !s.onlyPeople(toks[from:i]) {
		return false
	}
	next := i + 1
	if toks[next].in(words.Decide.Joins) {
		next++
	}
	return has(s.subjects, toks[next].lower)
}

func (s *spelling) onlyPeople(toks []token) bool {
	return len(toks) > 0 && !slices.ContainsFunc(toks, func(t token) bool {
		return t.kind == wordToken && !has(s.subjects, t.lower) && !isNumber(t.lower) && !t.isTitle()
	})
}

// piece takes up what stands between two marks. said is what the sentence has decided in front.
func (s *spelling) piece(toks []token, text string, first bool, said Decision) (Decision, bool) {
	contrasts := len(toks) > 1 && toks[0].in(butWord)
	for len(toks) > 1 && (toks[0].in(words.Decide.Joins) || toks[0].in(concluding)) {
		toks = toks[1:]
	}
	c := s.consenting(toks, text, s.lines)
	if end := c.inCapacity(); end > 0 {
		toks = toks[end:]
		c = s.consenting(toks, text, s.lines)
	}
	if whole := s.uncontracted(toks); len(whole) != len(toks) {
		toks, c = whole, s.consenting(whole, text, s.lines)
	}
	if len(s.lines) > 1 && s.onlyPeople(toks) {
		return "", false // "approved: Jane" is said of her alone
	}
	if s.ofPredecessor(&c.p) || c.onBehalf(0) == len(toks) {
		return "", true
	}
	switch {
	case first && c.greets():
		return "", true
	case c.declines():
		return Reject, s.decide(Reject, c)
	case c.consents() && !c.p.says(words.Decide.Rest) && miscounted(toks, max(len(targetsIn(toks, s.lines, s.roles, s.roleOf)), 1), len(s.lines)):
		return "", false
	case c.consents():
		return Approve, s.decide(Approve, c)
	case contrasts && said == Approve && !s.tells(c, false):
		return "", false // "no objection to the role, but to the person"
	case c.wishes():
		s.wished = len(s.lines) == 1 && !s.otherRole(c, nil)
		s.speaksOf(c)
		return "", s.wished || len(s.lines) > 1
	case c.thanks():
		s.thanked = true
		return "", true
	case (s.all == Approve || said == Approve) && (c.cheers() || c.p.starts(0, actLeads) > 0 && c.asksPolitely()):
		s.spoke = true
		return "", true
	}
	if s.leavesOpen(c) || s.namesAlone(c) || s.all == Reject && c.p.starts(0, noMore) > 0 && !c.postpones(0) {
		return "", true
	}
	if refused := s.neither(c); len(refused) > 0 {
		s.all = ""
		return Reject, s.give(Reject, refused)
	}
	if c.unsaysYes() || c.p.starts(0, leadIns) > 0 && !c.p.says(ownWords) && !c.postpones(1) {
		s.risky = s.risky || c.unsaysYes() || !s.leadsIn(c)
		return "", true
	}
	if i := c.p.starts(0, confirmThat); i > 0 {
		return s.piece(toks[i:], text, false, said)
	}
	if d, ok := s.joined(toks, text); d != "" {
		return d, ok
	}
	for _, weak := range []struct {
		list list
		d    Decision
	}{{words.Decide.Yes, Approve}, {words.Decide.No, Reject}} {
		if end := c.p.starts(0, weak.list); end > 0 && end == len(toks) {
			ok := s.weak == "" || s.weak == weak.d
			s.spoke = s.spoke || s.weak != "" // "yes, yes"
			s.weak = weak.d
			return "", ok
		}
	}
	if end := c.p.starts(0, words.Decide.Yes); end > 0 && end < len(toks) && s.weak != Reject && s.harmless(s.consenting(toks[end:], text, s.lines), said) {
		s.weak, s.spoke = Approve, true
		return "", true
	}
	if !s.harmless(c, said) {
		people := targetsIn(toks, s.lines, bookOf(nil), nil)
		if said == "" && len(people) > 0 && len(people) < len(s.lines) {
			return "", false // it may doubt them alone
		}
		if c.postpones(0) || c.supports() || !s.tells(c, true) {
			return "", false
		}
		s.risky = true
	}
	s.spoke = true
	s.speaksOf(c)
	return "", true
}

// leavesOpen takes up a piece that only says of people that they are not: "Raj is not". What is said of them elsewhere may refuse them.
func (s *spelling) leavesOpen(c *consenting) bool {
	n := len(c.p.tokens)
	for i := range c.p.tokens {
		if c.p.starts(i, isNot) == n && i > 0 {
			s.denied = targetsIn(c.p.tokens, s.lines, s.roles, s.roleOf)
			if len(s.denied) == 0 {
				s.denied = numbersOf(s.lines)
			}
			s.speaksOf(c)
			return true
		}
		if !c.smallWord(i) {
			return false
		}
	}
	return false
}

// namesAlone takes up a piece that only says who is alone: "Jane only". They are approved where everybody else is refused.
func (s *spelling) namesAlone(c *consenting) bool {
	toks := c.p.tokens
	for len(toks) > 1 && toks[len(toks)-1].in(words.Please) {
		toks = toks[:len(toks)-1]
	}
	n := len(toks) - 1
	if len(s.lines) < 2 || n < 1 || len(s.alone) > 0 || !(toks[n].in(words.Decide.Only) && s.onlyPeople(toks[:n]) || toks[0].in(words.Decide.Only) && s.onlyPeople(toks[1:])) {
		return false
	}
	s.alone = targetsIn(c.p.tokens, s.lines, s.roles, s.roleOf)
	return len(s.alone) > 0
}

// unsaysYes says whether a piece takes a yes back: "please forget the yes I sent you".
func (c *consenting) unsaysYes() bool {
	return c.p.says(unsays) && c.p.says(words.Decide.Yes, words.Decide.Approve, consentNouns) && !c.p.says(words.Decide.Reject, words.Decide.No, refusing, refused, refusalNouns, words.Decide.BareNot)
}

// leadsIn says whether a piece that begins with "following" or the like tells of nothing that may take back an approval.
func (s *spelling) leadsIn(c *consenting) bool {
	return len(c.p.tokens) > 1 && !s.consenting(c.p.tokens[1:], c.p.text, s.lines).inDanger() && !slices.ContainsFunc(c.p.tokens, func(t token) bool { return hasDigit(t.text) })
}

// neither are the people whom a piece names behind a refusal of everybody: "No. Neither the first nor Raj."
func (s *spelling) neither(c *consenting) []int {
	if s.all != Reject || !c.p.tokens[0].in(neitherWord) || !c.p.says(norWord) {
		return nil
	}
	out := targetsIn(c.p.tokens, s.lines, s.roles, s.roleOf)
	for i := 1; i < len(c.p.tokens); i++ {
		t := &c.p.tokens[i]
		if n := words.Picks[t.lower]; n > 0 && known(s.lines, n) && !containsInt(out, n) {
			out = append(out, n)
		} else if !c.smallWord(i) && !t.in(norWord) {
			return nil
		}
	}
	return out
}

// maxCapacity is how many words tell what the author is: "in my capacity as a Technical Authorised Official I approve".
const maxCapacity = 10

// inCapacity returns where what the author is ends, and the author begins to speak; 0 if nothing tells of it.
func (c *consenting) inCapacity() int {
	toks := c.p.tokens
	if c.p.starts(0, words.Decide.Capacity) == 0 && !(len(toks) > 2 && toks[0].in(asWords) && has(c.a.subjects, bearer(&toks[1])) && c.p.within(2, min(len(toks), maxFew), superiors)) {
		return 0
	}
	for i := 1; i < min(len(toks), maxCapacity); i++ {
		if toks[i].in(ownWords) {
			return i
		}
	}
	return 0
}

// speaksOf takes up whom a remark speaks of, as what follows may be about them.
func (s *spelling) speaksOf(c *consenting) {
	if people := targetsIn(c.p.tokens, s.lines, s.roles, s.roleOf); len(people) > 0 {
		s.last, s.others = people, false
	} else if c.p.says(words.Decide.Rest) {
		s.others = true
	}
}

// joined takes up a piece of which one half decides and the other is a remark: "it was discussed with me and I support it".
func (s *spelling) joined(toks []token, text string) (Decision, bool) {
	for i := 1; i+1 < len(toks); i++ {
		if !toks[i].in(words.Decide.Joins) && !toks[i].in(answerJoins) {
			continue
		}
		right := toks[i+1:]
		if right[0].in(thatWord) {
			right = right[1:]
		}
		before, behind := s.consenting(toks[:i], text, s.lines), s.consenting(right, text, s.lines)
		behind.ofBody = before.ofOurBody()
		if d := behind.decision(); d != "" && before.decision() != "" && d != before.decision() && (before.p.says(refusing, refused) || behind.p.says(refusing, refused)) && s.bothNamed(before, behind) {
			return d, s.decide(before.decision(), before) && s.decide(d, behind)
		}
		if d := behind.decision(); d != "" && before.decision() == "" {
			if !s.tells(before, d == Reject) || !s.harmless(before, d) {
				continue
			}
			s.speaksOf(before)
			return d, s.decide(d, behind)
		}
		if d := before.decision(); d == Approve && toks[i].in(concluding) && behind.purpose() {
			return d, s.decide(d, before)
		}
		if d := before.decision(); d != "" && !toks[i].in(butWord) && s.tells(behind, d == Reject) && s.harmless(behind, d) {
			return d, s.decide(d, before)
		}
	}
	return "", false
}

// bothNamed says whether two halves of a piece each name people: "I approve Jane but decline Raj".
func (s *spelling) bothNamed(before, behind *consenting) bool {
	return len(targetsIn(before.p.tokens, s.lines, bookOf(nil), nil)) > 0 && len(targetsIn(behind.p.tokens, s.lines, bookOf(nil), nil)) > 0
}

// purpose says whether a piece tells what the author can do thereby: "so I can stop doing the bills myself".
func (c *consenting) purpose() bool {
	end := c.p.starts(0, purposes)
	d := &words.Decide
	return end > 0 && !c.p.says(d.Approve, d.Reject, d.Only, d.Retract, d.Limits, d.Bounds, refusing, consentVerbs, people) && !c.p.within(end, len(c.p.tokens), d.Hold)
}

func (c *consenting) decision() Decision {
	switch {
	case c.declines():
		return Reject
	case c.consents():
		return Approve
	}
	return ""
}

// decide takes up a decision for the people that its piece speaks of.
func (s *spelling) decide(d Decision, c *consenting) bool {
	people := targetsIn(c.p.tokens, s.lines, s.roles, s.roleOf)
	concerned := len(people)
	switch {
	case concerned == 0 && c.p.says(words.Decide.Rest):
		concerned = len(s.lines) - len(s.each) - len(s.alone)
	case concerned == 0:
		concerned = len(s.lines)
	}
	miscounted := func(t token) bool { n := words.Counts[t.lower]; return n > 1 && n != concerned }
	if slices.ContainsFunc(c.p.tokens, miscounted) {
		return false
	}
	if strayNumber(c.p.tokens, s.lines) || d == Approve && s.otherRole(c, people) {
		return false
	}
	if c.p.says(words.Decide.Only) && len(people) == 0 {
		return false
	}
	if len(s.lines) == 1 {
		return s.give(d, nil)
	}
	if len(people) == 0 && (c.p.says(words.Decide.Rest) || s.others && c.p.says(singles)) {
		if s.rest != "" && s.rest != d {
			return false
		}
		s.rest = d
		return true
	}
	if len(people) > 0 {
		return s.give(d, people)
	}
	if c.p.says(words.Decide.Both) && !c.p.says(singles) {
		return s.give(d, nil)
	}
	if c.p.says(singles) || len(s.each) > 0 {
		if len(s.last) == 0 || c.p.says(singles) && len(s.last) > 1 {
			return false
		}
		return s.give(d, s.last)
	}
	return s.give(d, nil)
}

// singles speak of one person.
var singles = cue("single_one")

// otherRole says whether an approval names a role that was not asked for.
func (s *spelling) otherRole(c *consenting, people []int) bool {
	return slices.ContainsFunc(c.roles, func(m roleMention) bool {
		for _, l := range s.lines {
			if (len(people) == 0 || containsInt(people, l.Number)) && s.roleOf[l.Number] != m.id {
				return true
			}
		}
		return m.other
	})
}

// greets says whether a piece is a greeting: "Dear colleagues", "Hi Support".
func (c *consenting) greets() bool {
	end := c.p.starts(0, words.Greetings)
	if end == 0 || len(c.p.tokens) > greetingWords {
		return false
	}
	for i := end; i < len(c.p.tokens); i++ {
		t := &c.p.tokens[i]
		if t.in(dangers) || t.in(words.Decide.No) || t.in(words.Decide.Reject) || t.in(words.Decide.Approve) {
			return false
		}
	}
	return true
}

// postpones says whether a piece holds a sign, behind token from, that a refusal is not meant for good.
func (c *consenting) postpones(from int) bool {
	idioms := find(&c.p, noDefers)
	return slices.ContainsFunc(find(&c.p, defers), func(h phraseHit) bool { return h.from >= from && !covered(h, idioms) })
}

// harmless says whether a piece changes nothing of an answer. said is what the same sentence has decided in front.
func (s *spelling) harmless(c *consenting, said Decision) bool {
	if c.supports() {
		return said != Reject && s.all != Reject || !c.p.says(statesFact, words.Decide.Yes)
	}
	if c.apologises() {
		return true
	}
	if c.p.starts(0, wishesWell) > 0 {
		return !c.bounded() && !c.p.says(words.Decide.Stop, words.Decide.No, refusing)
	}
	if s.twoRemarks(c, said) {
		return true
	}
	if said == Reject || said == "" && s.all == Reject {
		return (s.tells(c, true) || c.p.within(0, 1, words.Please) && c.p.says(closesCase)) && !c.postpones(0)
	}
	if t := c.p.tokens; t[0].in(messages) && len(t) > 2 { // "tell Bob he owes me one"
		return startsUpper(t[1].text) && s.harmless(s.consenting(t[2:], c.p.text, s.lines), said)
	}
	if !s.tells(c, false) {
		return false
	}
	c = s.withoutPredecessor(c)
	idioms := slices.Concat(find(&c.p, noDangers), find(&c.p, words.Decide.Begins), c.letsKnow())
	past := s.past(c)
	if c.bygone() {
		idioms = append(idioms, find(&c.p, pastTimes)...)
	}
	for i := range c.p.tokens {
		t := &c.p.tokens[i]
		if t.kind != wordToken || past && i > 0 && startsUpper(t.text) && words.month(t.lower) > 0 {
			continue
		}
		end := c.p.starts(i, dangers)
		if end == len(c.p.tokens) && past && t.in(beforeWords) {
			continue // "it was discussed beforehand"
		}
		if end > 0 && !covered(phraseHit{i, end}, idioms) && !(t.in(accessWord) && i > 0 && c.p.within(max(0, i-2), i, needsWords)) {
			return false
		}
		if strings.HasSuffix(t.lower, "n't") || strings.HasSuffix(t.lower, "n’t") {
			return false
		}
		_, weekday := words.Weekdays.get(t.lower)
		if t.in(verbsTold) || t.in(consentSmall) || has(s.subjects, t.lower) {
			continue // days and months are short in many languages
		}
		if (weekday || words.month(t.lower) > 0 || t.in(dayOfMail)) && !past && !c.p.says(firstTimes) && !c.p.says(words.Decide.Begins) {
			return false
		}
		if hasDigit(t.text) && !past && !c.p.says(identifiers) {
			return false
		}
	}
	for _, m := range c.roles {
		if !slices.ContainsFunc(s.lines, func(l AskedLine) bool { return s.roleOf[l.Number] == m.id }) {
			return false
		}
	}
	return true
}

// apologises says whether a piece only says sorry, or what for: "apologies for the slow answer".
func (c *consenting) apologises() bool {
	end := c.p.starts(0, apologies)
	return end == len(c.p.tokens) || end > 0 && c.p.within(0, len(c.p.tokens), sorryFor) && !c.p.says(words.Decide.Approve, words.Decide.Reject, words.Decide.Stop, refusing, consentVerbs, words.Decide.Retract)
}

// past says whether a piece tells what was.
func (s *spelling) past(c *consenting) bool {
	for i := range c.p.tokens {
		t := &c.p.tokens[i]
		if i > 0 && (strings.HasSuffix(t.lower, "ed") && len(t.lower) > 4 || t.in(pastWords)) {
			return true
		}
	}
	return false
}

var pastWords = cue("past_verbs")

// tells says whether a piece has a subject and a verb.
func (s *spelling) tells(c *consenting, anySubject bool) bool {
	toks := c.p.tokens
	for len(toks) > 0 && (toks[0].in(words.Decide.Joins) || toks[0].in(words.Because) || toks[0].in(answerJoins)) {
		toks = toks[1:]
	}
	if len(toks) < 2 {
		return false
	}
	t := &toks[0]
	if !anySubject && !(t.in(prepositions) && s.past(c)) && !t.in(tellers) && !has(s.subjects, t.lower) && !(startsUpper(t.text) && (!allLarge(t.text) || len(t.text) < 2)) {
		return false
	}
	if strings.ContainsAny(t.text, "'’") && t.in(verbsTold) {
		return true
	}
	for i := range toks[1:] {
		v := &toks[i+1]
		if v.in(verbsTold) || strings.HasSuffix(v.lower, "ed") && len(v.lower) > 4 {
			return true
		}
	}
	return false
}

// offered says whether a sentence that begins with a courtesy goes on with nothing but an offer: "if you need anything, I am in the office".
func (s *spelling) offered(p *passage) bool {
	return !p.says(words.Decide.Only) && !p.says(refusing) && !p.says(consentVerbs) && !p.says(words.Decide.Approve) && !p.says(words.Decide.Reject) && p.says(offers)
}

// doubtOn takes up a sentence that is neither answer nor remark: it leaves whom it begins with unclear, and nobody else.
func (s *spelling) doubtOn(toks []token, said Decision) bool {
	people := targetsIn(toks, s.lines, s.roles, s.roleOf)
	if said != "" || len(people) == 0 || len(people) == len(s.lines) {
		return false
	}
	for i := range toks {
		if len(targetsIn(toks[:i+1], s.lines, s.roles, s.roleOf)) > 0 {
			return s.give(Unclear, people)
		}
		if t := &toks[i]; t.kind != wordToken || !t.in(consentSmall) && !t.isTitle() && !t.in(words.Decide.Joins) {
			return false
		}
	}
	return false
}
