package daemon_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"regexp"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// mailStore is an IMAP server of some honesty: what it answers to a command can be replaced. A function that is there
// answers in place of the honest answer; when it returns false the connection ends.
type mailStore struct {
	cert     *tls.Config
	greeting string
	implicit bool
	on       map[string]func(w *wire, tag, rest string) bool
}

const stored = "From: Mallory Fox <mallory@stranger.example>\r\nTo: support@provider.example\r\nSubject: hello\r\n\r\nhello\r\n"

// play serves one connection.
func (s mailStore) play(w *wire) {
	if s.implicit && !w.upgrade(s.cert) {
		return
	}
	set(&s.greeting, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n")
	if !w.say("%s", s.greeting) {
		return
	}
	for {
		line, ok := w.line()
		if !ok {
			return
		}
		tag, rest, _ := strings.Cut(line, " ")
		command, rest, _ := strings.Cut(rest, " ")
		if strings.EqualFold(command, "UID") {
			command, rest, _ = strings.Cut(rest, " ")
		}
		command = strings.ToUpper(command)
		if command == "FETCH" && strings.Contains(rest, "BODY") {
			command = "BODY"
		}
		answer := s.on[command]
		if answer == nil {
			answer = s.honest(command)
		}
		if !answer(w, tag, rest) {
			return
		}
	}
}

func (s mailStore) honest(command string) func(w *wire, tag, rest string) bool {
	return func(w *wire, tag, _ string) bool {
		switch command {
		case "STARTTLS":
			return w.say("%s OK go\r\n", tag) && w.upgrade(s.cert)
		case "CAPABILITY":
			w.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR MOVE UIDPLUS\r\n")
		case "AUTHENTICATE":
			return w.say("%s OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS IDLE] in\r\n", tag)
		case "SELECT":
			w.say("* FLAGS ()\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 2] \r\n")
		case "SEARCH":
			w.say("* SEARCH 1\r\n")
		case "FETCH":
			w.say("* 1 FETCH (UID 1 RFC822.SIZE %d INTERNALDATE \"01-Mar-2026 10:00:00 +0000\")\r\n", len(stored))
		case "BODY":
			w.say("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n", len(stored), stored)
		case "LIST":
			w.say("* LIST () \"/\" \"\"\r\n")
		}
		return w.say("%s OK done\r\n", tag)
	}
}

// in replaces the answer to one command.
func in(command string, answer func(w *wire, tag, rest string) bool) map[string]func(*wire, string, string) bool {
	return map[string]func(*wire, string, string) bool{command: answer}
}

// flood answers a command with the beginning, and then with the same for ever.
func flood(command, begin, again string) map[string]func(*wire, string, string) bool {
	return in(command, func(w *wire, _, _ string) bool {
		if w.say("%s", begin) {
			w.forever(again)
		}
		return false
	})
}

// saying answers a command with the text before the OK.
func saying(command, text string) map[string]func(*wire, string, string) bool {
	return in(command, func(w *wire, tag, _ string) bool { return w.say("%s%s OK done\r\n", text, tag) })
}

func silent(w *wire, _, _ string) bool { w.hush(); return false }

// failing begins what the log says when a session, or the sending of a mail, has ended.
const failing = `error="`

// imapAttacks are servers of one mailbox each; log is what the log must say of it.
func imapAttacks(c certificates) []struct {
	name   string
	server mailStore
	tls    string
	log    string
} {
	preauth := "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n"
	return []struct {
		name   string
		server mailStore
		tls    string
		log    string
	}{
		{"imap-starttls-stripped", mailStore{greeting: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", on: in("STARTTLS", func(w *wire, tag, _ string) bool { return w.say("%s BAD unknown\r\n", tag) })}, "starttls", failing + "connecting: the server refuses STARTTLS: imap: BAD unknown"},
		{"imap-starttls-refused", mailStore{on: in("STARTTLS", func(w *wire, tag, _ string) bool { return w.say("%s NO later\r\n", tag) })}, "starttls", failing + "connecting: the server refuses STARTTLS: imap: NO later"},
		{"imap-starttls-without-tls", mailStore{on: in("STARTTLS", func(w *wire, tag, _ string) bool {
			return w.say("%s OK go\r\n", tag) && w.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
		})}, "starttls", failing + "connecting: tls: first record does not look like a TLS handshake"},
		{"imap-injected-behind-starttls", mailStore{on: in("STARTTLS", func(w *wire, tag, _ string) bool {
			return w.say("%s OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n* 9 EXISTS\r\n", tag) && w.upgrade(c.good)
		})}, "starttls", failing + "connecting: tls: first record does not look like a TLS handshake"},
		{"imap-injected-before-starttls", mailStore{greeting: "* OK hi\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nT1 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] in\r\n"}, "starttls", failing + "connecting: tls: first record does not look like a TLS handshake"},
		{"imap-preauth", mailStore{greeting: preauth, on: in("STARTTLS", func(w *wire, tag, _ string) bool { return w.say("%s BAD no\r\n", tag) })}, "starttls", failing + "connecting: the server refuses STARTTLS: imap: BAD no"},
		{"imap-preauth-then-tls", mailStore{greeting: preauth, cert: c.good}, "starttls", failing + "connecting: imapclient: server sent PREAUTH on unencrypted connection"},
		{"imap-untrusted-certificate", mailStore{cert: c.untrusted}, "starttls", failing + "connecting: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"imap-expired-certificate", mailStore{cert: c.expired}, "starttls", failing + "connecting: tls: failed to verify certificate: x509: certificate has expired"},
		{"imap-certificate-of-another-host", mailStore{cert: c.elsewhere}, "starttls", failing + "connecting: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1"},
		{"imap-old-tls", mailStore{cert: c.old}, "starttls", failing + "connecting: remote error: tls: protocol version not supported"},
		{"imaps-untrusted-certificate", mailStore{cert: c.untrusted, implicit: true}, "tls", failing + "connecting: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"imaps-expired-certificate", mailStore{cert: c.expired, implicit: true}, "tls", failing + "connecting: tls: failed to verify certificate: x509: certificate has expired"},
		{"imaps-certificate-of-another-host", mailStore{cert: c.elsewhere, implicit: true}, "tls", failing + "connecting: tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1"},
		{"imaps-without-tls", mailStore{}, "tls", failing + "connecting: tls: first record does not look like a TLS handshake"},
		{"imap-login-refused-by-capability", mailStore{cert: c.good, on: saying("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n")}, "starttls", failing + "authenticating: the server offers neither AUTH=PLAIN nor LOGIN"},
		{"imap-silent", mailStore{cert: c.good, on: in("SELECT", silent)}, "starttls", failing + "selecting INBOX: the server does not answer"},
		{"imap-one-byte-a-second", mailStore{cert: c.good, on: in("SELECT", func(w *wire, _, _ string) bool { w.trickle(strings.Repeat("* 1 EXISTS\r\n", 50)); return false })}, "starttls", failing + "selecting INBOX: the server does not answer"},
		{"imap-greeting-one-byte-a-second", mailStore{on: in("STARTTLS", func(w *wire, _, _ string) bool { w.trickle("* OK " + strings.Repeat("a", 600)); return false })}, "starttls", failing + "connecting: the server does not answer"},
		{"imap-literal-one-byte-a-second", mailStore{cert: c.good, on: in("BODY", func(w *wire, _, _ string) bool {
			w.say("* 1 FETCH (UID 1 BODY[] {9000}\r\n")
			w.trickle(strings.Repeat("a", 600))
			return false
		})}, "starttls", failing + "fetching 1 messages from UID 1: the server does not answer, or too slowly"},
		{"imap-ends-within-a-literal", mailStore{cert: c.good, on: in("BODY", func(w *wire, _, _ string) bool { w.say("* 1 FETCH (UID 1 BODY[] {9000}\r\nFrom: "); return false })}, "starttls", failing + "fetching 1 messages from UID 1: UID 1: the connection ended within the message: 6 of 9000 bytes"},
		{"imap-absurd-literal", mailStore{cert: c.good, on: flood("BODY", "* 1 FETCH (UID 1 BODY[] {9223372036854775807}\r\n", "From: ")}, "starttls", failing + "fetching 1 messages from UID 1: UID 1: the server announces a message of a size that no mail has"},
		{"imap-literal-in-a-name", mailStore{cert: c.good, on: flood("SELECT", "* LIST () \"/\" {4000000000}\r\n", "INBOX")}, "starttls", failing + "selecting INBOX: the server does not stop sending"},
		{"imap-negative-sizes", mailStore{cert: c.good, on: saying("FETCH", "* 1 FETCH (UID 1 RFC822.SIZE -1)\r\n")}, "starttls", failing + "fetching the sizes of 1 messages from UID 1: in response-data: imapwire: expected number64"},
		{"imap-endless-line", mailStore{cert: c.good, on: flood("SELECT", "* OK ", "aaaaaaaa")}, "starttls", failing + "selecting INBOX: the server does not stop sending"},
		{"imap-endless-refusal", mailStore{cert: c.good, on: in("SELECT", func(w *wire, tag, _ string) bool {
			return w.say("%s NO %s\r\n", tag, strings.Repeat("Try again. ", 200_000))
		})}, "starttls", failing + "selecting INBOX: imap: NO Try again."},
		{"imap-endless-untagged", mailStore{cert: c.good, on: flood("SELECT", "", "* 1 EXISTS\r\n")}, "starttls", failing + "selecting INBOX: the server does not stop sending"},
		{"imap-endless-capabilities", mailStore{cert: c.good, on: flood("CAPABILITY", "* CAPABILITY IMAP4rev1", " X-MORE")}, "starttls", failing + "authenticating: the server does not stop sending"},
		{"imap-endless-fetch", mailStore{cert: c.good, on: flood("FETCH", "", "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n")}, "starttls", failing + "fetching the sizes of 1 messages from UID 1: the server does not stop sending"},
		{"imap-endless-search", mailStore{cert: c.good, on: flood("SEARCH", "* SEARCH", " 4000000001 4000000003 4000000005")}, "starttls", failing + "UID SEARCH: the server does not stop sending"},
		{"imap-found-every-number", mailStore{cert: c.good, on: in("SEARCH", func(w *wire, tag, _ string) bool {
			return w.say("* ESEARCH (TAG \"%s\") UID ALL 2:4294967295\r\n%s OK done\r\n", tag, tag)
		})}, "starttls", failing + "UID SEARCH: the server found more than"},
		{"imap-found-a-star", mailStore{cert: c.good, on: in("SEARCH", func(w *wire, tag, _ string) bool {
			return w.say("* ESEARCH (TAG \"%s\") UID ALL 1:*\r\n%s OK done\r\n", tag, tag)
		})}, "starttls", failing + "UID SEARCH: in response-data: imapclient: server returned a dynamic ALL number set"},
		{"imap-found-zero", mailStore{cert: c.good, on: saying("SEARCH", "* SEARCH 0\r\n")}, "starttls", failing + "UID SEARCH: the server found something that is no UID"},
		{"imap-endless-nesting", mailStore{cert: c.good, on: flood("FETCH", "* 1 FETCH (UID 1 BODYSTRUCTURE ", "((((((((")}, "starttls", failing + "fetching the sizes of 1 messages from UID 1: the server sends lists nested without end"},
		{"imap-endless-nesting-beside-a-mail", mailStore{cert: c.good, on: flood("BODY", "* 1 FETCH (UID 1 BODYSTRUCTURE ", "((((((((")}, "starttls", failing + "fetching 1 messages from UID 1: the server sends lists nested without end"},
		{"imap-another-uid", mailStore{cert: c.good, on: saying("BODY", fmt.Sprintf("* 1 FETCH (UID 77 BODY[] {%d}\r\n%s)\r\n", len(stored), stored))}, "starttls", failing + "fetching UID 1: the server has the message and does not give it"},
		{"imap-mails-nobody-asked-for", mailStore{cert: c.good, on: in("BODY", func(w *wire, _, _ string) bool {
			mail := strings.Repeat("a", 1<<20)
			for uid := 2; w.say("* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", uid, len(mail), mail); uid++ {
			}
			return false
		})}, "starttls", failing + "fetching 1 messages from UID 1: the server does not stop sending"},
		{"imap-one-mail-again-and-again", mailStore{cert: c.good, on: in("BODY", func(w *wire, _, _ string) bool {
			mail := strings.Repeat("a", 1<<20)
			for uid := 1; w.say("* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", uid, len(mail), mail); {
			}
			return false
		})}, "starttls", failing + "fetching 1 messages from UID 1: the server does not stop sending"},
		{"imap-no-uidvalidity", mailStore{cert: c.good, on: saying("SELECT", "* 1 EXISTS\r\n")}, "starttls", failing + "selecting INBOX: the server gave no UIDVALIDITY"},
		{"imap-bye", mailStore{greeting: "* BYE go away\r\n"}, "starttls", failing + "connecting: the server ended the connection before TLS"},
		{"imap-another-protocol", mailStore{greeting: "HTTP/1.1 400 Bad Request\r\n\r\n"}, "starttls", failing + "connecting: in response-tagged: received tagged response with unknown tag"},
		{"imap-the-same-mail-twice", mailStore{cert: c.good, on: saying("BODY", fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n", len(stored), stored)+
			fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n", len(stored), stored))}, "starttls", `msg="messages stored" mailbox=imap-the-same-mail-twice count=1 uid=1`},
	}
}

// heap is what is in use.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// peak watches the heap until it is asked.
func peak(t *testing.T) func() uint64 {
	t.Helper()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		look := time.NewTicker(10 * time.Millisecond)
		defer look.Stop()
		var top uint64
		for {
			select {
			case <-look.C:
				top = max(top, heap())
			case <-stop:
				most <- top
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-most }
}

// addressIn is told for the reader alone: the port is another one each time.
var addressIn = regexp.MustCompile(`connecting to 127\.0\.0\.1:\d+`)

// awaitLine waits until a line of the log, without addresses, holds all words.
func awaitLine(t *testing.T, log *lockedBuffer, limit time.Duration, words ...string) (string, bool) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
	lines:
		for line := range strings.Lines(addressIn.ReplaceAllString(string(log.Bytes()), "connecting")) {
			for _, w := range words {
				if !strings.Contains(line, w) {
					continue lines
				}
			}
			return line, true
		}
		select {
		case <-look.C:
		case <-timeout.C:
			return "", false
		}
	}
}

// TestAttackIMAP gives one daemon a mailbox at each hostile server, and an honest one that must go on meanwhile. It is not
// parallel, so that the memory is the daemon's own.
func TestAttackIMAP(t *testing.T) { //nolint:paralleltest // measures the memory of the whole program
	ca := newAuthority(t)
	attacks := imapAttacks(newCertificates(t, ca))
	servers := make([]*hostile, len(attacks))
	var mailboxes strings.Builder
	for i, at := range attacks {
		servers[i] = serveHostile(t, at.server.play)
		fmt.Fprintf(&mailboxes, "  - {name: %s, team: support, address: %s@provider.example, start: all, imap: {host: 127.0.0.1, port: %d, tls: %s, username: %s, password: %s, ca_file: %q}}\n",
			at.name, at.name, servers[i].port(), at.tls, at.name, password, ca.caFile)
	}
	log := &lockedBuffer{}
	before, most := heap(), peak(t)
	w := newWorld(t, setup{mailboxes: mailboxes.String(), debugLog: log})
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	w.get("jane", "/register/")
	defined(t, len(attacks))
	for i, at := range attacks {
		c := &trial{t: t, name: at.name}
		if _, ok := awaitLine(t, log, time.Minute, "mailbox="+at.name+" ", at.log); !ok {
			line, _ := awaitLine(t, log, time.Millisecond, "mailbox="+at.name+" ", "error")
			c.accuse("the log does not say %q but %.300s", at.log, line)
		}
		for line := range strings.Lines(string(log.Bytes())) {
			if strings.Contains(line, "mailbox="+at.name+" ") && len(line) > 2000 {
				c.accuse("a line of %d bytes in the log", len(line))
			}
		}
		if said := servers[i].inClear(); strings.Contains(said, "LOGIN") || strings.Contains(said, "AUTHENTICATE") || strings.Contains(said, "SELECT") {
			c.accuse("without TLS the daemon said %q", said)
		}
		c.close("transport", "nothing in the clear; the log says: "+strings.TrimPrefix(at.log, failing)+"…")
	}
	w.send("maria", lenaTechnician) // and the honest mailbox still works
	w.get("ines", "Lena Vogt", "APPROVE")
	w.until("nothing is pending", func(ctx context.Context, st *store.Store) (bool, error) {
		e, err := st.Equation(ctx) // which also counts what hostile servers could not deliver
		return e.Holds() && e.Counts[access.Pending] == 0, err
	})
	w.stop()
	if top := most(); top > before+512<<20 {
		t.Errorf("the heap grew from %d to %d MB", before>>20, top>>20)
	} else {
		t.Logf("the heap grew from %d to %d MB at most", before>>20, top>>20)
	}
	if text := string(log.Bytes()); strings.Contains(text, password) || strings.Contains(text, "panic") {
		t.Errorf("the log holds the password, or a panic")
	}
}
