package interpret

import (
	"bytes"
	"embed"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/internal/ascii"
)

//go:embed lang/*.yaml
var langFiles embed.FS

// lexicon is what lang/*.yaml hold, one file for each language. Every list is in lower case. A phrase that ends with a star
// stands for all words that begin with it; one in Chinese, Japanese or Korean is found anywhere in a run of letters.
type lexicon struct {
	FunctionWords []string `yaml:"function_words"`

	Labels      map[string][]string `yaml:"labels"`
	LabelNoise  []string            `yaml:"label_noise"`
	Titles      []string            `yaml:"titles"`
	Particles   []string            `yaml:"particles"`
	NotNames    []string            `yaml:"not_names"`
	Verbs       map[string][]string `yaml:"verbs"`
	Ask         []string            `yaml:"ask"`
	Pronouns    []string            `yaml:"pronouns"`
	NoReason    []string            `yaml:"no_reason"`
	Because     []string            `yaml:"because"`
	Both        []string            `yaml:"both"`
	RoleAfter   []string            `yaml:"role_after"`
	RoleFiller  []string            `yaml:"role_filler"`
	RoleInstead []string            `yaml:"role_instead"`
	RoleOr      []string            `yaml:"role_or"`
	NoValue     []string            `yaml:"no_value"`
	Refer       []string            `yaml:"refer"`
	Self        []string            `yaml:"self"`
	Restrict    []string            `yaml:"restrict"`
	Greetings   []string            `yaml:"greetings"`
	NotAWish    []string            `yaml:"not_a_wish"`
	NewPerson   []string            `yaml:"new_person"`
	Gets        []string            `yaml:"gets"`
	Not         []string            `yaml:"not"`
	Holds       []string            `yaml:"holds"`
	Pronoun     []string            `yaml:"pronoun"`
	Invitation  []string            `yaml:"invitation"`
	InCopy      []string            `yaml:"in_copy"`
	Doubt       []string            `yaml:"doubt"`
	Question    []string            `yaml:"question"`
	InsteadOf   []string            `yaml:"instead_of"`
	AtPresent   []string            `yaml:"at_present"`
	Decide      map[string][]string `yaml:"decide"`
	Please      []string            `yaml:"please"` // may stand in front of a command
	// Commands are phrases; ^ ties one to the beginning of a sentence, where Please is left out, = to the whole of what is said,
	// 1 to the whole first line.
	Commands         map[string][]string     `yaml:"commands"`
	Months           map[string]int          `yaml:"months"`
	Weekdays         map[string]int          `yaml:"weekdays"` // 0 is Sunday
	Until            []string                `yaml:"until"`    // between two times they make a span
	Honorifics       []string                `yaml:"honorifics"`
	Surnames         surnameList             `yaml:"surnames"`
	GivenNames       []string                `yaml:"given_names"`
	ParticleSurnames []string                `yaml:"particle_surnames"` // surnames that stand behind a particle
	Enclitics        []encliticRule          `yaml:"enclitics"`
	Cues             map[string][]string     `yaml:"cues"`
	Picks            map[string]int          `yaml:"picks"`       // first, second, third
	Counts           map[string]int          `yaml:"counts"`      // one, two, three
	Asked            map[string][]string     `yaml:"asked"`       // what our questions call the fields
	RoleValues       map[string]string       `yaml:"role_values"` // everyday words that name a role only where a form asks for one: its title
	RoleWords        map[string][]string     `yaml:"role_words"`  // short forms of the words of titles
	Details          detailWords             `yaml:"details"`
	Topics           map[string]topicPhrases `yaml:"topics"`
	Machine          machineWords            `yaml:"machine"`
	Changes          map[string][]string     `yaml:"changes"` // of what change_details asks
	Answer           answerWords             `yaml:"answer"`

	crossed map[string]crossedVerbs // by the key of Verbs
}

