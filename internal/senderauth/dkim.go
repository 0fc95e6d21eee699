package senderauth

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign/countersign/internal/message"
	"github.com/emersion/go-msgauth/dkim"
)

// maxSignatures is how many DKIM-Signature fields are looked at, from the top: each costs a look-up.
const maxSignatures = 5

// What go-msgauth's time grows with by the square: it copies what it has of a field for each further line, and looks
// through all fields for each name that a signature covers. Honest fields are far below.
const (
	maxLines  = 1000 // of a field
	maxSigned = 200  // names in a DKIM-Signature field, and what looks like one
)

// mustSign are the fields that a signature has to cover as often as the mail has them, From at least once: with fewer,
// somebody who has one signed mail could put another author, subject or date above it. To, Message-ID and Content-Type
// are not among them, since large senders leave one or another out; no decision rests on whom a mail names as its
// recipient or on its id, and all bytes of the body are signed.
var mustSign = []string{"From", "Subject", "Date"}

// signature is one DKIM-Signature field as judged by us.
type signature struct {
	domain string // A-labels; "" when unreadable
	err    error  // nil: valid, in time, and covers what it must
	temp   bool   // err is DNS's and may pass
}

// signatures judges the DKIM signatures of a mail (RFC 6376).
func (c *checker) signatures() []signature {
	raw, err := strictHeader(c.mail.Raw, c.mail.Fields)
	if err != nil {
		c.e.consider("DKIM not judged: %s", err.Error())
		return nil
	}
	verified, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: c.lookupKey,
		MaxVerifications: maxSignatures})
	if errors.Is(err, dkim.ErrTooManySignatures) {
		c.e.consider("only the first %d DKIM signatures were looked at", maxSignatures)
	} else if err != nil {
		c.e.consider("DKIM not judged: %s", err.Error())
		return nil
	}
	var all []signature
	for _, v := range verified {
		s := signature{domain: domainOf(v.Domain), err: v.Err, temp: dkim.IsTempFail(v.Err)}
		switch {
		case s.err != nil:
		case s.domain == "":
			s.err = errors.New("names no domain")
		case !v.Expiration.IsZero() && c.mail.At.After(v.Expiration):
			s.err = errors.New("had expired when the mail arrived")
		default:
			s.err = covers(v.HeaderKeys, c.mail.Fields)
		}
		if s.err == nil {
			c.e.consider("DKIM signature of %s: valid", s.domain)
		} else {
			c.e.consider("DKIM signature of %s: does not count: %s", v.Domain, s.err.Error())
		}
		all = append(all, s)
	}
	return all
}

// covers says which field of mustSign stands in the mail more often than the signature names it.
func covers(signed []string, fields []message.Field) error {
	for _, name := range mustSign {
		n := 0
		for _, f := range fields {
			if equalASCII(f.Name, name) {
				n++
			}
		}
		for _, s := range signed {
			if equalASCII(s, name) {
				n--
			}
		}
		if n > 0 {
			return fmt.Errorf("it leaves a %s field unsigned", name)
		}
	}
	return nil
}

// lookupKey is lookupTXT without keys that are only tried out (t=y), whose signatures count as none (RFC 6376 section
// 3.6.1).
func (c *checker) lookupKey(name string) ([]string, error) {
	records, err := c.lookupTXT(name)
	for _, r := range records {
		for tag := range strings.SplitSeq(r, ";") {
			if key, value, _ := strings.Cut(tag, "="); strings.TrimSpace(key) == "t" {
				for flag := range strings.SplitSeq(value, ":") {
					if strings.TrimSpace(flag) == "y" {
						return nil, errors.New("the key is only being tested")
					}
				}
			}
		}
	}
	return records, err
}

// strictHeader returns the mail with CRLF line ends when its header section is one that no two programs read in two ways:
// nothing but fields and their continuation lines, ended by an empty line, and the same fields that package message found.
// For another one a signature says nothing about the mail that we have read.
func strictHeader(raw []byte, fields []message.Field) ([]byte, error) {
	if !bytes.Contains(raw, []byte("\r")) {
		raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	}
	found, lines, names := 0, 0, 0
	for rest := raw; ; {
		line, after, ended := bytes.Cut(rest, []byte("\r\n"))
		switch {
		case !ended:
			return nil, errors.New("the header section does not end")
		case bytes.ContainsAny(line, "\r\n\x00"):
			return nil, errors.New("the header section has a bare line end or a null")
		case len(line) == 0 && found != len(fields):
			return nil, errors.New("the header section can be read in two ways")
		case len(line) == 0:
			return raw, nil
		case line[0] == ' ' || line[0] == '\t':
			if found == 0 || len(bytes.TrimLeft(line, " \t")) == 0 {
				return nil, errors.New("the header section has a blank line that is not empty")
			}
			lines++
			names += bytes.Count(line, []byte(":"))
		default:
			name, _, ok := bytes.Cut(line, []byte(":"))
			if !ok || found >= len(fields) || string(name) != fields[found].Name || !isFieldName(name) {
				return nil, errors.New("the header section has a malformed line")
			}
			found++
			lines, names = 1, bytes.Count(line, []byte(":"))
		}
		switch {
		case lines > maxLines:
			return nil, fmt.Errorf("the header section has a field of more than %d lines", maxLines)
		case names > maxSigned && equalASCII(fields[found-1].Name, "DKIM-Signature"):
			return nil, fmt.Errorf("a signature names more than %d fields", maxSigned)
		}
		rest = after
	}
}

// isFieldName is RFC 5322 section 2.2: printable ASCII without the colon.
func isFieldName(name []byte) bool {
	for _, b := range name {
		if b <= ' ' || b >= 0x7f {
			return false
		}
	}
	return len(name) > 0
}
