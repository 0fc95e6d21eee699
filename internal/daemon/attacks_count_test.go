package daemon_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSecurityPageCounts: the table of attacks in docs/security.md has their numbers.
func TestSecurityPageCounts(t *testing.T) {
	t.Parallel()
	want := map[string]int{"pages": len(pageAttacks) + len(stopAttacks), "portal": len(portalAttacks), "taken-over mailbox": len(takeovers),
		"transport": len(imapAttacks(certificates{})) + len(smtpAttacks(certificates{}))}
	files, err := filepath.Glob("testdata/attacks/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		f := loadAttacks(t, path)
		want["mail"] += len(f.Attacks) * len(f.Worlds)
	}
	for _, g := range slices.Concat(abuses, tokenAbuses) {
		want["power"] += len(g.attacks)
	}
	for _, s := range schemes {
		want[s.channel]++
	}
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z -]+) \| [^|]+ \| (\d+) \| [^|]+ \|$`).FindAllStringSubmatch(string(page), -1) {
		n, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		got[row[1]] = n
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attacks by channel (-as defined +as docs/security.md says):\n%s", diff)
	}
}
