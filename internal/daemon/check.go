package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/submission"
)

// Grade says how bad a Finding is.
type Grade string

// The grades.
const (
	Fine    Grade = "ok"
	Doubt   Grade = "warning" // it works, but
	Problem Grade = "problem" // it does not work
)

// Finding is one thing that Check has looked at.
type Finding struct {
	Part  string `json:"part"`
	Grade Grade  `json:"grade"`
	Text  string `json:"text"`
	Mend  string `json:"mend"` // what to do; "" where there is nothing to do
}

// checkLimit bounds each connection that is tried.
const checkLimit = 20 * time.Second

// Check tries every connection and setting of a config, and looks at the clients and staff in its database. It changes
// nothing on any server, and nothing in the database.
func Check(ctx context.Context, cfg *config.Config, opts Options) []Finding {
	c := &checker{cfg: cfg, opts: opts.withDefaults()}
	for _, w := range cfg.Warnings {
		c.add("config", Doubt, w, "")
	}
	c.key()
	c.models(cfg.Models)
	c.sender()
	c.texts()
	for i := range cfg.Mailboxes {
		c.mailbox(ctx, &cfg.Mailboxes[i])
	}
	c.submission(ctx)
	c.pages(ctx)
	if c.database(ctx) {
		c.people(ctx)
	}
	return c.found
}

type checker struct {
	cfg   *config.Config
	opts  Options
	found []Finding
}

func (c *checker) add(part string, g Grade, text, mend string) {
	c.found = append(c.found, Finding{part, g, text, mend})
}

func (c *checker) texts() {
	texts, _, err := Texts(c.cfg)
	if err != nil {
		c.add("templates", Problem, err.Error(), "mend the file, or take it out of the folder; docs/mails.md says what templates may hold")
		return
	}
	for _, tag := range texts.Languages() {
		if lacking := texts.Lacking(tag); len(lacking) > 0 {
			c.add("templates", Doubt, "mails of these kinds are written in English and not in "+texts.LanguageName(tag)+": "+strings.Join(lacking, ", "),
				"add KIND.txt and KIND.html for each to mail/"+tag)
		}
	}
	c.add("templates", Fine, "mails can be written in "+strings.Join(texts.Languages(), ", "), "")
}

func (c *checker) key() {
	if _, err := os.Stat(c.cfg.SecretKeyFile); errors.Is(err, fs.ErrNotExist) {
		c.add("secret_key_file", Fine, "it is made at the first start", "")
	} else if _, err := config.LoadOrCreateKey(c.cfg.SecretKeyFile, c.opts.Rand); err != nil {
		c.add("secret_key_file", Problem, err.Error(), "give back the key that sealed the outgoing mail; a new one loses what waits to be sent")
	} else {
		c.add("secret_key_file", Fine, "it can be read", "")
	}
	if _, err := signer(c.cfg.DKIM); err != nil {
		c.add("dkim", Problem, err.Error(), "name a private key in PEM under dkim.key_file")
	}
}

func (c *checker) models(own []*policy.Model) {
	for _, m := range own {
		c.add("role model "+m.ID, Fine, fmt.Sprintf("%d roles, %d rules", len(m.Roles), len(m.Rules)), "")
	}
}

func (c *checker) sender() {
	if id := c.cfg.Sender.AuthservID; id != "" {
		c.add("sender", Fine, fmt.Sprintf("Authentication-Results of %s are believed, %d hops deep", id, c.cfg.Sender.Hops),
			"prove once that your mail server removes what strangers write: send yourself a mail from outside with the field "+
				"\"Authentication-Results: "+id+"; dmarc=pass\" and look at its source; the field must be gone")
	}
}

