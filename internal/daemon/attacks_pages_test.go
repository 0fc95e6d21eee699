package daemon_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/access"
)

// pageAttacks are played, each with a fresh browser session, against the registration pages while Lena is invited.
var pageAttacks = []struct {
	name, what string
	play       func(a *attacker, browser func() *page)
}{
	{"scanner-follows-links", "a link scanner fetches every link of the invitation, again and again", func(a *attacker, browser func() *page) {
		for range 20 {
			p := browser()
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				p.try(method, p.path, nil)
			}
		}
	}},
	{"scanner-submits-forms", "a scanner submits every form that it finds, with junk in each field", func(a *attacker, browser func() *page) {
		for range 3 {
			p := browser()
			p.try(http.MethodGet, p.path, nil)
			for range 5 {
				form := formIn.FindStringSubmatch(p.body)
				if form == nil {
					break
				}
				p.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}, "code": {"123456"}, "name": {"x"}, "accept": {"on"}})
			}
		}
	}},
	{"scanner-follows-and-submits-everything", "a scanner follows every link that it finds, and submits every form with every field filled, in one session", func(a *attacker, browser func() *page) {
		p := browser()
		seen, queue := map[string]bool{}, []string{p.path, "/"}
		for n := 0; len(queue) > 0 && n < 200; n++ {
			at := queue[0]
			queue = queue[1:]
			p.try(http.MethodGet, at, nil)
			shown := p.body
			for _, found := range pathIn.FindAllStringSubmatch(shown, -1) {
				if !seen[found[1]] {
					seen[found[1]] = true
					queue = append(queue, found[1])
				}
			}
			for _, form := range wholeForm.FindAllStringSubmatch(shown, -1) {
				fields := url.Values{}
				for _, input := range inputIn.FindAllStringSubmatch(form[2], -1) {
					fields.Set(input[1], cmp.Or(input[3], "123456"))
				}
				p.try(http.MethodPost, form[1], fields)
			}
		}
		if len(seen) < 3 {
			a.accuse("the scanner found only %v", seen)
		}
	}},
	{"headers-of-a-proxy", "fields that name another host, path, method or caller", func(a *attacker, browser func() *page) {
		for name, value := range poisoned {
			p := browser()
			p.header = map[string]string{name: value}
			for _, path := range []string{p.path, p.path + "/code", "/", "/conversation", "/healthz", "/register/x"} {
				p.try(http.MethodGet, path, nil)
				if strings.Contains(p.body, "stranger.example") {
					a.accuse("with %s the page %s says\n%s", name, path, p.body)
				}
			}
		}
		a.w.rest()
		if n := len(a.outgoing()); n > 0 {
			a.accuse("%d mails went out", n)
		}
	}},
	{"conversation-by-rebinding", "the conversation is asked for under a foreign name, and through a proxy", func(a *attacker, browser func() *page) {
		for _, path := range []string{"/", "/conversation", "/events"} {
			for _, host := range []string{"stranger.example", "127.0.0.1.stranger.example", "localhost.stranger.example:8025", "[::1].stranger.example"} {
				p := browser()
				p.host = host
				if status := p.try(http.MethodGet, path, nil); status < 400 || strings.Contains(p.body, "Lena") {
					a.accuse("%s under %s got %d\n%s", path, host, status, p.body)
				}
			}
			for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
				p := browser()
				p.header = map[string]string{name: "127.0.0.1"}
				if status := p.try(http.MethodGet, path, nil); status < 400 || strings.Contains(p.body, "Lena") {
					a.accuse("%s with %s got %d\n%s", path, name, status, p.body)
				}
			}
		}
	}},
	{"guessed-links", "links with other tokens are tried", func(a *attacker, browser func() *page) {
		p := browser()
		for i := range 100 {
			p.try(http.MethodGet, fmt.Sprintf("/register/%026d", i), nil)
			if strings.Contains(p.body, "Lena") || strings.Contains(p.body, "Acme") {
				a.accuse("a guessed link shows an invitation")
			}
		}
	}},
	{"link-with-a-letter-changed", "the real link with one letter changed", func(a *attacker, browser func() *page) {
		p := browser()
		for i := len("/register/"); i < len(p.path); i++ {
			c := "a"
			if p.path[i] == 'a' {
				c = "b"
			}
			p.try(http.MethodGet, p.path[:i]+c+p.path[i+1:], nil)
			if strings.Contains(p.body, "Acme") {
				a.accuse("a changed link shows an invitation")
			}
		}
	}},
	{"no-csrf", "the form is submitted from a foreign page", func(a *attacker, browser func() *page) {
		p := browser()
		p.try(http.MethodGet, p.path, nil)
		form := formIn.FindStringSubmatch(p.body)
		for _, csrf := range []string{"", "x", strings.Repeat("a", 10000)} {
			if status := p.try(http.MethodPost, form[1], url.Values{"csrf": {csrf}}); status < 400 {
				a.accuse("a form with the CSRF value %.10q got %d", csrf, status)
			}
		}
	}},
	{"csrf-of-another-session", "the CSRF value of one browser is used in another", func(a *attacker, browser func() *page) {
		one, other := browser(), browser()
		one.try(http.MethodGet, one.path, nil)
		other.try(http.MethodGet, other.path, nil)
		form := formIn.FindStringSubmatch(one.body)
		if status := other.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}}); status < 400 {
			a.accuse("it got %d", status)
		}
	}},
	{"guessed-codes", "codes are guessed until no try is left, and then the right one is typed", func(a *attacker, browser func() *page) {
		p := browser()
		p.try(http.MethodGet, p.path, nil)
		p.press(nil)
		code := codeIn.FindStringSubmatch(a.w.get("lena", "code").Text)[1]
		for i := range 8 {
			if formIn.FindStringSubmatch(p.body) == nil {
				break
			}
			p.press(url.Values{"code": {fmt.Sprintf("%06d", i)}})
		}
		p.try(http.MethodGet, p.path, nil)
		if form := formIn.FindStringSubmatch(p.body); form != nil {
			p.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}, "code": {code}})
		}
	}},
	{"code-in-another-browser", "the code of one browser session is typed in another, by somebody who has read both mails", func(a *attacker, browser func() *page) {
		one := browser()
		one.try(http.MethodGet, one.path, nil)
		one.press(nil)
		code := codeIn.FindStringSubmatch(a.w.get("lena", "code").Text)[1]
		other := browser()
		other.try(http.MethodGet, other.path, nil)
		form := formIn.FindStringSubmatch(other.body)
		other.try(http.MethodPost, form[1], url.Values{"csrf": {form[2]}, "code": {code}})
	}},
	{"odd-requests", "odd paths, methods and bodies", func(a *attacker, browser func() *page) {
		p := browser()
		for _, path := range []string{"/register/../../etc/passwd", "/register/%00", "/register/%2e%2e/", "//register/", "/register/" + strings.Repeat("a", 8000), "/.git/config", "/register"} {
			p.try(http.MethodGet, path, nil)
		}
		for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND", "TRACE"} {
			if status := p.try(method, p.path, nil); status < 400 {
				a.accuse("%s got %d", method, status)
			}
		}
		if status := p.try(http.MethodPost, p.path, url.Values{"csrf": {strings.Repeat("x", 5<<20)}}); status < 400 {
			a.accuse("a form of 5 MB got %d", status)
		}
	}},
	{"foreign-host-header", "the page is asked for under another host name, to poison what it links to", func(a *attacker, browser func() *page) {
		p := browser()
		p.host = "stranger.example"
		p.try(http.MethodGet, p.path, nil)
		if strings.Contains(p.body, "stranger.example") {
			a.accuse("the page names the foreign host:\n%s", p.body)
		}
	}},
}

