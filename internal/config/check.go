package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

// checker looks at what no single value shows, fills in what follows from other values and resolves file names.
type checker struct {
	doc *yamldoc.Document
	cfg *Config
	dir string
}

func (c *checker) all() {
	c.provider()
	c.database()
	c.file("secret_key_file", &c.cfg.SecretKeyFile, mayBeAbsent|secretFile)
	c.mailboxes()
	c.submission()
	c.dkim()
	c.sender()
	between(c, "policy.undo_window", c.cfg.Policy.UndoWindow, 0, 24*time.Hour)
	between(c, "policy.hold", c.cfg.Policy.Hold, 0, 30*24*time.Hour)
	between(c, "policy.invitation_expiry", c.cfg.Policy.InvitationExpiry, time.Minute, 90*24*time.Hour)
	c.waiting()
	c.roleModels()
	between(c, "limits.answers_per_address", c.cfg.Limits.AnswersPerAddress, 0, 1_000_000)
	between(c, "limits.answers_per_client", c.cfg.Limits.AnswersPerClient, 0, 1_000_000)
	c.sites()
	c.web()
	c.portals()
	c.metrics()
	c.canary()
	c.templates()
	between(c, "worker.concurrency", c.cfg.Worker.Concurrency, 1, 256)
	between(c, "worker.max_attempts", c.cfg.Worker.MaxAttempts, 1, 100)
	between(c, "worker.shutdown_grace", c.cfg.Worker.ShutdownGrace, 0, 10*time.Minute)
}

// waiting checks that what comes before the end of a request comes in order.
func (c *checker) waiting() {
	p := &c.cfg.Policy
	between(c, "policy.request_expiry", p.RequestExpiry, time.Minute, 90*24*time.Hour)
	between(c, "policy.escalation", p.Escalation, 0, 90*24*time.Hour)
	if p.Escalation >= p.RequestExpiry {
		c.doc.Problem("policy.escalation", "staff would stand in only when the request has expired; write less than request_expiry, or 0 for never")
	}
	for i, wait := range p.Reminders {
		key := fmt.Sprintf("policy.reminders[%d]", i)
		between(c, key, wait, time.Minute, 90*24*time.Hour)
		if i > 0 && wait <= p.Reminders[i-1] {
			c.doc.Problem(key, "each reminder comes later than the one before; write them in rising order")
		}
		if wait >= p.RequestExpiry {
			c.doc.Problem(key, "this reminder would come when the request has expired; write less than request_expiry")
		}
	}
}

func (c *checker) provider() {
	p := &c.cfg.Provider
	c.text("provider.name", p.Name, "your name as it stands in mails, such as Example Colo")
	c.required("provider.support_address", p.SupportAddress == mailaddr.Address{}, "the address that people write to for help")
	const want = "the address of the pages, such as https://access.provider.example"
	if c.required("provider.web_url", p.WebURL == "", want); p.WebURL == "" {
		return
	}
	p.WebURL = strings.TrimRight(p.WebURL, "/")
	u, err := url.Parse(p.WebURL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		c.doc.Problem("provider.web_url", "this is no web address; write %s", want)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		c.doc.Problem("provider.web_url", "no user, ? or # may stand here; write %s", want)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		c.warn("provider.web_url", "links with http can be read on their way; use https")
	}
}

func (c *checker) database() {
	db := &c.cfg.Database
	if db.Driver == SQLite {
		c.unused("database", []string{"dsn", "dsn_file"}, "driver: postgres")
		c.required("database.path", db.Path == "", "the database file, such as countersign.db")
		c.file("database.path", &db.Path, mayBeAbsent)
		return
	}
	c.unused("database", []string{"path"}, "driver: sqlite")
	c.secret("database.dsn", &db.DSN, &db.DSNFile)
	if c.doc.Bad("database.dsn") || c.doc.Bad("database.dsn_file") {
		return
	}
	// What url.Parse says quotes the password, so its error is not passed on.
	u, err := url.Parse(string(db.DSN))
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		key := "database.dsn"
		if c.doc.Has("database.dsn_file") {
			key = "database.dsn_file"
		}
		c.doc.Problem(key, "this is no address such as postgres://user:password@host/countersign; "+
			"special characters in the password are written as %%XX")
	}
}

// unused reports keys of a section that mean nothing without another setting.
func (c *checker) unused(section string, names []string, without string) {
	for _, name := range names {
		if key := section + "." + name; c.doc.Has(key) {
			c.doc.Problem(key, "this needs %s; remove one of them", without)
		}
	}
}

func (c *checker) dkim() {
	k := c.cfg.DKIM
	if k == nil {
		return
	}
	c.domain("dkim.domain", &k.Domain, "the domain that signs, such as provider.example")
	c.word("dkim.selector", k.Selector, "the selector of the DNS record, such as countersign for countersign._domainkey")
	c.required("dkim.key_file", k.KeyFile == "", "the private key in PEM")
	c.file("dkim.key_file", &k.KeyFile, secretFile)
	author := c.cfg.Provider.SupportAddress.Domain
	if !c.doc.Bad("dkim.domain") && author != "" && author != k.Domain && !strings.HasSuffix(author, "."+k.Domain) {
		c.warn("dkim.domain", "mail from %s is not aligned with a signature of this domain (RFC 7489), so DMARC will not count it", author)
	}
}

