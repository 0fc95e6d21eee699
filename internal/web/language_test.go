package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// german is a site whose German writes times and titles in its own way.
func german(t *testing.T, language string) *site {
	t.Helper()
	return newSite(t, func(c *Config) { c.Language, c.Words = language, germanWords })
}

func germanWords(id string) Words {
	if id != "de" {
		return plain
	}
	return Words{When: func(t time.Time) string { return "am " + t.Format("2.1.2006") },
		Say:    func(s string) string { return strings.ReplaceAll(s, "Technician", "Techniker") },
		Reason: func(s string) string { return strings.ReplaceAll(s, "unknown author", "unbekannter Absender") }}
}

// get asks for a page with an Accept-Language field; "" for none.
func (s *site) get(path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Host = oneHost
	if accept != "" {
		r.Header.Set("Accept-Language", accept)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Pages are in the language of whoever is invited, whatever the browser says.
func TestPagesInTheContactsLanguage(t *testing.T) {
	t.Parallel()
	s := german(t, "en")
	s.registrar.view.Language = "de-AT"
	w := s.get("/register/"+liveToken, "en-GB")
	contains(t, "invitation", w.Code, http.StatusOK, w.Body.String(), `<html lang="de">`, "Sie sind eingeladen", "am 9.3.2026", "<bdi>Techniker</bdi>",
		"Code an mich senden", "Zum Inhalt springen", "Fragen? Schreiben Sie an")
	if got := w.Header().Get("Content-Language"); got != "de" {
		t.Errorf("Content-Language %q", got)
	}
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	w = b.do("POST", "/register/"+liveToken, form(csrf, "code", "1"))
	contains(t, "a wrong form", w.Code, http.StatusUnprocessableEntity, w.Body.String(), "Ein Code hat sechs Ziffern", "Noch nicht registriert")
	b.do("POST", "/register/"+liveToken+"/code", form(csrf))
	w = b.do("POST", "/register/"+liveToken, form(csrf, "code", rightCode))
	contains(t, "the end", w.Code, http.StatusOK, w.Body.String(), "Sie sind registriert", "Techniker")
	w = s.get("/register/"+usedToken, "en")
	contains(t, "used", w.Code, http.StatusGone, w.Body.String(), "Diese Einladung ist schon benutzt")
	w = s.get("/register/"+expiredToken, "en")
	contains(t, "expired", w.Code, http.StatusGone, w.Body.String(), "abgelaufen", "Neuen Link an j•••@acme.example senden")
}

// Where it is not known who reads, the browser is asked; else the provider's language counts.
func TestPagesInTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ provider, accept, want string }{
		{"en", "", "en"}, {"de", "", "de"}, {"", "", "en"}, {"xx", "", "en"},
		{"en", "de", "de"}, {"en", "DE-ch, en;q=0.5", "de"}, {"en", "fr, de;q=0.4, en;q=0.6", "en"}, {"en", "en;q=0, de;q=0.1", "de"},
		{"de", "fr", "de"}, {"de", "*", "de"}, {"en", ";;,q=,de;q=x", "de"}, {"en", strings.Repeat("fr,", 5000) + "de", "en"},
	} {
		s := german(t, tc.provider)
		w := s.get("/register/"+unknownToken, tc.accept)
		if got := w.Header().Get("Content-Language"); got != tc.want || w.Code != http.StatusNotFound {
			t.Errorf("provider %q, browser %.40q: %q (%d), want %q", tc.provider, tc.accept, got, w.Code, tc.want)
		}
	}
	s := german(t, "en")
	s.registrar.view.Language = "fr" // no such pages
	if got := s.get("/register/"+liveToken, "de").Header().Get("Content-Language"); got != "de" {
		t.Errorf("a language without pages: %q", got)
	}
}

var textIn = regexp.MustCompile(`(?s)<main id="main">(.*)</main>`)

// Each language says everything that can be said, each thing otherwise.
func TestEveryNoticeInEveryLanguage(t *testing.T) {
	t.Parallel()
	s := german(t, "en")
	for id := range s.pages.byLanguage {
		var seen []string
		for _, n := range []notice{unknownInvitation, usedInvitation, expiredInvitation, linkRenewed, unknownStop, nothingToStop, foreignForm, unreadableForm, internalError,
			nothingHere, conversationHidden, wrongHost} {
			w := httptest.NewRecorder()
			s.noticeIn(w, httptest.NewRequest("GET", "/", nil), 200, id, n)
			text := textIn.FindString(w.Body.String())
			if slices.Contains(seen, text) || !strings.Contains(text, "<p") || strings.Contains(text, "<h1></h1>") {
				t.Errorf("%s, %s:\n%s", id, n.Name, text)
			}
			seen = append(seen, text)
		}
		for _, problem := range []string{problemFormat, problemWrong, problemPolicy, problemNone, problemMany} {
			w := httptest.NewRecorder()
			s.render(w, httptest.NewRequest("GET", "/", nil), 200, id, "code", registration{View: janeView, Problem: problem})
			text := textIn.FindString(w.Body.String())
			if slices.Contains(seen, text) || strings.Contains(text, `id="problem"></p>`) {
				t.Errorf("%s, %s:\n%s", id, problem, text)
			}
			seen = append(seen, text)
		}
	}
}
