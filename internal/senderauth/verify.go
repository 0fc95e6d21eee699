package senderauth

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// Verify weighs the Authentication-Results fields of a mail that are ours by Config. fields is the whole header section
// from top to bottom, author its single author, authorErr why there is none.
//
//   - Fields count whose authserv-id is ours, which stand above the (Hops+1)-th Received field, and whose version is 1.
//   - Where several of them report the same method, the topmost counts; but dmarc=fail in any of them is Fail.
//   - dmarc=pass counts when header.from is the author's domain; dkim=pass when header.d, or header.i in its place, is
//     aligned with it; spf=pass when smtp.mailfrom is.
//   - arc= is the MX's own verdict on a chain that anybody may have sealed: it is noted and proves nothing.
//   - auth=pass counts when smtp.auth is the author's own address, and only for our own people: see MethodAuth.
//   - With one of ours unreadable nothing passes: it could have said fail.
func Verify(fields []message.Field, author mailaddr.Address, authorErr error, cfg Config) Evidence {
	var e Evidence
	if authorErr != nil || author.Domain == "" {
		e.Verdict, e.Reason = Fail, noSingleAuthor
		return e
	}
	ours := collect(fields, cfg, &e)
	weigh(ours, author, &e)
	if n := len(e.Considered); n > maxConsidered {
		e.Considered = append(e.Considered[:maxConsidered], fmt.Sprintf("%d more lines are left out", n-maxConsidered))
	}
	return e
}

const noSingleAuthor = "The mail has no single author."

const (
	maxConsidered = 40  // a sender can add as many fields as fit into the header section
	maxValue      = 120 // runes of a value that a line shows
)

// found is what our fields say.
type found struct {
	fields     int
	results    []Result
	dmarcFail  bool
	unreadable bool
}

// collect gathers the results that count and notes what it passes over.
func collect(fields []message.Field, cfg Config, e *Evidence) found {
	var f found
	received := 0
	reported := map[string]bool{}
	for _, field := range fields {
		if equalASCII(field.Name, "Received") {
			received++
		}
		if !equalASCII(field.Name, "Authentication-Results") {
			continue
		}
		r, err := ParseResults(field.Body)
		if reason := notOurs(r, received, cfg); reason != "" {
			e.consider("passed over: field of %q %s", r.AuthservID, reason)
			continue
		}
		f.fields++
		if err != nil {
			f.unreadable = true
			e.consider("unreadable: field of %q: %s", r.AuthservID, err.Error())
			continue
		}
		f.add(r.Results, reported, e)
	}
	return f
}

// notOurs says why a field does not count; "" when it does.
func notOurs(r Results, received int, cfg Config) string {
	switch {
	case cfg.AuthservID == "" || !equalASCII(r.AuthservID, cfg.AuthservID):
		return "is not of our own MX"
	case received > cfg.Hops:
		return "stands below Received fields that are not ours"
	case r.Version > 1:
		return fmt.Sprintf("has the unknown version %d", r.Version)
	}
	return ""
}

// add takes over one field's results, but for methods that a field above it reported.
func (f *found) add(results []Result, reported map[string]bool, e *Evidence) {
	for _, r := range results {
		if r.Method == "dmarc" && r.Value == "fail" {
			f.dmarcFail = true
		}
		if reported[r.Method] {
			e.consider("passed over: %s, reported by a field above", r)
			continue
		}
		e.consider("counts: %s", r)
		f.results = append(f.results, r)
	}
	for _, r := range results {
		reported[r.Method] = true
	}
}

// weigh comes to the verdict.
func weigh(f found, author mailaddr.Address, e *Evidence) {
	domain := author.Domain
	dmarc := f.passed("dmarc", func(d string) bool { return d == domain })
	dkim := f.passed("dkim", func(d string) bool { return aligned(d, domain) })
	spf := f.passed("spf", func(d string) bool { return aligned(d, domain) })
	e.Verdict = Weak
	switch {
	case f.dmarcFail:
		e.Verdict, e.Reason = Fail, "DMARC failed."
	case f.unreadable:
		e.Reason = "An Authentication-Results field of our own MX cannot be read."
	case f.fields == 0:
		e.Reason = "There is no Authentication-Results field of our own MX."
	case dmarc != "" && (dkim != "" || spf == "" && !f.reports("dkim")):
		e.pass(MethodDMARC, dmarc, "DMARC passed for the author's domain.")
	case dkim != "":
		e.pass(MethodDKIM, dkim, "A DKIM signature of the author's organization is valid.")
	case dmarc != "":
		e.pass(MethodSPF, dmarc, "DMARC passed for the author's domain, as far as we see by SPF alone.")
	case spf != "":
		e.pass(MethodSPF, spf, "Only SPF passed for the author's organization.")
	case f.authenticated(author):
		e.pass(MethodAuth, domain, "The author signed in at our own mail server.")
	default:
		e.Reason = "No DMARC, DKIM or SPF result that passed is aligned with the author's domain."
	}
}

func (e *Evidence) pass(m Method, domain, reason string) {
	e.Verdict, e.Method, e.Domain, e.Reason = Pass, m, domain, reason
}

// passed is the domain of the first result of the method that passed for a domain that fits; else "".
func (f found) passed(method string, fits func(string) bool) string {
	for _, r := range f.results {
		if r.Method == method && r.Value == "pass" {
			if d := r.proved(); d != "" && fits(d) {
				return d
			}
		}
	}
	return ""
}

// authenticated reports whether our server took the mail from somebody who had signed in under the author's own address
// (RFC 8601 section 2.7.4).
func (f found) authenticated(author mailaddr.Address) bool {
	for _, r := range f.results {
		if r.Method != "auth" || r.Value != "pass" {
			continue
		}
		for _, p := range r.Props {
			if a, err := mailaddr.Parse(p.Value); p.Type == "smtp" && p.Name == "auth" && err == nil && a.Key() == author.Key() {
				return true
			}
		}
	}
	return false
}

// reports reports whether there is a result of the method.
func (f found) reports(method string) bool {
	return slices.ContainsFunc(f.results, func(r Result) bool { return r.Method == method })
}

// String is the result as a line for staff.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s=%s", r.Method, r.Value)
	for _, p := range r.Props {
		b.WriteByte(' ')
		if p.Type != "" {
			b.WriteString(p.Type + ".")
		}
		b.WriteString(p.Name + "=" + printable(p.Value))
	}
	return b.String()
}

func (e *Evidence) consider(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = printable(s)
		}
	}
	e.Considered = append(e.Considered, fmt.Sprintf(format, args...))
}

// printable is s shortened and without what could forge a line or turn text around (control and format characters).
func printable(s string) string {
	if utf8.RuneCountInString(s) > maxValue {
		s = string([]rune(s)[:maxValue]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// equalASCII compares with ASCII case folded only. Unicode folding would let "mx.banK" with a Kelvin sign stand for
// "mx.bank", which an MX that removes foreign fields with its own name does not.
func equalASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
