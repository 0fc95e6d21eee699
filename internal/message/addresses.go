package message

import (
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

// item is one list element while it is read.
type item struct {
	list     string // the field
	phrase   piece  // text outside brackets and comments, quotes removed
	comment  piece
	raw      piece  // text outside brackets and comments as it stands, a blank for each comment
	addr     string // between angle brackets
	angle    bool
	quoted   bool // the phrase has a quoted-string
	atPhrase bool // an @ outside quotes, brackets and comments
	broken   bool
}

// piece is text of a field: between two offsets, or joined from several places.
type piece struct {
	from, to int
	joined   []byte
}

// add appends what stands between two offsets of s.
func (p *piece) add(s string, from, to int) {
	switch {
	case p.joined == nil && p.from == p.to:
		p.from, p.to = from, to
	case p.joined == nil && p.to == from:
		p.to = to
	default:
		p.join(s, s[from:to])
	}
}

// join appends text from elsewhere.
func (p *piece) join(s, text string) {
	if p.joined == nil {
		p.joined = append(make([]byte, 0, 64), s[p.from:p.to]...)
	}
	p.joined = append(p.joined, text...)
}

func (p *piece) of(s string) string {
	if p.joined != nil {
		return string(p.joined)
	}
	return s[p.from:p.to]
}

// readAddresses reads a list leniently and marks what a strict reader would refuse, because To may be sloppy and From not.
// It takes one pass.
func readAddresses(s string) addressList {
	var l addressList
	it := item{list: s}
	inGroup := false
	for i := 0; i < len(s); {
		c := s[i]
		i++
		switch c {
		case '"':
			i = it.readQuoted(i)
		case '(':
			i = it.readComment(i)
		case '<':
			i = it.readAngle(i)
		case ',':
			l.add(&it)
			it = item{list: s}
		case ';':
			l.malformed = l.malformed || !inGroup
			l.add(&it)
			it = item{list: s}
			inGroup = false
		case ':':
			l.malformed = l.malformed || inGroup || it.angle
			l.group, inGroup = true, true
			it = item{list: s}
		default:
			start := i - 1
			for i < len(s) && !isSpecial[s[i]] {
				i++
			}
			it.text(start, i)
		}
	}
	l.add(&it)
	l.malformed = l.malformed || inGroup
	return l
}

// isSpecial tells the characters that mean something to readAddresses.
var isSpecial = [256]bool{'"': true, '(': true, '<': true, '>': true, ',': true, ';': true, ':': true}

// text takes what stands outside quotes, brackets and comments; of special characters it may begin with one.
func (it *item) text(from, to int) {
	it.raw.add(it.list, from, to)
	it.phrase.add(it.list, from, to)
	s := it.list[from:to]
	it.atPhrase = it.atPhrase || strings.IndexByte(s, '@') >= 0
	it.broken = it.broken || s[0] == '>' || it.angle && trimBlanks(s) != ""
}

func (it *item) readQuoted(i int) int {
	s := it.list
	it.broken = it.broken || it.angle
	it.quoted = true
	start := i - 1
	for i < len(s) {
		c := s[i]
		i++
		if c == '"' {
			it.raw.add(s, start, i)
			return i
		}
		if c == '\\' && i < len(s) {
			i++
		}
		it.phrase.add(s, i-1, i)
	}
	it.raw.add(s, start, i)
	it.broken = true
	return i
}

func (it *item) readComment(i int) int {
	s := it.list
	it.raw.join(s, " ")
	for depth := 1; i < len(s); {
		c := s[i]
		i++
		switch {
		case c == '\\' && i < len(s):
			i++
		case c == '(':
			depth++
		case c == ')':
			depth--
			if depth == 0 {
				return i
			}
		}
		it.comment.add(s, i-1, i)
	}
	it.broken = true
	return i
}

func (it *item) readAngle(i int) int {
	s := it.list
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
	addr := it.addr
	var phrase string
	if it.angle {
		phrase = it.phrase.of(it.list)
	} else {
		phrase = it.comment.of(it.list)
		if addr = strings.TrimSpace(it.raw.of(it.list)); addr == "" {
			l.malformed = l.malformed || it.broken
			return
		}
		if i := strings.LastIndexAny(addr, " \t"); i >= 0 && !it.quoted {
			phrase, addr = addr[:i], addr[i+1:]
			l.malformed = true
		}
	}
	a, err := mailaddr.Parse(addr)
	// <user@example.org> behind an unquoted other@example.org, or an encoded word as local part: which address is
	// meant depends on the reader.
	l.malformed = l.malformed || err != nil || it.broken || it.angle && it.atPhrase || strings.Contains(addr, "=?")
	if err == nil {
		l.mailboxes = append(l.mailboxes, Mailbox{Name: decodeWords(phrase), Address: a})
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
	var from Field
	n := 0
	for _, f := range fields {
		if looksLikeFrom(f.Name) {
			from = f
			n++
		}
	}
	switch {
	case n == 0:
		return Mailbox{}, errNoFrom
	case n > 1:
		return Mailbox{}, errManyFrom
	case !strings.EqualFold(from.Name, "From"):
		return Mailbox{}, errFromName
	case hasControl(from.Body), strings.Contains(from.Body, "=?") && hasControl(joinWords(from.Body)):
		return Mailbox{}, errFromControl
	}
	l := readAddresses(from.Body)
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

// hasControl reports whether s has a control character other than a tab.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return strings.ContainsFunc(s[i:], isControl)
		}
	}
	return false
}

func isControl(r rune) bool { return r != '\t' && unicode.IsControl(r) }
