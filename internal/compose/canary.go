package compose

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// canaryText is read by nobody but by who wonders what these mails are.
const canaryText = `This mail proves that mail goes out and comes in here. The program that
wrote it waits for it, and files it away. There is nothing to do.
`

// Canary makes the mail that a mailbox is sent to see whether it comes back, with the mark that proves it to be ours.
func (c *Composer) Canary(to mailaddr.Address, mark, id string, now time.Time) (*access.Rendered, error) {
	if !isWord(id) || mark == "" {
		return nil, errors.New("writing a canary: the id or the mark is missing")
	}
	r := &access.Rendered{MessageID: "canary." + id + "@" + c.cfg.MessageIDDomain, MailFrom: c.cfg.MailFrom, Rcpt: to, Subject: "Canary of " + headerText(clean(c.cfg.Provider, maxName))}
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: headerText(clean(c.cfg.FromName, maxName)), Address: plain(c.cfg.From)})
	msg.ToMailAddress(&netmail.Address{Address: plain(to)})
	msg.Subject(r.Subject)
	msg.SetDateWithValue(now.In(c.zone()))
	msg.SetMessageIDWithValue(r.MessageID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader(access.CanaryField, mark)
	msg.SetBodyString(mail.TypeTextPlain, canaryText)
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, err
	}
	r.Raw = b.Bytes()
	if c.cfg.Sign == nil {
		return r, nil
	}
	var err error
	r.Raw, err = c.cfg.Sign(r.Raw)
	return r, err
}
