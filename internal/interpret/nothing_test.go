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

//go:embed testdata/no-approvals.txt
var noApprovals string

//go:embed testdata/no-approvals-tongues.txt
var noApprovalsElsewhere string

// TestNoApprovals: answers, one in each line, that approve of nobody who was asked about: Jane Doe, and Raj Patel where a line begins with @2. Those of
// the second file are in other languages than English.
func TestNoApprovals(t *testing.T) {
	t.Parallel()
	two := &interpret.Asked{Lines: threePeople.Lines[:2], Requests: threePeople.Requests[:2]}
	for line := range strings.Lines(noApprovals + noApprovalsElsewhere) {
		text, asksTwo := strings.CutPrefix(strings.TrimSpace(line), "@2 ")
		asked := onePerson
		if asksTwo {
			asked = two
		}
		got := interpret.Read(mail(text), interpret.Context{Roles: models["contact-levels"], Asked: asked})
		if d := flatten(got.Decisions, asked.Lines); strings.Contains(d, "a") {
			t.Errorf("%q: %s", text, d)
		}
	}
}

// TestBoxesBesideProse: a box gives nobody a role that is not ticked, and none of several that are.
func TestBoxesBesideProse(t *testing.T) {
	t.Parallel()
	for _, boxes := range []string{
		"[ ] Badge\n[ ] Main Contact", "[x] Technician\n[x] Secondary Contact\n[ ] Main Contact", "[x] Technician\n[x] Portal\n[ ] Main Contact",
		"☐ Technician\n☐ Main Contact", "[ ] Technician\n[ ] Secondary Contact\n[ ] Main Contact",
	} {
		m := mail("Please add Jane Doe <jane.doe@acme.example>.\n\n" + boxes)
		m.Subject = "Access"
		for _, q := range interpret.Read(m, interpret.Context{Roles: models["contact-levels"]}).Requests {
			if len(q.Roles) > 0 {
				t.Errorf("%q: she gets %v", boxes, q.Roles)
			}
		}
	}
}
