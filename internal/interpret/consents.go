package interpret

import (
	"slices"
	"strconv"
	"strings"
)

var (
	ownWords       = cue("own")
	consentVerbs   = cue("consents")
	consentNouns   = cue("consent_nouns")
	consentGives   = cue("consent_gives")
	consentGiven   = cue("consent_given")
	consentHas     = cue("consent_has")
	surely         = cue("surely")
	actLeads       = cue("act_leads")
	acts           = cue("acts")
	mayBe          = cue("may_be")
	acted          = cue("acted")
	mayHave        = cue("may_have")
	isNow          = cue("is_now")
	decidedSo      = cue("decided_so")
	content        = cue("content")
	contentWith    = cue("content_with")
	nothingAgainst = cue("nothing_against")
	statesFact     = cue("states_fact")
	confirmThat    = cue("confirm_that")
	consentSmall   = cue("consent_small")
	refusing       = cue("refuses")
	refusesWith    = cue("refuses_with")
	refused        = cue("refused")
	refuseNot      = cue("refuse_not")
	shallNot       = cue("shall_not")
	getsAccess     = cue("gets_access")
	noneOf         = cue("none_of")
	shall          = cue("shall")
	wantsNot       = cue("wants_not")
	amAgainst      = cue("am_against")
	regrets        = cue("regrets")
	unableTo       = cue("unable_to")
	noTo           = cue("no_to")
	atLeisure      = cue("at_leisure")
)

// step is a part of a form of consent or refusal: a phrase of one of its lists. A loose one may be missing or stand several times.
type step struct {
	lists []list
	loose bool
	// filler stands for people, pronouns and what is asked.
	filler bool
	person bool // is somebody asked about, or a pronoun
	few    bool // stands for up to maxFew words of any kind
	first  bool // nothing stands in front
	start  bool // nothing but small words stands in front
	end    bool // nothing stands behind
	asked  bool // what somebody asked for: "what Yolanda asked for"
	body   bool // a body of people that decides for the author: "our management board"
	role   bool // a role
	asker  bool // a name of nobody asked about
	mine   bool // nothing stands, and no other person than the author is the subject
}

func one(l ...list) step { return step{lists: l} }

func maybe(l ...list) step { return step{lists: l, loose: true} }

var (
	anybody   = step{loose: true, filler: true}
	atFirst   = step{first: true}
	atStart   = step{start: true}
	somebody  = step{person: true}
	someWords = step{few: true}
	atEnd     = step{end: true}
	whatAsked = step{asked: true}
	ourBody   = step{body: true}
	aRole     = step{role: true}
	authors   = step{mine: true}
)

var (
	articled = maybe(words.Decide.Determiners, surely)
	adverbs  = maybe(surely)
)

