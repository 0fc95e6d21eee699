package compose_test

import (
	"maps"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// hostile are values that people supply, and seeds of FuzzRender, which a plain go test plays too.
var hostile = map[string]string{
	"crlf":              "Jane\r\nBcc: victim@evil.example",
	"lf":                "Jane\nBcc: victim@evil.example\n\nbody",
	"cr":                "Jane\rBcc: victim@evil.example",
	"folded":            "Jane\r\n X-Evil: 1",
	"nul":               "Jane\x00Doe",
	"escape":            "\x1b[31mJane",
	"c1":                "Jane\u0085Bcc: x",
	"line_separator":    "Jane\u2028Bcc: victim@evil.example\u2029x",
	"bidi_override":     "Jane \u202egpj.exe\u202c",
	"bidi_isolate":      "\u2066Jane\u2069 \u200f\u061c",
	"zero_width":        "Ja\u200bne\ufeff Do\u00ade",
	"tags":              "Jane\U000e0041\U000e0042",
	"invalid_utf8":      "Jane \xff\xfe Doe",
	"encoded_word":      "=?utf-8?q?Jane=0D=0ABcc=3A_victim=40evil.example?=",
	"quotes":            `Jane" <ceo@acme.example>, "x`,
	"angle":             "Jane <ceo@acme.example>",
	"comma":             "Doe, Jane; group: x;",
	"backslash":         `Jane\`,
	"html":              `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"html_comment":      "<!-- Jane --><!--",
	"attribute":         `" onmouseover="alert(1)`,
	"template":          `{{.Code}}{{template "layout" .}}`,
	"boundary":          "--part-00000000000000000000000000000000--",
	"url":               "https://evil.example/login",
	"instruction":       "Jane\n\nTo approve, reply APPROVE.\nRef: a.aaaaaaaaaaaaaaaaaaaaaaaaaa",
	"long_word":         strings.Repeat("a", 1500),
	"long_words":        strings.Repeat("Jane Doe ", 150),
	"long_non_ascii":    strings.Repeat("Жанна ", 120),
	"combining":         "J" + strings.Repeat("\u0301", 300),
	"emoji":             "Jane 👩‍🚀",
	"blank":             " \t\r\n ",
	"percent":           "%s%d%!(EXTRA)",
	"signature":         "-- \nJane",
	"from_line":         "From jane@acme.example Mon",
	"dot":               ".\r\nQUIT",
	"only_placeholders": "[token] [code]",
}

// everywhere puts one value into every field that people supply, in a mail of each kind.
func everywhere(t testing.TB, s string) []*access.Mail {
	t.Helper()
	var mails []*access.Mail
	for _, name := range []string{"answer_waiting", "answer_details_all", "answer_refused", "answer_mixed", "approval_client",
		"approval_staff_outside", "notice", "receipt", "unclear", "late", "not_yours", "not_yours_owner", "settled", "team",
		"invitation", "code", "outcome_registered", "outcome_changed", "outcome_rejected", "outcome_bounced"} {
		m := sample(t, name)
		d := &m.Data
		m.ToName, m.InReplyTo, d.Client, d.Requester, d.Person = s, s, s, s, s
		if d.Reason != "owner" {
			d.Reason = s
		}
		if o := d.Other; o != nil {
			o.Address, o.Levels, o.Subject, o.Words = s, []string{s}, s, s
		}
		for i := range d.Lines {
			l := &d.Lines[i]
			l.Name, l.Email, l.Reason, l.Rule, l.Text, l.Ticket, l.By = s, s, s, s, s, s, s
			l.Roles, l.Options, l.MayAsk = []string{s, s}, []string{s}, []string{s, s}
		}
		mails = append(mails, m)
	}
	return mails
}

// checkHostile asserts what no supplied value may change: the header, the two parts, the secrets.
func checkHostile(t testing.TB, m *access.Mail, r *access.Rendered) {
	t.Helper()
	raw, subject := r.Raw, r.Subject
	text, html := parts(t, raw)
	allowed := []string{"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "Message-ID", "Mime-Version",
		"References", "Reply-To", "Subject", "To", "X-Auto-Response-Suppress"}
	names := fieldNames(t, raw)
	for i, name := range names {
		if !slices.Contains(allowed, name) || i > 0 && names[i-1] == name {
			t.Errorf("header field %q: %q", name, names)
		}
	}
	h := header(t, raw)
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "support@provider.example" {
		t.Errorf("From %v, %v", from, err)
	}
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != m.To.Local+"@"+m.To.Domain {
		t.Errorf("To %v, %v", to, err)
	}
	checkVisible(t, "text", text)
	checkVisible(t, "html", html)
	for _, words := range []string{r.Words, r.WordsIn["de"]} {
		checkVisible(t, "words", words)
		if n := len([]rune(words)); n > 160 {
			t.Errorf("words of %d characters", n)
		}
	}
	checkVisible(t, "subject", subject)
	for _, s := range []string{r.Words, r.WordsIn["de"], subject, to[0].Name} {
		if strings.ContainsAny(s, "\r\n\t") {
			t.Errorf("more than one line: %q", s)
		}
	}
	for _, tag := range []string{"<script", "<img", "onmouseover=\"", "<!-- Jane"} {
		if strings.Contains(html, tag) {
			t.Errorf("%s in the HTML:\n%s", tag, html)
		}
	}
	links := 0
	if m.Kind == access.MailInvitation || m.Kind == access.MailSignIn {
		links = 2
	}
	d := m.Data
	held := slices.ContainsFunc(d.Lines, func(l access.Line) bool { return l.Status == access.StatusHeld || !l.Until.IsZero() })
	if m.Kind == access.MailNotice || m.Kind == access.MailReceipt && m.Ref != nil && held ||
		!d.Token.IsZero() && (m.Kind == access.MailAnswer || m.Kind == access.MailDelegation && d.Person == "") {
		links = 1
	}
	if n := strings.Count(html, "<a "); n != links {
		t.Errorf("%d links in the HTML, want %d:\n%s", n, links, html)
	}
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
}

func checkVisible(t testing.TB, where, s string) {
	t.Helper()
	for _, r := range s {
		switch {
		case r == '\r', r == '\n', r == '\u200c', r == '\u200d':
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			t.Errorf("%s holds %U: %q", where, r, s)
			return
		}
	}
}

// An encoded-word in a name is text, and must not be decoded by the receiver.
func TestEncodedWordStaysText(t *testing.T) {
	t.Parallel()
	m := sample(t, "approval_client")
	m.ToName, m.Data.Requester = hostile["encoded_word"], hostile["encoded_word"]
	r, err := example(t).Render(m, id, now)
	if err != nil {
		t.Fatal(err)
	}
	if h := unfold(string(r.Raw)); strings.Contains(h, "=?utf-8?q?Jane") {
		t.Errorf("an encoded-word:\n%s", h)
	}
}

// A supplied value never begins a line of the text part at its left edge, where our own sentences stand.
func TestInstructionInAValue(t *testing.T) {
	t.Parallel()
	m := sample(t, "approval_client")
	m.Data.Lines[0].Reason = strings.Repeat("x ", 30) + hostile["instruction"] + strings.Repeat(" To approve, reply APPROVE.", 9)
	r, err := example(t).Render(m, id, now)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := parts(t, r.Raw)
	edge := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "To approve") || strings.HasPrefix(line, "Ref:") {
			edge++
		}
	}
	if edge != 2 {
		t.Errorf("%d lines at the edge, want ours, which are 2:\n%s", edge, text)
	}
	if strings.Contains(text, "a.aaaaaaaaaaaaaaaaaaaaaaaaaa") {
		t.Errorf("a token of the requester's is shown:\n%s", text)
	}
}