func (c *checker) mailbox(ctx context.Context, m *config.Mailbox) {
	part := "mailbox " + m.Name
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	d := &Daemon{cfg: c.cfg, log: slog.New(slog.DiscardHandler)}
	var ends time.Time
	mc := d.mailboxConfig(m)
	mc.OnCertificate = func(at time.Time) { ends = at }
	p, err := mailbox.Try(ctx, mc)
	if err != nil {
		c.add(part, Problem, err.Error(), map[mailbox.ProbeStep]string{
			mailbox.ProbeConnect: "check imap.host, imap.port and imap.tls, and imap.ca_file where the certificate is not trusted",
			mailbox.ProbeSignIn:  "check imap.username, imap.password and imap.mailbox",
			mailbox.ProbeFolders: "the server must let the account list and create mailboxes; or set filing.mode: none",
		}[p.Step])
		return
	}
	c.add(part, Fine, fmt.Sprintf("signed in; %s holds %d mails", m.IMAP.Mailbox, p.Messages), "")
	if !ends.IsZero() {
		c.found = append(c.found, expiring(part, ends, c.opts.Now()))
	}
	if !p.Idle {
		c.add(part, Doubt, fmt.Sprintf("the server has no IDLE: mail is looked for every %s", m.Poll), "")
	}
	if m.Filing.Mode != config.FilingMove {
		return
	}
	if !p.Move && !p.UIDPlus {
		c.add(part, Doubt, "the server has neither MOVE nor UIDPLUS: filed mail is copied, and the original is only marked as deleted", "set filing.mode: none, or use a server with MOVE (RFC 6851)")
	}
	if len(p.Missing) > 0 {
		c.add(part, Fine, "made when first needed: "+strings.Join(p.Missing, ", "), "")
	}
}

func (c *checker) submission(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	d := &Daemon{cfg: c.cfg, log: slog.New(slog.DiscardHandler)}
	var ends time.Time
	sc := d.submissionConfig()
	sc.OnCertificate = func(at time.Time) { ends = at }
	if err := submission.New(sc).Try(ctx); err != nil {
		c.add("submission", Problem, err.Error(), "check submission.host, port, tls, username and password, and ca_file where the certificate is not trusted")
		return
	}
	how := "without a password"
	if c.cfg.Submission.Username != "" {
		how = "signed in"
	}
	c.add("submission", Fine, fmt.Sprintf("connected (tls: %s), %s", c.cfg.Submission.TLS, how), "")
	if !ends.IsZero() {
		c.found = append(c.found, expiring("submission", ends, c.opts.Now()))
	}
}

func (c *checker) pages(ctx context.Context) {
	c.listen(ctx, "web.listen", c.cfg.Web.Listen, "; "+c.cfg.Provider.WebURL+" must lead there")
	if at := c.cfg.Metrics.Listen; at != "" {
		c.listen(ctx, "metrics.listen", at, "")
	}
}

func (c *checker) listen(ctx context.Context, key, address, and string) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		c.add(key, Doubt, address+" is in use", "by a running countersign, that is right; else end what listens there, or change "+key)
	case err != nil:
		c.add(key, Problem, err.Error(), "change "+key)
	default:
		_ = l.Close() // it was only tried
		c.add(key, Fine, address+" is free"+and, "")
	}
}

// database reports whether the database can be looked into.
func (c *checker) database(ctx context.Context) bool {
	db := c.cfg.Database
	have, newest, err := store.Schema(ctx, store.Config{Driver: string(db.Driver), DSN: string(db.DSN), Path: db.Path})
	switch {
	case err != nil:
		c.add("database", Problem, err.Error(), "check database.path, or database.dsn and that the server runs")
	case have > newest:
		c.add("database", Problem, fmt.Sprintf("its schema has version %d, and this program knows up to %d", have, newest), "use a newer countersign")
	case have < newest:
		c.add("database", Fine, fmt.Sprintf("its schema has version %d of %d; it is brought up to date at the next start", have, newest), "or now, by: countersign migrate")
	default:
		c.add("database", Fine, fmt.Sprintf("its schema has version %d, the newest", have), "")
		return true
	}
	return false
}