// consentForms are how English says yes: whole families of words, whatever their order in a mail.
var consentForms = [][]step{
	{one(ownWords), adverbs, one(consentVerbs)},
	{one(ownWords), adverbs, one(consentGives), anybody, one(consentNouns)},
	{one(consentHas), articled, one(consentNouns)},
	{one(consentNouns), adverbs, one(consentGiven)},
	{one(actLeads), adverbs, one(acts)},
	{atStart, one(acts)},
	{one(mayBe), adverbs, one(acted)},
	{one(isNow), adverbs, one(decidedSo)},
	{one(mayHave)},
	{authors, one(content), one(contentWith)},
	{one(content), one(forSomebody)},
	{atStart, one(words.Decide.Approve), atEnd},
	{one(nothingAgainst)},
	{atStart, one(words.Decide.Only), anybody, one(words.Please), atEnd},
	{atStart, one(words.Decide.Yes), one(yesTo), anybody, atEnd},
	{one(actLeads), one(letThem), anybody, one(letIn)},
	{atStart, one(letThem), anybody, one(letIn)},
	{one(actLeads), adverbs, one(partVerbs), anybody, one(partWords)},
	{atStart, one(partVerbs), anybody, one(partWords)},
	{one(actLeads), adverbs, one(letThem, acts), anybody, whatAsked},
	{atStart, one(letThem, acts), anybody, whatAsked},
	{authors, one(content), one(contentWith), anybody, maybe(toBe), adverbs, one(acted)},
	{one(words.Decide.Joins), maybe(words.Please, surely), one(acts)},
	{one(positive)},
	{atStart, one(takesAs), anybody, one(asWords), anybody, one(consentNouns)},
	{atStart, one(takesAs), one(words.Decide.Demonstratives), one(words.Decide.Determiners), one(consentNouns)},
	{one(noWord), adverbs, one(objections)},
	{atStart, one(neitherWord), someWords, one(norOwn), one(objections)},
	{one(noneOf), anybody, one(isNow), maybe(words.Decide.Determiners), one(objections)},
	{one(actLeads), adverbs, one(sendVerbs), anybody, one(sent)},
	{atStart, one(sendVerbs), anybody, one(sent)},
	{one(actLeads), adverbs, one(makeVerbs), somebody, anybody, aRole},
	{atStart, one(makeVerbs), somebody, anybody, aRole},
	{one(wouldLike), somebody, anybody, one(toHave), anybody, one(accessWord, letIn)},
	{one(wouldLike), somebody, anybody, maybe(toBe, toHave), one(acted)},
	{one(wouldLike), one(words.Decide.Both, words.Decide.Demonstratives), anybody, maybe(toBe), one(acted)},
	{ourBody, adverbs, one(bodyConsents)},
	{one(asksYou), adverbs, one(acts)},
	{atStart, one(happyTo), adverbs, one(consentVerbs, acts)},
	{one(wouldLike), one(words.Decide.Both, words.Decide.Demonstratives), anybody, one(toGo)},
}

// refusalForms are how it says no.
var refusalForms = [][]step{
	{one(ownWords), maybe(refusesWith, surely), one(refusing)},
	{atStart, maybe(words.Please, surely), one(refusing)},
	{one(ownWords), adverbs, one(refuseNot), adverbs, one(consentVerbs)},
	{atStart, maybe(words.Please, surely), one(refuseNot), adverbs, one(acts)},
	{one(shallNot), maybe(beWords), one(acted)},
	{one(shallNot), one(getsAccess)},
	{one(noneOf), anybody, one(shall), maybe(beWords), one(acted, getsAccess)},
	{one(isNow, mayBe), adverbs, one(refused)},
	{atStart, maybe(words.Decide.Determiners, words.Decide.Objects), one(refused), atEnd},
	{one(ownWords), adverbs, one(wantsNot)},
	{one(ownWords), adverbs, one(amAgainst)},
	{atStart, one(amAgainst)},
	{ourBody, adverbs, one(bodyRefuses)},
	{atFirst, one(refusalNouns), atEnd},
	{atStart, one(neitherWord), somebody, anybody, one(norWord), somebody, anybody, one(shall, isNow), maybe(beWords), one(acted, getsAccess)},
	{one(regrets), anybody, one(unableTo), adverbs, one(consentVerbs)},
	{one(noTo)},
	{atFirst, one(words.Decide.No), atEnd},
	{atStart, one(words.Decide.BareNot), somebody, atEnd},
	{one(asksYou), maybe(words.Please, surely), one(refusing)},
	{one(ownWords, selfIs), maybe(refusesWith, surely), one(turnVerbs), anybody, one(downWords)},
	{atStart, maybe(words.Please, surely), one(turnVerbs), anybody, one(downWords)},
	{one(resolved), adverbs, one(notTo), adverbs, one(consentVerbs, consentGives, acts)},
	{one(answerIs), one(refusalNouns)},
	{atFirst, one(words.Please), one(refuseNot), atEnd},
}

