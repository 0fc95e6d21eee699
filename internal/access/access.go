// Package access decides: (situation, event, policy, now) → outcome, for clients, contacts, requests, tickets, approvals and invitations.
//
// It is pure. The shell loads a Situation, calls one of the Decide functions and stores the Outcome whole, in the same
// transaction. New entities have ID 0 and point at one another; storing fills the ids and ticket numbers in, so that the
// mails, rendered last, can name them.
package access

import (
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// Client is an organisation that the provider serves.
type Client struct {
	ID        int64
	Name      string
	RoleModel string
	Domains   []string // A-labels
	Require   Require
	FourEyes  bool // the requester is never the only client-side approver
}

// Require says what proof of the sender a client's mail needs.
type Require string

// RequirePass quarantines mail without a pass verdict.
const RequirePass Require = "pass"

// Contact is a person, or a shared address, that represents a client.
type Contact struct {
	ID        int64
	ClientID  int64
	Name      string
	Address   mailaddr.Address
	Kind      ContactKind
	State     ContactState
	Language  string
	Badge     BadgeState
	Roles     []string // role ids of the client's model, sorted
	CreatedAt time.Time

	PhysicalAccess bool     // may enter and make appointments (AL-02)
	Lead           bool     // bears the mark of AL-07; at most one of a client
	Portal         bool     // has a place in the portal: registered there, or put there by staff (AL-03)
	Grants         []string // the contact's own capabilities, as "+capability" or "-capability", sorted (AC-07)
}

// ContactKind tells people from shared addresses, which may ask but never approve.
type ContactKind string

// The kinds of contact.
const (
	Person ContactKind = "person"
	Shared ContactKind = "shared"
)

// ContactState is where a contact stands.
type ContactState string

// The states of a contact.
const (
	ContactProposed  ContactState = "proposed"
	ContactInvited   ContactState = "invited"
	ContactActive    ContactState = "active"
	ContactSuspended ContactState = "suspended"
	ContactRemoved   ContactState = "removed"
)

// BadgeState is where a contact's Permanent Badge stands (CL-14, R31).
type BadgeState string

// The states of a badge.
const (
	BadgeNone    BadgeState = "none"
	BadgeOrdered BadgeState = "ordered"
	BadgeActive  BadgeState = "active"
	BadgeRevoked BadgeState = "revoked"
)

// Staff is one of the provider's own people.
type Staff struct {
	ID       int64
	Name     string
	Address  mailaddr.Address
	Teams    []Team
	Admin    bool
	Language string
}

// Team is a group of staff that answers a stage.
type Team string

// The teams.
const (
	TeamSupport  Team = "support"
	TeamSecurity Team = "security"
	TeamBilling  Team = "billing"
)

// In reports whether the member belongs to the team.
func (s Staff) In(t Team) bool {
	for _, m := range s.Teams {
		if m == t {
			return true
		}
	}
	return false
}

// Ticket is one conversation with a client; its mail may ask for several people.
type Ticket struct {
	ID          int64
	Number      string // REQ-2026-00042, given when stored
	ClientID    int64
	RequesterID int64 // contact; 0 where StaffID asked
	StaffID     int64 // of the provider's own people, who asked on the client's behalf (R14)
	Team        Team  // of the mailbox the mail came to (R21)
	Subject     string
	MessageID   string // of the mail that opened it, for In-Reply-To
	CreatedAt   time.Time
}

// RequestState is where a request stands; see docs/architecture.md for the picture.
type RequestState string

// The states of a request.
const (
	NeedsDetails     RequestState = "needs_details"
	Refused          RequestState = "refused"
	AwaitingApproval RequestState = "awaiting_approval"
	Rejected         RequestState = "rejected"
	Expired          RequestState = "expired"
	Approved         RequestState = "approved" // held until HeldUntil: undo window or hold
	Invited          RequestState = "invited"
	Completed        RequestState = "completed"
	Lapsed           RequestState = "lapsed"
	Cancelled        RequestState = "cancelled"
)

// Open reports whether something can still happen to a request in this state.
func (s RequestState) Open() bool {
	switch s {
	case NeedsDetails, AwaitingApproval, Approved, Invited:
		return true
	}
	return false
}

// Request is one action on one subject person.
type Request struct {
	ID          int64
	TicketID    int64
	Position    int // from 1 within its ticket
	ClientID    int64
	RequesterID int64
	StaffID     int64 // as in Ticket
	Action      policy.Action
	Name        string
	Email       mailaddr.Address
	Roles       []string
	Reason      string
	Details     Details
	State       RequestState
	Stages      []policy.Stage // all that this request must pass, in order
	Quorum      policy.Quorum  // how many people each of them takes
	Stage       policy.Stage   // the one it waits for
	Round       int            // of the stage; a new round asks anew with new tokens
	Rule        string         // id of the rule that allowed or refused it
	RuleText    string
	Outside     bool // the address is in none of the client's domains (CL-18)
	MovesPower  bool // creates or moves approving power (R4): held for 24 h
	HeldUntil   time.Time
	AskedAt     time.Time // when the stage, or the missing details, were asked for
	Reminders   int       // that have gone out since
	Escalated   bool      // staff stand in for approvers of the stage who are missing or silent (R5, R11)
	ContactID   int64     // the subject person, once there is a contact
	CreatedAt   time.Time
	UpdatedAt   time.Time

	Ticket  *Ticket  // set in a Situation, and where the request is new
	Contact *Contact // the contact that this outcome gave the request
}

// ApproverKind says whose side an approver is on.
type ApproverKind string

// The kinds of approver.
const (
	ByContact ApproverKind = "contact"
	ByStaff   ApproverKind = "staff"
)

// StageHold is no stage of a rule: approvals of it are the notices of a held change, which STOP answers (R2).
const StageHold policy.Stage = "hold"

// StageDelegation is no stage of a rule either: its token ends the delegation of whoever holds it (R10).
const StageDelegation policy.Stage = "delegation"

// ApprovalState is whether an approver's token still counts.
type ApprovalState string

// The states of an approval.
const (
	ApprovalOpen     ApprovalState = "open"
	ApprovalAnswered ApprovalState = "answered" // by this approver
	ApprovalClosed   ApprovalState = "closed"   // somebody else answered, or the request ended
)

// Approval is one approver asked about the numbered lines of one mail, with a token of their own.
type Approval struct {
	ID           int64
	TicketID     int64
	Stage        policy.Stage
	ApproverKind ApproverKind
	ApproverID   int64
	Name         string
	Address      mailaddr.Address
	Token        token.Digest
	Text         token.Digest // of the text shown: a changed text needs a new token
	State        ApprovalState
	Lines        []ApprovalLine
	CreatedAt    time.Time

	Ticket *Ticket // where the approval is new
}

// ApprovalLine is one numbered person of an approval mail.
type ApprovalLine struct {
	Number    int
	RequestID int64
	Round     int

	Request *Request // set in a Situation and in an Outcome
}

// Decision is one person's answer to a request's stage in one round. A stage takes as many as its quorum says.
type Decision struct {
	RequestID    int64
	Stage        policy.Stage
	Round        int
	Answer       Answer
	ApproverKind ApproverKind
	ApproverID   int64
	ApproverName string
	InboundID    int64 // the mail that decided
	At           time.Time
	Seat         int // from 1 within the round: whose answers came before counts one less
}

// Answer is yes or no.
type Answer string

// The answers.
const (
	Yes Answer = "approve"
	No  Answer = "reject"
)

// InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	InvitationQueued   InvitationState = "queued"
	InvitationSent     InvitationState = "sent"
	InvitationBounced  InvitationState = "bounced"
	InvitationAccepted InvitationState = "accepted"
	InvitationExpired  InvitationState = "expired"
	InvitationRevoked  InvitationState = "revoked"
)

