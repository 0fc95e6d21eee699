package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	mainC  = "main_contact"
	second = "secondary_contact"
	tech   = "technician"
)

func contactLevels(t interface {
	Helper()
	Fatal(...any)
}) *Model {
	t.Helper()
	m, err := Builtin("contact-levels")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// row is one question to contact-levels; the answer's Reason and MayAsk are looked at elsewhere.
type row struct {
	name    string
	q       Question
	allowed bool
	rule    string
	stages  []Stage
	skipped bool // the actor's authority stands for stage client
	power   bool
}

func roles(ids ...string) []string { return ids }

func testRows(t *testing.T, rows []row) {
	t.Helper()
	m := contactLevels(t)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			got := m.Decide(r.q)
			want := Answer{Allowed: r.allowed, Rule: r.rule, Stages: r.stages, ClientSkipped: r.skipped, MovesPower: r.power,
				Reason: got.Reason, MayAsk: got.MayAsk}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", r.q, diff)
			}
		})
	}
}

var (
	staffOnly    = []Stage{StageStaff}
	securityToo  = []Stage{StageSecurity, StageStaff}
	allThree     = []Stage{StageClient, StageSecurity, StageStaff}
	userChanging = []Action{ActionAddUser, ActionChangeRole, ActionChangeDetails, ActionRemoveUser}
)

func TestCL_02(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-main", Question{Action: ActionAddUser, ActorRoles: roles(mainC), Roles: roles(mainC)}, true, "CL-02", staffOnly, true, true},
		{"promote-to-main", Question{Action: ActionChangeRole, ActorRoles: roles(mainC), SubjectRoles: roles(second), Roles: roles(mainC)}, true, "CL-02", staffOnly, true, true},
		{"demote-main", Question{Action: ActionChangeRole, ActorRoles: roles(mainC), SubjectRoles: roles(mainC), Roles: roles(second)}, true, "CL-02", staffOnly, true, true},
		{"remove-main", Question{Action: ActionRemoveUser, ActorRoles: roles(mainC), SubjectRoles: roles(mainC)}, true, "CL-02", staffOnly, true, true},
		{"demote-oneself", Question{Action: ActionChangeRole, ActorRoles: roles(mainC), Self: true, SubjectRoles: roles(mainC), Roles: roles(second)}, true, "CL-02", staffOnly, true, true},
	})
}

func TestCL_03(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-secondary", Question{Action: ActionAddUser, ActorRoles: roles(mainC), Roles: roles(second)}, true, "CL-03", staffOnly, true, false},
		{"remove-secondary", Question{Action: ActionRemoveUser, ActorRoles: roles(mainC), SubjectRoles: roles(second)}, true, "CL-03", staffOnly, true, false},
		{"technician-becomes-secondary", Question{Action: ActionChangeRole, ActorRoles: roles(mainC), SubjectRoles: roles(tech), Roles: roles(second)}, true, "CL-03", staffOnly, true, false},
		{"role-not-known", Question{Action: ActionAddUser, ActorRoles: roles(mainC)}, true, "CL-02", nil, false, false},
		{"person-not-known", Question{Action: ActionRemoveUser, ActorRoles: roles(mainC)}, true, "CL-02", []Stage{StageSecurity, StageStaff}, true, false},
	})
}

func TestCL_06(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-technician", Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(tech)}, true, "CL-06", allThree, false, false},
		{"role-not-known", Question{Action: ActionAddUser, ActorRoles: roles(second)}, true, "CL-06", nil, false, false},
		{"also-technician", Question{Action: ActionAddUser, ActorRoles: roles(tech, second), Roles: roles(tech)}, true, "CL-06", allThree, false, false},
	})
}

func TestCL_08(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-main", Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(mainC)}, false, "CL-08", nil, false, false},
		{"add-main-and-technician", Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(tech, mainC)}, false, "CL-08", nil, false, false},
		{"promote-to-main", Question{Action: ActionChangeRole, ActorRoles: roles(second), SubjectRoles: roles(tech), Roles: roles(mainC)}, false, "CL-08", nil, false, false},
		{"promote-oneself", Question{Action: ActionChangeRole, ActorRoles: roles(second), Self: true, SubjectRoles: roles(second), Roles: roles(mainC)}, false, "CL-08", nil, false, false},
		{"demote-main", Question{Action: ActionChangeRole, ActorRoles: roles(second), SubjectRoles: roles(mainC), Roles: roles(tech)}, false, "CL-08", nil, false, false},
		{"mains-details", Question{Action: ActionChangeDetails, ActorRoles: roles(second), SubjectRoles: roles(mainC)}, false, "CL-08", nil, false, false},
		{"remove-main", Question{Action: ActionRemoveUser, ActorRoles: roles(second), SubjectRoles: roles(mainC)}, false, "CL-08", nil, false, false},
	})
}

