package interpret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// phraseHit is a phrase of a list found in the words of a clause.
type phraseHit struct{ from, to int }

// find returns the places of the phrases of l in words; the longest wins at each place.
func find(ws *passage, l list) []phraseHit {
	if !ws.says(l) {
		return nil
	}
	var out []phraseHit
	for i := 0; i < len(ws.tokens); {
		end := ws.starts(i, l)
		if end == 0 {
			i++
			continue
		}
		out = append(out, phraseHit{i, end})
		i = end
	}
	return out
}

func covered(h phraseHit, by []phraseHit) bool {
	for _, c := range by {
		if h.from >= c.from && h.to <= c.to {
			return true
		}
	}
	return false
}

// examine weighs one clause. A word of decision that is not at the start of the clause or after one of the words it may
// follow only talks about deciding and makes the clause a hold.
// subjects are words of the names asked about.
func examine(text string, subjects []string) verdict {
	r := lend()
	defer r.giveBack()
	return examineTokens(r.tokenize(text), subjects)
}

func examineTokens(toks []token, subjects []string) verdict {
	ws := &passage{tokens: make([]token, 0, len(toks))}
	starts := make([]bool, len(toks)+2) // the words that a clause may begin at
	starts[0] = true
	for i, t := range toks {
		if t.kind == wordToken {
			ws.tokens = append(ws.tokens, t)
			continue
		}
		if t.kind == markToken && strings.Contains(",:;-–—.!()\"'", t.text) {
			starts[len(ws.tokens)] = true
		}
		if t.text == "+" && i+1 < len(toks) && toks[i+1].kind == wordToken { // "APPROVE +security" is more than plain
			return verdict{hold: true}
		}
		if t.text == "?" {
			return verdict{hold: true}
		}
	}
	ws.search(nil)
	n := len(ws.tokens)
	for greeted := 0; greeted < n; greeted++ { // a greeting does not end the start of the clause
		if !ws.tokens[greeted].in(words.NotNames) || !starts[greeted] || ws.starts(greeted, words.Greetings) == 0 {
			break
		}
		starts[greeted+1] = true
	}
	var v verdict
	courtesy := find(ws, words.Decide.Courtesy)
	reject := find(ws, words.Decide.Reject)
	approve := find(ws, words.Decide.Approve)
	both := find(ws, words.Decide.Both)
	subject := func(t *token) bool {
		return has(subjects, strings.TrimSuffix(strings.TrimSuffix(t.lower, "'s"), "’s"))
	}
	placed := func(h phraseHit) bool {
		if starts[h.from] || h.to-h.from >= 3 {
			return true
		}
		before := &ws.tokens[h.from-1]
		if h.to-h.from > 1 && ws.tokens[h.from].in(words.Decide.OwnClause) { // "that I approve"
			return true
		}
		if isNumeral(before.lower) {
			return true
		}
		if slices.ContainsFunc(both, func(b phraseHit) bool { return b.to == h.from }) { // "all three approved"
			return true
		}
		closes := h.to == n || starts[h.to] || ws.tokens[h.to].in(words.Please)
		return before.in(words.Decide.Before) || closes && subject(before)
	}
	for _, h := range reject {
		if covered(h, approve) && !covered(approve[0], reject) {
			continue
		}
		switch {
		case doubted(ws.tokens, h) || otherObject(ws.tokens, h, subjects):
			v.hold = true
		case placed(h) || h.to-h.from >= 2:
			v.reject = true
		default:
			v.hold = true
		}
	}
	for _, h := range approve {
		if covered(h, reject) {
			continue
		}
		switch {
		case !placed(h) || negated(ws.tokens, h, approve) || ws.starts(h.to, words.Decide.Yes) == 0 && otherObject(ws.tokens, h, subjects):
			v.hold = true
		default:
			v.approve = true
		}
	}
	strong := append(append([]phraseHit{}, reject...), approve...)
	for _, h := range find(ws, words.Decide.Yes) {
		if covered(h, strong) {
			continue
		}
		if negated(ws.tokens, h, approve) {
			v.hold = true
			continue
		}
		switch {
		case !starts[h.from] && !placed(h) && h.to-h.from < 2:
		case !v.approve && saysElse(ws.tokens, h.to, starts, subjects, v):
			v.hold = true
		default:
			v.yes = true
		}
	}
	for _, h := range find(ws, words.Decide.No) {
		if covered(h, strong) || h.to < n && isNumber(ws.tokens[h.to].lower) {
			continue
		}
		answers := h.to == n || starts[h.to] || ws.tokens[h.to].in(words.Decide.AfterNo)
		switch {
		case (starts[h.from] || h.from > 0 && (isNumber(ws.tokens[h.from-1].lower) || subject(&ws.tokens[h.from-1]))) && answers:
			v.no = true
		case starts[h.from] || v.yes:
			v.hold = true
		}
	}
	greetings := find(ws, words.Greetings) // "Guten Morgen" is not tomorrow
	for _, h := range find(ws, words.Decide.Hold) {
		if !covered(h, strong) && !covered(h, courtesy) && !covered(h, greetings) {
			v.hold = true
		}
	}
	if v.approve || v.yes {
		for _, h := range find(ws, words.Decide.Limits) {
			v.hold = v.hold || !tellsBeginning(ws, h.from, starts, subjects)
		}
	}
	if v.approve && called(ws.tokens, starts, subjects) {
		v.hold = true
	}
	if bareNot(ws.tokens) {
		v.reject = true
	}
	for i := range ws.tokens { // "approved - not"
		if starts[i] && (i+1 == n || starts[i+1]) && ws.tokens[i].in(words.Decide.BareNot) {
			v.reject, v.hold = true, true
		}
	}
	doubtful := unable(ws, reject, starts)
	if v.reject && !v.approve && doubtful {
		v.hold = true
	}
	// "No way", "REJECT, he asked before": remarks of an explicit refusal do not weaken it, only conditions do.
	if v.reject && v.hold && !v.approve && !doubtful {
		v.hold = slices.ContainsFunc(find(ws, words.Decide.Stop), func(h phraseHit) bool { return !covered(h, courtesy) })
	}
	return v
}