// Live reports whether the invitation can still be redeemed.
func (s InvitationState) Live() bool { return s == InvitationQueued || s == InvitationSent }

// Invitation is a single-use, expiring link bound to one address.
type Invitation struct {
	ID         int64
	ClientID   int64
	RequestID  int64
	ContactID  int64
	Address    mailaddr.Address
	Token      token.Digest
	State      InvitationState
	ExpiresAt  time.Time
	CreatedAt  time.Time
	AcceptedAt time.Time

	Request *Request // set in a Situation and in an Outcome
	Contact *Contact // where the invitation is new
}

// Challenge is a mailed six-digit code, bound to one browser session (design: 10 minutes, 5 tries).
type Challenge struct {
	ID           int64
	InvitationID int64 // or
	ApprovalID   int64
	Session      token.Digest
	Salt         string
	Code         token.Digest
	Tries        int
	ExpiresAt    time.Time
	UsedAt       time.Time
	CreatedAt    time.Time
}

// TimerKind names what a timer does when it is due.
type TimerKind string

// The kinds of timer.
const (
	TimerRelease          TimerKind = "release"           // an approved request's undo window or hold ends
	TimerVisitOver        TimerKind = "visit_over"        // a visit's time is over
	TimerVisitReview      TimerKind = "visit_review"      // staff have edited contacts: may the visitor still come?
	TimerInvitationExpiry TimerKind = "invitation_expiry" // an invitation lapses
	TimerExpiry           TimerKind = "expiry"            // a request has waited too long; fails closed
	TimerRefused          TimerKind = "refused"           // a server refused a mail of ours for good
	TimerSenderExpiry     TimerKind = "sender_expiry"     // a mail has waited too long for the proof of its author
	TimerSenderReminder   TimerKind = "sender_reminder"   // its author has not sent the code back yet
	TimerReminder         TimerKind = "reminder"          // people have not answered yet
	TimerEscalation       TimerKind = "escalation"        // the client's people have not answered: staff stand in
	TimerReroute          TimerKind = "reroute"           // who may answer has changed
	TimerDigest           TimerKind = "digest"            // staff are told what was left and what waits
	TimerDelegationEnd    TimerKind = "delegation_end"    // the last day of a delegation is over
)

// Timer is a row with a due time.
type Timer struct {
	ID           int64
	Kind         TimerKind
	RequestID    int64
	InvitationID int64
	Round        int // of the request when it was set; of a SenderChallenge, the number of the reminder
	DueAt        time.Time
	Attempts     int
	ChallengeID  int64 // of a SenderChallenge
	OutboundID   int64 // of a mail of ours

	Request    *Request
	Invitation *Invitation
	Challenge  *SenderChallenge
}

// Disposition is what became of a mail.
type Disposition string

// The dispositions (design section 2, R34).
const (
	Pending     Disposition = "pending"
	Applied     Disposition = "applied"
	Answered    Disposition = "answered"
	Left        Disposition = "left"
	Duplicate   Disposition = "duplicate"
	Quarantined Disposition = "quarantined"
	Dismissed   Disposition = "dismissed"
	Unfetchable Disposition = "unfetchable"
)

// Dispositions lists all of them in the order of the equation.
var Dispositions = []Disposition{Pending, Applied, Answered, Left, Duplicate, Quarantined, Dismissed, Unfetchable}

// Event is one line of the audit trail. Payload is hashed into the ticket's chain and may later be erased.
type Event struct {
	Kind      string
	RequestID int64
	Request   *Request
	Payload   map[string]any
}
