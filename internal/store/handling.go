package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// ErrNotQuarantined says that a mail does not wait in quarantine.
var ErrNotQuarantined = errors.New("store: the mail is not in quarantine")

// ErrNoBytes says that too little of a mail is stored to process it again.
var ErrNoBytes = errors.New("store: only a part of the mail was stored")

type handlingRow struct {
	Handling  access.Handle `db:"handling"`
	HandledBy string        `db:"handled_by"`
	Why       string        `db:"handling_reason"`
	Contact   sql.NullInt64 `db:"handling_contact_id"`
}

func (r handlingRow) handling() access.Handling {
	by, _ := mailaddr.Parse(r.HandledBy) // it was written from an address
	return access.Handling{Handle: r.Handling, By: by, Reason: r.Why, Contact: r.Contact.Int64}
}

// HandleMessage orders what staff want to become of a mail in quarantine. A dismissed mail is done with; any other waits to
// be processed, which a running daemon does at once.
func (s *Store) HandleMessage(ctx context.Context, id int64, h access.Handling) error {
	err := s.inTx(ctx, func(x *tx) error {
		var row struct {
			Disposition access.Disposition `db:"disposition"`
			Whole       bool               `db:"whole"`
		}
		err := x.GetContext(ctx, &row, `SELECT disposition, raw IS NOT NULL AND NOT truncated AS whole FROM inbound_messages
			WHERE id = $1`+x.s.forUpdate(""), id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case row.Disposition != access.Quarantined:
			return fmt.Errorf("%w: it is %s", ErrNotQuarantined, row.Disposition)
		case h.Handle != access.HandleDismiss && !row.Whole:
			return ErrNoBytes
		}
		next, processed := access.Pending, sql.NullTime{}
		if h.Handle == access.HandleDismiss {
			next, processed = access.Dismissed, nullTime(x.now)
		}
		if err := x.one(ctx, `UPDATE inbound_messages SET disposition = $2, processed_at = $3, attempts = 0, lease_until = NULL, lane = $8,
			handling = $4, handled_by = $5, handling_reason = $6, handling_contact_id = $7 WHERE id = $1`,
			id, next, processed, h.Handle, h.By.String(), h.Reason, nullID(h.Contact), access.AnyLane); err != nil {
			return err
		}
		e := &access.Event{Kind: "message_" + string(h.Handle), Payload: map[string]any{"inbound": id, "by": h.By.String(), "reason": h.Reason}}
		x.appendEvent(nil, e)
		x.wake(TopicInbound)
		x.wake(TopicView)
		return nil
	})
	if err != nil {
		return fmt.Errorf("handling message %d: %w", id, err)
	}
	return nil
}

// voucher is a member of staff who released a mail of a ticket.
type voucher struct {
	Ticket  int64  `db:"ticket_id"`
	Address string `db:"handled_by"`

	by mailaddr.Address
}

// vouched loads the addresses of staff who released mails of a list of tickets.
func (x *tx) vouched(ctx context.Context, tickets any) ([]voucher, error) {
	var rows []voucher
	// The word stands in the text, since the index is only of such mails.
	if err := x.SelectContext(ctx, &rows, `SELECT DISTINCT ticket_id, handled_by FROM inbound_messages
		WHERE `+among(x, "ticket_id", 1)+` AND handling = 'release' ORDER BY ticket_id, handled_by`, tickets); err != nil {
		return nil, fmt.Errorf("loading who released mails of tickets: %w", err)
	}
	for i := range rows {
		var err error
		if rows[i].by, err = mailaddr.Parse(rows[i].Address); err != nil {
			return nil, fmt.Errorf("loading who released mails of ticket %d: %w", rows[i].Ticket, err)
		}
	}
	return rows, nil
}

// RawMessage is the source of a stored mail with its tokens masked; nil where it is not kept.
func (s *Store) RawMessage(ctx context.Context, id int64) ([]byte, error) {
	var raw []byte
	err := s.read.GetContext(ctx, &raw, `SELECT raw FROM inbound_messages WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading message %d: %w", id, err)
	}
	return token.Mask(raw), nil
}

func nullBool(b *bool) sql.NullBool {
	if b == nil {
		return sql.NullBool{}
	}
	return sql.NullBool{Bool: *b, Valid: true}
}
