package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/demo"
	"github.com/countersign/countersign/internal/realservers"
)

const realPassword = "secret"

// realStage is the demo's stage on the servers that providers run: Postfix behind OpenDKIM and OpenDMARC with a DNS of the test, Dovecot and PostgreSQL.
type realStage struct {
	servers *demo.Servers
	config  string // file
}

// newRealStage starts the servers. The daemon reads with implicit TLS or STARTTLS, and submits with STARTTLS and AUTH.
func newRealStage(t *testing.T, imapTLS string) *realStage {
	t.Helper()
	domains, err := demo.NewDomains()
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]string{}
	for host, d := range domains {
		name, txt := d.Record()
		records[name] = txt
		records["_dmarc."+host], records[host] = "v=DMARC1; p=reject", "v=spf1 ip4:192.0.2.7 -all"
	}
	dns := realservers.DNS(t, records)
	dovecot := realservers.Dovecot(t, realservers.DovecotConfig{})
	dovecot.AddUser(demo.Support, realPassword)
	for _, p := range demo.People {
		dovecot.AddUser(p.Address, realPassword)
	}
	postfix := realservers.Postfix(t, realservers.PostfixConfig{Hostname: demo.MX, Dovecot: dovecot,
		OpenDKIM: realservers.OpenDKIM(t, demo.MX, dns), OpenDMARC: realservers.OpenDMARC(t, demo.MX, dns)})
	pg := realservers.Postgres(t)

	imapPort := dovecot.IMAPSPort
	if imapTLS == "starttls" {
		imapPort = dovecot.IMAPPort
	}
	listen, err := freeAddress(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"password": realPassword + "\n",
		"dsn":      pg.DSN(pg.NewDatabase(t, "")) + "\n",
		"config.yaml": fmt.Sprintf(`
provider: {name: %q, support_address: %q, web_url: "http://%s"}
database: {driver: postgres, dsn_file: dsn}
mailboxes:
  - name: support
    team: support
    address: %q
    imap: {host: localhost, port: %d, tls: %s, username: %q, password_file: password, ca_file: %s}
submission: {host: localhost, port: %d, tls: starttls, username: %q, password_file: password, ca_file: %s, from_name: %q}
sender: {mode: trusted_header, authserv_id: %q, hops: 2}
policy: {undo_window: 0s}
web: {listen: %q}
log: {level: warn}
`, demo.Provider, demo.Support, listen, demo.Support, imapPort, imapTLS, demo.Support, dovecot.CAFile(),
			postfix.SubmissionPort, demo.Support, postfix.CAFile(), demo.SupportName, demo.MX, listen),
		"clients.yaml": demo.Roster,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &realStage{config: filepath.Join(dir, "config.yaml"), servers: &demo.Servers{
		MX: net.JoinHostPort("127.0.0.1", fmt.Sprint(postfix.MXPort)), IMAP: net.JoinHostPort("127.0.0.1", fmt.Sprint(dovecot.IMAPSPort)),
		IMAPTLS: &tls.Config{RootCAs: dovecot.RootCAs, ServerName: "localhost"}, Password: func(string) string { return realPassword }, Domains: domains}}
}

// The conversation of the demo through `serve` against real servers, set up by the commands an operator uses.
func TestServeConversation(t *testing.T) {
	t.Parallel()
	for _, imapTLS := range []string{"tls", "starttls"} {
		t.Run(imapTLS, func(t *testing.T) {
			t.Parallel()
			serveConversation(t, newRealStage(t, imapTLS))
		})
	}
}

func serveConversation(t *testing.T, stage *realStage) {
	t.Helper()
	must(t, "client", "import", "--config", stage.config, filepath.Join(filepath.Dir(stage.config), "clients.yaml"))

	ctx, stop := context.WithCancel(t.Context())
	var out, errs output
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--config", stage.config}, streams{out: &out, err: &errs}) }()
	defer stop()
	cfg, err := config.Load(stage.config, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.OpenStore(t.Context(), cfg, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	awaitReading(t, func() bool { _, ok, err := st.Cursor(t.Context(), "support"); return err == nil && ok }, ended, &errs)

	script := newScript(&out)
	if err := demo.Play(t.Context(), &demo.Stage{Servers: stage.servers, Now: time.Now, Show: script.step, StepLimit: time.Minute,
		Equation: st.Equation}); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), errs.String())
	}
	stop() // what SIGTERM does
	if code := <-ended; code != exitDone {
		t.Errorf("serve ended with exit code %d\n%s", code, errs.String())
	}
	if out := must(t, "audit", "verify", "--config", stage.config); !strings.Contains(out, "whole") {
		t.Errorf("audit verify: %s", out)
	}
	e, err := st.Equation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !e.Holds() || e.Counts[access.Pending] != 0 || e.Counts[access.Quarantined] != 1 || e.Counts[access.Left] != 1 {
		t.Errorf("the equation: %s", equationText(e))
	}
	forged, err := st.Messages(t.Context(), access.Quarantined, 10)
	if err != nil || len(forged) != 1 || forged[0].Verdict != "fail" || !strings.Contains(string(forged[0].Evidence), "dmarc=fail") {
		t.Errorf("the forged mail is kept as %+v (%v)", forged, err)
	}
	applied, err := st.Messages(t.Context(), access.Applied, 1)
	if err != nil || len(applied) != 1 || !strings.Contains(string(applied[0].Evidence), "dmarc=pass") {
		t.Errorf("an honest mail is kept as %+v (%v)", applied, err)
	}
	t.Logf("%d steps, the slowest took %s (%s → %s)", script.steps, script.slowest.Took, script.slowest.From, script.slowest.To)
}

// awaitReading waits until the daemon has found where to start reading: mail that came before is not read (start: now).
func awaitReading(t *testing.T, reading func() bool, ended <-chan int, errs *output) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !reading() {
		select {
		case code := <-ended:
			t.Fatalf("serve ended early with exit code %d\n%s", code, errs.String())
		case <-limit.C:
			t.Fatalf("the daemon does not read the mailbox\n%s", errs.String())
		case <-look.C:
		}
	}
}