// loadLexicons returns the words of each language, and those that it is answered in.
func loadLexicons() (each []lexicon, answers []*tongue) {
	entries, err := langFiles.ReadDir("lang")
	if err != nil {
		panic("listing embedded language files: " + err.Error())
	}
	for _, e := range entries {
		data, err := langFiles.ReadFile("lang/" + e.Name())
		if err != nil {
			panic("reading embedded " + e.Name() + ": " + err.Error())
		}
		one, err := parseLanguage(data)
		if err != nil {
			panic("reading embedded " + e.Name() + ": " + err.Error())
		}
		answers = append(answers, newTongue(strings.TrimSuffix(e.Name(), ".yaml"), one))
		one.joinPronouns()
		one.cross()
		one.spell()
		each = append(each, one)
	}
	return each, answers
}

// parseLanguage reads one file strictly: no unknown key, no list or field that nothing looks for, all in lower case.
func parseLanguage(data []byte) (lexicon, error) {
	var one lexicon
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&one); err != nil {
		return one, err
	}
	for what, m := range map[string]struct{ have, may []string }{
		"labels":   {keysOf(one.Labels), labelFields},
		"verbs":    {keysOf(one.Verbs), []string{"add", "remove", "change", "resend", "visit"}},
		"decide":   {keysOf(one.Decide), decideNames},
		"commands": {keysOf(one.Commands), commandOrder},
		"cues":     {keysOf(one.Cues), keysOf(cueLists)},
		"asked":    {keysOf(one.Asked), askedNames},
		"details":  {slices.Concat(keysOf(one.Details.Labels), keysOf(one.Details.Prose)), detailFields},
		"topics":   {keysOf(one.Topics), topicNames},
		"changes":  {keysOf(one.Changes), changeNames},
	} {
		for _, k := range m.have {
			if !has(m.may, k) {
				return one, fmt.Errorf("%s has no list %q", what, k)
			}
		}
	}
	for _, list := range one.everyList() {
		for _, p := range list {
			if p == "" || p != lower(p) || strings.TrimSpace(p) != p {
				return one, fmt.Errorf("%q is not written in lower case", p)
			}
		}
	}
	return one, nil
}

var (
	labelFields = []string{"name", "first_name", "last_name", "email", "role", "held_role", "reason", "action", "visitor", "date", "time", "position", "ignore"}
	askedNames  = []string{"name", "email", "roles", "reason", "starts"}
	decideNames = []string{"approve", "reject", "yes", "no", "before", "hold", "limits", "unable", "determiners", "objects", "after_no", "with_yes",
		"stop", "courtesy", "questions", "both", "except", "only", "negations", "doubts", "joins", "bare_not", "callers", "own_clause", "demonstratives", "after_yes", "rest", "range", "retract", "lead", "begins", "capacity", "wry", "goes_on", "parting", "bounds"}
	changeNames = []string{"to", "self", "email", "name", "language_ask", "language_en", "language_de", "access", "access_yes", "access_no", "access_takes",
		"lead", "lead_ask", "becomes", "doubt"}
)

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// lists are all lists of l that hold words of mails.
func (l *lexicon) lists() []*[]string {
	return []*[]string{&l.LabelNoise, &l.Titles, &l.Particles, &l.NotNames, &l.Ask, &l.Pronouns, &l.NoReason, &l.Because, &l.Both,
		&l.RoleAfter, &l.RoleFiller, &l.RoleInstead, &l.RoleOr, &l.NoValue, &l.Refer, &l.Self, &l.Restrict,
		&l.Greetings, &l.NotAWish, &l.NewPerson, &l.Gets, &l.Not, &l.Holds, &l.Pronoun, &l.Invitation, &l.InCopy, &l.Doubt, &l.Question,
		&l.InsteadOf, &l.AtPresent, &l.Honorifics, &l.Please, &l.Until, &l.GivenNames, &l.ParticleSurnames}
}

// maps are the lists of l that stand under a name.
func (l *lexicon) maps() []*map[string][]string {
	return []*map[string][]string{&l.Labels, &l.Verbs, &l.Decide, &l.Commands, &l.Cues, &l.Asked, &l.RoleWords, &l.Details.Labels, &l.Changes}
}

