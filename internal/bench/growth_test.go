package bench

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var (
	grown    = flag.String("grown", "1000,100000", "how many mails are stored already, in each configuration")
	contacts = flag.Int("contacts", 100_000, "contacts beside those who write")
)

// BenchmarkGrowth drains the same mailbox into databases that hold more and more, taking turns: a mail must not cost more
// for all those before it. Each time it is a fresh copy of a database, which has reached the disk.
func BenchmarkGrowth(b *testing.B) {
	for b.Loop() {
		for engine := range strings.SplitSeq(*engines, ",") {
			s := newStage(b)
			bases, runs := map[int]*base{}, map[int][]figures{}
			for _, n := range s.sizes() {
				bases[n] = s.base(engine, n)
			}
			for round := range *rounds {
				for _, n := range s.sizes() {
					runs[n] = append(runs[n], s.runGrown(bases[n], round))
				}
			}
			s.reportGrowth(engine, runs)
		}
		b.ReportMetric(0, "ns/op")
	}
}

func (s *stage) sizes() (all []int) {
	for size := range strings.SplitSeq(*grown, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			s.b.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// base is a database that holds mails, which nobody uses: it is copied.
type base struct {
	engine   string
	stored   int
	dir      string
	database string // on PostgreSQL
}

func (s *stage) base(engine string, n int) *base {
	s.stored = n
	from := &base{engine: engine, stored: n, dir: filepath.Join(s.dir, fmt.Sprintf("%s-%d", engine, n))}
	cfg, st := s.prepare(engine, filepath.Base(from.dir), s.dovecot.IMAPPort, 0)
	from.database = s.database
	s.grow(engine, cfg)
	if err := st.Close(); err != nil { // the last one: then SQLite has it all in one file
		s.b.Fatal(err)
	}
	return from
}

// runGrown drains the mailbox into a copy of a database.
func (s *stage) runGrown(from *base, round int) figures {
	b := s.b
	s.fill()
	s.stored = from.stored
	dir := filepath.Join(s.dir, fmt.Sprintf("%s-%d-%d", from.engine, from.stored, round))
	if err := os.CopyFS(dir, os.DirFS(from.dir)); err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cfg := s.configure(from.engine, dir, from.database, s.dovecot.IMAPPort, 0)
	st := openStore(b, cfg)
	defer func() {
		if err := st.Close(); err != nil {
			b.Error(err)
		}
		if from.engine == "postgres" {
			s.pg.DropDatabase(b, s.database)
		}
	}()
	return s.drain(cfg, st)
}

func (s *stage) reportGrowth(engine string, runs map[int][]figures) {
	fmt.Printf("%-10s %-34s %10s %14s %10s %12s\n", engine, fmt.Sprintf("%d mails, median of %d", *mails, *rounds), "mails/s", "CPU-s/1,000", "RSS MiB", "answered/s")
	sizes := s.sizes()
	first := runs[sizes[0]]
	for _, n := range sizes {
		report(fmt.Sprintf("with %d stored", n), runs[n])
		times := func(of func(figures) float64) string {
			return fmt.Sprintf("%.2f times", median(runs[n], of)/median(first, of))
		}
		read, written := func(f figures) float64 { return f.read }, func(f figures) float64 { return f.written }
		fmt.Printf("growth %s: %d stored, %s the time for a mail, %s the processor's, %s the bytes read (%.0f KiB), %s the bytes written (%.0f KiB)\n",
			engine, n, times(func(f figures) float64 { return 1 / f.rate }), times(func(f figures) float64 { return f.cpu }),
			times(read), median(runs[n], read), times(written), median(runs[n], written))
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
	s.growTickets(engine, db)
}

// growTickets writes what two of five mails asked for, all of it ended.
func (s *stage) growTickets(engine string, db *sql.DB) {
	digest := digestOf(engine, "old.id")
	for _, query := range []string{
		fmt.Sprintf(`INSERT INTO tickets (number, client_id, requester_id, team, subject, message_id, created_at)
			SELECT 'OLD-' || i, c.client_id, c.id, 'support', 'Access', 'id-' || i, c.created_at FROM %s
			JOIN contacts c ON c.id = (SELECT min(id) FROM contacts WHERE name = 'Gina') + i %% %d`, numbers(engine, s.stored*2/5), *contacts/3*3),
		`INSERT INTO requests (ticket_id, position, client_id, requester_id, action, name, email, roles, reason, state, stages, stage, round, rule, rule_text,
			outside, moves_power, created_at, updated_at) SELECT id, 1, client_id, requester_id, 'add_user', 'Marta Tanaka', 'u' || id || '@grown.example',
			'technician', 'covers the night shift while an engineer is on leave', 'expired', 'client security staff', 'client', 1, 'CL-06',
			'Secondary Contacts request access for Technicians, and a Main Contact approves it.', FALSE, FALSE, created_at, created_at FROM tickets`,
		`INSERT INTO approvals (ticket_id, stage, approver_kind, approver_id, name, address, token_digest, text_digest, state, created_at)
			SELECT id, 'client', 'contact', requester_id, 'Gina', 'a' || client_id || '@grown.example', ` + digest + `, ` + digest + `, 'closed', created_at FROM tickets AS old`,
		`INSERT INTO approval_lines (approval_id, number, request_id, round) SELECT a.id, 1, r.id, 1 FROM approvals a JOIN requests r ON r.ticket_id = a.ticket_id`,
		`INSERT INTO timers (kind, request_id, round, due_at, fired_at) SELECT kind, id, 1, created_at, created_at FROM requests,
			(SELECT 'remind' AS kind UNION SELECT 'expiry') AS kinds`,
		`INSERT INTO event_payloads (event_id, salt, payload) SELECT id, '5cce51c45bf313cebff71faec9d20692', '{"outbound": 12345, "kind": "answer", "recipient": "a@grown.example"}'
			FROM events WHERE kind = 'noted'`,
	} {
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			s.b.Fatalf("%s: %v", query, err)
		}
	}
	if engine == "postgres" {
		if _, err := db.ExecContext(context.Background(), `VACUUM ANALYZE`); err != nil {
			s.b.Fatal(err)
		}
	}
}

// digestOf is the SQL of a digest for each row: like those of mails and tokens it comes in no order.
func digestOf(engine, of string) string {
	if engine == "postgres" {
		return `encode(sha256(CAST(` + of + ` AS text)::bytea), 'hex')`
	}
	return `lower(hex(randomblob(32)))`
}

// numbers are rows i from 1 to n.
func numbers(engine string, n int) string {
	if engine == "postgres" {
		return fmt.Sprintf(`generate_series(1, %d) AS n(i)`, n)
	}
	return fmt.Sprintf(`(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n) AS n`, n)
}

// transferred is how much a process has read and written so far, to files and servers alike, in KiB for a mail (proc(5)).
func transferred(b *testing.B, pid int) (read, written float64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(text), "rchar: %f\nwchar: %f", &read, &written); err != nil {
		b.Fatal(err)
	}
	each := float64(*mails) * 1024
	return read / each, written / each
}
