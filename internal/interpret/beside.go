package interpret

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
)

var (
	elsewise              = cue("otherwise")
	signOffs              = cue("signs_off")
	laughs                = cue("laughs")
	yourThings            = cue("your_things")
	reverses              = cue("reverses")
	cheering, nothingMore = cue("cheering"), cue("nothing_more")

	wereWords   = cue("were")
	persons     = cue("persons")
	ourPeople   = cue("our_people")
	trades      = cue("trades")
	othersMeant = cue("others_meant")
	praises     = cue("praises")
)

// decideOwn reads own words of one piece: in the language that they are written in, and sentence by sentence. What stands beside an English approval
// and leaves it in doubt takes it back.
func decideOwn(own string, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	own = reworded(withoutOtherMatters(own, lines), lines)
	own = withDecided(own, lines, roles, roleOf)
	if d := withExceptions(own, lines, roles, roleOf); d != nil {
		return d
	}
	return decidePlain(own, lines, roles, roleOf)
}

// decidePlain is decideOwn for words without exceptions that are counted.
func decidePlain(own string, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	a := asidesOf(lines, roles)
	spelled := spellOrdinals(spelledRight(own), lines)
	d, language, said := inLanguage(own, lines, func() map[string]Decision { return decideText(spelled, a, roleOf) })
	if said && otherRoleNamed(own, roles, roleOf) {
		withdraw(d, Approve)
	}
	d = bySentences(d, own, a, roleOf)
	if language == prosaic {
		d = doubtBeside(d, spelled, a, roleOf)
	}
	return d
}

// What an answer must have a word of to be written otherwise: elsewise, ordinals and the nouns of numbers, words of a range.
var elsewiseBegins, ordinals, rangeWords *openings

func openAnswers() {
	elsewiseBegins = openingsOf(firstWords(elsewise.phrases()))
	ordinals = openingsOf(maps.Keys(words.Picks), firstWords(countNouns.phrases()), lastWords.phrases())
	asksFirstBegins = openingsOf(firstWords(asksFirst.phrases()))
	rangeWords = openingsOf(firstWords(words.Decide.Range.phrases()))
}

// withoutOtherMatters takes sentences out that only tell the readers something of theirs: "By the way, the code of your gate was wrong again."
func withoutOtherMatters(own string, lines []AskedLine) string {
	if !elsewiseBegins.mayInTokens(own) || !mentions(own, elsewise) {
		return own
	}
	subjects := subjectWords(lines)
	var out strings.Builder
	for _, line := range answerLines(own) {
		eachSentence(line, func(text string) {
			if p := scan(text); !ofOtherMatters(&p, subjects) {
				out.WriteString(text + " ")
			}
		})
		out.WriteString("\n")
	}
	return out.String()
}

// ofOtherMatters says whether a sentence announces that it is about something else and speaks of a thing of the readers', of nobody and of nothing asked.
func ofOtherMatters(p *passage, subjects []string) bool {
	d := &words.Decide
	begin := nextWord(p.tokens, -1)
	if p.starts(begin, elsewise) == 0 || !p.says(theirOwn, yourThings) || p.says(d.Approve, d.Reject, d.Stop, d.Retract, d.Objects, d.Only, consentVerbs, refusing, accessWord, people, ofMails, singles) {
		return false
	}
	return !slices.ContainsFunc(p.tokens, func(t token) bool { return has(subjects, t.lower) || hasDigit(t.text) || t.in(theyWords) })
}

// doubtBeside makes the approvals in d unclear beside which something stands that is neither an answer, a courtesy nor a harmless remark: those of
// the people whom its sentence names, or all.
func doubtBeside(d map[string]Decision, own string, a *asides, roleOf map[int]string) map[string]Decision {
	if !slices.ContainsFunc(a.lines, func(l AskedLine) bool { return of(d, number(l.Number)) == Approve }) {
		return d
	}
	s := &spelling{asides: a, roleOf: roleOf, each: map[int]Decision{}}
	for n, line := range answerLines(strings.ReplaceAll(cheers.Replace(own), ";", ". ")) {
		if n > 0 && signatureLike(line) {
			continue
		}
		eachSentence(line, func(text string) {
			for _, n := range s.doubts(text, n == 0) {
				s.each[n] = Unclear
			}
		})
	}
	for _, l := range a.lines {
		if len(s.alone) > 0 && !containsInt(s.alone, l.Number) && of(d, number(l.Number)) == Approve {
			s.each[l.Number] = Unclear
		}
	}
	if len(s.each) == 0 {
		return d
	}
	out := map[string]Decision{}
	for _, l := range a.lines {
		key := number(l.Number)
		if out[key] = of(d, key); out[key] == Approve && s.each[l.Number] == Unclear {
			out[key] = Unclear
		}
	}
	return out
}

