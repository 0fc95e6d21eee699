package interpret

import (
	"slices"
	"strings"
)

// consenting is a piece of a sentence between marks that is read as consent or refusal.
type consenting struct {
	p     passage
	a     *asides
	lines []AskedLine
	roles []roleMention
	// ofBody: a body of people that decides for the author is the subject, and left out.
	ofBody bool
}

func (a *asides) consenting(toks []token, text string, lines []AskedLine) *consenting {
	p := passage{tokens: toks, text: text}
	p.search(nil)
	return &consenting{p: p, a: a, lines: lines, roles: a.roles.mentions(toks)}
}

// smallWord says whether token i changes nothing beside an approval.
func (c *consenting) smallWord(i int) bool {
	t := &c.p.tokens[i]
	if t.in(words.Decide.Hold) && !t.in(consentSmall) {
		return false // small in one language, and a doubt in another
	}
	if k := i + 2; t.in(asWords) && k < len(c.p.tokens) && c.p.tokens[i+1].in(words.Decide.Determiners) && c.p.starts(k, consentNouns) == 0 && !slices.ContainsFunc(c.roles, func(m roleMention) bool { return m.from <= k && k < m.to }) {
		return false // "I approve of Jan as a person"
	}
	if k := i + 1; t.in(asWords) && k < len(c.p.tokens) && c.p.tokens[k].in(words.Decide.Objects) && !slices.ContainsFunc(c.roles, func(m roleMention) bool { return m.from <= k && k < m.to }) {
		return false // "I endorse her as colleague"
	}
	if t.in(asWords) && i+1 < len(c.p.tokens) && c.p.tokens[i+1].in(colleagues) {
		return false
	}
	name := bearer(t)
	return t.kind == addressToken || t.in(consentSmall) || t.in(surely) || t.in(words.Decide.Objects) || t.in(words.Pronouns) || t.in(words.Please) || t.in(words.Greetings) || t.isTitle() && !allLarge(t.text) ||
		has(c.a.subjects, name) || c.a.ofReasons(t.lower) || isNumber(strings.TrimLeft(t.lower, "#")) ||
		slices.ContainsFunc(c.roles, func(m roleMention) bool { return i >= m.from && i < m.to }) ||
		len(c.a.subjects) == 0 && i > 0 && startsUpper(t.text) && (c.p.tokens[i-1].isTitle() || i == len(c.p.tokens)-1 && !allLarge(t.text) && c.p.tokens[i-1].in(yesTo)) // nobody told us the names
}

// asAsked returns where a clause ends that begins at token i and tells what was asked for: "what Yolanda asked for", "as she requested"; 0 if none.
func (c *consenting) asAsked(i int) int {
	if i >= len(c.p.tokens) {
		return 0
	}
	asked := wasAsked
	switch {
	case c.p.tokens[i].in(whatWords):
	case c.p.tokens[i].in(thatWhich): // "the access that Yolanda asked for"
		asked = requested
	default:
		return 0
	}
	if end := c.p.starts(i+1, setOut); i+1 < len(c.p.tokens) && end > 0 && c.p.tokens[i].in(asWords) {
		return end // "as set out below"
	}
	for k := i + 1; k < min(i+maxFew+1, len(c.p.tokens)); k++ {
		if end := c.p.starts(k, asked); end > 0 && k > i+1 {
			return end
		}
		if t := &c.p.tokens[k]; !startsUpper(t.text) && !t.in(words.Pronouns) && !t.in(persons) && !t.in(helping) {
			return 0
		}
	}
	return 0
}

// bodyAt returns where a body ends that begins at token i and decides for the author, -1 if none does.
func (c *consenting) bodyAt(i int) int {
	if i == 0 && c.ofBody {
		return 0
	}
	end := c.p.starts(i, governs)
	if end == 0 || i > 0 && !c.p.tokens[i-1].in(bodyBefore) {
		return -1
	}
	return end
}

// ofOurBody says whether a piece begins with a body that decides for the author: "our board has dealt with it".
func (c *consenting) ofOurBody() bool {
	return c.bodyAt(0) > 0 || len(c.p.tokens) > 1 && c.bodyAt(1) > 1
}

// ofOthers says whether what begins at token i is said of somebody else than the author: "Jane is" in front of "happy with that".
func (c *consenting) ofOthers(i int) bool {
	for i--; i >= 0 && (c.p.tokens[i].in(surely) && !c.p.tokens[i].in(words.Decide.Both) || c.p.tokens[i].in(isNow)); i-- {
		if t := &c.p.tokens[i]; strings.ContainsAny(t.text, "'’") {
			return true // "she's happy with that"
		}
	}
	return i >= 0 && !c.p.tokens[i].in(ownWords) && !c.p.tokens[i].in(words.Decide.Joins) && c.isPerson(i)
}

// onBehalf returns where a phrase ends that begins at token i and tells for what body of people the author speaks; 0 if none.
func (c *consenting) onBehalf(i int) int {
	to := c.p.starts(i, behalf)
	if to == 0 {
		return 0
	}
	for ; to < len(c.p.tokens); to++ {
		t := &c.p.tokens[to]
		if t.in(bodies) {
			return to + 1
		}
		if !t.in(words.Decide.Determiners) && !t.in(consentSmall) {
			return 0
		}
	}
	return 0
}

