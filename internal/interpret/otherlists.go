package interpret

import (
	"slices"
	"strings"
)

var (
	otherLists, listedBy  = cue("other_lists"), cue("listed_by")
	visitorLists, circles = cue("visitor_lists"), cue("circles")
)

// onOtherList returns the token at which p puts somebody on a mailing list or the like, or takes them off: who is there has no access. It is -1 if
// p does not.
func onOtherList(p *passage) int { return listedOn(p, otherLists) }

// listedOn is the token at which p puts somebody on one of lists, or takes them off, -1 if it does not.
func listedOn(p *passage, lists list) int {
	if !p.says(lists) || !p.says(listedBy) {
		return -1
	}
	for k := range p.tokens {
		if p.starts(k, lists) == 0 {
			continue
		}
		for i := k; i > 0; i-- {
			if p.tokens[i-1].in(listedBy) {
				return i - 1
			}
			if !p.tokens[i-1].in(determiners) {
				break
			}
		}
	}
	return -1
}

// listsElsewhere says whether a sentence of p puts somebody on such a list, or takes them off.
func (p *prose) listsElsewhere() bool {
	return p.all.says(otherLists) && slices.ContainsFunc(p.sentences, func(s sentence) bool { return onOtherList(&s.passage) >= 0 })
}

// withoutListings is a text without what it wants of other lists than that of those with access, if something else asks for a role. Where it does not
// tell who is wanted on which, the text stays as it is, and noWish finds nothing in it.
func (rd *reader) withoutListings(text string) string {
	if len(text) > maxProse {
		return text
	}
	p := rd.prose(text)
	if !p.listsElsewhere() {
		return text
	}
	var kept strings.Builder
	asked := false
	for i := range p.sentences {
		s := &p.sentences[i]
		sc := rd.scene(*s)
		at := onOtherList(&s.passage)
		if at < 0 {
			asked = asked || sc.asks && len(sc.roles) > 0
			kept.WriteString(s.text + "\n")
			continue
		}
		if len(rd.book.mentions(s.tokens)) == 0 {
			continue
		}
		before := beforeListing(s, at)
		wish, behind := rd.sceneOf(before), rd.book.mentions(rd.room.scan(s.text[len(before):], s.in).tokens)
		if !wish.asks || len(wish.roles) == 0 || len(behind) > 0 || len(sc.names) > 1 {
			return text
		}
		asked = true
		kept.WriteString(before + ".\n")
	}
	if !asked {
		return text
	}
	return kept.String()
}

// beforeListing is what a sentence says before it goes on to put somebody on a list at token at: "add her as Technician" of "… and put her on the
// mailing list".
func beforeListing(s *sentence, at int) string {
	for k := at; k > 0; k-- {
		if s.tokens[k].in(andWords) && (s.tokens[k+1].in(putVerbs) || s.tokens[k+1].in(verbAdd)) {
			return s.text[:s.tokens[k].start]
		}
	}
	return ""
}

// entersCircle says whether somebody is to be put on such a list, or into such a talk, and gets nothing else: "add Jane Doe in copy".
func entersCircle(sc *scene) bool {
	return len(sc.roles) == 0 && !sc.says(belongings) && sc.says(circles) && inCircle(sc)
}

// leavesCircle says whether somebody is to be taken off a list, or out of a talk, that gives no access: "remove Jane Doe from the visitor list", "from cc".
func leavesCircle(sc *scene) bool {
	if !sc.says(visitorLists, circles) || !sc.saysVerb(words.Verbs.of[RemoveUser]) || len(sc.roles) > 0 {
		return false
	}
	return sc.says(visitorLists) || inCircle(sc)
}

// inCircle says whether a sentence names somebody in front of such a list or talk.
func inCircle(sc *scene) bool {
	if !hasIdeograph(sc.text) {
		at := listedOn(&sc.passage, circles)
		return at > 0 && (sc.within(0, at, objectWords) || slices.ContainsFunc(sc.names, func(n nameSpan) bool { return n.to <= at }))
	}
	for phrase := range circles.runOn() {
		before, _, found := strings.Cut(strings.ToLower(sc.text), phrase)
		if found && slices.ContainsFunc(sc.names, func(n nameSpan) bool { return strings.Contains(before, n.name) }) {
			return true
		}
	}
	return false
}
