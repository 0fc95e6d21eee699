package interpret_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"mime/quotedprintable"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// original is a mail of the corpus taken apart, so that it can be sent again in another form.
type original struct {
	id      string
	context interpret.Context
	fields  []message.Field // without those of MIME and without the subject
	subject string
	text    string
	author  message.Mailbox
	parts   replytext.Parts
	ownEnd  int // line of text before which the author's words end
	reading interpret.Reading
}

// onlyInHTML are mails whose text has a table without its columns: it cannot be read without the HTML.
var onlyInHTML = []string{"t-5-23", "i-1-004-excel-last-first-phone"}

// originals are the mails of one text: no attachment, no mail inside, no delivery report, and an author.
func originals(t *testing.T) []original {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	var out []original
	for _, path := range files {
		if slices.Contains(onlyInHTML, strings.TrimSuffix(filepath.Base(path), ".eml")) {
			continue
		}
		m, want := loadCase(t, path)
		if len(m.Attachments) > 0 || len(m.Forwarded) > 0 || m.Report != nil || m.AuthorErr != nil {
			continue
		}
		o := original{
			id: strings.TrimSuffix(filepath.Base(path), ".eml"), context: interpret.Context{Model: want.Model, Roles: models[want.Model]},
			subject: m.Subject, text: m.Text, author: m.Author,
		}
		for _, f := range m.Fields {
			name := strings.ToLower(f.Name)
			if name != "subject" && name != "mime-version" && !strings.HasPrefix(name, "content-") {
				o.fields = append(o.fields, f)
			}
		}
		o.parts = replytext.SplitBy(m.Text, m.Author.Name)
		o.ownEnd = endOfOwn(m.Text, m.Author.Name, o.parts)
		o.reading = interpret.Read(m, o.context)
		out = append(out, o)
	}
	return out
}

// endOfOwn is the number of lines above the quote, or -1 where own words stand below quoted ones.
func endOfOwn(text, author string, parts replytext.Parts) int {
	lines := strings.Split(text, "\n")
	if parts.Quoted == "" && parts.Forwarded == "" {
		return len(lines)
	}
	for n := range len(lines) {
		p := replytext.SplitBy(strings.Join(lines[:n], "\n"), author)
		if p.Quoted != "" || p.Forwarded != "" {
			return -1
		}
		rest := replytext.SplitBy(strings.Join(lines[n:], "\n"), author)
		if p.Own == parts.Own && rest.Own == "" && rest.Signature == "" && rest.Disclaimer == "" {
			return n
		}
	}
	return -1
}

// below puts words between the author's own and the quote.
func (o original) below(words string) string {
	lines := strings.Split(o.text, "\n")
	own := strings.TrimRight(strings.Join(lines[:o.ownEnd], "\n"), "\n")
	return own + "\n\n" + words + "\n\n" + strings.Join(lines[o.ownEnd:], "\n")
}

// quotesNothing says whether all of the text is the author's.
func (o original) quotesNothing() bool { return o.parts.Quoted == "" && o.parts.Forwarded == "" }

// mail is o sent as entity.
func (o original) mail(entity string) []byte {
	return o.mailWith(encodeWords("utf-8", 'B', o.subject), "", entity)
}

// mailWith is o with the subject field as given and fold between the words of other fields.
func (o original) mailWith(subject, fold, entity string) []byte {
	var b strings.Builder
	for _, f := range o.fields {
		body := f.Body
		if fold != "" {
			body = strings.Join(strings.Fields(body), fold)
		}
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, body)
	}
	fmt.Fprintf(&b, "Subject: %s\r\nMIME-Version: 1.0\r\n%s", subject, entity)
	return []byte(b.String())
}

// plain is o with another text.
func (o original) plain(text string) []byte { return o.mail(leaf("text/plain", "utf-8", "8bit", text)) }

// leaf is a part of text, which must be encodable.
func leaf(mediaType, charset, transfer, text string) string {
	body, ok := encodeCharset(charset, text)
	if !ok {
		panic("text does not fit " + charset)
	}
	return fmt.Sprintf("Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s",
		mediaType, charset, transfer, encodeTransfer(transfer, body))
}

// multi is a part of parts.
func multi(kind, boundary string, parts ...string) string {
	return fmt.Sprintf("Content-Type: multipart/%s; boundary=%q\r\n\r\n--%s\r\n%s\r\n--%s--\r\n",
		kind, boundary, boundary, strings.Join(parts, "\r\n--"+boundary+"\r\n"), boundary)
}

