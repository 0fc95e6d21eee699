package mailserver_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/mailserver"
)

const (
	hostname = "mx.provider.example"
	support  = "support@provider.example"
	security = "security@provider.example"
	password = "correct horse"
)

var clock = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// dkimKey is shared by all tests: making one takes long under the race detector.
var dkimKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// deadline is the context of one test: long enough for a busy machine, short enough to tell what hung.
func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// start runs a server with two users; zero fields of cfg that the tests do not care about are filled in.
func start(t *testing.T, cfg mailserver.Config) *mailserver.Server {
	t.Helper()
	cfg.Hostname = hostname
	cfg.Now = func() time.Time { return clock }
	s, err := mailserver.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the server: %v", err)
		}
	})
	s.AddUser(support, password)
	s.AddUser(security, password)
	return s
}

// crlf turns a readable message into the octets of the wire.
func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n"))
}

func mailFrom(author string) []byte {
	return crlf("From: " + author + "\nTo: " + support + "\nSubject: Access\nDate: Sat, 21 Nov 2026 12:00:00 +0000\n" +
		"Message-ID: <1@test.example>\n\nHello\n")
}

// send hands a message to the MX.
func send(t *testing.T, s *mailserver.Server, from, to string, raw []byte) {
	t.Helper()
	if err := trySend(s, from, to, raw); err != nil {
		t.Fatalf("sending from %s to %s: %v", from, to, err)
	}
}

func trySend(s *mailserver.Server, from, to string, raw []byte) error {
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		return err
	}
	defer c.Close()
	return c.SendMail(from, []string{to}, bytes.NewReader(raw))
}

// dial logs in over IMAP.
func dial(t *testing.T, s *mailserver.Server, user string, handler *imapclient.UnilateralDataHandler) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(s.IMAPAddr(), &imapclient.Options{UnilateralDataHandler: handler})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatalf("LOGIN: %v", err)
	}
	return c
}

func selectMailbox(t *testing.T, c *imapclient.Client, name string) *imap.SelectData {
	t.Helper()
	data, err := c.Select(name, nil).Wait()
	if err != nil {
		t.Fatalf("SELECT %s: %v", name, err)
	}
	return data
}

// fetchAll returns the raw messages of the selected mailbox.
func fetchAll(t *testing.T, c *imapclient.Client) []string {
	t.Helper()
	section := &imap.FetchItemBodySection{Peek: true}
	list, err := c.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		t.Fatalf("FETCH: %v", err)
	}
	var raws []string
	for _, m := range list {
		raws = append(raws, string(m.FindBodySection(section)))
	}
	return raws
}

// tlsConfigs makes a server's certificate and the client's trust in it.
func tlsConfigs(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: hostname},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}
}
