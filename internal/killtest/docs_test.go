package killtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const docs = "../../docs/faults.md"

var (
	named   = regexp.MustCompile("`([a-z]+)\\.(Test\\w+)(?:/(\\w+))?`")
	defined = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	quoted  = regexp.MustCompile("`([^`]+)`")
)

// TestDocs: each fault that is described has a test that plays it, each test of a fault is described, and the log has the
// lines that people are told to look for.
func TestDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	tests, faults, program := sources(t)
	described := map[string]bool{}
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.HasPrefix(cells[0], "-") || strings.Contains(cells[3], " Test ") {
			continue
		}
		rows++
		for _, q := range quoted.FindAllStringSubmatch(cells[2], -1) {
			if strings.Contains(q[1], " ") && !strings.Contains(program, `"`+q[1]+`"`) {
				t.Errorf("no line of the log is %q", q[1])
			}
		}
		names := named.FindAllStringSubmatch(cells[3], -1)
		if len(names) == 0 {
			t.Errorf("no test plays%s", cells[0])
		}
		for _, n := range names {
			name := n[1] + "." + n[2]
			described[name] = true
			if text, ok := tests[name]; !ok || !strings.Contains(text, n[3]) {
				t.Errorf("there is no test %s", strings.Trim(n[0], "`"))
			}
		}
	}
	if rows < 25 {
		t.Errorf("the page has %d faults; is its form another one now?", rows)
	}
	for _, name := range faults {
		if !described[name] {
			t.Errorf("the page does not name %s", name)
		}
	}
}

// sources reads all packages: the file of each test, by its name, the tests in files of faults, and all else as one text.
func sources(t *testing.T) (tests map[string]string, faults []string, program string) {
	t.Helper()
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	tests = map[string]string{}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			all.Write(text)
			continue
		}
		for _, f := range defined.FindAllSubmatch(text, -1) {
			name := filepath.Base(filepath.Dir(file)) + "." + string(f[1])
			tests[name] = string(text)
			if base := filepath.Base(file); strings.HasPrefix(base, "faults_") && base != "faults_test.go" { // which others have, too
				faults = append(faults, name)
			}
		}
	}
	slices.Sort(faults)
	return tests, faults, all.String()
}
