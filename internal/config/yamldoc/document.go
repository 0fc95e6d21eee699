// Package yamldoc reads one YAML document strictly into a struct and reports all that is wrong with it at once, by file, line and key.
//
// The decoder of the YAML library knows no key paths, prints Go types in its errors and cannot tell later checks where a
// value stood. Here unknown and repeated keys, values of the wrong kind and whatever the caller finds afterwards are
// problems of one form. Values are never printed unless the caller's own text does so: some of them are secrets.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is a YAML file while it is read. Keys are paths such as "mailboxes[0].imap.port".
type Document struct {
	file     string
	root     *yaml.Node
	lines    map[string]int
	bad      map[string]bool
	problems Problems
}

// Read parses data as one YAML document. What is wrong with its syntax is a problem of the document, see Err.
func Read(file string, data []byte) *Document {
	d := &Document{file: file, lines: map[string]int{}, bad: map[string]bool{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && doc.Content[0].ShortTag() == "!!null" {
		d.add(1, "", "the file is empty")
		return d
	}
	if err != nil {
		d.syntax(data, err)
		return d
	}
	d.root = doc.Content[0]
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case err == nil:
		d.add(next.Line, "", "a second document starts here; keep one per file")
	case !errors.Is(err, io.EOF):
		d.syntax(data, err)
	}
	return d
}

var (
	yamlError     = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntaxHints say how to mend what the library's words leave open. Its line is often the one where the block began.
var syntaxHints = []struct{ words, hint string }{
	{"cannot start any token", "; indent with blanks, not with tabs, and put values that begin with a special character in quotes"},
	{"',' or '", "; inside {…} and […] values with special characters, such as ${NAME}, must stand in quotes"},
	{"expected key", "; look here and in the lines below where the indentation changes"},
	{"expected '-' indicator", "; look here and in the lines below where the indentation changes"},
	{"mapping values", "; a value that holds a colon and a blank must stand in quotes"},
}

func (d *Document) syntax(data []byte, err error) {
	line, text := 0, err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	for _, h := range syntaxHints {
		if strings.Contains(text, h.words) {
			text += h.hint
			break
		}
	}
	// The library names the anchor, which is a piece of a password that begins with an asterisk, and no line.
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		text = "a value that begins with * must stand in quotes"
		if before, _, found := bytes.Cut(data, []byte("*"+m[1])); found {
			line = bytes.Count(before, []byte("\n")) + 1
		}
	}
	d.add(line, "", "this is no YAML: "+text)
}

// Expand replaces every scalar value (not the keys) by what value returns for it; an error becomes a problem of its key.
// It runs on parsed values, so that what is put in can never become YAML.
func (d *Document) Expand(value func(string) (string, error)) {
	if d.root != nil {
		d.expand("", d.root, value)
	}
}

func (d *Document) expand(key string, n *yaml.Node, value func(string) (string, error)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.expand(join(key, n.Content[i].Value), n.Content[i+1], value)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.expand(index(key, i), item, value)
		}
	case yaml.ScalarNode:
		text, err := value(n.Value)
		if err != nil {
			d.add(n.Line, key, err.Error())
			return
		}
		if text != n.Value {
			// Whatever came in is text, also when it reads like a null.
			n.Value, n.Tag = text, "!!str"
		}
	}
}

// Line is the line of key, or of the nearest key around it that the file has.
func (d *Document) Line(key string) int {
	for {
		if line, ok := d.lines[key]; ok || key == "" {
			return line
		}
		key = parent(key)
	}
}

// Has reports whether the file gives a value for key.
func (d *Document) Has(key string) bool {
	_, ok := d.lines[key]
	return ok
}

// Bad reports whether key, or a key around it, already has a problem, so that its value means nothing.
func (d *Document) Bad(key string) bool {
	for {
		if d.bad[key] {
			return true
		}
		if key == "" {
			return false
		}
		key = parent(key)
	}
}

// Problem notes that something is wrong with key. Each key has one problem, the first: the others follow from it.
func (d *Document) Problem(key, format string, args ...any) {
	d.add(d.Line(key), key, fmt.Sprintf(format, args...))
}

// Describe is the text of a problem with key that does not count as one: a warning.
func (d *Document) Describe(key, format string, args ...any) string {
	return Problem{File: d.file, Line: d.Line(key), Key: key, Text: fmt.Sprintf(format, args...)}.String()
}

// Err holds all problems as Problems in the order of the lines; nil when there are none.
func (d *Document) Err() error { return d.problems.Err() }

func (d *Document) add(line int, key, text string) {
	if d.Bad(key) {
		return
	}
	d.bad[key] = true
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Key: key, Text: text})
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func join(key, name string) string {
	if !plainKey.MatchString(name) {
		name = strconv.Quote(name)
	}
	if key == "" {
		return name
	}
	return key + "." + name
}

func index(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

func parent(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}
