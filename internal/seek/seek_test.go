package seek_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/seek"
	"pgregory.net/rapid"
)

// TestNextPassesNothingOver holds the table against looking at every place.
func TestNextPassesNothingOver(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "ab", "ü", "wrote", "写道", " ", "on leave", "out of office"})
	text := func(t *rapid.T, label string, atLeast int) string {
		return strings.Join(rapid.SliceOfN(part, atLeast, 12).Draw(t, label), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		var phrases []string
		for range rapid.IntRange(1, 4).Draw(t, "phrases") {
			phrases = append(phrases, text(t, "phrase", 3))
		}
		table, s := seek.NewTable(phrases), text(t, "text", 0)
		next := table.Next(s, 0)
		for at := range len(s) {
			if next >= 0 && next < at {
				next = table.Next(s, at)
			}
			for _, p := range phrases {
				if strings.HasPrefix(s[at:], p) && next != at {
					t.Fatalf("%q stands at %d of %q, next is %d", p, at, s, next)
				}
			}
		}
	})
}
