package realservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// DiskDrive is a small disk of its own: an ext4 file system in a file. It can be full, and it can lose its power.
type DiskDrive struct {
	Dir string // where it is mounted

	t     testing.TB
	image string
}

// CanMount reports whether this process may mount a disk: a container often may not, root or no.
func CanMount(t testing.TB) bool {
	t.Helper()
	d, err := newDisk(t, 8)
	if err == nil {
		err = run("umount", d.Dir)
	}
	return err == nil
}

// Disk makes and mounts an empty disk. It needs root, as Postfix does, and a kernel that lets it use loop devices.
func Disk(t testing.TB, megabytes int64) *DiskDrive {
	t.Helper()
	d, err := newDisk(t, megabytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.run("umount", "--lazy", d.Dir) })
	return d
}

func newDisk(t testing.TB, megabytes int64) (*DiskDrive, error) {
	t.Helper()
	mkfs := find(t, "mkfs.ext4", "e2fsprogs", "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4")
	dir := newDir(t, lookUp(t, ""))
	d := &DiskDrive{Dir: filepath.Join(dir, "disk"), t: t, image: filepath.Join(dir, "image")}
	f, err := os.Create(d.image)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Truncate(megabytes << 20); err != nil {
		return nil, err
	}
	if err := run(mkfs, "-q", "-F", "-m", "0", d.image); err != nil {
		return nil, err
	}
	if err := os.Mkdir(d.Dir, 0o755); err != nil {
		return nil, err
	}
	return d, run("mount", "-o", "loop", d.image, d.Dir)
}

// CutPower leaves on the disk what had reached it, which is what was synced and perhaps some more: what lay in the memory
// of the system is lost. Whoever used the disk must be dead.
func (d *DiskDrive) CutPower() {
	d.t.Helper()
	// Before the file system is unmounted, and writes what it has not yet written.
	d.run("cp", "--sparse=always", d.image, d.image+".cut")
	d.run("umount", d.Dir)
	if err := os.Rename(d.image+".cut", d.image); err != nil {
		d.t.Fatal(err)
	}
	d.run("mount", "-o", "loop", d.image, d.Dir)
}

// Fill leaves no room on the disk, until Free.
func (d *DiskDrive) Fill() {
	d.t.Helper()
	f, err := os.Create(d.filler())
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	// Ever smaller pieces: what is free may lie in many places.
	for piece := 1 << 20; piece >= 1<<9; piece /= 2 {
		b := make([]byte, piece)
		for err = nil; err == nil; {
			_, err = f.Write(b)
		}
	}
	if err := f.Sync(); err != nil {
		d.t.Fatal(err)
	}
}

// Free undoes Fill. What ext4 frees can be had only when its journal is committed.
func (d *DiskDrive) Free() {
	d.t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		d.t.Fatal(err)
	}
	d.run("sync", "--file-system", d.Dir)
}

func (d *DiskDrive) filler() string { return filepath.Join(d.Dir, "filler") }

func (d *DiskDrive) run(name string, args ...string) {
	d.t.Helper()
	if err := run(name, args...); err != nil {
		d.t.Fatal(err)
	}
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v (this needs root and loop devices): %w\n%s", name, args, err, out)
	}
	return nil
}
