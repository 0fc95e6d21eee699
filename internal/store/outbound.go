package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// outgoingMail is a mail to be queued.
type outgoingMail struct {
	order    *access.Mail
	rendered *access.Rendered
	client   *access.Client
}

// outboundTable has what is largest last, as inboundTable does.
var outboundTable = newTable("outbound_messages", false, "ticket_id bigint", "invitation_id bigint", "kind text", "sequence bigint",
	"mail_from text", "recipient text", "subject text", "message_id_digest text", "run_at timestamptz",
	"not_after timestamptz", "created_at timestamptz", "client_id bigint", "state text", "words text", "words_in text", "sealed bytea")

// line is what goes out first in, first out.
type line struct {
	ticket    int64
	recipient string
}

func (x *tx) insertOutbound(ctx context.Context, mails []outgoingMail) error {
	if len(mails) == 0 {
		return nil
	}
	state := "queued"
	if x.s.mode == Shadow {
		state = "withheld"
	}
	var rows [][]any
	for _, m := range mails {
		digest := string(token.DigestOf(m.rendered.MessageID))
		sealed, err := x.sealed(m.rendered.Raw, digest)
		if err != nil {
			return err
		}
		var ticket, invitation, client sql.NullInt64
		if m.client != nil {
			client = nullID(m.client.ID)
		}
		if m.order.Ticket != nil {
			ticket = nullID(m.order.Ticket.ID)
		}
		if m.order.Invitation != nil {
			invitation = nullID(m.order.Invitation.ID)
		}
		rcpt := m.rendered.Rcpt.String()
		sequence, err := x.nextInLine(ctx, line{ticket.Int64, rcpt})
		if err != nil {
			return err
		}
		words, err := wordsIn(m.rendered)
		if err != nil {
			return err
		}
		rows = append(rows, []any{ticket, invitation, string(m.order.Kind), sequence, m.rendered.MailFrom.String(), rcpt, m.rendered.Subject,
			digest, x.now, nullTime(m.order.NotAfter), x.now, client, state, m.rendered.Words, words, sealed})
	}
	if _, err := x.add(ctx, outboundTable, rows); err != nil {
		return fmt.Errorf("queueing mails: %w", err)
	}
	x.wake(TopicOutbound)
	return nil
}

// wordsIn are the words of a mail in other languages than English as they are kept; empty for none.
func wordsIn(m *access.Rendered) (string, error) {
	if len(m.WordsIn) == 0 {
		return "", nil
	}
	text, err := json.Marshal(m.WordsIn)
	if err != nil {
		return "", fmt.Errorf("writing down the words of a mail: %w", err)
	}
	return string(text), nil
}

// nextInLine is the place of one more mail. Those without a ticket do not wait for one another.
func (x *tx) nextInLine(ctx context.Context, l line) (int64, error) {
	if _, known := x.lines[l]; !known && l.ticket != 0 && !x.created[l.ticket] {
		var n int64
		if err := x.GetContext(ctx, &n, `SELECT coalesce(max(sequence), 0) FROM outbound_messages WHERE ticket_id = $1 AND recipient = $2`,
			l.ticket, l.recipient); err != nil {
			return 0, fmt.Errorf("queueing mails: %w", err)
		}
		x.lines[l] = n
	}
	if l.ticket != 0 {
		x.lines[l]++
		return x.lines[l], nil
	}
	return 1, nil
}

// isFirst holds for the first queued mail of a ticket and recipient. Mails without a ticket do not wait for one another.
const isFirst = `NOT EXISTS (SELECT 1 FROM outbound_messages p WHERE p.state = 'queued' AND p.ticket_id = o.ticket_id
	AND p.recipient = o.recipient AND p.sequence < o.sequence)`

type outboundRow struct {
	ID         int64         `db:"id"`
	MailFrom   string        `db:"mail_from"`
	Rcpt       string        `db:"recipient"`
	Digest     string        `db:"message_id_digest"`
	Sealed     []byte        `db:"sealed"`
	Attempts   int           `db:"attempts"`
	RunAt      time.Time     `db:"run_at"`
	Lease      time.Time     `db:"lease_until"`
	Kind       string        `db:"kind"`
	Ticket     sql.NullInt64 `db:"ticket_id"`
	Invitation sql.NullInt64 `db:"invitation_id"`
}

