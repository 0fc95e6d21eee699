//go:build !unix

package store

import (
	"fmt"
	"os"
)

// lockFile opens the file alone: there is no lock here that ends with the process, so two daemons are not told apart.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the database: %w", err)
	}
	return f, nil
}
