package daemon_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/mailaddr"
)

func textsConfig(t *testing.T, files map[string]string) *config.Config {
	t.Helper()
	support, err := mailaddr.Parse("support@provider.example")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Provider: config.Provider{Name: "Example Colo", SupportAddress: support, WebURL: "https://access.provider.example"}}
	cfg.Submission.MailFrom = support
	if files == nil {
		return cfg
	}
	cfg.Templates.Dir = t.TempDir()
	for name, text := range files {
		file := filepath.Join(cfg.Templates.Dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

const ownCode = `{{define "subject"}}Code from {{.Provider}}{{end}}{{define "words"}}Code{{end}}{{define "body"}}{{.Code}} until {{.Until}}{{end}}`

// Files of a provider's own stand in for the built-in ones, for mails and pages; times are the provider's.
func TestTexts(t *testing.T) {
	t.Parallel()
	cfg := textsConfig(t, map[string]string{"mail/en/code.txt": ownCode, "web/static/style.css": "body {}"})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Provider.TimeZone = config.Zone{Location: berlin}
	c, files, err := daemon.Texts(cfg)
	if err != nil {
		t.Fatal(err)
	}
	m := compose.Samples()["code"]
	p, err := c.Preview(m, compose.SampleTime)
	if err != nil || p.Subject != "Code from Example Colo" || !strings.Contains(p.Text, "402731 until Sunday, 22 November 2026, 15:15 CET") {
		t.Errorf("%q %q, %v", p.Subject, p.Text, err)
	}
	m.Language = "de-DE"
	if p, err = c.Preview(m, compose.SampleTime); err != nil || !strings.Contains(p.HTML, "Sonntag, 22. November 2026, 15:15 Uhr MEZ") {
		t.Errorf("%q, %v", p.HTML, err)
	}
	if css, err := fs.ReadFile(files, "web/static/style.css"); err != nil || string(css) != "body {}" {
		t.Errorf("style.css: %q, %v", css, err)
	}
}

// What is wrong is said before the first mail, with folder, file and line.
func TestTextsRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ file, text, says string }{
		"syntax":       {"mail/en/code.txt", "{{define \"subject\"}}S{{end}}\n{{define \"body\"}}{{if}}{{end}}{{end}}", "mail/en/code.txt:2"},
		"no_such_name": {"mail/de/code.txt", strings.Replace(ownCode, "{{.Provider}}", "\n\n{{.Firm}}", 1), "mail/de/code.txt:3"},
		"without_code": {"mail/en/code.txt", strings.Replace(ownCode, "{{.Code}}", "", 1), "{{.Code}} is missing"},
		"slip":         {"mail/en/cod.txt", ownCode, "mail/en/cod.txt replaces no template"},
		"half":         {"mail/fr/code.txt", ownCode, "language.yaml"},
		"style":        {"mail/_style.css", "p { margin: 0; }\ntable > td { }", "mail/_style.css:2"},
		"language":     {"mail/de/language.yaml", "name: Deutsch\nwords: x", "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := textsConfig(t, map[string]string{tt.file: tt.text})
			_, _, err := daemon.Texts(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), cfg.Templates.Dir) {
				t.Errorf("error %v, want one that names %s and %s", err, cfg.Templates.Dir, tt.says)
			}
		})
	}
}

// Contacts can have any language that there is a folder of templates for.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for want, files := range map[string]map[string]string{"de en": nil, "de en fr": {"mail/fr/language.yaml": "name: Français\n"}} {
		cfg := textsConfig(t, files)
		if got, err := daemon.Languages(cfg); err != nil || strings.Join(got, " ") != want {
			t.Errorf("the languages are %q, %v; want %s", got, err, want)
		}
	}
}
