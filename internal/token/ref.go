package token

import (
	"log/slog"
	"slices"
)

// Kind says what a token in a mail stands for.
type Kind string

// The kinds. An invitation token has none: it stands only in the link to the registration page.
const (
	Approval Kind = "a" // one approver's token for one stage round
	Thread   Kind = "t" // a ticket's conversation
	Sender   Kind = "c" // a mail that waits for a code from its author
)

// Ref is a token with its kind, written "a.TOKEN". It stands in the detail of a plus-address (support+a.TOKEN@host), in a
// Message-ID (<a.TOKEN.N@host>) and in the line "Ref: a.TOKEN".
type Ref struct {
	Kind  Kind
	Token Token
}

// String reveals the token, for an address or a header field.
func (r Ref) String() string { return string(r.Kind) + "." + r.Token.Reveal() }

// LogValue tells the kind alone.
func (r Ref) LogValue() slog.Value { return slog.StringValue(string(r.Kind) + "." + placeholder) }

// ParseRef reads exactly one ref, such as the detail of a plus-address.
func ParseRef(s string) (Ref, bool) {
	m, ok := matchRef(s, 1, false)
	if !ok || m.start != 0 || m.end != len(s) {
		return Ref{}, false
	}
	return m.ref(), true
}

// FindRefs lists the refs in a text (header fields or a decoded body) in their order, without doubles.
func FindRefs(text string) []Ref {
	var refs []Ref
	for dot := range len(text) {
		if text[dot] != '.' {
			continue
		}
		m, ok := matchRef(text, dot, false)
		if ok && !slices.Contains(refs, m.ref()) {
			refs = append(refs, m.ref())
		}
	}
	return refs
}

// match is a token found in a text.
type match struct {
	start, end int // of the whole, kind included
	kind       Kind
	chars      [Length]int // where its characters stand
	value      [Length]byte
}

func (m match) ref() Ref {
	t, _ := Parse(string(m.value[:]))
	return Ref{m.kind, t}
}

// matchRef finds the ref whose dot stands at s[dot]. With soft, quoted-printable soft line breaks (RFC 2045 section 6.7)
// between the characters are passed over.
func matchRef[S string | []byte](s S, dot int, soft bool) (match, bool) {
	var m match
	if dot >= len(s) || s[dot] != '.' {
		return m, false
	}
	m.start = before(s, dot, soft)
	if m.start < 0 {
		return m, false
	}
	switch s[m.start] {
	case 'a', 'A':
		m.kind = Approval
	case 't', 'T':
		m.kind = Thread
	case 'c', 'C':
		m.kind = Sender
	default:
		return m, false
	}
	ok := wordStarts(s, m.start, soft) && readToken(s, dot+1, soft, &m)
	return m, ok
}
