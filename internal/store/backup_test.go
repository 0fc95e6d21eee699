package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

// What a restore that was interrupted has left, with its log, is no part of the next one.
func TestRestoreAfterInterruption(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := withDefaults(store.Config{Driver: "sqlite", Path: filepath.Join(dir, "countersign.db")})
	s := open(t, cfg)
	if err := s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 7}); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(dir, "backup.db")
	if err := store.Backup(t.Context(), cfg, backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	interrupted := cfg
	interrupted.Path = filepath.Join(dir, "interrupted.db")
	copyFile(t, backup, interrupted.Path)
	other := open(t, interrupted)
	if err := other.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1000}); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} { // as when the power goes
		copyFile(t, interrupted.Path+suffix, cfg.Path+".restoring"+suffix)
	}
	if _, err := store.Restore(t.Context(), cfg, backup, true); err != nil {
		t.Fatal(err)
	}
	if c, _, err := open(t, cfg).Cursor(t.Context(), "support"); err != nil || c.UID != 7 {
		t.Errorf("the cursor is at UID %d, %v; want that of the backup", c.UID, err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := os.Stat(cfg.Path + ".restoring" + suffix); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("restoring%s is left: %v", suffix, err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
