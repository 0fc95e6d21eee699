package interpret_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/interpret"
	"github.com/countersign/countersign/internal/message"
)

// A domain that resembles a trusted one is pointed out, and nothing else changes for it.
func TestWarnings(t *testing.T) {
	t.Parallel()
	trusted := []string{"acme.example", "prov.example"}
	for name, tt := range map[string]struct {
		from, address string
		want          []interpret.Warning
	}{
		"inside":            {"ann@acme.example", "jane@acme.example", nil},
		"elsewhere":         {"ann@acme.example", "jane@contoso.example", nil},
		"joined":            {"ann@acme.example", "jane@acme-example.com", []interpret.Warning{{0, "jane@acme-example.com", "acme.example", "joined"}}},
		"letters":           {"ann@acme.example", "jane@acrne.example", []interpret.Warning{{0, "jane@acrne.example", "acme.example", "letters"}}},
		"mixed_script":      {"ann@acme.example", "jane@асme.example", []interpret.Warning{{0, "jane@асme.example", "acme.example", "letters"}}},
		"of_the_provider":   {"ann@acme.example", "jane@porv.example", []interpret.Warning{{0, "jane@porv.example", "prov.example", "one off"}}},
		"of_the_author":     {"ann@fabrikam.test", "jane@fabrlkam.test", []interpret.Warning{{0, "jane@fabrlkam.test", "fabrikam.test", "one off"}}},
		"author":            {"ann@acme.test", "jane@contoso.example", []interpret.Warning{{-1, "ann@acme.test", "acme.example", "ending"}}},
		"both_are_the_same": {"ann@acne.example", "jane@acne.example", []interpret.Warning{{-1, "ann@acne.example", "acme.example", "one off"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := "From: Ann Lee <" + tt.from + ">\nSubject: Access\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" +
				"Please add Jane Doe <" + tt.address + "> as technical contact. Reason: new project.\n"
			m, err := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			ctx := interpret.Context{Roles: models["contact-levels"], Domains: trusted, Evidence: true}
			got := interpret.Read(m, ctx)
			if diff := cmp.Diff(tt.want, got.Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if got.Class != interpret.ClassRequest || len(got.Requests) != 1 || got.Requests[0].Email == nil || *got.Requests[0].Email != tt.address {
				t.Errorf("%s %+v", got.Class, got.Requests)
			}
			for _, w := range tt.want {
				if text := interpret.Explain(got, m, ""); !strings.Contains(text, w.Address) || !strings.Contains(text, "looks like "+w.Like) {
					t.Errorf("not explained:\n%s", text)
				}
			}
		})
	}
}
