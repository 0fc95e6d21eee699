package message_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/message"
)

// FuzzParse: no input panics, and whatever Parse returns keeps what the types promise.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"From: Jane <jane@acme.example>\nTo: a: b@x, (c) <d@y>;\nSubject: =?utf-8?q?=C3?= =?utf-8?b?qQ==?=\n\nhello\n",
		"From a@b\nFrom : \"x\" <a@b>\n folded\nno colon\n\n",
		"Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain; format=flowed; delsp=yes\n\n> a \n> b\n-- \n--a\nContent-Type: text/html\n\n<table><tr><td hidden>a<td style='color:#fff'>b<blockquote><ol><li><a href=mailto:x@y>z\n--a--\n",
		"Content-Type: text/html\n\n<div style='display:none'><p><table><td><tr></table></div><pre>\na</pre><hr>-- <br>x",
		"Content-Type: a/b; filename*0*=utf-8'x'%C3; filename*1=%; boundary=\"\nContent-Transfer-Encoding: base64\n\naGV!",
		"Content-Type: text/html\n\n<meta charset=koi8-r><style>.x, p#y.z{display:none!important}@media screen{*{color:#fff}}</style><p class='x z' id=y>a&nbsp;b&#x41;&ltc<script><!--<script></script>-->",
		"Content-Type: text/plain; charset=utf-7\n\n+ZeVnLIqe-+-+2D3eAA-",
		strings.Replace(report, "%RETURNED%", "--a\nContent-Type: message/rfc822\n\nMessage-ID: <x@y>\n\nz", 1),
	} {
		f.Add([]byte(s))
		f.Add(mail(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := message.Parse(raw)
		if err != nil {
			var limit *message.LimitError
			var syntax *message.SyntaxError
			if m != nil || !errors.As(err, &limit) && !errors.As(err, &syntax) {
				t.Fatalf("Parse = %v, %v", m, err)
			}
			return
		}
		if m.Size != len(raw) {
			t.Fatalf("size %d of %d bytes", m.Size, len(raw))
		}
		check(t, m)
	})
}

func check(t *testing.T, m *message.Message) {
	t.Helper()
	if len(m.Fields) == 0 {
		t.Fatal("no field")
	}
	for _, f := range m.Fields {
		if strings.Contains(f.Name+f.Body, "\n") {
			t.Fatalf("a line end in the field %q", f)
		}
	}
	if (m.AuthorErr == nil) == m.Author.Address.IsZero() {
		t.Fatalf("author %q with error %v", m.Author, m.AuthorErr)
	}
	texts := []string{m.Text, m.HTMLText}
	lines := []string{m.Subject, m.Author.Name}
	for _, a := range m.Attachments {
		texts = append(texts, a.Text)
		lines = append(lines, a.Filename)
		if strings.ContainsAny(a.Filename, `/\`) || len(a.Text) > 3*message.MaxTableText {
			t.Fatalf("attachment %q with %d bytes of text", a.Filename, len(a.Text))
		}
	}
	for _, s := range append(texts, lines...) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\x00\u200b\u00a0") {
			t.Fatalf("unclean text %q", s)
		}
	}
	for _, s := range lines {
		if strings.ContainsAny(s, "\n\t") {
			t.Fatalf("line end or tab in %q", s)
		}
	}
	for _, fwd := range m.Forwarded {
		check(t, fwd)
	}
}
