package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
)

// An unescaped '#' or '?' in a path would silently open another file.
func TestSQLitePath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a#b.db", "a?b.db", "a?mode=memory.db", "a%41b.db", "a b+c&d;e.db", "é.db", "file:a.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := openSQLiteFile(t, filepath.Join(dir, name))
			if err := s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 7}); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var files []string
			for _, e := range entries {
				files = append(files, e.Name())
			}
			if diff := cmp.Diff([]string{name}, files); diff != "" {
				t.Errorf("files in the directory (-want +got):\n%s", diff)
			}
			c, ok, err := openSQLiteFile(t, filepath.Join(dir, name)).Cursor(t.Context(), "support")
			uid := c.UID
			if err != nil || !ok || uid != 7 {
				t.Errorf("after opening again the cursor is %d, %v, %v; want 7", uid, ok, err)
			}
		})
	}
}

func TestSQLitePragmas(t *testing.T) {
	t.Parallel()
	s := openSQLiteFile(t, filepath.Join(t.TempDir(), "countersign.db"))
	for name, pool := range map[string]*sqlx.DB{"write": s.db.DB, "read": s.read.DB} {
		want := map[string]string{"foreign_keys": "1", "synchronous": "2", "journal_mode": "wal", "busy_timeout": "5000",
			"cache_size": map[string]string{"write": "-256", "read": "-32"}[name]}
		for i, conn := range wholePool(t, pool) {
			for pragma, value := range want {
				var got string
				if err := conn.GetContext(t.Context(), &got, "PRAGMA "+pragma); err != nil {
					t.Fatal(err)
				}
				if got != value {
					t.Errorf("connection %d of the %s pool has %s = %s, want %s", i, name, pragma, got, value)
				}
			}
		}
	}
}

// wholePool takes every connection that a pool may have.
func wholePool(t *testing.T, pool *sqlx.DB) []*sqlx.Conn {
	t.Helper()
	n := pool.Stats().MaxOpenConnections
	if n < 1 {
		t.Fatalf("the pool has no bound: %d", n)
	}
	var all []*sqlx.Conn
	for range n {
		c, err := pool.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		all = append(all, c)
	}
	return all
}

func openSQLiteFile(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(context.WithoutCancel(t.Context()), Config{Driver: "sqlite", Path: path, Key: bytes.Repeat([]byte{7}, 32), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
