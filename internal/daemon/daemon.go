// Package daemon builds all parts from a Config, starts them in order, and stops them softly in the reverse order.
package daemon

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/mailbox"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/senderauth"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/submission"
	"github.com/countersign/countersign/internal/web"
	"github.com/countersign/countersign/internal/worker"
)

// Options are what tests and the demo set besides the config.
type Options struct {
	Now              func() time.Time    // time.Now when nil
	LeaseClock       func() time.Time    // the database's when nil: see store.Config
	Rand             io.Reader           // crypto/rand when nil
	ConversationPage bool                // show the conversation to everybody who reaches the pages
	DNS              senderauth.Resolver // the configured DNS when nil
	Supervisor       Supervisor
	// Shadow reads the mailboxes without changing them, decides, and sends nothing.
	Shadow bool
	// OnReading is told whenever a mailbox has been read to its end and is waited on.
	OnReading func(mailbox string)
	// OnPrepared is told once all is ready that mails are read by; may be nil.
	OnPrepared func()
}

// Daemon is a built, not yet running daemon.
type Daemon struct {
	cfg     *config.Config
	opts    Options
	log     *slog.Logger
	store   *store.Store
	sites   []access.Site
	models  *policy.Models
	owner   string // of leases
	compose *compose.Composer
	web     *web.Server
	listen  net.Listener
	metrics net.Listener // nil for none
	meters  *meters
	// progress is watched by the supervisor.
	progress progress

	mu     sync.Mutex
	health map[string]string // what is not working, by part
}

// OpenStore opens the database of a config.
func OpenStore(ctx context.Context, cfg *config.Config, opts Options) (*store.Store, error) {
	opts = opts.withDefaults()
	key, err := config.LoadOrCreateKey(cfg.SecretKeyFile, opts.Rand)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Config{Driver: string(cfg.Database.Driver), DSN: string(cfg.Database.DSN), Path: cfg.Database.Path,
		Key: key, Now: opts.Now, LeaseClock: opts.LeaseClock, Rand: opts.Rand, MaxClaims: cfg.Worker.MaxAttempts})
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.OnReading == nil {
		o.OnReading = func(string) {}
	}
	return o
}

