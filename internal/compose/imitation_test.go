package compose_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

// wicked are pieces of values that try to be something else: links, lines of ours, quotes, instructions, other fields.
var wicked = []string{"Jane Doe", "Zoë", "نرگس", "APPROVE", "APPROVE all", "approved", "REJECT", "Genehmigt.", "yes to all", "STOP", "1. APPROVE", "1: yes",
	"\n", "\r\n", "\r\n\r\n", "\u2028", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\U000e0041", "\x00", "\x1b[2J",
	"Ref: a.aaaaaaaaaaaaaaaaaaaaaaaaaa", "Ref：", "ref :", "Request: REQ-2026-99999", "> ", ">> APPROVE", "| ", "-- ", "--", "___", "=====",
	"-----Original Message-----", "On Mon, 1 Jan 2026 at 10:00, Sarah Chen <sarah.chen@acme.example> wrote:", "From: ceo@acme.example", "Von:", "Sent: today",
	"Am 1.1.2026 schrieb Sarah:", "https://evil.example/login", "HTTP://EVIL.example", "www.evil.example", "evil.example", "evil.example/x?y=1",
	"evil\u3002example", "evil．example", "javascript:alert(1)", "mailto:ceo@evil.example", "ceo@evil.example", "//evil.example", "tel:+49301234", "xn--80ak6aa92e.example",
	"<a href=https://evil.example>", "<ceo@acme.example>", "</td></table>", "<!--", "--part-0", "=?utf-8?q?x?=", "Bcc: victim@evil.example",
	"as Main Contact. Reason: none", "{{.Ref}}", "=cmd|' /C calc'!A0", "\t", "\"", "`", "&lt;", "a", " ", ".", ":", "@"}

func hostileValue() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(wicked), rapid.StringN(0, 6, -1)), 1, 8).Draw(t, "pieces")
		return strings.Join(pieces, rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "glue"))
	})
}

// link is what mail programs make links of: a scheme, www., an address, or a name with a label of letters behind a dot.
var link = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]+:\S*//\S+|(?:https?|ftp|mailto|tel|javascript):\S+|www\.\S+|[\pL\pM\d_-]+[.。．｡][\pL][\pL\pM\d-]+`)

// ownLink are the links of ours: the pages, the provider's addresses, and the addresses of the people asked about.
func ownLink(s string) bool {
	return strings.HasPrefix(s, "https://access.provider.example/register/") || strings.HasPrefix(s, "https://access.provider.example/stop/") || strings.HasSuffix(s, "provider.example") ||
		slices.Contains([]string{"jane.doe", "acme.example", "access.provider", "xn--bcher-kva.example", "bücher.example", "асme.example", "xn--me-6kc2e.example"}, s)
}

func checkImitation(t *rapid.T, m *access.Mail, text, htmlPart, subject string) {
	htmlPart = regexp.MustCompile(`<div class="preheader"[^>]*>[^<]*</div>`).ReplaceAllString(htmlPart, "") // shows how the text begins
	bare := html.UnescapeString(regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`).ReplaceAllString(htmlPart, " "))
	for where, s := range map[string]string{"text": text, "HTML": bare, "subject": subject} {
		for _, l := range m.Data.Lines {
			s = strings.ReplaceAll(strings.ReplaceAll(s, l.Email, ""), l.Details.NewEmail, "")
			if a, err := mailaddr.Parse(l.Email); err == nil {
				s = strings.ReplaceAll(s, a.String(), "") // in A-labels
			}
		}
		if m.Data.Other != nil {
			s = strings.ReplaceAll(s, m.Data.Other.Address, "")
		}
		if d := m.Data.Digest; d != nil {
			for _, x := range slices.Concat(d.Left, d.Quarantined) {
				s = strings.ReplaceAll(s, x.From, "")
			}
		}
		if m.Ref != nil {
			s = strings.ReplaceAll(s, m.Ref.String(), "")
		}
		for _, found := range link.FindAllString(s, -1) {
			if !ownLink(found) && !strings.Contains(found, ":…") {
				t.Fatalf("%s: the %s holds the link %q:\n%s", m.Kind, where, found, s)
			}
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }) {
			t.Fatalf("%s: the %s can turn text around", m.Kind, where)
		}
	}
	var refs []token.Ref
	if m.Ref != nil {
		refs = []token.Ref{*m.Ref}
	}
	for where, s := range map[string]string{"text": text, "HTML": bare} {
		if found := token.FindRefs(s); !slices.Equal(found, refs) {
			t.Fatalf("%s: %d references in the %s, want %d", m.Kind, len(found), where, len(refs))
		}
		if n := len(regexp.MustCompile(`(?i)\bref\s*[:：]\s*[^“”"\s]`).FindAllString(s, -1)); n != len(refs) {
			t.Fatalf("%s: %d lines of reference in the %s, want %d:\n%s", m.Kind, n, where, len(refs), s)
		}
	}
}

// quoters are how mail programs quote the mail that is answered.
var quoters = map[string]func(own, text, html string) string{
	"marks": func(own, text, _ string) string {
		return plainBody(own + "\n\nOn Sun, 22 Nov 2026 at 14:05, Example Colo Support <support@provider.example> wrote:\n> " + strings.ReplaceAll(text, "\n", "\n> "))
	},
	"marks_above": func(own, text, _ string) string {
		return plainBody("Am 22.11.2026 um 14:05 schrieb Example Colo Support <support@provider.example>:\n\n> " + strings.ReplaceAll(text, "\n", "\n> ") + "\n\n" + own)
	},
	"header": func(own, text, _ string) string {
		return plainBody(own + "\n\nFrom: Example Colo Support <support@provider.example>\nSent: Sunday, 22 November 2026 14:05\nTo: Sarah Chen <sarah.chen@acme.example>\nSubject: Approval needed\n\n" + text)
	},
	"german_header": func(own, text, _ string) string {
		return plainBody(own + "\n\n-----Ursprüngliche Nachricht-----\nVon: Example Colo Support <support@provider.example>\nGesendet: Sonntag, 22. November 2026 14:05\nAn: Sarah Chen <sarah.chen@acme.example>\nBetreff: Bitte um Freigabe\n\n" + text)
	},
	"html": func(own, _, page string) string {
		return "Content-Type: text/html; charset=utf-8\n\n<div dir=\"ltr\">" + html.EscapeString(own) + "</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Sun, 22 Nov 2026 at 14:05, Example Colo Support &lt;support@provider.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">" + page + "</blockquote></div>"
	},
}