var (
	sendVerbs    = cue("send_verbs")
	sent         = cue("sent")
	makeVerbs    = cue("makes")
	wouldLike    = cue("would_like")
	toHave       = cue("to_have")
	governs      = cue("governs")
	bodyBefore   = cue("body_before")
	bodyConsents = cue("body_consents")
	bodyRefuses  = cue("body_refuses")
	aboutAny     = cue("about_any")
	happyTo      = cue("happy_to")
	toGo         = cue("to_go")
	forSomebody  = cue("for")
	thatWhich    = cue("that_which")
	requested    = cue("requested")
	toBe         = cue("to_be")
	selfIs       = cue("self_is")
	turnVerbs    = cue("turn_verbs")
	downWords    = cue("down_words")
	resolved     = cue("resolved")
	notTo        = cue("not_to")
	answerIs     = cue("answer_is")
	refusalNouns = cue("refusal_nouns")
	setOut       = cue("set_out")
	partVerbs    = cue("part_verbs")
	partWords    = cue("part_words")
	asksYou      = cue("asks_you")
	norWord      = cue("nor")
	whatWords    = cue("what_asked")
	wasAsked     = cue("was_asked")
	helping      = cue("auxiliaries")
	behalf       = cue("on_behalf")
	bodies       = cue("bodies")
	yesTo        = cue("yes_to")
	noWord       = cue("no_before")
	neitherWord  = cue("neither")
	forNow       = cue("for_now")
	letThem      = cue("let_them")
	letIn        = cue("let_in")
	positive     = cue("positive")
	takesAs      = cue("takes_as")
	objections   = cue("objections")
	norOwn       = cue("nor_own")
)

// maxFew is how many words may stand for anything.
const maxFew = 4

var beWords = cue("be")

// match returns where the form that begins at token i of the sentence ends, 0 if none does.
func (c *consenting) match(i int, form []step) int {
	if len(form) == 0 {
		return i
	}
	s := &form[0]
	switch {
	case s.first:
		if i > 0 {
			return 0
		}
		return c.match(i, form[1:])
	case s.start:
		if !c.opens(i) {
			return 0
		}
		return c.match(i, form[1:])
	case s.end:
		if i < len(c.p.tokens) && !c.small(i, len(c.p.tokens)) {
			return 0
		}
		return c.match(i, form[1:])
	case s.person:
		if i < len(c.p.tokens) && c.isPerson(i) {
			return c.match(max(i+1, c.p.starts(i, people)), form[1:])
		}
		return 0
	case s.body:
		if to := c.bodyAt(i); to >= 0 {
			return c.match(to, form[1:])
		}
		return 0
	case s.role:
		for _, m := range c.roles {
			if m.from == i {
				return c.match(m.to, form[1:])
			}
		}
		return 0
	case s.asker:
		if i < len(c.p.tokens) && startsUpper(c.p.tokens[i].text) && !c.p.tokens[i].in(words.NotNames) {
			return c.match(i+1, form[1:])
		}
		return 0
	case s.mine:
		if c.ofOthers(i) {
			return 0
		}
		return c.match(i, form[1:])
	case s.asked:
		if to := c.asAsked(i); to > 0 {
			return c.match(to, form[1:])
		}
		return 0
	case s.few:
		for k := i + 1; k <= min(i+maxFew, len(c.p.tokens)); k++ {
			if end := c.match(k, form[1:]); end > 0 {
				return end
			}
		}
		return 0
	case s.filler:
		for k := i; k <= len(c.p.tokens); k++ {
			if end := c.match(k, form[1:]); end > 0 {
				return end
			}
			if k == len(c.p.tokens) || !c.smallWord(k) || c.p.tokens[k].in(ofSelf) {
				return 0
			}
		}
		return 0
	}
	if s.loose {
		if end := c.match(i, form[1:]); end > 0 {
			return end
		}
	}
	for _, l := range s.lists {
		if to := c.p.starts(i, l); to > 0 {
			rest := form[1:]
			if s.loose {
				rest = form
			}
			if end := c.match(to, rest); end > 0 {
				return end
			}
		}
	}
	return 0
}