// New opens the database, parses all templates and binds the port of the pages. Close must be called if Run is not.
func New(ctx context.Context, cfg *config.Config, log *slog.Logger, opts Options) (*Daemon, error) {
	d := &Daemon{cfg: cfg, opts: opts.withDefaults(), log: log, health: map[string]string{}}
	var names []string
	for _, m := range cfg.Mailboxes {
		names = append(names, m.Name)
	}
	d.meters = newMeters(names, d.opts.Now)
	id := make([]byte, 10)
	if _, err := io.ReadFull(d.opts.Rand, id); err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	d.owner = base32.StdEncoding.EncodeToString(id)
	var err error
	if d.models, err = policy.NewModels(cfg.Models...); err != nil {
		return nil, err
	}
	if d.store, err = OpenStore(ctx, cfg, d.opts); err != nil {
		return nil, err
	}
	if err := d.store.TakeOver(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	mode := store.Live
	if d.opts.Shadow {
		mode = store.Shadow
	}
	if err := d.store.Use(ctx, mode); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.store.PlanDigest(ctx, d.env().Settings.Digest); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.build(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Daemon) build(ctx context.Context) error {
	for _, s := range d.cfg.Sites {
		zone := s.TimeZone.Location
		if zone == nil {
			zone = time.UTC
		}
		d.sites = append(d.sites, access.Site{Name: s.Name, Zone: zone, Closes: time.Duration(s.Closes), Desk: s.Desk})
	}
	base, err := url.Parse(d.cfg.Provider.WebURL)
	if err != nil {
		return fmt.Errorf("reading provider.web_url: %w", err)
	}
	var files fs.FS
	if d.compose, files, err = Texts(d.cfg); err != nil {
		return err
	}
	for _, tag := range d.compose.Languages() {
		if lacking := d.compose.Lacking(tag); len(lacking) > 0 {
			d.log.WarnContext(ctx, "mails of these kinds are written in English", "language", tag, "kinds", lacking)
		}
	}
	d.web, err = web.New(web.Config{PublicURL: base, Listen: d.cfg.Web.Listen, ConversationPage: d.opts.ConversationPage,
		Provider: d.cfg.Provider.Name, SupportAddress: d.cfg.Provider.SupportAddress.String(), Templates: files, Language: d.cfg.Templates.Language,
		Words: d.words, Now: d.opts.Now, Rand: d.opts.Rand, Health: d.Health,
		Log: d.log, Portals: d.portals(), Intake: &intake{store: d.store, env: d.env, render: d.render, limits: d.cfg.Limits}},
		&registrar{store: d.store, env: d.env, render: d.render}, &stopper{store: d.store, env: d.env, render: d.render, log: d.log},
		observer{d.store, d.models.All()})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	if d.listen, err = lc.Listen(ctx, "tcp", d.cfg.Web.Listen); err != nil {
		return fmt.Errorf("listening for the pages on %s (end what listens there, or change web.listen): %w", d.cfg.Web.Listen, err)
	}
	return d.listenMetrics(ctx)
}

// Close releases what New opened. Run does it itself.
func (d *Daemon) Close() error {
	var errs []error
	for _, l := range []net.Listener{d.listen, d.metrics} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	return errors.Join(errs...)
}

// WebAddr is where the pages are served.
func (d *Daemon) WebAddr() string { return d.listen.Addr().String() }

// MetricsAddr is where the metrics are served; empty where they are not.
func (d *Daemon) MetricsAddr() string {
	if d.metrics == nil {
		return ""
	}
	return d.metrics.Addr().String()
}

// Store is the daemon's store, for those who watch it.
func (d *Daemon) Store() *store.Store { return d.store }

// env is what every decision is made with.
func (d *Daemon) env() *access.Env {
	s := access.DefaultSettings
	s.UndoWindow, s.Hold, s.InvitationExpiry = d.cfg.Policy.UndoWindow, d.cfg.Policy.Hold, d.cfg.Policy.InvitationExpiry
	s.AnswersPerAddress, s.AnswersPerClient = d.cfg.Limits.AnswersPerAddress, d.cfg.Limits.AnswersPerClient
	s.Zone = d.cfg.Provider.TimeZone.Location
	at := d.cfg.Digest.At
	s.Digest = access.DigestClock{Off: at.Off, Hour: at.Hour, Minute: at.Minute, Zone: s.Zone}
	s.MailboxTeams = map[string]access.Team{}
	for _, m := range d.cfg.Mailboxes {
		s.MailboxTeams[m.Name] = access.Team(m.Team)
	}
	s.Reminders, s.Escalation, s.RequestExpiry = d.cfg.Policy.Reminders, d.cfg.Policy.Escalation, d.cfg.Policy.RequestExpiry
	s.Portal = d.cfg.Provider.PortalURL != ""
	return &access.Env{Now: d.opts.Now().UTC(), Rand: d.opts.Rand, Settings: s, Model: d.models.Model, Sites: d.sites, BadgePolicy: d.badgePolicy()}
}

func (d *Daemon) render(m *access.Mail) (*access.Rendered, error) {
	id := make([]byte, 10)
	if _, err := io.ReadFull(d.opts.Rand, id); err != nil {
		return nil, fmt.Errorf("making a Message-ID: %w", err)
	}
	return d.compose.Render(m, strings.ToLower(base32.StdEncoding.EncodeToString(id)), d.opts.Now())
}

// Run runs until ctx ends, then stops softly: reading first, then what is in work, the pages and sending last. What is
// still in work after the grace period is cut off; its claim runs out and it is done again at the next start.
func (d *Daemon) Run(ctx context.Context) (err error) {
	defer d.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, w := range d.cfg.Warnings {
		d.log.WarnContext(ctx, "doubtful setting", "setting", w)
	}
	d.log.InfoContext(ctx, "starting", "web", d.WebAddr(), "mailboxes", len(d.cfg.Mailboxes), "database", d.cfg.Database.Driver)
	if d.opts.Shadow {
		d.log.WarnContext(ctx, "this is a shadow: nothing changes on the mail server, and no mail is sent")
	}
	d.log.DebugContext(ctx, "effective settings", "config", d.cfg)
	var wg sync.WaitGroup
	failed := make(chan error, 1)
	serve := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil {
				select {
				case failed <- fmt.Errorf("serving the %s: %w", what, err):
				default:
				}
			}
		})
	}
	serve("supervisor", func() error { return d.supervised(ctx) })
	serve("pages", func() error { return d.web.Serve(ctx, d.listen) })
	if d.metrics != nil {
		serve("metrics", func() error { return d.serveMetrics(ctx) })
	}
	for i := range d.cfg.Mailboxes {
		wg.Go(func() { d.runMailbox(ctx, &d.cfg.Mailboxes[i]) })
	}
	for _, run := range d.workers() {
		wg.Go(func() { run(ctx) })
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
		stop() // without its pages the daemon is of no use: invitations could not be redeemed; nor is one that nobody can watch
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	grace := time.NewTimer(d.cfg.Worker.ShutdownGrace)
	defer grace.Stop()
	select {
	case <-done:
		d.log.Info("stopped")
	case <-grace.C:
		d.log.Warn("stopped before everything in work had ended; it is done again at the next start")
	}
	return err
}

