package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

const invitationColumns = `id, client_id, request_id, contact_id, address, token_digest, state, expires_at, created_at, accepted_at`

func loadInvitations(ctx context.Context, q queryer, where string, args ...any) ([]*access.Invitation, error) {
	var rows []struct {
		ID         int64        `db:"id"`
		ClientID   int64        `db:"client_id"`
		RequestID  int64        `db:"request_id"`
		ContactID  int64        `db:"contact_id"`
		Address    string       `db:"address"`
		Token      string       `db:"token_digest"`
		State      string       `db:"state"`
		ExpiresAt  time.Time    `db:"expires_at"`
		CreatedAt  time.Time    `db:"created_at"`
		AcceptedAt sql.NullTime `db:"accepted_at"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT `+invitationColumns+` FROM invitations WHERE `+where+` ORDER BY id`, args...); err != nil {
		return nil, fmt.Errorf("loading invitations: %w", err)
	}
	var all []*access.Invitation
	for _, r := range rows {
		a, err := mailaddr.Parse(r.Address)
		if err != nil {
			return nil, fmt.Errorf("loading invitation %d: %w", r.ID, err)
		}
		all = append(all, &access.Invitation{ID: r.ID, ClientID: r.ClientID, RequestID: r.RequestID, ContactID: r.ContactID, Address: a,
			Token: token.Digest(r.Token), State: access.InvitationState(r.State), ExpiresAt: r.ExpiresAt.UTC(), CreatedAt: r.CreatedAt.UTC(),
			AcceptedAt: at(r.AcceptedAt)})
	}
	return all, nil
}

func (x *tx) saveInvitation(ctx context.Context, i *access.Invitation) error {
	if i.ID != 0 {
		// The submission may have marked a queued one as sent meanwhile; the outcome's state wins only where it moved on.
		if err := x.one(ctx, `UPDATE invitations SET state = $2, accepted_at = $3 WHERE id = $1`, i.ID, i.State, nullTime(i.AcceptedAt)); err != nil {
			return fmt.Errorf("saving invitation %d: %w", i.ID, err)
		}
		return nil
	}
	if i.Request != nil {
		i.RequestID = i.Request.ID
	}
	if i.Contact != nil {
		i.ContactID = i.Contact.ID
	}
	if err := x.insert(ctx, &i.ID, `INSERT INTO invitations (client_id, request_id, contact_id, address, address_key, token_digest, state,
		expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`, i.ClientID, i.RequestID, i.ContactID,
		i.Address.String(), i.Address.Key(), i.Token, i.State, stamp(i.ExpiresAt), stamp(i.CreatedAt)); err != nil {
		return fmt.Errorf("saving an invitation of request %d: %w", i.RequestID, err)
	}
	return nil
}
