package interpret

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// tellsWhy are the words by which a sentence without connective gives the reason of a wish: what somebody will do, or what
	// has happened. A sentence with none of them is small talk.
	tellsWhy = cue("tells_why")
	// noBackground are the words of sentences that say no reason: thanks, urgency, offers, paper work, what we should do.
	noBackground = cue("no_background")
	notPurpose   = cue("no_purpose")
	// factOnly are clauses about the person that say neither why nor what for.
	factOnly = cue("fact_only")
)

var (
	leading, purposeFor, purposeTo *regexp.Regexp

	leadingOpenings            *openings
	clauseBegins, clauseJoints *beginnings

	forBegins, toBegins *openings // of the expressions of purposes
)

func compileReasons() {
	indexConnectives()
	clauseBegins, clauseJoints = beginningsOf(cue("clause_begins").phrases()), beginningsOf(cue("clause_joins").phrases())
	leadingOpenings = openingsOf(words.Greetings.phrases(), cue("lead_in").phrases())
	forBegins = openingsOf(cue("purpose_for").phrases())
	toBegins = openingsOf(cue("purpose_to").phrases(), cue("purpose_so").phrases())
	leading = regexp.MustCompile(`(?i)^(?:` + oneOf(words.Greetings.phrases()) + `[^\pL][^,.]{0,20},\s*)?(?:` + oneOf(cue("lead_in").phrases()) + `(?:[\s,!]+|$))+`)
	purposeFor = regexp.MustCompile(`(?i)^(?:^|[^\pL])` + oneOf(cue("purpose_for").phrases()) + `\s+(` + oneOf(cue("purpose_articles").phrases()) + `\s+(?:[^,.;:!?()<>@]{2,80}?[\s-])?` +
		oneOf(cue("purpose_nouns").phrases()) + `)(?:[^\pL]|$)`)
	purposeAny = regexp.MustCompile(`(?i)^(?:^|[^\pL])` + oneOf(cue("purpose_for").phrases()) + `\s+(` + oneOf(cue("purpose_articles").phrases()) + `\s+[^,.;:!?()<>@]{3,80})`)
	purposeTo = regexp.MustCompile(`(?i)^(?:^|[^\pL])((` + oneOf(cue("purpose_to").phrases()) + `|` + oneOf(cue("purpose_so").phrases()) + `)\s+` + oneOf(cue("purpose_verbs").phrases()) +
		`(?:[^\pL,;?!][^,;?!]*)?)(?:[,;?!]|$)`)
}

// span is a piece of a sentence by byte positions.
type span struct{ from, to int }

// clauses cuts a sentence at its marks and where a wish begins. The word that begins a clause stays with it.
func clauses(text string) []span {
	if !mayBreak(text) {
		return []span{{0, len(text)}}
	}
	out := make([]span, 0, 4)
	from := 0
	low := lowerInPlace(text)
	for i := 0; i < len(low); {
		end := breakEnd(low, i)
		if end == 0 {
			i++
			continue
		}
		if !insideBrackets(text, i) {
			out = append(out, span{from, i})
			from = end
			if rest := strings.TrimLeft(text[i:end], " ,;:-–—"); strings.TrimSpace(rest) != "" {
				from = end - len(rest)
			}
		}
		i = end
	}
	return append(out, span{from, len(text)})
}

// breakEnd is where what parts two clauses ends that begins at low[i], 0 if nothing does: a mark, with the word that joins them, or blanks
// and a dash or the beginning of a wish. The beginning takes the mark or blank behind it.
func breakEnd(low string, i int) int {
	switch c := low[i]; {
	case c == ',' || c == ';' || c == ':':
		end := blanksEnd(low, i+1)
		if end == i+1 {
			return 0
		}
		for _, join := range clauseJoints.of(low[end:]) {
			if !strings.HasPrefix(low[end:], join) {
				continue
			}
			if behind := blanksEnd(low, end+len(join)); behind > end+len(join) {
				return behind
			}
		}
		return end
	case isBlank(c):
		from := blanksEnd(low, i+1)
		if dash := len(low) - len(strings.TrimLeft(low[from:], "-–—")); dash > from {
			if end := blanksEnd(low, dash); end > dash {
				return end
			}
		}
		for _, wish := range clauseBegins.of(low[from:]) {
			switch end := from + len(wish); {
			case !strings.HasPrefix(low[from:], wish):
			case end == len(low):
				return end
			case isBlank(low[end]) || low[end] == ',' || low[end] == '.' || low[end] == '!':
				return end + 1
			}
		}
	case c == wideMark[0] && (strings.HasPrefix(low[i:], "，") || strings.HasPrefix(low[i:], "；") || strings.HasPrefix(low[i:], "：")):
		return i + len(wideMark)
	}
	return 0
}

