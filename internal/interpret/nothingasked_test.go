package interpret_test

import (
	"os"
	"strings"
	"testing"
)

// TestNothingAsked holds the reader to testdata/nothingasked.txt.
func TestNothingAsked(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/nothingasked.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			countShort(t, strings.Split(strings.TrimSpace(line), "|"), &all)
		}
	}
	if all.correct < 40 {
		t.Errorf("%d mails right, want 40 or more", all.correct)
	}
}
