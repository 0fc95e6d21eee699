package message_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/message"
)

func TestFieldLimit(t *testing.T) {
	t.Parallel()
	for _, n := range []int{message.MaxFields, message.MaxFields + 1} {
		m, err := message.Parse([]byte(strings.Repeat("a:\r\n", n) + "\r\nhi"))
		var limit *message.LimitError
		switch over := n > message.MaxFields; {
		case over && (!errors.As(err, &limit) || limit.What != "header fields"):
			t.Errorf("%d fields: %v", n, err)
		case !over && (err != nil || len(m.Fields) != n || m.Text != "hi"):
			t.Errorf("%d fields: %v", n, err)
		}
	}
}

// TestLeftOut: of what a header repeats beyond measure, the surplus is left out with a warning.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	const many = 3000
	var ids, addresses, pieces strings.Builder
	for i := range many {
		fmt.Fprintf(&ids, "<%d@a.test>\r\n ", i)
		fmt.Fprintf(&addresses, "a%d@a.test,\r\n ", i)
		fmt.Fprintf(&pieces, ";\r\n filename*%d=x", i)
	}
	m, err := message.Parse([]byte("References: " + ids.String() + "\r\nTo: " + addresses.String() + "\r\nContent-Disposition: attachment" + pieces.String() + "\r\n\r\nhi"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.References) != 1000 || m.References[0] != "0@a.test" || len(m.To) != 1000 || len(m.Recipients) != 1000 {
		t.Errorf("%d references, %d addresses, %d recipients", len(m.References), len(m.To), len(m.Recipients))
	}
	for _, want := range []string{"too many message ids", "too many addresses in To"} {
		if !slices.Contains(m.Warnings, want) {
			t.Errorf("no warning %q in %q", want, m.Warnings)
		}
	}
	if name := m.Attachments[0].Filename; name != strings.Repeat("x", 255) {
		t.Errorf("file name of %d bytes", len(name))
	}
}

// TestTextLimitInUTF8: the limit holds for a text as it is kept, not only as it was sent.
func TestTextLimitInUTF8(t *testing.T) {
	t.Parallel()
	raw := "Content-Type: text/plain; charset=windows-1252\r\n\r\n" + strings.Repeat("\x80", message.MaxTextBytes/2)
	_, err := message.Parse([]byte(raw))
	var limit *message.LimitError
	if !errors.As(err, &limit) || limit.What != "text bytes" {
		t.Errorf("%d bytes of three each: %v", len(raw), err)
	}
}

func TestOtherAttachments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header, body string
		want         message.Attachment
	}{
		"winmail": {"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=winmail.dat",
			"eJ8+IgAA", message.Attachment{Filename: "winmail.dat", MediaType: "application/ms-tnef", Size: 6}},
		"tab_separated": {"Content-Type: text/tab-separated-values\nContent-Disposition: attachment; filename=team.tsv",
			"Name\tRole\nJane\tAdmin", message.Attachment{Filename: "team.tsv", MediaType: "text/tab-separated-values", Size: 21, Text: "Name\tRole\nJane\tAdmin"}},
		"tsv_without_type": {"Content-Type: application/octet-stream; name=team.tsv", "a\tb",
			message.Attachment{Filename: "team.tsv", MediaType: "application/octet-stream", Size: 3, Text: "a\tb"}},
		"vcard_quoted_printable": {"Content-Type: text/x-vcard; charset=utf-8; name=j.vcf\nContent-Transfer-Encoding: quoted-printable", "FN:Zo=C3=AB M=\n=C3=BCller",
			message.Attachment{Filename: "j.vcf", MediaType: "text/x-vcard", Size: 15, Text: "FN:Zoë Müller"}},
		"csv_in_utf16": {"Content-Type: text/csv; charset=utf-16le\nContent-Transfer-Encoding: base64", "YQAsAGIA",
			message.Attachment{MediaType: "text/csv", Size: 6, Text: "a,b"}},
		"base64_indented": {"Content-Type: application/pdf\nContent-Transfer-Encoding: base64", "  aGVs\n\tbG8=",
			message.Attachment{MediaType: "application/pdf", Size: 5}},
		"quoted_printable_data": {"Content-Type: application/pdf\nContent-Transfer-Encoding: quoted-printable", "a=3Db=ZZ  \nc=\nd",
			message.Attachment{MediaType: "application/pdf", Size: 9}},
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
