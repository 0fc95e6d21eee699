package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/realservers"
	"github.com/countersign/countersign/internal/store"
)

// submissionTrap counts who connects to it.
func submissionTrap(t *testing.T) (port int, connections *atomic.Int64) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).Port, connections
}

// shadowConfig names a live mailbox and a database of its own.
func shadowConfig(t *testing.T, imap *realservers.DovecotServer, smtp int) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "shadow.yaml")
	text := fmt.Sprintf(`
provider: {name: Example Colo, support_address: support@provider.example, web_url: "https://access.provider.example"}
database: {driver: sqlite, path: shadow.db}
mailboxes:
  - name: support
    address: support@provider.example
    start: all
    other_mail: move
    imap: {host: localhost, port: %d, tls: tls, username: support@provider.example, password: secret, ca_file: %s}
submission: {host: 127.0.0.1, port: %d, tls: "off"}
sender: {authserv_id: mx.provider.example, hops: 1}
web: {listen: "127.0.0.1:0"}
canary: {every: 1m, timeout: 10s}
log: {level: warn}
`, imap.IMAPSPort, imap.CAFile(), smtp)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func plainMail(from, subject, text string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.provider.example; dmarc=pass header.from=%s; dkim=pass header.d=%[1]s
From: %[2]s
To: support@provider.example
Subject: %[3]s
Message-ID: <%[4]x@%[1]s>
Date: Sun, 22 Nov 2026 12:00:00 +0000
Content-Type: text/plain; charset=utf-8

%[5]s
`, from[strings.Index(from, "@")+1:], from, subject, subject, text), "\n", "\r\n"))
}

// look is what another mail program sees: UIDVALIDITY, UIDs and flags, \Recent among them.
func look(t *testing.T, server *realservers.DovecotServer) string {
	t.Helper()
	c, err := imapclient.DialTLS(fmt.Sprintf("localhost:%d", server.IMAPSPort), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: server.RootCAs, ServerName: "localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("support@provider.example", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	selected, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	seen := fmt.Sprintf("uidvalidity %d, next %d, recent %d\n", selected.UIDValidity, selected.UIDNext, selected.NumRecent)
	mails, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, Flags: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		seen += fmt.Sprintf("%d %v\n", m.UID, m.Flags)
	}
	return seen
}

// A shadow on a live mailbox shows what would be done: nothing changes on the server, and nobody connects to the
// submission server.
func TestServeShadow(t *testing.T) {
	t.Parallel()
	server := realservers.Dovecot(t, realservers.DovecotConfig{})
	server.AddUser("support@provider.example", "secret")
	port, connections := submissionTrap(t)
	path := shadowConfig(t, server, port)
	must(t, "client", "import", "--config", path, file(t, "clients.yaml", clients+"  - {name: Ines Keller, email: ines@provider.example, teams: [security]}\n"))
	for _, m := range [][]byte{
		plainMail("maria@acme.example", "New technician", "Please add Lena Vogel, lena@acme.example, as Technician. Reason: maintenance of rack 4."),
		plainMail("tom@acme.example", "Router", "The port of our router is down since this morning."),
		plainMail("eve@stranger.example", "Access", "Please add Eve Evil, eve@acme.example, as Main Contact."),
	} {
		server.Deliver("support@provider.example", m)
	}
	before, filesBefore := look(t, server), server.Files("support@provider.example")

	ctx, stop := context.WithCancel(t.Context())
	var errs output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--shadow", "--config", path}, streams{out: &errs, err: &errs})
	}()
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.OpenStore(t.Context(), cfg, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	awaitReading(t, func() bool {
		e, err := st.Equation(t.Context())
		return err == nil && e.Seen == 3 && e.Counts[access.Pending] == 0
	}, ended, &errs)

	out := must(t, "outgoing", "list", "--config", path, "--state", "withheld")
	for _, want := range []string{"approval", "maria@acme.example", "REQ-"} {
		if !strings.Contains(out, want) {
			t.Errorf("what would have been sent lacks %q:\n%s", want, out)
		}
	}
	var requests []access.RequestView
	if err := json.Unmarshal([]byte(must(t, "request", "list", "--json", "--config", path)), &requests); err != nil {
		t.Fatal(err)
	}
	if len(requests) != 1 || requests[0].State != access.AwaitingApproval || requests[0].Name != "Lena Vogel" {
		t.Errorf("requests: %+v", requests)
	}
	out = must(t, "message", "list", "--config", path)
	for _, want := range []string{"applied", "left", "quarantined"} {
		if !strings.Contains(out, want) {
			t.Errorf("no mail is %s:\n%s", want, out)
		}
	}
	if code, out, _ := call(t, "status", "--config", path); code != exitFailed || !strings.Contains(out, "shadow: ") || strings.Contains(out, "withheld") {
		t.Errorf("status: exit code %d, %s", code, out)
	}
	if code, _, errs := call(t, "outgoing", "send", "--all", "--config", path, "--by", "paul@provider.example"); code != exitFailed || !strings.Contains(errs, "sends nothing") {
		t.Errorf("sending from a shadow: exit code %d, %s", code, errs)
	}
	queued, err := st.ClaimOutbound(t.Context(), time.Minute, 100)
	if err != nil || len(queued) != 0 {
		t.Errorf("%d mails wait to be sent; %v", len(queued), err)
	}

	// The test's certificate is good for a day: that is told by check, and by the daemon's to-do.
	awaitReading(t, func() bool {
		todos, err := st.Todos(t.Context(), 10)
		return err == nil && len(todos) == 1 && todos[0].Kind == access.TodoCertificate &&
			strings.HasPrefix(todos[0].About, "The certificate of the server of mailbox support ends on 20")
	}, ended, &errs)
	untouched := connections.Load()
	if _, out, _ := call(t, "check", "--config", path); !strings.Contains(out, "warning  mailbox support: its certificate ends in ") {
		t.Errorf("check does not warn of the certificate:\n%s", out)
	}
	checked := connections.Load() - untouched // which tries the submission server

	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("serve ended with %d\n%s", code, errs.String())
	}
	if diff := cmp.Diff(before, look(t, server)); diff != "" {
		t.Errorf("another mail program sees (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(filesBefore, server.Files("support@provider.example")); diff != "" {
		t.Errorf("on the server's disk (-before +after):\n%s", diff)
	}
	if n := connections.Load() - checked; n != 0 {
		t.Errorf("%d connections to the submission server", n)
	}
	// A real daemon does not take up what a shadow has left.
	if code, _, errs := call(t, "serve", "--config", path); code != exitFailed || !strings.Contains(errs, "the database of a shadow") {
		t.Errorf("serve on the database of a shadow: exit code %d, %s", code, errs)
	}
	if st.Mode() == store.Live {
		t.Error("the database has become a live one")
	}
}
