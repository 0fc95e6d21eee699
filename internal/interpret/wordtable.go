package interpret

import "math/bits"

// wordTable finds the node of a word. It is asked for every word of every mail, so it looks at no more than the ends of a word
// and goes by a table that stays in the processor's cache.
type wordTable struct {
	slots []uint32 // of each word by its hash: the upper bits of that, then its index in words and one more; 0 for none
	words []listedWord
}

type listedWord struct {
	text string
	node *node
}

const (
	slotBits = 20 // of an index
	slotMask = 1<<slotBits - 1
)

// wordHash mixes the first and the last eight bytes of w.
func wordHash(w string) uint64 {
	var a, b uint64
	switch n := len(w); {
	case n >= 8:
		a, b = eightBytes(w), eightBytes(w[n-8:])
	case n >= 4:
		a, b = fourBytes(w), fourBytes(w[n-4:])
	case n > 0:
		a = uint64(w[0])<<16 | uint64(w[n>>1])<<8 | uint64(w[n-1])
	}
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd6e8feb86659fd93^uint64(len(w))<<56)
	return (hi ^ lo) * 0x9e3779b97f4a7c15
}

func eightBytes(s string) uint64 { return fourBytes(s) | fourBytes(s[4:])<<32 }

func fourBytes(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// of is the node of w, nil if w is in no phrase.
func (t *wordTable) of(w string) *node {
	if len(t.slots) == 0 {
		return nil
	}
	h := wordHash(w)
	tag := uint32(h>>32) &^ slotMask
	for i := int(h) & (len(t.slots) - 1); t.slots[i] != 0; i = (i + 1) & (len(t.slots) - 1) {
		if s := t.slots[i]; s&^slotMask == tag {
			if x := &t.words[s&slotMask-1]; x.text == w {
				return x.node
			}
		}
	}
	return nil
}

// add puts w, which t does not hold, into t.
func (t *wordTable) add(w string, n *node) {
	t.words = append(t.words, listedWord{w, n})
	if len(t.words) >= slotMask {
		panic("more words than a wordTable has room for")
	}
	if 4*len(t.words) <= len(t.slots) {
		t.place(len(t.words))
		return
	}
	t.slots = make([]uint32, max(1024, 2*len(t.slots)))
	for i := range t.words {
		t.place(i + 1)
	}
}

func (t *wordTable) place(number int) {
	h := wordHash(t.words[number-1].text)
	i := int(h) & (len(t.slots) - 1)
	for t.slots[i] != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = uint32(h>>32)&^slotMask | uint32(number)
}
