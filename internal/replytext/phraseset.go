package replytext

import "strings"

// phraseSet finds phrases by what they begin and end with, so that the cost of a line does not grow with their number.
type phraseSet struct {
	list        []string
	starts      map[uint16][]int32 // first two bytes -> indices in list, in order
	ends        map[uint16][]int32 // last two bytes
	first, last [64]uint64         // a bit for the hash of each key of starts and of ends
	inner       [512]uint64        // a bit for the hash of each phrase's first three bytes
	short       []int32            // phrases of less than three bytes
}

func newPhraseSet(list []string) *phraseSet {
	s := &phraseSet{list: list, starts: map[uint16][]int32{}, ends: map[uint16][]int32{}}
	for i, p := range list {
		first := firstTwo(p)
		s.starts[first] = append(s.starts[first], int32(i))
		s.first[hashTwo(first)/64] |= 1 << (hashTwo(first) % 64)
		last := lastTwo(p)
		s.last[hashTwo(last)/64] |= 1 << (hashTwo(last) % 64)
		s.ends[last] = append(s.ends[last], int32(i))
		if len(p) < 3 {
			s.short = append(s.short, int32(i))
			continue
		}
		h := hashThree(p, 0)
		s.inner[h/64] |= 1 << (h % 64)
	}
	return s
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

func hashTwo(two uint16) uint16 { return (two ^ two>>4) & 4095 }

func hashThree(s string, i int) uint32 {
	h := uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16
	return h * 0x9e3779b1 >> 17
}

// starting are the indices of the phrases that begin with the first two bytes of s; most texts begin as none does.
func (ps *phraseSet) starting(s string) []int32 {
	two := firstTwo(s)
	if h := hashTwo(two); ps.first[h/64]&(1<<(h%64)) == 0 {
		return nil
	}
	return ps.starts[two]
}

// ending are the indices of those that end with the last two.
func (ps *phraseSet) ending(s string) []int32 {
	two := lastTwo(s)
	if h := hashTwo(two); ps.last[h/64]&(1<<(h%64)) == 0 {
		return nil
	}
	return ps.ends[two]
}

// prefix says whether s begins with one of the phrases as whole words and returns what follows it. Scripts without blanks
// need no borders.
func (ps *phraseSet) prefix(s string) (tail string, ok bool) {
	for _, i := range ps.starting(s) {
		p := ps.list[i]
		if tail, ok := strings.CutPrefix(s, p); ok && (p[0] >= firstUnspaced || !endsInLetter(p) || !startsWithLetter(tail)) {
			return tail, true
		}
	}
	return "", false
}

// begins says whether s begins with one of the phrases, whatever follows.
func (ps *phraseSet) begins(s string) bool {
	for _, i := range ps.starting(s) {
		if strings.HasPrefix(s, ps.list[i]) {
			return true
		}
	}
	return false
}

// suffix says whether s ends with one of the phrases.
func (ps *phraseSet) suffix(s string) bool {
	for _, i := range ps.ending(s) {
		if strings.HasSuffix(s, ps.list[i]) {
			return true
		}
	}
	return false
}

// has says whether s is one of the phrases.
func (ps *phraseSet) has(s string) bool {
	for _, i := range ps.starting(s) {
		if ps.list[i] == s {
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
	for at := 0; at+2 < len(s); at++ {
		if h := hashThree(s, at); ps.inner[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, i := range ps.starts[firstTwo(s[at:])] {
			if p := ps.list[i]; len(p) > 2 && strings.HasPrefix(s[at:], p) && !found(at, i) {
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
