package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkWarning wants exactly one warning with that beginning, or none for "".
func checkWarning(t *testing.T, cfg *Config, want string) {
	t.Helper()
	if want == "" {
		if len(cfg.Warnings) > 0 {
			t.Errorf("warnings %q, want none", cfg.Warnings)
		}
		return
	}
	if len(cfg.Warnings) != 1 || !strings.HasPrefix(cfg.Warnings[0], want) {
		t.Errorf("warnings %q, want one that begins with %q", cfg.Warnings, want)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	const imap = "imap: {host: mail.provider.example"
	for name, tc := range map[string]struct{ old, new, want string }{
		"none":               {"", "", ""},
		"imap-in-the-clear":  {imap, "imap: {tls: off, host: 192.0.2.1", "config.yaml:9: mailboxes[0].imap.tls: passwords"},
		"imap-localhost":     {imap, "imap: {tls: off, host: localhost", ""},
		"imap-loopback":      {imap, "imap: {tls: off, host: 127.0.0.53", ""},
		"imap-loopback-6":    {imap, `imap: {tls: off, host: "::1"`, ""},
		"imap-starttls":      {imap, "imap: {tls: starttls, host: 192.0.2.1", ""},
		"imap-like-local":    {imap, "imap: {tls: off, host: localhost.evil.example", "config.yaml:9: mailboxes[0].imap.tls: passwords"},
		"submission":         {"submission: {", "submission: {tls: off, ", "config.yaml:10: submission.tls: passwords"},
		"http":               {"https://access", "http://access", "config.yaml:4: provider.web_url: links with http"},
		"http-localhost":     {"https://access.provider.example", "http://localhost:8025", ""},
		"listen-everywhere":  {"submission:", "web: {listen: \":8025\"}\nsubmission:", "config.yaml:10: web.listen: the pages"},
		"metrics-everywhere": {"submission:", "metrics: {listen: \":9325\"}\nsubmission:", "config.yaml:10: metrics.listen: everybody"},
		"metrics-here":       {"submission:", "metrics: {listen: \"[::1]:9325\"}\nsubmission:", ""},
		"canary":             {"submission:", "canary: {every: 10m, webhook: \"http://127.0.0.1/x\"}\nsubmission:", ""},
		"canary-in-the-clear": {"submission:", "canary: {every: 10m, webhook: \"http://alarm.example/sesame\"}\nsubmission:",
			"config.yaml:10: canary.webhook: what is posted with http"},
		"dkim-other-domain": {"submission:", "dkim: {domain: other.example, selector: s, key_file: dkim.pem}\nsubmission:",
			"config.yaml:10: dkim.domain: mail from provider.example is not aligned"},
		"dkim-name-end": {"submission:", "dkim: {domain: er.example, selector: s, key_file: dkim.pem}\nsubmission:",
			"config.yaml:10: dkim.domain: mail from provider.example is not aligned"},
		"dkim-above": {"submission:", "dkim: {domain: example, selector: s, key_file: dkim.pem}\nsubmission:", ""},
		"dkim-key-open": {"submission:", "dkim: {domain: provider.example, selector: s, key_file: open.pem}\nsubmission:",
			"config.yaml:10: dkim.key_file: every user"},
		"secret-key-open": {"submission:", "secret_key_file: open.pem\nsubmission:", "config.yaml:10: secret_key_file: every user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, mode := range map[string]os.FileMode{"dkim.pem": 0o600, "open.pem": 0o644} {
				if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(filepath.Join(dir, file), mode); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.Contains(minimal, tc.old) {
				t.Fatalf("minimal holds no %q", tc.old)
			}
			cfg, err := Parse("config.yaml", []byte(strings.Replace(minimal, tc.old, tc.new, 1)), dir, lookup)
			if err != nil {
				t.Fatal(err)
			}
			checkWarning(t, cfg, tc.want)
		})
	}
}

func TestPortFollowsTLS(t *testing.T) {
	t.Parallel()
	for tls, want := range map[string][2]int{"tls": {993, 465}, "starttls": {143, 587}, "off": {143, 25}} {
		t.Run(tls, func(t *testing.T) {
			t.Parallel()
			cfg := mustParse(t, strings.ReplaceAll(minimal, "{host: mail.provider.example", "{host: localhost, tls: "+tls))
			if got := [2]int{cfg.Mailboxes[0].IMAP.Port, cfg.Submission.Port}; got != want {
				t.Errorf("ports %v, want %v", got, want)
			}
		})
	}
}

// A section whose keys are all commented out has its defaults.
func TestEmptySections(t *testing.T) {
	t.Parallel()
	cfg := mustParse(t, minimal+"policy:\n  #hold: 1h\ndkim:\n  #domain: x\n")
	if cfg.DKIM != nil || cfg.Policy.Hold != defaults().Policy.Hold {
		t.Errorf("dkim %v, policy %v; want none and the defaults", cfg.DKIM, cfg.Policy)
	}
}

func TestPortals(t *testing.T) {
	t.Parallel()
	const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	for name, tc := range map[string]struct{ portals, want string }{
		"no-digest":  {"{name: shop}", "portals[0].token_digest: missing"},
		"a-token":    {"{name: shop, token_digest: eaaqeayeaudaocajbifqydiob4}", "portals[0].token_digest: this is no digest"},
		"two-alike":  {"{name: shop, token_digest: " + digest + "}, {name: web, token_digest: " + digest + "}", "portals[1].token_digest: this digest stands here twice"},
		"one-name":   {"{name: shop, token_digest: " + digest + "}, {name: shop, token_digest: a" + digest[1:] + "}", "portals[1].name: this name stands here twice"},
		"never":      {"{name: shop, token_digest: " + digest + ", per_minute: 0}", "portals[0].per_minute: 0 is out of range"},
		"other-team": {"{name: shop, token_digest: " + digest + ", team: sales}", "portals[0].team"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("config.yaml", []byte(minimal+"portals: ["+tc.portals+"]\n"), ".", lookup)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
	cfg, err := Parse("config.yaml", []byte(minimal+"portals: [{name: shop, token_digest: "+strings.ToUpper(digest)+"}]\n"), ".", lookup)
	if err != nil {
		t.Fatal(err)
	}
	if p := cfg.Portals[0]; p.TokenDigest != digest || p.Team != TeamSupport || p.PerMinute != 60 {
		t.Errorf("%+v", p)
	}
}
