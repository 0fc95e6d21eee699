package web

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// demo shows the conversation to everybody under an allowed name.
func demo(c *Config) { c.ConversationPage = true }

func fill(o *fakeObserver) {
	at := time.Date(2026, 3, 2, 14, 30, 7, 0, time.FixedZone("CET", 3600))
	o.entries = []access.Entry{
		{At: at, Kind: access.EntryIn, From: "max@acme.example", To: "support@provider.example", Subject: "New user",
			Words: "please add Jane", Ticket: "REQ-2026-00001", State: string(access.Applied)},
		{At: at, Kind: access.EntryEvent, Subject: "request filed", Ticket: "REQ-2026-00001"},
		{At: at, Kind: access.EntryOut, From: "support@provider.example", To: "petra@acme.example", Words: "Answer APPROVE", State: "sent"},
	}
	o.requests = []access.RequestView{{Ticket: "REQ-2026-00001", Position: 2, Client: "Acme Ltd", Action: "add_user", Name: "Jane Doe",
		Roles: []string{"billing_contact"}, State: access.AwaitingApproval, Stage: "security_impact", Requester: "Max Main", Rule: "CL-06"}}
	o.equation = access.Equation{Seen: 51, Counts: map[access.Disposition]int64{access.Applied: 40, access.Left: 11}}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	fill(s.observer)
	want := []string{"max@acme.example", "support@provider.example", "New user", "please add Jane", "2026-03-02 13:30:07", "Mail in", "Mail out",
		"request filed", "(no subject)", "Answer APPROVE", ">applied<", ">sent<", // entries
		"add user", "Jane Doe", "billing contact", "Acme Ltd", "Max Main", "rule CL-06", "awaiting approval · security impact", // request
		"<b>51</b> <span>seen</span>", "<b>40</b> <span>applied</span>", "<b>11</b> <span>left</span>", "<b>0</b> <span>unfetchable</span>"}
	whole := s.browser().do("GET", "/", nil)
	contains(t, "page", whole.Code, http.StatusOK, whole.Body.String(), append(want, "<!doctype html>", `<script src="/static/live.js"`)...)
	part := s.browser().do("GET", "/conversation", nil)
	contains(t, "fragment", part.Code, http.StatusOK, part.Body.String(), want...)
	if strings.Contains(part.Body.String(), "<html") {
		t.Error("the fragment is a whole page")
	}
	if strings.Contains(whole.Body.String(), "do not add up") {
		t.Error("an equation that holds raises the alarm")
	}
	body := whole.Body.String()
	if strings.Index(body, "please add Jane") > strings.Index(body, "Answer APPROVE") {
		t.Error("the entries are not in the order in which the observer gives them")
	}
	if got := s.browser().do("HEAD", "/", nil).Code; got != http.StatusOK {
		t.Errorf("HEAD: %d", got)
	}
}

func TestEquationThatDoesNotHold(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	fill(s.observer)
	s.observer.equation.Seen++
	w := s.browser().do("GET", "/", nil)
	contains(t, "page", w.Code, http.StatusOK, w.Body.String(), "<b>52</b> <span>seen</span>", "≠", "do not add up")
}

func TestEmptyConversation(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	w := s.browser().do("GET", "/", nil)
	contains(t, "page", w.Code, http.StatusOK, w.Body.String(), "Nothing has happened yet", "No requests yet", "<b>0</b> <span>seen</span>")
}

// What a mail of ours says is shown in its reader's language, and in English where it is not kept in that one.
func TestWordsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *Config) {
		demo(c)
		c.Words = germanWords
	})
	s.observer.entries = []access.Entry{{Kind: access.EntryOut, To: "max@acme.example", Words: "Answered Max", WordsIn: map[string]string{"de": "Max geantwortet"}},
		{Kind: access.EntryOut, To: "mia@acme.example", Words: "Answered Mia"}, {Kind: access.EntryIn, From: "max@acme.example", Words: "Add Jane, please"},
		{Kind: access.EntryIn, From: "eve@evil.example", Reason: "unknown author", Proof: "unknown author proven"}}
	for accept, want := range map[string][]string{"": {"Answered Max<", "Answered Mia<", "Add Jane, please<", "unknown author<", "unknown author proven<"},
		"de-AT": {"Max geantwortet<", "Answered Mia<", "Add Jane, please<", "unbekannter Absender<", "unbekannter Absender proven<"}} {
		for _, path := range []string{"/", "/conversation"} {
			w := s.get(path, accept)
			contains(t, path+" in "+accept, w.Code, http.StatusOK, w.Body.String(), want...)
			if n := strings.Count(w.Body.String(), `class="words"`); n != 4 {
				t.Errorf("%s in %q shows %d words", path, accept, n)
			}
		}
	}
}

func TestHostileMailIsText(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	evil := `</p><script>x</script>"'><img src=x onerror=y>`
	s.observer.entries = []access.Entry{
		{Kind: access.EntryIn, From: evil, To: evil, Subject: evil, Words: evil, Ticket: evil, State: evil, Reason: evil, Proof: evil},
		{Kind: access.EntryOut, WordsIn: map[string]string{"en": evil}},
		{Kind: access.EntryEvent, To: evil, Subject: evil, Words: evil, Ticket: evil, State: evil}}
	s.observer.requests = []access.RequestView{{Ticket: evil, Client: evil, Name: access.Nullable(evil), Roles: []string{evil},
		State: access.RequestState(evil), Requester: access.Nullable(evil), Rule: access.Nullable(evil)}}
	body := s.browser().do("GET", "/conversation", nil).Body.String()
	for _, tag := range []string{"<script", "<img"} {
		if strings.Contains(body, tag) {
			t.Errorf("the fragment has %s:\n%s", tag, body)
		}
	}
	if n := strings.Count(body, "&lt;script&gt;"); n < 20 {
		t.Errorf("%d of the 20 texts are shown", n)
	}
}

func TestObserverFails(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	s.observer.err = errors.New("database locked")
	for _, path := range []string{"/", "/conversation"} {
		w := s.browser().do("GET", path, nil)
		contains(t, path, w.Code, http.StatusInternalServerError, w.Body.String(), "Something went wrong on our side")
		if strings.Contains(w.Body.String(), "locked") {
			t.Errorf("%s tells the cause", path)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := newSite(t, demo)
	server := httptest.NewServer(s)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() (event string) {
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			}
			if event != "" && lines.Text() == "" {
				return event
			}
		}
		return "end: " + event
	}
	if got := next(); got != "changed" {
		t.Fatalf("first event %q", got)
	}
	for range 3 {
		s.observer.changed <- struct{}{}
		if got := next(); got != "changed" {
			t.Fatalf("event after a change %q", got)
		}
	}
	resp.Body.Close()
	<-s.observer.cancelled
	if got := s.browser().do("HEAD", "/events", nil); got.Code != http.StatusOK || got.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", got.Code, got.Body.Len())
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	local := &url.URL{Scheme: "http", Host: oneHost}
	tests := []struct {
		name         string
		page         bool
		listen       string
		public       *url.URL
		host, remote string
		field        string
		want         int
	}{
		{name: "demo", page: true, host: oneHost, want: 200},
		{name: "demo_localhost", page: true, host: "LOCALHOST:8025", want: 200},
		{name: "demo_ipv6", page: true, host: "[::1]:8025", want: 200},
		{name: "demo_ipv6_without_port", page: true, host: "[::1]", want: 200},
		{name: "demo_public_name", page: true, host: "access.provider.example.", want: 200},
		{name: "demo_from_outside", page: true, host: "access.provider.example", remote: "192.0.2.1:5", want: 200},
		{name: "demo_rebound", page: true, host: "evil.example:8025", want: 421},
		{name: "demo_rebound_prefix", page: true, host: "127.0.0.1.evil.example", want: 421},
		{name: "demo_rebound_localhost", page: true, host: "localhost.evil.example", want: 421},
		{name: "demo_no_host", page: true, host: "", want: 421},
		{name: "local", public: local, host: oneHost, want: 200},
		{name: "local_rebound", public: local, host: "evil.example", want: 421},
		{name: "local_from_outside", public: local, host: oneHost, remote: "192.0.2.1:5", want: 404},
		{name: "local_listening_everywhere", public: local, listen: ":8025", host: oneHost, want: 404},
		{name: "local_listening_outside", public: local, listen: "192.0.2.7:8025", host: oneHost, want: 404},
		{name: "local_forwarded", public: local, host: oneHost, field: "X-Forwarded-For", want: 404},
		{name: "local_via", public: local, host: oneHost, field: "Via", want: 404},
		// A proxy on this machine looks like a browser on it, so a service with a public name never shows the page.
		{name: "public_name_local_caller", host: oneHost, want: 404},
		{name: "public_name", host: "access.provider.example", want: 404},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(c *Config) {
				c.ConversationPage = tc.page
				if tc.listen != "" {
					c.Listen = tc.listen
				}
				if tc.public != nil {
					c.PublicURL = tc.public
				}
			})
			fill(s.observer)
			for _, path := range []string{"/", "/conversation", "/events"} {
				method := "GET"
				if path == "/events" {
					method = "HEAD" // the stream would not end
				}
				r := httptest.NewRequest(method, path, nil)
				r.Host, r.RemoteAddr = tc.host, "127.0.0.1:40000"
				if tc.remote != "" {
					r.RemoteAddr = tc.remote
				}
				if tc.field != "" {
					r.Header.Set(tc.field, "192.0.2.1")
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != tc.want {
					t.Errorf("%s: %d, want %d", path, w.Code, tc.want)
				}
				if shown := strings.Contains(w.Body.String(), "max@acme.example"); shown && tc.want != 200 {
					t.Errorf("%s shows a mail", path)
				}
			}
		})
	}
}
