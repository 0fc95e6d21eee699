package senderauth

import (
	"context"
	"fmt"

	"github.com/emersion/go-msgauth/dmarc"
)

// checker judges one mail itself.
type checker struct {
	ctx  context.Context
	mail Mail
	cfg  Config
	dns  Resolver
	e    *Evidence
}

// check judges DKIM, SPF and DMARC (RFC 7489 section 6.6.2).
//
//   - With a DMARC record: an aligned DKIM signature or SPF result passes, strict or relaxed as the record says. Without
//     either the mail fails; but it is only weak where the DNS did not answer, and where SPF could not be judged and the
//     record asks for nothing to be done.
//   - Without one: a DKIM signature or SPF result of the author's organization passes.
func check(ctx context.Context, m Mail, cfg Config, dns Resolver) Evidence {
	var e Evidence
	if m.AuthorErr != nil || m.Author.Domain == "" {
		e.Verdict, e.Reason = Fail, noSingleAuthor
		return e
	}
	if dns == nil {
		e.Verdict, e.Reason = Weak, "There is no DNS to judge by."
		return e
	}
	c := &checker{ctx: ctx, mail: m, cfg: cfg, dns: dns, e: &e}
	record, signatures, spf := c.dmarc(m.Author.Domain), c.signatures(), c.spf()
	c.conclude(record, signatures, spf)
	if n := len(e.Considered); n > maxConsidered {
		e.Considered = append(e.Considered[:maxConsidered], fmt.Sprintf("%d more lines are left out", n-maxConsidered))
	}
	return e
}

func (c *checker) conclude(record dmarcRecord, signatures []signature, spf spfResult) {
	author := c.mail.Author.Domain
	strictDKIM, strictSPF := record.temp, record.temp // a record that cannot be had may be strict
	if record.record != nil {
		strictDKIM = record.record.DKIMAlignment == dmarc.AlignmentStrict
		strictSPF = record.record.SPFAlignment == dmarc.AlignmentStrict
	}
	dkim, unanswered := "", record.temp || spf.temp
	for _, s := range signatures {
		unanswered = unanswered || s.temp
		if s.err == nil && dkim == "" && fits(s.domain, author, strictDKIM) {
			dkim = s.domain
		}
	}
	e := c.e
	e.Verdict = Weak
	switch {
	case dkim != "" && record.record != nil:
		e.pass(MethodDMARC, dkim, "DMARC passes: a DKIM signature that is aligned with the author's domain is valid.")
	case dkim != "":
		e.pass(MethodDKIM, dkim, "A DKIM signature of the author's organization is valid.")
	case spf.pass != "" && fits(spf.pass, author, strictSPF):
		e.pass(MethodSPF, spf.pass, "Only SPF passes for the author's organization.")
	case unanswered:
		e.Reason = "The DNS did not answer, so nothing is proved; the mail can be worked on again later."
	case record.record == nil:
		e.Reason = "No DKIM signature and no SPF result that passes is aligned with the author's domain."
	case !spf.known && record.policy == dmarc.PolicyNone:
		e.Reason = "No aligned DKIM signature is valid, and SPF cannot be judged here."
	default:
		e.Verdict, e.Reason = Fail, "DMARC fails: nothing that is aligned with the author's domain is valid."
	}
}

// fits is DMARC's alignment, strict or relaxed (RFC 7489 section 3.1).
func fits(domain, author string, strict bool) bool {
	if strict {
		return domain == author
	}
	return aligned(domain, author)
}
