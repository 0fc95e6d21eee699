package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/store"
)

var rosterTests = map[string]func(*testing.T, *fixture){
	"roster put twice":    testRosterTwice,
	"roster updated":      testRosterUpdated,
	"roster dry run":      testRosterDryRun,
	"roster that fails":   testRosterFails,
	"roster keeps states": testRosterStates,
	"roster waits":        testRosterWaits,
	"roster listed":       testRosterListed,
	"roster keeps flags":  testRosterFlags,
}

func (f *fixture) edit(t *testing.T, dryRun bool, fn func(*store.Roster) ([]store.Change, error)) (changes []store.Change) {
	t.Helper()
	if err := f.EditRoster(t.Context(), dryRun, func(r *store.Roster) (err error) {
		changes, err = fn(r)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return changes
}

func (f *fixture) put(t *testing.T, w world, dryRun bool, want ...store.Change) {
	t.Helper()
	got := f.edit(t, dryRun, func(r *store.Roster) ([]store.Change, error) { return w.put(t.Context(), r) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes of client, two contacts, three staff (-want +got):\n%s", diff)
	}
}

func testRosterTwice(t *testing.T, f *fixture) {
	const a, u = store.Added, store.Unchanged
	f.put(t, newWorld(), false, a, a, a, a, a, a)
	before := f.dump(t)
	f.put(t, newWorld(), false, u, u, u, u, u, u)
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("putting the same again changed the database:\n%s", diff)
	}
	f.checkChains(t, "after the roster")
}

func testRosterUpdated(t *testing.T, f *fixture) {
	const u, n = store.Updated, store.Unchanged
	f.enrol(t)
	w := newWorld()
	w.client.FourEyes, w.client.Domains = true, []string{"z.example", "client.example"}
	w.maria.Roles, w.maria.Language = []string{"secondary_contact", "main_contact"}, "de"
	w.sid.Teams, w.sid.Admin = []access.Team{access.TeamSupport, access.TeamBilling}, true
	f.put(t, w, false, u, u, n, n, u, n)
	f.put(t, w, false, n, n, n, n, n, n)
	c, err := f.ClientByName(t.Context(), "Example Ltd")
	if err != nil {
		t.Fatal(err)
	}
	want := &access.Client{ID: w.client.ID, Name: "Example Ltd", RoleModel: "contact-levels", Domains: []string{"client.example", "z.example"},
		Require: access.RequirePass, FourEyes: true}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the client (-want +got):\n%s", diff)
	}
	contacts, err := f.Contacts(t.Context(), c.ID)
	if err != nil || len(contacts) != 2 || !slices.Equal(contacts[0].Roles, []string{"main_contact", "secondary_contact"}) || contacts[0].Language != "de" {
		t.Errorf("the contacts are %+v, %v", contacts, err)
	}
	want2 := []string{"client_added", "contact_added", "contact_added", "staff_added", "staff_added", "staff_added", "client_updated", "contact_updated", "staff_updated"}
	if got := f.systemEvents(t); !slices.Equal(got, want2) {
		t.Errorf("events: %v, want %v", got, want2)
	}
}

func testRosterDryRun(t *testing.T, f *fixture) {
	const a = store.Added
	before := f.dump(t)
	f.put(t, newWorld(), true, a, a, a, a, a, a)
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("a dry run changed the database:\n%s", diff)
	}
	f.put(t, newWorld(), false, a, a, a, a, a, a)
}

