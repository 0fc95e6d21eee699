package interpret_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

//go:embed testdata/no-adds.txt
var noAdds string

// TestNoAdds: mails that hold somebody's full name, address and role, one in each line, and ask for something else than to add them, or for nothing.
func TestNoAdds(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(noAdds) {
		text := strings.NewReplacer("JD", "Jane Doe <jane.doe@acme.example>", `\n`, "\n").Replace(strings.TrimSpace(line))
		m := mail(text)
		m.Subject = "Question"
		for _, q := range interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests {
			if q.Action == interpret.AddUser {
				t.Errorf("%q asks to add somebody", text)
			}
		}
	}
}
