package interpret_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// FuzzRead feeds any text as the body of a request, of an answer to an approval mail and of an answer to a question: no panic,
// and a mail whose every line is quoted decides nothing and asks nothing.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for i, path := range files {
		if i%7 != 0 {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		m, err := message.Parse(raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.Text)
	}
	jane := "Jane Doe"
	question := &interpret.Asked{
		Requests: []interpret.Request{{Action: interpret.AddUser, Name: &jane}, {Action: interpret.AddUser}},
		Missing:  []interpret.Missing{{Request: 0, Field: interpret.FieldRoles}, {Request: 1, Field: interpret.FieldEmail}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, asked := range []*interpret.Asked{nil, threePeople, onePerson, question} {
			ctx := interpret.Context{Roles: models["contact-levels"], Asked: asked, Evidence: true}
			interpret.Explain(interpret.Read(mail(text), ctx), mail(text), "contact-levels")
			quoted := "> " + strings.NewReplacer("\r\n", "\n> ", "\n", "\n> ", "\r", "\n> ", "\u2028", "\n> ").Replace(text)
			m := mail(quoted)
			m.Subject = "question"
			r := interpret.Read(m, ctx)
			for key, d := range r.Decisions {
				if d != interpret.Unclear {
					t.Errorf("decision %s = %s out of a quote", key, d)
				}
			}
			if asked == nil && len(r.Requests) > 0 {
				t.Errorf("request %v out of a quote", r.Requests)
			}
		}
	})
}
