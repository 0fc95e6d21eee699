package replytext_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// published is one mail of another library's tests, with the text that counts as its author's.
type published struct {
	ID, Source, Eml, Expected string
	Accept                    []string
}

// score counts mails of one source: all, right, with somebody else's line in the own words, with an own line missing.
type score struct{ all, right, leak, loss int }

// TestPublishedReplies takes the mails apart that other libraries publish with theirs, from the folder that
// COUNTERSIGN_FIXTURES names.
func TestPublishedReplies(t *testing.T) {
	t.Parallel()
	root := os.Getenv("COUNTERSIGN_FIXTURES")
	if root == "" {
		t.Log("COUNTERSIGN_FIXTURES is not set: the published replies are not read")
		return
	}
	folder := filepath.Join(root, "sets", "reply-text")
	bySource, total := map[string]*score{}, score{}
	for _, c := range readCases(t, folder) {
		if c.Expected == "" {
			continue
		}
		if bySource[c.Source] == nil {
			bySource[c.Source] = &score{}
		}
		accepted := append([]string{read(t, filepath.Join(folder, c.Expected))}, c.Accept...)
		m, err := message.Parse([]byte(read(t, filepath.Join(folder, c.Eml))))
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		right, leak, loss := compare(replytext.SplitBy(m.Text, m.Author.Name).Own, accepted)
		for _, s := range []*score{bySource[c.Source], &total} {
			s.add(right, leak, loss)
		}
		if !right {
			t.Logf("%s: leak %t, loss %t", c.ID, leak, loss)
		}
	}
	for source, s := range bySource {
		t.Logf("%-20s %3d mails, %3d right, %d leaks, %d losses", source, s.all, s.right, s.leak, s.loss)
	}
	t.Logf("%-20s %3d mails, %3d right, %d leaks, %d losses", "all", total.all, total.right, total.leak, total.loss)
	if 1000*total.right < 976*total.all || total.leak > 3 {
		t.Errorf("%d of %d right, %d leaks; 98.6 %% and 2 have been reached", total.right, total.all, total.leak)
	}
}

func (s *score) add(right, leak, loss bool) {
	for n, ok := range map[*int]bool{&s.all: true, &s.right: right, &s.leak: leak, &s.loss: loss} {
		if ok {
			*n++
		}
	}
}

func readCases(t *testing.T, folder string) []published {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []published
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c published
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// compare holds the own words against the accepted texts, white space folded.
func compare(own string, accepted []string) (right, leak, loss bool) {
	got := fold(own)
	all := ""
	for _, a := range accepted {
		right = right || fold(a) == got
		all += " " + fold(a)
	}
	if right {
		return true, false, false
	}
	for _, line := range strings.Split(own, "\n") {
		leak = leak || !strings.Contains(all, fold(line))
	}
	for _, line := range strings.Split(accepted[0], "\n") {
		needed := !slices.ContainsFunc(accepted, func(a string) bool { return !strings.Contains(fold(a), fold(line)) })
		loss = loss || needed && !strings.Contains(got, fold(line))
	}
	return false, leak, loss
}

func fold(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(replytext.Clean(s))), " ")
}