// everyList are all lists of words in l, those of answers apart.
func (l *lexicon) everyList() [][]string {
	var out [][]string
	for _, list := range l.lists() {
		out = append(out, *list)
	}
	for _, m := range l.maps() {
		for _, list := range *m {
			out = append(out, list)
		}
	}
	out = append(out, l.Surnames.Names, l.Surnames.Behind, l.Surnames.None, l.Surnames.NoEnd, l.Surnames.Theirs)
	for _, t := range l.Topics {
		out = append(out, t.Clear, t.Words)
	}
	for _, p := range l.Details.Prose {
		out = append(out, p.Yes, p.No)
	}
	for _, list := range l.Machine.lists() {
		out = append(out, *list)
	}
	return append(out, l.FunctionWords, l.Details.Yes, l.Details.No, l.Details.Hold, l.Details.Blank, keysOf(l.Months), keysOf(l.Weekdays), keysOf(l.Picks), keysOf(l.Counts), keysOf(l.RoleWords), keysOf(l.RoleValues))
}

// lower is the form in which words are compared: NFKC (full-width letters and digits are plain ones), small, with one kind of
// apostrophe. The dot that Unicode leaves on a small Turkish İ goes.
func lower(s string) string {
	if isASCII(s) {
		return lowerASCII(s)
	}
	var buf [64]byte
	out := buf[:0]
	if len(s) > len(buf) {
		out = make([]byte, 0, len(s))
	}
	for i, r := range s {
		if r < utf8.RuneSelf {
			out = append(out, smallLetter(byte(r)))
			continue
		}
		small := lowerRune(r)
		if small == "" && unchanged(r) {
			small = s[i : i+unchangedSize]
		}
		if small == "" {
			return lowerAny(s)
		}
		out = append(out, small...)
	}
	return string(out)
}

// unchanged says whether lower leaves a letter as it is, whatever stands beside it: Kana, Hangul syllables, ideographs.
func unchanged(r rune) bool {
	return r >= 0x3041 && r <= 0x30fe && (r <= 0x3096 || r >= 0x30a0) || r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3
}

const unchangedSize = 3 // bytes

// lowerRune is a letter or a mark as lower writes it whatever stands beside it; "" for those that it writes otherwise beside some.
func lowerRune(r rune) string {
	switch {
	case r >= firstMark && int(r) < firstMark+len(lowerMarks):
		return lowerMarks[r-firstMark]
	case int(r) >= len(lowers) || r >= firstCombining && r <= lastCombining:
		return ""
	}
	return lowers[r]
}

// Combining marks change the letter in front of them. Those of other scripts stand behind the letters of lowers.
const firstCombining, lastCombining = 0x300, 0x36f

// lowers are the letters that have no other form beside any of them, as lower writes them; lowerMarks, the dashes and quotation marks.
var (
	lowers     [0x483]string
	lowerMarks [0x18]string
)

const firstMark = 0x2010

func lowerAny(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	if strings.Contains(s, "i\u0307") || strings.Contains(s, "’") || strings.Contains(s, "‘") {
		s = plainLetters.Replace(s)
	}
	return s
}

var plainLetters = strings.NewReplacer("i\u0307", "i", "’", "'", "‘", "'")

// lowerASCII makes the ASCII letters of s small and leaves all else where it is.
func lowerASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			var b strings.Builder
			b.Grow(len(s))
			return lowerFrom(&b, s, i)
		}
	}
	return s
}

// lowerInPlace is a text in small letters, each byte where it was: what would change its length stays as it is.
func lowerInPlace(s string) string {
	if isASCII(s) {
		return lowerASCII(s)
	}
	out := []byte(s)
	for i, r := range s {
		small := unicode.ToLower(r)
		if small != r && utf8.RuneLen(small) == utf8.RuneLen(r) {
			utf8.EncodeRune(out[i:], small)
		}
	}
	return string(out)
}

