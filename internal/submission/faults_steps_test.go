package submission

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/mailserver"
)

const account = "support@provider.test"

// relay is a submission server with a proxy in front of it.
type relay struct {
	t     *testing.T
	mail  *mailserver.Server
	proxy *faultproxy.Proxy
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	m, err := mailserver.Start(t.Context(), mailserver.Config{Hostname: "mx.provider.test"})
	if err != nil {
		t.Fatal(err)
	}
	m.AddUser(account, "secret")
	r := &relay{t: t, mail: m}
	r.proxy, err = faultproxy.New(m.SubmissionAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(r.proxy.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *relay) client(timeout time.Duration) *Client {
	return New(Config{Host: "127.0.0.1", Port: r.proxy.Port(), TLS: Off, Username: account, Password: "secret", LocalName: "client.test", Timeout: timeout})
}

// arrived is how often the mail with this number has been taken.
func (r *relay) arrived(n int) (times int) {
	for _, d := range r.mail.Deliveries() {
		if bytes.HasSuffix(d.Raw, mailNumber(n)) {
			times++
		}
	}
	return times
}

// deliver sends a mail until it is accepted, and returns what was said before that.
func (r *relay) deliver(c *Client, n int) (said []*Error) {
	r.t.Helper()
	for range 10 {
		err := c.Send(r.t.Context(), Envelope{MailFrom: account, Rcpt: account}, mailNumber(n))
		if err == nil {
			return said
		}
		said = append(said, asError(r.t, err))
	}
	r.t.Fatalf("mail %d is not accepted: %v", n, said[0])
	return nil
}

// play sends two mails with the same client, whatever goes wrong on the way. A mail may arrive twice only where the client
// has said that it might have.
func (r *relay) play(c *Client, first int) {
	r.t.Helper()
	for n := first; n < first+2; n++ {
		ambiguous := 0
		for _, e := range r.deliver(c, n) {
			if e.Permanent {
				r.t.Errorf("mail %d is given up: %v", n, e)
			}
			if e.Ambiguous {
				ambiguous++
			}
		}
		if got := r.arrived(n); got < 1 || got > 1+ambiguous {
			r.t.Errorf("mail %d has arrived %d times, and might have %d times more", n, got, ambiguous)
		}
	}
	_ = c.Close() // the farewell may be what is cut
}

// atEverySubmissionStep plays a healthy conversation, and then one for each of its lines, but the last ones, with a fault
// behind that line.
func atEverySubmissionStep(t *testing.T, timeout time.Duration, side faultproxy.Side, but int, fault func(*faultproxy.Proxy, int) <-chan struct{}) {
	t.Helper()
	r := newRelay(t)
	r.play(r.client(timeout), 0)
	lines := r.proxy.Lines(side) - but
	for n := range lines {
		hit := fault(r.proxy, n)
		r.play(r.client(timeout), 2*n+2)
		select {
		case <-hit:
		case <-time.After(10 * time.Second): // the client does not wait for the end of its farewell
			t.Errorf("line %d of the %s was never said", n, side)
		}
		if t.Failed() {
			t.Fatalf("after line %d of %d of the %s", n, lines, side)
		}
	}
	t.Logf("%d lines of the %s", lines, side)
}

// TestCutAtEveryStep: the connection ends behind each line of either side, those of the mail among them.
func TestCutAtEveryStep(t *testing.T) {
	for _, side := range []faultproxy.Side{faultproxy.Client, faultproxy.Server} {
		t.Run(string(side), func(t *testing.T) {
			t.Parallel()
			atEverySubmissionStep(t, 20*time.Second, side, 0, func(p *faultproxy.Proxy, n int) <-chan struct{} { return p.CutAfterLines(side, n) })
		})
	}
}

// TestSilenceAtEveryStep: behind each line of the server the connection stays open and nothing comes any more. The answer to
// the farewell is waited for rather long.
func TestSilenceAtEveryStep(t *testing.T) {
	t.Parallel()
	atEverySubmissionStep(t, 100*time.Millisecond, faultproxy.Server, 1, func(p *faultproxy.Proxy, n int) <-chan struct{} {
		return p.BlackHoleAfterLines(faultproxy.Server, n)
	})
}

// TestRefusedAtEveryStep: each command in turn is refused, for now and for good. Only what concerns the mail is final.
func TestRefusedAtEveryStep(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	n := 1000
	for _, command := range []string{"EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."} {
		for _, reply := range []string{"421 4.3.2 closing", "450 4.2.0 greylisted", "451 4.3.0 later", "452 4.2.2 mailbox full", "550 5.7.1 no", "552 5.2.2 quota", "554 5.6.0 never"} {
			n++
			refused := false
			r.proxy.Answer(func(line string) string {
				if refused || line != command && !strings.HasPrefix(line, command+" ") {
					return ""
				}
				refused = true
				return reply + "\r\n" + faultproxy.HangUp
			})
			c := r.client(20 * time.Second)
			err := c.Send(t.Context(), Envelope{MailFrom: account, Rcpt: account}, mailNumber(n))
			if command == "EHLO" && err == nil {
				t.Errorf("%s %s: no error", command, reply) // the connection is gone: HELO is no way out
				continue
			}
			final := reply[0] == '5' && command != "EHLO" && command != "AUTH"
			if got := asError(t, err); got.Permanent != final || got.Ambiguous {
				t.Errorf("%s %s: %v, permanent %v, ambiguous %v", command, reply, err, got.Permanent, got.Ambiguous)
			}
			if !final {
				r.deliver(c, n)
			}
			want := map[bool]int{false: 1}[final]
			if got := r.arrived(n); got != want {
				t.Errorf("%s %s: it has arrived %d times, want %d", command, reply, got, want)
			}
			_ = c.Close()
		}
	}
}

// TestRefusedConnection: a server that refuses at once, or is not there, costs no mail.
func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	c := r.client(20 * time.Second)
	if err := r.mail.StopSMTP(); err != nil {
		t.Fatal(err)
	}
	if e := asError(t, c.Send(t.Context(), Envelope{MailFrom: account, Rcpt: account}, mailNumber(1))); e.Permanent || e.Ambiguous {
		t.Errorf("a server that is away: %+v", e)
	}
	if err := r.mail.StartSMTP(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	r.deliver(c, 1)
	if got := r.arrived(1); got != 1 {
		t.Errorf("it has arrived %d times", got)
	}
	_ = c.Close()
}
