package interpret

import "strings"

// What points back to a reason: "Our editor is away in May, which is why we want …", "The list can't stay as it is, that's the whole reason."

var (
	pointsBack, pointedNouns = cue("points_back"), cue("pointed_nouns")
	pointsAlone              = cue("points_alone")
)

// maxPointed is how many words stand between "that's" and "reason".
const maxPointed = 2

// pointer is where words that point back to a reason end which begin at token i, 0 if none do: what they are followed by a colon or a
// copula they do not point back to.
func pointer(sc *scene, i int) int {
	if end := sc.starts(i, pointsAlone); end > 0 {
		return end
	}
	end := sc.starts(i, pointsBack)
	if end == 0 {
		return 0
	}
	for k := end; k < len(sc.tokens) && k <= end+maxPointed && sc.tokens[k].kind == wordToken; k++ {
		if noun := sc.starts(k, pointedNouns); noun > 0 {
			if noun < len(sc.tokens) && (sc.tokens[noun].text == ":" || sc.tokens[noun].in(copulas)) {
				return 0
			}
			return noun
		}
	}
	return 0
}

// pointedAt returns the reason to which words in scenes point back: the clauses in front of them, else the sentence in front.
func (rd *reader) pointedAt(scenes []scene) *string {
	for i := range scenes {
		sc := &scenes[i]
		if sc.question || !sc.says(pointsBack, pointsAlone) {
			continue
		}
		for k := range sc.tokens {
			if k > 0 && sc.tokens[k-1].kind == wordToken || pointer(sc, k) == 0 {
				continue
			}
			if front := strings.TrimSpace(sc.text[:sc.tokens[k].start]); front != "" {
				return rd.lastTold(front)
			}
			if i > 0 && !scenes[i-1].question {
				return rd.lastTold(scenes[i-1].text)
			}
		}
	}
	return nil
}

// lastTold is what the clauses at the end of a text tell that ask for nothing.
func (rd *reader) lastTold(text string) *string {
	from := len(text)
	spans := clauses(text)
	for i := len(spans) - 1; i >= 0; i-- {
		part := rd.sceneOf(text[spans[i].from:spans[i].to])
		if asksItself(&part.passage) || ofTheMail(&part) || len(assignedRoles(&part)) > 0 || part.says(words.Greetings) {
			break
		}
		from = spans[i].from
	}
	if told := text[from:]; len(strings.Fields(told)) >= minRemaining {
		return trimReason(told)
	}
	return nil
}

// ofNoneAlone says whether a reason speaks of none of people by itself.
func ofNoneAlone(rd *reader, reason string, people []person) bool {
	if mentions(reason, ofOne) {
		return false
	}
	sc := rd.sceneOf(reason)
	for i := range people {
		if people[i].name != "" && calledIn(&sc, people[i].name) {
			return false
		}
	}
	return true
}
