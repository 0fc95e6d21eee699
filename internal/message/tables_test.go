package message_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/message"
)

// TestTableWithoutCharset reads tables in a Windows code page that names no charset, where all code pages of Europe agree on the letters.
func TestTableWithoutCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ bytes, want string }{
		{"Gr\xfcn;B\xf6hm", "Grün;Böhm"},
		{"Grün;Böhm", "Grün;Böhm"},
		{"Yal\xfdn;x", "Yal\ufffdn;x"},             // ı in the Turkish one, ý in the Western one
		{"Ja\xb3owiec;x", "Ja\ufffdowiec;x"},       // ł in the Central European one
		{"\xd6\xc4;x", "\ufffd;x"},                 // as Cyrillic words are
		{"Gr\xfcn;Ja\xb3a", "Gr\ufffdn;Ja\ufffda"}, // one doubtful letter makes all doubtful
	} {
		raw := strings.Join([]string{
			"From: Jane Doe <jane@acme.example>", "To: support@provider.example", "Subject: list", "MIME-Version: 1.0",
			"Content-Type: text/csv", `Content-Disposition: attachment; filename="list.csv"`, "Content-Transfer-Encoding: 8bit", "", c.bytes, "",
		}, "\r\n")
		m, err := message.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Attachments) != 1 || strings.TrimSpace(m.Attachments[0].Text) != c.want {
			t.Errorf("%q: got %+v, want the text %q", c.bytes, m.Attachments, c.want)
		}
	}
}
