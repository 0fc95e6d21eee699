package access

import (
	"errors"
	"hash/fnv"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// Cursor is a position in a mailbox: all up to UID is accounted for.
type Cursor struct {
	UIDValidity, UID uint32
	Since            time.Time // mail that came before is not ours; zero when all is
}

// RawMail is one mail as fetched from a mailbox, before anything is known of it.
type RawMail struct {
	UIDValidity  uint32
	UID          uint32
	InternalDate time.Time
	Size         int64 // on the server
	Raw          []byte
	Truncated    bool   // over the size limit: Raw is only its beginning
	Unfetchable  string // why there is no Raw
	// Lookup is what its header says about its place; nil where nobody has looked.
	Lookup *Lookup
}

// Lane is what must be decided in the order of arrival: a client by its id, since everything that a mail changes lies below
// one, or a stranger by a number below zero.
type Lane int64

// AnyLane is that of a mail that may concern any client: it waits for all mails before it, and all after it wait for it.
const AnyLane Lane = 0

// StrangerLane is the lane of somebody's mails who, as far as is known, has to do with no client. They wait for one another, since the
// second may repeat the first, and for the mails of clients before them, which may introduce their author; no client waits for them.
func StrangerLane(author mailaddr.Address) Lane {
	h := fnv.New32a()
	_, _ = h.Write([]byte(author.Key())) // it never fails
	return -1 - Lane(h.Sum32())
}

// Stranger reports whether it is a stranger's.
func (l Lane) Stranger() bool { return l < AnyLane }

// Inbound is a stored mail that a worker has claimed. Attempts fences its finish: a later claim has a higher number.
type Inbound struct {
	ID           int64
	Mailbox      string // name in the config
	InternalDate time.Time
	Raw          []byte
	Truncated    bool
	Attempts     int
	Confirmed    bool // its author sent back the code that was mailed to the address on file
	Lane         Lane
	Handling     Handling
}

// Facts are what processing learnt of a mail, stored beside its disposition for people to see.
type Facts struct {
	Author    string
	Subject   string
	MessageID string
	Class     string
	Verdict   string
	Evidence  string
	Words     string // own words, stored only for a mail that was acted on
}

// Outgoing is a queued mail that a worker has claimed.
type Outgoing struct {
	ID       int64
	MailFrom mailaddr.Address
	Rcpt     mailaddr.Address
	Raw      []byte
	Attempts int
	Lease    time.Time // when the claim ends: another daemon's claim for the same attempt ends at another time

	Kind         MailKind
	Digest       token.Digest // of the Message-ID
	TicketID     int64        // 0 for none
	InvitationID int64        // 0 for none
}

// Sent is what became of an attempt to send.
type Sent struct {
	Accepted bool
	Failed   bool      // for good; else it is tried again
	Error    string    // why not
	Retry    time.Time // when to try again
}

// Attempt is an attempt to send a mail that has ended.
type Attempt struct {
	Mail *Outgoing
	Sent Sent
}

// Rendered is one outgoing mail as bytes, rendered and signed once, so that every retry sends the same.
type Rendered struct {
	MessageID string // without brackets
	MailFrom  mailaddr.Address
	Rcpt      mailaddr.Address
	Subject   string
	Raw       []byte
	Words     string            // the words that matter, in English, for the console: no tokens, no codes
	WordsIn   map[string]string // the same in each other language that has them, by its tag
}

// CanaryField is the header field in which a canary, a mail of the daemon to its own mailbox, carries its mark.
const CanaryField = "X-Countersign-Canary"

// Thread is what a mail answers: what must be known to read it. All of it is looked up again when the mail is decided.
type Thread struct {
	Client   *Client    // nil when not known, or not the only one
	Approval *Approval  // whose token the mail carries
	Requests []*Request // of the ticket
}

// ErrNotItsTurn says that a claimed mail has turned out to be about another client than was known when it came: it has been
// given back, and waits for all mails before it.
var ErrNotItsTurn = errors.New("access: mails before this one must be decided first")

// Undecided is a claimed mail with all that deciding on it takes.
type Undecided struct {
	In     *Inbound
	Lookup *Lookup
	Facts  Facts
	// Answers finds the Thread that the mail was read as an answer to, and Stands tells whether the reading holds for another
	// one; nil where it always does.
	Answers *Lookup
	Stands  func(*Thread) bool
	// Seek tells which open requests Decide looks at; nil for all. Where it is ErrMore, it decides again with all.
	Seek   func(*Situation) *Sought
	Decide func(*Situation) (*Outcome, error)
	Render Render
}

// Render turns a mail order into bytes, once ids and ticket numbers are known.
type Render func(*Mail) (*Rendered, error)
