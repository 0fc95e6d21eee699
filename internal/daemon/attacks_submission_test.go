package daemon_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"
)

// mailRelay is a submission server of some honesty. A function that is there answers in place of the honest answer; when it
// returns false the connection ends.
type mailRelay struct {
	cert     *tls.Config
	implicit bool
	greeting string
	on       map[string]func(w *wire, rest string) bool
}

func (s mailRelay) play(w *wire) {
	if s.implicit && !w.upgrade(s.cert) {
		return
	}
	set(&s.greeting, "220 relay.example ready\r\n")
	if !w.say("%s", s.greeting) {
		return
	}
	for {
		line, ok := w.line()
		if !ok {
			return
		}
		command, rest, _ := strings.Cut(line, " ")
		command = strings.ToUpper(command)
		if w.secure && s.on["TLS "+command] != nil {
			command = "TLS " + command
		}
		answer := s.on[command]
		if answer == nil {
			answer = s.honest(command)
		}
		if !answer(w, rest) {
			return
		}
	}
}

func (s mailRelay) honest(command string) func(*wire, string) bool {
	return func(w *wire, _ string) bool {
		switch command {
		case "EHLO":
			if w.secure {
				return w.say("250-relay.example\r\n250 AUTH PLAIN\r\n")
			}
			return w.say("250-relay.example\r\n250 STARTTLS\r\n")
		case "STARTTLS":
			return w.say("220 go\r\n") && w.upgrade(s.cert)
		case "AUTH":
			return w.say("235 in\r\n")
		case "DATA":
			if !w.say("354 go\r\n") {
				return false
			}
			for {
				line, ok := w.line()
				if !ok {
					return false
				}
				if line == "." {
					w.h.mu.Lock()
					w.h.taken++
					w.h.mu.Unlock()
					return w.say("250 taken\r\n")
				}
			}
		}
		return w.say("250 fine\r\n")
	}
}

func reply(command, text string) map[string]func(*wire, string) bool {
	return map[string]func(*wire, string) bool{command: func(w *wire, _ string) bool { return w.say("%s", text) }}
}

func endless(command, begin, again string) map[string]func(*wire, string) bool {
	return map[string]func(*wire, string) bool{command: func(w *wire, _ string) bool {
		if w.say("%s", begin) {
			w.forever(again)
		}
		return false
	}}
}

// smtpAttack is a hostile submission server; log is what the log must say of it, and nothing where the daemon is to send
// the mail all the same.
type smtpAttack struct {
	name   string
	server mailRelay
	log    string
}

