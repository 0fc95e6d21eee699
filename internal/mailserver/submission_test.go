package mailserver_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net/smtp"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/mailserver"
)

func wantCode(t *testing.T, what string, err error, code int) {
	t.Helper()
	var reply *gosmtp.SMTPError
	if !errors.As(err, &reply) || reply.Code != code {
		t.Errorf("%s: %v, want a %d", what, err, code)
	}
}

func TestSubmission(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	forged := append([]byte("Authentication-Results: "+hostname+"; dmarc=pass header.from=client.example\r\n"), mailFrom(support)...)
	for mech, client := range map[string]sasl.Client{
		"PLAIN": sasl.NewPlainClient("", "Support@provider.example", password),
		"LOGIN": sasl.NewLoginClient(support, password),
	} {
		c, err := gosmtp.Dial(s.SubmissionAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Auth(client); err != nil {
			t.Fatalf("AUTH %s: %v", mech, err)
		}
		if err := c.SendMail(support, []string{security}, bytes.NewReader(forged)); err != nil {
			t.Fatalf("submitting after AUTH %s: %v", mech, err)
		}
	}
	list, err := s.Messages(security, "INBOX")
	if err != nil || len(list) != 2 {
		t.Fatalf("%d messages, error %v; want 2", len(list), err)
	}
	for _, raw := range list {
		if want := "Authentication-Results: mx.provider.example;\r\n\tauth=pass smtp.auth=support@provider.example\r\nReceived: "; !strings.Contains(string(raw), want) {
			t.Errorf("no %q in:\n%s", want, raw)
		}
		if strings.Contains(string(raw), "dmarc=pass") || !strings.Contains(string(raw), "with ESMTPA id") {
			t.Errorf("wrong trace fields:\n%s", raw)
		}
	}
}

// With a signer, submitted mail is proven as its author's, and nobody can write in another's name.
func TestSubmissionSigned(t *testing.T) {
	t.Parallel()
	domain := mailserver.DomainWithKey("provider.example", "s1", dkimKey())
	zone := &mailserver.Zone{}
	zone.Publish(domain, "reject")
	s := start(t, mailserver.Config{LookupTXT: zone.LookupTXT, Sign: func(_ string, raw []byte) ([]byte, error) { return domain.Sign(raw) }})
	c, err := gosmtp.Dial(s.SubmissionAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", security, password)); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "another's name", c.SendMail(security, []string{support}, bytes.NewReader(mailFrom(support))), 550)
	if err := c.SendMail(security, []string{support}, bytes.NewReader(mailFrom(security))); err != nil {
		t.Fatal(err)
	}
	list, err := s.Messages(support, "INBOX")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d messages, error %v; want 1", len(list), err)
	}
	for _, want := range []string{"auth=pass smtp.auth=" + security, "dkim=pass header.d=provider.example", "dmarc=pass (p=reject) header.from=provider.example"} {
		if !strings.Contains(string(list[0]), want) {
			t.Errorf("no %q in:\n%s", want, list[0])
		}
	}
}

func TestSubmissionRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	dial := func(addr string) *gosmtp.Client {
		c, err := gosmtp.Dial(addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	wantCode(t, "MAIL before AUTH", dial(s.SubmissionAddr()).Mail(support, nil), 530)
	wantCode(t, "wrong password", dial(s.SubmissionAddr()).Auth(sasl.NewPlainClient("", support, "wrong")), 535)
	wantCode(t, "wrong password by LOGIN", dial(s.SubmissionAddr()).Auth(sasl.NewLoginClient(support, "wrong")), 535)
	wantCode(t, "unknown user", dial(s.SubmissionAddr()).Auth(sasl.NewPlainClient("", "al@client.example", password)), 535)
	wantCode(t, "password of another", dial(s.SubmissionAddr()).Auth(sasl.NewPlainClient(security, support, password)), 535)
	wantCode(t, "AUTH EXTERNAL", dial(s.SubmissionAddr()).Auth(sasl.NewExternalClient("")), 504)
	c := dial(s.SubmissionAddr())
	wantCode(t, "second wrong password", c.Auth(sasl.NewPlainClient("", support, "wrong")), 535)
	wantCode(t, "MAIL after failed AUTH", c.Mail(support, nil), 530)
	mx := dial(s.SMTPAddr())
	if err := mx.Hello("client.example"); err != nil {
		t.Fatal(err)
	}
	if mx.SupportsAuth(sasl.Plain) {
		t.Error("the MX port offers AUTH")
	}
	ic, err := imapclient.DialInsecure(s.IMAPAddr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ic.Close()
	if err := ic.Login(support, "wrong").Wait(); err == nil {
		t.Error("IMAP took a wrong password")
	}
	if err := ic.Authenticate(sasl.NewPlainClient("", support, password)); err != nil {
		t.Errorf("AUTHENTICATE PLAIN: %v", err)
	}
}

func TestStartTLS(t *testing.T) {
	t.Parallel()
	serverTLS, clientTLS := tlsConfigs(t)
	s := start(t, mailserver.Config{TLS: serverTLS})

	for _, addr := range []string{s.SMTPAddr(), s.SubmissionAddr()} {
		c, err := smtp.Dial(addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if ok, _ := c.Extension("AUTH"); ok {
			t.Error("AUTH is offered before STARTTLS")
		}
		if err := c.StartTLS(clientTLS); err != nil {
			t.Fatalf("STARTTLS: %v", err)
		}
		if addr == s.SubmissionAddr() {
			if err := c.Auth(smtp.PlainAuth("", support, password, "127.0.0.1")); err != nil {
				t.Fatalf("AUTH: %v", err)
			}
		}
		if err := errors.Join(c.Mail(support), c.Rcpt(support)); err != nil {
			t.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(mailFrom(support)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Close(), c.Quit()); err != nil {
			t.Fatal(err)
		}
	}

	plain, err := imapclient.DialInsecure(s.IMAPAddr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if err := plain.Login(support, password).Wait(); err == nil {
		t.Error("IMAP took a password without TLS")
	}
	c, err := imapclient.DialStartTLS(s.IMAPAddr(), &imapclient.Options{TLSConfig: clientTLS})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(support, password).Wait(); err != nil {
		t.Fatal(err)
	}
	selectMailbox(t, c, "INBOX")
	got := fetchAll(t, c)
	if len(got) != 2 || !strings.Contains(got[0], "with ESMTPS id") || !strings.Contains(got[1], "with ESMTPSA id") {
		t.Errorf("fetched %q", got)
	}
	if _, err := imapclient.DialStartTLS(s.IMAPAddr(), &imapclient.Options{TLSConfig: &tls.Config{ServerName: "127.0.0.1"}}); err == nil {
		t.Error("a client without the root certificate was satisfied")
	}
}

func TestImplicitTLS(t *testing.T) {
	t.Parallel()
	serverTLS, clientTLS := tlsConfigs(t)
	s := start(t, mailserver.Config{TLS: serverTLS, ImplicitTLS: true})
	c, err := gosmtp.DialTLS(s.SubmissionAddr(), clientTLS)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", support, password)); err != nil {
		t.Fatal(err)
	}
	if err := c.SendMail(support, []string{security}, bytes.NewReader(mailFrom(support))); err != nil {
		t.Fatal(err)
	}
	ic, err := imapclient.DialTLS(s.IMAPAddr(), &imapclient.Options{TLSConfig: clientTLS})
	if err != nil {
		t.Fatal(err)
	}
	defer ic.Close()
	if ic.Caps().Has(imap.CapStartTLS) {
		t.Error("STARTTLS is offered under TLS")
	}
	if err := ic.Login(security, password).Wait(); err != nil {
		t.Fatal(err)
	}
	if n := selectMailbox(t, ic, "INBOX").NumMessages; n != 1 {
		t.Errorf("INBOX holds %d, want 1", n)
	}
}
