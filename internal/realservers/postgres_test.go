package realservers

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPostgresCopiesTemplates(t *testing.T) {
	t.Parallel()
	s := Postgres(t)
	query := func(database, sql string) string {
		t.Helper()
		out, err := exec.Command(filepath.Join(s.bin, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, s.DSN(database)).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", sql, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	template := s.NewDatabase(t, "")
	query(template, "CREATE TABLE clients (name text); INSERT INTO clients VALUES ('Example Ltd')")
	one, two := s.NewDatabase(t, template), s.NewDatabase(t, template)
	query(one, "DELETE FROM clients")
	if got := query(two, "SELECT name FROM clients"); got != "Example Ltd" {
		t.Errorf("the second copy holds %q", got)
	}
}
