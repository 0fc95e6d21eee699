package mailserver_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/countersign/countersign/internal/mailserver"
)

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSign(t *testing.T) {
	t.Parallel()
	d, err := mailserver.NewDomain("client.example")
	if err != nil {
		t.Fatal(err)
	}
	name, txt := d.Record()
	if name != "s1._domainkey.client.example" {
		t.Errorf("record at %s", name)
	}
	// LF line ends, as a test writes them, become the CRLF that the signature is about.
	signed, err := d.Sign([]byte("From: al@client.example\nTo: a@b.example\nTo: c@d.example\nSubject: Hi\n\nHello\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(signed, []byte("\r\nSubject: Hi\r\n\r\nHello\r\n")) {
		t.Errorf("signed message ends %q", signed)
	}
	options := &dkim.VerifyOptions{LookupTXT: func(asked string) ([]string, error) {
		if asked != name {
			return nil, &net.DNSError{IsNotFound: true}
		}
		return []string{txt}, nil
	}}
	verify := func(raw []byte) error {
		list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), options)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d signatures, error %v", len(list), err)
		}
		return list[0].Err
	}
	if err := verify(signed); err != nil {
		t.Errorf("verifying: %v", err)
	}
	for _, field := range []string{"From", "Subject", "Date", "Message-ID", "To", "Reply-To", "In-Reply-To", "References"} {
		if verify(append([]byte(field+": added@evil.example\r\n"), signed...)) == nil {
			t.Errorf("a %s field could be added", field)
		}
	}
	list, err := dkim.VerifyWithOptions(bytes.NewReader(signed), options)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(list[0].HeaderKeys, ":"), "From:From:Subject:Subject:Date:Message-ID:To:To:To:Reply-To:In-Reply-To:References"; got != want {
		t.Errorf("h=%s, want %s", got, want)
	}
}

func TestPrivateKeyPEM(t *testing.T) {
	t.Parallel()
	d := mailserver.DomainWithKey("client.example", "s1", dkimKey())
	block, rest := pem.Decode(d.PrivateKeyPEM())
	if block == nil || len(rest) != 0 {
		t.Fatal("no single PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if rsaKey, ok := key.(*rsa.PrivateKey); !ok || !rsaKey.Equal(dkimKey()) {
		t.Error("another key came back")
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	var z mailserver.Zone
	ctx := t.Context()
	missing := func(name string) bool {
		_, err := z.LookupTXT(ctx, name)
		var dns *net.DNSError
		return errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary
	}
	if !missing("a.example") {
		t.Error("an empty zone answers")
	}
	z.SetTXT("A.example.", "one", "two")
	if txt, err := z.LookupTXT(ctx, "a.EXAMPLE"); err != nil || strings.Join(txt, "|") != "one|two" {
		t.Errorf("got %q, error %v", txt, err)
	}
	z.SetTXT("a.example")
	if !missing("a.example.") {
		t.Error("a removed name answers")
	}
	z.SetFailing("a.example", true)
	var dns *net.DNSError
	if _, err := z.LookupTXT(ctx, "a.example"); !errors.As(err, &dns) || !dns.IsTemporary || dns.IsNotFound {
		t.Errorf("failing name: %v", err)
	}
	z.SetFailing("a.example", false)
	if !missing("a.example") {
		t.Error("a healed name still fails")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := z.LookupTXT(ended, "a.example"); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}
