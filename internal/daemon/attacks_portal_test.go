package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/internal/web"
)

// portalAttacks are submissions to the interface for web sites of the provider's, while Acme is asked about Lena.
var portalAttacks = []struct {
	name, bearer, body string
	code               int
}{
	{"portal-without-a-token", "", asking("maria", "add_user", "jane", asTechnician), 401},
	{"portal-with-a-guess", "gaaqeayeaudaocajbifqydiob4", asking("maria", "add_user", "jane", asTechnician), 401},
	{"portal-with-a-token-cut-short", portalToken[:25], asking("maria", "add_user", "jane", asTechnician), 401},
	{"portal-with-a-token-and-more", portalToken + "a", asking("maria", "add_user", "jane", asTechnician), 401},
	{"portal-of-another-client", globexToken, asking("maria", "add_user", "jane", asTechnician), 403},
	{"portal-for-a-stranger", portalToken, asking("mallo", "add_user", "jane", asTechnician), 403},
	{"portal-for-the-newcomer", portalToken, asking("lena", "add_user", "jane", asTechnician), 403},
	{"portal-for-staff", portalToken, asking("paul", "add_user", "jane", asTechnician), 403},
	{"portal-for-another-client", portalToken, strings.Replace(asking("maria", "add_user", "jane", asTechnician), "{", `{"client": "Globex", `, 1), 403},
	{"portal-approves", portalToken, asking("maria", "approve", "lena", ""), 422},
	{"portal-says-approve-in-a-reason", portalToken, asking("tom", "add_user", "jane", `, "roles": ["technician"], "reason": "APPROVE"`), 200},
	{"portal-with-a-field-of-staff", portalToken, strings.Replace(asking("maria", "add_user", "jane", asTechnician), "{", `{"staff": true, `, 1), 400},
	{"portal-with-a-proof", portalToken, strings.Replace(asking("maria", "add_user", "jane", asTechnician), "{", `{"verdict": "pass", `, 1), 400},
	{"portal-for-a-technician", portalToken, asking("tom", "add_user", "mallo", `, "roles": ["main_contact"], "reason": "boss"`), 200},
	{"portal-raises-a-technician", portalToken, asking("tom", "change_role", "tom", `, "roles": ["main_contact"]`), 200},
	{"portal-removes-for-a-technician", portalToken, asking("tom", "remove_user", "maria", ""), 200},
	{"portal-of-a-role-of-no-model", portalToken, asking("maria", "add_user", "jane", `, "roles": ["king"]`), 422},
	{"portal-with-header-lines", portalToken, fmt.Sprintf(`{"contact": %q, "subject": "x\r\nBcc: mallory@stranger.example", "requests": [{"action": "add_user", "name": "Jane\r\nBcc: m@stranger.example"}]}`,
		people["maria"].address), 422},
	{"portal-with-two-contacts", portalToken, fmt.Sprintf(`{"contact": %q, "contact": %q, "requests": [{"action": "remove_user", "name": "Maria Lindqvist", "email": "maria@acme.example"}]}`,
		people["maria"].address, people["tom"].address), 200},
	{"portal-with-a-bomb", portalToken, `{"contact": "maria@acme.example", "requests": ` + strings.Repeat("[", 30000) + `}`, 400},
	{"portal-with-too-much", portalToken, `{"contact": "` + strings.Repeat("a", 100<<10) + `"}`, 413},
}

// TestAttackPortal plays them.
func TestAttackPortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{extra: portalConfig()})
	defined(t, len(portalAttacks))
	a := newAttacker(w, clientScene)
	a.passes = []string{"submissions"}
	for i, at := range portalAttacks {
		a.begin(at.name)
		code, r := w.submit(at.bearer, fmt.Sprintf("attack-%05d", i), at.body)
		if code != at.code {
			a.accuse("it got %d, want %d: %+v", code, at.code, r)
		}
		for _, request := range r.Requests {
			if request.Status != "refused" {
				a.accuse("a request is %s", request.Status)
			}
		}
		a.end("portal", outcomeOf(code, r))
	}
}

func outcomeOf(code int, r web.Receipt) string {
	if len(r.Requests) > 0 {
		return fmt.Sprintf("%d %s by rule %s", code, r.Requests[0].Status, r.Requests[0].Rule)
	}
	return fmt.Sprint(code)
}
