package interpret

import (
	"strconv"
	"strings"
)

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
