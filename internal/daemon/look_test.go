package daemon_test

import (
	"context"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/message"
	"github.com/countersign/countersign/internal/policy"
)

// message is what became of the newest mail, as "disposition: reason".
func (w *world) message() string {
	w.t.Helper()
	w.rest()
	all, err := w.main.Store().Messages(w.t.Context(), "", 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(all[0].Disposition) + ": " + string(all[0].Reason)
}

// wantMessage checks what became of the newest mail.
func (w *world) wantMessage(want string) {
	w.t.Helper()
	if got := w.message(); got != want {
		w.t.Errorf("the mail became %q, want %q\n%s", got, want, w.story())
	}
}

// wantNews checks which mails have gone out that were not looked at yet.
func (w *world) wantNews(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(append([]string{}, want...), w.news()); diff != "" {
		w.t.Errorf("mails out (-want +got):\n%s\n%s", diff, w.story())
	}
}

// requestOf is the newest request about a person, found by name, that is not just for the invitation again.
func (w *world) requestOf(who string) access.RequestView {
	w.t.Helper()
	all, err := w.main.Store().Requests(w.t.Context(), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if string(r.Name) == people[who].name && r.Action != policy.ActionResendInvitation {
			return r
		}
	}
	return access.RequestView{}
}

// wantRequest checks where the newest request about a person stands, once everything is settled.
func (w *world) wantRequest(who string, state access.RequestState, stage, rule string) {
	w.t.Helper()
	w.rest()
	r := w.requestOf(who)
	if r.State != state || string(r.Stage) != stage || string(r.Rule) != rule {
		w.t.Errorf("the request about %s is %s at stage %q by rule %q, want %s, %q, %q\n%s", who, r.State, r.Stage, r.Rule, state, stage, rule, w.story())
	}
}

// contactOf is a person's contact; the zero Contact if there is none.
func (w *world) contactOf(who string) access.Contact {
	w.t.Helper()
	found, err := w.main.Store().ContactsByAddress(w.t.Context(), address(w.t, people[who].address))
	if err != nil {
		w.t.Fatal(err)
	}
	if len(found) == 0 {
		return access.Contact{}
	}
	return *found[0]
}

// wantContact checks a contact's state, badge and roles.
func (w *world) wantContact(who string, state access.ContactState, badge access.BadgeState, roles ...string) {
	w.t.Helper()
	w.rest()
	c := w.contactOf(who)
	if c.State != state || c.Badge != badge || !slices.Equal(c.Roles, roles) {
		w.t.Errorf("%s is a contact %q, badge %q, roles %q; want %q, %q, %q", who, c.State, c.Badge, c.Roles, state, badge, roles)
	}
}

// wantUnchanged proves that nobody was invited and nothing about the contacts has changed.
func (w *world) wantUnchanged() {
	w.t.Helper()
	w.rest()
	for _, who := range []string{"lena", "jane", "eve", "mallo"} {
		if c := w.contactOf(who); c.State != "" {
			w.t.Errorf("%s has become a contact, %s", who, c.State)
		}
	}
	for _, k := range clients[0].contacts {
		if c := w.contactOf(k.who); c.State != access.ContactActive || !slices.Equal(c.Roles, []string{k.role}) {
			w.t.Errorf("%s is now %s with roles %q", k.who, c.State, c.Roles)
		}
	}
}

// events counts the events of a kind on all tickets.
func (w *world) events(kind string) int {
	w.t.Helper()
	st := w.main.Store()
	all, err := st.Requests(w.t.Context(), 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	seen := map[string]bool{}
	for _, r := range all {
		if seen[r.Ticket] {
			continue
		}
		seen[r.Ticket] = true
		trail, err := st.Trail(w.t.Context(), r.Ticket)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range trail {
			if e.Kind == kind {
				n++
			}
		}
	}
	return n
}

// wantFiled waits until the inbox is empty, and checks how many mails of it were filed in a folder.
func (w *world) wantFiled(folder string, want int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	if err := w.mail.WaitCount(ctx, support, "INBOX", 0); err != nil {
		w.t.Fatal(err)
	}
	if got, err := w.mail.CountMessages(support, folder); err != nil || got != want {
		w.t.Errorf("%s holds %d mails, want %d (%v)", folder, got, want, err)
	}
}

// deliveriesTo lists all mails that reached a person, oldest first.
func (w *world) deliveriesTo(who string) []*received {
	w.t.Helper()
	var list []*received
	for _, d := range w.mail.Deliveries() {
		if d.To != people[who].address {
			continue
		}
		m, err := message.Parse(d.Raw)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, &received{m, d.Raw})
	}
	return list
}
