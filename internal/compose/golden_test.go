package compose_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
)

var update = flag.Bool("update", false, "write the golden files anew; read them before they are committed")

// languages are those that come with the program.
var languages = []string{"en", "de"}

const goldenDir = "testdata/golden"

// Each sample has two golden files in each language: LANGUAGE/NAME.txt, which begins with the header fields that people
// see, and LANGUAGE/NAME.html. The bytes of whole messages are in message/.
func TestGolden(t *testing.T) {
	t.Parallel()
	c := example(t)
	for _, language := range languages {
		for name, m := range compose.Samples() {
			t.Run(language+"/"+name, func(t *testing.T) {
				t.Parallel()
				m.Language = language
				r, err := c.Render(m, id, now)
				if err != nil {
					t.Fatal(err)
				}
				text, html := parts(t, r.Raw)
				h := header(t, r.Raw)
				head := "From: " + h.Get("From") + "\nTo: " + h.Get("To") + "\nSubject: " + r.Subject + "\n\n"
				compareGolden(t, language+"/"+name+".txt", head+strings.ReplaceAll(text, "\r\n", "\n"))
				compareGolden(t, language+"/"+name+".html", strings.ReplaceAll(html, "\r\n", "\n"))
			})
		}
	}
	for _, name := range []string{"approval_client", "answer_waiting", "code"} {
		m := compose.Samples()[name]
		m.ToName = "Zoë Müller-Łukasz"
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, "message/"+name+".eml", string(r.Raw))
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join(goldenDir, name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestGoldenCoversEveryKind(t *testing.T) {
	t.Parallel()
	seen := map[access.MailKind]bool{}
	for _, mail := range compose.Samples() {
		seen[mail.Kind] = true
	}
	for _, kind := range access.MailKinds {
		if !seen[kind] {
			t.Errorf("no golden file shows kind %s", kind)
		}
	}
}

func TestNoStrayGoldenFile(t *testing.T) {
	t.Parallel()
	known := compose.Samples()
	err := filepath.WalkDir(goldenDir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && known[strings.TrimSuffix(d.Name(), filepath.Ext(path))] == nil {
			t.Errorf("%s belongs to no sample", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A retry must send what the first try sent, also from another process.
func TestSameOrderSameBytes(t *testing.T) {
	t.Parallel()
	one, other := example(t), composer(t, config(t))
	for name, mail := range compose.Samples() {
		first, err := one.Render(mail, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for range 5 {
			again, err := other.Render(mail, id, now)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !bytes.Equal(first.Raw, again.Raw) {
				t.Fatalf("%s: the bytes differ:\n%s", name, cmp.Diff(string(first.Raw), string(again.Raw)))
			}
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"answer_waiting":     "Answered Maria Lindqvist: Jane Doe: waiting for Sarah Chen or Omar Haddad; Raj Patel: waiting for our security team",
		"approval_client":    "Asked Sarah Chen to approve: Jane Doe as Secondary Contact; Raj Patel as Technician",
		"notice":             "Told Sarah Chen that approving power changes: Tomáš Dvořák: change of role to Main Contact",
		"receipt_stop":       "Recorded STOP of Sarah Chen: Jane Doe: waiting for Sarah Chen or Omar Haddad; Raj Patel: cancelled",
		"not_yours_owner":    "Told Sarah Chen that Olu Adeyemi answered with their mail",
		"settled":            "Told Sarah Chen that Olu Adeyemi has answered: Jane Doe: approved by Olu Adeyemi; Raj Patel: declined by Olu Adeyemi",
		"invitation":         "Invited Jane Doe as Secondary Contact, until Sunday, 29 November 2026, 14:05 UTC",
		"code":               "Sent a registration code to Jane Doe",
		"outcome_registered": "Told Maria Lindqvist: Jane Doe: registered",
		"unclear":            "Asked Sarah Chen to answer again: Your mail does not say clearly what you decide, so nothing was decided.",
	}
	c := example(t)
	for name, words := range want {
		r, err := c.Render(sample(t, name), id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.Words != words {
			t.Errorf("%s: %q, want %q", name, r.Words, words)
		}
	}
}

// Who reads on a page what a mail says is not whom it is to.
func TestWordsAreForOthers(t *testing.T) {
	t.Parallel()
	m := sample(t, "settled")
	m.Data.Lines = slices.Clone(m.Data.Lines)
	m.Data.Lines[0].By = m.ToName
	r, err := example(t).Render(m, id, now)
	if err != nil {
		t.Fatal(err)
	}
	if want := "approved by " + m.ToName + ";"; !strings.Contains(r.Words, want) {
		t.Errorf("%q does not say %q", r.Words, want)
	}
	if want := "freigegeben von " + m.ToName + ";"; !strings.Contains(r.WordsIn["de"], want) {
		t.Errorf("%q does not say %q", r.WordsIn["de"], want)
	}
	if text, _ := parts(t, r.Raw); !strings.Contains(text, "by you") {
		t.Errorf("the mail itself does not say \"by you\":\n%s", text)
	}
}

// What a mail says is kept in every language, whoever it is to, so that the page can show it in its reader's.
func TestWordsInGerman(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"answer_waiting":     "Maria Lindqvist geantwortet: Jane Doe: es entscheidet als Nächstes: Sarah Chen oder Omar Haddad; Raj Patel: es entscheidet als Nächstes: unser Sicherheitsteam",
		"approval_client":    "Sarah Chen um Freigabe gebeten: Jane Doe als Zweitkontakt; Raj Patel als Techniker",
		"notice":             "Sarah Chen mitgeteilt, dass sich die Freigaberechte ändern: Tomáš Dvořák: andere Rolle, nämlich Hauptkontakt",
		"receipt_stop":       "STOP von Sarah Chen festgehalten: Jane Doe: es entscheidet als Nächstes: Sarah Chen oder Omar Haddad; Raj Patel: gestoppt",
		"not_yours_owner":    "Sarah Chen mitgeteilt, dass Olu Adeyemi die Freigabe-Mail an Sarah Chen beantwortet hat",
		"settled":            "Sarah Chen mitgeteilt, dass Olu Adeyemi geantwortet hat: Jane Doe: freigegeben von Olu Adeyemi; Raj Patel: abgelehnt von Olu Adeyemi",
		"invitation":         "Jane Doe eingeladen als Zweitkontakt, bis Sonntag, 29. November 2026, 14:05 Uhr UTC",
		"code":               "Code für die Registrierung an Jane Doe gesendet",
		"outcome_registered": "Maria Lindqvist mitgeteilt: Jane Doe: registriert",
		"unclear":            "Sarah Chen um eine neue Antwort gebeten: Aus Ihrer Mail geht nicht klar hervor, wie Sie entscheiden. Deshalb ist nichts entschieden.",
	}
	c := example(t)
	for name, words := range want {
		for _, language := range []string{"en", "de"} {
			m := sample(t, name)
			m.Language = language
			r, err := c.Render(m, id, now)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(r.WordsIn) != 1 || r.WordsIn["de"] != words {
				t.Errorf("%s to somebody who reads %s: %q, want %q", name, language, r.WordsIn, words)
			}
		}
	}
	for name, m := range compose.Samples() {
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.WordsIn["de"] == "" || r.WordsIn["de"] == r.Words {
			t.Errorf("%s has no German words beside %q", name, r.Words)
		}
	}
}

// Each secret stands in the mails that are there to carry it, and nowhere else.
func TestSecretsOnlyWhereTheyBelong(t *testing.T) {
	t.Parallel()
	c := example(t)
	secrets := []string{ref(t).Token.Reveal(), mint(t, 0x66).Reveal(), code(t).Reveal(), mint(t, 0x88).Reveal()}
	shows := map[string]int{"approval": 0, "notice": 0, "receipt_ref": 0, "receipt_rejected": 0, "invitation": 1, "code": 2, "code_stop": 2, "code_stop_hold": 2,
		"code_delegation": 2, "challenge": 2, "challenge_again": 2, "answer_delegation": 3, "delegation_begun_own": 3}
	for name, m := range compose.Samples() {
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		own := -1
		for prefix, n := range shows {
			if name == prefix || prefix == "approval" && strings.HasPrefix(name, "approval_") ||
				prefix == "approval" && (name == "reminder" || name == "reminder_escalated") {
				own = n
			}
		}
		raw := unfold(string(r.Raw))
		for n, secret := range secrets {
			if strings.Contains(raw, secret) != (n == own) {
				t.Errorf("%s: holds secret %d: %v", name, n, n != own)
			}
			if strings.Contains(r.Words+r.WordsIn["de"], secret) || strings.Contains(r.Subject, secret) {
				t.Errorf("%s: secret %d in words or subject", name, n)
			}
		}
	}
}

// unfold undoes the line breaks of quoted-printable and of header fields.
func unfold(raw string) string {
	return strings.NewReplacer("=\r\n", "", "\r\n ", "").Replace(raw)
}

func TestTextLines(t *testing.T) {
	t.Parallel()
	c := example(t)
	for name, m := range compose.Samples() {
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, _ := parts(t, r.Raw)
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			if len([]rune(line)) > 78 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%s: %d columns: %q", name, len([]rune(line)), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: blanks at the end of %q", name, line)
			}
		}
		if strings.Contains(text, "\r\n\r\n\r\n") {
			t.Errorf("%s: two empty lines in a row:\n%s", name, text)
		}
	}
}

// The header fields of every mail, and the fields that some have besides.
func TestHeaderFields(t *testing.T) {
	t.Parallel()
	always := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-ID", "Mime-Version", "Subject", "To"}
	c := example(t)
	for name, m := range compose.Samples() {
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := slices.Clone(always)
		if m.Ticket != nil || m.Ref != nil {
			want = append(want, "Reply-To")
		}
		if m.InReplyTo != "" {
			want = append(want, "In-Reply-To", "References")
		}
		switch m.Kind {
		case access.MailApproval, access.MailNotice, access.MailInvitation, access.MailCode, access.MailChallenge:
			want = append(want, "X-Auto-Response-Suppress")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, fieldNames(t, r.Raw)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
