package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
)

type visitRow struct {
	ID        int64         `db:"id"`
	ClientID  int64         `db:"client_id"`
	RequestID int64         `db:"request_id"`
	HostID    sql.NullInt64 `db:"host_id"`
	UID       string        `db:"uid"`
	Sequence  int           `db:"sequence"`
	Name      string        `db:"name"`
	Address   string        `db:"address"`
	Company   string        `db:"company"`
	Site      string        `db:"site"`
	Escort    bool          `db:"escort"`
	Reason    string        `db:"reason"`
	StartsAt  time.Time     `db:"starts_at"`
	EndsAt    time.Time     `db:"ends_at"`
	State     string        `db:"state"`
}

const visitColumns = `id, client_id, request_id, host_id, uid, sequence, name, address, company, site, escort, reason, starts_at, ends_at, state`

// loadVisits loads the confirmed visits of a list of clients.
func loadVisits(ctx context.Context, q queryer, clients any) ([]*access.Visit, error) {
	var rows []visitRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+visitColumns+` FROM visits WHERE `+among(q, "client_id", 1)+` AND state = 'confirmed'`,
		clients); err != nil {
		return nil, fmt.Errorf("loading visits: %w", err)
	}
	var all []*access.Visit
	for _, r := range rows {
		v := &access.Visit{ID: r.ID, ClientID: r.ClientID, RequestID: r.RequestID, HostID: r.HostID.Int64, UID: r.UID, Sequence: r.Sequence,
			Name: r.Name, Company: r.Company, Site: r.Site, Escort: r.Escort, Reason: r.Reason, StartsAt: r.StartsAt.UTC(),
			EndsAt: r.EndsAt.UTC(), State: access.VisitState(r.State)}
		if r.Address != "" {
			a, err := mailaddr.Parse(r.Address)
			if err != nil {
				return nil, fmt.Errorf("loading visit %d: %w", r.ID, err)
			}
			v.Email = a
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *access.Visit) int { return cmp.Compare(a.ID, b.ID) }) // not by a plan along all ids
	return all, nil
}

func (x *tx) saveVisit(ctx context.Context, v *access.Visit) error {
	if v.Request != nil {
		v.RequestID = v.Request.ID
	}
	address := ""
	if !v.Email.IsZero() {
		address = v.Email.String()
	}
	args := []any{v.ClientID, v.RequestID, nullID(v.HostID), v.UID, v.Sequence, v.Name, address, v.Company, v.Site, v.Escort, v.Reason,
		stamp(v.StartsAt), stamp(v.EndsAt), v.State}
	var err error
	if v.ID == 0 {
		err = x.insert(ctx, &v.ID, `INSERT INTO visits (client_id, request_id, host_id, uid, sequence, name, address, company, site, escort,
			reason, starts_at, ends_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`, args...)
	} else {
		err = x.one(ctx, `UPDATE visits SET client_id = $1, request_id = $2, host_id = $3, uid = $4, sequence = $5, name = $6, address = $7,
			company = $8, site = $9, escort = $10, reason = $11, starts_at = $12, ends_at = $13, state = $14 WHERE id = $15`, append(args, v.ID)...)
	}
	if err != nil {
		return fmt.Errorf("saving a visit of request %d: %w", v.RequestID, err)
	}
	return nil
}
