package access

import (
	"io"
	"time"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/token"
)

// Settings are the provider's choices that decisions depend on.
type Settings struct {
	UndoWindow       time.Duration // how long a decision can be taken back before it takes effect
	Hold             time.Duration // how long a change of approving power waits (R3)
	InvitationExpiry time.Duration
	RequestExpiry    time.Duration   // requests that nobody answers end after this long (R11)
	Reminders        []time.Duration // after asking, in rising order
	Escalation       time.Duration   // when staff stand in for the client's silent approvers; 0 for never
	CodeExpiry       time.Duration   // of a mailed six-digit code
	Digest           DigestClock
	MailboxTeams     map[string]Team // by the mailbox\'s name in the config (R21)
	Zone             *time.Location  // of days that people name; nil is UTC
	CodeTries        int
	CodesPerHour     int // mailed for one invitation
	// Automatic answers in a day, to one address and to all of a client; 0 for no limit.
	AnswersPerAddress, AnswersPerClient int
	Portal                              bool // the provider has a portal to sign in to (R18)
}

// DefaultSettings are used where the config names none.
var DefaultSettings = Settings{
	UndoWindow:       10 * time.Minute,
	Hold:             24 * time.Hour,
	InvitationExpiry: 7 * 24 * time.Hour,
	RequestExpiry:    7 * 24 * time.Hour,
	Reminders:        []time.Duration{24 * time.Hour, 72 * time.Hour},
	Escalation:       96 * time.Hour,
	CodeExpiry:       10 * time.Minute,
	CodeTries:        5,
	CodesPerHour:     5,

	AnswersPerAddress: 200,
	AnswersPerClient:  5000,
}

// Env is what a decision is made with besides its situation.
type Env struct {
	Now      time.Time
	Rand     io.Reader // for tokens and codes
	Settings Settings
	Model    func(id string) *policy.Model // nil for an unknown id
	Sites    []Site

	BadgePolicy *BadgePolicy // nil for none
}

// Incoming is one mail as read and weighed, before anything is known about its place in the store.
type Incoming struct {
	InboundID int64
	Team      Team // of the mailbox
	Author    mailaddr.Address
	Name      string // display name of the author
	MessageID string
	Subject   string
	Refs      []token.Ref // all that the mail carries; a reply to its author carries theirs on
	Reading   interpret.Reading
	Proof     senderauth.Evidence
	Other     OtherMail // of the mailbox
	Handling  Handling  // what staff ordered for it, where it was in quarantine
	Portal    string    // name of the portal that passed it on instead of a mail; "" for none
	Page      bool      // typed on a page of ours instead of a mail
}

// Lookup is what a mail carries to find its place in the store. Only tokens prove anything; the rest merely finds.
type Lookup struct {
	Author     mailaddr.Address
	Tokens     []token.Digest // approval tokens, best first
	Tickets    []string       // ticket numbers, best first
	MessageIDs []token.Digest // digests of referenced Message-IDs
	Duplicate  token.Digest   // of author, Message-ID, Date and text (R33)
	InboundID  int64
	ContactID  int64        // whose mail staff say it is; 0 to go by Author
	Client     string       // name of the client that the mail says it is for
	BouncedID  token.Digest // of the original Message-ID in a delivery report; empty if none
	Bounce     bool         // the mail is a delivery report
	// ReturnPaths are those of the recipients that are reverse-paths of ours.
	ReturnPaths []string
	OwnID       token.Digest // of the mail's own Message-ID
	// How far automatic answers to the author and to the client need be counted; 0 for not at all.
	AnswersPerAddress, AnswersPerClient int
}

// Situation is what the store knows that matters to one event. Client and all below it are locked against
// concurrent change while the event is decided.
type Situation struct {
	// Identities of the author: contacts that are not removed, in every client that has the address.
	AuthorContacts []*Contact
	AuthorStaff    *Staff
	AuthorClients  []string // names of the clients of AuthorContacts, where there are several

	Client    *Client
	Contacts  []*Contact // of Client, removed ones included
	Staff     []*Staff
	Ticket    *Ticket
	Requests  []*Request  // of Ticket, by position
	Approvals []*Approval // of Ticket, all states
	Decisions []*Decision // of Ticket's requests

	Delegations []*Delegation // of Client, held or active

	Digest *Digest // of the time since the last one

	// Token is the approval whose token the mail carries, of any client.
	Token *Approval

	Open        []*Request    // open requests of Client; those of Ticket are the same pointers as in Requests
	Sought      *Sought       // which of them Open has, beside those of Ticket and of Invitations; nil for all
	Invitations []*Invitation // of Client: live ones, and all of the author's address

	Invitation *Invitation  // the one an event is about: registration, expiry, bounce
	Bounced    *BouncedMail // the mail of ours that came back
	OwnMail    bool         // the mail has the Message-ID of one of ours

	// How many automatic answers the author, and the client, got in the last day.
	AnswersToAuthor, AnswersToClient int
	Challenges                       []*Challenge // of Invitation, or of Token on its page; newest first
	Visits                           []*Visit     // confirmed ones of Client, where there is a Ticket

	// SenderChallenges are those of the author's address, of the last week or still waiting; of a timer, its own.
	SenderChallenges []*SenderChallenge
	Vouched          []mailaddr.Address // of staff who released a mail of Ticket

	DuplicateOf int64 // an earlier inbound message with the same Lookup.Duplicate; 0 if none
}

