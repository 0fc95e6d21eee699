package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/policy"
)

// rows are the sentences that the built-in models stand on: prefix and number.
var rows = map[string]struct {
	prefix string
	n      int
}{
	"contact-levels":         {"CL", 22},
	"authorisation-list":     {"AL", 7},
	"account-contacts":       {"AC", 7},
	"client-representatives": {"CR", 9},
}

// TestShipped plays the cases that come with each built-in model. They speak of every row.
func TestShipped(t *testing.T) {
	t.Parallel()
	for _, id := range policy.BuiltinIDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			m, err := policy.Builtin(id)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Shipped(id)
			if err != nil {
				t.Fatal(err)
			}
			if f.RoleModel != id {
				t.Errorf("the cases are for %q", f.RoleModel)
			}
			for _, x := range f.Test(m) {
				t.Errorf("line %d, %s: %s is %s, want %s", x.Case.Line, x.Case.Name, x.What, x.Got, x.Want)
			}
			said := map[string]bool{}
			for _, c := range f.Cases {
				for _, row := range c.Row {
					said[row] = true
				}
			}
			for row, text := range f.Elsewhere {
				if said[row] || text == "" {
					t.Errorf("row %s stands elsewhere (%q) and in a case: %v", row, text, said[row])
				}
				said[row] = true
			}
			for n := range rows[id].n {
				row := fmt.Sprintf("%s-%02d", rows[id].prefix, n+1)
				if !said[row] {
					t.Errorf("nothing is said of row %s", row)
				}
				delete(said, row)
			}
			for row := range said { // what holds in every model may have cases too
				if !strings.HasPrefix(row, "R") || !slices.ContainsFunc(m.Rules, func(r policy.Rule) bool { return r.ID == row }) {
					t.Errorf("there is no row %s", row)
				}
			}
		})
	}
}

// TestCasesFindChanges takes away the rules of each sentence in turn: the shipped cases notice. Without this the cases
// could be true of anything.
func TestCasesFindChanges(t *testing.T) {
	t.Parallel()
	for _, id := range policy.BuiltinIDs() {
		m, err := policy.Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Shipped(id)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, r := range m.Rules {
			without := *m
			without.Rules = slices.DeleteFunc(slices.Clone(m.Rules), func(x policy.Rule) bool { return x.ID == r.ID && x.Refuse == r.Refuse })
			key := fmt.Sprintf("%s (refuses: %v)", r.ID, r.Refuse)
			if !seen[key] && len(f.Test(&without)) == 0 {
				t.Errorf("%s: the cases do not miss the rules of %s", id, key)
			}
			seen[key] = true
		}
	}
}

func TestMismatch(t *testing.T) {
	t.Parallel()
	m, err := policy.Builtin("contact-levels")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Load("f.yaml", []byte(`role_model: contact-levels
cases:
  - {row: X-1, name: a, as: technician, action: add_user, subject: technician, answer: yes, rule: CL-03, approved_by: [staff],
     may_ask: main_contact, own_authority: yes, moves_power: yes, checklist: staff}
  - {row: X-2, name: b, as: technician, can: service:order, cannot: ticket:technical, topics: {billing: yes, technical: yes}}
  - {row: X-3, name: c, as: king, action: add_user, answer: no}
  - {row: X-4, name: d, as: main_contact, action: remove_user, self: true, answer: yes, others: {main_contact: 0}, full: main_contact}
  - {row: X-5, name: e, as: main_contact, action: add_user, subject: main_contact, answer: yes, approved_by: [staff], own_authority: yes}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range f.Test(m) {
		got = append(got, fmt.Sprintf("%d %s: want %s, got %s", x.Case.Line, x.What, x.Want, x.Got))
	}
	want := []string{
		"3 answer: want yes, got no",
		"3 rule: want CL-03, got CL-11",
		"3 approved_by: want [staff], got []",
		"3 may_ask: want [main_contact], got [main_contact, secondary_contact]",
		"3 own_authority: want yes, got no",
		"3 moves_power: want yes, got no",
		"3 checklist: want staff, got none",
		"5 can: want service:order, got has only [ticket:technical, assistance:request]",
		"5 cannot: want ticket:technical, got has it",
		"5 topics: billing: want yes, got no",
		`6 action: want words of the model, got unknown role "king"; contact-levels has main_contact, secondary_contact, technician`,
		"7 full: want [main_contact], got []",
		"7 vacant: want [], got [main_contact]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBadFiles: a file of cases is read as strictly as a model.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", "f.yaml:1: the file is empty"},
		"syntax":     {"cases: [", "f.yaml:1: did not find expected node content"},
		"no_model":   {"cases: [{row: A, name: a, as: x, can: ticket:any}]", "f.yaml:1: role_model is missing"},
		"no_cases":   {"role_model: m", "f.yaml:1: there are no cases"},
		"key":        {"role_model: m\ncases:\n  - {row: A, nmae: a}", `f.yaml:3: unknown key "nmae"`},
		"type":       {"role_model: m\ncases:\n  - {row: A, name: a, self: perhaps}", "f.yaml:3: `perhaps` does not fit here"},
		"no_name":    {"role_model: m\ncases:\n  - {row: A, as: x, can: ticket:any}", "f.yaml:3: the case's name is missing"},
		"no_row":     {"role_model: m\ncases:\n  - {name: A, as: x, can: ticket:any}", "f.yaml:3: the case's row is missing"},
		"answer":     {"role_model: m\ncases:\n  - {row: A, name: a, as: x, action: add_user, answer: maybe}", `f.yaml:3: answer is yes or no, not "maybe"`},
		"no_action":  {"role_model: m\ncases:\n  - {row: A, name: a, as: x, answer: yes}", "f.yaml:3: the case's action is missing"},
		"nothing":    {"role_model: m\ncases:\n  - {row: A, name: a, as: x}", "f.yaml:3: the case expects nothing"},
		"badge":      {"role_model: m\ncases:\n  - {row: A, name: a, as: x, badge: golden, can: ticket:any}", `f.yaml:3: badge is active or none`},
		"topic":      {"role_model: m\ncases:\n  - {row: A, name: a, as: x, topics: {weather: no}}", `f.yaml:3: unknown topic "weather"`},
		"capability": {"role_model: m\ncases:\n  - {row: A, name: a, as: x, can: [fly]}", `f.yaml:3: unknown capability "fly"`},
		"bounds":     {"role_model: m\ncases:\n  - {row: A, name: a, as: x, action: add_user, answer: yes, full: x}", `f.yaml:3: full and vacant need others`},
		"yes":        {"role_model: m\ncases:\n  - {row: A, name: a, as: x, topics: {billing: maybe}}", `f.yaml:3: yes or no is expected`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Load("f.yaml", []byte(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("cases/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	m, err := policy.Builtin("contact-levels")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Load("fuzz.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.yaml:") {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		file.Test(m)
	})
}
