package message_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/internal/message"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, text, html string }{
		"no_content_type": {"A: 1\n\nhello\n\nworld\n", "hello\n\nworld", ""},
		"alternative": {`Content-Type: multipart/alternative; boundary="a b"

preamble
--a b
Content-Type: text/plain

plain
--a b
Content-Type: text/html

<p>rich</p>
--a b--
epilogue
`, "plain", "rich"},
		"html_only":         {"Content-Type: text/html\n\n<p>rich\n", "rich", "rich"},
		"blank_plain_part":  {"Content-Type: multipart/alternative; boundary=a\n\n--a\n\n \n--a\nContent-Type: text/html\n\nrich\n--a--\n", "rich", "rich"},
		"mixed_is_joined":   {"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Disposition: inline\n\ntwo\n--a--\n", "one\n\ntwo", ""},
		"mixed_forms":       {"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/html\n\n<b>two\n--a--\n", "one\n\ntwo", "one\n\ntwo"},
		"prefix_boundaries": {"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n--a\n\ntwo\n--a--\n", "one\n\ntwo", ""},
		"inner_end_missing": {"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo\n--a--\n", "one\n\ntwo", ""},
		"boundary_with_cr":  {"Content-Type: multipart/mixed; boundary=a\r(x)\n\n--a\n\none\n--a--\n", "one", ""},
		"signed":            {"Content-Type: multipart/signed; boundary=a\n\n--a\n\none\n--a\nContent-Type: application/pgp-signature\n\nx\n--a--\n", "one", ""},
		"related_text_is_no_body": {"Content-Type: multipart/related; boundary=a\n\n--a\nContent-Type: text/html\n\n<b>one\n--a\n\ntwo\n--a--\n",
			"one", "one"},
		"iso_2022_jp":          {"Content-Type: text/plain; charset=ISO-2022-JP\n\n\x1b$BF|K\\8l\x1b(B\n", "日本語", ""},
		"windows_1252":         {"Content-Type: text/plain; charset=windows-1252\n\n\x80 \x93x\x94\n", "€ “x”", ""},
		"html_windows_1252":    {"Content-Type: text/html; charset=windows-1252\n\n\x80 5\n", "€ 5", "€ 5"},
		"undeclared_8bit":      {"A: 1\n\nFr\xf6sche\n", "Fr\ufffdsche", ""},
		"quoted_printable":     {"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\n\nsoft=  \n break =3D =C3=A9 =ZZ=\n", "soft break = é =ZZ", ""},
		"long_qp_line":         {"Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("x", 100_000) + "\n", strings.Repeat("x", 100_000), ""},
		"base64":               {"Content-Transfer-Encoding: base64\n\naGVs\n bG8=\n", "hello", ""},
		"comment_in_encoding":  {"Content-Transfer-Encoding: base64 (x)\n\naGVsbG8=\n", "hello", ""},
		"double_parameter":     {"Content-Type: text/plain; charset=utf-8; charset=koi8-r\n\né\n", "é", ""},
		"stray_parameter_text": {"Content-Type: text/plain; ; =x; charset=\"utf-8\"; y\n\né\n", "é", ""},
		"no_media_type":        {"Content-Type: text\n\nhello\n", "hello", ""},
		"blanks_and_invisible": {"Content-Type: text/plain; charset=utf-8\n\na\u00a0b\u202fc\u200bd\ufeffe\u00adf\u2060g\x00h\x07\n", "a b cdefgh", ""},
		"joiners":              {"Content-Type: text/plain; charset=utf-8\n\nAP\u200dPROVE می\u200cخواهم\n", "APPROVE می\u200cخواهم", ""},
		"line_ends":            {"A: 1\n\na\rb\n-- \nJane\n", "a\nb\n-- \nJane", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tt.raw)
			if m.Text != tt.text {
				t.Errorf("text %q, want %q", m.Text, tt.text)
			}
			if m.HTMLText != tt.html {
				t.Errorf("html %q, want %q", m.HTMLText, tt.html)
			}
		})
	}
}

