package config

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestLoadOrCreateKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	octets := bytes.Repeat([]byte{0xa5}, KeySize)
	key, err := LoadOrCreateKey(path, bytes.NewReader(octets))
	if err != nil || !bytes.Equal(key, octets) {
		t.Fatalf("%x, %v; want the octets of the reader", key, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got != 0o600 {
		t.Errorf("mode %v, want -rw-------", got)
	}
	data, err := os.ReadFile(path)
	if want := base64.StdEncoding.EncodeToString(octets) + "\n"; err != nil || string(data) != want {
		t.Errorf("file holds %q, %v; want %q", data, err, want)
	}
	again, err := LoadOrCreateKey(path, iotest.ErrReader(fs.ErrClosed))
	if err != nil || !bytes.Equal(again, octets) {
		t.Errorf("second time %x, %v; want the same key and no use of the randomness", again, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files %v, %v; want only the key", left, err)
	}
}

func TestLoadOrCreateKeyRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty":      "",
		"short":      base64.StdEncoding.EncodeToString([]byte("sesame sesame")),
		"long":       base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), KeySize+1)),
		"not-base64": "sesame! " + strings.Repeat("x", 36),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secret.key")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			key, err := LoadOrCreateKey(path, rand.Reader)
			if err == nil || strings.Contains(err.Error(), "sesame") {
				t.Errorf("key %x, error %v; want an error that does not quote the file", key, err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != content {
				t.Errorf("the file now holds %q, %v", after, err)
			}
		})
	}
	t.Run("no-randomness", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "secret.key")
		if _, err := LoadOrCreateKey(path, strings.NewReader("too short")); err == nil {
			t.Error("no error")
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("the file was made")
		}
	})
	t.Run("no-folder", func(t *testing.T) {
		t.Parallel()
		if _, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "no", "secret.key"), rand.Reader); err == nil {
			t.Error("no error")
		}
	})
}

// Daemons that start at the same time on one folder must agree on the key.
func TestLoadOrCreateKeyRace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	keys := make([][]byte, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := LoadOrCreateKey(path, rand.Reader)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wg.Wait()
	for i, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Errorf("key %d is %x, key 0 is %x", i, key, keys[0])
		}
	}
}
