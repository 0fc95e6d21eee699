package daemon_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/store"
)

// member is a contact of Acme's under another role model.
type member struct {
	who    string
	roles  []string
	access bool
	lead   bool
	grants []string
}

func (w *world) importMembers(r *store.Roster, client *access.Client) error {
	if client.Name != "Acme" {
		return nil
	}
	for _, m := range w.setup.members {
		model, err := policy.Builtin(w.setup.model)
		if err != nil {
			return err
		}
		if _, err := r.PutContact(context.Background(), &access.Contact{ClientID: client.ID, Name: people[m.who].name,
			Address: address(w.t, people[m.who].address), Roles: m.roles, Kind: access.Person, PhysicalAccess: m.access, Lead: m.lead,
			Portal: model.LetsIn(m.roles, m.access), Grants: m.grants, Badge: access.BadgeNone}); err != nil {
			return err
		}
	}
	return nil
}

// wantFlags checks a contact's physical access and place in the portal.
func (w *world) wantFlags(who string, physical, portal bool) {
	w.t.Helper()
	w.rest()
	if c := w.contactOf(who); c.PhysicalAccess != physical || c.Portal != portal {
		w.t.Errorf("%s has physical access %v and portal %v, want %v and %v\n%s", who, c.PhysicalAccess, c.Portal, physical, portal, w.story())
	}
}

// wantAllowed writes a mail about each topic and checks what staff see of it: whether the author may ask that.
func (w *world) wantAllowed(who string, may map[string]bool) {
	w.t.Helper()
	for topic, want := range may {
		w.send(who, about[topic])
		w.rest()
		all, err := w.main.Store().Messages(w.t.Context(), access.Left, 1)
		if err != nil || len(all) == 0 {
			w.t.Fatalf("no mail by %s is left: %v\n%s", who, err, w.story())
		}
		if v := all[0]; string(v.Topic) != topic || v.May == nil || *v.May != want {
			w.t.Errorf("a mail by %s about %s: topic %q, may %v; want %v", who, topic, v.Topic, v.May, want)
		}
	}
}

// yes answers the newest question to somebody that holds the words.
func (w *world) yes(who string, words ...string) {
	w.t.Helper()
	w.reply(who, w.get(who, append(words, "Approval needed")...), "APPROVE")
}

// entry is the calendar entry of a mail, unfolded.
func entry(t *testing.T, m *received) string {
	t.Helper()
	raw := strings.ReplaceAll(strings.ReplaceAll(string(m.raw), "=\r\n", ""), "=3D", "=")
	from, to := strings.Index(raw, "BEGIN:VCALENDAR"), strings.Index(raw, "END:VCALENDAR")
	if from < 0 || to < from {
		t.Fatalf("no calendar entry in\n%s", m.raw)
	}
	return strings.ReplaceAll(raw[from:to], "\r\n ", "")
}

func property(entry, name string) string {
	for line := range strings.Lines(entry) {
		if v, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), name+":"); ok {
			return v
		}
	}
	return ""
}

// day is noon in so many days, as people write it, with the date alone.
func (w *world) day(days int) string {
	return w.clock.Now().AddDate(0, 0, days).Format("2 January 2006")
}

const overHold = 25 * time.Hour

func hasRole(c access.Contact, role string) bool { return slices.Contains(c.Roles, role) }

// wantRequestNamed is wantRequest for somebody who has no mailbox here.
func (w *world) wantRequestNamed(name string, state access.RequestState, stage, rule string) {
	w.t.Helper()
	w.rest()
	all, err := w.main.Store().Requests(w.t.Context(), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if string(r.Name) != name {
			continue
		}
		if r.State != state || string(r.Stage) != stage || string(r.Rule) != rule {
			w.t.Errorf("the request about %s is %s at stage %q by rule %q, want %s, %q, %q\n%s", name, r.State, r.Stage, r.Rule, state, stage, rule, w.story())
		}
		return
	}
	w.t.Errorf("there is no request about %s\n%s", name, w.story())
}

// sentTo are all mails to somebody so far that hold the words.
func (w *world) sentTo(who string, words ...string) []*message.Message {
	w.t.Helper()
	var found []*message.Message
	for _, d := range w.mail.Deliveries() {
		if m, err := message.Parse(d.Raw); err == nil && d.To == people[who].address && holds(m, words) {
			found = append(found, m)
		}
	}
	return found
}
