package access

import (
	"slices"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
)

// Details are what a request says beyond name, address, roles and reason. What it does not say is nil or empty. They are
// stored as JSON.
type Details struct {
	// What change_details changes; PhysicalAccess of a new user too (AL-02).
	NewName        string `json:"new_name,omitempty"`
	NewEmail       string `json:"new_email,omitempty"`
	Language       string `json:"language,omitempty"`
	PhysicalAccess *bool  `json:"physical_access,omitempty"`
	Lead           *bool  `json:"lead,omitempty"`

	Badge *bool `json:"badge,omitempty"` // one is wanted (CL-14)

	Visit VisitDetails `json:"visit,omitzero"`

	// A hand-over (R23): who holds the role, and the roles that they take in its place.
	Replaces int64    `json:"replaces,omitempty"`
	Then     []string `json:"then,omitempty"`
	// Agreed says that the requester has confirmed that Replaces loses the role (R22).
	Agreed    bool             `json:"agreed,omitempty"`
	Checklist policy.Checklist `json:"checklist,omitempty"`

	// Authors are the contacts other than the requester who wrote a part of it: with four eyes, they are no second pair.
	Authors []int64 `json:"authors,omitempty"`
	// Joined are the contacts who asked for the same while it was open: they are told how it ends (R29).
	Joined []int64 `json:"joined,omitempty"`
	// Vouched says that a part of it comes from a mail that staff released.
	Vouched bool `json:"vouched,omitempty"`
	// Unconfirmed says that nothing but SPF, or the word of a portal, speaks for who wrote a part of it.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
}

// The stages that the model does not name: one person confirms something about themselves, or about their deputy.
const (
	StageHolder     policy.Stage = "holder"      // the new holder of a role that changes hands (R23)
	StageDeputy     policy.Stage = "deputy"      // whoever stands in for its holder (R23)
	StageOldAddress policy.Stage = "old_address" // the subject person, at the address on file (R27)
	StageNewAddress policy.Stage = "new_address" // and at the one that shall be (R27)
)

var confirmations = []policy.Stage{StageHolder, StageDeputy, StageOldAddress, StageNewAddress}

// confirms reports whether a stage is such a confirmation.
func confirms(s policy.Stage) bool { return slices.Contains(confirmations, s) }

// fromClient reports whether people of the client answer the stage.
func fromClient(s policy.Stage) bool { return s.ClientSide() || confirms(s) }

// confirmers are who can answer a confirmation: nobody else can.
func (d *decider) confirmers(r *Request) []*Contact {
	if r.Stage != StageDeputy {
		if c := d.subject(r); c != nil && c.State == ContactActive && (c.Kind == Person || r.Stage == StageNewAddress) {
			return []*Contact{c}
		}
		return nil
	}
	return d.deputies(r)
}

// newAddress is the address that change_details gives; zero if none.
func (r *Request) newAddress() mailaddr.Address {
	a, err := mailaddr.Parse(r.Details.NewEmail)
	if err != nil {
		return mailaddr.Address{}
	}
	return a
}

// details are the model's words for what change_details changes.
func (r *Request) changed() []policy.Detail {
	if r.Action != policy.ActionChangeDetails {
		return nil
	}
	var all []policy.Detail
	add := func(is bool, d policy.Detail) {
		if is {
			all = append(all, d)
		}
	}
	add(r.Details.NewName != "", policy.DetailName)
	add(r.Details.Language != "", policy.DetailLanguage)
	add(r.Details.NewEmail != "", policy.DetailEmail)
	add(r.Details.PhysicalAccess != nil, policy.DetailPhysicalAccess)
	add(r.Details.Lead != nil, policy.DetailLeadContact)
	return all
}

// supply takes over what the mail says where the request does not know it yet.
func (a *Details) supply(asked interpret.Request) {
	if a.PhysicalAccess == nil && asked.PhysicalAccess != nil && asked.Action == interpret.AddUser {
		a.PhysicalAccess = asked.PhysicalAccess
	}
	if a.Badge == nil && asked.Badge != nil {
		a.Badge = asked.Badge
	}
}

// isYes reports whether something optional was said, and was yes.
func isYes(v *bool) bool { return v != nil && *v }
