package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Chinese, Japanese and Korean write words without blanks between them, so that a name can stand within a longer run of letters.

var runOnBefore, runOnBehind = cue("runon_before"), cue("runon_behind")

// maxRunOnName is the length of a name in such letters, in runes.
const maxRunOnName = 6

// runOnWords are the phrases of scripts without blanks that stand around names, and those that no name holds.
var runOnWords struct{ before, verbs, behind, no runOnPhrases }

// runOnPhrases are phrases with the runes that they begin and end with: most runs of letters have none of these there.
type runOnPhrases struct {
	list        []string
	first, last map[rune]bool
}

func newRunOnPhrases(list []string) runOnPhrases {
	p := runOnPhrases{list, map[rune]bool{}, map[rune]bool{}}
	for _, s := range list {
		first, _ := utf8.DecodeRuneInString(s)
		last, _ := utf8.DecodeLastRuneInString(s)
		p.first[first], p.last[last] = true, true
	}
	return p
}

// begin says whether one of the phrases may stand at the beginning of s.
func (p *runOnPhrases) begin(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return p.first[first]
}

// end says whether one of the phrases may stand at the end of s.
func (p *runOnPhrases) end(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return p.last[last]
}

// within says whether one of the phrases may stand in s.
func (p *runOnPhrases) within(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return p.first[r] })
}

func gatherRunOnWords() {
	var verbs, no []string
	for _, a := range []Action{AddUser, RemoveUser, ChangeRole, ResendInvitation, ScheduleVisit} {
		verbs = slices.AppendSeq(verbs, words.Verbs.of[a].runOn())
	}
	for _, l := range []list{words.Ask, words.Pronoun, ofOne, words.Greetings} {
		no = slices.AppendSeq(no, l.runOn())
	}
	w := &runOnWords
	w.before = newRunOnPhrases(append(slices.Collect(runOnBefore.runOn()), verbs...))
	w.behind = newRunOnPhrases(slices.AppendSeq(slices.Collect(runOnBehind.runOn()), words.Honorifics.runOn()))
	w.verbs, w.no = newRunOnPhrases(verbs), newRunOnPhrases(no)
}

// runOnName takes off a run of letters what stands around a name in it, "请添加王小明" and "小林大輔さんを"; "" if no name can be left.
func runOnName(run string) (name string, cut bool) {
	name = run
	for changed := true; changed && runOnWords.before.begin(name); {
		changed = false
		for _, p := range runOnWords.before.list {
			if rest, ok := strings.CutPrefix(name, p); ok && rest != "" {
				name, changed = rest, true
			}
		}
	}
	if runOnWords.verbs.within(name) {
		for _, v := range runOnWords.verbs.list {
			if i := strings.Index(name, v); i > 0 {
				name = name[:i]
			}
		}
	}
	for changed, cut := true, false; changed && runOnWords.behind.end(name); {
		changed = false
		for _, p := range runOnWords.behind.list {
			rest, ok := strings.CutSuffix(name, p)
			if n := utf8.RuneCountInString(rest); !ok || n < 2 || n == 2 && cut && allHangul(rest) {
				continue // "최지은을": 은 is no particle but part of the name
			}
			name, changed, cut = rest, true, true
		}
	}
	if n := utf8.RuneCountInString(name); n < 2 || n > maxRunOnName {
		if !strings.ContainsRune(name, '・') && !isKatakana(name) {
			return "", true
		}
	}
	if small := lower(name); runOnWords.no.within(small) {
		if slices.ContainsFunc(runOnWords.no.list, func(p string) bool { return strings.Contains(small, p) }) {
			return "", true
		}
	}
	if begins(name, roleBehind) || words.NotNames.holds(lower(name)) || labelField(name) != "" || extraLabel(name) != "" {
		return "", true
	}
	return name, name != run
}

