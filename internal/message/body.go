package message

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
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
	raw, err := r.decode(p, &r.scratch.decoded, MaxTextBytes)
	if err != nil {
		r.m.warn("a text part cannot be decoded to its end")
	}
	if len(raw) > MaxTextBytes {
		return "", &LimitError{What: "text bytes", Limit: MaxTextBytes}
	}
	if raw = r.toUTF8(charsetName(p.params.get("charset")), raw, MaxTextBytes); len(raw) > MaxTextBytes {
		return "", &LimitError{What: "text bytes", Limit: MaxTextBytes}
	}
	if strings.EqualFold(p.params.get("format"), "flowed") {
		joined := slices.Grow(r.scratch.joined[:0], len(raw)+1)
		r.scratch.joined = unflow(joined, raw, strings.EqualFold(p.params.get("delsp"), "yes"))
		return r.take(r.scratch.joined)
	}
	return r.take(raw)
}

// toUTF8 decodes a text, in r's buffer where that is needed. It stops where there are more than limit bytes, at some place
// behind them.
func (r *reader) toUTF8(charset string, raw []byte, limit int) []byte {
	if isUTF8(charset) || charset == "windows-1252" && isASCII(raw) {
		return raw
	}
	text, known := appendCharset(r.scratch.utf8[:0], charset, raw, limit)
	r.scratch.utf8 = text
	if !known {
		r.m.warn("an unknown charset")
	}
	return text
}

// html reads a text/html body part.
func (r *reader) html(p part) (string, error) {
	raw, _ := r.decode(p, &r.scratch.decoded, len(p.body)) // what cannot be decoded is no markup either
	label := p.params.get("charset")
	if label == "" {
		label = metaCharset(raw)
	}
	r.scratch.html.answer = len(r.m.InReplyTo) > 0
	text, err := r.scratch.html.render(r.toUTF8(charsetName(label), raw, 3*len(raw)), MaxTextBytes)
	if err != nil {
		return "", err
	}
	return r.take(text)
}

// take cleans body text and counts it.
func (r *reader) take(raw []byte) (string, error) {
	text := raw
	if !isClean(raw) {
		text = r.clean(raw)
	}
	text = bytes.Trim(text, "\n")
	if r.budget.text -= len(text); r.budget.text < 0 {
		return "", &LimitError{What: "text bytes", Limit: MaxTotalText}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return "", nil
	}
	return string(text), nil
}

// clean is appendClean, into the buffer that raw is in where that is r's and nothing can grow.
func (r *reader) clean(raw []byte) []byte {
	size := len(raw)
	if !utf8.Valid(raw) {
		size = 2*size + utf8.UTFMax // every other byte may become a replacement character
	} else if held := r.scratch.utf8; len(held) > 0 && &held[0] == &raw[0] {
		return appendClean(raw[:0], raw)
	}
	r.scratch.clean = appendClean(slices.Grow(r.scratch.clean[:0], size), raw)
	return r.scratch.clean
}

// attachment notes a part that is no body text. Only tables and the like are held in memory.
func (r *reader) attachment(p part) {
	a := Attachment{Filename: p.filename, MediaType: p.mediaType}
	charset := charsetName(p.params.get("charset"))
	var err error
	if a.Size, err = r.decodedSize(p); err != nil {
		r.m.warn("an attachment cannot be decoded to its end")
	}
	var raw []byte
	if isTable(p) && a.Size <= MaxTableText {
		raw, _ = r.decode(p, &r.scratch.decoded, MaxTableText)
	}
	if isUTF8(charset) && p.params.get("charset") == "" && western(raw) {
		charset = "windows-1252"
	}
	raw = r.toUTF8(charset, raw, 3*len(raw))
	a.Text = cleanText(raw)
	r.m.Attachments = append(r.m.Attachments, a)
}

// western says whether a table without charset, as spreadsheets write them, is in a Windows code page of Europe: no UTF-8, and each byte
// above ASCII, alone between others, is the same letter in all of them: "ä", "é", "ß", no "ł" or "ı".
func western(raw []byte) bool {
	if utf8.Valid(raw) {
		return false
	}
	for i, c := range raw {
		if c < utf8.RuneSelf {
			continue
		}
		if i > 0 && raw[i-1] >= utf8.RuneSelf {
			return false
		}
		for _, other := range []*charmap.Charmap{charmap.Windows1250, charmap.Windows1254, charmap.Windows1257} {
			if other.DecodeByte(c) != charmap.Windows1252.DecodeByte(c) {
				return false
			}
		}
	}
	return true
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

// decodeAll is decode into memory of its own; what can be decoded is less than what is there already.
func (r *reader) decodeAll(p part) []byte {
	var own []byte
	raw, err := r.decode(p, &own, len(p.body))
	if err != nil {
		r.m.warn("a part cannot be decoded to its end")
	}
	return raw
}
