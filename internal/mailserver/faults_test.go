package mailserver_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/mailserver"
)

func TestRejectRcpt(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	busy := &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Busy"}
	s.SetFaults(mailserver.Faults{RejectRcpt: func(rcpt string) error {
		if rcpt == security {
			return fmt.Errorf("wrapped: %w", busy)
		}
		return nil
	}})
	wantCode(t, "RCPT", trySend(s, "al@client.example", security, mailFrom("al@client.example")), 450)
	send(t, s, "al@client.example", support, mailFrom("al@client.example"))
	s.SetFaults(mailserver.Faults{})
	send(t, s, "al@client.example", security, mailFrom("al@client.example"))
}

func TestFailData(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	s.SetFaults(mailserver.Faults{FailData: func(from string, rcpts []string) error {
		if from != "al@client.example" || len(rcpts) != 1 || rcpts[0] != support {
			t.Errorf("asked about %s to %v", from, rcpts)
		}
		return &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "Mailbox full"}
	}})
	wantCode(t, "DATA", trySend(s, "al@client.example", support, mailFrom("al@client.example")), 552)
	s.SetFaults(mailserver.Faults{FailData: func(string, []string) error { return errors.New("disk on fire") }})
	wantCode(t, "DATA", trySend(s, "al@client.example", support, mailFrom("al@client.example")), 554)
	if n := len(s.Deliveries()); n != 0 {
		t.Errorf("%d messages were delivered, want 0", n)
	}
}

