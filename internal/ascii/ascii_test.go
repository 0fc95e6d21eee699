package ascii

import (
	"testing"

	"pgregory.net/rapid"
)

func TestLower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("@AZ[`az{")))).Draw(t, "text")
		got := append([]byte(nil), text...)
		all := Lower(got)
		want := true
		for i, c := range text {
			small := c
			if 'A' <= c && c <= 'Z' {
				small += 'a' - 'A'
			}
			if got[i] != small {
				t.Errorf("%q at %d: %q, want %q", text, i, got[i], small)
			}
			want = want && c < 0x80
		}
		if all != want {
			t.Errorf("%q: %t, want %t", text, all, want)
		}
	})
}
