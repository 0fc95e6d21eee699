package interpret

import "math/bits"

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
	var two [2]byte
	n := copy(two[:], s)
	for i := range n {
		two[i] = smallLetter(two[i])
	}
	return p.may(string(two[:n]))
}

func pairHash(s string) uint {
	switch len(s) {
	case 0:
		return 0
	case 1:
		return uint(s[0]) * 61 & 4095
	}
	return (uint(s[0])*61 ^ uint(s[1])) & 4095
}

// wordTable finds the node of a word. It is asked for every word of every mail: a word of up to sixteen bytes is told by its two
// ends and its length, which stand in the table itself, so that a look-up touches one place in memory.
type wordTable struct {
	slots []wordSlot
	texts []string // of the slots, which only longer words need
	used  int
}

type wordSlot struct {
	ends wordEnds
	node *node // nil where no word is
}

// wordEnds are the first and the last eight bytes of a word, which overlap in a shorter one, and its length.
type wordEnds struct {
	first, last uint64
	size        int
}

func endsOf(w string) wordEnds {
	e := wordEnds{size: len(w)}
	switch n := len(w); {
	case n >= 8:
		e.first, e.last = eightBytes(w), eightBytes(w[n-8:])
	case n >= 4:
		e.first, e.last = fourBytes(w), fourBytes(w[n-4:])
	case n > 0:
		e.first = uint64(w[0])<<16 | uint64(w[n>>1])<<8 | uint64(w[n-1])
	}
	return e
}

func eightBytes(s string) uint64 { return fourBytes(s) | fourBytes(s[4:])<<32 }

func fourBytes(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func (e wordEnds) hash() int {
	hi, lo := bits.Mul64(e.first^0x9e3779b97f4a7c15, e.last^0xd6e8feb86659fd93^uint64(e.size)<<56)
	return int((hi ^ lo) * 0x9e3779b97f4a7c15 >> 32)
}

const wholeInEnds = 16 // the longest word that its ends tell

// of is the node of w, nil if w is in no phrase.
func (t *wordTable) of(w string) *node {
	if len(t.slots) == 0 {
		return nil
	}
	e := endsOf(w)
	for i := e.hash() & (len(t.slots) - 1); ; i = (i + 1) & (len(t.slots) - 1) {
		s := &t.slots[i]
		if s.node == nil || s.ends == e && (len(w) <= wholeInEnds || t.texts[i] == w) {
			return s.node
		}
	}
}

// add puts w, which t does not hold, into t.
func (t *wordTable) add(w string, n *node) {
	if 4*t.used >= 3*len(t.slots) {
		old, texts := t.slots, t.texts
		t.slots, t.texts = make([]wordSlot, max(1024, 2*len(old))), make([]string, max(1024, 2*len(old)))
		for i, s := range old {
			if s.node != nil {
				t.place(s, texts[i])
			}
		}
	}
	t.used++
	t.place(wordSlot{endsOf(w), n}, w)
}

func (t *wordTable) place(s wordSlot, text string) {
	i := s.ends.hash() & (len(t.slots) - 1)
	for t.slots[i].node != nil {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i], t.texts[i] = s, text
}
