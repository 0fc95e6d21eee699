package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// TestHostileTexts reads long texts made to be slow: a reader that is not bounded does not end within the test's limit.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{
		"names":        "Jane Doe and ",
		"name lines":   "Jane Doe\n",
		"labels":       "Name: Jane Doe\n",
		"label only":   "Name\n",
		"list":         "list:\nJane Doe\n",
		"addresses":    "jane@acme.example ",
		"at signs":     "a@",
		"dots":         "a. ",
		"initials":     "A. ",
		"roles":        "technician or ",
		"blank lines":  "\n",
		"rules":        "____________\n",
		"headers":      "From: x\n",
		"attributions": "On 2 Nov 2026 at 10:00, x wrote:\n",
		"closings":     "Regards\n",
		"quotes":       "> 1. Jane Doe <jane@acme.example>\nyes\n",
		"approve":      "approve 1, ",
		"words":        "approve yes no not if ",
		"cells":        "a | b\n",
		"tabs":         "Name\tEmail\n",
		"brackets":     "(((",
		"mailto":       "a@b.c<mailto:a@b.c>",
		"bold":         "*Name:*",
		"particles":    "Jane van der ",
	} {
		text := "Please add " + strings.Repeat(unit, (8<<10)/len(unit))
		for _, asked := range []*interpret.Asked{nil, threePeople} {
			m := mail(text)
			m.Subject = "x"
			m.HTMLText = "\n" + text
			r := interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Asked: asked})
			if r.Class == "" {
				t.Errorf("%s: no class", name)
			}
		}
	}
}
