package interpret

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
