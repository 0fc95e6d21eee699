package web

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/countersign/countersign/internal/token"
)

// session is the browser session: a secret in a cookie. Codes and forms are bound to it.
type session struct{ secret token.Token }

// digest is what a code is bound to.
func (s session) digest() token.Digest { return s.secret.Digest() }

// csrf is the secret in every form of the session. It tells nothing about the cookie.
func (s session) csrf() string { return string(token.DigestOf("csrf\x00" + s.secret.Reveal())) }

// cookieName has the __Host- prefix (RFC 6265bis section 4.1.3) where the pages are served over TLS: no neighbouring
// host can plant the cookie then.
func (s *Server) cookieName() string {
	if s.secure() {
		return "__Host-countersign"
	}
	return "countersign"
}

func (s *Server) secure() bool { return s.cfg.PublicURL.Scheme == "https" }

// openSession gives the session of the browser's cookie, or a new one, whose cookie is set.
func (s *Server) openSession(w http.ResponseWriter, r *http.Request) (session, error) {
	if known, ok := s.session(r); ok {
		return known, nil
	}
	secret, err := token.Mint(s.cfg.Rand)
	if err != nil {
		return session{}, err
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: secret.Reveal(), Path: "/", HttpOnly: true,
		Secure: s.secure(), SameSite: http.SameSiteStrictMode})
	return session{secret}, nil
}

func (s *Server) session(r *http.Request) (session, bool) {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return session{}, false
	}
	secret, ok := token.Parse(c.Value)
	return session{secret}, ok
}

// submission is a form that came from a page of ours.
type submission struct {
	visitor
	code string
}

// visitor is a browser session that looks at what a token in its link is about.
type visitor struct {
	token   token.Token
	session session
}

// linked are the pages behind a token of one kind.
type linked struct {
	path    string // before the token
	unknown notice
}

var (
	registering = linked{"/register/", unknownInvitation}
	stopping    = linked{"/stop/", unknownStop}
)

// at is where the page of a token is, seen from outside.
func (s *Server) at(l linked, t token.Token) string { return s.base + l.path + t.Reveal() }

// visit opens a page behind a token in the browser's session.
func (s *Server) visit(l linked, next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t, ok := token.Parse(r.PathValue("token"))
		if !ok {
			s.notice(w, r, http.StatusNotFound, l.unknown)
			return
		}
		known, err := s.openSession(w, r)
		if err != nil {
			s.failed(w, r, "opening a session", err)
			return
		}
		next(w, r, visitor{t, known})
	}
}

// form lets only those POSTs through whose form is of the browser's own session.
func (s *Server) form(l linked, next func(http.ResponseWriter, *http.Request, submission)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t, ok := token.Parse(r.PathValue("token"))
		if !ok {
			s.notice(w, r, http.StatusNotFound, l.unknown)
			return
		}
		if err := r.ParseForm(); err != nil {
			status := http.StatusBadRequest
			if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			s.notice(w, r, status, unreadableForm)
			return
		}
		known, ok := s.session(r)
		if !ok || subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(known.csrf())) != 1 {
			n := foreignForm
			n.Again = s.at(l, t)
			s.notice(w, r, http.StatusForbidden, n)
			return
		}
		next(w, r, submission{visitor{t, known}, r.PostForm.Get("code")})
	}
}
