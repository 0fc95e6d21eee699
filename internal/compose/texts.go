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
func (l *language) funcs() map[string]any {
	return map[string]any{
		"allOf": l.allOf,
		"oneOf": l.oneOf,
		"join":  strings.Join,
		"has":   func(list []string, s string) bool { return slices.Contains(list, s) },
		"withStatus": func(lines []line, status string) []line {
			return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.Status != status })
		},
		"allAction": func(lines []line, action string) bool {
			return !slices.ContainsFunc(lines, func(l line) bool { return l.Action != action })
		},
	}
}

func parseLanguages(templates fs.FS) (map[string]*language, error) {
	entries, err := fs.ReadDir(templates, mailDir)
	if err != nil {
		return nil, fmt.Errorf("reading the mail templates: %w", err)
	}
	look, err := parseStyle(templates)
	if err != nil {
		return nil, err
	}
	languages := map[string]*language{}
	var errs []error
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		l, err := parseLanguage(templates, mailDir+"/"+e.Name())
		if err == nil {
			err = l.parseTexts(templates, look)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		languages[strings.ToLower(e.Name())] = l
	}
	if len(errs) == 0 && languages[fallback] == nil {
		errs = append(errs, fmt.Errorf("reading the mail templates: there is no folder %s/%s", mailDir, fallback))
	}
	return languages, errors.Join(errs...)
}

// parseTexts reads KIND.txt and KIND.html for every kind. Files that begin with _ hold what they share: those beside the
// languages for all of them. What a .txt file defines can be used in HTML too, where it needs no mark-up.
func (l *language) parseTexts(templates fs.FS, look style) error {
	l.texts = texts{}
	dir := mailDir + "/" + l.id
	shared := pair{texttemplate.New("").Funcs(l.funcs()), htmltemplate.New("").Funcs(l.funcs())}
	if err := shared.parseShared(templates, dir, look); err != nil {
		return err
	}
	var errs []error
	for _, kind := range access.MailKinds {
		base := dir + "/" + string(kind)
		_, noText := fs.Stat(templates, base+".txt")
		_, noHTML := fs.Stat(templates, base+".html")
		if noText != nil && noHTML != nil && l.id != fallback {
			continue // written in English then: an update may bring kinds that a language of one's own has not yet
		}
		p, err := shared.parseKind(templates, base, look)
		if err == nil && p.text.Lookup("words") == nil && l.id == fallback {
			err = fmt.Errorf("mail template %s.txt does not define %q", base, "words")
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.texts[kind] = p
	}
	return errors.Join(errs...)
}

func (p pair) parseShared(templates fs.FS, dir string, look style) error {
	for _, pattern := range []string{mailDir + "/_*.txt", dir + "/_*.txt", mailDir + "/_*.html", dir + "/_*.html"} {
		names, err := fs.Glob(templates, pattern)
		if err != nil {
			return fmt.Errorf("finding the mail templates: %w", err)
		}
		for _, name := range names {
			if _, err := p.parse(templates, name, look); err != nil {
				return err
			}
		}
	}
	if _, err := p.html.New(styleFile).Parse(`{{define "media"}}` + look.media + `{{end}}`); err != nil {
		return fmt.Errorf("parsing a mail template: %w", err)
	}
	return nil
}

// parseKind adds the two files of one kind to a copy of what all share.
func (p pair) parseKind(templates fs.FS, base string, look style) (pair, error) {
	var err error
	if p.text, err = p.text.Clone(); err != nil {
		return p, fmt.Errorf("parsing a mail template: %w", err)
	}
	if p.html, err = p.html.Clone(); err != nil {
		return p, fmt.Errorf("parsing a mail template: %w", err)
	}
	if _, err := p.parse(templates, base+".txt", look); err != nil {
		return p, err
	}
	marked, err := p.parse(templates, base+".html", look)
	if err != nil {
		return p, err
	}
	var errs []error
	for _, name := range []string{"subject", "body", "layout"} {
		if p.text.Lookup(name) == nil {
			errs = append(errs, fmt.Errorf("mail template %s.txt does not define %q", base, name))
		}
	}
	if !strings.Contains(marked, `{{define "body"`) {
		errs = append(errs, fmt.Errorf("mail template %s.html does not define %q", base, "body"))
	}
	return p, errors.Join(errs...)
}

// parse adds one file: text to both forms, HTML to its own.
func (p pair) parse(templates fs.FS, name string, look style) (source string, err error) {
	data, err := fs.ReadFile(templates, name)
	if err != nil {
		return "", fmt.Errorf("reading mail template %s: %w", name, err)
	}
	source = string(data)
	if strings.HasSuffix(name, ".html") {
		_, err = p.html.New(name).Parse(look.apply(source))
	} else if _, err = p.text.New(name).Parse(source); err == nil {
		_, err = p.html.New(name).Parse(source)
	}
	if err != nil {
		return "", fmt.Errorf("parsing a mail template: %w", err)
	}
	return source, nil
}

// Languages are the tags of the languages that a folder of templates has texts in, sorted.
func Languages(templates fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(templates, mailDir)
	if err != nil {
		return nil, fmt.Errorf("reading the mail templates: %w", err)
	}
	var tags []string
	for _, e := range entries {
		if e.IsDir() {
			tags = append(tags, strings.ToLower(e.Name()))
		}
	}
	slices.Sort(tags)
	return tags, nil
}

// language picks one that has the kind: de-AT is de, what there is not is the default, or else English.
func (c *Composer) language(tag string, kind access.MailKind) *language {
	tag = strings.ToLower(strings.TrimSpace(tag))
	base, _, _ := strings.Cut(tag, "-")
	for _, id := range []string{tag, base, c.cfg.Language} {
		if l, ok := c.languages[id]; ok {
			if _, ok := l.texts[kind]; ok {
				return l
			}
		}
	}
	return c.languages[fallback]
}

// render makes the texts of a mail. Its words are English, as the pages that show them are.
func (c *Composer) render(m *access.Mail, v func(*language) *view) (rendering, error) {
	l, english := c.language(m.Language, m.Kind), c.languages[fallback]
	p, ok := l.texts[m.Kind]
	if !ok {
		return rendering{}, errors.New("there is no such kind of mail")
	}
	var r rendering
	var errs [4]error
	shown := v(l)
	r.subject, errs[0] = execute(p.text, "subject", shown.withoutSecrets())
	r.words, errs[1] = execute(english.texts[m.Kind].text, "words", v(english).withoutSecrets())
	r.text, errs[2] = execute(p.text, "layout", shown)
	r.subject, r.words = strings.Join(strings.Fields(r.subject), " "), cut(strings.Join(strings.Fields(r.words), " "), maxWords)
	r.text = layOut(r.text)
	shown.Subject, shown.Preheader = r.subject, preheader(r.text)
	r.html, errs[3] = execute(p.html, "layout", shown)
	return r, errors.Join(errs[:]...)
}

// preheader is what mail programs show beside the subject in a list: the first words below the greeting.
func preheader(text string) string {
	_, body, _ := strings.Cut(text, "\n\n")
	first, rest, _ := strings.Cut(body, "\n\n")
	if len(first) < maxPreheader/2 {
		first += " " + rest
	}
	return cut(strings.Join(strings.Fields(first), " "), maxPreheader)
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
