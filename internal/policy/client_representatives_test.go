package policy

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	clientRepresentatives = "client-representatives"

	secAdmin = "security_administrator"
	altAdmin = "alternate_security_administrator"
	itMgr    = "it_manager"
	itAdmin  = "it_administrator"
	finAdmin = "finance_administrator"
	user     = "user"
)

func TestCR_01(t *testing.T) {
	var asks []ask
	for _, by := range []string{secAdmin, altAdmin} {
		for _, r := range []string{itMgr, itAdmin, finAdmin} {
			power := func(a Answer) Answer {
				a.MovesPower = r != itAdmin // the one of the three who approves nothing
				return a
			}
			asks = append(asks,
				ask{by + "-adds-" + r, adds(by, r), power(yes("CR-01", StageStaff).own())},
				ask{by + "-promotes-to-" + r, changes(by, user, r), power(yes("CR-01", StageStaff).own())},
				ask{by + "-demotes-" + r, changes(by, r, user), power(yes("CR-01", StageStaff).own())},
				ask{by + "-edits-" + r, edits(by, r, DetailEmail), power(yes("CR-01", StageStaff).own())},
				ask{by + "-removes-" + r, removes(by, r), power(yes("CR-01", StageStaff).own())})
		}
	}
	testAsks(t, clientRepresentatives, append(asks, []ask{
		{"finance-adds", adds(finAdmin, itAdmin), no("CR-01", secAdmin, altAdmin, itMgr, itAdmin)},
		{"finance-removes-itself", removes(finAdmin, finAdmin).self(), no("CR-01", secAdmin, altAdmin, itMgr, itAdmin)},
		{"user-adds", adds(user, user), no("CR-06", secAdmin, altAdmin, itMgr, itAdmin)},
		{"user-adds-role-not-known", adds(user), no("CR-01", secAdmin, altAdmin, itMgr, itAdmin)},
		{"finance-adds-role-not-known", adds(finAdmin), no("CR-01", secAdmin, altAdmin, itMgr, itAdmin)},
		{"user-raises-itself", changes(user, user, itMgr).self(), no("CR-01", secAdmin, altAdmin, itMgr, itAdmin)},
		{"manager-adds-alternate", adds(itMgr, altAdmin), no("CR-01", secAdmin)},
		{"manager-edits-security-administrator", edits(itMgr, secAdmin, DetailEmail), no("CR-01", secAdmin)},
		{"manager-removes-security-administrator", removes(itMgr, secAdmin), no("CR-01")},
		{"manager-demotes-alternate", changes(itMgr, altAdmin, user), no("CR-01", secAdmin)},
		{"nobody-adds", Question{Action: ActionAddUser, Roles: roles(itMgr)}, no("R12", secAdmin, altAdmin, itMgr, itAdmin)},
	}...))
}

func TestCR_02(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"adds-alternate", adds(secAdmin, altAdmin), yes("CR-02", StageStaff).own().power()},
		{"delegates-manager", changes(secAdmin, itMgr, itMgr, altAdmin), yes("CR-02", StageStaff).own().power()},
		{"takes-delegation-back", changes(secAdmin, altAdmin, user), yes("CR-02", StageStaff).own().power()},
		{"removes-alternate", removes(secAdmin, altAdmin), yes("CR-02", StageStaff).own().power()},
		{"hands-over-to-new-person", adds(secAdmin, secAdmin), yes("CR-02", StageStaff).power().checked(ChecklistStaff)},
		{"hands-over-to-alternate", changes(secAdmin, altAdmin, secAdmin), yes("CR-02", StageStaff).power().checked(ChecklistStaff)},
		{"steps-down-without-successor", changes(secAdmin, secAdmin, altAdmin).self(), no("CR-02")},
		{"leaves-without-successor", removes(secAdmin, secAdmin).self(), no("CR-02")},
		{"own-address", edits(secAdmin, secAdmin, DetailEmail).self(), yes("CR-01", StageStaff).own().power()},
	})
}

func TestCR_03(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"adds-security-administrator", adds(altAdmin, secAdmin), no("CR-03", secAdmin)},
		{"makes-manager-security-administrator", changes(altAdmin, itMgr, secAdmin), no("CR-03", secAdmin)},
		{"raises-itself", changes(altAdmin, altAdmin, secAdmin).self(), no("CR-03", secAdmin)},
		{"demotes-security-administrator", changes(altAdmin, secAdmin, user), no("CR-03")},
		{"removes-security-administrator", removes(altAdmin, secAdmin), no("CR-03")},
		{"security-administrators-address", edits(altAdmin, secAdmin, DetailEmail), no("CR-03", secAdmin)},
		{"security-administrators-name", edits(altAdmin, secAdmin, DetailName), yes("CR-03", StageStaff).own()},
		{"names-successor", adds(altAdmin, altAdmin), no("CR-03", secAdmin)},
		{"steps-down", changes(altAdmin, altAdmin, user).self(), yes("CR-03", StageStaff).own().power()},
		{"leaves", removes(altAdmin, altAdmin).self(), yes("CR-03", StageStaff).own().power()},
		{"own-address", edits(altAdmin, altAdmin, DetailEmail).self(), yes("CR-03", StageStaff).own().power()},
		{"adds-user", adds(altAdmin, user), yes("CR-06", StageStaff)},
	})
}

