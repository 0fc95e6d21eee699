package interpret

import (
	"regexp"
	"slices"

	"github.com/countersign/countersign/internal/replytext"
)

// A covering note above a mail of somebody else: whether it wishes that the mail be done, and for whom.

var (
	processing, backing = cue("processes"), cue("backs")
	points, leavesOut   = cue("points_below"), cue("leaves_out")
	pointsForwarded     = cue("points_forwarded")
	asksNews            = cue("asks_news")
	othersWords         = cue("all_of_them")
)

// forwardSubject is how mail programs begin the subject of a mail that is passed on; some set no mark above its text.
var forwardSubject = regexp.MustCompile(`(?i)^\s*(?:fwd?|wg|tr|rv|enc|vb|pd|vl|doorst|i)\s*:`)

// maxBare is how many words a note has at most that only asks to process what stands below.
const maxBare = 6

// backs says whether a covering note wishes that the mail below be done: a wish or a word of support that points to it, and no question
// whether. What somebody forwards is what they point to, whatever they call it.
func (rd *reader) backs(parts replytext.Parts) bool {
	wish, asks, supports, pointed := false, false, false, false
	forwarded := parts.Forwarded != "" || len(rd.m.Forwarded) > 0 || parts.Quoted != "" && forwardSubject.MatchString(rd.m.Subject)
	all := &rd.prose(parts.Own).all
	if all.says(asksNews) {
		return false
	}
	for _, s := range rd.prose(rd.body(parts.Own)).sentences {
		points := s.says(points) || forwarded && s.says(pointsForwarded)
		ask := s.says(words.Ask) || s.says(backing)
		wish = wish || (points || s.says(words.Refer)) && ask
		asks = asks || s.says(words.Ask)
		supports = supports || s.says(backing)
		pointed = pointed || points
		if s.question && !s.says(words.Ask) || s.says(words.Doubt, words.Decide.Reject) || refuses(&s.passage) && !s.says(leavesOut) {
			return false
		}
	}
	if forwarded && asks && all.words() <= maxBare && all.says(processing) && !all.says(words.Not) {
		return true // "Please process, thanks."
	}
	if supports && (forwarded || pointed) {
		return true // "Fine by me, go ahead."
	}
	if asks && pointed && forwarded {
		return true // "This is what Jane wants. Could you see to it?"
	}
	return wish || asks && (rd.callsAuthorBelow(parts) || rd.asksForThem(parts.Own))
}

// leftBy are those of a list whom the own words do not leave out: "leave out Jane, Raj can be added". sure is false where they restrict
// something and it cannot be told what.
func (rd *reader) leftBy(own string, list []Request) (left []Request, sure bool) {
	named := make([]bool, len(list))
	out := make([]bool, len(list))
	for _, s := range rd.prose(own).sentences {
		said := false // somebody was called in the sentence
		for _, c := range clauses(s.text) {
			sc := rd.sceneOf(s.text[c.from:c.to])
			restricts := sc.says(words.Restrict, leavesOut)
			called := false
			for i, q := range list {
				if q.Name == nil || !calledIn(&sc, *q.Name) {
					continue
				}
				called, named[i] = true, true
				out[i] = out[i] || restricts && !sc.says(pickOnly)
				if restricts && sc.says(pickOnly) {
					for k := range list {
						out[k] = out[k] || k != i && !named[k]
					}
				}
			}
			first := nextWord(sc.tokens, -1)
			tells := said && first < len(sc.tokens) && (sc.tokens[first].in(words.Pronouns) || sc.tokens[first].in(ofThem)) // ", his contract is not signed yet"
			if restricts && !called && !tells && (len(list) > 1 || concerns(&sc)) {
				return nil, false
			}
			said = said || called
		}
	}
	for i, q := range list {
		if !out[i] {
			left = append(left, q)
		}
	}
	return left, len(left) > 0 || len(list) == 0
}

// concerns says whether a clause that restricts something may speak of the people below, their roles or addresses: "not urgent" does not.
func concerns(sc *scene) bool {
	return hasObject(sc) || len(sc.roles) > 0 || sc.says(words.Pronoun, words.Verbs.heads, othersWords, belongings, roleNouns) ||
		slices.ContainsFunc(sc.tokens, func(t token) bool { return t.kind == wordToken && (hasDigit(t.text) || words.Picks[t.lower] > 0) })
}

// tellsWish says whether a sentence of a mail that somebody else backs tells what is to become of somebody: there it need not ask, "I propose
// to have Jane Doe put on the list".
func tellsWish(sc *scene) bool {
	return !sc.question && hasObject(sc) && !sc.says(goneWords, words.Not, thanking, heldBefore, heldWith) && (len(sc.names) > 0 && len(assignedRoles(sc)) > 0 || placed(sc))
}

// callsSomebodyElse says whether a covering note asks to add somebody by one name whom the list does not have: "register Jane with the data
// from his message".
func (rd *reader) callsSomebodyElse(own string, list []Request) bool {
	for _, s := range rd.prose(own).sentences {
		for i := 1; i < len(s.tokens); i++ {
			t := &s.tokens[i]
			if !s.tokens[i-1].in(verbAdd) || t.kind != wordToken || !startsUpper(t.text) || *t.lists != noLists {
				continue
			}
			if !slices.ContainsFunc(list, func(q Request) bool { return q.Name != nil && partOfName(t.text, *q.Name) }) {
				return true
			}
		}
	}
	return false
}