// tellsBeginning says whether word i stands in a remark, which a mark sets off, on when somebody came or comes: "approved, he is starting
// on Monday". That limits nothing.
func tellsBeginning(ws *passage, i int, starts []bool, subjects []string) bool {
	from := clauseStart(i, starts)
	first := &ws.tokens[from]
	return from > 0 && ws.within(from, i+1, words.Decide.Begins) && (first.in(words.Pronouns) || first.in(words.Decide.AfterYes) || has(subjects, first.lower))
}

// clauseStart is the word behind the last mark in front of word i.
func clauseStart(i int, starts []bool) int {
	for i > 0 && !starts[i] {
		i--
	}
	return i
}

// unable says whether a refusal stands with a word of not being able or not being sure, up to a mark: "I cannot approve".
func unable(ws *passage, reject []phraseHit, starts []bool) bool {
	return slices.ContainsFunc(find(ws, words.Decide.Unable), func(u phraseHit) bool {
		return !covered(u, reject) && slices.ContainsFunc(reject, func(h phraseHit) bool { return clauseStart(h.from, starts) == clauseStart(u.from, starts) })
	})
}

// bareNot recognises "not 2": a clause that is a negated number and nothing else.
func bareNot(ws []token) bool {
	for len(ws) > 0 && ws[0].in(words.Decide.Joins) {
		ws = ws[1:]
	}
	return len(ws) == 2 && ws[0].in(words.Decide.BareNot) && isNumber(ws[1].lower)
}

