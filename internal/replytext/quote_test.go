package replytext_test

import (
	"testing"

	"github.com/countersign/countersign/internal/replytext"
)

func TestQuotes(t *testing.T) {
	t.Parallel()
	const long = "> To approve this request, reply with the one word that the mail above names and"
	for name, c := range map[string]struct{ text, own string }{
		"between the lines":     {"> 1. Jane\n\nYes.\n\n> 2. Raj\n\nNo.\n", "Yes.\nNo."},
		"without blank lines":   {"> 1. Jane\nYes.\n> 2. Raj\nNo.\n", "Yes.\nNo."},
		"initials":              {"SP> Hello\nSP> Jane?\nNo.\n", "No."},
		"nested":                {"No.\n\n>>> a\n>> b\n> > c\n", "No."},
		"wrapped":               {"No.\n\n" + long + "\nAPPROVE in it\n> or not.\n", "No."},
		"wrapped at the end":    {"No.\n\n" + long + "\nsend approve\n", "No."},
		"link alone":            {"No.\n\n> See\nhttps://provider.example/t/1\n> please\n", "No."},
		"open bracket":          {"No.\n\n> View (https://provider.example/t?\n_nonce=3dd518)\n>\n", "No."},
		"answer below a period": {long + " no more.\nyes\n> 2. Raj\nno\n", "yes\nno"},
		"adorned":               {"Visit us\n>>> >>> http://acme.example <<<\nsoon", "Visit us\n>>> >>> http://acme.example <<<\nsoon"},
		"adorned in a quote":    {"No.\n\n> a\n>> APPROVE <<\n> b", "No."},
		"wide mark":             {"No.\n\n＞ APPROVE", "No."},
		"greeting":              {"Hi,\nOn 2 Nov 2026 at 10:00, Support wrote:\n> Jane?\n\nNo.", "Hi,\nNo."},
		"greeting of a program": {"Hello Support,\n\nMonday, November 2, 2026, 10:00:00 AM, you wrote:\n\n> Jane?\n\nNo.", "No."},
	} {
		if got := replytext.Split(c.text).Own; got != c.own {
			t.Errorf("%s: own words %q, want %q", name, got, c.own)
		}
	}
}