// consenting is a piece of a sentence between marks that is read as consent or refusal.
type consenting struct {
	p     passage
	a     *asides
	lines []AskedLine
	roles []roleMention
	// ofBody: a body of people that decides for the author is the subject, and left out.
	ofBody bool
}

func (a *asides) consenting(toks []token, text string, lines []AskedLine) *consenting {
	p := passage{tokens: toks, text: text}
	p.search(nil)
	return &consenting{p: p, a: a, lines: lines, roles: a.roles.mentions(toks)}
}

// smallWord says whether token i changes nothing beside an approval.
func (c *consenting) smallWord(i int) bool {
	t := &c.p.tokens[i]
	if t.in(words.Decide.Hold) && !t.in(consentSmall) {
		return false // small in one language, and a doubt in another
	}
	if k := i + 2; t.in(asWords) && k < len(c.p.tokens) && c.p.tokens[i+1].in(words.Decide.Determiners) && c.p.starts(k, consentNouns) == 0 && !slices.ContainsFunc(c.roles, func(m roleMention) bool { return m.from <= k && k < m.to }) {
		return false // "I approve of Jan as a person"
	}
	if k := i + 1; t.in(asWords) && k < len(c.p.tokens) && c.p.tokens[k].in(words.Decide.Objects) && !slices.ContainsFunc(c.roles, func(m roleMention) bool { return m.from <= k && k < m.to }) {
		return false // "I endorse her as colleague"
	}
	if t.in(asWords) && i+1 < len(c.p.tokens) && c.p.tokens[i+1].in(colleagues) {
		return false
	}
	name := bearer(t)
	return t.kind == addressToken || t.in(consentSmall) || t.in(surely) || t.in(words.Decide.Objects) || t.in(words.Pronouns) || t.in(words.Please) || t.in(words.Greetings) || t.isTitle() && t.text != strings.ToUpper(t.text) ||
		has(c.a.subjects, name) || c.a.ofReasons(t.lower) || isNumber(strings.TrimLeft(t.lower, "#")) ||
		slices.ContainsFunc(c.roles, func(m roleMention) bool { return i >= m.from && i < m.to }) ||
		len(c.a.subjects) == 0 && i > 0 && startsUpper(t.text) && (c.p.tokens[i-1].isTitle() || i == len(c.p.tokens)-1 && t.text != strings.ToUpper(t.text) && c.p.tokens[i-1].in(yesTo)) // nobody told us the names
}

// asAsked returns where a clause ends that begins at token i and tells what was asked for: "what Yolanda asked for", "as she requested"; 0 if none.
func (c *consenting) asAsked(i int) int {
	if i >= len(c.p.tokens) {
		return 0
	}
	asked := wasAsked
	switch {
	case c.p.tokens[i].in(whatWords):
	case c.p.tokens[i].in(thatWhich): // "the access that Yolanda asked for"
		asked = requested
	default:
		return 0
	}
	if end := c.p.starts(i+1, setOut); i+1 < len(c.p.tokens) && end > 0 && c.p.tokens[i].in(asWords) {
		return end // "as set out below"
	}
	for k := i + 1; k < min(i+maxFew+1, len(c.p.tokens)); k++ {
		if end := c.p.starts(k, asked); end > 0 && k > i+1 {
			return end
		}
		if t := &c.p.tokens[k]; !startsUpper(t.text) && !t.in(words.Pronouns) && !t.in(persons) && !t.in(helping) {
			return 0
		}
	}
	return 0
}

// bodyAt returns where a body ends that begins at token i and decides for the author, -1 if none does.
func (c *consenting) bodyAt(i int) int {
	if i == 0 && c.ofBody {
		return 0
	}
	end := c.p.starts(i, governs)
	if end == 0 || i > 0 && !c.p.tokens[i-1].in(bodyBefore) {
		return -1
	}
	return end
}

