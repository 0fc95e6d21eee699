package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// Portal is a web site of the provider's that may pass on what its signed-in contacts ask.
type Portal struct {
	Name      string
	Token     token.Digest
	Team      access.Team
	Clients   []string // names of those that it may speak for; empty for all
	PerMinute int
}

// Intake takes what a portal passes on. key is the portal's idempotency key; the response is the JSON of a Receipt, and again
// says that it is that of an earlier time. Its errors wrap ErrKeyReused, and those of access.DecideSubmission.
type Intake interface {
	Submit(ctx context.Context, key string, body token.Digest, s *access.Submission) (response []byte, again bool, err error)
}

// ErrKeyReused says that an idempotency key came with another body before.
var ErrKeyReused = errors.New("web: the idempotency key was used for another body")

// Receipt is what a portal reads of what it has passed on; the contact gets the same by mail. Absent is null.
type Receipt struct {
	Ticket   access.Nullable `json:"ticket"`
	Requests []ReceiptLine   `json:"requests"`
}

// ReceiptLine is one request of a Receipt.
type ReceiptLine struct {
	Action   string          `json:"action"`
	Name     access.Nullable `json:"name"`
	Email    access.Nullable `json:"email"`
	Roles    []string        `json:"roles"` // titles
	Status   access.Status   `json:"status"`
	WaitsFor access.Nullable `json:"waits_for"` // a stage
	Missing  []string        `json:"missing"`
	Rule     access.Nullable `json:"rule"`
	Text     access.Nullable `json:"text"`
	MayAsk   []string        `json:"may_ask"`
	Ticket   access.Nullable `json:"ticket"` // that has the request already
}

// ReceiptOf is what an outcome says to the portal that asked.
func ReceiptOf(o *access.Outcome) Receipt {
	r := Receipt{Requests: []ReceiptLine{}}
	if o.Ticket != nil {
		r.Ticket = access.Nullable(o.Ticket.Number)
	}
	for _, l := range o.Lines() {
		missing := []string{}
		for _, f := range l.Missing {
			missing = append(missing, string(f))
		}
		r.Requests = append(r.Requests, ReceiptLine{Action: string(l.Action), Name: access.Nullable(l.Name), Email: access.Nullable(l.Email),
			Roles: append([]string{}, l.Roles...), Status: l.Status, WaitsFor: access.Nullable(l.WaitFor), Missing: missing,
			Rule: access.Nullable(l.Rule), Text: access.Nullable(l.Text), MayAsk: append([]string{}, l.MayAsk...), Ticket: access.Nullable(l.Ticket)})
	}
	return r
}

const (
	intakePath        = "/api/v1/requests"
	maxSubmission     = 64 << 10 // bytes
	maxIdempotencyKey = 200
)

// refusal is why a submission is not taken.
type refusal struct {
	status int
	text   string
}

func refused(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// submit takes the requests of a portal's user. Who calls is known by the token alone, before anything else is looked at.
func (s *Server) submit(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	p := s.portal(r)
	if p == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="countersign"`)
		s.deny(w, r, "", refused(http.StatusUnauthorized, "the Authorization field must be Bearer and the token of a portal"))
		return
	}
	if wait := s.buckets.take(p, s.cfg.Now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		s.deny(w, r, p.Name, refused(http.StatusTooManyRequests, "more than %d requests in a minute", p.PerMinute))
		return
	}
	response, again, why := s.take(r, p)
	if why != nil {
		s.deny(w, r, p.Name, why)
		return
	}
	if again {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	w.Write(response)
}

// take reads a submission and passes it on.
func (s *Server) take(r *http.Request, p *Portal) (response []byte, again bool, why *refusal) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, false, refused(http.StatusUnsupportedMediaType, "the body must be application/json")
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) < 8 || len(key) > maxIdempotencyKey {
		return nil, false, refused(http.StatusBadRequest, "the Idempotency-Key field must have 8 to %d characters, new ones for each submission", maxIdempotencyKey)
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, false, refused(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", maxSubmission)
	} else if err != nil {
		return nil, false, refused(http.StatusBadRequest, "the body did not arrive")
	}
	sub, why := readSubmission(body)
	if why != nil {
		return nil, false, why
	}
	sub.Portal, sub.Clients, sub.Team = p.Name, p.Clients, p.Team
	response, again, err = s.cfg.Intake.Submit(r.Context(), key, token.DigestOf(string(body)), sub)
	var unknown access.UnknownRoleError
	switch {
	case err == nil:
		return response, again, nil
	case errors.Is(err, ErrKeyReused):
		return nil, false, refused(http.StatusConflict, "this Idempotency-Key came with another body before")
	case errors.Is(err, access.ErrNotForPortal):
		return nil, false, refused(http.StatusForbidden, "%s", access.ErrNotForPortal)
	case errors.Is(err, access.ErrBusy):
		return nil, false, refused(http.StatusTooManyRequests, "%s", access.ErrBusy)
	case errors.As(err, &unknown):
		return nil, false, refused(http.StatusUnprocessableEntity, "%s", unknown)
	}
	if r.Context().Err() == nil {
		s.cfg.Log.Error("request failed", slog.String("route", r.Pattern), slog.String("while", "taking a submission"), slog.Any("error", err))
	}
	return nil, false, refused(http.StatusInternalServerError, "this went wrong on our side; try again with the same Idempotency-Key")
}

// portal is the one whose token the request bears. All are compared, each in constant time.
func (s *Server) portal(r *http.Request) *Portal {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	t, ok := token.Parse(strings.TrimSpace(value))
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	var found *Portal
	for i := range s.cfg.Portals {
		if s.cfg.Portals[i].Token.Matches(t) {
			found = &s.cfg.Portals[i]
		}
	}
	return found
}

// deny says no, with the reason.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, portal string, why *refusal) {
	s.cfg.Log.Warn("submission not taken", slog.String("route", r.Pattern), slog.String("portal", portal), slog.Int("status", why.status))
	w.WriteHeader(why.status)
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(map[string]string{"error": why.text}) // a map of text always has a JSON
	w.Write(b.Bytes())
}

// buckets bound how often each portal may ask: as many at once as in a minute, refilled evenly.
type buckets struct {
	mu   sync.Mutex
	full map[string]time.Time // when the portal's bucket is full again
}

// take takes one from a portal's bucket, or says how long to wait for it.
func (b *buckets) take(p *Portal, now time.Time) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	each := time.Minute / time.Duration(max(p.PerMinute, 1))
	full := b.full[p.Name]
	if full.Before(now) {
		full = now
	}
	if full = full.Add(each); full.Sub(now) > time.Minute {
		return full.Sub(now) - time.Minute
	}
	if b.full == nil {
		b.full = map[string]time.Time{}
	}
	b.full[p.Name] = full
	return 0
}
