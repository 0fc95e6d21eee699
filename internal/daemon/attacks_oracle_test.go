package daemon_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// trial is one attack while it is played, and what speaks for its success.
type trial struct {
	t     *testing.T
	name  string
	wrong []string
}

func (c *trial) accuse(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// close writes the row of the table; an attack that succeeded fails the test.
func (c *trial) close(channel, outcome string) {
	c.t.Helper()
	if len(c.wrong) > 0 {
		c.t.Errorf("%s: %s\n%s", c.name, outcome, strings.Join(c.wrong, "\n"))
		outcome = "SUCCEEDED"
	}
	c.t.Logf("attack | %s | %s | %s", c.name, channel, outcome)
}

// defined says how many rows the table is to have, so that one that is missing is noticed.
func defined(t *testing.T, attacks int) {
	t.Helper()
	t.Logf("attacks defined: %d", attacks)
}

// attacker plays attacks on one world, whose state no attack may change.
type attacker struct {
	*trial
	w       *world
	known   map[string]*received
	passes  []string // tables that the attacks may change
	codesTo []string // who may get codes
	awaits  bool     // an unproven mail may wait for a code
	db      *sql.DB
	before  map[string]string
	sent    int // mails that were out before
	played  int // what had reached the daemon before
}

// newAttacker sets the scene.
func newAttacker(w *world, scene func(*world) map[string]*received) *attacker {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "countersign.db")+"?_pragma=busy_timeout(60000)")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	a := &attacker{w: w, known: scene(w), db: db}
	w.rest()
	return a
}

func (a *attacker) begin(name string) {
	a.w.t.Helper()
	a.trial = &trial{t: a.w.t, name: name}
	a.awaitRerouted()
	a.before = a.state(a.db)
	a.sent = len(a.w.mail.Deliveries())
	a.played = a.w.reached()
}

// awaitRerouted waits until the scene is at its end: who comes, goes or moves is asked, or no more, by a timer of that moment.
func (a *attacker) awaitRerouted() {
	a.w.t.Helper()
	a.w.rest()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(limit)
	for len(column(a.w.t, a.db, "SELECT id FROM timers WHERE fired_at IS NULL AND kind IN ('reroute', 'visit_review')")) > 0 {
		if time.Now().After(deadline) {
			a.w.t.Fatalf("nobody is asked anew\n%s", a.w.story())
		}
		<-tick.C
	}
	a.w.rest()
}

// judge finds what speaks for the attack's success: something that counts has changed, something went to whom it does not
// concern, or the attack has not reached the daemon at all.
func (a *attacker) judge() {
	a.w.t.Helper()
	a.w.rest()
	if a.w.reached() == a.played {
		a.accuse("nothing was played")
	}
	a.wrong = append(a.wrong, differences(a.before, a.state(a.db))...)
	for _, d := range a.outgoing() {
		a.wrong = append(a.wrong, a.misdirected(d)...)
	}
	if n, _ := a.w.log.look("work panicked"); n > 0 {
		a.accuse("processing panicked")
	}
}

// end judges, and writes the row of the table.
func (a *attacker) end(channel, outcome string) {
	a.w.t.Helper()
	a.judge()
	a.close(channel, outcome)
}

// What comes and goes without anybody's power being changed: mails in and out, what is to be looked at, and the places in
// mailboxes.
var passing = []string{"inbound_messages", "outbound_messages", "todos", "mailboxes", "goose_db_version", "sqlite_sequence"}

// What grows by each mail, but stays as it was: the trail, tickets, and what wakes the daemon up.
// Of the trail, what tells of a decision is looked at all the same, and of requests those that wait or were agreed to.
var growing = []string{"events", "event_payloads", "tickets", "timers"}

var decisive = []string{"decided", "approved", "invited", "registered", "completed", "stopped", "taken_back"}

// What changes by itself: when a row was touched, and that a timer has fired.
var restless = []string{"updated_at", "attempts", "lease_until", "fired_at"}

