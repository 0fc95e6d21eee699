package realservers

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	support = "support@provider.test"
	mxName  = "mx.provider.test"
)

// sign returns raw with a DKIM signature of client.example, and the TXT record that verifies it.
func sign(t *testing.T, raw []byte) (signed []byte, record string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: "client.example", Selector: "sel", Signer: key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "To", "Subject", "Message-ID"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)
}

// TestMailThroughPostfix: mail from the world gets the verdict of OpenDKIM and reaches the mailbox; so does submitted mail.
func TestMailThroughPostfix(t *testing.T) {
	t.Parallel()
	raw := []byte("From: Ann <ann@client.example>\r\nTo: support@provider.test\r\nSubject: hello\r\nMessage-ID: <1@client.example>\r\n" +
		"Authentication-Results: " + mxName + "; dkim=pass header.d=forged.example\r\n\r\nbody\r\n")
	signed, record := sign(t, raw)
	imap := Dovecot(t, DovecotConfig{})
	imap.AddUser(support, "secret")
	dns := DNS(t, map[string]string{"sel._domainkey.client.example": record, "_dmarc.client.example": "v=DMARC1; p=reject",
		"client.example": "v=spf1 ip4:192.0.2.7 -all", "_dmarc.host.example": "v=DMARC1; p=reject", "host.example": "v=spf1 ip4:198.51.100.7 -all"})
	mx := Postfix(t, PostfixConfig{Hostname: mxName, Dovecot: imap, OpenDKIM: OpenDKIM(t, mxName, dns), OpenDMARC: OpenDMARC(t, mxName, dns)})

	send := func(from, to string, raw []byte) {
		t.Helper()
		c, err := smtp.Dial(loopback(mx.MXPort))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
			t.Fatalf("%v\n%s", err, mx.Log())
		}
	}
	tests := []struct {
		name, from, to string
		raw            []byte
		verdicts       []string
	}{
		{"signed", "ann@client.example", "support+token@provider.test", signed,
			[]string{"dkim=pass", "spf=fail smtp.mailfrom=client.example", "dmarc=pass (p=reject dis=none) header.from=client.example"}},
		{"altered", "ann@client.example", support, bytes.Replace(signed, []byte("\r\n\r\nbody"), []byte("\r\n\r\nbodY"), 1),
			[]string{"dkim=fail", "dmarc=fail (p=reject"}},
		{"unsigned", "ann@client.example", support, raw, []string{"dkim=none", "dmarc=fail (p=reject"}},
		{"by SPF", "ann@host.example", support, bytes.ReplaceAll(raw, []byte("client.example"), []byte("host.example")),
			[]string{"dkim=none", "spf=pass smtp.mailfrom=host.example", "dmarc=pass (p=reject"}},
		{"by another's SPF", "ann@host.example", support, raw, []string{"spf=pass smtp.mailfrom=host.example", "dmarc=fail (p=reject"}},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		send(tt.from, tt.to, tt.raw)
		got := awaitMail(t, imap, mx, seen)
		fields := strings.Count(got, "Authentication-Results: "+mxName+";")
		if fields == 0 || strings.Contains(got, "forged.example") {
			t.Errorf("%s: want fields of ours and no forged one:\n%s", tt.name, got)
		}
		for _, verdict := range tt.verdicts {
			if !strings.Contains(got, verdict) {
				t.Errorf("%s: want %q:\n%s", tt.name, verdict, got)
			}
		}
	}

	submit := func(password string) error {
		c, err := smtp.DialStartTLS(loopback(mx.SubmissionPort), &tls.Config{RootCAs: mx.RootCAs, ServerName: "localhost"})
		if err != nil {
			return err
		}
		defer c.Close()
		if err := c.Auth(sasl.NewPlainClient("", support, password)); err != nil {
			return err
		}
		return c.SendMail(support, []string{support}, bytes.NewReader(raw))
	}
	if err := submit("wrong"); err == nil {
		t.Error("a wrong password is good for submission")
	}
	if err := submit("secret"); err != nil {
		t.Fatalf("%v\n%s", err, mx.Log())
	}
	awaitMail(t, imap, mx, seen)
}

// awaitMail waits for a message that was not seen before.
func awaitMail(t *testing.T, imap *DovecotServer, mx *PostfixServer, seen map[string]bool) string {
	t.Helper()
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, raw := range imap.Messages(support, "INBOX") {
			if !seen[string(raw)] {
				seen[string(raw)] = true
				return string(raw)
			}
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("the mail after %d others did not arrive\n%s", len(seen), mx.Log())
		}
	}
}
