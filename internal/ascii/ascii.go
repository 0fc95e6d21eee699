// Package ascii makes the ASCII letters of a text small, eight bytes at a time.
package ascii

import "encoding/binary"

// each and highBits are the lowest and the highest bit of each of eight bytes.
const each, highBits = 0x0101010101010101, 0x80 * each

// Lower makes the ASCII letters in text small, leaves all other bytes as they are, and says whether there is nothing but ASCII.
func Lower(text []byte) (all bool) {
	seen := uint64(0)
	for ; len(text) >= 8; text = text[8:] {
		eight := binary.LittleEndian.Uint64(text)
		seen |= eight
		binary.LittleEndian.PutUint64(text, lowerEight(eight))
	}
	for i, c := range text {
		seen |= uint64(c)
		if 'A' <= c && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	return seen&highBits == 0
}

// lowerEight does it all at once: the high bit of each byte tells of a sum whether the byte is a large letter.
func lowerEight(x uint64) uint64 {
	low := x &^ highBits
	fromA, behindZ := low+(0x80-'A')*each, low+(0x7f-'Z')*each
	return x | (fromA^behindZ)&^x&highBits>>2
}
