package killtest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/faultproxy"
	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/realservers"
)

// moveLimit is how long nobody may read a mailbox whose reader is gone.
const moveLimit = 30 * time.Second

// shared is the mail system in memory with one PostgreSQL for several daemons.
type shared struct {
	*embedded
	dsn string
}

func (s *shared) open(t *testing.T, _ string) *sql.DB { return openDatabase(t, "postgres", s.dsn) }

// pair is two daemons on one mailbox, of which the first reads it. Its way to the database leads through a proxy.
type pair struct {
	scene
	system        *shared
	proxy         *faultproxy.Proxy
	first, second *exec.Cmd
	log           lockedBuffer // the first daemon's
	moved         time.Time    // by the database's clock
}

// TestLeaseMoves: the daemon that reads a mailbox is killed, hangs or is cut off from the database. Another one goes on soon,
// and when the first is back, nothing is done twice and none of them disturbs the other.
func TestLeaseMoves(t *testing.T) {
	t.Parallel()
	program := build(t)
	pg := realservers.Postgres(t)
	for name, play := range map[string]struct{ begin, end func(*pair) }{
		"killed": {func(p *pair) { signal(p.t, p.first, syscall.SIGKILL); _ = p.first.Wait() }, func(p *pair) { p.first = p.launch("first.yaml", &p.log) }},
		"hangs":  {func(p *pair) { signal(p.t, p.first, syscall.SIGSTOP) }, func(p *pair) { signal(p.t, p.first, syscall.SIGCONT) }},
		"cut off": {func(p *pair) { p.proxy.Hold() }, func(p *pair) {
			// The first has found out by itself, and before anybody else could begin to read.
			if lost := p.lostAt(); lost.IsZero() || lost.After(p.moved) {
				p.t.Errorf("the first daemon has let go at %v, the second has begun at %v\n%s", lost, p.moved, p.log.String())
			}
			p.proxy.Release()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, program, pg)
			p.ask(1)
			began := time.Now()
			play.begin(p)
			owner := p.leaseOwner()
			p.deliver()
			p.await("the lease has moved", func() bool { now := p.leaseOwner(); return now != "" && now != owner })
			moved := time.Since(began)
			p.moved = p.leasedAt()
			p.await("the other daemon has answered", func() bool { return len(p.answers()) == p.asked() })
			t.Logf("the lease moved after %.1f s, and the mail that came meanwhile was answered after %.1f s", moved.Seconds(), time.Since(began).Seconds())
			if moved > moveLimit {
				t.Errorf("the lease moved after %v", moved)
			}
			play.end(p)
			owner = p.leaseOwner()
			p.ask(3)
			if now := p.leaseOwner(); now != owner {
				t.Errorf("the one that was gone has taken the lease back")
			}
			p.end(p.first)
			p.end(p.second)
			p.ids()
		})
	}
}

func newPair(t *testing.T, program string, pg *realservers.PostgresServer) *pair {
	t.Helper()
	l := load.Load{Seed: rand.Uint64(), Clients: 2}
	p := &pair{system: &shared{embedded: newEmbedded(t, l, l.Addresses(10)), dsn: pg.DSN(pg.NewDatabase(t, ""))}}
	p.scene = scene{t: t, system: p.system, load: l, program: program, dir: t.TempDir(), sent: map[string]string{}}
	var err error
	if p.proxy, err = faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(pg.Port))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.proxy.Close() }) // the test is over
	_, imap, submission := p.system.config(p.dir)
	for name, port := range map[string]int{"first.yaml": p.proxy.Port(), "second.yaml": pg.Port} {
		dsn := strings.Replace(p.system.dsn, fmt.Sprintf(":%d/", pg.Port), fmt.Sprintf(":%d/", port), 1)
		p.write(name, fmt.Sprintf(config, load.Support, fmt.Sprintf("{driver: postgres, dsn: %q}", dsn), imap, submission, load.MX, 0))
	}
	p.write("roster.yaml", l.Roster())
	p.run("client", "import", "--config", p.path("second.yaml"), p.path("roster.yaml"))
	p.first = p.launch("first.yaml", &p.log)
	p.await("the first daemon reads", func() bool { return p.leaseOwner() != "" })
	p.second = p.launch("second.yaml", &p.output)
	return p
}

