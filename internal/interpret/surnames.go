package interpret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A full name within a run of letters is known by its surname, and by the words in front of it and behind it: "请为李丽开通权限",
// "佐藤花子を技術者として", "김민수의 계정". Where two readings are left, it is no name.

// surnameList are the surnames of a language without blanks between words, and what stands around full names.
type surnameList struct {
	// Kana tells Japanese from Chinese: only the former has kana in a sentence, and there a name ends with its letters.
	Kana   bool     `yaml:"kana"`
	Given  [2]int   `yaml:"given"` // least and most letters of a given name
	Names  []string `yaml:"names"`
	Behind []string `yaml:"behind"`
	None   []string `yaml:"none"`   // words that look like names and begin no name
	NoEnd  []string `yaml:"no_end"` // letters that end no name
	Theirs []string `yaml:"theirs"` // behind a name: somebody else is meant
}

// surnameBook is surnameList by the runes that they begin with.
type surnameBook struct {
	kana, hangul bool
	given        [2]int
	noEnd        map[rune]bool

	names, behind, none, theirs map[rune][]string
}

func newSurnameBook(w surnameList) surnameBook {
	byFirst := func(list []string) map[rune][]string {
		m := map[rune][]string{}
		for _, s := range list {
			r, _ := utf8.DecodeRuneInString(s)
			m[r] = append(m[r], s)
		}
		return m
	}
	b := surnameBook{kana: w.Kana, hangul: allHangul(w.Names[0]), given: w.Given, names: byFirst(w.Names), behind: byFirst(w.Behind), none: byFirst(w.None), theirs: byFirst(w.Theirs), noEnd: map[rune]bool{}}
	for _, s := range w.NoEnd {
		r, _ := utf8.DecodeRuneInString(s)
		b.noEnd[r] = true
	}
	return b
}

// longest is how many bytes the longest phrase of m has that s begins with.
func longest(m map[rune][]string, s string) int {
	r, _ := utf8.DecodeRuneInString(s)
	n := 0
	for _, p := range m[r] {
		if len(p) > n && strings.HasPrefix(s, p) {
			n = len(p)
		}
	}
	return n
}

// Nobody writes more letters than maxRun bytes without a mark, or names more people than maxMarked in a sentence: what cutting costs grows with both.
const (
	maxRun    = 1200
	maxMarked = 40
)

// markNames cuts the runs of letters among the tokens of the sentence s, those of r from first on, where full names begin and end.
func (r *room) markNames(first int, s string) {
	kana, runs := false, false
	for i := first; i < len(r.tokens); i++ {
		if t := &r.tokens[i]; t.kind == wordToken && !t.plain && hasIdeograph(t.text) {
			runs, kana = true, kana || strings.ContainsFunc(t.text, isHiragana)
		}
	}
	if !runs {
		return
	}
	marked := 0
	for i := first; i < len(r.tokens) && marked < maxMarked; i++ {
		t := r.tokens[i]
		if t.kind != wordToken || t.plain || len(t.text) > maxRun || !hasIdeograph(t.text) {
			continue
		}
		for k := range surnameBooks {
			b := &surnameBooks[k]
			if hangul := allHangul(t.text); b.hangul != hangul || !hangul && b.kana != kana {
				continue
			}
			if from, to, ok := b.find(s, r.tokens[first:], i-first); ok {
				i = r.cutAt(i, from, to)
				marked++
			}
			break
		}
	}
}

// cutAt cuts the word at token i into what stands in front of a name, the name, and what stands behind it. It returns where the name is.
func (r *room) cutAt(i, from, to int) int {
	whole := r.tokens[i]
	piece := func(from, to int) token {
		t := token{plain: false, joints: anyJoint, text: whole.text[from:to], lower: whole.lower[from:to], start: whole.start + from, end: whole.start + to}
		t.word = phraseIndex.words.of(t.lower)
		t.lists = phraseIndex.listsOf(t.word)
		return t
	}
	var pieces []token
	if from > 0 {
		pieces = append(pieces, piece(0, from))
	}
	name := piece(from, to)
	name.named = true
	pieces = append(pieces, name)
	if to < len(whole.text) {
		pieces = append(pieces, piece(to, len(whole.text)))
	}
	r.tokens = append(r.tokens[:i], append(pieces, r.tokens[i+1:]...)...)
	if from > 0 {
		return i + 1
	}
	return i
}

