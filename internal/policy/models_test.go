package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModels(t *testing.T) {
	t.Parallel()
	own := small(t)
	ms, err := NewModels(own)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"account-contacts", "authorisation-list", "client-representatives", "contact-levels", "small"}, ms.IDs()); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if ms.Model("small") != own || ms.Model("contact-levels") == nil || ms.Model("nonsense") != nil {
		t.Error("models are not found by their ids")
	}
	if ids, ok := ms.RoleIDs("small"); !ok || !cmp.Equal([]string{"boss", "clerk", "user"}, ids) {
		t.Errorf("roles of small: %q, %v", ids, ok)
	}
	if ids, ok := ms.RoleIDs("nonsense"); ok || ids != nil {
		t.Errorf("roles of no model: %q", ids)
	}
	ms.All()[0] = nil
	if ms.All()[0] == nil {
		t.Error("the list is not the caller's own")
	}
	taken := *own
	taken.ID = "contact-levels"
	for _, twice := range [][]*Model{{own, own}, {&taken}} {
		if _, err := NewModels(twice...); err == nil || !strings.Contains(err.Error(), twice[len(twice)-1].ID) {
			t.Errorf("two models with one id: %v", err)
		}
	}
}
