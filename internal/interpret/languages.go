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

// tongues says which languages a text is written in; nil stands for all. Of what a word is in others nothing counts.
type tongues struct {
	langs langSet
	room  *room // for the words that other languages know, too
}

// of are the lists that the languages of t know of a phrase.
func (t *tongues) of(s *sense) *listSet {
	if t == nil || s.langs&^t.langs == 0 {
		return &s.lists
	}
	t.room.lists = append(t.room.lists, listSet{})
	known := &t.room.lists[len(t.room.lists)-1]
	for i := s.parts.from; i < s.parts.to; i++ {
		if part := &phraseIndex.parts[i]; part.langs&t.langs != 0 {
			known.join(&part.lists)
		}
	}
	return known
}

// hold says whether word is one of the phrases of l in one of these languages.
func (t *tongues) hold(l list, word string) bool {
	n := phraseIndex.words.of(word)
	if t == nil || n == 0 {
		return phraseIndex.listsOf(n).has(l.bit)
	}
	s := &phraseIndex.senses[phraseIndex.nodes[n].sense]
	for _, part := range phraseIndex.parts[s.parts.from:s.parts.to] {
		if part.langs&t.langs != 0 && part.lists.has(l.bit) {
			return true
		}
	}
	return false
}

// alwaysRead are the languages that have no function words, since they have a script of their own, and English, which mails of all
// languages mix in.
var alwaysRead langSet

// tellLanguages takes up the function words.
func tellLanguages(b *indexBuilder, each []lexicon) {
	alwaysRead = everyLanguage
	for i := range each {
		if each[i].FunctionWords != nil && answers[i].name != prosaic {
			alwaysRead &^= 1 << i
		}
		for _, w := range each[i].FunctionWords {
			b.tell(w, 1<<i)
		}
	}
}

// minTelling is how many different function words tell a language.
const minTelling = 2

// languagesOf finds the languages of a text: the one that knows most of its function words, then the one that knows most of the
// others, and so on. A text with too few of them may be in any.
func languagesOf(sentences []sentence) langSet {
	type telling struct {
		word  nodeID
		tells langSet
	}
	var seen [64]telling
	n := 0
	for i := range sentences {
		toks := sentences[i].tokens
	next:
		for k := range toks {
			t := &toks[k]
			if t.word == 0 || n == len(seen) || k > 0 && t.text != t.lower {
				continue
			}
			tells := phraseIndex.senses[phraseIndex.nodes[t.word].sense].tells
			if tells == 0 {
				continue
			}
			for i := range seen[:n] {
				if seen[i].word == t.word {
					continue next
				}
			}
			seen[n] = telling{t.word, tells}
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
