package interpret

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/message"
)

// TestStatedReasonIsReadOnlyWhereItMayBe puts sentences together of what labels a reason and what leads to one, whole and torn apart:
// where statedReason reads nothing, sharedReason finds nothing.
func TestStatedReasonIsReadOnlyWhereItMayBe(t *testing.T) {
	load()
	piece := rapid.SampledFrom([]string{"reason", "Reason", "Grund", "purpose", "the reason", "is", "is that", "for both:", "it is", "about", "It concerns", "Jane Doe",
		"needs access to the portal", "she audits us", "12:30", "e.g.", ":", ".", ". ", "? ", "\n", "\n\n", ", ", " (", ") "})
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		rd := newReader(&message.Message{}, Context{})
		rd.room = lend()
		defer rd.room.giveBack()
		scenes := rd.scenes(text)
		var all strings.Builder
		may := false
		for _, sc := range scenes {
			all.WriteString(sc.text + " ")
			may = may || sc.says(reasonWords) || strings.Contains(sc.text, ":")
		}
		got := rd.statedReason(scenes)
		if !may {
			return
		}
		want := rd.sharedReason(all.String())
		if str(got) != str(want) {
			t.Fatalf("%q: %q is stated, %q is read", text, str(got), str(want))
		}
		if want != nil {
			found++
		}
	})
	if found == 0 {
		t.Error("no text has a reason")
	}
}
