package interpret

import (
	"encoding/csv"
	"slices"
	"strings"
)

// cellsOf splits a table row at bars or tabs; nil if the line is none.
func cellsOf(line string) []string {
	sep := "\t"
	if strings.IndexByte(line, '|') >= 0 {
		sep = "|"
		line = strings.TrimSpace(line)
		if inner, framed := strings.CutPrefix(line, "|"); framed {
			line = strings.TrimSuffix(inner, "|")
		}
	}
	if strings.IndexByte(line, sep[0]) < 0 {
		return nil
	}
	cells := strings.Split(line, sep)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if sep == "\t" && len(cells) > 0 && bulletEnd(line) > 0 {
		return nil
	}
	return cells
}

// alignedCells splits a row of a table whose columns are set apart by two blanks or more; nil if the line is none.
func alignedCells(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.Contains(line, "  ") {
		return nil
	}
	var cells []string
	for c := range strings.SplitSeq(line, "  ") {
		if c = strings.TrimSpace(c); c != "" {
			cells = append(cells, c)
		}
	}
	return cells
}

// alignedHead is alignedCells for a header row: three labels or more and nothing else.
func alignedHead(line string) []string {
	if !strings.Contains(line, "  ") || hasAddress(line) {
		return nil
	}
	cells := alignedCells(line)
	if len(cells) < 3 || slices.ContainsFunc(cells, func(c string) bool { return labelField(c) == "" }) {
		return nil
	}
	return cells
}

// table reads a header row and the rows below it.
func table(lines []string) ([]*record, int) {
	split := cellsOf
	cells := split(lines[0])
	if cells == nil {
		if cells = alignedHead(lines[0]); cells == nil {
			return pastedCSV(lines)
		}
		split = alignedCells
	}
	if last := len(cells) - 1; cells[last] == "" {
		cells = cells[:last]
	}
	fields := headerFields(cells)
	if fields == nil {
		return nil, 0
	}
	var out []*record
	n := 1
	for n < len(lines) {
		if border(lines[n]) {
			n++
			continue
		}
		row := split(lines[n])
		if len(row) == len(fields)+1 && row[len(fields)] == "" {
			row = row[:len(fields)]
		}
		if len(row) != len(fields) {
			break
		}
		if r := rowRecord(fields, cells, row); r.usable() {
			out = append(out, r)
		}
		n++
	}
	if len(out) == 0 {
		return nil, 0
	}
	return out, n
}

// pastedCSV reads a header row of nothing but labels between commas or semicolons, and the rows below it.
func pastedCSV(lines []string) ([]*record, int) {
	for _, comma := range []string{";", ","} {
		if strings.Count(lines[0], comma) < 2 || comma == "," && !mayBeginLabel(lines[0]) {
			continue
		}
		head := strings.Split(lines[0], comma)
		if slices.ContainsFunc(head, func(c string) bool { return labelField(c) == "" }) {
			continue
		}
		n := 1
		for n < len(lines) && strings.Contains(lines[n], comma) {
			n++
		}
		for i := range lines[1:n] {
			lines[1+i] = strings.TrimSpace(lines[1+i])
		}
		if out := csvRecords(strings.Join(lines[:n], "\n")); len(out) > 0 {
			return out, n
		}
	}
	return nil, 0
}

// uprightTable reads a table whose cells stand one below the other: three or more labels, of which the first line is one, then values
// in the same number.
func uprightTable(lines []string) ([]*record, int) {
	if len(lines) < 3 {
		return nil, 0
	}
	texts, at := filled(lines, 13)
	k := 0
	for k < len(texts) && k < 12 && labelField(texts[k]) != "" {
		k++
	}
	if k < 3 || at[0] != 0 {
		return nil, 0
	}
	fields := headerFields(texts[:k])
	if fields == nil {
		return nil, 0
	}
	email := -1
	for i, f := range fields {
		if f == "email" {
			email = i
		}
	}
	if email < 0 {
		return nil, 0
	}
	texts, at = filled(lines, 4000)
	var out []*record
	end := k
	for end+k <= len(texts) && isAddress(texts[end+email]) {
		out = append(out, rowRecord(fields, texts[:k], texts[end:end+k]))
		end += k
	}
	if len(out) == 0 {
		return nil, 0
	}
	return out, at[end-1] + 1
}

// filled returns the first n lines that are not blank, trimmed, and where they stand.
func filled(lines []string, n int) (texts []string, at []int) {
	for i, line := range lines {
		if t := strings.TrimSpace(line); t != "" {
			texts = append(texts, t)
			at = append(at, i)
		}
		if len(texts) == n || i > 3*n {
			break
		}
	}
	return texts, at
}

// csvRecords reads a table attached as text.
func csvRecords(text string) []*record {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	head, _, _ := strings.Cut(text, "\n")
	for _, comma := range []rune{';', '\t', ',', '|'} {
		if !strings.ContainsRune(head, comma) {
			continue
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
		rows, err := r.ReadAll()
		if err != nil || len(rows) < 2 {
			continue
		}
		for i := range rows[0] {
			rows[0][i] = strings.TrimSpace(rows[0][i])
		}
		fields := headerFields(rows[0])
		if fields == nil {
			continue
		}
		var out []*record
		for _, row := range rows[1:] {
			if len(row) == len(fields) {
				if rec := rowRecord(fields, rows[0], row); rec.usable() {
					out = append(out, rec)
				}
			}
		}
		return out
	}
	return nil
}
