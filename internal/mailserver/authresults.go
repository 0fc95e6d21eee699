package mailserver

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// maxSignatures bounds the DKIM signatures looked at: each costs a DNS look-up.
const maxSignatures = 5

// authenticate judges a message from outside and returns the resinfo items of RFC 8601 section 2.2, for DKIM, SPF and
// DMARC. SPF is always none: every client of this closed world comes from the same address. No text that the sender
// chose gets in, unless it is a bare domain or a plain path.
func authenticate(raw []byte, mailFrom string, lookupTXT func(string) ([]string, error)) []string {
	var results, passed []string
	verifications, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT:        lookupTXT,
		MaxVerifications: maxSignatures,
	})
	for _, v := range verifications {
		result := "dkim=" + dkimResult(v.Err)
		if plainDomain(v.Domain) {
			result += " header.d=" + v.Domain
			if v.Err == nil {
				passed = append(passed, v.Domain)
			}
		}
		results = append(results, result)
	}
	switch {
	case len(results) > 0:
	case err != nil:
		results = append(results, "dkim=permerror")
	default:
		results = append(results, "dkim=none")
	}
	spf := "spf=none"
	if mailFrom != "" {
		spf += " smtp.mailfrom=" + mailFrom
	}
	return append(results, spf, dmarcResult(raw, passed, lookupTXT))
}

func dkimResult(err error) string {
	switch {
	case err == nil:
		return "pass"
	case dkim.IsTempFail(err):
		return "temperror"
	case dkim.IsPermFail(err):
		return "permerror"
	default:
		return "fail"
	}
}

// dmarcResult applies DMARC (RFC 7489 section 6.6) to the domains whose DKIM signatures passed.
func dmarcResult(raw []byte, passed []string, lookupTXT func(string) ([]string, error)) string {
	domain, ok := authorDomain(raw)
	if !ok {
		return "dmarc=permerror"
	}
	from := " header.from=" + domain
	record, err := dmarcRecord(domain, lookupTXT)
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return "dmarc=none" + from
	case dmarc.IsTempFail(err):
		return "dmarc=temperror" + from
	case err != nil:
		return "dmarc=permerror" + from
	}
	result := "fail"
	for _, d := range passed {
		if aligned(d, domain, record.DKIMAlignment == dmarc.AlignmentStrict) {
			result = "pass"
		}
	}
	return fmt.Sprintf("dmarc=%s (p=%s)%s", result, record.Policy, from)
}

// dmarcRecord looks the record up at the domain, then at its organizational domain (RFC 7489 section 6.6.3), which
// go-msgauth leaves to us.
func dmarcRecord(domain string, lookupTXT func(string) ([]string, error)) (*dmarc.Record, error) {
	options := &dmarc.LookupOptions{LookupTXT: lookupTXT}
	record, err := dmarc.LookupWithOptions(domain, options)
	if org := organizationalDomain(domain); errors.Is(err, dmarc.ErrNoPolicy) && org != domain {
		return dmarc.LookupWithOptions(org, options)
	}
	return record, err
}

// soleAuthor is the only address of the only From field.
func soleAuthor(raw []byte) (string, bool) {
	fields, _ := splitHeader(raw)
	var from []string
	for _, f := range fields {
		if strings.EqualFold(f.name, "From") {
			from = append(from, f.body())
		}
	}
	if len(from) != 1 {
		return "", false
	}
	list, err := addressParser.ParseList(from[0])
	if err != nil || len(list) != 1 {
		return "", false
	}
	return list[0].Address, true
}

// authorDomain is the domain, in A-labels, of the sole author.
func authorDomain(raw []byte) (string, bool) {
	address, ok := soleAuthor(raw)
	if !ok {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(address[strings.LastIndexByte(address, '@')+1:])
	if err != nil || !plainDomain(domain) {
		return "", false
	}
	return strings.ToLower(strings.TrimSuffix(domain, ".")), true
}

// aligned compares the domain of a signature with the author's (RFC 7489 section 3.1).
func aligned(d, author string, strict bool) bool {
	d = strings.ToLower(strings.TrimSuffix(d, "."))
	if strict {
		return d == author
	}
	return organizationalDomain(d) == organizationalDomain(author)
}

// organizationalDomain is the registrable domain; a public suffix is its own.
func organizationalDomain(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return org
}