const wideMark = "，"

// mayBreak is a cheap test for texts of several clauses.
func mayBreak(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c == ',' || c == ';' || c == ':' || c == '-' || c >= utf8.RuneSelf:
			return true
		case isBlank(c) && clauseBegins.may(text[i+1:]):
			return true
		}
	}
	return false
}

// clauseEnd is where the clause of a sentence that byte at stands in ends.
func clauseEnd(text string, at int) int {
	for _, c := range clauses(text) {
		if c.to > at {
			return c.to
		}
	}
	return len(text)
}

func insideBrackets(s string, i int) bool {
	return strings.Count(s[:i], "(") > strings.Count(s[:i], ")")
}

// background returns the clauses of a sentence that tell why: neither wish, question, address nor role, with a word that tells what
// somebody does or what has happened.
func (rd *reader) background(sc *scene) *string {
	if sc.question && !sc.asks || !sc.says(tellsWhy) {
		return nil
	}
	best, begin := span{}, -1
	flush := func(end int) {
		if begin >= 0 && (best.to == 0 || end-begin > best.to-best.from) && reasonable(sc.text[begin:end]) {
			best = span{begin, end}
		}
		begin = -1
	}
	last, before := 0, ""
	for _, c := range clauses(sc.text) {
		text := sc.text[c.from:c.to]
		other := whoWords.holds(lower(firstField(strings.TrimLeft(text, " ")))) && mentions(before, noBackground) // "her boss is Peter Pan, who …"
		before = text
		if other || !rd.aside(text) {
			flush(last)
		} else if begin < 0 {
			begin = c.from
		}
		last = c.to
	}
	flush(last)
	if best.to == 0 {
		return nil
	}
	return trimReason(sc.text[best.from:best.to])
}

// aside says whether a clause asks for nothing and gives nobody an address or a role.
func (rd *reader) aside(text string) bool {
	sc := rd.sceneOf(text)
	if sc.words() == 0 || ofTheMail(&sc) || asksItself(&sc.passage) && !announcesOnly(&sc.passage) || sc.says(noBackground) {
		return false
	}
	if len(assignedRoles(&sc)) > 0 && !sc.says(descriptive) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].kind == addressToken {
			if _, ok := adjacentName(&sc, i); !ok || len(sc.tokens)-i < 4 {
				return false
			}
		}
	}
	return true
}

// descriptive are the words that say what somebody is, "our new treasurer"; ability are those of clauses about being able to do
// something: a wish in one is none.
var descriptive, ability = cue("descriptive"), cue("able")

// asksItself says whether a clause is a wish, not merely about being able to do something.
func asksItself(p *passage) bool {
	rest := p.replace(ability, " ")
	if !rest.says(words.Ask) || !rest.says(bareModals) {
		return rest.says(words.Ask)
	}
	begun := false
	for i := range rest.tokens {
		t := &rest.tokens[i]
		if t.kind != wordToken {
			begun = false
			continue
		}
		if t.in(words.Ask) && !(begun && t.in(bareModals) && statedModal(&rest, i)) {
			return true
		}
		begun = begun || !t.in(joining)
	}
	return slices.ContainsFunc(rest.hits, func(h hit) bool { return h.lists.has(words.Ask.bit) })
}

var bareModals, joining = cue("bare_modals"), cue("clause_joins")

// statedModal says whether the modal verb at token i asks for nothing, as in "nobody could open a ticket": neither does it stand in front of
// who is asked, "so could you", nor behind, "you can give him a badge".
func statedModal(p *passage, i int) bool {
	asked := func(k int, lists ...list) bool {
		return k < len(p.tokens) && slices.ContainsFunc(lists, func(l list) bool { return p.tokens[k].in(l) })
	}
	return !asked(i-1, toReader) && !asked(i+1, toReader, words.Pronouns, theyWords, ofOne)
}

// reasonable says whether a piece of text tells why: long enough and with a word that does.
func reasonable(text string) bool {
	r := lend()
	defer r.giveBack()
	p := r.scan(text, nil)
	return (p.words() >= 3 || hasIdeograph(text) && utf8.RuneCountInString(text) >= 6) && reasonCue(&p)
}

