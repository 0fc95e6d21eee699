// Package importrules tests what a compiler does not: which package may import which, and that each says what it is for.
package importrules

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/countersign/countersign/"

// core packages are pure: a decision can be repeated from what was given to it.
var core = []string{"mailaddr", "message", "ascii", "seek", "replytext", "senderauth", "policy", "policy/matrix", "policy/golden", "interpret", "access", "token", "compose", "roster", "csvcell", "metrics", "config/yamldoc"}

// shell packages do I/O. They meet in daemon only, so that each can be tested, and read, alone.
var shell = []string{"mailbox", "submission", "store", "worker", "web", "config"}

// only says who may import a library, and why nobody else.
var only = []struct {
	library string
	by      []string
	why     string
}{
	{"github.com/emersion/go-imap/v2/imapclient", []string{"mailbox", "demo"}, "its client needs deadlines and length checks around every call; demo plays people's mail programs"},
	{"github.com/emersion/go-imap/v2", []string{"mailbox", "demo", "mailserver"}, "IMAP stays behind mailbox"},
	{"github.com/emersion/go-smtp", []string{"mailserver", "realservers"}, "only the embedded mail system serves SMTP; realservers hands mail to Dovecot over LMTP"},
	{"github.com/emersion/go-message", []string{"message"}, "its leniency and limits are decided in one place"},
	{"github.com/emersion/go-msgauth/dkim", []string{"mailserver", "daemon", "senderauth"}, "the embedded MX and senderauth verify, daemon reads the signing key"},
	{"blitiri.com.ar/go/spf", []string{"senderauth"}, "only senderauth judges senders"},
	{"github.com/emersion/go-msgauth/authres", nil, "it can be fooled by text that the sender chose; senderauth has a parser of its own"},
	{"github.com/wneessen/go-mail", []string{"compose", "submission"}, "compose builds, submission sends"},
	{"github.com/jmoiron/sqlx", []string{"store"}, "SQL stays behind store"},
	{"github.com/lib/pq", []string{"store"}, "SQL stays behind store"},
	{"modernc.org/sqlite", []string{"store"}, "SQL stays behind store"},
	{"github.com/pressly/goose/v3", []string{"store"}, "the schema is store's"},
	{"database/sql", []string{"store"}, "SQL stays behind store"},
	{"github.com/alecthomas/kong", []string{"cmd"}, "flags are read in cmd"},
	{"go.yaml.in/yaml/v3", []string{"compose", "policy", "policy/golden", "config", "config/yamldoc", "interpret", "replytext", "roster"}, "these read files that people write"},
}

// impure is what core packages must not import: they are given time, randomness, DNS and files.
var impure = map[string]string{
	"os": "files and the environment are passed in", "net": "DNS is passed in", "net/http": "the network is the shell's",
	"crypto/rand": "randomness is passed in", "math/rand": "randomness is passed in", "math/rand/v2": "randomness is passed in",
	"os/exec": "programs are the shell's", "net/smtp": "the network is the shell's", "log": "the shell logs",
}

type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		all = append(all, p)
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages were found", len(all))
	}
	return all
}

// short is the package's name in the tables: what stands behind internal/, or cmd.
func short(path string) string {
	path = strings.TrimPrefix(path, module)
	if strings.HasPrefix(path, "cmd/") {
		return "cmd"
	}
	return strings.TrimPrefix(path, "internal/")
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := short(p.ImportPath)
		for _, imp := range p.Imports {
			for _, r := range only {
				if (imp == r.library || strings.HasPrefix(imp, r.library+"/")) && !slices.Contains(r.by, name) && !moreSpecific(imp, r.library) {
					t.Errorf("%s imports %s: %s", name, imp, r.why)
				}
			}
			if why, bad := impure[imp]; bad && slices.Contains(core, name) {
				t.Errorf("core package %s imports %s: %s", name, imp, why)
			}
			if !strings.HasPrefix(imp, module) {
				continue
			}
			to := short(imp)
			switch {
			case slices.Contains(core, name) && !slices.Contains(core, to):
				t.Errorf("core package %s imports %s: the core knows only the core", name, to)
			case slices.Contains(shell, name) && slices.Contains(shell, to):
				t.Errorf("shell package %s imports %s: shell packages meet in daemon, the consumer declares the interface it needs", name, to)
			case to == "daemon" && name != "cmd":
				t.Errorf("%s imports daemon: only cmd starts it", name)
			case (to == "realservers" || to == "faultproxy"):
				t.Errorf("%s imports %s: it is for tests", name, to)
			}
		}
	}
}

// moreSpecific reports whether another row speaks about the import more closely.
func moreSpecific(imp, library string) bool {
	for _, r := range only {
		if len(r.library) > len(library) && (imp == r.library || strings.HasPrefix(imp, r.library+"/")) {
			return true
		}
	}
	return false
}

// Every package has one comment that begins with its charter: one line.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		var comments []string
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil {
				comments = append(comments, f.Doc.Text())
			}
		}
		switch {
		case len(p.GoFiles) == 0:
		case len(comments) != 1:
			t.Errorf("%s has %d package comments, not one", p.ImportPath, len(comments))
		default:
			first, _, _ := strings.Cut(comments[0], "\n")
			if !strings.HasSuffix(first, ".") || len(first) > 160 {
				t.Errorf("%s: the package comment does not begin with one line that says what it is for: %q", p.ImportPath, first)
			}
		}
	}
}

// The tables name packages that exist.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(core, shell) {
		files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("the table names %s, which is no package", name)
		}
	}
}
