package interpret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/replytext"
)

// withoutAnswerWords takes from the names of the people asked about the words that are answers or numbers themselves.
// Whoever is called "Approve" or "1" by a requester must not be named by everybody who approves, or approves the first.
func withoutAnswerWords(lines []AskedLine) []AskedLine {
	out := slices.Clone(lines)
	for i := range out {
		names := strings.Fields(out[i].Name)
		names = slices.DeleteFunc(names, func(name string) bool {
			parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
			return len(parts) == 0 || slices.ContainsFunc(parts, func(w string) bool { return isAnswerWord(key(w)) }) ||
				!isASCII(name) && slices.ContainsFunc(nameKey(name), isAnswerWord) // as they are looked for: without marks
		})
		out[i].Name = strings.Join(names, " ")
	}
	return out
}

func isAnswerWord(word string) bool {
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return true // a number, or nothing that one could say
	}
	if decidingWords.whole.of(word) > 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(word)
	return slices.ContainsFunc(decidingWords.begun[r], func(stem string) bool { return strings.HasPrefix(word, stem) })
}

// decidingWords are the words by which something is decided in some language, and the beginnings of such by their first letters.
var decidingWords struct {
	whole wordTable
	begun map[rune][]string
}

func indexDeciding(tongues []*tongue) {
	d := &decidingWords
	d.begun = map[rune][]string{}
	for _, t := range tongues {
		for _, p := range t.phrases() {
			switch p.kind {
			case approveItem, yesItem, rejectItem, targetItem:
				d.whole.add(t.words(p))
				if r, _ := utf8.DecodeRuneInString(t.words(p)); p.open {
					d.begun[r] = append(d.begun[r], t.words(p))
				}
			}
		}
	}
	d.whole.pack()
}

// withoutOwnName takes the author's name off the end of each line that it signs behind a mark, "APPROVED - ODETTE T.", where nobody asked
// about is called like that.
func withoutOwnName(parts replytext.Parts, author string, asked []AskedLine) replytext.Parts {
	parts.Own = unsigned(parts.Own, author, asked)
	parts.Interleaved = slices.Clone(parts.Interleaved)
	for i := range parts.Interleaved {
		parts.Interleaved[i].Own = unsigned(parts.Interleaved[i].Own, author, asked)
	}
	return parts
}

// maySign says whether a line may end with a name behind a mark: its last word has a capital, or letters of other scripts.
func maySign(line string) bool {
	line = strings.TrimRightFunc(line, unicode.IsSpace)
	last := line[strings.LastIndexFunc(line, unicode.IsSpace)+1:]
	return (!isASCII(last) || lowerASCII(last) != last) && strings.ContainsAny(line, clauseMarks)
}

func unsigned(own, author string, asked []AskedLine) string {
	lines := strings.Split(own, "\n")
	if author == "" {
		return own
	}
	subjects := subjectWords(asked)
	for i, line := range lines {
		if i > 0 && signsAlone(line, author, subjects) {
			lines[i] = ""
			continue
		}
		if !maySign(line) {
			continue
		}
		toks := tokenize(line)
		name := len(toks)
		for name > 0 && ofName(&toks[name-1], author) && !has(subjects, toks[name-1].lower) {
			name--
		}
		if name > 1 && name < len(toks) && toks[name-1].kind == markToken && strings.Contains(clauseMarks, toks[name-1].text) {
			lines[i] = line[:toks[name-1].start]
		}
	}
	return strings.Join(lines, "\n")
}

// minSigned is how many letters a name has at least that is signed in small letters.
const minSigned = 3

// signsAlone says whether a line is a dash and the author's given name or surname, in whatever letters: "-trent".
func signsAlone(line, author string, subjects []string) bool {
	name, dashed := strings.CutPrefix(strings.TrimSpace(line), "-")
	name = strings.ToLower(strings.TrimLeft(name, "- "))
	return dashed && len(name) >= minSigned && !strings.Contains(name, " ") && partOfName(name, author) && !has(subjects, name) && !isAnswerWord(key(name)) && !words.NotNames.holds(name)
}

// ofName says whether a word is one of a name's, or the initial of one, and none that means something.
func ofName(t *token, name string) bool {
	if t.kind != wordToken || !startsUpper(t.text) || t.word > 0 || isAnswerWord(key(t.text)) {
		return false
	}
	initial, stop := strings.CutSuffix(fold(t.text), ".")
	return partOfName(t.text, name) || stop && utf8.RuneCountInString(initial) == 1 && strings.Contains(" "+fold(name), " "+initial)
}

// requesterOf is who the subject of our mail says has asked, as its answers repeat it.
func requesterOf(subject string) string {
	if !strings.Contains(subject, "from") || !ticketMarked(subject) {
		return ""
	}
	_, name, _ := strings.Cut(onOneLine(subject), " from ")
	name, _, _ = strings.Cut(name, " (")
	return name
}

var (
	askedObjects = cue("asked_objects")
	ofAsker      = cue("of_asker")
)

// mayName says whether a word of own may be one of a name's, in the genitive too, or the initial of one. Only what is all ASCII is looked
// through, and nothing with an address, behind which a word may begin anywhere.
func mayName(own, name string) bool {
	if !isASCII(own) || !isASCII(name) || strings.IndexByte(own, '@') >= 0 {
		return true
	}
	for from, end := 0, 0; from < len(own); from = end + 1 {
		for end = from; end < len(own) && isASCIIAlnum(own[end]) && !isDigit(own[end]); end++ {
		}
		run := own[from:end]
		if !startsUpper(run) {
			continue
		}
		bare, genitive := strings.CutSuffix(run, "s")
		if len(run) == 1 && end < len(own) && own[end] == '.' || hasRun(name, run) || genitive && hasRun(name, bare) {
			return true
		}
	}
	return false
}

// withoutRequester takes out whose request an answer speaks of, "I approve the request of Solène", where it is who asked and nobody asked about is
// called like that. Whoever else has asked, "approved by Solène" and "Solène approves" stay.
func withoutRequester(own, requester string, lines []AskedLine) string {
	if requester == "" || !mayName(own, requester) {
		return own
	}
	subjects := subjectWords(lines)
	r := lend()
	defer r.giveBack()
	toks := r.tokenize(own)
	asker := func(t *token) bool {
		if t.kind != wordToken || t.word > 0 || !startsUpper(t.text) {
			return false // for ofName
		}
		given, _, _ := strings.Cut(strings.ReplaceAll(t.text, "’", "'"), "'")
		bare := *t
		bare.text = given
		if genitive, ok := strings.CutSuffix(given, "s"); ok && !ofName(&bare, requester) {
			bare.text = genitive
		}
		return ofName(&bare, requester) && !has(subjects, lower(bare.text))
	}
	var b strings.Builder
	kept := 0
	for i := 0; i < len(toks); i++ {
		end := i
		for end < len(toks) && (asker(&toks[end]) || end > i && toks[end].isTitle()) {
			end++
		}
		if end == i {
			continue
		}
		from := i
		for from > 0 && toks[from-1].isTitle() {
			from--
		}
		behind := from > 1 && toks[from-1].in(ofAsker) && toks[from-2].in(askedObjects)
		inFront := end < len(toks) && toks[end].in(askedObjects)
		if behind {
			from--
		}
		if behind || inFront {
			b.WriteString(own[kept:toks[from].start])
			kept = toks[end-1].end
		}
		i = end - 1
	}
	return b.String() + own[kept:]
}
