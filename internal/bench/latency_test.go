package bench

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/load"
)

var (
	rates   = flag.String("rates", "1,10,50", "mails a second to measure the latency at")
	seconds = flag.Int("seconds", 30, "how long each rate lasts")
)

// BenchmarkLatency delivers mails at a steady rate to the waiting daemon. For each that is answered it takes the time from
// the server's EXISTS line, and from the end of the delivery, to the moment at which the SMTP server has our answer.
func BenchmarkLatency(b *testing.B) {
	for b.Loop() {
		fmt.Printf("%-10s %8s %8s %s\n", "", "mails/s", "answers", "ms from EXISTS p50/p95/p99, from delivery p50/p95/p99")
		for engine := range strings.SplitSeq(*engines, ",") {
			for rate := range strings.SplitSeq(*rates, ",") {
				n, err := strconv.Atoi(rate)
				if err != nil {
					b.Fatal(err)
				}
				measureLatency(b, engine, n)
			}
		}
		b.ReportMetric(0, "ns/op")
	}
}

func measureLatency(b *testing.B, engine string, rate int) {
	s := newStage(b)
	s.dovecot.Fill(load.Support, 0, nil)
	times := &clockwork{announced: map[int]time.Time{}, answered: map[string]time.Time{}}
	s.sink.onMail = times.sent
	r := s.start(engine, times.tap(b, s.dovecot.IMAPPort))
	defer r.end()

	n := rate * *seconds
	delivered := make([]time.Time, n)
	beat := time.NewTicker(time.Second / time.Duration(rate))
	defer beat.Stop()
	start := time.Now()
	for i := range n {
		s.dovecot.Deliver(load.Support, s.load.Mail(i).Raw)
		delivered[i] = time.Now()
		<-beat.C
	}
	reached := float64(n) / time.Since(start).Seconds()
	s.settled(r, n)

	var fromExists, fromDelivery []time.Duration
	times.mu.Lock()
	defer times.mu.Unlock()
	for i := range n {
		m := s.load.Mail(i)
		at, ok := times.answered[m.MessageID]
		if m.Becomes != access.Applied && m.Becomes != access.Answered {
			if ok {
				b.Errorf("mail %d is %s, and was answered", i, m.Kind)
			}
			continue
		}
		told, known := times.announced[i]
		if !ok || !known {
			b.Fatalf("mail %d of %d (%s): announced %v, answered %v", i, n, m.Kind, known, ok)
		}
		fromExists, fromDelivery = append(fromExists, at.Sub(told)), append(fromDelivery, at.Sub(delivered[i]))
	}
	fmt.Printf("%-10s %8.1f %8d %s  %s\n", engine, reached, len(fromExists), percentiles(fromExists), percentiles(fromDelivery))
}

func percentiles(all []time.Duration) string {
	slices.SortFunc(all, cmp.Compare[time.Duration])
	var out []string
	for _, p := range []int{50, 95, 99} {
		out = append(out, fmt.Sprintf("%6.0f", float64(all[(len(all)-1)*p/100].Microseconds())/1000))
	}
	return strings.Join(out, " ")
}

// clockwork notes when the IMAP server announced the mails, in the order of their delivery, and when each was answered.
type clockwork struct {
	mu        sync.Mutex
	announced map[int]time.Time
	answered  map[string]time.Time // by the Message-ID answered
	told      int                  // mails announced so far
}

// sent is called with every mail that the SMTP server has taken.
func (t *clockwork) sent(raw []byte) {
	now := time.Now()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return // it has no answer then, which fails the benchmark
	}
	id := strings.Trim(m.Header.Get("In-Reply-To"), "<> \t\r\n")
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.answered[id]; !known && id != "" {
		t.answered[id] = now
	}
}

// tap passes IMAP connections on and listens to what the server says. It returns the port to connect to.
func (t *clockwork) tap(b *testing.B, to int) int {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // closed
			}
			server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(to)))
			if err != nil {
				_ = client.Close()
				continue
			}
			wg.Go(func() {
				_, _ = io.Copy(server, client)
				_ = server.Close()
			})
			wg.Go(func() {
				heard, w := io.Pipe()
				wg.Go(func() { t.listen(heard) })
				_, _ = io.Copy(io.MultiWriter(client, w), server)
				_, _ = w.Close(), client.Close()
			})
		}
	})
	b.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

var (
	existsLine  = regexp.MustCompile(`^\* (\d+) EXISTS`)
	expungeLine = regexp.MustCompile(`^\* \d+ EXPUNGE`)
	literalMark = regexp.MustCompile(`\{(\d+)\}\r\n$`)
)

// listen follows how many mails lie in the mailbox: what an EXISTS adds to them is new.
func (t *clockwork) listen(server io.Reader) {
	r := bufio.NewReader(server)
	lying := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			_, _ = io.Copy(io.Discard, r)
			return
		}
		now := time.Now()
		switch m := existsLine.FindStringSubmatch(line); {
		case m != nil:
			exists, _ := strconv.Atoi(m[1]) // digits
			t.mu.Lock()
			for ; lying < exists; lying++ {
				t.announced[t.told] = now
				t.told++
			}
			t.mu.Unlock()
		case expungeLine.MatchString(line):
			lying--
		}
		if m := literalMark.FindStringSubmatch(line); m != nil {
			size, _ := strconv.ParseInt(m[1], 10, 64) // digits
			_, _ = io.CopyN(io.Discard, r, size)      // an end shows at the next line
		}
	}
}

// daemonRun is a running daemon and its store.
type daemonRun struct {
	end   func()
	cmd   *exec.Cmd
	store latencyStore
}

type latencyStore interface {
	equation
	NextOutbound(ctx context.Context) (time.Time, error)
}

// start starts the daemon with an empty database and waits until it reads the mailbox on that port.
func (s *stage) start(engine string, imapPort int) *daemonRun {
	b := s.b
	b.Helper()
	cfg, st := s.prepare(engine, engine, imapPort, 1) // LMTP delivers
	cmd := exec.Command(s.ours, "serve", "--config", cfg)
	cmd.Stderr = &firstWords{}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s.await(cmd, func() bool {
		_, ok, err := st.Cursor(context.Background(), "support")
		return err == nil && ok
	})
	return &daemonRun{cmd: cmd, store: st, end: func() {
		defer st.Close()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			b.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			b.Errorf("the daemon ended with %v\n%s", err, cmd.Stderr)
		}
	}}
}
