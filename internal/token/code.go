package token

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unique"
)

const (
	codeDigits = 6
	codeSpace  = 1_000_000
	// codeLimit is the largest multiple of codeSpace in 32 bits: numbers from there on would favour the low codes.
	codeLimit = 1<<32 - 1<<32%codeSpace
	// codeTries bounds the loop for a reader that is stuck; honest randomness is refused once in 4,000 times.
	codeTries = 64

	codePlaceholder = "[code]"
)

// Code is a six-digit number that a person copies from a mail onto a page. The zero value is no code.
type Code struct {
	value unique.Handle[string] // as in Token
}

// MintCode makes a code, each of the million as likely as any other.
func MintCode(rand io.Reader) (Code, error) {
	var b [4]byte
	for range codeTries {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return Code{}, fmt.Errorf("reading randomness for a code: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]); n < codeLimit {
			return Code{unique.Make(fmt.Sprintf("%0*d", codeDigits, n%codeSpace))}, nil
		}
	}
	return Code{}, errors.New("reading randomness for a code: the source repeats itself")
}

// ParseCode reads a code as people type it: blanks and dashes anywhere do not count.
func ParseCode(s string) (Code, bool) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, s)
	if len(digits) != codeDigits || strings.Trim(digits, "0123456789") != "" {
		return Code{}, false
	}
	return Code{unique.Make(digits)}, true
}

// IsZero reports whether c is no code.
func (c Code) IsZero() bool { return c == Code{} }

// Reveal is the six digits; "" for the zero code.
func (c Code) Reveal() string {
	if c.IsZero() {
		return ""
	}
	return c.value.Value()
}

// Digest is what is stored of the code; "" for the zero code. The salt, one per challenge, keeps a table of the million
// digests from being made once for all.
func (c Code) Digest(salt string) Digest {
	if c.IsZero() {
		return ""
	}
	return digest(salt, c.Reveal())
}

// MatchesCode reports in constant time whether d is the digest of c with salt. Nothing matches the zero code.
func (d Digest) MatchesCode(c Code, salt string) bool {
	return !c.IsZero() && subtle.ConstantTimeCompare([]byte(d), []byte(c.Digest(salt))) == 1
}

// Equal is == for go-cmp.
func (c Code) Equal(o Code) bool { return c == o }

// String is a placeholder.
func (c Code) String() string { return codePlaceholder }

// Format writes the placeholder for every verb.
func (c Code) Format(f fmt.State, _ rune) { io.WriteString(f, codePlaceholder) }

// MarshalText is the placeholder, also in JSON and YAML.
func (c Code) MarshalText() ([]byte, error) { return []byte(codePlaceholder), nil }

// LogValue is the placeholder.
func (c Code) LogValue() slog.Value { return slog.StringValue(codePlaceholder) }
