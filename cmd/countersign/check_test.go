package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/mailserver"
)

// mailConfig writes a config for the embedded mail system.
func mailConfig(t *testing.T, password string) string {
	t.Helper()
	mail, err := mailserver.Start(context.Background(), mailserver.Config{Hostname: "mx.provider.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mail.Close() })
	mail.AddUser("support@provider.example", "secret")
	port := func(address string) string { _, p, _ := net.SplitHostPort(address); return p }
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf(`
provider: {name: Example Colo, support_address: support@provider.example, web_url: "https://access.provider.example"}
database: {driver: sqlite, path: test.db}
mailboxes:
  - name: support
    address: support@provider.example
    imap: {host: 127.0.0.1, port: %s, tls: "off", username: support@provider.example, password: %s}
submission: {host: 127.0.0.1, port: %s, tls: "off", username: support@provider.example, password: %s}
sender: {authserv_id: mx.provider.example}
web: {listen: "127.0.0.1:0"}
`, port(mail.IMAPAddr()), password, port(mail.SubmissionAddr()), password)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheck(t *testing.T) {
	t.Parallel()
	path := mailConfig(t, "secret")
	cfg := "--config=" + path
	out := must(t, "check", cfg)
	for _, want := range []string{"mailbox support: signed in; INBOX holds 0 mails", "submission: connected", "version 0 of", "Authentication-Results: mx.provider.example"} {
		if !strings.Contains(out, want) {
			t.Errorf("a fresh config: no %q in\n%s", want, out)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "test.db")); err == nil {
		t.Error("check has made the database")
	}
	if code, out, _ := call(t, "migrate", cfg, "--status"); code != exitFailed || !strings.Contains(out, "version 0") {
		t.Errorf("migrate --status: exit code %d\n%s", code, out)
	}
	if out := must(t, "migrate", cfg); !strings.Contains(out, "migrated to version") {
		t.Errorf("migrate:\n%s", out)
	}
	must(t, "migrate", cfg, "--status")
	if code, out, _ := call(t, "check", cfg); code != exitFailed || !strings.Contains(out, "problem  staff: nobody is in team support") ||
		!strings.Contains(out, "→ countersign staff add --team support") {
		t.Errorf("without staff: exit code %d\n%s", code, out)
	}
	in := file(t, "clients.yaml", `clients:
  - name: Acme
    role_model: contact-levels
    four_eyes: yes
    domains: [acme.example]
    contacts: [{name: Maria, email: maria@acme.example, roles: [main_contact]}]
  - name: Globex
    role_model: contact-levels
    domains: [globex.example]
    contacts: [{name: Tom, email: tom@globex.example, roles: [technician]}]
staff:
  - {name: Paul, email: paul@provider.example, teams: [support, security]}
`)
	must(t, "client", "import", cfg, in)
	code, out, _ := call(t, "check", cfg)
	for _, want := range []string{"warning  client Acme: four-eyes is on and only one person", "warning  client Globex: nobody may approve",
		"problem  staff: one person is both teams", "its schema has version"} {
		if code != exitFailed || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, out)
		}
	}
	must(t, "staff", "add", cfg, "--name=Ines", "--email=ines@provider.example", "--team=security")
	var found []daemon.Finding
	if err := json.Unmarshal([]byte(must(t, "check", cfg, "--json")), &found); err != nil || len(found) < 8 {
		t.Errorf("as JSON: %v, %d findings", err, len(found))
	}
	if err := os.Remove(filepath.Join(filepath.Dir(path), "secret.key")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, "check", cfg); code != exitFailed || !strings.Contains(out, "there is a database, and not its key") {
		t.Errorf("without the key: exit code %d\n%s", code, out)
	}
}

// What fails says what to do, and a wrong config is another exit code.
func TestCheckFails(t *testing.T) {
	t.Parallel()
	code, out, errs := call(t, "check", "--config="+mailConfig(t, "wrong"))
	for _, want := range []string{"problem  mailbox support: ", "→ check imap.username, imap.password", "problem  submission: ", "→ check submission.host"} {
		if code != exitFailed || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, out)
		}
	}
	if strings.Contains(out+errs, "wrong\n") || !strings.Contains(errs, "2 problems") {
		t.Errorf("errors: %s", errs)
	}
	if code, _, _ := call(t, "check", "--config="+file(t, "config.yaml", "provider: {}\n")); code != exitUsage {
		t.Errorf("a wrong config: exit code %d", code)
	}
}

