// Package load makes mails as a provider's clients send them: the same ones for the same seed, each with what must become of it.
package load

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// Names of the provider that the mails are written to.
const (
	Provider = "provider.example"
	Support  = "support@" + Provider
	MX       = "mx." + Provider // the authserv-id of the Authentication-Results
)

// Kind says what a mail is.
type Kind string

// The kinds of mail.
const (
	KindRequest    Kind = "request"    // complete, by somebody who may ask: needs approval
	KindIncomplete Kind = "incomplete" // lacks the role or the reason
	KindForbidden  Kind = "forbidden"  // by a Technician (CL-11)
	KindOther      Kind = "other"      // no access request
	KindAuto       Kind = "auto"       // an out-of-office note
	KindBounce     Kind = "bounce"     // a delivery report on somebody else's mail (RFC 3464)
	KindForged     Kind = "forged"     // the domain's DMARC fails
)

// shares are how often a kind comes, in percent. Of what reaches a support mailbox a good part is no access request.
var shares = []struct {
	kind    Kind
	percent int
	becomes access.Disposition
}{
	{KindRequest, 40, access.Applied},
	{KindIncomplete, 10, access.Answered},
	{KindForbidden, 5, access.Answered},
	{KindOther, 33, access.Left},
	{KindAuto, 4, access.Left},
	{KindBounce, 3, access.Left},
	{KindForged, 5, access.Quarantined},
}

// Mail is one mail of the load.
type Mail struct {
	Raw       []byte // with CRLF, and the Authentication-Results of MX on top
	MessageID string
	Author    string
	Newcomer  string // the address that a request is about
	Kind      Kind
	Becomes   access.Disposition
}

// Load is an endless row of mails by the contacts of some clients.
type Load struct {
	Seed    uint64
	Clients int
}

// Addresses lists everybody who is written to about the first n mails: approvers, requesters and newcomers.
func (l Load) Addresses(n int) []string {
	all := []string{"ines@" + Provider, "paul@" + Provider}
	for c := range l.Clients {
		for _, who := range []string{"maria", "sofia", "tom"} {
			all = append(all, who+"@"+l.domain(c))
		}
	}
	for i := range n {
		if m := l.Mail(i); m.Newcomer != "" {
			all = append(all, m.Newcomer)
		}
	}
	return all
}

// Results is the Authentication-Results field of MX for a proven author of the domain.
func Results(domain string) string {
	return fmt.Sprintf("Authentication-Results: %s;\r\n\tdkim=pass header.d=%s header.s=s1;\r\n\tdmarc=pass header.from=%s\r\n", MX, domain, domain)
}

var (
	firstNames = []string{"Jane", "Raj", "Łukasz", "Siobhán", "José", "Mei", "Ahmed", "Ingrid", "Jürgen", "Chloé", "Yuki", "Olga", "Kwame", "Marta"}
	lastNames  = []string{"Doe", "Patel", "Kowalski", "O'Neill", "García", "Wang", "El-Sayed", "van der Berg", "Müller", "Novák", "Tanaka", "Sørensen"}
	reasons    = []string{"takes over the Frankfurt cage project next month", "covers the night shift while an engineer is on leave",
		"joined the network team and raises remote hands tickets", "replaces a colleague who left last week"}
	wishes = []string{"the invoice of last month shows one cross connect too many. Could you please have a look at it?",
		"is the maintenance in hall 4 still planned for next weekend? Our own people would like to know.",
		"thanks for the quick help yesterday, everything works again.",
		"power feed B of rack 12 tripped again this night. Please check the breaker and tell us what you found."}
)

const disclaimer = "This e-mail and any attachment are confidential and intended solely for the use of the person or organisation to whom " +
	"they are addressed. If you are not the intended recipient you must not copy, forward, disclose or use any part of it. If you have " +
	"received this message in error please let the sender know by return mail and delete it from your system."

func (l Load) domain(client int) string { return fmt.Sprintf("client%04d.example", client) }

