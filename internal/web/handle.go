package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
)

// policyStrict is the Content-Security-Policy of every page; the conversation page adds its script.
const (
	policyStrict = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	policyLive   = policyStrict + "; script-src 'self'; connect-src 'self'"
)

// maxForm is far more than the largest form of ours, in bytes.
const maxForm = 4 << 10

// ServeHTTP answers one request, logs it without its path, and survives a panic of its handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.cfg.Now()
	rec := &recorder{ResponseWriter: w}
	h := rec.Header()
	h.Set("Content-Security-Policy", policyStrict)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	r = s.withoutBase(r)
	if limit := int64(maxForm); r.Body != nil {
		if r.URL.Path == intakePath {
			limit = maxSubmission
		}
		r.Body = http.MaxBytesReader(rec, r.Body, limit)
	}
	defer func() {
		if v := recover(); v != nil {
			s.recovered(rec, r, v)
		}
		level := slog.LevelInfo
		if r.Pattern == "GET /healthz" && rec.status == http.StatusOK {
			level = slog.LevelDebug
		}
		s.cfg.Log.Log(r.Context(), level, "request answered", slog.String("route", r.Pattern),
			slog.Int("status", rec.status), slog.Duration("duration", s.cfg.Now().Sub(start)))
		if rec.broken {
			panic(http.ErrAbortHandler)
		}
	}()
	s.mux.ServeHTTP(rec, r)
}

// withoutBase takes the path of the public URL off the request, for proxies that leave it on.
func (s *Server) withoutBase(r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, s.base+"/")
	if s.base == "" || !ok {
		return r
	}
	r2 := r.Clone(r.Context())
	r2.URL.Path, r2.URL.RawPath = "/"+rest, ""
	return r2
}

// recovered logs a panic. Its value may hold words of a mail, so only the runtime's own are logged.
func (s *Server) recovered(rec *recorder, r *http.Request, v any) {
	cause := fmt.Sprintf("%T", v)
	if err, ok := v.(runtime.Error); ok {
		cause = err.Error()
	}
	if v != http.ErrAbortHandler {
		s.cfg.Log.Error("request panicked", slog.String("route", r.Pattern), slog.String("cause", cause),
			slog.String("stack", string(debug.Stack())))
	}
	if rec.status != 0 {
		rec.broken = true // the connection is cut, so that half a page is not taken for a whole one
		return
	}
	s.notice(rec, r, http.StatusInternalServerError, internalError)
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	broken bool
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write notes the implied status.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush and set deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.cfg.Health(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintln(w, "ok")
}
