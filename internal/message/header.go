package message

import (
	"net/mail"
	"regexp"
	"strings"

	"github.com/countersign/countersign/internal/mailaddr"
)

// Get returns the body of the first field of that name, unfolded and decoded (RFC 2047); "" if there is none.
func (m *Message) Get(name string) string { return decodeWords(first(m.Fields, name)) }

// Values returns the bodies of all fields of that name from top to bottom, unfolded and decoded (RFC 2047).
func (m *Message) Values(name string) []string {
	var out []string
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, name) {
			out = append(out, decodeWords(f.Body))
		}
	}
	return out
}

// readHeader fills in what the fields say.
func (m *Message) readHeader() {
	m.Author, m.AuthorErr = readAuthor(m.Fields)
	m.To = m.mailboxes("To")
	m.Cc = m.mailboxes("Cc")
	m.readRecipients()
	m.Subject = m.Get("Subject")
	if date := first(m.Fields, "Date"); date != "" {
		var err error
		if m.Date, err = mail.ParseDate(oneLine(date)); err != nil {
			m.warn("the Date field is unreadable")
		}
	}
	m.MessageID = firstID(first(m.Fields, "Message-ID"))
	m.InReplyTo = readIDs(first(m.Fields, "In-Reply-To"))
	m.References = readIDs(first(m.Fields, "References"))
}

// mailboxes reads all fields of that name as address lists.
func (m *Message) mailboxes(name string) []Mailbox {
	var out []Mailbox
	for _, f := range m.Fields {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		l := readAddresses(f.Body)
		if l.malformed {
			m.warn("the " + name + " field is malformed")
		}
		out = append(out, l.mailboxes...)
		if len(out) > maxAddresses {
			m.warn("too many addresses in " + name)
			return out[:maxAddresses]
		}
	}
	return out
}

func (m *Message) readRecipients() {
	seen := map[mailaddr.Address]bool{}
	for _, list := range [][]Mailbox{m.mailboxes("Delivered-To"), m.mailboxes("X-Original-To"), m.To, m.Cc} {
		for _, mb := range list {
			if !seen[mb.Address] {
				seen[mb.Address] = true
				m.Recipients = append(m.Recipients, mb.Address)
			}
		}
	}
}

// warn notes a leniency once.
func (m *Message) warn(text string) {
	if len(m.Warnings) >= maxWarnings {
		return
	}
	for _, w := range m.Warnings {
		if w == text {
			return
		}
	}
	m.Warnings = append(m.Warnings, text)
}

// messageID is msg-id (RFC 5322 section 3.6.4) as it is found in the wild: anything without blanks.
var messageID = regexp.MustCompile(`<([^<>\s]+)>`)

// readIDs returns the message ids of a field, whatever stands between them.
func readIDs(s string) []string {
	var out []string
	for _, m := range messageID.FindAllStringSubmatch(s, -1) {
		out = append(out, strings.ToValidUTF8(m[1], "\ufffd"))
	}
	return out
}

// firstID returns the first message id; programs that forget the brackets write nothing else.
func firstID(s string) string {
	if ids := readIDs(s); len(ids) > 0 {
		return ids[0]
	}
	s = oneLine(s)
	if strings.ContainsAny(s, " <>") {
		return ""
	}
	return s
}
