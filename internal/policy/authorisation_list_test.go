package policy

import "testing"

const (
	authorisationList = "authorisation-list"

	official = "technical_authorised_official"
	techMgr  = "technical_manager"
	techCont = "technical_contact"
)

func TestAL_01(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"official-adds-contact", adds(official, techCont), yes("AL-01", StageStaff).own()},
		{"official-adds-manager", adds(official, techMgr), yes("AL-01", StageStaff).own()},
		{"official-adds-official", adds(official, official), yes("AL-01", StageStaff).own().power()},
		{"official-adds-unknown-role", adds(official), yes("AL-01")},
		{"official-promotes", changes(official, techCont, techMgr), yes("AL-01", StageStaff).own()},
		{"official-demotes-official", changes(official, official, techCont), yes("AL-01", StageStaff).own().power()},
		{"official-edits", edits(official, techCont, DetailEmail), yes("AL-01", StageStaff).own()},
		{"official-edits-officials-address", edits(official, official, DetailName, DetailEmail), yes("AL-01", StageStaff).own().power()},
		{"official-removes", removes(official, techMgr), yes("AL-01", StageStaff).own()},
		{"manager-adds", adds(techMgr, techCont), no("AL-01", official)},
		{"manager-adds-unknown-role", adds(techMgr), no("AL-01", official)},
		{"manager-promotes-itself", changes(techMgr, techMgr, official).self(), no("AL-01", official)},
		{"manager-changes", changes(techMgr, techCont, techMgr), no("AL-01", official)},
		{"manager-edits", edits(techMgr, techCont, DetailEmail), no("AL-01", official)},
		{"manager-removes", removes(techMgr, techCont), no("AL-01", official)},
		{"contact-adds", adds(techCont, techCont), no("AL-01", official)},
		{"contact-removes", removes(techCont, official), no("AL-01", official)},
		{"contact-edits-own-address", edits(techCont, techCont, DetailEmail).self(), no("AL-01", official)},
		{"nobody-adds", Question{Action: ActionAddUser, Roles: roles(techCont)}, no("R12", official)},
		{"role-of-another-model", adds(official, "technician"), no("R12")},
	})
}

func TestAL_02(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"official-sets-flag", edits(official, techCont, DetailPhysicalAccess), yes("AL-02", StageStaff).own()},
		{"official-sets-leads-flag", edits(official, official, DetailPhysicalAccess).lead(), yes("AL-02", StageStaff).own()},
		{"manager-sets-flag", edits(techMgr, techCont, DetailPhysicalAccess), no("AL-01", official)},
		{"contact-sets-own-flag", edits(techCont, techCont, DetailPhysicalAccess).self(), no("AL-01", official)},
		{"visitor-without-flag", visits(techMgr, techCont).access(), no("AL-02")},
		{"visitor-without-flag-by-official", visits(official, techCont), no("AL-02")},
		{"visitor-without-flag-escorted", visits(techMgr, techCont).access().admitted(), yes("AL-03", StageStaff)},
	})
	for _, role := range []string{official, techMgr, techCont} {
		testCapabilities(t, authorisationList, role+"-enters", Holder{Roles: roles(role), PhysicalAccess: true}, map[string][]string{
			official: {"site:enter", "visit:self", "visit:listed", "visit:third_party", "users:request", "users:approve", "list:manage"},
			techMgr:  {"site:enter", "visit:self", "visit:listed", "visit:third_party"},
			techCont: {"site:enter", "visit:self", "visit:listed"},
		}[role]...)
	}
}

