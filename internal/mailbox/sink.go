package mailbox

import (
	"context"
	"time"
)

// Sink is the durable side: where mail goes, and where the dispositions come from. All its methods return only when
// their effect is committed. A Runner calls them from one goroutine.
type Sink interface {
	// Cursor is the last accounted UID. ok is false when the mailbox was never read before.
	Cursor(ctx context.Context) (c Cursor, ok bool, err error)

	// SetCursor says where reading starts under a UIDVALIDITY: everything up to c.UID is not ours and never will be.
	SetCursor(ctx context.Context, c Cursor) error

	// Store keeps messages and moves the cursor, in one transaction. A message that is already there, by UIDVALIDITY,
	// UID and bytes, is left as it is, unless it was unfetchable and now comes. After a change of UIDVALIDITY, and when
	// the server has gone back to an older state, the same messages come again with other UIDs and other messages with
	// the same, and only the digest of their bytes can tell.
	Store(ctx context.Context, messages []Fetched, c Cursor) error

	// Known returns those of uids that lie above the UID given to SetCursor and yet have no row, and those that could not
	// be fetched and are worth another try.
	Known(ctx context.Context, uidValidity uint32, uids []uint32) (missing []uint32, err error)

	// Same tells whether the message with this UID may be the one that was stored with it, going by when the server
	// received it. It holds for a UID without a row.
	Same(ctx context.Context, uidValidity, uid uint32, received time.Time) (bool, error)

	// ToFile returns up to limit messages whose disposition is committed but that are not filed yet.
	ToFile(ctx context.Context, limit int) ([]Filing, error)

	// Filed records that these filings are done, or that there was nothing left to file.
	Filed(ctx context.Context, ids []int64) error
}

// Cursor is a position in a mailbox: every UID up to and including UID is accounted for (RFC 9051 section 2.3.1.1).
type Cursor struct {
	UIDValidity, UID uint32

	// Since is when reading began, for a mailbox that was not read from its first message on. When the server numbers
	// its messages anew, it keeps what is older from being taken for new mail. The Sink keeps it with the rest; a zero
	// Since makes the whole mailbox come again.
	Since time.Time
}

// Fetched is one message as the server gave it.
type Fetched struct {
	UIDValidity, UID uint32
	InternalDate     time.Time // when the server received it; zero if Unfetchable and unknown
	Size             int64     // of the whole message, in bytes; 0 if Unfetchable and unknown
	Raw              []byte
	Truncated        bool   // Raw is only the beginning of a message over MaxMessage
	Unfetchable      string // why the server would not give it, three times; "" normally. Raw is then empty
}

// Filing is one message to be moved to a folder.
type Filing struct {
	ID               int64 // the Sink's own
	UIDValidity, UID uint32
	Folder           FilingTarget
}

// FilingTarget names one of the folders of Config.
type FilingTarget string

// The filing targets.
const (
	FileProcessed  FilingTarget = "processed"
	FileQuarantine FilingTarget = "quarantine"
	FileOther      FilingTarget = "other"
)
