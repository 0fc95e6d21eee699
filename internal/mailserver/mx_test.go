package mailserver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/mailserver"
)

// verdict is the Authentication-Results field that the MX wrote, unfolded, with what stands above it cut off.
func verdict(t *testing.T, s *mailserver.Server, raw []byte) string {
	t.Helper()
	return verdictFrom(t, s, "bounce@client.example", raw)
}

func verdictFrom(t *testing.T, s *mailserver.Server, envelopeFrom string, raw []byte) string {
	t.Helper()
	send(t, s, envelopeFrom, support, raw)
	list, err := s.Messages(support, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	header := strings.ReplaceAll(string(list[len(list)-1]), "\r\n\t", " ")
	_, rest, ok := strings.Cut(header, "\r\nAuthentication-Results: ")
	if !ok {
		t.Fatalf("no Authentication-Results in:\n%s", header)
	}
	field, _, _ := strings.Cut(rest, "\r\n")
	return field
}

func TestTraceFields(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	send(t, s, "bounce@client.example", "Support+tok3n@Provider.example", mailFrom("al@client.example"))

	c := dial(t, s, support, nil)
	if n := selectMailbox(t, c, "INBOX").NumMessages; n != 1 {
		t.Fatalf("INBOX holds %d messages, want 1", n)
	}
	want := string(crlf(`
Return-Path: <bounce@client.example>
Delivered-To: Support+tok3n@Provider.example
Authentication-Results: mx.provider.example;
	dkim=none;
	spf=none smtp.mailfrom=bounce@client.example;
	dmarc=none header.from=client.example
Received: from localhost ([127.0.0.1])
	by mx.provider.example with ESMTP id 00000001
	for <Support+tok3n@Provider.example>; Sat, 21 Nov 2026 12:00:00 +0000
`)) + string(mailFrom("al@client.example"))
	if diff := cmp.Diff([]string{want}, fetchAll(t, c)); diff != "" {
		t.Errorf("stored message (-want +got):\n%s", diff)
	}
}

func TestOneCopyPerRecipient(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	send(t, s, "", support, mailFrom("al@client.example"))
	send(t, s, "", security, mailFrom("al@client.example"))
	for _, user := range []string{support, security} {
		list, err := s.Messages(user, "INBOX")
		if err != nil || len(list) != 1 {
			t.Fatalf("%s has %d messages, error %v; want 1", user, len(list), err)
		}
		if !strings.HasPrefix(string(list[0]), "Return-Path: <>\r\nDelivered-To: "+user+"\r\n") {
			t.Errorf("copy of %s begins with %.80q", user, list[0])
		}
	}
	if err := trySend(s, "", "nobody@provider.example", mailFrom("al@client.example")); err == nil || !strings.Contains(err.Error(), "No such user") {
		t.Errorf("mail to an unknown user: %v, want a refusal", err)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	zone := &mailserver.Zone{}
	client := mailserver.DomainWithKey("client.example", "s1", dkimKey())
	zone.Publish(client, "reject")
	mailer := mailserver.DomainWithKey("mailer.example", "m", dkimKey())
	zone.Publish(mailer, "")
	strict := mailserver.DomainWithKey("mail.strict.example", "s1", dkimKey())
	zone.Publish(strict, "")
	zone.SetTXT("_dmarc.strict.example", "v=DMARC1; p=quarantine; adkim=s")
	unpublished := mailserver.DomainWithKey("client.example", "gone", dkimKey())
	deaf := mailserver.DomainWithKey("deaf.example", "s1", dkimKey())
	zone.SetFailing("s1._domainkey.deaf.example", true)
	zone.SetFailing("_dmarc.deaf.example", true)
	zone.SetTXT("_dmarc.broken.example", "v=DMARC1; p=perhaps")
	shop := mailserver.DomainWithKey("other.co.uk", "s1", dkimKey())
	zone.Publish(shop, "")
	zone.SetTXT("_dmarc.bank.co.uk", "v=DMARC1; p=reject")
	s := start(t, mailserver.Config{LookupTXT: zone.LookupTXT})

	sign := func(d *mailserver.Domain, raw []byte) []byte {
		signed, err := d.Sign(raw)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := sign(client, mailFrom("Al <al@client.example>"))
	tests := map[string]struct {
		raw         []byte
		dkim, dmarc string
	}{
		"signed by the author's domain": {good,
			"dkim=pass header.d=client.example", "dmarc=pass (p=reject) header.from=client.example"},
		"signed by the organizational domain": {sign(client, mailFrom("al@eu.client.example")),
			"dkim=pass header.d=client.example", "dmarc=pass (p=reject) header.from=eu.client.example"},
		"unsigned forgery": {mailFrom("al@client.example"),
			"dkim=none", "dmarc=fail (p=reject) header.from=client.example"},
		"forgery signed by another domain": {sign(mailer, mailFrom("al@client.example")),
			"dkim=pass header.d=mailer.example", "dmarc=fail (p=reject) header.from=client.example"},
		"another domain under the same public suffix": {sign(shop, mailFrom("al@bank.co.uk")),
			"dkim=pass header.d=other.co.uk", "dmarc=fail (p=reject) header.from=bank.co.uk"},
		"two signatures, one aligned": {sign(mailer, good),
			"dkim=pass header.d=mailer.example; dkim=pass header.d=client.example", "dmarc=pass (p=reject) header.from=client.example"},
		"body changed": {[]byte(strings.Replace(string(good), "Hello", "Hallo", 1)),
			"dkim=fail header.d=client.example", "dmarc=fail (p=reject) header.from=client.example"},
		"subject changed": {[]byte(strings.Replace(string(good), "Subject: Access", "Subject: Admin access", 1)),
			"dkim=fail header.d=client.example", "dmarc=fail (p=reject) header.from=client.example"},
		"Reply-To added": {append([]byte("Reply-To: eve@evil.example\r\n"), good...),
			"dkim=fail header.d=client.example", "dmarc=fail (p=reject) header.from=client.example"},
		"second From added": {append([]byte("From: eve@evil.example\r\n"), good...),
			"dkim=fail header.d=client.example", "dmarc=permerror"},
		"two addresses in From": {mailFrom("al@client.example, eve@evil.example"),
			"dkim=none", "dmarc=permerror"},
		"no such key": {sign(unpublished, mailFrom("al@client.example")),
			"dkim=permerror header.d=client.example", "dmarc=fail (p=reject) header.from=client.example"},
		"key server down": {sign(deaf, mailFrom("al@deaf.example")),
			"dkim=temperror header.d=deaf.example", "dmarc=temperror header.from=deaf.example"},
		"strict alignment": {sign(strict, mailFrom("al@strict.example")),
			"dkim=pass header.d=mail.strict.example", "dmarc=fail (p=quarantine) header.from=strict.example"},
		"no policy": {sign(mailer, mailFrom("al@mailer.example")),
			"dkim=pass header.d=mailer.example", "dmarc=none header.from=mailer.example"},
		"unreadable policy": {mailFrom("al@broken.example"),
			"dkim=none", "dmarc=permerror header.from=broken.example"},
		"U-label": {mailFrom("al@bücher.example"),
			"dkim=none", "dmarc=none header.from=xn--bcher-kva.example"},
		"text injected by the signature": {append([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=x(\"dmarc=pass; s=s1; h=from; bh=AA==; b=AA==\r\n"), mailFrom("al@client.example")...),
			"dkim=permerror", "dmarc=fail (p=reject) header.from=client.example"},
	}
	for name, tt := range tests {
		// One after the other: each reads the newest message of the same mailbox.
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			want := "mx.provider.example; " + tt.dkim + "; spf=none smtp.mailfrom=bounce@client.example; " + tt.dmarc
			if got := verdict(t, s, tt.raw); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSignaturesBounded(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	raw := append([]byte(strings.Repeat("DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=AA==; b=AA==\r\n", 50)), mailFrom("al@client.example")...)
	if n := strings.Count(verdict(t, s, raw), "dkim="); n != 5 {
		t.Errorf("%d signatures judged, want 5", n)
	}
}

func TestForeignVerdictsStripped(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	forged := crlf(`
Authentication-Results: mx.provider.example; dmarc=pass header.from=client.example
authentication-results : MX.Provider.Example 1;
	dmarc=pass header.from=client.example
Authentication-Results: (a \( (nested) comment) "mx.provider.example"; dmarc=pass header.from=client.example
Authentication-Results: (never closed mx.provider.example; dmarc=pass header.from=client.example
Received: from evil.example by relay.example; Sat, 21 Nov 2026 12:00:00 +0000
Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=client.example
Authentication-Results: mx.provider.example.evil.example; dkim=pass
Authentication-Results: mx.provider.example;
 dmarc=pass header.from=client.example
From: al@client.example
Subject: kept
 folded

Authentication-Results: mx.provider.example; in the body
`)
	send(t, s, "eve@evil.example", support, forged)
	list, err := s.Messages(support, "INBOX")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d messages, error %v; want 1", len(list), err)
	}
	_, afterReceived, _ := strings.Cut(string(list[0]), "12:00:00 +0000\r\n")
	want := "Received: from evil.example by relay.example; Sat, 21 Nov 2026 12:00:00 +0000\r\n" +
		"Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=client.example\r\n" +
		"Authentication-Results: mx.provider.example.evil.example; dkim=pass\r\n" +
		"From: al@client.example\r\nSubject: kept\r\n folded\r\n\r\n" +
		"Authentication-Results: mx.provider.example; in the body\r\n"
	if diff := cmp.Diff(want, afterReceived); diff != "" {
		t.Errorf("below the trace fields of the MX (-want +got):\n%s", diff)
	}
}

func TestPathsThatCouldInject(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	for _, from := range []string{`"a; dmarc=pass header.from=client.example"@evil.example`, `"a(b"@evil.example`} {
		if err := trySend(s, from, support, mailFrom("al@client.example")); err == nil || !strings.Contains(err.Error(), "Quoted local parts") {
			t.Errorf("MAIL FROM:<%s>: %v, want a refusal", from, err)
		}
	}
	if got, want := verdictFrom(t, s, "o'neill+x=y@client.example", mailFrom("al@client.example")), "smtp.mailfrom=o'neill+x=y@client.example"; !strings.Contains(got, want) {
		t.Errorf("got %s, want it to hold %s", got, want)
	}
}