// rowsOf is a database, or a transaction on it.
type rowsOf interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// ofNoConcern says of a row that an attack may bring it about: counters and checkpoints, and refused or incomplete requests, for asking is
// everybody's right.
func ofNoConcern(key, row string) bool {
	table, _, _ := strings.Cut(key, " ")
	switch table {
	case "settings":
		return strings.HasPrefix(row, "name=\"ticket_number_") || strings.HasPrefix(row, "name=\"checkpoint ")
	case "requests":
		return strings.Contains(row, fmt.Sprintf("state=%q", access.Refused)) || strings.Contains(row, fmt.Sprintf("state=%q", access.NeedsDetails))
	}
	return false
}

// state is every row that no attack may change. Tables that are not known to pass are looked at, so that a new one is too.
func (a *attacker) state(db rowsOf) map[string]string {
	t := a.w.t
	t.Helper()
	state := map[string]string{}
	for _, name := range column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		if !slices.Contains(passing, name) && !slices.Contains(a.passes, name) {
			read(t, db, state, name, "SELECT rowid AS row_number, * FROM "+name)
		}
	}
	maps.DeleteFunc(state, ofNoConcern)
	read(t, db, state, "decisive", "SELECT id AS row_number, kind, request_id FROM events WHERE kind IN ('"+strings.Join(decisive, "', '")+"')")
	return state
}

