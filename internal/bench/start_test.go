package bench

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/load"
	"github.com/countersign/countersign/internal/store"
)

var stored = flag.Int("stored", 1_000_000, "mails in the database that a daemon starts on")

// BenchmarkStart shows how long the daemon takes from its start until it has stored, and until it has decided, a mail that
// waits for it, on a new database and on one that holds a great many mails and events.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		for engine := range strings.SplitSeq(*engines, ",") {
			s := newStage(b)
			cfg, st := s.prepare(engine, engine, s.dovecot.IMAPPort, 1)
			s.started(engine, cfg, st, 0)
			s.started(engine, cfg, st, 0)
			began := time.Now()
			s.fillStored(engine, cfg, *stored)
			fmt.Printf("%-10s %d mails and as many events written in %s\n", engine, *stored, time.Since(began).Round(time.Second))
			for range *rounds {
				s.started(engine, cfg, st, *stored)
			}
			for range *rounds {
				began := time.Now()
				if _, err := st.Status(context.Background(), []string{"support"}); err != nil {
					b.Fatal(err)
				}
				fmt.Printf("%-10s the status on %d mails takes %s\n", engine, *stored, time.Since(began).Round(time.Millisecond))
			}
			if err := st.Close(); err != nil {
				b.Error(err)
			}
		}
		b.ReportMetric(0, "ns/op")
	}
}

// started delivers a mail, starts the daemon, and prints how long it took to be at work.
func (s *stage) started(engine, cfg string, st *store.Store, have int) {
	b := s.b
	b.Helper()
	ctx := context.Background()
	before, _, err := st.Cursor(ctx, "support")
	if err != nil {
		b.Fatal(err)
	}
	s.dovecot.Deliver(load.Support, s.load.Mail(0).Raw)
	cmd := exec.Command(s.ours, "serve", "--config", cfg)
	cmd.Stderr = &firstWords{}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	read := s.when(cmd, began, func() bool {
		c, _, err := st.Cursor(ctx, "support")
		return err == nil && c.UID > before.UID
	})
	decided := s.when(cmd, began, func() bool {
		newest, err := st.Messages(ctx, "", 1)
		return err == nil && len(newest) == 1 && newest[0].Disposition != access.Pending
	})
	rss := peak(b, cmd.Process.Pid)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Errorf("the daemon ended with %v\n%s", err, cmd.Stderr)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("%-10s start on %d mails: the first is stored after %s, decided after %s; %s of CPU until it is stopped, peak RSS %.1f MiB\n", engine, have,
		read.Round(time.Millisecond), decided.Round(time.Millisecond), cpu.Round(time.Millisecond), float64(rss)/1024)
}

func (s *stage) when(cmd *exec.Cmd, began time.Time, done func() bool) time.Duration {
	s.b.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		if time.Since(began) > 5*time.Minute {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			s.b.Fatalf("not at work in time\n%s", cmd.Stderr)
		}
		<-tick.C
	}
	return time.Since(began)
}

// behind opens the database of a daemon behind its back.
func (s *stage) behind(engine, cfg string) *sql.DB {
	s.b.Helper()
	driver, dsn := "sqlite", "file:"+filepath.Join(filepath.Dir(cfg), "countersign.db")+"?_pragma=busy_timeout(60000)&_txlock=immediate&_time_format=sqlite&_pragma=cache_size(-1000000)"
	if engine == "postgres" {
		driver, dsn = "postgres", s.pg.DSN(s.database)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		s.b.Fatal(err)
	}
	return db
}

// fillStored writes mails that were read, decided and filed, and events, as if years had passed.
func (s *stage) fillStored(engine, cfg string, n int) {
	b := s.b
	b.Helper()
	series, raw := `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n)`, `randomblob(600)`
	if engine == "postgres" {
		series, raw = `generate_series(1, $1::int)`, `decode(repeat(md5(i::text), 38), 'hex')`
	}
	digest := digestOf(engine, "i")
	db := s.behind(engine, cfg)
	defer db.Close()
	then := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, query := range []string{
		`INSERT INTO inbound_messages (mailbox_id, uidvalidity, uid, digest, size, raw, internal_date, stored_at, disposition, reason, attempts, author, subject,
			message_id, class, verdict, duplicate_key, processed_at, filed_at)
			SELECT m.id, m.uidvalidity, 1000000 + i, ` + digest + `, 600, ` + raw + `, $2, $2, 'applied', 'filed', 1, 'a' || i || '@client.example', 'Access', 'id-' || i,
			'request', 'pass', ` + digest + `, $2, $2 FROM ` + series + ` AS n(i), mailboxes m`,
		`INSERT INTO events (chain, sequence, kind, at, payload_sum, previous, hash) SELECT 'ticket:' || (1000000000 + i), 1, 'noted', $2, ` + digest + `, '', ` + digest + ` FROM ` + series + ` AS n(i)`,
		`INSERT INTO outbound_messages (kind, sequence, mail_from, recipient, subject, words, message_id_digest, sealed, state, attempts, run_at, created_at, sent_at)
			SELECT 'answer', 1, 'support@provider.example', 'a' || i || '@client.example', 'Access', '', ` + digest + `, ` + raw + `, 'sent', 1, $2, $2, $2 FROM ` + series + ` AS n(i)`,
		`UPDATE mailboxes SET seen = seen + $1, read_since = $2`,
	} {
		if engine == "sqlite" {
			query = strings.ReplaceAll(query, ") AS n(i)", ") AS n")
		}
		if _, err := db.ExecContext(context.Background(), query, n, then); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	if engine == "postgres" {
		if _, err := db.ExecContext(context.Background(), `ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
}
