package interpret

import (
	"regexp"
	"slices"
	"strings"
)

// Reasons that words of reason tell: "because …", "Reason: …", "for …".

// statedReason finds the reason that scenes, read as one piece, give for all.
func (rd *reader) statedReason(scenes []scene) *string {
	worded, colon := false, false
	for i := range scenes {
		worded = worded || scenes[i].says(reasonWords)
		colon = colon || strings.IndexByte(scenes[i].text, ':') >= 0
	}
	if !worded && !colon {
		return nil
	}
	var b strings.Builder
	for i := range scenes {
		b.WriteString(scenes[i].text)
		b.WriteByte(' ')
	}
	all := b.String()
	if !mayLabelReason(scenes) && !holdsAny(lowerInPlace(all), reasonLead) {
		return nil // sharedReason would find none, once it has read all again
	}
	return rd.sharedReason(all)
}

// holdsAny says whether a phrase of l stands anywhere in s.
func holdsAny(s string, l list) bool {
	return l.anyPhrase(func(p string) bool { return strings.Contains(s, p) })
}

// mayLabelReason says whether a word in front of a colon, or the first one of a sentence that may go on to one, asks for the reason.
func mayLabelReason(scenes []scene) bool {
	begun := false
	for i := range scenes {
		text := scenes[i].text
		begun = begun || reasonLabel(firstField(text))
		for from := 0; ; {
			at := strings.IndexByte(text[from:], ':')
			if at < 0 {
				break
			}
			from += at
			if begun || strings.TrimSpace(text[:from]) == "" || reasonLabel(text[:from]) {
				return true
			}
			from++
		}
	}
	return false
}

// because returns what follows a connective of reason in a sentence.
func because(sc *scene) *string {
	if !sc.says(words.Because) {
		return nil
	}
	low := lowerInPlace(sc.text)
	for _, said := range connectivesIn(low) {
		c := said.text
		i := indexBetweenBlanks(low, c) - 1
		if i < -1 {
			continue
		}
		from := i + 1 + len(c)
		if sc.partOf(words.Ask, i+1, from) || sc.partOf(words.AtPresent, i+1, from) || sc.partOf(noBecause, i+1, from) {
			continue // "we want": want is because in another language; "as he is now"; "bin damit Ihr Ansprechpartner"
		}
		if strings.HasPrefix(c, "as ") || strings.HasPrefix(c, "da ") {
			from = i + 1 + 3
		}
		if strings.HasPrefix(c, "as ") && strings.Count(c, " ") == 1 && i >= 0 && low[i-min(i, 1)] != ',' {
			continue
		}
		if c == "since" && i >= 0 && !sinceSo(low[from:]) {
			continue // "since Monday"
		}
		if v := clean(untilAsked(sc, sc.text[from:])); v != nil && !(strings.HasPrefix(c, "as ") && standsAs(sc, *v)) {
			return v
		}
	}
	return nil
}

var noBecause = cue("no_because")

// connective is one of reason, and its place in their list.
type connective struct {
	text  string
	place int
}

// connectives are those of reason by their first words.
var connectives map[string][]connective

func indexConnectives() {
	connectives = map[string][]connective{}
	place := 0
	for c := range words.Because.phrases() {
		first, _, _ := strings.Cut(c, " ")
		connectives[first] = append(connectives[first], connective{c, place})
		place++
	}
}

// connectivesIn are those that stand in a text in small letters, behind a blank or at its beginning and in front of a blank, in the order of
// their list.
func connectivesIn(low string) []connective {
	var out []connective
	for at := 0; ; {
		first, _, more := strings.Cut(low[at:], " ")
		if !more {
			break
		}
		for _, c := range connectives[first] {
			if rest, ok := strings.CutPrefix(low[at:], c.text); ok && strings.HasPrefix(rest, " ") && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		at += len(first) + 1
	}
	slices.SortFunc(out, func(a, b connective) int { return a.place - b.place })
	return out
}

// minReason is how many words stand in front of a wish that no mark parts from its reason.
const minReason = 4

// sinceSo says whether what follows since tells what is so, not from when on: its first word is a pronoun or determines a noun.
func sinceSo(behind string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(behind, " "), " ")
	p := scan(first)
	return p.says(sinceFollows, words.Pronouns, theyWords)
}

var sinceFollows = cue("since_follows")

// untilAsked is what stands behind a connective up to the clause that asks: "in view of the above, it is requested that …".
func untilAsked(sc *scene, text string) string {
	all := sc.in.scan(text)
	if !all.says(words.Ask) {
		return text
	}
	for i, c := range clauses(text) {
		part := sc.in.scan(text[c.from:c.to])
		if i > 0 && asksItself(&part) {
			return text[:c.from]
		}
	}
	for i := range all.tokens { // "as our finance department has a new head I kindly ask you to …"
		if i >= minReason && all.tokens[i].in(purposeEnds) && all.starts(i+1, words.Ask) > 0 {
			return text[:all.tokens[i].start]
		}
	}
	return text
}

// indexBetweenBlanks finds phrase between blanks in s, else at its beginning in front of one; -1 if it stands at neither place.
func indexBetweenBlanks(s, phrase string) int {
	first := -1
	for from := 0; ; {
		i := strings.Index(s[from:], phrase)
		if i < 0 {
			return first
		}
		i += from
		if end := i + len(phrase); end < len(s) && s[end] == ' ' {
			if i > 0 && s[i-1] == ' ' {
				return i
			}
			if i == 0 {
				first = 0
			}
		}
		from = i + 1
	}
}

// partOf says whether the text from byte from to byte to is part of a longer phrase of l.
func (p *passage) partOf(l list, from, to int) bool {
	for _, h := range p.hits {
		first, last := p.tokens[h.from].start, p.tokens[h.to-1].end
		if h.lists.has(l.bit) && first <= from && last >= to && last-first > to-from {
			return true
		}
	}
	return false
}

// greeted is a greeting in front of what a sentence says.
var (
	greeted          *regexp.Regexp
	greetingOpenings *openings
	greets           *openings // the first words of greetings
)

func compileGreeting() {
	greetingOpenings = openingsOf(words.Greetings.phrases())
	greets = openingsOf(firstWords(words.Greetings.phrases()))
	greeted = regexp.MustCompile(`(?i)^` + oneOf(words.Greetings.phrases()) + `(?:[^\pL][^,.!]{0,20})?[,!]\s+`)
}

func clean(s string) *string {
	if strings.ContainsAny(s, ",!") && greetingOpenings.may(s) {
		s = greeted.ReplaceAllString(s, "")
	}
	s = strings.Trim(onOneLine(s), " ,;:–—-.!?，、。！\"")
	if strings.Count(s, " ") < 2 && !hasIdeograph(s) {
		return nil
	}
	return &s
}
