// Package message turns the bytes of one mail into one Message: its single author, ids, references, text parts and limits.
//
// It is the only importer of go-message. Parse never panics and never reads more than the named limits allow: a mail over
// a limit is an error of type *LimitError, which the caller quarantines with its reason. Everything softer (an unknown
// charset, a missing end boundary, a malformed header line) yields a usable Message and a line in Warnings.
package message

import (
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
)

// Message is one mail as people mean it. Text has LF line ends and valid UTF-8.
type Message struct {
	// Fields is the header section from top to bottom, bodies unfolded but not decoded. Order matters to
	// senderauth, which counts Received fields (RFC 5321 section 4.4).
	Fields []Field

	// Author is the only address of the only From field. It is meaningless when AuthorErr is set.
	Author Mailbox
	// AuthorErr says why there is no single author: not exactly one From field with exactly one address.
	AuthorErr error

	To, Cc []Mailbox
	// Recipients are all addresses the mail was sent or delivered to, from Delivered-To, X-Original-To, To and Cc,
	// without doubles: where plus-addressed tokens are looked for.
	Recipients []mailaddr.Address

	Subject string    // decoded (RFC 2047)
	Date    time.Time // zero when absent or unreadable

	MessageID  string   // without angle brackets
	InReplyTo  []string // without angle brackets
	References []string // oldest first, without angle brackets

	// Text is the author's text: the text/plain parts that are no attachments, format=flowed undone; the rendered
	// HTML where there is no plain text.
	Text string
	// HTMLText is the HTML body rendered as text, hidden elements left out; "" when there is none.
	HTMLText string

	Attachments []Attachment
	// Forwarded holds message/rfc822 parts, parsed with the depth of this mail counted; also the returned mail of a
	// report.
	Forwarded []*Message
	// Report is set for multipart/report; type=delivery-status (RFC 3464), and for the same parts in a multipart/mixed
	// of a mail system.
	Report *DeliveryReport

	// Warnings say what had to be read leniently, one phrase each, without content of the mail.
	Warnings []string
	// Size is the length of the raw bytes.
	Size int
}

// Field is one header field: Name as written, Body unfolded and trimmed, not decoded.
type Field struct{ Name, Body string }

// Mailbox is RFC 5322's name-addr: a decoded display name and an address.
type Mailbox struct {
	Name    string
	Address mailaddr.Address
}

// Attachment is a part that is no body text. Text holds its decoded text for text/csv, text/plain,
// text/tab-separated-values and vCards up to MaxTableText, else it is empty.
type Attachment struct {
	Filename  string // base name only
	MediaType string
	Size      int // decoded octets
	Text      string
}

// DeliveryReport is what a DSN says (RFC 3464).
type DeliveryReport struct {
	Recipients []ReportedRecipient
	// OriginalMessageID is the Message-ID of the returned mail or header, without angle brackets; "" if not returned.
	OriginalMessageID string
}

// ReportedRecipient is one per-recipient group of a DSN.
type ReportedRecipient struct {
	Address string // Final-Recipient, or Original-Recipient where that is missing
	Action  string // failed, delayed, delivered, relayed, expanded
	Status  string // enhanced status code (RFC 3463)
	// Diagnostic is what the remote system said, with its type: "smtp; 550 5.1.1 no such user".
	Diagnostic string
}