func TestInit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	flags := []string{"--name=Example ${Colo}: \"x\"", "--support-address=support@provider.example", "--web-url=https://access.provider.example", "--imap-host=mail.provider.example"}
	out := must(t, append([]string{"init", "--config=" + path}, flags...)...)
	if !strings.Contains(out, "countersign check --config "+path) || !strings.Contains(out, "IMAP_PASSWORD") {
		t.Errorf("init says:\n%s", out)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), `name: "Example $${Colo}: \"x\""`) {
		t.Errorf("%v\n%s", err, data)
	}
	if code, _, errs := call(t, append([]string{"init", "--config=" + path}, flags...)...); code != exitUsage || !strings.Contains(errs, "there already") {
		t.Errorf("a second time: exit code %d\n%s", code, errs)
	}
	other := filepath.Join(t.TempDir(), "other.yaml")
	if code, _, errs := call(t, "init", "--yes", "--config="+other, "--name=X"); code != exitUsage || !strings.Contains(errs, "--imap-host") {
		t.Errorf("with answers missing: exit code %d\n%s", code, errs)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a config without answers was written")
	}
	var text output
	c := &initCmd{Config: other, Hops: 2, in: strings.NewReader("Example Colo\nnobody\nsupport@provider.example\nhttps://access.provider.example\nmail.provider.example\n\n\n\npostgres\n")}
	if err := c.Run(t.Context(), streams{out: &text, err: &text}); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	if data, err = os.ReadFile(other); err != nil || !strings.Contains(string(data), "DATABASE_URL") || !strings.Contains(string(data), "hops: 2") ||
		!strings.Contains(string(data), `username: "support@provider.example"`) {
		t.Errorf("%v\n%s", err, data)
	}
	if !strings.Contains(text.String(), "Submission server [mail.provider.example]: ") {
		t.Errorf("it asks:\n%s", text.String())
	}
}

// What a command names and the database does not have is exit code 1 everywhere; a wrong word is 2.
func TestNotThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, args := range [][]string{
		{"client", "show", d.cfg, "Nobody"},
		{"contact", "list", d.cfg, "--client=Nobody"},
		{"contact", "add", d.cfg, "--client=Nobody", "--name=X", "--email=x@acme.example", "--role=technician"},
		{"request", "show", d.cfg, "REQ-2026-99999"},
		{"message", "show", d.cfg, "99"},
		{"message", "dismiss", d.cfg, "99", "--by=ada@provider.example", "--reason=x"},
		{"message", "dismiss", d.cfg, "1", "--by=nobody@provider.example", "--reason=x"},
		{"policy", "replay", d.cfg, "--model=contact-levels", "--client=Nobody"},
	} {
		if code, _, errs := call(t, args...); code != exitFailed || !strings.Contains(errs, "there is no") {
			t.Errorf("%q: exit code %d\n%s", args, code, errs)
		}
	}
	for _, args := range [][]string{
		{"contact", "add", d.cfg, "--client=Acme", "--name=X", "--email=x", "--role=technician"},
		{"contact", "add", d.cfg, "--client=Acme", "--name=X", "--email=x@acme.example", "--role=king"},
		{"message", "show", d.cfg, "one"},
		{"message", "dismiss", d.cfg, "1", "--by=ada@provider.example", "--reason= "},
		{"policy", "show", "--role-model=nonsense"},
	} {
		if code, _, errs := call(t, args...); code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", args, code, errs)
		}
	}
}
