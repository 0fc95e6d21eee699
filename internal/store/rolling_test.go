package store_test

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/migrations"
)

// onlyAdds are the statements that a migration may consist of from lastBefore on: a daemon of the version before goes on
// working while it runs and after it.
var onlyAdds = []*regexp.Regexp{
	regexp.MustCompile(`^CREATE TABLE \w+ \(`),
	regexp.MustCompile(`^CREATE INDEX \w+ ON `),
	regexp.MustCompile(`^CREATE UNIQUE INDEX \w+ ON (\w+) `), // of a table that it makes: the old program knows of no conflict
	regexp.MustCompile(`^ALTER TABLE \w+ ADD COLUMN \w+ \w+( NOT NULL DEFAULT \S+)?( REFERENCES \w+ \(\w+\))?$`),
	regexp.MustCompile(`^(UPDATE|INSERT INTO) `),
}

// lastBefore is the newest migration that was made before the rule was.
const lastBefore = "00009_withheld.sql"

// A migration takes nothing away that a daemon of the version before needs, and asks nothing of it.
func TestMigrationsOnlyAdd(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"postgres", "sqlite"} {
		files, err := fs.Glob(migrations.FS, engine+"/*.sql")
		if err != nil || len(files) < 9 {
			t.Fatalf("%d migrations, %v", len(files), err)
		}
		for _, file := range files {
			if path.Base(file) <= lastBefore {
				continue
			}
			text, err := fs.ReadFile(migrations.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range takesAway(string(text)) {
				t.Errorf("%s: a daemon of the version before may not go on after: %s", file, wrong)
			}
		}
	}
}

var (
	comment = regexp.MustCompile(`(?m)--.*$`)
	blanks  = regexp.MustCompile(`\s+`)
)

// takesAway returns the statements of a migration that do more than add.
func takesAway(migration string) []string {
	up, _, _ := strings.Cut(migration, "-- +goose Down")
	made := map[string]bool{}
	var wrong []string
	for query := range strings.SplitSeq(comment.ReplaceAllString(up, ""), ";") {
		if query = strings.TrimSpace(blanks.ReplaceAllString(query, " ")); query == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(query, "CREATE TABLE "); ok {
			made[strings.Fields(rest)[0]] = true
		}
		allowed := false
		for _, form := range onlyAdds {
			if m := form.FindStringSubmatch(query); m != nil {
				allowed = !strings.HasPrefix(query, "CREATE UNIQUE") || made[m[1]]
			}
		}
		if !allowed {
			wrong = append(wrong, query)
		}
	}
	return wrong
}

// TestTakesAway: what the rule is for.
func TestTakesAway(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0":                         false,
		"ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT ''":                          false,
		"ALTER TABLE a ADD COLUMN b BIGINT REFERENCES c (id)":                          false,
		"ALTER TABLE a ADD COLUMN b TIMESTAMPTZ":                                       false,
		"CREATE INDEX a ON b (c) WHERE d = ''":                                         false,
		"CREATE TABLE a (\n b BIGINT -- so; and so\n); CREATE UNIQUE INDEX c ON a (b)": false,
		"CREATE UNIQUE INDEX c ON a (b)":                                               true,
		"ALTER TABLE a ADD COLUMN b BIGINT NOT NULL":                                   true,
		"ALTER TABLE a ADD COLUMN b BIGINT UNIQUE":                                     true,
		"ALTER TABLE a DROP COLUMN b":                                                  true,
		"ALTER TABLE a RENAME TO b":                                                    true,
		"ALTER TABLE a ALTER COLUMN b SET NOT NULL":                                    true,
		"ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0)":                                 true,
		"DROP INDEX a":       true,
		"DELETE FROM a":      true,
		"DROP TABLE a":       true,
		"UPDATE a SET b = c": false,
	} {
		if got := len(takesAway("-- +goose Up\n"+query+";\n-- +goose Down\nDROP TABLE a;")) > 0; got != want {
			t.Errorf("%s takes away: %v, want %v", query, got, want)
		}
	}
}
