package mailserver

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Fetch writes the asked items of each message. Messages that the client was not told of yet are left out.
func (x *imapSession) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	markSeen := slices.ContainsFunc(options.BodySection, func(s *imap.FetchItemBodySection) bool { return !s.Peek })
	for _, m := range x.snapshot(set, markSeen) {
		if err := writeMessage(w.CreateMessage(m.seq), m, options); err != nil {
			return err
		}
	}
	return nil
}

func writeMessage(w *imapserver.FetchResponseWriter, m fetched, options *imap.FetchOptions) error {
	if options.UID {
		w.WriteUID(m.uid)
	}
	if options.Flags {
		w.WriteFlags(m.flags)
	}
	if options.InternalDate {
		w.WriteInternalDate(m.internalDate)
	}
	if options.RFC822Size {
		w.WriteRFC822Size(int64(len(m.raw)))
	}
	if options.Envelope {
		w.WriteEnvelope(envelope(m.raw))
	}
	if options.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(m.raw)))
	}
	err := writeSections(w, m.raw, options.BodySection)
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}

func writeSections(w *imapserver.FetchResponseWriter, raw []byte, sections []*imap.FetchItemBodySection) error {
	for _, s := range sections {
		b := raw
		if s.Specifier != imap.PartSpecifierNone || len(s.Part) > 0 || s.Partial != nil {
			b = imapserver.ExtractBodySection(bytes.NewReader(raw), s)
		}
		if err := writeLiteral(w.WriteBodySection(s, int64(len(b))), b); err != nil {
			return err
		}
	}
	return nil
}

func writeLiteral(w io.WriteCloser, b []byte) error {
	_, err := w.Write(b)
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}

// envelope is the ENVELOPE of RFC 9051 section 7.5.2, empty where the header cannot be read.
func envelope(raw []byte) *imap.Envelope {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return &imap.Envelope{}
	}
	date, _ := msg.Header.Date()
	return &imap.Envelope{
		Date:      date,
		Subject:   decodeWords(msg.Header.Get("Subject")),
		From:      envelopeAddresses(msg.Header.Get("From")),
		Sender:    envelopeAddresses(msg.Header.Get("Sender")),
		ReplyTo:   envelopeAddresses(msg.Header.Get("Reply-To")),
		To:        envelopeAddresses(msg.Header.Get("To")),
		Cc:        envelopeAddresses(msg.Header.Get("Cc")),
		Bcc:       envelopeAddresses(msg.Header.Get("Bcc")),
		InReplyTo: messageIDs(msg.Header.Get("In-Reply-To")),
		MessageID: strings.Join(messageIDs(msg.Header.Get("Message-Id")), " "),
	}
}

func envelopeAddresses(body string) []imap.Address {
	list, err := addressParser.ParseList(body)
	if err != nil {
		return nil
	}
	addresses := make([]imap.Address, len(list))
	for i, a := range list {
		at := strings.LastIndexByte(a.Address, '@')
		addresses[i] = imap.Address{Name: a.Name, Mailbox: a.Address[:at], Host: a.Address[at+1:]}
	}
	return addresses
}

func messageIDs(body string) []string {
	ids := strings.Fields(body)
	for i, id := range ids {
		ids[i] = strings.Trim(id, "<>")
	}
	return ids
}

// addressParser reads address lists whatever charset the display names claim to be in.
var addressParser = &mail.AddressParser{WordDecoder: wordDecoder}

var wordDecoder = &mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}

func decodeWords(s string) string {
	decoded, err := wordDecoder.DecodeHeader(s)
	if err != nil {
		return s
	}
	return decoded
}
