package daemon_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/store"
)

// proxied is a world whose daemon reaches the IMAP and the submission server through proxies.
type proxied struct {
	*world
	imap, smtp *faultproxy.Proxy
}

func newProxied(t *testing.T, s setup) *proxied {
	t.Helper()
	w := newWorld(t, s)
	p := &proxied{world: w, imap: proxyTo(t, w.mail.IMAPAddr()), smtp: proxyTo(t, w.mail.SubmissionAddr())}
	w.stop()
	w.imapPort = p.imap.Port()
	w.setup.submission = fmt.Sprintf(`{host: 127.0.0.1, port: %d, tls: "off", username: %s, password: %s, from_name: Support}`, p.smtp.Port(), support, password)
	w.start()
	return p
}

func proxyTo(t *testing.T, address string) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// wantOneAnswer waits for the answer to Tom's last request, however late, and checks that there is one.
func (w *world) wantOneAnswer() {
	w.t.Helper()
	n := w.count()
	w.untilSent(func() bool {
		ids := map[string]bool{}
		for _, m := range w.deliveriesTo("tom") {
			ids[m.MessageID] = true
		}
		if len(ids) > n {
			w.t.Fatalf("%d answers to %d mails", len(ids), n)
		}
		return len(ids) == n
	})
}

// untilSent lets time pass until something has gone out: what was refused is tried again after a while.
func (w *world) untilSent(done func() bool) {
	w.t.Helper()
	w.until("it is sent", func(ctx context.Context, st *store.Store) (bool, error) {
		e, err := st.Equation(ctx)
		return err == nil && e.Seen == int64(w.count()) && e.Counts[access.Pending] == 0, err
	})
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for !done() {
		w.clock.advance(time.Minute)
		select {
		case <-tick.C:
		case <-timeout.C:
			w.t.Fatalf("it is not sent\n%s", w.story())
		}
	}
}

// TestCutConversation: while requests are read and answered, both connections break behind one line after the other. Each
// request is answered by one mail, though one may come twice whose acceptance was cut off, and filed.
func TestCutConversation(t *testing.T) {
	t.Parallel()
	for part := range 4 {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			w := newProxied(t, setup{})
			for n := part; n < 16; n += 4 {
				w.imap.CutAfterLines(faultproxy.Server, n)
				w.smtp.CutAfterLines(faultproxy.Server, n/2)
				w.burst(1)
				w.wantOneAnswer()
			}
			w.wantFiled("Countersign/Processed", 4)
			if n, _ := w.log.look("IMAP session ended"); n == 0 {
				t.Error("no session has ended")
			}
		})
	}
}

// TestGreylisted: a server that knows nobody at first takes each mail when it comes again.
func TestGreylisted(t *testing.T) {
	t.Parallel()
	w := newProxied(t, setup{})
	var mu sync.Mutex
	first := map[string]time.Time{}
	w.smtp.Answer(func(line string) string {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(line, "RCPT") {
			return ""
		}
		if first[line].IsZero() {
			first[line] = w.clock.Now()
		}
		if w.clock.Now().Sub(first[line]) < 5*time.Minute {
			return "450 4.2.0 Greylisted, please try again later\r\n"
		}
		return ""
	})
	w.burst(1)
	w.log.await(t, "outgoing mail not accepted yet", 1)
	w.wantOneAnswer()
	w.send("maria", janeSecondary)
	w.untilSent(func() bool { return len(w.deliveriesTo("paul"))+len(w.deliveriesTo("petra")) == 2 })
}

// TestRefusedAtEachStep: what concerns the connection is tried again, what concerns the mail is final and told to people.
func TestRefusedAtEachStep(t *testing.T) {
	t.Parallel()
	w := newProxied(t, setup{})
	refused, later := 0, 0
	for _, command := range []string{"EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."} {
		for _, reply := range []string{"451 4.3.0 Later", "554 5.7.1 Never"} {
			once := true
			w.smtp.CutAll() // so that the next mail begins with EHLO
			w.smtp.Answer(func(line string) string {
				if !once || line != command && !strings.HasPrefix(line, command+" ") {
					return ""
				}
				once = false
				return reply + "\r\n" + faultproxy.HangUp
			})
			w.burst(1)
			if reply[0] == '5' && command != "EHLO" && command != "AUTH" {
				refused++
				w.log.await(t, "outgoing mail refused for good; it needs a human", refused)
			} else {
				later++
				w.log.await(t, "outgoing mail not accepted yet", later)
			}
		}
	}
	w.smtp.Answer(nil)
	w.untilSent(func() bool { return len(w.deliveriesTo("tom")) >= later })
	w.rest()
	if got := len(w.deliveriesTo("tom")); got != later || refused != 4 {
		t.Errorf("%d mails have arrived of %d; %d were refused", got, w.count(), refused)
	}
	if got := w.events("mail_refused"); got != refused {
		t.Errorf("%d events tell of mails refused, want %d", got, refused)
	}
}

// TestMovedByPeople: what people do to the mailbox meanwhile makes no mail processed twice.
func TestMovedByPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	whole := func([]byte) bool { return true }
	w.send("tom", lenaTechnician)
	w.wantNews("tom: " + answered)
	w.wantFiled("Countersign/Processed", 1)
	// Somebody puts a filed mail back.
	if n, err := w.mail.Move(support, "Countersign/Processed", "INBOX", whole); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	w.mu.Lock()
	w.written++ // for the daemon it is one more
	w.mu.Unlock()
	w.wantNews()
	w.wantFiled("Countersign/Processed", 1)
	w.wantMessage("duplicate: same author, Message-ID, date and text as inbound message 1")
	// Somebody takes a mail away before it is read, and brings it back.
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.send("tom", janeSecondary)
	if n, err := w.mail.Move(support, "INBOX", "Trash", whole); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.awaitIdle(w.main)
	if n, err := w.mail.Move(support, "Trash", "INBOX", whole); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	w.wantNews("tom: " + answered)
	w.wantFiled("Countersign/Processed", 2)
}

