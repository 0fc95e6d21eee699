package message

import (
	"bytes"

	"golang.org/x/net/html/atom"
)

// table is an open table. Cells are written to blocks of their own, because only a whole row shows whether it is data,
// for one line "a | b", or page layout, for text below text.
type table struct {
	outer *block   // where the rows go
	cells []*block // of the open row
	at    int      // index of its element in the stack
	row   int      // index of the open tr, 0 if there is none: a table stands below it
	cell  int      // index of the open cell, 0 if there is none
}

// Bounds of what is a data row. maxTables bounds how often nested tables copy their text outwards.
const (
	maxTables    = 30
	maxCellLines = 4
	maxCellBytes = 1000
	maxCell      = 4096 // bytes of a cell's buffer that is used again
	maxCells     = 500  // of one row; the next ones count as another
)

func (r *htmlReader) table() *table {
	if len(r.tables) == 0 {
		return nil
	}
	return r.tables[len(r.tables)-1]
}

// barrier is the lowest element that an end tag may close: those around the open cell or table stay.
func (r *htmlReader) barrier() int {
	t := r.table()
	if t == nil {
		return 0
	}
	return max(t.at, t.row, t.cell) + 1
}

func (r *htmlReader) openTable(e *element) {
	t := r.table()
	switch {
	case e.tag == atom.Table && len(r.tables) < maxTables:
		r.out.breaks(1)
		r.tables = append(r.tables, &table{outer: r.out, at: len(r.stack)})
	case t == nil || e.tag == atom.Table:
		r.out.breaks(1)
		return
	case e.tag == atom.Tr:
		t.row = len(r.stack)
	default:
		t.cell = len(r.stack)
		r.out = r.cell()
	}
	e.table = true
}

// closeCells closes the cell and row that the start of tag ends, where their end tags are missing.
func (r *htmlReader) closeCells(tag atom.Atom) {
	t := r.table()
	if t == nil {
		return
	}
	r.popGone(tag)
	if t.cell > 0 {
		r.popTo(t.cell)
	}
	if tag != atom.Td && tag != atom.Th {
		if t.row > 0 {
			r.popTo(t.row)
		}
		r.writeRow(t)
	}
}

// endTable closes the innermost table, row or cell at its end tag.
func (r *htmlReader) endTable(tag atom.Atom) {
	t := r.table()
	switch {
	case r.popGone(tag):
	case t == nil:
	case tag == atom.Table:
		r.popTo(t.at)
	case tag == atom.Tr && t.row > 0:
		r.popTo(t.row)
	case tag != atom.Tr && t.cell > 0:
		r.popTo(t.cell)
	}
}

// popGone closes the innermost element of that name if it is a hidden one, which r.tables does not know, and says so.
func (r *htmlReader) popGone(tag atom.Atom) bool {
	i := r.find(tag, r.barrier())
	if i < 0 || !r.stack[i].look.gone || i < r.find(atom.Table, r.barrier()) {
		return false
	}
	r.popTo(i)
	return true
}

// closeTable does what the end of a table, row or cell does to the text.
func (r *htmlReader) closeTable(tag atom.Atom) {
	t := r.table()
	switch tag {
	case atom.Table:
		r.writeRow(t)
		r.tables = r.tables[:len(r.tables)-1]
		r.out.breaks(1)
	case atom.Tr:
		r.writeRow(t)
		t.row = 0
	default:
		if len(t.cells) == maxCells {
			r.writeRow(t)
		}
		t.cells = append(t.cells, r.out)
		t.cell = 0
		r.out = t.outer
	}
}

// writeRow writes the cells of the open row.
func (r *htmlReader) writeRow(t *table) {
	if isData(t.cells) {
		r.row = r.row[:0]
		for i, c := range t.cells {
			if i > 0 {
				r.row = append(r.row, " | "...)
			}
			start := len(r.row)
			for w := range bytes.FieldsSeq(c.trimmed()) {
				if len(r.row) > start {
					r.row = append(r.row, ' ')
				}
				r.row = append(r.row, w...)
			}
		}
		t.outer.breaks(1)
		t.outer.verbatim(r.row) // the text was counted in its cells
		r.left -= 3 * len(t.cells)
		t.outer.breaks(1)
	} else {
		for _, c := range t.cells {
			text := c.trimmed()
			if len(text) == 0 {
				continue
			}
			t.outer.breaks(1)
			r.left -= t.outer.verbatim(text) - len(text)
			t.outer.breaks(1)
		}
	}
	for _, c := range t.cells {
		if cap(c.text) <= maxCell { // a nested table's text is held once for each level else
			r.spare = append(r.spare, c)
		}
	}
	t.cells = t.cells[:0]
}

// isData reports whether a row is one of a table of values: several cells, none of them a page.
func isData(cells []*block) bool {
	filled := 0
	for _, c := range cells {
		text := c.trimmed()
		if len(text) == 0 {
			continue
		}
		filled++
		if len(text) > maxCellBytes || bytes.Count(text, []byte("\n")) >= maxCellLines {
			return false
		}
	}
	return filled > 1
}
