package store_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/migrations"
)

var freeze = flag.Bool("freeze", false, "write the databases of versions that are not frozen yet")

// addedRows are what each version of the program added to what was there, in the tables and columns that it brought: at
// least one row for each new table. $1 is written, $2 a sealed mail. A new migration needs an entry here, and then
// go test ./internal/store -run TestFrozen -args -freeze; what is frozen is never written again.
var addedRows = map[int64][]string{
	1: firstVersion,
	2: {
		`UPDATE requests SET reminders = 1, escalated = TRUE WHERE id = 2`,
		`INSERT INTO delegations (client_id, request_id, from_id, to_id, ends_at, state, created_at) VALUES (1, 1, 1, 3, $1, 'active', $1)`,
		`INSERT INTO timers (kind, round, due_at) VALUES ('digest', 0, $1)`,
	},
	3: {
		`UPDATE contacts SET physical_access = TRUE WHERE id = 1`,
		`INSERT INTO contact_grants (contact_id, capability) VALUES (2, '+billing:view')`,
		`INSERT INTO tickets (number, client_id, staff_id, team, subject, message_id, created_at) VALUES ('REQ-2026-00002', 1, 1, 'support', 'A visit', 'second@provider.example', $1)`,
		`INSERT INTO requests (ticket_id, position, client_id, staff_id, action, name, email, roles, reason, state, stages, stage, round, rule, rule_text, outside,
			moves_power, created_at, updated_at, details) VALUES (2, 1, 1, 1, 'visit', 'Vera Visit', '', '', 'Rack 6', 'completed', '', '', 0, 'CL-16', 'A visit.', FALSE, FALSE, $1, $1, '')`,
		`INSERT INTO visits (client_id, request_id, host_id, uid, sequence, name, address, company, site, escort, reason, starts_at, ends_at, state)
			VALUES (1, 4, 1, 'uid-1', 1, 'Vera Visit', '', 'Visit Ltd', 'Frankfurt', TRUE, 'Rack 6', $1, $1, 'confirmed')`,
		`INSERT INTO policy_acceptances (contact_id, policy, version, accepted_at) VALUES (1, 'https://www.provider.example/badge', '2026-01', $1)`,
	},
	4: {
		`UPDATE inbound_messages SET level = 'technician', topic = 'technical', may = TRUE WHERE id = 3`,
		`INSERT INTO inbound_messages (mailbox_id, uidvalidity, uid, digest, size, raw, internal_date, stored_at, disposition, reason, attempts, author, handling, handled_by,
			handling_reason, processed_at) VALUES (1, 7, 4, 'd4', 9, 'Subject: z', $1, $1, 'dismissed', 'dismissed', 1, 'eve@stranger.example', 'dismiss', 'sam@provider.example', 'Spam', $1)`,
		`UPDATE mailboxes SET seen = 4, last_uid = 4`,
	},
	5: {
		`INSERT INTO sender_challenges (client_id, contact_id, inbound_id, address, address_key, state, token_digest, salt, code_digest, tries, sealed, expires_at, created_at, ended_at)
			VALUES (1, 1, 1, 'mia@acme.example', 'mia@acme.example', 'passed', '', 'salt', 'code', 4, $2, $1, $1, $1)`,
		`INSERT INTO timers (kind, round, due_at, challenge_id, fired_at) VALUES ('challenge_expiry', 0, $1, 1, $1)`,
		`INSERT INTO todos (kind, about, count, created_at, updated_at) VALUES ('storm', 'robot@acme.example', 3, $1, $1)`,
	},
	6: {
		`INSERT INTO canaries (mailbox, outbound_id, sent_at, due_at, returned_at, returned) VALUES ('support', 1, $1, $1, $1, 5)`,
	},
	7: {
		`INSERT INTO submissions (portal, key_digest, body_digest, response, created_at) VALUES ('shop', 'k', 'b', '{}', $1)`,
	},
	8: {}, // indexes
	9: {},
	10: {
		`UPDATE inbound_messages SET lane = 1 WHERE id = 1`,
	},
	11: {
		`INSERT INTO approval_codes (approval_id, session_digest, salt, code_digest, tries, expires_at, created_at) VALUES (1, 's', 'salt', 'code', 1, $1, $1)`,
	},
	12: {
		`UPDATE outbound_messages SET words_in = '{"de":"Sam Ops mitgeteilt"}' WHERE id = 1`,
	},
	13: {}, // indexes
	14: {}, // indexes
}

