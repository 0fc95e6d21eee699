package main

import (
	"bytes"
	"testing"
)

// What a stranger wrote in a subject must not reach the terminal as a command to it.
func TestListPrintsNoControls(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	row := func(s string) []string { return []string{s, "b"} }
	if err := list(streams{out: &out}, false, []string{"\x1b]0;evil\x07a\u202e\nb\tc\u009b", "Zoë"}, []string{"A", "B"}, row); err != nil {
		t.Fatal(err)
	}
	if want := "A             B\n]0;evila b c  b\nZoë           b\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
