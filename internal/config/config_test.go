package config

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/mailaddr"
)

const examplePath = "../../config.example.yaml"

var testEnv = map[string]string{
	"IMAP_PASSWORD": "imap-sesame",
	"SMTP_PASSWORD": "smtp-sesame",
	"DATABASE_URL":  "postgres://countersign:db-sesame@db.example/countersign",
	"EMPTY":         "",
	"TRICKY":        "a: b # c ${IMAP_PASSWORD}",
	"PORT":          "1143",
}

func lookup(name string) (string, bool) {
	v, ok := testEnv[name]
	return v, ok
}

// minimal is the shortest configuration that is valid.
const minimal = `provider:
  name: Example Colo
  support_address: support@provider.example
  web_url: https://access.provider.example/
database: {path: countersign.db}
mailboxes:
  - name: support
    address: Support@Provider.example
    imap: {host: mail.provider.example, username: support, password: imap-sesame}
submission: {host: mail.provider.example}
sender: {authserv_id: mx.provider.example}
`

func parse(t *testing.T, text string) (*Config, error) {
	t.Helper()
	return Parse("config.yaml", []byte(text), t.TempDir(), lookup)
}

func mustParse(t *testing.T, text string) *Config {
	t.Helper()
	cfg, err := parse(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, err := Parse("config.yaml", []byte(minimal), dir, lookup)
	if err != nil {
		t.Fatal(err)
	}
	support := mailaddr.Address{Local: "support", Domain: "provider.example"}
	want := &Config{
		Provider:      Provider{Name: "Example Colo", SupportAddress: support, WebURL: "https://access.provider.example"},
		Database:      Database{Driver: "sqlite", Path: filepath.Join(dir, "countersign.db")},
		SecretKeyFile: filepath.Join(dir, "secret.key"),
		Mailboxes: []Mailbox{{
			Name:          "support",
			Team:          "support",
			Address:       mailaddr.Address{Local: "Support", Domain: "provider.example"},
			Subaddressing: true,
			IMAP: IMAP{Host: "mail.provider.example", Port: 993, TLS: "tls", Username: "support",
				Password: "imap-sesame", Mailbox: "INBOX"},
			Start:       Start{Mode: "now"},
			Filing:      Filing{Mode: "move", Processed: "Countersign/Processed", Quarantine: "Countersign/Quarantine", Other: "Countersign/Other"},
			OtherMail:   "untouched",
			IdleRefresh: 4 * time.Minute,
			Poll:        time.Minute,
		}},
		Submission: Submission{Host: "mail.provider.example", Port: 465, TLS: "tls", MailFrom: support, FromName: "Example Colo"},
		Sender:     Sender{Mode: "trusted_header", AuthservID: "mx.provider.example", Hops: 1},
		Policy: Policy{UndoWindow: 10 * time.Minute, Hold: 24 * time.Hour, InvitationExpiry: 7 * 24 * time.Hour,
			Reminders: []time.Duration{24 * time.Hour, 72 * time.Hour}, Escalation: 96 * time.Hour, RequestExpiry: 7 * 24 * time.Hour},
		Digest:    Digest{At: DayTime{Hour: 7, Minute: 30}},
		Limits:    Limits{AnswersPerAddress: 200, AnswersPerClient: 5000},
		Web:       Web{Listen: "127.0.0.1:8025"},
		Canary:    Canary{Timeout: 5 * time.Minute},
		Templates: Templates{Language: "en"},
		Log:       Log{Level: slog.LevelInfo, Format: "text"},
		Worker:    Worker{Concurrency: 4, MaxAttempts: 3, ShutdownGrace: 10 * time.Second},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b Secret) bool { return a == b }), cmp.Comparer(func(a, b Zone) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"imap.password", "smtp.password", "ca.pem", "dkim.pem"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name+" content\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"house", "models/b", "models/a"} {
		writeModel(t, filepath.Join(dir, id+".yaml"), filepath.Base(id))
	}
	cfg, err := Parse("config.yaml", []byte(`
provider: {name: Example, support_address: help@provider.example, web_url: "http://localhost:8025", time_zone: Asia/Kathmandu}
database: {driver: postgres, dsn: "${DATABASE_URL}"}
secret_key_file: other.key
mailboxes:
  - name: accounting-2
    team: billing
    address: accounting@provider.example
    subaddressing: no
    imap:
      host: 127.0.0.1
      port: ${PORT}
      tls: starttls
      username: 01234
      password_file: imap.password
      ca_file: ca.pem
      mailbox: Junk
    start: since 2026-01-31
    filing: {mode: none, processed: Done, quarantine: Odd, other: Rest}
    other_mail: ticket
    idle_refresh: 3m
    poll: 30s
submission:
  host: "::1"
  port: 2525
  tls: off
  username: mailer
  password_file: smtp.password
  ca_file: ca.pem
  local_name: access.provider.example
  mail_from: bounces@provider.example
  from_name: Access Desk
dkim: {domain: Provider.EXAMPLE, selector: countersign, key_file: dkim.pem}
limits: {answers_per_address: 20, answers_per_client: 0}
digest: {at: off}
sender: {mode: trusted_header, authserv_id: mx.provider.example, hops: 0}
role_models: [house.yaml, models]
policy: {undo_window: 0s, hold: 1h, invitation_expiry: 48h, reminders: [2h, 4h], escalation: 0s, request_expiry: 9h}
web: {listen: "[::1]:0"}
metrics: {listen: "127.0.0.1:0"}
canary: {every: 20m, timeout: 90s, webhook: "https://alarm.provider.example/hook-sesame"}
templates: {dir: models, language: de}
log: {level: debug, format: json}
worker: {concurrency: 1, max_attempts: 5, shutdown_grace: 1m30s}
`), dir, lookup)
	if err != nil {
		t.Fatal(err)
	}
	kathmandu, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Provider: Provider{Name: "Example", SupportAddress: mailaddr.Address{Local: "help", Domain: "provider.example"},
			WebURL: "http://localhost:8025", TimeZone: Zone{kathmandu}},
		Database:      Database{Driver: "postgres", DSN: "postgres://countersign:db-sesame@db.example/countersign"},
		SecretKeyFile: filepath.Join(dir, "other.key"),
		Mailboxes: []Mailbox{{
			Name: "accounting-2", Team: "billing", Address: mailaddr.Address{Local: "accounting", Domain: "provider.example"},
			IMAP: IMAP{Host: "127.0.0.1", Port: 1143, TLS: "starttls", Username: "01234", Password: "imap.password content",
				PasswordFile: filepath.Join(dir, "imap.password"), CAFile: filepath.Join(dir, "ca.pem"), Mailbox: "Junk"},
			Start:       Start{Mode: "since", Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
			Filing:      Filing{Mode: "none", Processed: "Done", Quarantine: "Odd", Other: "Rest"},
			OtherMail:   "ticket",
			IdleRefresh: 3 * time.Minute, Poll: 30 * time.Second,
		}},
		Submission: Submission{Host: "::1", Port: 2525, TLS: "off", Username: "mailer", Password: "smtp.password content",
			PasswordFile: filepath.Join(dir, "smtp.password"), CAFile: filepath.Join(dir, "ca.pem"),
			LocalName: "access.provider.example", MailFrom: mailaddr.Address{Local: "bounces", Domain: "provider.example"},
			FromName: "Access Desk"},
		DKIM:   &DKIM{Domain: "provider.example", Selector: "countersign", KeyFile: filepath.Join(dir, "dkim.pem")},
		Sender: Sender{Mode: "trusted_header", AuthservID: "mx.provider.example"},
		Digest: Digest{At: DayTime{Off: true}},
		Limits: Limits{AnswersPerAddress: 20},
		Policy: Policy{Hold: time.Hour, InvitationExpiry: 48 * time.Hour, Reminders: []time.Duration{2 * time.Hour, 4 * time.Hour},
			RequestExpiry: 9 * time.Hour},
		RoleModels: []string{filepath.Join(dir, "house.yaml"), filepath.Join(dir, "models")},
		Web:        Web{Listen: "[::1]:0"},
		Metrics:    Metrics{Listen: "127.0.0.1:0"},
		Canary:     Canary{Every: 20 * time.Minute, Timeout: 90 * time.Second, Webhook: "https://alarm.provider.example/hook-sesame"},
		Templates:  Templates{Dir: filepath.Join(dir, "models"), Language: "de"},
		Log:        Log{Level: slog.LevelDebug, Format: "json"},
		Worker:     Worker{Concurrency: 1, MaxAttempts: 5, ShutdownGrace: 90 * time.Second},
		Warnings: []string{
			"config.yaml:41: canary.every: with filing.mode: none the canaries stay in the mailbox accounting-2, one every 20m",
			"config.yaml:17: mailboxes[0].imap.mailbox: canaries are sent to accounting@provider.example; they come back only if its mail lands in this mailbox",
		},
	}
	var ids []string
	for _, m := range cfg.Models {
		ids = append(ids, m.ID)
	}
	if diff := cmp.Diff([]string{"house", "a", "b"}, ids); diff != "" {
		t.Errorf("role models (-want +got):\n%s", diff)
	}
	cfg.Models = nil
	if diff := cmp.Diff(want, cfg, cmp.Comparer(func(a, b Secret) bool { return a == b }), cmp.Comparer(func(a, b Zone) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// writeModel writes a small role model.
func writeModel(t *testing.T, file, id string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	text := `role_model: {id: ` + id + `, title: ` + id + `, version: "1"}
roles: [{id: boss, title: Boss, approves: client}]
rules: [{id: H-1, action: add_user, for: [boss], by: [boss], stages: [client, staff], text: Bosses add bosses.}]
otherwise: {id: H-0, text: No.}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Each file in testdata/bad is refused with exactly the lines of its .expected-error.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/bad (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			expected, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".expected-error")
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := Parse("config.yaml", data, "testdata/bad", lookup)
			if err == nil {
				t.Fatalf("read as\n%s", cfg)
			}
			if diff := cmp.Diff(string(expected), err.Error()+"\n"); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var problems yamldoc.Problems
			if !errors.As(err, &problems) {
				t.Errorf("error is a %T, want yamldoc.Problems", err)
			}
			if strings.Contains(err.Error(), "sesame") {
				t.Error("the error shows a secret")
			}
		})
	}
}

func TestExampleLoads(t *testing.T) {
	t.Parallel()
	cfg, err := Load(examplePath, lookup)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("warnings: %q", cfg.Warnings)
	}
	if got := string(cfg.Mailboxes[0].IMAP.Password); got != testEnv["IMAP_PASSWORD"] {
		t.Errorf("password %q, want that of the environment", got)
	}
}

// With the settings switched on that are commented out, the example has exactly the keys of Config, each in its place.
func TestExampleDocumentsEveryKey(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var example yaml.Node
	if err := yaml.Unmarshal(regexp.MustCompile(`(?m)^( *)#([a-z_]+:)`).ReplaceAll(data, []byte("$1$2")), &example); err != nil {
		t.Fatal(err)
	}
	want, got := map[string]bool{}, map[string]bool{}
	keysOfType(want, "", reflect.TypeFor[Config]())
	keysOfNode(got, "", example.Content[0])
	if len(want) < 50 {
		t.Fatalf("found only %d keys in Config", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-keys of Config +keys of config.example.yaml:\n%s", diff)
	}
}

func keysOfType(keys map[string]bool, path string, typ reflect.Type) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return
	}
	for i := range typ.NumField() {
		if tag := typ.Field(i).Tag.Get("yaml"); tag != "" && tag != "-" {
			keys[path+"."+tag] = true
			keysOfType(keys, path+"."+tag, typ.Field(i).Type)
		}
	}
}

func keysOfNode(keys map[string]bool, path string, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			key := path + "." + n.Content[i].Value
			keys[key] = true
			keysOfNode(keys, key, n.Content[i+1])
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			keysOfNode(keys, path, item)
		}
	}
}

func TestLoadReportsAMissingFile(t *testing.T) {
	t.Parallel()
	if _, err := Load(filepath.Join(t.TempDir(), "config.yaml"), lookup); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}
