package message_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/message"
)

// TestPublishedMails reads the malformed mails that other parsers publish, from the folder that COUNTERSIGN_FIXTURES names.
func TestPublishedMails(t *testing.T) {
	t.Parallel()
	root := os.Getenv("COUNTERSIGN_FIXTURES")
	if root == "" {
		t.Log("COUNTERSIGN_FIXTURES is not set: the published mails are not read")
		return
	}
	dir := filepath.Join(root, "mime-torture")
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(root, "sets", "mime-torture")
	}
	f, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var mails, known, right, authors, rightAuthors, refused int
	for lines.Scan() {
		var c struct {
			ID, EML string
			Truth   struct {
				Subject *string
				From    []struct{ Address string }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, c.EML))
		if err != nil {
			t.Fatal(err)
		}
		mails++
		m, err := message.Parse(raw)
		if err != nil {
			refused++
			var limit *message.LimitError
			var syntax *message.SyntaxError
			if !errors.As(err, &limit) && !errors.As(err, &syntax) {
				t.Errorf("%s: error of type %T", c.ID, err)
			}
			t.Logf("%s: %v", c.ID, err)
			continue
		}
		if want := c.Truth.Subject; want != nil {
			known++
			if fold(m.Subject) == fold(*want) {
				right++
			} else {
				t.Logf("%s: subject %q, want %q", c.ID, m.Subject, *want)
			}
		}
		if from := c.Truth.From; len(from) == 1 && from[0].Address != "" {
			authors++
			if m.AuthorErr == nil && strings.EqualFold(m.Author.Address.String(), from[0].Address) {
				rightAuthors++
			} else {
				t.Logf("%s: author %q, %v, want %q", c.ID, m.Author.Address, m.AuthorErr, from[0].Address)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d mails, %d refused, subjects %d of %d, authors %d of %d", mails, refused, right, known, rightAuthors, authors)
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }
