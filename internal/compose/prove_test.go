package compose_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/compose"
)

func TestProve(t *testing.T) {
	t.Parallel()
	c := example(t)
	if err := c.Prove(); err != nil {
		t.Error(err)
	}
	for _, language := range languages {
		if lacking := c.Lacking(language); len(lacking) > 0 {
			t.Errorf("%s lacks %v", language, lacking)
		}
	}
}

// A template of one's own that parses can still be of no use.
func TestProveNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const ok = `{{define "subject"}}S{{end}}{{define "words"}}W{{end}}{{define "body"}}B{{end}}`
	tests := map[string]struct{ file, text, names string }{
		"unknown_field":    {"mail/de/code.txt", "\n\n" + strings.Replace(ok, "B", "{{.Pin}}", 1), "mail/de/code.txt:3"},
		"unknown_template": {"mail/en/late.html", `{{define "body"}}{{template "nothing" .}}{{end}}`, "nothing"},
		"no_code":          {"mail/en/code.txt", ok, "mail/en/code: {{.Code}} is missing"},
		"no_link":          {"mail/de/invitation.html", `{{define "body"}}Welcome{{end}}`, "mail/de/invitation: {{.Link}} is missing"},
		"no_ref":           {"mail/_layout.txt", `{{define "layout"}}{{template "body" .}}{{end}}`, "Ref: {{.Ref}}"},
		"no_address":       {"mail/en/approval.txt", ok, "must see the address"},
		"empty_subject":    {"mail/de/late.txt", strings.Replace(ok, "S", "", 1), "mail/de/late: the subject is empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := copyMail(t)
			m[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			c, err := compose.New(config(t), m)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Prove(); err == nil || !strings.Contains(err.Error(), tt.names) {
				t.Errorf("error %v, want one that names %s", err, tt.names)
			}
		})
	}
}

// A language of one's own may lack a kind, for one that is new with an update: that mail is English as a whole.
func TestLanguageThatLacksAKind(t *testing.T) {
	t.Parallel()
	m := copyMail(t)
	remove(m, "mail/fr/")
	translate(m, "fr")
	delete(m, "mail/fr/code.txt")
	delete(m, "mail/fr/code.html")
	c, err := compose.New(config(t), m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"code"}, c.Lacking("fr")); diff != "" {
		t.Error(diff)
	}
	if err := c.Prove(); err != nil {
		t.Error(err)
	}
	order := sample(t, "code")
	order.Language = "fr"
	if p, err := c.Preview(order, now); err != nil || p.Subject != "Your registration code" {
		t.Errorf("%q, %v", p.Subject, err)
	}
}

func TestDefaultLanguage(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	cfg.Language = "DE"
	c := composer(t, cfg)
	for language, subject := range map[string]string{"": "Ihr Code für die Registrierung", "fr": "Ihr Code für die Registrierung", "en": "Your registration code"} {
		order := sample(t, "code")
		order.Language = language
		if p, err := c.Preview(order, now); err != nil || p.Subject != subject {
			t.Errorf("language %q: %q, %v", language, p.Subject, err)
		}
	}
	cfg.Language = "xx"
	if _, err := compose.New(cfg, copyMail(t)); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Errorf("error %v", err)
	}
}
