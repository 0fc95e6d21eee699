package mailaddr

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ErrInvalid is wrapped by every error of this package. No error text repeats the address, so it may be logged.
var ErrInvalid = errors.New("invalid address")

// Octet limits: an addr-spec has to fit into a path (RFC 5321 section 4.5.3.1.3, with its brackets), a domain into the
// DNS. The 64 octets for a local part are not enforced: bounce addresses of mailing services exceed them.
const (
	MaxLength       = 254
	MaxDomainLength = 253
	maxLabel        = 63
	// maxInput holds off what cannot end within the limits (quoted pairs and UTF-8 shrink): Punycode takes quadratic time.
	maxInput = 4 * MaxLength
)

// Parse reads one addr-spec, without display name and angle brackets. It accepts quoted local parts, UTF-8 (RFC 6531) and
// U-labels, and trims blanks around it. It refuses comments, control and invisible characters, and IP addresses as domain.
func Parse(s string) (Address, error) {
	s = strings.Trim(s, " \t\r\n")
	if local, domain, found := strings.Cut(s, "@"); found && isPlain(local, domain) {
		return Address{Local: local, Domain: domain}, nil
	}
	switch {
	case s == "":
		return Address{}, invalid("it is empty")
	case len(s) > maxInput:
		return Address{}, invalid("it is longer than %d octets", MaxLength)
	case !utf8.ValidString(s):
		return Address{}, invalid("it is not UTF-8")
	}
	local, domain, err := splitLocal(s)
	if err != nil {
		return Address{}, err
	}
	if strings.IndexFunc(local, unprintable) >= 0 {
		return Address{}, invalid("a control or invisible character in the local part")
	}
	domain, err = ParseDomain(domain)
	if err != nil {
		return Address{}, err
	}
	a := Address{Local: norm.NFC.String(local), Domain: domain}
	if len(a.String()) > MaxLength {
		return Address{}, invalid("it is longer than %d octets", MaxLength)
	}
	return a, nil
}

// isPlain reports whether an address is in its normal form already, as most are: an ASCII dot-atom at a domain of lower case
// that is neither Punycode nor needs a closer look.
func isPlain(local, domain string) bool {
	if len(local)+1+len(domain) > MaxLength || !isPlainDomain(domain) {
		return false
	}
	dot := true // nothing, or a dot, stands before
	for i := range len(local) {
		c := local[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '+':
			dot = false
		case c == '.' && !dot:
			dot = true
		default:
			return false
		}
	}
	return !dot
}

// isPlainDomain reports whether ParseDomain would return s as it is, as far as that can be told at once.
func isPlainDomain(s string) bool {
	if len(s) > MaxDomainLength {
		return false
	}
	size, digits := 0, true // of the label so far
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
			digits = false
		case '0' <= c && c <= '9':
		case c == '-':
			if size == 0 || size == 3 && s[i-1] == '-' {
				return false
			}
			digits = false
		case c == '.':
			if size == 0 || size > maxLabel || s[i-1] == '-' {
				return false
			}
			size, digits = 0, true
			continue
		default:
			return false
		}
		size++
	}
	return size > 0 && size <= maxLabel && s[len(s)-1] != '-' && !digits
}

// ParseDomain returns a domain in A-labels, lower case, without final dot. It refuses what no mail domain can be: an empty
// label, characters outside letters, digits and hyphen, an IP address.
func ParseDomain(s string) (string, error) {
	if s == "" {
		return "", invalid("the domain is missing")
	}
	if isPlainDomain(s) {
		return s, nil
	}
	if s[0] == '[' {
		return "", invalid("the domain is an address literal")
	}
	if len(s) > maxInput {
		return "", invalid("the domain is longer than %d octets", MaxDomainLength)
	}
	domain, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return "", invalid("the domain is no domain name")
	}
	// idna looks at a label's directions before it maps ℵ to א (RFC 5893): what it makes must hold by itself.
	if again, err := idna.Lookup.ToASCII(domain); err != nil || again != domain {
		return "", invalid("the domain is no domain name")
	}
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if len(domain) > MaxDomainLength {
		return "", invalid("the domain is longer than %d octets", MaxDomainLength)
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return "", invalid("the domain is no domain name")
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", invalid("the domain is an IP address")
	}
	return domain, nil
}

// splitLocal cuts s at the @ behind the local part and unquotes the latter.
func splitLocal(s string) (local, domain string, err error) {
	if s[0] == '"' {
		return splitQuoted(s)
	}
	local, domain, found := strings.Cut(s, "@")
	switch {
	case !found:
		return "", "", invalid("the @ is missing")
	case local == "":
		return "", "", invalid("the local part is empty")
	case !isDotAtom(local):
		return "", "", invalid("the local part needs quotes")
	}
	return local, domain, nil
}

// splitQuoted is splitLocal for a quoted-string (RFC 5322 section 3.2.4).
func splitQuoted(s string) (local, domain string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			domain, found := strings.CutPrefix(s[i+1:], "@")
			if !found {
				return "", "", invalid("no @ behind the quoted local part")
			}
			if b.Len() == 0 {
				return "", "", invalid("the local part is empty")
			}
			return b.String(), domain, nil
		case '\\':
			i++
			if i == len(s) {
				return "", "", invalid("the quoted local part has no end")
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", invalid("the quoted local part has no end")
}

// quoteLocal returns the local part as a dot-atom if it is one, else as a quoted-string.
func quoteLocal(local string) string {
	if isDotAtom(local) {
		return local
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
}

// isDotAtom reports whether s is a dot-atom-text (RFC 5322 section 3.2.3), UTF-8 allowed (RFC 6532).
func isDotAtom(s string) bool {
	dot := true // nothing, or a dot, stands before
	for i := range len(s) {
		c := s[i]
		if c == '.' && dot || c != '.' && !isAtext(c) {
			return false
		}
		dot = c == '.'
	}
	return !dot
}

func isAtext(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '.', '"', 0x7f:
		return false
	}
	return c > ' '
}

func isLabel(s string) bool {
	if s == "" || len(s) > maxLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// unprintable finds what could make two addresses look alike: controls, format characters (bidi, zero width), odd blanks.
func unprintable(r rune) bool {
	return r == utf8.RuneError || r != ' ' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z)
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
