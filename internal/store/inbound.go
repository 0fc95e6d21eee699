package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// maxClaimedBytes bounds what one claim holds in memory; a larger mail is claimed alone.
const maxClaimedBytes = 8 << 20

// ClaimInbound leases pending mails, oldest first, and counts the attempt. One batch at a time is out, in all daemons
// together, so that mails are applied in the order of their arrival. A mail that was claimed before without a finish is
// claimed alone: if it kills the process again, its neighbours are not blamed.
func (s *Store) ClaimInbound(ctx context.Context, lease time.Duration, limit int) ([]access.Inbound, error) {
	var claimed []access.Inbound
	err := s.inTx(ctx, func(x *tx) error {
		if err := x.exclusive(ctx, "inbound"); err != nil {
			return err
		}
		var out bool
		if err := x.GetContext(ctx, &out, `SELECT EXISTS (SELECT 1 FROM inbound_messages
			WHERE disposition = 'pending' AND lease_until > $1)`, x.now); err != nil || out {
			return err
		}
		if err := x.quarantinePoison(ctx); err != nil {
			return err
		}
		var heads []struct {
			ID       int64 `db:"id"`
			Attempts int   `db:"attempts"`
			Size     int64 `db:"size"`
		}
		if err := x.SelectContext(ctx, &heads, `SELECT id, attempts, coalesce(length(raw), 0) AS size FROM inbound_messages
			WHERE disposition = 'pending' ORDER BY id LIMIT $1`, limit); err != nil {
			return err
		}
		n, size := 0, int64(0)
		for n < len(heads) && (n == 0 || heads[n].Attempts == 0 && size+heads[n].Size <= maxClaimedBytes) {
			size += heads[n].Size
			n++
			if heads[n-1].Attempts > 0 {
				break
			}
		}
		if n == 0 {
			return nil
		}
		var rows []struct {
			ID           int64     `db:"id"`
			Mailbox      string    `db:"mailbox"`
			InternalDate time.Time `db:"internal_date"`
			Raw          []byte    `db:"raw"`
			Truncated    bool      `db:"truncated"`
			Attempts     int       `db:"attempts"`
			Confirmed    bool      `db:"confirmed"`
			handlingRow
		}
		if _, err := x.ExecContext(ctx, `UPDATE inbound_messages SET attempts = attempts + 1, lease_until = $3
			WHERE disposition = 'pending' AND id BETWEEN $1 AND $2`, heads[0].ID, heads[n-1].ID, stamp(x.now.Add(lease))); err != nil {
			return err
		}
		if err := x.SelectContext(ctx, &rows, `SELECT i.id, m.name AS mailbox, i.internal_date, i.raw, i.truncated, i.attempts, i.confirmed,
			i.handling, i.handled_by, i.handling_reason, i.handling_contact_id
			FROM inbound_messages i JOIN mailboxes m ON m.id = i.mailbox_id
			WHERE i.disposition = 'pending' AND i.id BETWEEN $1 AND $2 ORDER BY i.id`, heads[0].ID, heads[n-1].ID); err != nil {
			return err
		}
		for _, r := range rows {
			claimed = append(claimed, access.Inbound{ID: r.ID, Mailbox: r.Mailbox, InternalDate: r.InternalDate.UTC(), Raw: r.Raw,
				Truncated: r.Truncated, Attempts: r.Attempts, Confirmed: r.Confirmed, Handling: r.handling()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming inbound mails: %w", err)
	}
	return claimed, nil
}

// exclusive makes the transaction the only one with this name among all daemons. On SQLite it is alone anyway.
func (x *tx) exclusive(ctx context.Context, name string) error {
	if !x.s.pg {
		return nil
	}
	_, err := x.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, channelPrefix+name)
	return err
}

func (x *tx) quarantinePoison(ctx context.Context) error {
	var ids []int64
	if err := x.SelectContext(ctx, &ids, `UPDATE inbound_messages SET disposition = 'quarantined', processed_at = $1, lease_until = NULL,
		reason = 'processing did not end, several times' WHERE disposition = 'pending' AND attempts >= $2 RETURNING id`,
		x.now, x.s.cfg.MaxClaims); err != nil {
		return err
	}
	for _, id := range ids {
		if err := x.maskRaw(ctx, id); err != nil {
			return err
		}
		e := &access.Event{Kind: "quarantined", Payload: map[string]any{"inbound": id, "reason": "processing did not end, several times"}}
		if err := x.appendEvent(ctx, nil, e); err != nil {
			return err
		}
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

// RenewInbound prolongs the leases of claims that wait for their turn.
func (s *Store) RenewInbound(ctx context.Context, claimed []access.Inbound, lease time.Duration) error {
	if len(claimed) == 0 {
		return nil
	}
	_, err := s.db.ExecContext(ctx, `UPDATE inbound_messages SET lease_until = $3 WHERE id BETWEEN $1 AND $2
		AND disposition = 'pending' AND lease_until IS NOT NULL`, claimed[0].ID, claimed[len(claimed)-1].ID, stamp(s.cfg.Now().Add(lease)))
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

// finishInbound records a mail's disposition, fenced by the attempt. The bytes of a mail that is left to people, or is a
// canary, are dropped; of the others the tokens are masked.
func (x *tx) finishInbound(ctx context.Context, in *access.Inbound, dup token.Digest, f access.Facts, o *access.Outcome) error {
	var raw []byte
	if o.Disposition != access.Left && f.Class != canaryClass {
		raw = token.Mask(in.Raw)
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
		f.Words = ""
	}
	if err := x.one(ctx, `UPDATE inbound_messages SET disposition = $3, reason = $4, raw = $5, author = $6, subject = $7,
		message_id = $8, class = $9, verdict = $10, evidence = $11, duplicate_key = $12, client_id = $13, ticket_id = $14,
		processed_at = $15, lease_until = NULL, words = $16, level = $17, topic = $18, may = $19, move_other = $20
		WHERE id = $1 AND attempts = $2 AND disposition = 'pending'`,
		in.ID, in.Attempts, o.Disposition, o.Reason, raw, f.Author, f.Subject, f.MessageID, f.Class, f.Verdict, f.Evidence,
		dup, clientID, ticketID, x.now, f.Words, strings.Join(standing.Level, " "), standing.Topic, nullBool(standing.May),
		o.Move); err != nil {
		return fmt.Errorf("finishing inbound message %d: %w", in.ID, err)
	}
	if o.Disposition == access.Quarantined {
		e := &access.Event{Kind: "quarantined", Payload: map[string]any{"inbound": in.ID, "reason": o.Reason}}
		if err := x.appendEvent(ctx, nil, e); err != nil {
			return err
		}
	}
	x.wake(TopicFiling)
	x.wake(TopicView)
	return nil
}

// QuarantineInbound ends a claimed mail that cannot be processed, with the reason.
func (s *Store) QuarantineInbound(ctx context.Context, in *access.Inbound, f access.Facts, reason string) error {
	return s.inTx(ctx, func(x *tx) error {
		return x.finishInbound(ctx, in, "", f, &access.Outcome{Disposition: access.Quarantined, Reason: reason})
	})
}
