package daemon_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/store"
)

const (
	support  = "support@provider.example"
	mx       = "mx.provider.example"
	password = "Sesame-4711-open"
	// limit is how long a test waits for something that is on its way; a machine with much else to do needs minutes.
	limit = 4 * time.Minute
)

// dkimKey is shared by all domains of all tests: making one is slow.
var dkimKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// emptyDatabase is a database with the schema and nothing else: to make the schema takes longer than most tests do.
var emptyDatabase = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	st, err := store.Open(context.Background(), store.Config{Driver: "sqlite", Path: path, Key: make([]byte, 32), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		panic(err)
	}
	if err := st.Close(); err != nil {
		panic(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return data
})

// domains are those that people write from; each signs with DKIM.
var domains = []string{"acme.example", "globex.example", "provider.example", "contractor.example", "stranger.example", "other.example"}

func domain(name string) *mailserver.Domain { return mailserver.DomainWithKey(name, "s1", dkimKey()) }

// clock runs like the real one, ahead of it by what the test has added.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// world is a provider with its mail system, the people who write, and a running daemon.
type world struct {
	t     *testing.T
	mail  *mailserver.Server
	zone  *mailserver.Zone
	clock *clock
	log   *logbook
	dir   string
	setup setup
	main  *running
	taken map[int]bool // deliveries that the test has looked at, by their place in the log

	mu      sync.Mutex
	written int // mails that reached the support mailbox
	visited int // HTTP requests that were answered

	imapPort int // instead of the mail system's own, where it is not 0
}

// zoneDNS is the zone as the daemon sees it where it judges senders itself.
type zoneDNS struct {
	net.Resolver
	zone *mailserver.Zone
}

func (z *zoneDNS) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return z.zone.LookupTXT(ctx, name)
}

// setup is what tests vary.
type setup struct {
	database   string // the section of the config; SQLite when empty
	policy     string
	extra      string // more sections
	mailbox    string // more of the mailbox
	sender     string
	billing    bool                // a second mailbox, accounting@, with team billing
	mailboxes  string              // more mailboxes, in YAML
	submission string              // instead of the mail system's own, in YAML
	plain      bool                // the mailbox takes no subaddresses
	support    string              // the address of the mailbox
	contact    string              // one more contact of Acme's, a Main Contact
	model      string              // role model of Acme; contact-levels when empty
	roles      map[string][]string // of Acme's contacts, in that model
	members    []member            // instead of those
	debugLog   io.Writer           // gets all that is logged, instead of the logbook
	fourEyes   bool
	require    access.Require // pass when empty
	idle       string
}

// running is one daemon.
type running struct {
	*daemon.Daemon
	cancel context.CancelFunc
	ended  chan error
	idle   map[string]chan struct{} // by mailbox; gets a value whenever it is read to its end
}