// isPerson says whether token i is a pronoun or of the name of somebody asked about.
func (c *consenting) isPerson(i int) bool {
	t := &c.p.tokens[i]
	return t.in(people) || c.p.starts(i, people) > 0 || has(c.a.subjects, t.lower) || t.isTitle()
}

var people = cue("persons_meant")

// colleagues are what people are that is no role.
var colleagues = cue("colleagues")

// ofSelf are the author.
var ofSelf = cue("of_self")

// opens says whether an imperative or a lone answer may stand behind the first n tokens.
func (c *consenting) opens(n int) bool {
	for i := range n {
		if t := &c.p.tokens[i]; !t.in(surely) && !t.in(words.Please) && !t.in(words.Decide.Joins) && !t.in(words.Decide.Yes) && !t.in(words.Greetings) && !c.isPerson(i) && !t.in(openers) && !hasDigit(t.text) {
			return false
		}
	}
	return true
}

var openers = cue("opens_answer")

func (c *consenting) small(from, to int) bool {
	for i := from; i < to; i++ {
		if !c.smallWord(i) && !c.requester(i) {
			return false
		}
	}
	return true
}

// requester says whether token i is of the name of somebody who asked: "as requested by Ms Tonelli".
func (c *consenting) requester(i int) bool {
	t := &c.p.tokens[i]
	if slices.ContainsFunc(c.p.tokens[i:], func(t token) bool { return !startsUpper(t.text) }) {
		return false // "as requested by Bob in his mail"
	}
	if i == 0 || !startsUpper(t.text) || allLarge(t.text) || t.word > 0 && t.in(words.NotNames) {
		return false
	}
	return c.p.precedes(i, 2, askedBy) || c.requester(i-1)
}

// consents says whether a piece agrees, in words of which every one is known.
func (c *consenting) consents() bool {
	if !slices.ContainsFunc(consentForms, c.holds) || c.bounded() {
		return false
	}
	found := false
	n := len(c.p.tokens)
	for i := 0; i < n; {
		end := c.longest(i, consentForms)
		if end == 0 && found {
			end = max(c.p.starts(i, atLeisure), c.p.starts(i, aboutAny), c.asAsked(i))
		}
		if to := c.onBehalf(i); end == 0 && to > 0 {
			i = to
			continue
		}
		if to := c.p.starts(i, statesFact); end == 0 && !found && to > 0 {
			i = to // "yes that's correct please add her"
			continue
		}
		if end > 0 {
			found, i = true, end
			continue
		}
		if !c.smallWord(i) && !c.requester(i) {
			return false
		}
		i++
	}
	return found
}

// bounded says whether a piece has a phrase that limits, doubts or takes back.
func (c *consenting) bounded() bool {
	leisure := find(&c.p, atLeisure)
	for i := range c.p.tokens {
		if to := c.onBehalf(i); to > 0 {
			leisure = append(leisure, phraseHit{i, to})
		}
	}
	return c.p.says(words.Decide.Limits, words.Decide.Retract, words.Decide.Bounds, forNow) ||
		slices.ContainsFunc(find(&c.p, words.Decide.Hold), func(h phraseHit) bool { return h.to > h.from+1 && !covered(h, leisure) })
}

// holds says whether a piece has a phrase of each part of a form that must have one.
func (c *consenting) holds(form []step) bool {
	for i := range form {
		if s := &form[i]; len(s.lists) > 0 && !s.loose && !c.p.says(s.lists...) {
			return false
		}
	}
	return true
}

func (c *consenting) longest(i int, forms [][]step) int {
	end := 0
	for _, f := range forms {
		end = max(end, c.match(i, f))
	}
	return end
}

// declines says whether a piece refuses: in front of the refusal stands nothing that is not known, and behind it what was asked for.
func (c *consenting) declines() bool {
	if !slices.ContainsFunc(refusalForms, c.holds) {
		return false
	}
	for i := range c.p.tokens {
		if end := c.longest(i, refusalForms); end > 0 {
			again := slices.ContainsFunc(find(&c.p, refusing), func(h phraseHit) bool { return h.from >= end }) // "I don't want to reject her"
			return !again && !c.postpones(end) && (c.namesConsent(end) || !otherObject(c.p.tokens, phraseHit{i, end}, c.a.subjects))
		}
		if !c.smallWord(i) && c.p.starts(i, refusesWith) == 0 && !c.p.tokens[i].in(bodies) {
			return false
		}
	}
	return false
}

// namesConsent says whether what was asked for stands at token i, behind its article: "the authorisation sought".
func (c *consenting) namesConsent(i int) bool {
	for i < len(c.p.tokens) && c.p.tokens[i].in(words.Decide.Determiners) {
		i++
	}
	return max(c.p.starts(i, consentNouns), c.p.starts(i, accessWord)) > 0
}

// supports says whether a piece decides nothing and takes nothing back: thanks, and that what is asked is right.
func (c *consenting) supports() bool {
	if c.bounded() {
		return false
	}
	overdue := c.p.says(shouldHave)
	for i := 0; i < len(c.p.tokens); {
		end := max(c.p.starts(i, statesFact), c.p.starts(i, words.Decide.Yes), c.longest(i, supportForms))
		if end == 0 && overdue {
			end = c.p.starts(i, longSince)
		}
		if end == 0 {
			if !c.smallWord(i) {
				return false
			}
			end = i + 1
		}
		i = end
	}
	return true
}
