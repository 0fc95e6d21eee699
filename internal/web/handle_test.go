package web

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/templates"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.ConversationPage = true })
	const strict = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	tests := []struct{ method, path, policy string }{
		{"GET", "/register/" + liveToken, strict},
		{"HEAD", "/register/" + liveToken, strict},
		{"GET", "/register/" + unknownToken, strict},
		{"POST", "/register/" + liveToken, strict},
		{"GET", "/stop/" + liveToken, strict},
		{"HEAD", "/stop/" + liveToken + "/code", strict},
		{"GET", "/stop/" + usedToken, strict},
		{"GET", "/stop/" + unknownToken, strict},
		{"POST", "/stop/" + liveToken, strict},
		{"GET", "/nowhere", strict},
		{"PUT", "/healthz", strict},
		{"GET", "/", strict + "; script-src 'self'; connect-src 'self'"},
	}
	for _, tc := range tests {
		h := s.browser().do(tc.method, tc.path, nil).Header()
		got := map[string]string{}
		want := map[string]string{"Content-Security-Policy": tc.policy, "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY"}
		for name := range want {
			got[name] = h.Get(name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tc.method, tc.path, diff)
		}
	}
	// What a right form leads to is as little for caches and other sites: the address of the page holds the token.
	for _, path := range []string{"/register/" + liveToken, "/stop/" + liveToken} {
		b := s.browser()
		csrf := b.open(t, path)
		for _, w := range []*httptest.ResponseRecorder{b.do("POST", path+"/code", form(csrf)), b.do("POST", path, form(csrf, "code", rightCode))} {
			if h := w.Header(); w.Code > 303 || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("POST %s: %d, %q, %q", path, w.Code, h.Get("Referrer-Policy"), h.Get("Cache-Control"))
			}
		}
	}
}

// Whoever has a link and not the code learns no address by it, in no language, whatever is typed.
func TestLinkShowsNoAddress(t *testing.T) {
	t.Parallel()
	s := german(t, "en")
	for _, language := range []string{"en", "de"} {
		s.registrar.view.Language, s.stopper.view.Language = language, language
		for _, path := range []string{"/register/", "/stop/"} {
			b := s.browser()
			csrf := b.open(t, path+liveToken)
			pages := []*httptest.ResponseRecorder{b.do("GET", path+liveToken, nil), b.do("GET", path+liveToken+"/code", nil), b.do("GET", path+expiredToken, nil),
				b.do("GET", path+usedToken, nil), b.do("POST", path+liveToken, form(csrf, "code", rightCode)), b.do("POST", path+liveToken+"/code", form(csrf)),
				b.do("POST", path+liveToken, form(csrf, "code", "000000")), b.do("POST", path+liveToken, form(csrf, "code", "?"))}
			s.registrar.fail, s.stopper.fail = access.ErrTooManyCodes, access.ErrTooManyCodes
			pages = append(pages, b.do("POST", path+liveToken+"/code", form(csrf)))
			s.registrar.fail, s.stopper.fail = nil, nil
			masked := 0
			for i, w := range pages {
				if body := w.Body.String(); strings.Contains(body, "jane.doe") || strings.Contains(body, "max.main") {
					t.Errorf("%s, page %d (%d) shows an address:\n%s", path, i, w.Code, body)
				} else if strings.Contains(body, "•••@acme.example") {
					masked++
				}
			}
			if masked < 6 {
				t.Errorf("%s: %d pages say which address", path, masked)
			}
		}
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]http.Cookie{
		"https": {Name: "__Host-countersign", Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode},
		"http":  {Name: "countersign", Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode},
	} {
		s := newSite(t, func(c *Config) { c.PublicURL = &url.URL{Scheme: scheme, Host: oneHost} })
		b := s.browser()
		set := b.do("GET", "/register/"+liveToken, nil).Result().Cookies()
		if len(set) != 1 {
			t.Fatalf("%s: %d cookies, want 1", scheme, len(set))
		}
		got := http.Cookie{Name: set[0].Name, Path: set[0].Path, HttpOnly: set[0].HttpOnly, Secure: set[0].Secure,
			SameSite: set[0].SameSite, MaxAge: set[0].MaxAge, Domain: set[0].Domain}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scheme, diff)
		}
		if again := b.do("GET", "/register/"+liveToken, nil).Result().Cookies(); len(again) != 0 {
			t.Errorf("%s: a known session got a new cookie", scheme)
		}
	}
}

