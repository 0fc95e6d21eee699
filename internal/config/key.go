package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeySize is the number of octets of the key that seals outgoing mail at rest.
const KeySize = 32

// LoadOrCreateKey reads the KeySize octets that path holds in base64. Where there is no such file it makes one with mode
// 0600 from rand; of several processes that do so at once, one wins and all get its key. Errors never quote the file.
func LoadOrCreateKey(path string, rand io.Reader) ([]byte, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = make([]byte, KeySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("drawing a secret key: %w", err)
	}
	err = createWhole(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"))
	if errors.Is(err, fs.ErrExist) {
		return loadKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("creating the secret key file: %w", err)
	}
	return key, nil
}

func loadKey(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the secret key file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("reading the secret key file: %s does not hold %d octets in base64", path, KeySize)
	}
	return key, nil
}

// createWhole makes a new file that is complete and on the disk as soon as it has its name: mail sealed with a key that
// a power cut takes away could never be sent.
func createWhole(path string, data []byte) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil { // unlike a rename, never replaces a file
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
