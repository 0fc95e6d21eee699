package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Checkpoint is the state of the whole trail at an instant: what comes later can be added, and nothing up to it can be
// changed, left out or cut off unseen by who has kept it.
type Checkpoint struct {
	At     time.Time // whole seconds
	Event  int64     // the newest event's id
	Events int64     // how many there are up to it
	Sum    string    // SHA-256, in hex, over a line for each of them: its id, chain, sequence and hash
}

const checkpointWord = "checkpoint"

// String is the checkpoint as one line, which ParseCheckpoint reads.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s %s %d %d %s", checkpointWord, c.At.UTC().Format(time.RFC3339), c.Event, c.Events, c.Sum)
}

// ParseCheckpoint reads a line that String has written.
func ParseCheckpoint(line string) (Checkpoint, error) {
	var c Checkpoint
	var at string
	n, err := fmt.Sscanf(strings.TrimSpace(line), checkpointWord+" %s %d %d %64s", &at, &c.Event, &c.Events, &c.Sum)
	if err == nil && n == 4 {
		c.At, err = time.Parse(time.RFC3339, at)
	}
	if err == nil && c.String() != strings.TrimSpace(line) {
		err = fmt.Errorf("there is more in it")
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("this is no checkpoint of audit verify: %.100q: %w", line, err)
	}
	return c, nil
}

// Checkpoint takes a checkpoint of the trail as it is now.
func (s *Store) Checkpoint(ctx context.Context) (Checkpoint, error) {
	c := Checkpoint{At: s.cfg.Now().UTC().Truncate(time.Second)}
	err := s.inTx(ctx, func(x *tx) error {
		if s.pg {
			// An event gets its id within its INSERT: who has one that is not visible yet is waited for.
			if _, err := x.ExecContext(ctx, `LOCK TABLE events IN SHARE MODE`); err != nil {
				return err
			}
		}
		return x.GetContext(ctx, &c.Event, `SELECT coalesce(max(id), 0) FROM events`)
	})
	if err != nil {
		return c, fmt.Errorf("taking a checkpoint: %w", err)
	}
	sums, err := s.sumsUpTo(ctx, []int64{c.Event})
	if err != nil {
		return c, err
	}
	c.Events, c.Sum = sums[0].events, sums[0].sum
	return c, nil
}

// VerifyCheckpoints compares the trail with checkpoints that were taken of it before. It returns what is wrong, one line each.
func (s *Store) VerifyCheckpoints(ctx context.Context, checkpoints []Checkpoint) (wrong []string, err error) {
	checkpoints = slices.Clone(checkpoints)
	slices.SortFunc(checkpoints, func(a, b Checkpoint) int { return int(a.Event - b.Event) })
	var ends []int64
	for _, c := range checkpoints {
		ends = append(ends, c.Event)
	}
	sums, err := s.sumsUpTo(ctx, ends)
	if err != nil {
		return nil, err
	}
	for i, c := range checkpoints {
		at := c.At.Format(time.RFC3339)
		switch {
		case sums[i].events < c.Events:
			wrong = append(wrong, fmt.Sprintf("of the %d events that there were at %s, %d are missing", c.Events, at, c.Events-sums[i].events))
		case sums[i].events > c.Events:
			wrong = append(wrong, fmt.Sprintf("%d events have been added to those that there were at %s", sums[i].events-c.Events, at))
		case sums[i].sum != c.Sum:
			wrong = append(wrong, fmt.Sprintf("the events that there were at %s have been changed", at))
		}
	}
	return wrong, nil
}

type trailSum struct {
	events int64
	sum    string
}

