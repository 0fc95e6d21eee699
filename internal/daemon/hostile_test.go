package daemon_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority issues the certificates of hostile servers: the daemon trusts it.
type authority struct {
	t      *testing.T
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	caFile string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, caFile: filepath.Join(t.TempDir(), "ca.pem")}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert, a.key = a.issue(template)
	if err := os.WriteFile(a.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue signs a certificate with the authority's key, or with its own for the first.
func (a *authority) issue(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// server makes the TLS side of a server at 127.0.0.1, whose certificate change may spoil.
func (a *authority) server(change func(*x509.Certificate)) *tls.Config {
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(template)
	}
	cert, key := a.issue(template)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

// certificates are what a hostile server can show.
type certificates struct{ good, expired, elsewhere, untrusted, old *tls.Config }

func newCertificates(t *testing.T, a *authority) certificates {
	t.Helper()
	c := certificates{good: a.server(nil), old: a.server(nil), untrusted: newAuthority(t).server(nil),
		expired:   a.server(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }),
		elsewhere: a.server(func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"mail.stranger.example"} })}
	c.old.MaxVersion = tls.VersionTLS11
	return c
}

// hostile is a server at a port of its own, and keeps what reached it in the clear.
type hostile struct {
	t        *testing.T
	listener net.Listener
	wg       sync.WaitGroup

	mu    sync.Mutex
	play  func(*wire)
	clear bytes.Buffer
	conns map[net.Conn]bool
	taken int // mails taken at their dot, by a server that had said so
}

func serveHostile(t *testing.T, play func(*wire)) *hostile {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{t: t, listener: l, play: play, conns: map[net.Conn]bool{}}
	h.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			h.wg.Go(func() { h.serve(conn) })
		}
	})
	t.Cleanup(h.close)
	return h
}

func (h *hostile) port() int { return h.listener.Addr().(*net.TCPAddr).Port }

// script changes what connections from now on meet.
func (h *hostile) script(play func(*wire)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.play = play
	for conn := range h.conns {
		conn.Close()
	}
}

func (h *hostile) close() {
	h.listener.Close()
	h.script(nil)
	h.wg.Wait()
}

func (h *hostile) serve(conn net.Conn) {
	h.mu.Lock()
	play := h.play
	h.conns[conn] = true
	h.mu.Unlock()
	w := &wire{h: h, conn: conn, r: bufio.NewReader(conn)}
	defer func() {
		conn.Close()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.conns, conn)
	}()
	if play != nil {
		play(w)
	}
}

// inClear is all that was said to the server without TLS.
func (h *hostile) inClear() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clear.String()
}

// accepted is how many mails were taken in due form.
func (h *hostile) accepted() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.taken
}

// wire is one connection to a hostile server.
type wire struct {
	h      *hostile
	conn   net.Conn
	r      *bufio.Reader
	secure bool
}

// line is the next line from the daemon, without its end; ok is false when it has gone.
func (w *wire) line() (line string, ok bool) {
	line, err := w.r.ReadString('\n')
	if !w.secure {
		w.h.mu.Lock()
		w.h.clear.WriteString(line)
		w.h.mu.Unlock()
	}
	return strings.TrimRight(line, "\r\n"), err == nil
}

// say writes as it stands, and reports whether somebody still listens.
func (w *wire) say(format string, args ...any) bool {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	_, err := w.conn.Write([]byte(text))
	return err == nil
}

// forever says the same until nobody listens.
func (w *wire) forever(text string) {
	block := strings.Repeat(text, 1+8192/len(text))
	for w.say("%s", block) {
	}
}

// trickle says a byte in a second.
func (w *wire) trickle(text string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := range text {
		<-tick.C
		if !w.say("%s", text[i:i+1]) {
			return
		}
	}
}

// hush says nothing more, and keeps what comes.
func (w *wire) hush() {
	for ok := true; ok; {
		_, ok = w.line()
	}
}

// upgrade begins TLS; without a configuration the server has none.
func (w *wire) upgrade(config *tls.Config) bool {
	if config == nil {
		return false
	}
	secured := tls.Server(w.conn, config)
	if secured.Handshake() != nil {
		return false
	}
	w.conn, w.r, w.secure = secured, bufio.NewReader(secured), true
	return true
}
