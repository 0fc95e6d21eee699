// Package policy is the role models as data: which roles a client's contacts can hold, who may ask for what, and who approves it.
//
// A model is loaded strictly, so that Decide can be total: every question gets one answer with the id of the rule behind
// it. What no rule allows is refused. policy knows roles and no persons; whether somebody is the last authority, has
// four-eyes on or decides their own request is for its caller.
package policy

import "slices"

// Stage is one approval that a request needs.
type Stage string

// The stages in the order in which they are asked.
const (
	StageClient         Stage = "client"          // an authority of the client
	StageSecurityImpact Stage = "security_impact" // the client's approver of what substantially changes its security
	StageChargeImpact   Stage = "charge_impact"   // the client's approver of substantial charges
	StageSecurity       Stage = "security"        // the provider's security team
	StageStaff          Stage = "staff"           // the provider's support team
)

var stageOrder = []Stage{StageClient, StageSecurityImpact, StageChargeImpact, StageSecurity, StageStaff}

// ClientSide reports whether the client's own people decide the stage.
func (s Stage) ClientSide() bool {
	return s == StageClient || s == StageSecurityImpact || s == StageChargeImpact
}

// Action is what a request asks for.
type Action string

// The actions.
const (
	ActionAddUser          Action = "add_user"
	ActionChangeRole       Action = "change_role"
	ActionChangeDetails    Action = "change_details"
	ActionRemoveUser       Action = "remove_user"
	ActionScheduleVisit    Action = "schedule_visit"
	ActionResendInvitation Action = "resend_invitation"
)

var actions = []Action{ActionAddUser, ActionChangeRole, ActionChangeDetails, ActionRemoveUser, ActionScheduleVisit, ActionResendInvitation}

// Actions lists all actions.
func Actions() []Action { return slices.Clone(actions) }

// asksRoles reports whether a request for a names the roles that the subject person shall hold.
func (a Action) asksRoles() bool { return a == ActionAddUser || a == ActionChangeRole }

// Detail is what change_details can change.
type Detail string

// The details.
const (
	DetailName           Detail = "name"
	DetailLanguage       Detail = "language"
	DetailEmail          Detail = "email"
	DetailPhysicalAccess Detail = "physical_access" // AL-02
	DetailLeadContact    Detail = "lead_contact"    // who bears the mark of AL-07
)

var details = []Detail{DetailName, DetailLanguage, DetailEmail, DetailPhysicalAccess, DetailLeadContact}

// Details lists what change_details can change.
func Details() []Detail { return slices.Clone(details) }

// Badge says whether a role's holder has a permanent badge.
type Badge string

// The badge values.
const (
	BadgeRequired Badge = "required"
	BadgeOptional Badge = "optional"
	BadgeNone     Badge = "none"
)

var badges = []Badge{BadgeRequired, BadgeOptional, BadgeNone}

// Portal says when a role's holder is let into the portal.
type Portal string

// The portal values.
const (
	PortalAlways     Portal = ""
	PortalWithAccess Portal = "with_physical_access" // AL-03
)

// Checklist says who of the provider goes through the out-of-band checklist before a request passes stage staff.
type Checklist string

// The checklists. ChecklistSecurity stands where the actor has no right of their own to ask, and staff have to find out
// why the one who has it does not (R24); so MayAsk does not name such actors.
const (
	ChecklistNone     Checklist = ""
	ChecklistStaff    Checklist = "staff"
	ChecklistSecurity Checklist = "security"
)

var checklists = []Checklist{ChecklistStaff, ChecklistSecurity} // the mildest first

// Quorum says how many different people must approve a stage before it has passed. A stage that it does not name takes one.
type Quorum map[Stage]int

// Of is how many different people must approve the stage.
func (q Quorum) Of(s Stage) int { return max(1, q[s]) }

// With is a Quorum that takes what the two say, for each stage the higher number.
func (q Quorum) With(other Quorum) Quorum {
	sum := Quorum{}
	for _, from := range []Quorum{q, other} {
		for s, n := range from {
			sum[s] = max(sum[s], n)
		}
	}
	if len(sum) == 0 {
		return nil
	}
	return sum
}

// Reject says what a No does.
type Reject string

