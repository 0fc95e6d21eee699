package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

// OutgoingStates are the states of an outgoing mail. One that is withheld is sent only when somebody says so: it would
// have been sent by a shadow, or perhaps was before a restore.
var OutgoingStates = []string{"queued", "withheld", "sent", "failed", "dropped"}

// OutgoingView is an outgoing mail as it is listed. Its text is sealed.
type OutgoingView struct {
	ID        int64           `json:"id" db:"id"`
	Kind      string          `json:"kind" db:"kind"`
	Recipient string          `json:"recipient" db:"recipient"`
	Subject   string          `json:"subject" db:"subject"`
	Ticket    *string         `json:"ticket" db:"ticket"`
	State     string          `json:"state" db:"state"`
	Attempts  int             `json:"attempts" db:"attempts"`
	Error     access.Nullable `json:"error" db:"last_error"`
	CreatedAt time.Time       `json:"created_at" db:"created_at"`
	SentAt    *time.Time      `json:"sent_at" db:"-"`
	Sent      sql.NullTime    `json:"-" db:"sent_at"`
}

// OutgoingMails lists the newest limit outgoing mails, newest first; with a state only those.
func (s *Store) OutgoingMails(ctx context.Context, state string, limit int) ([]OutgoingView, error) {
	all := []OutgoingView{}
	if err := s.read.SelectContext(ctx, &all, `SELECT o.id, o.kind, o.recipient, o.subject, t.number AS ticket, o.state, o.attempts, o.last_error,
		o.created_at, o.sent_at FROM outbound_messages o LEFT JOIN tickets t ON t.id = o.ticket_id WHERE o.state = $1 OR $1 = ''
		ORDER BY o.id DESC LIMIT $2`, state, limit); err != nil {
		return nil, fmt.Errorf("listing outgoing mails: %w", err)
	}
	for i := range all {
		all[i].CreatedAt, all[i].SentAt = all[i].CreatedAt.UTC(), when(all[i].Sent)
	}
	return all, nil
}

// ErrShadow says that a shadow sends nothing.
var ErrShadow = errors.New("store: this is the database of a shadow, which sends nothing")

// SettleWithheld sends, or else drops, withheld mails: those of ids, or all where there are none. It returns how many.
func (s *Store) SettleWithheld(ctx context.Context, ids []int64, send bool, by mailaddr.Address) (int, error) {
	if s.mode == Shadow && send {
		return 0, ErrShadow
	}
	state, kind := "dropped", "withheld_dropped"
	if send {
		state, kind = "queued", "withheld_sent"
	}
	var settled []int64
	err := s.inTx(ctx, func(x *tx) error {
		query, args := `UPDATE outbound_messages SET state = ?, run_at = ?, lease_until = NULL, last_error = '' WHERE state = 'withheld'`, []any{state, x.now}
		if len(ids) > 0 {
			some, in, err := sqlx.In(` AND id IN (?)`, ids)
			if err != nil {
				return err
			}
			query, args = query+some, append(args, in...)
		}
		if err := x.SelectContext(ctx, &settled, sqlx.Rebind(sqlx.DOLLAR, query+` RETURNING id`), args...); err != nil || len(settled) == 0 {
			return err
		}
		x.wake(TopicOutbound)
		x.appendEvent(nil, &access.Event{Kind: kind, Payload: map[string]any{"outbound": settled, "by": by.String()}})
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("settling withheld mails: %w", err)
	}
	return len(settled), nil
}
