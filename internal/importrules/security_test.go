package importrules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var testIn = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// The security page names tests for its promises, and no page names one that there is not.
func TestSecurityPage(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	for _, dir := range []string{"../*", "../*/*", "../../cmd/*"} {
		for _, text := range read(t, filepath.Join(dir, "*_test.go")) {
			code.WriteString(text)
		}
	}
	for page, text := range read(t, "../../docs/*.md") {
		named := testIn.FindAllStringSubmatch(text, -1)
		if filepath.Base(page) == "security.md" && len(named) < 20 {
			t.Errorf("%s names only %d tests", page, len(named))
		}
		for _, n := range named {
			if !strings.Contains(code.String(), "\nfunc "+n[1]+"(") {
				t.Errorf("%s names %s, which is no test", page, n[1])
			}
		}
	}
}

// read gives the text of each file that a pattern names.
func read(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[f] = string(text)
	}
	return texts
}