// trimReason takes the joining word in front and the stop behind off a reason.
func trimReason(s string) *string {
	s = strings.Trim(onOneLine(s), " ,;:–—-.!，、。！\"")
	if leadingOpenings.may(s) {
		s = leading.ReplaceAllString(s, "")
	}
	for p := range leadInWords.runOn() {
		s = strings.TrimPrefix(s, p)
	}
	return clean(s)
}

var purposeAny *regexp.Regexp

// purposeOfAny reads "for the quarterly checks of our servers" where nothing else tells why: what stands behind is none of our places,
// nobody and no time.
func purposeOfAny(sc *scene) *string {
	at := sc.find(purposeAny, forBegins, forArticle)
	if at == nil {
		return nil
	}
	text := sc.text[at[2]:at[3]]
	p := sc.in.scan(text)
	if k := slices.IndexFunc(p.tokens, func(t token) bool { return t.in(purposeEnds) }); k > 0 {
		text = text[:p.tokens[k].start] // "for the move of our racks we send you …"
		p = sc.in.scan(text)
	}
	if p.words() < 2 || hasDigit(text) || p.saysVerb(words.Verbs.of[ScheduleVisit]) || p.says(words.Ask, ourPlaces, belongings, words.RoleAfter, words.NewPerson, notPurpose, noBackground, personNouns, counted, nearDays, words.Pronoun) || len(names(p.tokens, make([]bool, len(p.tokens)))) > 0 {
		return nil
	}
	return trimReason(text)
}

// purposeFirst reads what a sentence begins with, "to be let into the room alone I need …", up to the clause that asks.
func purposeFirst(sc *scene) *string {
	head := nextWord(sc.tokens, -1)
	if head >= len(sc.tokens) || !sc.says(toLeads) {
		return nil
	}
	end := sc.starts(head, toLeads)
	if end == 0 {
		return nil
	}
	for i := end + 2; i < len(sc.tokens); i++ {
		if sc.tokens[i].text == "," || sc.starts(i, words.Ask) > 0 {
			if i-head < minPurpose {
				return nil // "to remedy this"
			}
			return trimReason(sc.text[sc.tokens[head].start:sc.tokens[i].start])
		}
	}
	return nil
}

// minPurpose is how many words a purpose has at least.
const minPurpose = 4

var toLeads = cue("purpose_to")

var whoWords = cue("who")

// maxBetween is how many tokens may stand between a name and the clause about its bearer: their address and their role.
const maxBetween = 9

// relative reads what a clause behind a name tells of its bearer, "Jane Doe (jane@…), who heads up infrastructure".
func (rd *reader) relative(sc *scene, p person) *string {
	if !sc.says(whoWords) || p.name == "" {
		return nil
	}
	for i := 2; i+3 < len(sc.tokens); i++ {
		if !sc.tokens[i].in(whoWords) || sc.tokens[i-1].text != "," || !lastNamed(sc, i, p.name) || !toldVerb(&sc.tokens[i+1]) {
			continue
		}
		from := sc.tokens[i+1].start
		text := sc.text[from:clauseEnd(sc.text, from)]
		part := rd.sceneOf(text)
		if part.words() < 3 || hasAddress(text) || len(assignedRoles(&part)) > 0 || part.says(words.Ask, words.NoReason, words.InCopy, factOnly, statesNothing, calledWords, noBackground) {
			continue
		}
		return trimReason(text)
	}
	return nil
}

// lastNamed says whether the last name in front of token i is that of the person, near it.
func lastNamed(sc *scene, i int, name string) bool {
	last := nameSpan{}
	for _, n := range sc.names {
		if n.to <= i {
			last = n
		}
	}
	return last.name != "" && i-last.to <= maxBetween && sameName(last.name, name)
}

// toldVerb says whether a word behind who is a verb that tells what somebody does, not what they are.
func toldVerb(t *token) bool {
	return !t.in(copulas) && (t.in(finite) || t.text == t.lower && len(t.text) > 3 && (strings.HasSuffix(t.lower, "s") || strings.HasSuffix(t.lower, "ed")))
}

var purposeIng = regexp.MustCompile(`(?i)\bfor (\w+ing\s[^,;?!()<>@]{6,})`)