// The log tells the route, never the token, the cookie, the form or a name.
func TestNothingSecretIsLogged(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	b.do("POST", "/register/"+liveToken+"/code", form(csrf))
	b.do("POST", "/register/"+liveToken, form(csrf, "code", rightCode))
	b.do("GET", "/register/"+liveToken+"/unknown/path", nil)
	b.do("DELETE", "/register/"+liveToken, nil)
	b.do("GET", "/stop/"+liveToken, nil)
	b.do("POST", "/stop/"+liveToken+"/code", form(csrf))
	b.do("POST", "/stop/"+liveToken, form(csrf, "code", rightCode))
	log := s.log.String()
	for _, secret := range []string{liveToken, csrf, b.cookies[s.cookieName()].Value, rightCode, "jane", "Jane", "max", "Max", "127.0.0.1"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
	for _, want := range []string{`route="POST /register/{token}/code" status=303`, `route="POST /register/{token}" status=200`,
		`route="POST /stop/{token}/code" status=303`, `route="POST /stop/{token}" status=200`, "status=404", "status=405"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}

func TestPanicIsRecovered(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.registrar.broken = func() { panic("secret words of a mail") }
	w := s.browser().do("GET", "/register/"+liveToken, nil)
	contains(t, "page", w.Code, http.StatusInternalServerError, w.Body.String(), "Something went wrong on our side")
	if log := s.log.String(); !strings.Contains(log, "request panicked") || strings.Contains(log, "secret words") {
		t.Errorf("log:\n%s", log)
	}
	s.registrar.broken = func() { _ = languagePages[len(s.log.String())+len(languagePages)] }
	s.browser().do("GET", "/register/"+liveToken, nil)
	if log := s.log.String(); !strings.Contains(log, "index out of range") {
		t.Errorf("the log does not tell the runtime's cause:\n%s", log)
	}
}

// A handler that panics after its header was written must not leave a page that looks whole.
func TestPanicInAPageCutsTheConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		panic("half way")
	})
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v, want http.ErrAbortHandler", v)
		}
	}()
	s.browser().do("GET", "/half", nil)
	t.Error("the connection was kept")
}

func TestLargeForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	w := b.do("POST", "/register/"+liveToken+"/code", form(csrf, "x", strings.Repeat("x", 5000)))
	if w.Code != http.StatusRequestEntityTooLarge || s.registrar.changes() != 0 {
		t.Errorf("status %d with %d changes, want 413 with none", w.Code, s.registrar.changes())
	}
}

func TestMethodsAndUnknownPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, tc := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/nowhere", 404}, {"HEAD", "/nowhere", 404}, {"GET", "/register/", 404}, {"GET", "/static/", 404},
		{"GET", "/static/layout.html", 404}, {"POST", "/", 405}, {"PUT", "/register/" + liveToken, 405},
	} {
		if got := s.browser().do(tc.method, tc.path, nil).Code; got != tc.want {
			t.Errorf("%s %s: %d, want %d", tc.method, tc.path, got, tc.want)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8"} {
		w := s.browser().do("GET", "/static/"+name, nil)
		want, err := fs.ReadFile(templates.FS, "web/static/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: %d %s, %d bytes", name, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		r := httptest.NewRequest("GET", "/static/"+name, nil)
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		s.ServeHTTP(again, r)
		if again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d, want 304", name, again.Code)
		}
	}
}