// maxSignature is how many words a line has at most that may be the author's name or office.
const maxSignature = 5

// signatureLike says whether a line may be of a signature: few words, the first written large, that tell nothing of anybody.
func signatureLike(line string) bool {
	return fewWords(line, func(t *token, first bool) bool {
		return (!first || startsUpper(t.text)) && !t.in(dangers) && !t.in(verbsTold) && !t.in(words.Pronouns) && !strings.HasSuffix(t.lower, "n't")
	})
}

// nameLike says whether a line may be the name of its author: words written large that are no ordinary ones.
func nameLike(line string) bool {
	return fewWords(line, func(t *token, _ bool) bool {
		return startsUpper(t.text) && (!t.in(words.NotNames) || t.isTitle()) && !t.in(dangers) && !t.in(verbsTold)
	})
}

// fewWords says whether a line has words, no more than maxSignature, and all of them are as they may be.
func fewWords(line string, may func(t *token, first bool) bool) bool {
	r := lend()
	defer r.giveBack()
	n := 0
	for _, t := range r.scan(line, nil).tokens {
		if t.kind != wordToken {
			continue
		}
		if n++; n > maxSignature || !may(&t, n == 1) {
			return false
		}
	}
	return n > 0
}

// doubts are the people whose approval a sentence leaves in doubt.
func (s *spelling) doubts(text string, first bool) []int {
	r := lend()
	defer r.giveBack()
	p := r.scan(text, nil)
	begin := nextWord(p.tokens, -1)
	if asks(text) {
		s.asking = targetsIn(p.tokens, s.lines, bookOf(nil), nil)
	}
	if asks(text) || p.starts(begin, words.Decide.Courtesy) > 0 && p.starts(begin, wishesWell) == 0 || p.starts(begin, anotherTime) > 0 && p.says(ofMails) {
		return nil // a question is weighed with the answer
	}
	said := Decision("")
	var people []int
	from := 0
	elsewhere := sync.OnceValue(func() bool { return answersElsewhere(text) })
	for i := 0; i <= len(p.tokens); i++ {
		if i < len(p.tokens) && (p.tokens[i].kind != markToken || p.tokens[i].text == "." && i > 0 && p.tokens[i-1].isTitle() || s.listed(p.tokens, from, i)) {
			continue
		}
		toks := withoutMarks(p.tokens[from:i])
		from = i + 1
		if len(toks) == 0 {
			continue
		}
		if named := targetsIn(toks, s.lines, bookOf(nil), nil); len(named) > 0 {
			people = named
		}
		if said == "" && s.refused && toks[0].in(singles) && !p.says(reverses) || said == "" && s.refused && !p.says(reverses, words.Decide.Stop, words.Decide.Retract, consentVerbs, refusing) {
			said = Reject // of whom it speaks was refused
		}
		d, ok := s.leavesAlone(toks, text, elsewhere, first, said)
		if d != "" {
			said = d
		}
		if ok {
			first = false
			continue
		}
		if len(people) > 0 {
			return people
		}
		if people = targetsIn(toks, s.lines, s.roles, s.roleOf); len(people) > 0 {
			return people
		}
		if (p.says(words.Decide.Rest) || toks[0].in(othersMeant)) && s.some {
			return nil // the others are those whom nobody named
		}
		if len(s.asking) > 0 {
			return s.asking // it goes on about whom the question in front was
		}
		return numbersOf(s.lines)
	}
	s.asking = nil
	s.some, s.refused = s.some || len(people) > 0, said == Reject
	return nil
}

func numbersOf(lines []AskedLine) []int {
	var out []int
	for _, l := range lines {
		out = append(out, l.Number)
	}
	return out
}

