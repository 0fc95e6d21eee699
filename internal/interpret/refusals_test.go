package interpret_test

import (
	"os"
	"strings"
	"testing"
)

// TestRefusals holds the reader to testdata/refusals.txt.
func TestRefusals(t *testing.T) {
	t.Parallel()
	if all := readShort(t, "refusals.txt"); all.correct < 200 || all.asked > 0 {
		t.Errorf("%d decisions right, %d asked for; want 200 or more, and none", all.correct, all.asked)
	}
}

// TestNothingAsked holds the reader to testdata/nothingasked.txt.
func TestNothingAsked(t *testing.T) {
	t.Parallel()
	if all := readShort(t, "nothingasked.txt"); all.correct < 40 {
		t.Errorf("%d mails right, want 40 or more", all.correct)
	}
}

// readShort counts the values of the mails of a file in testdata, one in each line, apart from comments.
func readShort(t *testing.T, file string) tally {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all tally
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			countShort(t, strings.Split(strings.TrimSpace(line), "|"), &all)
		}
	}
	return all
}