func testRosterFails(t *testing.T, f *fixture) {
	before := f.dump(t)
	broken := errors.New("broken")
	err := f.EditRoster(t.Context(), false, func(r *store.Roster) error {
		w := newWorld()
		if _, err := w.put(t.Context(), r); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, f.dump(t)); diff != "" {
		t.Errorf("an import that failed changed the database:\n%s", diff)
	}
	if _, err := f.ClientByName(t.Context(), "Example Ltd"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a client that is not there: %v", err)
	}
}

// An import brings a removed contact back; it leaves the other states, which mails have reached, alone.
func testRosterStates(t *testing.T, f *fixture) {
	f.enrol(t)
	for state, want := range map[access.ContactState]access.ContactState{
		access.ContactRemoved:   access.ContactActive,
		access.ContactInvited:   access.ContactInvited,
		access.ContactSuspended: access.ContactSuspended,
	} {
		said := store.Unchanged
		if state == access.ContactRemoved {
			said = store.Restored
		}
		f.db.Exec(t, `UPDATE contacts SET state = $1, badge = 'active' WHERE name = 'Sam Second'`, string(state))
		sam := newWorld().sam
		sam.ClientID, sam.Badge = f.world.client.ID, ""
		f.edit(t, false, func(r *store.Roster) ([]store.Change, error) {
			change, err := r.PutContact(t.Context(), sam)
			if change != said {
				t.Errorf("a contact that was %s: %s, want %s", state, change, said)
			}
			return nil, err
		})
		got, err := f.ContactsByAddress(t.Context(), address("SAM@client.example"))
		if err != nil || len(got) != 1 || got[0].State != want || got[0].Badge != access.BadgeActive {
			t.Errorf("a contact that was %s is %+v, %v; want %s and the badge as it was", state, got, err, want)
		}
	}
}

// While something of a client is decided, its contacts do not change underneath.
func testRosterWaits(t *testing.T, f *fixture) {
	f.enrol(t)
	in := f.arrive(t, "a")[0]
	_, err := f.DecideMail(t.Context(), &in, asks(sam, "ask", "Nina New", "nina@client.example").lookup(in.ID), access.Facts{},
		func(*access.Situation) (*access.Outcome, error) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err := f.EditRoster(ctx, false, func(r *store.Roster) error {
				w := newWorld()
				w.sam.ClientID, w.sam.Language = f.world.client.ID, "de"
				_, err := r.PutContact(ctx, w.sam)
				return err
			})
			if err == nil || ctx.Err() == nil {
				t.Errorf("a contact was put while a mail of theirs was decided: %v", err)
			}
			return &access.Outcome{Disposition: access.Left}, nil
		}, f.post.render)
	if err != nil {
		t.Fatal(err)
	}
}

func testRosterListed(t *testing.T, f *fixture) {
	f.enrol(t)
	second := newWorld()
	second.client.Name, second.client.Domains = "Another Ltd", nil
	const a, n = store.Added, store.Unchanged
	f.put(t, second, false, a, a, a, n, n, n)
	clients, err := f.Clients(t.Context())
	if err != nil || len(clients) != 2 || clients[0].Name != "Another Ltd" || clients[1].Name != "Example Ltd" ||
		!slices.Equal(clients[1].Domains, []string{"client.example"}) {
		t.Errorf("the clients are %+v, %v", clients, err)
	}
	both, err := f.ContactsByAddress(t.Context(), address("maria@client.example"))
	if err != nil || len(both) != 2 || both[0].ClientID == both[1].ClientID {
		t.Errorf("one address in two clients: %+v, %v", both, err)
	}
	staff, err := f.Staff(t.Context())
	if err != nil || len(staff) != 3 || staff[2].Name != "Sybil" || !staff[2].In(access.TeamSecurity) || staff[2].In(access.TeamSupport) {
		t.Errorf("the staff are %+v, %v", staff, err)
	}
	f.edit(t, true, func(r *store.Roster) ([]store.Change, error) {
		if c, err := r.Client(t.Context(), "Another Ltd"); err != nil || c.ID != second.client.ID {
			t.Errorf("the client within the transaction: %+v, %v", c, err)
		}
		if _, err := r.Client(t.Context(), "Nobody Ltd"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a client that is not there: %v", err)
		}
		return nil, nil
	})
}

// Flags and grants are kept, and the mark of the lead contact moves: a client has one at most.
func testRosterFlags(t *testing.T, f *fixture) {
	f.enrol(t)
	c, err := f.ClientByName(t.Context(), f.world.client.Name)
	if err != nil {
		t.Fatal(err)
	}
	read := func() []*access.Contact {
		t.Helper()
		all, err := f.Contacts(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	set := func(i int, change func(*access.Contact)) {
		t.Helper()
		contact := read()[i]
		change(contact)
		if err := f.EditRoster(t.Context(), false, func(r *store.Roster) error { return r.SetContact(t.Context(), contact) }); err != nil {
			t.Fatal(err)
		}
	}
	set(0, func(c *access.Contact) {
		c.PhysicalAccess, c.Lead, c.Portal, c.Grants = true, true, false, []string{"-ticket:*", "+service:order"}
	})
	if got := read()[0]; !got.PhysicalAccess || !got.Lead || got.Portal || !slices.Equal(got.Grants, []string{"+service:order", "-ticket:*"}) {
		t.Errorf("the contact is %+v", got)
	}
	if other := read()[1]; other.PhysicalAccess || other.Lead || len(other.Grants) != 0 {
		t.Errorf("the other contact is %+v", other)
	}
	set(1, func(c *access.Contact) { c.Lead = true })
	if all := read(); all[0].Lead || !all[1].Lead {
		t.Errorf("the lead contacts are %v and %v", all[0].Lead, all[1].Lead)
	}
	f.checkChains(t, "after the flags")
}
