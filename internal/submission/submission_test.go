package submission

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSendKeepsTheConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := New(s.cfg)
	for n := range 2 {
		if err := c.Send(t.Context(), toB, mailNumber(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Send(t.Context(), Envelope{Rcpt: "b@client.test"}, mailNumber(2)); err != nil {
		t.Fatalf("null reverse-path: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	commands, messages, _ := s.seen()
	// No NOOP and no RSET between mails: they would cost a third of the time.
	want := []string{
		"EHLO client.test",
		"MAIL FROM:<support@provider.test> BODY=8BITMIME", "RCPT TO:<b@client.test>", "DATA",
		"MAIL FROM:<support@provider.test> BODY=8BITMIME", "RCPT TO:<b@client.test>", "DATA",
		"MAIL FROM:<> BODY=8BITMIME", "RCPT TO:<b@client.test>", "DATA",
		"QUIT",
	}
	if d := cmp.Diff(want, commands); d != "" {
		t.Errorf("commands (-want +got):\n%s", d)
	}
	for n, m := range messages {
		// textproto's DotReader gives LF line ends.
		if want := strings.ReplaceAll(string(mailNumber(n)), "\r\n", "\n"); m != want {
			t.Errorf("message %d arrived as %q", n, m)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, verb, reply string
		want              Error
	}{
		{"unknownrecipient", "RCPT", "550 5.1.1 no such user", Error{Code: 550, Enhanced: "5.1.1", Permanent: true}},
		{"greylisted", "RCPT", "450 4.2.0 come again", Error{Code: 450, Enhanced: "4.2.0"}},
		{"noenhancedcode", "MAIL", "553 no", Error{Code: 553, Permanent: true}},
		{"policyafterdata", ".", "554 5.7.1 spam", Error{Code: 554, Enhanced: "5.7.1", Permanent: true}},
		{"diskfullafterdata", ".", "452 4.3.1 disk full", Error{Code: 452, Enhanced: "4.3.1"}},
		{"dataretry", "DATA", "451 4.3.0 later", Error{Code: 451, Enhanced: "4.3.0"}},
		{"cutbeforedata", "RCPT", hangUp, Error{}},
		{"cutafterdot", ".", hangUp, Error{Ambiguous: true}},
		// These refuse the connection or the account: giving up the mail for them would lose the whole queue.
		{"greetingrefused", "GREETING", "554 5.7.1 blocked", Error{Code: 554, Enhanced: "5.7.1"}},
		{"authenticationrequired", "MAIL", "530 5.7.0 authenticate first", Error{Code: 530, Enhanced: "5.7.0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(conn int, verb, line string) string {
				if conn == 1 && verb == tt.verb {
					return tt.reply
				}
				return ""
			})
			c := New(s.cfg)
			got := asError(t, c.Send(t.Context(), toB, mailNumber(1)))
			got.Err = nil
			if d := cmp.Diff(&tt.want, got); d != "" {
				t.Errorf("error (-want +got):\n%s", d)
			}
		})
	}
}

func TestRefusalKeepsTheConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, verb, line string) string {
		if verb == "RCPT" && strings.Contains(line, "gone@") {
			return "550 5.1.1 no such user"
		}
		return ""
	})
	c := New(s.cfg)
	if err := c.Send(t.Context(), Envelope{"a@provider.test", "gone@client.test"}, mailNumber(1)); err == nil {
		t.Fatal("no error for a refused recipient")
	}
	if err := c.Send(t.Context(), toB, mailNumber(2)); err != nil {
		t.Fatalf("the mail after a refused one: %v", err)
	}
	commands, messages, conns := s.seen()
	if conns != 1 || len(messages) != 1 {
		t.Errorf("%d connections and %d messages, want 1 and 1", conns, len(messages))
	}
	if !slices.Contains(commands, "RSET") {
		t.Errorf("the refused transaction was not reset: %q", commands)
	}
}

func TestStaleConnectionIsRedialled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, verb string
		n          int // which connection misbehaves
		reply      string
	}{
		{"closedafteraccepting", ".", 1, "250 2.0.0 queued" + thenQuit},
		{"timeoutreply", "MAIL", 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mails := 0
			s := serve(t, func(conn int, verb, _ string) string {
				if verb == "MAIL" {
					mails++
				}
				if tt.reply == "" && verb == "MAIL" && mails == 2 {
					return "421 4.4.2 timeout" + thenQuit
				}
				if conn == tt.n && verb == tt.verb {
					return tt.reply
				}
				return ""
			})
			c := New(s.cfg)
			for n := range 2 {
				if err := c.Send(t.Context(), toB, mailNumber(n)); err != nil {
					t.Fatalf("mail %d: %v", n, err)
				}
			}
			if _, messages, conns := s.seen(); conns != 2 || len(messages) != 2 {
				t.Errorf("%d connections and %d messages, want 2 and 2", conns, len(messages))
			}
		})
	}
}

func TestCutWhileWritingIsNotAmbiguous(t *testing.T) {
	t.Parallel()
	s := serve(t, on("DATA", "354 go on"+thenQuit))
	big := append(mailNumber(1), bytes.Repeat([]byte("0123456789\r\n"), 2<<20)...)
	got := asError(t, New(s.cfg).Send(t.Context(), toB, big))
	if got.Ambiguous || got.Permanent {
		t.Errorf("got %+v, want a plain transient error: the dot was never sent", got)
	}
}

