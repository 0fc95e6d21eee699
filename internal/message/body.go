package message

import (
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/emersion/go-message"
)

// leaf reads a part that has no parts: body text or attachment.
func (r *reader) leaf(p part) (content, error) {
	attached := p.attach || p.named || p.disposition == "attachment"
	switch {
	case p.mediaType == "text/plain" && !attached:
		text, err := r.plain(p)
		return content{plain: text}, err
	case p.mediaType == "text/html" && !attached:
		text, err := r.html(p)
		return content{html: text}, err
	}
	r.attachment(p)
	return content{}, nil
}

// plain reads a text/plain body part. The part that cannot be decoded ends there; what came before is kept.
func (r *reader) plain(p part) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r.decode(p), MaxTextBytes+1))
	if err != nil {
		r.m.warn("a text part cannot be decoded to its end")
	}
	if len(raw) > MaxTextBytes {
		return "", &LimitError{What: "text bytes", Limit: MaxTextBytes}
	}
	text := toLF(r.decodeCharset(p, raw))
	if strings.EqualFold(p.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return r.take(text)
}

// html reads a text/html body part.
func (r *reader) html(p part) (string, error) {
	source, known := charsetReader(p.params["charset"], r.decode(p))
	if !known {
		r.m.warn("an unknown charset")
	}
	text, err := renderHTML(source, MaxTextBytes)
	if err != nil {
		return "", err
	}
	return r.take(text)
}

// take cleans body text and counts it.
func (r *reader) take(text string) (string, error) {
	text = cleanText(text)
	if r.budget.text -= len(text); r.budget.text < 0 {
		return "", &LimitError{What: "text bytes", Limit: MaxTotalText}
	}
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return text, nil
}

// attachment notes a part that is no body text. Only tables and the like are held in memory.
func (r *reader) attachment(p part) {
	a := Attachment{Filename: p.filename, MediaType: p.mediaType}
	body := r.decode(p)
	var head bytes.Buffer
	if isTable(p) {
		n, err := io.CopyN(&head, body, MaxTableText+1)
		a.Size = int(n)
		if err == nil {
			head.Reset()
		}
	}
	rest, err := io.Copy(io.Discard, body)
	if err != nil {
		r.m.warn("an attachment cannot be decoded to its end")
	}
	a.Size += int(rest)
	a.Text = cleanText(r.decodeCharset(p, head.Bytes()))
	r.m.Attachments = append(r.m.Attachments, a)
}

// isTable finds the attachments that may list people. Excel's media type is what Windows sends CSV files with.
func isTable(p part) bool {
	switch p.mediaType {
	case "text/csv", "text/plain", "text/tab-separated-values", "text/vcard", "text/x-vcard", "text/directory":
		return true
	case "application/octet-stream", "application/vnd.ms-excel", "application/csv", "text/comma-separated-values":
		switch strings.ToLower(path.Ext(p.filename)) {
		case ".csv", ".tsv", ".vcf":
			return true
		}
	}
	return false
}

// decode undoes the content transfer encoding.
func (r *reader) decode(p part) io.Reader {
	if p.encoding == "quoted-printable" {
		// go-message stops at the first malformed escape or very long line and would lose the text behind it.
		return strings.NewReader(decodeQuotedPrintable(p.body))
	}
	var h message.Header
	h.Set("Content-Type", "application/octet-stream") // the charset is ours
	h.Set("Content-Transfer-Encoding", p.encoding)
	e, err := message.New(h, bytes.NewReader(p.body))
	if err != nil {
		r.m.warn("an unknown transfer encoding")
		return bytes.NewReader(p.body)
	}
	return e.Body
}

// decodeAll is decode into memory; what can be decoded is less than what is there already.
func (r *reader) decodeAll(p part) []byte {
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		return p.body
	}
	raw, err := io.ReadAll(r.decode(p))
	if err != nil {
		r.m.warn("a part cannot be decoded to its end")
	}
	return raw
}

func (r *reader) decodeCharset(p part, raw []byte) string {
	text, known := decodeCharset(p.params["charset"], string(raw))
	if !known {
		r.m.warn("an unknown charset")
	}
	return text
}

// decodeQuotedPrintable reads RFC 2045 section 6.7: soft line breaks and trailing blanks go, malformed escapes stay.
func decodeQuotedPrintable(body []byte) string {
	var b strings.Builder
	for pos := 0; pos < len(body); {
		line, next := cutLine(body, pos)
		text := strings.TrimRight(string(line), " \t\r")
		soft := strings.HasSuffix(text, "=")
		b.WriteString(decodeQ(strings.TrimSuffix(text, "="), false))
		if !soft && body[next-1] == '\n' {
			b.WriteByte('\n')
		}
		pos = next
	}
	return b.String()
}
