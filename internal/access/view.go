package access

import (
	"encoding/json"
	"time"

	"github.com/countersign/countersign/internal/policy"
)

// EntryKind says what an Entry of the conversation is.
type EntryKind string

// The kinds of entry.
const (
	EntryIn    EntryKind = "in"    // a mail that arrived
	EntryOut   EntryKind = "out"   // a mail of ours
	EntryEvent EntryKind = "event" // something that no mail shows, such as a timer or a registration
)

// Entry is one line of the conversation as staff read it. What does not apply is empty.
type Entry struct {
	At      time.Time
	Kind    EntryKind
	From    string
	To      string
	Subject string            // of an event: what happened
	Words   string            // the words that matter: own words of a mail in, what a mail out says, in English; tokens masked
	WordsIn map[string]string // of a mail out: the same in other languages, by their tags
	Ticket  string
	State   string // a mail in: its Disposition; a mail out: where it stands in the queue
	Reason  string // a mail in without words: what became of it, in English
	Proof   string // a mail in: the verdict on its sender and what it rests on, in words
}

// Equation says what became of every mail seen on the server.
type Equation struct {
	Seen   int64                 `json:"seen"`
	Counts map[Disposition]int64 `json:"counts"`
}

// Holds reports whether every mail seen has one of the Dispositions.
func (e Equation) Holds() bool {
	var sum int64
	for _, d := range Dispositions {
		sum += e.Counts[d]
	}
	return sum == e.Seen
}

// RequestView is a request as it is listed (R35).
type RequestView struct {
	Ticket    string        `json:"ticket"`
	Position  int           `json:"position"`
	Client    string        `json:"client"`
	Action    policy.Action `json:"action"`
	Name      Nullable      `json:"name"`
	Email     Nullable      `json:"email"`
	Roles     []string      `json:"roles"`
	State     RequestState  `json:"state"`
	Stage     Nullable      `json:"stage"`
	Requester Nullable      `json:"requester"`
	Rule      Nullable      `json:"rule"`
	Reason    Nullable      `json:"reason"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
}

// Nullable is text that is null in JSON where it is empty (R35).
type Nullable string

// MarshalJSON writes null for empty text.
func (n Nullable) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(n))
}