// TestContextBoundsEverything: neither go-mail's dial nor its commands heed a context once TCP is up.
func TestContextBoundsEverything(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."} {
		t.Run(strings.Replace(verb, ".", "endofdata", 1), func(t *testing.T) {
			t.Parallel()
			reached := make(chan struct{}, 8)
			s := serve(t, func(_ int, v, _ string) string {
				if v == verb {
					reached <- struct{}{}
					return keepMum
				}
				return ""
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			result := make(chan error, 1)
			go func() { result <- New(s.cfg).Send(ctx, toB, mailNumber(1)) }()
			<-reached
			cancel()
			select {
			case err := <-result:
				got := asError(t, err)
				if !errors.Is(err, context.Canceled) || got.Permanent || got.Ambiguous != (verb == ".") {
					t.Errorf("got %+v", got)
				}
			case <-time.After(10 * time.Second): // half of Config.Timeout
				t.Fatal("Send outlived its context")
			}
		})
	}
}

func TestContextBoundsWaitingForATurn(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 8)
	s := serve(t, func(_ int, verb, _ string) string {
		if verb == "MAIL" {
			reached <- struct{}{}
			return keepMum
		}
		return ""
	})
	c := New(s.cfg)
	first, cancelFirst := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = c.Send(first, toB, mailNumber(1)) })
	<-reached
	second, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Send(second, toB, mailNumber(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	cancelFirst()
	wg.Wait()
}

func TestTimeoutBoundsSend(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."} {
		for _, how := range []string{keepMum, dribble} {
			t.Run(strings.Replace(verb, ".", "endofdata", 1)+"/"+strings.ToLower(how), func(t *testing.T) {
				t.Parallel()
				s := serve(t, on(verb, how))
				s.cfg.Timeout = 300 * time.Millisecond
				begun := time.Now()
				got := asError(t, New(s.cfg).Send(t.Context(), toB, mailNumber(1)))
				if got.Permanent || got.Code != 0 || got.Ambiguous != (verb == ".") {
					t.Errorf("got %+v, want a transient error without a code", got)
				}
				if took := time.Since(begun); took > 10*time.Second {
					t.Errorf("Send took %s", took)
				}
			})
		}
	}
}

func TestEnvelopeIsChecked(t *testing.T) {
	t.Parallel()
	c := New(Config{Host: "192.0.2.1", Port: 1}) // never dialled
	for _, env := range []Envelope{
		{"a@provider.test", ""},
		{"a@provider.test", "b@client.test>\r\nRCPT TO:<c@client.test"},
		{"a@provider.test\nDATA", "b@client.test"},
	} {
		if got := asError(t, c.Send(t.Context(), env, mailNumber(1))); !got.Permanent {
			t.Errorf("%q: got %+v, want a permanent error", env, got)
		}
	}
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	intl := Envelope{"support@provider.test", "grüße@client.test"}
	all := "250-server.test\r\n250-SMTPUTF8\r\n250 SIZE 200"
	tests := []struct {
		name, ehlo string
		env        Envelope
		raw        []byte
		mail       string // the expected MAIL command
		enhanced   string // or the expected refusal
	}{
		{"plainmaildoesnotask", all, toB, mailNumber(1), "MAIL FROM:<support@provider.test>", ""},
		{"utf8address", all, intl, mailNumber(1), "MAIL FROM:<support@provider.test> SMTPUTF8", ""},
		{"utf8header", all, toB, []byte("Subject: é\r\n\r\nx\r\n"), "MAIL FROM:<support@provider.test> SMTPUTF8", ""},
		{"utf8bodyonly", all, toB, []byte("Subject: e\r\n\r\né\r\n"), "MAIL FROM:<support@provider.test>", ""},
		{"utf8notoffered", "250 server.test", intl, mailNumber(1), "", "5.6.7"},
		{"toobig", all, toB, bytes.Repeat([]byte("x"), 201), "", "5.3.4"},
		{"sizezeroisnolimit", "250-server.test\r\n250 SIZE 0", toB, mailNumber(1), "MAIL FROM:<support@provider.test>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, on("EHLO", tt.ehlo))
			c := New(s.cfg)
			err := c.Send(t.Context(), tt.env, tt.raw)
			if tt.enhanced != "" {
				if got := asError(t, err); !got.Permanent || got.Enhanced != tt.enhanced {
					t.Fatalf("got %+v, want a permanent %s", got, tt.enhanced)
				}
				if err := c.Send(t.Context(), toB, mailNumber(1)); err != nil {
					t.Fatalf("the next mail: %v", err)
				}
				if _, _, conns := s.seen(); conns != 1 {
					t.Errorf("%d connections, want the one kept", conns)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if commands, _, _ := s.seen(); commands[1] != tt.mail {
				t.Errorf("sent %q, want %q", commands[1], tt.mail)
			}
		})
	}
}

func TestConcurrentSends(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := New(s.cfg)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 5 {
				if err := c.Send(t.Context(), toB, mailNumber(10*g+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	_, messages, conns := s.seen()
	different := map[string]bool{}
	for _, m := range messages {
		different[m] = true
	}
	if len(different) != 40 || conns != 1 {
		t.Errorf("%d different messages over %d connections, want 40 over 1", len(different), conns)
	}
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	return e
}
