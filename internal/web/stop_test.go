package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

func TestStop(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser()
	w := b.do("GET", "/stop/"+liveToken, nil)
	contains(t, "page", w.Code, http.StatusOK, w.Body.String(), "Stop this change?", "Acme Ltd", "Jane Doe", "Main Contact",
		"REQ-2026-00007", "Tuesday, 10 March 2026, 09:00 UTC", "m•••@acme.example", "j•••@acme.example", "Send me the code")
	for _, whole := range []string{"max.main", "jane.doe"} {
		if strings.Contains(w.Body.String(), whole) {
			t.Errorf("the page shows the whole address of %s to whoever has the link", whole)
		}
	}
	csrf := b.open(t, "/stop/"+liveToken)
	w = b.do("POST", "/stop/"+liveToken+"/code", form(csrf))
	if got, want := w.Header().Get("Location"), "/stop/"+liveToken+"/code"; w.Code != http.StatusSeeOther || got != want {
		t.Fatalf("asking for a code: %d to %q, want 303 to %q", w.Code, got, want)
	}
	w = b.do("GET", w.Header().Get("Location"), nil)
	contains(t, "code page", w.Code, http.StatusOK, w.Body.String(), `inputmode="numeric"`, "m•••@acme.example", "Stop this change")
	for code, want := range map[string]string{"12345": "A code has six digits", "000000": "That is not the code"} {
		w = b.do("POST", "/stop/"+liveToken, form(csrf, "code", code))
		contains(t, "code "+code, w.Code, http.StatusUnprocessableEntity, w.Body.String(), want, "Nothing is changed yet")
	}
	w = b.do("POST", "/stop/"+liveToken, form(csrf, "code", "27 18-28"))
	contains(t, "last page", w.Code, http.StatusOK, w.Body.String(), "Stopped", "It will not be carried out")
	if got := s.stopper.count("stopped"); got != 1 {
		t.Errorf("stopped %d times, want once", got)
	}
}

// Each kind of token has pages of its own words, in each language.
func TestStopPagesSayWhatIsStopped(t *testing.T) {
	t.Parallel()
	s := german(t, "en")
	seen := map[string]string{}
	for _, language := range []string{"en", "de"} {
		for _, stage := range []policy.Stage{access.StageHold, access.StageDelegation, policy.StageClient} {
			s.stopper.view = maxView
			s.stopper.view.Language, s.stopper.view.Stage = language, stage
			b := s.browser()
			csrf := b.open(t, "/stop/"+liveToken)
			b.do("POST", "/stop/"+liveToken+"/code", form(csrf))
			for name, body := range map[string]string{
				"page": b.do("GET", "/stop/"+liveToken, nil).Body.String(),
				"code": b.do("GET", "/stop/"+liveToken+"/code", nil).Body.String(),
				"end":  b.do("POST", "/stop/"+liveToken, form(csrf, "code", rightCode)).Body.String(),
			} {
				if !strings.Contains(body, `<html lang="`+language+`">`) {
					t.Errorf("%s of %s is not in %s", name, stage, language)
				}
				text := strings.ReplaceAll(textIn.FindString(body), csrf, "")
				if other, known := seen[text]; known || text == "" {
					t.Errorf("%s of %s in %s says what %s says:\n%s", name, stage, language, other, text)
				}
				seen[text] = name + " of " + string(stage) + " in " + language
			}
		}
	}
}

// What cannot be stopped says why, whatever the button; GET and HEAD change nothing.
func TestUnstoppable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		token  string
		status int
		want   string
	}{
		"over":      {usedToken, http.StatusGone, "There is nothing left to stop"},
		"unknown":   {unknownToken, http.StatusNotFound, "We do not know this link"},
		"malformed": {"not-a-token", http.StatusNotFound, "We do not know this link"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			b := s.browser()
			csrf := b.open(t, "/stop/"+liveToken)
			path := "/stop/" + tc.token
			for _, try := range []struct {
				method, path string
				form         url.Values
			}{{"GET", path, nil}, {"GET", path + "/code", nil}, {"POST", path + "/code", form(csrf)}, {"POST", path, form(csrf, "code", rightCode)}} {
				w := b.do(try.method, try.path, try.form)
				contains(t, try.method+" "+try.path, w.Code, tc.status, w.Body.String(), tc.want)
				if strings.Contains(w.Body.String(), "Jane") {
					t.Errorf("%s %s shows the request", try.method, try.path)
				}
			}
		})
	}
	s := newSite(t, nil)
	b := s.browser()
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/stop/" + liveToken, "/stop/" + liveToken + "/code"} {
			if w := b.do(method, path, nil); w.Code != http.StatusOK {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	if n := s.stopper.count("send") + s.stopper.count("try"); n != 0 {
		t.Errorf("GET and HEAD made %d changes", n)
	}
}

func TestStopFormsOfAnotherSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b, other := s.browser(), s.browser()
	foreign := other.open(t, "/stop/"+liveToken)
	own := b.open(t, "/stop/"+liveToken)
	for name, v := range map[string]url.Values{"none": {"code": {rightCode}}, "foreign": form(foreign, "code", rightCode),
		"cookie": form(b.cookies[s.cookieName()].Value, "code", rightCode)} {
		for _, path := range []string{"/stop/" + liveToken, "/stop/" + liveToken + "/code"} {
			w := b.do("POST", path, v)
			contains(t, name, w.Code, http.StatusForbidden, w.Body.String(), "Please start again", `href="/stop/`+liveToken+`"`)
		}
	}
	if n := s.stopper.count("send") + s.stopper.count("try"); n != 0 {
		t.Errorf("%d changes", n)
	}
	// The code of one browser session does not work in another.
	b.do("POST", "/stop/"+liveToken+"/code", form(own))
	w := other.do("POST", "/stop/"+liveToken, form(foreign, "code", rightCode))
	contains(t, "another session", w.Code, http.StatusConflict, w.Body.String(), "No code is waiting in this browser")
	if n := s.stopper.count("stopped"); n != 0 {
		t.Errorf("stopped %d times", n)
	}
}

func TestStopFails(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.stopper.fail = errors.Join(errors.New("deciding"), access.ErrTooManyCodes)
	b := s.browser()
	csrf := b.open(t, "/stop/"+liveToken)
	w := b.do("POST", "/stop/"+liveToken+"/code", form(csrf))
	contains(t, "too many", w.Code, http.StatusTooManyRequests, w.Body.String(), "Too many codes", `id="code"`)
	s.stopper.readErr = errors.New("disk full")
	for method, path := range map[string]string{"GET": "/stop/" + liveToken, "POST": "/stop/" + liveToken + "/code"} {
		w := b.do(method, path, form(csrf))
		contains(t, method, w.Code, http.StatusInternalServerError, w.Body.String(), "Something went wrong on our side")
		if strings.Contains(w.Body.String(), "disk full") {
			t.Error("the page tells the cause")
		}
	}
	// Where no code is sent now, the page names what does without one.
	s.stopper.readErr, s.stopper.view.Stage = nil, access.StageDelegation
	if body := b.do("POST", "/stop/"+liveToken+"/code", form(csrf)).Body.String(); !strings.Contains(body, "write us a mail that says “End my delegation”") {
		t.Errorf("of a delegation:\n%s", body)
	}
	if log := s.log.String(); strings.Contains(log, liveToken) || !strings.Contains(log, `route="GET /stop/{token}"`) {
		t.Errorf("log:\n%s", log)
	}
}
