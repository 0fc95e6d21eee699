package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// attempt is an attempt to send a mail that waits to be recorded.
type attempt struct {
	mail *access.Outgoing
	sent access.Sent
	done bool
	err  error
}

// attempts are recorded together with those that ended while the last commit ran: nobody waits longer for it, and a commit
// for each mail would be the limit of sending.
type attempts struct {
	mu      sync.Mutex
	waiting []*attempt
	turn    chan struct{} // holds a value while nobody records
}

// FinishOutbound records what became of an attempt, fenced by the attempt's number. An accepted mail is kept with its
// tokens masked; a refused one becomes an event on its ticket.
func (s *Store) FinishOutbound(ctx context.Context, o *access.Outgoing, r access.Sent) error {
	own := &attempt{mail: o, sent: r}
	s.attempts.mu.Lock()
	s.attempts.waiting = append(s.attempts.waiting, own)
	s.attempts.mu.Unlock()
	select {
	case <-s.attempts.turn:
	case <-ctx.Done():
		return fmt.Errorf("finishing outbound message %d: %w", o.ID, ctx.Err())
	}
	defer func() { s.attempts.turn <- struct{}{} }()
	if !own.done {
		s.attempts.mu.Lock()
		all := s.attempts.waiting
		s.attempts.waiting = nil
		s.attempts.mu.Unlock()
		s.finishAttempts(ctx, all)
	}
	if own.err != nil {
		return fmt.Errorf("finishing outbound message %d: %w", o.ID, own.err)
	}
	return nil
}

// finishAttempts records attempts in one transaction or, where one of them is at fault, each on its own. What passes by
// itself is nobody's fault, and may be that all were recorded and the answer was lost.
func (s *Store) finishAttempts(ctx context.Context, all []*attempt) {
	err := s.inTx(ctx, func(x *tx) error { return x.finishAttempts(ctx, all) })
	for _, a := range all {
		if a.done, a.err = true, err; err != nil && len(all) > 1 && !errors.As(err, new(transient)) {
			a.err = s.inTx(ctx, func(x *tx) error { return x.finishAttempts(ctx, []*attempt{a}) })
		}
	}
}

// sentRow is what the end of an attempt needs of its mail.
type sentRow struct {
	ID         int64         `db:"id"`
	Ticket     sql.NullInt64 `db:"ticket_id"`
	Invitation sql.NullInt64 `db:"invitation_id"`
	Digest     string        `db:"message_id_digest"`
	Kind       string        `db:"kind"`
}

func (x *tx) finishAttempts(ctx context.Context, all []*attempt) error {
	var ids []int64
	for _, a := range all {
		if a.sent.Accepted || a.sent.Failed {
			ids = append(ids, a.mail.ID)
			continue
		}
		// By the lease too, since the claim itself may be in doubt.
		if err := x.one(ctx, `UPDATE outbound_messages SET lease_until = NULL, run_at = $3, last_error = $4
			WHERE id = $1 AND attempts = $2 AND state = 'queued' AND lease_until = $5`, a.mail.ID, a.mail.Attempts, stamp(a.sent.Retry), a.sent.Error,
			stamp(a.mail.Lease)); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []sentRow
	if err := x.SelectContext(ctx, &rows, `SELECT id, ticket_id, invitation_id, message_id_digest, kind FROM outbound_messages
		WHERE `+among(x, "id", 1), listOf(x, ids)); err != nil {
		return err
	}
	byID := groupBy(rows, func(r *sentRow) int64 { return r.ID })
	var ended [][]any
	var invitations []int64
	var timers []*access.Timer
	for _, a := range all {
		found := byID[a.mail.ID]
		if !a.sent.Accepted && !a.sent.Failed {
			continue
		}
		if len(found) == 0 {
			return errors.Join(ErrNotFound, ErrFenced)
		}
		row := found[0]
		masked, err := x.s.seal.seal(token.Mask(a.mail.Raw), row.Digest)
		if err != nil {
			return err
		}
		state, kind, payload := "sent", "mail_sent", map[string]any{"outbound": row.ID, "kind": row.Kind, "recipient": a.mail.Rcpt.String()}
		if a.sent.Failed {
			state, kind = "failed", "mail_refused"
			payload["error"] = a.sent.Error
			if row.Ticket.Valid { // what follows is decided as for a bounce
				timers = append(timers, &access.Timer{Kind: access.TimerRefused, OutboundID: row.ID, DueAt: x.now})
			}
		} else if row.Invitation.Valid {
			invitations = append(invitations, row.Invitation.Int64)
		}
		ended = append(ended, []any{row.ID, a.mail.Attempts, state, x.now, masked, a.sent.Error})
		if row.Kind != canaryKind { // that is counted elsewhere, and nothing that happened to anybody
			x.appendEvent(ticketRef(row.Ticket), &access.Event{Kind: kind, Payload: payload})
		}
	}
	if err := x.endAttempts(ctx, ended); err != nil {
		return err
	}
	if len(invitations) > 0 {
		if _, err := x.ExecContext(ctx, `UPDATE invitations SET state = 'sent' WHERE `+among(x, "id", 1)+` AND state = 'queued'`,
			listOf(x, invitations)); err != nil {
			return err
		}
	}
	x.wake(TopicOutbound) // the next one of this ticket and recipient may go now
	x.wake(TopicView)
	return x.insertTimers(ctx, timers)
}

func (x *tx) endAttempts(ctx context.Context, ended [][]any) error {
	if !x.s.pg || len(ended) == 1 {
		for _, row := range ended {
			if err := x.one(ctx, `UPDATE outbound_messages SET state = $3, sent_at = $4, sealed = $5, lease_until = NULL, last_error = $6
				WHERE id = $1 AND attempts = $2 AND state = 'queued'`, row...); err != nil {
				return err
			}
		}
		return nil
	}
	args, err := columnsOf([]string{"bigint", "integer", "text", "timestamptz", "bytea", "text"}, ended)
	if err != nil {
		return err
	}
	return x.exactly(ctx, len(ended), `UPDATE outbound_messages o SET state = v.state, sent_at = v.at, sealed = v.sealed, lease_until = NULL,
		last_error = v.error FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[])
		AS v(id, attempts, state, at, sealed, error) WHERE o.id = v.id AND o.attempts = v.attempts AND o.state = 'queued'`, args...)
}
