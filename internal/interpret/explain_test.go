package interpret_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
)

var update = flag.Bool("update", false, "write the explanations in testdata/explain anew; read them before they are committed")

// What support agents read of a mail, for one of each kind: labels, a table, prose, answers below the quoted lines, details that
// stay open, a report.
func TestExplanations(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"001-kb-bullets-outlook", "019-html-table-header-row-outlook", "060-prose-new-user-in-cc", "065-prose-buried-in-other-topic",
		"135-approve-mutt-interleaved", "165-cr-unclear-thanks-received", "185-ac-details-still-unclear-proton",
		"201-bounce-exchange-ndr-html",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, c := loadCase(t, filepath.Join("testdata", "corpus", name+".eml"))
			got := interpret.Explain(interpret.Read(m, interpret.Context{Model: c.Model, Roles: models[c.Model], Evidence: true}), m, c.Model)
			file := filepath.Join("testdata", "explain", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// The daemon reads without evidence, and must read what the explanation shows.
func TestEvidenceChangesNothing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/corpus/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		m, c := loadCase(t, file)
		ctx := interpret.Context{Model: c.Model, Roles: models[c.Model]}
		without := interpret.Read(m, ctx)
		ctx.Evidence = true
		with := interpret.Read(m, ctx)
		if len(without.Evidence) > 0 {
			t.Errorf("%s: evidence that nobody wants", file)
		}
		if len(with.Requests)+len(with.Decisions) > 0 && len(with.Evidence) == 0 {
			t.Errorf("%s: no evidence", file)
		}
		with.Evidence, without.Evidence = nil, nil
		if diff := cmp.Diff(with, without); diff != "" {
			t.Errorf("%s reads differently without evidence (-with +without):\n%s", file, diff)
		}
	}
}

// What stays open between two values is told with both; a value that two people have stands with each of them.
func TestExplainedChoices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Name: Jane Doe\nEmail: jane@acme.example or jdoe@acme.example\nRole: Technician\nReason: project\n": {
			"the mail does not say clearly which of these it is: jane@acme.example, jdoe@acme.example; it is asked for"},
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician or Main Contact?\nReason: project\n": {
			"the mail does not say clearly which of these it is: technician, main_contact; it is asked for"},
		"Name: Jane Doe\nEmail: jane@acme.example\nRole: Technician\nReason: project\n\nName: Raj Patel\nEmail: raj@acme.example\nRole: Technician\nReason: project\n": {
			`line 3, behind the label "Role"`, `line 4, behind the label "Reason"`, `line 8, behind the label "Role"`, `line 9, behind the label "Reason"`},
	} {
		m := mail(text)
		got := interpret.Explain(interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Evidence: true}), m, "")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
	}
}

func TestExplainedCommands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Please change my email address to ann.lee@acme.example.": {"Command: change_details", "changed of the author:", "new address: ann.lee@acme.example"},
		"Please delegate my approvals to Bob Stone <bob@acme.example> until 31 August 2026.": {"Command: delegate", "who: Bob Stone", "address: bob@acme.example",
			"until: 2026-08-31"},
	} {
		m := mail(text)
		got := interpret.Explain(interpret.Read(m, interpret.Context{Roles: models["contact-levels"], Evidence: true}), m, "")
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
	}
}
