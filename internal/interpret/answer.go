package interpret

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// answerWords are the words of one language in which a question is answered with yes or no. docs/decisions.md tells how they
// are read. With is what may stand beside an answer and changes nothing; whatever is in no list makes a sentence unclear.
type answerWords struct {
	Approve  []string `yaml:"approve"` // a word of decision, which a remark may follow
	Yes      []string `yaml:"yes"`     // a weaker word, which counts only where nothing else is said with it
	Reject   []string `yaml:"reject"`
	With     []string `yaml:"with"`
	All      []string `yaml:"all"`
	Both     []string `yaml:"both"`
	Except   []string `yaml:"except"`
	Only     []string `yaml:"only"`
	And      []string `yaml:"and"`
	But      []string `yaml:"but"`
	To       []string `yaml:"to"` // between the ends of a range
	Not      []string `yaml:"not"`
	If       []string `yaml:"if"`      // conditions, limits, reservations
	Unsure   []string `yaml:"unsure"`  // questions, waiting, talk about deciding
	When     []string `yaml:"when"`    // those of if and unsure that put no refusal off in a remark on it
	May      []string `yaml:"may"`     // the like, where the remark denies them: "he must not"
	None     []string `yaml:"none"`    // those of not that deny all: "neither of the two"
	Concord  bool     `yaml:"concord"` // a denial of all stands with a second one, and both deny once
	Unable   []string `yaml:"unable"`  // what whoever cannot approve says, also among unsure
	GoesOn   []string `yaml:"goes_on"` // what begins or ends with these behind a mark still belongs to the yes in front: "approved, with a chaperone"
	Courtesy []string `yaml:"courtesy"`
	// By stand in front of who gives a consent, also behind those of Is in front of its participle; behind those of Given a name alone tells who does,
	// and those of Subject make the name in front of them the subject.
	By      []string       `yaml:"by"`
	Is      []string       `yaml:"is"`
	Given   []string       `yaml:"given"`
	Subject []string       `yaml:"subject"`
	Theirs  []string       `yaml:"theirs"` // forms of approve and yes that say it of a name in front, too
	Told    []string       `yaml:"told"`   // forms that only tell what somebody else did, and without their accents stand in approve or yes
	Common  []string       `yaml:"common"` // of remarks; they only tell the language
	Numbers map[string]int `yaml:"numbers"`
	// Cardinals are those of Numbers that count people, too, "los tres", but beside words of Numbered, "el número tres".
	Cardinals []string `yaml:"cardinals"`
	Numbered  []string `yaml:"numbered"`
	// FirstTwo, LastOne and Others stand for people by their place in the list: "die ersten beiden", "der letzte", "die anderen".
	FirstTwo []string `yaml:"first_two"`
	LastOne  []string `yaml:"last_one"`
	Others   []string `yaml:"others"`
	// Bids ask the reader for what Does names, or allow it: together they are a yes, "vous pouvez créer le compte", and with a denial in between a no.
	Bids []string `yaml:"bids"`
	Does []string `yaml:"does"`
	Them []string `yaml:"them"` // pronouns for whom, or whose, that is
	// Starts tell that something starts, with one of Who that somebody starts to work, as Enters do alone; Days are when. Together they limit no answer.
	Starts []string `yaml:"starts"`
	Who    []string `yaml:"who"`
	Enters []string `yaml:"enters"`
	Days   []string `yaml:"days"`
	Topics []string `yaml:"topics"` // announce the people beside them, of whom the answer behind a mark is: "Pour Raj, c'est non"
	Me     []string `yaml:"me"`     // the author as its object: "Bitte fügen Sie mich hinzu" answers nothing
	Parted struct { // words of these kinds with a gap, "lehne * ab": people stand in it, or in that of a yes small words alone
		Approve []string `yaml:"approve"`
		Yes     []string `yaml:"yes"`
		Reject  []string `yaml:"reject"`
		Except  []string `yaml:"except"`
	} `yaml:"parted"`
}

type itemKind uint8