func TestFlowed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ delsp, in, want string }{
		"joined":          {"no", "Hello \nworld \nthere\nnext\n", "Hello world there\nnext"},
		"quotes":          {"no", "> quoted \n> text\n>> deep\nmine\n", "> quoted text\n>> deep\nmine"},
		"depth_ends_it":   {"no", "> one \ntwo\n", "> one \ntwo"},
		"stuffed":         {"no", " > no quote\n  two blanks\n From me\n", "> no quote\n two blanks\nFrom me"},
		"signature":       {"no", "text \n-- \nJane\n", "text \n-- \nJane"},
		"delsp":           {"yes", "日本 \n語\n", "日本語"},
		"last_line_flows": {"no", "one \n", "one "},
		"empty_quote":     {"no", "> a\n>\n> b\n", "> a\n>\n> b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, "Content-Type: text/plain; charset=utf-8; format=Flowed; delsp="+tt.delsp+"\n\n"+tt.in)
			if m.Text != tt.want {
				t.Errorf("text %q, want %q", m.Text, tt.want)
			}
		})
	}
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("a,b\n", message.MaxTableText/4+1)
	tests := map[string]struct {
		header, body string
		want         message.Attachment
	}{
		"pdf":              {"Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64", "aGVsbG8=", message.Attachment{Filename: "x.pdf", MediaType: "application/pdf", Size: 5}},
		"csv":              {"Content-Type: text/csv; charset=iso-8859-1\nContent-Disposition: attachment; filename=a.csv", "J\xe4ne,x", message.Attachment{Filename: "a.csv", MediaType: "text/csv", Size: 6, Text: "Jäne,x"}},
		"csv_from_windows": {"Content-Type: application/vnd.ms-excel\nContent-Disposition: attachment; filename=\"a.CSV\"", "a,b", message.Attachment{Filename: "a.CSV", MediaType: "application/vnd.ms-excel", Size: 3, Text: "a,b"}},
		"excel":            {"Content-Type: application/vnd.ms-excel; name=a.xls", "a,b", message.Attachment{Filename: "a.xls", MediaType: "application/vnd.ms-excel", Size: 3}},
		"text_attached":    {"Content-Disposition: attachment", "note", message.Attachment{MediaType: "text/plain", Size: 4, Text: "note"}},
		"text_inline_file": {"Content-Disposition: inline; filename=n.txt", "note", message.Attachment{Filename: "n.txt", MediaType: "text/plain", Size: 4, Text: "note"}},
		"html_attached":    {"Content-Type: text/html\nContent-Disposition: attachment", "<b>", message.Attachment{MediaType: "text/html", Size: 3}},
		"vcard":            {"Content-Type: text/vcard", "FN:Jane", message.Attachment{MediaType: "text/vcard", Size: 7, Text: "FN:Jane"}},
		"table_too_long":   {"Content-Type: text/csv", big, message.Attachment{MediaType: "text/csv", Size: len(mail(big))}},
		"rfc2231":          {"Content-Disposition: attachment; filename*=iso-8859-1'de'na%EFve%20file.pdf; filename=plain.pdf\nContent-Type: application/pdf", "x", message.Attachment{Filename: "naïve file.pdf", MediaType: "application/pdf", Size: 1}},
		"rfc2231_pieces":   {"Content-Disposition: attachment; filename*0=\"long-\"; filename*1=\"50%\"; filename*2*=%20%E2%82%AC.txt\nContent-Type: a/b", "x", message.Attachment{Filename: "long-50% €.txt", MediaType: "a/b", Size: 1}},
		"rfc2231_no_pct":   {"Content-Disposition: attachment; filename*0=\"a%\"; filename*1=\"20b\"\nContent-Type: a/b", "x", message.Attachment{Filename: "a%20b", MediaType: "a/b", Size: 1}},
		"rfc2047":          {"Content-Disposition: attachment; filename=\"=?UTF-8?B?bmHDr3ZlLnBkZg==?=\"\nContent-Type: a/b", "x", message.Attachment{Filename: "naïve.pdf", MediaType: "a/b", Size: 1}},
		"unix_path":        {"Content-Disposition: attachment; filename=\"../../etc/passwd\"\nContent-Type: a/b", "x", message.Attachment{Filename: "passwd", MediaType: "a/b", Size: 1}},
		"windows_path":     {"Content-Disposition: attachment; filename=\"..\\..\\x.exe\"; filename=dup.txt\nContent-Type: a/b", "x", message.Attachment{Filename: "x.exe", MediaType: "a/b", Size: 1}},
		"only_dots":        {"Content-Disposition: attachment; filename=\"..\"\nContent-Type: a/b", "x", message.Attachment{MediaType: "a/b", Size: 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n"+tt.header+"\n\n"+tt.body+"\n--b--\n")
			if diff := cmp.Diff([]message.Attachment{tt.want}, m.Attachments); diff != "" {
				t.Error(diff)
			}
			if m.Text != "hello" {
				t.Errorf("text %q", m.Text)
			}
		})
	}
}

func TestForwarded(t *testing.T) {
	t.Parallel()
	inner := "From: Bob <bob@acme.example>\nMessage-ID: <in@acme.example>\nContent-Type: text/html\n\n<p>please add me</p>\n"
	tests := map[string]string{
		"attached": "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nas below\n--b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=x.eml\n\n" + inner + "--b--\n",
		"digest":   "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nas below\n--b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\n" + inner + "--c--\n--b--\n",
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, raw)
			if m.Text != "as below" || m.Attachments != nil || len(m.Forwarded) != 1 {
				t.Fatalf("text %q, %d attachments, %d forwarded", m.Text, len(m.Attachments), len(m.Forwarded))
			}
			fwd := m.Forwarded[0]
			if fwd.Text != "please add me" || fwd.Author.Address.String() != "bob@acme.example" || fwd.MessageID != "in@acme.example" {
				t.Errorf("forwarded: text %q, author %v, id %q", fwd.Text, fwd.Author, fwd.MessageID)
			}
		})
	}
}

// TestCleanASCII: of ASCII, line ends become LF, and control characters go.
func TestCleanASCII(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		char := rapid.OneOf(rapid.ByteRange(' ', '~'), rapid.ByteRange(0, 0x7f), rapid.SampledFrom([]byte("\r\n\t")))
		body := rapid.SliceOfN(char, 0, 80).Draw(t, "body")
		want := []byte{}
		for _, c := range bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")) {
			switch {
			case c == '\r':
				want = append(want, '\n')
			case c == '\n' || c == '\t' || c >= ' ' && c <= '~':
				want = append(want, c)
			}
		}
		if want = bytes.Trim(want, "\n"); len(bytes.TrimSpace(want)) == 0 {
			want = nil
		}
		m, err := message.Parse(slices.Concat([]byte("Subject: x\r\n\r\n"), body))
		if err != nil {
			t.Fatal(err)
		}
		if m.Text != string(want) {
			t.Fatalf("%q gives %q, want %q", body, m.Text, want)
		}
	})
}
