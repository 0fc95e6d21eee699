package replytext

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/internal/seek"
)

// phraseSet finds phrases by what they begin and end with, so that the cost of a line does not grow with their number.
type phraseSet struct {
	list         []string
	starts, ends slots       // by the first two bytes, by the last two
	begun        *begun      // by all sets
	bit          uint32      // of this set in begun
	long         *seek.Table // of the phrases of three bytes and more
	short        []int32     // those of less
}

// slots are the phrases of a list by the hash of two of their bytes, those of one slot in order, side by side.
type slots struct {
	until [slotCount + 1]uint16
	found []slotted
}

const slotCount = 1024

// slotted is a phrase by its index, with the two bytes beside its two: most texts have others.
type slotted struct {
	index        int32
	beside, mask uint16
}

// begun tells of the hash of two bytes, by its bits, which sets have phrases that begin so: one look at it spares one at each set.
type begun struct {
	sets [slotCount]uint32
	n    int
}

func newPhraseSet(list []string, all *begun) *phraseSet {
	s := &phraseSet{list: list, starts: newSlots(list, firstTwo, nextTwo), ends: newSlots(list, lastTwo, twoBefore), begun: all, bit: 1 << all.n}
	all.n++
	var long []string
	for i, p := range list {
		all.sets[hashTwo(firstTwo(p))] |= s.bit
		if len(p) < 3 {
			s.short = append(s.short, int32(i))
		} else {
			long = append(long, p)
		}
	}
	s.long = seek.NewTable(long)
	return s
}

func newSlots(list []string, two, beside func(string) uint16) slots {
	s := slots{found: make([]slotted, len(list))}
	slot := func(f slotted) uint16 { return hashTwo(two(list[f.index])) }
	for i, p := range list {
		s.found[i] = slotted{index: int32(i), beside: beside(p)}
		if len(p) > 2 {
			s.found[i].mask |= 0xff
		}
		if len(p) > 3 {
			s.found[i].mask |= 0xff00
		}
		s.until[slot(s.found[i])+1]++
	}
	slices.SortStableFunc(s.found, func(f, o slotted) int { return int(slot(f)) - int(slot(o)) })
	for i := range slotCount {
		s.until[i+1] += s.until[i]
	}
	return s
}

func (s *slots) of(two uint16) []slotted {
	slot := hashTwo(two)
	return s.found[s.until[slot]:s.until[slot+1]]
}

// firstTwo is 0 for what is shorter, as no phrase is.
func firstTwo(s string) uint16 {
	if len(s) < 2 {
		return 0
	}
	return uint16(s[0])<<8 | uint16(s[1])
}

func lastTwo(s string) uint16 {
	if len(s) < 2 {
		return 0
	}
	return firstTwo(s[len(s)-2:])
}

// nextTwo are the two bytes behind the first two of a text, twoBefore those in front of its last two; 0 where there is none.
func nextTwo(s string) uint16 {
	switch len(s) {
	case 0, 1, 2:
		return 0
	case 3:
		return uint16(s[2])
	}
	return uint16(s[2]) | uint16(s[3])<<8
}

func twoBefore(s string) uint16 {
	switch n := len(s); n {
	case 0, 1, 2:
		return 0
	case 3:
		return uint16(s[0])
	default:
		return uint16(s[n-3]) | uint16(s[n-4])<<8
	}
}

func hashTwo(two uint16) uint16 { return (two ^ two>>4) & (slotCount - 1) }

// may says whether the phrase may be that of a text with these bytes beside the two.
func (f *slotted) may(beside uint16) bool { return beside&f.mask == f.beside }

// mayBegin is a cheap test for begins.
func (ps *phraseSet) mayBegin(s string) bool {
	return ps.begun.sets[hashTwo(firstTwo(s))]&ps.bit != 0
}

// beginning are the phrases that s may begin with.
func (ps *phraseSet) beginning(s string) []slotted {
	if !ps.mayBegin(s) {
		return nil
	}
	return ps.starts.of(firstTwo(s))
}

// prefix says whether s begins with one of the phrases as whole words and returns what follows it. Scripts without blanks
// need no borders.
func (ps *phraseSet) prefix(s string) (tail string, ok bool) {
	beside := nextTwo(s)
	for _, f := range ps.beginning(s) {
		if !f.may(beside) {
			continue
		}
		p := ps.list[f.index]
		if tail, ok := strings.CutPrefix(s, p); ok && (p[0] >= firstUnspaced || !endsInLetter(p) || !startsWithLetter(tail)) {
			return tail, true
		}
	}
	return "", false
}

// begins says whether s begins with one of the phrases, whatever follows.
func (ps *phraseSet) begins(s string) bool {
	beside := nextTwo(s)
	for _, f := range ps.beginning(s) {
		if f.may(beside) && strings.HasPrefix(s, ps.list[f.index]) {
			return true
		}
	}
	return false
}

// suffix says whether s ends with one of the phrases.
func (ps *phraseSet) suffix(s string) bool {
	beside := twoBefore(s)
	for _, f := range ps.ends.of(lastTwo(s)) {
		if f.may(beside) && strings.HasSuffix(s, ps.list[f.index]) {
			return true
		}
	}
	return false
}

// has says whether s is one of the phrases.
func (ps *phraseSet) has(s string) bool {
	beside := nextTwo(s)
	for _, f := range ps.beginning(s) {
		if f.may(beside) && ps.list[f.index] == s {
			return true
		}
	}
	return false
}

// each calls found for every place in s where a phrase stands, with its index in the list, until that returns false.
func (ps *phraseSet) each(s string, found func(at int, i int32) bool) {
	for _, i := range ps.short {
		for from := 0; ; {
			at := strings.Index(s[from:], ps.list[i])
			if at < 0 {
				break
			}
			if !found(from+at, i) {
				return
			}
			from += at + 1
		}
	}
	for at := ps.long.Next(s, 0); at >= 0; at = ps.long.Next(s, at+1) {
		beside := nextTwo(s[at:])
		for _, f := range ps.starts.of(firstTwo(s[at:])) {
			if !f.may(beside) {
				continue
			}
			if p := ps.list[f.index]; len(p) > 2 && strings.HasPrefix(s[at:], p) && !found(at, f.index) {
				return
			}
		}
	}
}

// within says whether one of the phrases stands anywhere in s.
func (ps *phraseSet) within(s string) bool {
	ok := false
	ps.each(s, func(int, int32) bool {
		ok = true
		return false
	})
	return ok
}

// firstUnspaced is the first byte of the scripts that put no blanks between words.
const firstUnspaced = 0xE3

// standsAlone says whether the phrase p at that place in s touches no letter.
func standsAlone(s, p string, at int) bool {
	return p[0] >= firstUnspaced || !endsInLetter(s[:at]) && (!endsInLetter(p) || !startsWithLetter(s[at+len(p):]))
}
