package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// secretConfig holds a secret in every place that takes one; each contains the word sesame.
const secretConfig = minimal + `
log: {level: debug}
worker: {concurrency: 7}
`

func secretive(t *testing.T) *Config {
	t.Helper()
	text := strings.Replace(secretConfig, "{path: countersign.db}", `{driver: postgres, dsn: "${DATABASE_URL}"}`, 1)
	text = strings.Replace(text, "submission: {", `submission: {username: mailer, password: "${SMTP_PASSWORD}", `, 1)
	return mustParse(t, text)
}

func TestNoSecretIsPrinted(t *testing.T) {
	t.Parallel()
	cfg := secretive(t)
	if cfg.Database.DSN == "" || cfg.Submission.Password == "" || cfg.Mailboxes[0].IMAP.Password == "" {
		t.Fatal("a secret is not set, so that nothing can be found")
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		logger := slog.New(handler)
		logger.Info("configuration", "config", cfg)
		logger.Info("configuration", "config", *cfg, "database", cfg.Database, "mailboxes", cfg.Mailboxes)
		logger.Info("configuration", "password", cfg.Submission.Password)
	}
	printed := map[string]string{"String": cfg.String(), "slog": log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed["pointer "+verb] = fmt.Sprintf(verb, cfg)
		printed["value "+verb] = fmt.Sprintf(verb, *cfg)
		printed["section "+verb] = fmt.Sprintf(verb, cfg.Mailboxes)
		printed["secret "+verb] = fmt.Sprintf(verb, cfg.Database.DSN)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	printed["JSON"], printed["YAML"] = string(asJSON), string(asYAML)
	for how, text := range printed {
		if text == "" {
			t.Errorf("%s prints nothing", how)
		}
		for _, spelling := range []string{"sesame", fmt.Sprintf("%x", "sesame")} {
			if strings.Contains(text, spelling) {
				t.Errorf("%s shows a secret: %s", how, text)
			}
		}
	}
}

func TestStringIsTheEffectiveConfiguration(t *testing.T) {
	t.Parallel()
	text := secretive(t).String()
	for _, line := range []string{
		"provider.name: Example Colo",
		"provider.support_address: support@provider.example",
		"database.dsn: (set)",
		"mailboxes[0].imap.host: mail.provider.example",
		"mailboxes[0].imap.port: 993",
		"mailboxes[0].imap.password: (set)",
		"mailboxes[0].start: now",
		"dkim: (not set)",
		"policy.hold: 24h0m0s",
		"log.level: DEBUG",
		"worker.concurrency: 7",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestPasswordFile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		content, want string
		mode          os.FileMode
		warning       string
	}{
		"line-end":      {"open sesame\n", "open sesame", 0o600, ""},
		"crlf":          {"open sesame\r\n", "open sesame", 0o600, ""},
		"no-line-end":   {"sesame", "sesame", 0o600, ""},
		"blanks-stay":   {" sesame \n", " sesame ", 0o640, ""},
		"not-expanded":  {"${IMAP_PASSWORD}", "${IMAP_PASSWORD}", 0o600, ""},
		"all-can-read":  {"sesame", "sesame", 0o644, "config.yaml:9: mailboxes[0].imap.password_file: every user"},
		"only-all-read": {"sesame", "sesame", 0o604, "config.yaml:9: mailboxes[0].imap.password_file: every user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "secret")
			if err := os.WriteFile(file, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, tc.mode); err != nil {
				t.Fatal(err)
			}
			text := strings.Replace(minimal, "password: imap-sesame", "password_file: secret", 1)
			cfg, err := Parse("config.yaml", []byte(text), dir, lookup)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(cfg.Mailboxes[0].IMAP.Password); got != tc.want {
				t.Errorf("password %q, want %q", got, tc.want)
			}
			checkWarning(t, cfg, tc.warning)
		})
	}
}

func TestDSNFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dsn := testEnv["DATABASE_URL"]
	if err := os.WriteFile(filepath.Join(dir, "dsn"), []byte(dsn+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(minimal, "{path: countersign.db}", "{driver: postgres, dsn_file: dsn}", 1)
	cfg, err := Parse("config.yaml", []byte(text), dir, lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(cfg.Database.DSN); got != dsn {
		t.Errorf("dsn %q, want %q", got, dsn)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want, err string }{
		"nothing":           {"plain $1 $x $ {y}", "plain $1 $x $ {y}", ""},
		"whole":             {"${IMAP_PASSWORD}", "imap-sesame", ""},
		"inside":            {"a${PORT}b${PORT}", "a1143b1143", ""},
		"empty-is-set":      {"x${EMPTY}", "x", ""},
		"not-again":         {"${TRICKY}", "a: b # c ${IMAP_PASSWORD}", ""},
		"escaped":           {"a$${PORT}b", "a${PORT}b", ""},
		"escaped-unclosed":  {"pa$${ss", "pa${ss", ""},
		"missing":           {"sesame${NOPE}", "", "the environment variable NOPE is not set"},
		"no-name":           {"sesame${}", "", "a ${ begins no variable"},
		"unclosed":          {"ses${ame", "", "a ${ begins no variable"},
		"shell-expression":  {"${PORT:-25}", "", "a ${ begins no variable"},
		"dollar-at-the-end": {"cents$", "cents$", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := expand(tc.text, lookup)
			if tc.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tc.err) {
					t.Fatalf("error %v, want %q", err, tc.err)
				}
				if strings.Contains(err.Error(), "ses") {
					t.Errorf("the error shows a part of the value: %v", err)
				}
				return
			}
			if err != nil || got != tc.want {
				t.Errorf("%q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

// A value from the environment is one value, whatever YAML it looks like.
func TestVariableIsNeverYAML(t *testing.T) {
	t.Parallel()
	cfg := mustParse(t, strings.Replace(minimal, "imap-sesame", `"${TRICKY}"`, 1))
	if got := string(cfg.Mailboxes[0].IMAP.Password); got != testEnv["TRICKY"] {
		t.Errorf("password %q, want %q", got, testEnv["TRICKY"])
	}
}