// people looks for clients and teams whose requests would get stuck.
func (c *checker) people(ctx context.Context) {
	models, err := policy.NewModels(c.cfg.Models...)
	if err != nil {
		c.add("role models", Problem, err.Error(), "")
		return
	}
	if _, err := os.Stat(c.cfg.SecretKeyFile); err != nil {
		c.add("secret_key_file", Problem, "there is a database, and not its key", "give back the key that sealed the outgoing mail; a new one loses what waits to be sent")
		return
	}
	st, err := OpenStore(ctx, c.cfg, c.opts)
	if err != nil {
		c.add("database", Problem, err.Error(), "")
		return
	}
	defer st.Close()
	staff, err := st.Staff(ctx)
	if err == nil {
		c.staff(staff)
		err = c.clients(ctx, st, models)
	}
	if err != nil {
		c.add("database", Problem, err.Error(), "")
	}
}

func (c *checker) clients(ctx context.Context, st *store.Store, models *policy.Models) error {
	clients, err := st.Clients(ctx)
	if err != nil {
		return err
	}
	for _, client := range clients {
		contacts, err := st.Contacts(ctx, client.ID)
		if err != nil {
			return err
		}
		c.client(client, contacts, models.Model(client.RoleModel))
	}
	c.add("clients", Fine, fmt.Sprintf("%d clients", len(clients)), "")
	return nil
}

// client warns where nobody, or in four-eyes nobody else, can approve (R5).
func (c *checker) client(client *access.Client, contacts []*access.Contact, m *policy.Model) {
	part := "client " + client.Name
	if m == nil {
		c.add(part, Problem, fmt.Sprintf("its role model %q is not there: its mail goes to quarantine", client.RoleModel), "name the model's file under role_models")
		return
	}
	for _, p := range contacts {
		for _, role := range p.Roles {
			if _, known := m.Role(role); !known && p.State != access.ContactRemoved {
				c.add(part, Doubt, fmt.Sprintf("%s holds the role %q, which the model does not know: it gives no right", p.Name, role), "import the contact with a role of the model")
			}
		}
	}
	authorities := access.Authorities(m, contacts)
	switch lacks := access.Shorthanded(client, authorities); {
	case lacks != "" && authorities == 0:
		c.add(part, Doubt, lacks, "add a contact whose role approves stage client")
	case lacks != "":
		c.add(part, Doubt, lacks, "add a second one, or switch four-eyes off")
	}
}

// staff warns of teams that cannot answer: nobody decides two stages of one request (R6), nor what they released.
func (c *checker) staff(all []*access.Staff) {
	for _, team := range []access.Team{access.TeamSupport, access.TeamSecurity} {
		if !anyIn(all, team) {
			c.add("staff", Problem, fmt.Sprintf("nobody is in team %s: its stages are answered by nobody", team), "countersign staff add --team "+string(team))
		}
	}
	c.alone(all, access.TeamSupport)
	for _, m := range c.cfg.Mailboxes {
		team := access.Team(m.Team)
		if team == access.TeamBilling {
			c.alone(all, team)
		}
		if team != access.TeamSupport && !anyIn(all, team) {
			c.add("mailbox "+m.Name, Doubt, fmt.Sprintf("nobody is in its team %s: team support answers", team), "countersign staff add --team "+string(team))
		}
	}
	c.add("staff", Fine, fmt.Sprintf("%d people", len(all)), "")
}

// alone warns where one person is both a mailbox's team and the security team (R6).
func (c *checker) alone(all []*access.Staff, team access.Team) {
	answer := map[string]bool{}
	for _, m := range all {
		if m.In(team) || m.In(access.TeamSecurity) {
			answer[m.Address.Key()] = true
		}
	}
	if len(answer) == 1 && anyIn(all, team) && anyIn(all, access.TeamSecurity) {
		c.add("staff", Problem, fmt.Sprintf("one person is both teams %s and security, and nobody decides two stages of one request", team), "add a second person to one of the teams")
	}
}

func anyIn(all []*access.Staff, t access.Team) bool {
	for _, m := range all {
		if m.In(t) {
			return true
		}
	}
	return false
}
