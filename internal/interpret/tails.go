package interpret

import (
	"slices"
	"strings"
)

// clauseMarks end what is said with an answer.
const clauseMarks = ",:;-–—.!()\"'"

// attachingMarks set words off that still belong to what stands in front: the word is "approved"; Tom: approved.
const attachingMarks = ":(\"'“”„«»‘’"

// asides are the words, besides those of lists, that may stand with an answer and change nothing: of the names, roles and reasons asked about.
type asides struct {
	lines    []AskedLine
	subjects []string
	roles    *roleBook
	about    []string // of the reasons, once asked for
	told     bool     // they were
}

func asidesOf(lines []AskedLine, roles *roleBook) *asides {
	return &asides{lines: lines, subjects: subjectWords(lines), roles: roles}
}

// ofReasons says whether a word is one of the reasons.
func (a *asides) ofReasons(word string) bool {
	if !a.told {
		a.told = true
		r := lend()
		defer r.giveBack()
		for _, l := range a.lines {
			for _, t := range r.tokenize(l.About) {
				if t.kind == wordToken && !t.in(words.Decide.Limits) && !t.in(words.Decide.Hold) {
					a.about = append(a.about, t.lower)
				}
			}
		}
	}
	return has(a.about, word)
}

// strays says whether something that no list knows stands with an approval: between the mark in front of it and the next one, or behind a
// weak yes at the begin of what follows the mark. "The weather is fine", "approved for Frankfurt" and "fine, whatever" are more, or less,
// than a yes.
func (a *asides) strays(p *passage, weak bool) bool {
	mentions := a.roles.mentions(p.tokens)
	tail, answered, talk := false, false, false // talk: something stands in front of the answer
	inCapacity := false
	if weak && p.says(words.Decide.Parting) {
		return true
	}
	for i := 0; i < len(p.tokens); {
		t := &p.tokens[i]
		if t.kind == markToken {
			if !strings.Contains(attachingMarks, t.text) {
				talk, inCapacity = false, false
			}
			if tail && strings.Contains(clauseMarks, t.text) {
				tail = false
				next := i + 1
				for next < len(p.tokens) && p.tokens[next].in(words.Decide.Joins) {
					next++
				}
				tail = next < len(p.tokens) && a.goesOn(&p.tokens[next], weak) && !(weak && a.introduces(p, next, mentions))
				if next < len(p.tokens) && p.tokens[next].kind == wordToken && !a.mayFollow(p, next) && (weak || !a.mayFollowStrong(p, next, mentions)) {
					return true
				}
			}
			i++
			continue
		}
		if end := max(p.starts(i, words.Decide.Approve), p.starts(i, words.Decide.Yes)); end > 0 {
			if talk && !(inCapacity && a.ownAnswer(p, i, end)) {
				return true
			}
			tail, answered, i = true, true, end
			continue
		}
		inCapacity = inCapacity || (i == 0 || p.tokens[i-1].kind == markToken) && p.starts(i, words.Decide.Capacity) > 0
		talk = talk || !answered && !t.in(words.Decide.Lead) && !a.known(p, i, mentions)
		switch {
		case !tail || !answered:
		case t.in(words.Decide.Except), p.starts(i, words.Because) > 0:
			tail = false // what follows is read elsewhere, or tells why
		case !a.known(p, i, mentions):
			return true
		}
		i++
	}
	return false
}

// introduces says whether a clause tells of somebody no more than that they are one of the author's people: "that's our new bookkeeper".
func (a *asides) introduces(p *passage, i int, mentions []roleMention) bool {
	end := p.starts(i, thisIs)
	if end == 0 || end == len(p.tokens) || !p.tokens[end].in(ownPeople) {
		return false
	}
	known := false
	for i = end + 1; i < len(p.tokens) && p.tokens[i].kind == wordToken; i++ {
		t := &p.tokens[i]
		known = t.in(trades) || t.in(colleagues) || t.in(personNouns) || slices.ContainsFunc(mentions, func(m roleMention) bool { return m.from <= i && i < m.to })
		if !known && !t.in(praises) {
			return false
		}
	}
	return known
}

