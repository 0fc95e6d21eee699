package store_test

import (
	"database/sql"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/migrations"
)

func oneMail() []access.RawMail {
	return []access.RawMail{{UIDValidity: 1, UID: 1, Size: 1, Raw: []byte("x")}}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	name := c.NewDatabase(t, c.template)
	pg := rawPostgres(t, c.DSN(name))
	file := filepath.Join(t.TempDir(), "countersign.db")
	open(t, store.Config{Driver: "sqlite", Path: file})
	lite := rawSQLite(t, file)
	want := readPostgres(t, pg)
	for _, at := range []struct{ table, column string }{{"requests", "held_until"}, {"outbound_messages", "sealed"}, {"staff", "admin"}} {
		if _, ok := want[at.table].Columns[at.column]; !ok {
			t.Errorf("column %s of table %s was not read", at.column, at.table)
		}
	}
	if diff := cmp.Diff(want, readSQLite(t, lite)); diff != "" {
		t.Errorf("the engines differ (-PostgreSQL +SQLite):\n%s", diff)
	}
	t.Run("down and up", func(t *testing.T) {
		downAndUp(t, pg, "postgres", readPostgres)
		downAndUp(t, lite, "sqlite", readSQLite)
	})
	t.Run("newer", func(t *testing.T) {
		refusesNewer(t, pg, c.config(name))
		refusesNewer(t, lite, store.Config{Driver: "sqlite", Path: file})
	})
}

func TestMigrationNumbers(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`^(\d{5})_[a-z0-9_]+\.sql$`)
	var first []string
	for _, engine := range []string{"postgres", "sqlite"} {
		files, err := fs.Glob(migrations.FS, path.Join(engine, "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no migrations of %s: %v", engine, err)
		}
		var names []string
		for i, file := range files {
			name := path.Base(file)
			names = append(names, name)
			m := number.FindStringSubmatch(name)
			if m == nil {
				t.Errorf("%s is not named NNNNN_name.sql", file)
			} else if n, _ := strconv.Atoi(m[1]); n != i+1 {
				t.Errorf("%s has number %d, want %d", file, n, i+1)
			}
		}
		if first == nil {
			first = names
		} else if diff := cmp.Diff(first, names); diff != "" {
			t.Errorf("the engines have different migrations:\n%s", diff)
		}
	}
}

func downAndUp(t *testing.T, db *sql.DB, engine string, read func(*testing.T, *sql.DB) map[string]table) {
	t.Helper()
	dialect := map[string]goose.Dialect{"postgres": goose.DialectPostgres, "sqlite": goose.DialectSQLite3}[engine]
	sub, err := fs.Sub(migrations.FS, engine)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		t.Fatal(err)
	}
	before := read(t, db)
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if left := read(t, db); len(left) != 0 {
		t.Errorf("%s: after Down there are still tables: %v", engine, left)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, read(t, db)); diff != "" {
		t.Errorf("%s: after Down and Up the schema differs:\n%s", engine, diff)
	}
}