func TestDropAfterData(t *testing.T) {
	t.Parallel()
	serverTLS, clientTLS := tlsConfigs(t)
	for name, cfg := range map[string]mailserver.Config{"plain": {}, "tls": {TLS: serverTLS, ImplicitTLS: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, cfg)
			var drops atomic.Int32
			s.SetFaults(mailserver.Faults{DropAfterData: func(string, []string) bool { return drops.Add(1) == 1 }})
			submit := func() error {
				dial := func() (*smtp.Client, error) { return smtp.Dial(s.SubmissionAddr()) }
				if cfg.ImplicitTLS {
					dial = func() (*smtp.Client, error) { return smtp.DialTLS(s.SubmissionAddr(), clientTLS) }
				}
				c, err := dial()
				if err != nil {
					return err
				}
				defer c.Close()
				if err := c.Auth(sasl.NewPlainClient("", support, password)); err != nil {
					return err
				}
				return c.SendMail(support, []string{security}, bytes.NewReader(mailFrom(support)))
			}
			var reply *smtp.SMTPError
			if err := submit(); err == nil || errors.As(err, &reply) {
				t.Errorf("first submission: %v, want a broken connection", err)
			}
			if err := submit(); err != nil {
				t.Errorf("second submission: %v", err)
			}
			if n, err := s.CountMessages(security, "INBOX"); n != 2 || err != nil {
				t.Errorf("%d messages, error %v; want both", n, err)
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	open := dial(t, s, support, nil)
	s.SetFaults(mailserver.Faults{RefuseIMAP: true, RefuseSMTP: true})
	if c, err := imapclient.DialInsecure(s.IMAPAddr(), nil); err == nil {
		if err := c.WaitGreeting(); err == nil {
			t.Error("IMAP greeted")
		}
		c.Close()
	}
	for _, addr := range []string{s.SMTPAddr(), s.SubmissionAddr()} {
		if c, err := smtp.Dial(addr); err == nil {
			if err := c.Hello("client.example"); err == nil {
				t.Errorf("SMTP on %s answered", addr)
			}
			c.Close()
		}
	}
	if err := open.Noop().Wait(); err != nil {
		t.Errorf("an open connection suffered: %v", err)
	}
	s.SetFaults(mailserver.Faults{})
	dial(t, s, support, nil)
	send(t, s, "al@client.example", support, mailFrom("al@client.example"))
}

func TestCutIMAP(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	idling, idle := dial(t, s, support, nil), dial(t, s, support, nil)
	selectMailbox(t, idling, "INBOX")
	cmd, err := idling.Idle()
	if err != nil {
		t.Fatal(err)
	}
	s.CutIMAP()
	if err := cmd.Wait(); err == nil {
		t.Error("IDLE ended without an error")
	}
	if err := idle.Noop().Wait(); err == nil {
		t.Error("the second connection lives")
	}
	dial(t, s, support, nil)
}

func TestCutSMTP(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	for _, addr := range []string{s.SMTPAddr(), s.SubmissionAddr()} {
		c, err := smtp.Dial(addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Hello("client.example"); err != nil {
			t.Fatal(err)
		}
		s.CutSMTP()
		if err := c.Noop(); err == nil {
			t.Errorf("the connection to %s lives", addr)
		}
	}
	send(t, s, "al@client.example", support, mailFrom("al@client.example"))
}

func TestStopAndStart(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	imapAddr, mxAddr, submissionAddr := s.IMAPAddr(), s.SMTPAddr(), s.SubmissionAddr()
	client := dial(t, s, support, nil)
	ctx := deadline(t)
	for range 2 { // the second time does nothing
		if err := errors.Join(s.StopIMAP(), s.StopSMTP()); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Noop().Wait(); err == nil {
		t.Error("the connection lives")
	}
	for _, addr := range []string{imapAddr, mxAddr, submissionAddr} {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Errorf("%s accepts connections", addr)
		}
	}
	for range 2 {
		if err := errors.Join(s.StartIMAP(ctx), s.StartSMTP(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	if s.IMAPAddr() != imapAddr || s.SMTPAddr() != mxAddr || s.SubmissionAddr() != submissionAddr {
		t.Error("the ports changed")
	}
	send(t, s, "al@client.example", support, mailFrom("al@client.example"))
	if n := selectMailbox(t, dial(t, s, support, nil), "INBOX").NumMessages; n != 1 {
		t.Errorf("INBOX holds %d, want 1", n)
	}
}

func TestResetUIDValidity(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 3)
	before := selectMailbox(t, c, "INBOX")
	if _, err := c.Move(imap.UIDSetNum(1), "Trash").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := s.ResetUIDValidity(support, "INBOX"); err != nil {
		t.Fatal(err)
	}
	if err := c.Noop().Wait(); err == nil {
		t.Error("the session lives on")
	}
	c = dial(t, s, support, nil)
	after := selectMailbox(t, c, "INBOX")
	if after.UIDValidity == before.UIDValidity || after.UIDNext != 3 {
		t.Errorf("UIDVALIDITY %d then %d, UIDNEXT %d; want a change and 3", before.UIDValidity, after.UIDValidity, after.UIDNext)
	}
	if got := searchUIDs(t, c, &imap.SearchCriteria{Body: []string{"body 3"}}); len(got) != 1 || got[0] != 2 {
		t.Errorf("the third message has UID %v, want 2", got)
	}
	if err := s.ResetUIDValidity(support, "Nowhere"); !errors.Is(err, mailserver.ErrUnknown) {
		t.Errorf("unknown mailbox: %v", err)
	}
}

// Clients in every state when the server goes: the race detector watches, Close must return.
func TestCloseWhileBusy(t *testing.T) {
	t.Parallel()
	serverTLS, clientTLS := tlsConfigs(t)
	s, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: hostname, TLS: serverTLS})
	if err != nil {
		t.Fatal(err)
	}
	s.AddUser(support, password)
	var clients sync.WaitGroup
	started := make(chan struct{}, 16)
	for range 4 {
		clients.Go(func() { // STARTTLS, LOGIN and IDLE again and again
			for {
				c, err := imapclient.DialStartTLS(s.IMAPAddr(), &imapclient.Options{TLSConfig: clientTLS})
				if err != nil {
					return
				}
				if c.Login(support, password).Wait() == nil {
					if _, err := c.Select("INBOX", nil).Wait(); err == nil {
						if idle, err := c.Idle(); err == nil {
							signalOnce(started)
							idle.Close()
						}
					}
				}
				c.Close()
			}
		})
		clients.Go(func() { // mail after mail, the last one cut somewhere
			for {
				c, err := smtp.DialStartTLS(s.SMTPAddr(), clientTLS)
				if err != nil {
					return
				}
				if c.SendMail("al@client.example", []string{support}, bytes.NewReader(mailFrom("al@client.example"))) == nil {
					signalOnce(started)
				}
				c.Close()
			}
		})
	}
	for range cap(started) {
		<-started
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	clients.Wait()
}

func signalOnce(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func TestCloseWaitsForHandlers(t *testing.T) {
	t.Parallel()
	s, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: hostname})
	if err != nil {
		t.Fatal(err)
	}
	s.AddUser(support, password)
	entered, release := make(chan struct{}), make(chan struct{})
	s.SetFaults(mailserver.Faults{FailData: func(string, []string) error {
		close(entered)
		<-release
		return nil
	}})
	sent := make(chan error, 1)
	go func() { sent <- trySend(s, "al@client.example", support, mailFrom("al@client.example")) }()
	<-entered
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	if err := <-sent; err == nil {
		t.Error("the client was told of success")
	}
	// The client is cut, its handler still at work. That Close does not return can only be watched for a while.
	select {
	case <-closed:
		t.Error("Close returned before the handler did")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 2)
	restore, err := s.Snapshot(support, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	before := selectMailbox(t, c, "INBOX")
	if _, err := c.Move(imap.UIDSetNum(1), "Trash").Wait(); err != nil {
		t.Fatal(err)
	}
	restore()
	if err := c.Noop().Wait(); err == nil {
		t.Error("the session lives on")
	}
	c = dial(t, s, support, nil)
	after := selectMailbox(t, c, "INBOX")
	if after.UIDValidity != before.UIDValidity || after.UIDNext != 3 || after.NumMessages != 2 {
		t.Errorf("UIDVALIDITY %d then %d, UIDNEXT %d, %d messages; want the same, 3 and 2", before.UIDValidity, after.UIDValidity, after.UIDNext, after.NumMessages)
	}
	if _, err := s.Snapshot(support, "Nowhere"); !errors.Is(err, mailserver.ErrUnknown) {
		t.Errorf("unknown mailbox: %v", err)
	}
}

func TestMoveByAPerson(t *testing.T) {
	t.Parallel()
	s := start(t, mailserver.Config{})
	c := dial(t, s, support, nil)
	fill(t, c, "INBOX", 3)
	before := selectMailbox(t, c, "INBOX")
	second := func(raw []byte) bool { return bytes.Contains(raw, []byte("body 2")) }
	for range 2 { // there and back
		if n, err := s.Move(support, "INBOX", "Archive", second); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if n, err := s.Move(support, "Archive", "INBOX", second); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	after := selectMailbox(t, dial(t, s, support, nil), "INBOX")
	if after.NumMessages != 3 || after.UIDNext != before.UIDNext+2 {
		t.Errorf("%d messages, UIDNEXT %d after %d", after.NumMessages, after.UIDNext, before.UIDNext)
	}
	if _, err := s.Move(support, "INBOX", "Nowhere", second); !errors.Is(err, mailserver.ErrUnknown) {
		t.Errorf("unknown mailbox: %v", err)
	}
}