const (
	unknownItem itemKind = iota
	approveItem
	yesItem
	rejectItem
	withItem
	allItem
	bothItem
	exceptItem
	onlyItem
	andItem
	butItem
	toItem
	notItem
	ifItem
	unsureItem
	unclearItem // "not Raj" behind an approval: refused or not yet decided
	targetItem
	breakItem // a comma or the like
	colonItem
)

// honours is the number of small words that honour somebody: 经理, Frau.
const honours = 1

// item is one word, phrase, number, name or mark of an answer.
type item struct {
	kind   itemKind
	number int // of the person, for targets
	digits bool
	shared bool // of no language of its own
	// familiar words tell the language: its own, and known to their end.
	familiar bool
	ahead    bool // a negation, which speaks of the people behind it
	marks    mark
	text     string
}

// phrase is a phrase of one kind, by its key; open ones stand for all words that begin so.
type phrase struct {
	text  uint32 // of the tongue
	kind  itemKind
	open  bool
	own   bool // of this language alone
	num   uint8
	marks mark
	behindTwo
}

// mark is what some phrases are besides their kind.
type mark uint32

const (
	whenMark mark = 1 << iota
	mayMark
	noneMark
	notMark // denies: of not, or an answer with such a word
	byMark
	isMark
	givenMark
	subjectMark
	cardinalMark
	numberedMark
	firstTwoMark
	lastOneMark
	othersMark
	bidMark
	doesMark
	themMark
	meMark
	startMark
	whoMark
	enterMark
	dayMark
	topicMark
)

// tongue reads answers in one language.
type tongue struct {
	name     string
	texts    wordTable
	starts   slotted[phrase] // by the first bytes, longest first
	courtesy []string
	unable   map[string]bool
	goesOn   map[string]bool // some with a star at their end
	to       map[string]bool
	because  map[string]bool // words that begin a reason
	theirs   []theirForm
	parted   []partedWord
	concord  bool
	reads    bool // has words of yes and no; English has them in decide
}

// everywhere are the words that our mails ask for and those that every language has taken over.
var everywhere = answerWords{
	Approve: []string{"approve", "approved"}, Yes: []string{"ok", "okay", "okey"}, Reject: []string{"reject", "rejected"}, And: []string{"&", "+"},
}

func newTongue(name string, l lexicon) *tongue {
	t := &tongue{name: name, to: map[string]bool{}, unable: map[string]bool{}, goesOn: map[string]bool{}, because: map[string]bool{}}
	own := true
	var phrases []phrase
	marks := l.Answer.marks()
	add := func(kind itemKind, num int, list ...string) {
		for _, p := range allSpellings(list) {
			p = key(p)
			p, open := strings.CutSuffix(p, "*")
			phrases = append(phrases, phrase{t.texts.add(p), kind, open, own, uint8(num), marks.of(p), behindTwoOf(p)})
		}
	}
	a := l.Answer
	t.concord = a.Concord
	if t.reads = len(a.Approve) > 0; !t.reads {
		own = true
		for name, list := range l.Decide { // what prose reads tells the language, too; single words of decision are shared by many
			add(withItem, 0, slices.DeleteFunc(slices.Clone(list), func(p string) bool {
				return len(p) < 2 || hasDigit(p) || has([]string{"approve", "reject", "yes", "no"}, name) && !strings.Contains(p, " ")
			})...)
		}
	}
	for _, w := range []answerWords{everywhere, a} {
		own = len(w.With) > 0
		add(approveItem, 0, w.Approve...)
		add(yesItem, 0, w.Yes...)
		add(rejectItem, 0, w.Reject...)
		add(andItem, 0, w.And...)
	}
	add(butItem, 0, a.But...)
	add(withItem, honours, slices.Concat(l.Honorifics, l.Titles)...)
	add(withItem, 0, slices.Concat(a.With, l.Greetings)...)
	add(allItem, 0, a.All...)
	add(bothItem, 0, a.Both...)
	add(exceptItem, 0, a.Except...)
	add(onlyItem, 0, a.Only...)
	add(toItem, 0, a.To...)
	add(notItem, 0, a.Not...)
	add(ifItem, 0, a.If...)
	add(unsureItem, 0, a.Unsure...)
	add(unknownItem, 0, slices.Concat(a.Common, a.By, a.FirstTwo, a.LastOne, a.Others, a.Bids, a.Does, a.Them, a.Me, a.Starts, a.Who, a.Enters, a.Topics)...)
	for w, n := range a.Numbers {
		add(targetItem, n, w)
	}
	slices.SortStableFunc(phrases, func(x, y phrase) int {
		a, b := t.words(x), t.words(y)
		return cmp.Or(len(b)-len(a), strings.Compare(a, b), doubtFirst(x.kind)-doubtFirst(y.kind))
	})
	t.starts = newSlotted(startSlots, phrases, func(p phrase) uint { return startSlot(t.words(p)) })
	t.texts.pack()
	t.texts.slots = nil // nobody looks for one
	for _, p := range allSpellings(a.To) {
		t.to[key(p)] = true
	}
	for _, p := range allSpellings(a.Unable) {
		t.unable[key(p)] = true
	}
	for _, p := range allSpellings(a.GoesOn) {
		t.goesOn[key(p)] = true
	}
	for _, p := range allSpellings(l.Because) {
		t.because[key(p)] = true
	}
	t.parted = a.partedWords()
	for _, p := range a.Theirs {
		t.theirs = append(t.theirs, theirForm{p, key(p), false})
	}
	for _, p := range a.Told {
		t.theirs = append(t.theirs, theirForm{p, key(p), true})
	}
	for _, p := range allSpellings(a.Courtesy) {
		t.courtesy = append(t.courtesy, key(p))
	}
	return t
}