// newWorld starts the mail system and the daemon, with the roster imported. At the end of the test every mail must be
// accounted for and the audit trail whole.
func newWorld(t *testing.T, s setup) *world {
	t.Helper()
	zone := &mailserver.Zone{}
	for _, name := range domains {
		zone.Publish(domain(name), "reject")
	}
	mail, err := mailserver.Start(context.Background(), mailserver.Config{Hostname: mx, LookupTXT: zone.LookupTXT})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, mail: mail, zone: zone, clock: &clock{}, log: &logbook{}, dir: t.TempDir(), setup: s, taken: map[int]bool{}}
	mail.AddUser(w.support(), password)
	mail.AddUser(accounting, password)
	for _, p := range people {
		mail.AddUser(p.address, password)
	}
	t.Cleanup(func() {
		w.stop()
		w.checkBooks()
		if err := mail.Close(); err != nil {
			t.Error(err)
		}
	})
	if s.database == "" {
		if err := os.WriteFile(filepath.Join(w.dir, "countersign.db"), emptyDatabase(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st := w.openStore()
	w.importRoster(st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	w.start()
	return w
}

func (w *world) support() string { return cmp.Or(w.setup.support, support) }

func (w *world) config() *config.Config {
	w.t.Helper()
	cfg, err := w.parseConfig()
	if err != nil {
		w.t.Fatal(err)
	}
	return cfg
}

func (w *world) parseConfig() (*config.Config, error) {
	w.t.Helper()
	return config.Parse("test.yaml", []byte(w.configText()), w.dir, func(string) (string, bool) { return "", false })
}

// configText is the file that the daemon would be started with.
func (w *world) configText() string {
	w.t.Helper()
	port := func(address string) string {
		_, p, err := net.SplitHostPort(address)
		if err != nil {
			w.t.Fatal(err)
		}
		return p
	}
	database, policy, idle, sender := w.setup.database, w.setup.policy, w.setup.idle, w.setup.sender
	imapPort := port(w.mail.IMAPAddr())
	if w.imapPort != 0 {
		imapPort = strconv.Itoa(w.imapPort)
	}
	if database == "" {
		database = "{driver: sqlite, path: countersign.db}"
	}
	if policy == "" {
		policy = "{undo_window: 0s}"
	}
	if sender == "" {
		sender = "{mode: trusted_header, authserv_id: " + mx + ", hops: 0}"
	}
	if idle == "" {
		idle = "4m"
	}
	second, extra := "", w.setup.extra
	if w.setup.billing {
		second = fmt.Sprintf(`  - name: accounting
    team: billing
    address: %[1]s
    imap: {host: 127.0.0.1, port: %[2]s, tls: "off", username: %[1]s, password: %[3]s}
`, accounting, port(w.mail.IMAPAddr()), password)
	}
	if !strings.Contains(extra, "digest:") {
		extra += "\ndigest: {at: off}\n" // which would come at some hour of the day
	}
	return fmt.Sprintf(`
provider: {name: Example Colo, support_address: %[1]s, web_url: "http://127.0.0.1:8025", portal_url: "https://portal.provider.example"}
database: %[2]s
mailboxes:
  - name: support
    team: support
    address: %[1]s
    idle_refresh: %[7]s
    subaddressing: %[10]t
    %[11]s
    imap: {host: 127.0.0.1, port: %[3]s, tls: "off", username: %[1]s, password: %[5]s}
%[12]ssubmission: %[13]s
sender: %[9]s
policy: %[6]s
web: {listen: "127.0.0.1:0"}
%[8]s`, w.support(), database, imapPort, port(w.mail.SubmissionAddr()), password, policy, idle, extra, sender, !w.setup.plain, w.setup.mailbox, second+w.setup.mailboxes,
		cmp.Or(w.setup.submission, fmt.Sprintf(`{host: 127.0.0.1, port: %s, tls: "off", username: %s, password: %s, from_name: Support}`, port(w.mail.SubmissionAddr()), w.support(), password)))
}

// openStore opens one more store on the daemon's database.
func (w *world) openStore() *store.Store {
	w.t.Helper()
	st, err := daemon.OpenStore(context.Background(), w.config(), daemon.Options{Now: w.clock.Now, LeaseClock: w.clock.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

// start starts the daemon and waits until it reads its mailboxes: what is older than the first look is not its own.
func (w *world) start() {
	w.t.Helper()
	w.main = w.launch()
	w.awaitIdle(w.main)
}

// launch starts a daemon beside any others.
func (w *world) launch() *running {
	w.t.Helper()
	return w.launchWith(w.config(), daemon.Options{Now: w.clock.Now, LeaseClock: w.clock.Now})
}

func (w *world) launchWith(cfg *config.Config, opts daemon.Options) *running {
	w.t.Helper()
	r := &running{ended: make(chan error, 1), idle: map[string]chan struct{}{"support": make(chan struct{}, 1)}}
	if w.setup.billing {
		r.idle["accounting"] = make(chan struct{}, 1)
	}
	log := slog.New(w.log)
	if w.setup.debugLog != nil {
		log = slog.New(slog.NewTextHandler(w.setup.debugLog, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	opts.DNS, opts.OnReading = &zoneDNS{zone: w.zone}, func(name string) {
		select {
		case r.idle[name] <- struct{}{}:
		default:
		}
	}
	d, err := daemon.New(context.Background(), cfg, log, opts)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.Daemon, r.cancel = d, cancel
	go func() { r.ended <- d.Run(ctx) }()
	return r
}

func (w *world) awaitIdle(r *running) {
	w.t.Helper()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for name, idle := range r.idle {
		select {
		case <-idle:
		case err := <-r.ended:
			w.t.Fatalf("the daemon ended early: %v", err)
		case <-timeout.C:
			w.t.Fatalf("the daemon does not read the mailbox %s", name)
		}
	}
}

// stop stops the daemon softly; a second stop does nothing.
func (w *world) stop() {
	w.t.Helper()
	if w.main != nil {
		w.end(w.main)
		w.main = nil
	}
}

func (w *world) end(r *running) {
	w.t.Helper()
	r.cancel()
	if err := <-r.ended; err != nil {
		w.t.Errorf("the daemon ended with %v", err)
	}
}

// checkBooks proves that every mail is accounted for and nothing in the trail was changed.
func (w *world) checkBooks() {
	w.t.Helper()
	st := w.openStore()
	defer st.Close()
	e, err := st.Equation(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if !e.Holds() || e.Counts[access.Pending] != 0 {
		w.t.Errorf("the equation: %+v", e)
	}
	wrong, err := st.VerifyChains(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if len(wrong) > 0 {
		w.t.Errorf("the audit trail:\n%s", strings.Join(wrong, "\n"))
	}
}

func (w *world) importRoster(st *store.Store) {
	w.t.Helper()
	err := st.EditRoster(context.Background(), false, func(r *store.Roster) error {
		for _, c := range clients {
			model, roles := "contact-levels", map[string][]string(nil)
			if w.setup.model != "" && c.name == clients[0].name {
				model, roles = w.setup.model, w.setup.roles
			}
			client := &access.Client{Name: c.name, RoleModel: model, Domains: []string{c.domain}, Require: cmp.Or(w.setup.require, access.RequirePass),
				FourEyes: w.setup.fourEyes}
			if _, err := r.PutClient(context.Background(), client); err != nil {
				return err
			}
			if len(w.setup.members) > 0 && c.name == clients[0].name {
				if err := w.importMembers(r, client); err != nil {
					return err
				}
				continue
			}
			for _, k := range c.contacts {
				contact := &access.Contact{ClientID: client.ID, Name: people[k.who].name, Address: address(w.t, people[k.who].address),
					Roles: []string{k.role}, Kind: access.Person, Badge: k.badge, Portal: true}
				if roles != nil {
					contact.Roles = roles[k.who]
				}
				if _, err := r.PutContact(context.Background(), contact); err != nil {
					return err
				}
			}
		}
		if w.setup.contact != "" {
			acme, err := r.Client(context.Background(), clients[0].name)
			if err != nil {
				return err
			}
			if _, err := r.PutContact(context.Background(), &access.Contact{ClientID: acme.ID, Name: "Other Desk", Kind: access.Person,
				Address: address(w.t, w.setup.contact), Roles: []string{"main_contact"}}); err != nil {
				return err
			}
		}
		for who, team := range staff {
			if _, err := r.PutStaff(context.Background(), &access.Staff{Name: people[who].name, Address: address(w.t, people[who].address),
				Teams: []access.Team{team}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func address(t *testing.T, s string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
