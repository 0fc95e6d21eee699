package senderauth

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Results is the body of one Authentication-Results field (RFC 8601 section 2.2).
type Results struct {
	AuthservID string
	Version    int      // 1 when the field names none
	Results    []Result // empty for "none"
}

// Result is what one method found. Method, Value and the types and names of properties are in lower case.
type Result struct {
	Method string // without its version
	Value  string // pass, fail, …
	Reason string
	Props  []Prop
}

// Prop is one property, "header.d=bank.test". Type is empty for what Exchange writes without one ("action=none").
type Prop struct{ Type, Name, Value string }

// ErrSyntax is wrapped by all errors of ParseResults.
var ErrSyntax = errors.New("malformed Authentication-Results")

// ParseResults reads the body of an Authentication-Results field, folded or not. On an error the Results hold the
// authserv-id, if that much could be read, and nothing else.
//
// It is more lenient than RFC 8601 where no reading but one is possible: values may have characters that a token may
// not ("header.b=Z9k/yZIA"), properties may lack their type, a semicolon may end the field.
func ParseResults(body string) (Results, error) {
	p := parser{s: body}
	var r Results
	p.cfws()
	r.AuthservID = p.value(isToken)
	spaced := p.cfws()
	if p.err == nil && !p.atEnd() && p.s[p.i] != ';' {
		if !spaced {
			p.failf("%q after the authserv-id", p.s[p.i])
		}
		r.Version = p.version()
	} else {
		r.Version = 1
	}
	if p.atEnd() {
		p.failf("no results")
	}
	r.Results = p.results()
	if p.err != nil {
		return Results{AuthservID: r.AuthservID}, fmt.Errorf("%w: at byte %d: %w", ErrSyntax, p.i, p.err)
	}
	return r, nil
}

// parser reads s from i. After an error it stands still.
type parser struct {
	s   string
	i   int
	err error
}

func (p *parser) failf(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
	p.i = min(p.i, len(p.s)) // a backslash at the end
}

func (p *parser) atEnd() bool { return p.err != nil || p.i >= len(p.s) }

func (p *parser) at(c byte) bool { return !p.atEnd() && p.s[p.i] == c }

// accept passes over c if it stands here.
func (p *parser) accept(c byte) bool {
	if !p.at(c) {
		return false
	}
	p.i++
	return true
}

// cfws passes over blanks, line breaks and nested comments and reports whether there were any.
func (p *parser) cfws() bool {
	start := p.i
	for !p.atEnd() {
		switch p.s[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		case '(':
			p.comment()
		default:
			return p.i > start
		}
	}
	return p.i > start
}

func (p *parser) comment() {
	depth := 0
	for ; !p.atEnd(); p.i++ {
		switch p.s[p.i] {
		case '\\':
			p.i++
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				p.i++
				return
			}
		}
	}
	p.failf("a comment does not end")
}

// quoted reads a quoted-string (RFC 5322 section 3.2.4) and gives its content.
func (p *parser) quoted() string {
	var b strings.Builder
	for p.i++; !p.atEnd(); p.i++ {
		switch c := p.s[p.i]; c {
		case '"':
			p.i++
			return b.String()
		case '\\':
			p.i++
			if !p.atEnd() {
				b.WriteByte(p.s[p.i])
			}
		case '\r', '\n': // folding
		default:
			b.WriteByte(c)
		}
	}
	p.failf("a quoted string does not end")
	return ""
}

// run reads characters as long as f holds; there must be one.
func (p *parser) run(f func(byte) bool) string {
	start := p.i
	for !p.atEnd() && f(p.s[p.i]) {
		p.i++
	}
	if p.i == start {
		p.failf("a word is expected")
	}
	return p.s[start:p.i]
}

// value reads a token or a quoted-string; f says which characters a token may have here.
func (p *parser) value(f func(byte) bool) string {
	if p.at('"') {
		return p.quoted()
	}
	return p.run(f)
}

// pvalue reads a value or an address, whose local part may be a quoted-string. Nothing but the @ may touch that. An empty
// value ("smtp.mailfrom=;") is the null reverse-path.
func (p *parser) pvalue() string {
	if p.atEnd() || p.at(';') {
		return ""
	}
	if !p.at('"') {
		v := p.run(isValue)
		if p.at('"') {
			p.failf("a quoted string inside a value")
		}
		return v
	}
	v := p.quoted()
	if p.at('@') {
		v += p.run(isValue)
	}
	if !p.atEnd() && (p.at('"') || isValue(p.s[p.i])) {
		p.failf("%q after a quoted string", p.s[p.i])
	}
	return v
}

func (p *parser) version() int {
	v, err := strconv.Atoi(p.run(isDigit))
	if err != nil && p.err == nil {
		p.failf("the version is no number")
	}
	p.cfws()
	if !p.atEnd() && !p.at(';') {
		p.failf("%q after the version", p.s[p.i])
	}
	return v
}

// results reads 1*(";" resinfo), or "; none".
func (p *parser) results() []Result {
	var list []Result
	none := false
	for p.accept(';') {
		p.cfws()
		if p.atEnd() || p.at(';') {
			continue
		}
		word := strings.ToLower(p.run(isKeyword))
		p.cfws()
		if word == "none" && (p.atEnd() || p.at(';')) {
			none = true
			continue
		}
		list = append(list, p.result(word))
	}
	if !p.atEnd() {
		p.failf("%q where a semicolon is expected", p.s[p.i])
	}
	if none && len(list) > 0 {
		p.failf("none beside results")
	}
	return list
}

// result reads the rest of a resinfo behind its method.
func (p *parser) result(method string) Result {
	r := Result{Method: method}
	if p.accept('/') {
		p.cfws()
		p.run(isDigit)
		p.cfws()
	}
	p.expect('=')
	r.Value = strings.ToLower(p.run(isKeyword))
	for {
		spaced := p.cfws()
		if p.atEnd() || p.at(';') {
			return r
		}
		if !spaced {
			p.failf("%q where a blank is expected", p.s[p.i])
		}
		p.prop(&r)
	}
}

// prop reads a propspec or the reasonspec.
func (p *parser) prop(r *Result) {
	prop := Prop{Name: strings.ToLower(p.run(isKeyword))}
	p.cfws()
	if p.accept('.') {
		p.cfws()
		prop.Type, prop.Name = prop.Name, strings.ToLower(p.run(isKeyword))
		p.cfws()
	}
	p.expect('=')
	prop.Value = p.pvalue()
	if prop.Type == "" && prop.Name == "reason" {
		r.Reason = prop.Value
		return
	}
	r.Props = append(r.Props, prop)
}

// expect reads c and the blanks behind it.
func (p *parser) expect(c byte) {
	if !p.accept(c) {
		p.failf("%q is expected", c)
	}
	p.cfws()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isKeyword has the underscore for Yahoo's perm_fail, and no dot.
func isKeyword(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}

// isToken is RFC 2045's token, and UTF-8 for U-labels.
func isToken(c byte) bool {
	return c > ' ' && c != 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?=`, rune(c))
}

// isValue is what a property's value may have unquoted: all but blanks and what begins or ends something else.
func isValue(c byte) bool {
	return c > ' ' && c != 0x7f && c != ';' && c != '(' && c != ')' && c != '"'
}
