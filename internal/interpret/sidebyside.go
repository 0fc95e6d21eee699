package interpret

import (
	"slices"
	"strings"
)

// sideBySide writes tables anew that have a column for each person and the labels in front of the rows: one person below the other.
func (rd *reader) sideBySide(lines []string) bool {
	changed := false
	for i := 0; i < len(lines); {
		rows, n := labelRows(lines[i:])
		if form := rd.formsOf(rows); form != "" {
			changed = true
			lines[i] = form
			clear(lines[i+1 : i+n])
			if i > 0 && len(cellsOf(lines[i-1])) == len(rows[0])-1 && !hasAddress(lines[i-1]) {
				lines[i-1] = "" // "Person 1 | Person 2", above the values
			}
		}
		i += n
	}
	return changed
}

// labelRows are the rows of the table that lines begin with, of three cells or more, and how many lines they take, one at least.
func labelRows(lines []string) (rows [][]string, n int) {
	for n < len(lines) {
		if n > 0 && border(lines[n]) {
			n++
			continue
		}
		cells := cellsOf(lines[n])
		if len(cells) > minColumns && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(rows) > 1 && len(cells) > 0 && len(cells) < len(rows[0]) {
			cells = append(cells[:1:1], make([]string, len(rows[0])-1)...) // blank cells are lost at its end, or one is of several columns
		}
		if len(cells) < minColumns || len(rows) > 0 && len(cells) != len(rows[0]) {
			break
		}
		rows = append(rows, cells)
		n++
	}
	return rows, max(n, 1)
}

// formsOf writes the people in the columns of rows one below the other, "" if nothing shows that there are people in them: addresses, a name for
// each, a role or reason, and no second label in a row.
func (rd *reader) formsOf(rows [][]string) string {
	var columns []column
	for _, row := range rows {
		if slices.ContainsFunc(row[1:], func(c string) bool { return labelField(c) != "" }) {
			return ""
		}
		columns = append(columns, column{label: lower(strings.Trim(row[0], "*_:： ")), values: row[1:]})
	}
	labels := rd.columnLabels(slices.Clone(columns))
	name, email, said := -1, -1, false
	for i, c := range columns {
		said = said || labels[c.label] == roleLabel || has([]string{"role", "reason", "position"}, labelField(c.label))
		switch field := formField(c.label); {
		case field == "name" || labels[c.label] == nameLabel, field == "last_name" && name < 0:
			name = i
		case field == "email" || labels[c.label] == emailLabel:
			email = i
		}
	}
	if name < 0 || email < 0 || !said || slices.Contains(columns[name].values, "") || !allAddresses(columns[email].values) {
		return ""
	}
	order := append([]int{name, email}, numbers(len(rows))...)
	var form strings.Builder
	for k := range columns[0].values {
		form.WriteString("\n")
		for at, i := range order {
			label, value := rows[i][0], columns[i].values[k]
			if l := labels[columns[i].label]; l != "" {
				label = l
			}
			if value != "" && label != "" && (at < 2 || i != name && i != email) {
				form.WriteString(strings.TrimRight(label, "*:： ") + ": " + value + "\n")
			}
		}
	}
	return form.String()
}

// numbers are those from 0 to n-1.
func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// allAddresses says whether values are an address each, or empty, and not all of them are.
func allAddresses(values []string) bool {
	n := 0
	for _, v := range values {
		if isAddress(v) {
			n++
		} else if v != "" {
			return false
		}
	}
	return n > 0
}
