package mailserver

import (
	"bytes"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Search answers SEARCH. TEXT and BODY look at the raw octets, transfer encodings are not undone.
func (x *imapSession) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	x.account.mu.Lock()
	defer x.account.mu.Unlock()
	var (
		data = &imap.SearchData{}
		uids imap.UIDSet
		seqs imap.SeqSet
	)
	all, highest := x.view.all()
	for _, m := range all {
		if !m.matches(criteria, highest) {
			continue
		}
		n := uint32(m.uid)
		if kind == imapserver.NumKindSeq {
			if n = m.seq; n == 0 {
				continue
			}
		}
		uids.AddNum(m.uid)
		if m.seq != 0 {
			seqs.AddNum(m.seq)
		}
		if data.Count == 0 {
			data.Min = n
		}
		data.Max = n
		data.Count++
	}
	data.All = uids
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	return data, nil
}

func (m selected) matches(c *imap.SearchCriteria, highest numbers) bool {
	for _, set := range c.SeqNum {
		if !m.in(set, highest) {
			return false
		}
	}
	for _, set := range c.UID {
		if !m.in(set, highest) {
			return false
		}
	}
	if slices.ContainsFunc(c.Flag, func(f imap.Flag) bool { return !m.flags.has(f) }) ||
		slices.ContainsFunc(c.NotFlag, m.flags.has) {
		return false
	}
	if !onDay(m.internalDate, c.Since, c.Before) || !m.matchesText(c) {
		return false
	}
	size := int64(len(m.raw))
	if c.Larger != 0 && size <= c.Larger || c.Smaller != 0 && size >= c.Smaller {
		return false
	}
	for i := range c.Not {
		if m.matches(&c.Not[i], highest) {
			return false
		}
	}
	for i := range c.Or {
		if !m.matches(&c.Or[i][0], highest) && !m.matches(&c.Or[i][1], highest) {
			return false
		}
	}
	return true
}

func (m *storedMessage) matchesText(c *imap.SearchCriteria) bool {
	for _, text := range c.Text {
		if !containsFold(m.raw, text) {
			return false
		}
	}
	if len(c.Body) == 0 && len(c.Header) == 0 && c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	_, body := splitHeader(m.raw)
	for _, text := range c.Body {
		if !containsFold(body, text) {
			return false
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(m.raw))
	if err != nil {
		return len(c.Header) == 0 && c.SentSince.IsZero() && c.SentBefore.IsZero()
	}
	for _, f := range c.Header {
		found := slices.ContainsFunc(msg.Header[textproto.CanonicalMIMEHeaderKey(f.Key)], func(body string) bool {
			return containsFold([]byte(decodeWords(body)), f.Value)
		})
		if !found {
			return false
		}
	}
	if c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	date, err := msg.Header.Date()
	return err == nil && onDay(date, c.SentSince, c.SentBefore)
}

func containsFold(b []byte, text string) bool {
	return bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(text)))
}

// onDay compares dates without time and zone, as SEARCH does (RFC 9051 section 6.4.4).
func onDay(t, since, before time.Time) bool {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}
