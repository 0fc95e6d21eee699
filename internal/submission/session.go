package submission

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// session is one authenticated connection. conn is the TCP connection below any TLS: closing it is the only way to free
// a command that waits, because smtp.Client.Close takes the lock that the waiting command holds.
type session struct {
	smtp     *smtp.Client
	conn     *meter
	used     bool // at least one mail was tried on it
	lastUsed time.Time
}

// closeWhenDone closes conn when ctx ends. release undoes that and reports whether it was too late.
func closeWhenDone(ctx context.Context, conn *meter) (release func() (closed bool)) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return func() bool { return !stop() }
}

// dial connects, starts TLS and authenticates. All its errors are transient: a refusal here concerns our account or
// the server, not the mail, which must not be given up for it.
func (c *Client) dial(ctx context.Context) (*session, error) {
	s := &session{lastUsed: time.Now()}
	release := func() bool { return false }
	connect := func(dialCtx context.Context, _, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialCtx, "tcp", net.JoinHostPort(c.cfg.Host, strconv.Itoa(c.cfg.Port)))
		if err != nil {
			return nil, err
		}
		s.conn = newMeter(conn)
		release = closeWhenDone(ctx, s.conn)
		if c.cfg.TLS != ImplicitTLS {
			return s.conn, nil
		}
		secured := tls.Client(s.conn, c.tlsConfig())
		return secured, secured.HandshakeContext(dialCtx)
	}
	client, err := mail.NewClient(c.cfg.Host, append(c.options(), mail.WithDialContextFunc(connect))...)
	if err != nil {
		return nil, sessionError(ctx, "preparing the connection", err)
	}
	s.smtp, err = client.DialToSMTPClientWithContext(ctx)
	if closed := release(); err == nil && closed {
		err = context.Cause(ctx)
	}
	if err != nil {
		if s.conn != nil {
			err = s.conn.explain(err)
			_ = s.conn.Close() // go-mail leaves it open when TLS or AUTH fails
		}
		return nil, sessionError(ctx, "connecting", err)
	}
	return s, nil
}

func (c *Client) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.cfg.Host, RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12,
		VerifyConnection: func(state tls.ConnectionState) error {
			if c.cfg.OnCertificate != nil && len(state.PeerCertificates) > 0 {
				c.cfg.OnCertificate(state.PeerCertificates[0].NotAfter)
			}
			return nil
		}}
}

func (c *Client) options() []mail.Option {
	opts := []mail.Option{
		mail.WithPort(c.cfg.Port),
		mail.WithTimeout(c.cfg.Timeout),
		mail.WithTLSConfig(c.tlsConfig()),
	}
	switch c.cfg.TLS {
	case ImplicitTLS:
		opts = append(opts, mail.WithSSL())
	case Off:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.cfg.LocalName != "" {
		opts = append(opts, mail.WithHELO(c.cfg.LocalName))
	}
	if c.cfg.Username != "" {
		opts = append(opts,
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthPlain, mail.SMTPAuthLogin),
			mail.WithUsername(c.cfg.Username),
			mail.WithPassword(c.cfg.Password))
	}
	return opts
}
