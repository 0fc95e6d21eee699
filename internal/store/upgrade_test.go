package store_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/store"
	"github.com/countersign/countersign/internal/token"
	"github.com/countersign/countersign/migrations"
)

// written is when all rows of the old database were written: a whole second, which both engines print alike.
var written = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// firstVersion are rows for every table as the first version of the program wrote them, a parent before its children.
// $1 is written, $2 a sealed mail.
var firstVersion = []string{
	`INSERT INTO clients (name, role_model, require, four_eyes, created_at) VALUES ('Acme Ltd', 'contact-levels', 'pass', TRUE, $1)`,
	`INSERT INTO client_domains (client_id, domain) VALUES (1, 'acme.example')`,
	`INSERT INTO contacts (client_id, name, address, address_key, state, badge, created_at, updated_at)
		VALUES (1, 'Mia Main', 'mia@acme.example', 'mia@acme.example', 'active', 'active', $1, $1),
			(1, 'Tom Tech', 'tom@acme.example', 'tom@acme.example', 'invited', 'ordered', $1, $1),
			(1, 'Max Main', 'max@acme.example', 'max@acme.example', 'active', 'none', $1, $1),
			(1, 'Rita Removed', 'rita@acme.example', 'rita@acme.example', 'removed', 'revoked', $1, $1)`,
	`INSERT INTO contact_roles (contact_id, role) VALUES (1, 'main_contact'), (2, 'technician'), (3, 'main_contact')`,
	`INSERT INTO staff (name, address, address_key, teams, admin, created_at)
		VALUES ('Sam Staff', 'sam@provider.example', 'sam@provider.example', 'security support', TRUE, $1)`,
	`INSERT INTO mailboxes (name, uidvalidity, last_uid, start_uid, read_since, started, seen, lease_owner, lease_until)
		VALUES ('support', 7, 3, 1, $1, TRUE, 3, 'old', $1)`,
	`INSERT INTO tickets (number, client_id, requester_id, team, subject, message_id, created_at)
		VALUES ('REQ-2026-00001', 1, 1, 'support', 'New technician', 'first@acme.example', $1)`,
	`INSERT INTO inbound_messages (mailbox_id, uidvalidity, uid, digest, size, raw, internal_date, stored_at, disposition, reason, attempts,
			author, subject, message_id, words, class, verdict, evidence, duplicate_key, client_id, ticket_id, processed_at)
		VALUES (1, 7, 1, 'd1', 9, 'Subject: x', $1, $1, 'applied', 'filed', 1, 'mia@acme.example', 'New technician', 'first@acme.example',
			'Please add Tom', 'request', 'pass', 'dkim', 'k1', 1, 1, $1),
		(1, 7, 2, 'd2', 9, 'Subject: y', $1, $1, 'pending', '', 0, '', '', '', '', '', '', '', '', NULL, NULL, NULL),
		(1, 7, 3, 'd3', 9, NULL, $1, $1, 'left', 'newsletter', 1, 'news@shop.example', '', '', '', 'other', '', '', '', NULL, NULL, $1)`,
	`INSERT INTO requests (ticket_id, position, client_id, requester_id, contact_id, action, name, email, roles, reason, state, stages, stage,
			round, rule, rule_text, outside, moves_power, held_until, created_at, updated_at)
		VALUES (1, 1, 1, 1, 2, 'add_user', 'Tom Tech', 'tom@acme.example', 'technician', 'Rack 4', 'invited', 'client security staff', '', 3,
			'CL-03', 'A Main Contact may.', FALSE, FALSE, $1, $1, $1),
		(1, 2, 1, 1, NULL, 'add_user', 'Zoe Zwei', 'zoe@acme.example', 'technician', 'Rack 5', 'awaiting_approval', 'client security staff',
			'client', 1, 'CL-03', 'A Main Contact may.', FALSE, FALSE, NULL, $1, $1),
		(1, 3, 1, 1, NULL, 'add_user', 'Kim Knapp', '', '', '', 'needs_details', '', '', 0, '', '', FALSE, FALSE, NULL, $1, $1)`,
	`INSERT INTO approvals (ticket_id, stage, approver_kind, approver_id, name, address, token_digest, text_digest, state, created_at)
		VALUES (1, 'client', 'contact', 3, 'Max Main', 'max@acme.example', '` + string(token.DigestOf("approval")) + `', 'text', 'open', $1)`,
	`INSERT INTO approval_lines (approval_id, number, request_id, round) VALUES (1, 1, 2, 1)`,
	`INSERT INTO decisions (request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id, decided_at)
		VALUES (1, 'client', 1, 'approve', 'contact', 3, 'Max Main', 1, $1), (1, 'security', 2, 'approve', 'staff', 1, 'Sam Staff', 1, $1)`,
	`INSERT INTO invitations (client_id, request_id, contact_id, address, address_key, token_digest, state, expires_at, created_at)
		VALUES (1, 1, 2, 'tom@acme.example', 'tom@acme.example', '` + string(token.DigestOf("invitation")) + `', 'sent', $1, $1)`,
	`INSERT INTO challenges (invitation_id, session_digest, salt, code_digest, tries, expires_at, created_at) VALUES (1, 's', 'salt', 'c', 2, $1, $1)`,
	`INSERT INTO outbound_messages (ticket_id, kind, sequence, mail_from, recipient, subject, words, message_id_digest, sealed, run_at, created_at)
		VALUES (1, 'approval', 1, 'support@provider.example', 'max@acme.example', 'Please decide', 'Dear Max', 'row', $2, $1, $1)`,
	`INSERT INTO timers (kind, request_id, round, due_at) VALUES ('expiry', 2, 1, $1), ('expiry', 3, 0, $1)`,
	`INSERT INTO timers (kind, request_id, invitation_id, round, due_at) VALUES ('invitation_expiry', 1, 1, 3, $1)`,
	`INSERT INTO settings (name, value) VALUES ('ticket_number_2026', '1')`,
}

