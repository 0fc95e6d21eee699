package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameSpan is a person's name by token positions.
type nameSpan struct {
	name     string
	from, to int
	titled   bool // a Mr, Ms or Dr stands before it
	within   int  // where in the text the name of a visitor ends whose last run of letters goes on
	runOn    bool // of letters that are written without blanks, known by its surname
	restated bool // behind the same name with the ending of a case
}

var ofWords, ofBefore, caseEndings, alsoNames = cue("of"), cue("of_before"), cue("case_endings"), cue("also_names")

var alsoSurnames, finite = cue("also_surnames"), cue("finite")

// legalForm are what companies end their names with. Those that may be surnames, too, count only in capitals.
var (
	legalForm = newList("gmbh", "ohg", "gbr", "oyj", "ltd", "limited", "plc", "llc", "llp", "inc", "corp", "sarl", "sprl", "srl", "s.r.l", "s.p.a",
		"s.a", "s.l", "s.a.s", "ltda", "lda", "b.v", "n.v", "bvba", "vof", "şti", "a.ş", "s.r.o", "kft", "zrt", "d.o.o")
	legalCapitals = newList("ag", "kg", "ug", "ab", "oy", "asa", "aps", "sas", "spa", "bv", "nv", "sa", "sl", "as", "aş", "ооо", "оао", "зао", "пао", "ао")
)

func isLegalForm(t *token) bool {
	return startsUpper(t.text) && t.in(legalForm) || t.in(legalCapitals) && allLarge(t.text)
}

// isTitle says whether t is a Mr, Ms or Dr, with a stop or without.
func (t *token) isTitle() bool {
	if t.joints&(stop|hyphen) != 0 {
		return isTitle(t.lower)
	}
	return t.in(words.Titles)
}

// isOfSomebody says whether a word is what somebody has: "the account of Jane Doe".
func isOfSomebody(t *token) bool {
	return t.in(ofBefore) || t.in(belongings) || t.in(ownRegistration) || t.in(things)
}

// nameAt reads a person's name at toks[i:]: capitalised words, with particles and initials between them.
func nameAt(toks []token, i int, taken []bool) (nameSpan, bool) {
	span := nameSpan{from: i}
	for i < len(toks) && toks[i].kind == wordToken && toks[i].isTitle() && !taken[i] {
		span.titled = true
		i++
		if i < len(toks) && toks[i].text == "." {
			i++
		}
	}
	if i > 0 && i+1 < len(toks) && toks[i].in(ofWords) && toks[i].text == toks[i].lower && isOfSomebody(&toks[i-1]) && startsUpper(toks[i+1].text) {
		return nameSpan{}, false // "the account of Jane Doe": the name begins behind it
	}
	if i+2 < len(toks) && isOfSomebody(&toks[i]) && toks[i+1].in(ofWords) && startsUpper(toks[i+2].text) {
		return nameSpan{}, false // "Rolle von Jane Doe"
	}
	if i+2 < len(toks) && toks[i].in(ofWords) && toks[i].text == toks[i].lower && startsUpper(toks[i+1].text) && startsUpper(toks[i+2].text) && !gapHas(toks, i+2) {
		return nameSpan{}, false // "do convite da Joana Melo"
	}
	if i < len(toks) && isIdeographic(toks[i].text) && (toks[i].in(jobTitles) || toks[i].in(words.Honorifics) || givenAlone(toks, i)) {
		return nameSpan{}, false
	}
	if wishBegins(toks, i) {
		return nameSpan{}, false
	}
	start, last, capitals := i, -1, 0
	possessive := false
	for ; i < len(toks) && toks[i].kind == wordToken && !taken[i] && !possessive; i++ {
		t := &toks[i]
		if i > start && gapHas(toks, i) {
			break
		}
		word := t.lower
		if t.joints&apostrophe != 0 {
			word = withoutEnding(word)
		}
		switch {
		case capitals > 1 && t.in(andWords) && i+2 < len(toks) && fullNameBehind(toks, i):
			goto done // "Ana Berg y Juan Pan": one name is "Ramón y Cajal"
		case i > start && t.text == t.lower && t.in(words.Particles):
		case i > start && capitals > 0 && largeParticle(toks, i):
		case i > start && word == t.lower && t.in(alsoSurnames) && startsUpper(t.text) && !allLarge(t.text):
			capitals++
			last = i
		case (word == t.lower && t.in(words.NotNames) || word != t.lower && words.NotNames.holds(word)) && !(i == start && alsoName(toks, i)) && !(i > start && shownLast(toks, i)):
			goto done
		case i > start && t.in(jobTitles) && lastHonour(toks, i):
			goto done
		case i > start && last == i-1 && lastHonour(toks, i):
			last, possessive = i, true
		case t.named:
			if i > start {
				goto done
			}
			capitals += 2
			last, possessive = i, true
		case isIdeographic(t.text):
			if hangulName(toks, i) {
				goto done // "입사한 박지훈": a whole name stands behind it
			}
			name, within := runOnPart(toks, i, start)
			if i > start && last == i-1 && utf8.RuneCountInString(t.text) == 1 && besideAddress(toks, i) {
				name, within = t.text, false // a given name of one letter, "田中 優(yu.tanaka@…)"
			}
			if name == "" || !nameRun(toks, i) {
				goto done
			}
			capitals += 2
			last, possessive = i, within && !strings.HasSuffix(t.text, name) // "弊社の小林 直樹" goes on
		case (startsUpper(t.text) || prefixed(t.text)) && !hasDigit(t.text):
			capitals++
			last = i
			possessive = word != t.lower
		case t.in(words.Particles) && (i > start || i+1 < len(toks) && startsUpper(toks[i+1].text) && !t.in(determiners) && !t.in(andWords)): // in German, "den" begins no name, nor does "y" in Spanish
		default:
			goto done
		}
	}
done:
	if last < 0 || capitals < 2 {
		return nameSpan{}, false
	}
	last = withoutEmployer(toks, start, last)
	if isLegalForm(&toks[last]) || last+1 < len(toks) && isLegalForm(&toks[last+1]) {
		return nameSpan{}, false // "Kylteknik AB"
	}
	if last == start+1 && plainWord(toks[start].text) && plainWord(toks[last].text) && !toks[start].in(words.Titles) && !toks[last].in(words.Honorifics) {
		span.name, span.to = toks[start].text+" "+toks[last].text, last+1
		return span, true
	}
	parts := make([]string, 0, last-start+1)
	for k := range toks[start : last+1] {
		t := &toks[start+k]
		if t.named {
			span.runOn = true
		} else if isIdeographic(t.text) {
			name, _ := runOnPart(toks, start+k, start)
			if name == "" {
				name = t.text
			}
			parts = append(parts, name)
			continue
		}
		parts = append(parts, withoutEnding(t.text))
	}
	if head, tail, ok := strings.Cut(strings.ReplaceAll(parts[0], "’", "'"), "'"); ok && len(head) == 1 && head == strings.ToLower(head) && len(parts) > 1 {
		parts[0] = tail // "le niveau d'Aline Robert"
	}
	name, ok := cleanName(strings.Join(parts, " "))
	span.name, span.to = name, last+1
	return span, ok && last+1-start <= 7
}