// find finds the first full name in the run of letters at token i of the sentence s.
func (b *surnameBook) find(s string, toks []token, i int) (from, to int, ok bool) {
	run := toks[i].text
	for at, r := range run {
		if len(b.names[r]) == 0 || at > 0 && !b.mayBegin(run, at) {
			continue
		}
		if end, found := b.nameEnd(run, at, toks, i); found && longest(b.theirs, s[toks[i].start+end:]) == 0 {
			return at, end, true
		}
	}
	return 0, 0, false
}

// mayBegin says whether a name may begin at run[at:], within the run.
func (b *surnameBook) mayBegin(run string, at int) bool {
	if last, _ := utf8.DecodeLastRuneInString(run[:at]); b.kana && isHiragana(last) {
		return true
	}
	return endsWithOne(&runOnWords.before, run[:at]) || endsWithOne(&runOnWords.joins, run[:at])
}

func endsWithOne(p *runOnPhrases, s string) bool {
	if !p.end(s) {
		return false
	}
	for _, phrase := range p.list {
		if strings.HasSuffix(s, phrase) {
			return true
		}
	}
	return false
}

// nameEnd is where the name ends that begins at run[at:]: in front of the longest words that may follow a name. Where those of two ends are as long,
// nobody knows.
func (b *surnameBook) nameEnd(run string, at int, toks []token, i int) (end int, ok bool) {
	if longest(b.none, run[at:]) > 0 {
		return 0, false
	}
	first, _ := utf8.DecodeRuneInString(run[at:])
	best, tie := -1, false
	for _, surname := range b.names[first] {
		given, found := strings.CutPrefix(run[at:], surname)
		if !found {
			continue
		}
		n := 0
		for k, r := range given {
			if !b.hangul && !unicode.Is(unicode.Han, r) && r != '々' {
				break
			}
			if n++; n > b.given[1] {
				break
			}
			stop := at + len(surname) + k + utf8.RuneLen(r)
			if n < b.given[0] || b.kana && utf8.RuneCountInString(surname)+n < 3 || b.noEnd[r] {
				continue
			}
			size, may := b.mayEnd(run, at, stop, toks, i)
			if !may || b.kana && longest(b.none, given) > 0 || notGiven(given[:k+utf8.RuneLen(r)]) {
				continue
			}
			switch {
			case stop == end:
			case size == best:
				tie = true
			case size > best:
				end, best, tie = stop, size, false
			}
		}
	}
	return end, best >= 0 && !tie
}

// notGiven says whether what follows a surname is what people are called besides, or what they are.
func notGiven(s string) bool {
	return words.Honorifics.holds(s) || jobTitles.holds(s) || words.NotNames.holds(s)
}

// mayEnd says whether a name that begins at run[at:] may end at run[:stop], and how many bytes the words behind it have that tell it.
func (b *surnameBook) mayEnd(run string, at, stop int, toks []token, i int) (size int, ok bool) {
	rest := run[stop:]
	switch {
	case rest == "" && b.hangul:
		return 0, calledAround(toks, i)
	case rest == "" && i+1 < len(toks) && toks[i+1].kind != markToken && toks[i+1].start == toks[i].end:
		return 0, at > 0 // "请添加王志为Technician", "请删除李丽和max@…"
	case rest == "":
		return len(run), at > 0 // no word that joins stands in front of a mark
	}
	next, _ := utf8.DecodeRuneInString(rest)
	size = longest(b.behind, rest)
	switch {
	case b.hangul: // the particle is the rest of the word
		return size, size == len(rest) && agrees(run[:stop], run)
	case b.kana && unicode.Is(unicode.Han, next): // a name ends with its letters, or in front of an honorific
		return size, size > 0
	}
	return size, size > 0
}

// calledAround says whether the word at token i stands in front of an honorific or the title of a job, or behind one.
func calledAround(toks []token, i int) bool {
	if i+1 < len(toks) && toks[i+1].kind == wordToken && toks[i+1].start-toks[i].end == 1 && (begins(toks[i+1].text, words.Honorifics) || begins(toks[i+1].text, jobTitles)) {
		return true
	}
	return i > 0 && toks[i-1].kind == wordToken && toks[i].start-toks[i-1].end == 1 && runOnBefore.holds(toks[i-1].text)
}

var surnameBooks []surnameBook

func gatherSurnames(languages []lexicon) {
	for i := range languages {
		if w := languages[i].Surnames; len(w.Names) > 0 {
			surnameBooks = append(surnameBooks, newSurnameBook(w))
		}
	}
}
