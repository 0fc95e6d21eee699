package interpret

import (
	"strings"
	"unicode/utf8"
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
func (l list) phrases() []string { return phraseIndex.lists[l.bit].phrases }
func (l list) runOn() []string   { return phraseIndex.lists[l.bit].runOn }

// holds says whether word is one of the phrases of l.
func (l list) holds(word string) bool {
	n := phraseIndex.words.of(word)
	return n != nil && n.lists.has(l.bit)
}

// in says whether the word or mark t is, as it stands, a phrase of l.
func (t *token) in(l list) bool { return t.word.lists.has(l.bit) }

// listSet is a set of lists, by their bits. TestListsHaveABit tells when it is too small.
type listSet [5]uint64

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

// gap is a phrase in two pieces.
type gap struct {
	bit        uint16
	langs      langSet
	head, tail []string
	last       *node // the tail, if it is one word
}

const maxGap = 10

// gaps are those of one first piece, by the word that the second begins with.
type gaps struct {
	of   map[*node][]*gap
	open []*gap // whose second begins with a word with a star
}

func (w *ways) addGap(g *gap) {
	if w.gaps == nil {
		w.gaps = &gaps{of: map[*node][]*gap{}}
	}
	if first := g.tail[0]; strings.HasSuffix(first, "*") {
		w.gaps.open = append(w.gaps.open, g)
	} else {
		word := phraseIndex.word(first)
		w.gaps.of[word] = append(w.gaps.of[word], g)
	}
}

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

// addGaps takes up the phrases in two pieces among phrases.
func (v *verbs) addGaps(phrases []string, langs langSet) {
	for _, p := range phrases {
		head, tail, ok := strings.Cut(p, gapMark)
		if !ok {
			continue
		}
		g := &gap{bit: v.gapped.bit, langs: langs, head: strings.Fields(head), tail: strings.Fields(tail)}
		if len(g.tail) == 1 && !strings.HasSuffix(tail, "*") {
			g.last = phraseIndex.word(tail)
		}
		phraseIndex.add(head).onward().addGap(g)
	}
}

// phraseIndex holds the phrases of all lists. It is complete before the first text is read and not changed afterwards.
var phraseIndex = &index{}

// index finds the phrases of all lists in one pass over the words of a text: a tree of words below those that begin a phrase.
type index struct {
	words wordTable         // every word of any phrase
	stems [stemSlots][]edge // words with a star that begin a phrase, by their first two bytes
	short [256][]edge       // those of one byte
	runOn map[rune][]runOnPhrase
	lists []struct{ phrases, runOn []string } // by their bits
}

const stemSlots = 1024

// stemSlot is where the stems stand that begin as word does.
func stemSlot(word string) uint { return (uint(word[0])*37 ^ uint(word[1])) & (stemSlots - 1) }

// node is reached by the words of a phrase, or of its beginning. That of a single word stands for the word, too.
type node struct {
	lists       listSet // of the phrases that end here
	*ways               // nil for most
	*byLanguage         // nil where no phrase ends
	langs       langSet // of these lists
	tells       langSet // of which it is a function word
	tag         uint8   // of a word: its number, modulo 64
}

// byLanguage tells the lists of a node by language.
type byLanguage struct {
	parts []langLists
	whole *node // with the lists of all
}

// ways lead on from a node.
type ways struct {
	gaps *gaps // whose head ends here
	next map[*node]*node
	may  uint64 // a bit for the tag of each word of next
	open []edge
}

// onward are the ways from n, made where there are none.
func (n *node) onward() *ways {
	if n.ways == nil {
		n.ways = &ways{}
	}
	return n.ways
}

// edge leads on by any word with this beginning, or end.
type edge struct {
	part string
	end  bool
	to   *node
}

func (e *edge) takes(word string) bool {
	if e.end {
		return strings.HasSuffix(word, e.part)
	}
	return strings.HasPrefix(word, e.part)
}

// runOnPhrase is a phrase of a script that sets no blanks.
type runOnPhrase struct {
	text string
	node *node
}

// unlisted is the word of all tokens that no phrase has.
var unlisted = &node{}

// fill takes up the phrases of all lists, language by language.
func (x *index) fill(languages []lexicon) {
	x.runOn = map[rune][]runOnPhrase{}
	x.lists = make([]struct{ phrases, runOn []string }, len(sources))
	for bit, source := range sources {
		mine := &x.lists[bit]
		take := func(phrases []string, langs langSet) {
			mine.phrases = append(mine.phrases, phrases...)
			for _, p := range phrases {
				x.add(p).put(uint16(bit), langs)
				if hasIdeograph(p) {
					mine.runOn = append(mine.runOn, p)
				}
			}
		}
		if constant := source(&lexicon{}); len(constant) > 0 {
			take(constant, noLanguage)
			continue
		}
		for i := range languages {
			take(source(&languages[i]), 1<<i)
		}
	}
}

// add makes the node of a phrase.
func (x *index) add(phrase string) *node {
	n := x.addWords(strings.Fields(phrase))
	if !hasIdeograph(phrase) {
		return n
	}
	first, _ := utf8.DecodeRuneInString(phrase)
	for _, p := range x.runOn[first] {
		if p.text == phrase {
			return p.node
		}
	}
	x.runOn[first] = append(x.runOn[first], runOnPhrase{phrase, n})
	return n
}

func (x *index) addWords(ws []string) *node {
	var at *node
	for i, w := range ws {
		part, open := strings.CutSuffix(w, "*")
		part, end := strings.CutPrefix(part, "*")
		switch {
		case i == 0 && open && len(part) == 1:
			at = step(&x.short[part[0]], edge{part: part})
		case i == 0 && open && part != "":
			at = step(&x.stems[stemSlot(part)], edge{part: part})
		case i == 0:
			at = x.word(w)
		case open || end:
			at = step(&at.onward().open, edge{part: part, end: end})
		default:
			at = at.follow(x.word(w))
		}
	}
	return at
}

func (x *index) word(w string) *node {
	n := x.words.of(w)
	if n == nil {
		n = &node{tag: uint8(x.words.used & 63)}
		x.words.add(w, n)
	}
	return n
}

func (n *node) follow(word *node) *node {
	if n.onward().next == nil {
		n.next = map[*node]*node{}
	}
	n.may |= 1 << word.tag
	if n.next[word] == nil {
		n.next[word] = &node{}
	}
	return n.next[word]
}

func step(edges *[]edge, e edge) *node {
	for _, o := range *edges {
		if o.part == e.part && o.end == e.end {
			return o.to
		}
	}
	e.to = &node{}
	*edges = append(*edges, e)
	return e.to
}
