package senderauth

import (
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
	"golang.org/x/net/publicsuffix"
)

// aligned is DMARC's relaxed alignment (RFC 7489 section 3.1): both domains have the same organizational domain.
func aligned(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	return a == b || organizational(a) != "" && organizational(a) == organizational(b)
}

// organizational is the domain one label below the public suffix, private suffixes such as github.io included: their
// customers are strangers to one another. It is "" for a public suffix itself.
func organizational(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return org
}

// domainOf is the domain of a property's value, which is a domain, an address or only its "@domain", as A-labels; "" when
// it is neither.
func domainOf(value string) string {
	value = strings.TrimSuffix(strings.TrimPrefix(value, "<"), ">")
	domain, err := mailaddr.ParseDomain(value[strings.LastIndexByte(value, '@')+1:])
	if err != nil {
		return ""
	}
	return domain
}

// domain is the domain in the property. A property that is there twice has none: one of the two may be forged.
func (r Result) domain(ptype, name string) string {
	domain, found := "", 0
	for _, p := range r.Props {
		if p.Type == ptype && p.Name == name {
			domain = domainOf(p.Value)
			found++
		}
	}
	if found != 1 {
		return ""
	}
	return domain
}

// has reports whether the property is there.
func (r Result) has(ptype, name string) bool {
	for _, p := range r.Props {
		if p.Type == ptype && p.Name == name {
			return true
		}
	}
	return false
}

// proved is the domain that a DMARC, DKIM or SPF result speaks of; "" when it names none.
func (r Result) proved() string {
	switch {
	case r.Method == "dmarc":
		return r.domain("header", "from")
	case r.Method == "dkim" && r.has("header", "d"):
		return r.domain("header", "d")
	case r.Method == "dkim":
		return r.domain("header", "i") // Gmail and Yahoo name no header.d
	case r.Method == "spf":
		return r.domain("smtp", "mailfrom")
	}
	return ""
}
