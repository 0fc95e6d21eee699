package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// loadDelegations loads those of a list of clients that are held or active.
func loadDelegations(ctx context.Context, q queryer, clients any) ([]*access.Delegation, error) {
	var rows []struct {
		ID        int64     `db:"id"`
		ClientID  int64     `db:"client_id"`
		RequestID int64     `db:"request_id"`
		FromID    int64     `db:"from_id"`
		ToID      int64     `db:"to_id"`
		EndsAt    time.Time `db:"ends_at"`
		State     string    `db:"state"`
		CreatedAt time.Time `db:"created_at"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT id, client_id, request_id, from_id, to_id, ends_at, state, created_at FROM delegations
		WHERE `+among(q, "client_id", 1)+` AND state IN ('held', 'active')`, clients); err != nil {
		return nil, fmt.Errorf("loading delegations: %w", err)
	}
	var all []*access.Delegation
	for _, r := range rows {
		all = append(all, &access.Delegation{ID: r.ID, ClientID: r.ClientID, RequestID: r.RequestID, FromID: r.FromID, ToID: r.ToID,
			EndsAt: r.EndsAt.UTC(), State: access.DelegationState(r.State), CreatedAt: r.CreatedAt.UTC()})
	}
	slices.SortFunc(all, func(a, b *access.Delegation) int { return cmp.Compare(a.ID, b.ID) }) // not by a plan along all ids
	return all, nil
}

func (x *tx) saveDelegation(ctx context.Context, g *access.Delegation) error {
	if g.ID != 0 {
		if err := x.one(ctx, `UPDATE delegations SET state = $2 WHERE id = $1`, g.ID, g.State); err != nil {
			return fmt.Errorf("saving delegation %d: %w", g.ID, err)
		}
		return nil
	}
	if g.Request != nil {
		g.RequestID = g.Request.ID
	}
	if err := x.insert(ctx, &g.ID, `INSERT INTO delegations (client_id, request_id, from_id, to_id, ends_at, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, g.ClientID, g.RequestID, g.FromID, g.ToID, stamp(g.EndsAt), g.State,
		stamp(g.CreatedAt)); err != nil {
		return fmt.Errorf("saving a delegation of request %d: %w", g.RequestID, err)
	}
	return nil
}