func plainBody(s string) string { return "Content-Type: text/plain; charset=utf-8\n\n" + s }

// TestNobodyImitatesUs: whatever a requester calls people and gives for reasons, what we write stays ours. An approver sees
// one reference and no link of a stranger's, and a reply that quotes the mail decides nothing but what its author wrote.
func TestNobodyImitatesUs(t *testing.T) {
	t.Parallel()
	tb := t
	c := example(t)
	model, err := policy.Builtin("contact-levels")
	if err != nil {
		t.Fatal(err)
	}
	var roles []interpret.Role
	for _, r := range model.Roles {
		roles = append(roles, interpret.Role{ID: r.ID, Title: r.Title, Aliases: r.Aliases})
	}
	var names []string
	for name := range compose.Samples() {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		m := compose.Samples()[rapid.SampledFrom(names).Draw(t, "mail")]
		m.Language = rapid.SampledFrom(languages).Draw(t, "language")
		value := func(label string) string { return hostileValue().Draw(t, label) }
		m.ToName, m.Data.Client, m.Data.Requester, m.Data.Person = value("to"), value("client"), value("requester"), value("person")
		if o := m.Data.Other; o != nil {
			o.Subject, o.Words = value("subject"), value("words")
		}
		if d := m.Data.Digest; d != nil {
			d.Left[0].Subject, d.Quarantined[0].Subject, d.Waiting[0].Name = value("left"), value("quarantined"), value("waiting")
		}
		for i := range m.Data.Lines {
			l := &m.Data.Lines[i]
			l.Name, l.Reason, l.By, l.Text, l.For = value("name"), value("reason"), value("by"), value("text"), value("for")
			if l.Details.Visit.Company != "" {
				l.Details.Visit.Company = value("company")
			}
			if l.Details.NewName != "" {
				l.Details.NewName = value("new name")
			}
			if len(l.Asked) > 0 {
				l.Asked = []string{value("asked"), value("asked")}
			}
			if len(l.MayAsk) > 0 {
				l.MayAsk = []string{value("may ask")}
			}
		}
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		checkHostile(tb, m, r)
		p, err := c.Preview(m, now)
		if err != nil {
			t.Fatal(err)
		}
		text, page := p.Text, p.HTML
		checkImitation(t, m, text, page, r.Subject)

		own := rapid.SampledFrom([]string{"", "Thank you, I will come back to you on that.", "Danke, ich melde mich dazu morgen.", "APPROVE 1"}).Draw(t, "own")
		how := rapid.SampledFrom([]string{"marks", "marks_above", "header", "german_header", "html"}).Draw(t, "quoter")
		raw := "From: Sarah Chen <sarah.chen@acme.example>\nTo: support@provider.example\nSubject: Re: " + strings.ReplaceAll(r.Subject, "\n", " ") +
			"\nMessage-ID: <x@acme.example>\nDate: Sun, 22 Nov 2026 15:05:30 +0000\nMIME-Version: 1.0\n" + quoters[how](own, text, page)
		reply, err := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		asked := &interpret.Asked{}
		numbered := m.Kind == access.MailApproval || m.Kind == access.MailUnclear
		for _, l := range m.Data.Lines {
			if !numbered {
				break
			}
			asked.Lines = append(asked.Lines, interpret.AskedLine{Number: l.Number, Name: l.Name, Email: l.Email})
			asked.Requests = append(asked.Requests, interpret.Request{Action: interpret.AddUser, Roles: []string{}})
		}
		reading := interpret.Read(reply, interpret.Context{Model: "contact-levels", Roles: roles, Asked: asked})
		for key, d := range reading.Decisions {
			if d == interpret.Unclear || !numbered && own == "APPROVE 1" || own == "APPROVE 1" && d == interpret.Approve && (key == "1" || len(asked.Lines) == 1) {
				continue
			}
			t.Fatalf("%s quoted as %s: decision %s for %q; own words %q:\n%s", m.Kind, how, d, key, reading.OwnWords, text)
		}
		for _, cmd := range reading.Commands {
			t.Fatalf("%s quoted as %s: command %v; own words %q:\n%s", m.Kind, how, cmd, reading.OwnWords, text)
		}
	})
}

// A colon of ours that follows a name makes no line "Ref:" of it; names that only contain the word are as they were.
func TestNameIsNoRef(t *testing.T) {
	t.Parallel()
	c := example(t)
	m := compose.Samples()["answer_waiting"]
	for name, want := range map[string]string{"Ref": "Ref.", "ref:": "ref .", "Jane Ref: ": "Jane Ref .", "REF : :": "REF .",
		"Joseref": "Joseref", "Ref Doe": "Ref Doe", "Jane Doe": "Jane Doe"} {
		m.ToName = name
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := parts(t, r.Raw)
		if !strings.HasPrefix(text, "Hello "+want+",") {
			t.Errorf("%q is greeted by %.30q, want %q", name, text, want)
		}
	}
}
