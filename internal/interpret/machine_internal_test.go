package interpret

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
	"pgregory.net/rapid"
)

// TestFolded holds folded and the openings of reports against what they stand for: small letters, one blank between words.
func TestFolded(t *testing.T) {
	load()
	fold := func(s string) string { return strings.Join(strings.Fields(lower(s)), " ") }
	for r := rune(0); r < 0x3100; r++ {
		for _, s := range []string{string(r), "A" + string(r) + "b", " " + string(r) + " "} {
			if got := folded(s); got != fold(s) {
				t.Fatalf("%q: %q, want %q", s, got, fold(s))
			}
		}
	}
	part := rapid.SampledFrom([]string{"Your", "MAIL", " ", " ", "\n", "\t ", "é", "Ö", "İ", "退信", "が", "\u3099", "…", "½", "\u00a0", "\u3000", "\xff", "1", "-", "<a@x.example>"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
		if got := folded(s); got != fold(s) {
			t.Fatalf("%q: %q, want %q", s, got, fold(s))
		}
		if !utf8.ValidString(s) {
			return // as no text of a mail is
		}
		text := strings.Repeat(s, rapid.IntRange(1, 60).Draw(t, "times"))
		want := cut(fold(replytext.Clean(cut(text, maxReport))), maxOpening)
		if got := opening(&message.Message{Text: text}); got != want {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}
