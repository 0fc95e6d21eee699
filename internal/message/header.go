package message

import (
	"net/mail"
	"slices"
	"strings"
	"time"

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
		if m.Date, err = parseDate(oneLine(date)); err != nil {
			m.warn("the Date field is unreadable")
		}
	}
	m.MessageID = firstID(first(m.Fields, "Message-ID"))
	m.InReplyTo = readIDs(first(m.Fields, "In-Reply-To"))
	m.References = readIDs(first(m.Fields, "References"))
	if len(m.InReplyTo) == maxIDs || len(m.References) == maxIDs {
		m.warn("too many message ids")
	}
}

// mailboxes reads all fields of that name as address lists.
func (m *Message) mailboxes(name string) []Mailbox {
	var out []Mailbox
	for i := range m.Fields {
		f := &m.Fields[i]
		if !f.is(name) {
			continue
		}
		l := readAddresses(f.Body)
		if l.malformed {
			m.warn("the " + name + " field is malformed")
		}
		if out == nil {
			out = l.mailboxes
		} else {
			out = append(out, l.mailboxes...)
		}
		if len(out) > maxAddresses {
			m.warn("too many addresses in " + name)
			return out[:maxAddresses]
		}
	}
	return out
}

// parseDate reads a date (RFC 5322 section 3.3).
func parseDate(s string) (time.Time, error) {
	usual, _, _ := strings.Cut(s, " (") // the zone's name as a comment
	if d, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", usual); err == nil && strings.Count(s, "(") <= 1 {
		return d, nil
	}
	return mail.ParseDate(s) // tries many forms, which takes its time
}

func (m *Message) readRecipients() {
	lists := [][]Mailbox{m.mailboxes("Delivered-To"), m.mailboxes("X-Original-To"), m.To, m.Cc}
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	if n == 0 {
		return
	}
	m.Recipients = make([]mailaddr.Address, 0, n)
	var seen map[mailaddr.Address]bool
	if n > few {
		seen = map[mailaddr.Address]bool{}
	}
	for _, list := range lists {
		for _, mb := range list {
			if n <= few && slices.Contains(m.Recipients, mb.Address) || seen[mb.Address] {
				continue
			}
			m.Recipients = append(m.Recipients, mb.Address)
			if n > few {
				seen[mb.Address] = true
			}
		}
	}
}

// few addresses are compared one by one.
const few = 16

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

// readIDs returns the message ids of a field, whatever stands between them: msg-id (RFC 5322 section 3.6.4) as it is found
// in the wild is anything without blanks in angle brackets.
func readIDs(s string) []string {
	var out []string
	for {
		id, rest, found := cutID(s)
		if !found {
			break
		}
		if out == nil {
			out = make([]string, 0, min(strings.Count(s, "<"), maxIDs))
		}
		if len(out) == maxIDs {
			break
		}
		out = append(out, id)
		s = rest
	}
	return out
}

// cutID returns the first message id of s and what follows it.
func cutID(s string) (id, rest string, found bool) {
	for {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			return "", "", false
		}
		s = s[start+1:]
		end := 0
		for end < len(s) && (s[end] > '>' || s[end] != '<' && s[end] != '>' && !isTagSpace(s[end])) {
			end++
		}
		if end == len(s) {
			return "", "", false
		}
		if s[end] == '>' && end > 0 {
			return strings.ToValidUTF8(s[:end], "\ufffd"), s[end+1:], true
		}
		s = s[end:]
	}
}

// firstID returns the first message id; programs that forget the brackets write nothing else.
func firstID(s string) string {
	if id, _, found := cutID(s); found {
		return id
	}
	s = oneLine(s)
	if strings.ContainsAny(s, " <>") {
		return ""
	}
	return s
}
