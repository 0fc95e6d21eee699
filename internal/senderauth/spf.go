package senderauth

import (
	"net/netip"
	"regexp"
	"strings"

	"blitiri.com.ar/go/spf"
)

// handover is what our own MX says of the host that handed the mail over, in its Received field.
type handover struct {
	helo     string
	ip       netip.Addr
	mailFrom string // reverse-path, from the Return-Path field; never empty
}

// receivedFrom is the form of Postfix and Sendmail, in which nothing but the name behind "from" is the sender's choice, and
// that name can hold no parenthesis. The address of other forms might be one that the sender wrote.
var receivedFrom = regexp.MustCompile(`^from ([^\s()\[\]]+|\[[^\s()\[\]]+\]) \((?:[^\s()\[\]]+ )?\[((?:IPv6:)?[0-9A-Fa-f:.]+)\](?: \(may be forged\))?\)\s+(?:\([^()]*\)\s+)*by ([^\s();]+)[\s;(]`)

// handover finds where the mail entered our system: the Received field that our MX wrote is the max(Hops, 1)-th from the
// top and names it behind "by". Above it, and only there, the reverse-path stands. It reports false when any of this is
// missing or in doubt.
func (c *checker) handover() (handover, bool) {
	var h handover
	paths, received := 0, 0
	for _, f := range c.mail.Fields {
		switch {
		case equalASCII(f.Name, "Return-Path"):
			paths++
			h.mailFrom = strings.TrimSuffix(strings.TrimPrefix(f.Body, "<"), ">")
		case equalASCII(f.Name, "Received"):
			if received++; received < max(c.cfg.Hops, 1) {
				continue
			}
			m := receivedFrom.FindStringSubmatch(f.Body + " ")
			bys := 0 // a second one could come from the name that the sender gave
			for _, word := range strings.Fields(f.Body) {
				if word == "by" {
					bys++
				}
			}
			if m == nil || bys != 1 || c.cfg.ReceivedBy == "" || !equalASCII(m[3], c.cfg.ReceivedBy) || paths != 1 || domainOf(h.mailFrom) == "" {
				return handover{}, false
			}
			ip, err := netip.ParseAddr(strings.TrimPrefix(m[2], "IPv6:"))
			h.helo, h.ip = m[1], ip.Unmap()
			return h, err == nil
		}
	}
	return handover{}, false
}

// spfResult is what SPF says of the host that handed the mail over.
type spfResult struct {
	known bool // there is a host to judge
	temp  bool // DNS did not answer
	pass  string
}

// spf judges SPF (RFC 7208) where our own MX tells which host handed the mail over.
func (c *checker) spf() spfResult {
	h, ok := c.handover()
	if !ok {
		c.e.consider("SPF not judged: no Received field of our own MX tells which host handed the mail over")
		return spfResult{}
	}
	domain := domainOf(h.mailFrom)
	result, _ := spf.CheckHostWithSender(h.ip.AsSlice(), h.helo, h.mailFrom, spf.WithResolver(c.dns), spf.WithContext(c.ctx))
	c.e.consider("SPF of %s for %s: %s", h.ip.String(), domain, string(result))
	r := spfResult{known: true, temp: result == spf.TempError}
	if result == spf.Pass {
		r.pass = domain
	}
	return r
}
