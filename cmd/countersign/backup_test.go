package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/config"
	"github.com/countersign/countersign/internal/daemon"
)

// A backup made beside an open database is whole, private and never overwritten; a restore needs the place to be free, the
// key that belongs to it, and a file that is a backup.
func TestBackupCommands(t *testing.T) {
	t.Parallel()
	path := sqliteConfig(t)
	dir := filepath.Dir(path)
	cfg := "--config=" + path
	must(t, "client", "import", cfg, file(t, "clients.yaml", clients))
	loaded, err := config.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.OpenStore(t.Context(), loaded, daemon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.TakeOver(t.Context()); err != nil { // as a daemon does
		t.Fatal(err)
	}
	backup := filepath.Join(dir, "backup.db")
	if out := must(t, "backup", cfg, backup); !strings.Contains(out, "secret.key is not in it") {
		t.Errorf("backup: %s", out)
	}
	info, err := os.Stat(backup)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v", info.Mode(), err)
	}
	before, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, "backup", cfg, backup); code != exitFailed || !strings.Contains(errs, "exists") {
		t.Errorf("a second backup of that name: exit code %d, %s", code, errs)
	}
	if after, err := os.ReadFile(backup); err != nil || !bytes.Equal(before, after) {
		t.Error("a refused backup has changed the file")
	}
	wantRefused := func(want string, args ...string) {
		t.Helper()
		if code, _, errs := call(t, append([]string{"restore", cfg}, args...)...); code == exitDone || !strings.Contains(errs, want) {
			t.Errorf("restore %s: exit code %d, %s; want %q", strings.Join(args, " "), code, errs, want)
		}
	}
	wantRefused("in use by another countersign", "--force", backup)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused("with --force it is replaced", backup)
	wantRefused("no SQLite database", "--force", path)
	wantRefused("finding the backup", "--force", filepath.Join(dir, "none.db"))
	wantRefused("name the file")
	wantRefused("is for PostgreSQL", "--loaded")

	must(t, "staff", "add", cfg, "--name", "Late Lou", "--email", "lou@provider.example", "--team", "support")
	out := must(t, "restore", cfg, "--force", backup)
	if !strings.Contains(out, "0 outgoing mails are withheld") || !strings.Contains(out, "the database before is now "+filepath.Join(dir, "test.db.replaced-")) {
		t.Errorf("restore: %s", out)
	}
	if out := must(t, "staff", "list", cfg); strings.Contains(out, "Late Lou") || !strings.Contains(out, "Paul Novak") {
		t.Errorf("after the restore there is %s", out)
	}
	if out := must(t, "audit", "verify", cfg); !strings.Contains(out, "whole") {
		t.Errorf("audit verify: %s", out)
	}
	leftovers, err := filepath.Glob(filepath.Join(dir, "*.restoring*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left over: %v, %v", leftovers, err)
	}
	// Without its key a backup is of no use, and a new key must not be made in its place.
	if err := os.Remove(filepath.Join(dir, "secret.key")); err != nil {
		t.Fatal(err)
	}
	wantRefused("the secret key is missing", "--force", backup)
}
