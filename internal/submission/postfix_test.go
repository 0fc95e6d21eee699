package submission

import (
	"bytes"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/realservers"
)

// TestSubmissionToPostfix: the same client against a real submission port, with STARTTLS and Dovecot's passwords.
func TestSubmissionToPostfix(t *testing.T) {
	t.Parallel()
	const support = "support@provider.test"
	imap := realservers.Dovecot(t, realservers.DovecotConfig{})
	imap.AddUser(support, "secret")
	mx := realservers.Postfix(t, realservers.PostfixConfig{
		Hostname: "mx.provider.test", Dovecot: imap,
		OpenDKIM: realservers.OpenDKIM(t, "mx.provider.test", realservers.DNS(t, nil)),
	})
	cfg := Config{Host: "127.0.0.1", Port: mx.SubmissionPort, RootCAs: mx.RootCAs, Username: support, Password: "wrong", Timeout: 20 * time.Second}
	env := Envelope{MailFrom: support, Rcpt: support}

	got := asError(t, New(cfg).Send(t.Context(), env, mailNumber(0)))
	if got.Code != 535 || got.Permanent {
		t.Errorf("a wrong password gives %+v, want a transient 535", got)
	}

	cfg.Password = "secret"
	c := New(cfg)
	for n := 1; n <= 3; n++ {
		if err := c.Send(t.Context(), env, mailNumber(n)); err != nil {
			t.Fatalf("%v\n%s", err, mx.Log())
		}
	}
	huge := append(mailNumber(4), bytes.Repeat([]byte("0123456789\r\n"), 5<<20)...)
	if got := asError(t, c.Send(t.Context(), env, huge)); !got.Permanent || got.Enhanced != "5.3.4" {
		t.Errorf("60 MiB give %+v, want a permanent 5.3.4", got)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	checkArrived(t, imap, support, 3)
}

// checkArrived waits for the mails 1 to n and compares their bytes.
func checkArrived(t *testing.T, imap *realservers.DovecotServer, address string, n int) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		list := imap.Messages(address, "INBOX")
		if len(list) == n {
			all := bytes.Join(list, nil)
			for k := 1; k <= n; k++ {
				if !bytes.Contains(all, mailNumber(k)) {
					t.Errorf("mail %d did not arrive as it was sent", k)
				}
			}
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%d mails arrived, want %d", len(list), n)
		}
	}
}
