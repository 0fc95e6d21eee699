package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/internal/config/yamldoc"
	"github.com/countersign/countersign/internal/csvcell"
)

// The columns of a CSV file. The first three must be there.
var columns = []string{"name", "email", "roles", "client", "kind", "language", "badge", "physical_access", "lead",
	"portal", "grants"}

const neededColumns = 3

// table is a CSV file while it is read.
type table struct {
	name     string
	reader   *csv.Reader
	header   []string // the column of each cell
	problems yamldoc.Problems
	warnings []string
}

// csvPlace is the record that begins in a line. Each of its fields has one problem, the first.
type csvPlace struct {
	table *table
	line  int
	bad   map[string]bool
}

func (p csvPlace) problem(field, format string, args ...any) {
	if !p.bad[field] {
		p.bad[field] = true
		p.table.problem(p.line, field, format, args...)
	}
}

func (p csvPlace) warn(field, format string, args ...any) {
	w := yamldoc.Problem{File: p.table.name, Line: p.line, Key: field, Text: fmt.Sprintf(format, args...)}
	p.table.warnings = append(p.table.warnings, w.String())
}

func (t *table) problem(line int, field, format string, args ...any) {
	t.problems = append(t.problems, yamldoc.Problem{File: t.name, Line: line, Key: field, Text: fmt.Sprintf(format, args...)})
}

func parseContactsCSV(name string, data []byte, target Target) (*ContactFile, error) {
	t := &table{name: name}
	contacts := t.read(data, target)
	if err := t.problems.Err(); err != nil {
		return nil, err
	}
	return &ContactFile{Contacts: contacts, Warnings: t.warnings}, nil
}

func (t *table) read(data []byte, target Target) []Contact {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		t.problem(1, "", "the file is UTF-16; save it as CSV in UTF-8")
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // spreadsheets write a byte order mark
	if line, ok := firstInvalid(data); ok {
		t.problem(line, "", "the file is not UTF-8; save it as CSV in UTF-8")
		return nil
	}
	t.reader = csv.NewReader(bytes.NewReader(data))
	t.reader.Comma = delimiter(data)
	t.reader.FieldsPerRecord = -1
	t.reader.TrimLeadingSpace = t.reader.Comma != '\t' // it would take empty cells for blanks
	if !t.readHeader() {
		return nil
	}
	var contacts []Contact
	check := newChecker(target.Roles, target.Grants, target.Languages)
	for {
		cells, line, ok := t.next()
		if !ok {
			break
		}
		at := csvPlace{table: t, line: line, bad: map[string]bool{}}
		c := t.contact(at, cells)
		check.contactOf(at, &c, target)
		contacts = append(contacts, c)
	}
	if len(contacts) == 0 && len(t.problems) == 0 {
		t.problem(1, "", "the file names no contacts")
	}
	return contacts
}

// next is the next record with anything in it and the line it begins in; false at the end.
func (t *table) next() (cells []string, line int, ok bool) {
	for {
		cells, err := t.reader.Read()
		var wrong *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil, 0, false
		case errors.As(err, &wrong):
			t.problem(wrong.StartLine, "", "the quotes are not in order; put the whole cell in quotes and double those inside it")
			continue
		case err != nil: // the reader reads from memory and has no others
			t.problem(0, "", "%v", err)
			return nil, 0, false
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(csvcell.Bare(strings.TrimSpace(cells[i])))
		}
		if slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			line, _ := t.reader.FieldPos(0)
			return cells, line, true
		}
	}
}

func (t *table) readHeader() bool {
	cells, line, ok := t.next()
	if ok && strings.HasPrefix(strings.ToLower(cells[0]), "sep=") { // Excel
		cells, line, ok = t.next()
	}
	if !ok {
		t.problem(1, "", "the first line must name the columns: %s", strings.Join(columns, ", "))
		return false
	}
	for _, cell := range cells {
		column := strings.ToLower(cell)
		switch {
		case column == "": // an empty column at the edge of a spreadsheet
		case !slices.Contains(columns, column):
			t.problem(line, "", "%q is no column that is known; the first line must name them: %s", cell, strings.Join(columns, ", "))
		case slices.Contains(t.header, column):
			t.problem(line, column, "the column stands here twice; remove one")
		}
		t.header = append(t.header, column)
	}
	for _, column := range columns[:neededColumns] {
		if !slices.Contains(t.header, column) {
			t.problem(line, column, "the column is missing; the first line must name it")
		}
	}
	return len(t.problems) == 0
}

// contact reads one record. Cells that the end of a line lacks are empty.
func (t *table) contact(at csvPlace, cells []string) Contact {
	value := map[string]string{}
	for i, cell := range cells {
		switch {
		case i < len(t.header) && t.header[i] != "":
			value[t.header[i]] = cell
		case cell != "":
			at.problem("", "there is no column for %q; a cell that holds the character between cells must stand in quotes", cell)
		}
	}
	c := Contact{
		Line:     at.line,
		Client:   value["client"],
		Name:     value["name"],
		Roles:    splitRoles(value["roles"]),
		Kind:     word(at, "kind", value["kind"], Person, Shared),
		Language: strings.ToLower(value["language"]),
	}
	if value["badge"] != "" {
		c.Badge = word(at, "badge", value["badge"], BadgeNone, BadgeActive)
	}
	c.PhysicalAccess, c.Lead, c.Portal = yesNo(at, "physical_access", value), yesNo(at, "lead", value), yesNo(at, "portal", value)
	c.Grants = splitRoles(value["grants"])
	if value["email"] != "" {
		var err error
		if c.Email, err = parseAddress(value["email"]); err != nil {
			at.problem("email", "%v", err)
		}
	}
	return c
}

// splitRoles splits a cell with several roles; a comma serves as well as a semicolon, since no role id holds either.
func splitRoles(cell string) []string {
	var roles []string
	for role := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == ',' }) {
		if role = strings.TrimSpace(role); role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}

// yesNo reads an optional cell; nil where it is empty.
func yesNo(at csvPlace, field string, value map[string]string) *bool {
	var v bool
	switch strings.ToLower(value[field]) {
	case "":
		return nil
	case "yes", "true":
		v = true
	case "no", "false":
	default:
		at.problem(field, "%q is neither yes nor no", value[field])
	}
	return &v
}

// word reads an optional cell that holds one of words; the first is the default.
func word[T ~string](at csvPlace, field, text string, words ...T) T {
	if text == "" {
		return words[0]
	}
	names := make([]string, len(words))
	for i, w := range words {
		if strings.EqualFold(text, string(w)) {
			return w
		}
		names[i] = string(w)
	}
	at.problem(field, "%q is not known; write %s", text, yamldoc.Either(names))
	return words[0]
}

// delimiter is the character between cells: the most frequent one of the first line with text. That line names columns
// or is sep=, so that no cell of it holds such a character.
func delimiter(data []byte) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(string(data), " \r\n"), "\n")
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// firstInvalid is the line of the first octet that is no UTF-8.
func firstInvalid(data []byte) (line int, found bool) {
	for i, text := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(text) {
			return i + 1, true
		}
	}
	return 0, false
}
