package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/mailaddr"
)

type initCmd struct {
	Config         string `short:"c" type:"path" default:"config.yaml" placeholder:"FILE" help:"File to write; it must not exist yet."`
	Name           string `placeholder:"NAME" help:"Your name, as it stands in mails."`
	SupportAddress string `placeholder:"ADDRESS" help:"Where people write for help; the mailbox to read belongs to it."`
	WebURL         string `name:"web-url" placeholder:"URL" help:"Where the pages can be reached from outside."`
	IMAPHost       string `name:"imap-host" placeholder:"HOST" help:"IMAP server of the mailbox (TLS, port 993)."`
	SMTPHost       string `name:"smtp-host" placeholder:"HOST" help:"Submission server (TLS, port 465). Default: the IMAP server."`
	Username       string `placeholder:"NAME" help:"Account on both servers. Default: the support address."`
	AuthservID     string `name:"authserv-id" placeholder:"HOST" help:"First word of the Authentication-Results that your mail server writes. Default: the IMAP server."`
	Hops           int    `default:"1" help:"How many Received fields stand above that field."`
	Database       string `placeholder:"DATABASE" help:"A file for SQLite (default: countersign.db), or postgres for the address in $DATABASE_URL."`
	Yes            bool   `short:"y" help:"Ask nothing: take defaults for what no flag says."`

	in io.Reader // standard input when nil
}

func (c *initCmd) Help() string {
	return `Writes a config by asking for what cannot be guessed. What a flag says is not asked, and
with --yes, or with all of --name, --support-address, --web-url and --imap-host, nothing is.
Passwords are not asked for: the config takes them from the environment, or from files.

Examples:
  countersign init
  countersign init --yes --name "Example Colo" --support-address support@provider.example \
      --web-url https://access.provider.example --imap-host mail.provider.example`
}

// question is one setting, in the order of asking.
type question struct {
	value *string
	flag  string
	text  string
	deflt func() string
	check func(string) error
}

func (c *initCmd) questions() []question {
	none := func() string { return "" }
	filled := func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("an answer is needed")
		}
		return nil
	}
	return []question{
		{&c.Name, "--name", "Your name, as it stands in mails", none, filled},
		{&c.SupportAddress, "--support-address", "Address that people write to for help", none, func(s string) error { _, err := mailaddr.Parse(s); return err }},
		{&c.WebURL, "--web-url", "Where the pages can be reached from outside (https://…)", none, filled},
		{&c.IMAPHost, "--imap-host", "IMAP server of that mailbox", none, filled},
		{&c.SMTPHost, "--smtp-host", "Submission server", func() string { return c.IMAPHost }, filled},
		{&c.Username, "--username", "Account on both servers", func() string { return c.SupportAddress }, filled},
		{&c.AuthservID, "--authserv-id", "First word of the Authentication-Results that your mail server writes", func() string { return c.IMAPHost }, filled},
		{&c.Database, "--database", "A file for SQLite, or postgres for the address in $DATABASE_URL", func() string { return "countersign.db" }, filled},
	}
}

func (c *initCmd) Run(_ context.Context, s streams) error {
	if _, err := os.Stat(c.Config); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s is there already; name another file with --config, or remove it first", c.Config)}
	}
	if err := c.ask(s); err != nil {
		return usageError{err}
	}
	text := c.text()
	later := func(string) (string, bool) { return "postgres://set@later/countersign", true } // the secrets come later
	cfg, err := config.Parse(c.Config, []byte(text), filepath.Dir(c.Config), later)
	if err != nil {
		return usageError{fmt.Errorf("an answer cannot be used, so nothing was written:\n%w", err)}
	}
	if err := os.WriteFile(c.Config, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", c.Config, err)
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(s.err, "warning:", w)
	}
	secrets := "IMAP_PASSWORD and SMTP_PASSWORD"
	if cfg.Database.Driver == config.Postgres {
		secrets += " and DATABASE_URL"
	}
	fmt.Fprintf(s.out, `%[1]s is written. Now
  1. set %[2]s in the environment (or name files: password_file, dsn_file),
  2. countersign check --config %[1]s
  3. countersign client import --config %[1]s clients.yaml
  4. countersign serve --config %[1]s
config.example.yaml describes every other setting.
`, c.Config, secrets)
	return nil
}

// ask fills in what no flag says: by asking, or by defaults.
func (c *initCmd) ask(s streams) error {
	silent := c.Yes || c.Name != "" && c.SupportAddress != "" && c.WebURL != "" && c.IMAPHost != ""
	in := c.in
	if in == nil {
		in = os.Stdin
	}
	lines := bufio.NewScanner(in)
	var errs []error
	for _, q := range c.questions() {
		if *q.value == "" && !silent {
			if err := q.ask(s, lines); err != nil {
				return err
			}
		}
		if *q.value == "" {
			*q.value = q.deflt()
		}
		if err := q.check(*q.value); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", q.flag, *q.value, err))
		}
	}
	return errors.Join(errs...)
}

// ask asks until the answer can be used.
func (q question) ask(s streams, lines *bufio.Scanner) error {
	for {
		hint := ""
		if d := q.deflt(); d != "" {
			hint = " [" + d + "]"
		}
		fmt.Fprintf(s.out, "%s%s: ", q.text, hint)
		if !lines.Scan() {
			return fmt.Errorf("the answers ended at %q: give %s, or answer all questions", q.text, q.flag)
		}
		answer := strings.TrimSpace(lines.Text())
		if answer == "" {
			answer = q.deflt()
		}
		err := q.check(answer)
		if err == nil {
			*q.value = answer
			return nil
		}
		fmt.Fprintf(s.out, "  %v\n", err)
	}
}

// text is the config. Answers are quoted, so that none of them can become a setting or name a variable.
func (c *initCmd) text() string {
	quote := func(s string) string { return strings.ReplaceAll(strconv.Quote(s), "${", "$${") }
	database := "{driver: sqlite, path: " + quote(c.Database) + "}"
	if c.Database == "postgres" {
		database = `{driver: postgres, dsn: "${DATABASE_URL}"}`
	}
	return fmt.Sprintf(`# Written by countersign init. config.example.yaml describes every setting.
provider:
  name: %[1]s
  support_address: %[2]s
  web_url: %[3]s

database: %[4]s

mailboxes:
  - name: support
    team: support
    address: %[2]s
    subaddressing: yes        # no, if mail to the address with +anything before the @ does not arrive here
    imap: {host: %[5]s, tls: tls, username: %[6]s, password: "${IMAP_PASSWORD}"}
    start: now                # only mail that arrives from now on is read
    filing: {mode: move}

submission: {host: %[7]s, tls: tls, username: %[6]s, password: "${SMTP_PASSWORD}"}

sender:
  mode: trusted_header
  authserv_id: %[8]s
  hops: %[9]d                   # how many Received fields stand above Authentication-Results

metrics: {listen: "127.0.0.1:9325"}
canary: {every: 10m}        # a mail to each mailbox, which must come back
`, quote(c.Name), quote(c.SupportAddress), quote(c.WebURL), database, quote(c.IMAPHost), quote(c.Username), quote(c.SMTPHost),
		quote(c.AuthservID), c.Hops)
}