// A database that a newer program has migrated is not touched by an older one.
func refusesNewer(t *testing.T, db *sql.DB, cfg store.Config) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, $1)`, true); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), withDefaults(cfg))
	if err == nil {
		s.Close()
		t.Fatalf("%s: the schema of a newer program was accepted", cfg.Driver)
	}
	for _, part := range []string{"schema version 99", "knows up to", "use a newer countersign"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s: the error %q does not say %q", cfg.Driver, err, part)
		}
	}
}

// table is a table in the words that both engines share.
type table struct {
	Columns map[string]column
	Unique  []string // columns of each unique constraint or index, with its condition, sorted
	Indexes []string // of each other index, with its name
	Foreign []string // column -> table, sorted
}

type column struct {
	Type    string
	NotNull bool
	Default string
}

// types maps both engines' types to one word: what a program can store in the column.
var types = map[string]string{
	"BIGINT": "integer", "INTEGER": "integer", "TEXT": "text", "BOOLEAN": "boolean", "BYTEA": "bytes", "BLOB": "bytes",
	"TIMESTAMP WITH TIME ZONE": "time", "TIMESTAMP": "time",
}

func newColumn(t *testing.T, typ string, notNull bool, def string) column {
	t.Helper()
	word, ok := types[strings.ToUpper(typ)]
	if !ok {
		t.Errorf("the type %s is in no table of types", typ)
	}
	def = strings.ToLower(strings.TrimSuffix(def, "::text"))
	return column{Type: word, NotNull: notNull, Default: strings.TrimSuffix(strings.TrimPrefix(def, "<nil>"), "::bigint")}
}

const bookkeeping = "goose_db_version"

// condition brings the condition of a partial index into one form: PostgreSQL prints it parsed.
func condition(def string) string {
	_, where, ok := strings.Cut(def, " WHERE ")
	if !ok {
		return ""
	}
	where = strings.NewReplacer("::text[]", "", "::text", "", "= ANY (ARRAY[", "IN ", "(", "", ")", "", "]", "", ", ", ",").Replace(where)
	return " where " + strings.ToLower(strings.Join(strings.Fields(where), " "))
}

func (x table) add(unique bool, name, columns, def string) table {
	if unique {
		x.Unique = append(x.Unique, columns+condition(def))
	} else {
		x.Indexes = append(x.Indexes, name+": "+columns+condition(def))
	}
	slices.Sort(x.Unique)
	slices.Sort(x.Indexes)
	return x
}

func readSQLite(t *testing.T, db *sql.DB) map[string]table {
	t.Helper()
	all := map[string]table{}
	for _, r := range queryText(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> $1`, bookkeeping) {
		name := r[0]
		x := table{Columns: map[string]column{}}
		var primary []string
		for _, c := range queryText(t, db, `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info($1) ORDER BY pk`, name) {
			// SQLite does not report the primary key as NOT NULL.
			x.Columns[c[0]] = newColumn(t, c[1], c[2] == "1" || c[4] != "0", c[3])
			if c[4] != "0" {
				primary = append(primary, c[0])
			}
		}
		x = x.add(true, "", strings.Join(primary, ","), "")
		for _, i := range queryText(t, db, `SELECT l.name, l."unique", coalesce(m.sql, '') FROM pragma_index_list($1) l
			JOIN sqlite_master m ON m.name = l.name WHERE l.origin <> 'pk'`, name) {
			x = x.add(i[1] == "1", i[0], one(t, db, `SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info($1) ORDER BY seqno)`, i[0]), i[2])
		}
		for _, k := range queryText(t, db, `SELECT "from", "table" FROM pragma_foreign_key_list($1)`, name) {
			x.Foreign = append(x.Foreign, k[0]+" -> "+k[1])
		}
		slices.Sort(x.Foreign)
		all[name] = x
	}
	return all
}

func readPostgres(t *testing.T, db *sql.DB) map[string]table {
	t.Helper()
	all := map[string]table{}
	for _, r := range queryText(t, db, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> $1`, bookkeeping) {
		name := r[0]
		x := table{Columns: map[string]column{}}
		for _, c := range queryText(t, db, `SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name = $1`, name) {
			x.Columns[c[0]] = newColumn(t, c[1], c[2] == "NO", c[3])
		}
		for _, i := range queryText(t, db, `SELECT c.relname, i.indisunique, pg_get_indexdef(i.indexrelid),
			(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
				JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
			FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::text::regclass`, name) {
			x = x.add(i[1] == "true", i[0], i[3], i[2])
		}
		for _, k := range queryText(t, db, `SELECT a.attname, f.confrelid::regclass::text FROM pg_constraint f
			JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey) WHERE f.contype = 'f' AND f.conrelid = $1::text::regclass`, name) {
			x.Foreign = append(x.Foreign, k[0]+" -> "+k[1])
		}
		slices.Sort(x.Foreign)
		all[name] = x
	}
	return all
}

func one(t *testing.T, db *sql.DB, query string, args ...any) string {
	t.Helper()
	rows := queryText(t, db, query, args...)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("%s: got %v, want one value", query, rows)
	}
	return rows[0][0]
}