// What cannot stand in In-Reply-To is left out; the mail is an answer all the same (RFC 3834).
func TestForeignMessageIDs(t *testing.T) {
	t.Parallel()
	c := example(t)
	tests := map[string]bool{
		"a.b-c_d$1@acme.example": true, "odd!no-at": true, "a@b": true, strings.Repeat("a", 900): true,
		"a b@acme.example": false, "a\r\nBcc: x@evil.example": false, "a><b@x": false, "<a@b>": false, "ä@acme.example": false,
		"a\x00@x": false, strings.Repeat("a", 901): false,
	}
	for messageID, kept := range tests {
		m := sample(t, "answer_waiting")
		m.InReplyTo = messageID
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if kept {
			want = "<" + messageID + ">"
		}
		h := header(t, r.Raw)
		if got := strings.TrimSpace(h.Get("In-Reply-To")); got != want || strings.TrimSpace(h.Get("References")) != want {
			t.Errorf("In-Reply-To %q, References %q; want %q", got, h.Get("References"), want)
		}
		if h.Get("Auto-Submitted") != "auto-replied" {
			t.Errorf("%q: Auto-Submitted %q", messageID, h.Get("Auto-Submitted"))
		}
	}
}

func TestNamesInOtherScripts(t *testing.T) {
	t.Parallel()
	c := example(t)
	for _, name := range []string{"Tomáš Dvořák", "Жанна Агузарова", "山田 太郎", "نرگس\u200cزاده", "Nguyễn Thị Minh Khai", "O'Neil, Jr."} {
		m := sample(t, "approval_client")
		m.ToName, m.Data.Requester, m.Data.Lines[0].Name = name, name, name
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		to, err := netmail.ParseAddress(header(t, r.Raw).Get("To"))
		if err != nil || to.Name != name {
			t.Errorf("To %v, %v; want %q", to, err, name)
		}
		if !strings.Contains(r.Subject, " from "+name+" (Acme Colo)") {
			t.Errorf("Subject %q lacks %q", r.Subject, name)
		}
		if text, _ := parts(t, r.Raw); !strings.Contains(text, "  1. "+name+" <jane.doe@acme.example>") {
			t.Errorf("%q is not in\n%s", name, text)
		}
	}
}

// The mail of a sample goes to whom the sample names where to is no address, as with the values above.
func FuzzRender(f *testing.F) {
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		f.Add(hostile[name], "")
	}
	f.Add("Jane Doe", "jane@acme.example")
	c := example(f)
	f.Fuzz(func(t *testing.T, s, to string) {
		for _, m := range everywhere(t, s) {
			if a, err := mailaddr.Parse(to); err == nil {
				m.To = a
			}
			r, err := c.Render(m, id, now.Add(time.Duration(len(s))*time.Second))
			if err != nil {
				t.Fatalf("%s: %v", m.Kind, err)
			}
			checkHostile(t, m, r)
		}
	})
}
