package bench

import (
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// BenchmarkReplicas lets one to four daemons on one PostgreSQL and one mailbox drain it, taking turns.
func BenchmarkReplicas(b *testing.B) {
	for b.Loop() {
		s := newStage(b)
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