func TestCL_11(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"own-address", Question{Action: ActionChangeDetails, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech), Details: []Detail{DetailEmail}}, false, "CL-11", nil, false, false},
		{"own-name-and-address", Question{Action: ActionChangeDetails, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech), Details: []Detail{DetailName, DetailEmail}}, false, "CL-11", nil, false, false},
		{"remove-oneself", Question{Action: ActionRemoveUser, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech)}, false, "CL-11", nil, false, false},
	}
	for _, a := range userChanging {
		for _, r := range []string{mainC, second, tech} {
			q := Question{Action: a, ActorRoles: roles(tech), SubjectRoles: roles(r)}
			if a.asksRoles() {
				q.Roles = roles(r)
			}
			rows = append(rows, row{string(a) + "-" + r, q, false, "CL-11", nil, false, false})
		}
		rows = append(rows, row{string(a) + "-unknown", Question{Action: a, ActorRoles: roles(tech)}, false, "CL-11", nil, false, false})
	}
	testRows(t, rows)
}

func TestCL_13(t *testing.T) {
	t.Parallel()
	email := []Detail{DetailEmail}
	testRows(t, []row{
		{"mains-address", Question{Action: ActionChangeDetails, ActorRoles: roles(mainC), SubjectRoles: roles(mainC), Details: email}, true, "CL-13", staffOnly, true, true},
		{"mains-name", Question{Action: ActionChangeDetails, ActorRoles: roles(mainC), SubjectRoles: roles(mainC), Details: []Detail{DetailName}}, true, "CL-13", staffOnly, true, false},
		{"mains-unknown-detail", Question{Action: ActionChangeDetails, ActorRoles: roles(mainC), SubjectRoles: roles(mainC)}, true, "CL-13", staffOnly, true, true},
		{"technicians-address", Question{Action: ActionChangeDetails, ActorRoles: roles(mainC), SubjectRoles: roles(tech), Details: email}, true, "CL-13", staffOnly, true, false},
		{"own-address", Question{Action: ActionChangeDetails, ActorRoles: roles(mainC), Self: true, SubjectRoles: roles(mainC), Details: email}, true, "CL-13", staffOnly, true, true},
	})
	m := contactLevels(t)
	if diff := cmp.Diff(roles(mainC), m.Approvers(StageClient)); diff != "" {
		t.Errorf("approvers of stage client (-want +got):\n%s", diff)
	}
}

func TestCL_14(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-technician", Question{Action: ActionAddUser, ActorRoles: roles(mainC), Roles: roles(tech)}, true, "CL-03", securityToo, true, false},
		{"change-to-technician", Question{Action: ActionChangeRole, ActorRoles: roles(mainC), SubjectRoles: roles(second), Roles: roles(tech)}, true, "CL-03", securityToo, true, false},
		{"remove-technician", Question{Action: ActionRemoveUser, ActorRoles: roles(mainC), SubjectRoles: roles(tech)}, true, "CL-03", securityToo, true, false},
		{"secondary-and-technician", Question{Action: ActionAddUser, ActorRoles: roles(mainC), Roles: roles(tech, second)}, true, "CL-03", securityToo, true, false},
	})
	m := contactLevels(t)
	for id, want := range map[string]Badge{mainC: BadgeOptional, second: BadgeOptional, tech: BadgeRequired} {
		if r, _ := m.Role(id); r.Badge != want {
			t.Errorf("badge of %s is %s, want %s", id, r.Badge, want)
		}
	}
}

func TestCL_16(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"by-main", Question{Action: ActionScheduleVisit, ActorRoles: roles(mainC)}, true, "CL-16", staffOnly, false, false},
		{"by-secondary", Question{Action: ActionScheduleVisit, ActorRoles: roles(second)}, true, "CL-16", staffOnly, false, false},
		{"visitor-is-a-main", Question{Action: ActionScheduleVisit, ActorRoles: roles(second), SubjectRoles: roles(mainC)}, true, "CL-16", staffOnly, false, false},
		{"by-technician", Question{Action: ActionScheduleVisit, ActorRoles: roles(tech)}, false, "CL-16", nil, false, false},
		{"technicians-own", Question{Action: ActionScheduleVisit, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech)}, false, "CL-16", nil, false, false},
		{"by-nobody", Question{Action: ActionScheduleVisit}, false, "CL-22", nil, false, false},
	})
}