// fullNameBehind says whether two large words stand behind token i.
func fullNameBehind(toks []token, i int) bool {
	return startsUpper(toks[i+1].text) && startsUpper(toks[i+2].text) && !gapHas(toks, i+1) && !gapHas(toks, i+2)
}

// largeParticle says whether token i is a particle written large in front of the rest of a surname: "Paolo De Luca", "Ana De La Cruz".
func largeParticle(toks []token, i int) bool {
	for ; i+1 < len(toks) && toks[i].in(words.Particles) && startsUpper(toks[i].text); i++ {
		next := &toks[i+1]
		if next.kind != wordToken || gapHas(toks, i+1) || !startsUpper(next.text) {
			return false
		}
		if !next.in(words.NotNames) && !next.in(words.Particles) {
			return true
		}
	}
	return false
}

// wishBegins says whether token i is no part of the name behind it but the verb that a sentence begins with: "Dodajcie Jana Nowaka".
func wishBegins(toks []token, i int) bool {
	return i == 0 && len(toks) > 2 && toks[0].in(words.Verbs.heads) && startsUpper(toks[1].text) && startsUpper(toks[2].text) && !gapHas(toks, 1) && !gapHas(toks, 2) && !shownBehind(toks, 0)
}

// withoutEmployer is where a name that ends at token last ends without the company that its bearer is of, "Jeroen Kuipers van Koeltechniek
// Delta": two large words behind two of the name and a word like this.
func withoutEmployer(toks []token, start, last int) int {
	for k := start + 2; k+2 <= last; k++ {
		if toks[k].in(ofEmployer) && startsUpper(toks[k+1].text) && startsUpper(toks[k+2].text) && startsUpper(toks[k-2].text) && !besideAddress(toks, last) {
			return k - 1
		}
	}
	if k := last - 1; k >= start+2 && companyAt(toks, start, k) {
		return k - 1
	}
	return last
}

// besideVisit is how many tokens around a name tell whether it is a visitor's.
const besideVisit = 40

// maxAcronym is how many capitals a company's name has that is no surname in capitals.
const maxAcronym = 4

// companyAt says whether the word behind token k, which ends what looks like a name, is the company of a visitor: "Peter Pan von Nordkabel kommt".
// No company is what can be a surname there, "Juan García de León", nor what stands behind two given names, "Jan Willem van Dijk".
func companyAt(toks []token, start, k int) bool {
	family, company := &toks[k-1], &toks[k+1]
	if !toks[k].in(ofVisitors) || toks[k].text != toks[k].lower || !startsUpper(family.text) || len(family.text) < 3 || allLarge(toks[start].text) || words.givenNames.of(family.lower) > 0 || words.particleSurnames.of(company.lower) > 0 {
		return false
	}
	if besideAddress(toks, k+1) {
		address := slices.IndexFunc(toks[k+1:], func(t token) bool { return t.kind == addressToken }) + k + 1
		if local, _, _ := strings.Cut(toks[address].lower, "@"); !belongs(toks[address].lower, family.text) || strings.Contains(fold(local), fold(company.text)) {
			return false
		}
	}
	if allLarge(company.text) && utf8.RuneCountInString(company.text) <= maxAcronym {
		return true // "John Smith di DHL"
	}
	around := toks[max(0, start-besideVisit):min(len(toks), k+besideVisit)]
	return slices.ContainsFunc(around, func(t token) bool { return t.in(comes) || t.in(words.Verbs.of[ScheduleVisit].list) })
}

