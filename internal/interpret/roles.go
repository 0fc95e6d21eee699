package interpret

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// roleBook finds the roles of a model in text, in their usual sloppy forms.
type roleBook struct {
	given   []Role // as they were handed over
	roles   []Role
	forms   []roleForm          // the longest first
	byWord  map[string][]string // canonical word → ids of the roles it occurs in
	initial map[string]string   // "TAO" → id
	// longestInitial is the length of the longest of initial.
	longestInitial int
	vocab          []string          // the words of forms
	spelled        wordMap[[]uint16] // how a word is written without a slip → words of vocab
	spelledPairs   pairSet           // of spelled
	long           []longWord        // words that begin a form and may be misspelt
	longEnds       longEnds          // of long
	known          []uint64          // bits of the words of phraseIndex that may begin a form
	begun          [][]uint16        // by words of vocab: the forms that they begin
}

// books are those of the role models that were read last.
var books struct {
	sync.Mutex
	recent []*roleBook
}

const maxBooks = 32

// bookOf returns the book of roles, which is made once.
func bookOf(roles []Role) *roleBook {
	books.Lock()
	defer books.Unlock()
	for _, b := range books.recent {
		if len(roles) > 0 && len(roles) == len(b.given) && &roles[0] == &b.given[0] {
			return b // as for most mails
		}
		if slices.EqualFunc(b.roles, roles, sameRole) {
			return b
		}
	}
	if len(books.recent) == maxBooks {
		books.recent = books.recent[1:]
	}
	b := newRoleBook(roles)
	books.recent = append(books.recent, b)
	return b
}

func sameRole(a, b Role) bool {
	return a.ID == b.ID && a.Title == b.Title && slices.Equal(a.Aliases, b.Aliases)
}

type roleForm struct {
	id    string
	words []uint16 // of vocab
}

func newRoleBook(roles []Role) *roleBook {
	b := &roleBook{given: roles, roles: slices.Clone(roles), byWord: map[string][]string{}, initial: map[string]string{}}
	for i := range b.roles {
		b.roles[i].Aliases = slices.Clone(b.roles[i].Aliases)
	}
	for _, r := range roles {
		title := r.Title
		if title == "" {
			title = strings.ReplaceAll(r.ID, "_", " ")
		}
		names := append([]string{strings.ReplaceAll(r.ID, "_", " "), title}, r.Aliases...)
		for _, alias := range r.Aliases { // in Korean the blanks in it may be left out
			if joined := strings.ReplaceAll(alias, " ", ""); joined != alias && isIdeographic(joined) && !has(names, joined) {
				names = append(names, joined)
			}
		}
		for i, name := range names {
			ws := roleWords(name)
			if len(ws) == 0 {
				continue
			}
			form := roleForm{id: r.ID}
			for _, w := range ws {
				at := slices.Index(b.vocab, w)
				if at < 0 {
					at = len(b.vocab)
					b.vocab = append(b.vocab, w)
				}
				form.words = append(form.words, uint16(at))
				if i < 2 && !has(b.byWord[w], r.ID) {
					b.byWord[w] = append(b.byWord[w], r.ID)
				}
			}
			b.forms = append(b.forms, form)
			if i < 2 && len(ws) >= 3 {
				initials := ""
				for _, w := range ws {
					first, _ := utf8.DecodeRuneInString(w)
					initials += strings.ToUpper(string(first))
				}
				b.initial[initials] = r.ID
				b.longestInitial = max(b.longestInitial, len(initials))
			}
		}
	}
	slices.SortStableFunc(b.forms, func(x, y roleForm) int { return len(y.words) - len(x.words) })
	b.begun = make([][]uint16, len(b.vocab))
	for i, f := range b.forms {
		b.begun[f.words[0]] = append(b.begun[f.words[0]], uint16(i))
	}
	for i := range b.vocab {
		b.spell(uint16(i))
	}
	b.known = make([]uint64, phraseIndex.words.len()/64+1)
	for n := range phraseIndex.words.len() {
		if w := phraseIndex.words.word(uint32(n + 1)); isASCII(w) && b.begins(w) {
			b.known[(n+1)/64] |= 1 << ((n + 1) % 64)
		}
	}
	return b
}

// begins says whether a word, as key writes it, may begin a form.
func (b *roleBook) begins(word string) bool {
	return b.spelledPairs.may(word) && b.spelledOf(word) != nil ||
		len(word) >= minSlip-1 && slices.ContainsFunc(b.long, func(l longWord) bool { return l.like(word) && b.slips(word, l.word) })
}

