package interpret

import "strings"

var unfitWords, fitVerbs, apartFrom = cue("unfit"), cue("fit_verbs"), cue("apart_from")

const (
	// maxUnfit is how many words stand at most between a role and what tells that it is not right.
	maxUnfit = 5
	// maxRoleNoun is how many words may belong to a role's name behind it, "technician level".
	maxRoleNoun = 2
)

// unfit says whether a role is named as one that is not right for somebody, so that nobody is given it: "technician is no longer the right
// thing for him", "she shouldn't be a main contact", "needs another level than technician".
func unfit(sc *scene, m roleMention) bool {
	if !sc.says(unfitWords, apartFrom) {
		return false
	}
	if sc.precedes(determined(sc, m.from), 2, apartFrom) {
		return true
	}
	k := m.to
	for k < len(sc.tokens) && k < m.to+maxRoleNoun && sc.tokens[k].in(words.RoleAfter) {
		k++
	}
	if sc.starts(k, fitVerbs) == 0 {
		return false
	}
	end := k
	for end < len(sc.tokens) && end < k+maxUnfit && sc.tokens[end].kind == wordToken {
		end++
	}
	return sc.within(k, end, unfitWords)
}

// arrows point from what somebody has to what they are to get.
var arrows = []string{"->", "-->", "=>", "==>", "→", "⇒", ">", ">>"}

// pointsTo says whether nothing but an arrow stands between tokens from and to.
func pointsTo(sc *scene, from, to int) bool {
	return from > 0 && from < to && to < len(sc.tokens) && has(arrows, strings.TrimSpace(sc.text[sc.tokens[from-1].end:sc.tokens[to].start]))
}