func column(t *testing.T, db rowsOf, query string) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// read puts the rows of a query into the state, each under its table and number, but for when they were touched last.
func read(t *testing.T, db rowsOf, state map[string]string, table, query string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i, name := range names[1:] {
			if !slices.Contains(restless, name) {
				fmt.Fprintf(&b, "%s=%q ", name, fmt.Sprint(values[i+1]))
			}
		}
		state[fmt.Sprintf("%s %v", table, values[0])] = b.String()
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func differences(before, after map[string]string) (wrong []string) {
	for key, was := range before {
		if is, there := after[key]; !there {
			wrong = append(wrong, key+" is gone")
		} else if is != was {
			wrong = append(wrong, fmt.Sprintf("%s was %s and is %s", key, was, is))
		}
	}
	for key, is := range after {
		table, _, _ := strings.Cut(key, " ")
		if _, there := before[key]; !there && !slices.Contains(growing, table) {
			wrong = append(wrong, fmt.Sprintf("%s is new: %s", key, is))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// forbidden are changes of every kind that an attack could bring about, each with the table that the oracle must name.
var forbidden = []struct{ table, change string }{
	{"clients", "UPDATE clients SET require = 'challenge' WHERE id = 1"},
	{"client_domains", "INSERT INTO client_domains (client_id, domain) VALUES (1, 'stranger.example')"},
	{"contacts", "INSERT INTO contacts (client_id, name, address, address_key, state, created_at, updated_at) VALUES (1, 'M', 'm@x.example', 'm@x.example', 'active', 0, 0)"},
	{"contacts", "UPDATE contacts SET state = 'suspended' WHERE id = 1"},
	{"contacts", "UPDATE contacts SET address = 'mallory@stranger.example' WHERE id = 1"},
	{"contacts", "UPDATE contacts SET physical_access = NOT physical_access WHERE id = 1"},
	{"contacts", "UPDATE contacts SET lead = NOT lead WHERE id = 1"},
	{"contacts", "UPDATE contacts SET portal = NOT portal WHERE id = 1"},
	{"contacts", "UPDATE contacts SET badge = 'active' WHERE id = 1"},
	{"contact_roles", "INSERT INTO contact_roles (contact_id, role) VALUES (4, 'main_contact')"},
	{"contact_roles", "DELETE FROM contact_roles WHERE contact_id = 1"},
	{"contact_grants", "INSERT INTO contact_grants (contact_id, capability) VALUES (4, '+users:add')"},
	{"staff", "UPDATE staff SET teams = 'security support' WHERE id = 1"},
	{"requests", "UPDATE requests SET state = 'completed' WHERE id = 1"},
	{"requests", "UPDATE requests SET roles = 'main_contact' WHERE id = 1"},
	{"requests", "UPDATE requests SET name = 'Mallory Fox' WHERE id = 1"},
	{"approvals", "INSERT INTO approvals SELECT 999, ticket_id, stage, approver_kind, approver_id, name, 'mallory@stranger.example', 'x', text_digest, 'open', created_at FROM approvals WHERE id = 1"},
	{"approvals", "UPDATE approvals SET state = 'open' WHERE id = 1"},
	{"approval_lines", "INSERT INTO approval_lines SELECT approval_id, 99, request_id, round FROM approval_lines LIMIT 1"},
	{"decisions", "DELETE FROM decisions WHERE rowid = 1"},
	{"invitations", "INSERT INTO invitations SELECT 999, client_id, request_id, contact_id, 'm@x.example', 'm@x.example', 'x', state, expires_at, created_at, NULL FROM invitations LIMIT 1"},
	{"invitations", "UPDATE invitations SET address = 'mallory@stranger.example' WHERE id = 1"},
	{"delegations", "INSERT INTO delegations (client_id, request_id, from_id, to_id, ends_at, state, created_at) VALUES (1, 1, 1, 4, 0, 'active', 0)"},
	{"visits", "INSERT INTO visits (client_id, request_id, uid, sequence, name, address, company, site, escort, reason, starts_at, ends_at, state) VALUES (1, 1, 'x', 0, 'M', '', '', '', FALSE, '', 0, 0, 'confirmed')"},
	{"challenges", "INSERT INTO challenges (invitation_id, session_digest, salt, code_digest, tries, expires_at, created_at) VALUES (1, 'x', 'x', 'x', 0, 0, 0)"},
	{"approval_codes", "INSERT INTO approval_codes (approval_id, session_digest, salt, code_digest, tries, expires_at, created_at) VALUES (1, 'x', 'x', 'x', 0, 0, 0)"},
	{"sender_challenges", "INSERT INTO sender_challenges (client_id, contact_id, inbound_id, address, address_key, state, token_digest, salt, code_digest, tries, sealed, expires_at, created_at) VALUES (1, 1, 1, 'x', 'x', 'open', 'x', 'x', 'x', 0, 'x', 0, 0)"},
	{"policy_acceptances", "INSERT INTO policy_acceptances (contact_id, policy, version, accepted_at) VALUES (1, 'x', 'x', 0)"},
	{"decisive", "INSERT INTO events SELECT 9999, 'x', 1, ticket_id, request_id, 'approved', at, payload_sum, previous, hash FROM events LIMIT 1"},
	{"events", "UPDATE events SET kind = 'opened' WHERE id = 1"},
	{"event_payloads", "DELETE FROM event_payloads WHERE rowid = 1"},
	{"tickets", "UPDATE tickets SET client_id = 2 WHERE id = 1"},
	{"timers", "UPDATE timers SET due_at = 0 WHERE id = 1"},
	{"settings", "INSERT INTO settings (name, value) VALUES ('x', 'y')"},
}

// TestAttackOracle makes every forbidden change in turn, undone again, and sends what must not be sent: each is noticed.
func TestAttackOracle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	a := newAttacker(w, invitedScene)
	a.begin("oracle")
	for _, c := range forbidden {
		tx, err := a.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), c.change); err != nil {
			t.Errorf("%s: %v", c.change, err)
		} else if wrong := differences(a.before, a.state(tx)); len(wrong) == 0 || !strings.HasPrefix(wrong[0], c.table+" ") {
			t.Errorf("%s: the oracle says %q", c.change, wrong)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	if wrong := differences(a.before, a.state(a.db)); len(wrong) > 0 {
		t.Errorf("without any change the oracle says %q", wrong)
	}
}