// launch starts a daemon and waits until it says that it is ready.
func (p *pair) launch(file string, log *lockedBuffer) *exec.Cmd {
	p.t.Helper()
	super := newSupervisor(p.t, p.t.TempDir())
	d := p.command(file, log)
	d.Env = append(d.Env, "NOTIFY_SOCKET="+super.path)
	if err := d.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = d.Process.Kill() }) // unless the test has ended it
	if err := super.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		p.t.Fatal(err)
	}
	b := make([]byte, 100)
	if n, err := super.conn.Read(b); err != nil || string(b[:n]) != "READY=1" {
		p.t.Fatalf("the daemon says %q, %v\n%s", b[:n], err, log.String())
	}
	return d
}

func (p *pair) end(d *exec.Cmd) {
	p.t.Helper()
	signal(p.t, d, syscall.SIGTERM)
	if err := d.Wait(); err != nil {
		p.t.Errorf("a daemon ended with %v\n%s\n%s", err, p.log.String(), p.output.String())
	}
}

// asker may not ask for anybody, and gets an answer to each mail.
const asker = "tom@client0001.example"

// deliver brings one more mail by the asker.
func (p *pair) deliver() {
	n := p.asked()
	id := fmt.Sprintf("%d@client0001.example", n)
	p.system.deliver(load.Support, fmt.Appendf(nil, "From: Tom Tech <%s>\r\nTo: %s\r\nSubject: New user access\r\nDate: %s\r\nMessage-ID: <%s>\r\n\r\n"+
		"Please add Lena Vogt <lena%d@client0001.example> as Technician. She joins the night shift.\r\n", asker, load.Support,
		time.Now().Format(time.RFC1123Z), id, n), asker)
	p.sent[id] = "answered"
}

func (p *pair) asked() int { return len(p.sent) }

// ask delivers mails and waits for the answers.
func (p *pair) ask(n int) {
	p.t.Helper()
	for range n {
		p.deliver()
	}
	p.await("every mail is answered", func() bool { return len(p.answers()) == p.asked() })
}

// answers are the asker's, by the mail that they answer.
func (p *pair) answers() map[string]int {
	all := map[string]int{}
	for _, raw := range p.system.inbox(asker) {
		all[answering.FindString(string(raw))]++
	}
	return all
}

var answering = regexp.MustCompile(`(?mi)^In-Reply-To: <\d+@client0001\.example>`)

// ids checks that every mail has its one answer, and that each mail became what it must.
func (p *pair) ids() {
	p.t.Helper()
	for mail, n := range p.answers() {
		if n != 1 {
			p.t.Errorf("%s has %d answers", mail, n)
		}
	}
	if got := p.became(); len(got) != p.asked() {
		p.t.Errorf("the mails became %v, want %v", got, p.sent)
	}
	for id, disposition := range p.became() {
		if disposition != p.sent[id] {
			p.t.Errorf("%s became %s, want %s", id, disposition, p.sent[id])
		}
	}
}

// leaseOwner is empty where no lease is good.
func (p *pair) leaseOwner() string {
	p.t.Helper()
	for _, r := range p.query(`SELECT lease_owner FROM mailboxes WHERE lease_until > now()`) {
		return r[0]
	}
	return ""
}

// sessions tells what each session of the database does, since when, and which ones it waits for.
const sessions = `SELECT pid::text, coalesce(state, ''), coalesce(wait_event, ''), coalesce(xact_start::text, ''), pg_blocking_pids(pid)::text, query
	FROM pg_stat_activity WHERE datname = current_database()`

func (p *pair) await(what string, done func() bool) {
	p.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(3 * time.Minute); !done(); <-tick.C {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain: %s\nthe first: %s\nthe second: %s\nthe leases: %q\nthe sessions: %q", what, p.log.String(), p.output.String(),
				p.query(`SELECT name, lease_owner, coalesce(lease_until::text, ''), now()::text FROM mailboxes`), p.query(sessions))
		}
	}
}

// leasedAt is when the present lease was taken or renewed: it lasts for twenty seconds.
func (p *pair) leasedAt() time.Time {
	p.t.Helper()
	var at time.Time
	if err := p.database().QueryRow(`SELECT lease_until - interval '20 seconds' FROM mailboxes`).Scan(&at); err != nil {
		p.t.Fatal(err)
	}
	return at
}

var lost = regexp.MustCompile(`time=(\S+) .*the mailbox's lease is lost`)

// lostAt is when the first daemon has said that its lease is lost.
func (p *pair) lostAt() time.Time {
	p.t.Helper()
	m := lost.FindStringSubmatch(p.log.String())
	if m == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, m[1])
	if err != nil {
		p.t.Fatal(err)
	}
	return at
}
