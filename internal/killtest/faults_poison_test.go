package killtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/mailserver"
)

// toxic is a DNS that tells when a mail of the poisonous domain is being processed, and does not answer it then.
type toxic struct {
	conn   net.PacketConn
	zone   *mailserver.Zone
	asked  chan struct{}
	healed atomic.Bool
}

func newToxic(t *testing.T, zone *mailserver.Zone) *toxic {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &toxic{conn: conn, zone: zone, asked: make(chan struct{}, 100)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return // closed
			}
			if answer := d.answer(b[:n]); answer != nil {
				_, _ = conn.WriteTo(answer, from) // who asked asks again
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close() // nothing is written
		<-ended
	})
	return d
}

const poisonous = "client0000.example"

func (d *toxic) answer(question []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	name := strings.TrimSuffix(q.Name.String(), ".")
	if !d.healed.Load() && strings.HasSuffix(name, poisonous) {
		d.asked <- struct{}{}
		return nil
	}
	m.Header.Response, m.Header.RecursionAvailable, m.Additionals = true, true, nil
	txt, err := d.zone.LookupTXT(context.Background(), name)
	switch {
	case err != nil:
		m.Header.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		var parts []string
		for record := strings.Join(txt, ""); record != ""; {
			n := min(len(record), 255)
			parts, record = append(parts, record[:n]), record[n:]
		}
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: parts}}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// supervisor hears of a daemon what systemd would.
type supervisor struct {
	t    *testing.T
	conn *net.UnixConn
	path string
	said map[string]int
}

const watchdog = time.Second

func newSupervisor(t *testing.T, dir string) *supervisor {
	t.Helper()
	path := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // nothing is written
	return &supervisor{t: t, conn: conn, path: path, said: map[string]int{}}
}

func (s *supervisor) environment() []string {
	return []string{"NOTIFY_SOCKET=" + s.path, fmt.Sprintf("WATCHDOG_USEC=%d", watchdog.Microseconds())}
}

// awaitSilence returns when the daemon has not said for the time of the watchdog that it lives.
func (s *supervisor) awaitSilence() {
	s.t.Helper()
	b := make([]byte, 100)
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(watchdog)); err != nil {
			s.t.Fatal(err)
		}
		n, err := s.conn.Read(b)
		if err != nil {
			break
		}
		s.said[string(b[:n])]++
	}
	if s.said["READY=1"] == 0 || s.said["WATCHDOG=1"] == 0 {
		s.t.Errorf("the daemon said %v", s.said)
	}
}

// TestPoison: one mail brings the process to its end again and again, or to a standstill until the supervisor kills it. It is
// given up after three times, people see it, those behind it are processed, and it is processed when the fault is mended.
func TestPoison(t *testing.T) {
	program := build(t)
	for name, end := range map[string]func(*testing.T, *exec.Cmd, *supervisor){
		"dies": func(t *testing.T, d *exec.Cmd, _ *supervisor) { signal(t, d, syscall.SIGKILL) },
		"hangs": func(t *testing.T, d *exec.Cmd, s *supervisor) {
			signal(t, d, syscall.SIGSTOP)
			s.awaitSilence()
			signal(t, d, syscall.SIGKILL)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playPoison(t, program, end)
		})
	}
}

// became is the disposition of each mail, by its Message-ID.
func (s *scene) became() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for _, r := range s.query(`SELECT message_id, disposition FROM inbound_messages`) {
		all[r[0]] = r[1]
	}
	return all
}

func signal(t *testing.T, d *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := d.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func playPoison(t *testing.T, program string, end func(*testing.T, *exec.Cmd, *supervisor)) {
	l := load.Load{Seed: rand.Uint64(), Clients: 2}
	system := newEmbedded(t, l, l.Addresses(10))
	s := &scene{t: t, system: system, load: l, program: program, dir: t.TempDir(), sent: map[string]string{}}
	super := newSupervisor(t, s.dir)
	s.environment = super.environment()
	dns := newToxic(t, system.zone)
	database, imap, submission := system.config(s.dir)
	sender := fmt.Sprintf("{mode: verify, dns_server: %q}", dns.conn.LocalAddr())
	s.write("config.yaml", strings.NewReplacer("max_attempts: 20", "max_attempts: 3",
		fmt.Sprintf("{mode: trusted_header, authserv_id: %s, hops: 0}", load.MX), sender).Replace(
		fmt.Sprintf(config, load.Support, database, imap, submission, load.MX, 0)))
	s.write("roster.yaml", l.Roster())
	s.run("client", "import", "--config", s.path("config.yaml"), s.path("roster.yaml"))
	ask := func(domain string, n int) {
		from := "tom@" + domain
		system.deliver(load.Support, fmt.Appendf(nil, "From: Tom Tech <%s>\r\nTo: %s\r\nSubject: New user access\r\nDate: %s\r\nMessage-ID: <%d@%s>\r\n\r\n"+
			"Please add Lena Vogt <lena%d@%s> as Technician. She joins the night shift.\r\n", from, load.Support, time.Now().Format(time.RFC1123Z), n, domain, n, domain), from)
		s.sent[fmt.Sprintf("%d@%s", n, domain)] = "answered"
	}
	ask(poisonous, 0)
	for n := range 3 {
		ask("client0001.example", n+1)
	}
	deaths := 0
	d := s.start()
	for deadline := time.After(2 * time.Minute); ; {
		select {
		case <-dns.asked:
			deaths++
			end(t, d, super)
			_ = d.Wait() // it was killed
			for len(dns.asked) > 0 {
				<-dns.asked // it asks for several records at once
			}
			d = s.start()
			continue
		case <-time.After(100 * time.Millisecond):
		case <-deadline:
			t.Fatalf("%v\n%s", s.restless(), s.output.String())
		}
		if s.database() != nil && s.restless() == nil {
			break
		}
	}
	if deaths != 3 {
		t.Errorf("the mail ended the process %d times, want 3", deaths)
	}
	// Of the mail that was given up nothing is known but its bytes.
	want := map[string]string{"": "quarantined", "1@client0001.example": "answered", "2@client0001.example": "answered", "3@client0001.example": "answered"}
	if got := s.became(); !maps.Equal(got, want) {
		t.Errorf("the mails became %v\n%s", got, s.output.String())
	}
	var seen []struct {
		ID     int64
		Reason string
	}
	if err := json.Unmarshal([]byte(s.run("message", "list", "--config", s.path("config.yaml"), "--disposition", "quarantined", "--json")), &seen); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0].Reason != "processing did not end, several times" {
		t.Fatalf("people see %+v", seen)
	}
	// The fault is mended.
	signal(t, d, syscall.SIGTERM)
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
	dns.healed.Store(true)
	d = s.start()
	s.run("message", "replay", "--config", s.path("config.yaml"), "--by", "ines@"+load.Provider, "--reason", "mended", fmt.Sprint(seen[0].ID))
	if err := s.settle(func() error { return nil }); err != nil {
		t.Fatalf("it does not come to rest: %v\n%s", err, s.output.String())
	}
	signal(t, d, syscall.SIGTERM)
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
	if got := s.became(); got["0@"+poisonous] != "answered" {
		t.Errorf("replayed it became %s\n%s", got["0@"+poisonous], s.output.String())
	}
}
