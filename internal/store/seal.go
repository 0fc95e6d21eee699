package store

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"slices"
)

// sealer encrypts outgoing mail at rest with AES-256-GCM: it carries tokens that nobody who reads the database, or a
// backup of it, may use.
type sealer struct {
	aead cipher.AEAD
	rand io.Reader
}

func newSealer(key []byte, rand io.Reader) (*sealer, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("preparing the secret key: it has %d bytes, 32 are needed", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing the secret key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("preparing the secret key: %w", err)
	}
	return &sealer{aead: aead, rand: rand}, nil
}

// seal binds the bytes to the row's Message-ID digest, so that sealed bytes cannot be swapped between rows. What is sealed is
// appended to b.
func (s *sealer) seal(b, plain []byte, row string) ([]byte, error) {
	start := len(b)
	b = append(slices.Grow(b, s.aead.NonceSize()+len(plain)+s.aead.Overhead()), make([]byte, s.aead.NonceSize())...)
	nonce := b[start:]
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return nil, fmt.Errorf("making a nonce: %w", err)
	}
	return s.aead.Seal(b, nonce, plain, []byte(row)), nil
}

// open writes what it opens where it was sealed.
func (s *sealer) open(sealed []byte, row string) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("opening a sealed mail: %d bytes are too few", len(sealed))
	}
	plain, err := s.aead.Open(sealed[n:n], sealed[:n], sealed[n:], []byte(row))
	if err != nil {
		return nil, fmt.Errorf("opening a sealed mail (was the secret key changed?): %w", err)
	}
	return plain, nil
}
