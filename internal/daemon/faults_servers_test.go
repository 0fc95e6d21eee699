package daemon_test

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/countersign/countersign/internal/mailserver"
)

// once is true the first time that its address comes, from whatever goroutine.
func once(address string) func(string) bool {
	var came atomic.Bool
	return func(got string) bool { return got == address && came.CompareAndSwap(false, true) }
}

// The IMAP server goes away in the middle of a conversation, with and without a farewell. What comes meanwhile is read
// when it is back.
func TestIMAPAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.send("maria", janeSecondary)
	m := w.get("paul", "Jane Doe", "APPROVE")
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.reply("paul", m, "APPROVE")
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.get("jane", "/register/")
	w.mail.CutIMAP()
	w.send("tom", lenaTechnician)
	w.get("tom", "CL-11")
	w.rest()
	w.wantFiled("Countersign/Processed", 3)
}

// The submission server refuses connections: what is to be sent waits, and goes out once when it is back.
func TestSMTPAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	w.send("tom", lenaTechnician)
	w.send("maria", janeSecondary)
	if err := w.mail.StopSMTP(); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.log.await(t, "outgoing mail not accepted yet", 4)
	if n := len(w.deliveriesTo("tom")); n != 0 {
		t.Fatalf("%d mails got through to a server that is away", n)
	}
	if err := w.mail.StartSMTP(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Minute)
	w.wantNews("maria: "+answered, "paul: "+approvalOf("maria"), "petra: "+approvalOf("maria"), "tom: "+answered)
}

// A recipient is refused for now: the mail is tried again and arrives once. The others do not wait for it.
func TestRecipientDeferred(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	first := once(people["paul"].address)
	w.mail.SetFaults(mailserver.Faults{RejectRcpt: func(rcpt string) error {
		if first(rcpt) {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Try again later"}
		}
		return nil
	}})
	w.send("maria", janeSecondary)
	w.get("petra", "Jane Doe", "APPROVE")
	w.clock.advance(time.Minute)
	w.wantNews("maria: "+answered, "paul: "+approvalOf("maria"))
}

// A recipient is refused for good: that is an event on the ticket, and later mails to the same person are tried again.
func TestRecipientRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	first := once(people["paul"].address)
	w.mail.SetFaults(mailserver.Faults{RejectRcpt: func(rcpt string) error {
		if first(rcpt) {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Not today"}
		}
		return nil
	}})
	w.send("maria", janeSecondary)
	m := w.get("petra", "Jane Doe", "APPROVE")
	w.get("petra", "came back", "Jane Doe")
	w.get("paul", "came back", "Jane Doe")
	w.reply("petra", m, "APPROVE")
	w.wantNews("jane: "+invitation, "maria: "+answered, "paul: "+settled, "petra: "+recorded)
	if got := w.events("mail_refused"); got != 1 {
		t.Errorf("%d events tell that the mail was refused, want 1", got)
	}
}

// The server delivers the mail, and the connection breaks before it says so. The mail is sent again: the same bytes under
// the same Message-ID, so that the recipient's side can tell.
func TestReplyLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	first := once(people["tom"].address)
	w.mail.SetFaults(mailserver.Faults{DropAfterData: func(_ string, rcpts []string) bool { return first(rcpts[0]) }})
	w.send("tom", lenaTechnician)
	w.get("tom", "CL-11")
	w.clock.advance(time.Minute)
	w.get("tom", "CL-11")
	w.rest()
	got := w.deliveriesTo("tom")
	if len(got) != 2 {
		t.Fatalf("%d mails reached Tom, want the same one twice", len(got))
	}
	if !bytes.Equal(asSent(got[0].raw), asSent(got[1].raw)) {
		t.Errorf("the second try sent other bytes:\n%s\n\n%s", got[0].raw, got[1].raw)
	}
	if got[0].MessageID == "" || got[0].MessageID != got[1].MessageID {
		t.Errorf("the Message-IDs are %q and %q", got[0].MessageID, got[1].MessageID)
	}
}

// asSent cuts off the trace fields that the server put on top; the last is its Received field, of three lines.
func asSent(raw []byte) []byte {
	_, rest, _ := bytes.Cut(raw, []byte("\r\nReceived: "))
	_, rest, _ = bytes.Cut(rest, []byte(">; "))
	_, rest, _ = bytes.Cut(rest, []byte("\r\n"))
	return rest
}

// A server without MOVE (RFC 6851) files by copying, and nothing is processed twice for it.
func TestWithoutMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.mail.SetFaults(mailserver.Faults{NoMove: true})
	w.mail.CutIMAP()
	w.send("tom", lenaTechnician)
	w.write(letter{author: "maria", text: lenaMain, unsigned: true})
	w.wantNews("tom: " + answered)
	w.wantFiled("Countersign/Processed", 1)
	w.wantFiled("Countersign/Quarantine", 1)
	w.wantNews()
}

// After a restore from backup the mailbox has a new UIDVALIDITY and all mail has new UIDs: nothing is done again.
func TestUIDValidityReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{extra: "", idle: "1m"})
	question := "The fan in rack 12 has been loud since this morning. Could somebody have a look?"
	w.send("maria", question)
	w.wantMessage("left: no access request")
	w.send("tom", lenaTechnician)
	w.wantNews("tom: " + answered)
	if err := w.mail.WaitCount(t.Context(), support, "INBOX", 1); err != nil {
		t.Fatal(err)
	}
	if err := w.mail.ResetUIDValidity(support, "INBOX"); err != nil {
		t.Fatal(err)
	}
	w.send("tom", janeSecondary)
	w.wantNews("tom: " + answered)
	e, err := w.main.Store().Equation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if e.Seen != 3 {
		t.Errorf("%d mails were stored, want 3", e.Seen)
	}
	if n, err := w.mail.CountMessages(support, "INBOX"); err != nil || n == 0 {
		t.Errorf("%d mails are in the inbox: the one for people is gone (%v)", n, err)
	}
}
