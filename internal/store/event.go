package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
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

// ticketEvent is an event of a ticket's chain; nil is the system's.
type ticketEvent struct {
	ticket *access.Ticket
	event  *access.Event
}

// appendEvent adds an event to its ticket's chain, or to the system's, when the transaction ends: chains take turns, and
// a transaction takes the locks of all of them last and in one order, so that two never wait for each other.
func (x *tx) appendEvent(t *access.Ticket, e *access.Event) {
	x.events = append(x.events, ticketEvent{t, e})
}

var eventTable = newTable("events", true, "chain text", "sequence bigint", "ticket_id bigint", "request_id bigint", "kind text",
	"at timestamptz", "payload_sum text", "previous text", "hash text")

var payloadTable = newTable("event_payloads", false, "event_id bigint", "salt text", "payload text")

// storeEvents adds the events of the transaction to their chains.
func (x *tx) storeEvents(ctx context.Context) error {
	events := x.events
	if len(events) == 0 {
		return nil
	}
	heads, err := x.chainHeads(ctx, events)
	if err != nil {
		return err
	}
	var rows, payloads [][]any
	for _, e := range events {
		ticket := e.ticketID()
		chain := chainOf(ticket)
		request := nullID(e.event.RequestID)
		if e.event.Request != nil {
			request = nullID(e.event.Request.ID)
		}
		payload, err := json.Marshal(e.event.Payload)
		if err != nil {
			return fmt.Errorf("writing event %s: %w", e.event.Kind, err)
		}
		salt := make([]byte, 16)
		if _, err := io.ReadFull(x.s.cfg.Rand, salt); err != nil {
			return fmt.Errorf("making a salt: %w", err)
		}
		sum := sha256.Sum256(append(salt, payload...))
		head := heads[chain]
		row := chained{Chain: chain, Sequence: head.Sequence + 1, Kind: e.event.Kind, Request: request.Int64, At: x.now,
			PayloadSum: hex.EncodeToString(sum[:]), Previous: head.Hash}
		heads[chain] = chainHead{Chain: chain, Sequence: row.Sequence, Hash: row.sum()}
		rows = append(rows, []any{row.Chain, row.Sequence, ticket, request, row.Kind, row.At, row.PayloadSum, row.Previous, heads[chain].Hash})
		payloads = append(payloads, []any{int64(0), hex.EncodeToString(salt), string(payload)})
	}
	ids, err := x.add(ctx, eventTable, rows)
	if err != nil {
		return fmt.Errorf("appending events: %w", err)
	}
	for i, id := range ids {
		payloads[i][0] = id
	}
	if _, err := x.add(ctx, payloadTable, payloads); err != nil {
		return fmt.Errorf("writing the payloads of events: %w", err)
	}
	x.wake(TopicView)
	return nil
}

func (e *ticketEvent) ticketID() sql.NullInt64 {
	if e.ticket == nil {
		return sql.NullInt64{}
	}
	return nullID(e.ticket.ID)
}

// chainHead is the last event of a chain; the zero Sequence is that of an empty one.
type chainHead struct {
	Chain    string `db:"chain"`
	Sequence int64  `db:"sequence"`
	Hash     string `db:"hash"`
}

// chainHeads locks the chains of events, except those that nobody else can see yet, and reads their heads.
func (x *tx) chainHeads(ctx context.Context, events []ticketEvent) (map[string]chainHead, error) {
	var chains []string
	for _, e := range events {
		if id := e.ticketID(); !x.created[id.Int64] {
			chains = append(chains, chainOf(id))
		}
	}
	heads := map[string]chainHead{}
	if chains = distinct(chains); len(chains) == 0 {
		return heads, nil
	}
	if x.s.pg {
		// Before the heads are read.
		if _, err := x.ExecContext(ctx, `SELECT pg_advisory_xact_lock(key) FROM (SELECT hashtext('`+channelPrefix+`chain ' || v.value) AS key
			FROM `+each(x, 1)+` ORDER BY key) AS chains`, listOf(x, chains)); err != nil {
			return nil, fmt.Errorf("locking chains: %w", err)
		}
	}
	var rows []chainHead
	// One look into the index for each chain, however long it is.
	if err := x.SelectContext(ctx, &rows, `SELECT chain, sequence, hash FROM (SELECT v.value AS name,
		(SELECT max(sequence) FROM events e WHERE e.chain = v.value) AS last FROM `+each(x, 1)+`) AS heads
		JOIN events ON chain = name AND sequence = last`, listOf(x, chains)); err != nil {
		return nil, fmt.Errorf("reading the heads of chains: %w", err)
	}
	for _, r := range rows {
		heads[r.Chain] = r
	}
	return heads, nil
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
