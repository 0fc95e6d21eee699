package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
)

var timerTable = newTable("timers", true, "kind text", "request_id bigint", "invitation_id bigint", "round integer", "due_at timestamptz",
	"challenge_id bigint", "outbound_id bigint")

func (x *tx) insertTimers(ctx context.Context, timers []*access.Timer) error {
	if len(timers) == 0 {
		return nil
	}
	var rows [][]any
	for _, t := range timers {
		var request, invitation, challenge sql.NullInt64
		if t.Challenge != nil {
			challenge = nullID(t.Challenge.ID)
		}
		if t.Request != nil {
			request = nullID(t.Request.ID)
		}
		if t.Invitation != nil {
			invitation = nullID(t.Invitation.ID)
		}
		rows = append(rows, []any{string(t.Kind), request, invitation, t.Round, stamp(t.DueAt), challenge, nullID(t.OutboundID)})
	}
	ids, err := x.add(ctx, timerTable, rows)
	if err != nil {
		return fmt.Errorf("setting timers: %w", err)
	}
	for i, t := range timers {
		t.ID = ids[i]
	}
	x.wake(TopicTimers)
	return nil
}

type timerRow struct {
	ID         int64         `db:"id"`
	Kind       string        `db:"kind"`
	Request    sql.NullInt64 `db:"request_id"`
	Invitation sql.NullInt64 `db:"invitation_id"`
	Round      int           `db:"round"`
	DueAt      time.Time     `db:"due_at"`
	Attempts   int           `db:"attempts"`
	Challenge  sql.NullInt64 `db:"challenge_id"`
	Outbound   sql.NullInt64 `db:"outbound_id"`
}

// ClaimTimers leases timers that are due, earliest first.
func (s *Store) ClaimTimers(ctx context.Context, lease time.Duration, limit int) ([]access.Timer, error) {
	var rows []timerRow
	err := s.inTx(ctx, func(x *tx) error {
		now, err := x.leaseNow(ctx)
		if err != nil {
			return err
		}
		// Materialized: PostgreSQL may run a sub-select once for each row, each time with a LIMIT of its own.
		return x.SelectContext(ctx, &rows, `WITH due AS MATERIALIZED (SELECT id FROM timers WHERE fired_at IS NULL AND due_at <= $1
				AND (lease_until IS NULL OR lease_until < $4) ORDER BY due_at, id LIMIT $3`+s.forUpdate(" SKIP LOCKED")+`)
			UPDATE timers SET attempts = attempts + 1, lease_until = $2 WHERE id IN (SELECT id FROM due)
			RETURNING id, kind, request_id, invitation_id, round, due_at, attempts, challenge_id, outbound_id`, x.now, stamp(now.Add(lease)), limit, now)
	})
	if err != nil {
		return nil, fmt.Errorf("claiming timers: %w", err)
	}
	// An UPDATE returns its rows in no order.
	slices.SortFunc(rows, func(a, b timerRow) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID)) })
	var claimed []access.Timer
	for _, r := range rows {
		claimed = append(claimed, access.Timer{ID: r.ID, Kind: access.TimerKind(r.Kind), RequestID: r.Request.Int64,
			InvitationID: r.Invitation.Int64, Round: r.Round, DueAt: r.DueAt.UTC(), Attempts: r.Attempts,
			ChallengeID: r.Challenge.Int64, OutboundID: r.Outbound.Int64})
	}
	return claimed, nil
}

// NextTimer is when a timer can be claimed next: when it is due, or when the lease on one that did not fire runs out.
// It is zero if none is set.
func (s *Store) NextTimer(ctx context.Context) (time.Time, error) {
	t, err := s.earliest(ctx, `SELECT due_at FROM timers WHERE fired_at IS NULL AND lease_until IS NULL ORDER BY due_at, id LIMIT 1`,
		`SELECT lease_until FROM timers WHERE fired_at IS NULL AND lease_until IS NOT NULL AND due_at <= $1 ORDER BY lease_until LIMIT 1`)
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the next timer: %w", err)
	}
	return t, nil
}

// earliest is the earlier of the times that two queries find: of what waits, and of what is leased and due by now. Both
// go along an index and read little of it.
func (s *Store) earliest(ctx context.Context, waiting, leased string) (time.Time, error) {
	var times []time.Time
	if err := s.read.SelectContext(ctx, &times, waiting); err != nil {
		return time.Time{}, err
	}
	var ends []time.Time
	if err := s.read.SelectContext(ctx, &ends, leased, stamp(s.cfg.Now())); err != nil {
		return time.Time{}, err
	}
	times = append(times, ends...)
	if len(times) == 0 {
		return time.Time{}, nil
	}
	return slices.MinFunc(times, time.Time.Compare).UTC(), nil
}

// rerouteAll lets the core look anew at who may answer what waits, and at who may come, since people have come, gone or
// changed roles.
func (x *tx) rerouteAll(ctx context.Context) error {
	if _, err := x.ExecContext(ctx, `INSERT INTO timers (kind, request_id, round, due_at)
		SELECT $1, id, round, $2 FROM requests WHERE state = 'awaiting_approval'`, access.TimerReroute, x.now); err != nil {
		return fmt.Errorf("setting timers after a change of the roster: %w", err)
	}
	if _, err := x.ExecContext(ctx, `INSERT INTO timers (kind, request_id, round, due_at)
		SELECT $1, request_id, 0, $2 FROM visits WHERE state = 'confirmed' AND starts_at > $2`, access.TimerVisitReview, x.now); err != nil {
		return fmt.Errorf("setting timers after a change of the roster: %w", err)
	}
	x.wake(TopicTimers)
	return nil
}
