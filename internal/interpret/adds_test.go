package interpret_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/interpret"
)

// Staff add a stage to their approval with +security or +charge.
func TestAdds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"APPROVE +security":                       "a security_impact",
		"APPROVE +charge":                         "a charge_impact",
		"approve +Security, +charge":              "a charge_impact security_impact",
		"+security APPROVE":                       "a security_impact",
		"APPROVE (+charge)":                       "a charge_impact",
		"APPROVE":                                 "a",
		"REJECT +security":                        "r security_impact",
		"APPROVE security":                        "?",
		"approve with security":                   "?",
		"approve, charge":                         "?",
		"Approve and charges.":                    "?",
		"Security: approve":                       "?",
		"APPROVE\n\nIna Keller\nHead of Security": "a",
		"Hello,\n\nAPPROVE with security\n\nIna":  "?",
		"REJECT security":                         "r",
		"APPROVE +charge security":                "? charge_impact",
		"APPROVE. Security has checked her papers today, and all of them were fine.": "a",
		"APPROVE +securityx": "?",
		"APPROVE +budget":    "?",
		"+security":          "? security_impact",
		"APPROVE\n\n> reply APPROVE +security or\n> REJECT": "a",
		"APPROVE\n\n-- \nAnn\n+security":                    "a",
	} {
		for _, html := range []bool{false, true} {
			m := mail(text)
			if html {
				m.HTMLText = text + " "
			}
			r := interpret.Read(m, interpret.Context{Asked: onePerson})
			got := flatten(r.Decisions, onePerson.Lines)
			if len(r.Adds) > 0 {
				got += " " + strings.Join(r.Adds, " ")
			}
			if got != want {
				t.Errorf("%q (HTML: %t): %s, want %s", text, html, got, want)
			}
		}
	}
	m := mail("APPROVE")
	m.HTMLText = "APPROVE +security"
	if r := interpret.Read(m, interpret.Context{Asked: onePerson}); len(r.Adds) != 1 {
		t.Errorf("what only the HTML adds: %q", r.Adds)
	}
}