// Roster is the clients and staff to import before the first mail, as YAML.
func (l Load) Roster() string {
	var b strings.Builder
	b.WriteString("clients:\n")
	for c := range l.Clients {
		d := l.domain(c)
		fmt.Fprintf(&b, "  - name: Client %04d\n    role_model: contact-levels\n    domains: [%s]\n    contacts:\n", c, d)
		fmt.Fprintf(&b, "      - {name: Maria Main, email: maria@%s, roles: [main_contact]}\n", d)
		fmt.Fprintf(&b, "      - {name: Sofia Second, email: sofia@%s, roles: [secondary_contact]}\n", d)
		fmt.Fprintf(&b, "      - {name: Tom Tech, email: tom@%s, roles: [technician], badge: active}\n", d)
	}
	fmt.Fprintf(&b, "staff:\n  - {name: Ines Keller, email: ines@%s, teams: [security]}\n  - {name: Paul Novak, email: paul@%s, teams: [support]}\n", Provider, Provider)
	return b.String()
}

// Mail is the mail at place i.
func (l Load) Mail(i int) Mail {
	r := rand.New(rand.NewPCG(l.Seed, uint64(i)))
	m := Mail{}
	n := r.IntN(100)
	for _, s := range shares {
		if n < s.percent {
			m.Kind, m.Becomes = s.kind, s.becomes
			break
		}
		n -= s.percent
	}
	d := l.domain(r.IntN(l.Clients))
	author, name := "maria@"+d, "Maria Main"
	switch {
	case m.Kind == KindForbidden:
		author, name = "tom@"+d, "Tom Tech"
	case m.Kind == KindRequest && r.IntN(3) == 0:
		author, name = "sofia@"+d, "Sofia Second"
	}
	switch m.Kind {
	case KindRequest, KindIncomplete, KindForbidden, KindForged:
		m.Newcomer = fmt.Sprintf("user%d@%s", i, d)
	case KindBounce:
		author, name = "mailer-daemon@"+d, "Mail Delivery System"
	}
	m.Author = author
	m.MessageID = fmt.Sprintf("%08x.%d.%d@%s", r.Uint32(), l.Seed, i, d)
	subject, body := l.words(r, i, m.Kind, d, name)
	m.Raw = render(r, &m, name, subject, body, d)
	return m
}

func (l Load) words(r *rand.Rand, i int, kind Kind, domain, author string) (subject, body string) {
	first, last := firstNames[r.IntN(len(firstNames))], lastNames[r.IntN(len(lastNames))]
	person := fmt.Sprintf("Name: %s %s\r\nE-mail: user%d@%s\r\n", first, last, i, domain)
	reason := "Reason: " + reasons[r.IntN(len(reasons))] + "\r\n"
	ask := "could you please set up access for the following person:\r\n\r\n" + person
	switch kind {
	case KindRequest, KindForbidden, KindForged:
		subject, body = "New user access", ask+"Role: Technician\r\n"+reason
		if strings.HasPrefix(author, "Maria") && r.IntN(2) == 0 {
			body = ask + "Role: Secondary Contact\r\n" + reason
		}
	case KindIncomplete:
		subject, body = "Access for a colleague", ask
	case KindBounce:
		subject, body = "Undelivered Mail Returned to Sender", "Your message could not be delivered to its recipient."
	case KindAuto:
		subject, body = "Automatic reply: your mail", "I am out of the office until next Monday and will read your mail then."
	default:
		subject, body = "Our racks", wishes[r.IntN(len(wishes))]
	}
	return subject, "Hello support,\r\n\r\n" + body + "\r\nKind regards\r\n" + author + "\r\n\r\n-- \r\n" + author + "\r\nOperations\r\nT +49 69 " +
		fmt.Sprintf("%06d", r.IntN(1e6)) + "\r\n\r\n" + disclaimer + "\r\n"
}