// leavesAlone says whether a piece leaves an approval beside it as it is, and what it decides itself. said is what the sentence has decided in front.
// elsewhere says whether another language knows the whole sentence as an answer.
func (s *spelling) leavesAlone(toks []token, text string, elsewhere func() bool, first bool, said Decision) (Decision, bool) {
	if len(toks) > maxPiece {
		return "", false
	}
	contrasts := len(toks) > 1 && toks[0].in(butWord)
	d := &words.Decide
	if len(toks) > 1 && toks[0].in(d.Joins) && s.consenting(toks[1:], text, s.lines).thanks() {
		return "", true
	}
	toks = s.uncontracted(toks)
	c := s.consenting(toks, text, s.lines)
	if s.ofPredecessor(&c.p) || c.onBehalf(0) == len(toks) || toks[0].in(asWords) && c.p.starts(0, leadIns) > 0 && s.leadsIn(c) && !c.p.says(consentVerbs, ownWords) {
		return "", true
	}
	switch {
	case len(s.lines) == 1 && c.lacks(), c.writes(), c.ofOtherRequest(), contrasts && said == Approve && c.small(0, len(toks)):
		return "", false
	case c.declines(), c.p.says(d.Reject), c.denies():
		return Reject, true
	case !c.otherActs() && (c.p.says(d.Approve) || c.p.says(d.Yes) && !holds(&c.p)), c.consents(), elsewhere():
		return Approve, true
	case first && c.greets(), said == Reject, c.small(0, len(toks)), c.p.starts(0, signOffs) > 0, c.p.starts(0, elsewise) == len(toks):
		return "", true
	}
	if s.namesAlone(c) || c.cheers() || c.asksPolitely() || c.wishes() && !s.otherRole(c, nil) || c.p.starts(0, nothingMore) > 0 && !c.bounded() {
		return "", true
	}
	if d, ok := s.joined(toks, text); d != "" {
		return d, ok
	}
	if end := max(c.inCapacity(), c.p.starts(0, confirmThat)); end > 0 && end < len(toks) {
		return s.leavesAlone(toks[end:], text, elsewhere, false, said)
	}
	if n := len(toks); n > 3 && toks[n-1].in(laughs) {
		c = s.consenting(toks[:n-1], text, s.lines) // who tells something and laughs takes nothing back
	}
	return "", (s.harmless(c, said) || s.tellsShort(toks, text, said)) && !c.judges()
}

// tellsShort says whether a piece is a harmless remark of the author's who leaves "I" out: "checked her papers".
func (s *spelling) tellsShort(toks []token, text string, said Decision) bool {
	if t := &toks[0]; len(toks) < 2 || !t.in(pastWords) && !strings.HasSuffix(t.lower, "ed") {
		return false
	}
	self := tokenize(ownWords.first())[0]
	return s.harmless(s.consenting(append([]token{self}, toks...), text, s.lines), said)
}

// inDanger says whether a piece has a word that might limit, doubt or put off an approval.
func (c *consenting) inDanger() bool {
	idioms := find(&c.p, noDangers)
	return c.bounded() || c.p.says(refusing) || slices.ContainsFunc(find(&c.p, dangers), func(h phraseHit) bool { return !covered(h, idioms) }) ||
		slices.ContainsFunc(c.p.tokens, func(t token) bool { return strings.HasSuffix(t.lower, "n't") || strings.HasSuffix(t.lower, "n’t") })
}

// holds says whether a piece has a phrase that only sounds like an answer: "yeah right".
func holds(p *passage) bool {
	return slices.ContainsFunc(find(p, words.Decide.Hold), func(h phraseHit) bool { return h.to > h.from+1 })
}

// lacks says whether a piece tells what somebody or something has not: "she has no contract".
func (c *consenting) lacks() bool {
	return c.p.says(verbsTold) && c.denies()
}

// denies says whether a piece has a "no" that is none of an idiom: "no problem", "no reason to say no".
func (c *consenting) denies() bool {
	fine := slices.Concat(find(&c.p, noDangers), find(&c.p, words.Decide.Approve), find(&c.p, words.Decide.Yes), find(&c.p, nothingAgainst))
	return slices.ContainsFunc(find(&c.p, words.Decide.No), func(h phraseHit) bool { return !covered(h, fine) })
}

