package store

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A list of any length is one argument, so that the text of a statement stays the same and is prepared once: an array on
// PostgreSQL, a JSON array on SQLite.

// among is the condition that the column is one of the values of the list that is argument n.
func among(q queryer, column string, n int) string {
	if isPostgres(q) {
		return column + ` = ANY($` + strconv.Itoa(n) + `)`
	}
	return column + ` IN (SELECT value FROM json_each($` + strconv.Itoa(n) + `))`
}

// each is the list of texts that is argument n, as rows v with one column "value".
func each(q queryer, n int) string {
	if isPostgres(q) {
		return `unnest($` + strconv.Itoa(n) + `::text[]) AS v(value)`
	}
	return `json_each($` + strconv.Itoa(n) + `) AS v`
}

// listOf is the values as one argument.
func listOf[T ~string | ~int64](q queryer, values []T) any {
	if isPostgres(q) {
		kind := "text"
		all := make([]any, len(values))
		for i, v := range values {
			if all[i] = v; reflect.TypeOf(v).Kind() == reflect.Int64 {
				kind = "bigint"
			}
		}
		if len(values) == 0 {
			return "{}"
		}
		list, _ := appendArray(nil, kind, all) // texts and numbers can be written
		return list
	}
	if values == nil {
		values = []T{}
	}
	b, _ := json.Marshal(values) // texts and numbers can be written
	return string(b)
}

func isPostgres(q queryer) bool { return q.DriverName() == "postgres" }

// elementTypes are the object ids of the types that lists are made of (pg_type.dat).
var elementTypes = map[string]uint32{"boolean": 16, "bytea": 17, "bigint": 20, "integer": 23, "text": 25, "timestamptz": 1184}

// appendArray appends the values as PostgreSQL sends and receives an array of that type (array_recv): bytes as they are, where
// text would be twice as large.
func appendArray(b []byte, kind string, values []any) ([]byte, error) {
	b = binary.BigEndian.AppendUint32(b, 1) // dimensions
	b = binary.BigEndian.AppendUint32(b, 1) // there may be NULLs
	b = binary.BigEndian.AppendUint32(b, elementTypes[kind])
	b = binary.BigEndian.AppendUint32(b, uint32(len(values)))
	b = binary.BigEndian.AppendUint32(b, 1) // the first index
	for _, v := range values {
		v, err := driver.DefaultParameterConverter.ConvertValue(v)
		if err != nil {
			return nil, fmt.Errorf("writing a list: %w", err)
		}
		if b, err = appendElement(b, kind, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// null is the length of an element that is NULL: -1.
const null = ^uint32(0)

var year2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func appendElement(b []byte, kind string, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return binary.BigEndian.AppendUint32(b, null), nil
	case []byte:
		if v == nil {
			return binary.BigEndian.AppendUint32(b, null), nil
		}
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...), nil
	case string:
		v = cleanText(v)
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...), nil
	case int64:
		if kind == "integer" {
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, 4), uint32(int32(v))), nil
		}
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(v)), nil
	case bool:
		b = binary.BigEndian.AppendUint32(b, 1)
		if v {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case time.Time:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(v.UnixMicro()-year2000.UnixMicro())), nil
	}
	return nil, fmt.Errorf("writing a list: it holds a %T", v)
}

// table is where rows are added, several with one statement on PostgreSQL: a round trip costs more there than a row.
type table struct {
	name    string
	columns []string // each with its type, "id bigint"
	id      bool     // rows have an id

	pg, one string // the statements
}

func newTable(name string, id bool, columns ...string) *table {
	t := &table{name: name, columns: columns, id: id}
	var names, lists, places []string
	for i, c := range columns {
		column, kind, _ := strings.Cut(c, " ")
		names = append(names, column)
		lists = append(lists, fmt.Sprintf("$%d::%s[]", i+1, kind))
		places = append(places, fmt.Sprintf("$%d", i+1))
	}
	list := strings.Join(names, ", ")
	// In order: then the ids are in the order of the rows.
	t.pg = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM unnest(%s) WITH ORDINALITY AS v(%s, place) ORDER BY place", name, list, list,
		strings.Join(lists, ", "), list)
	t.one = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", name, list, strings.Join(places, ", "))
	if id {
		t.pg += " RETURNING id"
		t.one += " RETURNING id"
	}
	return t
}

// add inserts rows, and returns their ids in the order of the rows where the table has ids.
func (x *tx) add(ctx context.Context, t *table, rows [][]any) (ids []int64, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if !x.s.pg {
		for _, row := range rows {
			if !t.id {
				_, err = x.ExecContext(ctx, t.one, row...)
			} else {
				var id int64
				err = x.insert(ctx, &id, t.one, row...)
				ids = append(ids, id)
			}
			if err != nil {
				return nil, err
			}
		}
		return ids, nil
	}
	kinds := make([]string, len(t.columns))
	for i, c := range t.columns {
		_, kinds[i], _ = strings.Cut(c, " ")
	}
	args, err := x.columnsOf(kinds, rows)
	if err != nil {
		return nil, err
	}
	if !t.id {
		_, err = x.ExecContext(ctx, t.pg, args...)
		return nil, err
	}
	if err := x.SelectContext(ctx, &ids, t.pg, args...); err != nil {
		return nil, err
	}
	slices.Sort(ids) // given out in order, but not necessarily returned in it
	return ids, nil
}

// columnsOf turns rows into one array for each column, of these types. They last as long as the transaction.
func (x *tx) columnsOf(kinds []string, rows [][]any) ([]any, error) {
	args := make([]any, len(kinds))
	column := make([]any, len(rows))
	for c, kind := range kinds {
		for r := range rows {
			column[r] = rows[r][c]
		}
		start := len(x.room())
		all, err := appendArray(x.room(), kind, column)
		if err != nil {
			return nil, err
		}
		x.scratch = all
		args[c] = all[start:len(all):len(all)]
	}
	return args, nil
}

// scratches keep room for the bytes of mails on their way into statements, which copy them: for those who decide, and for
// those who send. A pool of package sync would be empty after each collection.
type scratches chan []byte

const (
	keptScratches = 2
	// maxScratch keeps a scratch that one large mail has blown up from being kept.
	maxScratch = 1 << 20
)

// room is where bytes are appended that nobody needs after the transaction.
func (x *tx) room() []byte {
	if x.scratch == nil {
		select {
		case x.scratch = <-x.s.scratches:
		default:
			x.scratch = make([]byte, 0, 64<<10)
		}
	}
	return x.scratch
}

// clear gives the room back.
func (x *tx) clear() {
	if x.scratch == nil || cap(x.scratch) > maxScratch {
		return
	}
	select {
	case x.s.scratches <- x.scratch[:0]:
	default:
	}
	x.scratch = nil
}

// sealed lasts as long as the transaction.
func (x *tx) sealed(plain []byte, row string) ([]byte, error) {
	start := len(x.room())
	all, err := x.s.seal.seal(x.room(), plain, row)
	if err != nil {
		return nil, err
	}
	x.scratch = all
	return all[start:len(all):len(all)], nil
}