// render writes the mail as one of the usual mail programs does, through the provider's MX.
func render(r *rand.Rand, m *Mail, name, subject, body, domain string) []byte {
	date := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(1e6)) * time.Second)
	verdict := "pass"
	if m.Kind == KindForged {
		verdict = "fail"
	}
	var b bytes.Buffer
	field := func(k, v string) { b.WriteString(k + ": " + v + "\r\n") }
	field("Return-Path", "<"+m.Author+">")
	field("Authentication-Results", fmt.Sprintf("%s;\r\n\tdkim=%s header.d=%s header.s=s1;\r\n\tdmarc=%s header.from=%s", MX, verdict, domain, verdict, domain))
	field("Received", fmt.Sprintf("from out-%d.%s (out.%s [198.51.100.%d])\r\n\tby %s (Postfix) with ESMTPS id %08X;\r\n\t%s",
		r.IntN(9), domain, domain, r.IntN(250), MX, r.Uint32(), date.Add(2*time.Second).Format(time.RFC1123Z)))
	var sig [192]byte
	for i := range sig {
		sig[i] = byte(r.Uint32())
	}
	s := base64.StdEncoding.EncodeToString(sig[:])
	field("DKIM-Signature", "v=1; a=rsa-sha256; c=relaxed/relaxed; d="+domain+"; s=s1;\r\n\th=From:Date:Subject:Message-ID:To;\r\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb="+
		s[:64]+"\r\n\t "+s[64:128]+"\r\n\t "+s[128:192]+"\r\n\t "+s[192:])
	field("From", mime.QEncoding.Encode("utf-8", name)+" <"+m.Author+">")
	field("To", "Support <"+Support+">")
	field("Subject", mime.QEncoding.Encode("utf-8", subject))
	field("Date", date.Format(time.RFC1123Z))
	field("Message-ID", "<"+m.MessageID+">")
	field("MIME-Version", "1.0")
	if m.Kind == KindAuto {
		field("Auto-Submitted", "auto-replied")
	}
	switch k := r.IntN(100); {
	case m.Kind == KindBounce:
		field("Content-Type", `multipart/report; report-type=delivery-status; boundary="report"`)
		fmt.Fprintf(&b, "\r\n--report\r\nContent-Type: text/plain\r\n\r\n%s\r\n--report\r\nContent-Type: message/delivery-status\r\n\r\n"+
			"Reporting-MTA: dns; mail.%s\r\n\r\nFinal-Recipient: rfc822; nobody@%s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--report--\r\n", body, domain, domain)
	case k < 55: // both forms, as Outlook and Gmail send
		bound := fmt.Sprintf("_000_%016X_", r.Uint64())
		field("Content-Type", `multipart/alternative; boundary="`+bound+`"`)
		b.WriteString("\r\n--" + bound + "\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		b.Write(quoted(body))
		b.WriteString("\r\n--" + bound + "\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		b.Write(quoted(page(body)))
		b.WriteString("\r\n--" + bound + "--\r\n")
	case k < 80:
		field("Content-Type", "text/plain; charset=utf-8")
		field("Content-Transfer-Encoding", "8bit")
		b.WriteString("\r\n" + body)
	case k < 90:
		field("Content-Type", "text/plain; charset=utf-8")
		field("Content-Transfer-Encoding", "base64")
		b.WriteString("\r\n")
		e := base64.StdEncoding.EncodeToString([]byte(body))
		for ; len(e) > 76; e = e[76:] {
			b.WriteString(e[:76] + "\r\n")
		}
		b.WriteString(e + "\r\n")
	default:
		field("Content-Type", "text/html; charset=utf-8")
		field("Content-Transfer-Encoding", "quoted-printable")
		b.WriteString("\r\n")
		b.Write(quoted(page(body)))
	}
	return b.Bytes()
}

func quoted(s string) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // into memory
	_ = w.Close()
	return b.Bytes()
}

// page is a text as a mail program's HTML.
func page(body string) string {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	var b strings.Builder
	b.WriteString("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><style><!--\r\n" +
		"p.MsoNormal{margin:0cm;font-size:11.0pt;font-family:\"Calibri\",sans-serif;}\r\n--></style></head><body lang=\"EN-GB\"><div class=\"WordSection1\">\r\n")
	for line := range strings.SplitSeq(strings.TrimRight(body, "\r\n"), "\r\n") {
		if line == "" {
			line = "\u00a0"
		}
		b.WriteString("<p class=\"MsoNormal\"><span lang=\"EN-GB\">" + esc.Replace(line) + "</span></p>\r\n")
	}
	b.WriteString("</div></body></html>\r\n")
	return b.String()
}
