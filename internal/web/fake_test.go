package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// The tokens of the fake's invitations.
const (
	liveToken    = "aaaqeayeaudaocajbifqydiob4"
	usedToken    = "baaqeayeaudaocajbifqydiob4"
	expiredToken = "caaqeayeaudaocajbifqydiob4"
	unknownToken = "daaqeayeaudaocajbifqydiob4"

	rightCode = "271828"
	oneHost   = "127.0.0.1:8025"
)

var janeView = access.InvitationView{Client: "Acme Ltd", Name: "Jane Doe", Address: "jane.doe@acme.example",
	Requester: "Max Main", Roles: []string{"Technician", "Billing Contact"},
	ExpiresAt: time.Date(2026, 3, 9, 14, 30, 0, 0, time.UTC), State: access.InvitationSent}

// fakeRegistrar holds one invitation in each state and counts the calls that change something.
type fakeRegistrar struct {
	mu      sync.Mutex
	view    access.InvitationView
	calls   map[string]int
	session token.Digest // that a code waits for
	fail    error        // what SendCode answers
	broken  func()       // called by Invitation
	readErr error        // what Invitation answers for the live one
}

func newFakeRegistrar() *fakeRegistrar {
	return &fakeRegistrar{view: janeView, calls: map[string]int{}}
}

func (f *fakeRegistrar) count(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[call]
}

func (f *fakeRegistrar) changes() int {
	return f.count("send") + f.count("register") + f.count("renew")
}

func (f *fakeRegistrar) state(t token.Token) error {
	switch t.Reveal() {
	case liveToken:
		return f.readErr
	case usedToken:
		return access.ErrInvitationUsed
	case expiredToken:
		return access.ErrInvitationExpired
	}
	return access.ErrNoInvitation
}

func (f *fakeRegistrar) Invitation(_ context.Context, t token.Token) (access.InvitationView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		f.broken()
	}
	return f.view, f.state(t)
}

func (f *fakeRegistrar) SendCode(_ context.Context, t token.Token, session token.Digest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["send"]++
	if err := f.state(t); err != nil {
		return err
	}
	if f.fail != nil {
		return f.fail
	}
	f.session = session
	return nil
}

func (f *fakeRegistrar) Register(_ context.Context, t token.Token, session token.Digest, code token.Code, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["register"]++
	if err := f.state(t); err != nil {
		return err
	}
	if session != f.session {
		return access.ErrNoCode
	}
	if code.Reveal() != rightCode {
		return access.ErrWrongCode
	}
	f.calls["registered"]++
	return nil
}

func (f *fakeRegistrar) Renew(_ context.Context, t token.Token) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["renew"]++
	if t.Reveal() != expiredToken {
		return access.ErrNoInvitation
	}
	return nil
}

// fakeObserver shows what it is given.
type fakeObserver struct {
	entries    []access.Entry
	requests   []access.RequestView
	equation   access.Equation
	err        error
	changed    chan struct{}
	subscribed chan struct{} // gets a value for each subscription
	cancelled  chan struct{} // gets a value for each cancellation
}

func newFakeObserver() *fakeObserver {
	return &fakeObserver{changed: make(chan struct{}, 1), subscribed: make(chan struct{}, 8), cancelled: make(chan struct{}, 8)}
}

func (f *fakeObserver) Conversation(context.Context, int) ([]access.Entry, error) {
	return f.entries, f.err
}

func (f *fakeObserver) Requests(context.Context, int) ([]access.RequestView, error) {
	return f.requests, f.err
}

func (f *fakeObserver) Equation(context.Context) (access.Equation, error) { return f.equation, f.err }

func (f *fakeObserver) Changed() (<-chan struct{}, func()) {
	f.subscribed <- struct{}{}
	return f.changed, func() { f.cancelled <- struct{}{} }
}

// fakeStopper has one link in each state and counts the calls that change something.
type fakeStopper struct {
	mu      sync.Mutex
	view    access.StopView
	calls   map[string]int
	session token.Digest // that a code waits for
	fail    error        // what SendStopCode answers
	readErr error        // what Stoppable answers for the live one
}

var maxView = access.StopView{Client: "Acme Ltd", Ticket: "REQ-2026-00007", Name: "Max Main", Address: "max.main@acme.example",
	Stage: access.StageHold, Until: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC),
	Lines: []access.Line{{Number: 1, Action: "add_user", Name: "Jane Doe", Email: "jane.doe@acme.example", Roles: []string{"Main Contact"}}}}

func (f *fakeStopper) count(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[call]
}

func (f *fakeStopper) state(t token.Token) error {
	switch t.Reveal() {
	case liveToken:
		return f.readErr
	case usedToken:
		return access.ErrNothingToStop
	}
	return access.ErrNoApproval
}

func (f *fakeStopper) Stoppable(_ context.Context, t token.Token) (access.StopView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view, f.state(t)
}

func (f *fakeStopper) SendStopCode(_ context.Context, t token.Token, session token.Digest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["send"]++
	if err := f.state(t); err != nil {
		return err
	}
	if f.fail != nil {
		return f.fail
	}
	f.session = session
	return nil
}

func (f *fakeStopper) Stop(_ context.Context, t token.Token, session token.Digest, code token.Code) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["try"]++
	if err := f.state(t); err != nil {
		return err
	}
	if session != f.session {
		return access.ErrNoCode
	}
	if code.Reveal() != rightCode {
		return access.ErrWrongCode
	}
	f.calls["stopped"]++
	return nil
}

// site is a Server with its fakes and its log.
type site struct {
	*Server
	registrar *fakeRegistrar
	stopper   *fakeStopper
	observer  *fakeObserver
	log       *bytes.Buffer
}

func newSite(t *testing.T, change func(*Config)) *site {
	t.Helper()
	log := &bytes.Buffer{}
	cfg := Config{PublicURL: &url.URL{Scheme: "https", Host: "access.provider.example"}, Listen: oneHost,
		Provider: "Example Colo", SupportAddress: "support@provider.example", Now: time.Now, Rand: rand.Reader,
		Health: func(context.Context) error { return nil },
		Log:    slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&cfg)
	}
	r, o := newFakeRegistrar(), newFakeObserver()
	st := &fakeStopper{view: maxView, calls: map[string]int{}}
	s, err := New(cfg, r, st, o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return &site{s, r, st, o, log}
}

// browser keeps cookies like one.
type browser struct {
	site    *site
	cookies map[string]*http.Cookie
}

func (s *site) browser() *browser { return &browser{s, map[string]*http.Cookie{}} }

// do sends one request and keeps the cookies of the answer.
func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = oneHost, "127.0.0.1:40000"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return w
}

var csrfField = regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`)

// open gets a page and gives the secret of its forms.
func (b *browser) open(t *testing.T, path string) (csrf string) {
	t.Helper()
	w := b.do("GET", path, nil)
	m := csrfField.FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("GET %s: %d without a form:\n%s", path, w.Code, w.Body)
	}
	return m[1]
}