// Nothing on the pages comes from elsewhere, and nothing needs what the Content-Security-Policy forbids.
func TestPagesAreSelfContained(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(templates.FS, "web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates.FS, path)
		for _, bad := range []string{"http://", "https://", "//cdn", " style=", "onclick", "onload", "<style", "@import", "url("} {
			if strings.Contains(string(text), bad) {
				t.Errorf("%s has %q", path, bad)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	var broken error
	s := newSite(t, func(c *Config) { c.Health = func(context.Context) error { return broken } })
	w := s.browser().do("GET", "/healthz", nil)
	contains(t, "well", w.Code, http.StatusOK, w.Body.String(), "ok\n")
	broken = errors.New("mailbox support: not connected")
	w = s.browser().do("GET", "/healthz", nil)
	contains(t, "ill", w.Code, http.StatusServiceUnavailable, w.Body.String(), "mailbox support: not connected")
}

// A proxy may leave the path of the public URL on the request or take it off; links carry it.
func TestPublicURLWithAPath(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.PublicURL = &url.URL{Scheme: "https", Host: "provider.example", Path: "/access/"} })
	for _, prefix := range []string{"", "/access"} {
		b := s.browser()
		w := b.do("GET", prefix+"/register/"+liveToken, nil)
		contains(t, "prefix "+prefix, w.Code, http.StatusOK, w.Body.String(), `action="/access/register/`+liveToken+`/code"`,
			`href="/access/static/style.css"`)
		w = b.do("POST", prefix+"/register/"+liveToken+"/code", form(b.open(t, prefix+"/register/"+liveToken)))
		if got, want := w.Header().Get("Location"), "/access/register/"+liveToken+"/code"; got != want {
			t.Errorf("prefix %q: redirected to %q, want %q", prefix, got, want)
		}
		if got := b.do("GET", prefix+"/healthz", nil).Code; got != http.StatusOK {
			t.Errorf("prefix %q: health %d", prefix, got)
		}
	}
}

func TestMissingFilesAndSettings(t *testing.T) {
	t.Parallel()
	cfg := newSite(t, nil).cfg
	whole := fstest.MapFS{}
	err := fs.WalkDir(templates.FS, "web", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates.FS, name)
		whole[strings.TrimPrefix(name, "web/")] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newServer(cfg, newFakeRegistrar(), &fakeStopper{}, newFakeObserver(), whole); err != nil {
		t.Fatalf("with every file: %v", err)
	}
	for name := range whole {
		part := maps.Clone(whole)
		delete(part, name)
		if _, err := newServer(cfg, newFakeRegistrar(), &fakeStopper{}, newFakeObserver(), part); (err == nil) != (path.Dir(name) == "de" && path.Base(name) != wordsFile) {
			t.Errorf("without %s: error %v", name, err)
		}
		part = maps.Clone(whole)
		part[name] = &fstest.MapFile{Data: []byte("{{define}}")}
		if _, err := newServer(cfg, newFakeRegistrar(), &fakeStopper{}, newFakeObserver(), part); strings.HasSuffix(name, ".html") && err == nil {
			t.Errorf("with a broken %s: no error", name)
		}
	}
	for name, change := range map[string]func(*Config){
		"no_url":    func(c *Config) { c.PublicURL = nil },
		"ftp_url":   func(c *Config) { c.PublicURL = &url.URL{Scheme: "ftp", Host: "provider.example"} },
		"no_host":   func(c *Config) { c.PublicURL = &url.URL{Scheme: "https"} },
		"no_now":    func(c *Config) { c.Now = nil },
		"no_rand":   func(c *Config) { c.Rand = nil },
		"no_health": func(c *Config) { c.Health = nil },
		"no_log":    func(c *Config) { c.Log = nil },
	} {
		bad := cfg
		change(&bad)
		if _, err := New(bad, newFakeRegistrar(), &fakeStopper{}, newFakeObserver()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"jane.doe@acme.example": "j•••@acme.example",
		"j@acme.example":        "•••@acme.example",
		"ü@acme.example":        "•••@acme.example",
		"jürgen@bücher.example": "j•••@bücher.example",
		`"a@b"@acme.example`:    `"•••@acme.example`,
		"nothing":               "•••",
	} {
		if got := mask(address); got != want {
			t.Errorf("mask(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestBriefAndTone(t *testing.T) {
	t.Parallel()
	if got, want := brief(strings.Repeat("ü", maxWords+1)), strings.Repeat("ü", maxWords)+" […]"; got != want {
		t.Errorf("brief cut to %d bytes, want %d", len(got), len(want))
	}
	for state, want := range map[string]string{"applied": "good", "pending": "wait", "quarantined": "bad", "left": "calm", `x" onclick="y`: "calm"} {
		if got := tone(state); got != want {
			t.Errorf("tone(%q) = %q, want %q", state, got, want)
		}
	}
}

func TestErrorsOfTheRegistrarMayBeWrapped(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	s.registrar.fail = errors.Join(errors.New("deciding"), access.ErrTooManyCodes)
	b := s.browser()
	if got := b.do("POST", "/register/"+liveToken+"/code", form(b.open(t, "/register/"+liveToken))).Code; got != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", got)
	}
}
