package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/realservers"
	"github.com/countersign/countersign/internal/store"
)

var (
	mails   = flag.Int("mails", 20000, "mails in the mailbox")
	rounds  = flag.Int("rounds", 3, "how often each configuration runs; medians count")
	engines = flag.String("engines", "postgres,sqlite", "databases to measure")
	rawloop = flag.String("rawloop", "", "the folder of the bare loop to compare with; only ours is measured without it")
)

const password = "secret"

// BenchmarkDrain lets the daemon and the bare loop drain the same mailbox, taking turns, since a machine's figures drift.
// The bare loop fetches, parses, files each mail with six inserts and moves it: no decisions, no answers.
func BenchmarkDrain(b *testing.B) {
	for b.Loop() {
		s := newStage(b)
		var ratios []string
		for engine := range strings.SplitSeq(*engines, ",") {
			ratios = append(ratios, s.compare(engine))
		}
		b.ReportMetric(0, "ns/op")
		if *rawloop != "" {
			fmt.Printf("ratio %s\n", strings.Join(ratios, ", "))
		}
	}
}

// stage is the servers and programs of a run.
type stage struct {
	b        *testing.B
	dovecot  *realservers.DovecotServer
	pg       *realservers.PostgresServer
	sink     *sink
	load     load.Load
	ours     string // the program
	raw      string
	dir      string
	database string            // the last one on PostgreSQL
	stored   int               // mails that the database holds before
	others   int               // daemons beside the one that is measured
	far      *strings.Replacer // makes the DSN in a config that of a database at a distance; nil for none
}

func newStage(b *testing.B) *stage {
	b.Helper()
	s := &stage{b: b, dovecot: realservers.Dovecot(b, realservers.DovecotConfig{}), pg: realservers.DurablePostgres(b), sink: newSink(b),
		load: load.Load{Seed: 1, Clients: 200}, dir: b.TempDir()}
	s.dovecot.AddUser(load.Support, password)
	s.ours = s.build("countersign", ".", "github.com/countersign/countersign/cmd/countersign")
	if *rawloop != "" {
		s.raw = s.build("rawloop", *rawloop, "./rawloop")
	}
	return s
}

func (s *stage) build(name, dir, pkg string) string {
	s.b.Helper()
	path := filepath.Join(s.dir, name)
	cmd := exec.Command("go", "build", "-o", path, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.b.Fatalf("building %s: %v\n%s", name, err, out)
	}
	return path
}

func (s *stage) fill() {
	s.dovecot.Fill(load.Support, *mails, func(i int) []byte { return s.load.Mail(i).Raw })
}

// figures are what one run of a program showed.
type figures struct {
	rate     float64 // mails a second
	cpu      float64 // seconds for 1,000 mails
	rss      int64   // peak, KiB
	answered float64 // mails a second until every answer was handed to the SMTP server; 0 for the bare loop
	read     float64 // KiB that the program read for a mail, from files and servers
	written  float64 // KiB that it wrote
}

// compare measures one engine and returns its part of the last line.
func (s *stage) compare(engine string) string {
	best := []string{"-batch", "50", "-overlap"}
	if engine == "postgres" {
		best = append(best, "-mode", "multi")
	}
	var ours, each, raw []figures
	for round := range *rounds {
		ours = append(ours, s.runOurs(engine, fmt.Sprintf("%s-%d", engine, round)))
		if s.raw != "" {
			each = append(each, s.runRaw(engine, "-batch", "50", "-tx", "1", "-overlap"))
			raw = append(raw, s.runRaw(engine, best...))
		}
	}
	fmt.Printf("%-10s %-34s %10s %14s %10s %12s\n", engine, fmt.Sprintf("%d mails, median of %d", *mails, *rounds), "mails/s", "CPU-s/1,000", "RSS MiB", "answered/s")
	a := report("countersign", ours)
	if s.raw == "" {
		return ""
	}
	e, r := report("bare loop, a commit for each mail", each), report("bare loop, best", raw)
	return fmt.Sprintf("%s: %.2f (best %.2f)", engine, a/e, a/r)
}

func report(name string, all []figures) float64 {
	m := figures{rate: median(all, func(f figures) float64 { return f.rate }), cpu: median(all, func(f figures) float64 { return f.cpu }),
		rss: int64(median(all, func(f figures) float64 { return float64(f.rss) })), answered: median(all, func(f figures) float64 { return f.answered })}
	answered := "-"
	if m.answered > 0 {
		answered = fmt.Sprintf("%.0f", m.answered)
	}
	fmt.Printf("%-10s %-34s %10.0f %14.2f %10.1f %12s\n", "", name, m.rate, m.cpu, float64(m.rss)/1024, answered)
	return m.rate
}

