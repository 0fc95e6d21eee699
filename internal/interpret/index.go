package interpret

import (
	"iter"
	"slices"
	"strings"
)

// phraseIndex holds the phrases of all lists. It is complete before the first text is read and not changed afterwards.
var phraseIndex = &index{}

// index finds the phrases of all lists in one pass over the words of a text: a tree of words below those that begin a phrase.
//
// It lives as long as the program and is read for every mail. So it is small and holds no pointers, which a collector would follow at
// each of its runs: numbers stand for words, texts and nodes, and what belongs to a node stands side by side in a slice that
// all nodes share. indexBuilder makes it.
//
//	nodes     | none | words, by number | nodes reached by a word, those of one node in the order of these words | the others |
//	by        |      |                  | that word                                                               |
type index struct {
	words   wordTable // every word of any phrase
	texts   wordTable // every phrase, and every piece of one
	nodes   []node
	by      []uint32
	reached nodeID // the first node of by
	ways    []ways
	senses  []sense
	parts   []langLists                       // of senses
	open    []edge                            // of ways
	tails   []tail                            // of ways, in the order of the words that they begin with
	stems   slotted[edge]                     // words with a star that begin a phrase, by their first two bytes
	stemmed wordSet                           // words that begin as one of them does
	runOn   []runOnPhrase                     // by first
	lists   []struct{ phrases, runOn span32 } // by their bits
	phrases []uint32                          // of lists: their texts
}

// nodeID is the number of a node. That of a word is the node of the phrase that is this word; 0 is the word of no phrase.
type nodeID = uint32

// node is reached by the words of a phrase, or of its beginning.
type node struct {
	sense uint16 // of the phrase that ends here, 0 if none does
	ways  uint16 // that lead on, 0 if none does
}

// span32 is a piece of a slice.
type span32 struct{ from, to uint32 }

// ways lead on from a node.
type ways struct {
	next span32 // of by: to the nodes that follow by a word
	open span32 // to those that follow by any word like this
	// Where the first piece of phrases in two pieces ends: that piece, and the second ones. Many first pieces have the same.
	head  uint32
	tails span32
}

// sense is what a phrase stands for.
type sense struct {
	lists listSet // that have it
	langs langSet // of these lists
	tells langSet // of which it is a function word
	parts span32  // its lists by language
}

// edge leads on by any word with this beginning, or end.
type edge struct {
	text      uint32
	end       bool
	behindTwo // of a stem
	to        nodeID
}

// tail is the second piece of a phrase in two pieces.
type tail struct {
	text  uint32
	word  uint32 // its first, 0 for one with a star
	langs langSet
	bit   uint16 // of the list of the phrase
	_     uint16
}

// runOnPhrase is a phrase of a script that sets no blanks.
type runOnPhrase struct {
	first rune
	text  uint32
	node  nodeID
}

// listsOf are the lists of the phrase that ends at n.
func (x *index) listsOf(n nodeID) *listSet {
	if int(n) >= len(x.nodes) { // nothing is read yet
		return &noLists
	}
	return &x.senses[x.nodes[n].sense].lists
}

var noLists listSet

// after is the node that follows n by a word, 0 if none does.
func (x *index) after(w *ways, word uint32) nodeID {
	words := x.by[w.next.from:w.next.to]
	from, to := 0, len(words)
	for from < to {
		if half := int(uint(from+to) >> 1); words[half] < word {
			from = half + 1
		} else {
			to = half
		}
	}
	if from == len(words) || words[from] != word {
		return 0
	}
	return x.reached + w.next.from + uint32(from)
}

// minStem is how many bytes a word with a star has that begins a phrase.
const minStem = 2

const stemSlots = 1024

// stemSlot is where the stems stand that begin as word does.
func stemSlot(word string) uint { return (uint(word[0])*37 ^ uint(word[1])) & (stemSlots - 1) }

// takes says whether e leads on by word.
func (x *index) takes(e *edge, word string) bool {
	if e.end {
		return strings.HasSuffix(word, x.texts.word(e.text))
	}
	return strings.HasPrefix(word, x.texts.word(e.text))
}

// wordsOfStems are the words that begin as a stem does.
func (x *index) wordsOfStems() wordSet {
	set := newWordSet(x.words.len())
	for n := uint32(1); n <= uint32(x.words.len()); n++ {
		word := x.words.word(n)
		if len(word) >= minStem && slices.ContainsFunc(x.stems.of(stemSlot(word)), func(e edge) bool { return x.takes(&e, word) }) {
			set.add(n)
		}
	}
	return set
}

// tailsFrom are the second pieces behind w that begin with a word, 0 for those with a star.
func (x *index) tailsFrom(w *ways, word uint32) []tail {
	tails := x.tails[w.tails.from:w.tails.to]
	from, end := 0, len(tails)
	for from < end {
		if half := int(uint(from+end) >> 1); tails[half].word < word {
			from = half + 1
		} else {
			end = half
		}
	}
	to := from
	for to < len(tails) && tails[to].word == word {
		to++
	}
	return tails[from:to]
}

// runOnFrom are the phrases of scripts without blanks that begin with r.
func (x *index) runOnFrom(r rune) []runOnPhrase {
	from, _ := slices.BinarySearchFunc(x.runOn, r, func(p runOnPhrase, r rune) int { return int(p.first - r) })
	to := from
	for to < len(x.runOn) && x.runOn[to].first == r {
		to++
	}
	return x.runOn[from:to]
}

func (x *index) textsOf(phrases span32) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range x.phrases[phrases.from:phrases.to] {
			if !yield(x.texts.word(p)) {
				return
			}
		}
	}
}

// slotted are things by slot, those of one slot side by side.
type slotted[T any] struct {
	ends  []uint16 // of slots
	items []T
}

// newSlotted keeps the order of items in each of these slots.
func newSlotted[T any](slots int, items []T, slot func(T) uint) slotted[T] {
	s := slotted[T]{make([]uint16, slots+1), make([]T, len(items))}
	for _, item := range items {
		s.ends[slot(item)+1]++
	}
	for i := range slots {
		s.ends[i+1] += s.ends[i]
	}
	at := slices.Clone(s.ends)
	for _, item := range items {
		i := &at[slot(item)]
		s.items[*i] = item
		*i++
	}
	return s
}

func (s *slotted[T]) of(slot uint) []T { return s.items[s.ends[slot]:s.ends[slot+1]] }
