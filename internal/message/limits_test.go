package message_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/message"
)

// nested returns n multiparts inside one another.
func nested(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Subject: x\r\n")
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nhello\r\n")
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return b.Bytes()
}

func forwardedInside(n int) []byte {
	return []byte(strings.Repeat("Content-Type: message/rfc822\r\n\r\n", n) + "Subject: x\r\n\r\nhello\r\n")
}

const textPart = "--a\r\n\r\nx\r\n"

func mixedOf(part string, n int) []byte {
	return []byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + strings.Repeat(part, n) + "--a--\r\n")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	html := "Content-Type: text/html\r\n\r\n"
	tests := map[string]struct {
		raw  []byte
		what string // "" where the mail is within the limits
	}{
		"nested_20":              {nested(message.MaxDepth), ""},
		"nested_21":              {nested(message.MaxDepth + 1), "parts inside one another"},
		"nested_10000":           {nested(10_000), "parts inside one another"},
		"forwarded_20":           {forwardedInside(message.MaxDepth), ""},
		"forwarded_21":           {forwardedInside(message.MaxDepth + 1), "parts inside one another"},
		"parts_499":              {mixedOf(textPart, message.MaxParts-1), ""},
		"parts_500":              {mixedOf(textPart, message.MaxParts), "parts"},
		"parts_200000":           {mixedOf(textPart, 200_000), "parts"},
		"parts_without_end":      {[]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + strings.Repeat("--a\r\n", 1_000_000)), "parts"},
		"long_header_line":       {[]byte("X: " + strings.Repeat("x", 100<<20) + "\r\n\r\nhi"), "header bytes"},
		"header_flood":           {[]byte(strings.Repeat("a:\r\n", 600_000) + "\r\nhi"), "header bytes"},
		"malformed_header_flood": {[]byte(strings.Repeat("a\n", 120_000) + "A: 1\n\nhi"), ""},
		"continuation_flood":     {[]byte("A: 1\n" + strings.Repeat(" \n", 80_000) + "\nhi"), ""},
		"header_of_a_part":       {[]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nX: " + strings.Repeat("x", 50<<20) + "\r\n\r\nhi\r\n--a--\r\n"), "header bytes"},
		"many_addresses":         {[]byte("To: " + strings.Repeat("a@b.c,", 10_000) + "\r\n\r\nhi"), ""},
		"nested_comments":        {[]byte("To: " + strings.Repeat("(", 200_000) + "\r\n\r\nhi"), ""},
		"encoded_words":          {[]byte("Subject: " + strings.Repeat("=?a?q?b?= ", 20_000) + "\r\n\r\nhi"), ""},
		"text_1_mib":             {append([]byte("A: 1\r\n\r\n"), bytes.Repeat([]byte("x"), message.MaxTextBytes)...), ""},
		"text_over_1_mib":        {append([]byte("A: 1\r\n\r\n"), bytes.Repeat([]byte("x"), message.MaxTextBytes+1)...), "text bytes"},
		"text_of_all_parts":      {mixedOf("--a\r\n\r\n"+strings.Repeat("x", message.MaxTextBytes)+"\r\n", 5), "text bytes"},
		"html_text":              {[]byte(html + strings.Repeat("<p>hello</p>\n", 200_000)), "text bytes"},
		"html_quotes_expand":     {[]byte(html + strings.Repeat("<blockquote>", 20) + strings.Repeat("<br>x", 100_000)), "text bytes"},
		"html_depth":             {[]byte(html + strings.Repeat("<div>", 200_000) + "x"), "HTML elements inside one another"},
		"html_tables":            {[]byte(html + strings.Repeat("<table><tr><td>", 1000) + strings.Repeat("x<br>", 50_000)), ""},
		"html_cells":             {[]byte(html + "<table>" + strings.Repeat("<b>", 4000) + strings.Repeat("<td>", 100_000) + "x"), ""},
		"html_stray_end_tags":    {[]byte(html + "<p>" + strings.Repeat("<b>", 4000) + strings.Repeat("</i></p>", 50_000) + "x"), ""},
		"html_attributes":        {[]byte(html + "<a " + strings.Repeat("x=y ", 200_000) + ">z</a>"), ""},
		"html_image_in_tag":      {[]byte(html + "<img src='data:" + strings.Repeat("A", 5<<20) + "'>hello"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := message.Parse(tt.raw)
			var limit *message.LimitError
			switch {
			case tt.what == "" && err != nil:
				t.Errorf("within the limits, but: %v", err)
			case tt.what != "" && (!errors.As(err, &limit) || limit.What != tt.what || m != nil):
				t.Errorf("Parse = %v; want a *LimitError for %s", err, tt.what)
			}
		})
	}
}

// TestLargeAttachment: an attachment is measured, not held.
func TestLargeAttachment(t *testing.T) {
	line := strings.Repeat("A", 76) + "\r\n"
	lines := 12 << 20 / len(line)
	raw := mixedOf("--a\r\n\r\nhi\r\n--a\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"+strings.Repeat(line, lines), 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := message.Parse(raw)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Attachments[0].Size, lines*57; got != want {
		t.Errorf("size %d, want %d", got, want)
	}
	if m.Text != "hi" {
		t.Errorf("text %q", m.Text)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
		t.Errorf("allocated %d bytes", allocated)
	}
}
