package store_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/realservers"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *storetest.Database {
		path := filepath.Join(t.TempDir(), "countersign.db")
		return database(rawSQLite(t, path), store.Config{Driver: "sqlite", Path: path})
	})
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	t.Run("suite", func(t *testing.T) { storetest.Run(t, c.database) })
	t.Run("concurrent opens", c.testConcurrentOpens)
	t.Run("listener killed", c.testListenerKilled)
	t.Run("pool killed", c.testPoolKilled)
	t.Run("no deadlock", c.testNoDeadlock)
	t.Run("held client", c.testHeldClient)
	t.Run("take over", c.testTakeOver)
	t.Run("limit under any plan", c.testLimitUnderAnyPlan)
	t.Run("no database", c.testNoDatabase)
	t.Run("what passes by itself", c.testTransient)
	t.Run("silent connection", c.testSilentConnection)
	t.Run("plans", c.testPlans)
	t.Run("clocks apart", c.testClocksApart)
	t.Run("partition", c.testPartition)
	t.Run("cut off claiming", c.testCutOffClaiming)
}

// cluster is a PostgreSQL server with a migrated database to copy.
type cluster struct {
	*realservers.PostgresServer
	template string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	s := realservers.Postgres(t)
	c := &cluster{PostgresServer: s, template: s.NewDatabase(t, "")}
	// A template must be free of connections.
	if err := open(t, c.config(c.template)).Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cluster) config(name string) store.Config {
	return store.Config{Driver: "postgres", DSN: c.DSN(name)}
}

// database copies the template.
func (c *cluster) database(t *testing.T) *storetest.Database {
	name := c.NewDatabase(t, c.template)
	return database(rawPostgres(t, c.DSN(name)), c.config(name))
}

func rawPostgres(t *testing.T, dsn string) *sql.DB { return raw(t, "postgres", dsn) }

// rawSQLite is a connection of the plainest kind, to a path without special characters.
func rawSQLite(t *testing.T, path string) *sql.DB {
	return raw(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_txlock=immediate&_time_format=sqlite")
}

func raw(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func database(db *sql.DB, cfg store.Config) *storetest.Database {
	return &storetest.Database{
		Config: cfg,
		Exec: func(t testing.TB, query string, args ...any) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		},
		Query: func(t testing.TB, query string, args ...any) [][]string {
			t.Helper()
			return queryText(t, db, query, args...)
		},
	}
}

// queryText returns all rows as text.
func queryText(t testing.TB, db *sql.DB, query string, args ...any) [][]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = text(*v.(*any))
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func text(v any) string {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

var key = bytes.Repeat([]byte{7}, 32)

func withDefaults(cfg store.Config) store.Config {
	cfg.Key, cfg.Now, cfg.Rand = key, time.Now, rand.Reader
	return cfg
}

// open opens a store, which Cleanup closes once more: that must do no harm.
func open(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), withDefaults(cfg))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
