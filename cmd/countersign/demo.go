package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/demo"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/roster"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/templates"
)

type demoCmd struct {
	Exit    bool   `help:"End when the conversation has been played: exit code 0 only if every step happened."`
	Listen  string `default:"127.0.0.1:8025" placeholder:"ADDR" help:"Where the pages are served (${default}); a free port is taken where this one is not."`
	Verbose bool   `short:"v" help:"Show the daemon's log on standard error."`
}

func (c *demoCmd) Help() string {
	return `Starts an SMTP and IMAP system and the daemon on loopback, with a database in a temporary
folder, and plays a conversation by really sending and reading mail. Nothing leaves the
machine, and everything is removed at the end. Without --exit it stays up, so that you can
join in with any mail program.`
}

func (c *demoCmd) Run(ctx context.Context, s streams) (err error) {
	dir, err := os.MkdirTemp("", "countersign-demo-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	domains, err := demo.NewDomains()
	if err != nil {
		return err
	}
	zone := &mailserver.Zone{}
	domains.Publish(zone)
	mail, err := mailserver.Start(ctx, mailserver.Config{Hostname: demo.MX, LookupTXT: zone.LookupTXT, Sign: domains.Sign})
	if err != nil {
		return err
	}
	defer mail.Close()
	mail.AddUser(demo.Support, demoPassword)
	for _, p := range demo.People {
		mail.AddUser(p.Address, demoPassword)
	}
	d, stop, err := c.startDaemon(ctx, s, dir, mail)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	out := newScript(s.out)
	out.intro(d.WebAddr())
	began := time.Now()
	if err := demo.Play(ctx, &demo.Stage{Now: time.Now, Show: out.step, StepLimit: 30 * time.Second, Equation: d.Store().Equation,
		Servers: &demo.Servers{MX: mail.SMTPAddr(), IMAP: mail.IMAPAddr(), Password: func(string) string { return demoPassword }, Domains: domains}}); err != nil {
		return fmt.Errorf("the conversation broke off: %w", err)
	}
	if err := out.summary(ctx, d.Store(), time.Since(began)); err != nil {
		return err
	}
	if c.Exit {
		return nil
	}
	out.joinIn(d.WebAddr(), mail)
	<-ctx.Done()
	return nil
}

const demoPassword = "demo"

// startDaemon runs the daemon as `serve` does, from a config that differs only in where things are and in the undo
// window, which is off so that nobody has to wait for it.
func (c *demoCmd) startDaemon(ctx context.Context, s streams, dir string, mail *mailserver.Server) (*daemon.Daemon, func() error, error) {
	listen, err := freeAddress(ctx, c.Listen)
	if err != nil {
		return nil, nil, err
	}
	text, err := demoConfig(listen, mail)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := config.Parse("demo.yaml", []byte(text), dir, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	if c.Verbose {
		log = newLogger(cfg.Log, s.err)
	}
	idle := make(chan struct{}, 1)
	d, err := daemon.New(ctx, cfg, log, daemon.Options{ConversationPage: true, OnReading: func(string) {
		select {
		case idle <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		return nil, nil, err
	}
	if err := importDemo(ctx, d.Store()); err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	run, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(run) }()
	stop := func() error { cancel(); return <-ended }
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	select {
	case <-idle: // the mailbox is read from now on
		return d, stop, nil
	case err := <-ended:
		cancel()
		return nil, nil, err
	case <-limit.C:
		return nil, nil, errors.Join(errors.New("the daemon did not reach the mailbox"), stop())
	}
}

func importDemo(ctx context.Context, st *store.Store) error {
	models, err := policy.NewModels()
	if err != nil {
		return err
	}
	languages, err := compose.Languages(templates.FS)
	if err != nil {
		return err
	}
	file, err := roster.ParseClients("demo", []byte(demo.Roster), models.RoleIDs, policy.CheckGrant, languages)
	if err != nil {
		return err
	}
	return st.EditRoster(ctx, false, func(r *store.Roster) error { return importFile(ctx, r, models, file, &tally{out: &strings.Builder{}}) })
}

func demoConfig(listen string, mail *mailserver.Server) (string, error) {
	imap, err := port(mail.IMAPAddr())
	if err != nil {
		return "", err
	}
	submission, err := port(mail.SubmissionAddr())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`
provider: {name: %q, support_address: %q, web_url: "http://%s"}
database: {driver: sqlite, path: %s}
mailboxes:
  - name: support
    team: support
    address: %q
    imap: {host: 127.0.0.1, port: %d, tls: "off", username: %q, password: %q}
submission: {host: 127.0.0.1, port: %d, tls: "off", username: %q, password: %q, from_name: %q}
sender: {mode: trusted_header, authserv_id: %q, hops: 0}
policy: {undo_window: 0s}
web: {listen: %q}
`, demo.Provider, demo.Support, listen, "countersign.db", demo.Support, imap, demo.Support, demoPassword,
		submission, demo.Support, demoPassword, demo.SupportName, demo.MX, listen), nil
}

func port(addr string) (int, error) {
	_, p, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, fmt.Errorf("reading the address %s: %w", addr, err)
	}
	return strconv.Atoi(p)
}

// freeAddress is addr if it can be listened on, else a free port of the same host.
func freeAddress(ctx context.Context, addr string) (string, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return "", usageError{fmt.Errorf("--listen %s: write it as host:port, such as 127.0.0.1:8025", addr)}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		if l, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0")); err != nil {
			return "", fmt.Errorf("finding a port for the pages: %w", err)
		}
	}
	defer l.Close()
	return l.Addr().String(), nil
}
