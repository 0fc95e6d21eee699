package message

import (
	"fmt"
	"time"
)

// Limits of one mail, all parts and forwarded mails together where nothing else is said. They are far above what people
// write; a mail over one of them is a *LimitError.
const (
	MaxHeaderBytes = 256 << 10 // one header section, of the mail, of a part or of a forwarded mail
	MaxFields      = 2000      // of one header section
	MaxDepth       = 20        // multiparts and forwarded mails inside one another
	MaxParts       = 500
	MaxTextBytes   = 1 << 20   // one text part, decoded, or one HTML part, rendered
	MaxTotalText   = 4 << 20   // all text parts
	MaxHTMLDepth   = 5000      // HTML elements inside one another
	MaxStyleRules  = 1000      // of one HTML part that may hide text
	MaxTableText   = 256 << 10 // the text of one attachment; a longer one is no error, its text is left out
)

// TimePerMiB is what Parse may take for each MiB of a mail, one begun included. There is no clock here that would stop it: the
// limits above and one pass over all that is read keep it, a tenth of it being usual for what is made to cost.
const TimePerMiB = time.Second

// Soft limits: what is beyond is left out with a warning.
const (
	maxAddresses = 1000 // per field name
	maxIDs       = 1000 // of References and In-Reply-To each
	maxParams    = 100  // of one field
	maxPieces    = 1000 // of all parameters of one field that are cut into pieces (RFC 2231)
	maxWarnings  = 50
	maxFilename  = 255 // octets
)

// LimitError says which limit the mail is over.
type LimitError struct {
	What  string // what there is too much of
	Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("reading message: more than %d %s", e.Limit, e.What)
}

// SyntaxError says that the bytes are no mail: not one header field can be read.
type SyntaxError struct{}

func (e *SyntaxError) Error() string { return "reading message: no header field" }
