package daemon_test

import (
	"net/http"
	"net/smtp"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/mailserver"
)

// A daemon dies while it sends: nobody knows whether the mail is out. When the claim has run out it is sent again.
func TestDeathWhileSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	w.send("tom", lenaTechnician)
	w.mail.SetFaults(mailserver.Faults{RefuseSMTP: true})
	w.start()
	w.log.await(t, "outgoing mail not accepted yet", 1)
	w.stop()
	w.clock.advance(time.Hour)
	st := w.openStore()
	claimed, err := st.ClaimOutbound(t.Context(), 5*time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%d mails were claimed, want 1 (%v)", len(claimed), err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	w.mail.SetFaults(mailserver.Faults{})
	w.clock.advance(6 * time.Minute)
	w.start()
	w.wantNews("tom: " + answered)
}

// Outgoing mail is signed with the configured key, and the signature holds at the recipient's MX.
func TestOutgoingSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.stop()
	if err := os.WriteFile(w.dir+"/dkim.pem", domain("provider.example").PrivateKeyPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	w.setup.extra = "dkim: {domain: provider.example, selector: s1, key_file: dkim.pem}\n"
	w.start()
	w.send("tom", lenaTechnician)
	m := w.get("tom", "CL-11")
	// The embedded server judges only what comes from outside, so the mail goes there once more.
	if err := smtp.SendMail(w.mail.SMTPAddr(), nil, support, []string{people["mallo"].address}, asSent(m.raw)); err != nil {
		t.Fatal(err)
	}
	got := w.deliveriesTo("mallo")[0].Get("Authentication-Results")
	if !strings.Contains(got, "dkim=pass header.d=provider.example") || !strings.Contains(got, "dmarc=pass") {
		t.Errorf("the MX says %q", got)
	}
}

// /healthz names what does not work, and is well again when it does.
func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	p := &page{w: w, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	p.do(http.MethodGet, "/healthz", nil)
	if p.body != "ok\n" {
		t.Errorf("a healthy daemon says %q", p.body)
	}
	if err := w.mail.StopIMAP(); err != nil {
		t.Fatal(err)
	}
	w.log.await(t, "IMAP session ended", 1)
	p.do(http.MethodGet, "/healthz", nil)
	if p.body != "mailbox support: not connected\n" {
		t.Errorf("a daemon without its mailbox says %q", p.body)
	}
	if err := w.mail.StartIMAP(t.Context()); err != nil {
		t.Fatal(err)
	}
	drain(w.main)
	w.awaitIdle(w.main)
	p.do(http.MethodGet, "/healthz", nil)
	if p.body != "ok\n" {
		t.Errorf("a healed daemon says %q", p.body)
	}
}

// drain forgets that the mailbox was read to its end before.
func drain(r *running) {
	select {
	case <-r.idle["support"]:
	default:
	}
}

// playHostileText: texts that a database or a terminal chokes on do not hold up the mail behind them.
func playHostileText(w *world) {
	for _, l := range []letter{
		{author: "tom", subject: "=?utf-8?Q?Access=00=FF?=", text: lenaTechnician, unsigned: true},
		{author: "tom", subject: "=?utf-8?B?AP/+AA==?=", text: strings.ReplaceAll(lenaTechnician, "Lena", "Le\x00na")},
		{author: "tom", from: "=?utf-8?Q?T=00=C3om?= <tom@acme.example>", text: lenaTechnician},
		{author: "tom", id: "nul\x00\xff@acme.example", text: lenaTechnician},
		{author: "tom", text: "Please add L\xc3\x28na <lena@acme.example> as Technician. She joins the \xff\xfe night shift."},
		{author: "tom", text: strings.Repeat(lenaTechnician+"\n", 3000)},
	} {
		w.write(l)
	}
	w.send("maria", janeSecondary)
	w.get("paul", "Jane Doe", "APPROVE")
	w.rest()
	if c := w.contactOf("lena"); c.State != "" {
		w.t.Errorf("Lena is a contact, %s", c.State)
	}
}

func TestHostileText(t *testing.T) { t.Parallel(); playHostileText(newWorld(t, setup{})) }
