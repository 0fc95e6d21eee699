package compose_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/compose"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/templates"
)

var define = regexp.MustCompile(`\{\{-? *define "([a-z_]+)"`)

func defines(t *testing.T, file string) []string {
	t.Helper()
	data, err := fs.ReadFile(templates.FS, file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range define.FindAllStringSubmatch(string(data), -1) {
		names = append(names, g[1])
	}
	slices.Sort(names)
	return names
}

// Every language has the same files, and every file defines the same.
func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	names := func(language string) []string {
		files, err := fs.Glob(templates.FS, "mail/"+language+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range files {
			files[i] = filepath.Base(f)
		}
		return files
	}
	english := names("en")
	for _, kind := range access.MailKinds {
		for _, ext := range []string{".txt", ".html"} {
			if !slices.Contains(english, string(kind)+ext) {
				t.Errorf("there is no mail/en/%s%s", kind, ext)
			}
		}
	}
	for _, language := range languages[1:] {
		if diff := cmp.Diff(english, names(language)); diff != "" {
			t.Errorf("files of en and %s (-en +%s):\n%s", language, language, diff)
			continue
		}
		for _, name := range english {
			if strings.HasSuffix(name, ".yaml") {
				continue
			}
			if diff := cmp.Diff(defines(t, "mail/en/"+name), defines(t, "mail/"+language+"/"+name)); diff != "" {
				t.Errorf("%s of en and %s (-en +%s):\n%s", name, language, language, diff)
			}
		}
	}
}

// Whatever the program can say of a line is said by a template, not by its last resort.
func TestEveryStatusIsSaid(t *testing.T) {
	t.Parallel()
	c := example(t)
	last := map[string]string{"en": "no longer open", "de": "nicht mehr offen"}
	for _, status := range stringConstants(t, "Status") {
		for _, language := range languages {
			for _, kind := range []access.MailKind{access.MailAnswer, access.MailOutcome} {
				m := compose.Samples()["answer_waiting"]
				m.Kind, m.Language, m.Data.Lines = kind, language, m.Data.Lines[:1]
				m.Data.Lines[0].Status = access.Status(status)
				r, err := c.Render(m, id, now)
				if err != nil {
					t.Fatal(err)
				}
				text, _ := parts(t, r.Raw)
				if strings.Contains(text, last[language]) {
					t.Errorf("%s %s says nothing of status %s:\n%s", language, kind, status, text)
				}
			}
		}
	}
}

// stringConstants are the values of the constants of a type of package access, from its source.
func stringConstants(t *testing.T, name string) []string {
	t.Helper()
	var all []string
	for _, file := range accessFiles(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == name {
				for _, e := range v.Values {
					if l, ok := e.(*ast.BasicLit); ok {
						s, err := strconv.Unquote(l.Value)
						if err != nil {
							t.Fatal(err)
						}
						all = append(all, s)
					}
				}
			}
			return true
		})
	}
	if len(all) < 5 {
		t.Fatalf("only %d constants of type %s were found", len(all), name)
	}
	return all
}

func accessFiles(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("../access/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// phrasesOf are the phrases of a language, each with its places cut out of the key.
func phrasesOf(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(templates.FS, "mail/"+language+"/language.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Phrases map[string]string }
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Phrases
}

// notMailed are sentences of package access that no client or approver reads: they are for the trail and for staff.
var notMailed = regexp.MustCompile(`proof of its sender|own server|address on file|waits behind|held today|came for this address`)

// The sentences that package access puts into mails, and those of the role models, are there in every language.
func TestPhrases(t *testing.T) {
	t.Parallel()
	var sentences []string
	for _, file := range accessFiles(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != gotoken.STRING {
				return true
			}
			s, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(s, " ") >= 3 && (unicode.IsUpper([]rune(s)[0]) || strings.HasSuffix(s, ".")) && !notMailed.MatchString(s) {
				sentences = append(sentences, s)
			}
			return true
		})
	}
	var titles []string
	for _, id := range policy.BuiltinIDs() {
		m, err := policy.Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range m.Rules {
			sentences = append(sentences, r.Text)
		}
		sentences = append(sentences, m.Otherwise.Text)
		for _, r := range m.Roles {
			titles = append(titles, r.Title)
		}
	}
	if len(sentences) < 60 || len(titles) < 15 {
		t.Fatalf("only %d sentences and %d titles were found", len(sentences), len(titles))
	}
	for _, language := range languages[1:] {
		phrases := phrasesOf(t, language)
		for _, s := range sentences {
			known := false
			for english := range phrases {
				known = known || strings.Contains(english, s)
			}
			if !known {
				t.Errorf("%s has no phrase for %q", language, s)
			}
		}
		for _, title := range titles {
			if phrases[title] == "" {
				t.Errorf("%s has no phrase for the role %q", language, title)
			}
		}
	}
}

// A title that we write is one that an answer may use: the role models know it.
func TestTitlesAreKnownToTheReader(t *testing.T) {
	t.Parallel()
	for _, language := range languages[1:] {
		phrases := phrasesOf(t, language)
		for _, id := range policy.BuiltinIDs() {
			m, err := policy.Builtin(id)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range m.Roles {
				own := phrases[r.Title]
				same := func(alias string) bool { return strings.EqualFold(alias, own) }
				if !same(r.Title) && !slices.ContainsFunc(r.Aliases, same) {
					t.Errorf("%s: %q of role %s is no alias of it", id, own, r.ID)
				}
			}
		}
	}
}

// What stands in the places of a sentence is kept, and roles in it are translated.
func TestPhrasesWithPlaces(t *testing.T) {
	t.Parallel()
	c := example(t)
	for english, german := range map[string]string{
		"As Technician you cannot ask us for this; please ask your Main Contact or Secondary Contact to write to us.": "Als Techniker können Sie das nicht beantragen. Bitten Sie dafür Ihren Hauptkontakt oder Zweitkontakt, uns zu schreiben.",
		"As Keeper you cannot ask us for this; please ask your Main Contact or Keeper to write to us.":                "Als Keeper können Sie das nicht beantragen. Bitten Sie dafür Ihren Main Contact or Keeper, uns zu schreiben.",
		"Jane Doe is the last contact of Acme Colo who can approve requests, so this needs a successor first.":        "Jane Doe kann als letzter Kontakt von Acme Colo noch Anfragen freigeben. Deshalb braucht es zuerst eine Nachfolge.",
		"Our own rule: ask on Mondays.": "Our own rule: ask on Mondays.",
	} {
		m := compose.Samples()["answer_refused"]
		m.Language, m.Data.Lines[0].Text = "de", english
		r, err := c.Render(m, id, now)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := parts(t, r.Raw)
		if got := strings.Join(strings.Fields(text), " "); !strings.Contains(got, german) {
			t.Errorf("%q is not in %s", german, got)
		}
	}
}