// sumsUpTo are the sums of all events up to each of the ends, which rise.
func (s *Store) sumsUpTo(ctx context.Context, ends []int64) ([]trailSum, error) {
	sums := make([]trailSum, len(ends))
	if len(ends) == 0 {
		return sums, nil
	}
	rows, err := s.read.QueryxContext(ctx, `SELECT id, chain, sequence, hash FROM events WHERE id <= $1 ORDER BY id`, ends[len(ends)-1])
	if err != nil {
		return nil, fmt.Errorf("reading the events: %w", err)
	}
	defer rows.Close()
	h, n, next := sha256.New(), int64(0), 0
	settle := func(id int64) { // all ends below an event's id
		for ; next < len(ends) && ends[next] < id; next++ {
			sums[next] = trailSum{n, hex.EncodeToString(h.Sum(nil))}
		}
	}
	for rows.Next() {
		var r struct {
			ID       int64  `db:"id"`
			Chain    string `db:"chain"`
			Sequence int64  `db:"sequence"`
			Hash     string `db:"hash"`
		}
		if err := rows.StructScan(&r); err != nil {
			return nil, fmt.Errorf("reading the events: %w", err)
		}
		settle(r.ID)
		fmt.Fprintf(h, "%d %s %d %s\n", r.ID, r.Chain, r.Sequence, r.Hash)
		n++
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the events: %w", err)
	}
	settle(ends[len(ends)-1] + 1)
	return sums, nil
}

// EventRecord is an event with all that its hash covers.
type EventRecord struct {
	ID         int64           `json:"id"`
	Chain      string          `json:"chain"`
	Sequence   int64           `json:"sequence"`
	Ticket     *string         `json:"ticket"`     // its number; nil for events of the system
	RequestID  int64           `json:"request_id"` // 0 for none
	Kind       string          `json:"kind"`
	At         time.Time       `json:"at"`
	Payload    json.RawMessage `json:"payload"` // null where it was erased
	Salt       *string         `json:"salt"`
	PayloadSum string          `json:"payload_sum"`
	Previous   string          `json:"previous"`
	Hash       string          `json:"hash"`
}

// ExportEvents hands out all events, or those of one ticket, in the order in which they were written. It is ErrNotFound if
// there is no such ticket.
func (s *Store) ExportEvents(ctx context.Context, ticket string, each func(EventRecord) error) error {
	if ticket != "" {
		if _, err := loadTicket(ctx, s.read, `number = $1`, ticket); err != nil {
			return err
		}
	}
	rows, err := s.read.QueryxContext(ctx, `SELECT e.id, e.chain, e.sequence, t.number AS ticket, coalesce(e.request_id, 0) AS request_id, e.kind, e.at,
		e.payload_sum, e.previous, e.hash, p.salt, p.payload FROM events e LEFT JOIN event_payloads p ON p.event_id = e.id
		LEFT JOIN tickets t ON t.id = e.ticket_id WHERE t.number = $1 OR $1 = '' ORDER BY e.id`, ticket)
	if err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r struct {
			chained
			ID      int64          `db:"id"`
			Ticket  *string        `db:"ticket"`
			Hash    string         `db:"hash"`
			Salt    *string        `db:"salt"`
			Payload sql.NullString `db:"payload"`
		}
		if err := rows.StructScan(&r); err != nil {
			return fmt.Errorf("reading the events: %w", err)
		}
		e := EventRecord{ID: r.ID, Chain: r.Chain, Sequence: r.Sequence, Ticket: r.Ticket, RequestID: r.Request, Kind: r.Kind, At: r.At.UTC(),
			Salt: r.Salt, PayloadSum: r.PayloadSum, Previous: r.Previous, Hash: r.Hash}
		if r.Payload.Valid {
			e.Payload = json.RawMessage(r.Payload.String)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	return nil
}

// AuditSize is how many events there are, and of how many the payload was erased.
func (s *Store) AuditSize(ctx context.Context) (events, erased int64, err error) {
	var row struct {
		Events int64 `db:"events"`
		Erased int64 `db:"erased"`
	}
	if err := s.read.GetContext(ctx, &row, `SELECT count(*) AS events, coalesce(sum(CASE WHEN p.event_id IS NULL THEN 1 ELSE 0 END), 0) AS erased
		FROM events e LEFT JOIN event_payloads p ON p.event_id = e.id`); err != nil {
		return 0, 0, fmt.Errorf("counting the events: %w", err)
	}
	return row.Events, row.Erased, nil
}
