package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/mailserver"
	"github.com/countersign/countersign/internal/realservers"
)

const (
	user     = "support@provider.test"
	password = "secret"
)

// server is what the tests need of an IMAP server: the same bodies run against the embedded one and against Dovecot.
type server interface {
	port() int
	as(address string) server // the same server with another user, which it makes
	deliver(t *testing.T, raw []byte)
	folder(t *testing.T, name string) [][]byte // "/" between levels
	resetUIDValidity(t *testing.T)
	stop(t *testing.T)
	start(t *testing.T)
}

// onBoth runs a test against both servers.
func onBoth(t *testing.T, withMove bool, test func(t *testing.T, s server)) {
	t.Helper()
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, startEmbedded(t, mailserver.Faults{NoMove: !withMove}))
	})
	t.Run("dovecot", func(t *testing.T) {
		t.Parallel()
		cfg := realservers.DovecotConfig{}
		if !withMove {
			cfg.Capability = "IMAP4rev1 SASL-IR ID ENABLE IDLE UIDPLUS LITERAL+ NAMESPACE"
		}
		test(t, startDovecot(t, cfg))
	})
}

type embedded struct {
	*mailserver.Server
	user string
}

func startEmbedded(t *testing.T, faults mailserver.Faults) embedded {
	t.Helper()
	s, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: "mx.provider.test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.AddUser(user, password)
	s.SetFaults(faults)
	return embedded{s, user}
}

func (s embedded) as(address string) server {
	s.AddUser(address, password)
	return embedded{s.Server, address}
}

func (s embedded) port() int {
	_, port, _ := net.SplitHostPort(s.IMAPAddr())
	n, _ := strconv.Atoi(port)
	return n
}

func (s embedded) deliver(t *testing.T, raw []byte) {
	t.Helper()
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("sender@client.test", []string{s.user}, bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
}

func (s embedded) folder(t *testing.T, name string) [][]byte {
	t.Helper()
	list, err := s.Messages(s.user, name)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s embedded) resetUIDValidity(t *testing.T) {
	t.Helper()
	if err := s.ResetUIDValidity(s.user, "INBOX"); err != nil {
		t.Fatal(err)
	}
}

func (s embedded) stop(t *testing.T) {
	t.Helper()
	if err := s.StopIMAP(); err != nil {
		t.Fatal(err)
	}
}

func (s embedded) start(t *testing.T) {
	t.Helper()
	if err := s.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
}

type dovecot struct {
	*realservers.DovecotServer
	user string
}

func startDovecot(t *testing.T, cfg realservers.DovecotConfig) dovecot {
	t.Helper()
	s := realservers.Dovecot(t, cfg)
	s.AddUser(user, password)
	return dovecot{s, user}
}

func (s dovecot) as(address string) server {
	s.AddUser(address, password)
	return dovecot{s.DovecotServer, address}
}

func (s dovecot) port() int                        { return s.IMAPPort }
func (s dovecot) deliver(_ *testing.T, raw []byte) { s.Deliver(s.user, raw) }
func (s dovecot) folder(_ *testing.T, name string) [][]byte {
	return s.Messages(s.user, strings.ReplaceAll(name, "/", "."))
}
func (s dovecot) resetUIDValidity(*testing.T) { s.ResetUIDValidity(s.user) }
func (s dovecot) stop(*testing.T)             { s.Stop() }
func (s dovecot) start(*testing.T)            { s.Start() }

// configFor is a Config with times short enough for tests.
func configFor(port int) Config {
	return Config{
		Host: "127.0.0.1", Port: port, TLS: Off, Username: user, Password: password,
		Start: Start{Mode: StartAll}, CommandTimeout: 4 * time.Second,
	}
}

// run runs a Runner until the test ends, or until the returned function stops it.
func run(t *testing.T, cfg Config, sink *memory) (r *Runner, stop func()) {
	t.Helper()
	return runLogged(t, cfg, sink, io.Discard)
}

func runLogged(t *testing.T, cfg Config, sink *memory, log io.Writer) (r *Runner, stop func()) {
	t.Helper()
	r = New(cfg, sink, slog.New(slog.NewTextHandler(log, nil)),
		WithOnState(func(s State) { sink.change(func() { sink.states = append(sink.states, s) }) }),
		WithBackoff(func(int) time.Duration { return 5 * time.Millisecond }))
	sink.notify = r.Notify
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stopped := false
	stop = func() {
		t.Helper()
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(2 * logoutTimeout):
			t.Error("Run did not return promptly")
		}
	}
	t.Cleanup(stop)
	return r, stop
}

// message is a mail of about size bytes that can be told from others.
func message(n, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Ann <ann@client.test>\r\nTo: %s\r\nSubject: mail %d\r\nMessage-ID: <%d@client.test>\r\n\r\n", user, n, n)
	for line := 0; b.Len() < size; line++ {
		fmt.Fprintf(&b, "mail %d line %d %060d\r\n", n, line, line)
	}
	return b.Bytes()
}

// checkWhole fails unless every message arrived as it was sent, below the trace fields of the delivery.
func checkWhole(t *testing.T, got []Fetched, want ...[]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for i, f := range got {
		if !bytes.HasSuffix(f.Raw, want[i]) || f.Truncated || f.Unfetchable != "" || f.Size != int64(len(f.Raw)) {
			t.Errorf("message %d (UID %d): %d bytes of announced %d, truncated %v, unfetchable %q; sent were %d bytes",
				i, f.UID, len(f.Raw), f.Size, f.Truncated, f.Unfetchable, len(want[i]))
		}
		if age := time.Since(f.InternalDate); age < -time.Hour || age > time.Hour {
			t.Errorf("message %d has the INTERNALDATE %v", i, f.InternalDate)
		}
	}
}

// colleague is another IMAP client of the same mailbox, with the mailbox selected.
func colleague(t *testing.T, s server) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port())), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// deleteUID expunges one message.
func deleteUID(t *testing.T, c *imapclient.Client, uid uint32) {
	t.Helper()
	set := imap.UIDSetNum(imap.UID(uid))
	if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.UIDExpunge(set).Close(); err != nil {
		t.Fatal(err)
	}
}

// appendMail puts a message into the mailbox as if it had been received at a time.
func appendMail(t *testing.T, c *imapclient.Client, raw []byte, received time.Time) {
	t.Helper()
	command := c.Append("INBOX", int64(len(raw)), &imap.AppendOptions{Time: received})
	if _, err := command.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := command.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := command.Wait(); err != nil {
		t.Fatal(err)
	}
}

func proxyTo(t *testing.T, port int) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func testContext(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