// spelledOf are the words of vocab that a word without a slip stands for.
func (b *roleBook) spelledOf(word string) []uint16 {
	at, _ := b.spelled.get(word)
	return at
}

// spell notes the forms in which a word of vocab may be written.
func (b *roleBook) spell(at uint16) {
	word := b.vocab[at]
	forms := []string{word, word + "s", word + "'s", word + "in", word + "innen"}
	for short, full := range words.RoleWords {
		if has(full, word) {
			forms = append(forms, short, short+"s")
		}
	}
	for _, form := range forms {
		if form = key(form); b.sameKey(form, word) && !slices.Contains(b.spelledOf(form), at) {
			b.spelled.set(form, append(b.spelledOf(form), at))
			b.spelledPairs.add(form)
		}
	}
	if utf8.RuneCountInString(word) >= minSlip && len(b.begun[at]) > 0 {
		b.longEnds.add(word)
		b.long = append(b.long, longWord{at, len(word), isASCII(word), [3]byte([]byte(word)), [3]byte([]byte(word[len(word)-3:]))})
	}
}

// longWord is a word of vocab with its ends. A slip changes one of them at most.
type longWord struct {
	word        uint16
	size        int
	plain       bool
	first, last [3]byte
}

// like is a cheap test for slips of l: for a word of at least minSlip-1 bytes.
func (l *longWord) like(mail string) bool {
	n := len(mail)
	return !l.plain || mail[0] == l.first[0] && mail[1] == l.first[1] && mail[2] == l.first[2] ||
		mail[n-1] == l.last[2] && mail[n-2] == l.last[1] && mail[n-3] == l.last[0]
}

// longEnds are the first and the last two bytes of long words: most words of a mail begin and end otherwise.
type longEnds struct{ first, last pairSet }

func (e *longEnds) add(word string) {
	e.first.add(word)
	e.last.add(word[len(word)-2:])
}

// may says whether a word of at least minSlip-1 bytes may be a long word with a slip, which changes one rune, or two bytes: at one end at most.
func (e *longEnds) may(mail string) bool {
	return e.first.may(mail) || e.last.may(mail[len(mail)-2:])
}

// minSlip is the least length of a word, in runes, that is known with a slip of the pen.
const minSlip = 8

// standsFor says whether a word of a mail may be one of vocab.
func (b *roleBook) standsFor(t *token, word uint16) bool {
	mail := t.key()
	return b.spelledPairs.may(mail) && slices.Contains(b.spelledOf(mail), word) || b.slips(mail, word)
}

// slips says whether a word of a mail is one of vocab with a slip.
func (b *roleBook) slips(mail string, at uint16) bool {
	word := b.vocab[at]
	if d := len(mail) - len(word); d < -utf8.UTFMax || d > utf8.UTFMax || mail[0] != word[0] && mail[len(mail)-1] != word[len(word)-1] {
		return false
	}
	return utf8.RuneCountInString(word) >= minSlip && oneSlip(mail, word) && !has(b.vocab, mail)
}

// formAt is the first of forms whose name stands at the first of toks, nil if none does.
func (b *roleBook) formAt(toks []token) *roleForm {
	if b.beginsNone(&toks[0]) {
		return nil
	}
	mail := toks[0].key()
	best, exact := len(b.forms), false
	look := func(word uint16) {
		for _, i := range b.begun[word] {
			if int(i) >= best {
				return
			}
			if b.formIs(&b.forms[i], toks) {
				best = int(i)
			}
		}
	}
	if b.spelledPairs.may(mail) {
		for _, word := range b.spelledOf(mail) {
			exact = exact || b.vocab[word] == mail // which is no slip of another
			look(word)
		}
	}
	if len(mail) >= minSlip-1 && !exact && b.longEnds.may(mail) {
		for i := range b.long {
			if l := &b.long[i]; l.like(mail) && b.slips(mail, l.word) {
				look(l.word)
			}
		}
	}
	if best == len(b.forms) {
		return nil
	}
	return &b.forms[best]
}

// beginsNone says whether t is a word of phraseIndex that begins no form.
func (b *roleBook) beginsNone(t *token) bool {
	return t.plain && t.word > 0 && b.known[t.word/64]&(1<<(t.word%64)) == 0
}

