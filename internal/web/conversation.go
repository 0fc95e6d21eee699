package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
)

const (
	conversationLimit = 200 // entries shown
	requestsLimit     = 100
	// heartbeat keeps proxies from closing a silent stream and finds out that a browser has gone.
	heartbeat = 15 * time.Second
	// eventTimeout is how long a browser may take to receive an event.
	eventTimeout = 10 * time.Second
)

// overview is what the conversation page shows.
type overview struct {
	Equation access.Equation
	Terms    []term
	Requests []access.RequestView
	Entries  []access.Entry
	Support  string
}

// term is one summand of the equation.
type term struct {
	Disposition access.Disposition
	Count       int64
}

func (s *Server) overview(ctx context.Context) (overview, error) {
	o := overview{Support: s.cfg.SupportAddress}
	var err error
	if o.Equation, err = s.observer.Equation(ctx); err != nil {
		return o, fmt.Errorf("reading the equation: %w", err)
	}
	if o.Requests, err = s.observer.Requests(ctx, requestsLimit); err != nil {
		return o, fmt.Errorf("reading the requests: %w", err)
	}
	if o.Entries, err = s.observer.Conversation(ctx, conversationLimit); err != nil {
		return o, fmt.Errorf("reading the conversation: %w", err)
	}
	for _, d := range access.Dispositions {
		o.Terms = append(o.Terms, term{d, o.Equation.Counts[d]})
	}
	return o, nil
}

func (s *Server) conversation(w http.ResponseWriter, r *http.Request) {
	o, err := s.overview(r.Context())
	if err != nil {
		s.failed(w, r, "showing the conversation", err)
		return
	}
	w.Header().Set("Content-Security-Policy", policyLive)
	s.render(w, r, http.StatusOK, "", conversationPage, o)
}

// fragment is the part of the page that the script swaps.
func (s *Server) fragment(w http.ResponseWriter, r *http.Request) {
	o, err := s.overview(r.Context())
	if err != nil {
		s.failed(w, r, "showing the conversation", err)
		return
	}
	id := s.language("", r)
	inLanguage(w, id)
	s.write(w, r, http.StatusOK, s.pages.byLanguage[id][conversationPage]().Lookup(fragmentPart), o)
}

// events is the stream that tells the script to fetch the fragment again. The first event comes at once: something may
// have changed since the page was rendered, or while the browser was away.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	changed, unsubscribe := s.observer.Changed()
	defer unsubscribe()
	rc := http.NewResponseController(w)
	send := func(text string) bool {
		// Instead of the Server's WriteTimeout, which is for the whole answer. A ResponseWriter without deadlines needs none.
		_ = rc.SetWriteDeadline(time.Now().Add(eventTimeout))
		_, err := io.WriteString(w, text)
		return err == nil && rc.Flush() == nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	const event = "event: changed\ndata: 1\n\n"
	for ok := send("retry: 2000\n\n" + event); ok; {
		select {
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return
		case _, open := <-changed:
			ok = open && send(event)
		case <-beat.C:
			ok = send(": still here\n\n")
		}
	}
}

// guard keeps what mails say from everybody but the people at the machine. The name in the Host field must be ours, else
// a page of somebody else could have its own name point here (DNS rebinding) and read along. Without ConversationPage
// the listener, the caller and the public URL must also be the machine itself: a proxy on this machine calls from
// loopback too, and may not say for whom.
func (s *Server) guard(next http.HandlerFunc) http.HandlerFunc {
	private := s.cfg.ConversationPage || loopback(hostname(s.cfg.Listen)) && loopback(s.cfg.PublicURL.Hostname())
	return func(w http.ResponseWriter, r *http.Request) {
		host := hostname(r.Host)
		switch {
		case !loopback(host) && !strings.EqualFold(host, s.cfg.PublicURL.Hostname()):
			s.notice(w, r, http.StatusMisdirectedRequest, wrongHost)
		case !private || !s.cfg.ConversationPage && (!loopback(hostname(r.RemoteAddr)) || forwarded(r)):
			s.notice(w, r, http.StatusNotFound, conversationHidden)
		default:
			next(w, r)
		}
	}
}

// forwarded reports whether a proxy says that it passes the request on.
func forwarded(r *http.Request) bool {
	for _, field := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(field) != "" {
			return true
		}
	}
	return false
}

// hostname is a host:port or host without the port, brackets and final dot.
func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = (&url.URL{Host: hostport}).Hostname()
	}
	return strings.TrimSuffix(host, ".")
}

// loopback reports whether a host is this machine under a name that only this machine resolves so.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
