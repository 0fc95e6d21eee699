package realservers

import (
	"bytes"
	"testing"
)

func TestDovecotDelivers(t *testing.T) {
	t.Parallel()
	s := Dovecot(t, DovecotConfig{})
	s.AddUser("support@provider.test", "secret")
	raw := []byte("From: a@client.test\r\nSubject: hello\r\n\r\nbody\r\n")
	s.Deliver("support+token@provider.test", raw)
	got := s.Messages("support@provider.test", "INBOX")
	if len(got) != 1 || !bytes.HasSuffix(got[0], raw) {
		t.Fatalf("the mailbox holds %q", got)
	}
	s.Stop()
	s.Start()
	s.Deliver("support@provider.test", raw)
	if got := s.Messages("support@provider.test", "INBOX"); len(got) != 2 {
		t.Errorf("%d messages after a restart, want 2", len(got))
	}
}
