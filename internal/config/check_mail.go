package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/mailaddr"
)

func (c *checker) mailboxes() {
	if len(c.cfg.Mailboxes) == 0 {
		c.doc.Problem("mailboxes", "missing; give at least one mailbox to read")
	}
	names, accounts := map[string]string{}, map[string]string{}
	for i := range c.cfg.Mailboxes {
		key, m := fmt.Sprintf("mailboxes[%d]", i), &c.cfg.Mailboxes[i]
		c.mailbox(key, m)
		if first, twice := names[m.Name]; twice {
			c.doc.Problem(key+".name", "%s has the name %s already; give each mailbox its own", first, m.Name)
		} else if m.Name != "" {
			names[m.Name] = key
		}
		account := fmt.Sprintf("%s:%d %q %q", strings.ToLower(m.IMAP.Host), m.IMAP.Port, m.IMAP.Username, inbox(m.IMAP.Mailbox))
		if first, twice := accounts[account]; twice && m.IMAP.Host != "" {
			c.doc.Problem(key+".imap", "%s reads the same mailbox; remove one of them", first)
		} else {
			accounts[account] = key
		}
	}
}

var mailboxName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (c *checker) mailbox(key string, m *Mailbox) {
	c.required(key+".name", m.Name == "", "a short name for logs and commands, such as support")
	if !mailboxName.MatchString(m.Name) {
		c.doc.Problem(key+".name", "%q may hold only small letters, digits, - and _, such as support", m.Name)
	}
	c.required(key+".address", m.Address == mailaddr.Address{}, "the address whose mail lands here")

	imap := &m.IMAP
	c.server(key+".imap", imap.Host, &imap.Port, imap.TLS, map[TLSMode]int{TLSImplicit: 993, TLSStart: 143, TLSOff: 143})
	c.required(key+".imap.username", imap.Username == "", "the account's name")
	c.secret(key+".imap.password", &imap.Password, &imap.PasswordFile)
	c.file(key+".imap.ca_file", &imap.CAFile, 0)
	c.text(key+".imap.mailbox", imap.Mailbox, "the mailbox to read, such as INBOX")

	f := &m.Filing
	if f.Mode == FilingMove {
		c.folder(key+".filing.processed", f.Processed, imap.Mailbox)
		c.folder(key+".filing.quarantine", f.Quarantine, imap.Mailbox)
	}
	if m.OtherMail == OtherMove {
		c.folder(key+".filing.other", f.Other, imap.Mailbox)
		if f.Mode != FilingMove {
			c.doc.Problem(key+".other_mail", "move needs filing.mode: move; change one of them")
		}
	}
	// A server may end an IDLE after 30 minutes (RFC 2177).
	between(c, key+".idle_refresh", m.IdleRefresh, 10*time.Second, 29*time.Minute)
	between(c, key+".poll", m.Poll, time.Second, 24*time.Hour)
}

// folder is a mailbox that mail is moved to; it must not be the one that is read.
func (c *checker) folder(key, name, read string) {
	c.text(key, name, "the mailbox to move mail to")
	if inbox(name) == inbox(read) {
		c.doc.Problem(key, "mail would be moved into the mailbox that is read; name another")
	}
}

// inbox is the form in which names of mailboxes compare: only INBOX is the same in any case (RFC 9051 section 5.1).
func inbox(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func (c *checker) submission() {
	s := &c.cfg.Submission
	c.server("submission", s.Host, &s.Port, s.TLS, map[TLSMode]int{TLSImplicit: 465, TLSStart: 587, TLSOff: 25})
	switch {
	case s.Username != "":
		c.secret("submission.password", &s.Password, &s.PasswordFile)
	case !c.doc.Bad("submission.username"):
		c.unused("submission", []string{"password", "password_file"}, "a username")
	}
	c.file("submission.ca_file", &s.CAFile, 0)
	if c.doc.Has("submission.local_name") {
		c.word("submission.local_name", s.LocalName, "the host name to say in EHLO")
	}
	if !c.doc.Has("submission.mail_from") {
		s.MailFrom = c.cfg.Provider.SupportAddress
	}
	if !c.doc.Has("submission.from_name") {
		s.FromName = c.cfg.Provider.Name
	} else {
		c.text("submission.from_name", s.FromName, "the name that mails come from")
	}
}

// server checks a host, its port (filled from ports by the TLS mode where the file gives none) and its TLS mode.
func (c *checker) server(key, host string, port *int, tls TLSMode, ports map[TLSMode]int) {
	c.required(key+".host", host == "", "the name of the server, such as mail.provider.example")
	_, notIP := netip.ParseAddr(host)
	switch {
	case strings.ContainsAny(host, "/@ \t\r\n"):
		c.doc.Problem(key+".host", "%q is no host name; write only the name, such as mail.provider.example", host)
	case notIP != nil && strings.Contains(host, ":"):
		c.doc.Problem(key+".host", "%q holds a colon; write the port under port", host)
	}
	if !c.doc.Has(key + ".port") {
		*port = ports[tls]
	}
	between(c, key+".port", *port, 1, 65535)
	if tls == TLSOff && !loopback(host) && host != "" {
		c.warn(key+".tls", "passwords and mail cross the network in the clear; use tls or starttls")
	}
}