// ClaimOutbound leases queued mails that are due, longest due first. Of one ticket and recipient only the first is handed out (first in,
// first out). Mails that are no longer of use are dropped with an event. With an error may come mails that were claimed all
// the same, as by ClaimInbound.
func (s *Store) ClaimOutbound(ctx context.Context, lease time.Duration, limit int) ([]access.Outgoing, error) {
	var claimed []access.Outgoing
	err := s.inTx(ctx, func(x *tx) error {
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		if err := x.dropOutdated(ctx, now); err != nil {
			return err
		}
		var rows []outboundRow
		// Materialized: PostgreSQL may run a sub-select once for each row, each time with a LIMIT of its own.
		if err := x.SelectContext(ctx, &rows, `WITH due AS MATERIALIZED (SELECT o.id FROM outbound_messages o
				WHERE o.state = 'queued' AND o.run_at <= $1 AND (o.lease_until IS NULL OR o.lease_until < $4) AND `+isFirst+`
				ORDER BY o.run_at, o.id LIMIT $3`+s.forUpdate(" OF o SKIP LOCKED")+`)
			UPDATE outbound_messages SET attempts = attempts + 1, lease_until = $2 WHERE id IN (SELECT id FROM due)
			RETURNING id, mail_from, recipient, message_id_digest, sealed, attempts, run_at, lease_until, kind, ticket_id, invitation_id`,
			x.now, stamp(now.Add(lease)), limit, now); err != nil {
			return err
		}
		// An UPDATE returns its rows in no order.
		slices.SortFunc(rows, func(a, b outboundRow) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
		for _, r := range rows {
			o, err := s.outgoing(r)
			if err == nil {
				claimed = append(claimed, o)
			} else if err := x.putOff(ctx, r.ID, err); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return claimed, fmt.Errorf("claiming outbound mails: %w", err)
	}
	return claimed, nil
}

// outgoing opens a claimed row.
func (s *Store) outgoing(r outboundRow) (access.Outgoing, error) {
	raw, err := s.seal.open(r.Sealed, r.Digest)
	if err != nil {
		return access.Outgoing{}, err
	}
	from, err := mailaddr.Parse(r.MailFrom)
	if err != nil {
		return access.Outgoing{}, err
	}
	to, err := mailaddr.Parse(r.Rcpt)
	if err != nil {
		return access.Outgoing{}, err
	}
	return access.Outgoing{ID: r.ID, MailFrom: from, Rcpt: to, Raw: raw, Attempts: r.Attempts, Lease: r.Lease.UTC(),
		Kind: access.MailKind(r.Kind), Digest: token.Digest(r.Digest), TicketID: r.Ticket.Int64, InvitationID: r.Invitation.Int64}, nil
}

// putOffFor is when a mail that cannot be opened is looked at again: the right key may be back by then.
const putOffFor = 10 * time.Minute

// putOff lets the others go on where one mail cannot be opened, and tells people. It is no attempt: those that the mail
// gets are for when it can be opened.
func (x *tx) putOff(ctx context.Context, id int64, why error) error {
	if _, err := x.ExecContext(ctx, `UPDATE outbound_messages SET lease_until = NULL, attempts = attempts - 1, run_at = $2, last_error = $3 WHERE id = $1`,
		id, stamp(x.now.Add(putOffFor)), why.Error()); err != nil {
		return fmt.Errorf("putting off outbound message %d: %w", id, err)
	}
	return x.saveTodo(ctx, access.Todo{Kind: access.TodoUnsendable, About: why.Error()}, &access.Outcome{})
}

// dropOutdated drops the mails whose time has passed, and those whose link has died, also where a worker was at them. now is that of
// leases.
func (x *tx) dropOutdated(ctx context.Context, now time.Time) error {
	var rows []struct {
		ID     int64         `db:"id"`
		Ticket sql.NullInt64 `db:"ticket_id"`
		Kind   string        `db:"kind"`
	}
	if err := x.SelectContext(ctx, &rows, `UPDATE outbound_messages SET state = 'dropped', last_error = 'outdated', lease_until = NULL
		WHERE id IN (SELECT id FROM outbound_messages WHERE state = 'queued' AND not_after IS NOT NULL AND not_after <= $1
			UNION SELECT o.id FROM outbound_messages o`+x.by("outbound_messages_inviting")+` JOIN invitations i ON i.id = o.invitation_id
			WHERE o.state = 'queued' AND o.invitation_id IS NOT NULL AND i.state NOT IN ('queued', 'sent'))
		AND state = 'queued' AND (lease_until IS NULL OR lease_until < $2) RETURNING id, ticket_id, kind`,
		x.now, now); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Kind == canaryKind {
			continue // nobody asked for it
		}
		e := &access.Event{Kind: "mail_dropped", Payload: map[string]any{"outbound": r.ID, "kind": r.Kind}}
		x.appendEvent(ticketRef(r.Ticket), e)
	}
	return nil
}

func ticketRef(id sql.NullInt64) *access.Ticket {
	if !id.Valid {
		return nil
	}
	return &access.Ticket{ID: id.Int64}
}

// NextOutbound is when a queued mail can be claimed next: when it is due and the first of its ticket and recipient, or
// when the lease on one runs out. It is zero if none is queued.
func (s *Store) NextOutbound(ctx context.Context) (time.Time, error) {
	t, err := s.earliest(ctx, `SELECT o.run_at FROM outbound_messages o WHERE o.state = 'queued' AND o.lease_until IS NULL AND `+isFirst+`
		ORDER BY o.run_at, o.id LIMIT 1`,
		`SELECT lease_until FROM outbound_messages WHERE state = 'queued' AND lease_until IS NOT NULL AND run_at <= $1
		ORDER BY lease_until LIMIT 1`)
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the next mail to send: %w", err)
	}
	return t, nil
}