// givenAlone says whether the run of letters at token i is the rest of a name that the run in front of it begins, as far as nobody knows
// what that run ends with: "…橋本 拓也".
func givenAlone(toks []token, i int) bool {
	if i == 0 || toks[i-1].kind != wordToken || !isIdeographic(toks[i-1].text) || gapHas(toks, i) || utf8.RuneCountInString(toks[i].text) > 2 || allHangul(toks[i].text) {
		return false
	}
	for _, p := range runOnWords.before.list {
		if strings.HasSuffix(toks[i-1].text, p) {
			return false
		}
	}
	return true
}

// allHangul says whether s is written in Korean letters alone.
func allHangul(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) })
}

// wholeRun says whether the run of letters at token i is a whole Korean name: three syllables right in front of the bracket with the
// address, where no particle stands, or in front of an honorific there.
func wholeRun(toks []token, i int) bool {
	if utf8.RuneCountInString(toks[i].text) != 3 || !allHangul(toks[i].text) || honoured(toks[i].text) {
		return false
	}
	if lastHonour(toks, i+1) {
		i++
	}
	return i+1 < len(toks) && toks[i+1].in(brackets) && besideAddress(toks, i)
}

// lastHonour says whether token i is an honorific by itself, in front of an address: "김민준 님(minjun@…)".
func lastHonour(toks []token, i int) bool {
	return i < len(toks) && toks[i].kind == wordToken && isIdeographic(toks[i].text) && words.Honorifics.holds(toks[i].text) && besideAddress(toks, i)
}

// hangulName says whether the word behind token i is a whole Korean name by itself: one of three syllables in front of an address.
// Surnames have one or two.
func hangulName(toks []token, i int) bool {
	if i+1 >= len(toks) || gapHas(toks, i+1) || !besideAddress(toks, i+1) || utf8.RuneCountInString(toks[i].text) < 3 {
		return false
	}
	return allHangul(toks[i].text) && allHangul(toks[i+1].text) && utf8.RuneCountInString(toks[i+1].text) >= 3
}

func isKatakana(s string) bool {
	n := 0
	for _, r := range s {
		if r < 0x30a0 || r > 0x30ff {
			return false
		}
		n++
	}
	return n >= 2 && n <= 16
}

// nameRun says whether the run of letters at token i can be a person's name: an address or an honorific says so, or it stands alone.
func nameRun(toks []token, i int) bool {
	if besideAddress(toks, i) || honoured(toks[i].text) || lastHonour(toks, i+1) {
		return true
	}
	if standsAlone(toks, i) {
		return true
	}
	for _, t := range toks {
		if t.kind != wordToken || !isIdeographic(t.text) {
			return i+1 < len(toks) && isIdeographic(toks[i+1].text) && !gapHas(toks, i+1) && besideAddress(toks, i+1)
		}
	}
	return len(toks) <= 3
}

// maxHan is how many letters a name has that stands in a text of other letters.
const maxHan = 4

// standsAlone says whether the run of letters at token i is a name that a text of other letters calls somebody by: "our engineer 刘海涛".
func standsAlone(toks []token, i int) bool {
	if i == 0 {
		return false
	}
	for k := range toks {
		if k != i && hasIdeograph(toks[k].text) {
			return false
		}
	}
	before := &toks[i-1]
	if n := utf8.RuneCountInString(toks[i].text); n < 2 || n > maxHan || !isHan(toks[i].text) && !allHangul(toks[i].text) {
		return false
	}
	return before.in(personNouns) || before.in(loneBefore) || before.in(words.Titles) || before.in(calledWords)
}

// besideAddress says whether an address stands behind token i or in the bracket that follows it.
func besideAddress(toks []token, i int) bool {
	for k := i + 1; k < len(toks) && k <= i+3; k++ {
		if toks[k].kind == addressToken {
			return true
		}
		if toks[k].kind == wordToken {
			return false
		}
	}
	return false
}

// begins says whether a run of letters begins with a phrase of a list; ends, whether it ends with one.
func begins(run string, l list) bool {
	for p := range l.runOn() {
		if strings.HasPrefix(run, p) {
			return true
		}
	}
	return false
}

func ends(run string, l list) bool {
	for p := range l.runOn() {
		if strings.HasSuffix(run, p) {
			return true
		}
	}
	return false
}