// words are those of a phrase of t.
func (t *tongue) words(p phrase) string { return t.texts.word(p.text) }

// phrases are all of t.
func (t *tongue) phrases() []phrase { return t.starts.items }

const startSlots = 1024

func startSlot(s string) uint { return beginHash(s) & (startSlots - 1) }

// doubtFirst ranks what a word in two lists is taken for: rather for doubt than for an answer, rather for that than for a small word.
func doubtFirst(k itemKind) int {
	switch k {
	case ifItem, unsureItem:
		return 0
	case rejectItem: // "no" denies and refuses
		return 1
	case notItem:
		return 2
	case approveItem, yesItem:
		return 3
	case withItem:
		return 5
	case toItem:
		return 6
	case unknownItem:
		return 7
	}
	return 4
}

// numberSign undoes what compatibility forms would turn into the word "no".
var numberSign = strings.NewReplacer("№", "#", "Nº", "#", "nº", "#", "N°", "#", "n°", "#")

// items appends to out what t knows of a sentence, which key wrote. A blank ends a word save where the language has none.
// named are the people it names.
func (t *tongue) items(out []item, s string, lines []AskedLine, named []nameFound) []item {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		p, n := t.at(s, i)
		person, nameEnd := 0, 0
		for len(named) > 0 && named[0].at < i {
			named = named[1:]
		}
		if len(named) > 0 && named[0].at == i {
			person, nameEnd = named[0].number, named[0].size
		}
		switch {
		case person > 0 && n > 0 && p.kind != withItem && nameEnd <= n:
			out = append(out, item{kind: unsureItem, text: s[i : i+n]}) // "Nein" may be a name here
			i += n
		case person > 0:
			out = append(out, item{kind: targetItem, number: person, text: s[i : i+nameEnd]})
			i += nameEnd
		case n > 0:
			out = append(out, item{kind: p.kind, number: int(p.num), shared: !p.own, familiar: p.own && !p.open, marks: p.marks, text: s[i : i+n]})
			i += n
		case unicode.IsDigit(r):
			end := i
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			end = max(end, i+size)
			v, err := strconv.Atoi(s[i:end])
			ending := endingOf(s[end:]) // "3'ü"
			it := item{kind: targetItem, number: v, digits: true, text: s[i:end]}
			if err != nil || v < 1 || !known(lines, v) || end < len(s) && (s[end] == '%' || s[end] == '/' || isLatinLetter(s[end:])) ||
				i > 0 && (s[i-1] == '/' || isLatinLetter(lastRune(s[:i]))) {
				it.kind = unknownItem
			}
			out = append(out, it)
			i = end + ending
		case r < utf8.RuneSelf && isASCIIAlnum(byte(r)):
			fallthrough
		default:
			end := i + size
			for end < len(s) {
				next, size := utf8.DecodeRuneInString(s[end:])
				if !isWordRune(next) && next != '\'' && next != '-' || ideograph(r) || ideograph(next) {
					break
				}
				end += size
			}
			out = append(out, item{text: s[i:end]})
			i = end
		case r == '.' && len(out) > 0 && out[len(out)-1].kind == withItem && strings.TrimSpace(s[i+1:]) != "": // of an abbreviation
			i += size
		case strings.ContainsRune(",;，、；。.!！…", r):
			out = append(out, item{kind: breakItem, text: s[i : i+size]})
			i += size
		case strings.ContainsRune(":：=", r):
			out = append(out, item{kind: colonItem, text: s[i : i+size]})
			i += size
		case strings.ContainsRune("-–—~〜", r):
			out = append(out, item{kind: dashKind(out, s[i+size:]), text: s[i : i+size]})
			i += size
		case strings.ContainsRune("/|+", r):
			out = append(out, item{text: s[i : i+size]})
			i += size
		case strings.ContainsRune("?？¿", r):
			out = append(out, item{kind: unsureItem, text: "?"})
			i += size
		case (r == '(' || r == '（') && len(out) > 0 && out[len(out)-1].kind == rejectItem && i+size < len(s) && !isDigit(s[i+size]): // "2: rejected (he is a trainee)"
			out = append(out, item{kind: breakItem, text: s[i : i+size]})
			i += size
		case strings.ContainsRune("\"'“”„«»「」『』#()（）*<>", r):
			i += size
		}
	}
	return out
}