// Outcome is all that follows from one event. Entities with ID 0 are new.
type Outcome struct {
	Disposition Disposition
	Reason      string
	Standing    *Standing // of the author, where the mail is left to people
	Move        bool      // a mail that is left goes to the mailbox for such mail

	Client      *Client
	Ticket      *Ticket
	Requests    []*Request
	Contacts    []*Contact
	Approvals   []*Approval
	Decisions   []*Decision
	Delegations []*Delegation
	Invitations []*Invitation
	Challenges  []*Challenge
	Timers      []*Timer
	// SenderChallenges with a new one for the decided mail hold that mail; passed, failed and expired ones let theirs go.
	SenderChallenges []*SenderChallenge
	Visits           []*Visit
	Acceptances      []*Acceptance
	Retired          []*Contact // whose open approvals end, on every ticket
	Ended            []*Request // of whatever ticket, whose approvals end where nothing else is open in them
	Mails            []*Mail
	Events           []*Event

	// Todos are for people to look into, one for all that is alike.
	Todos []Todo
	// Alarms need a human now: a stage that nobody can answer, for example. They are logged and shown.
	Alarms []string
}

// BounceDetail begins the detail of a reverse-path that says which mail comes back (VERP).
const BounceDetail = "b."

// BouncedMail is a mail of ours that came back, or that a server refused.
type BouncedMail struct {
	ID        int64
	Kind      MailKind
	Recipient mailaddr.Address
}

// Todo is something that people have to look into.
type Todo struct {
	Kind  TodoKind
	About string // an address, for example
}

// TodoKind says what a Todo is about.
type TodoKind string

// The kinds of to-do.
const (
	TodoStorm       TodoKind = "storm"       // an address, or a client, gets more automatic answers than its budget
	TodoUnreachable TodoKind = "unreachable" // mail to an approver came back
	TodoUnsendable  TodoKind = "unsendable"  // a queued mail cannot be opened
	TodoCertificate TodoKind = "certificate" // a mail server's certificate ends soon
	TodoTrail       TodoKind = "trail"       // the audit trail is not what it was at a checkpoint
	TodoRestored    TodoKind = "restored"    // mails that a restored database holds may have been sent before
)

// Mail orders one outgoing mail. It is rendered when the outcome has been stored, within the same transaction.
type Mail struct {
	Kind       MailKind
	To         mailaddr.Address
	ToName     string
	Language   string
	Ticket     *Ticket
	Approval   *Approval   // whose token Ref is
	Invitation *Invitation // marked sent when the mail is accepted
	Ref        *token.Ref  // for Reply-To, Message-ID and the Ref: line
	NotAfter   time.Time   // pointless after this; zero for never
	InReplyTo  string      // Message-ID without brackets
	Data       MailData
	Calendar   *Calendar // an entry to attach; nil for none
}

// Calendar is a visit as a calendar entry (RFC 5545, RFC 5546).
type Calendar struct {
	UID       string // without a domain
	Sequence  int
	Cancelled bool
	From, To  time.Time
	Stamp     time.Time
	Visitor   string
	Company   string
	Site      string
	Client    string
}

// MailKind names a template.
type MailKind string

// The kinds of mail.
const (
	MailAnswer     MailKind = "answer"     // to a requester: what becomes of what they asked
	MailApproval   MailKind = "approval"   // to an approver: please decide
	MailReminder   MailKind = "reminder"   // to an approver, or to a requester whose details are missing: please answer
	MailFiled      MailKind = "filed"      // to an authority: a change of approving power is asked for
	MailNotice     MailKind = "notice"     // to an authority: approving power is about to move; STOP stops it
	MailReceipt    MailKind = "receipt"    // to an approver: what was recorded
	MailUnclear    MailKind = "unclear"    // to an approver: nothing was decided, and why
	MailLate       MailKind = "late"       // to an approver: it was decided before
	MailRepeated   MailKind = "repeated"   // to an approver: they had answered the same before
	MailConflict   MailKind = "conflict"   // to an approver: it was decided before, and otherwise
	MailDigest     MailKind = "digest"     // to staff, daily: what was left, quarantined, and waits
	MailDelegation MailKind = "delegation" // to a client's authorities: who decides for whom
	MailNotYours   MailKind = "not_yours"  // to somebody who answered with another person's token
	MailSettled    MailKind = "settled"    // to the others asked: it is decided
	MailInvitation MailKind = "invitation" // to the newcomer
	MailCode       MailKind = "code"       // to the newcomer: six digits
	MailOutcome    MailKind = "outcome"    // to the requester: how a request ended
	MailChallenge  MailKind = "challenge"  // to the address on file of an author who is not proven: a code to send back
	MailTeam       MailKind = "team"       // to staff: a mail that asks for no access was filed as a ticket
	MailMoved      MailKind = "moved"      // to the old address of somebody: there is a new one
	MailListed     MailKind = "listed"     // to a new contact who is not invited
	MailVisit      MailKind = "visit"      // to host, visitor and desk: a visit is confirmed or called off
	MailStatus     MailKind = "status"     // to a contact: where their requests stand
	MailSignIn     MailKind = "sign_in"    // to a registered contact: how to sign in
	MailClients    MailKind = "clients"    // to somebody who represents several clients: for which one?
	MailBadge      MailKind = "badge"      // to the security team: make a badge, or take one back
)

