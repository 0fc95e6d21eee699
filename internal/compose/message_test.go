package compose_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	netmail "net/mail"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/templates"
)

// The reverse-path of mail whose loss must be noticed says which mail comes back, where the mailbox takes subaddresses.
func TestReversePath(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mail string
		verp bool
		want string
	}{
		"invitation":  {"invitation", true, "bounces+b." + strings.ToLower(id) + "@provider.example"},
		"approval":    {"approval_client", true, "bounces+b." + strings.ToLower(id) + "@provider.example"},
		"notice":      {"notice", true, "bounces+b." + strings.ToLower(id) + "@provider.example"},
		"answer":      {"answer_waiting", true, "bounces@provider.example"},
		"no_subaddr":  {"invitation", false, "bounces@provider.example"},
		"no_subaddr2": {"approval_client", false, "bounces@provider.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config(t)
			cfg.VERP, cfg.MailFrom = tt.verp, address(t, "bounces@provider.example")
			r, err := composer(t, cfg).Render(sample(t, tt.mail), id, now)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.MailFrom.String(); got != tt.want {
				t.Errorf("MAIL FROM is %s, want %s", got, tt.want)
			}
		})
	}
}

// Where an answer goes is what makes it recognisable.
func TestReplyTo(t *testing.T) {
	t.Parallel()
	const tok = "dvnmg2q5llbwuhk2ynvb2wwdni"
	tests := map[string]struct {
		mail          string
		from          string
		subaddressing bool
		replyTo, id   string
	}{
		"token":             {"approval_client", "support@provider.example", true, "<support+a." + tok + "@provider.example>", "a." + tok + "." + id},
		"token_plain":       {"approval_client", "support@provider.example", false, "", "a." + tok + "." + id},
		"ticket":            {"answer_waiting", "support@provider.example", true, "<support+REQ-2026-00042@provider.example>", "REQ-2026-00042." + id},
		"ticket_plain":      {"answer_waiting", "support@provider.example", false, "", "REQ-2026-00042." + id},
		"no_ticket":         {"code", "support@provider.example", true, "", id},
		"other_from":        {"code", "noreply@provider.example", true, "<support@provider.example>", id},
		"other_from_ticket": {"answer_waiting", "noreply@provider.example", false, "<support@provider.example>", "REQ-2026-00042." + id},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config(t)
			cfg.Subaddressing, cfg.From = tt.subaddressing, address(t, tt.from)
			r, err := composer(t, cfg).Render(sample(t, tt.mail), id, now)
			if err != nil {
				t.Fatal(err)
			}
			h := header(t, r.Raw)
			if got := h.Get("Reply-To"); got != tt.replyTo {
				t.Errorf("Reply-To %q, want %q", got, tt.replyTo)
			}
			want := tt.id + "@provider.example"
			if r.MessageID != want || strings.TrimSpace(h.Get("Message-ID")) != "<"+want+">" {
				t.Errorf("Message-ID %q in the order, %q in the mail; want %q", r.MessageID, h.Get("Message-ID"), want)
			}
		})
	}
}

