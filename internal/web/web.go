// Package web serves the pages to register and to answer STOP, the conversation page, what portals ask and the health check.
//
// To register, and to stop something: GET and HEAD change nothing, and a pressed button only mails a code to the invited
// or the approver's address; the code, typed in the same browser session, does it. The pages need no script. A token stands
// in the path alone and is never logged.
//
// The conversation page shows words of mails, so it is kept from everybody but the people at the machine: see guard.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/templates"
)

// Registrar redeems invitations. Its errors wrap the sentinels of access; with ErrInvitationExpired, Invitation gives a
// view too.
type Registrar interface {
	Invitation(ctx context.Context, t token.Token) (access.InvitationView, error)
	SendCode(ctx context.Context, t token.Token, session token.Digest) error
	Register(ctx context.Context, t token.Token, session token.Digest, code token.Code, accepted string) error
	Renew(ctx context.Context, t token.Token) error
}

// Stopper is the way of approvers to take back or to stop what they were told of. Its errors wrap the sentinels of access;
// with ErrNothingToStop, Stoppable tells the language too.
type Stopper interface {
	Stoppable(ctx context.Context, t token.Token) (access.StopView, error)
	SendStopCode(ctx context.Context, t token.Token, session token.Digest) error
	Stop(ctx context.Context, t token.Token, session token.Digest, code token.Code) error
}

// Observer shows what happens.
type Observer interface {
	// Conversation is the last limit entries, oldest first.
	Conversation(ctx context.Context, limit int) ([]access.Entry, error)
	// Requests is at most limit requests, in the order to show them.
	Requests(ctx context.Context, limit int) ([]access.RequestView, error)
	Equation(ctx context.Context) (access.Equation, error)
	// Changed subscribes to changes: a value on the channel means that there were some. The function unsubscribes.
	Changed() (<-chan struct{}, func())
}

// Config is what the pages need to know. Now, Rand and Log are required; the rest too, unless it says otherwise.
type Config struct {
	PublicURL        *url.URL                    // where the outside reaches the pages; http or https
	Listen           string                      // host:port that Serve's listener is bound to
	ConversationPage bool                        // show the conversation to everybody who reaches the listener under an allowed name
	Provider         string                      // name of the provider
	SupportAddress   string                      // may be empty
	Templates        fs.FS                       // holds the folder web; nil for the built-in one
	Language         string                      // of pages for people whose language is not known; English when empty
	Words            func(language string) Words // nil for plain English
	Now              func() time.Time
	Rand             io.Reader
	// Health reports nil, or an error whose text anybody may read: the names of what is not working.
	Health func(ctx context.Context) error
	Log    *slog.Logger

	Portals []Portal // that may ask over HTTP; none without
	Intake  Intake   // required with Portals
}

func (c Config) check() error {
	switch {
	case c.PublicURL == nil || c.PublicURL.Host == "" || c.PublicURL.Scheme != "http" && c.PublicURL.Scheme != "https":
		return errors.New("web: the public URL must be an http or https URL")
	case c.Now == nil || c.Rand == nil || c.Health == nil || c.Log == nil:
		return errors.New("web: Now, Rand, Health and Log are required")
	case len(c.Portals) > 0 && c.Intake == nil:
		return errors.New("web: Intake is required for portals")
	}
	return nil
}

// Server answers the requests of browsers.
type Server struct {
	cfg       Config
	registrar Registrar
	stopper   Stopper
	observer  Observer
	base      string // path of the public URL, without a final slash
	pages     *pages
	assets    map[string]asset
	mux       *http.ServeMux
	buckets   buckets

	stopping chan struct{} // closed when Serve stops: event streams end
	stop     func()
}

// New makes a Server. It fails if a page or a setting is missing, not when somebody asks for the page.
func New(cfg Config, r Registrar, st Stopper, o Observer) (*Server, error) {
	all := cfg.Templates
	if all == nil {
		all = templates.FS
	}
	files, err := fs.Sub(all, "web")
	if err != nil {
		return nil, fmt.Errorf("opening the pages: %w", err)
	}
	return newServer(cfg, r, st, o, files)
}

func newServer(cfg Config, r Registrar, st Stopper, o Observer, files fs.FS) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, registrar: r, stopper: st, observer: o, mux: http.NewServeMux(), stopping: make(chan struct{}),
		base: strings.TrimSuffix(cfg.PublicURL.Path, "/")}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	var err error
	words := cfg.Words
	if words == nil {
		words = func(string) Words { return plain }
	}
	if s.pages, err = parsePages(files, words); err != nil {
		return nil, err
	}
	if s.assets, err = readAssets(files); err != nil {
		return nil, err
	}
	s.routes()
	return s, nil
}

func (s *Server) routes() {
	s.mux.HandleFunc("GET /register/{token}", s.visit(registering, s.invitation))
	s.mux.HandleFunc("GET /register/{token}/code", s.visit(registering, s.codeForm))
	s.mux.HandleFunc("POST /register/{token}/code", s.form(registering, s.sendCode))
	s.mux.HandleFunc("POST /register/{token}", s.form(registering, s.register))
	s.mux.HandleFunc("POST /register/{token}/renew", s.form(registering, s.renew))

	s.mux.HandleFunc("GET /stop/{token}", s.visit(stopping, s.stopPage))
	s.mux.HandleFunc("GET /stop/{token}/code", s.visit(stopping, s.stopCodeForm))
	s.mux.HandleFunc("POST /stop/{token}/code", s.form(stopping, s.sendStopCode))
	s.mux.HandleFunc("POST /stop/{token}", s.form(stopping, s.stopIt))

	if len(s.cfg.Portals) > 0 {
		s.mux.HandleFunc("POST "+intakePath, s.submit)
	}

	s.mux.HandleFunc("GET /{$}", s.guard(s.conversation))
	s.mux.HandleFunc("GET /conversation", s.guard(s.fragment))
	s.mux.HandleFunc("GET /events", s.guard(s.events))

	s.mux.HandleFunc("GET /static/{name}", s.static)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /", s.notFound) // other methods get the ServeMux's 405
}
