package compose

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	texttemplate "text/template"

	"github.com/countersign/countersign/internal/access"
)

const (
	mailDir  = "mail"
	fallback = "en"
)

// texts are the templates of one language.
type texts map[access.MailKind]pair

type pair struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

// rendering is what the templates of one mail give.
type rendering struct{ subject, words, text, html string }

// funcs are what templates can call besides the built-in functions.
var funcs = map[string]any{
	"join": strings.Join,
	"has":  func(list []string, s string) bool { return slices.Contains(list, s) },
	"withStatus": func(lines []line, status string) []line {
		return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.Status != status })
	},
	"allAction": func(lines []line, action string) bool {
		return !slices.ContainsFunc(lines, func(l line) bool { return l.Action != action })
	},
}

func parseLanguages(templates fs.FS) (map[string]texts, error) {
	entries, err := fs.ReadDir(templates, mailDir)
	if err != nil {
		return nil, fmt.Errorf("reading the mail templates: %w", err)
	}
	languages := map[string]texts{}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if languages[e.Name()], err = parseTexts(templates, mailDir+"/"+e.Name()); err != nil {
			return nil, err
		}
	}
	if languages[fallback] == nil {
		return nil, fmt.Errorf("reading the mail templates: there is no folder %s/%s", mailDir, fallback)
	}
	return languages, nil
}

// parseTexts reads KIND.txt and KIND.html for every kind. Files that begin with _ hold what they share.
func parseTexts(templates fs.FS, dir string) (texts, error) {
	t := texts{}
	var errs []error
	for _, kind := range access.MailKinds {
		text, err := texttemplate.New(string(kind)).Funcs(funcs).ParseFS(templates, dir+"/_*.txt", dir+"/"+string(kind)+".txt")
		if err != nil {
			errs = append(errs, fmt.Errorf("parsing mail template %s/%s.txt: %w", dir, kind, err))
			continue
		}
		html, err := htmltemplate.New(string(kind)).Funcs(funcs).ParseFS(templates, dir+"/_*.html", dir+"/"+string(kind)+".html")
		if err != nil {
			errs = append(errs, fmt.Errorf("parsing mail template %s/%s.html: %w", dir, kind, err))
			continue
		}
		for _, name := range []string{"subject", "words", "body", "layout"} {
			if text.Lookup(name) == nil {
				errs = append(errs, fmt.Errorf("mail template %s/%s.txt does not define %q", dir, kind, name))
			}
		}
		for _, name := range []string{"body", "layout"} {
			if html.Lookup(name) == nil {
				errs = append(errs, fmt.Errorf("mail template %s/%s.html does not define %q", dir, kind, name))
			}
		}
		t[kind] = pair{text, html}
	}
	return t, errors.Join(errs...)
}

// texts picks the language: de-AT is de, and what there is not is English.
func (c *Composer) texts(language string) texts {
	base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(language)), "-")
	if t, ok := c.languages[base]; ok {
		return t
	}
	return c.languages[fallback]
}

func (t texts) render(kind access.MailKind, v *view) (rendering, error) {
	p, ok := t[kind]
	if !ok {
		return rendering{}, errors.New("there is no such kind of mail")
	}
	var r rendering
	var errs [4]error
	r.subject, errs[0] = execute(p.text, "subject", v.withoutSecrets())
	r.words, errs[1] = execute(p.text, "words", v.withoutSecrets())
	r.text, errs[2] = execute(p.text, "layout", v)
	r.html, errs[3] = execute(p.html, "layout", v)
	r.subject, r.words = strings.Join(strings.Fields(r.subject), " "), cut(strings.Join(strings.Fields(r.words), " "), maxWords)
	r.text = layOut(r.text)
	return r, errors.Join(errs[:]...)
}

// executor is what both template packages have.
type executor interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}

func execute(t executor, name string, v *view) (string, error) {
	var b strings.Builder
	err := t.ExecuteTemplate(&b, name, v)
	return b.String(), err
}
