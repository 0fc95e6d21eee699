// Package senderauth weighs the proof of a mail's author: Authentication-Results and alignment become a verdict with its evidence.
//
// It believes only the Authentication-Results fields (RFC 8601) that the provider's own MX wrote, see Config, and reads
// them with a parser of its own, since the sender chooses what stands in their comments and quoted strings.
package senderauth

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

// Config says which Authentication-Results fields are ours.
type Config struct {
	// AuthservID is the name that our MX writes into its fields; compared without regard to the case of ASCII letters.
	AuthservID string
	// Hops is the number of Received fields that our own hosts write above the MX's Authentication-Results field: 0
	// where the field of the MX is above its own Received field and no inner relay follows. A field counts only above
	// the (Hops+1)-th Received field from the top. What stands lower may be the sender's: with Hops one too high, all
	// rests on the MX removing fields with its name that arrive from outside (RFC 8601 section 5).
	Hops int
}
