package main

import (
	"strings"
	"testing"
)

func TestTodo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if out := must(t, "todo", "list", d.cfg, "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("nothing to do is listed as %q", out)
	}
	for by, want := range map[string]string{"ada@provider.example": "no to-do 7 is open; see: countersign todo list",
		"eve@provider.example": "there is no such member of staff"} {
		if code, _, errs := call(t, "todo", "done", "7", "--by="+by, d.cfg); code != exitFailed || !strings.Contains(errs, want) {
			t.Errorf("by %s: exit code %d, %q, want %q", by, code, errs, want)
		}
	}
}
