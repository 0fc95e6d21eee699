package interpret

import (
	"slices"
	"strings"
)

var (
	ought             = cue("ought")
	shouldHave        = cue("should_have")
	hasBeen           = cue("been")
	longSince         = cue("long_since")
	wouldBe           = cue("would_be")
	pleasing          = cue("pleasing")
	getDone           = cue("get_done")
	allAgree          = cue("all_agree")
	agreesWith        = cue("agrees_with")
	theirActs         = cue("their_acts")
	served            = cue("served")
	comesFor          = cue("comes_for")
	whoLeft           = cue("who_left")
	pastTimes         = cue("past_times")
	thisIs            = cue("this_is")
	ownPeople         = cue("own_people")
	askedForIt        = cue("asked_for_it")
	noMore            = cue("no_more")
	superiors         = cue("superiors")
	leavesUs          = cue("leaves_us")
	afterS            = cue("after_s")
	letWord, knowWord = cue("let_know"), cue("know_of")
	getsIt            = cue("gets_it")
	isHere            = cue("is_here")
	whatOfThem        = cue("what_of_them")
)

// supportForms decide nothing and take nothing back: that what is asked is overdue or welcome, and who agrees with whoever asked.
var supportForms = [][]step{
	{one(shouldHave), maybe(hasBeen, acted, getsAccess, longSince, surely), one(longSince, acted)},
	{one(allAgree)},
	{atStart, maybe(ownWords, surely), one(agreesWith), step{asker: true}},
	{one(bodies), adverbs, one(bodyConsents)},
}

// wishForms are what somebody should be given: beside a yes they say what it is said to.
var wishForms = [][]step{
	{one(ought), maybe(beWords), one(acted, getsAccess)},
	{one(ought), one(letIn)},
	{one(getsIt)},
	{one(ownWords), adverbs, one(askedForIt)},
	{one(wouldBe), adverbs, one(pleasing), one(toHave), anybody, one(getDone, acted)},
}

// wishes says whether a piece tells that what is asked should be done, every word of which is known.
func (c *consenting) wishes() bool {
	if c.bounded() {
		return false
	}
	found := false
	for i := 0; i < len(c.p.tokens); {
		end := c.longest(i, wishForms)
		if end == 0 && found {
			end = c.asAsked(i)
		}
		switch {
		case end > 0:
			found, i = true, end
		case c.smallWord(i):
			i++
		default:
			return false
		}
	}
	return found
}

// bygone says whether a piece tells what somebody did: times in it limit nothing.
func (c *consenting) bygone() bool {
	toks := c.p.tokens
	if !c.isPerson(0) {
		return false
	}
	for i := 1; i < min(len(toks), maxFew+1); i++ {
		t := &toks[i]
		switch {
		case t.in(wereWords), t.in(copulas), t.in(having), t.in(modals):
			return false
		case t.in(pastWords), strings.HasSuffix(t.lower, "ed") && len(t.lower) > 4:
			return true
		}
	}
	return false
}

// withoutPredecessor leaves out what a remark tells of whoever somebody asked about comes in the place of: "she replaces Kev, who retired".
func (s *spelling) withoutPredecessor(c *consenting) *consenting {
	for i := range c.p.tokens {
		if i > 1 && c.p.tokens[i].in(whoLeft) && !has(s.subjects, c.p.tokens[i-1].lower) && startsUpper(c.p.tokens[i-1].text) && s.succeeds(searched(c.p.tokens[:i])) && leavesOnly(c.p.tokens[i:]) {
			return s.consenting(c.p.tokens[:i], c.p.text, s.lines)
		}
	}
	return c
}

// succeeds says whether p tells that somebody asked about comes in the place of whom it ends with.
func (s *spelling) succeeds(p *passage) bool {
	last := len(p.tokens) - 1
	return slices.ContainsFunc(find(p, comesFor), func(h phraseHit) bool {
		return h.to >= last-1 && h.from > 0 && !has(s.subjects, p.tokens[last].lower)
	})
}

// searched is a passage of tokens of another one.
func searched(toks []token) *passage {
	p := passage{tokens: toks}
	p.search(nil)
	return &p
}

// ofPredecessor takes up a piece: it says whether it only tells of whom the piece in front names as a predecessor: "replaces Kev, who retired".
func (s *spelling) ofPredecessor(p *passage) bool {
	told := s.predecessor && p.tokens[0].in(whoLeft) && leavesOnly(p.tokens)
	s.predecessor = s.succeeds(p)
	return told
}

// leavesOnly says whether a clause tells that somebody left, and denies and decides nothing.
func leavesOnly(toks []token) bool {
	p := searched(toks)
	return p.says(leavesUs) && !p.says(words.Decide.No, words.Decide.Negations, words.Decide.Approve, words.Decide.Reject, refusing, ofSelf, ownWords)
}

// otherActs says whether a piece tells what somebody else agreed to or confirmed: "she and I agreed that ...".
func (c *consenting) otherActs() bool {
	at := slices.IndexFunc(c.p.tokens, func(t token) bool { return t.in(theirActs) })
	return at > 0 && c.isPerson(0) && !c.p.tokens[0].in(ownWords)
}

// twoRemarks says whether a piece is of a remark and of one that supports what is asked: "we discussed this and everybody agrees".
func (s *spelling) twoRemarks(c *consenting, said Decision) bool {
	for i := 1; i+1 < len(c.p.tokens); i++ {
		if c.p.tokens[i].in(words.Decide.Joins) && !c.p.tokens[i].in(butWord) && s.consenting(c.p.tokens[i+1:], c.p.text, s.lines).supports() && s.harmless(s.consenting(c.p.tokens[:i], c.p.text, s.lines), said) {
			return true
		}
	}
	return false
}

// thanks says whether a piece only gives thanks for what the reader did.
func (c *consenting) thanks() bool {
	end := c.p.starts(0, wishesWell)
	if end == 0 {
		return false
	}
	for i := end; i < len(c.p.tokens); i++ {
		if !c.p.tokens[i].in(served) && !c.p.tokens[i].in(words.Please) {
			return false
		}
	}
	return true
}

// writes says whether somebody asked about seems to write: "Lorraine here".
func (c *consenting) writes() bool {
	n := len(c.p.tokens)
	return n > 1 && n <= maxFew && has(c.a.subjects, c.p.tokens[0].lower) && c.p.starts(n-1, isHere) > 0
}

// uncontracted takes the names of people apart from an 's that is short for a verb: "Jane's a star".
func (s *spelling) uncontracted(toks []token) []token {
	for i := range len(toks) - 1 {
		if name := bearer(&toks[i]); len(name) < len(toks[i].lower) && has(s.subjects, name) && toks[i+1].in(afterS) {
			is := tokenize(toks[i].text[:len(name)] + " " + copulas.first())
			return slices.Concat(toks[:i], is, toks[i+1:])
		}
	}
	return toks
}

// letsKnow are the places where somebody is told something: "let Jane know".
func (c *consenting) letsKnow() []phraseHit {
	var out []phraseHit
	for i := range c.p.tokens {
		for k := i + 2; c.p.tokens[i].in(letWord) && k < min(i+maxFew+1, len(c.p.tokens)); k++ {
			if c.p.tokens[k].in(knowWord) && c.isPerson(i+1) {
				out = append(out, phraseHit{i, k + 1})
			}
		}
	}
	return out
}
