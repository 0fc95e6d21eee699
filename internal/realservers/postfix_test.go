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

// sign returns raw with a DKIM signature of client.test, and the TXT record that verifies it.
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
		Domain: "client.test", Selector: "sel", Signer: key, Hash: crypto.SHA256,
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
	raw := []byte("From: Ann <ann@client.test>\r\nTo: support@provider.test\r\nSubject: hello\r\nMessage-ID: <1@client.test>\r\n" +
		"Authentication-Results: " + mxName + "; dkim=pass header.d=forged.test\r\n\r\nbody\r\n")
	signed, record := sign(t, raw)
	imap := Dovecot(t, DovecotConfig{})
	imap.AddUser(support, "secret")
	milter := OpenDKIM(t, mxName, map[string]string{"sel._domainkey.client.test": record})
	mx := Postfix(t, PostfixConfig{Hostname: mxName, Dovecot: imap, OpenDKIM: milter})

	send := func(to string, raw []byte) {
		t.Helper()
		c, err := smtp.Dial(loopback(mx.MXPort))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SendMail("ann@client.test", []string{to}, bytes.NewReader(raw)); err != nil {
			t.Fatalf("%v\n%s", err, mx.Log())
		}
	}
	tests := []struct {
		name, to string
		raw      []byte
		verdict  string
	}{
		{"signed", "support+token@provider.test", signed, "dkim=pass"},
		{"altered", support, bytes.Replace(signed, []byte("\r\n\r\nbody"), []byte("\r\n\r\nbodY"), 1), "dkim=fail"},
		{"unsigned", support, raw, "dkim=none"},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		send(tt.to, tt.raw)
		got := awaitMail(t, imap, mx, seen)
		fields := strings.Count(got, "Authentication-Results: "+mxName+";")
		if fields != 1 || !strings.Contains(got, tt.verdict) || strings.Contains(got, "forged.test") {
			t.Errorf("%s: want one field of ours with %s:\n%s", tt.name, tt.verdict, got)
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
