package config

import (
	"fmt"
	"log/slog"
)

// Secret is a text that is never printed: every formatting verb, slog and the text encodings show only whether it is set.
// The text itself is string(s).
type Secret string

// String is "(set)" or "(not set)".
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set)"
}

// Format prints String for all verbs, also %#v, %q and %x.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue keeps the text out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the text out of JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
