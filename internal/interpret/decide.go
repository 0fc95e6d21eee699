package interpret

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/replytext"
)

// verdict is what one clause says.
type verdict struct {
	approve, reject bool // an explicit word of decision
	yes, no         bool // a weak one, which an explicit one outweighs
	hold            bool // a condition, a doubt, or talk about deciding
}

func (v verdict) decision() (Decision, bool) {
	yes, no := v.approve || v.yes && !v.reject, v.reject || v.no && !v.approve
	switch {
	case v.approve && v.reject, v.approve && v.no, yes && no:
		return Unclear, true
	case v.hold:
		return Unclear, true
	case yes:
		return Approve, true
	case no:
		return Reject, true
	}
	return Unclear, false
}

// decide reads the decisions of an answer to an approval mail with these lines from the author's own words.
func decide(parts replytext.Parts, lines []AskedLine, roles *roleBook, roleOf map[int]string) map[string]Decision {
	if strings.TrimSpace(parts.Own) == "" || len(parts.Own) > maxProse {
		return map[string]Decision{Everything: Unclear}
	}
	lines, parts = withoutAnswerWords(lines), withQuestionMarks(parts)
	own := spellRanges(withoutSlashes(bareNumbers(parts.Own)), lines)
	d := withoutDenied(forPicked(decideOwn(own, lines, roles, roleOf), own, lines), own, lines)
	if decides(d, Reject) && takenBack(own) {
		withdraw(d, Reject)
	}
	if len(lines) > 1 && approves(d) && callsAsked(own, lines) {
		withdraw(d, Approve)
	}
	if answered := decideInterleaved(parts, lines, roles, roleOf); answered != nil {
		d = answered
	}
	if parts.Signature == "" || !approves(d) {
		return d
	}
	below := cut(parts.Signature, maxProse)
	if bounds(below, lines) || examine(below, nil).reject {
		withdraw(d, Approve)
	}
	return d
}

// slashes stand between answers of people: "approve 2, 3 / reject 1".
var slashes = regexp.MustCompile(`(\d) ?/ ?(\pL)`)

func withoutSlashes(own string) string {
	if strings.IndexByte(own, '/') < 0 {
		return own
	}
	return slashes.ReplaceAllString(own, "$1; $2")
}

// numberNo is how people number: "No. 2" denies nothing, and "n. 2" ends no sentence.
var numberNo = regexp.MustCompile(`(?i)(^|[^\pL])(?:no|n|nr|núm|num)\. ?(\d{1,2})\b`)

// bareNumbers writes "2" for "No. 2".
func bareNumbers(own string) string {
	if !stopBeforeDigit(own) {
		return own
	}
	return numberNo.ReplaceAllString(own, "$1$2")
}

// stopBeforeDigit says whether a stop behind a letter stands in front of a digit.
func stopBeforeDigit(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] == '.' && !isDigit(s[i-1]) && (isDigit(s[i+1]) || s[i+1] == ' ' && i+2 < len(s) && isDigit(s[i+2])) {
			return true
		}
	}
	return false
}

// bySentences is d, or what the sentences of own say one by one, where d leaves somebody unclear and they leave d's decisions as they are.
func bySentences(d map[string]Decision, own string, a *asides, roleOf map[int]string) map[string]Decision {
	if !slices.ContainsFunc(a.lines, func(l AskedLine) bool { return of(d, number(l.Number)) == Unclear }) {
		return d
	}
	if sentences := decideSpelledOut(own, a, roleOf); goesBeyond(sentences, d, a.lines) {
		return sentences
	}
	return d
}

// goesBeyond says whether an answer decides more than old and the same for whom old decides; not one that is nil.
func goesBeyond(d, old map[string]Decision, lines []AskedLine) bool {
	return d != nil && !slices.ContainsFunc(lines, func(l AskedLine) bool {
		before := of(old, number(l.Number))
		return before != Unclear && of(d, number(l.Number)) != before
	})
}

func approves(d map[string]Decision) bool { return decides(d, Approve) }

// decides says whether anything is decided so.
func decides(d map[string]Decision, kind Decision) bool {
	for _, v := range d {
		if v == kind {
			return true
		}
	}
	return false
}

