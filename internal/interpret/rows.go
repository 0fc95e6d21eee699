package interpret

import (
	"slices"
	"strings"
)

// minColumns is how many columns a table has at least whose header is known by what stands below it.
const minColumns = 3

// relabelColumns writes the header cells of tables anew that only the values below them tell.
func (rd *reader) relabelColumns(text string, lines []string) bool {
	changed := false
	for _, sep := range []string{"\t", "|", ";", ","} {
		if strings.Count(text, sep) < 2*(minColumns-1) {
			continue // no header with a row
		}
		for i, next := 0, 0; i+1 < len(lines); i = next {
			next = i + 1
			if strings.Count(lines[i], sep) < minColumns-1 {
				continue
			}
			head := rowCells(lines[i], sep)
			if len(head) < minColumns || hasAddress(lines[i]) || slices.ContainsFunc(head, func(c string) bool { return c != "" && !isFormLabel(c) && c != "#" }) {
				continue
			}
			columns := make([]column, len(head))
			for k, c := range head {
				columns[k].label = lower(c)
			}
			for ; next < len(lines); next++ { // no row of these is the header of those below it
				if border(lines[next]) {
					continue
				}
				row := rowCells(lines[next], sep)
				if len(row) != len(head) {
					break
				}
				for c, v := range row {
					columns[c].values = append(columns[c].values, v)
				}
			}
			if len(columns[0].values) == 0 {
				continue
			}
			found := rd.columnLabels(columns)
			for k, c := range head {
				if l := found[lower(c)]; l != "" {
					head[k] = l
				}
			}
			if found != nil {
				lines[i], changed = strings.Join(head, sep), true
			}
		}
	}
	return changed
}

// rowCells splits a row of a table at sep; nil if it does not stand there.
func rowCells(line, sep string) []string {
	line = strings.TrimSpace(line)
	if sep == "|" {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	}
	if !strings.Contains(line, sep) {
		return nil
	}
	cells := strings.Split(line, sep)
	for i := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "*\"")
	}
	return cells
}

// rowMarks part the cells of a row without a header.
const rowMarks = ";|\t"

// mayBeRow says whether a line has an address and the marks of a row beside it.
func mayBeRow(line string) bool {
	if strings.IndexByte(line, '@') < 0 {
		return false
	}
	for i := range len(rowMarks) {
		if strings.Count(line, rowMarks[i:i+1]) >= minColumns-1 {
			return true
		}
	}
	return false
}

// bareRows writes rows without a header, "Jane Doe; jane@x.example; technician; night shifts", as labelled lines: one cell is an
// address, one a name, one a role, and one more tells why.
func (rd *reader) bareRows(lines []string) ([]string, bool) {
	var out []string
	changed, table := false, ""
	for i := 0; i < len(lines); i++ {
		line, end := lines[i], i
		if sep := headSeparator(line); sep != "" || !drawn(line) && !strings.Contains(line, table) {
			table = sep
		}
		for k := range len(rowMarks) {
			sep := rowMarks[k : k+1]
			n := strings.Count(line, sep)
			if n < minColumns-1 || !hasAddress(line) || sep == table {
				continue
			}
			for end+1 < len(lines) && !border(lines[end+1]) && strings.Count(lines[end+1], sep) < n && !hasAddress(lines[end+1]) && (goesOn(lines[end], lines[end+1]) || end > i && strings.TrimSpace(lines[end+1]) != "") {
				end++
				line += " " + strings.TrimSpace(lines[end])
			}
			if form := rd.rowForm(line, sep); form != nil {
				out, changed = append(out, form...), true
				i = end
				line = ""
			}
			break
		}
		if line != "" || lines[i] == "" {
			out = append(out, lines[i])
		}
	}
	return out, changed
}

// drawn says whether a line is one that a table is drawn with, "+------+-----+".
func drawn(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "+") && border(line) }

// headSeparator is what parts the cells of a table's header row, "" if line is none.
func headSeparator(line string) string {
	for _, sep := range []string{"\t", "|", ";"} {
		known := 0
		for _, c := range rowCells(line, sep) {
			if labelField(c) != "" {
				known++
			}
		}
		if known >= 2 {
			return sep
		}
	}
	return ""
}
