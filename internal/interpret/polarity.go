package interpret

import (
	"strconv"
	"strings"
)

// phraseHit is a phrase of the lexicon found in the words of a clause.
type phraseHit struct{ from, to int }

// find returns the places in ws of any phrase of a list of decide; the longest phrase wins at each place.
func find(ws []string, key string) []phraseHit {
	var out []phraseHit
	phrases := words.phrases[key]
	for i := 0; i < len(ws); {
		best := 0
		for _, f := range phrases[ws[i]] {
			if len(f) > best && i+len(f) <= len(ws) && equal(ws[i:i+len(f)], f) {
				best = len(f)
			}
		}
		if best == 0 {
			i++
			continue
		}
		out = append(out, phraseHit{i, i + best})
		i += best
	}
	return out
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
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
	toks := tokenize(text)
	var ws []string
	starts := map[int]bool{0: true}
	for i, t := range toks {
		if t.kind == wordToken {
			ws = append(ws, strings.ReplaceAll(t.lower, "’", "'"))
			continue
		}
		if t.kind == markToken && strings.Contains(",:;-–—.!()\"'", t.text) {
			starts[len(ws)] = true
		}
		if t.text == "+" && i+1 < len(toks) && toks[i+1].kind == wordToken { // "APPROVE +security" is more than plain
			return verdict{hold: true}
		}
		if t.text == "?" {
			return verdict{hold: true}
		}
	}
	for greeted := 0; greeted < len(ws); greeted++ { // a greeting does not end the start of the clause
		if !words.notName(ws[greeted]) || !starts[greeted] {
			break
		}
		if hasPrefixPhrase(words.Greetings, ws[greeted:]) {
			starts[greeted+1] = true
			continue
		}
		break
	}
	var v verdict
	courtesy := find(ws, "courtesy")
	reject := find(ws, "reject")
	approve := find(ws, "approve")
	placed := func(h phraseHit) bool {
		if starts[h.from] || h.to-h.from >= 3 {
			return true
		}
		before := ws[h.from-1]
		if _, err := strconv.Atoi(before); err == nil {
			return true
		}
		closes := h.to == len(ws) || starts[h.to]
		return has(words.Decide["before"], before) || closes && has(subjects, before)
	}
	for _, h := range reject {
		if covered(h, approve) && !covered(approve[0], reject) {
			continue
		}
		switch {
		case doubted(ws, h) || otherObject(ws, h, subjects):
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
		case !placed(h) || negated(ws, h, approve) || otherObject(ws, h, subjects):
			v.hold = true
		default:
			v.approve = true
		}
	}
	strong := append(append([]phraseHit{}, reject...), approve...)
	for _, h := range find(ws, "yes") {
		if covered(h, strong) {
			continue
		}
		if negated(ws, h, approve) {
			v.hold = true
			continue
		}
		switch {
		case !starts[h.from] && !placed(h) && h.to-h.from < 2:
		case saysElse(ws, h.to, starts, subjects, v):
			v.hold = true
		default:
			v.yes = true
		}
	}
	for _, h := range find(ws, "no") {
		if covered(h, strong) || h.to < len(ws) && isNumber(ws[h.to]) {
			continue
		}
		answers := h.to == len(ws) || starts[h.to] || has(words.Decide["after_no"], ws[h.to])
		switch {
		case (starts[h.from] || h.from > 0 && isNumber(ws[h.from-1])) && answers:
			v.no = true
		case starts[h.from] || v.yes:
			v.hold = true
		}
	}
	for _, h := range find(ws, "hold") {
		if !covered(h, strong) && !covered(h, courtesy) {
			v.hold = true
		}
	}
	if (v.approve || v.yes) && mentionsAny(ws, "limits") {
		v.hold = true
	}
	if v.approve && called(ws, starts, subjects) {
		v.hold = true
	}
	if v.bareNot(ws, starts) {
		v.reject = true
	}
	if v.reject && !v.approve && unable(ws) {
		v.hold = true
	}
	// "No way", "REJECT, he asked before": remarks of an explicit refusal do not weaken it, only conditions do.
	if v.reject && v.hold && !v.approve && !mentionsAny(ws, "stop") && !unable(ws) {
		v.hold = false
	}
	return v
}

// bareNot recognises "not 2": a clause that is a negated number and nothing else.
func (v verdict) bareNot(ws []string, _ map[int]bool) bool {
	for len(ws) > 0 && has(words.Decide["joins"], ws[0]) {
		ws = ws[1:]
	}
	return len(ws) == 2 && has(words.Decide["bare_not"], ws[0]) && isNumber(ws[1])
}

func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 100
}

func mentionsAny(ws []string, key string) bool { return len(find(ws, key)) > 0 }