// MailKinds lists every kind; each has a template.
var MailKinds = []MailKind{MailAnswer, MailApproval, MailReminder, MailFiled, MailNotice, MailReceipt, MailUnclear, MailLate, MailRepeated, MailConflict, MailDelegation, MailDigest, MailNotYours,
	MailSettled, MailInvitation, MailCode, MailOutcome, MailChallenge, MailTeam, MailMoved, MailListed,
	MailVisit, MailStatus, MailSignIn, MailClients, MailBadge}

// AnswerKinds are the kinds of mail that answer whoever wrote, whatever they wrote. They are what a loop would consist of,
// so they have a budget. Decisions are bounded by their tokens.
var AnswerKinds = []MailKind{MailAnswer, MailUnclear, MailLate, MailRepeated, MailConflict, MailNotYours, MailChallenge, MailStatus, MailSignIn, MailClients}

// MailData is what templates may show. User-supplied values are escaped by the templates.
type MailData struct {
	Client    string
	Requester string
	Stage     policy.Stage
	Escalated bool // staff answer in place of missing approvers (R5)
	Lines     []Line
	Asked     []string // names to choose from
	Person    string   // whom the mail speaks of: the token's owner, the one who decided, the absent one (empty in a mail to that one)
	Reason    string   // why nothing was decided, in one sentence
	Digest    *Digest
	Token     token.Token
	Code      token.Code
	Until     time.Time
	Since     time.Time // when the mail arrived that this one is about
	Other     *Other    // MailTeam only
}

// Line is one request as a mail shows it.
type Line struct {
	Number  int
	Action  policy.Action
	Name    string
	Email   string
	Roles   []string // titles
	Reason  string
	Status  Status
	Missing []interpret.Field
	Options []string // titles of the roles to choose from, when a role is missing
	Rule    string
	Text    string   // the rule in words
	MayAsk  []string // people of the client who may ask this
	WaitFor policy.Stage
	Asked   []string // the people of the client who are asked; empty where staff stand in for them
	Lacking int      // how many of them must still approve
	Ticket  string   // number of the ticket that this request joined
	Outside bool
	Like    string    // the domain that the one of the address resembles without being it
	Answer  Answer    // that counts
	By      string    // who gave it
	Said    Answer    // that this mail gave, too late
	For     string    // of a delegation: the absent approver
	Until   time.Time // of a delegation: its end
	Details LineDetails
}

// LineDetails are what a line says beyond name, address, roles and reason.
type LineDetails struct {
	NewName, NewEmail string
	Language          string // code
	PhysicalAccess    *bool
	Lead              *bool
	Badge             *bool
	Replaces          string   // who holds the role now
	Then              []string // titles of the roles that they take
	Checklist         bool     // staff verify it out of band
	Visit             LineVisit
}

// LineVisit is when, where and how somebody comes. Times are in the site's zone.
type LineVisit struct {
	From, To time.Time
	UntilEnd bool // To is the site's closing time, since the mail named no end
	Company  string
	Site     string
	Escort   string // yes, no or empty
}

// Status is what became of a line.
type Status string

// The statuses of a line in a mail.
const (
	StatusWaiting   Status = "waiting"   // for WaitFor
	StatusDetails   Status = "details"   // Missing is asked for
	StatusRefused   Status = "refused"   // by Rule
	StatusJoined    Status = "joined"    // the same is already asked in Ticket
	StatusAlready   Status = "already"   // the person is already there
	StatusUnknown   Status = "unknown"   // no such person
	StatusInvited   Status = "invited"   // the invitation is on its way
	StatusHeld      Status = "held"      // approved; takes effect later
	StatusCompleted Status = "completed" // done
	StatusRejected  Status = "rejected"
	StatusExpired   Status = "expired"
	StatusCancelled Status = "cancelled"
	StatusUnsaid    Status = "unsaid"  // a change of details without its new value
	StatusBounced   Status = "bounced" // the invitation came back
	StatusLapsed    Status = "lapsed"  // the invitation was not used in time
	// StatusUnreachable: mail to By, who is asked about the line, came back.
	StatusUnreachable Status = "unreachable"
	StatusChanged     Status = "changed" // by By, who is not the one who asked
)
