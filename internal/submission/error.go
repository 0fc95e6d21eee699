package submission

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
)

// Error says why a mail was not, or not certainly, submitted. Anything not Permanent is worth another try with the
// same bytes.
type Error struct {
	Code     int    // SMTP reply code; 0 when there was no reply (network, TLS, time)
	Enhanced string // enhanced status code (RFC 3463), "" when there was none

	// Permanent: this envelope or this message is refused for good. A refusal of our connection or account is
	// transient whatever its code.
	Permanent bool
	// Ambiguous: the connection ended between the final dot and the reply, so the server may have the message.
	Ambiguous bool

	Err error // never nil; may quote the server's text, which may name addresses
}

// Error is for the operator; it may name addresses, and cuts off what a server says at length.
func (e *Error) Error() string {
	kind := "transient"
	if e.Permanent {
		kind = "permanent"
	}
	if e.Ambiguous {
		kind = "ambiguous"
	}
	return fmt.Sprintf("submitting (%s): %.500v", kind, e.Err)
}

// Unwrap makes errors.Is see context errors and errors.As the server's reply.
func (e *Error) Unwrap() error { return e.Err }

// newError is the answer to a command of a mail transaction: a 5xx is permanent.
func newError(ctx context.Context, doing string, err error) *Error {
	e := &Error{}
	if reply, ok := asReply(err); ok {
		e.Code = reply.Code
		e.Enhanced = enhancedCode(reply.Msg)
		// 530 and 535 refuse us, not the mail: authentication is missing or no longer good (RFC 4954 section 6).
		e.Permanent = reply.Code/100 == 5 && reply.Code != 530 && reply.Code != 535
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w (%w)", cause, err)
	}
	e.Err = fmt.Errorf("%s: %w", doing, err)
	return e
}

// sessionError is an error before any mail transaction: always transient.
func sessionError(ctx context.Context, doing string, err error) *Error {
	e := newError(ctx, doing, err)
	e.Permanent = false
	return e
}

// errStale means that a kept connection had ended unnoticed.
var errStale = errors.New("the kept connection had ended")

// checkEnvelope refuses what cannot be said in a command line: no server needs to be asked.
func checkEnvelope(env Envelope) error {
	switch {
	case env.Rcpt == "":
		return &Error{Enhanced: "5.1.3", Permanent: true, Err: errors.New("the envelope has no recipient")}
	case strings.ContainsAny(env.MailFrom+env.Rcpt, "\r\n\x00"):
		return &Error{Enhanced: "5.1.3", Permanent: true, Err: errors.New("the envelope has a line break in an address")}
	}
	return nil
}

var enhancedStatus = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)`)

// enhancedCode reads the status code at the start of a reply's text (RFC 2034 section 4).
func enhancedCode(text string) string {
	if m := enhancedStatus.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func asReply(err error) (*textproto.Error, bool) {
	var reply *textproto.Error
	ok := errors.As(err, &reply)
	return reply, ok
}