func TestCR_04(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"manager", adds(itMgr, secAdmin), yes("CR-04", StageStaff).power().checked(ChecklistSecurity)},
		{"it-administrator", adds(itAdmin, secAdmin), yes("CR-04", StageStaff).power().checked(ChecklistSecurity)},
		{"finance", adds(finAdmin, secAdmin), yes("CR-04", StageStaff).power().checked(ChecklistSecurity)},
		{"manager-itself", changes(itMgr, itMgr, secAdmin).self(), yes("CR-04", StageStaff).power().checked(ChecklistSecurity)},
		{"finance-names-alternate", changes(finAdmin, altAdmin, secAdmin), yes("CR-04", StageStaff).power().checked(ChecklistSecurity)},
		{"user", adds(user, secAdmin), no("CR-01", secAdmin)},
	})
}

func TestCR_05(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"adds-user", adds(itMgr, user), yes("CR-06", StageStaff)},
		{"adds-representative", adds(itMgr, finAdmin), yes("CR-06", StageClient, StageStaff).power()},
		{"visit", visits(itMgr, ""), yes("R17", StageStaff)},
	})
	testApprovers(t, StageSecurityImpact, secAdmin, altAdmin, itMgr)
	testCapabilities(t, clientRepresentatives, "capabilities", Holder{Roles: roles(itMgr)},
		"ticket:any", "ticket:technical", "ticket:operational", "ticket:support", "ticket:billing", "assistance:request",
		"service:order", "service:cancel", "billing:view", "visit:self", "visit:listed", "visit:third_party", "users:request")
}

func TestCR_06(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"adds-user", adds(itAdmin, user), yes("CR-06", StageStaff)},
		{"edits-user", edits(itAdmin, user, DetailEmail), yes("CR-06", StageStaff)},
		{"removes-user", removes(itAdmin, user), yes("CR-06", StageStaff)},
		{"adds-role-not-known", adds(itAdmin), yes("CR-06")},
		{"adds-manager", adds(itAdmin, itMgr), yes("CR-06", StageClient, StageStaff).power()},
		{"adds-finance", adds(itAdmin, finAdmin), yes("CR-06", StageClient, StageStaff).power()},
		{"adds-it-administrator", adds(itAdmin, itAdmin), yes("CR-06", StageClient, StageStaff)},
		{"adds-alternate", adds(itAdmin, altAdmin), no("CR-01", secAdmin)},
		{"promotes-user", changes(itAdmin, user, itAdmin), yes("CR-06", StageClient, StageStaff)},
		{"raises-itself", changes(itAdmin, itAdmin, itMgr).self(), yes("CR-06", StageClient, StageStaff).power()},
		// The role that is lost needs the approval, although the one that is asked for does not.
		{"demotes-manager", changes(itAdmin, itMgr, user), yes("CR-06", StageClient, StageStaff).power()},
		{"removes-manager", removes(itAdmin, itMgr), yes("CR-06", StageClient, StageStaff).power()},
		{"edits-manager", edits(itAdmin, itMgr, DetailEmail), yes("CR-06", StageClient, StageStaff).power()},
		{"removes-alternate", removes(itAdmin, altAdmin), no("CR-01", secAdmin)},
		{"own-name", edits(itAdmin, itAdmin, DetailName).self(), yes("R12", StageStaff)},
		{"visit", visits(itAdmin, user), yes("R17", StageStaff)},
	})
	testCapabilities(t, clientRepresentatives, "capabilities", Holder{Roles: roles(itAdmin)},
		"ticket:technical", "ticket:operational", "ticket:support", "assistance:request",
		"visit:self", "visit:listed", "visit:third_party", "users:request")
}

func TestCR_07(t *testing.T) {
	testAsks(t, clientRepresentatives, []ask{
		{"finance-adds", adds(finAdmin, user), no("CR-06", secAdmin, altAdmin, itMgr, itAdmin)},
		{"finance-visit", visits(finAdmin, ""), no("R12", secAdmin, altAdmin, itMgr, itAdmin)},
	})
	testApprovers(t, StageChargeImpact, secAdmin, altAdmin, itMgr, finAdmin)
	testCapabilities(t, clientRepresentatives, "capabilities", Holder{Roles: roles(finAdmin)}, "ticket:billing", "billing:view", "billing:pay")
}

// TestCR_08: no built-in rule names the two stages, as only people see what is substantial; but a provider's rule can.
func TestCR_08(t *testing.T) {
	t.Parallel()
	const provider = `
role_model: {id: m, title: M, version: "1"}
roles:
  - {id: chief, title: Chief, rank: 2, approves: [security_impact, charge_impact]}
  - {id: clerk, title: Clerk, rank: 1}
rules:
  - {id: M-1, action: add_user, for: [chief, clerk], by: [clerk], stages: [staff, charge_impact, security_impact], text: T.}
otherwise: {id: M-0, text: No.}
`
	m, err := Load("provider.yaml", []byte(provider))
	if err != nil {
		t.Fatal(err)
	}
	want := []Stage{StageSecurityImpact, StageChargeImpact, StageStaff}
	if diff := cmp.Diff(want, m.Decide(adds("clerk", "clerk")).Stages); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
}

func TestCR_09(t *testing.T) {
	t.Parallel()
	testApprovers(t, StageClient, secAdmin, altAdmin)
	m := builtin(t, clientRepresentatives)
	for _, by := range []string{secAdmin, altAdmin} {
		held := m.Capabilities(roles(by))
		for _, r := range m.Roles {
			for _, c := range m.Capabilities(roles(r.ID)) {
				if !slices.Contains(held, c) {
					t.Errorf("%s may not %s, and %s may", by, c, r.ID)
				}
			}
			for _, s := range r.Approves {
				if !m.Approves(s, roles(by)) {
					t.Errorf("%s does not stand in at stage %s", by, s)
				}
			}
		}
	}
}

func testApprovers(t *testing.T, stage Stage, want ...string) {
	t.Helper()
	t.Run("approvers-"+string(stage), func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(want, builtin(t, clientRepresentatives).Approvers(stage)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