// saysElse says whether a weak yes goes on with something that is no yes: words that do not belong to one before the next mark,
// or a clause of the author's behind it, "yes, I got your mail".
func saysElse(ws []string, from int, starts map[int]bool, subjects []string, v verdict) bool {
	i := from
	for ; i < len(ws) && !starts[i]; i++ {
		if !has(words.Decide["with_yes"], ws[i]) && !has(subjects, ws[i]) && !isNumber(ws[i]) {
			return true
		}
	}
	return i < len(ws) && has(words.Decide["own_clause"], ws[i]) && !v.approve && !(i+1 < len(ws) && has(words.Decide["with_yes"], ws[i+1]))
}

// called says whether a clause that asks to approve begins with somebody's name: "Bob, please approve" passes the question on.
func called(ws []string, starts map[int]bool, subjects []string) bool {
	return len(ws) > 2 && starts[1] && !words.notName(ws[0]) && !has(subjects, ws[0]) && has(words.Decide["callers"], ws[1]) &&
		len(find(ws[:1], "yes"))+len(find(ws[:1], "approve"))+len(find(ws[:1], "reject")) == 0
}

// otherObject says whether a phrase of decision has an object that is none of what we ask about: "approved the invoice", "do
// not approve of the tone".
func otherObject(ws []string, h phraseHit, subjects []string) bool {
	i := h.to
	for i < len(ws) && i < h.to+3 && has(words.Decide["determiners"], ws[i]) {
		i++
	}
	if i == h.to || i == len(ws) {
		return false
	}
	return !has(words.Decide["objects"], ws[i]) && !has(subjects, ws[i]) && !(i == h.to+1 && has(words.Decide["demonstratives"], ws[h.to]))
}

func unable(ws []string) bool {
	return mentionsAny(ws, "unable")
}

// doubted says whether a refusing phrase is itself negated or merely thought of.
func doubted(ws []string, h phraseHit) bool {
	for i := max(0, h.from-3); i < h.from; i++ {
		if has(words.Decide["doubts"], ws[i]) && !(i == 0 && ws[i] == "no") {
			return true
		}
	}
	return false
}

// negated says whether a negation stands shortly before an approving phrase and outside it.
func negated(ws []string, h phraseHit, idioms []phraseHit) bool {
	for i := max(0, h.from-4); i < h.from; i++ {
		if isNumber(ws[i+1]) && ws[i] == "no" {
			continue // "no. 2"
		}
		if !covered(phraseHit{i, i + 1}, idioms) && has(words.Decide["negations"], ws[i]) {
			return true
		}
	}
	return false
}

func hasPrefixPhrase(phrases, ws []string) bool {
	for _, p := range phrases {
		f := strings.Fields(p)
		if len(f) <= len(ws) && equal(ws[:len(f)], f) {
			return true
		}
	}
	return false
}

// targetsOf returns the numbers of the people that text speaks of: by number, by name, by a role only one of them has.
func targetsOf(text string, lines []AskedLine, roles *roleBook, roleOf map[int]string) []int {
	var out []int
	add := func(n int) {
		if !containsInt(out, n) {
			out = append(out, n)
		}
	}
	toks := tokenize(text)
	for _, t := range toks {
		if n, err := strconv.Atoi(strings.TrimLeft(t.text, "#")); err == nil && known(lines, n) && len(lines) > 1 && aloneNumber(toks, t) {
			add(n)
		}
	}
	if len(lines) > 1 {
		for _, l := range lines {
			if namedIn(toks, l, lines) {
				add(l.Number)
			}
		}
		for _, m := range roles.mentions(toks) {
			if n := onlyWithRole(roleOf, m.id); n > 0 && len(out) == 0 {
				add(n)
			}
		}
	}
	return out
}

// aloneNumber says whether a number counts people: no date, time, amount or "two of 3" stands around it.
func aloneNumber(toks []token, t token) bool {
	for i, x := range toks {
		if x.start != t.start {
			continue
		}
		if i+1 < len(toks) && toks[i+1].kind == wordToken {
			if next := toks[i+1].lower; words.Months[next] > 0 || isCue("counted", next) {
				return false
			}
		}
		if i+1 < len(toks) && toks[i+1].kind == markToken && has([]string{"%", "/", "€", "$"}, toks[i+1].text) {
			return false
		}
		if i > 0 && (words.Months[toks[i-1].lower] > 0 || has([]string{"/", "$", "€"}, toks[i-1].text)) {
			return false
		}
	}
	return true
}

// namedIn says whether text names this person by a word of the name that no other numbered person shares.
func namedIn(toks []token, l AskedLine, lines []AskedLine) bool {
	for _, w := range nameKey(l.Name) {
		if len([]rune(w)) < 3 {
			continue
		}
		shared := false
		for _, o := range lines {
			if o.Number != l.Number && has(nameKey(o.Name), w) {
				shared = true
			}
		}
		if shared {
			continue
		}
		for _, t := range toks {
			if t.kind == wordToken && has(nameKey(strings.TrimSuffix(strings.TrimSuffix(t.text, "'s"), "’s")), w) {
				return true
			}
			if t.kind == addressToken && strings.EqualFold(t.text, l.Email) {
				return true
			}
		}
	}
	return false
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
