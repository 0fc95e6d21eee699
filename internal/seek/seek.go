// Package seek finds the places of a text where one of many phrases may begin, with most of the text unread.
//
// The method is that of Wu and Manber, "A fast algorithm for multi-pattern searching", 1994.
package seek

// Table tells of three bytes how far the next place is where a phrase may begin.
type Table struct {
	window int // as many bytes of each phrase are looked at as the shortest has, maxWindow at most
	shift  [1 << hashBits]uint8
}

const (
	block     = 3 // bytes that are looked at at once
	maxWindow = 12
	hashBits  = 12
)

// NewTable is a table of phrases, none of which is shorter than three bytes.
func NewTable(phrases []string) *Table {
	t := &Table{window: maxWindow}
	for _, p := range phrases {
		t.window = min(t.window, len(p))
	}
	if t.window < block {
		panic("a phrase is too short to be sought")
	}
	for h := range t.shift {
		t.shift[h] = uint8(t.window - block + 1)
	}
	for _, p := range phrases {
		for end := block; end <= t.window; end++ {
			h := hash(p, end)
			t.shift[h] = min(t.shift[h], uint8(t.window-end))
		}
	}
	return t
}

// Next is the first place of s, at from or behind it, where a phrase may begin; -1 if there is none.
func (t *Table) Next(s string, from int) int {
	for end := from + t.window; end <= len(s); {
		shift := t.shift[hash(s, end)]
		if shift == 0 {
			return end - t.window
		}
		end += int(shift)
	}
	return -1
}

// hash is that of the block of s that ends there.
func hash(s string, end int) uint32 {
	three := uint32(s[end-3]) | uint32(s[end-2])<<8 | uint32(s[end-1])<<16
	return three * 0x9e3779b1 >> (32 - hashBits)
}
