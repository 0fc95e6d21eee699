package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// FinishOutbound records what became of attempts, each fenced by its number, in one transaction or, where one of them is
// at fault, each on its own. What passes by itself is nobody's fault, and may be that all were recorded and the answer was
// lost. An accepted mail is kept with its tokens masked; a refused one becomes an event on its ticket. The errors are those
// of the attempts, in their order.
func (s *Store) FinishOutbound(ctx context.Context, all []access.Attempt) []error {
	errs := make([]error, len(all))
	err := s.inTx(ctx, func(x *tx) error { return x.finishAttempts(ctx, all) })
	for i, a := range all {
		own := err
		if err != nil && len(all) > 1 && !errors.As(err, new(transient)) {
			own = s.inTx(ctx, func(x *tx) error { return x.finishAttempts(ctx, all[i:i+1]) })
		}
		if own != nil {
			errs[i] = fmt.Errorf("finishing outbound message %d: %w", a.Mail.ID, own)
		}
	}
	return errs
}

func (x *tx) finishAttempts(ctx context.Context, all []access.Attempt) error {
	var ended [][]any
	var invitations []int64
	var timers []*access.Timer
	for _, a := range all {
		o := a.Mail
		if !a.Sent.Accepted && !a.Sent.Failed {
			// By the lease too, since the claim itself may be in doubt.
			if err := x.one(ctx, `UPDATE outbound_messages SET lease_until = NULL, run_at = $3, last_error = $4
				WHERE id = $1 AND attempts = $2 AND state = 'queued' AND lease_until = $5`, o.ID, o.Attempts, stamp(a.Sent.Retry), a.Sent.Error,
				stamp(o.Lease)); err != nil {
				return err
			}
			continue
		}
		var sealed []byte // stays as it is where there is nothing to mask
		if masked := token.Mask(o.Raw); !bytes.Equal(masked, o.Raw) {
			var err error
			if sealed, err = x.sealed(masked, string(o.Digest)); err != nil {
				return err
			}
		}
		state, kind, payload := "sent", "mail_sent", map[string]any{"outbound": o.ID, "kind": string(o.Kind), "recipient": o.Rcpt.String()}
		if a.Sent.Failed {
			state, kind = "failed", "mail_refused"
			payload["error"] = a.Sent.Error
			if o.TicketID != 0 { // what follows is decided as for a bounce
				timers = append(timers, &access.Timer{Kind: access.TimerRefused, OutboundID: o.ID, DueAt: x.now})
			}
		} else if o.InvitationID != 0 {
			invitations = append(invitations, o.InvitationID)
		}
		ended = append(ended, []any{o.ID, o.Attempts, state, x.now, sealed, a.Sent.Error})
		if o.Kind != canaryKind { // that is counted elsewhere, and nothing that happened to anybody
			x.appendEvent(ticketRef(nullID(o.TicketID)), &access.Event{Kind: kind, Payload: payload})
		}
	}
	if len(ended) == 0 {
		return nil
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
			if err := x.one(ctx, `UPDATE outbound_messages SET state = $3, sent_at = $4, sealed = coalesce($5, sealed), lease_until = NULL, last_error = $6
				WHERE id = $1 AND attempts = $2 AND state = 'queued'`, row...); err != nil {
				return err
			}
		}
		return nil
	}
	args, err := x.columnsOf([]string{"bigint", "integer", "text", "timestamptz", "bytea", "text"}, ended)
	if err != nil {
		return err
	}
	return x.exactly(ctx, len(ended), `UPDATE outbound_messages o SET state = v.state, sent_at = v.at, sealed = coalesce(v.sealed, o.sealed), lease_until = NULL,
		last_error = v.error FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[])
		AS v(id, attempts, state, at, sealed, error) WHERE o.id = v.id AND o.attempts = v.attempts AND o.state = 'queued'`, args...)
}
