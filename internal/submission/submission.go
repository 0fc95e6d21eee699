// Package submission hands stored bytes to an SMTP server and tells a permanent refusal from a transient one.
//
// It is the only importer of go-mail's SMTP client. The bytes go out as they are: rendering, signing and the Message-ID
// belong to whoever stored them, so that a repeated Send is byte-identical. One envelope has one recipient, because a
// refused RCPT would otherwise decide for the others.
package submission

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Mode says how the connection to the server is protected.
type Mode string

// The modes. With Off, a password is only ever sent to the loopback host.
const (
	StartTLS    Mode = "starttls" // STARTTLS is required (RFC 3207); the default
	ImplicitTLS Mode = "tls"      // TLS from the first byte (RFC 8314)
	Off         Mode = "off"      // no TLS
)

// defaultTimeout bounds one Send, transfer included.
const defaultTimeout = 2 * time.Minute

// idleLimit is how long a kept connection may rest before the next Send prefers a fresh one: a middlebox may have
// forgotten it, and that costs a whole timeout to find out.
const idleLimit = time.Minute

// quitTimeout bounds the farewell: nothing depends on it.
const quitTimeout = 5 * time.Second

// Config describes the server. Host and Port are required.
type Config struct {
	Host string
	Port int
	TLS  Mode // "" means StartTLS

	Username, Password string // no AUTH when Username is empty

	RootCAs   *x509.CertPool // nil means the system's
	Timeout   time.Duration  // bounds one Send; 0 means two minutes
	LocalName string         // EHLO name; "" means the host's name
	// OnCertificate is told when the server's certificate ends, at each connection; may be nil.
	OnCertificate func(ends time.Time)
}

// Envelope is the MailFrom and the single recipient (RFC 5321 section 2.3.1). An empty MailFrom is the null
// reverse-path <>. Both are bare addresses without angle brackets.
type Envelope struct{ MailFrom, Rcpt string }

// Client sends over one kept connection. Its methods may be called from several goroutines; sends take turns.
type Client struct {
	cfg     Config
	turn    chan struct{} // holds one token: whoever has it owns session
	session *session
}

