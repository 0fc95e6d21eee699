// Package mailbox owns the IMAP session of one mailbox: it brings new mail to a Sink and files what the Sink has settled.
//
// It is the only importer of go-imap's client. A Runner works in one goroutine, that of Run: SELECT, read what lies
// behind the cursor, file, IDLE, and again. Nothing is trusted to arrive by notification alone: every IDLE is left after
// a while, the mailbox is selected again and a UID SEARCH follows, and now and then all UIDs are compared with the Sink's. The cursor passes a UID only
// when the Sink has a row for it, or when the server no longer has the message. Any error ends the session; the next one
// begins where the Sink says.
//
// go-imap's client knows neither contexts nor response timeouts, so every command runs under a watch that closes the
// TCP connection when the context ends, when the server does not answer in CommandTimeout, or when a message comes too slowly.
package mailbox

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Mode says how the connection to the server is protected.
type Mode string

// The modes. With Off, the password is only ever sent to a loopback host.
const (
	ImplicitTLS Mode = "tls"      // TLS from the first byte (RFC 8314); the default
	StartTLS    Mode = "starttls" // STARTTLS is required
	Off         Mode = "off"      // no TLS
)

// StartMode says what a mailbox that was never read before means.
type StartMode string

// The start modes.
const (
	StartNow   StartMode = "now"   // only what arrives from now on; the default
	StartSince StartMode = "since" // from the first message whose INTERNALDATE is not before Start.Since
	StartAll   StartMode = "all"   // everything
)

// Start is where reading begins the first time.
type Start struct {
	Mode  StartMode
	Since time.Time // only its date counts (RFC 9051 section 6.4.4)
}

// Config describes one mailbox. Host, Port, Username and Password are required; every other zero value has a default.
type Config struct {
	Host               string
	Port               int
	TLS                Mode
	Username, Password string
	RootCAs            *x509.CertPool // nil means the system's
	// OnCertificate is told when the server's certificate ends, at each connection; may be nil.
	OnCertificate func(ends time.Time)
	// ReadOnly opens the mailbox with EXAMINE: nothing on the server changes, and nothing is filed.
	ReadOnly bool

	Mailbox    string // "INBOX"
	Processed  string // folder for settled mail, "/" between levels: "Countersign/Processed"
	Quarantine string // folder for quarantined mail: "Countersign/Quarantine"
	Other      string // folder for mail that is left to people: "Countersign/Other"
	Start      Start

	IdleRefresh    time.Duration // how long one IDLE lasts at most: 4 min
	PollInterval   time.Duration // between looks, where the server has no IDLE: 1 min
	FilingPause    time.Duration // between rounds of filing, since each has the server look at its folders again: 0.5 s
	CommandTimeout time.Duration // how long an answer, or the next message of it, may take: 30 s
	Reconcile      time.Duration // between comparisons of all UIDs with the Sink's: 1 h
	RetryAfter     time.Duration // until a message that could not be fetched is tried again, later at each Reconcile: 4 min

	// Window is how many messages a search finds, or a few more, where it need not find all: 8192. A mailbox may hold a great
	// many, and an answer that names them all takes ten times the memory of their UIDs.
	Window uint32

	MaxMessage int64 // larger messages are kept truncated: 25 MiB
	HeaderKeep int64 // what is kept of them: 256 KiB
	BatchSize  int   // messages per FETCH and per Store: 50
}

func (c Config) withDefaults() Config {
	setDefault(&c.TLS, ImplicitTLS)
	setDefault(&c.Mailbox, "INBOX")
	setDefault(&c.Processed, "Countersign/Processed")
	setDefault(&c.Quarantine, "Countersign/Quarantine")
	setDefault(&c.Other, "Countersign/Other")
	setDefault(&c.Start.Mode, StartNow)
	setDefault(&c.IdleRefresh, 4*time.Minute)
	setDefault(&c.PollInterval, time.Minute)
	setDefault(&c.FilingPause, time.Second/2)
	setDefault(&c.CommandTimeout, 30*time.Second)
	setDefault(&c.Reconcile, time.Hour)
	setDefault(&c.RetryAfter, 4*time.Minute)
	setDefault(&c.MaxMessage, 25<<20)
	setDefault(&c.HeaderKeep, 256<<10)
	setDefault(&c.BatchSize, 50)
	setDefault(&c.Window, 8<<10)
	return c
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

func (c Config) check() error {
	switch c.TLS {
	case ImplicitTLS, StartTLS, Off:
	default:
		return fmt.Errorf("unknown TLS mode %q", c.TLS)
	}
	switch c.Start.Mode {
	case StartNow, StartSince, StartAll:
	default:
		return fmt.Errorf("unknown start mode %q", c.Start.Mode)
	}
	return nil
}

// State is what a Runner is at.
type State string

// The states.
const (
	Connected    State = "connected"    // the mailbox is selected
	Idle         State = "idle"         // everything is read and filed; waiting
	Disconnected State = "disconnected" // a session, or the attempt at one, has ended
)

// Runner reads one mailbox.
type Runner struct {
	cfg     Config
	sink    Sink
	log     *slog.Logger
	onState func(State)
	backoff func(failures int) time.Duration

	notify     chan struct{} // size 1
	filedAt    time.Time     // when a filing was settled last
	reconciled time.Time
	retryAt    time.Time // when what could not be fetched is tried again; zero for nothing
	refused    map[FilingTarget]bool
	trouble    trouble
}

// Option changes a Runner's behaviour; tests and metrics use it.
type Option func(*Runner)

// WithOnState has f called at every change of state, from the goroutine of Run. It must not block.
func WithOnState(f func(State)) Option { return func(r *Runner) { r.onState = f } }

// WithBackoff replaces the wait before the next session, given how many sessions in a row ended without any success.
func WithBackoff(f func(failures int) time.Duration) Option {
	return func(r *Runner) { r.backoff = f }
}

// New returns a Runner for the mailbox of cfg that brings its mail to sink. log should name the mailbox.
func New(cfg Config, sink Sink, log *slog.Logger, opts ...Option) *Runner {
	r := &Runner{
		cfg:     cfg.withDefaults(),
		sink:    sink,
		log:     log,
		onState: func(State) {},
		backoff: jittered,
		notify:  make(chan struct{}, 1),
		refused: map[FilingTarget]bool{},
	}
	for _, opt := range opts {
		opt(r)
	}
	return r
}

// jittered doubles from one second to two minutes, and takes between half and all of that: many mailboxes of one server
// that went down must not come back in step.
func jittered(failures int) time.Duration {
	d := 2 * time.Minute
	if failures < 8 {
		d = time.Second << (failures - 1)
	}
	return d/2 + rand.N(d/2)
}

// Notify wakes the Runner so that it files what was settled. It never blocks.
func (r *Runner) Notify() {
	select {
	case r.notify <- struct{}{}:
	default: // a wake-up is already waiting
	}
}

// Run reads the mailbox until ctx ends, and then returns nil. It reconnects for ever; it returns an error only for a
// Config that cannot work.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.cfg.check(); err != nil {
		return fmt.Errorf("running mailbox %s: %w", r.cfg.Mailbox, err)
	}
	failures := 0
	for {
		reachedIdle, err := r.runSession(ctx)
		r.onState(Disconnected)
		if ctx.Err() != nil {
			return nil
		}
		if reachedIdle {
			failures = 0
		}
		failures++
		wait := r.backoff(failures)
		r.log.Warn("IMAP session ended", "error", err, "retry_in", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}
