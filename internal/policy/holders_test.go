package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bound is a request with what it does to the bounds of roles.
type bound struct {
	name         string
	q            Question
	others       map[string]int
	full, vacant []string
}

func testBounds(t *testing.T, model string, bounds []bound) {
	t.Helper()
	m := builtin(t, model)
	for _, b := range bounds {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			full, vacant := m.Bounds(b.q, b.others)
			if diff := cmp.Diff(b.full, full); diff != "" {
				t.Errorf("full (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(b.vacant, vacant); diff != "" {
				t.Errorf("vacant (-want +got):\n%s", diff)
			}
		})
	}
}

// TestR22 is the bounds of each model's roles.
func TestR22(t *testing.T) {
	t.Parallel()
	want := map[string]map[string]Holders{
		"contact-levels":      {mainC: {Min: 1}},
		authorisationList:     {official: {Min: 1}},
		accountContacts:       {owner: {Min: 1, Max: 1, Then: accAdmin}},
		clientRepresentatives: {secAdmin: {Min: 1, Max: 1, Then: user}, altAdmin: {Max: 1, Then: user}},
	}
	for _, id := range BuiltinIDs() {
		got := map[string]Holders{}
		for _, r := range builtin(t, id).Roles {
			if r.Holders != (Holders{}) {
				got[r.ID] = r.Holders
			}
		}
		if diff := cmp.Diff(want[id], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	testBounds(t, clientRepresentatives, []bound{
		{"second-administrator", adds(secAdmin, secAdmin), map[string]int{secAdmin: 1}, roles(secAdmin), nil},
		{"second-alternate", changes(secAdmin, itMgr, altAdmin), map[string]int{altAdmin: 1}, roles(altAdmin), nil},
		{"first-alternate", adds(secAdmin, altAdmin), map[string]int{secAdmin: 1}, nil, nil},
		{"alternate-stays", changes(altAdmin, altAdmin, altAdmin, itMgr).self(), map[string]int{secAdmin: 1}, nil, nil},
		{"alternate-takes-over", changes(secAdmin, altAdmin, secAdmin), map[string]int{secAdmin: 1}, roles(secAdmin), nil},
		{"only-administrator-steps-down", changes(secAdmin, secAdmin, altAdmin).self(), nil, nil, roles(secAdmin)},
		{"role-not-known", changes(secAdmin, secAdmin), nil, nil, nil},
		{"details", edits(secAdmin, secAdmin, DetailEmail), nil, nil, nil},
		{"alternate-removed", removes(secAdmin, altAdmin), map[string]int{secAdmin: 1}, nil, nil},
	})
}

// AL-03: a Technical Contact has a place in the portal only with physical access; everybody else has one.
func TestLetsIn(t *testing.T) {
	t.Parallel()
	m, err := Builtin("authorisation-list")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		roles  []string
		access bool
		want   bool
	}{
		"contact":             {[]string{"technical_contact"}, false, false},
		"contact-with-access": {[]string{"technical_contact"}, true, true},
		"manager":             {[]string{"technical_manager"}, false, true},
		"contact-and-manager": {[]string{"technical_contact", "technical_manager"}, false, true},
		"nobody":              {nil, true, false},
	} {
		if got := m.LetsIn(tc.roles, tc.access); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
