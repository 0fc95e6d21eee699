package senderauth

import (
	"context"
	"errors"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dmarc"
)

// Resolver is the DNS as *net.Resolver offers it, for several goroutines. Errors that may pass have a method Temporary()
// bool, as those of *net.Resolver have.
type Resolver = spf.DNSResolver

// lookupTXT asks for TXT records. A mail causes at most one such question for each of maxSignatures, two for DMARC, and
// the ten that SPF allows (RFC 7208 section 4.6.4).
func (c *checker) lookupTXT(name string) ([]string, error) { return c.dns.LookupTXT(c.ctx, name) }

// dmarcRecord is the record that governs the author's domain.
type dmarcRecord struct {
	record *dmarc.Record // nil for none
	policy dmarc.Policy
	temp   bool // DNS did not answer: there may be one
}

// dmarc looks the record up at the domain, then at its organizational domain (RFC 7489 section 6.6.3).
func (c *checker) dmarc(domain string) dmarcRecord {
	for _, at := range []string{domain, organizational(domain)} {
		if at == "" {
			continue
		}
		records, err := c.lookupTXT("_dmarc." + at)
		if temporary(err) {
			c.e.consider("DMARC record of %s: no answer from the DNS", at)
			return dmarcRecord{temp: true}
		}
		var found []string
		for _, r := range records {
			if version, _, _ := strings.Cut(r, ";"); strings.TrimSpace(version) == "v=DMARC1" {
				found = append(found, r)
			}
		}
		if len(found) == 0 {
			continue
		}
		record, err := dmarc.Parse(found[0])
		if err != nil || len(found) > 1 {
			c.e.consider("DMARC record of %s: unreadable, so there is none", at)
			return dmarcRecord{}
		}
		policy := record.Policy
		if at != domain && record.SubdomainPolicy != "" {
			policy = record.SubdomainPolicy
		}
		c.e.consider("DMARC record of %s: policy %s", at, string(policy))
		return dmarcRecord{record: record, policy: policy}
	}
	c.e.consider("DMARC record of %s: none", domain)
	return dmarcRecord{}
}

// temporary reports whether the DNS may answer another time.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return err != nil && (errors.As(err, &t) && t.Temporary() || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, context.Canceled))
}
