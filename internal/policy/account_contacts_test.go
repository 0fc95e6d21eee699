package policy

import (
	"slices"
	"testing"
)

const (
	accountContacts = "account-contacts"

	owner    = "account_owner"
	accAdmin = "account_administrator"
	billing  = "billing"
	support  = "support"
)

// TestAC_01: a rule knows no mailbox, so mail to either team meets the same ones; and R13.
func TestAC_01(t *testing.T) {
	resend := func(by string) Question { return Question{Action: ActionResendInvitation, ActorRoles: roles(by)} }
	testAsks(t, accountContacts, []ask{
		{"add", adds(owner, billing), yes("AC-05", StageStaff).own()},
		{"invitation-again-by-owner", resend(owner), yes("R13")},
		{"invitation-again-by-administrator", resend(accAdmin), yes("R13")},
		{"invitation-again-by-invitee", Question{Action: ActionResendInvitation, Self: true}, yes("R13")},
		{"invitation-again-by-support", resend(support), no("R13", owner, accAdmin)},
	})
}

func TestAC_02(t *testing.T) {
	testAsks(t, accountContacts, []ask{
		{"owner-hands-over", adds(owner, owner), yes("AC-02", StageStaff).power().checked(ChecklistStaff)},
		{"owner-hands-over-to-contact", changes(owner, support, owner), yes("AC-02", StageStaff).power().checked(ChecklistStaff)},
		{"without-the-owner", adds(accAdmin, owner), yes("AC-02", StageStaff).power().checked(ChecklistSecurity)},
		{"administrator-takes-over", changes(accAdmin, accAdmin, owner).self(), yes("AC-02", StageStaff).power().checked(ChecklistSecurity)},
		{"billing-names-owner", adds(billing, owner), no("AC-02", owner)},
		{"support-takes-over", changes(support, support, owner).self(), no("AC-02", owner)},
		{"owner-steps-down", changes(owner, owner, billing).self(), no("AC-02")},
		{"owner-leaves", removes(owner, owner).self(), no("AC-02")},
		{"owner-leaves-role-not-known", changes(owner, owner).self(), no("AC-02")},
		{"administrator-demotes-owner", changes(accAdmin, owner, billing), no("AC-02")},
		{"administrator-removes-owner", removes(accAdmin, owner), no("AC-02")},
		{"administrator-edits-owner", edits(accAdmin, owner, DetailEmail), no("AC-02", owner)},
		{"owner-edits-itself", edits(owner, owner, DetailEmail).self(), yes("AC-02", StageStaff).own().power()},
		{"visit", visits(owner, ""), yes("R17", StageStaff)},
	})
	t.Run("cancel-services", func(t *testing.T) {
		m := builtin(t, accountContacts)
		for _, r := range m.Roles {
			if got := slices.Contains(m.Capabilities(roles(r.ID)), "service:cancel"); got != (r.ID == owner) {
				t.Errorf("%s cancels services: %v", r.ID, got)
			}
		}
	})
	testBounds(t, accountContacts, []bound{
		{"second-owner", adds(owner, owner), map[string]int{owner: 1}, roles(owner), nil},
		{"owner-leaves", removes(owner, owner), nil, nil, roles(owner)},
	})
}

func TestAC_03(t *testing.T) {
	testAsks(t, accountContacts, []ask{
		{"adds", adds(billing, billing), no("AC-05", owner, accAdmin)},
		{"removes", removes(billing, support), no("AC-05", owner, accAdmin)},
		{"own-address", edits(billing, billing, DetailEmail).self(), no("AC-05", owner, accAdmin)},
		{"own-name", edits(billing, billing, DetailName).self(), yes("R12", StageStaff)},
		{"visit", visits(billing, ""), no("R12", owner, accAdmin)},
	})
	testCapabilities(t, accountContacts, "capabilities", Holder{Roles: roles(billing)}, "billing:view", "billing:pay")
}

var supportCapabilities = []string{"ticket:technical", "ticket:operational", "ticket:support", "assistance:request", "credentials:receive"}

func TestAC_04(t *testing.T) {
	testAsks(t, accountContacts, []ask{
		{"adds", adds(support, support), no("AC-05", owner, accAdmin)},
		{"adds-role-not-known", adds(support), no("AC-05", owner, accAdmin)},
		{"changes-itself", changes(support, support, accAdmin).self(), no("AC-05", owner, accAdmin)},
	})
	testCapabilities(t, accountContacts, "capabilities", Holder{Roles: roles(support)}, supportCapabilities...)
}

