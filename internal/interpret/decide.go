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

// numberNo is how people number: "No. 2" denies nothing.
var numberNo = regexp.MustCompile(`(?i)\bno\. ?(\d{1,2})\b`)

// bareNumbers writes "2" for "No. 2".
func bareNumbers(own string) string {
	if !strings.Contains(own, "o.") && !strings.Contains(own, "O.") {
		return own
	}
	return numberNo.ReplaceAllString(own, "$1")
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
