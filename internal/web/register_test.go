package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
)

// form is what a browser sends with a button.
func form(csrf string, more ...string) url.Values {
	v := url.Values{"csrf": {csrf}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// contains checks a page's status and the texts on it.
func contains(t *testing.T, what string, code, wantCode int, body string, want ...string) {
	t.Helper()
	if code != wantCode {
		t.Errorf("%s: status %d, want %d", what, code, wantCode)
	}
	for _, text := range want {
		if !strings.Contains(body, text) {
			t.Errorf("%s: %q is missing in:\n%s", what, text, body)
		}
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	w := b.do("GET", "/register/"+liveToken, nil)
	contains(t, "invitation", w.Code, http.StatusOK, w.Body.String(), "Acme Ltd", "Max Main", "j•••@acme.example", "Technician",
		"Billing Contact", "Monday, 9 March 2026, 14:30 UTC", "Send me the code", "Example Colo", "support@provider.example")
	if n := strings.Count(w.Body.String(), "<button"); n != 1 {
		t.Errorf("invitation: %d buttons, want 1", n)
	}
	csrf := b.open(t, "/register/"+liveToken)
	w = b.do("POST", "/register/"+liveToken+"/code", form(csrf))
	if got, want := w.Header().Get("Location"), "/register/"+liveToken+"/code"; w.Code != http.StatusSeeOther || got != want {
		t.Fatalf("asking for a code: %d to %q, want 303 to %q", w.Code, got, want)
	}
	w = b.do("GET", w.Header().Get("Location"), nil)
	contains(t, "code page", w.Code, http.StatusOK, w.Body.String(), `inputmode="numeric"`, `autocomplete="one-time-code"`,
		"j•••@acme.example", `<label for="code">`)
	w = b.do("POST", "/register/"+liveToken, form(csrf, "code", "27 18-28"))
	contains(t, "last page", w.Code, http.StatusOK, w.Body.String(), "You are registered", "Acme Ltd")
	if got := s.registrar.count("registered"); got != 1 {
		t.Errorf("registered %d times, want once", got)
	}
}

func TestGetAndHeadChangeNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, tok := range []string{liveToken, usedToken, expiredToken, unknownToken, "short"} {
		for _, path := range []string{"/register/" + tok, "/register/" + tok + "/code", "/register/" + tok + "/renew"} {
			b := s.browser()
			get := b.do("GET", path, nil)
			head := b.do("HEAD", path, nil)
			if get.Code != head.Code {
				t.Errorf("%s: GET answers %d, HEAD %d", path, get.Code, head.Code)
			}
		}
	}
	if n := s.registrar.changes(); n != 0 {
		t.Errorf("GET and HEAD made %d changes", n)
	}
}

func TestForeignForms(t *testing.T) {
	t.Parallel()
	paths := []string{"/register/" + liveToken, "/register/" + liveToken + "/code", "/register/" + expiredToken + "/renew"}
	tests := map[string]func(t *testing.T, s *site) (*browser, url.Values){
		"no_cookie": func(t *testing.T, s *site) (*browser, url.Values) {
			return s.browser(), form(s.browser().open(t, paths[0]), "code", rightCode)
		},
		"no_field": func(t *testing.T, s *site) (*browser, url.Values) {
			b := s.browser()
			b.open(t, paths[0])
			return b, url.Values{"code": {rightCode}}
		},
		"empty_field_and_broken_cookie": func(_ *testing.T, s *site) (*browser, url.Values) {
			b := s.browser()
			b.cookies["x"] = &http.Cookie{Name: s.cookieName(), Value: "x"}
			return b, form("", "code", rightCode)
		},
		"field_of_another_session": func(t *testing.T, s *site) (*browser, url.Values) {
			b := s.browser()
			b.open(t, paths[0])
			return b, form(s.browser().open(t, paths[0]), "code", rightCode)
		},
		"cookie_as_field": func(t *testing.T, s *site) (*browser, url.Values) {
			b := s.browser()
			b.open(t, paths[0])
			return b, form(b.cookies[s.cookieName()].Value, "code", rightCode)
		},
	}
	for name, setup := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b, v := setup(t, s)
			for _, path := range paths {
				w := b.do("POST", path, v)
				contains(t, path, w.Code, http.StatusForbidden, w.Body.String(), "Please start again")
			}
			if n := s.registrar.changes(); n != 0 {
				t.Errorf("%d changes", n)
			}
		})
	}
}

func TestFieldInTheAddressDoesNotCount(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	w := b.do("POST", "/register/"+liveToken+"/code?csrf="+csrf, url.Values{})
	if w.Code != http.StatusForbidden || s.registrar.changes() != 0 {
		t.Errorf("status %d with %d changes, want 403 with none", w.Code, s.registrar.changes())
	}
}

// A code works in the session that asked for it and in no other.
func TestCodeIsBoundToTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	owner, other := s.browser(), s.browser()
	ownerForm, otherForm := owner.open(t, "/register/"+liveToken), other.open(t, "/register/"+liveToken)
	owner.do("POST", "/register/"+liveToken+"/code", form(ownerForm))
	w := other.do("POST", "/register/"+liveToken, form(otherForm, "code", rightCode))
	contains(t, "other session", w.Code, http.StatusConflict, w.Body.String(), "No code is waiting in this browser", "Send a new code")
	if n := s.registrar.count("registered"); n != 0 {
		t.Fatalf("registered %d times from another session", n)
	}
	w = owner.do("POST", "/register/"+liveToken, form(ownerForm, "code", rightCode))
	contains(t, "own session", w.Code, http.StatusOK, w.Body.String(), "You are registered")
}

