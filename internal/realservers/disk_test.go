package realservers

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestDiskLosesWhatWasNotSynced(t *testing.T) {
	t.Parallel()
	d := Disk(t, 16)
	write := func(name string, sync bool) {
		t.Helper()
		f, err := os.Create(filepath.Join(d.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString("promised"); err != nil {
			t.Fatal(err)
		}
		if sync {
			if err := f.Sync(); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("synced", true)
	write("unsynced", false)
	d.CutPower()
	if b, err := os.ReadFile(filepath.Join(d.Dir, "synced")); err != nil || string(b) != "promised" {
		t.Errorf("what was synced is %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(d.Dir, "unsynced")); err == nil && len(b) > 0 {
		t.Errorf("what was not synced is there: %q", b)
	}
}

func TestDiskIsFull(t *testing.T) {
	t.Parallel()
	d := Disk(t, 16)
	d.Fill()
	path := filepath.Join(d.Dir, "more")
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("writing to a full disk: %v", err)
	}
	d.Free()
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Error(err)
	}
}
