package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckGrant(t *testing.T) {
	t.Parallel()
	for grant, want := range map[string]string{
		"+ticket:support": "",
		"-ticket:*":       "",
		"-*":              "",
		"":                `grant "": + or - is expected first`,
		"ticket:any":      `grant "ticket:any": + or - is expected first`,
		"+":               `grant "+": there is no such capability`,
		"+fly":            `grant "+fly": there is no such capability`,
		"-tick":           `grant "-tick": there is no such capability`,
		"+*:any":          `grant "+*:any": there is no such capability`,
	} {
		got := ""
		if err := CheckGrant(grant); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("CheckGrant(%q) is %q, want %q", grant, got, want)
		}
	}
}

// TestGrantsAndBadge: no grant lets a Technician in without an active badge (CL-09), and a Main Contact needs none.
func TestGrantsAndBadge(t *testing.T) {
	t.Parallel()
	m := contactLevels(t)
	grants := []string{"+site:enter", "+service:order"}
	for name, c := range map[string]struct {
		h    Holder
		want []string
	}{
		"technician":             {Holder{Roles: roles(tech), Grants: grants}, []string{"ticket:technical", "assistance:request", "service:order"}},
		"technician-with-badge":  {Holder{Roles: roles(tech), Badge: true}, []string{"ticket:technical", "ticket:operational", "assistance:request", "site:enter"}},
		"secondary":              {Holder{Roles: roles(second), Grants: []string{"+site:enter", "-visit:*", "-service:order", "-users:*"}}, []string{"ticket:support", "assistance:request", "site:enter"}},
		"nobody":                 {Holder{PhysicalAccess: true, Badge: true}, nil},
		"role-of-another-model":  {Holder{Roles: roles(official), PhysicalAccess: true, Badge: true}, nil},
		"taken-and-never-given":  {Holder{Grants: []string{"-site:enter"}}, nil},
		"grant-that-is-no-grant": {Holder{Grants: []string{"site:enter"}}, nil},
	} {
		if diff := cmp.Diff(c.want, m.CapabilitiesOf(c.h)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestApproves(t *testing.T) {
	t.Parallel()
	m := builtin(t, clientRepresentatives)
	for name, c := range map[string]struct {
		stage  Stage
		roles  []string
		grants []string
		want   bool
	}{
		"security-administrator":         {StageClient, roles(secAdmin), nil, true},
		"one-of-two-roles":               {StageClient, roles(user, altAdmin), nil, true},
		"manager":                        {StageClient, roles(itMgr), nil, false},
		"manager-impact":                 {StageSecurityImpact, roles(itMgr), nil, true},
		"finance-security":               {StageSecurityImpact, roles(finAdmin), nil, false},
		"taken-away":                     {StageClient, roles(secAdmin), []string{"-users:approve"}, false},
		"taken-away-with-all":            {StageClient, roles(secAdmin), []string{"-users:*"}, false},
		"taken-away-and-another-stage":   {StageChargeImpact, roles(secAdmin), []string{"-users:approve"}, true},
		"given-makes-no-approver":        {StageClient, roles(itMgr), []string{"+users:approve"}, false},
		"providers-stage":                {StageStaff, roles(secAdmin), nil, false},
		"no-role":                        {StageClient, nil, nil, false},
		"users-request-is-another-grant": {StageClient, roles(secAdmin), []string{"-users:request"}, true},
	} {
		if got := m.Approves(c.stage, c.roles, c.grants...); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
