package policy

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestBuiltin(t *testing.T) {
	t.Parallel()
	ids := BuiltinIDs()
	if !slices.Contains(ids, "contact-levels") {
		t.Fatalf("built-in models are %q", ids)
	}
	for _, id := range ids {
		m, err := Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		if m.ID != id {
			t.Errorf("the file of %s calls its model %q", id, m.ID)
		}
	}
	_, err := Builtin("../secrets")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there are account-contacts, ") {
		t.Errorf("an unknown model: %v", err)
	}
}