// withdraw makes every decision of this kind unclear.
func withdraw(d map[string]Decision, kind Decision) {
	for k, v := range d {
		if v == kind {
			d[k] = Unclear
		}
	}
}

var takenBackBy = cue("takes_back")

// takenBack says whether a sentence of its own takes a refusal back: "Reject. Or maybe not, let me ask Bob."
func takenBack(own string) bool {
	found := false
	eachSentence(own, func(text string) {
		p := scan(text)
		found = found || p.says(takenBackBy) && !p.says(words.Decide.Reject, refusing, refused)
	})
	return found
}

// inLanguage puts the answer of the language that own words are written in above prose, which reads English and German. A
// contradiction is unclear, and so is an approval in a text that no language knows.
func inLanguage(own string, lines []AskedLine, prose func() map[string]Decision) (d map[string]Decision, language string, said bool) {
	st, language, prosaicToo := decideAnywhere(own, lines)
	if !st.said {
		if st.doubtful && language != prosaic || st.foreign() {
			return map[string]Decision{Everything: Unclear}, language, false
		}
		return prose(), language, false
	}
	var also map[string]Decision
	if language == alsoProse || prosaicToo {
		also = prose()
	}
	out := map[string]Decision{}
	for _, l := range lines {
		a := st.each[l.Number]
		if b := of(also, number(l.Number)); a != b && a != Unclear && (b != Unclear || prosaicToo) {
			a = Unclear
		}
		out[number(l.Number)] = a
	}
	for _, v := range out {
		for _, w := range out {
			if v != w {
				return out, language, true
			}
		}
		return map[string]Decision{Everything: v}, language, true
	}
	return map[string]Decision{Everything: Unclear}, language, true
}

// prosaic is the language whose answers only prose reads; alsoProse has words there, too.
const prosaic, alsoProse = "en", "de"

// otherRoleNamed says whether own words name a role that is not everybody's: an approval with another role is none. The forms of
// prose know more of English and German.
func otherRoleNamed(own string, roles *roleBook, roleOf map[int]string) bool {
	for _, m := range roles.mentions(tokenize(own)) {
		for _, id := range roleOf {
			if id != m.id {
				return true
			}
		}
	}
	return false
}

func known(lines []AskedLine, n int) bool {
	for _, l := range lines {
		if l.Number == n {
			return true
		}
	}
	return false
}

func (v verdict) and(o verdict) verdict {
	return verdict{v.approve || o.approve, v.reject || o.reject, v.yes || o.yes, v.no || o.no, v.hold || o.hold}
}

// decideText reads own words that stand in one piece.
func decideText(own string, a *asides, roleOf map[int]string) map[string]Decision {
	r := lend()
	defer r.giveBack()
	clauses := clausesOf(own, a, roleOf, r)
	stop := false   // said anywhere, this takes an approval back
	doubts := false // said anywhere, this takes a weak yes back
	var general verdict
	targeted := false
	for _, c := range clauses {
		stop = stop || c.asksWho(a) || c.says(words.Decide.Retract) || len(c.targets) == 0 && (c.joined || c.says(words.Decide.Bounds))
		if len(c.targets) > 0 {
			_, ok := c.verdict.decision()
			targeted = targeted || ok
			continue
		}
		if c.changes || c.verdict.hold && c.says(words.Decide.Stop) && !c.says(words.Decide.Courtesy) {
			stop = true
		}
		if c.verdict.hold && !c.verdict.approve && !c.verdict.yes && !c.verdict.reject && !c.verdict.no {
			doubts = doubts || c.says(words.Decide.Questions) || !c.question && !c.says(words.Decide.Courtesy)
			continue // a remark
		}
		general = general.and(c.verdict)
	}
	all, said := general.decision()
	if said && all == Approve && (stop || doubts && !general.approve) {
		all = Unclear
	}
	if !targeted {
		if !said {
			all = Unclear
		}
		return map[string]Decision{Everything: all}
	}
	return decideEach(clauses, a.lines, all, said, stop)
}

// asksWho says whether a clause asks who the only person is that was asked about: "Who is Jane?"
func (c *clause) asksWho(a *asides) bool {
	if !c.question || len(a.lines) != 1 || !c.says(whoLeft) {
		return false
	}
	for i := range len(c.tokens) - 2 {
		if c.tokens[i].in(whoLeft) && c.tokens[i+1].in(copulas) && has(a.subjects, c.tokens[i+2].lower) {
			return true
		}
	}
	return false
}