// workers builds the loops that work off the store.
func (d *Daemon) workers() []func(context.Context) {
	inbound, _ := d.store.Subscribe(store.TopicInbound)
	outbound, _ := d.store.Subscribe(store.TopicOutbound)
	timers, _ := d.store.Subscribe(store.TopicTimers)
	p := &worker.Processor{Store: d.store, Mailboxes: map[string]worker.Mailbox{}, Models: d.models.All(), Env: d.env, Render: d.render,
		Wake: inbound, Now: d.opts.Now, Log: d.log, Batch: 100, Together: 25, Readers: d.cfg.Worker.Concurrency, Limit: 10 * time.Second, DNS: d.opts.DNS,
		AnswersPerAddress: d.cfg.Limits.AnswersPerAddress, AnswersPerClient: d.cfg.Limits.AnswersPerClient,
		Canary: d.canaryBack, Turn: d.progress.turns("process"), Observe: d.meters.processing.Observe, Prepared: d.opts.OnPrepared}
	if p.DNS == nil {
		p.DNS = newDNS(d.cfg.Sender.DNSServer, d.opts.Now)
	}
	for _, m := range d.cfg.Mailboxes {
		p.Mailboxes[m.Name] = worker.Mailbox{Team: access.Team(m.Team), Other: access.OtherMail(m.OtherMail), Own: m.Address,
			Sender: senderauth.Config{Mode: senderauth.Mode(d.cfg.Sender.Mode), AuthservID: d.cfg.Sender.AuthservID,
				Hops: d.cfg.Sender.Hops, ReceivedBy: d.cfg.Sender.ReceivedBy}}
	}
	t := &worker.Timers{Store: d.store, Env: d.env, Render: d.render, Wake: timers, Now: d.opts.Now, Log: d.log,
		Turn: d.progress.turns("timers")}
	if d.opts.Shadow {
		return []func(context.Context){p.Run, t.Run, d.watchClock, d.watchCertificates, d.takeCheckpoints}
	}
	s := &worker.Sender{Store: d.store, Wake: outbound, Now: d.opts.Now, Log: d.log, Grace: d.cfg.Worker.ShutdownGrace, Turn: d.progress.turns("send"),
		Observe: func(t worker.Try) { d.meters.tries[t].Add(1) }}
	var clients []*submission.Client
	for range min(d.cfg.Worker.Concurrency, 4) {
		c := submission.New(d.submissionConfig())
		clients, s.Submitters = append(clients, c), append(s.Submitters, submitter{c})
	}
	send := func(ctx context.Context) {
		s.Run(ctx)
		for _, c := range clients {
			_ = c.Close() // a farewell: everything sent was answered
		}
	}
	return append([]func(context.Context){p.Run, send, t.Run, d.watchClock, d.watchCertificates, d.takeCheckpoints}, d.canaries()...)
}