func TestCL_21(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"invitee", Question{Action: ActionResendInvitation, Self: true}, true, "CL-21", nil, false, false},
		{"technician-own", Question{Action: ActionResendInvitation, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech)}, true, "CL-21", nil, false, false},
		{"main-for-another", Question{Action: ActionResendInvitation, ActorRoles: roles(mainC), SubjectRoles: roles(mainC)}, true, "CL-21", nil, false, false},
		{"secondary-for-another", Question{Action: ActionResendInvitation, ActorRoles: roles(second)}, false, "CL-21", nil, false, false},
		{"nobody-for-another", Question{Action: ActionResendInvitation}, false, "CL-22", nil, false, false},
	})
}

func TestCL_22(t *testing.T) {
	t.Parallel()
	testRows(t, []row{
		{"add-secondary", Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(second)}, false, "CL-22", nil, false, false},
		{"change-technician", Question{Action: ActionChangeRole, ActorRoles: roles(second), SubjectRoles: roles(tech), Roles: roles(second)}, false, "CL-22", nil, false, false},
		{"change-to-technician", Question{Action: ActionChangeRole, ActorRoles: roles(second), SubjectRoles: roles(second), Roles: roles(tech)}, false, "CL-22", nil, false, false},
		{"change-to-unknown", Question{Action: ActionChangeRole, ActorRoles: roles(second), SubjectRoles: roles(tech)}, false, "CL-22", nil, false, false},
		{"change-nothing-known", Question{Action: ActionChangeRole, ActorRoles: roles(second)}, false, "CL-22", nil, false, false},
		{"change-details", Question{Action: ActionChangeDetails, ActorRoles: roles(second), SubjectRoles: roles(tech)}, false, "CL-22", nil, false, false},
		{"own-address", Question{Action: ActionChangeDetails, ActorRoles: roles(second), Self: true, SubjectRoles: roles(second), Details: []Detail{DetailEmail}}, false, "CL-22", nil, false, false},
		{"remove-technician", Question{Action: ActionRemoveUser, ActorRoles: roles(second), SubjectRoles: roles(tech)}, false, "CL-22", nil, false, false},
		{"remove-oneself", Question{Action: ActionRemoveUser, ActorRoles: roles(second), Self: true, SubjectRoles: roles(second)}, false, "CL-22", nil, false, false},
		{"no-role", Question{Action: ActionAddUser, Roles: roles(tech)}, false, "CL-22", nil, false, false},
		{"unknown-actor-role", Question{Action: ActionAddUser, ActorRoles: roles("king"), Roles: roles(tech)}, false, "CL-22", nil, false, false},
		{"unknown-asked-role", Question{Action: ActionAddUser, ActorRoles: roles(mainC), Roles: roles(tech, "king")}, false, "CL-22", nil, false, false},
		{"unknown-action", Question{Action: "open_door", ActorRoles: roles(mainC), Roles: roles(tech)}, false, "CL-22", nil, false, false},
	})
}

// TestR12 is the right that everyone has.
func TestR12(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, r := range []string{mainC, second, tech} {
		rows = append(rows,
			row{r + "-name", Question{Action: ActionChangeDetails, ActorRoles: roles(r), Self: true, SubjectRoles: roles(r), Details: []Detail{DetailName}}, true, "CL-22", staffOnly, false, false},
			row{r + "-both", Question{Action: ActionChangeDetails, ActorRoles: roles(r), Self: true, SubjectRoles: roles(r), Details: []Detail{DetailLanguage, DetailName}}, true, "CL-22", staffOnly, false, false},
			row{r + "-unknown", Question{Action: ActionChangeDetails, ActorRoles: roles(r), Self: true, SubjectRoles: roles(r)}, true, "CL-22", staffOnly, false, r == mainC})
	}
	testRows(t, rows)
}