// isNumeral says whether s is nothing but digits.
func isNumeral(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func isNumber(s string) bool {
	n := atoi(s)
	return n > 0 && n < 100
}

// saysElse says whether a weak yes goes on with something that is no yes: words that do not belong to one before the next mark,
// or a clause of the author's behind it, "yes, I got your mail".
func saysElse(ws []token, from int, starts []bool, subjects []string, v verdict) bool {
	i := from
	for ; i < len(ws) && !starts[i]; i++ {
		if ws[i].in(words.Decide.Except) {
			return false // "yes to all except Raj"
		}
		if !ws[i].in(words.Decide.WithYes) && !has(subjects, ws[i].lower) && !isNumber(ws[i].lower) {
			return true
		}
	}
	return i < len(ws) && ws[i].in(words.Decide.OwnClause) && !v.approve && !(i+1 < len(ws) && ws[i+1].in(words.Decide.WithYes))
}

// called says whether a clause that asks to approve begins with somebody's name: "Bob, please approve" passes the question on.
func called(ws []token, starts []bool, subjects []string) bool {
	return len(ws) > 2 && starts[1] && !ws[0].in(words.NotNames) && !has(subjects, ws[0].lower) && ws[1].in(words.Decide.Callers) &&
		!ws[0].in(words.Decide.Yes) && !ws[0].in(words.Decide.Approve) && !ws[0].in(words.Decide.Reject)
}

// otherObject says whether a phrase of decision has an object that is none of what we ask about: "approved the invoice", "do
// not approve of the tone".
func otherObject(ws []token, h phraseHit, subjects []string) bool {
	i := h.to
	for i < len(ws) && i < h.to+3 && ws[i].in(words.Decide.Determiners) {
		i++
	}
	if i == h.to || i == len(ws) {
		return false
	}
	return !ws[i].in(words.Decide.Objects) && !isNumber(ws[i].lower) && !has(subjects, ws[i].lower) && !(i == h.to+1 && ws[h.to].in(words.Decide.Demonstratives))
}

// doubted says whether a refusing phrase is itself negated or merely thought of.
func doubted(ws []token, h phraseHit) bool {
	for i := max(0, h.from-3); i < h.from; i++ {
		if ws[i].in(words.Decide.Doubts) && !(i == 0 && ws[i].lower == "no") {
			return true
		}
	}
	return false
}

// negated says whether a negation stands shortly before an approving phrase and outside it.
func negated(ws []token, h phraseHit, idioms []phraseHit) bool {
	for i := max(0, h.from-4); i < h.from; i++ {
		if isNumber(ws[i+1].lower) && ws[i].lower == "no" {
			continue // "no. 2"
		}
		if !covered(phraseHit{i, i + 1}, idioms) && ws[i].in(words.Decide.Negations) {
			return true
		}
	}
	return false
}

// targetsOf returns the numbers of the people that text speaks of: by number, by name, by a role only one of them has.
func targetsOf(text string, lines []AskedLine, roles *roleBook, roleOf map[int]string) []int {
	r := lend()
	defer r.giveBack()
	return targetsIn(r.tokenize(text), lines, roles, roleOf)
}

func targetsIn(toks []token, lines []AskedLine, roles *roleBook, roleOf map[int]string) []int {
	var out []int
	add := func(n int) {
		if !containsInt(out, n) {
			out = append(out, n)
		}
	}
	if len(lines) > 1 {
		for i := range toks {
			if n := atoi(strings.TrimLeft(toks[i].text, "#")); n > 0 && known(lines, n) && aloneNumber(toks, toks[i]) {
				add(n)
			}
		}
		var perhaps []int
		for _, l := range lines {
			switch named, surely := namedIn(toks, l, lines); {
			case surely:
				add(l.Number)
			case named:
				perhaps = append(perhaps, l.Number)
			}
		}
		if len(out) == 0 {
			out = perhaps
		}
		for _, m := range roles.mentions(toks) {
			if n := onlyWithRole(roleOf, m.id); n > 0 && len(out) == 0 {
				add(n)
			}
		}
		if n := calledByReason(toks, lines); n > 0 && len(out) == 0 {
			add(n)
		}
	}
	return out
}

// calledByReason returns the number of the one person whose reason has the noun that a clause begins with, "the bursar, yes".
func calledByReason(toks []token, lines []AskedLine) int {
	if len(toks) < 3 || !toks[0].in(words.Decide.Determiners) || toks[1].kind != wordToken || utf8.RuneCountInString(toks[1].lower) < 4 ||
		toks[1].in(words.NotNames) || toks[1].in(words.Decide.Objects) || toks[2].kind == wordToken && !toks[2].in(words.Decide.Before) {
		return 0
	}
	found := 0
	for _, l := range lines {
		for _, t := range tokenize(l.About) {
			if t.kind == wordToken && t.lower == toks[1].lower && found != l.Number {
				if found != 0 {
					return 0
				}
				found = l.Number
			}
		}
	}
	return found
}

var (
	counted      = cue("counted")
	afterAmount  = newList("%", "/", "€", "$")
	beforeAmount = newList("/", "$", "€")
)

// aloneNumber says whether a number counts people: no date, time, amount or "two of 3" stands around it.
func aloneNumber(toks []token, t token) bool {
	for i := range toks {
		if toks[i].start != t.start {
			continue
		}
		if i+1 < len(toks) && (toks[i+1].in(counted) || toks[i+1].in(afterAmount) || words.month(toks[i+1].lower) > 0) {
			return false
		}
		if i > 0 && (toks[i-1].in(beforeAmount) || words.month(toks[i-1].lower) > 0) {
			return false
		}
	}
	return true
}

// namedIn says whether text names this person by a word of the name that no other numbered person shares. It is not sure
// where the word is one of any text, as in "please approve 1" beside somebody called Please: whoever asks for access chooses
// the names.
func namedIn(toks []token, l AskedLine, lines []AskedLine) (named, surely bool) {
	for i := range toks {
		if toks[i].kind == addressToken && strings.EqualFold(toks[i].text, l.Email) {
			return true, true
		}
	}
	for w := range letterRuns(fold(l.Name)) {
		if n := utf8.RuneCountInString(w); n < 2 || n == 2 && !isIdeographic(w) {
			continue
		}
		first := 0
		for first < len(toks) && !(toks[first].kind == wordToken && namesWord(&toks[first], w)) {
			first++
		}
		if first == len(toks) || slices.ContainsFunc(lines, func(o AskedLine) bool { return o.Number != l.Number && partOfName(w, o.Name) }) {
			continue
		}
		named = true
		ordinary := words.NotNames.holds(w)
		for i := first; i < len(toks) && !surely; i++ {
			if t := &toks[i]; t.kind == wordToken && namesWord(t, w) {
				surely = !ordinary || i > 0 && startsUpper(t.text) && !allLarge(t.text)
			}
		}
	}
	return named, surely
}

// namesWord says whether a token is w, a word of a name, or has it as one of its pieces.
func namesWord(t *token, w string) bool {
	if t.plain && len(t.text) < len(w) {
		return false
	}
	text := t.text
	if t.joints&apostrophe != 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "'s"), "’s")
	}
	if t.plain && lettersOnly(text) {
		return t.lower[:len(text)] == w
	}
	return has(nameKey(text), w)
}

func onlyWithRole(roleOf map[int]string, id string) int {
	found := 0
	for n, r := range roleOf {
		if r == id {
			if found > 0 {
				return 0
			}
			found = n
		}
	}
	return found
}