func TestWrongCodes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	b.do("POST", "/register/"+liveToken+"/code", form(csrf))
	for _, code := range []string{"", "27182", "27182x", "<b>271828"} {
		w := b.do("POST", "/register/"+liveToken, form(csrf, "code", code))
		contains(t, "code "+code, w.Code, http.StatusUnprocessableEntity, w.Body.String(), "A code has six digits", `role="alert"`)
	}
	if n := s.registrar.count("register"); n != 0 {
		t.Errorf("%d tries were counted for what cannot be a code", n)
	}
	w := b.do("POST", "/register/"+liveToken, form(csrf, "code", "000000"))
	contains(t, "wrong code", w.Code, http.StatusUnprocessableEntity, w.Body.String(), "That is not the code", `aria-invalid="true"`)
	if n := s.registrar.count("register"); n != 1 {
		t.Errorf("%d tries were counted for one wrong code", n)
	}
}

func TestTooManyCodes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.registrar.fail = access.ErrTooManyCodes
	b := s.browser()
	w := b.do("POST", "/register/"+liveToken+"/code", form(b.open(t, "/register/"+liveToken)))
	contains(t, "page", w.Code, http.StatusTooManyRequests, w.Body.String(), "Too many codes", `id="code"`)
}

// What cannot be redeemed says why, whatever the button.
func TestUnredeemable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, token string
		status      int
		want        string
	}{
		{"used", usedToken, http.StatusGone, "This invitation has been used"},
		{"expired", expiredToken, http.StatusGone, "Send a new link to j•••@acme.example"},
		{"unknown", unknownToken, http.StatusNotFound, "We do not know this invitation"},
		{"malformed", "not-a-token", http.StatusNotFound, "We do not know this invitation"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b := s.browser()
			csrf := b.open(t, "/register/"+liveToken)
			path := "/register/" + tc.token
			for _, w := range []*struct {
				what, method, path string
				form               url.Values
			}{{"page", "GET", path, nil}, {"code page", "GET", path + "/code", nil}, {"code", "POST", path + "/code", form(csrf)},
				{"register", "POST", path, form(csrf, "code", rightCode)}} {
				got := b.do(w.method, w.path, w.form)
				contains(t, w.what, got.Code, tc.status, got.Body.String(), tc.want)
				if strings.Contains(got.Body.String(), "jane.doe") {
					t.Errorf("%s shows the invited address", w.what)
				}
			}
			if n := s.registrar.count("registered"); n != 0 {
				t.Errorf("registered %d times", n)
			}
		})
	}
}

func TestRenew(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	csrf := b.open(t, "/register/"+expiredToken)
	w := b.do("POST", "/register/"+expiredToken+"/renew", form(csrf))
	contains(t, "expired", w.Code, http.StatusOK, w.Body.String(), "A new link is on its way")
	w = b.do("POST", "/register/"+liveToken+"/renew", form(csrf))
	contains(t, "live", w.Code, http.StatusNotFound, w.Body.String(), "We do not know this invitation")
	if n := s.registrar.count("renew"); n != 2 {
		t.Errorf("asked %d times to renew, want twice", n)
	}
}

func TestFaultOfOurs(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.registrar.readErr = errors.New("disk full")
	w := s.browser().do("GET", "/register/"+liveToken, nil)
	contains(t, "page", w.Code, http.StatusInternalServerError, w.Body.String(), "Something went wrong on our side")
	if strings.Contains(w.Body.String(), "disk full") {
		t.Error("the page tells the cause")
	}
	if !strings.Contains(s.log.String(), "disk full") {
		t.Errorf("the log does not tell the cause:\n%s", s.log)
	}
}

func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) { c.Provider = `Colo"><script>p</script>` })
	evil := `<script>x</script>"'><img src=x onerror=y>`
	s.registrar.view.Client, s.registrar.view.Name, s.registrar.view.Requester = evil, evil, evil
	s.registrar.view.Roles, s.registrar.view.Address = []string{evil}, `"<b>"@acme.example`
	b := s.browser()
	csrf := b.open(t, "/register/"+liveToken)
	pages := []string{b.do("GET", "/register/"+liveToken, nil).Body.String(), b.do("GET", "/register/"+liveToken+"/code", nil).Body.String()}
	b.do("POST", "/register/"+liveToken+"/code", form(csrf))
	pages = append(pages, b.do("POST", "/register/"+liveToken, form(csrf, "code", rightCode)).Body.String())
	for i, page := range pages {
		for _, tag := range []string{"<script", "<img", "<b>"} {
			if strings.Contains(page, tag) {
				t.Errorf("page %d has %s:\n%s", i, tag, page)
			}
		}
		if !strings.Contains(page, "&lt;") {
			t.Errorf("page %d shows none of the names:\n%s", i, page)
		}
	}
}
