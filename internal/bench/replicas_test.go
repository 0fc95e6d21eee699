package bench

import (
	"flag"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/countersign/countersign/internal/faultproxy"
)

var away = flag.Duration("away", 0, "how long bytes are on their way between the daemons and PostgreSQL, in each direction")

// BenchmarkReplicas lets one to four daemons on one PostgreSQL and one mailbox drain it, taking turns.
func BenchmarkReplicas(b *testing.B) {
	for b.Loop() {
		s := newStage(b)
		s.moveAway()
		runs := map[int][]figures{}
		const most = 4
		for round := range *rounds {
			for n := 1; n <= most; n++ {
				s.others = n - 1
				runs[n] = append(runs[n], s.runOurs("postgres", fmt.Sprintf("replicas-%d-%d", n, round)))
			}
		}
		fmt.Printf("%-10s %-34s %10s %14s %10s %12s\n", "postgres", fmt.Sprintf("%d mails, median of %d", *mails, *rounds), "mails/s", "CPU-s/1,000", "RSS MiB", "answered/s")
		for n := 1; n <= most; n++ {
			report(fmt.Sprintf("%d daemons", n), runs[n])
		}
		b.ReportMetric(0, "ns/op")
	}
}

// moveAway puts PostgreSQL at a distance.
func (s *stage) moveAway() {
	if *away == 0 {
		return
	}
	p, err := faultproxy.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(s.pg.Port)))
	if err != nil {
		s.b.Fatal(err)
	}
	s.b.Cleanup(func() {
		if err := p.Close(); err != nil {
			s.b.Error(err)
		}
	})
	p.Away(*away)
	s.far = strings.NewReplacer(fmt.Sprintf(":%d/", s.pg.Port), fmt.Sprintf(":%d/", p.Port()))
}

// startOthers starts the daemons beside the one that is measured, and returns what stops them.
func (s *stage) startOthers(cfg string) (stop func()) {
	var all []*exec.Cmd
	for range s.others {
		cmd := exec.Command(s.ours, "serve", "--config", cfg)
		cmd.Stderr = &firstWords{}
		if err := cmd.Start(); err != nil {
			s.b.Fatal(err)
		}
		all = append(all, cmd)
	}
	return func() {
		for _, cmd := range all {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				s.b.Error(err)
			}
			if err := cmd.Wait(); err != nil {
				s.b.Errorf("a daemon ended with %v\n%s", err, cmd.Stderr)
			}
		}
	}
}
