package replytext

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is found by hand is what the expression finds.
func TestHasDate(t *testing.T) {
	pieces := []string{"1", "12", "9", "2026", ".", "/", "-", ":", "h", " ", "Apr", "may", "Sep", "Xy", "abcdefghij", "時", "4", "é", "١"}
	rapid.Check(t, func(t *rapid.T) {
		s := ""
		for _, p := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 9).Draw(t, "pieces") {
			s += p
		}
		if got, want := hasDate(s), date.MatchString(s); got != want {
			t.Errorf("hasDate(%q) = %v, the expression finds %v", s, got, want)
		}
	})
}

func TestToLower(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		if s := "Some ASCII " + string(r) + "Z"; toLower(s) != strings.ToLower(s) {
			t.Errorf("%q: %q, want %q", s, toLower(s), strings.ToLower(s))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringN(0, 40, -1), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		if toLower(s) != strings.ToLower(s) {
			t.Errorf("%q: %q, want %q", s, toLower(s), strings.ToLower(s))
		}
	})
}