// dashKind is toItem for a dash between two digits and a break elsewhere.
func dashKind(before []item, rest string) itemKind {
	rest = strings.TrimLeft(rest, " ")
	if len(before) > 0 && before[len(before)-1].digits && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return toItem
	}
	return breakItem
}

func isLatinLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && !ideograph(r)
}

func lastRune(s string) string {
	_, size := utf8.DecodeLastRuneInString(s)
	return s[len(s)-size:]
}

// at returns the longest phrase that stands at s[i:] and where it ends, 0 if there is none.
func (t *tongue) at(s string, i int) (phrase, int) {
	r, _ := utf8.DecodeRuneInString(s[i:])
	if i > 0 && inWord(lastRune(s[:i])) && !ideograph(r) && !(unicode.IsDigit(r) && ideographAt(lastRune(s[:i]))) {
		return phrase{}, 0
	}
	next := nextTwo(s[i:])
	for n := min(hashedBytes, len(s)-i); n > 0; n-- {
		starting := t.starts.of(startSlot(s[i : i+n]))
		for k := range starting {
			p := &starting[k]
			if !p.may(next) {
				continue
			}
			if text := t.words(*p); min(hashedBytes, len(text)) == n {
				if end := p.endAt(s, i, text); end > 0 {
					return *p, end
				}
			}
		}
	}
	return phrase{}, 0
}

// knowsFirst says whether t knows the word that s begins with.
func (t *tongue) knowsFirst(s string) bool {
	i := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	if r, _ := utf8.DecodeRuneInString(s[i:]); !unicode.IsLetter(r) {
		return true
	}
	_, n := t.at(s, i)
	return n > 0
}

// behindTwo are the third and the fourth byte of a phrase, as far as it has them: most of what only begins alike has others.
type behindTwo struct{ bytes, mask uint16 }

func behindTwoOf(phrase string) behindTwo {
	return behindTwo{nextTwo(phrase), nextTwo("\x00\x00\xff\xff"[:min(len(phrase), 4)])}
}

// may says whether the phrase may begin a text with these two bytes behind its first two.
func (b behindTwo) may(next uint16) bool { return next&b.mask == b.bytes }

// nextTwo are the two bytes behind the first two of s, 0 where there is none.
func nextTwo(s string) uint16 {
	switch len(s) {
	case 0, 1, 2:
		return 0
	case 3:
		return uint16(s[2])
	}
	return uint16(s[2]) | uint16(s[3])<<8
}

