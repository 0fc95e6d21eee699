package worker

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/token"
)

func ref(t *testing.T, fill byte) token.Ref {
	t.Helper()
	tok, err := token.Mint(bytes.NewReader(bytes.Repeat([]byte{fill}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return token.Ref{Kind: token.Approval, Token: tok}
}

func parse(t *testing.T, text string) *message.Message {
	t.Helper()
	m, err := message.Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Tokens are looked for where they are surest: the recipient, then the references, newest first, then the text.
func TestLookup(t *testing.T) {
	t.Parallel()
	r := map[byte]token.Ref{}
	for _, b := range []byte{1, 2, 3, 4} {
		r[b] = ref(t, b)
	}
	m := parse(t, fmt.Sprintf(`From: Maria <maria@acme.example>
To: support+%s@provider.example
Subject: Re: [req-2026-00042] Access, see REQ-2026-00007
Date: Mon, 02 Mar 2026 10:00:00 +0000
Message-ID: <1@acme.example>
References: <%s.1@provider.example> <plain@provider.example>
In-Reply-To: <%s.2@provider.example>

APPROVE

> REQ-2026-99999
> Ref: %s
> Ref: %s
`, r[1], r[2], r[3], r[4], r[2]))
	l, refs := newLookup(7, m)
	if diff := cmp.Diff([]string{r[1].String(), r[2].String(), r[3].String(), r[4].String()}, texts(refs)); diff != "" {
		t.Errorf("refs (-want +got):\n%s", diff)
	}
	if l.InboundID != 7 || l.Author.String() != "maria@acme.example" || len(l.Tokens) != 4 || l.Tokens[0] != r[1].Token.Digest() {
		t.Errorf("the look-up is %+v", l)
	}
	// A number in the text proves and finds nothing: anybody may quote it.
	if diff := cmp.Diff([]string{"REQ-2026-00042", "REQ-2026-00007"}, l.Tickets); diff != "" {
		t.Errorf("tickets (-want +got):\n%s", diff)
	}
	if len(l.MessageIDs) != 3 || l.MessageIDs[0] != token.DigestOf("plain@provider.example") {
		t.Errorf("%d references, the newest is not first: %v", len(l.MessageIDs), l.MessageIDs)
	}
}

func texts(refs []token.Ref) []string {
	var list []string
	for _, r := range refs {
		list = append(list, r.String())
	}
	return list
}

// Thousands of references cost no thousands of queries, and the newest ones count.
func TestLookupLimit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, " <%d@acme.example>\n", i)
	}
	l, _ := newLookup(1, parse(t, "From: maria@acme.example\nReferences:"+b.String()+"\nHello\n"))
	if len(l.MessageIDs) > 50 || len(l.MessageIDs) == 0 || l.MessageIDs[0] != token.DigestOf("499@acme.example") {
		t.Errorf("%d references are looked up", len(l.MessageIDs))
	}
}

// The same mail is known again by author, Message-ID, date, subject and text together; each alone is the sender's choice.
func TestDuplicateKey(t *testing.T) {
	t.Parallel()
	key := func(from, id, date, subject, text string) token.Digest {
		l, _ := newLookup(1, parse(t, fmt.Sprintf("From: %s\nMessage-ID: %s\nDate: %s\nSubject: %s\n\n%s\n", from, id, date, subject, text)))
		return l.Duplicate
	}
	const from, id, date = "maria@acme.example", "<1@acme.example>", "Mon, 02 Mar 2026 10:00:00 +0000"
	same := key(from, id, date, "Access", "Hello")
	if same == "" || same != key("Maria <MARIA@ACME.example>", id, "Mon, 02 Mar 2026 12:00:00 +0200", "Access", "Hello") {
		t.Error("another spelling of the same mail is another mail")
	}
	for name, other := range map[string]token.Digest{
		"author":    key("otto@acme.example", id, date, "Access", "Hello"),
		"messageID": key(from, "<2@acme.example>", date, "Access", "Hello"),
		"date":      key(from, id, "Mon, 02 Mar 2026 10:00:01 +0000", "Access", "Hello"),
		"subject":   key(from, id, date, "Exit", "Hello"),
		"text":      key(from, id, date, "Access", "Goodbye"),
	} {
		if other == same {
			t.Errorf("the %s does not count", name)
		}
	}
	bare := key(from, "", date, "Access", "Hello")
	if bare == "" || bare != key(from, "", date, "Access", "Hello") || bare == key(from, "", "Mon, 02 Mar 2026 10:00:01 +0000", "Access", "Hello") {
		t.Error("a mail without Message-ID is not known by its date")
	}
	if none := key(from, "", "", "Access", "Hello"); none != "" {
		t.Error("a mail without Message-ID and date can be a duplicate")
	}
}

// A header at which reading panics is of no lane, and the program goes on: the mail is not stored yet.
func TestHeaderThatPanics(t *testing.T) {
	t.Parallel()
	raw := []byte("From: maria@acme.example\r\n\r\nHello\r\n")
	if l := HeaderLookup(slog.New(slog.DiscardHandler), raw); l == nil || l.Author.String() != "maria@acme.example" {
		t.Errorf("the header says %+v", l)
	}
	if l := headerLookup(slog.New(slog.DiscardHandler), raw, func([]byte) (*message.Message, error) { panic("a header") }); l != nil {
		t.Errorf("a header that panics says %+v", l)
	}
}