func smtpAttacks(c certificates) []smtpAttack {
	const more, mail = "250-a line more of what nobody asked\r\n", "TLS MAIL"
	return []smtpAttack{
		{"smtp-starttls-stripped", mailRelay{on: reply("EHLO", "250-relay.example\r\n250 AUTH PLAIN LOGIN\r\n")}, "connecting: STARTTLS mode set to: \\\"TLSMandatory\\\", but target host does not support STARTTLS"},
		{"smtp-starttls-refused", mailRelay{on: reply("STARTTLS", "454 not now\r\n")}, "connecting: the server refuses STARTTLS: 454"},
		{"smtp-starttls-without-tls", mailRelay{on: reply("STARTTLS", "220 go\r\n250-relay.example\r\n250 AUTH PLAIN\r\n")}, "connecting: tls: first record does not look like a TLS handshake"},
		{"smtp-injected-behind-starttls", mailRelay{cert: c.good, on: map[string]func(*wire, string) bool{"STARTTLS": func(w *wire, _ string) bool {
			return w.say("220 go\r\n250-relay.example\r\n250 AUTH LOGIN\r\n235 in\r\n") && w.upgrade(c.good)
		}}}, ""},
		{"smtp-injected-greeting", mailRelay{greeting: "220 hi\r\n250-relay.example\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n"}, "connecting: STARTTLS mode set to: \\\"TLSMandatory\\\", but target host does not support STARTTLS"},
		{"smtp-untrusted-certificate", mailRelay{cert: c.untrusted}, "connecting: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"smtp-expired-certificate", mailRelay{cert: c.expired}, "connecting: tls: failed to verify certificate: x509: certificate has expired"},
		{"smtp-certificate-of-another-host", mailRelay{cert: c.elsewhere}, "connecting: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1"},
		{"smtp-old-tls", mailRelay{cert: c.old}, "connecting: remote error: tls: protocol version not supported"},
		{"smtp-auth-only-before-tls", mailRelay{cert: c.good, on: map[string]func(*wire, string) bool{
			"EHLO": func(w *wire, _ string) bool {
				return w.say("250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")
			},
			"TLS EHLO": func(w *wire, _ string) bool { return w.say("250 relay.example\r\n") }}}, "connecting: server does not support SMTP AUTH"},
		{"smtp-asks-again-and-again", mailRelay{cert: c.good, on: map[string]func(*wire, string) bool{
			"TLS EHLO": func(w *wire, _ string) bool { return w.say("250-relay.example\r\n250 AUTH LOGIN\r\n") },
			"TLS AUTH": func(w *wire, _ string) bool {
				for w.say("334 UGFzc3dvcmQ6\r\n") {
					if _, ok := w.line(); !ok {
						return false
					}
				}
				return false
			}}}, "connecting: SMTP AUTH failed: unexpected server response"},
		{"smtp-endless-greeting", mailRelay{on: nil, greeting: strings.Repeat("220-more\r\n", 1<<18)}, "connecting: the server does not stop answering"},
		{"smtp-endless-line", mailRelay{on: endless("EHLO", "250 ", "aaaaaaaaaaaaaaaaaaaaaaaa")}, "connecting: smtp: EHLO/HELO exchange failed. EHLO response: the server does not stop answering"},
		{"smtp-endless-ehlo", mailRelay{on: endless("EHLO", "", more)}, "connecting: smtp: EHLO/HELO exchange failed. EHLO response: the server does not stop answering"},
		{"smtp-endless-ehlo-in-tls", mailRelay{cert: c.good, on: endless("TLS EHLO", "", more)}, "connecting: the server does not stop answering"},
		{"smtp-endless-reply", mailRelay{cert: c.good, on: endless(mail, "", more)}, "MAIL: the server does not stop answering"},
		{"smtp-endless-refusal", mailRelay{cert: c.good, on: reply(mail, "451 "+strings.Repeat("Later. ", 1<<16)+"\r\n")}, "MAIL: 451"},
		{"smtp-answers-before-rcpt", mailRelay{cert: c.good, on: reply(mail, "250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n")}, "RCPT: the server answers what it was not asked"},
		{"smtp-answers-before-data", mailRelay{cert: c.good, on: reply("TLS RCPT", "250 ok\r\n354 go\r\n250 taken\r\n")}, "DATA: the server answers what it was not asked"},
		{"smtp-taken-before-the-dot", mailRelay{cert: c.good, on: map[string]func(*wire, string) bool{"TLS DATA": func(w *wire, _ string) bool {
			return w.say("354 go\r\n250 taken\r\n")
		}}}, "DATA: the server answers what it was not asked"},
		{"smtp-another-protocol", mailRelay{greeting: "* OK IMAP4rev1\r\n"}, "connecting: short response"},
		{"smtp-ends-within-a-reply", mailRelay{cert: c.good, on: map[string]func(*wire, string) bool{mail: func(w *wire, _ string) bool { w.say("250-ok"); return false }}}, "MAIL: EOF"},
	}
}

// TestAttackSMTP lets one daemon send through each hostile server in turn, and then through the same server turned honest:
// no mail is lost, none is taken as sent that was not, and mail is read meanwhile.
func TestAttackSMTP(t *testing.T) { //nolint:paralleltest // measures the memory of the whole program
	ca := newAuthority(t)
	certs := newCertificates(t, ca)
	server := serveHostile(t, mailRelay{cert: certs.good}.play)
	log := &lockedBuffer{}
	before, most := heap(), peak(t)
	w := newWorld(t, setup{debugLog: log, submission: fmt.Sprintf("{host: 127.0.0.1, port: %d, tls: starttls, username: support, password: %s, ca_file: %q, from_name: Support}",
		server.port(), password, ca.caFile)})
	attacks := smtpAttacks(certs)
	defined(t, len(attacks))
	for i, at := range attacks {
		c := &trial{t: t, name: at.name}
		outcome := "nothing in the clear, nothing lost"
		begun := len(log.Bytes())
		server.script(at.server.play)
		w.burst(1)
		if at.log != "" {
			outcome += "; the log says: " + at.log + "…"
			if line, ok := awaitLine(t, log, time.Minute, fmt.Sprintf("outbound=%d ", i+1), "outgoing mail not accepted yet"); !ok || !strings.Contains(line, failing+"submitting (transient): "+at.log) {
				c.accuse("the log does not say %q but %.3000s", at.log, line)
			}
		}
		server.script(mailRelay{cert: certs.good}.play)
		w.clock.advance(2 * time.Hour)
		w.rest()
		if n := server.accepted(); n != i+1 {
			c.accuse("%d mails have arrived of %d", n, i+1)
		}
		said := server.inClear()
		for _, never := range []string{"AUTH", "MAIL", "RCPT", "DATA", "Subject"} {
			if strings.Contains(said, never) {
				c.accuse("without TLS the daemon said %q", said)
			}
		}
		for line := range strings.Lines(string(log.Bytes()[begun:])) {
			if len(line) > 2000 && !strings.Contains(line, "effective settings") {
				c.accuse("a line of %d bytes in the log", len(line))
			}
		}
		c.close("transport", outcome)
	}
	w.stop()
	if top := most(); top > before+512<<20 {
		t.Errorf("the heap grew from %d to %d MB", before>>20, top>>20)
	}
	if text := string(log.Bytes()); strings.Contains(text, password) || strings.Contains(text, "panic") {
		t.Errorf("the log holds the password, or a panic")
	}
}
