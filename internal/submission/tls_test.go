package submission

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// authServer accepts mail from those who authenticated as user with the password secret.
type authServer struct {
	mechanism string
	mu        sync.Mutex
	got       []string
}

type authSession struct {
	s             *authServer
	authenticated bool
}

func (s *authServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &authSession{s: s}, nil }

func (x *authSession) AuthMechanisms() []string { return []string{x.s.mechanism} }

func (x *authSession) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != "user" || password != "secret" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad credentials"}
		}
		x.authenticated = true
		return nil
	}
	if mechanism == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer is AUTH LOGIN, which go-sasl only has for clients.
type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	default:
		return nil, true, l.check(l.user, string(response))
	}
}

func (x *authSession) Mail(string, *smtp.MailOptions) error {
	if !x.authenticated {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (x *authSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (x *authSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.got = append(x.s.got, string(b))
	return err
}
func (x *authSession) Reset()        {}
func (x *authSession) Logout() error { return nil }

func (s *authServer) start(t *testing.T, mode Mode) Config {
	t.Helper()
	cert, pool := selfSigned(t)
	srv := smtp.NewServer(s)
	srv.Domain = "server.test"
	srv.AllowInsecureAuth = true
	srv.ErrorLog = log.New(io.Discard, "", 0) // refused certificates are meant
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case StartTLS:
		srv.TLSConfig = config
	case ImplicitTLS:
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		<-done
	})
	return Config{Host: "127.0.0.1", Port: port, TLS: mode, RootCAs: pool, Username: "user", Password: "secret", Timeout: 20 * time.Second}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSAndAuth(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{StartTLS, ImplicitTLS, Off} {
		for _, mechanism := range []string{sasl.Plain, sasl.Login} {
			t.Run(string(mode)+mechanism, func(t *testing.T) {
				t.Parallel()
				s := &authServer{mechanism: mechanism}
				c := New(s.start(t, mode))
				if err := c.Send(t.Context(), toB, mailNumber(1)); err != nil {
					t.Fatal(err)
				}
				if err := c.Close(); err != nil {
					t.Fatal(err)
				}
				if len(s.got) != 1 || s.got[0] != string(mailNumber(1)) {
					t.Errorf("the server got %q", s.got)
				}
			})
		}
	}
}

func TestWrongPasswordIsTransient(t *testing.T) {
	t.Parallel()
	cfg := (&authServer{mechanism: sasl.Plain}).start(t, StartTLS)
	cfg.Password = "not the one"
	got := asError(t, New(cfg).Send(t.Context(), toB, mailNumber(1)))
	if got.Code != 535 || got.Permanent {
		t.Errorf("got %+v, want a transient 535", got)
	}
	if strings.Contains(got.Error(), cfg.Password) {
		t.Errorf("the error shows the password: %v", got)
	}
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{StartTLS, ImplicitTLS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := &authServer{mechanism: sasl.Plain}
			cfg := s.start(t, mode)
			cfg.RootCAs = x509.NewCertPool()
			err := New(cfg).Send(t.Context(), toB, mailNumber(1))
			var untrusted *tls.CertificateVerificationError
			if got := asError(t, err); got.Permanent || !errors.As(err, &untrusted) {
				t.Errorf("got %+v, want a transient certificate error", got)
			}
		})
	}
}

// TestStartTLSIsRequired: a server, or somebody in between, that does not offer STARTTLS gets neither password nor mail.
func TestStartTLSIsRequired(t *testing.T) {
	t.Parallel()
	s := serve(t, on("EHLO", "250-server.test\r\n250 AUTH PLAIN LOGIN"))
	s.cfg.TLS, s.cfg.Username, s.cfg.Password = "", "user", "secret"
	got := asError(t, New(s.cfg).Send(t.Context(), toB, mailNumber(1)))
	if got.Permanent {
		t.Errorf("got %+v, want a transient error", got)
	}
	commands, _, _ := s.seen()
	for _, line := range commands {
		if !strings.HasPrefix(line, "EHLO") {
			t.Errorf("the client said %q without TLS", line)
		}
	}
}
