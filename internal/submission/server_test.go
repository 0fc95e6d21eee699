package submission

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// Actions of a scripted server in place of a reply.
const (
	hangUp   = "HANG UP"   // close without a reply
	keepMum  = "KEEP MUM"  // never answer, keep the connection open
	dribble  = "DRIBBLE"   // never stop answering, a byte in ten milliseconds
	thenQuit = "THEN QUIT" // suffix: reply, then close
)

// scripted is a minimal SMTP server whose replies a test chooses. Verbs are EHLO, MAIL, …, and two of its own:
// GREETING and "." for the end of data.
type scripted struct {
	cfg   Config
	reply func(conn int, verb, line string) string // "" means the usual reply

	mu       sync.Mutex
	commands []string
	messages []string
	conns    int
}

func serve(t *testing.T, reply func(conn int, verb, line string) string) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{reply: reply}
	s.cfg = Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: Off, LocalName: "client.test", Timeout: 20 * time.Second}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns++
			n := s.conns
			s.mu.Unlock()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			wg.Go(func() {
				defer stop()
				defer conn.Close()
				s.session(ctx, n, conn)
			})
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		wg.Wait()
	})
	return s
}

var usual = map[string]string{
	"GREETING": "220 server.test", "EHLO": "250-server.test\r\n250 8BITMIME", "DATA": "354 go on", "QUIT": "221 bye",
}

func (s *scripted) session(ctx context.Context, n int, conn net.Conn) {
	r := textproto.NewReader(bufio.NewReader(conn))
	answer := func(verb, line string) (reply string, ok bool) {
		if s.reply != nil {
			reply = s.reply(n, verb, line)
		}
		switch reply {
		case "":
			if reply = usual[verb]; reply == "" {
				reply = "250 2.0.0 fine"
			}
		case hangUp:
			return "", false
		case keepMum:
			<-ctx.Done()
			return "", false
		case dribble:
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for err := error(nil); err == nil; <-tick.C {
				_, err = io.WriteString(conn, "2")
			}
			return "", false
		}
		reply, quit := strings.CutSuffix(reply, thenQuit)
		_, err := io.WriteString(conn, reply+"\r\n")
		return reply, err == nil && !quit
	}
	if _, ok := answer("GREETING", ""); !ok {
		return
	}
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		s.mu.Lock()
		s.commands = append(s.commands, line)
		s.mu.Unlock()
		reply, ok := answer(verb, line)
		if !ok {
			return
		}
		if verb == "DATA" && strings.HasPrefix(reply, "354") {
			body, err := io.ReadAll(r.DotReader())
			if err != nil {
				return
			}
			s.mu.Lock()
			s.messages = append(s.messages, string(body))
			s.mu.Unlock()
			if _, ok := answer(".", ""); !ok {
				return
			}
		}
	}
}

func (s *scripted) seen() (commands, messages []string, conns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.commands...), append([]string(nil), s.messages...), s.conns
}

// on replies to one verb on every connection.
func on(verb, reply string) func(int, string, string) string {
	return func(_ int, v, _ string) string {
		if v == verb {
			return reply
		}
		return ""
	}
}

func mailNumber(n int) []byte {
	return fmt.Appendf(nil, "From: a@provider.test\r\nTo: b@client.test\r\nMessage-ID: <%d@provider.test>\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n\r\n.leading dot\r\nbody %d\r\n", n, n)
}

var toB = Envelope{MailFrom: "support@provider.test", Rcpt: "b@client.test"}