// New returns a client that connects at the first Send.
func New(cfg Config) *Client {
	if cfg.TLS == "" {
		cfg.TLS = StartTLS
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	c := &Client{cfg: cfg, turn: make(chan struct{}, 1)}
	c.turn <- struct{}{}
	return c
}

// Send submits raw, a whole message with CRLF line ends. It returns nil once the server has taken responsibility for
// it, else an *Error. It returns soon after ctx ends, whatever the server does.
func (c *Client) Send(ctx context.Context, env Envelope, raw []byte) error {
	if err := checkEnvelope(env); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	select {
	case <-c.turn:
		defer func() { c.turn <- struct{}{} }()
	case <-ctx.Done():
		return sessionError(ctx, "waiting for the connection", ctx.Err())
	}

	if c.session != nil && time.Since(c.session.lastUsed) > idleLimit {
		c.drop()
	}
	if c.session != nil {
		err := c.transact(ctx, env, raw)
		if !errors.Is(err, errStale) {
			return err
		}
	}
	session, err := c.dial(ctx)
	if err != nil {
		return err
	}
	c.session = session
	return c.transact(ctx, env, raw)
}

// Close ends the kept connection with a QUIT, once a running Send is through. The client may be used again.
func (c *Client) Close() error {
	<-c.turn
	defer func() { c.turn <- struct{}{} }()
	if c.session == nil {
		return nil
	}
	defer c.drop()
	if err := c.session.smtp.UpdateDeadline(quitTimeout); err != nil {
		return fmt.Errorf("quitting: %w", err)
	}
	if err := c.session.smtp.Quit(); err != nil {
		return fmt.Errorf("quitting: %w", err)
	}
	return nil
}

// drop closes the connection without a word.
func (c *Client) drop() {
	if c.session != nil {
		_ = c.session.conn.Close() // what the peer thinks of it no longer matters
		c.session = nil
	}
}

// transact runs one mail transaction on the current session and keeps the session only if it is in a known state.
func (c *Client) transact(ctx context.Context, env Envelope, raw []byte) error {
	s := c.session
	if err := s.checkExtensions(env, raw); err != nil {
		return err
	}
	release := closeWhenDone(ctx, s.conn)
	err := s.send(ctx, env, raw, c.cfg.Timeout)
	if err != nil && !s.reset(err) || err == nil && s.unasked() != nil {
		c.drop()
	}
	s.used, s.lastUsed = true, time.Now()
	if closed := release(); closed {
		c.drop()
	}
	return err
}

// send runs MAIL, RCPT and DATA.
func (s *session) send(ctx context.Context, env Envelope, raw []byte, timeout time.Duration) error {
	// The deadline of the previous mail is still set on a kept connection.
	if err := s.smtp.UpdateDeadline(timeout); err != nil {
		return sessionError(ctx, "setting the deadline", err)
	}
	s.conn.left.Store(replyLimit)
	if err := s.unasked(); err != nil {
		return newError(ctx, "MAIL", err)
	}
	if err := s.smtp.Mail("<" + env.MailFrom + ">"); err != nil {
		if s.used && isStale(err) {
			return errStale
		}
		return newError(ctx, "MAIL", err)
	}
	if err := s.unasked(); err != nil {
		return newError(ctx, "RCPT", err)
	}
	if err := s.smtp.Rcpt("<" + env.Rcpt + ">"); err != nil {
		return newError(ctx, "RCPT", err)
	}
	if err := s.unasked(); err != nil {
		return newError(ctx, "DATA", err)
	}
	w, err := s.smtp.Data()
	if err != nil {
		return newError(ctx, "DATA", err)
	}
	if err := s.unasked(); err != nil {
		return newError(ctx, "DATA", err)
	}
	if _, err := w.Write(raw); err != nil {
		return newError(ctx, "writing the message", err)
	}
	return endOfData(ctx, w)
}

// errUnasked means that replies and commands do not belong together any more: what is taken for the answer to one command
// was said before it.
var errUnasked = errors.New("the server answers what it was not asked")

// unasked is errUnasked where a reply lies there before its command is sent.
func (s *session) unasked() error {
	if s.smtp.Text.R.Buffered() > 0 {
		return errUnasked
	}
	return nil
}

// endOfData sends the final dot. From here until the answer nobody but the server knows whether it has the message.
func endOfData(ctx context.Context, w io.Closer) error {
	err := w.Close()
	if err == nil {
		return nil
	}
	e := newError(ctx, "end of data", err)
	e.Ambiguous = e.Code == 0
	return e
}

// checkExtensions refuses what the server would have to refuse, and asks for SMTPUTF8 only where it is needed: a
// message marked SMTPUTF8 bounces at the first relay that lacks it (RFC 6531 section 3.2).
func (s *session) checkExtensions(env Envelope, raw []byte) error {
	header := raw
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		header = raw[:i]
	}
	utf8 := !isASCII(env.MailFrom) || !isASCII(env.Rcpt) || !isASCII(string(header))
	s.smtp.SkipSMTPUTF8(!utf8)
	if offered, _ := s.smtp.Extension("SMTPUTF8"); utf8 && !offered {
		return &Error{Enhanced: "5.6.7", Permanent: true, Err: errors.New("the message needs SMTPUTF8, which the server does not offer")}
	}
	if _, limit := s.smtp.Extension("SIZE"); limit != "" {
		if n, err := strconv.ParseInt(limit, 10, 64); err == nil && n > 0 && int64(len(raw)) > n { // RFC 1870 section 4: 0 is no limit
			return &Error{Enhanced: "5.3.4", Permanent: true, Err: fmt.Errorf("the message has %d bytes, the server takes %d", len(raw), n)}
		}
	}
	return nil
}

// reset makes the session ready for the next mail after err, and reports whether it is.
func (s *session) reset(err error) bool {
	reply, ok := asReply(err)
	if !ok || reply.Code == 421 { // RFC 5321 section 3.8: the server is closing
		return false
	}
	return s.smtp.Reset() == nil
}

// isStale tells whether a kept connection had ended before MAIL: nothing of this mail was sent.
func isStale(err error) bool {
	reply, ok := asReply(err)
	return !ok || reply.Code == 421
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
