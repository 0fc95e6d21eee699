package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

const (
	portalToken = "eaaqeayeaudaocajbifqydiob4"
	otherToken  = "faaqeayeaudaocajbifqydiob4"
	wholeBody   = `{"contact": "maria@acme.example", "requests": [{"action": "add_user", "name": "Jane Doe", "email": "Jane@Acme.example", "roles": ["technician"], "reason": "nights"}]}`
)

// fakeIntake answers with what it is told to, and keeps what it was given.
type fakeIntake struct {
	subs []*access.Submission
	keys []string
	err  error
	old  bool
}

func (f *fakeIntake) Submit(_ context.Context, key string, _ token.Digest, s *access.Submission) ([]byte, bool, error) {
	f.subs, f.keys = append(f.subs, s), append(f.keys, key)
	return []byte(`{"ticket":"REQ-2026-00001","requests":[]}`), f.old, f.err
}

// intakeSite is a site with two portals: one for all clients, one for Acme's.
func intakeSite(t *testing.T, now func() time.Time) (*site, *fakeIntake) {
	t.Helper()
	f := &fakeIntake{}
	digest := func(s string) token.Digest {
		tok, ok := token.Parse(s)
		if !ok {
			t.Fatalf("%s is no token", s)
		}
		return tok.Digest()
	}
	return newSite(t, func(c *Config) {
		c.Intake = f
		c.Portals = []Portal{{Name: "shop", Token: digest(portalToken), Team: access.TeamSupport, PerMinute: 3},
			{Name: "billing", Token: digest(otherToken), Team: access.TeamBilling, Clients: []string{"Acme"}, PerMinute: 100}}
		if now != nil {
			c.Now = now
		}
	}), f
}

// post sends a body as a portal does; header is in pairs, and an empty value takes a field out.
func (s *site) post(body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/requests", strings.NewReader(body))
	r.Host = "access.provider.example"
	r.Header.Set("Authorization", "Bearer "+portalToken)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Idempotency-Key", "order-4711")
	for i := 0; i < len(header); i += 2 {
		if r.Header.Del(header[i]); header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestIntake(t *testing.T) {
	t.Parallel()
	s, f := intakeSite(t, nil)
	w := s.post(wholeBody)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" || w.Body.String() != `{"ticket":"REQ-2026-00001","requests":[]}` {
		t.Fatalf("%d %s: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	got := f.subs[0]
	if got.Portal != "shop" || got.Contact.String() != "maria@acme.example" || got.Clients != nil || f.keys[0] != "order-4711" || got.Team != access.TeamSupport {
		t.Errorf("passed on: %+v, key %s", got, f.keys[0])
	}
	if q := got.Requests[0]; *q.Name != "Jane Doe" || !strings.EqualFold(*q.Email, "jane@acme.example") || q.Roles[0] != "technician" || q.Starts != nil {
		t.Errorf("the request: %+v", q)
	}
	if s.post(wholeBody, "Authorization", "bearer "+strings.ToUpper(otherToken)); f.subs[1].Portal != "billing" || f.subs[1].Clients[0] != "Acme" {
		t.Errorf("the other portal: %+v", f.subs[1])
	}
	f.old = true
	if w := s.post(wholeBody); w.Code != 200 || w.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("once more: %d %v", w.Code, w.Header())
	}
	if log := s.log.String(); strings.Contains(log, portalToken) || strings.Contains(log, "acme.example") || strings.Contains(log, "order-4711") {
		t.Errorf("the log holds what it must not:\n%s", log)
	}
}

// Whoever has no token of a portal learns nothing, and nothing of theirs is looked at.
func TestIntakeWithoutToken(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"none": "", "empty": "Bearer ", "another": "Bearer gaaqeayeaudaocajbifqydiob4", "its digest": "Bearer " + string(token.DigestOf(portalToken)),
		"another scheme": "Basic " + portalToken, "two": "Bearer " + portalToken + " " + otherToken, "longer": "Bearer " + portalToken + "a",
		"no scheme": portalToken, "an invitation's": "Bearer " + liveToken,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := intakeSite(t, nil)
			if w := s.post(wholeBody, "Authorization", value); w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" || len(f.subs) > 0 {
				t.Errorf("%d %s, %d passed on", w.Code, w.Body, len(f.subs))
			}
		})
	}
	t.Run("in a cookie or the address", func(t *testing.T) {
		t.Parallel()
		s, f := intakeSite(t, nil)
		if w := s.post(wholeBody, "Authorization", "", "Cookie", "token="+portalToken); w.Code != 401 || len(f.subs) > 0 {
			t.Errorf("%d", w.Code)
		}
	})
	t.Run("no portals", func(t *testing.T) {
		t.Parallel()
		if w := newSite(t, nil).post(wholeBody); w.Code != 405 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("read only", func(t *testing.T) {
		t.Parallel()
		s, _ := intakeSite(t, nil)
		if w := s.browser().do("GET", "/api/v1/requests", url.Values{}); w.Code != 404 {
			t.Errorf("GET: %d", w.Code)
		}
	})
}

// A value that is wrong, or that we do not know, is refused rather than left out.
func TestIntakeBodies(t *testing.T) {
	t.Parallel()
	request := func(fields string) string {
		return `{"contact": "maria@acme.example", "requests": [{"action": "add_user"` + fields + `}]}`
	}
	change := func(fields string) string { return `{"contact": "maria@acme.example", "changes": [{` + fields + `}]}` }
	many := strings.Repeat(`{"action":"remove_user","name":"x"},`, 51)
	for name, tc := range map[string]struct {
		body string
		code int
		says string
	}{
		"nothing":              {"", 400, "cannot be read"},
		"no JSON":              {"add Jane", 400, "cannot be read"},
		"an unknown field":     {request(`, "colour": "red"`), 400, "unknown field"},
		"grants":               {request(`, "grants": ["+users:approve"]`), 400, "unknown field"},
		"a wrong kind":         {request(`, "name": 7`), 400, "cannot be read"},
		"two bodies":           {wholeBody + wholeBody, 400, "goes on"},
		"no requests":          {`{"contact": "maria@acme.example"}`, 422, "1 to 50"},
		"too many":             {`{"contact": "maria@acme.example", "requests": [` + strings.TrimSuffix(many, ",") + `]}`, 422, "1 to 50"},
		"no contact":           {`{"requests": [{"action": "add_user"}]}`, 422, "contact"},
		"two contacts":         {`{"contact": "maria@acme.example, otto@acme.example", "requests": [{"action": "add_user"}]}`, 422, "contact"},
		"an unknown action":    {`{"contact": "maria@acme.example", "requests": [{"action": "approve"}]}`, 422, "action"},
		"delegate":             {`{"contact": "maria@acme.example", "requests": [{"action": "delegate"}]}`, 422, "action"},
		"no address":           {request(`, "email": "jane"`), 422, "email"},
		"lines in a name":      {request(`, "name": "Jane\r\nBcc: x@y.example"`), 422, "name"},
		"no text in a name":    {request(`, "name": "\u0000"`), 422, "name"},
		"a long name":          {request(`, "name": "` + strings.Repeat("x", 201) + `"`), 422, "too long"},
		"a long reason":        {request(`, "reason": "` + strings.Repeat("x", 2001) + `"`), 422, "too long"},
		"no time":              {request(`, "starts": "tomorrow"`), 422, "starts"},
		"a change of nothing":  {change(`"name": "Tom"`), 422, "changes nothing"},
		"a change of nobody":   {change(`"new_name": "Tom"`), 422, "of nobody"},
		"no language":          {change(`"self": true, "language": "../de"`), 422, "language"},
		"larger than a mail's": {request(`, "reason": "` + strings.Repeat("x", 70_000) + `"`), 413, "longer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := intakeSite(t, nil)
			w := s.post(tc.body)
			var why struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &why); err != nil || w.Code != tc.code || !strings.Contains(why.Error, tc.says) || len(f.subs) > 0 {
				t.Errorf("%d %s (%v), want %d with %q; %d passed on", w.Code, w.Body, err, tc.code, tc.says, len(f.subs))
			}
		})
	}
}

