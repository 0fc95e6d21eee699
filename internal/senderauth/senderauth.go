// Package senderauth weighs the proof of a mail's author: Authentication-Results, DKIM, SPF and DMARC become a verdict with its evidence.
//
// It believes only the Authentication-Results fields (RFC 8601) that the provider's own MX wrote, see Config, and reads
// them with a parser of its own, since the sender chooses what stands in their comments and quoted strings. Where the
// Config says so it judges DKIM, SPF and DMARC itself; the DNS and the time are passed in.
package senderauth

import (
	"context"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// Verdict says how well the author of a mail is proved.
type Verdict string

// The verdicts.
const (
	Pass Verdict = "pass" // an aligned DMARC, DKIM or SPF result
	Weak Verdict = "weak" // neither proof nor disproof
	Fail Verdict = "fail" // DMARC failed, or there is no single author
)

// Method says what a Pass rests on.
type Method string

// The methods. SPF proves the host and not the mail: a forwarded or shared host is enough to forge it, so callers accept
// no decision on SPF alone.
const (
	MethodDMARC Method = "dmarc"
	MethodDKIM  Method = "dkim"
	MethodSPF   Method = "spf"
	// MethodAuth is SMTP AUTH at our own server in the author's own name (auth=pass smtp.auth=): it proves our own people,
	// and nobody else has an account there.
	MethodAuth Method = "auth"
	// MethodCode is a code that was mailed to the address on file and came back, for one mail.
	MethodCode Method = "code"
)

// Evidence is a verdict and what it rests on.
type Evidence struct {
	Verdict Verdict
	// Method is empty unless the verdict is Pass. It is MethodSPF also where DMARC passed and what the fields say of DKIM
	// and SPF leaves only SPF as the ground.
	Method Method
	Domain string // the domain that was proved and is aligned with the author's, A-labels
	Reason string // in words, for staff
	// Considered has a line for each result and each field that was passed over, for staff. Part of it is the sender's
	// choice; it is free of control characters.
	Considered []string
}

// String is the evidence in words, for staff: the reason, then a line for each thing considered.
func (e Evidence) String() string {
	return strings.Join(append([]string{e.Reason}, e.Considered...), "\n")
}

// Confirmed is the evidence for a mail whose author has sent back the code that was mailed for it. What is disproved stays
// so.
func (e Evidence) Confirmed(domain string) Evidence {
	if e.Verdict != Fail {
		e.pass(MethodCode, domain, "The author sent back a code that was mailed to the address on file. Before that: "+e.Reason)
	}
	return e
}

// Mode says whose word counts.
type Mode string

// The modes.
const (
	// TrustedHeader believes what our own MX wrote into the mail. It is the default.
	TrustedHeader Mode = "trusted_header"
	// OwnChecks judges DKIM, SPF and DMARC here, where no MX does.
	OwnChecks Mode = "verify"
	// Both needs both to pass; a fail of either is one.
	Both Mode = "both"
)

// Config says what counts as proof.
type Config struct {
	Mode Mode // TrustedHeader when empty
	// AuthservID is the name that our MX writes into its fields; compared without regard to the case of ASCII letters.
	AuthservID string
	// Hops is the number of Received fields that our own hosts write above the MX's Authentication-Results field: 0
	// where the field of the MX is above its own Received field and no inner relay follows. A field counts only above
	// the (Hops+1)-th Received field from the top. What stands lower may be the sender's: with Hops one too high, all
	// rests on the MX removing fields with its name that arrive from outside (RFC 8601 section 5). For our own checks the
	// MX's Received field is the Hops-th from the top, the first where Hops is 0.
	Hops int
	// ReceivedBy is the name behind "by" in the MX's Received field. Without it our own checks leave SPF out.
	ReceivedBy string
}

// Mail is what is weighed.
type Mail struct {
	Raw       []byte          // as fetched; only our own checks need it
	Fields    []message.Field // the whole header section from top to bottom
	Author    mailaddr.Address
	AuthorErr error     // why there is no single author
	At        time.Time // when it arrived: signatures must not have expired by then (RFC 6376 section 3.5)
}

// Weigh comes to the verdict on a mail by the mode of the Config. dns is used by our own checks alone; ctx bounds them.
func Weigh(ctx context.Context, m Mail, cfg Config, dns Resolver) Evidence {
	if cfg.Mode != OwnChecks && cfg.Mode != Both {
		return Verify(m.Fields, m.Author, m.AuthorErr, cfg)
	}
	own := check(ctx, m, cfg, dns)
	if cfg.Mode == OwnChecks {
		return own
	}
	return both(Verify(m.Fields, m.Author, m.AuthorErr, cfg), own)
}

// both joins what the MX says with what our own checks say: the worse counts.
func both(mx, own Evidence) Evidence {
	e := mx
	rank := map[Verdict]int{Fail: 0, Weak: 1, Pass: 2}
	switch {
	case rank[own.Verdict] < rank[mx.Verdict], own.Verdict == mx.Verdict && own.Method == MethodSPF:
		e = own
		e.Reason = "By our own checks: " + own.Reason
	case own.Verdict == Pass:
		e.Reason = mx.Reason + " Our own checks agree."
	default:
		e.Reason = "By our MX: " + mx.Reason
	}
	e.Considered = append(append([]string{}, mx.Considered...), own.Considered...)
	return e
}
