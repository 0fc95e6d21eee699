package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/store"
)

// On SQLite there is one daemon: a second is refused, and what a dead one had claimed is free at once.
func TestTakeOverSQLite(t *testing.T) {
	t.Parallel()
	cfg := store.Config{Driver: "sqlite", Path: filepath.Join(t.TempDir(), "countersign.db")}
	dead := open(t, cfg)
	if err := dead.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := dead.StoreMails(t.Context(), "support", oneMail(), 1, 1); err != nil {
		t.Fatal(err)
	}
	if claimed, err := dead.ClaimInbound(t.Context(), time.Hour, 1); err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	if held, err := dead.LeaseMailbox(t.Context(), "support", "dead", time.Hour); err != nil || !held {
		t.Fatalf("leasing the mailbox: %v, %v", held, err)
	}
	second := open(t, cfg) // the command line may read and write beside the daemon
	if err := second.TakeOver(t.Context()); err == nil || !strings.Contains(err.Error(), "in use by another countersign") {
		t.Errorf("a second daemon: %v", err)
	}
	if claimed, err := second.ClaimInbound(t.Context(), time.Hour, 1); err != nil || len(claimed) != 0 {
		t.Errorf("beside the daemon %v was claimed, %v", claimed, err)
	}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	next := open(t, cfg)
	if err := next.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if claimed, err := next.ClaimInbound(t.Context(), time.Hour, 1); err != nil || len(claimed) != 1 || claimed[0].Attempts != 2 {
		t.Errorf("after a restart %+v was claimed, %v", claimed, err)
	}
	if held, err := next.LeaseMailbox(t.Context(), "support", "next", time.Hour); err != nil || !held {
		t.Errorf("leasing the mailbox after a restart: %v, %v", held, err)
	}
}

// On PostgreSQL others may be at work: nothing of theirs is touched.
func (c *cluster) testTakeOver(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	first, second := open(t, cfg), open(t, cfg)
	if err := first.StoreMails(t.Context(), "support", oneMail(), 1, 1); err != nil {
		t.Fatal(err)
	}
	if claimed, err := first.ClaimInbound(t.Context(), time.Hour, 1); err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	for _, s := range []*store.Store{first, second} {
		if err := s.TakeOver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if claimed, err := second.ClaimInbound(t.Context(), time.Hour, 1); err != nil || len(claimed) != 0 {
		t.Errorf("the second daemon claimed %v, %v", claimed, err)
	}
}
