package message

import (
	"bytes"
	"errors"
	"strings"
	"unicode"

	"github.com/countersign/countersign/internal/mailaddr"
)

// addressList is what an address-list field (RFC 5322 section 3.4) holds.
type addressList struct {
	mailboxes []Mailbox
	group     bool // it has group syntax
	malformed bool // something in it is no address, or may be read in two ways
}

// item is one list element while it is read. Its buffers serve all elements.
type item struct {
	phrase   []byte // text outside brackets and comments, quotes removed
	comment  []byte
	addr     string // between angle brackets
	angle    bool
	quoted   bool // the phrase has a quoted-string
	raw      []byte
	atPhrase bool // an @ outside quotes, brackets and comments
	broken   bool
}

func (it *item) reset() {
	*it = item{phrase: it.phrase[:0], comment: it.comment[:0], raw: it.raw[:0]}
}

// readAddresses reads a list leniently and marks what a strict reader would refuse, because To may be sloppy and From not.
// It takes one pass.
func readAddresses(s string) addressList {
	var l addressList
	var phrase, raw [64]byte // enough for most
	it := item{phrase: phrase[:0], raw: raw[:0]}
	inGroup := false
	for i := 0; i < len(s); {
		c := s[i]
		i++
		switch c {
		case '"':
			i = it.readQuoted(s, i)
		case '(':
			i = it.readComment(s, i)
		case '<':
			i = it.readAngle(s, i)
		case ',':
			l.add(&it)
			it.reset()
		case ';':
			l.malformed = l.malformed || !inGroup
			l.add(&it)
			it.reset()
			inGroup = false
		case ':':
			l.malformed = l.malformed || inGroup || it.angle
			l.group, inGroup = true, true
			it.reset()
		default:
			it.text(c)
		}
	}
	l.add(&it)
	l.malformed = l.malformed || inGroup
	return l
}

func (it *item) text(c byte) {
	it.raw = append(it.raw, c)
	it.phrase = append(it.phrase, c)
	it.atPhrase = it.atPhrase || c == '@'
	it.broken = it.broken || c == '>' || it.angle && !isBlank(c)
}

func (it *item) readQuoted(s string, i int) int {
	it.broken = it.broken || it.angle
	it.quoted = true
	it.raw = append(it.raw, '"')
	for i < len(s) {
		c := s[i]
		i++
		it.raw = append(it.raw, c)
		if c == '"' {
			return i
		}
		if c == '\\' && i < len(s) {
			c = s[i]
			i++
			it.raw = append(it.raw, c)
		}
		it.phrase = append(it.phrase, c)
	}
	it.broken = true
	return i
}

func (it *item) readComment(s string, i int) int {
	it.raw = append(it.raw, ' ')
	for depth := 1; i < len(s); {
		c := s[i]
		i++
		switch {
		case c == '\\' && i < len(s):
			c = s[i]
			i++
		case c == '(':
			depth++
		case c == ')':
			depth--
			if depth == 0 {
				return i
			}
		}
		it.comment = append(it.comment, c)
	}
	it.broken = true
	return i
}

func (it *item) readAngle(s string, i int) int {
	it.broken = it.broken || it.angle
	quoted := false
	start := i
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '>' && !quoted:
			if !it.angle {
				it.addr = s[start:i]
			}
			it.angle = true
			return i + 1
		}
	}
	if !it.angle {
		it.addr, it.angle = s[start:], true
	}
	it.broken = true
	return len(s)
}

// add ends an item. Empty ones are allowed (RFC 5322 section 4.4).
func (l *addressList) add(it *item) {
	if len(l.mailboxes) > maxAddresses {
		return // one more than any reader here takes
	}
	phrase, addr := it.phrase, it.addr
	if !it.angle {
		phrase, addr = it.comment, string(bytes.TrimSpace(it.raw))
		if addr == "" {
			l.malformed = l.malformed || it.broken
			return
		}
		if i := strings.LastIndexAny(addr, " \t"); i >= 0 && !it.quoted {
			phrase, addr = []byte(addr[:i]), addr[i+1:]
			l.malformed = true
		}
	}
	a, err := mailaddr.Parse(addr)
	// <user@example.org> behind an unquoted other@example.org, or an encoded word as local part: which address is
	// meant depends on the reader.
	l.malformed = l.malformed || err != nil || it.broken || it.angle && it.atPhrase || strings.Contains(addr, "=?")
	if err == nil {
		l.mailboxes = append(l.mailboxes, Mailbox{Name: decodeWords(string(phrase)), Address: a})
	}
}

var (
	errNoFrom        = errors.New("no From field")
	errManyFrom      = errors.New("more than one From field")
	errFromName      = errors.New("the name of the From field is malformed")
	errFromControl   = errors.New("control characters in the From field")
	errFromMalformed = errors.New("the From field is malformed")
	errFromGroup     = errors.New("the From field has a group")
	errFromNone      = errors.New("no address in the From field")
	errFromMany      = errors.New("more than one address in the From field")
)

// readAuthor applies RFC 5322 section 3.6.2 as strictly as senderauth needs it: one From field with one address, which no
// reader can take for another one.
func readAuthor(fields []Field) (Mailbox, error) {
	var from []Field
	for _, f := range fields {
		if looksLikeFrom(f.Name) {
			from = append(from, f)
		}
	}
	switch {
	case len(from) == 0:
		return Mailbox{}, errNoFrom
	case len(from) > 1:
		return Mailbox{}, errManyFrom
	case !strings.EqualFold(from[0].Name, "From"):
		return Mailbox{}, errFromName
	case strings.ContainsFunc(from[0].Body, isControl), strings.Contains(from[0].Body, "=?") && strings.ContainsFunc(joinWords(from[0].Body), isControl):
		return Mailbox{}, errFromControl
	}
	l := readAddresses(from[0].Body)
	switch {
	case l.group:
		return Mailbox{}, errFromGroup
	case len(l.mailboxes) > 1:
		return Mailbox{}, errFromMany
	case l.malformed:
		return Mailbox{}, errFromMalformed
	case len(l.mailboxes) == 0:
		return Mailbox{}, errFromNone
	}
	return l.mailboxes[0], nil
}

func isControl(r rune) bool { return r != '\t' && unicode.IsControl(r) }
