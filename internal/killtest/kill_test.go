package killtest

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/message"
)

var (
	kills = flag.Int("kills", 4, "how often a daemon is killed in each part")
	seed  = flag.Uint64("seed", 0, "of the mails and moments; 0 takes another one each time")
)

// mailsPerKill is how many mails arrive around each kill.
const mailsPerKill = 6

// TestKills plays clients and approvers with a daemon that is killed at random moments, while its servers are restarted. Every
// fourth time the disk of the database loses its power, too. Of several daemons side by side one is killed each time, and now
// and then another one is cut off from the database.
func TestKills(t *testing.T) {
	t.Parallel()
	program := build(t)
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	l := load.Load{Seed: *seed, Clients: max(4, *kills/2)}
	addresses := l.Addresses(*kills * mailsPerKill)
	for name, part := range map[string]struct {
		start   func(*testing.T) system
		daemons int
	}{
		"sqlite":       {func(t *testing.T) system { return newEmbedded(t, l, addresses) }, 1},
		"postgres":     {func(t *testing.T) system { return newReal(t, addresses) }, 1},
		"side by side": {func(t *testing.T) system { return newReal(t, addresses) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Logf("seed %d", *seed)
			s := &scene{t: t, system: part.start(t), load: l, addresses: addresses, program: program, dir: t.TempDir(),
				random: rand.New(rand.NewPCG(*seed, 2)), answered: map[string]bool{},
				sent: map[string]string{}, again: map[string]bool{}, disturbed: map[string]int{}}
			s.play(part.daemons)
		})
	}
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "countersign")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/countersign/countersign/cmd/countersign").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return program
}

// scene is daemons with everything around them.
type scene struct {
	t           *testing.T
	system      system
	load        load.Load
	addresses   []string
	program     string
	dir         string
	random      *rand.Rand
	environment []string // more of it, for the daemon

	mu        sync.Mutex // of the servers: nobody delivers while one is restarted
	answered  map[string]bool
	sent      map[string]string // Message-ID of each mail to the support mailbox → what it must become
	again     map[string]bool   // mails that came twice with one Message-ID
	disturbed map[string]int    // how often what was restarted
	output    lockedBuffer
	db        *sql.DB
}

// config lets no mail be blamed for the death of the process: here it dies far too often for that.
const config = `
provider: {name: Example Colo, support_address: %[1]s, web_url: "http://127.0.0.1:8025"}
database: %[2]s
mailboxes:
  - {name: support, team: support, address: %[1]s, start: all, imap: {%[3]s}}
submission: {%[4]s, from_name: Support}
sender: {mode: trusted_header, authserv_id: %[5]s, hops: %[6]d}
policy: {undo_window: 0s}
web: {listen: "127.0.0.1:0"}
worker: {max_attempts: 20}
log: {level: warn}
`

func (s *scene) play(daemons int) {
	c := s.crew(daemons)
	s.write("roster.yaml", s.load.Roster())
	s.run("client", "import", "--config", s.path("config.yaml"), s.path("roster.yaml"))

	ctx, stop := context.WithCancel(context.Background())
	var players sync.WaitGroup
	players.Go(func() { s.approve(ctx) })
	n := 0
	for k := range *kills {
		c.start()
		moment := time.NewTimer(time.Duration(s.random.IntN(1500)) * time.Millisecond)
		c.cutOff()
		for range mailsPerKill {
			s.deliverNext(n)
			n++
		}
		if s.random.IntN(3) == 0 || *kills < 10 {
			s.mu.Lock()
			s.disturbed[s.system.disturb(k)]++
			s.mu.Unlock()
		}
		<-moment.C
		c.kill()
		if k%4 == 3 {
			s.mu.Lock()
			if s.system.cutPower() {
				s.disturbed["power cuts"]++
			}
			s.mu.Unlock()
		}
		c.heal()
	}
	if daemons > 1 && *kills < 10 {
		c.stop()
		s.endLeases()
	}
	c.start()
	if err := s.settle(c.gone); err != nil {
		living := c.ask(syscall.SIGQUIT) // what each of their goroutines waits for
		s.t.Fatalf("%d of %d daemons do not come to rest: %v\n%s", len(living), daemons, err, s.output.String())
	}
	stop()
	players.Wait()
	c.end()
	s.check(n)
}

func (s *scene) deliverNext(i int) {
	m := s.load.Mail(i)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.system.deliver(load.Support, m.Raw, m.Author)
	s.sent[m.MessageID] = string(m.Becomes)
}

func (s *scene) start() *exec.Cmd {
	s.t.Helper()
	d := s.command("config.yaml", &s.output)
	if err := d.Start(); err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *scene) command(file string, log *lockedBuffer) *exec.Cmd {
	d := exec.Command(s.program, "serve", "--config", s.path(file))
	d.Stdout, d.Stderr = log, log
	d.Env = append(os.Environ(), s.environment...)
	d.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return d
}

// approve plays everybody who is asked: they answer each approval mail once, however often it came.
func (s *scene) approve(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, a := range s.addresses {
			if strings.HasPrefix(a, "maria@") || strings.HasSuffix(a, "@"+load.Provider) {
				s.answerAll(a)
			}
		}
	}
}

var (
	replyTo  = regexp.MustCompile(`<([^>]+)>`)
	newcomer = regexp.MustCompile(`\buser(\d+)@`)
)

// rejects tells which newcomers are rejected by the support team.
func rejects(user string) bool { return strings.HasSuffix(user, "7") }

func (s *scene) answerAll(approver string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range s.system.inbox(approver) {
		m, err := message.Parse(raw)
		if err != nil {
			s.t.Errorf("a mail to %s cannot be read: %v", approver, err)
			continue
		}
		if s.answered[approver+m.MessageID] || !strings.Contains(m.Subject, "Approval needed") {
			continue
		}
		s.answered[approver+m.MessageID] = true
		words := "APPROVE"
		if who := newcomer.FindStringSubmatch(m.Text); who == nil {
			s.t.Errorf("an approval mail names no newcomer:\n%s", m.Text)
		} else if rejects(who[1]) && strings.HasPrefix(approver, "paul@") {
			words = "REJECT"
		}
		to := replyTo.FindStringSubmatch(m.Get("Reply-To"))
		id := fmt.Sprintf("answer.%d.%d@players.example", len(s.sent), *seed)
		text := fmt.Sprintf("From: <%s>\r\nTo: %s\r\nSubject: Re: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\nIn-Reply-To: <%s>\r\nReferences: <%s>\r\n\r\n%s\r\n",
			approver, to[0], m.Subject, time.Now().Format(time.RFC1123Z), id, m.MessageID, m.MessageID, words)
		s.system.deliver(to[1], []byte(text), approver)
		s.sent[id] = "applied"
	}
}

// settle waits until nothing is left to do, or returns what is. It does not wait for daemons that gone says are no more.
func (s *scene) settle(gone func() error) error {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(10 * time.Minute)
	for quiet := 0; quiet < 5; quiet++ {
		<-tick.C
		if err := s.restless(); err != nil {
			if ended := gone(); ended != nil {
				return fmt.Errorf("%w: %w", err, ended)
			}
			if quiet = -1; time.Now().After(deadline) {
				return err
			}
		}
	}
	return nil
}

func (s *scene) path(name string) string { return filepath.Join(s.dir, name) }

func (s *scene) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) run(args ...string) string {
	s.t.Helper()
	out, err := exec.Command(s.program, args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("countersign %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// lockedBuffer keeps the end of what the daemons print.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps at most the last megabyte.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() > 1<<20 {
		_, _ = io.CopyN(io.Discard, &l.b, 1<<19)
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