// cheers says whether a piece is a short word of praise: "Good choice".
func (c *consenting) cheers() bool {
	return len(c.p.tokens) <= maxFew && c.p.starts(0, cheering) > 0 && !c.inDanger()
}

// asksPolitely says whether a piece asks for something that changes nothing of an approval: "please inform her directly".
func (c *consenting) asksPolitely() bool {
	return len(c.p.tokens) > 1 && c.p.starts(0, words.Please) > 0 && !c.inDanger() && !c.actsOnOthers() && !slices.ContainsFunc(c.p.tokens, func(t token) bool { return hasDigit(t.text) })
}

// actsOnOthers says whether a piece asks to do for somebody else what was asked: "please add Bob".
func (c *consenting) actsOnOthers() bool {
	return c.p.says(acts, letThem, partVerbs, makeVerbs) && !c.p.says(askedBy) && slices.ContainsFunc(c.p.tokens[1:], func(t token) bool {
		return startsUpper(t.text) && !t.isTitle() && !t.in(words.NotNames) && !has(c.a.subjects, bearer(&t))
	})
}

// ofOtherRequest says whether a piece speaks of the request of somebody who is not known to have asked: "Bob's request is fine by me".
func (c *consenting) ofOtherRequest() bool {
	for i := range len(c.p.tokens) - 1 {
		t := &c.p.tokens[i]
		if name := bearer(t); name != t.lower && startsUpper(t.text) && !has(c.a.subjects, name) && !t.in(verbsTold) && c.p.tokens[i+1].in(words.Decide.Objects) {
			return true
		}
	}
	return false
}

// judges says whether a piece tells of somebody what they are, in words that are not known to speak for them: "he is a thief".
func (c *consenting) judges() bool {
	toks := c.p.tokens
	for len(toks) > 0 && (toks[0].in(words.Decide.Joins) || toks[0].in(words.Because) || toks[0].in(answerJoins)) {
		toks = toks[1:]
	}
	for i := range toks {
		t := &toks[i]
		joint := strings.ContainsAny(t.text, "'’") && t.in(copulas)
		if !joint && !t.in(copulas) && !t.in(wereWords) {
			continue
		}
		if i > maxFew || !joint && (i == 0 || !c.ofPerson(toks[:i])) {
			return false
		}
		return len(c.roles) == 0 && !c.speaksFor(toks[i+1:])
	}
	return false
}

// ofPerson says whether the subject of a remark is somebody: a pronoun, somebody asked about, or "both".
func (c *consenting) ofPerson(toks []token) bool {
	last := &toks[len(toks)-1]
	return toks[0].in(persons) || last.in(words.Decide.Both) || last.in(personNouns) || last.in(othersMeant) || has(c.a.subjects, last.lower) || startsUpper(last.text) && !allLarge(last.text) && !last.in(words.NotNames)
}

// speaksFor says whether what somebody is, behind "is", is known to be harmless: one of ours, of a trade, at a place, doing or having done something.
func (c *consenting) speaksFor(toks []token) bool {
	for i := range toks {
		t := &toks[i]
		switch {
		case t.in(ourPeople), t.in(personNouns), t.in(trades), t.in(colleagues), t.in(prepositions), t.in(praises), hasDigit(t.text),
			strings.HasSuffix(t.lower, "ing"), strings.HasSuffix(t.lower, "ed"), has(c.a.subjects, t.lower), c.a.ofReasons(t.lower):
			return true
		}
	}
	return false
}

// answersElsewhere says whether another language knows a text as an answer.
func answersElsewhere(text string) bool {
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return false
	}
	k := key(text)
	var items []item
	return slices.ContainsFunc(answers, func(t *tongue) bool {
		if !t.reads || !t.knowsFirst(k) {
			return false
		}
		answered := false
		items = t.items(items[:0], k, nil, nil)
		for _, it := range items {
			if it.kind == unknownItem || it.kind == ifItem || it.kind == unsureItem || it.kind == butItem {
				return false
			}
			answered = answered || meaning[it.kind] != ""
		}
		return answered
	})
}
