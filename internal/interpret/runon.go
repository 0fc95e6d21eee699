package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Chinese, Japanese and Korean write words without blanks between them, so that a name can stand within a longer run of letters.

var runOnJoins = cue("runon_joins")

var runOnBefore, runOnBehind, noNameHolds = cue("runon_before"), cue("runon_behind"), cue("no_name_holds")

// maxRunOnName is the length of a name in such letters, in runes.
const maxRunOnName = 6

// runOnWords are the phrases of scripts without blanks that stand around names, and those that no name holds.
var runOnWords struct{ before, verbs, behind, no, joins runOnPhrases }

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
	for _, a := range everyAction {
		verbs = slices.AppendSeq(verbs, words.Verbs.of[a].runOn())
	}
	for _, l := range []list{words.Ask, words.Pronoun, ofOne, words.Greetings, noNameHolds} {
		no = slices.AppendSeq(no, l.runOn())
	}
	w := &runOnWords
	w.before = newRunOnPhrases(append(slices.Collect(runOnBefore.runOn()), verbs...))
	w.behind = newRunOnPhrases(slices.AppendSeq(slices.Collect(runOnBehind.runOn()), words.Honorifics.runOn()))
	w.verbs, w.no = newRunOnPhrases(verbs), newRunOnPhrases(no)
	w.joins = newRunOnPhrases(slices.Collect(runOnJoins.runOn()))
}

// runOnPlace is where a run of letters stands. Letters that are small words in Chinese are parts of names elsewhere: 由紀恵, 前田, 拓也, 正和.
type runOnPlace struct {
	given    bool // behind the surname: nothing stands in front of a name in it, and one letter is a name
	first    bool // the given name follows: one letter is a surname
	japanese bool // in a sentence with kana: no such letter is a word
	closed   bool // in front of the bracket with an address: no such letter stands behind the name
	// behindOther: behind the bracket with the address of somebody else, to whom a letter may join the name.
	behindOther bool
}

var closeBrackets = newList(")", ">", "）", "＞", "]", "］", "】")

var openBrackets = newList("(", "<", "（", "＜", "[", "［", "【")

// runOnAt tells it of token i, in a name that begins at token start.
func runOnAt(toks []token, i, start int) runOnPlace {
	at := runOnPlace{given: i > start, first: i == start && givenBehind(toks, i), closed: i+1 < len(toks) && toks[i+1].in(openBrackets) && besideAddress(toks, i)}
	at.behindOther = i == start && i > 1 && toks[i-1].in(closeBrackets) && toks[i-2].kind == addressToken
	for k := max(0, i-3); k < len(toks) && k <= i+6 && !at.japanese; k++ {
		at.japanese = !toks[k].plain && strings.ContainsFunc(toks[k].text, isHiragana)
	}
	return at
}

func isHiragana(r rune) bool { return unicode.Is(unicode.Hiragana, r) }

// letterAlone says whether a phrase is one Chinese letter.
func letterAlone(p string) bool {
	return utf8.RuneCountInString(p) == 1 && isHan(p) && !words.Honorifics.holds(p)
}

// surnameBehind is what follows the last kana of a run that a given name follows, "東都電設株式会社の大久保 亮様": "" if it is no surname.
func surnameBehind(toks []token, i int) string {
	if i+1 >= len(toks) || gapHas(toks, i+1) || !hasIdeograph(toks[i+1].text) || !besideAddress(toks, i+1) && !honoured(toks[i+1].text) {
		return ""
	}
	at := strings.LastIndexFunc(toks[i].text, isHiragana)
	if at < 0 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(toks[i].text[at:])
	name := toks[i].text[at+size:]
	if n := utf8.RuneCountInString(name); n < 1 || n > 3 || !isHan(name) || labelField(name) != "" || words.Honorifics.holds(name) {
		return ""
	}
	return name
}