func charsetOf(name string) encoding.Encoding {
	switch name {
	case "iso-8859-1":
		return charmap.ISO8859_1
	case "windows-1252":
		return charmap.Windows1252
	}
	return encoding.Nop
}

func encodeCharset(name, s string) (string, bool) {
	if name == "us-ascii" {
		return s, strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
	}
	out, err := charsetOf(name).NewEncoder().String(s)
	return out, err == nil
}

func encodeTransfer(name, body string) string {
	body = strings.ReplaceAll(body, "\n", "\r\n")
	var b strings.Builder
	switch name {
	case "base64":
		code := base64.StdEncoding.EncodeToString([]byte(body))
		for line := range slices.Chunk([]byte(code), 76) {
			b.Write(line)
			b.WriteString("\r\n")
		}
	case "quoted-printable":
		w := quotedprintable.NewWriter(&b)
		if _, err := w.Write([]byte(body)); err != nil {
			panic(err)
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		b.WriteString("\r\n")
	default:
		return body + "\r\n"
	}
	return b.String()
}

// encodeWords writes s as RFC 2047 encoded words of few characters each, folded.
func encodeWords(charset string, kind byte, s string) string {
	var words []string
	for chunk := range slices.Chunk([]rune(s), 12) {
		raw, _ := encodeCharset(charset, string(chunk))
		code := base64.StdEncoding.EncodeToString([]byte(raw))
		if kind == 'Q' {
			code = ""
			for _, c := range []byte(raw) {
				code += fmt.Sprintf("=%02X", c)
			}
		}
		words = append(words, fmt.Sprintf("=?%s?%c?%s?=", charset, kind, code))
	}
	return strings.Join(words, "\r\n ")
}

// escape writes one line as HTML that keeps its blanks, as mail programs do.
func escape(line string) string {
	s := strings.ReplaceAll(html.EscapeString(line), "\t", "        ")
	s = strings.ReplaceAll(s, "  ", "&nbsp; ")
	if strings.HasPrefix(s, " ") {
		s = "&nbsp;" + s[1:]
	}
	return s
}

// htmlOf renders text with each line in a div, each paragraph in a p, or all lines ended by br.
func htmlOf(text, element string) string {
	var b strings.Builder
	b.WriteString("<html><head><style>p { margin: 0 }</style></head><body>")
	switch element {
	case "div":
		for line := range strings.SplitSeq(text, "\n") {
			if line == "" {
				line = "<br>"
			} else {
				line = escape(line)
			}
			b.WriteString("<div>" + line + "</div>\n")
		}
	case "p":
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			var lines []string
			for line := range strings.SplitSeq(paragraph, "\n") {
				lines = append(lines, escape(line))
			}
			b.WriteString("<p>" + strings.Join(lines, "<br>\n") + "</p>\n")
		}
	default:
		for line := range strings.SplitSeq(text, "\n") {
			b.WriteString(escape(line) + "<br>\n")
		}
	}
	return b.String() + "</body></html>"
}

// flow breaks the author's longer lines at 72 columns as format=flowed does (RFC 3676).
func flow(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "-- " {
			line = strings.TrimRight(line, " ")
		}
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "From ") {
			line = " " + line
		}
		for len(line) > 72 && !strings.HasPrefix(line, ">") {
			at := strings.LastIndexByte(strings.TrimRight(line[:72], " "), ' ')
			if at <= 1 || strings.HasPrefix(strings.TrimLeft(line[at:], " "), ">") {
				break
			}
			out = append(out, line[:at+1])
			line = line[at+1:]
			if strings.HasPrefix(line, " ") {
				line = " " + line
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// hardWrap breaks lines without ">" at a width of 72 for good, as mutt and old clients do.
func hardWrap(text string, width func(rune) int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		for !strings.Contains(line, ">") {
			at := -1 // the last blank that fits
			n := 0
			for i, r := range line {
				if r == ' ' && n > 20 {
					at = i
				}
				if n += width(r); n > 72 {
					break
				}
			}
			if n <= 72 || at < 0 {
				break
			}
			out = append(out, line[:at])
			line = line[at+1:]
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// columnsOf is how many columns r takes.
func columnsOf(r rune) int {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 {
		return 2
	}
	return 1
}
