// Package interpret reads a Message against a role model: what it asks, what it decides, what is missing. It never guesses.
//
// Read is a pure function. A value that the mail does not state clearly stays empty and is listed in Missing, so that it
// is asked for. Quoted, signed, forwarded or hidden text never supplies a decision.
package interpret

import "github.com/countersign/countersign/internal/mailaddr"

// Class says what kind of mail this is.
type Class string

// The classes. Only request and reply can change anything.
const (
	ClassRequest Class = "request" // asks for one or more access actions on people
	ClassReply   Class = "reply"   // answers one of our mails
	ClassAuto    Class = "auto"    // out-of-office, list mail, receipts: written by a machine
	ClassBounce  Class = "bounce"  // a delivery status notification
	ClassOther   Class = "other"   // a human mail that is no access request
)

// Action is what a request asks for.
type Action string

// The actions.
const (
	AddUser          Action = "add_user"
	ChangeRole       Action = "change_role"
	RemoveUser       Action = "remove_user"
	ScheduleVisit    Action = "schedule_visit"
	ResendInvitation Action = "resend_invitation"
)

var (
	everyAction   = [...]Action{AddUser, RemoveUser, ChangeRole, ResendInvitation, ScheduleVisit}
	accessActions = [...]Action{AddUser, RemoveUser, ChangeRole} // those that give access or take it
)

// Decision is an approver's answer for one numbered line.
type Decision string

// The decisions. Whatever is neither clearly yes nor clearly no is unclear.
const (
	Approve Decision = "approve"
	Reject  Decision = "reject"
	Unclear Decision = "unclear"
)

// Everything is the key of Reading.Decisions that stands for all numbered lines.
const Everything = "*"

// Reading is what a mail says. Its JSON is the contract of `countersign parse --json`.
type Reading struct {
	Model     string              `json:"model,omitempty"`
	Class     Class               `json:"class"`
	Requests  []Request           `json:"requests"`
	Missing   []Missing           `json:"missing"`
	Decisions map[string]Decision `json:"decisions"`
	Adds      []string            `json:"adds,omitempty"` // of an approval: AddsSecurity, AddsCharge
	OwnWords  string              `json:"own_words"`
	Commands  []Command           `json:"commands"`
	Changes   []Change            `json:"changes,omitempty"`    // of the command change_details
	HandOver  *HandOver           `json:"hand_over,omitempty"`  // of the command hand_over
	Delegate  *Delegation         `json:"delegation,omitempty"` // of the command delegate
	Takes     []string            `json:"takes,omitempty"`      // roles that the author takes, beside what is asked for others
	ForClient string              `json:"for_client,omitempty"` // the client that the mail says it is for
	Topic     *string             `json:"topic"`
	Subject   string              `json:"subject"`
	From      string              `json:"from"`
	Bounce    *Bounce             `json:"bounce,omitempty"`
	Warnings  []Warning           `json:"warnings,omitempty"`
	Evidence  []Evidence          `json:"evidence"` // if the Context wants it
}

// Request is one action on one subject person. A nil or empty field was not said.
type Request struct {
	Action         Action   `json:"action"`
	Name           *string  `json:"name"`
	Email          *string  `json:"email"` // lower case
	Roles          []string `json:"roles"` // role ids of the model
	Reason         *string  `json:"reason"`
	Starts         *string  `json:"starts"`
	Ends           *string  `json:"ends"`
	PhysicalAccess *bool    `json:"physical_access"`
	Badge          *bool    `json:"badge"`
	Company        *string  `json:"company"`
	Escort         *bool    `json:"escort"`
	Site           *string  `json:"site"`
	Grants         []string `json:"grants"`
}

// Field names a detail of a request that can be missing.
type Field string

// The fields that can be asked for.
const (
	FieldName   Field = "name"
	FieldEmail  Field = "email"
	FieldRoles  Field = "roles"
	FieldReason Field = "reason"
	FieldStarts Field = "starts"
)

// Missing is a required field of the request with index Request that the mail does not say. Its JSON is [index, "field"].
type Missing struct {
	Request int
	Field   Field
}

// Command is something asked beyond the actions: change_details, hand_over, cancel, status, delegate, stop.
type Command struct {
	Name string `json:"name"`
}

// Bounce is what a delivery status notification reports.
type Bounce struct {
	Recipients []BouncedRecipient `json:"recipients"`
	MessageID  string             `json:"message_id"`
}

// BouncedRecipient is one address a bounce speaks of. Failed is false for a mere delay.
type BouncedRecipient struct {
	Address string `json:"address"`
	Status  string `json:"status"`
	Failed  bool   `json:"failed"`
}

// Warning is an address whose domain people could take for another. It says nothing against the request by itself.
type Warning struct {
	Request int               `json:"request"` // index, -1 for the author and for other addresses of the mail
	Address string            `json:"address"`
	Like    string            `json:"like"` // the domain that it resembles
	How     mailaddr.Likeness `json:"how"`
}

// Evidence ties a value to the words it came from.
type Evidence struct {
	Request int    `json:"request"` // index, -1 for the whole mail
	Field   string `json:"field"`
	Value   string `json:"value"`
	Words   string `json:"words"`
	Line    int    `json:"line"` // of the text, from 1; 0 when it comes from a header field
}

// Role is what Read must know of a role: its id, title and the other names people use for it.
type Role struct {
	ID      string
	Title   string
	Aliases []string
}

// Context is what we know when reading: the client's role model, and what our mail asked if this answers one.
type Context struct {
	Model string
	// Roles are not changed once they were handed over.
	Roles []Role
	// Domains are those that people trust: the client's and our own. Addresses that resemble them are pointed out.
	Domains []string
	// Asked is what the mail that this one answers asked; nil when it answers none of ours.
	Asked *Asked
	// Evidence is wanted, as Explain needs it: where each value stands. Deciding needs none.
	Evidence bool
}

// Asked is a question of ours that may be answered.
type Asked struct {
	// Lines are the numbered people of an approval mail, in order; empty for a question for details.
	Lines []AskedLine
	// Missing are the details asked for, by index into Requests; empty for an approval mail.
	Requests []Request
	Missing  []Missing
}

// AskedLine is one numbered person of an approval mail.
type AskedLine struct {
	Number int
	Name   string
	Email  string
	// About is the reason told for the person; an answer may call them by it: "the bursar is approved".
	About string
}