var ofEmployer, ofVisitors = cue("of_employer"), cue("of_visitors")

// alsoName says whether token i is a given name that is a small word, too: "Una Walsh", "Per Dahl". Within a sentence such a word is
// written large only as a name.
func alsoName(toks []token, i int) bool {
	if !startsUpper(toks[i].text) || allLarge(toks[i].text) || i+1 >= len(toks) || !startsUpper(toks[i+1].text) || words.NotNames.holds(toks[i+1].lower) {
		return false
	}
	if !toks[i].in(alsoNames) {
		return shownBehind(toks, i)
	}
	for k := i + 2; k < len(toks) && k < i+8; k++ { // the address shows it
		if toks[k].kind == addressToken && belongs(toks[k].lower, toks[i].lower) {
			return true
		}
	}
	if i == 0 && len(toks) > 2 && toks[2].in(finite) {
		return true // "May Young doesn't need …": a verb that asks would be followed by another form
	}
	return i == 0 && len(toks) == 2 || i > 0 && toks[i-1].kind == wordToken && !startsUpper(toks[i-1].text)
}

// shownBehind says whether the address that stands behind the words at token i begins with the first of them and shows the next:
// "Can Demir (can.demir@…)".
func shownBehind(toks []token, i int) bool {
	first := fold(toks[i].text)
	for k := i + 2; k < len(toks) && k <= i+5; k++ {
		if toks[k].kind == addressToken {
			return len(first) >= 2 && strings.HasPrefix(fold(toks[k].text), first) && belongs(toks[k].text, toks[i+1].text)
		}
		if toks[k].kind == wordToken && !startsUpper(toks[k].text) {
			return false
		}
	}
	return false
}

// shownLast says whether the address that stands right behind the word at token i shows it: "Peter Pan (peter.pan@…)".
func shownLast(toks []token, i int) bool {
	for k := i + 1; k < len(toks) && k <= i+2; k++ {
		if toks[k].kind == addressToken {
			return startsUpper(toks[i].text) && belongs(toks[k].text, toks[i].text)
		}
		if toks[k].kind == wordToken {
			return false
		}
	}
	return false
}

// withoutEnding takes the ending that an apostrophe joins off a word: "Doe's", and the cases of Turkish, "Şahin'i".
func withoutEnding(w string) string {
	i := max(strings.LastIndexByte(w, '\''), strings.LastIndex(w, "’"))
	if i <= 0 {
		return w
	}
	if end := strings.TrimLeft(w[i:], "'’"); caseEndings.holds(end) {
		return w[:i]
	}
	return w
}

// honoured says whether a run of letters has an honorific in it, 様 or 님.
func honoured(run string) bool {
	for h := range words.Honorifics.runOn() {
		if strings.Index(run, h) > 0 {
			return true
		}
	}
	return false
}

// prefixed says whether a word is a surname behind a small article, "al-Rashid", "d'Angelo".
func prefixed(s string) bool {
	head, tail, ok := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(s, "’", "-"), "'", "-"), "-")
	return ok && utf8.RuneCountInString(head) <= 3 && head == strings.ToLower(head) && startsUpper(tail)
}

// gapHas says whether something other than a blank stands between token i and the one before.
func gapHas(toks []token, i int) bool { return toks[i].start-toks[i-1].end != 1 }

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// names finds the names of a sentence; taken marks tokens that belong to something else (roles).
func names(toks []token, taken []bool) []nameSpan {
	var out []nameSpan
	for i := 0; i < len(toks); {
		if toks[i].small() {
			i++
			continue
		}
		if span, ok := nameAt(toks, i, taken); ok {
			out = append(out, span)
			i = span.to
			continue
		}
		i++
	}
	return out
}

// small says whether no name begins with t, at first sight: an everyday word written small, a number, a mark or an address.
func (t *token) small() bool {
	if t.kind != wordToken {
		return true
	}
	c := t.text[0]
	return t.plain && (c >= 'a' && c <= 'z' || isDigit(c)) && t.joints&(hyphen|apostrophe) == 0 && !t.in(words.Particles) && !t.isTitle()
}

var noNameMarks = bytesOf("0123456789@:;?!()<>/*=|\"\t")

// isFullName says whether s is a name of two words or more and nothing else, written with capitals.
func isFullName(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxNameBytes || hasAnyByte(s, &noNameMarks) {
		return false
	}
	r := lend()
	defer r.giveBack()
	toks := r.tokenize(s)
	span, ok := nameAt(toks, 0, make([]bool, len(toks)))
	return ok && span.to == len(toks)
}

// maxNameBytes bounds what can be a name with its titles.
const maxNameBytes = 400
