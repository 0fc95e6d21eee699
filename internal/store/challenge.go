package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// challengeTable is where the codes of a kind of link lie, and the column that says of which one.
type challengeTable struct{ name, owner string }

var (
	invitationCodes = challengeTable{"challenges", "invitation_id"}
	approvalCodes   = challengeTable{"approval_codes", "approval_id"}
)

// load gives the codes that were mailed for a link, newest first.
func (t challengeTable) load(ctx context.Context, q queryer, owner int64) ([]*access.Challenge, error) {
	var rows []struct {
		ID        int64        `db:"id"`
		Session   string       `db:"session_digest"`
		Salt      string       `db:"salt"`
		Code      string       `db:"code_digest"`
		Tries     int          `db:"tries"`
		ExpiresAt time.Time    `db:"expires_at"`
		UsedAt    sql.NullTime `db:"used_at"`
		CreatedAt time.Time    `db:"created_at"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT id, session_digest, salt, code_digest, tries, expires_at, used_at, created_at
		FROM `+t.name+` WHERE `+t.owner+` = $1 ORDER BY id DESC`, owner); err != nil {
		return nil, fmt.Errorf("loading %s of %s %d: %w", t.name, t.owner, owner, err)
	}
	var all []*access.Challenge
	for _, r := range rows {
		c := &access.Challenge{ID: r.ID, Session: token.Digest(r.Session), Salt: r.Salt, Code: token.Digest(r.Code), Tries: r.Tries,
			ExpiresAt: r.ExpiresAt.UTC(), UsedAt: at(r.UsedAt), CreatedAt: r.CreatedAt.UTC()}
		if t == approvalCodes {
			c.ApprovalID = owner
		} else {
			c.InvitationID = owner
		}
		all = append(all, c)
	}
	return all, nil
}

func (x *tx) saveChallenge(ctx context.Context, c *access.Challenge) error {
	t, owner := invitationCodes, c.InvitationID
	if c.ApprovalID != 0 {
		t, owner = approvalCodes, c.ApprovalID
	}
	var err error
	if c.ID == 0 {
		err = x.insert(ctx, &c.ID, `INSERT INTO `+t.name+` (`+t.owner+`, session_digest, salt, code_digest, tries, expires_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, owner, c.Session, c.Salt, c.Code, c.Tries, stamp(c.ExpiresAt), stamp(c.CreatedAt))
	} else {
		err = x.one(ctx, `UPDATE `+t.name+` SET tries = $2, used_at = $3 WHERE id = $1`, c.ID, c.Tries, nullTime(c.UsedAt))
	}
	if err != nil {
		return fmt.Errorf("saving one of %s of %s %d: %w", t.name, t.owner, owner, err)
	}
	return nil
}
