package templates_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countersign/countersign/templates"
)

func TestOverlay(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{
		"mail/en/code.txt":      {Data: []byte("ours")},
		"mail/fr/code.txt":      {Data: []byte("le code")},
		"mail/fr/language.yaml": {Data: []byte("name: Français")},
		"web/static/style.css":  {Data: []byte("body {}")},
		".gitignore":            {Data: []byte("x")},
	}
	files, err := templates.Overlay(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"mail/en/code.txt": "ours", "mail/fr/code.txt": "le code", "web/static/style.css": "body {}"} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	late, err := fs.ReadFile(files, "mail/en/late.txt")
	built, _ := fs.ReadFile(templates.FS, "mail/en/late.txt")
	if err != nil || len(built) == 0 || string(late) != string(built) {
		t.Errorf("mail/en/late.txt: %q, %v", late, err)
	}
	entries, err := fs.ReadDir(files, "mail")
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); err != nil || got != "_layout.html _layout.txt _style.css _words.txt de en fr" {
		t.Errorf("folders of mail: %s, %v", got, err)
	}
	matches, err := fs.Glob(files, "mail/fr/*")
	if err != nil || strings.Join(matches, " ") != "mail/fr/code.txt mail/fr/language.yaml" {
		t.Errorf("mail/fr: %v, %v", matches, err)
	}
	sub, err := fs.Sub(files, "web")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fs.ReadFile(sub, "static/style.css"); err != nil || string(got) != "body {}" {
		t.Errorf("static/style.css: %q, %v", got, err)
	}
}

func TestOverlayNamesSlips(t *testing.T) {
	t.Parallel()
	_, err := templates.Overlay(fstest.MapFS{"mail/en/codes.txt": {}, "mails/en/code.txt": {}, "mail/en/code.html": {}})
	if err == nil || !strings.Contains(err.Error(), "mail/en/codes.txt") || !strings.Contains(err.Error(), "mails/en/code.txt") || strings.Contains(err.Error(), "code.html") {
		t.Errorf("error %v", err)
	}
}
