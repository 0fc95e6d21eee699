package interpret

import (
	"regexp"
	"slices"
	"strings"
)

// exceptions say how many of all are excepted, in front of who they are: "the whole list is approved with one exception: reject Raj".
var (
	exceptions    *regexp.Regexp
	exceptedNouns *openings // one of them stands behind the count
	exceptWords   *openings
)

func compileExceptions() {
	exceptions = regexp.MustCompile(`(?i)[, ]*\b` + oneOf(cue("with_exceptions").phrases()) + ` (\pL+|\d) ` + oneOf(cue("exceptions").phrases()) + `\b *[:,.–-]`)
	exceptedNouns = openingsOf(cue("exceptions").phrases())
	exceptWords = openingsOf(firstWords(words.Decide.Except.phrases()))
}

// withExceptions reads an answer that approves all but so many, and tells behind it who they are and what of them; nil if it is none.
func withExceptions(own string, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	if len(lines) < 2 || !exceptedNouns.mayBehindBlank(own) {
		return nil
	}
	at := exceptions.FindStringSubmatchIndex(own)
	if at == nil {
		return nil
	}
	count := strings.ToLower(own[at[2]:at[3]])
	n := words.Counts[count]
	if d := atoi(count); d > 0 {
		n = d
	}
	head, tail := own[:at[0]], own[at[1]:]
	excepted := targetsOf(tail, lines, bookOf(nil), nil)
	if n == 0 || len(excepted) != n || n >= len(lines) || len(targetsOf(head, lines, bookOf(nil), nil)) > 0 {
		return nil
	}
	all, each := decidePlain(head, lines, roles, roleOf), decidePlain(tail, lines, roles, roleOf)
	out := map[string]Decision{}
	for _, l := range lines {
		key := number(l.Number)
		switch {
		case of(all, key) != Approve || of(each, key) == Approve:
			return nil
		case !containsInt(excepted, l.Number) && of(each, key) == Reject:
			return nil
		case containsInt(excepted, l.Number):
			out[key] = of(each, key)
		default:
			out[key] = Approve
		}
	}
	return doubtBeside(out, spellOrdinals(spelledRight(tail), lines), asidesOf(lines, roles), roleOf)
}

// withDecided says of own words person by person what a sentence approves of all but somebody, and decides of those: "I approve all of them
// except no. 2, that one I decline".
func withDecided(own string, lines []AskedLine, roles *roleBook, roleOf map[int]string) string {
	if len(lines) < 2 || !exceptWords.mayInTokens(own) || !mentions(own, words.Decide.Except) {
		return own
	}
	var out strings.Builder
	for _, line := range answerLines(own) {
		eachSentence(line, func(text string) {
			if refused := decidedExceptions(text, lines, roles, roleOf); refused != nil {
				text = onePerOne(refused, lines)
			}
			out.WriteString(text + " ")
		})
		out.WriteString("\n")
	}
	return out.String()
}

// onePerOne is an answer that refuses some and approves all others.
func onePerOne(refused []int, lines []AskedLine) string {
	var out strings.Builder
	for _, l := range lines {
		said := everywhere.Approve[0]
		if containsInt(refused, l.Number) {
			said = everywhere.Reject[0]
		}
		out.WriteString(said + " " + number(l.Number) + ".\n")
	}
	return out.String()
}

// decidedExceptions are the people whom a sentence excepts from an approval of all, and refuses behind it; nil if it does not.
func decidedExceptions(text string, lines []AskedLine, roles *roleBook, roleOf map[int]string) []int {
	p := scan(text)
	hits := find(&p, words.Decide.Except)
	if len(hits) != 1 || asks(text) {
		return nil
	}
	at := hits[0]
	head := text[:p.tokens[at.from].start]
	everybody := p.tokens[at.from].in(words.Decide.Both)
	if all := scan(head); everybody && at.from == 0 || at.from > 0 && all.starts(0, words.Decide.Both) == len(all.tokens) {
		head = everywhere.Approve[0] // "both except 2, whom I reject"
	} else if everybody {
		head += everybodyAsked.first()
	}
	s := &spelling{asides: asidesOf(lines, roles), roleOf: roleOf, each: map[int]Decision{}}
	excepted, refused := s.refusedBehind(p.tokens[at.to:], text)
	if !refused || len(excepted) == 0 || len(excepted) == len(lines) || len(targetsOf(head, lines, bookOf(nil), nil)) > 0 {
		return nil
	}
	all := decidePlain(head, lines, roles, roleOf)
	if slices.ContainsFunc(lines, func(l AskedLine) bool { return of(all, number(l.Number)) != Approve }) {
		return nil
	}
	return excepted
}

// refusedBehind are the people whom tokens name, and whether the rest of them refuses these: "no. 2, that one I decline".
func (s *spelling) refusedBehind(toks []token, text string) (people []int, refused bool) {
	for i := range toks {
		people = targetsIn(toks[:i], s.lines, bookOf(nil), nil)
		if len(people) == 0 || toks[i].kind != markToken && !toks[i].in(whatOfThem) {
			continue
		}
		named := slices.DeleteFunc(slices.Clone(withoutMarks(toks[:i])), func(t token) bool { return t.in(countNouns) || t.in(words.Decide.No) }) // "no. 2"
		if !s.consenting(named, text, s.lines).small(0, len(named)) {
			return nil, false
		}
		rest := withoutMarks(toks[i:])
		p := passage{tokens: rest}
		p.search(nil)
		rest = rest[p.starts(0, whatOfThem):]
		if also := targetsIn(rest, s.lines, bookOf(nil), nil); len(also) == 0 && len(rest) > 0 && s.consenting(rest, text, s.lines).declines() {
			return people, true
		}
	}
	return nil, false
}
