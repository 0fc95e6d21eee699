package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	rowLine   = regexp.MustCompile(`(?m)^\| ((?:CL|AL|AC|CR)-\d\d) \| (.*) \| (.*) \|$`)
	testFunc  = regexp.MustCompile(`(?m)^func Test((?:CL|AL|AC|CR)_\d\d|EveryModel_\w+)\(`)
	modelLine = regexp.MustCompile("(?m)^\\| (.*) \\| .* \\| `Test(EveryModel_\\w+)` in daemon \\|$")
)

const noneYet = "no test of this name"

// TestRowsAreTested: each sentence that a built-in model stands on has its line, and the tests that the line names exist.
func TestRowsAreTested(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	tests := rowTests(t)
	text := rowLine.ReplaceAllStringFunc(string(data), func(line string) string {
		m := rowLine.FindStringSubmatch(line)
		where := tests[strings.ReplaceAll(m[1], "-", "_")]
		if len(where) == 0 {
			return fmt.Sprintf("| %s | %s | %s |", m[1], m[2], noneYet)
		}
		return fmt.Sprintf("| %s | %s | `Test%s` in %s |", m[1], m[2], strings.ReplaceAll(m[1], "-", "_"), strings.Join(where, ", "))
	})
	if *update {
		if err := os.WriteFile(docs, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	said := map[string]bool{}
	for _, m := range rowLine.FindAllStringSubmatch(string(data), -1) {
		said[m[1]] = true
		if m[3] == noneYet {
			continue
		}
		name, packages, found := strings.Cut(m[3], " in ")
		if !found || name != "`Test"+strings.ReplaceAll(m[1], "-", "_")+"`" {
			t.Errorf("row %s names no test: %q", m[1], m[3])
			continue
		}
		for p := range strings.SplitSeq(packages, ", ") {
			if !slices.Contains(tests[strings.ReplaceAll(m[1], "-", "_")], p) {
				t.Errorf("row %s: there is no test of it in %s; go test -update writes the column anew", m[1], p)
			}
		}
	}
	for prefix, n := range map[string]int{"CL": 22, "AL": 7, "AC": 7, "CR": 9} {
		for i := range n {
			if row := fmt.Sprintf("%s-%02d", prefix, i+1); !said[row] {
				t.Errorf("row %s has no line", row)
			}
		}
	}
}

// TestEveryModelIsTested: what holds in every model has its line, and a test named after it.
func TestEveryModelIsTested(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	tests := rowTests(t)
	said := map[string]bool{}
	for _, m := range modelLine.FindAllStringSubmatch(string(data), -1) {
		name := "EveryModel_"
		for _, word := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == '-' }) {
			name += strings.ToUpper(word[:1]) + word[1:]
		}
		if m[2] != name || !slices.Contains(tests[name], "daemon") {
			t.Errorf("%s: there is no Test%s in daemon, or the line names another one: Test%s", m[1], name, m[2])
		}
		said[m[2]] = true
	}
	for name := range tests {
		if strings.HasPrefix(name, "EveryModel_") && !said[name] {
			t.Errorf("Test%s has no line", name)
		}
	}
	if len(said) < 9 {
		t.Errorf("%d lines speak of every model, want at least 9", len(said))
	}
}

// rowTests are the packages with a test named after each row.
func rowTests(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../*/*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests were found: %v", err)
	}
	found := map[string][]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunc.FindAllStringSubmatch(string(data), -1) {
			found[m[1]] = append(found[m[1]], filepath.Base(filepath.Dir(file)))
		}
	}
	for _, list := range found {
		slices.Sort(list)
	}
	return found
}
