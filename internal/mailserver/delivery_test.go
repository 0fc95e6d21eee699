package mailserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"github.com/countersign/countersign/internal/mailserver"
)

func TestWait(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	ctx := deadline(t)
	send(t, s, "past@client.example", support, mailFrom("al@client.example"))
	from := func(mailFrom string) func(mailserver.Delivery) bool {
		return func(d mailserver.Delivery) bool { return d.MailFrom == mailFrom }
	}
	d, err := s.Wait(ctx, from("past@client.example"))
	if err != nil || d.To != support || !d.At.Equal(clock) || !strings.Contains(string(d.Raw), "Subject: Access") {
		t.Errorf("past delivery: %+v, error %v", d, err)
	}

	asked := make(chan struct{}, 16)
	found := make(chan error, 1)
	go func() {
		_, err := s.Wait(ctx, func(d mailserver.Delivery) bool {
			asked <- struct{}{}
			return d.MailFrom == "future@client.example"
		})
		found <- err
	}()
	<-asked // it has seen the past one and not taken it
	send(t, s, "other@client.example", support, mailFrom("al@client.example"))
	send(t, s, "future@client.example", security, mailFrom("al@client.example"))
	if err := <-found; err != nil {
		t.Errorf("future delivery: %v", err)
	}
	if n := len(asked); n != 2 {
		t.Errorf("match was asked %d times more, want 2: once per delivery", n)
	}

	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Wait(ended, from("nobody")); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

func TestWaitCount(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	ctx := deadline(t)
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 2)
	selectMailbox(t, c, "INBOX")
	counted := make(chan error, 1)
	go func() { counted <- s.WaitCount(ctx, support, "Archive", 2) }()
	for uid := range imap.UID(2) {
		if _, err := c.Move(imap.UIDSetNum(uid+1), "Archive").Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-counted; err != nil {
		t.Error(err)
	}
	if err := s.WaitCount(ctx, support, "Nowhere", 0); !errors.Is(err, mailserver.ErrUnknown) {
		t.Errorf("unknown mailbox: %v", err)
	}
	if err := s.WaitCount(ctx, "nobody@provider.example", "INBOX", 0); !errors.Is(err, mailserver.ErrUnknown) {
		t.Errorf("unknown user: %v", err)
	}
}

func TestStartRefusesBadConfig(t *testing.T) {
	t.Parallel()
	if _, err := mailserver.Start(t.Context(), mailserver.Config{}); err == nil {
		t.Error("no Hostname: accepted")
	}
	if _, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: hostname, ImplicitTLS: true}); err == nil {
		t.Error("ImplicitTLS without TLS: accepted")
	}
	s := start(t, mailserver.Config{})
	_, port, _ := strings.Cut(s.SMTPAddr(), ":")
	if _, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: hostname, SMTPPort: atoi(t, port)}); err == nil {
		t.Error("a port in use: accepted")
	}
}
