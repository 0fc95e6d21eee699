package compose_test

import (
	"bytes"
	"errors"
	"io"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	gomail "github.com/emersion/go-message/mail"
)

// parts reads a message back with another library than the one that wrote it: exactly a text and an HTML part,
// and at most a calendar entry.
func parts(t testing.TB, raw []byte) (text, html string) {
	t.Helper()
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for n := 0; ; n++ {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			if _, entry := got["text/calendar"]; n != 2 && !(n == 3 && entry) {
				t.Fatalf("%d parts, want 2, or 3 with a calendar entry", n)
			}
			return got["text/plain"], got["text/html"]
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := p.Header.(*gomail.InlineHeader).ContentType()
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			t.Fatalf("Content-Type %s, charset %q, %v", kind, params["charset"], err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		if len(body) == 0 {
			t.Fatalf("part %s is empty", kind)
		}
		got[kind] = string(body)
	}
}

func header(t testing.TB, raw []byte) netmail.Header {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

// fieldNames lists the header fields as they stand in the bytes, each as often as it occurs, sorted.
func fieldNames(t testing.TB, raw []byte) []string {
	t.Helper()
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("no end of the header")
	}
	var names []string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no header field: %q", line)
		}
		names = append(names, canonical(name))
	}
	slices.Sort(names)
	return names
}

// canonical writes both spellings of two names alike.
func canonical(name string) string {
	switch strings.ToLower(name) {
	case "mime-version":
		return "Mime-Version"
	case "message-id":
		return "Message-ID"
	}
	return name
}
