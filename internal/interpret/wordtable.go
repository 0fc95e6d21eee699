package interpret

import (
	"math/bits"
	"slices"
	"strings"
)

// pairSet is a cheap test for texts that begin as one of some words does: by a hash of the first two bytes.
type pairSet [64]uint64

func (p *pairSet) add(word string) {
	h := pairHash(word)
	p[h>>6] |= 1 << (h & 63)
}

func (p *pairSet) may(s string) bool {
	h := pairHash(s)
	return p[h>>6]&(1<<(h&63)) != 0
}

// mayFold is may for the small letters of an ASCII text.
func (p *pairSet) mayFold(s string) bool {
	h := uint(0)
	switch len(s) {
	case 0:
	case 1:
		h = pairOf(smallLetter(s[0]), 0)
	default:
		h = pairOf(smallLetter(s[0]), smallLetter(s[1]))
	}
	return p[h>>6]&(1<<(h&63)) != 0
}

func pairHash(s string) uint {
	switch len(s) {
	case 0:
		return 0
	case 1:
		return pairOf(s[0], 0)
	}
	return pairOf(s[0], s[1])
}

func pairOf(first, second byte) uint { return (uint(first)*61 ^ uint(second)) & 4095 }

// hashedBytes is how many bytes of a text beginHash takes, or as many as there are.
const hashedBytes = 3

func beginHash(s string) uint {
	switch len(s) {
	case 0:
		return 0
	case 1:
		return uint(s[0])
	case 2:
		return uint(s[0])*31 + uint(s[1])
	}
	return uint(s[0])*961 + uint(s[1])*31 + uint(s[2])
}

// wordTable numbers different words, from 1. It is asked for every word of every mail: a word of up to eight bytes is told by its
// slot alone. All words stand in one text, so that the collector has nothing to follow.
type wordTable struct {
	slots []wordSlot
	text  string
	ends  []uint32 // by number, where in text the word ends
	grown strings.Builder
}

// wordSlot is empty where number is 0.
type wordSlot struct {
	print  uint64 // of the word: the whole of one of up to eight bytes
	number uint32
	size   uint32
}

func printOf(w string) uint64 {
	switch n := len(w); {
	case n > 8:
		return eightBytes(w)*0x9e3779b97f4a7c15 ^ eightBytes(w[n-8:])
	case n >= 4:
		return fourBytes(w) | fourBytes(w[n-4:])<<32
	case n > 0:
		return uint64(w[0])<<16 | uint64(w[n>>1])<<8 | uint64(w[n-1])
	}
	return 0
}

func eightBytes(s string) uint64 { return fourBytes(s) | fourBytes(s[4:])<<32 }

func fourBytes(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func slotHash(print uint64, size int) int {
	hi, lo := bits.Mul64(print^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93^uint64(size)<<56)
	return int((hi ^ lo) >> 32)
}

// of is the number of w, 0 if t does not hold it.
func (t *wordTable) of(w string) uint32 {
	if len(t.slots) == 0 {
		return 0
	}
	print, size := printOf(w), uint32(len(w))
	for i := slotHash(print, len(w)) & (len(t.slots) - 1); ; i = (i + 1) & (len(t.slots) - 1) {
		s := &t.slots[i]
		if s.number == 0 || s.print == print && s.size == size && (size <= 8 || t.word(s.number) == w) {
			return s.number
		}
	}
}

// word is the word of a number.
func (t *wordTable) word(number uint32) string { return t.text[t.ends[number-1]:t.ends[number]] }

// len is the highest number.
func (t *wordTable) len() int { return max(0, len(t.ends)-1) }

// add is of, with the next number for a word that t does not hold.
func (t *wordTable) add(w string) uint32 {
	if n := t.of(w); n > 0 {
		return n
	}
	if t.ends == nil {
		t.ends = []uint32{0}
	}
	t.grown.WriteString(w)
	t.text = t.grown.String()
	number := uint32(len(t.ends))
	t.ends = append(t.ends, uint32(len(t.text)))
	if 2*len(t.ends) >= len(t.slots) {
		old := t.slots
		t.slots = make([]wordSlot, max(64, 2*len(old)))
		for _, s := range old {
			if s.number > 0 {
				t.place(s)
			}
		}
	}
	t.place(wordSlot{printOf(w), number, uint32(len(w))})
	return number
}

func (t *wordTable) place(s wordSlot) {
	i := slotHash(s.print, int(s.size)) & (len(t.slots) - 1)
	for t.slots[i].number > 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = s
}

// pack gives back what t was made with.
func (t *wordTable) pack() {
	t.text = strings.Clone(t.text)
	t.ends = slices.Clip(slices.Clone(t.ends))
	t.grown = strings.Builder{}
}

// wordSet is a set of words of a table, by their numbers.
type wordSet []uint64

func newWordSet(words int) wordSet { return make(wordSet, words>>6+1) }

func (s wordSet) add(number uint32)      { s[number>>6] |= 1 << (number & 63) }
func (s wordSet) has(number uint32) bool { return s[number>>6]&(1<<(number&63)) != 0 }

// wordMap gives words a value.
type wordMap[V any] struct {
	wordTable
	values []V
}

func (m *wordMap[V]) set(w string, v V) {
	i := int(m.add(w)) - 1
	if i == len(m.values) {
		m.values = append(m.values, v)
	}
	m.values[i] = v
}

func (m *wordMap[V]) get(w string) (v V, ok bool) {
	n := m.of(w)
	if n == 0 {
		return v, false
	}
	return m.values[n-1], true
}
