package daemon

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/countersign/countersign/internal/config"
)

// signedFields are signed and, each named once more than it occurs, cannot be added to afterwards (RFC 6376 section 8.15).
var signedFields = []string{"From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-ID", "Message-ID",
	"Reply-To", "Reply-To", "In-Reply-To", "In-Reply-To", "References", "References", "MIME-Version", "Content-Type", "Auto-Submitted"}

// signer reads the DKIM key and returns what signs one rendered mail; nil where no key is configured.
func signer(cfg *config.DKIM) (func([]byte) ([]byte, error), error) {
	if cfg == nil {
		return nil, nil
	}
	data, err := os.ReadFile(cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("reading dkim.key_file: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("reading dkim.key_file: %s holds no PEM block", cfg.KeyFile)
	}
	key, err := parseKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading dkim.key_file %s: %w", cfg.KeyFile, err)
	}
	opts := &dkim.SignOptions{Domain: cfg.Domain, Selector: cfg.Selector, Signer: key, HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}
	return func(raw []byte) ([]byte, error) {
		var out bytes.Buffer
		if err := dkim.Sign(&out, bytes.NewReader(raw), opts); err != nil {
			return nil, fmt.Errorf("signing with DKIM: %w", err)
		}
		return out.Bytes(), nil
	}, nil
}

func parseKey(der []byte) (crypto.Signer, error) {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	s, ok := k.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign", k)
	}
	return s, nil
}
