package interpret_test

import (
	"os"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// readsThree holds an answer to the approval mail about three people to how it is to be read: one letter for each.
func readsThree(t *testing.T, text, want string) {
	t.Helper()
	got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: threePeople})
	if d := flatten(got.Decisions, threePeople.Lines); d != want {
		t.Errorf("%q: %s, want %s", text, d, want)
	}
}

// TestDecisionsInLanguages holds the reader to testdata/answers.txt.
func TestDecisionsInLanguages(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		count[f[0]]++
		switch text := strings.ReplaceAll(f[2], `\n`, "\n"); {
		case len(f) == 3 && len(f[1]) == len(threePeople.Lines):
			readsThree(t, text, f[1])
		case len(f) == 3 && len(f[1]) > 0 && len(f[1]) < len(threePeople.Lines):
			asked := &interpret.Asked{Lines: threePeople.Lines[:len(f[1])], Requests: threePeople.Requests[:len(f[1])]}
			got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: asked})
			if d := flatten(got.Decisions, asked.Lines); d != f[1] {
				t.Errorf("%q: %s, want %s", text, d, f[1])
			}
		default:
			t.Fatalf("%q is no line of answers.txt", line)
		}
	}
	if len(count) < 15 {
		t.Errorf("answers in %d languages, want 15 or more", len(count))
	}
	for language, n := range count {
		if n < 15 && language != "-" {
			t.Errorf("only %d answers in %q", n, language)
		}
	}
}