func (c *checker) sender() {
	s := &c.cfg.Sender
	if s.Mode == OwnChecks {
		c.unused("sender", []string{"authserv_id"}, "mode: trusted_header or both")
	} else {
		c.word("sender.authserv_id", s.AuthservID,
			"the name that your mail server writes first in Authentication-Results, such as mx.provider.example")
	}
	between(c, "sender.hops", s.Hops, 0, 20)
	if s.Mode == TrustedHeader {
		c.unused("sender", []string{"received_by", "dns_server"}, "mode: verify or both")
		return
	}
	if c.doc.Has("sender.received_by") {
		c.word("sender.received_by", s.ReceivedBy, "the name behind \"by\" in the Received field that your mail server writes")
	}
	if c.doc.Has("sender.dns_server") {
		if _, err := netip.ParseAddrPort(s.DNSServer); err != nil {
			c.doc.Problem("sender.dns_server", "%q is no address and port such as 127.0.0.1:53", s.DNSServer)
		}
	}
}

func (c *checker) web() {
	if c.listen("web.listen", c.cfg.Web.Listen, "127.0.0.1:8025") {
		c.warn("web.listen", "the pages are served without TLS; let a proxy on this machine do that and listen on 127.0.0.1")
	}
}

func (c *checker) metrics() {
	const key = "metrics.listen"
	if !c.doc.Has(key) {
		return
	}
	if c.listen(key, c.cfg.Metrics.Listen, "127.0.0.1:9325") {
		c.warn(key, "everybody who reaches this port can read the metrics; listen on 127.0.0.1 or let a firewall guard it")
	}
	if c.cfg.Metrics.Listen == c.cfg.Web.Listen && !strings.HasSuffix(c.cfg.Web.Listen, ":0") {
		c.doc.Problem(key, "the pages are public, and the metrics are not; give them a port of their own")
	}
}

// listen checks an address to listen on, and reports whether other machines reach it.
func (c *checker) listen(key, address, example string) (outside bool) {
	host, port, err := net.SplitHostPort(address)
	number, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || number < 0 || number > 65535 {
		c.doc.Problem(key, "%q is no address to listen on; write one such as %s", address, example)
		return false
	}
	return !loopback(host)
}

func (c *checker) canary() {
	k := &c.cfg.Canary
	if k.Every == 0 {
		c.unused("canary", []string{"timeout", "webhook"}, "every")
		return
	}
	between(c, "canary.every", k.Every, time.Minute, 24*time.Hour)
	between(c, "canary.timeout", k.Timeout, 10*time.Second, 24*time.Hour)
	if k.Timeout >= k.Every {
		c.doc.Problem("canary.timeout", "the next canary would go out before this one is late; write less than every")
	}
	if c.doc.Has("canary.webhook") && !c.doc.Bad("canary.webhook") {
		// What url.Parse says quotes the address, which may hold a secret.
		u, err := url.Parse(string(k.Webhook))
		switch {
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
			c.doc.Problem("canary.webhook", "this is no web address such as https://alarm.provider.example/hook")
		case u.Scheme == "http" && !loopback(u.Hostname()):
			c.warn("canary.webhook", "what is posted with http can be read and changed on its way; use https")
		}
	}
	for i, m := range c.cfg.Mailboxes {
		if m.Filing.Mode == FilingNone {
			c.warn("canary.every", "with filing.mode: none the canaries stay in the mailbox %s, one every %s", m.Name, short(k.Every))
		}
		if m.IMAP.Mailbox != "" && inbox(m.IMAP.Mailbox) != "INBOX" {
			c.warn(fmt.Sprintf("mailboxes[%d].imap.mailbox", i), "canaries are sent to %s; they come back only if its mail lands in this mailbox", m.Address)
		}
	}
}

func (c *checker) templates() {
	t := &c.cfg.Templates
	c.word("templates.language", t.Language, "the language of people whose language is not known, such as en")
	c.localFolder("templates.dir", &t.Dir)
}

func (c *checker) warn(key, format string, args ...any) {
	c.cfg.Warnings = append(c.cfg.Warnings, c.doc.Describe(key, format, args...))
}

// required reports a value that the file must give.
func (c *checker) required(key string, empty bool, want string) {
	if empty {
		c.doc.Problem(key, "missing; give %s", want)
	}
}

// text is a required line that stands in header fields, where a line break would begin another field.
func (c *checker) text(key, value, want string) {
	c.required(key, strings.TrimSpace(value) == "", want)
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		c.doc.Problem(key, "no line breaks or control characters may stand here")
	}
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (c *checker) word(key, value, want string) {
	c.required(key, value == "", want)
	if !plainWord.MatchString(value) {
		c.doc.Problem(key, "%q may hold only letters, digits, dots and hyphens; give %s", value, want)
	}
}

// domain brings a required domain into the form that addresses have.
func (c *checker) domain(key string, value *string, want string) {
	c.required(key, *value == "", want)
	domain, err := mailaddr.ParseDomain(*value)
	if err != nil {
		c.doc.Problem(key, "%q is no domain; give %s", *value, want)
		return
	}
	*value = domain
}

func between[T int | time.Duration](c *checker, key string, value, low, high T) {
	if value < low || value > high {
		c.doc.Problem(key, "%s is out of range; write a value from %s to %s", short(value), short(low), short(high))
	}
}

// short is a duration without its zero units: 24h and not 24h0m0s.
func short(v any) string {
	s := fmt.Sprint(v)
	if _, ok := v.(time.Duration); ok && strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
		if strings.HasSuffix(s, "h0m") {
			s = strings.TrimSuffix(s, "0m")
		}
	}
	return s
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