// ofOurBody says whether a piece begins with a body that decides for the author: "our board has dealt with it".
func (c *consenting) ofOurBody() bool {
	return c.bodyAt(0) > 0 || len(c.p.tokens) > 1 && c.bodyAt(1) > 1
}

// ofOthers says whether what begins at token i is said of somebody else than the author: "Jane is" in front of "happy with that".
func (c *consenting) ofOthers(i int) bool {
	for i--; i >= 0 && (c.p.tokens[i].in(surely) && !c.p.tokens[i].in(words.Decide.Both) || c.p.tokens[i].in(isNow)); i-- {
		if t := &c.p.tokens[i]; strings.ContainsAny(t.text, "'’") {
			return true // "she's happy with that"
		}
	}
	return i >= 0 && !c.p.tokens[i].in(ownWords) && !c.p.tokens[i].in(words.Decide.Joins) && c.isPerson(i)
}

// onBehalf returns where a phrase ends that begins at token i and tells for what body of people the author speaks; 0 if none.
func (c *consenting) onBehalf(i int) int {
	to := c.p.starts(i, behalf)
	if to == 0 {
		return 0
	}
	for ; to < len(c.p.tokens); to++ {
		t := &c.p.tokens[to]
		if t.in(bodies) {
			return to + 1
		}
		if !t.in(words.Decide.Determiners) && !t.in(consentSmall) {
			return 0
		}
	}
	return 0
}

// isPerson says whether token i is a pronoun or of the name of somebody asked about.
func (c *consenting) isPerson(i int) bool {
	t := &c.p.tokens[i]
	return t.in(people) || c.p.starts(i, people) > 0 || has(c.a.subjects, t.lower) || t.isTitle()
}

var people = cue("persons_meant")

// colleagues are what people are that is no role.
var colleagues = cue("colleagues")

// ofSelf are the author.
var ofSelf = cue("of_self")

// opens says whether an imperative or a lone answer may stand behind the first n tokens.
func (c *consenting) opens(n int) bool {
	for i := range n {
		if t := &c.p.tokens[i]; !t.in(surely) && !t.in(words.Please) && !t.in(words.Decide.Joins) && !t.in(words.Decide.Yes) && !t.in(words.Greetings) && !c.isPerson(i) && !t.in(openers) && !hasDigit(t.text) {
			return false
		}
	}
	return true
}

var openers = cue("opens_answer")

func (c *consenting) small(from, to int) bool {
	for i := from; i < to; i++ {
		if !c.smallWord(i) && !c.requester(i) {
			return false
		}
	}
	return true
}

// requester says whether token i is of the name of somebody who asked: "as requested by Ms Tonelli".
func (c *consenting) requester(i int) bool {
	t := &c.p.tokens[i]
	if slices.ContainsFunc(c.p.tokens[i:], func(t token) bool { return !startsUpper(t.text) }) {
		return false // "as requested by Bob in his mail"
	}
	if i == 0 || !startsUpper(t.text) || t.text == strings.ToUpper(t.text) || t.word > 0 && t.in(words.NotNames) {
		return false
	}
	return c.p.precedes(i, 2, askedBy) || c.requester(i-1)
}

// consents says whether a piece agrees, in words of which every one is known.
func (c *consenting) consents() bool {
	if !slices.ContainsFunc(consentForms, c.holds) || c.bounded() {
		return false
	}
	found := false
	n := len(c.p.tokens)
	for i := 0; i < n; {
		end := c.longest(i, consentForms)
		if end == 0 && found {
			end = max(c.p.starts(i, atLeisure), c.p.starts(i, aboutAny), c.asAsked(i))
		}
		if to := c.onBehalf(i); end == 0 && to > 0 {
			i = to
			continue
		}
		if to := c.p.starts(i, statesFact); end == 0 && !found && to > 0 {
			i = to // "yes that's correct please add her"
			continue
		}
		if end > 0 {
			found, i = true, end
			continue
		}
		if !c.smallWord(i) && !c.requester(i) {
			return false
		}
		i++
	}
	return found
}

