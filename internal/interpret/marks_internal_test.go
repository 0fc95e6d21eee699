package interpret

import "testing"

func TestSameLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Hello,\n\n  *   Name: Jane Doe\n", "Hello,\n- Name: Jane Doe", true},
		{"Approved.\n\n\nJane", "Approved. \nJane\n\n", true},
		{"two  blanks", "two blanks", true},
		{"", "\n \n", true},
		{"Approved.", "Rejected.", false},
		{"Approved.\nNot.", "Approved.", false},
		{"not approved", "notapproved", false},
		{"> Approved.", "Approved.", false},
		{"1. Jane\n2. Raj", "2. Jane\n1. Raj", false},
		{"one line", "one\nline", false},
	} {
		if got := sameLines(c.a, c.b); got != c.same || sameLines(c.b, c.a) != c.same {
			t.Errorf("%q and %q: same %v", c.a, c.b, got)
		}
	}
}

func TestItemCells(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]string{
		"Jane Doe, jane@x.example ,  Technician":  {"Jane Doe", "jane@x.example", "Technician"},
		"Jane Doe / jane@x.example – Night-shift": {"Jane Doe", "jane@x.example", "Night-shift"},
		"Jane Doe\tTechnician \t x":               {"Jane Doe", "Technician", "x"},
		"1,5 and/or a-b":                          {"1,5 and/or a-b"},
		"Jane | ":                                 {"Jane", ""},
		"":                                        {""},
	} {
		got := itemCells(s)
		if len(got) != len(want) {
			t.Errorf("%q: %q", s, got)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %q", s, got)
			}
		}
	}
}

func TestAskedLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		number            int
		name, email, role string
		ok                bool
	}{
		"> 2. Raj Patel <Raj@acme.example> as Technician. Reason: Night shift": {2, "Raj Patel", "raj@acme.example", "Technician", true},
		"1. Jane Doe <jane@acme.example> as Secondary Contact.":                {1, "Jane Doe", "jane@acme.example", "Secondary Contact", true},
		"1. Jane Doe <jane@acme.example>. Reason: new":                         {1, "Jane Doe", "jane@acme.example", "", true},
		"1. Jane Doe <jane@acme.example>":                                      {1, "Jane Doe", "jane@acme.example", "", true},
		"1. Jane Doe <jane@acme.example> or somebody":                          {},
		"1. Jane Doe <jane@acme>":                                              {},
		"123. Jane Doe <jane@acme.example>":                                    {},
		"Jane Doe <jane@acme.example>":                                         {},
	} {
		l, role, ok := askedLine(line)
		if ok != want.ok || ok && (l.Number != want.number || l.Name != want.name || l.Email != want.email || role != want.role) {
			t.Errorf("%q: %+v %q %v", line, l, role, ok)
		}
	}
}

// İ and Ⱥ are of another length in small letters, and a byte that is no UTF-8 is of none.
func TestLowerInPlace(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"MIXED Case": "mixed case", "ÄÖÜ, ЙОД": "äöü, йод", "İstanbul ȺB": "İstanbul Ⱥb", "A\xea\xbdB": "a\xea\xbdb"} {
		if got := lowerInPlace(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}