// endAt is how long p, which has these words, is where it stands at s[i:]; 0 if it does not.
func (p *phrase) endAt(s string, i int, words string) int {
	end := len(words)
	if end == 0 || i+end > len(s) || s[i+end-1] != words[end-1] || s[i:i+end] != words {
		return 0
	}
	last, _ := utf8.DecodeLastRuneInString(words)
	if ideograph(last) {
		return end
	}
	next, size := utf8.DecodeRuneInString(s[i+end:])
	for p.open && size > 0 && isWordRune(next) && !ideograph(next) {
		end += size
		next, size = utf8.DecodeRuneInString(s[i+end:])
	}
	if size > 0 && inWord(s[i+end:]) && !ideograph(next) && isWordRune(last) {
		return 0
	}
	return end
}

// inWord says whether s begins with a letter, or with an apostrophe or hyphen that joins two letters.
func inWord(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return isWordRune(r) || (r == '\'' || r == '-') && isLatinLetter(s[size:])
}

// nameForm is a form in which an asked person may be named.
type nameForm struct {
	number int
	text   string
	runOn  bool
}

func formsOf(lines []AskedLine, declined bool) []nameForm {
	out := make([]nameForm, 0, 4*len(lines))
	for _, l := range lines {
		for _, f := range nameForms(l) {
			out = append(out, nameForm{l.Number, f, hasIdeograph(f)})
			if declined && !strings.ContainsAny(f, " @") {
				for _, f := range caseForms(f) {
					out = append(out, nameForm{l.Number, f, false})
				}
			}
		}
	}
	return out
}

// nameFound is a form of an asked person's name in a text.
type nameFound struct{ at, number, size int }

// namesIn finds the names of people in s, in order.
func namesIn(s string, people []nameForm) []nameFound {
	var begin [256]bool
	for _, f := range people {
		begin[f.text[0]] = true
	}
	var out []nameFound
	for i := range len(s) {
		if !begin[s[i]] {
			continue
		}
		if number, n := nameHere(s, i, people); number > 0 {
			out = append(out, nameFound{i, number, n})
		}
	}
	return out
}

// nameHere returns the number of the asked person a word of whose name stands at s[i:], and how long it is.
func nameHere(s string, i int, people []nameForm) (number, n int) {
	for _, f := range people {
		if !strings.HasPrefix(s[i:], f.text) || len(f.text) < n {
			continue
		}
		rest := s[i+len(f.text):]
		ending := endingOf(rest)
		if !f.runOn && (i > 0 && inWord(lastRune(s[:i])) && !ideographAt(lastRune(s[:i])) || rest != "" && inWord(rest[ending:]) && !ideographAt(rest)) {
			continue
		}
		if number != 0 && number != f.number && len(f.text)+ending == n {
			return 0, 0 // two share it
		}
		number, n = f.number, len(f.text)+ending
	}
	return number, n
}

// maxEnding is how many letters an ending behind an apostrophe has: Kruse'nin.
const maxEnding = 5

// endingOf is how long the ending behind an apostrophe is that s begins with, 0 if it begins with none.
func endingOf(s string) int {
	if !strings.HasPrefix(s, "'") && !strings.HasPrefix(s, "’") {
		return 0
	}
	_, size := utf8.DecodeRuneInString(s)
	letters := 0
	for i, r := range s[size:] {
		if !unicode.IsLetter(r) {
			return size*min(letters, 1) + i
		}
		if letters++; letters > maxEnding {
			return 0
		}
	}
	return size*min(letters, 1) + len(s) - size
}

func ideographAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return ideograph(r)
}

// nameForms are the name, its words of three letters or more, and the address, as keys.
func nameForms(l AskedLine) []string {
	name := key(onOneLine(l.Name))
	if name == "" {
		return nil
	}
	out := append(make([]string, 0, 6), name, key(l.Email)) // and a few words
	if hasIdeograph(name) {
		out = append(out, strings.ReplaceAll(name, " ", ""))
	}
	for w := range strings.FieldsSeq(name) {
		if w = strings.Trim(w, ".,"); utf8.RuneCountInString(w) >= 3 || hasIdeograph(w) && utf8.RuneCountInString(w) >= 2 {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(out, func(f string) bool { return f == "" })
}
