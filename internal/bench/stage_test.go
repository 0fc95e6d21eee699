package bench

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/store"
)

// configText is the daemon's, durable as delivered.
const configText = `
limits: {answers_per_address: 0, answers_per_client: 0}
provider: {name: Example Colo, support_address: %[2]s, web_url: "http://127.0.0.1:8025"}
database: %[1]s
mailboxes:
  - name: support
    team: support
    address: %[2]s
    start: all
    imap: {host: 127.0.0.1, port: %[3]d, tls: "off", username: %[2]s, password: %[4]s}
submission: {host: 127.0.0.1, port: %[5]d, tls: "off", username: %[2]s, password: %[4]s, from_name: Support}
sender: {mode: trusted_header, authserv_id: %[6]s, hops: %[7]d}
web: {listen: "127.0.0.1:0"}
log: {level: warn}
`

func writeConfig(b *testing.B, dir, text string) string {
	b.Helper()
	path := filepath.Join(dir, "config.yaml")
	write(b, path, text)
	return path
}

func openStore(b *testing.B, path string) *store.Store {
	b.Helper()
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		b.Fatal(err)
	}
	st, err := daemon.OpenStore(context.Background(), cfg, daemon.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return st
}

// sink is an SMTP server that takes every mail, shows it to onMail, and forgets it.
type sink struct {
	listener net.Listener
	n        atomic.Int64
	onMail   func(raw []byte) // may be nil; it must be set before the first connection
}

func newSink(b *testing.B) *sink {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &sink{listener: l}
	server := smtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth = "sink.example", true
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(l) }) // it ends when it is closed
	b.Cleanup(func() {
		_ = server.Close()
		wg.Wait()
	})
	return s
}

func (s *sink) port() int    { return s.listener.Addr().(*net.TCPAddr).Port }
func (s *sink) taken() int64 { return s.n.Load() }

// NewSession is a connection to the sink.
func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

type session struct{ sink *sink }

func (*session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (*session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, got string) error {
		if got != password {
			return errors.New("wrong password")
		}
		return nil
	}), nil
}

func (*session) Mail(string, *smtp.MailOptions) error { return nil }
func (*session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.sink.onMail != nil {
		s.sink.onMail(raw)
	}
	s.sink.n.Add(1)
	return nil
}

// firstWords keeps the beginning of what a program writes; a healthy run writes next to nothing.
type firstWords struct {
	mu  sync.Mutex
	all []byte
}

func (t *firstWords) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) < 1<<16 {
		t.all = append(t.all, p...)
	}
	return len(p), nil
}

func (t *firstWords) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.all)
}
