package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// maxMessageID keeps a foreign Message-ID well below the 998 octets of a line (RFC 5322 section 2.1.1).
const maxMessageID = 900

// build writes the message. Everything that go-mail would choose by itself (Date, Message-ID, boundary, User-Agent) is
// set, so that the bytes depend on the order alone.
func (c *Composer) build(m *access.Mail, r *access.Rendered, t rendering, now time.Time) ([]byte, error) {
	line := boundary(t)
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP),
		mail.WithNoDefaultUserAgent(), mail.WithBoundary(line))
	msg.FromMailAddress(&netmail.Address{Name: headerText(clean(c.cfg.FromName, maxName)), Address: plain(c.cfg.From)})
	msg.ToMailAddress(&netmail.Address{Name: headerText(named(m.ToName)), Address: plain(m.To)})
	if reply := c.replyTo(m); reply != c.cfg.From {
		msg.ReplyToMailAddress(&netmail.Address{Address: plain(reply)})
	}
	msg.Subject(r.Subject)
	msg.SetDateWithValue(now.In(c.zone()))
	msg.SetMessageIDWithValue(r.MessageID)
	if isMessageID(m.InReplyTo) {
		msg.SetGenHeader(mail.HeaderInReplyTo, "<"+m.InReplyTo+">")
		msg.SetGenHeader(mail.HeaderReferences, "<"+m.InReplyTo+">")
	}
	msg.SetGenHeader("Auto-Submitted", autoSubmitted(m))
	switch m.Kind {
	case access.MailApproval, access.MailNotice, access.MailInvitation, access.MailCode, access.MailChallenge:
		msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	}
	bodies := []string{t.text, t.html}
	msg.SetBodyWriter(mail.TypeTextPlain, empty)
	msg.AddAlternativeWriter(mail.TypeTextHTML, empty)
	if m.Calendar != nil {
		entry, err := c.calendar(m)
		if err != nil {
			return nil, err
		}
		// One more form of the same message, as calendar programs look for it (RFC 6047 section 2.4).
		bodies = append(bodies, string(entry.data))
		msg.AddAlternativeWriter(mail.ContentType("text/calendar; method="+entry.method), empty)
	}
	frame := buffer()
	defer buffers.Put(frame)
	if _, err := msg.WriteTo(frame); err != nil {
		return nil, err
	}
	return fill(frame.Bytes(), line, bodies)
}

// empty is a body that is written afterwards: go-mail would copy it several times.
func empty(io.Writer) (int64, error) { return 0, nil }

// fill writes the bodies, as quoted-printable, into a message whose parts are empty.
func fill(frame []byte, boundary string, bodies []string) ([]byte, error) {
	b, body := buffer(), buffer()
	defer buffers.Put(b)
	defer buffers.Put(body)
	parts := bytes.Split(frame, []byte("\r\n--"+boundary))
	for i, part := range parts {
		if i > 0 {
			b.WriteString("\r\n--" + boundary)
		}
		b.Write(part)
		if i == 0 || i > len(bodies) {
			continue // the header, or what follows the last part
		}
		body.Reset()
		body.WriteString(bodies[i-1])
		qp := quotedprintable.NewWriter(b)
		if _, err := qp.Write(body.Bytes()); err != nil {
			return nil, err
		}
		if err := qp.Close(); err != nil {
			return nil, err
		}
	}
	if len(parts) != len(bodies)+2 {
		return nil, fmt.Errorf("a message of %d parts has come out with %d", len(bodies), len(parts)-2)
	}
	return bytes.Clone(b.Bytes()), nil
}

// messageID makes the Message-ID carry the token, or else the ticket number: answers bring it back in References.
func (c *Composer) messageID(m *access.Mail, id string) string {
	local := id
	switch {
	case m.Ref != nil:
		local = m.Ref.String() + "." + id
	case m.Ticket != nil:
		local = m.Ticket.Number + "." + id
	}
	return local + "@" + c.cfg.MessageIDDomain
}

// replyTo is where the answer belongs: with subaddressing the address itself says to what it answers.
func (c *Composer) replyTo(m *access.Mail) mailaddr.Address {
	switch {
	case !c.cfg.Subaddressing:
		return c.cfg.Support
	case m.Ref != nil:
		return c.cfg.Support.WithDetail("+", m.Ref.String())
	case m.Ticket != nil:
		return c.cfg.Support.WithDetail("+", m.Ticket.Number)
	}
	return c.cfg.Support
}

// autoSubmitted is the keyword of RFC 3834 section 5.
func autoSubmitted(m *access.Mail) string {
	if m.InReplyTo != "" {
		return "auto-replied"
	}
	return "auto-generated"
}

// boundary separates the parts. A digest of both cannot occur in them.
func boundary(t rendering) string {
	b := buffer()
	defer buffers.Put(b)
	b.WriteString(t.text)
	b.WriteByte(0)
	b.WriteString(t.html)
	sum := sha256.Sum256(b.Bytes())
	return "part-" + hex.EncodeToString(sum[:16])
}

// plain is the address as net/mail holds it: net/mail quotes the local part itself.
func plain(a mailaddr.Address) string { return a.Local + "@" + a.Domain }

// isMessageID reports whether s, which a stranger chose, can stand between angle brackets in a header field.
func isMessageID(s string) bool {
	if s == "" || len(s) > maxMessageID {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' }) < 0
}

// isTicketNumber keeps anything but letters, digits and dashes out of addresses and header fields.
func isTicketNumber(s string) bool { return isWord(strings.ReplaceAll(s, "-", "")) }

func isWord(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}
