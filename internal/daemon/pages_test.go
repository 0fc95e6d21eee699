package daemon_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// page is a page of the daemon as a person sees it, in one browser session.
type page struct {
	w      *world
	http   *http.Client
	host   string            // of the Host header; the daemon's when empty
	header map[string]string // more fields
	path   string
	csrf   string // of the form that was pressed last
	body   string
}

var (
	linkIn = regexp.MustCompile(`http://127\.0\.0\.1:8025(/(?:register|stop)/\S+)`)
	codeIn = regexp.MustCompile(`(?m)^\s*(\d{3}\s?\d{3})\s*$`)
	formIn = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)".*?name="csrf" value="([^"]*)"`)
)

// open opens the link of an invitation in a new browser session.
func (w *world) open(invitation *received) *page {
	w.t.Helper()
	link := linkIn.FindStringSubmatch(invitation.Text)
	if link == nil {
		w.t.Fatalf("the mail holds no link:\n%s", invitation.Text)
	}
	return w.browse(link[1])
}

// press submits the first form of the page.
func (p *page) press(fields url.Values) {
	p.w.t.Helper()
	form := formIn.FindStringSubmatch(p.body)
	if form == nil {
		p.w.t.Fatalf("the page has no form:\n%s", p.body)
	}
	if fields == nil {
		fields = url.Values{}
	}
	p.csrf = form[2]
	fields.Set("csrf", p.csrf)
	p.do(http.MethodPost, form[1], fields)
}

func (p *page) do(method, path string, fields url.Values) {
	p.w.t.Helper()
	req, err := http.NewRequestWithContext(p.w.t.Context(), method, "http://"+p.w.main.WebAddr()+path, strings.NewReader(fields.Encode()))
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.dress(req)
	resp, err := p.http.Do(req)
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.read(resp)
}

// dress sets the header of a request.
func (p *page) dress(req *http.Request) {
	if p.host != "" {
		req.Host = p.host
	}
	if req.Method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range p.header {
		req.Header.Set(name, value)
	}
}

// read keeps what a page shows, and returns its status.
func (p *page) read(resp *http.Response) int {
	p.w.t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.body = string(body)
	p.w.visit()
	return resp.StatusCode
}

// shows checks that the page holds some words.
func (p *page) shows(words string) {
	p.w.t.Helper()
	if !strings.Contains(p.body, words) {
		p.w.t.Errorf("the page does not say %q:\n%s", words, p.body)
	}
}

// register plays an invitee who opens the link, asks for the code and types it.
func (w *world) register(who string, invitation *received) {
	w.t.Helper()
	p := w.open(invitation)
	p.press(nil)
	code := codeIn.FindStringSubmatch(w.get(who, "code").Text)
	if code == nil {
		w.t.Fatal("the mail holds no code")
	}
	p.press(url.Values{"code": {code[1]}})
	p.shows("registered")
}

// browse opens a page in a new browser session.
func (w *world) browse(path string) *page {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	// Keep-alive connections would outlive the test.
	p := &page{w: w, http: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}, path: path}
	p.do(http.MethodGet, path, nil)
	return p
}