func median(all []figures, of func(figures) float64) float64 {
	var v []float64
	for _, f := range all {
		v = append(v, of(f))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// runOurs drains the mailbox with the daemon as it is delivered: every mail is decided, and answered where it must be.
func (s *stage) runOurs(engine, name string) figures {
	s.fill()
	cfg, st := s.prepare(engine, name, s.dovecot.IMAPPort, 0)
	defer st.Close()
	return s.drain(cfg, st)
}

// drain drains the mailbox, in a database that holds s.stored mails already.
func (s *stage) drain(cfg string, st *store.Store) figures {
	b := s.b
	syscall.Sync() // what was made ready is not the daemon's to write
	cmd := exec.Command(s.ours, "serve", "--config", cfg)
	cmd.Stderr = &firstWords{}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	stopOthers := s.startOthers(cfg)
	var f figures
	s.await(cmd, func() bool {
		// Not by the equation, which counts all mails and takes the processor for it.
		at, _, err := st.Cursor(context.Background(), "support")
		if err != nil || at.UID < uint32(*mails) {
			return false
		}
		next, err := st.NextInbound(context.Background())
		if err != nil || !next.IsZero() {
			return false
		}
		left, err := st.ToFile(context.Background(), "support", 1)
		return err == nil && len(left) == 0
	})
	f.rate = float64(*mails) / time.Since(start).Seconds()
	s.await(cmd, func() bool {
		next, err := st.NextOutbound(context.Background())
		return err == nil && next.IsZero()
	})
	f.answered = float64(*mails) / time.Since(start).Seconds()
	f.rss = peak(b, cmd.Process.Pid) // what wait(2) says may be that of the program which started it
	f.read, f.written = transferred(b, cmd.Process.Pid)
	stopOthers()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatalf("the daemon ended with %v\n%s", err, cmd.Stderr)
	}
	f.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds() / float64(*mails) * 1000
	s.checkDrained(st)
	return f
}

// prepare writes the configuration of a daemon with an empty database, and imports its roster. hops is how many servers of
// our own have the mails in hand after the MX.
func (s *stage) prepare(engine, name string, imapPort, hops int) (cfg string, st *store.Store) {
	b := s.b
	b.Helper()
	dir := filepath.Join(s.dir, name)
	cfg = s.configure(engine, dir, "", imapPort, hops)
	write(b, filepath.Join(dir, "roster.yaml"), s.load.Roster())
	s.run("client", "import", "--config", cfg, filepath.Join(dir, "roster.yaml"))
	st = openStore(b, cfg)
	if s.far != nil { // from the daemons alone
		text, err := os.ReadFile(cfg)
		if err != nil {
			b.Fatal(err)
		}
		cfg = filepath.Join(dir, "far.yaml")
		write(b, cfg, s.far.Replace(string(text)))
	}
	return cfg, st
}

// configure writes the configuration of a daemon that has its database in dir or, on PostgreSQL, a copy of template.
func (s *stage) configure(engine, dir, template string, imapPort, hops int) (cfg string) {
	database := "{driver: sqlite, path: countersign.db}"
	if engine == "postgres" {
		s.database = s.pg.NewDatabase(s.b, template)
		database = fmt.Sprintf("{driver: postgres, dsn: %q}", s.pg.DSN(s.database))
	}
	return writeConfig(s.b, dir, fmt.Sprintf(configText, database, load.Support, imapPort, password, s.sink.port(), load.MX, hops))
}

// checkDrained compares what became of the mails with what must become of them.
func (s *stage) checkDrained(st equation) {
	want := map[access.Disposition]int64{access.Applied: int64(s.stored)}
	for i := range *mails {
		want[s.load.Mail(i).Becomes]++
	}
	e, err := st.Equation(context.Background())
	if err != nil {
		s.b.Fatal(err)
	}
	var shares []string
	for _, d := range access.Dispositions {
		if e.Counts[d] != want[d] {
			s.b.Errorf("%d mails are %s, want %d", e.Counts[d], d, want[d])
		}
		n := e.Counts[d]
		if d == access.Applied {
			n -= int64(s.stored)
		}
		if n > 0 {
			shares = append(shares, fmt.Sprintf("%s %.1f %%", d, float64(n)*100/float64(*mails)))
		}
	}
	s.b.Logf("dispositions: %s; %d mails handed to SMTP", strings.Join(shares, ", "), s.sink.taken())
	if n := s.dovecot.Count(load.Support, "INBOX"); int64(n) != want[access.Left] {
		s.b.Errorf("%d mails are left in the mailbox, want %d", n, want[access.Left])
	}
}

type equation interface {
	Equation(ctx context.Context) (access.Equation, error)
}

// await polls, as somebody would who watches the daemon from outside.
func (s *stage) await(cmd *exec.Cmd, done func() bool) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(time.Duration(*mails)*50*time.Millisecond + time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			s.b.Fatalf("not drained in time\n%s", cmd.Stderr)
		}
		<-tick.C
	}
}

var rateOf = regexp.MustCompile(`(\d+) mails/s;.*own cpu (\d+) us/mail; peak RSS (\d+) kB`)

// runRaw drains the mailbox with the bare loop.
func (s *stage) runRaw(engine string, args ...string) figures {
	b := s.b
	s.fill()
	dsn := filepath.Join(b.TempDir(), "raw.db")
	if engine == "postgres" {
		dsn = s.pg.DSN(s.pg.NewDatabase(b, ""))
	}
	s.dovecot.CreateFolder(load.Support, "Done")
	args = append(args, "-imap", fmt.Sprintf("127.0.0.1:%d", s.dovecot.IMAPPort), "-user", load.Support, "-pass", password, "-driver", engine, "-dsn", dsn)
	out, err := exec.Command(s.raw, args...).CombinedOutput()
	m := rateOf.FindStringSubmatch(string(out))
	if err != nil || m == nil {
		b.Fatalf("the bare loop: %v\n%s", err, out)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	return figures{rate: number(m[1]), cpu: number(m[2]) / 1000, rss: int64(number(m[3]))}
}

func (s *stage) run(args ...string) {
	s.b.Helper()
	if out, err := exec.Command(s.ours, args...).CombinedOutput(); err != nil {
		s.b.Fatalf("countersign %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func write(b *testing.B, path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}
