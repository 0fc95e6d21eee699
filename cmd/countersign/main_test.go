package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// output collects what a command prints; commands may print from several goroutines.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// call runs one command line and returns its exit code and what it printed.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs output
	code = run(t.Context(), args, streams{out: &out, err: &errs})
	return code, out.String(), errs.String()
}

// must runs a command line that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := call(t, args...)
	if code != exitDone {
		t.Fatalf("countersign %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// The whole conversation on the embedded mail system, through the command that a newcomer runs first.
func TestDemo(t *testing.T) {
	t.Parallel()
	out := must(t, "demo", "--exit", "--listen", "127.0.0.1:0")
	for _, want := range []string{"Jane Doe is registered", "CL-11", "in quarantine", "left in the inbox", "1 left", "1\nquarantined"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not say %q:\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
			t.Errorf("a line has %d columns, more than %d: %q", n, width, line)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("the demo prints colours where there is no terminal")
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.yaml")
	if err := os.WriteFile(broken, []byte("provider:\n  nmae: X\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string // on standard output or error
	}{
		{"help", []string{"--help"}, exitDone, "Run the daemon."},
		{"nothing", nil, exitDone, "Run the daemon."},
		{"unknown_command", []string{"sreve"}, exitUsage, "serve"},
		{"no_config", []string{"serve"}, exitUsage, "--config"},
		{"broken_config", []string{"serve", "--config", broken}, exitUsage, "broken.yaml:2"},
		{"bad_listen", []string{"demo", "--exit", "--listen", "8025"}, exitUsage, "host:port"},
		{"unknown_model", []string{"parse", "--role-model", "nonsense", broken}, exitUsage, "nonsense"},
		{"unknown_disposition", []string{"message", "list", "--config", broken, "--disposition", "lost"}, exitUsage, "quarantined"},
		{"version", []string{"version"}, exitDone, "countersign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := call(t, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, not %d", code, c.code)
			}
			if !strings.Contains(out+errs, c.want) {
				t.Errorf("neither output nor error says %q:\n%s%s", c.want, out, errs)
			}
		})
	}
}

// sqliteConfig writes a config that needs no servers, for the commands that only use the database.
func sqliteConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(`
provider: {name: Example Colo, support_address: support@provider.example, web_url: "https://access.provider.example"}
database: {driver: sqlite, path: test.db}
mailboxes:
  - name: support
    team: support
    address: support@provider.example
    imap: {host: imap.provider.example, username: support, password: secret}
submission: {host: smtp.provider.example, username: support, password: secret}
sender: {authserv_id: mx.provider.example}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const clients = `clients:
  - name: Acme
    role_model: contact-levels
    domains: [acme.example]
    contacts:
      - {name: Maria Lindqvist, email: maria@acme.example, roles: [main_contact]}
      - {name: Tom Okafor, email: tom@acme.example, roles: [technician]}
staff:
  - {name: Paul Novak, email: paul@provider.example, teams: [support]}
`

// file writes a file into a fresh folder.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRosterCommands(t *testing.T) {
	t.Parallel()
	cfg := "--config=" + sqliteConfig(t)
	in := file(t, "clients.yaml", clients)

	dry := must(t, "client", "import", cfg, "--dry-run", in)
	if !strings.Contains(dry, "4 added, 0 updated, 0 unchanged (dry run") {
		t.Errorf("dry run: %s", dry)
	}
	if out := must(t, "contact", "list", cfg, "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("after a dry run there are contacts: %s", out)
	}
	if out := must(t, "client", "import", cfg, in); !strings.Contains(out, "4 added") {
		t.Errorf("first import: %s", out)
	}
	if out := must(t, "client", "import", cfg, in); !strings.Contains(out, "0 added, 0 updated, 4 unchanged") {
		t.Errorf("second import: %s", out)
	}

	csv := file(t, "contacts.csv", "name,email,roles\nSofia Berg,sofia@acme.example,secondary_contact\nTom Okafor,tom@acme.example,secondary_contact\n")
	if out := must(t, "contact", "import", cfg, "--client", "Acme", csv); !strings.Contains(out, "1 added, 1 updated, 0 unchanged") {
		t.Errorf("contact import: %s", out)
	}
	must(t, "contact", "add", cfg, "--client", "Acme", "--name", "NOC", "--email", "noc@acme.example", "--role", "technician", "--kind", "shared")
	code, _, errs := call(t, "contact", "add", cfg, "--client", "Acme", "--name", "Ann Lee", "--email", "ann@other.example", "--role", "technician")
	if code != exitDone || !strings.Contains(errs, "ann@other.example is not in the client's domains (acme.example)") {
		t.Errorf("adding a contact of another domain: exit code %d, error %q", code, errs)
	}
	must(t, "staff", "add", cfg, "--name", "Ines Keller", "--email", "ines@provider.example", "--team", "security", "--admin")

	var contacts []struct {
		Name, Email, Kind, State string
		Roles                    []string
	}
	if err := json.Unmarshal([]byte(must(t, "contact", "list", cfg, "--client", "Acme", "--json")), &contacts); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range contacts {
		got[c.Email] = c.Kind + " " + c.State + " " + strings.Join(c.Roles, ",")
	}
	for email, want := range map[string]string{"maria@acme.example": "person active main_contact", "sofia@acme.example": "person active secondary_contact",
		"tom@acme.example": "person active secondary_contact", "noc@acme.example": "shared active technician"} {
		if got[email] != want {
			t.Errorf("%s is %q, not %q", email, got[email], want)
		}
	}
	if out := must(t, "contact", "show", cfg, "SOFIA@acme.example"); !strings.Contains(out, "Sofia Berg") {
		t.Errorf("contact show: %s", out)
	}
	if out := must(t, "staff", "list", cfg); !strings.Contains(out, "security (admin)") || !strings.Contains(out, "Paul Novak") {
		t.Errorf("staff list: %s", out)
	}
	if out := must(t, "audit", "verify", cfg); !strings.Contains(out, "whole") {
		t.Errorf("audit verify: %s", out)
	}
	code, out, errs := call(t, "status", cfg)
	if code != exitFailed || !strings.Contains(out, "0 seen = 0 pending") || !strings.Contains(out, "needs a human: no daemon reads the mailbox support") {
		t.Errorf("status: exit code %d, %s%s", code, out, errs)
	}
}

// A wrong file is refused whole, with the line of each problem.
func TestImportErrors(t *testing.T) {
	t.Parallel()
	cfg := "--config=" + sqliteConfig(t)
	must(t, "client", "import", cfg, file(t, "clients.yaml", clients))
	for _, c := range []struct {
		name, file, content string
		args                []string
		want                []string
	}{
		{"client_yaml", "c.yaml", "clients:\n  - name: Beta\n    role_model: nonsense\n    domains: [beta.example]\n    contacts:\n      - {name: A, email: nobody, roles: [x]}\n",
			[]string{"client", "import"}, []string{"c.yaml:3", "nonsense", "c.yaml:6"}},
		{"contact_csv", "c.csv", "name,email,roles\nGood One,good@acme.example,technician\nBad One,bad@,technician\nWorse,worse@acme.example,boss\n",
			[]string{"contact", "import", "--client", "Acme"}, []string{"c.csv:3", "c.csv:4", "boss"}},
		{"contact_csv_unknown_client", "c.csv", "client,name,email,roles\nNobody Ltd,A B,ab@acme.example,technician\n",
			[]string{"contact", "import"}, []string{"c.csv:2", "Nobody Ltd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := call(t, append(append([]string{}, c.args...), cfg, file(t, c.file, c.content))...)
			if code != exitUsage {
				t.Errorf("exit code %d, not %d", code, exitUsage)
			}
			for _, w := range c.want {
				if !strings.Contains(errs, w) {
					t.Errorf("the error does not say %q:\n%s", w, errs)
				}
			}
			if strings.Contains(out, "added") {
				t.Errorf("something was imported: %s", out)
			}
		})
	}
	if out := must(t, "contact", "list", cfg, "--json"); strings.Contains(out, "good@acme.example") {
		t.Error("a row of a refused file was imported")
	}
}
