package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/internal/access"
)

const systemChain = "system"

func chainOf(ticket sql.NullInt64) string {
	if !ticket.Valid {
		return systemChain
	}
	return fmt.Sprintf("ticket:%d", ticket.Int64)
}

// appendEvent adds an event to its ticket's chain, or to the system's. The ticket's client is locked; the system's chain
// takes turns by a lock of its own.
func (x *tx) appendEvent(ctx context.Context, t *access.Ticket, e *access.Event) error {
	var ticketID sql.NullInt64
	if t != nil {
		ticketID = nullID(t.ID)
	}
	chain := chainOf(ticketID)
	if err := x.exclusive(ctx, "chain "+chain); err != nil {
		return fmt.Errorf("locking chain %s: %w", chain, err)
	}
	head := struct {
		Sequence int64  `db:"sequence"`
		Hash     string `db:"hash"`
	}{}
	err := x.GetContext(ctx, &head, `SELECT sequence, hash FROM events WHERE chain = $1 ORDER BY sequence DESC LIMIT 1`, chain)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the head of chain %s: %w", chain, err)
	}
	var request sql.NullInt64
	if e.Request != nil {
		request = nullID(e.Request.ID)
	} else {
		request = nullID(e.RequestID)
	}
	payload, err := json.Marshal(e.Payload)
	if err != nil {
		return fmt.Errorf("writing event %s: %w", e.Kind, err)
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(x.s.cfg.Rand, salt); err != nil {
		return fmt.Errorf("making a salt: %w", err)
	}
	sum := sha256.Sum256(append(salt, payload...))
	row := chained{Chain: chain, Sequence: head.Sequence + 1, Kind: e.Kind, Request: request.Int64, At: x.now,
		PayloadSum: hex.EncodeToString(sum[:]), Previous: head.Hash}
	var id int64
	if err := x.insert(ctx, &id, `INSERT INTO events (chain, sequence, ticket_id, request_id, kind, at, payload_sum, previous, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`, row.Chain, row.Sequence, ticketID, request, row.Kind, row.At,
		row.PayloadSum, row.Previous, row.sum()); err != nil {
		return fmt.Errorf("appending event %s to chain %s: %w", e.Kind, chain, err)
	}
	if _, err := x.ExecContext(ctx, `INSERT INTO event_payloads (event_id, salt, payload) VALUES ($1, $2, $3)`,
		id, hex.EncodeToString(salt), string(payload)); err != nil {
		return fmt.Errorf("writing the payload of event %s: %w", e.Kind, err)
	}
	x.wake(TopicView)
	return nil
}

// chained is what an event's hash covers.
type chained struct {
	Chain      string    `db:"chain"`
	Sequence   int64     `db:"sequence"`
	Kind       string    `db:"kind"`
	Request    int64     `db:"request_id"`
	At         time.Time `db:"at"`
	PayloadSum string    `db:"payload_sum"`
	Previous   string    `db:"previous"`
}

func (c chained) sum() string {
	h := sha256.Sum256(fmt.Appendf(nil, "%q %d %q %d %d %s %s", c.Chain, c.Sequence, c.Kind, c.Request, c.At.UnixMicro(), c.PayloadSum, c.Previous))
	return hex.EncodeToString(h[:])
}

// VerifyChains recomputes every hash chain and compares each payload that is still there. It returns what is wrong, one
// line each; nothing means that the trail is whole.
func (s *Store) VerifyChains(ctx context.Context) (wrong []string, err error) {
	rows, err := s.read.QueryxContext(ctx, `SELECT e.chain, e.sequence, e.kind, coalesce(e.request_id, 0) AS request_id, e.at,
		e.payload_sum, e.previous, e.hash, e.ticket_id, p.salt, p.payload FROM events e LEFT JOIN event_payloads p ON p.event_id = e.id
		ORDER BY e.chain, e.sequence`)
	if err != nil {
		return nil, fmt.Errorf("reading the events: %w", err)
	}
	defer rows.Close()
	var last chained
	lastHash := ""
	for rows.Next() {
		var r struct {
			chained
			Hash    string         `db:"hash"`
			Ticket  sql.NullInt64  `db:"ticket_id"`
			Salt    sql.NullString `db:"salt"`
			Payload sql.NullString `db:"payload"`
		}
		if err := rows.StructScan(&r); err != nil {
			return nil, fmt.Errorf("reading the events: %w", err)
		}
		if r.Chain != last.Chain {
			last, lastHash = chained{Chain: r.Chain}, ""
		}
		if r.Sequence != last.Sequence+1 || r.Previous != lastHash || r.sum() != r.Hash || r.Chain != chainOf(r.Ticket) {
			wrong = append(wrong, fmt.Sprintf("%s: event %d does not follow from event %d", r.Chain, r.Sequence, last.Sequence))
		}
		if r.Payload.Valid {
			salt, err := hex.DecodeString(r.Salt.String)
			sum := sha256.Sum256(append(salt, r.Payload.String...))
			if err != nil || hex.EncodeToString(sum[:]) != r.PayloadSum {
				wrong = append(wrong, fmt.Sprintf("%s: the payload of event %d was changed", r.Chain, r.Sequence))
			}
		}
		last, lastHash = r.chained, r.Hash
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the events: %w", err)
	}
	return wrong, nil
}
