// Package compose turns a mail order of package access and a template into the bytes of one outgoing message.
//
// It is pure: the time, the unique part of the Message-ID and the templates are passed in, and the same order gives the
// same bytes again, so that what is stored before the first try is what every retry sends.
package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// Config says who writes, and where answers go.
type Config struct {
	Provider        string           // the provider's name, as the texts use it
	From            mailaddr.Address // author of every mail
	FromName        string
	Support         mailaddr.Address // the mailbox that reads the answers
	Subaddressing   bool             // mail to Support+anything arrives there too (RFC 5233)
	MailFrom        mailaddr.Address // reverse-path, where bounces go
	VERP            bool             // mail to MailFrom+anything arrives at MailFrom: bounces then say what came back
	WebURL          *url.URL         // of the pages: WebURL/register/TOKEN, WebURL/stop/TOKEN
	PortalURL       string           // where registered people sign in; empty for none
	MessageIDDomain string
	Sign            func(raw []byte) ([]byte, error) // DKIM; nil for none
	RoundZone       *time.Location                   // in which times are shown; nil for UTC
	Language        string                           // of those whose language is unknown or has no texts; "" for English
}

// Composer renders mail. It is safe for concurrent use.
type Composer struct {
	cfg       Config
	languages map[string]*language // by folder, in small letters
}

// New parses the templates of every kind of mail for each language found under mail/ in templates. English must be there
// and have all kinds: it stands in for what other languages lack.
func New(cfg Config, templates fs.FS) (*Composer, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("configuring the composer: %w", err)
	}
	languages, err := parseLanguages(templates)
	if err != nil {
		return nil, err
	}
	if cfg.Language = strings.ToLower(cfg.Language); cfg.Language == "" {
		cfg.Language = fallback
	}
	if languages[cfg.Language] == nil {
		return nil, fmt.Errorf("configuring the composer: there are no mail templates in the default language %q", cfg.Language)
	}
	return &Composer{cfg: cfg, languages: languages}, nil
}

func (c Config) check() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	need(!c.From.IsZero(), "From is missing")
	need(!c.Support.IsZero(), "Support is missing")
	need(!c.MailFrom.IsZero(), "MailFrom is missing")
	need(c.WebURL != nil && (c.WebURL.Scheme == "https" || c.WebURL.Scheme == "http") && c.WebURL.Host != "", "WebURL is no web address")
	_, err := mailaddr.ParseDomain(c.MessageIDDomain)
	need(err == nil, "MessageIDDomain is no domain")
	return errors.Join(errs...)
}

// Render makes the message that m orders. The id makes its Message-ID unique: letters and digits, chosen by the caller.
// An order that lacks what its kind is about is an error, since the mail would be useless.
func (c *Composer) Render(m *access.Mail, id string, now time.Time) (*access.Rendered, error) {
	if err := checkOrder(m, id); err != nil {
		return nil, fmt.Errorf("rendering a mail: %w", err)
	}
	t, err := c.render(m, func(l *language) *view { return c.view(m, l, now) })
	if err != nil {
		return nil, fmt.Errorf("rendering mail %q: %w", m.Kind, err)
	}
	r := &access.Rendered{MessageID: c.messageID(m, id), MailFrom: c.mailFrom(m, id), Rcpt: m.To, Subject: headerText(t.subject), Words: t.words, WordsIn: t.wordsIn}
	if m.Ticket != nil {
		r.Subject = "[" + m.Ticket.Number + "] " + r.Subject
	}
	r.Raw, err = c.build(m, r, t, now)
	if err != nil {
		return nil, fmt.Errorf("building mail %q: %w", m.Kind, err)
	}
	if c.cfg.Sign != nil {
		if r.Raw, err = c.cfg.Sign(r.Raw); err != nil {
			return nil, fmt.Errorf("signing mail %q: %w", m.Kind, err)
		}
	}
	return r, nil
}

// mailFrom is the reverse-path. For mail whose loss must be noticed it says which mail comes back (VERP), since a bounce
// need not name it.
func (c *Composer) mailFrom(m *access.Mail, id string) mailaddr.Address {
	switch m.Kind {
	case access.MailInvitation, access.MailApproval, access.MailNotice:
		if c.cfg.VERP {
			return c.cfg.MailFrom.WithDetail("+", access.BounceDetail+strings.ToLower(id))
		}
	}
	return c.cfg.MailFrom
}

// checkOrder refuses orders that cannot become a sensible message. No error text holds an address or a token.
func checkOrder(m *access.Mail, id string) error {
	switch {
	case !isWord(id):
		return errors.New("the id is not made of letters and digits")
	case m.To.IsZero():
		return errors.New("there is no recipient")
	case m.Ticket != nil && !isTicketNumber(m.Ticket.Number):
		return fmt.Errorf("the ticket number %q is none", m.Ticket.Number)
	case m.Ref != nil && m.Ref.Token.IsZero():
		return errors.New("the reference has no token")
	case m.Kind == access.MailApproval && m.Ref == nil, m.Kind == access.MailNotice && m.Ref == nil,
		m.Kind == access.MailReminder && m.Ref == nil && m.Data.Stage != "":
		return fmt.Errorf("%s without a reference", m.Kind)
	case m.Kind == access.MailDigest && m.Data.Digest == nil:
		return errors.New("a digest of nothing")
	case m.Kind == access.MailInvitation && m.Data.Token.IsZero():
		return errors.New("an invitation without a token")
	case m.Kind == access.MailChallenge && (m.Ref == nil || m.Data.Code.IsZero()):
		return errors.New("a challenge without a reference or a code")
	case m.Kind == access.MailVisit && m.Calendar == nil:
		return errors.New("a visit without its calendar entry")
	case m.Kind == access.MailCode && m.Data.Code.IsZero():
		return errors.New("a code mail without a code")
	}
	return nil
}