// bounded says whether a piece has a phrase that limits, doubts or takes back.
func (c *consenting) bounded() bool {
	leisure := find(&c.p, atLeisure)
	for i := range c.p.tokens {
		if to := c.onBehalf(i); to > 0 {
			leisure = append(leisure, phraseHit{i, to})
		}
	}
	return c.p.says(words.Decide.Limits, words.Decide.Retract, words.Decide.Bounds, forNow) ||
		slices.ContainsFunc(find(&c.p, words.Decide.Hold), func(h phraseHit) bool { return h.to > h.from+1 && !covered(h, leisure) })
}

// holds says whether a piece has a phrase of each part of a form that must have one.
func (c *consenting) holds(form []step) bool {
	for i := range form {
		if s := &form[i]; len(s.lists) > 0 && !s.loose && !c.p.says(s.lists...) {
			return false
		}
	}
	return true
}

func (c *consenting) longest(i int, forms [][]step) int {
	end := 0
	for _, f := range forms {
		end = max(end, c.match(i, f))
	}
	return end
}

// declines says whether a piece refuses: in front of the refusal stands nothing that is not known, and behind it what was asked for.
func (c *consenting) declines() bool {
	if !slices.ContainsFunc(refusalForms, c.holds) {
		return false
	}
	for i := range c.p.tokens {
		if end := c.longest(i, refusalForms); end > 0 {
			again := slices.ContainsFunc(find(&c.p, refusing), func(h phraseHit) bool { return h.from >= end }) // "I don't want to reject her"
			return !again && !c.postpones(end) && (c.namesConsent(end) || !otherObject(c.p.tokens, phraseHit{i, end}, c.a.subjects))
		}
		if !c.smallWord(i) && c.p.starts(i, refusesWith) == 0 && !c.p.tokens[i].in(bodies) {
			return false
		}
	}
	return false
}

// namesConsent says whether what was asked for stands at token i, behind its article: "the authorisation sought".
func (c *consenting) namesConsent(i int) bool {
	for i < len(c.p.tokens) && c.p.tokens[i].in(words.Decide.Determiners) {
		i++
	}
	return max(c.p.starts(i, consentNouns), c.p.starts(i, accessWord)) > 0
}

// supports says whether a piece decides nothing and takes nothing back: thanks, and that what is asked is right.
func (c *consenting) supports() bool {
	if c.bounded() {
		return false
	}
	overdue := c.p.says(shouldHave)
	for i := 0; i < len(c.p.tokens); {
		end := max(c.p.starts(i, statesFact), c.p.starts(i, words.Decide.Yes), c.longest(i, supportForms))
		if end == 0 && overdue {
			end = c.p.starts(i, longSince)
		}
		if end == 0 {
			if !c.smallWord(i) {
				return false
			}
			end = i + 1
		}
		i = end
	}
	return true
}

// unreadASCII are marks with which an answer is not read sentence by sentence.
var unreadASCII = bytesOf("?()[]{}\"/+*=<>~^|_")

// decideSpelledOut reads an answer that no phrase of the lists gives, sentence by sentence: each is a consent or a refusal, of which every word is
// known, or a remark that holds no sign of a condition, doubt, limit, delay or other answer. Otherwise it is nil.
func decideSpelledOut(own string, a *asides, roleOf map[int]string) map[string]Decision {
	own = cheers.Replace(strings.TrimSpace(own))
	if rest, ok := strings.CutPrefix(own, "+1"); ok {
		own = words.Decide.Yes.first() + rest
	}
	if len(a.lines) > 1 && peopleNouns.mayBehindBlank(own) {
		own = countedPeople.ReplaceAllStringFunc(own, func(s string) string {
			if n, _, _ := strings.Cut(s, " "); atoi(n) == len(a.lines) {
				return everybodyAsked.first()
			}
			return s
		})
	}
	if hasAnyByte(own, &unreadASCII) || !isASCII(own) && strings.ContainsAny(own, "“”„«»…") || strings.Contains(own, "..") || strings.Contains(own, ";)") || strings.Contains(own, ";-") || strings.Contains(own, ":P") {
		return nil
	}
	s := &spelling{asides: a, roleOf: roleOf, each: map[int]Decision{}}
	all := answerLines(strings.ReplaceAll(spellOrdinals(own, a.lines), ";", ". "))
	for n, line := range all {
		if n > 1 && n == len(all)-1 && strings.TrimSpace(all[n-1]) == "" && nameLike(line) {
			continue // the author's
		}
		ok := true
		eachSentence(line, func(text string) {
			ok = ok && s.sentence(text, n == 0)
		})
		if !ok {
			return nil
		}
	}
	return s.decisions()
}