// decideEach gives every numbered person the decision of the clauses that speak of them.
func decideEach(clauses []clause, lines []AskedLine, all Decision, said, stop bool) map[string]Decision {
	out := map[string]Decision{}
	set := func(n int, d Decision) {
		key := strconv.Itoa(n)
		if old, ok := out[key]; ok && old != d {
			d = Unclear
		}
		out[key] = d
	}
	exclusive := false
	var excepted []int
	for _, c := range clauses {
		if len(c.targets) == 0 {
			continue
		}
		d, ok := c.verdict.decision()
		if !ok {
			continue // "Jane starts on Monday": a remark on a person
		}
		if c.except { // "all except 3": 3 is refused or not yet decided
			for _, l := range lines {
				switch {
				case containsInt(c.targets, l.Number):
					excepted = append(excepted, l.Number)
				case c.verdict.hold:
					set(l.Number, Unclear)
				default:
					set(l.Number, d)
				}
			}
			continue
		}
		exclusive = exclusive || c.only
		for _, n := range c.targets {
			set(n, d)
		}
	}
	for _, n := range excepted {
		if key := strconv.Itoa(n); out[key] != Reject {
			out[key] = Unclear
		}
	}
	for _, l := range lines {
		key := strconv.Itoa(l.Number)
		switch old, ok := out[key]; {
		case !ok && said && !exclusive && (len(out) == 0 || blanket(clauses)):
			out[key] = all
		case !ok:
			out[key] = Unclear
		case said && old != all && all != Unclear:
			out[key] = Unclear
		case old == Approve && (stop || said && all == Unclear):
			out[key] = Unclear
		}
	}
	return out
}

func blanket(clauses []clause) bool {
	for _, c := range clauses {
		if c.blanket && len(c.targets) == 0 {
			return true
		}
	}
	return false
}

func containsInt(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// otherRole says whether a clause gives a role that is not known to be the one asked for: approving with another role is no approval.
func otherRole(p passage, targets []int, roles *roleBook, roleOf map[int]string) bool {
	sc := scene{sentence: sentence{passage: p}}
	sc.roles = roles.mentions(sc.tokens)
	for _, g := range assignedRoles(&sc) {
		if len(roleOf) == 0 {
			return true
		}
		for n, id := range roleOf {
			if id != g.id && (len(targets) == 0 || containsInt(targets, n)) {
				return true
			}
		}
	}
	return false
}

// subjectWords are the words of the names asked about.
func subjectWords(lines []AskedLine) []string {
	out := make([]string, 0, 2*len(lines))
	for _, l := range lines {
		for f := range strings.FieldsSeq(strings.ToLower(l.Name)) {
			out = append(out, strings.Trim(f, ".,"))
		}
	}
	return out
}

// strayNumber says whether a clause has a number that is none of the numbered people: a date, a range, an amount.
func strayNumber(toks []token, lines []AskedLine) bool {
	for i, t := range toks {
		if t.kind != wordToken || !hasDigit(t.text) {
			continue
		}
		n := atoi(t.text)
		if n == 0 || !known(lines, n) || !aloneNumber(toks, t) {
			return true
		}
		if i+2 < len(toks) && (toks[i+1].text == "-" || toks[i+1].text == "–") && hasDigit(toks[i+2].text) {
			return true
		}
	}
	return false
}

// inRow is a line of nothing but numbers with one word each, "1 ok 2 nope".
var (
	inRow       = regexp.MustCompile(`(?m)^[ \t]*\d{1,2}[.):]?[ \t]+\pL+(?:[ \t,;]+\d{1,2}[.):]?[ \t]+\pL+)+[ \t.!]*$`)
	inRowNumber = regexp.MustCompile(`[ \t,;]+(\d{1,2}[.):]?[ \t]+\pL)`)
)

// answersInRow puts each answer of such a line on one of its own, if all are yes or no in some language.
func answersInRow(row string) string {
	for _, w := range strings.Fields(row) {
		w = key(strings.Trim(w, ".,;:)!"))
		known := isNumber(w) || words.Decide.Yes.holds(w) || words.Decide.No.holds(w) || words.Decide.Approve.holds(w) || words.Decide.Reject.holds(w)
		for _, t := range answers {
			p, n := t.at(w, 0)
			known = known || n == len(w) && (p.kind == approveItem || p.kind == yesItem || p.kind == rejectItem)
		}
		if !known {
			return row
		}
	}
	return inRowNumber.ReplaceAllString(row, "\n$1")
}

func beginsLineWithDigit(s string) bool {
	begins := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			begins = true
		case begins && isDigit(c):
			return true
		case c != ' ' && c != '\t':
			begins = false
		}
	}
	return false
}

