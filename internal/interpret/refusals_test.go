package interpret_test

import (
	"os"
	"strings"
	"testing"
)

// TestRefusals holds the reader to testdata/refusals.txt.
func TestRefusals(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/refusals.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			countShort(t, strings.Split(strings.TrimSpace(line), "|"), &all)
		}
	}
	if all.correct < 200 || all.asked > 0 {
		t.Errorf("%d decisions right, %d asked for; want 200 or more, and none", all.correct, all.asked)
	}
}