// What a No does.
const (
	RejectEnds     Reject = "ends"     // the first No ends the request
	RejectOutvoted Reject = "outvoted" // a No ends it only when too few people are left for the Yes that are missing
)

var rejects = []Reject{RejectEnds, RejectOutvoted}

// Any in a rule's For stands for every subject person, also one without a role; in By for everybody.
const Any = "*"

// Model is one role model. It is read-only after Load.
type Model struct {
	ID, Title, Version string
	Roles              []Role // highest rank first
	Rules              []Rule // in the order of the file; where several allow, the first counts
	Otherwise          Otherwise
	Reject             Reject
}

// Role is a contact level.
type Role struct {
	ID           string
	Title        string
	Aliases      []string // other words for it in mails
	Rank         int      // higher is mightier
	Capabilities []string // as written, with wildcards
	// WithPhysicalAccess are more of them, which count for a contact with the physical-access flag only (AL-02).
	WithPhysicalAccess []string
	Holders            Holders
	Approves           []Stage // client-side stages only
	Badge              Badge
	Portal             Portal
}

// Holders bounds how many contacts of one client hold a role (R22).
type Holders struct {
	Min, Max int    // Max 0 is no bound
	Then     string // role that a holder gets whom another one replaces; "" if the model does not say
}

// Rule allows or refuses one action for some subject persons by some actors. Several rules may carry the id of one
// sentence of the model's source.
type Rule struct {
	ID     string
	Action Action
	For    []string // roles of the subject person, or Any
	By     []string // roles of the actor, or Any
	Stages []Stage  // in stage order; none for a refusal
	Quorum Quorum
	// Checklist is for who decides stage staff.
	Checklist Checklist
	When      When
	Refuse    bool
	Text      string
}

// When narrows a rule. The zero value does not.
type When struct {
	Self    *bool    // the subject person is, or is not, the actor
	Details []Detail // change_details only: nothing but these changes; in a refusal: one of these changes
	Asked   *bool    // the role of For is asked for, or else one that the subject person holds and would lose
	Holds   []string // the actor's roles and grants together allow all these capabilities (AC-07)

	PhysicalAccess *bool // the actor has physical access (AL-02)
	Admitted       *bool // the subject person has physical access or is escorted (R17)
	Listed         *bool // the subject person is a contact of the client (AL-04)
	Lead           *bool // the subject person bears the mark of AL-07
}

// Otherwise is the answer where no rule speaks (R12).
type Otherwise struct{ ID, Text string }

// Role is the role with the id.
func (m *Model) Role(id string) (Role, bool) {
	i := slices.IndexFunc(m.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return Role{}, false
	}
	return m.Roles[i], true
}

// LetsIn reports whether a contact with these roles has a place in the portal: one role that lets them in is enough.
func (m *Model) LetsIn(roles []string, physicalAccess bool) bool {
	return slices.ContainsFunc(roles, func(id string) bool {
		r, ok := m.Role(id)
		return ok && (physicalAccess || r.Portal == PortalAlways)
	})
}

// KnowsPhysicalAccess reports whether physical access makes a difference to a contact with one of these roles.
func (m *Model) KnowsPhysicalAccess(roles []string) bool {
	return slices.ContainsFunc(roles, func(id string) bool {
		r, _ := m.Role(id)
		return len(r.WithPhysicalAccess) > 0 || r.Portal == PortalWithAccess
	})
}

// Approvers are the ids of the roles that approve a stage, highest rank first. The stages security and staff have none:
// the provider's own people decide them.
func (m *Model) Approvers(stage Stage) []string {
	var ids []string
	for _, r := range m.Roles {
		if slices.Contains(r.Approves, stage) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// approvesAny reports whether one of the roles approves one of the stages for which f holds.
func (m *Model) approvesAny(roles []string, f func(Stage) bool) bool {
	return slices.ContainsFunc(roles, func(id string) bool {
		r, _ := m.Role(id)
		return slices.ContainsFunc(r.Approves, f)
	})
}

// sortStages puts the stages in their order, without doubles.
func sortStages(stages []Stage) []Stage {
	var sorted []Stage
	for _, s := range stageOrder {
		if slices.Contains(stages, s) {
			sorted = append(sorted, s)
		}
	}
	return sorted
}