// A database that the first version has filled goes through all migrations and loses nothing, on both engines.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "countersign.db")
		db := raw(t, "sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1")
		upgrade(t, db, goose.DialectSQLite3, store.Config{Driver: "sqlite", Path: file})
		if broken := queryText(t, db, `SELECT "table", parent FROM pragma_foreign_key_check`); len(broken) != 0 {
			t.Errorf("rows without their parents: %v", broken)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := newCluster(t)
		name := c.NewDatabase(t, "")
		upgrade(t, rawPostgres(t, c.DSN(name)), goose.DialectPostgres, c.config(name))
	})
}

func upgrade(t *testing.T, db *sql.DB, dialect goose.Dialect, cfg store.Config) {
	t.Helper()
	columns := fillFirst(t, db, dialect, cfg.Driver)
	s := openMigrated(t, db, cfg, columns)
	for query, want := range map[string]string{
		`SELECT count(*) FROM requests WHERE asked_at = updated_at AND reminders = 0 AND NOT escalated AND details = '' AND staff_id IS NULL`: "3",
		`SELECT count(*) FROM decisions WHERE seat = 1`:                                       "2",
		`SELECT count(*) FROM contacts WHERE portal`:                                          "2", // who is registered
		`SELECT count(*) FROM contacts WHERE physical_access OR lead`:                         "0",
		`SELECT count(*) FROM inbound_messages WHERE held OR confirmed OR may IS NOT NULL`:    "0",
		`SELECT count(*) FROM timers WHERE challenge_id IS NULL AND outbound_id IS NULL`:      "3",
		`SELECT count(*) FROM outbound_messages WHERE client_id IS NULL AND state = 'queued'`: "1",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	goesOn(t, s)
}

// goesOn works on what the first version has left behind.
func goesOn(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	if wrong, err := s.VerifyChains(ctx); err != nil || len(wrong) != 0 {
		t.Errorf("the audit trail: %v, %v", wrong, err)
	}
	queued, err := s.ClaimOutbound(ctx, time.Minute, 10)
	if err != nil || len(queued) != 1 || string(queued[0].Raw) != "Dear Max" {
		t.Errorf("the queued mail: %v, %v", queued, err)
	}
	if timers, err := s.ClaimTimers(ctx, time.Minute, 10); err != nil || len(timers) != 3 {
		t.Errorf("%d timers are due, want 3; %v", len(timers), err)
	}
	in, err := s.ClaimInbound(ctx, time.Minute, 10)
	if err != nil || len(in) != 1 || string(in[0].Raw) != "Subject: y" {
		t.Fatalf("the pending mail: %v, %v", in, err)
	}
	l := &access.Lookup{Author: mailaddr.Address{Local: "max", Domain: "acme.example"}, InboundID: in[0].ID,
		Tokens: []token.Digest{token.DigestOf("approval")}}
	var got *access.Situation
	if _, err := s.DecideMail(ctx, &in[0], l, access.Facts{}, func(sit *access.Situation) (*access.Outcome, error) {
		got = sit
		return &access.Outcome{Disposition: access.Applied, Client: sit.Client, Ticket: sit.Ticket, Requests: sit.Requests,
			Contacts: sit.Contacts, Approvals: sit.Approvals}, nil
	}, nil); err != nil {
		t.Fatal(err)
	}
	var people, asked []string
	for _, c := range got.Contacts {
		people = append(people, fmt.Sprintf("%s %s %s portal=%v", c.Name, c.State, c.Badge, c.Portal))
	}
	for _, r := range got.Requests {
		asked = append(asked, fmt.Sprintf("%s %s %s by %d, asked %s", r.Name, r.State, r.Stages, r.RequesterID, r.AskedAt.Format(time.DateTime)))
	}
	want := struct{ People, Asked []string }{
		[]string{"Mia Main active active portal=true", "Tom Tech invited ordered portal=false", "Max Main active none portal=true",
			"Rita Removed removed revoked portal=false"},
		[]string{"Tom Tech invited [client security staff] by 1, asked 2026-03-02 09:00:00",
			"Zoe Zwei awaiting_approval [client security staff] by 1, asked 2026-03-02 09:00:00",
			"Kim Knapp needs_details [] by 1, asked 2026-03-02 09:00:00"},
	}
	if diff := cmp.Diff(want, struct{ People, Asked []string }{people, asked}); diff != "" {
		t.Errorf("the ticket (-want +got):\n%s", diff)
	}
	if got.Token == nil || len(got.Approvals) != 1 || len(got.Decisions) != 2 || len(got.Invitations) != 1 {
		t.Errorf("the ticket has token %v, %d approvals, %d decisions, %d invitations", got.Token, len(got.Approvals), len(got.Decisions), len(got.Invitations))
	}
}

// fillFirst brings an empty database to the first version, writes its rows, and returns the columns of each table.
func fillFirst(t *testing.T, db *sql.DB, dialect goose.Dialect, driver string) map[string][]string {
	t.Helper()
	sub, err := fs.Sub(migrations.FS, driver)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	fillRows(t, db, firstVersion)
	fillTrail(t, db)
	read := readSQLite
	if driver == "postgres" {
		read = readPostgres
	}
	columns := map[string][]string{}
	for name, x := range read(t, db) {
		for column := range x.Columns {
			columns[name] = append(columns[name], column)
		}
		slices.Sort(columns[name])
	}
	return columns
}

// fillTrail writes one event as the first version did.
func fillTrail(t *testing.T, db *sql.DB) {
	t.Helper()
	payload := `{"by":"Max Main"}`
	sum := sha256.Sum256([]byte("0123456789abcdef" + payload))
	payloadSum := hex.EncodeToString(sum[:])
	hash := sha256.Sum256(fmt.Appendf(nil, "%q %d %q %d %d %s %s", "ticket:1", 1, "decided", 1, written.UnixMicro(), payloadSum, ""))
	if _, err := db.ExecContext(t.Context(), `INSERT INTO events (chain, sequence, ticket_id, request_id, kind, at, payload_sum, previous, hash)
		VALUES ('ticket:1', 1, 1, 1, 'decided', $1, $2, '', $3)`, written, payloadSum, hex.EncodeToString(hash[:])); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO event_payloads (event_id, salt, payload) VALUES (1, $1, $2)`,
		hex.EncodeToString([]byte("0123456789abcdef")), payload); err != nil {
		t.Fatal(err)
	}
}

// sealedBy is a mail as it waits in the queue: AES-256-GCM, its nonce in front, bound to the row.
func sealedBy(t *testing.T, mail, row string) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, aead.NonceSize())
	return aead.Seal(nonce, nonce, []byte(mail), []byte(row))
}

// readRows returns all rows of the tables, of the columns named.
func readRows(t *testing.T, db *sql.DB, columns map[string][]string) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for name, cols := range columns {
		rows := queryText(t, db, `SELECT `+strings.Join(cols, ", ")+` FROM `+name)
		slices.SortFunc(rows, slices.Compare[[]string])
		all[name] = rows
	}
	return all
}
