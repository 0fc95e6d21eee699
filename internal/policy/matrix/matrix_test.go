package matrix

import (
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/policy"
)

var update = flag.Bool("update", false, "write the tables of docs/role-models.md anew; read the difference before it is committed")

const docs = "../../../docs/role-models.md"

func builtin(t *testing.T, id string) *Sheet {
	t.Helper()
	m, err := policy.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return New(m)
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, id := range policy.BuiltinIDs() {
		for line := range strings.Lines(builtin(t, id).Text()) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > Width || strings.HasSuffix(line, " ") {
				t.Errorf("%s: %d columns: %q", id, utf8.RuneCountInString(line), line)
			}
		}
	}
	got := builtin(t, "contact-levels").Text()
	for _, want := range []string{
		"  Technician         Secondary Contact  -   Main Contact, then security team, then support     CL-06\n" +
			"                                            team\n",
		"  Technician         Main Contact       -   (Main Contact), then security team, then support   CL-03\n",
		"  Main Contact (main_contact)    1 or more   client          optional  ticket:any,\n",
		"  anybody  Main Contact / Secondary Contact  -   support team  CL-16\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line\n%s in\n%s", want, got)
		}
	}
}

// TestEveryRule: each rule, its approvers and its conditions stand in the tables.
func TestEveryRule(t *testing.T) {
	t.Parallel()
	for _, id := range policy.BuiltinIDs() {
		m, err := policy.Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		s := New(m)
		count := map[string]int{}
		for _, a := range s.Actions {
			for _, row := range a.Table.Rows {
				count[a.Title+row[4]]++
			}
		}
		for _, r := range m.Rules {
			if !r.Refuse && count[actionWords[r.Action]+r.ID] == 0 {
				t.Errorf("%s: rule %s for %s is not shown", id, r.ID, r.Action)
			}
			if r.Refuse && !strings.Contains(strings.Join(flat(s.Refusals), "\n"), plain(r.Text)) {
				t.Errorf("%s: refusal %s is not shown", id, r.ID)
			}
		}
		for _, r := range m.Roles {
			if !strings.Contains(strings.Join(flat(s.Roles), "\n"), r.Title) {
				t.Errorf("%s: role %s is not shown", id, r.ID)
			}
		}
	}
}

func flat(t Table) []string {
	var all []string
	for _, row := range t.Rows {
		all = append(all, row...)
	}
	return all
}

func TestQuorum(t *testing.T) {
	t.Parallel()
	m, err := policy.Load("m.yaml", []byte(`role_model: {id: m, title: M, version: "1", reject: outvoted}
roles: [{id: boss, title: Boss, approves: client}, {id: user, title: User}]
rules: [{id: H-1, action: add_user, for: [boss, user], by: [boss, user], stages: [client: 3, staff: 2], text: t}]
otherwise: {id: H-0, text: no}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := New(m).Text()
	for _, want := range []string{"2 more of Boss, then 2 of the team for stage staff", "3 of Boss, then 2 of the team for stage staff", "A No ends a request only when"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Whatever stands in a model, the tables stay tables.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	m, err := policy.Load("m.yaml", []byte(`role_model: {id: m, title: "M | <b>*x*</b>", version: "1"}
roles: [{id: boss, title: "Boss | <script>", approves: client}]
rules: [{id: H-1, action: add_user, for: [boss], by: [boss], stages: [client, staff], text: t}]
otherwise: {id: H-0, text: "<i>no</i>"}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := New(m)
	var html strings.Builder
	if err := s.HTML(&html); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>", "<i>no", "<b>"} {
		if strings.Contains(html.String(), bad) || strings.Contains(s.Markdown(1), bad) {
			t.Errorf("%q is markup", bad)
		}
	}
	if want := `| Boss \| &lt;script> (boss) |`; !strings.Contains(s.Markdown(1), want) {
		t.Errorf("no cell %q in\n%s", want, s.Markdown(1))
	}
}

// TestDocs: the tables of the documentation are what policy show prints.
func TestDocs(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, id := range policy.BuiltinIDs() {
		begin, end := "<!-- policy show --role-model "+id+" --format markdown -->\n", "<!-- end of "+id+" -->\n"
		before, rest, found := strings.Cut(text, begin)
		shown, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Errorf("there is no place for %s: %s%s", id, begin, end)
			continue
		}
		want := builtin(t, id).Markdown(3)
		if *update {
			text = before + begin + want + end + after
		} else if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(shown, "\n")); diff != "" {
			t.Errorf("%s (-policy show +docs); go test -update writes it anew:\n%s", id, diff)
		}
	}
	if *update {
		if err := os.WriteFile(docs, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