// answerLines keeps wrapped lines together but takes lines that begin with a number or are one answer each apart.
func answerLines(own string) []string {
	var out []string
	if beginsLineWithDigit(own) {
		own = inRow.ReplaceAllStringFunc(own, answersInRow)
	}
	for _, line := range strings.Split(own, "\n") {
		t := strings.TrimSpace(line)
		rest, number, _ := unbullet(line)
		if number != "" {
			line = number + ": " + rest
		}
		starts := number != "" || t != "" && t[0] >= '1' && t[0] <= '9' || t == ""
		if len(out) > 0 && !starts && len(strings.TrimSpace(out[len(out)-1])) >= 40 {
			out[len(out)-1] += "\n" + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// cutAtTargets splits a sentence at commas and "and/but" between pieces that each have a target of their own and a word of
// decision, or words that none of the lists knows: "Jan is good, Ana I have to think about". Pieces without a target stay with the one
// before.
func cutAtTargets(text string, beside *asides, roleOf map[int]string) []string {
	var out []string
	cur := ""
	for _, piece := range splitKeep(text) {
		targeted := func(s string) bool {
			return len(targetsOf(s, beside.lines, beside.roles, roleOf)) > 0 || mentions(s, words.Decide.Rest)
		}
		speaks := func(s string) bool { return decided(s, beside.subjects) || beside.remarks(s) }
		full := targeted(piece)
		if full && cur != "" && !speaks(piece) && decided(cur, beside.subjects) && answeredBehind(cur, beside.lines) {
			out = append(out, cur) // "3 no, 1 and 2 yes"
			cur = piece
			continue
		}
		if full && cur != "" && (decided(cur, beside.subjects) || piece[0] == ',' && beside.remarks(cur)) && speaks(piece) && targeted(cur) {
			out = append(out, cur)
			cur = piece
			continue
		}
		cur += piece
	}
	return append(out, cur)
}

// answeredBehind says whether a piece names people in front of what it answers.
func answeredBehind(text string, lines []AskedLine) bool {
	p := scan(text)
	for i := range p.tokens {
		for _, l := range []list{words.Decide.Approve, words.Decide.Reject, words.Decide.Yes, words.Decide.No} {
			if p.starts(i, l) > 0 {
				return false
			}
		}
		if len(targetsIn(p.tokens[i:i+1], lines, bookOf(nil), nil)) > 0 {
			return true
		}
	}
	return false
}

// halfSaid says whether a piece about several people has words of an answer with one of them that are not sure to be one: what is
// said of the others is not said of that person.
func halfSaid(text string, beside *asides, roleOf map[int]string) bool {
	pieces := splitKeep(text)
	if len(pieces) < 2 {
		return false
	}
	for _, piece := range pieces {
		p := scan(piece)
		answers := p.says(words.Decide.Approve, words.Decide.Reject, words.Decide.Yes, words.Decide.No)
		if answers && len(targetsIn(p.tokens, beside.lines, beside.roles, roleOf)) > 0 && !decided(piece, beside.subjects) {
			return true
		}
	}
	return false
}

func decided(s string, subjects []string) bool {
	v := examine(s, subjects)
	return v.approve || v.reject || v.yes || v.no || v.hold
}

func splitKeep(s string) []string {
	var out []string
	from := 0
	for i := range len(s) {
		if s[i] == ',' || strings.HasPrefix(s[i:], " and ") || strings.HasPrefix(s[i:], " but ") || strings.HasPrefix(s[i:], " und ") {
			out = append(out, s[from:i])
			from = i
		}
	}
	return append(out, s[from:])
}
