package compose

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"

	"github.com/countersign/countersign/internal/access"
)

const (
	mailDir  = "mail"
	fallback = "en"
)

// texts are the templates of one language. What kinds of mail share is there once.
type texts struct {
	text  *texttemplate.Template
	html  *htmltemplate.Template
	kinds map[access.MailKind]kindNames
}

func (t texts) has(kind access.MailKind) bool { return t.kinds[kind].text != "" }

// kindNames are the templates of one kind of mail.
type kindNames struct{ subject, words, text, html string }

// rendering is what the templates of one mail give.
type rendering struct {
	subject, words, text, html string
	wordsIn                    map[string]string // in other languages than English, by tag
}

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
	dir := mailDir + "/" + l.id
	p := &parser{templates: templates, look: look, funcs: l.funcs(), text: trees{}, html: trees{}}
	shared, err := p.shared(dir)
	if err != nil {
		return err
	}
	l.texts.kinds = map[access.MailKind]kindNames{}
	var errs []error
	for _, kind := range access.MailKinds {
		base := dir + "/" + string(kind)
		_, noText := fs.Stat(templates, base+".txt")
		_, noHTML := fs.Stat(templates, base+".html")
		if noText != nil && noHTML != nil && l.id != fallback {
			continue // written in English then: an update may bring kinds that a language of one's own has not yet
		}
		names, err := p.kind(base, string(kind)+"/", shared)
		if err == nil && names.words == "" && l.id == fallback {
			err = fmt.Errorf("mail template %s.txt does not define %q", base, "words")
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.texts.kinds[kind] = names
	}
	l.texts.text, l.texts.html = texttemplate.New("").Funcs(p.funcs), htmltemplate.New("").Funcs(p.funcs)
	for name, tree := range p.text {
		_, err := l.texts.text.AddParseTree(name, tree)
		errs = append(errs, err)
	}
	for name, tree := range p.html {
		_, err := l.texts.html.AddParseTree(name, tree)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// parser reads the files of one language.
type parser struct {
	templates  fs.FS
	look       style
	funcs      map[string]any
	text, html trees // of all kinds so far
}

// twoForms are the definitions of the two forms of a mail.
type twoForms struct{ text, html trees }

func (p *parser) shared(dir string) (twoForms, error) {
	f := twoForms{trees{}, trees{}}
	for _, pattern := range []string{mailDir + "/_*.txt", dir + "/_*.txt", mailDir + "/_*.html", dir + "/_*.html"} {
		names, err := fs.Glob(p.templates, pattern)
		if err != nil {
			return f, fmt.Errorf("finding the mail templates: %w", err)
		}
		for _, name := range names {
			if _, err := p.file(name, f); err != nil {
				return f, err
			}
		}
	}
	media, err := parseTrees(styleFile, `{{define "media"}}`+p.look.media+`{{end}}`, p.funcs)
	if err != nil {
		return f, fmt.Errorf("parsing a mail template: %w", err)
	}
	f.html.add(media)
	return f, nil
}

// kind adds what the two files of one kind define.
func (p *parser) kind(base, prefix string, shared twoForms) (kindNames, error) {
	own := twoForms{trees{}, trees{}}
	if _, err := p.file(base+".txt", own); err != nil {
		return kindNames{}, err
	}
	marked, err := p.file(base+".html", own)
	if err != nil {
		return kindNames{}, err
	}
	text, html := newKindTrees(prefix, own.text, shared.text), newKindTrees(prefix, own.html, shared.html)
	names := kindNames{subject: text.into(p.text, "subject"), words: text.into(p.text, "words"), text: text.into(p.text, "layout"),
		html: html.into(p.html, "layout")}
	var errs []error
	for _, name := range []string{"subject", "body", "layout"} {
		if own.text[name] == nil && shared.text[name] == nil {
			errs = append(errs, fmt.Errorf("mail template %s.txt does not define %q", base, name))
		}
	}
	if marked["body"] == nil {
		errs = append(errs, fmt.Errorf("mail template %s.html does not define %q", base, "body"))
	}
	return names, errors.Join(errs...)
}

// file adds one file: text to both forms, HTML to its own.
func (p *parser) file(name string, f twoForms) (trees, error) {
	data, err := fs.ReadFile(p.templates, name)
	if err != nil {
		return nil, fmt.Errorf("reading mail template %s: %w", name, err)
	}
	source, marked := string(data), strings.HasSuffix(name, ".html")
	if marked {
		source = p.look.apply(source)
	}
	t, err := parseTrees(name, source, p.funcs)
	if err != nil {
		return nil, fmt.Errorf("parsing a mail template: %w", err)
	}
	if marked {
		f.html.add(t)
	} else {
		f.text.add(t)
		f.html.add(t.copied())
	}
	return t, nil
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
			if l.texts.has(kind) {
				return l
			}
		}
	}
	return c.languages[fallback]
}

// render makes the texts of a mail. Its words are in every language that has them, since it is not known who will read them.
func (c *Composer) render(m *access.Mail, v func(*language) *view) (rendering, error) {
	l := c.language(m.Language, m.Kind)
	names, ok := l.texts.kinds[m.Kind]
	if !ok {
		return rendering{}, errors.New("there is no such kind of mail")
	}
	var r rendering
	var errs [4]error
	shown := v(l)
	r.subject, errs[0] = execute(l.texts.text, names.subject, shown.withoutSecrets())
	r.text, errs[2] = execute(l.texts.text, names.text, shown)
	r.subject, r.text = strings.Join(strings.Fields(r.subject), " "), layOut(r.text)
	r.words, r.wordsIn, errs[1] = c.words(m.Kind, func(o *language) *view {
		if o == l {
			return shown.forOthers()
		}
		return v(o).forOthers()
	})
	shown.Subject, shown.Preheader = r.subject, preheader(r.text)
	r.html, errs[3] = execute(l.texts.html, names.html, shown)
	return r, errors.Join(errs[:]...)
}

// words are what a mail says, in a few words: in English, and in the other languages that have them.
func (c *Composer) words(kind access.MailKind, v func(*language) *view) (english string, others map[string]string, err error) {
	for tag, l := range c.languages {
		name := l.texts.kinds[kind].words
		if name == "" {
			continue
		}
		words, failed := execute(l.texts.text, name, v(l))
		if failed != nil {
			return "", nil, failed
		}
		if words = cut(strings.Join(strings.Fields(words), " "), maxWords); tag == fallback {
			english = words
			continue
		}
		if others == nil {
			others = map[string]string{}
		}
		others[tag] = words
	}
	return english, others, nil
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
	b := buffer()
	defer buffers.Put(b)
	err := t.ExecuteTemplate(b, name, v)
	return b.String(), err
}

// buffers are for what is written bit by bit.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func buffer() *bytes.Buffer {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}
