package daemon_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/daemon"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/templates"
)

// The conversation page is in the language that the browser asks for, and in the provider's where it asks for none.
func TestConversationInTwoLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.send("sofia", lenaTechnician)
	w.get("sofia", "Lena Vogt")
	p := w.browse("/")
	p.shows("Every mail accounted for")
	p.shows("Technician")
	p.shows("awaiting approval · client")
	p.header = map[string]string{"Accept-Language": "de-CH, en;q=0.5"}
	for _, path := range []string{"/", "/conversation"} {
		p.do(http.MethodGet, path, nil)
		for _, words := range []string{"Jede Mail ist verbucht", "Techniker", "wartet auf Freigabe · Kunde", "Neuer Kontakt", "Mail ein", "beantragt von", "um Freigabe gebeten: Lena Vogt als Techniker", "Absender nachgewiesen. "} {
			p.shows(words)
		}
	}
	if strings.Contains(p.body, "accounted for") || strings.Contains(p.body, "proven") || strings.Contains(p.body, "passed for") {
		t.Errorf("the German page is English:\n%s", p.body)
	}
}

// Whatever the pages can say has a German word.
func TestPagesHaveGermanWords(t *testing.T) {
	t.Parallel()
	c, _, err := daemon.Texts(newWorld(t, setup{}).config())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	files, err := fs.Glob(templates.FS, "web/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(templates.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`say "([^"]+)"`).FindAllStringSubmatch(string(data), -1) {
			said = append(said, m[1])
		}
	}
	if len(said) < 15 {
		t.Errorf("the pages say only %q", said)
	}
	for _, d := range access.Dispositions {
		said = append(said, string(d))
	}
	for _, s := range []policy.Stage{policy.StageClient, policy.StageSecurityImpact, policy.StageChargeImpact, policy.StageSecurity, policy.StageStaff} {
		said = append(said, string(s))
	}
	for _, a := range []policy.Action{policy.ActionAddUser, policy.ActionChangeRole, policy.ActionChangeDetails, policy.ActionRemoveUser, policy.ActionScheduleVisit, policy.ActionResendInvitation} {
		said = append(said, string(a))
	}
	said = append(said, constants(t, "../access/access.go", "RequestState")...)
	said = append(said, constants(t, "../access/requested.go", "policy.Stage")...)
	said = append(said, "sent", "withheld", "dropped", string(access.ActionDelegate))
	said = append(said, shownEvents(t)...)
	same := []string{"Live"}
	for _, s := range said {
		s = strings.ReplaceAll(s, "_", " ")
		if c.Say("de", s) == s && !slices.Contains(same, s) {
			t.Errorf("%q has no German words", s)
		}
	}
}

// constants are the values of the constants of a type in a file.
func constants(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), filepath.FromSlash(file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Type == nil || len(v.Values) == 0 || typeWords(v.Type) != typeName {
			return true
		}
		if l, ok := v.Values[0].(*ast.BasicLit); ok {
			if s, err := strconv.Unquote(l.Value); err == nil {
				values = append(values, s)
			}
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("%s has no constants of type %s", file, typeName)
	}
	return values
}

func typeWords(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return typeWords(x.X) + "." + x.Sel.Name
	}
	return ""
}

// What speaks for or against an author has German words too, whichever of the reasons it is put together of.
func TestProofsHaveGermanWords(t *testing.T) {
	t.Parallel()
	c, _, err := daemon.Texts(newWorld(t, setup{}).config())
	if err != nil {
		t.Fatal(err)
	}
	said := append(reasons(t), "Sender proven.", "Sender not proven.", "Sender disproved.")
	if len(said) < 20 {
		t.Errorf("package senderauth gives only %q", said)
	}
	for _, s := range said {
		if c.SayReason("de", s) == s {
			t.Errorf("there is no German for %q", s)
		}
	}
	got := c.SayReason("de", "Sender disproved. By our own checks: DMARC fails: nothing that is aligned with the author's domain is valid.")
	if want := "Absender widerlegt. Nach unserer eigenen Prüfung: DMARC schlägt fehl: Nichts, was zur Domain des Absenders gehört, ist gültig."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// reasons are the texts that package senderauth gives as reasons of its verdicts.
func reasons(t *testing.T) (values []string) {
	t.Helper()
	files, err := filepath.Glob("../senderauth/*.go")
	if err != nil {
		t.Fatal(err)
	}
	literals := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == gotoken.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil && s != "" {
					values = append(values, strings.Trim(s, ": "))
				}
			}
			return true
		})
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if x, ok := n.Fun.(*ast.SelectorExpr); ok && x.Sel.Name == "pass" && len(n.Args) == 3 {
					literals(n.Args[2])
				}
			case *ast.AssignStmt:
				for i, to := range n.Lhs {
					if x, ok := to.(*ast.SelectorExpr); ok && x.Sel.Name == "Reason" && typeWords(x.X) == "e" && len(n.Rhs) == len(n.Lhs) {
						literals(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
	return values
}

// shownEvents are the words of events that the store shows.
func shownEvents(t *testing.T) (values []string) {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), "../store/view.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != "shownEvents" {
			return true
		}
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			if s, err := strconv.Unquote(e.(*ast.KeyValueExpr).Value.(*ast.BasicLit).Value); err == nil {
				values = append(values, s)
			}
		}
		return false
	})
	if len(values) == 0 {
		t.Fatal("the store shows no events")
	}
	return values
}
