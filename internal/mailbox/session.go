package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// session is one connection with the mailbox selected.
type session struct {
	cfg      Config
	conn     *meter // the TCP connection below any TLS
	client   *imapclient.Client
	caps     imap.CapSet
	selected *imap.SelectData
	folders  map[FilingTarget]string // names in the server's own hierarchy, of those that exist
	news     chan struct{}           // size 1: the server has announced a message
}

// logoutTimeout bounds the farewell: nothing depends on it.
const logoutTimeout = 2 * time.Second

// runSession opens a session and works in it until an error or the end of ctx.
func (r *Runner) runSession(ctx context.Context) (reachedIdle bool, err error) {
	s, err := connect(ctx, r.cfg)
	if err != nil {
		return false, err
	}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return false, err
	}
	cursor, err := r.findCursor(ctx, s)
	if err != nil {
		return false, err
	}
	r.onState(Connected)
	r.log.Info("mailbox selected", "uid_validity", s.selected.UIDValidity, "messages", s.selected.NumMessages)
	for {
		if !r.cfg.ReadOnly {
			if err := r.file(ctx, s); err != nil {
				return reachedIdle, err
			}
		}
		if cursor, err = r.readNew(ctx, s, cursor); err != nil {
			return reachedIdle, err
		}
		if err := r.reconcile(ctx, s, cursor); err != nil {
			return reachedIdle, err
		}
		reachedIdle = true
		if err := r.wait(ctx, s); err != nil {
			return reachedIdle, err
		}
	}
}

// connect dials, starts TLS and waits for the greeting.
func connect(ctx context.Context, cfg Config) (*session, error) {
	s := &session{cfg: cfg, news: make(chan struct{}, 1), folders: map[FilingTarget]string{}}
	address := net.JoinHostPort(cfg.Host, strconv.Itoa(cfg.Port))
	dialer := net.Dialer{Timeout: cfg.CommandTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	s.conn = newMeter(conn)
	err = watchedErr(ctx, s, "connecting to "+address, func() error { return s.greet(ctx) })
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// greet makes the IMAP client out of the TCP connection.
func (s *session) greet(ctx context.Context) error {
	config := &tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.RootCAs, MinVersion: tls.VersionTLS12,
		VerifyConnection: func(state tls.ConnectionState) error {
			if s.cfg.OnCertificate != nil && len(state.PeerCertificates) > 0 {
				s.cfg.OnCertificate(state.PeerCertificates[0].NotAfter)
			}
			return nil
		}}
	options := &imapclient.Options{
		TLSConfig:   config,
		DebugWriter: &guard{meter: s.conn},
		// The handler runs on the client's reader: it must not block nor issue commands.
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				wake(s.news)
			}
		}},
	}
	switch s.cfg.TLS {
	case ImplicitTLS:
		config.NextProtos = []string{"imap"}
		secured := tls.Client(s.conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return err
		}
		s.client = imapclient.New(secured, options)
	case StartTLS:
		client, err := imapclient.NewStartTLS(s.conn, options)
		if refusal := (*imap.Error)(nil); errors.As(err, &refusal) {
			return fmt.Errorf("the server refuses STARTTLS: %w", err)
		} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("the server ended the connection before TLS: %w", err)
		} else if err != nil {
			return err
		}
		s.client = client
	default:
		s.client = imapclient.New(s.conn, options)
	}
	return s.client.WaitGreeting()
}

// open authenticates and selects the mailbox.
func (s *session) open(ctx context.Context) error {
	if err := watchedErr(ctx, s, "authenticating", s.authenticate); err != nil {
		return err
	}
	return s.selectMailbox(ctx)
}

func (s *session) selectMailbox(ctx context.Context) error {
	selected, err := watched(ctx, s, "selecting "+s.cfg.Mailbox, func() (*imap.SelectData, error) {
		return s.client.Select(s.cfg.Mailbox, &imap.SelectOptions{ReadOnly: s.cfg.ReadOnly}).Wait()
	})
	if err != nil {
		return err
	}
	if selected.UIDValidity == 0 {
		return fmt.Errorf("selecting %s: the server gave no UIDVALIDITY", s.cfg.Mailbox)
	}
	s.selected = selected
	return nil
}

func (s *session) authenticate() error {
	if s.client.State() == imap.ConnStateNotAuthenticated {
		if s.cfg.TLS == Off && !isLoopback(s.cfg.Host) {
			return errors.New("the password is not sent without TLS")
		}
		if err := s.sendPassword(); err != nil {
			return err
		}
	}
	if s.caps = s.client.Caps(); s.caps == nil {
		return errors.New("the server did not tell its capabilities")
	}
	return nil
}

func (s *session) sendPassword() error {
	switch caps := s.client.Caps(); {
	case caps.Has(imap.AuthCap(sasl.Plain)):
		return s.client.Authenticate(sasl.NewPlainClient("", s.cfg.Username, s.cfg.Password))
	case caps.Has(imap.CapLoginDisabled):
		return errors.New("the server offers neither AUTH=PLAIN nor LOGIN")
	default:
		return s.client.Login(s.cfg.Username, s.cfg.Password).Wait()
	}
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// logout says goodbye. The context has already ended, so only the clock bounds it.
func (s *session) logout(leaveIdle func() error) {
	timer := time.AfterFunc(logoutTimeout, func() { _ = s.conn.Close() })
	defer timer.Stop()
	if leaveIdle() == nil {
		_ = s.client.Logout().Wait() // a courtesy: the session is over in any case
	}
}

// close ends the connection and waits for the client's reader to end.
func (s *session) close() {
	_ = s.conn.Close()
	if s.client != nil {
		_ = s.client.Close() // reports only what ended the connection, which was reported already
	}
}

// wake makes a size-1 channel readable.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