// Every version that ever was is kept as a filled database, and goes through all later migrations without loss. A
// migration without its frozen database fails this test.
func TestFrozen(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	freshFile := filepath.Join(t.TempDir(), "fresh.db")
	open(t, store.Config{Driver: "sqlite", Path: freshFile})
	fresh := readSQLite(t, raw(t, "sqlite", filled(freshFile)))
	for _, version := range versions(t) {
		t.Run(fmt.Sprintf("%05d", version), func(t *testing.T) {
			t.Parallel()
			t.Run("sqlite", func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "countersign.db")
				if *freeze {
					freezeOnce(t, "sqlite", version, func() string {
						db := raw(t, "sqlite", filled(path))
						fillTo(t, db, goose.DialectSQLite3, "sqlite", version)
						return dumpSQLite(t, db)
					})
				}
				path = filepath.Join(t.TempDir(), "countersign.db")
				thaw(t, raw(t, "sqlite", filled(path)), "sqlite", version)
				db := raw(t, "sqlite", filled(path))
				forward(t, db, store.Config{Driver: "sqlite", Path: path}, readSQLite)
				if diff := cmp.Diff(fresh, readSQLite(t, db)); diff != "" {
					t.Errorf("an old database does not become what a new one is (-new +old):\n%s", diff)
				}
				if broken := queryText(t, db, `SELECT "table", parent FROM pragma_foreign_key_check`); len(broken) != 0 {
					t.Errorf("rows without their parents: %v", broken)
				}
			})
			t.Run("postgres", func(t *testing.T) {
				t.Parallel()
				if *freeze {
					freezeOnce(t, "postgres", version, func() string {
						name := c.NewDatabase(t, "")
						fillTo(t, rawPostgres(t, c.DSN(name)), goose.DialectPostgres, "postgres", version)
						return cleanDump(string(c.Dump(t, name)))
					})
				}
				name := c.NewDatabase(t, "")
				thaw(t, rawPostgres(t, c.DSN(name)), "postgres", version)
				db := rawPostgres(t, c.DSN(name))
				forward(t, db, c.config(name), readPostgres)
				if diff := cmp.Diff(fresh, readPostgres(t, db)); diff != "" {
					t.Errorf("an old database does not become what a new one is (-new +old):\n%s", diff)
				}
			})
		})
	}
}

// filled is a plain connection whose times are written and read as the program's are.
func filled(path string) string {
	return "file:" + path + "?_pragma=busy_timeout(5000)&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1"
}

