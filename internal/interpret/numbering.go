package interpret

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The words of prose that count the people asked about: "the first request", "number two", "the first two".
var (
	countedNouns = cue("counted_nouns")
	countNouns   = cue("count_nouns")
	nounArticles = cue("purpose_articles")
)

var numberRange = regexp.MustCompile(`(^|[\s(:])(\d)\s?[-–]\s?(\d)([\s),.;:]|$)`)

// spellRanges writes "1-3" and "1 to 3" as "1, 2, 3", where both ends were asked about.
func spellRanges(own string, lines []AskedLine) string {
	if len(lines) < 2 || !strings.ContainsAny(own, "123456789") {
		return own
	}
	asked := func(from, to int) bool { return from < to && known(lines, from) && known(lines, to) }
	if strings.ContainsAny(own, "-–") {
		own = spellDashes(own, asked)
	}
	if !rangeWords.mayInTokens(own) {
		return own
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(own, nil)
	var b strings.Builder
	done := 0
	for i := 0; i+2 < len(p.tokens); i++ {
		if from, to := atoi(p.tokens[i].text), rangeTo(p.tokens, i+1); asked(from, to) {
			b.WriteString(own[done:p.tokens[i].start] + spelledOut(from, to))
			i += 2
			done = p.tokens[i].end
		}
	}
	return b.String() + own[done:]
}

// spellDashes is spellRanges for "1-3".
func spellDashes(own string, asked func(from, to int) bool) string {
	return numberRange.ReplaceAllStringFunc(own, func(m string) string {
		g := numberRange.FindStringSubmatch(m)
		from, to := atoi(g[2]), atoi(g[3])
		if !asked(from, to) {
			return m
		}
		return g[1] + spelledOut(from, to) + g[4]
	})
}

// spellOrdinals writes "the first one" and "number two" as the numbers of people asked about. An ordinal counts people before one of
// their nouns, behind an article that no noun follows, and right before an answer; elsewhere "first" is a condition.
func spellOrdinals(own string, lines []AskedLine) string {
	if len(lines) < 2 || !ordinals.mayInTokens(own) {
		return own
	}
	r := lend()
	defer r.giveBack()
	p := r.scan(own, nil)
	var b strings.Builder
	done := 0
	put := func(from, to int, text string) {
		b.WriteString(own[done:p.tokens[from].start] + text)
		done = p.tokens[to].end
	}
	for i := 0; i < len(p.tokens); i++ {
		t := &p.tokens[i]
		if n := words.Counts[t.lower]; n > 0 && i > 0 && p.tokens[i-1].in(countNouns) && known(lines, n) {
			put(i-1, i, strconv.Itoa(n))
			continue
		}
		n := words.Picks[t.lower]
		if t.in(lastWords) {
			n = lines[len(lines)-1].Number
		}
		if n == 0 || !known(lines, n) {
			continue
		}
		next := i + 1
		after := func(l ...list) bool {
			return next < len(p.tokens) && slices.ContainsFunc(l, func(x list) bool { return p.tokens[next].in(x) })
		}
		article := i > 0 && p.tokens[i-1].in(nounArticles)
		begins := i == 0 || p.tokens[i-1].kind == markToken || p.tokens[i-1].in(words.Decide.Joins)
		d := &words.Decide
		switch count := countAt(p.tokens, next); {
		case n == 1 && count > 1 && known(lines, count):
			put(i, next, spelledOut(1, count))
		case after(countedNouns):
			put(i, next, strconv.Itoa(n))
		case article && (next == len(p.tokens) || p.tokens[next].kind == markToken || after(d.Joins, d.Before, d.Yes, d.No, d.Approve, d.Reject)),
			begins && after(d.Yes, d.No, d.Approve, d.Reject):
			put(i, i, strconv.Itoa(n))
		}
	}
	return b.String() + own[done:]
}

// rangeTo is the number behind a word like "to" at token i, 0 if there is none.
func rangeTo(toks []token, i int) int {
	if i+1 >= len(toks) || !toks[i].in(words.Decide.Range) {
		return 0
	}
	return atoi(toks[i+1].text)
}

// spelledOut spells the numbers from one to another.
func spelledOut(from, to int) string {
	list := strconv.Itoa(from)
	for n := from + 1; n <= to; n++ {
		list += ", " + strconv.Itoa(n)
	}
	return list
}

// countAt is the number that token i spells, 0 if it spells none.
func countAt(toks []token, i int) int {
	if i >= len(toks) {
		return 0
	}
	return words.Counts[toks[i].lower]
}
