package interpret

import (
	"slices"
	"strings"
)

// clause is a piece of the own words and the numbered people it speaks of; none means all or whatever came before.
type clause struct {
	passage
	targets []int
	blanket bool // says "both", "all"
	rest    bool // says "the others", whom no other clause names
	except  bool
	only    bool
	changes bool // gives another role than the one asked for
	joined  bool // has no verb and joins the answer in front: "With a chaperone."
	// question says whether the sentence asks.
	question bool
	verdict  verdict
}

// clausesOf cuts own words into sentences, and sentences that speak of several people into a clause for each. Their tokens are in r.
func clausesOf(own string, beside *asides, roleOf map[int]string, r *room) []clause {
	var out []clause
	own = strings.ReplaceAll(own, ";", ". ")
	lines, roles, subjects := beside.lines, beside.roles, beside.subjects
	for _, line := range answerLines(own) {
		for _, s := range readProse(line, r).sentences {
			pieces := []passage{s.passage}
			targets := targetsIn(s.tokens, lines, roles, roleOf)
			cut := len(targets) > 1 || len(targets) > 0 && s.says(words.Decide.Rest)
			if cut {
				pieces = pieces[:0]
				for _, p := range cutAtTargets(s.text, beside, roleOf) {
					pieces = append(pieces, r.scan(p, nil))
				}
			}
			for _, p := range pieces {
				if cut {
					targets = targetsIn(p.tokens, lines, roles, roleOf)
				}
				c := clause{passage: p, targets: targets, question: s.question, verdict: examineTokens(p.tokens, subjects)}
				c.blanket = p.says(words.Decide.Both)
				c.rest = len(c.targets) == 0 && p.says(words.Decide.Rest)
				excepted := p.says(words.Decide.Except) && (c.verdict.approve || c.verdict.yes)
				c.except = excepted && len(c.targets) > 0
				c.only = p.says(words.Decide.Only)
				c.joined = len(p.tokens) > 0 && len(p.tokens) <= maxFragment && p.tokens[0].in(words.Decide.GoesOn) && beside.remarks(p.text)
				if c.except {
					c.verdict.hold = s.question
				}
				c.changes = otherRole(p, c.targets, roles, roleOf)
				if len(c.targets) > 1 && halfSaid(p.text, beside, roleOf) {
					c.verdict.hold = true
				}
				if v := c.verdict; (v.approve || v.yes) && !v.hold && !c.except {
					c.verdict.hold = beside.strays(&p, !v.approve)
				}
				if v := c.verdict; (v.approve || v.yes) && !p.says(words.Decide.Rest) {
					c.verdict.hold = c.verdict.hold || miscounted(p.tokens, max(len(targets), 1), len(lines))
				}
				c.verdict.hold = c.verdict.hold || excepted && !c.except || s.question || strayNumber(p.tokens, lines) || c.changes
				out = append(out, c)
			}
		}
	}
	asWell(out, subjects)
	goOnAbout(out)
	fillRest(out, lines)
	return out
}

// asWell gives people of whom a clause only says that it holds for them, too, "Jane is approved, and Raj as well", the decision of the clause in
// front, if that is plain and about somebody as well.
func asWell(clauses []clause, subjects []string) {
	for i := 1; i < len(clauses); i++ {
		c, before := &clauses[i], &clauses[i-1]
		if len(c.targets) == 0 || c.verdict != (verdict{}) || c.question || c.only || !c.says(asWellWords) || len(before.targets) == 0 || before.except || before.only || before.changes {
			continue
		}
		said, ok := before.verdict.decision()
		if !ok || said == Unclear {
			continue
		}
		alone := func(k int) bool {
			t := &c.tokens[k]
			return t.kind != wordToken || c.within(k, k+1, asWellWords) || joins(t) || determines(t) || hasDigit(t.text) || t.in(countNouns) || t.in(singles) || has(subjects, t.lower) || t.isTitle()
		}
		plain := true
		for k := range c.tokens {
			plain = plain && (alone(k) || c.within(max(0, k-1), k+1, asWellWords) || c.within(k, k+2, asWellWords))
		}
		if plain {
			c.verdict = before.verdict
		}
	}
}

var asWellWords = cue("as_well")

// goOnAbout takes a remark with a pronoun behind the refusal of one person, or any behind a question about one, as being about that person.
func goOnAbout(clauses []clause) {
	for i := 1; i < len(clauses); i++ {
		c, before := &clauses[i], &clauses[i-1]
		v := c.verdict
		if len(before.targets) != 1 || len(c.targets) > 0 || c.rest || c.blanket || c.question || v.approve || v.reject || v.yes || v.no || c.says(reverses, words.Decide.Retract) {
			continue
		}
		b := before.verdict
		refusedHim := (b.reject || b.no) && !b.approve && !b.yes && !b.hold && len(c.tokens) > 1 && c.tokens[0].in(singles)
		if refusedHim || before.question {
			c.targets, c.verdict = before.targets, verdict{}
		}
	}
}

// miscounted says whether tokens count people, and not as many as named nor all that were asked about: "the two persons" of three, "the two are approved".
func miscounted(toks []token, named, all int) bool {
	for i := range toks {
		if n := words.Counts[toks[i].lower]; n <= 1 || n == named || n == all {
			continue
		}
		if i+1 == len(toks) || toks[i+1].kind == markToken {
			return true
		}
		if t := &toks[i+1]; t.in(countNouns) || t.in(countedNouns) || t.in(persons) || t.in(people) || t.in(words.Decide.Objects) || t.in(copulas) || t.in(auxiliaries) || t.in(modals) || t.in(ofAsker) || t.in(words.Decide.Approve) {
			return true
		}
	}
	return false
}

// fillRest gives "the others" the people whom no other clause names. If these are none, or not as many as it says, they are uncertain.
func fillRest(clauses []clause, lines []AskedLine) {
	var named []int
	for _, c := range clauses {
		named = append(named, c.targets...)
	}
	for i := range clauses {
		c := &clauses[i]
		if !c.rest {
			continue
		}
		for _, l := range lines {
			if !containsInt(named, l.Number) {
				c.targets = append(c.targets, l.Number)
			}
		}
		miscounted := slices.ContainsFunc(c.tokens, func(t token) bool { n := words.Counts[t.lower]; return n > 1 && n != len(c.targets) })
		if len(named) == 0 || len(c.targets) == 0 || miscounted {
			c.verdict.hold = true
		}
	}
}
