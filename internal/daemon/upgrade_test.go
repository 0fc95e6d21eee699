package daemon_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/realservers"
)

// TestRollingUpgrade: a later version migrates the database of a daemon that is at work, by all that a migration may do. The
// daemon goes on, whatever it begins or ends then; who starts the old program again is told why that does not do.
func TestRollingUpgrade(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, setup{})
		path := filepath.Join(w.dir, "countersign.db")
		playUpgrade(w, database(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(60000)&_txlock=immediate"),
			`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		pg := realservers.Postgres(t)
		name := pg.NewDatabase(t, "")
		w := newWorld(t, setup{database: onPostgres(pg, name)})
		second := w.launch()
		defer w.end(second)
		playUpgrade(w, database(t, "postgres", pg.DSN(name)),
			`SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name <> 'goose_db_version'`)
	})
}

func database(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // nothing of it is needed any more
	return db
}

func playUpgrade(w *world, db *sql.DB, tables string) {
	t := w.t
	w.burst(10)
	w.chatter(10)
	migrateFurther(t, db, tables)
	w.burst(10)
	w.wantAnswers(20)
	w.send("maria", janeSecondary)
	w.reply("paul", w.get("paul", "Jane Doe", "APPROVE"), "APPROVE")
	w.get("jane", "/register/")
	w.rest()
	// What a later version writes beside it is no obstacle either.
	if _, err := db.ExecContext(t.Context(), `UPDATE inbound_messages SET later = 'of the later version'`); err != nil {
		t.Fatal(err)
	}
	w.send("maria", "Please remove Otto Lang <otto@acme.example>. He has left the company.")
	w.rest()
	e, err := w.main.Store().Equation(t.Context())
	if err != nil || !e.Holds() || e.Counts[access.Quarantined] != 0 {
		t.Errorf("the equation: %+v, %v", e, err)
	}
	// Its number comes last here, since those who look on open the database too.
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) SELECT max(version_id) + 1, TRUE
		FROM goose_db_version`); err != nil {
		t.Fatal(err)
	}
	_, err = daemon.New(t.Context(), w.config(), slog.New(w.log), daemon.Options{})
	if err == nil || !strings.Contains(err.Error(), "use a newer countersign") {
		t.Errorf("the old program starts on the later schema: %v", err)
	}
	if n, _ := w.log.look("worker loop failed; it goes on"); n > 3 { // a deadlock with the migration is one, in each loop
		t.Errorf("%d failures while the schema changed", n)
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`); err != nil {
		t.Fatal(err) // the books are checked by this version
	}
}

// migrateFurther does in one transaction, as migrations do, what a later one may: columns with a default or without a value,
// indexes, tables.
func migrateFurther(t *testing.T, db *sql.DB, tables string) {
	t.Helper()
	var names []string
	rows, err := db.QueryContext(t.Context(), tables)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 20 {
		t.Fatalf("there are %d tables, %v", len(names), err)
	}
	queries := []string{`CREATE TABLE laters (id BIGINT PRIMARY KEY, later TEXT NOT NULL)`}
	for _, name := range names {
		queries = append(queries, fmt.Sprintf(`ALTER TABLE %s ADD COLUMN later TEXT NOT NULL DEFAULT 'x'`, name),
			fmt.Sprintf(`ALTER TABLE %s ADD COLUMN latest BIGINT REFERENCES laters (id)`, name),
			fmt.Sprintf(`CREATE INDEX %s_later ON %s (later)`, name, name))
	}
	for tries := 1; ; tries++ { // as the program does, since it may get into a deadlock
		err := inTransaction(t.Context(), db, queries)
		if err == nil {
			return
		}
		if tries == 10 {
			t.Fatal(err)
		}
	}
}

func inTransaction(ctx context.Context, db *sql.DB, queries []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	for _, query := range queries {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return tx.Commit()
}
