package replytext_test

import (
	"mime"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/replytext"
)

// kept is a reply that this package was not written by: its body as text or HTML, its author, and the author's own words, with every other
// form of them that is as good: mostly with the closing formula, or with it and the name below it.
type kept struct {
	name, mediaType, author, body string
	own                           []string
}

// readKept reads the replies of a file of testdata/heldout.
func readKept(t *testing.T, path string) []kept {
	t.Helper()
	var out []kept
	for record := range strings.SplitSeq("\n"+read(t, path), "\n=== ") {
		head, rest, _ := strings.Cut(record, "\n")
		switch f := strings.Split(head, " | "); {
		case (head == "own" || head == "or") && len(out) > 0:
			out[len(out)-1].own = append(out[len(out)-1].own, rest)
		case len(f) == 3:
			out = append(out, kept{f[0], f[1], f[2], rest, nil})
		case record != "":
			t.Fatalf("%s: %q is no head of a reply", path, head)
		}
	}
	return out
}

// left are how many replies of a file are not right: one keeps the author's own address, one a quote in a cell of a table whose border
// tells it, and one loses what is taken for the header of a mail.
var left = map[string]int{"odd.txt": 1, "programs-1.txt": 1, "programs-3.txt": 1}

// TestHeldOutReplies takes replies of many programs and languages apart: nothing of somebody else's may be left in the own words.
func TestHeldOutReplies(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/heldout/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var s score
		for _, k := range readKept(t, file) {
			m, err := message.Parse([]byte("From: " + mime.QEncoding.Encode("utf-8", k.author) + " <me@acme.example>\nIn-Reply-To: <asked@provider.example>\nContent-Type: text/" + k.mediaType +
				"; charset=utf-8\nContent-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\n" + k.body + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			own := replytext.SplitBy(m.Text, m.Author.Name).Own
			right, leak, loss := compare(own, k.own)
			s.add(right, leak, loss)
			if !right {
				t.Logf("%s: leak %t, loss %t: own words %q, want %q", k.name, leak, loss, own, strings.TrimSpace(k.own[0]))
			}
		}
		t.Logf("%s: %d replies, %d right, %d leaks, %d losses", filepath.Base(file), s.all, s.right, s.leak, s.loss)
		if s.all == 0 || s.all-s.right > left[filepath.Base(file)] {
			t.Errorf("%s: %d of %d right, want all but %d", file, s.right, s.all, left[filepath.Base(file)])
		}
	}
}