func TestIntakeFields(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		header []string
		code   int
	}{
		"a form":     {[]string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		"plain text": {[]string{"Content-Type", "text/plain"}, 415},
		"no key":     {[]string{"Idempotency-Key", ""}, 400},
		"short key":  {[]string{"Idempotency-Key", "1"}, 400},
		"long key":   {[]string{"Idempotency-Key", strings.Repeat("k", 201)}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, f := intakeSite(t, nil)
			if w := s.post(wholeBody, tc.header...); w.Code != tc.code || len(f.subs) > 0 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestIntakeErrors(t *testing.T) {
	t.Parallel()
	for err, code := range map[error]int{
		fmt.Errorf("deciding: %w", access.ErrNotForPortal): 403, access.ErrBusy: 429, ErrKeyReused: 409,
		access.UnknownRoleError{Role: "king"}: 422, errors.New("the disk of 10.0.0.7 is full"): 500,
	} {
		s, f := intakeSite(t, nil)
		f.err = err
		if w := s.post(wholeBody); w.Code != code || strings.Contains(w.Body.String(), "10.0.0.7") {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
	}
}

// Each portal has its own rate: as many at once as in a minute, and one more each third of it.
func TestIntakeRate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, f := intakeSite(t, func() time.Time { return now })
	for range 3 {
		if w := s.post(wholeBody); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if w := s.post(wholeBody); w.Code != 429 || w.Header().Get("Retry-After") != "21" || len(f.subs) != 3 {
		t.Errorf("the fourth: %d, retry after %s", w.Code, w.Header().Get("Retry-After"))
	}
	if w := s.post(wholeBody, "Authorization", "Bearer "+otherToken); w.Code != 200 {
		t.Errorf("another portal: %d", w.Code)
	}
	now = now.Add(20 * time.Second)
	if w := s.post(wholeBody); w.Code != 200 {
		t.Errorf("after twenty seconds: %d", w.Code)
	}
	if w := s.post(wholeBody); w.Code != 429 {
		t.Errorf("and one more: %d", w.Code)
	}
}

func TestReceiptOf(t *testing.T) {
	t.Parallel()
	o := &access.Outcome{Ticket: &access.Ticket{Number: "REQ-2026-00007"}, Mails: []*access.Mail{{Kind: access.MailAnswer, Data: access.MailData{
		Lines: []access.Line{{Action: "remove_user", Name: "Tom", Status: access.StatusRefused, Rule: "CL-22", Text: "No.", MayAsk: []string{"Maria"}}}}}}}
	got, err := json.Marshal(ReceiptOf(o))
	want := `{"ticket":"REQ-2026-00007","requests":[{"action":"remove_user","name":"Tom","email":null,"roles":[],"status":"refused",` +
		`"waits_for":null,"missing":[],"rule":"CL-22","text":"No.","may_ask":["Maria"],"ticket":null}]}`
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("%s (%v)\nwant\n%s", got, err, want)
	}
}
