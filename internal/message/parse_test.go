package message_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/message"
)

// mail makes the CRLF form of a mail written with LF.
func mail(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func parse(t *testing.T, s string) *message.Message {
	t.Helper()
	m, err := message.Parse(mail(s))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHeader(t *testing.T) {
	t.Parallel()
	raw := `Delivered-To: support+a.tok@provider.example
From: =?utf-8?q?Jane_D=C3=B6e?= <jane@acme.example>
To: Support <support@provider.example>, "Smith, Al" <al@acme.example>
Cc: undisclosed-recipients:;
Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=
 =?utf-8?B?4pw=?= =?utf-8?B?kyE=?=
Date: Sat, 21 Nov 2026 12:00:00 +0100 (CET)
Message-ID: <one@acme.example>
In-Reply-To: junk <two@provider.example>, <three@provider.example>
References: <zero@provider.example>
	<[x]@provider.example>(comment)<two@provider.example>

Hello
`
	m := parse(t, raw)
	support := mailaddr.Address{Local: "support", Domain: "provider.example"}
	al := mailaddr.Address{Local: "al", Domain: "acme.example"}
	want := &message.Message{
		Fields: m.Fields, // compared in TestFields
		Author: message.Mailbox{Name: "Jane Döe", Address: mailaddr.Address{Local: "jane", Domain: "acme.example"}},
		To:     []message.Mailbox{{Name: "Support", Address: support}, {Name: "Smith, Al", Address: al}},
		Recipients: []mailaddr.Address{
			{Local: "support+a.tok", Domain: "provider.example"}, support, al,
		},
		Subject:    "日本✓!",
		Date:       time.Date(2026, 11, 21, 11, 0, 0, 0, time.UTC),
		MessageID:  "one@acme.example",
		InReplyTo:  []string{"two@provider.example", "three@provider.example"},
		References: []string{"zero@provider.example", "[x]@provider.example", "two@provider.example"},
		Text:       "Hello",
		Size:       len(mail(raw)),
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raw  string
		want []message.Field
		text string
	}{
		"order_doubles_and_folding": {
			"Received: by b\n\tfor x\nreceived: by a\nX-A :  1 \n\nhi\n",
			[]message.Field{{Name: "Received", Body: "by b\tfor x"}, {Name: "received", Body: "by a"}, {Name: "X-A", Body: "1"}}, "hi"},
		"not_decoded": {
			"Subject: =?utf-8?q?x?=\n\nhi\n", []message.Field{{Name: "Subject", Body: "=?utf-8?q?x?="}}, "hi"},
		"malformed_line": {
			"A: 1\nno colon here\n continued\nB: 2\n\nhi\n", []message.Field{{Name: "A", Body: "1"}, {Name: "B", Body: "2"}}, "hi"},
		"malformed_name": {
			"A: 1\nno name here: 3\nX\x01: 4\nB: 2\n\nhi\n", []message.Field{{Name: "A", Body: "1"}, {Name: "B", Body: "2"}}, "hi"},
		"leading_blank": {
			" lost\nA: 1\n\nhi\n", []message.Field{{Name: "A", Body: "1"}}, "hi"},
		"leading_empty_line": {
			"\nA: 1\n\nhi\n", []message.Field{{Name: "A", Body: "1"}}, "hi"},
		"mbox_line": {
			"From jane@acme.example Sat Nov 21 12:00:00 2026\nA: 1\n\nhi\n", []message.Field{{Name: "A", Body: "1"}}, "hi"},
		"no_blank_line_before_body": {
			"A: 1\nHello there\nall\n", []message.Field{{Name: "A", Body: "1"}}, "Hello there\nall"},
		"no_body": {
			"A: 1", []message.Field{{Name: "A", Body: "1"}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tt.raw)
			if diff := cmp.Diff(tt.want, m.Fields); diff != "" {
				t.Error(diff)
			}
			if m.Text != tt.text {
				t.Errorf("text %q", m.Text)
			}
			lf, err := message.Parse([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m.Fields, lf.Fields); diff != "" {
				t.Errorf("with LF line ends: %s", diff)
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	m := parse(t, "X-Note: =?utf-8?q?=C3=A9t=C3=A9?=\n x\nx-note: two\n\n")
	if got := m.Get("x-NOTE"); got != "été x" {
		t.Errorf("Get = %q", got)
	}
	if diff := cmp.Diff([]string{"été x", "two"}, m.Values("X-Note")); diff != "" {
		t.Error(diff)
	}
	if m.Get("Y") != "" || m.Values("Y") != nil {
		t.Error("a missing field has a body")
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"plain":                 {"Access for Jane", "Access for Jane"},
		"windows_1252":          {"=?windows-1252?Q?=80_5?=", "€ 5"},
		"superset_of_latin1":    {"=?iso-8859-1?Q?=93x=94?=", "“x”"},
		"character_cut_in_two":  {"=?utf-8?Q?Fr=C3?=\n =?utf-8?Q?=B6sche?=", "Frösche"},
		"words_joined":          {"=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "ab c d"},
		"charsets_mixed":        {"=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?4pyT?=", "Grüße✓"},
		"language":              {"=?utf-8*en?q?a?=", "a"},
		"blank_in_word":         {"=?utf-8?q?a b?=", "a b"},
		"no_padding":            {"=?utf-8?b?YWI?=", "ab"},
		"bad_escape":            {"=?utf-8?q?50=25_=ZZ?=", "50% =ZZ"},
		"unknown_charset":       {"=?x-none?q?a=FFb?=", "a\ufffdb"},
		"raw_latin1":            {"Fr\xf6sche", "Fr\ufffdsche"},
		"raw_utf8":              {"Frösche", "Frösche"},
		"encoded_line_break":    {"=?utf-8?q?a=0D=0AFrom:_b?=", "a From: b"},
		"nul_and_invisible":     {"=?utf-8?q?AP=00P=E2=80=8BROVE=C2=A0x?=", "APPROVE x"},
		"word_never_ends":       {"=?utf-8?q?abc", "=?utf-8?q?abc"},
		"direction_is_stripped": {"\u202eabc\u202c", "abc"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, "Subject: "+tt.in+"\n\n").Subject; got != tt.want {
				t.Errorf("subject %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSoftDefects(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, text, warning string }{
		"missing_end_boundary": {
			"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n", "hello", "a multipart without end boundary"},
		"no_parts": {
			"Content-Type: multipart/mixed; boundary=a\n\nhello\n", "hello", "a multipart without parts"},
		"no_boundary_parameter": {
			"Content-Type: multipart/mixed\n\nhello\n", "hello", "a multipart without parts"},
		"another_boundary_than_named": {
			"Content-Type: multipart/mixed; boundary=a\n\n--b\nContent-Type: text/plain\n\nhello\n--b--\n", "hello",
			"a multipart whose boundary the header does not name"},
		"boundary_not_named": {
			"Content-Type: multipart/mixed\n\n--b\ncontent-type: text/plain\n\nhello\n--b--\n", "hello",
			"a multipart whose boundary the header does not name"},
		"rule_is_no_boundary": {
			"Content-Type: multipart/mixed\n\n--\nhello\n", "--\nhello", "a multipart without parts"},
		"malformed_line_in_a_part": {
			"Content-Type: multipart/mixed; boundary=a\n\n--a\nno colon\nContent-Type: text/plain\n\nhello\n--a--\n",
			"hello", "a malformed header line"},
		"bad_base64": {
			"Content-Transfer-Encoding: base64\n\naGVsbG8g\n!!!!\n", "hello ", "a text part cannot be decoded to its end"},
		"unknown_charset": {
			"Content-Type: text/plain; charset=x-none\n\na\xffb\n", "a\ufffdb", "an unknown charset"},
		"unknown_encoding": {
			"Content-Transfer-Encoding: x-none\n\nhello\n", "hello", "an unknown transfer encoding"},
		"unreadable_date": {
			"Date: 2026-11-21 12:00\n\nhello\n", "hello", "the Date field is unreadable"},
		"open_angle_bracket": {
			"To: Bob <bob@x.test\n\nhello\n", "hello", "the To field is malformed"},
		"no_mail_forwarded": {
			"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n--a\nContent-Type: message/rfc822\n\n--a--\n",
			"hello", "a forwarded mail without header"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tt.raw)
			if m.Text != tt.text {
				t.Errorf("text %q, want %q", m.Text, tt.text)
			}
			if diff := cmp.Diff([]string{tt.warning}, m.Warnings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoMail(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{"empty": "", "blank_lines": "\n\n\n", "prose": "Hello there,\nall\n", "bytes": "\x00\xff\x01"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var syntax *message.SyntaxError
			if m, err := message.Parse([]byte(raw)); !errors.As(err, &syntax) || m != nil {
				t.Errorf("Parse = %v, %v; want *SyntaxError", m, err)
			}
		})
	}
}
