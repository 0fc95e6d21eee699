package bench

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

var (
	grown    = flag.String("grown", "1000,100000", "how many mails are stored already, in each configuration")
	contacts = flag.Int("contacts", 100_000, "contacts beside those who write")
)

// BenchmarkGrowth drains the same mailbox into databases that hold more and more, taking turns: a mail must not cost more
// for all those before it.
func BenchmarkGrowth(b *testing.B) {
	for b.Loop() {
		for engine := range strings.SplitSeq(*engines, ",") {
			s := newStage(b)
			runs := map[int][]figures{}
			for round := range *rounds {
				for size := range strings.SplitSeq(*grown, ",") {
					n, err := strconv.Atoi(size)
					if err != nil {
						b.Fatal(err)
					}
					s.stored = n
					runs[n] = append(runs[n], s.runOurs(engine, fmt.Sprintf("%s-%d-%d", engine, n, round)))
				}
			}
			s.reportGrowth(engine, runs)
		}
		b.ReportMetric(0, "ns/op")
	}
}

func (s *stage) reportGrowth(engine string, runs map[int][]figures) {
	fmt.Printf("%-10s %-34s %10s %14s %10s %12s\n", engine, fmt.Sprintf("%d mails, median of %d", *mails, *rounds), "mails/s", "CPU-s/1,000", "RSS MiB", "answered/s")
	first := 0.0
	for size := range strings.SplitSeq(*grown, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			s.b.Fatal(err)
		}
		rate := report(fmt.Sprintf("with %d stored", n), runs[n])
		if first == 0 {
			first = rate
		}
		fmt.Printf("growth %s: %d stored, %.2f times the time for a mail\n", engine, n, first/rate)
	}
}

// grow writes clients with their contacts, and mails that were decided long ago.
func (s *stage) grow(engine, cfg string) {
	if s.stored == 0 {
		return
	}
	b := s.b
	b.Helper()
	db := s.behind(engine, cfg)
	defer db.Close()
	for _, query := range []string{
		`INSERT INTO mailboxes (name) VALUES ('support') ON CONFLICT (name) DO NOTHING`,
		fmt.Sprintf(`INSERT INTO clients (name, role_model, require, created_at) SELECT 'Grown ' || i, 'contact-levels', 'pass', '2026-01-01 00:00:00+00:00'
			FROM %s`, numbers(engine, *contacts/3)),
		`INSERT INTO contacts (client_id, name, address, address_key, kind, state, created_at, updated_at)
			SELECT id, 'Gina', who || id || '@grown.example', who || id || '@grown.example', 'person', 'active', created_at, created_at FROM clients,
			(SELECT 'a' AS who UNION SELECT 'b' UNION SELECT 'c') AS people WHERE name LIKE 'Grown %'`,
		`INSERT INTO contact_roles (contact_id, role) SELECT id, 'technician' FROM contacts WHERE name = 'Gina'`,
	} {
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	s.fillStored(engine, cfg, s.stored)
}

// numbers are rows i from 1 to n.
func numbers(engine string, n int) string {
	if engine == "postgres" {
		return fmt.Sprintf(`generate_series(1, %d) AS n(i)`, n)
	}
	return fmt.Sprintf(`(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n) AS n`, n)
}