// The token must be found again in each of its three places, which is what package token is for.
func TestTokenIsFoundAgain(t *testing.T) {
	t.Parallel()
	r, err := example(t).Render(sample(t, "approval_client"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	text, html := parts(t, r.Raw)
	h := header(t, r.Raw)
	for place, s := range map[string]string{"text": text, "html": html, "Reply-To": h.Get("Reply-To"), "Message-ID": h.Get("Message-ID")} {
		if diff := cmp.Diff([]token.Ref{*ref(t)}, token.FindRefs(s)); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\r\n")
	if last := lines[len(lines)-1]; last != "Ref: "+ref(t).String() {
		t.Errorf("the last line is %q", last)
	}
}

func TestRendered(t *testing.T) {
	t.Parallel()
	r, err := example(t).Render(sample(t, "answer_waiting"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	h := header(t, r.Raw)
	date, err := h.Date()
	if err != nil || !date.Equal(now) {
		t.Errorf("Date %v, %v; want %v", date, err, now)
	}
	got := []string{r.MailFrom.String(), r.Rcpt.String(), r.Subject, h.Get("From"), h.Get("To"), h.Get("Subject"),
		h.Get("In-Reply-To"), h.Get("References"), h.Get("Auto-Submitted")}
	want := []string{"bounces@provider.example", "maria.lindqvist@acme.example", "[REQ-2026-00042] Your access request",
		`"Example Colo Support" <support@provider.example>`, `"Maria Lindqvist" <maria.lindqvist@acme.example>`,
		"[REQ-2026-00042] Your access request", "<4711.abc@acme.example>", "<4711.abc@acme.example>", "auto-replied"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := bytes.Count(r.Raw, []byte("\n")); n != bytes.Count(r.Raw, []byte("\r\n")) || n < 20 {
		t.Errorf("%d line ends, of which %d are CRLF", n, bytes.Count(r.Raw, []byte("\r\n")))
	}
}

func TestAutoSubmitted(t *testing.T) {
	t.Parallel()
	m := sample(t, "answer_waiting")
	m.InReplyTo = ""
	r, err := example(t).Render(m, id, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := header(t, r.Raw).Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted %q", got)
	}
}

// Addresses that need quotes, UTF-8 or A-labels must reach the header as they are.
func TestRecipientAddresses(t *testing.T) {
	t.Parallel()
	c := example(t)
	for _, s := range []string{`"jane doe"@acme.example`, `"a@b\"c"@acme.example`, "jörg@acme.example", "o'neil+x@acme.example",
		"info@xn--bcher-kva.example", strings.Repeat("long", 40) + "@acme.example"} {
		m := sample(t, "code")
		m.To = address(t, s)
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		to, err := netmail.ParseAddress(header(t, r.Raw).Get("To"))
		if err != nil || to.Address != m.To.Local+"@"+m.To.Domain || to.Name != "Jane Doe" {
			t.Errorf("%s: To is %v, %v", s, to, err)
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	cfg.RoundZone = time.FixedZone("CET", 3600)
	r, err := composer(t, cfg).Render(sample(t, "invitation"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := parts(t, r.Raw); !strings.Contains(text, "Sunday, 29 November 2026, 15:05 CET.") {
		t.Error(text)
	}
	if got := header(t, r.Raw).Get("Date"); got != "Sun, 22 Nov 2026 15:05:30 +0100" {
		t.Errorf("Date %q", got)
	}
}

func TestLinkKeepsThePathOfTheWebURL(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	cfg.WebURL = cfg.WebURL.JoinPath("access/")
	r, err := composer(t, cfg).Render(sample(t, "invitation"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	link := "https://access.provider.example/access/register/" + mint(t, 0x66).Reveal()
	text, html := parts(t, r.Raw)
	if !strings.Contains(text, "\r\n"+link+"\r\n") || !strings.Contains(html, `href="`+link+`"`) {
		t.Errorf("%s is not in\n%s\n%s", link, text, html)
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	cfg := config(t)
	cfg.Sign = func(raw []byte) ([]byte, error) { return append([]byte("DKIM-Signature: v=1\r\n"), raw...), nil }
	signed, err := composer(t, cfg).Render(sample(t, "code"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := example(t).Render(sample(t, "code"), id, now)
	if err != nil {
		t.Fatal(err)
	}
	if string(signed.Raw) != "DKIM-Signature: v=1\r\n"+string(plain.Raw) {
		t.Errorf("signed:\n%s", signed.Raw)
	}
	broken := errors.New("no key")
	cfg.Sign = func([]byte) ([]byte, error) { return nil, broken }
	if _, err := composer(t, cfg).Render(sample(t, "code"), id, now); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mail   string
		id     string
		change func(m *access.Mail)
	}{
		"no_id":              {"code", "", func(*access.Mail) {}},
		"id_with_line_end":   {"code", "a\r\nb", func(*access.Mail) {}},
		"no_recipient":       {"code", id, func(m *access.Mail) { m.To.Local, m.To.Domain = "", "" }},
		"unknown_kind":       {"code", id, func(m *access.Mail) { m.Kind = "greeting" }},
		"no_code":            {"code", id, func(m *access.Mail) { m.Data.Code = token.Code{} }},
		"no_link":            {"invitation", id, func(m *access.Mail) { m.Data.Token = token.Token{} }},
		"no_ref":             {"approval_client", id, func(m *access.Mail) { m.Ref = nil }},
		"no_ref_in_notice":   {"notice", id, func(m *access.Mail) { m.Ref = nil }},
		"ref_without_token":  {"approval_client", id, func(m *access.Mail) { m.Ref.Token = token.Token{} }},
		"ticket_not_stored":  {"answer_waiting", id, func(m *access.Mail) { m.Ticket.Number = "" }},
		"ticket_with_at":     {"answer_waiting", id, func(m *access.Mail) { m.Ticket.Number = "REQ-2026-1@evil.example" }},
		"ticket_with_crlf":   {"answer_waiting", id, func(m *access.Mail) { m.Ticket.Number = "REQ-1\r\nBcc: x@evil.example" }},
		"ticket_dashes_only": {"answer_waiting", id, func(m *access.Mail) { m.Ticket.Number = "--" }},
	}
	c := example(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := sample(t, tt.mail)
			tt.change(m)
			if r, err := c.Render(m, tt.id, now); err == nil {
				t.Errorf("rendered:\n%s", r.Raw)
			}
		})
	}
}

func TestNewRefusesConfig(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*compose.Config){
		"From":            func(c *compose.Config) { c.From.Local, c.From.Domain = "", "" },
		"Support":         func(c *compose.Config) { c.Support.Local, c.Support.Domain = "", "" },
		"MailFrom":        func(c *compose.Config) { c.MailFrom.Local, c.MailFrom.Domain = "", "" },
		"WebURL":          func(c *compose.Config) { c.WebURL = nil },
		"WebURL scheme":   func(c *compose.Config) { c.WebURL.Scheme = "javascript" },
		"MessageIDDomain": func(c *compose.Config) { c.MessageIDDomain = "a b" },
	}
	for name, change := range tests {
		cfg := config(t)
		change(&cfg)
		field, _, _ := strings.Cut(name, " ")
		if _, err := compose.New(cfg, templates.FS); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// copyMail is the shipped templates in memory, to be changed.
func copyMail(t *testing.T) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(templates.FS, "mail", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(templates.FS, path)
		m[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNewRefusesTemplates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(fstest.MapFS)
		names  string
	}{
		"no_mail":     {func(m fstest.MapFS) { clear(m) }, "mail"},
		"no_text":     {func(m fstest.MapFS) { delete(m, "mail/en/late.txt") }, "mail/en/late.txt"},
		"no_html":     {func(m fstest.MapFS) { delete(m, "mail/en/late.html") }, "mail/en/late.html"},
		"no_english":  {func(m fstest.MapFS) { translate(m, "de"); remove(m, "mail/en/") }, "mail/en"},
		"half_german": {func(m fstest.MapFS) { translate(m, "de"); delete(m, "mail/de/code.txt") }, "mail/de/code.txt"},
		"no_subject": {func(m fstest.MapFS) {
			m["mail/en/code.txt"].Data = []byte(`{{define "words"}}w{{end}}{{define "body"}}b{{end}}`)
		}, "subject"},
		"syntax": {func(m fstest.MapFS) { m["mail/en/code.html"].Data = []byte(`{{define "body"}}{{if}}{{end}}`) }, "code.html"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := copyMail(t)
			tt.change(m)
			if _, err := compose.New(config(t), m); err == nil || !strings.Contains(err.Error(), tt.names) {
				t.Errorf("error %v, want one that names %s", err, tt.names)
			}
		})
	}
}

// translate copies the English texts to another language.
func translate(m fstest.MapFS, language string) {
	for path, f := range maps.Clone(m) {
		if name, ok := strings.CutPrefix(path, "mail/en/"); ok {
			m["mail/"+language+"/"+name] = f
		}
	}
}

func remove(m fstest.MapFS, prefix string) {
	for path := range m {
		if strings.HasPrefix(path, prefix) {
			delete(m, path)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	m := copyMail(t)
	translate(m, "de")
	m["mail/de/code.txt"] = &fstest.MapFile{Data: []byte(`{{define "subject"}}Ihr Code{{end}}{{define "words"}}Code{{end}}{{define "body"}}{{.Code}}{{end}}`)}
	c, err := compose.New(config(t), m)
	if err != nil {
		t.Fatal(err)
	}
	for language, subject := range map[string]string{"de": "Ihr Code", "de-AT": "Ihr Code", "DE": "Ihr Code",
		"": "Your registration code", "fr": "Your registration code", "en-GB": "Your registration code"} {
		order := sample(t, "code")
		order.Language = language
		r, err := c.Render(order, id, now)
		if err != nil {
			t.Fatal(err)
		}
		if r.Subject != subject {
			t.Errorf("language %q: subject %q, want %q", language, r.Subject, subject)
		}
	}
}

// Not even a template can put a secret into what is shown on the console.
func TestWordsAndSubjectHaveNoSecrets(t *testing.T) {
	t.Parallel()
	m := copyMail(t)
	const all = `{{define "subject"}}S{{.Code}}{{.Link}}{{.Ref}}{{end}}{{define "words"}}W{{.Code}}{{.Link}}{{.Ref}}{{end}}{{define "body"}}{{.Code}}{{.Link}}{{.Ref}}{{end}}`
	m["mail/en/invitation.txt"] = &fstest.MapFile{Data: []byte(all)}
	c, err := compose.New(config(t), m)
	if err != nil {
		t.Fatal(err)
	}
	order := sample(t, "invitation")
	order.Ticket, order.Ref, order.Data.Code = nil, ref(t), code(t)
	r, err := c.Render(order, id, now)
	if err != nil {
		t.Fatal(err)
	}
	if r.Subject != "S" || r.Words != "W" {
		t.Errorf("subject %q, words %q", r.Subject, r.Words)
	}
	if text, _ := parts(t, r.Raw); !strings.Contains(text, "402731https://access.provider.example/register/") {
		t.Errorf("the body lacks what it is for:\n%s", text)
	}
}
