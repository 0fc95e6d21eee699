package store

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
		all := make([]any, len(values))
		for i, v := range values {
			all[i] = v
		}
		text, _ := arrayText(all) // texts and numbers can be written
		return text
	}
	if values == nil {
		values = []T{}
	}
	b, _ := json.Marshal(values) // texts and numbers can be written
	return string(b)
}

func isPostgres(q queryer) bool { return q.DriverName() == "postgres" }

// arrayText is the values as PostgreSQL reads an array.
func arrayText(values []any) (string, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := driver.DefaultParameterConverter.ConvertValue(v)
		if err != nil {
			return "", fmt.Errorf("writing a list: %w", err)
		}
		switch v := v.(type) {
		case nil:
			b.WriteString("NULL")
		case int64:
			b.WriteString(strconv.FormatInt(v, 10))
		case bool:
			b.WriteString(strconv.FormatBool(v))
		case time.Time:
			b.WriteString(`"` + v.UTC().Format("2006-01-02 15:04:05.999999Z07:00") + `"`)
		case []byte:
			if v == nil {
				b.WriteString("NULL")
			} else {
				b.WriteString(`"\\x` + hex.EncodeToString(v) + `"`)
			}
		case string:
			b.WriteString(`"` + quoteElement.Replace(cleanText(v)) + `"`)
		default:
			return "", fmt.Errorf("writing a list: it holds a %T", v)
		}
	}
	b.WriteByte('}')
	return b.String(), nil
}

var quoteElement = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

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
	args, err := columnsOf(rows)
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

// columnsOf turns rows into one array for each column.
func columnsOf(rows [][]any) ([]any, error) {
	args := make([]any, len(rows[0]))
	column := make([]any, len(rows))
	for c := range args {
		for r := range rows {
			column[r] = rows[r][c]
		}
		text, err := arrayText(column)
		if err != nil {
			return nil, err
		}
		args[c] = text
	}
	return args, nil
}
