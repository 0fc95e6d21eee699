package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// maxClaimedBytes bounds what one claim holds in memory; a larger mail is claimed alone.
const maxClaimedBytes = 8 << 20

// ClaimInbound leases pending mails and counts the attempt: oldest first, of lanes that nobody else is at, so that the mails of
// each lane are applied in the order of their arrival, in all daemons together. A mail that was claimed before without a
// finish is claimed alone: if it kills the process again, its neighbours are not blamed.
//
// With an error may come mails that were claimed all the same, if the connection ended while that was being committed or
// afterwards; giving them back does no harm where they were not.
func (s *Store) ClaimInbound(ctx context.Context, lease time.Duration, limit int) (claimed []access.Inbound, err error) {
	err = s.inTx(ctx, func(x *tx) error {
		if err := x.exclusive(ctx, "inbound"); err != nil {
			return err
		}
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		if err := x.quarantinePoison(ctx, now); err != nil {
			return err
		}
		chosen, err := x.chooseInbound(ctx, now, limit)
		if err != nil {
			return err
		}
		var ids []int64
		for _, h := range chosen {
			claimed = append(claimed, access.Inbound{ID: h.ID, Lane: h.Lane, Attempts: h.Attempts + 1})
			ids = append(ids, h.ID)
		}
		if len(ids) == 0 {
			return nil
		}
		_, err = x.ExecContext(ctx, `UPDATE inbound_messages SET attempts = attempts + 1, lease_until = $2 WHERE `+among(x, "id", 1),
			listOf(x, ids), stamp(now.Add(lease)))
		return err
	})
	if err == nil && len(claimed) > 0 {
		err = s.readClaimed(ctx, claimed) // others may claim meanwhile
	}
	if err != nil {
		return claimed, fmt.Errorf("claiming inbound mails: %w", err)
	}
	return claimed, nil
}