var (
	pathIn    = regexp.MustCompile(`(?:href|src|action)="(/[^"]*)"`)
	wholeForm = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"(.*?)</form>`)
	inputIn   = regexp.MustCompile(`<(?:input|button)[^>]*name="([^"]*)"(?:[^>]*(value)="([^"]*)")?`)
)

// TestAttackPages plays them. A submitted form may send a code to the invited address, and nothing else.
func TestAttackPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	defined(t, len(pageAttacks))
	a := newAttacker(w, invitedScene)
	a.passes, a.codesTo = []string{"challenges"}, []string{"lena"}
	link := linkIn.FindStringSubmatch(a.known["lena"].Text)
	for _, at := range pageAttacks {
		a.begin(at.name)
		at.play(a, func() *page {
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			return &page{w: w, path: link[1], http: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}}
		})
		a.end("pages", "nobody registered")
	}
	if c := w.contactOf("lena"); c.State != access.ContactInvited {
		t.Errorf("Lena is %s", c.State)
	}
	w.register("lena", a.known["lena"]) // the invitation still serves whom it belongs to
}

// try sends a request that may fail, and returns its status.
func (p *page) try(method, path string, fields url.Values) int {
	p.w.t.Helper()
	req, err := http.NewRequestWithContext(p.w.t.Context(), method, "http://"+p.w.main.WebAddr()+path, strings.NewReader(fields.Encode()))
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.dress(req)
	resp, err := p.http.Do(req)
	if err != nil {
		return http.StatusRequestEntityTooLarge // cut off while it was sent
	}
	return p.read(resp)
}