// formIs says whether the words of f behind its first stand at toks behind theirs.
func (b *roleBook) formIs(f *roleForm, toks []token) bool {
	if len(f.words) > len(toks) {
		return false
	}
	for k, w := range f.words[1:] {
		if t := &toks[k+1]; t.kind != wordToken || !b.standsFor(t, w) {
			return false
		}
	}
	return true
}

// titleWord says whether a word of a mail stands for one that a role's title has.
func (b *roleBook) titleWord(t *token) bool {
	mail := t.key()
	for title := range b.byWord {
		if b.sameKey(mail, title) {
			return true
		}
	}
	return false
}

// roleWords are the words of a role's name in canonical spelling, parentheses left out.
func roleWords(s string) []string {
	if i := strings.IndexAny(s, "([（［【"); i >= 0 {
		s = s[:i]
	}
	var out []string
	for _, t := range tokenize(strings.ReplaceAll(s, "_", " ")) {
		if t.kind == wordToken {
			w := key(t.lower)
			if w == "authorized" {
				w = "authorised"
			}
			out = append(out, w)
		}
	}
	return out
}

// sameWord says whether the word of a mail stands for word, a word of a role's title.
func (b *roleBook) sameWord(mail, word string) bool { return b.sameKey(key(mail), word) }

// sameKey is sameWord for what key wrote.
func (b *roleBook) sameKey(mail, word string) bool {
	if mail == word || longer(mail, word, "s") || longer(mail, word, "'s") || len(word) >= 8 && (longer(mail, word, "in") || longer(mail, word, "innen")) {
		return true
	}
	for _, full := range words.RoleWords[strings.TrimSuffix(mail, "s")] {
		if full == word {
			// A short form that fits two words of the model's titles fits the first of them only.
			for _, earlier := range words.RoleWords[strings.TrimSuffix(mail, "s")] {
				if earlier == word {
					return true
				}
				if has(b.vocab, earlier) && len(b.byWord[earlier]) > 0 && mail != "sec" {
					return false
				}
			}
		}
	}
	return utf8.RuneCountInString(word) >= minSlip && oneSlip(mail, word) && !has(b.vocab, mail)
}

// longer says whether mail is word with an end.
func longer(mail, word, end string) bool {
	return len(mail) == len(word)+len(end) && strings.HasPrefix(mail, word) && strings.HasSuffix(mail, end)
}

// oneSlip says whether two words differ by one letter added, left out or exchanged, or by two that changed places.
func oneSlip(a, b string) bool {
	if utf8.RuneCountInString(a) > utf8.RuneCountInString(b) {
		a, b = b, a
	}
	more := utf8.RuneCountInString(b) - utf8.RuneCountInString(a)
	if more > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	for i > 0 && i < len(a) && !utf8.RuneStart(a[i]) || i < len(b) && !utf8.RuneStart(b[i]) {
		i--
	}
	_, skip := utf8.DecodeRuneInString(b[i:])
	if more == 1 {
		return a[i:] == b[i+skip:]
	}
	_, left := utf8.DecodeRuneInString(a[i:])
	if i+1 < len(a) && i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
		return true // two letters that changed places
	}
	return i < len(a) && a[i+left:] == b[i+skip:]
}

// at returns the role whose name stands at toks[i:] and how many tokens it takes; the longest name wins.
func (b *roleBook) at(toks []token, i int) (id string, n int) {
	if toks[i].kind != wordToken {
		return "", 0
	}
	if first, last := toks[i].text[0], toks[i].text[len(toks[i].text)-1]; len(toks[i].text) <= b.longestInitial && !isSmall(first) && !isSmall(last) {
		if id, ok := b.initial[toks[i].text]; ok {
			return id, 1
		}
	}
	if toks[i].joints&underscore != 0 && strings.IndexByte(toks[i].text, '_') >= 0 {
		split := tokenize(strings.ReplaceAll(toks[i].text, "_", " "))
		if id, n := b.at(split, 0); n == len(split) {
			return id, 1
		}
		return "", 0
	}
	if f := b.formAt(toks[i:]); f != nil {
		return f.id, len(f.words)
	}
	return "", 0
}