// TestDeliveredTwice: a mail comes twice, as after a broken connection between relays, with and without a Message-ID.
func TestDeliveredTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	at := w.clock.Now()
	bare := func(raw []byte) []byte { return regexp.MustCompile(`(?m)^Message-ID: .*\r\n`).ReplaceAll(raw, nil) }
	for _, l := range []letter{
		{author: "tom", id: "twice@acme.example", date: at, text: lenaTechnician},
		{author: "tom", date: at, text: janeSecondary, raw: bare},
	} {
		w.write(l)
		w.wantNews("tom: " + answered)
		w.write(l)
		w.wantNews()
		if got := w.message(); !strings.HasPrefix(got, "duplicate: ") {
			t.Errorf("the second became %q", got)
		}
	}
	// The same words at another time are another mail.
	w.write(letter{author: "tom", date: at.Add(time.Hour), text: janeSecondary, raw: bare})
	w.wantNews("tom: " + answered)
}

// TestMailboxRestored: the mail server is set back to an older state and keeps its UIDVALIDITY. Mail that comes then has
// the numbers of mail that was read, and is read all the same; what is there again is not done again.
func TestMailboxRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.send("tom", lenaTechnician)
	w.wantNews("tom: " + answered)
	w.wantFiled("Countersign/Processed", 1)
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.send("tom", "Please add Ann Lee <ann.lee@acme.example> as Technician. She joins the night shift.")
	restore, err := w.mail.Snapshot(support, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantNews("tom: " + answered)
	w.burst(3)
	w.news()
	w.wantFiled("Countersign/Processed", 5)
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	restore()
	<-time.After(time.Second) // INTERNALDATE knows no less, and a restore takes longer
	w.send("maria", janeSecondary)
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.log.await(t, "the mailbox has gone back to an older state, reading it again", 1)
	w.wantNews("maria: "+answered, "paul: "+approvalOf("maria"), "petra: "+approvalOf("maria"))
	w.wantFiled("Countersign/Processed", 7)
}

// TestClockSet: the clock jumps ahead and back in the middle of a conversation. It goes on, and nothing waits for the time
// that the clock once had.
func TestClockSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.send("maria", janeSecondary)
	m := w.get("paul", "Jane Doe", "APPROVE")
	w.clock.advance(26 * time.Hour)
	w.log.await(t, "the clock was set", 1)
	w.send("tom", lenaTechnician)
	w.get("tom", "CL-11")
	// While the clock is ahead the daemon dies with claims, and leaves a mail that was to go out at once.
	w.stop()
	w.send("tom", lenaMain)
	w.crash()
	w.clock.advance(-50 * time.Hour)
	w.start()
	w.get("tom", "CL-11")
	w.reply("paul", m, "APPROVE")
	w.get("jane", "/register/")
	w.clock.advance(-24 * time.Hour)
	w.log.await(t, "the clock was set", 2)
	w.send("tom", "Please add Ann Lee <ann.lee@acme.example> as Technician. She joins the night shift.")
	w.get("tom", "Ann Lee")
	w.clock.advance(74 * time.Hour)
	if n := len(w.deliveriesTo("jane")); n != 1 {
		t.Errorf("%d invitations went out", n)
	}
}

// TestDatesOfMails: what a mail says of its own time, or does not say, changes nothing.
func TestDatesOfMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	for i, date := range []string{"Date: Fri, 01 Jan 2038 00:00:00 +0000\r\n", "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n", "Date: whenever\r\n", ""} {
		w.write(letter{author: "tom", text: fmt.Sprintf("Please add Lena Vogt <lena%d@acme.example> as Technician. She joins the night shift.", i),
			raw: func(raw []byte) []byte { return regexp.MustCompile(`(?m)^Date: .*\r\n`).ReplaceAll(raw, []byte(date)) }})
		w.wantNews("tom: " + answered)
	}
}

// TestCertificateExpired: with a certificate that has expired neither server is talked to; with the next one all goes on.
func TestCertificateExpired(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	c := newCertificates(t, ca)
	imap := serveHostile(t, mailStore{cert: c.expired}.play)
	relay := serveHostile(t, mailRelay{cert: c.expired}.play)
	log := &lockedBuffer{}
	w := newWorld(t, setup{debugLog: log,
		mailboxes: fmt.Sprintf("  - {name: second, team: support, address: second@provider.example, start: all, imap: {host: 127.0.0.1, port: %d, tls: starttls, username: second, password: %s, ca_file: %q}}\n",
			imap.port(), password, ca.caFile),
		submission: fmt.Sprintf("{host: 127.0.0.1, port: %d, tls: starttls, username: support, password: %s, ca_file: %q, from_name: Support}", relay.port(), password, ca.caFile)})
	w.burst(1)
	for _, line := range [][]string{{"IMAP session ended", "mailbox=second ", "certificate has expired"}, {"outgoing mail not accepted yet", "certificate has expired"}} {
		if _, ok := awaitLine(t, log, time.Minute, line...); !ok {
			t.Errorf("no line has %q", line)
		}
	}
	imap.script(mailStore{cert: c.good}.play)
	relay.script(mailRelay{cert: c.good}.play)
	w.mu.Lock()
	w.written++ // the mail that lies in the second mailbox
	w.mu.Unlock()
	w.clock.advance(time.Hour)
	w.rest()
	if n := relay.accepted(); n != 1 {
		t.Errorf("%d answers were accepted, want 1", n)
	}
}
