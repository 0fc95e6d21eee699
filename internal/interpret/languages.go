package interpret

import "math/bits"

// langSet is a set of languages, by their place among the files. Marks and phrases of the program itself are of noLanguage.
type langSet uint32

const (
	everyLanguage = ^langSet(0)
	noLanguage    = langSet(1) << 31
)

// langLists are the lists in which a phrase stands for some languages.
type langLists struct {
	langs langSet
	lists listSet
}

// put notes that the phrase of n is in a list, for these languages.
func (n *node) put(bit uint16, langs langSet) {
	n.lists.add(bit)
	n.langs |= langs
	if n.byLanguage == nil {
		n.byLanguage = &byLanguage{whole: n}
	}
	for i := range n.parts {
		if n.parts[i].langs == langs {
			n.parts[i].lists.add(bit)
			return
		}
	}
	n.parts = append(n.parts, langLists{langs: langs})
	n.parts[len(n.parts)-1].lists.add(bit)
}

// tongues says which languages a text is written in; nil stands for all. Of what a word is in others nothing counts.
type tongues struct {
	langs langSet
	room  *room // for the words that other languages know, too
}

// everywhere is n as all languages together know it.
func (n *node) everywhere() *node {
	if n.byLanguage != nil {
		return n.whole
	}
	return n
}

// of is what the languages of t know of n.
func (t *tongues) of(n *node) *node {
	if t == nil || n.langs&^t.langs == 0 {
		return n
	}
	t.room.nodes = append(t.room.nodes, node{langs: n.langs & t.langs, ways: n.ways, byLanguage: n.byLanguage, tag: n.tag})
	m := &t.room.nodes[len(t.room.nodes)-1]
	for i := range n.parts {
		if n.parts[i].langs&t.langs != 0 {
			m.lists.join(&n.parts[i].lists)
		}
	}
	return m
}

// hold says whether word is one of the phrases of l in one of these languages.
func (t *tongues) hold(l list, word string) bool {
	n := phraseIndex.words.of(word)
	if n == nil || !n.lists.has(l.bit) || t == nil {
		return n != nil && n.lists.has(l.bit)
	}
	for i := range n.parts {
		if n.parts[i].langs&t.langs != 0 && n.parts[i].lists.has(l.bit) {
			return true
		}
	}
	return false
}

// mask leaves of the words of tokens what these languages know.
func (t *tongues) mask(toks []token) {
	if t == nil {
		return
	}
	for i := range toks {
		if w := toks[i].word; w.langs&^t.langs != 0 {
			toks[i].word = t.of(w)
		}
	}
}

// alwaysRead are the languages that have no function words, since they have a script of their own, and English, which mails of all
// languages mix in.
var alwaysRead langSet

// tellLanguages takes up the function words.
func tellLanguages(each []lexicon) {
	alwaysRead = everyLanguage
	for i := range each {
		if each[i].FunctionWords != nil && answers[i].name != prosaic {
			alwaysRead &^= 1 << i
		}
		for _, w := range each[i].FunctionWords {
			phraseIndex.word(w).tells |= 1 << i
		}
	}
}

// minTelling is how many different function words tell a language.
const minTelling = 2

// languagesOf finds the languages of a text: the one that knows most of its function words, then the one that knows most of the
// others, and so on. A text with too few of them may be in any.
func languagesOf(sentences []sentence) langSet {
	var seen [64]*node
	n := 0
	for i := range sentences {
		toks := sentences[i].tokens
	next:
		for k := range toks {
			t := &toks[k]
			if t.word.tells == 0 || n == len(seen) || k > 0 && t.text != t.lower {
				continue
			}
			for _, s := range seen[:n] {
				if s == t.word {
					continue next
				}
			}
			seen[n] = t.word
			n++
		}
	}
	left := seen[:n]
	langs := alwaysRead
	for range answers {
		var count [32]int
		most := 0
		for _, w := range left {
			for tells := w.tells; tells != 0; tells &= tells - 1 {
				i := bits.TrailingZeros32(uint32(tells))
				count[i]++
				most = max(most, count[i])
			}
		}
		if most < minTelling {
			break
		}
		var best langSet
		for i := range answers {
			if count[i] == most {
				best |= 1 << i
			}
		}
		langs |= best
		rest := left[:0]
		for _, w := range left {
			if w.tells&best == 0 {
				rest = append(rest, w)
			}
		}
		left = rest
		if len(left) == n {
			break
		}
	}
	if n-len(left) < minTelling {
		return everyLanguage
	}
	return langs
}
