package interpret

import (
	"cmp"
	"slices"
	"strings"
)

// Where no word of a mail introduces a reason, it is what the author tells besides the wish: people write of nothing else to a support
// desk. What belongs to the letter itself, to how somebody is reached or to what stays as it is tells nothing.
var (
	aboutLetter = cue("about_letter")
	smallTalk   = cue("small_talk")
)

// minRemaining is how many words tell something.
const minRemaining = 4

// remaining is what sentences tell besides the wish for p: of p first, then beside the wish itself, in front of it, behind it.
func (rd *reader) remaining(scenes []scene, p person) *string {
	if !inEnglish(scenes) {
		return nil
	}
	wish := p.sent
	for i := range scenes {
		if scenes[i].action != "" {
			wish = i
			break
		}
	}
	order := []int{wish}
	for i := wish - 1; i >= 0; i-- {
		order = append(order, i)
	}
	for i := wish + 1; i < len(scenes); i++ {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(bit(!tellsOfOne(&scenes[a], p)), bit(!tellsOfOne(&scenes[b], p)))
	})
	for _, i := range order {
		sc := &scenes[i]
		if ofAnother(scenes, i, p) || sc.question && i != wish || conditional(sc) || ofNobodyYet(sc) && i < p.sent || i == len(scenes)-1 && rd.signsOff(scenes, i) {
			continue
		}
		if v := rd.told(sc, p); v != nil && !rd.givesNoReason(*v, p) && !besideThePoint(sc, *v, p) {
			return v
		}
	}
	return nil
}

// tellsOfOne says whether a sentence that asks nothing names p, or begins with a pronoun.
func tellsOfOne(sc *scene, p person) bool {
	if sc.asks || p.name == "" || len(sc.tokens) == 0 {
		return false
	}
	return calledIn(sc, p.name) || sc.tokens[0].in(words.Pronouns)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// inEnglish says whether sentences are of a language that tells what belongs to a letter.
func inEnglish(scenes []scene) bool {
	return slices.ContainsFunc(scenes, func(sc scene) bool { return sc.says(letterWords) })
}

var letterWords = cue("letter_words")

// told is the longest run of clauses of a sentence that tell something.
func (rd *reader) told(sc *scene, p person) *string {
	best, begin, last := span{}, -1, 0
	flush := func() {
		if begin >= 0 && last-begin > best.to-best.from {
			best = span{begin, last}
		}
		begin = -1
	}
	for _, c := range clauses(sc.text) {
		if rd.tellsMore(sc.text[c.from:c.to], p) {
			if begin < 0 {
				begin = c.from
			}
			last = c.to
			continue
		}
		flush()
	}
	flush()
	if best.to == 0 {
		return nil
	}
	if at := rd.sceneOf(sc.text[best.from:best.to]); at.words() < minRemaining {
		return nil
	}
	return trimReason(sc.text[best.from:best.to])
}

// tellsMore says whether a clause asks for nothing, gives nobody an address or a role, and is not of the letter itself.
func (rd *reader) tellsMore(text string, p person) bool {
	sc := rd.sceneOf(text)
	if first := nextWord(sc.tokens, -1); first < len(sc.tokens) && (sc.tokens[first].in(whoWords) || sc.tokens[first].in(asWords)) || len(sc.roles) > 0 && (len(sc.names) > 0 || sc.says(words.Pronoun)) || namesOnly(&sc) {
		return false
	}
	if sc.action != "" || sc.words() < 3 || ofTheMail(&sc) || tellsFacts(&sc, p) || asksItself(&sc.passage) && !ofAuthor(&sc) || sc.says(noBackground, words.NoReason, factOnly, calledWords, thanking, words.Doubt, roleDoubt, keepWords, aboutLetter, smallTalk, evidentSuffices) {
		return false
	}
	if p.action != ResendInvitation && sc.says(statesNothing) || p.action != RemoveUser && sc.saysVerb(words.Verbs.of[RemoveUser]) || refuses(&sc.passage) || sc.says(words.Greetings) || !hasVerb(&sc) {
		return false
	}
	for i := range sc.tokens {
		if sc.tokens[i].kind == addressToken {
			if _, ok := adjacentName(&sc, i); !ok || len(sc.tokens)-i < minRemaining {
				return false
			}
		}
	}
	for _, g := range assignedRoles(&sc) {
		if len(sc.names) > 0 || sc.precedes(g.from, 3, asWords) {
			return false
		}
	}
	return !slices.ContainsFunc(sc.names, func(n nameSpan) bool { return p.name != "" && !sameName(n.name, p.name) && p.action == AddUser })
}

// ofAuthor says whether a clause begins with what its author has to do, "I shall be in court", and asks nothing of the reader.
func ofAuthor(sc *scene) bool {
	first := nextWord(sc.tokens, -1)
	return first < len(sc.tokens) && sc.starts(first, needsTo) > 0 && len(sc.names) == 0 && len(sc.roles) == 0 && !sc.says(evidentAccess)
}

var saidPast = cue("said_past")

// hasVerb says whether a clause has a word that looks like a verb behind another one.
func hasVerb(sc *scene) bool {
	for i := range sc.tokens {
		t := &sc.tokens[i]
		if t.in(finite) && t.lower != "and" && t.lower != "no" || t.in(copulas) || t.in(auxiliaries) || contracted(t) || i > 0 && t.in(saidPast) {
			return true
		}
		if t.kind == wordToken && t.text == t.lower && len(t.text) > 3 && (strings.HasSuffix(t.lower, "s") || strings.HasSuffix(t.lower, "ed")) && (i == 0 || !sc.tokens[i-1].in(determiners)) {
			return true
		}
	}
	return sc.says(tellsWhy)
}

// contracted says whether a word ends with a verb cut short: "I'm", "we'll", "won't".
func contracted(t *token) bool {
	at := strings.LastIndexAny(t.lower, "'’")
	return at > 0 && contractions.holds(strings.TrimLeft(t.lower[at:], "'’"))
}

var contractions = cue("contractions")