// ownAnswer says whether the author speaks in the answer at tokens from to to, or right beside it: "as head of the team I approve".
func (a *asides) ownAnswer(p *passage, from, to int) bool {
	own := func(i int) bool { return i >= 0 && i < len(p.tokens) && p.tokens[i].in(words.Decide.OwnClause) }
	return own(from-1) || own(from) || own(to)
}

// remarks says whether a text has a word that stands with no answer.
func (a *asides) remarks(text string) bool {
	p := scan(text)
	mentions := a.roles.mentions(p.tokens)
	for i := range p.tokens {
		if !a.known(&p, i, mentions) || p.tokens[i].in(words.Decide.Only) {
			return true
		}
	}
	return false
}

// known says whether token i changes nothing of an approval in front of it.
func (a *asides) known(p *passage, i int, mentions []roleMention) bool {
	t := &p.tokens[i]
	d := &words.Decide
	name := bearer(t)
	if k := i + 1; t.in(asWords) && k < len(p.tokens) && (p.tokens[k].in(d.Objects) || p.tokens[k].in(colleagues)) {
		return slices.ContainsFunc(mentions, func(m roleMention) bool { return k >= m.from && k < m.to })
	}
	if k := i + 1; t.in(asWords) && k+1 < len(p.tokens) && p.tokens[k].in(d.Determiners) { // "approved as a person" may be less than the role
		return slices.ContainsFunc(mentions, func(m roleMention) bool { return k+1 >= m.from && k+1 < m.to })
	}
	if t.kind != wordToken || t.in(d.WithYes) || t.in(d.Objects) || t.in(d.Determiners) || t.in(d.Joins) || t.in(d.Both) || t.in(words.Please) || t.in(words.Greetings) || t.in(countNouns) ||
		t.in(d.Reject) || t.in(d.No) || t.in(d.Only) || t.in(words.Pronouns) || isNumber(strings.TrimLeft(t.lower, "#")) ||
		has(a.subjects, name) || a.ofReasons(t.lower) || t.isTitle() && (!allLarge(t.text) || i+1 < len(p.tokens) && startsUpper(p.tokens[i+1].text)) {
		return true
	}
	for _, m := range mentions {
		if i >= m.from && i < m.to {
			return true
		}
	}
	return false
}

// mayFollowStrong says whether what token i begins behind an approval that is not weak is a remark: of the author's, a wish, a reason, or words
// that change nothing. "Approved, weekdays" is none.
func (a *asides) mayFollowStrong(p *passage, i int, mentions []roleMention) bool {
	d := &words.Decide
	t := &p.tokens[i]
	return t.in(d.OwnClause) || t.in(words.Please) || t.in(d.Callers) || a.known(p, i, mentions) || p.starts(i, d.Courtesy) > 0 || p.starts(i, tellsWhy) > 0
}

// goesOn says whether what begins with t behind a mark still belongs to the answer: "approved, with a chaperone"; "yes, please explain". A
// remark on people does not.
func (a *asides) goesOn(t *token, weak bool) bool {
	d := &words.Decide
	return t.in(d.GoesOn) || t.in(asWords) || weak && (t.in(d.OwnClause) || t.in(words.Please) || t.in(d.WithYes) && !t.in(words.Pronouns) && !t.in(d.AfterYes))
}

// mayFollow says whether a remark on a person, or another piece of the answer, begins at token i.
func (a *asides) mayFollow(p *passage, i int) bool {
	t := &p.tokens[i]
	d := &words.Decide
	if has(a.subjects, t.lower) && (i+1 == len(p.tokens) || p.tokens[i+1].kind == markToken) && p.says(d.Wry) {
		return false // "Sure, Jan." may be said to Jan
	}
	return t.in(d.WithYes) || t.in(d.AfterYes) || t.in(words.Pronouns) || t.in(d.Except) || t.in(d.No) || t.in(d.Reject) || t.in(d.Both) ||
		p.starts(i, d.Yes) > 0 || p.starts(i, d.Approve) > 0 || p.starts(i, words.Because) > 0 || isNumber(strings.TrimLeft(t.lower, "#")) ||
		has(a.subjects, t.lower) || startsUpper(t.text) && !allLarge(t.text) && !t.in(words.NotNames)
}

// bearer is a word in small letters, without the ending of a possessive.
func bearer(t *token) string { return strings.TrimSuffix(strings.TrimSuffix(t.lower, "'s"), "’s") }