func TestReasons(t *testing.T) {
	t.Parallel()
	m := contactLevels(t)
	for name, c := range map[string]struct {
		q      Question
		reason string
		mayAsk []string
	}{
		"allowed":      {Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(tech)}, "Secondary Contacts request access for Technicians, and a Main Contact approves it.", roles(mainC, second)},
		"main-alone":   {Question{Action: ActionAddUser, ActorRoles: roles(second), Roles: roles(mainC)}, "Secondary Contacts cannot create or modify Main Contacts; please ask your Main Contact to write to us.", roles(mainC)},
		"one-of-two":   {Question{Action: ActionAddUser, ActorRoles: roles(tech), Roles: roles(tech)}, "Technicians cannot request new users or modify contacts; please ask your Main Contact or Secondary Contact to write to us.", roles(mainC, second)},
		"otherwise":    {Question{Action: ActionRemoveUser, ActorRoles: roles(second), SubjectRoles: roles(tech)}, "As Secondary Contact you cannot ask us for this; please ask your Main Contact to write to us.", roles(mainC)},
		"two-levels":   {Question{Action: ActionRemoveUser, ActorRoles: roles("king", second, second), SubjectRoles: roles(tech)}, "As Secondary Contact you cannot ask us for this; please ask your Main Contact to write to us.", roles(mainC)},
		"without-role": {Question{Action: ActionAddUser, Roles: roles(tech)}, "As a person without a contact level you cannot ask us for this; please ask your Main Contact or Secondary Contact to write to us.", roles(mainC, second)},
		"own-address":  {Question{Action: ActionChangeDetails, ActorRoles: roles(second), Self: true, SubjectRoles: roles(second), Details: []Detail{DetailEmail}}, "As Secondary Contact you cannot ask us for this; please ask your Main Contact to write to us.", roles(mainC)},
		"own-name":     {Question{Action: ActionChangeDetails, ActorRoles: roles(tech), Self: true, SubjectRoles: roles(tech), Details: []Detail{DetailName}}, "Everyone may change their own name and language.", roles(mainC)},
		"nobody-may":   {Question{Action: "open_door", ActorRoles: roles(mainC)}, "As Main Contact you cannot ask us for this; please ask your support team to write to us.", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := m.Decide(c.q)
			if got.Reason != c.reason {
				t.Errorf("reason %q, want %q", got.Reason, c.reason)
			}
			if diff := cmp.Diff(c.mayAsk, got.MayAsk); diff != "" {
				t.Errorf("may ask (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCapabilityRows are the rows that speak of tickets and services.
func TestCapabilityRows(t *testing.T) {
	t.Parallel()
	m := contactLevels(t)
	for _, c := range []struct {
		row, role, capability string
		want                  bool
	}{
		{"CL_01", mainC, "ticket:any", true},
		{"CL_03", mainC, "users:request", true},
		{"CL_04", mainC, "users:approve", true},
		{"CL_05", second, "ticket:support", true},
		{"CL_06", second, "users:request", true},
		{"CL_07", second, "service:order", true},
		{"CL_09", tech, "ticket:technical", true},
		{"CL_09", tech, "site:enter", true},
		{"CL_10", tech, "assistance:request", true},
		{"CL_11", tech, "users:request", false},
		{"CL_12", tech, "service:order", false},
		{"CL_13", second, "users:approve", false},
		{"CL_16", mainC, "visit:third_party", true},
		{"CL_16", second, "visit:third_party", true},
		{"CL_16", tech, "visit:third_party", false},
	} {
		if got := slices.Contains(m.Capabilities(roles(c.role)), c.capability); got != c.want {
			t.Errorf("%s: %s has %s: %v, want %v", c.row, c.role, c.capability, got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"ticket:technical", "assistance:request"}, m.CapabilitiesWithoutBadge(roles(tech))); diff != "" {
		t.Errorf("CL_09: a Technician without badge (-want +got):\n%s", diff)
	}
	union := []string{"ticket:technical", "ticket:operational", "ticket:support", "assistance:request", "service:order",
		"site:enter", "visit:self", "visit:listed", "visit:third_party", "users:request"}
	if diff := cmp.Diff(union, m.Capabilities(roles(tech, second, "king", tech))); diff != "" {
		t.Errorf("capabilities of two roles (-want +got):\n%s", diff)
	}
}

func drawQuestion(t *rapid.T) Question {
	role := rapid.SampledFrom([]string{mainC, second, tech, "king", Any, ""})
	set := rapid.SliceOfN(role, 0, 3)
	return Question{
		Action:       rapid.SampledFrom(append(slices.Clone(actions), "", "open_door")).Draw(t, "action"),
		ActorRoles:   set.Draw(t, "actor"),
		Self:         rapid.Bool().Draw(t, "self"),
		SubjectRoles: set.Draw(t, "subject"),
		Roles:        set.Draw(t, "roles"),
		Details:      rapid.SliceOfN(rapid.SampledFrom(details), 0, 3).Draw(t, "details"),
	}
}

func TestDecideIsTotal(t *testing.T) {
	t.Parallel()
	m := contactLevels(t)
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		a := m.Decide(q)
		if diff := cmp.Diff(a, m.Decide(q)); diff != "" {
			t.Fatalf("two answers to %+v:\n%s", q, diff)
		}
		if a.Rule == "" || !strings.HasPrefix(a.Rule, "CL-") || a.Reason == "" || strings.ContainsAny(a.Reason, "{}") {
			t.Fatalf("%+v: rule %q, reason %q", q, a.Rule, a.Reason)
		}
		if !a.Allowed && (a.Stages != nil || a.MovesPower || a.ClientSkipped) {
			t.Fatalf("refused with consequences: %+v", a)
		}
		if !slices.IsSortedFunc(a.Stages, func(x, y Stage) int { return slices.Index(stageOrder, x) - slices.Index(stageOrder, y) }) {
			t.Fatalf("stages out of order: %q", a.Stages)
		}
		onlyTechnician := !slices.Contains(q.ActorRoles, mainC) && !slices.Contains(q.ActorRoles, second)
		own := q.Self && q.Action == ActionChangeDetails
		if onlyTechnician && !own && slices.Contains(userChanging, q.Action) && a.Allowed {
			t.Fatalf("a Technician, or nobody, may: %+v", q)
		}
		// More roles never mean fewer rights.
		more := q
		more.ActorRoles = append(slices.Clone(q.ActorRoles), mainC)
		if a.Allowed && !m.Decide(more).Allowed {
			t.Fatalf("refused to a Main Contact besides: %+v", q)
		}
		// What is asked without a role is refused only if each role would be (R16).
		if q.Action == ActionAddUser && len(q.Roles) == 0 {
			any := false
			for _, r := range m.Roles {
				with := q
				with.Roles = roles(r.ID)
				any = any || m.Decide(with).Allowed
			}
			if any != a.Allowed || a.Stages != nil {
				t.Fatalf("role not known: allowed %v, for one role %v, stages %q", a.Allowed, any, a.Stages)
			}
		}
	})
}

// Somebody without a role is in no rule's For. What is asked about them takes the stages that it would take for any role: it
// is never free.
func TestPersonWithoutRole(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"contact-levels", "authorisation-list", "account-contacts", "client-representatives"} {
		m, err := Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		allowed := 0
		for _, r := range m.Roles {
			for _, action := range []Action{ActionRemoveUser, ActionScheduleVisit, ActionChangeDetails} {
				q := Question{Action: action, ActorRoles: []string{r.ID}, PhysicalAccess: true, Admitted: true}
				if action == ActionChangeDetails {
					q.Details = []Detail{DetailName}
				}
				a := m.Decide(q)
				if a.Allowed {
					allowed++
				}
				if a.Allowed && !slices.Contains(a.Stages, StageStaff) {
					t.Errorf("%s: %s by %s takes %s", id, action, r.ID, a.Stages)
				}
			}
		}
		if allowed == 0 {
			t.Errorf("%s allows nothing of it to anybody", id)
		}
	}
}

// Whoever raises their own rank needs another authority, be it by one step.
func TestRaisesOneselfByOneStep(t *testing.T) {
	t.Parallel()
	m, err := Load("steps.yaml", []byte(`
role_model: {id: steps, title: Steps, version: "1"}
roles:
  - {id: chief, title: Chief, rank: 3, approves: [client]}
  - {id: deputy, title: Deputy, rank: 2, approves: [client]}
  - {id: clerk, title: Clerk, rank: 1}
rules:
  - {id: S-1, action: [add_user, change_role, remove_user], for: [chief, deputy, clerk], by: [chief, deputy], stages: [client, staff], text: "Chiefs and deputies ask."}
otherwise: {id: S-0, text: "No."}
`))
	if err != nil {
		t.Fatal(err)
	}
	for wanted, stages := range map[string][]Stage{"chief": {StageClient, StageStaff}, "clerk": {StageStaff}} {
		a := m.Decide(Question{Action: ActionChangeRole, ActorRoles: []string{"deputy"}, Self: true, SubjectRoles: []string{"deputy"}, Roles: []string{wanted}})
		if !a.Allowed || !slices.Equal(a.Stages, stages) {
			t.Errorf("a deputy who becomes %s: %v, %v", wanted, a.Allowed, a.Stages)
		}
	}
}
