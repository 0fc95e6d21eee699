package interpret

import (
	"iter"
	"strings"
)

// list is a set of phrases that texts are searched for. A star at the end of a word stands for its rest, one at the beginning for
// any beginning; a phrase in Chinese, Japanese or Korean counts anywhere in a run of letters.
type list struct{ bit uint16 }

// sources tell the phrases of all lists, by their bits, once the language files are read.
var sources []func(*lexicon) []string

// newList makes a list that every text is searched for.
func newList(phrases ...string) list {
	return newListOf(func(*lexicon) []string { return phrases })
}

// newListOf makes one of phrases of the language files.
func newListOf(source func(*lexicon) []string) list {
	sources = append(sources, source)
	return list{uint16(len(sources) - 1)}
}

// phrases are those of l; runOn, those of scripts without blanks.
func (l list) phrases() iter.Seq[string] {
	return phraseIndex.textsOf(phraseIndex.lists[l.bit].phrases)
}
func (l list) runOn() iter.Seq[string] { return phraseIndex.textsOf(phraseIndex.lists[l.bit].runOn) }

// anyPhrase says whether a phrase of l is as it must be.
func (l list) anyPhrase(is func(phrase string) bool) bool {
	for p := range l.phrases() {
		if is(p) {
			return true
		}
	}
	return false
}

// first is the first phrase of l.
func (l list) first() string {
	for p := range l.phrases() {
		return p
	}
	return ""
}

// holds says whether word is one of the phrases of l.
func (l list) holds(word string) bool {
	return phraseIndex.listsOf(phraseIndex.words.of(word)).has(l.bit)
}

// in says whether the word or mark t is, as it stands, a phrase of l.
func (t *token) in(l list) bool { return t.lists.has(l.bit) }

// listSet is a set of lists, by their bits. TestListsHaveABit tells when it is too small.
type listSet [11]uint64

func (s *listSet) add(bit uint16)      { s[bit>>6] |= 1 << (bit & 63) }
func (s *listSet) has(bit uint16) bool { return s[bit>>6]&(1<<(bit&63)) != 0 }
func (s *listSet) join(o *listSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// verbs are phrases that ask for an action. In some a star stands for up to ten words: "give * access".
type verbs struct {
	list        // those without a gap
	gapped list // those with one
}

const maxGap = 10

func newVerbs(key string) *verbs {
	v := &verbs{gapped: newList()}
	v.list = newListOf(func(l *lexicon) []string {
		var plain []string
		for _, p := range l.Verbs[key] {
			if !strings.Contains(p, gapMark) {
				plain = append(plain, p)
			}
		}
		return plain
	})
	return v
}

const gapMark = " * "

// addGaps takes up the phrases in two pieces among those of one language.
func (v *verbs) addGaps(b *indexBuilder, phrases []string, crossed crossedVerbs, langs langSet) {
	for _, p := range phrases {
		if head, tail, ok := strings.Cut(p, gapMark); ok {
			b.addGap(v.gapped.bit, langs, head, tail)
		}
	}
	for head, tail := range crossed.all() {
		b.addGap(v.gapped.bit, langs, head, tail)
	}
}