// runOnName takes off a run of letters what stands around a name in it, "请添加王小明" and "小林大輔さんを"; "" if no name can be left.
func runOnName(run string, at runOnPlace) (name string, cut bool) {
	name = run
	if at.behindOther {
		for _, p := range runOnWords.joins.list {
			if rest, ok := strings.CutPrefix(name, p); ok && utf8.RuneCountInString(rest) > 1 {
				name = rest
				break
			}
		}
	}
	if at.given && at.japanese {
		name = beforeHonorific(run)
	}
	for changed := true; changed && !at.given && runOnWords.before.begin(name); {
		changed = false
		for _, p := range runOnWords.before.list {
			if rest, ok := strings.CutPrefix(name, p); ok && rest != "" && !(at.japanese && letterAlone(p)) {
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
	if at.closed {
		name = withoutJobTitle(name)
	}
	least := 2
	if at.japanese && (at.given || at.first) {
		least = 1
	}
	for changed, cut := true, false; changed && runOnWords.behind.end(name); {
		changed = false
		for _, p := range runOnWords.behind.list {
			rest, ok := strings.CutSuffix(name, p)
			if n := utf8.RuneCountInString(rest); !ok || n < least || n == 2 && cut && allHangul(rest) || (at.japanese || at.closed) && letterAlone(p) {
				continue // "최지은을": 은 is no particle but part of the name
			}
			name, changed, cut = rest, true, true
		}
	}
	if n := utf8.RuneCountInString(name); n < least || n > maxRunOnName {
		if !strings.ContainsRune(name, '・') && !isKatakana(name) {
			return "", true
		}
	}
	if small := lower(name); runOnWords.no.within(small) {
		if slices.ContainsFunc(runOnWords.no.list, func(p string) bool { return strings.Contains(small, p) }) {
			return "", true
		}
	}
	if begins(name, roleBehind) || jobTitles.holds(name) || words.NotNames.holds(lower(name)) || labelField(name) != "" || extraLabel(name) != "" {
		return "", true
	}
	return name, name != run
}

// runOnPart is what the run of letters at token i has of a name that begins at token start.
func runOnPart(toks []token, i, start int) (name string, cut bool) {
	if wholeRun(toks, i) {
		return toks[i].text, false
	}
	if i == start {
		if surname := surnameBehind(toks, i); surname != "" {
			return surname, surname != toks[i].text
		}
	}
	return runOnName(toks[i].text, runOnAt(toks, i, start))
}

// withoutJobTitle takes the title of a job off what stands in front of a bracket with an address, "王小明主管", where a name is left.
func withoutJobTitle(run string) string {
	longest := ""
	for p := range jobTitles.runOn() {
		if rest, ok := strings.CutSuffix(run, p); ok && utf8.RuneCountInString(rest) >= 2 && len(p) > len(longest) {
			longest = p
		}
	}
	return strings.TrimSuffix(run, longest)
}

// givenAlone says whether the run of letters at token i is the rest of a name that the run in front of it begins, as far as nobody knows
// what that run ends with: "…橋本 拓也".
func givenAlone(toks []token, i int) bool {
	if i == 0 || toks[i-1].kind != wordToken || !isIdeographic(toks[i-1].text) || gapHas(toks, i) || allHangul(toks[i].text) {
		return false
	}
	if utf8.RuneCountInString(beforeHonorific(toks[i].text)) > 2 {
		return false
	}
	for _, p := range runOnWords.before.list {
		if strings.HasSuffix(toks[i-1].text, p) {
			return false
		}
	}
	return true
}

// beforeHonorific is what a run of letters has in front of its first honorific, "亮" of "亮様が…"; the run if it has none.
func beforeHonorific(run string) string {
	end := len(run)
	for h := range words.Honorifics.runOn() {
		if at := strings.Index(run, h); at > 0 && at < end {
			end = at
		}
	}
	return run[:end]
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

var jobTitles = cue("job_titles")

// lastHonour says whether token i is an honorific or the title of a job by itself, in front of an address: "김민준 님(minjun@…)".
func lastHonour(toks []token, i int) bool {
	return i < len(toks) && toks[i].kind == wordToken && isIdeographic(toks[i].text) && (words.Honorifics.holds(toks[i].text) || toks[i].in(jobTitles)) && besideAddress(toks, i)
}

// hangulName says whether the word behind token i is a whole Korean name by itself: one of three syllables in front of an address.
// Surnames have one or two.
func hangulName(toks []token, i int) bool {
	if i+1 >= len(toks) || gapHas(toks, i+1) || !besideAddress(toks, i+1) && !lastHonour(toks, i+2) || toks[i+1].in(jobTitles) || utf8.RuneCountInString(toks[i].text) < 3 {
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
	if honoured(toks[i].text) || lastHonour(toks, i+1) {
		return true
	}
	if besideAddress(toks, i) {
		return toks[i+1].kind != addressToken || knownSurname(toks, i)
	}
	if standsAlone(toks, i) {
		return true
	}
	for _, t := range toks {
		if t.kind != wordToken || !isIdeographic(t.text) {
			return givenBehind(toks, i)
		}
	}
	return len(toks) <= 3
}

// knownSurname says whether the run of letters at token i may be a name right in front of an address, with no bracket between: one that begins with a
// surname, a foreign one, or three letters and a blank. "寄给", "先日" and "어제" are none.
func knownSurname(toks []token, i int) bool {
	name, _ := runOnName(toks[i].text, runOnAt(toks, i, i))
	if toks[i].named || isKatakana(name) || strings.ContainsRune(name, '・') {
		return true
	}
	if i > 0 && toks[i-1].kind == wordToken && isIdeographic(toks[i-1].text) && !gapHas(toks, i) {
		return true // the rest of a name
	}
	if isHan(name) && utf8.RuneCountInString(name) >= 3 && toks[i+1].start > toks[i].end {
		return true
	}
	return name != "" && slices.ContainsFunc(surnameBooks, func(b surnameBook) bool { return longest(b.names, name) > 0 })
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

// givenBehind says whether a run with the given name stands behind token i: beside an address, or up to an honorific.
func givenBehind(toks []token, i int) bool {
	if i+1 >= len(toks) || !isIdeographic(toks[i+1].text) || gapHas(toks, i+1) {
		return false
	}
	given := beforeHonorific(toks[i+1].text)
	return besideAddress(toks, i+1) || lastHonour(toks, i+2) && !gapHas(toks, i+2) || given != toks[i+1].text && isHan(given) && utf8.RuneCountInString(given) <= 3
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
	if isASCII(run) {
		return false // each has a letter of such a script
	}
	for p := range l.runOn() {
		if strings.HasPrefix(run, p) {
			return true
		}
	}
	return false
}

func ends(run string, l list) bool {
	if isASCII(run) {
		return false
	}
	for p := range l.runOn() {
		if strings.HasSuffix(run, p) {
			return true
		}
	}
	return false
}
