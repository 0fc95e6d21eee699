// Package mailserver is the embedded SMTP and IMAP system of the demo and the tests: an MX of its own, with settable faults.
//
// It is a closed world: every address added with AddUser is local, whatever its domain, and nothing is relayed elsewhere.
// Mail from the world enters on the MX port, where DKIM and DMARC are judged against the injected DNS and written to
// Authentication-Results (RFC 8601); users of the system submit on the submission port after AUTH. Both deliver to
// mailboxes in memory, which are read over IMAP. Mails are kept until Close.
package mailserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// lookupTimeout bounds one DNS look-up of the MX.
const lookupTimeout = 5 * time.Second

// Config says what Start builds. Only Hostname is required.
type Config struct {
	// Listen is the IP address of all ports; 127.0.0.1 when empty.
	Listen string
	// Hostname is the name in banners and Received fields, and the authserv-id (RFC 8601 section 2.2).
	Hostname string
	// TLS, when set, is offered as STARTTLS on all ports; passwords are then taken only under TLS.
	TLS *tls.Config
	// ImplicitTLS speaks TLS from the first octet on the IMAP and submission ports (RFC 8314) instead of STARTTLS.
	ImplicitTLS bool
	// LookupTXT is the DNS that the MX sees, for DKIM keys and DMARC records. When nil every name is missing.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// Sign, when set, signs what a user submits in the user's own name, which then is judged as mail from outside is, as if
	// the user's own provider had sent it.
	// Mail in another's name is refused. When nil, submitted mail only says who logged in (auth=pass).
	Sign func(user string, raw []byte) ([]byte, error)
	// Now is the clock of trace fields and internal dates; time.Now when nil.
	Now func() time.Time
	// Log receives protocol troubles at debug level; nothing is logged when nil.
	Log *slog.Logger
	// IMAPPort, SMTPPort and SubmissionPort are fixed ports; 0 takes a free one.
	IMAPPort, SMTPPort, SubmissionPort int
}

// Server is a running mail system. Its methods may be called from several goroutines.
type Server struct {
	hostname  string
	now       func() time.Time
	log       *slog.Logger
	lookupTXT func(name string) ([]string, error)
	sign      func(user string, raw []byte) ([]byte, error)

	imap, mx, submission *endpoint

	deliveries deliveryLog
	queueID    atomic.Uint64

	mu       sync.Mutex
	accounts map[string]*account // by lower-case address
	faults   Faults
}

// Start listens on the three ports and serves them until Close. ctx bounds the DNS look-ups; its end alone does not stop
// the server.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Hostname == "" {
		return nil, errors.New("mailserver: Config.Hostname is required")
	}
	if cfg.ImplicitTLS && cfg.TLS == nil {
		return nil, errors.New("mailserver: Config.ImplicitTLS needs Config.TLS")
	}
	s := newServer(ctx, cfg)
	listen := cfg.Listen
	if listen == "" {
		listen = "127.0.0.1"
	}
	implicit, startTLS := (*tls.Config)(nil), cfg.TLS
	if cfg.ImplicitTLS {
		implicit, startTLS = cfg.TLS, nil
	}
	insecure := cfg.TLS == nil

	withMove, withoutMove := newFeed(), newFeed()
	s.imap = &endpoint{
		addr: net.JoinHostPort(listen, strconv.Itoa(cfg.IMAPPort)),
		tls:  implicit,
		admit: func() *feed {
			switch f := s.currentFaults(); {
			case f.RefuseIMAP:
				return nil
			case f.NoMove:
				return withoutMove
			default:
				return withMove
			}
		},
	}
	s.imap.serve(withMove, s.imapServer(true, startTLS, insecure))
	s.imap.serve(withoutMove, s.imapServer(false, startTLS, insecure))

	admitSMTP := func(f *feed) func() *feed {
		return func() *feed {
			if s.currentFaults().RefuseSMTP {
				return nil
			}
			return f
		}
	}
	mx, submission := newFeed(), newFeed()
	s.mx = &endpoint{addr: net.JoinHostPort(listen, strconv.Itoa(cfg.SMTPPort)), admit: admitSMTP(mx)}
	s.mx.serve(mx, s.smtpServer(s.newMXSession, cfg.TLS, insecure))
	s.submission = &endpoint{addr: net.JoinHostPort(listen, strconv.Itoa(cfg.SubmissionPort)), admit: admitSMTP(submission), tls: implicit}
	s.submission.serve(submission, s.smtpServer(s.newSubmissionSession, startTLS, insecure))

	for _, e := range s.endpoints() {
		if err := e.start(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("listening on %s: %w", e.address(), err), s.Close())
		}
	}
	return s, nil
}

func newServer(ctx context.Context, cfg Config) *Server {
	s := &Server{
		hostname: cfg.Hostname,
		now:      cfg.Now,
		log:      cfg.Log,
		sign:     cfg.Sign,
		accounts: make(map[string]*account),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	lookup := cfg.LookupTXT
	if lookup == nil {
		lookup = new(Zone).LookupTXT
	}
	s.lookupTXT = func(name string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
		defer cancel()
		return lookup(ctx, name)
	}
	return s
}

// smtpServer configures one SMTP service; its ports and connections belong to an endpoint.
func (s *Server) smtpServer(newSession func(*smtp.Conn) (smtp.Session, error), startTLS *tls.Config, insecure bool) *smtp.Server {
	srv := smtp.NewServer(smtp.BackendFunc(newSession))
	srv.Domain = s.hostname
	srv.TLSConfig = startTLS
	srv.AllowInsecureAuth = insecure
	srv.EnableSMTPUTF8 = true
	srv.EnableDSN = true
	srv.MaxMessageBytes = maxMessageBytes
	srv.ErrorLog = libraryLog{s.log}
	return srv
}

func (s *Server) endpoints() []*endpoint { return []*endpoint{s.imap, s.mx, s.submission} }

// Close cuts all connections, frees the ports and returns when no goroutine of the server is left. A second Close does
// nothing. It must not be called from a function in Faults.
func (s *Server) Close() error {
	var errs []error
	for _, e := range s.endpoints() {
		errs = append(errs, e.close())
	}
	return errors.Join(errs...)
}

// IMAPAddr is the host:port of the IMAP service.
func (s *Server) IMAPAddr() string { return s.imap.address() }

// SMTPAddr is the host:port of the MX: unauthenticated mail from the world.
func (s *Server) SMTPAddr() string { return s.mx.address() }

// SubmissionAddr is the host:port of the submission service (RFC 6409): AUTH with PLAIN or LOGIN is required.
func (s *Server) SubmissionAddr() string { return s.submission.address() }

// libraryLog passes the libraries' printf logging on at debug level: it may hold addresses.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(format string, v ...any) {
	l.log.Debug("protocol trouble", slog.String("text", fmt.Sprintf(format, v...)))
}

func (l libraryLog) Println(v ...any) {
	l.log.Debug("protocol trouble", slog.String("text", fmt.Sprintln(v...)))
}
