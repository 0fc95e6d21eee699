package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/token"
)

// pages are the parsed templates: every page within the layout, and the fragment alone.
type pages struct {
	byName   map[string]*template.Template
	fragment *template.Template
}

var pageNames = []string{"invitation", "code", "registered", "notice", "conversation"}

// shared are the files that every page may use.
var shared = []string{"layout.html", "fragment.html", "time.html"}

func parsePages(files fs.FS) (*pages, error) {
	root, err := template.New("layout.html").Funcs(functions).Option("missingkey=error").ParseFS(files, shared...)
	if err != nil {
		return nil, fmt.Errorf("parsing the pages' layout: %w", err)
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, name := range pageNames {
		page, err := root.Clone()
		if err != nil {
			return nil, fmt.Errorf("copying the layout for page %s: %w", name, err)
		}
		if _, err := page.ParseFS(files, name+".html"); err != nil {
			return nil, fmt.Errorf("parsing page %s: %w", name, err)
		}
		for _, part := range []string{"title", "content"} {
			if page.Lookup(part) == nil {
				return nil, fmt.Errorf("parsing page %s: it does not define %q", name, part)
			}
		}
		p.byName[name] = page
	}
	p.fragment = p.byName["conversation"].Lookup("fragment")
	if p.fragment == nil {
		return nil, fmt.Errorf("parsing page conversation: it does not define %q", "fragment")
	}
	return p, nil
}

// layout is what the frame around a page shows.
type layout struct {
	Base     string // path before every link
	Provider string
	Support  string
	Page     any
}

// render writes a whole page, or an error page of one line if its template fails.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) {
	s.write(w, r, status, s.pages.byName[name], layout{Base: s.base, Provider: s.cfg.Provider,
		Support: s.cfg.SupportAddress, Page: page})
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
