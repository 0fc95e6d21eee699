package daemon_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/internal/web"
)

// The tokens of the portals of a test: one for all clients, one for Globex alone.
const (
	portalToken = "eaaqeayeaudaocajbifqydiob4"
	globexToken = "faaqeayeaudaocajbifqydiob4"
)

func portalConfig() string {
	digest := func(s string) token.Digest {
		t, _ := token.Parse(s)
		return t.Digest()
	}
	return fmt.Sprintf("portals:\n  - {name: portal, token_digest: %s}\n  - {name: globex, token_digest: %s, clients: [Globex]}\n",
		digest(portalToken), digest(globexToken))
}

func init() {
	rows["intake"] = row{setup{extra: portalConfig()}, playIntake}
	rows["intake_attacks"] = row{setup{extra: portalConfig()}, playIntakeAttacks}
}

func TestIntake(t *testing.T)        { playRow(t, "intake") }
func TestIntakeAttacks(t *testing.T) { playRow(t, "intake_attacks") }

// submit posts a submission, and gives its status and the body of the answer.
func (w *world) submit(bearer, key, body string) (int, web.Receipt) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://"+w.main.WebAddr()+"/api/v1/requests", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	w.visit()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var r web.Receipt
	if err := json.Unmarshal(answer, &r); err != nil {
		w.t.Fatalf("the answer %d is\n%s", res.StatusCode, answer)
	}
	return res.StatusCode, r
}

func asking(contact, action, who, rest string) string {
	return fmt.Sprintf(`{"contact": %q, "requests": [{"action": %q, "name": %q, "email": %q%s}]}`, people[contact].address, action,
		people[who].name, people[who].address, rest)
}

const asTechnician = `, "roles": ["technician"], "reason": "night shift"`

// CL-17, R37: what is asked in a portal meets the same rules as mail, and is answered by the same mails.
func playIntake(w *world) {
	body := asking("sofia", "add_user", "lena", asTechnician)
	code, r := w.submit(portalToken, "key-00001", body)
	if code != 200 || r.Ticket == "" || r.Requests[0].Status != access.StatusWaiting || r.Requests[0].WaitsFor != "client" {
		w.t.Fatalf("%d %+v", code, r)
	}
	m := w.get("maria", "Lena Vogt", "Technician", "APPROVE")
	w.wantNews("otto: "+approvalOf("sofia"), "sofia: "+answered)
	w.wantRequest("lena", access.AwaitingApproval, "client", "CL-06")
	if code, again := w.submit(portalToken, "key-00001", body); code != 200 || again.Ticket != r.Ticket {
		w.t.Errorf("once more: %d %+v", code, again)
	}
	w.wantNews()
	w.reply("maria", m, "APPROVE")
	w.reply("ines", w.get("ines", "Lena Vogt"), "APPROVE")
	w.reply("paul", w.get("paul", "Lena Vogt"), "APPROVE")
	w.get("lena", "/register/", "as Technician")
	w.wantRequest("lena", access.Invited, "", "CL-06")

	// A refusal teaches here too.
	code, r = w.submit(portalToken, "key-00002", asking("tom", "add_user", "jane", asTechnician))
	if q := r.Requests[0]; code != 200 || q.Status != access.StatusRefused || q.Rule != "CL-11" || len(q.MayAsk) != 3 {
		w.t.Errorf("%d %+v", code, r)
	}
	w.get("tom", "Refused (rule CL-11)", "Maria Lindqvist")
	// What is missing is asked for, and answered by mail.
	code, r = w.submit(portalToken, "key-00003", fmt.Sprintf(`{"contact": %q, "requests": [{"action": "add_user", "name": "Jane Doe", "email": "jane.doe@acme.example", "roles": ["secondary_contact"]}]}`, people["maria"].address))
	if q := r.Requests[0]; code != 200 || q.Status != access.StatusDetails || len(q.Missing) != 1 || q.Missing[0] != "reason" {
		w.t.Errorf("%d %+v", code, r)
	}
	w.reply("maria", w.get("maria", "the reason"), "Reason: she runs the Frankfurt cage")
	w.wantRequest("jane", access.AwaitingApproval, "staff", "CL-03")
}

// A portal speaks for the contacts it may speak for, asks, and does nothing else.
func playIntakeAttacks(w *world) {
	fine := asking("maria", "add_user", "lena", asTechnician)
	for name, c := range map[string]struct {
		bearer, body string
		code         int
	}{
		"no token":                  {"", fine, 401},
		"a guess":                   {"gaaqeayeaudaocajbifqydiob4", fine, 401},
		"another client's portal":   {globexToken, fine, 403},
		"a stranger":                {portalToken, strings.ReplaceAll(fine, people["maria"].address, people["mallo"].address), 403},
		"a look-alike":              {portalToken, strings.ReplaceAll(fine, people["maria"].address, "maria@acme.example.evil.example"), 403},
		"one of the staff":          {portalToken, strings.ReplaceAll(fine, people["maria"].address, people["paul"].address), 403},
		"another client's name":     {portalToken, strings.Replace(fine, "{", `{"client": "Globex", `, 1), 403},
		"a role of no model":        {portalToken, strings.ReplaceAll(fine, "technician", "king"), 422},
		"a decision":                {portalToken, strings.ReplaceAll(fine, "add_user", "approve"), 422},
		"a field that is not there": {portalToken, strings.Replace(fine, "{", `{"staff": true, `, 1), 400},
	} {
		if code, r := w.submit(c.bearer, "attack "+name, c.body); code != c.code || r.Ticket != "" {
			w.t.Errorf("%s: %d %+v, want %d", name, code, r, c.code)
		}
	}
	w.wantNews()
	w.wantUnchanged()
	if r := w.requestOf("lena"); r.State != "" {
		w.t.Errorf("a request was filed: %+v", r)
	}
	// One key for two bodies.
	if code, _ := w.submit(portalToken, "key-00001", fine); code != 200 {
		w.t.Errorf("%d", code)
	}
	w.get("maria", answered)
	if code, _ := w.submit(portalToken, "key-00001", asking("maria", "remove_user", "tom", "")); code != 409 {
		w.t.Errorf("a key that was used: %d", code)
	}
	// A portal that is taken over, in Maria's name: it cannot take her address, whose owner it must be, nor approve what it asks.
	code, r := w.submit(portalToken, "key-00002", fmt.Sprintf(`{"contact": %q, "changes": [{"self": true, "new_email": %q}]}`,
		people["maria"].address, people["mallo"].address))
	if code != 200 || r.Requests[0].WaitsFor != "old_address" {
		w.t.Errorf("%d %+v", code, r)
	}
	w.get("maria", "APPROVE")
	w.clock.advance(time.Minute)
	w.rest()
	for _, m := range w.news() {
		if strings.HasPrefix(m, "mallo") {
			w.t.Errorf("written to: %s", m)
		}
	}
	w.wantUnchanged()
}
