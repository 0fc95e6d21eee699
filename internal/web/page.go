package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// pages are the templates: every page within the layout, for each language.
type pages struct {
	byLanguage map[string]map[string]page
}

// page is one that has been found right. It is parsed again when it is shown for the first time: most daemons show few, and the
// parsed ones of two languages take more than a megabyte.
type page func() *template.Template

// source is a file of a page.
type source struct{ name, text string }

func readSources(files fs.FS, names ...string) ([]source, error) {
	var all []source
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		all = append(all, source{path.Base(name), string(text)})
	}
	return all, nil
}

// fallback is the language that has every page.
const fallback = "en"

// conversationPage says the same in all languages, by their phrases; its template fragmentPart is shown alone too.
const (
	conversationPage = "conversation"
	fragmentPart     = "fragment"
)

var (
	languagePages = []string{"invitation", "code", "registered", "stop", "stop_code", "stopped", "notice"}
	// shared are the files that every page may use, wordsFile those of one language.
	shared    = []string{"layout.html", "fragment.html", "time.html"}
	wordsFile = "words.html"
)

// Words are how a language writes a time, the titles of roles and other words of the pages, and what speaks for or against a
// mail.
type Words struct {
	When   func(time.Time) string
	Say    func(string) string
	Reason func(string) string
}

// plain is English without a translation.
var plain = Words{Say: func(s string) string { return s }, Reason: func(s string) string { return s },
	When: func(t time.Time) string { return t.UTC().Format("Monday, 2 January 2006, 15:04 MST") }}

func parsePages(files fs.FS, words func(string) Words) (*pages, error) {
	p := &pages{byLanguage: map[string]map[string]page{}}
	found, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("looking for the pages' languages: %w", err)
	}
	for _, e := range found {
		if id := e.Name(); e.IsDir() && id != "static" {
			if p.byLanguage[id], err = parseLanguage(files, id, words(id)); err != nil {
				return nil, err
			}
		}
	}
	if p.byLanguage[fallback] == nil {
		return nil, fmt.Errorf("parsing the pages: there is no folder %s", fallback)
	}
	if p.byLanguage[fallback][conversationPage]().Lookup(fragmentPart) == nil {
		return nil, fmt.Errorf("parsing page conversation: it does not define %q", fragmentPart)
	}
	return p, nil
}

// parseLanguage finds the pages of one language right. English has all; a page that another one lacks is shown in English, since
// an update may bring pages that a language of the provider's own has not yet.
func parseLanguage(files fs.FS, id string, w Words) (map[string]page, error) {
	common, err := readSources(files, append([]string{id + "/" + wordsFile}, shared...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the pages' layout: %w", err)
	}
	names := map[string]string{conversationPage: conversationPage + ".html"}
	for _, name := range languagePages {
		names[name] = id + "/" + name + ".html"
	}
	all := map[string]page{}
	for name, file := range names {
		own, err := readSources(files, file)
		if errors.Is(err, fs.ErrNotExist) && id != fallback {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading page %s: %w", file, err)
		}
		parse := func() (*template.Template, error) { return parsePage(slices.Concat(common, own), id, w) }
		parsed, err := parse()
		if err != nil {
			return nil, fmt.Errorf("parsing page %s: %w", file, err)
		}
		for _, part := range []string{"title", "content", "skip", "questions"} {
			if parsed.Lookup(part) == nil {
				return nil, fmt.Errorf("parsing page %s: it does not define %q", file, part)
			}
		}
		all[name] = sync.OnceValue(func() *template.Template { return template.Must(parse()) })
	}
	return all, nil
}

// parsePage parses the files of a page, of which the layout is what is shown.
func parsePage(files []source, id string, w Words) (*template.Template, error) {
	root := template.New("layout.html").Funcs(functions).Funcs(template.FuncMap{"when": w.When, "say": w.Say, "reason": w.Reason, "said": said(id)}).
		Option("missingkey=error")
	for _, f := range files {
		t := root
		if f.name != root.Name() {
			t = root.New(f.name)
		}
		if _, err := t.Parse(f.text); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// said is what an entry of the conversation says to somebody who reads a language.
func said(language string) func(access.Entry) string {
	tag := strings.ToLower(language)
	base, _, _ := strings.Cut(tag, "-")
	return func(e access.Entry) string {
		return cmp.Or(e.WordsIn[tag], e.WordsIn[base], e.Words)
	}
}

// language is the one that a page is shown in: the reader's where it is known, else what the browser asks for, else the
// provider's.
func (s *Server) language(known string, r *http.Request) string {
	for _, tag := range append([]string{known}, accepted(r.Header.Get("Accept-Language"))...) {
		tag = strings.ToLower(strings.TrimSpace(tag))
		base, _, _ := strings.Cut(tag, "-")
		for _, id := range []string{tag, base} {
			if _, ok := s.pages.byLanguage[id]; ok {
				return id
			}
		}
	}
	if _, ok := s.pages.byLanguage[s.cfg.Language]; ok {
		return s.cfg.Language
	}
	return fallback
}

// maxAccepted bounds how many languages of a browser are looked at.
const maxAccepted = 10

// accepted lists the tags of an Accept-Language field (RFC 9110 section 12.5.4), the most wanted first.
func accepted(field string) []string {
	type wish struct {
		tag string
		q   float64
	}
	var all []wish
	for part := range strings.SplitSeq(field, ",") {
		tag, params, _ := strings.Cut(part, ";")
		q := 1.0
		if _, v, ok := strings.Cut(params, "q="); ok {
			if n, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
				q = n
			}
		}
		if q > 0 && len(all) < maxAccepted {
			all = append(all, wish{tag, q})
		}
	}
	slices.SortStableFunc(all, func(a, b wish) int { return cmp.Compare(b.q, a.q) })
	var tags []string
	for _, w := range all {
		tags = append(tags, w.tag)
	}
	return tags
}

// layout is what the frame around a page shows.
type layout struct {
	Base     string // path before every link
	Language string
	Provider string
	Support  string
	Page     any
}

// render writes a whole page, or an error page of one line if its template fails.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, known, name string, page any) {
	id := s.language(known, r)
	if s.pages.byLanguage[id][name] == nil {
		id = fallback
	}
	inLanguage(w, id)
	s.write(w, r, status, s.pages.byLanguage[id][name](), layout{Base: s.base, Language: id, Provider: s.cfg.Provider,
		Support: s.cfg.SupportAddress, Page: page})
}

func inLanguage(w http.ResponseWriter, id string) {
	w.Header().Set("Content-Language", id)
	w.Header().Add("Vary", "Accept-Language")
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		s.cfg.Log.Error("page not rendered", slog.String("route", r.Pattern), slog.Any("error", err))
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// asset is a file that pages link to.
type asset struct {
	body []byte
	tag  string // ETag
}

func readAssets(files fs.FS) (map[string]asset, error) {
	assets := map[string]asset{}
	for _, name := range []string{"style.css", "live.js"} {
		body, err := fs.ReadFile(files, "static/"+name)
		if err != nil {
			return nil, fmt.Errorf("reading the pages' files: %w", err)
		}
		assets[name] = asset{body, `"` + string(token.DigestOf(string(body)))[:32] + `"`}
	}
	return assets, nil
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	a, ok := s.assets[name]
	if !ok {
		s.notFound(w, r)
		return
	}
	// Asked for again each time, answered with 304: a new version shows at once.
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", a.tag)
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(string(a.body)))
}