// lowerFrom is lowerASCII for a text with no capital in front of s[i], written to b a piece at a time.
func lowerFrom(b *strings.Builder, s string, i int) string {
	from := b.Len()
	b.WriteString(s[:i])
	var piece [128]byte
	for i < len(s) {
		n := copy(piece[:], s[i:])
		ascii.Lower(piece[:n])
		b.Write(piece[:n])
		i += n
	}
	return b.String()[from:]
}

func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// key is lower without accents: what is written without them means the same. Kana and Hangul keep theirs, they are letters.
func key(s string) string {
	s = lower(s)
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case int(r) < len(keys):
			b.WriteString(keys[r])
		default:
			b.WriteString(keyRune(r))
		}
	}
	return b.String()
}

// keys and folds are the first letters beyond ASCII as key and fold write them.
var keys, folds [0x600]string

func spellLetters() {
	for r := range lowers {
		lowers[r] = lowerAny(string(rune(r)))
	}
	for r := range lowerMarks {
		lowerMarks[r] = lowerAny(string(rune(firstMark + r)))
	}
	for r := range keys {
		keys[r], folds[r] = keyRune(rune(r)), foldRune(rune(r))
	}
}

func keyRune(r rune) string {
	if !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) {
		return foldLetters.Replace(string(r))
	}
	var b strings.Builder
	for _, d := range norm.NFD.String(string(r)) {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(d)
		}
	}
	return foldLetters.Replace(b.String())
}

// transcribed writes umlauts as two letters, as people do without the keys for them.
var transcribed = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "aa", "ø", "oe")

// appendSpellings appends the forms in which a phrase is written: as it is, without accents, transcribed.
func appendSpellings(out []string, p string) []string {
	from := len(out)
	out = append(out, p)
	for _, v := range [...]string{key(p), transcribed.Replace(p)} {
		if !has(out[from:], v) {
			out = append(out, v)
		}
	}
	return out
}

// allSpellings are those of the phrases of a list. It takes no more room than they need: all lists are in memory together, when it is
// at its highest of a start.
func allSpellings(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	var short [256]string
	out := short[:0]
	for _, p := range list {
		out = appendSpellings(out, p)
	}
	return slices.Clone(out)
}

// crossedVerbs say what is taken or given, "close * account", "account * closed": each in front with each behind. There are so many
// that nobody keeps them.
type crossedVerbs struct{ before, belongings, behind []string }

// cross notes the words, as they are before they are spelt, of which crossed verbs are made.
func (l *lexicon) cross() {
	l.crossed = map[string]crossedVerbs{
		"remove": {l.Cues["takes_away"], slices.Concat(l.Cues["belongings"], l.Cues["carried"]), l.Cues["taken_away"]},
		"add":    {l.Cues["gives_access"], l.Cues["belongings"], l.Cues["given_access"]},
	}
}

// all are the pieces of the verbs, in all spellings.
func (c *crossedVerbs) all() iter.Seq2[string, string] {
	return func(yield func(head, behind string) bool) {
		for _, belonging := range c.belongings {
			for _, verb := range c.before {
				if !yieldSpellings(verb, belonging, yield) {
					return
				}
			}
			for _, verb := range c.behind {
				if !yieldSpellings(belonging, verb, yield) {
					return
				}
			}
		}
	}
}

// yieldSpellings yields two pieces as the spellings of both together are.
func yieldSpellings(head, behind string, yield func(head, behind string) bool) bool {
	first := [2]string{head, behind}
	bare := [2]string{key(head), key(behind)}
	long := [2]string{transcribed.Replace(head), transcribed.Replace(behind)}
	if !yield(head, behind) || bare != first && !yield(bare[0], bare[1]) {
		return false
	}
	return long == first || long == bare || yield(long[0], long[1])
}

// spell adds the other forms in which the phrases of l are written.
func (l *lexicon) spell() {
	for _, list := range l.lists() {
		*list = allSpellings(*list)
	}
	for _, m := range []map[string][]string{l.Verbs, l.Decide, l.Cues, l.Changes} {
		for k, list := range m {
			m[k] = allSpellings(list)
		}
	}
}

// has says whether list holds word.
func has(list []string, word string) bool { return slices.Contains(list, word) }
