package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// In Chinese, Japanese and Korean, a visitor who is named without an address stands between words that are known: "工程師吳承翰將於…",
// "弊社の石田 真一が…", "엔지니어 서민호가 …".

var visitorBefore, visitorBehind = cue("visitor_before"), cue("visitor_behind")

// visitors finds the names of those who come, where known words stand on both sides of them.
func visitors(toks []token) []nameSpan {
	var out []nameSpan
	for i := range toks {
		if t := &toks[i]; t.kind == wordToken && !t.plain && hasIdeograph(t.text) {
			if n, ok := spacedVisitor(toks, i); ok {
				out = append(out, n)
				continue
			}
			for p := range visitorBefore.runOn() {
				at := strings.LastIndex(t.text, p)
				if at < 0 {
					continue
				}
				if n, ok := visitorAt(toks, i, t.text[at+len(p):]); ok && (len(out) == 0 || out[len(out)-1].from < i) {
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// visitorAt reads a name from what the run of letters at token i has behind a word like "our engineer", and the run behind that.
func visitorAt(toks []token, i int, rest string) (nameSpan, bool) {
	next := ""
	if i+1 < len(toks) && toks[i+1].kind == wordToken && !gapHas(toks, i+1) {
		next = toks[i+1].text
	}
	switch {
	case rest != "" && next == "" || rest != "" && !isHan(rest):
		name, ok := untilBehind(rest, 2, 3)
		return nameSpan{name: name, from: i, to: i + 1, within: toks[i].end - len(rest) + len(name)}, ok && isHan(name)
	case rest == "" && isHan(next):
		if utf8.RuneCountInString(next) > 3 || i+2 >= len(toks) || gapHas(toks, i+2) {
			return nameSpan{}, false
		}
		given, ok := untilBehind(toks[i+2].text, 1, 3)
		return nameSpan{name: next + " " + given, from: i + 1, to: i + 3, within: toks[i+2].start + len(given)}, ok && isHan(given)
	case rest == "":
		name, ok := untilBehind(next, 3, 3)
		if ok = ok && allHangul(name); !ok && i+2 < len(toks) && allHangul(next) && utf8.RuneCountInString(next) == 3 && honorificAt(&toks[i+2]) {
			name, ok = next, true
		}
		ok = ok && agrees(name, next) && !words.NotNames.holds(name)
		if !ok {
			return nameSpan{}, false
		}
		return nameSpan{name: name, from: i + 1, to: i + 2, within: toks[i+1].start + len(name)}, true
	case utf8.RuneCountInString(rest) <= 3:
		given, ok := untilBehind(next, 1, 3)
		return nameSpan{name: rest + " " + given, from: i, to: i + 2, within: toks[i+1].start + len(given)}, ok && isHan(given)
	}
	return nameSpan{}, false
}

// untilBehind is what stands in front of a phrase of visitorBehind, if it has from least to most letters.
func untilBehind(run string, least, most int) (string, bool) {
	n := 0
	for at := range run {
		if n >= least && begins(run[at:], visitorBehind) {
			return run[:at], true
		}
		if n++; n > most {
			break
		}
	}
	return "", false
}

// honorificAt says whether a run of letters begins with an honorific, "씨가".
func honorificAt(t *token) bool { return t.kind == wordToken && begins(t.text, words.Honorifics) }

// agrees says whether the particle behind a Korean name is the one that its last syllable asks for, "서민호가" but "김지은이".
func agrees(name, run string) bool {
	last, _ := utf8.DecodeLastRuneInString(name)
	particle, _ := utf8.DecodeRuneInString(run[min(len(name), len(run)):])
	closed := last >= 0xac00 && (last-0xac00)%28 != 0
	switch particle {
	case '가', '는':
		return !closed
	case '이', '은':
		return closed
	}
	return true
}

func isHan(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '々' })
}

// visitTold says whether a sentence tells when somebody it names comes.
func visitTold(sc scene) bool { return sc.action == ScheduleVisit && len(sc.names) > 0 }

// spacedVisitor reads a visitor whose surname and given name stand apart in Japanese, "弊社の田中 健一が伺い", and one joined to another: "健一と鈴木 花子が".
func spacedVisitor(toks []token, i int) (nameSpan, bool) {
	if i+1 >= len(toks) || toks[i+1].kind != wordToken || gapHas(toks, i+1) {
		return nameSpan{}, false
	}
	run, behind := toks[i].text, toks[i+1].text
	for k := range surnameBooks {
		b := &surnameBooks[k]
		if !b.kana {
			continue
		}
		given, ok := b.givenName(behind, i+2 < len(toks) && toks[i+2].kind == markToken)
		at := b.surnameAt(run)
		if !ok || at < 0 || at == 0 && i > 0 && toks[i-1].kind == wordToken && toks[i-1].end == toks[i].start {
			return nameSpan{}, false
		}
		return nameSpan{name: run[at:] + " " + given, from: i, to: i + 2, within: toks[i+1].start + len(given)}, true
	}
	return nameSpan{}, false
}

// surnameAt is where the surname begins that a run of letters ends with, -1 if it ends with none.
func (b *surnameBook) surnameAt(run string) int {
	for at, r := range run {
		if len(run)-at <= maxSurname && longest(b.names, run[at:]) == len(run)-at && len(b.names[r]) > 0 && (at == 0 || b.mayBegin(run, at) || ends(run[:at], visitorBefore)) {
			return at
		}
	}
	return -1
}

// maxSurname is how many bytes the longest surname has.
const maxSurname = 12

// givenName is the given name that a run of letters begins with; closed says that a mark follows the run.
func (b *surnameBook) givenName(run string, closed bool) (string, bool) {
	n := 0
	for at := range run {
		if n > 0 && longest(b.behind, run[at:]) > 0 {
			return run[:at], isHan(run[:at]) && !notGiven(run[:at])
		}
		if n++; n > b.given[1] {
			return "", false
		}
	}
	return run, closed && isHan(run) && !notGiven(run)
}

// holdsNames says whether all of some names are among others.
func holdsNames(all, some []nameSpan) bool {
	return !slices.ContainsFunc(some, func(n nameSpan) bool {
		return !slices.ContainsFunc(all, func(m nameSpan) bool { return m.name == n.name })
	})
}