// readClaimed completes the mails of a claim, which are in the order of their ids.
func (s *Store) readClaimed(ctx context.Context, claimed []access.Inbound) error {
	ids := make([]int64, len(claimed))
	for i := range claimed {
		ids[i] = claimed[i].ID
	}
	var rows []struct {
		Mailbox      string    `db:"mailbox"`
		InternalDate time.Time `db:"internal_date"`
		Raw          []byte    `db:"raw"`
		Truncated    bool      `db:"truncated"`
		Confirmed    bool      `db:"confirmed"`
		handlingRow
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT m.name AS mailbox, i.internal_date, i.raw, i.truncated, i.confirmed,
		i.handling, i.handled_by, i.handling_reason, i.handling_contact_id
		FROM inbound_messages i JOIN mailboxes m ON m.id = i.mailbox_id
		WHERE `+among(s.read, "i.id", 1)+` ORDER BY i.id`, listOf(s.read, ids)); err != nil {
		return markTransient(err)
	}
	if len(rows) != len(claimed) {
		return fmt.Errorf("%w: of %d mails %d are there", ErrNotFound, len(claimed), len(rows))
	}
	for i, r := range rows {
		in := &claimed[i]
		in.Mailbox, in.InternalDate, in.Raw, in.Truncated = r.Mailbox, r.InternalDate.UTC(), r.Raw, r.Truncated
		in.Confirmed, in.Handling = r.Confirmed, r.handling()
	}
	return nil
}

// turnOver is when to look again for mails whose turn has not come: how long a few others take, or less.
const turnOver = 100 * time.Millisecond

// NextInbound is when a claim may find mails, where some wait for others before them; zero where none waits.
func (s *Store) NextInbound(ctx context.Context) (time.Time, error) {
	var waits bool
	if err := s.read.GetContext(ctx, &waits, `SELECT EXISTS (SELECT 1 FROM inbound_messages WHERE disposition = 'pending')`); err != nil {
		return time.Time{}, fmt.Errorf("looking for mails that wait: %w", err)
	}
	if !waits {
		return time.Time{}, nil
	}
	return s.cfg.Now().Add(turnOver), nil
}

// exclusive makes the transaction the only one with this name among all daemons. On SQLite it is alone anyway.
func (x *tx) exclusive(ctx context.Context, name string) error {
	if !x.s.pg {
		return nil
	}
	_, err := x.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, channelPrefix+name)
	return err
}

func (x *tx) quarantinePoison(ctx context.Context, now time.Time) error {
	var ids []int64
	if err := x.SelectContext(ctx, &ids, `UPDATE inbound_messages SET disposition = 'quarantined', processed_at = $1, lease_until = NULL,
		reason = 'processing did not end, several times' WHERE disposition = 'pending' AND attempts >= $2
		AND (lease_until IS NULL OR lease_until <= $3) RETURNING id`,
		x.now, x.s.cfg.MaxClaims, now); err != nil {
		return err
	}
	for _, id := range ids {
		if err := x.maskRaw(ctx, id); err != nil {
			return err
		}
		e := &access.Event{Kind: "quarantined", Payload: map[string]any{"inbound": id, "reason": "processing did not end, several times"}}
		x.appendEvent(nil, e)
	}
	if len(ids) > 0 {
		x.wake(TopicFiling)
		x.wake(TopicView)
	}
	return nil
}

// maskRaw masks the tokens in the bytes of a mail that nothing has finished.
func (x *tx) maskRaw(ctx context.Context, id int64) error {
	var raw []byte
	err := x.GetContext(ctx, &raw, `SELECT raw FROM inbound_messages WHERE id = $1`, id)
	if err == nil {
		_, err = x.ExecContext(ctx, `UPDATE inbound_messages SET raw = $2 WHERE id = $1`, id, token.Mask(raw))
	}
	if err != nil {
		return fmt.Errorf("masking the tokens of inbound message %d: %w", id, err)
	}
	return nil
}

// RenewInbound prolongs the leases of the mails of one claim that wait for their turn.
func (s *Store) RenewInbound(ctx context.Context, claimed []access.Inbound, lease time.Duration) error {
	if len(claimed) == 0 {
		return nil
	}
	var ids []int64
	for i := range claimed {
		ids = append(ids, claimed[i].ID)
	}
	err := s.inTx(ctx, func(x *tx) error {
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		// The mails of a claim have all had as many attempts.
		_, err = x.ExecContext(ctx, `UPDATE inbound_messages SET lease_until = $3 WHERE `+among(x, "id", 1)+` AND attempts = $2
			AND disposition = 'pending' AND lease_until IS NOT NULL`, listOf(x, ids), claimed[0].Attempts, stamp(now.Add(lease)))
		return err
	})
	if err != nil {
		return fmt.Errorf("renewing the claims of inbound mails: %w", err)
	}
	return nil
}

// ReleaseInbound gives a claim back unfinished, without counting the attempt: the program is stopping.
func (s *Store) ReleaseInbound(ctx context.Context, in *access.Inbound) error {
	_, err := s.db.ExecContext(ctx, `UPDATE inbound_messages SET lease_until = NULL, attempts = attempts - 1
		WHERE id = $1 AND attempts = $2 AND disposition = 'pending'`, in.ID, in.Attempts)
	if err != nil {
		return fmt.Errorf("giving inbound message %d back: %w", in.ID, err)
	}
	return nil
}

// finishInbound records a mail's disposition, fenced by the attempt.
func (x *tx) finishInbound(ctx context.Context, in *access.Inbound, dup token.Digest, f access.Facts, o *access.Outcome) error {
	return x.finishRows(ctx, []finish{{in, dup, f, o}})
}

// finish is a mail with what became of it.
type finish struct {
	in    *access.Inbound
	dup   token.Digest
	facts access.Facts
	out   *access.Outcome
}

// finishAll records the dispositions of mails that have been decided.
func (x *tx) finishAll(ctx context.Context, mails []*access.Undecided, all []*application) error {
	finished := make([]finish, len(all))
	var held []int64
	for i, m := range mails {
		finished[i] = finish{m.In, m.Lookup.Duplicate, m.Facts, all[i].out}
		waits, err := x.hold(ctx, m.In, all[i].out)
		if err != nil {
			return err
		}
		if waits {
			finished[i].dup, finished[i].facts.Words = "", "" // nobody vouches for it yet
			held = append(held, m.In.ID)
		}
	}
	if err := x.finishRows(ctx, finished); err != nil {
		return err
	}
	for _, id := range held {
		if err := x.one(ctx, `UPDATE inbound_messages SET held = TRUE WHERE id = $1`, id); err != nil {
			return fmt.Errorf("holding inbound message %d for its author: %w", id, err)
		}
	}
	return nil
}

// finishColumns are what finishing sets, with their types, after the id and the attempt.
var finishColumns = []string{"disposition text", "reason text", "raw bytea", "author text", "subject text", "message_id text", "class text",
	"verdict text", "evidence text", "duplicate_key text", "client_id bigint", "ticket_id bigint", "processed_at timestamptz", "words text",
	"level text", "topic text", "may boolean", "move_other boolean"}

// finishKinds are the types of what finishMany takes.
var finishKinds = func() []string {
	kinds := []string{"bigint", "integer"}
	for _, c := range finishColumns {
		_, kind, _ := strings.Cut(c, " ")
		kinds = append(kinds, kind)
	}
	return append(kinds, "boolean")
}()

// finishOne and finishMany set them, fenced by the attempts. The bytes of a mail stay as they are where the last argument
// says so: they are most of the row.
var finishOne, finishMany = func() (string, string) {
	var sets, setsMany, lists, names []string
	for i, c := range finishColumns {
		name, kind, _ := strings.Cut(c, " ")
		one, many := fmt.Sprintf("$%d", i+3), "v."+name
		if name == "raw" {
			one, many = "CASE WHEN $21 THEN raw ELSE "+one+" END", "CASE WHEN v.same THEN i.raw ELSE "+many+" END"
		}
		sets, setsMany = append(sets, name+" = "+one), append(setsMany, name+" = "+many)
		lists, names = append(lists, fmt.Sprintf("$%d::%s[]", i+3, kind)), append(names, name)
	}
	return "UPDATE inbound_messages SET lease_until = NULL, " + strings.Join(sets, ", ") +
			" WHERE id = $1 AND attempts = $2 AND disposition = 'pending'",
		"UPDATE inbound_messages i SET lease_until = NULL, " + strings.Join(setsMany, ", ") +
			" FROM unnest($1::bigint[], $2::integer[], " + strings.Join(lists, ", ") + ", $21::boolean[]) AS v(id, attempts, " +
			strings.Join(names, ", ") + ", same) WHERE i.id = v.id AND i.attempts = v.attempts AND i.disposition = 'pending'"
}()

// values are those of finishMany. The bytes of a mail that is left to people, or is a canary, are dropped; of the others
// the tokens are masked.
func (f *finish) values(now time.Time) []any {
	o, facts := f.out, f.facts
	var raw []byte
	same := false
	if o.Disposition != access.Left && facts.Class != canaryClass {
		if raw = token.Mask(f.in.Raw); bytes.Equal(raw, f.in.Raw) {
			raw, same = nil, true
		}
	}
	var clientID, ticketID sql.NullInt64
	client, standing := o.Client, o.Standing
	if standing == nil {
		standing = &access.Standing{}
	}
	if client == nil {
		client = standing.Client
	}
	if client != nil {
		clientID = nullID(client.ID)
	}
	if o.Ticket != nil {
		ticketID = nullID(o.Ticket.ID)
	}
	if o.Disposition == access.Left || o.Disposition == access.Quarantined {
		facts.Words = ""
	}
	return []any{f.in.ID, f.in.Attempts, string(o.Disposition), o.Reason, raw, facts.Author, facts.Subject, facts.MessageID, facts.Class,
		facts.Verdict, facts.Evidence, string(f.dup), clientID, ticketID, now, facts.Words, strings.Join(standing.Level, " "),
		string(standing.Topic), nullBool(standing.May), o.Move, same}
}

func (x *tx) finishRows(ctx context.Context, finished []finish) error {
	var rows [][]any
	for i := range finished {
		f := &finished[i]
		rows = append(rows, f.values(x.now))
		if f.out.Disposition == access.Quarantined {
			x.appendEvent(nil, &access.Event{Kind: "quarantined", Payload: map[string]any{"inbound": f.in.ID, "reason": f.out.Reason}})
		}
	}
	if err := x.updateFinished(ctx, rows); err != nil {
		return fmt.Errorf("finishing inbound message %d: %w", finished[0].in.ID, err)
	}
	x.wake(TopicFiling)
	x.wake(TopicView)
	return nil
}

// maxListed is how many bytes of a mail go into a list.
const maxListed = 64 << 10

func (x *tx) updateFinished(ctx context.Context, rows [][]any) error {
	rows = slices.Clone(rows)
	for i := 0; i < len(rows); {
		// A list is one more copy of its bytes.
		if raw := rows[i][4].([]byte); x.s.pg && len(raw) <= maxListed {
			i++
			continue
		}
		if err := x.one(ctx, finishOne, rows[i]...); err != nil {
			return err
		}
		rows = slices.Delete(rows, i, i+1)
	}
	if len(rows) == 0 {
		return nil
	}
	args, err := x.columnsOf(finishKinds, rows)
	if err != nil {
		return err
	}
	return x.exactly(ctx, len(rows), finishMany, args...)
}

// QuarantineInbound ends a claimed mail that cannot be processed, with the reason.
func (s *Store) QuarantineInbound(ctx context.Context, in *access.Inbound, f access.Facts, reason string) error {
	return s.inTx(ctx, func(x *tx) error {
		return x.finishInbound(ctx, in, "", f, &access.Outcome{Disposition: access.Quarantined, Reason: reason})
	})
}