// compound reads a role that is written as one word with what it is, "Billing-Kontakt".
func (b *roleBook) compound(t *token) string {
	if t.joints&hyphen == 0 || t.kind != wordToken || strings.IndexByte(t.lower, '-') < 0 {
		return ""
	}
	r := lend()
	defer r.giveBack()
	toks := r.tokenize(strings.ReplaceAll(t.text, "-", " "))
	id, n := b.at(toks, 0)
	if n == 0 {
		return ""
	}
	for _, rest := range toks[n:] {
		if !rest.in(words.RoleAfter) && !rest.in(words.RoleFiller) {
			return ""
		}
	}
	return id
}

func isSmall(c byte) bool { return c >= 'a' && c <= 'z' }

// inRun finds the one role that a run of letters without blanks names and gives: "を技術者として登録", "기술자로".
func (b *roleBook) inRun(toks []token, i int) string {
	t := &toks[i]
	if t.plain || t.kind != wordToken || !hasIdeograph(t.text) {
		return ""
	}
	id := ""
	for _, f := range b.forms {
		word := b.vocab[f.words[0]]
		if len(f.words) != 1 || !hasIdeograph(word) {
			continue
		}
		before, behind, ok := strings.Cut(t.lower, word)
		if !ok || !begins(behind, roleBehind) && !ends(before, roleBefore) && !(before == "" && i > 0 && toks[i-1].in(roleBefore)) {
			continue
		}
		if id != "" && id != f.id {
			return ""
		}
		id = f.id
	}
	return id
}

// particled finds the longest role of several words that toks begin with, the last of which goes on with words that give it: "기술 담당자로".
func (b *roleBook) particled(toks []token) (id string, n int) {
	if toks[0].plain || !allHangul(toks[0].text) {
		return "", 0
	}
	for _, f := range b.forms {
		last := len(f.words) - 1
		if last < max(1, n) || last >= len(toks) || toks[0].lower != b.vocab[f.words[0]] || toks[last].kind != wordToken {
			continue
		}
		behind, ok := strings.CutPrefix(toks[last].lower, b.vocab[f.words[last]])
		for k := 1; k < last; k++ {
			ok = ok && toks[k].lower == b.vocab[f.words[k]] && !gapHas(toks, k)
		}
		if ok && begins(behind, roleBehind) && !gapHas(toks, last) {
			id, n = f.id, last+1
		}
	}
	return id, n
}

var roleModifiers = cue("role_modifiers")

// roleMention is a role named in a sentence, by token positions.
type roleMention struct {
	id       string
	from, to int
	other    bool // an acting, assistant or lead one: it is not the role itself
	inRun    bool // it stands within a run of letters with the words that give it, "を技術者として"
}

func (b *roleBook) mentions(toks []token) []roleMention {
	var out []roleMention
	for i := 0; i < len(toks); {
		if t := &toks[i]; t.kind != wordToken || t.joints == letter && isSmall(t.text[0]) && b.beginsNone(t) {
			i++
			continue
		}
		id, n := b.at(toks, i)
		if n == 0 {
			if id, n = b.particled(toks[i:]); id == "" {
				id, n = b.inRun(toks, i), 1
			}
			if id != "" {
				out = append(out, roleMention{id: id, from: i, to: i + n, inRun: true})
				i += n
				continue
			}
			if id = b.compound(&toks[i]); id == "" {
				i++
				continue
			}
			n = 1
		}
		if k := i + n; k+2 < len(toks) && toks[k].text == "(" && toks[k+1].in(deputies) && toks[k+2].text == ")" {
			i = k // "Security Administrator (deputy)"
			continue
		}
		out = append(out, roleMention{id: id, from: i, to: i + n, other: i > 0 && toks[i-1].in(roleModifiers)})
		i += n
	}
	return out
}

// minNoun is how many letters an unknown word has that may be what a cut role's name belongs to.
const minNoun = 4

// modifies says whether the first word of a role's title belongs to something else than the rest of it: "our secondary driver".
func (b *roleBook) modifies(toks []token, m roleMention) bool {
	if m.to != m.from+1 || m.to >= len(toks) {
		return false
	}
	next := &toks[m.to]
	if next.kind != wordToken || *next.lists != noLists && !next.in(trades) || next.text != next.lower || len(next.text) < minNoun || !isASCII(next.text) {
		return false
	}
	return slices.ContainsFunc(b.roles, func(r Role) bool {
		title := roleWords(r.Title)
		return r.ID == m.id && len(title) > 1 && b.sameKey(toks[m.from].key(), title[0]) && title[1][0] != next.text[0]
	})
}