func (d *Daemon) submissionConfig() submission.Config {
	s := d.cfg.Submission
	return submission.Config{Host: s.Host, Port: s.Port, TLS: submission.Mode(s.TLS), Username: s.Username, Password: string(s.Password),
		RootCAs: d.roots(s.CAFile), LocalName: s.LocalName, OnCertificate: func(ends time.Time) { d.certificate("submission", ends) }}
}

// roots reads a CA file, which config has found to be there; nil means the system's authorities.
func (d *Daemon) roots(file string) *x509.CertPool {
	if file == "" {
		return nil
	}
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(file)
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		d.log.Error("the CA file holds no certificate; no server will be trusted", "file", file, "error", err)
	}
	return pool
}

func (d *Daemon) mailboxConfig(m *config.Mailbox) mailbox.Config {
	return mailbox.Config{Host: m.IMAP.Host, Port: m.IMAP.Port, TLS: mailbox.Mode(m.IMAP.TLS), Username: m.IMAP.Username,
		Password: string(m.IMAP.Password), RootCAs: d.roots(m.IMAP.CAFile), Mailbox: m.IMAP.Mailbox, Processed: m.Filing.Processed,
		Quarantine: m.Filing.Quarantine, Other: m.Filing.Other, IdleRefresh: m.IdleRefresh, PollInterval: m.Poll,
		Start: mailbox.Start{Mode: mailbox.StartMode(m.Start.Mode), Since: m.Start.Since}, ReadOnly: d.opts.Shadow,
		OnCertificate: func(ends time.Time) { d.certificate("mailbox "+m.Name, ends) }}
}

func (d *Daemon) setHealth(part, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if why == "" {
		delete(d.health, part)
		return
	}
	d.health[part] = why
}

// Health is nil while the database answers, every mailbox is connected, and canaries come back in time.
func (d *Daemon) Health(ctx context.Context) error {
	var errs []error
	if err := d.store.Ping(ctx); err != nil {
		errs = append(errs, errors.New("database: no answer"))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for part, why := range d.health {
		errs = append(errs, fmt.Errorf("%s: %s", part, why))
	}
	canaries, err := d.store.Canaries(ctx)
	if err != nil {
		return errors.Join(errs...) // the database was named
	}
	for _, c := range canaries {
		if c.LateSince != nil && d.cfg.Canary.Every > 0 {
			errs = append(errs, fmt.Errorf("canary %s: did not come back; look at %s mail", c.Mailbox, c.Where()))
		}
	}
	return errors.Join(errs...)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// observer is the store as the console page sees it.
type observer struct {
	*store.Store
	models []*policy.Model
}

// Requests names roles by their titles.
func (o observer) Requests(ctx context.Context, limit int) ([]access.RequestView, error) {
	all, err := o.Store.Requests(ctx, limit)
	for i := range all {
		for j, id := range all[i].Roles {
			for _, m := range o.models {
				if r, ok := m.Role(id); ok {
					all[i].Roles[j] = r.Title
					break
				}
			}
		}
	}
	return all, err
}

func (o observer) Changed() (<-chan struct{}, func()) { return o.Subscribe(store.TopicView) }

// badgePolicy is what badge holders accept when they register; nil for nothing.
func (d *Daemon) badgePolicy() *access.BadgePolicy {
	if p := d.cfg.BadgePolicy; p != nil {
		return &access.BadgePolicy{URL: p.URL, Version: p.Version}
	}
	return nil
}