var askedBy, everybodyAsked = cue("asked_by"), cue("everybody_asked")

// cheers takes out the signs of a smile.
var cheers = strings.NewReplacer(":-)", " ", ":)", " ", ":-D", " ", ":D", " ", "=)", " ")

// spelling is what the sentences of an answer have said so far.
type spelling struct {
	*asides
	roleOf         map[int]string
	each           map[int]Decision
	all            Decision // for whom no sentence names
	last           []int    // whom was spoken of last
	others         bool     // "the others" were
	rest           Decision // for the others
	alone          []int    // of whom it was said that it is they alone
	denied         []int    // of whom it was said that they are not, and no more
	weak           Decision // a yes or no that decides nothing alone
	wished         bool     // a wish for what is asked stands beside it
	predecessor    bool     // a remark ends with whom somebody comes in the place of
	thanked, spoke bool     // thanks do, or something else
	risky          bool     // a remark might take an approval back

	// some says whether anybody was named, refused whether the sentence in front refuses: of sentences beside an approval.
	some, refused bool
	asking        []int // whom a question in front is about
}

// give takes up a decision on these people; no people are all. It says whether it agrees with what was said.
func (s *spelling) give(d Decision, people []int) bool {
	if len(people) == 0 {
		if s.all != "" && s.all != d {
			return false
		}
		s.all = d
		return true
	}
	for _, n := range people {
		if old, ok := s.each[n]; ok && old != d {
			return false
		}
		s.each[n] = d
	}
	s.last, s.others = people, false
	return true
}

func (s *spelling) decisions() map[string]Decision {
	if s.all == "" && s.rest == "" && len(s.each) == 0 && (s.wished || s.thanked && !s.spoke) && s.weak == Approve {
		s.all = Approve
	}
	if s.all == "" && s.rest == "" && len(s.each) == 0 || s.all != "" && s.rest != "" {
		return nil
	}
	if !s.decideAlone() {
		return nil
	}
	out := map[string]Decision{}
	for _, l := range s.lines {
		d, named := s.each[l.Number]
		switch {
		case named && s.all != "" && d != s.all:
			d = Unclear
		case named:
		case s.all != "" && len(s.each) == 0:
			d = s.all
		case s.rest != "":
			d = s.rest
		default:
			d = Unclear
		}
		if d == Approve && containsInt(s.denied, l.Number) {
			d = Unclear
		}
		if s.risky && d == Approve {
			return nil
		}
		if s.weak != "" && d != s.weak && d != Unclear {
			return nil
		}
		out[strconv.Itoa(l.Number)] = d
	}
	if s.all != "" && len(s.each) == 0 && len(s.denied) == 0 {
		return map[string]Decision{Everything: s.all}
	}
	return out
}

// decideAlone approves those who were named alone. It says whether all others are refused, if anybody was.
func (s *spelling) decideAlone() bool {
	for _, l := range s.lines {
		switch {
		case len(s.alone) == 0:
			return true
		case containsInt(s.alone, l.Number) && s.each[l.Number] == "":
			s.each[l.Number] = Approve
		case containsInt(s.alone, l.Number) || s.each[l.Number] != Reject && (s.each[l.Number] != "" || s.rest != Reject):
			return false
		}
	}
	return true
}
