// Package mailaddr is the address of RFC 5322: local part, domain, A- and U-label, subaddress, and the form used for look-up.
//
// RFC 5321 and 5322 also call local-part@domain a "mailbox"; here a mailbox is an IMAP mailbox and this is an address.
package mailaddr

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Address is a local part and a domain. The zero value is the empty address.
type Address struct {
	Local  string // as written, unquoted, NFC
	Domain string // A-labels, lower case, no final dot
}

// IsZero reports whether a is the empty address.
func (a Address) IsZero() bool { return a == Address{} }

// String returns the addr-spec for header fields and envelopes: A-labels, the local part quoted where RFC 5322 wants it.
// The empty address gives "".
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return quoteLocal(a.Local) + "@" + a.Domain
}

// Display returns the address for people: U-labels where the domain has them.
func (a Address) Display() string {
	if a.IsZero() {
		return ""
	}
	return quoteLocal(a.Local) + "@" + DisplayDomain(a.Domain)
}

// DisplayDomain returns a domain for people: U-labels where it has them.
func DisplayDomain(domain string) string {
	if !strings.Contains(domain, "xn--") && !strings.ContainsFunc(domain, notSmallLDH) {
		return domain // as most are
	}
	display, err := idna.Lookup.ToUnicode(domain)
	if err != nil {
		return domain
	}
	return display
}

// notSmallLDH tells what a domain of small ASCII letters, digits, hyphens and dots has not.
func notSmallLDH(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
}

// Key returns the look-up form: addresses with equal keys are the same for us. The letter case of local parts is
// ignored, although RFC 5321 section 2.4 leaves it to the receiving host: no host in use tells Jane from jane.
func (a Address) Key() string {
	if a.IsZero() {
		return ""
	}
	// Lower case can leave the normal form (İ becomes two code points), hence NFC after it too.
	return norm.NFC.String(strings.ToLower(norm.NFC.String(a.Local))) + "@" + a.Domain
}

// InDomain reports whether the domain of a is exactly domain, written in A- or U-labels; subdomains are other domains.
func (a Address) InDomain(domain string) bool {
	d, err := ParseDomain(domain)
	return err == nil && d == a.Domain
}

// SplitDetail splits off the subaddress (RFC 5233): with "+", support+a.TOKEN@x is support@x and "a.TOKEN". The first
// separator counts, as in Postfix and Sieve. Without a detail, or with nothing before it, a itself is the base.
func (a Address) SplitDetail(sep string) (base Address, detail string) {
	if sep == "" {
		return a, ""
	}
	local, detail, found := strings.Cut(a.Local, sep)
	if !found || local == "" {
		return a, ""
	}
	return Address{Local: local, Domain: a.Domain}, detail
}

// WithDetail returns a with the detail added as subaddress (RFC 5233); an empty detail adds nothing.
func (a Address) WithDetail(sep, detail string) Address {
	if detail == "" {
		return a
	}
	return Address{Local: norm.NFC.String(a.Local + sep + detail), Domain: a.Domain}
}

// MarshalText writes the addr-spec; the empty address is empty text.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an addr-spec; empty text is the empty address.
func (a *Address) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Address{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