func TestAC_05(t *testing.T) {
	testAsks(t, accountContacts, []ask{
		{"adds-billing", adds(accAdmin, billing), yes("AC-05", StageStaff).own()},
		{"adds-administrator", adds(accAdmin, accAdmin), yes("AC-05", StageStaff).own().power()},
		{"changes", changes(accAdmin, billing, support), yes("AC-05", StageStaff).own()},
		{"demotes-administrator", changes(owner, accAdmin, support), yes("AC-05", StageStaff).own().power()},
		{"removes", removes(accAdmin, support), yes("AC-05", StageStaff).own()},
		{"removes-administrator", removes(accAdmin, accAdmin), yes("AC-05", StageStaff).own().power()},
		{"edits", edits(accAdmin, billing, DetailEmail), yes("AC-05", StageStaff).own()},
		{"removes-owner", removes(accAdmin, owner), no("AC-02")},
		{"removes-owner-who-is-billing-too", Question{Action: ActionRemoveUser, ActorRoles: roles(accAdmin), SubjectRoles: roles(billing, owner)}, no("AC-02")},
		{"visit", visits(accAdmin, billing), yes("R17", StageStaff)},
	})
	testCapabilities(t, accountContacts, "capabilities", Holder{Roles: roles(accAdmin)},
		"ticket:technical", "ticket:operational", "ticket:support", "ticket:billing", "assistance:request", "billing:view", "billing:pay",
		"credentials:receive", "visit:self", "visit:listed", "visit:third_party", "users:request", "users:approve", "list:manage")
}

func TestAC_06(t *testing.T) {
	both := func(q Question) Question { q.ActorRoles = roles(billing, support); return q }
	testAsks(t, accountContacts, []ask{
		{"added-with-both", adds(owner, billing, support), yes("AC-05", StageStaff).own()},
		{"gets-the-other", changes(accAdmin, billing, billing, support), yes("AC-05", StageStaff).own()},
		{"adds", both(adds("", billing)), no("AC-05", owner, accAdmin)},
		{"adds-with-both", both(adds("", support, billing)), no("AC-05", owner, accAdmin)},
		{"visit", both(visits("", "")), no("R12", owner, accAdmin)},
		{"own-language", both(edits("", "", DetailLanguage)).self(), yes("R12", StageStaff)},
	})
	testCapabilities(t, accountContacts, "capabilities", Holder{Roles: roles(support, billing)},
		"ticket:technical", "ticket:operational", "ticket:support", "assistance:request", "billing:view", "billing:pay", "credentials:receive")
}

func TestAC_07(t *testing.T) {
	testAsks(t, accountContacts, []ask{
		{"administrator-without-right", adds(accAdmin, billing).grants("-users:request"), no("AC-07", owner, accAdmin)},
		{"administrator-without-any", adds(accAdmin, billing).grants("-*"), no("AC-07", owner, accAdmin)},
		{"administrator-without-right-names-owner", adds(accAdmin, owner).grants("-users:*"), no("AC-07", owner)},
		{"administrator-who-approves-not", adds(accAdmin, billing).grants("-users:approve"), yes("AC-05", StageClient, StageStaff)},
		{"billing-with-right", adds(billing, support).grants("+users:request"), yes("AC-07", StageClient, StageStaff)},
		{"billing-with-right-removes", removes(billing, support).grants("+users:*"), yes("AC-07", StageClient, StageStaff)},
		{"billing-with-right-adds-administrator", adds(billing, accAdmin).grants("+users:request"), no("AC-05", owner, accAdmin)},
		{"given-and-taken", adds(billing, support).grants("-users:request", "+users:request"), no("AC-05", owner, accAdmin)},
		{"no-role-with-right", Question{Action: ActionAddUser, Roles: roles(billing), Grants: []string{"+users:request"}}, no("R12", owner, accAdmin)},
	})
	plus := Holder{Roles: roles(billing), Grants: []string{"+ticket:support", "+credentials:receive"}}
	testCapabilities(t, accountContacts, "plus", plus, "ticket:support", "billing:view", "billing:pay", "credentials:receive")
	testCapabilities(t, accountContacts, "minus", Holder{Roles: roles(support), Grants: []string{"-ticket:*"}}, "assistance:request", "credentials:receive")
	testCapabilities(t, accountContacts, "plus-and-minus", Holder{Roles: roles(support), Grants: []string{"-ticket:*", "+ticket:support", "+billing:view"}},
		"assistance:request", "billing:view", "credentials:receive")
	testCapabilities(t, accountContacts, "grants-alone", Holder{Grants: []string{"+billing:*"}}, "billing:view", "billing:pay")
}
