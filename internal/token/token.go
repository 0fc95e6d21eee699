// Package token is the product's secrets that travel by mail: reply, approval and invitation tokens and registration codes.
//
// A token is minted from randomness that is passed in, stored only as a Digest, and found again in the free text of a mail.
// Token and Code print as a placeholder with every formatting verb, in JSON, YAML and logs; Reveal is the only way out.
package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

// Length is the number of characters of a token: 128 bits in base32 without padding.
const Length = 26

const (
	tokenBytes  = 16
	alphabet    = "abcdefghijklmnopqrstuvwxyz234567" // RFC 4648 section 6, lower case as addresses are often written
	placeholder = "[token]"
)

var encoding = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Digest is the hex SHA-256 of a token, or of a salted code: the only form that is stored.
type Digest string

// Token is 128 bits of secret as 26 lower-case base32 characters. The zero value is no token. Tokens can be compared
// with == and used as map keys.
type Token struct {
	// A handle and not a string: fmt cannot call methods on a token in another struct's unexported field, and would
	// print a string there.
	value unique.Handle[string]
}

// Mint makes a token from 128 bits of rand.
func Mint(rand io.Reader) (Token, error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return Token{}, fmt.Errorf("reading randomness for a token: %w", err)
	}
	return Token{unique.Make(encoding.EncodeToString(b[:]))}, nil
}

// Parse reads a token from exactly its 26 characters, in either letter case.
func Parse(s string) (Token, bool) {
	if len(s) != Length {
		return Token{}, false
	}
	var b [Length]byte
	for i := range b {
		c, ok := fold(s[i])
		if !ok {
			return Token{}, false
		}
		b[i] = c
	}
	return Token{unique.Make(string(b[:]))}, true
}

// fold lower-cases a character of the alphabet. Only ASCII folds: strings.ToLower would make a k of the Kelvin sign.
func fold(c byte) (byte, bool) {
	c = lower(c)
	return c, 'a' <= c && c <= 'z' || '2' <= c && c <= '7'
}

// IsZero reports whether t is no token.
func (t Token) IsZero() bool { return t == Token{} }

// Reveal is the token itself, for an address, a header field or a link; "" for the zero token.
func (t Token) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return t.value.Value()
}

// Digest is what is stored of the token; "" for the zero token.
func (t Token) Digest() Digest {
	if t.IsZero() {
		return ""
	}
	return digest(t.Reveal())
}

// Equal is == for go-cmp.
func (t Token) Equal(u Token) bool { return t == u }

// String is a placeholder.
func (t Token) String() string { return placeholder }

// Format writes the placeholder for every verb.
func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, placeholder) }

// MarshalText is the placeholder, also in JSON and YAML.
func (t Token) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// LogValue is the placeholder.
func (t Token) LogValue() slog.Value { return slog.StringValue(placeholder) }

// Matches reports in constant time whether d is the digest of t. Nothing matches the zero token.
func (d Digest) Matches(t Token) bool {
	return !t.IsZero() && subtle.ConstantTimeCompare([]byte(d), []byte(t.Digest())) == 1
}

func digest(parts ...string) Digest {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return Digest(hex.EncodeToString(sum[:]))
}

// DigestOf is the digest of any text that is to be recognised again but not stored.
func DigestOf(text string) Digest { return digest(text) }