func versions(t *testing.T) []int64 {
	t.Helper()
	files, err := fs.Glob(migrations.FS, "sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	var all []int64
	for i := range files { // TestMigrationNumbers: they are consecutive
		all = append(all, int64(i+1))
	}
	return all
}

func frozenFile(engine string, version int64) string {
	return filepath.Join("testdata", "frozen", engine, fmt.Sprintf("%05d.sql", version))
}

// freezeOnce writes a database that is not frozen yet.
func freezeOnce(t *testing.T, engine string, version int64, dump func() string) {
	t.Helper()
	file := frozenFile(engine, version)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(dump()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fillTo walks an empty database through the versions, each of which leaves its rows.
func fillTo(t *testing.T, db *sql.DB, dialect goose.Dialect, engine string, version int64) {
	t.Helper()
	sub, err := fs.Sub(migrations.FS, engine)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		t.Fatal(err)
	}
	for v := int64(1); v <= version; v++ {
		if _, err := p.UpTo(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		fillRows(t, db, addedRows[v])
		if v == 1 {
			fillTrail(t, db)
		}
	}
}

func fillRows(t *testing.T, db *sql.DB, queries []string) {
	t.Helper()
	for _, query := range queries {
		args := []any{written, sealedBy(t, "Dear Max", "row")}
		for len(args) > 0 && !strings.Contains(query, fmt.Sprintf("$%d", len(args))) {
			args = args[:len(args)-1]
		}
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// dumpSQLite writes schema and rows; the indexes last.
func dumpSQLite(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	tables := queryText(t, db, `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`)
	for _, table := range tables {
		fmt.Fprintf(&b, "%s;\n", table[1])
	}
	for _, table := range tables {
		var columns []string
		for _, c := range queryText(t, db, `SELECT name FROM pragma_table_info($1)`, table[0]) {
			columns = append(columns, "quote("+c[0]+")")
		}
		for _, row := range queryText(t, db, `SELECT `+strings.Join(columns, ", ")+` FROM `+table[0]+` ORDER BY rowid`) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", table[0], strings.Join(row, ", "))
		}
	}
	for _, index := range queryText(t, db, `SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid`) {
		fmt.Fprintf(&b, "%s;\n", index[0])
	}
	return b.String()
}

// cleanDump leaves out of a pg_dump what belongs to its version, its owner and psql.
func cleanDump(dump string) string {
	var b strings.Builder
	for line := range strings.Lines(dump) {
		if line == "\n" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "SET ") ||
			strings.HasPrefix(line, "SELECT pg_catalog.set_config") || strings.Contains(line, " OWNER TO ") {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// thaw loads a frozen database into an empty one.
func thaw(t *testing.T, db *sql.DB, engine string, version int64) {
	t.Helper()
	dump, err := os.ReadFile(frozenFile(engine, version))
	if err != nil {
		t.Fatalf("version %d is not frozen (%v): add its rows to addedRows, then: go test ./internal/store -run TestFrozen -args -freeze", version, err)
	}
	if _, err := db.ExecContext(t.Context(), string(dump)); err != nil {
		t.Fatalf("loading version %d: %v", version, err)
	}
}

// forward opens a store on an old database, and checks that everything is still there and that work goes on.
func forward(t *testing.T, db *sql.DB, cfg store.Config, read func(*testing.T, *sql.DB) map[string]table) {
	t.Helper()
	columns := map[string][]string{}
	for name, x := range read(t, db) {
		for column := range x.Columns {
			columns[name] = append(columns[name], column)
		}
		slices.Sort(columns[name])
	}
	s := openMigrated(t, db, cfg, columns)
	goesOnFrozen(t, s)
}

// openMigrated opens a store on an old database, whose tables must all have rows, and none of what columns name may change.
func openMigrated(t *testing.T, db *sql.DB, cfg store.Config, columns map[string][]string) *store.Store {
	t.Helper()
	before := readRows(t, db, columns)
	for name, rows := range before {
		if len(rows) == 0 {
			t.Errorf("table %s of the old version has no row: what becomes of it is not tested", name)
		}
	}
	s := open(t, cfg)
	if diff := cmp.Diff(before, readRows(t, db, columns)); diff != "" {
		t.Errorf("the migrations change what was there (-before +after):\n%s", diff)
	}
	return s
}

func goesOnFrozen(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if wrong, err := s.VerifyChains(ctx); err != nil || len(wrong) != 0 {
		t.Errorf("the audit trail: %v, %v", wrong, err)
	}
	if e, err := s.Equation(ctx); err != nil || !e.Holds() || e.Seen < 3 {
		t.Errorf("the equation: %+v, %v", e, err)
	}
	queued, err := s.ClaimOutbound(ctx, time.Minute, 10)
	if err != nil || len(queued) != 1 || string(queued[0].Raw) != "Dear Max" {
		t.Errorf("the queued mail: %v, %v", queued, err)
	}
	if timers, err := s.ClaimTimers(ctx, time.Minute, 10); err != nil || len(timers) < 3 {
		t.Errorf("%d timers are due, want 3 or more; %v", len(timers), err)
	}
	if in, err := s.ClaimInbound(ctx, time.Minute, 10); err != nil || len(in) != 1 || string(in[0].Raw) != "Subject: y" {
		t.Errorf("the pending mail: %v, %v", in, err)
	}
	if st, err := s.Status(ctx, []string{"support"}); err != nil || !st.Holds || len(st.Mailboxes) != 1 || st.Requests["invited"] != 1 {
		t.Errorf("the status: %+v, %v", st, err)
	}
	if requests, err := s.Requests(ctx, 10); err != nil || len(requests) < 3 {
		t.Errorf("%d requests are listed, want 3 or more; %v", len(requests), err)
	}
}