// The words without which a sentence does not match the expressions above.
var (
	soWords    = cue("purpose_so")
	toLead     = newListOf(func(l *lexicon) []string { return slices.Concat(l.Cues["purpose_to"], l.Cues["purpose_so"]) })
	toVerbs    = newListOf(func(l *lexicon) []string { return followedBy(l.Cues["purpose_verbs"], "*") })
	forIng     = newList("for *ing")
	forArticle = newListOf(func(l *lexicon) []string { return crossed(l.Cues["purpose_for"], l.Cues["purpose_articles"]) })
)

// find matches re where the sentence has a phrase of each of lists. re begins with the character in front of one of the phrases of begins, or
// with such a phrase at the beginning of the sentence.
func (sc *scene) find(re *regexp.Regexp, begins *openings, lists ...list) []int {
	for _, l := range lists {
		if !sc.says(l) {
			return nil
		}
	}
	from, inWord := 0, false // the character in front
	for i, r := range sc.text {
		if !inWord && begins.may(sc.text[i:]) {
			if at := re.FindStringSubmatchIndex(sc.text[from:]); at != nil {
				for k := range at {
					if at[k] >= 0 {
						at[k] += from
					}
				}
				return at
			}
		}
		from, inWord = i, unicode.IsLetter(r)
	}
	return nil
}

// purpose reads "to replace the DVR" and "for the Oslo project" in a sentence that asks.
func purpose(sc *scene) *string {
	if !sc.asks && sc.action == "" && len(sc.names) == 0 && len(sc.roles) == 0 {
		return nil
	}
	if at := sc.find(purposeTo, toBegins, toLead, toVerbs); at != nil && !hasAddress(sc.text[at[5]:at[3]]) {
		lead, from := lower(sc.text[at[4]:at[5]]), at[2]
		if !soWords.anyPhrase(func(p string) bool { return p == lead }) { // "so that she can …" keeps who
			from = at[5]
		} else if k := strings.LastIndexByte(lead, ' '); k > 0 {
			from += k
		}
		return trimReason(sc.text[from:at[3]])
	}
	if sc.says(forIng) {
		if at := purposeIng.FindStringSubmatchIndex(sc.text); at != nil && !mentions(sc.text[at[2]:at[3]], notPurpose) {
			return trimReason(sc.text[at[2]:at[3]])
		}
	}
	if at := sc.find(purposeFor, forBegins, forArticle); at != nil {
		return trimReason(sc.text[at[2]:purposeEnd(sc, at[3])])
	}
	return nil
}

// comingTo reads what somebody comes to do, whatever the verb: "is coming on 5 May at 9.30 to change our batteries", "has to come and look
// at the noise".
func comingTo(sc *scene) *string {
	come := -1
	for i := range sc.tokens {
		if end := max(sc.starts(i, comes), sc.starts(i, comeWords), sc.starts(i, words.Verbs.of[ScheduleVisit].list)); end > 0 {
			come = end
		}
		t := &sc.tokens[i]
		if come < 0 || i < come || !t.in(toWords) && !(t.in(andWords) && i <= come+1) || i+2 >= len(sc.tokens) {
			continue
		}
		verb := &sc.tokens[i+1]
		if verb.kind != wordToken || verb.text != verb.lower || verb.in(determiners) || verb.in(purposeArticles) || verb.in(words.Pronoun) || verb.in(sites) || verb.in(modals) || verb.in(willWords) || verb.in(finite) || hasDigit(verb.text) || verb.in(words.RoleFiller) {
			continue
		}
		from := verb.start
		if text := sc.text[from:clauseEnd(sc.text, from)]; wordCount(text) >= 3 && !hasAddress(text) {
			return trimReason(text)
		}
	}
	return nil
}

var comeWords = cue("come_words")

// purposeEnd is where a purpose whose noun ends at byte end does, with what it is of: "the relocation of our racks to room 9".
func purposeEnd(sc *scene, end int) int {
	of := slices.IndexFunc(sc.tokens, func(t token) bool { return t.start >= end })
	if of < 0 || !sc.tokens[of].in(purposeOf) {
		return end
	}
	for i := of + 1; i < len(sc.tokens); i++ {
		t := &sc.tokens[i]
		if t.kind != wordToken || t.in(purposeEnds) || t.in(words.Pronouns) || sc.starts(i, words.Ask) > 0 || sc.starts(i, words.Verbs.heads) > 0 {
			return min(t.start, len(sc.text))
		}
	}
	return len(sc.text)
}

var purposeEnds, purposeOf = cue("subjects"), cue("purpose_of")