func TestAL_03(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"own-visit", visits(techCont, techCont).access().self(), yes("AL-03", StageStaff)},
		{"listed-visitor", visits(techCont, official).access().admitted(), yes("AL-03", StageStaff)},
		{"visitor-not-known-yet", Question{Action: ActionScheduleVisit, ActorRoles: roles(techCont), PhysicalAccess: true}, yes("AL-03", StageStaff)},
		{"own-visit-without-flag", visits(techCont, techCont).self(), no("AL-03", official)},
		{"own-visit-without-flag-escorted", visits(techCont, techCont).self().admitted(), no("AL-03", official)},
		{"listed-visitor-without-flag", visits(techCont, techCont).admitted(), no("AL-03", official)},
		{"visitor-not-known-without-flag", Question{Action: ActionScheduleVisit, ActorRoles: roles(techCont)}, no("AL-03", official)},
		{"manager-without-flag", visits(techMgr, techCont).admitted(), no("AL-03", official)},
	})
	testCapabilities(t, authorisationList, "contact-without-flag", Holder{Roles: roles(techCont)})
}

func TestAL_04(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"third-party", visits(techMgr, "").access(), yes("AL-04", StageStaff)},
		{"third-party-without-flag", visits(techMgr, ""), no("AL-03", official)},
		{"third-party-by-contact", visits(techCont, "").access(), no("AL-04", official, techMgr)},
		{"third-party-by-contact-without-flag", visits(techCont, ""), no("AL-03", official)},
		{"own-visit", visits(techMgr, techMgr).access().self(), yes("AL-03", StageStaff)},
		{"listed-visitor", visits(techMgr, techCont).access().admitted(), yes("AL-03", StageStaff)},
	})
	testCapabilities(t, authorisationList, "manager-without-flag", Holder{Roles: roles(techMgr)})
}

func TestAL_05(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"third-party", visits(official, ""), yes("AL-05", StageStaff)},
		{"listed-visitor", visits(official, techCont).admitted(), yes("AL-05", StageStaff)},
		{"own-visit", visits(official, official).access().self(), yes("AL-05", StageStaff)},
		{"own-visit-without-flag", visits(official, official).self(), no("AL-05", official)},
		{"visitor-not-known-yet", Question{Action: ActionScheduleVisit, ActorRoles: roles(official)}, yes("AL-05", StageStaff)},
	})
	testCapabilities(t, authorisationList, "official-without-flag", Holder{Roles: roles(official)},
		"visit:listed", "visit:third_party", "users:request", "users:approve", "list:manage")
}

func TestAL_06(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"second-official", adds(official, official), yes("AL-01", StageStaff).own().power()},
		{"official-steps-down", changes(official, official, techMgr).self(), yes("AL-01", StageStaff).own().power()},
	})
	testBounds(t, authorisationList, []bound{
		{"one-more-official", adds(official, official), map[string]int{official: 7}, nil, nil},
		{"last-official-demoted", changes(official, official, techMgr).self(), nil, nil, roles(official)},
		{"last-official-removed", removes(official, official), nil, nil, roles(official)},
		{"one-of-two-removed", removes(official, official), map[string]int{official: 1}, nil, nil},
	})
}

func TestAL_07(t *testing.T) {
	testAsks(t, authorisationList, []ask{
		{"mark-to-another", edits(official, techMgr, DetailLeadContact), no("AL-07")},
		{"mark-among-others", edits(official, techMgr, DetailName, DetailLeadContact), no("AL-07")},
		{"mark-by-manager", edits(techMgr, techMgr, DetailLeadContact).self(), no("AL-07")},
		{"mark-off-the-list", Question{Action: ActionChangeDetails, ActorRoles: roles(official), Unlisted: true, Details: []Detail{DetailLeadContact}}, no("AL-07")},
		{"lead-demoted", changes(official, official, techCont).lead(), no("AL-07")},
		{"lead-demotes-itself", changes(official, official, techCont).lead().self(), no("AL-07")},
		{"lead-removed", removes(official, official).lead(), no("AL-07")},
		{"leads-address", edits(official, official, DetailEmail).lead(), no("AL-07")},
		{"leads-own-name", edits(official, official, DetailName).lead().self(), yes("R12", StageStaff)},
		{"lead-removed-by-contact", removes(techCont, official).lead(), no("AL-01")},
	})
}
