package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

func loadSenderChallenges(ctx context.Context, q queryer, where string, args ...any) ([]*access.SenderChallenge, error) {
	var rows []struct {
		ID        int64        `db:"id"`
		ClientID  int64        `db:"client_id"`
		ContactID int64        `db:"contact_id"`
		InboundID int64        `db:"inbound_id"`
		Address   string       `db:"address"`
		State     string       `db:"state"`
		Token     string       `db:"token_digest"`
		Salt      string       `db:"salt"`
		Code      string       `db:"code_digest"`
		Tries     int          `db:"tries"`
		ExpiresAt time.Time    `db:"expires_at"`
		CreatedAt time.Time    `db:"created_at"`
		EndedAt   sql.NullTime `db:"ended_at"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT id, client_id, contact_id, inbound_id, address, state, token_digest, salt, code_digest,
		tries, expires_at, created_at, ended_at FROM sender_challenges WHERE `+where+` ORDER BY id`, args...); err != nil {
		return nil, fmt.Errorf("loading mails that wait for their author: %w", err)
	}
	var all []*access.SenderChallenge
	for _, r := range rows {
		a, err := mailaddr.Parse(r.Address)
		if err != nil {
			return nil, fmt.Errorf("loading the challenge %d: %w", r.ID, err)
		}
		all = append(all, &access.SenderChallenge{ID: r.ID, ClientID: r.ClientID, ContactID: r.ContactID, InboundID: r.InboundID, Address: a,
			State: access.SenderState(r.State), Token: token.Digest(r.Token), Salt: r.Salt, Code: token.Digest(r.Code), Tries: r.Tries,
			ExpiresAt: r.ExpiresAt.UTC(), CreatedAt: r.CreatedAt.UTC(), EndedAt: at(r.EndedAt)})
	}
	return all, nil
}

// saveSenderChallenge stores a challenge. A new one gets the bytes of its mail in hold; one that has ended lets its mail go:
// to be worked on anew after the right code, else to quarantine.
func (x *tx) saveSenderChallenge(ctx context.Context, c *access.SenderChallenge) error {
	if c.ID == 0 {
		if err := x.insert(ctx, &c.ID, `INSERT INTO sender_challenges (client_id, contact_id, inbound_id, address, address_key, state,
			token_digest, salt, code_digest, tries, sealed, expires_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`, c.ClientID, c.ContactID, c.InboundID,
			c.Address.String(), c.Address.Key(), c.State, c.Token, c.Salt, c.Code, c.Tries, []byte{}, stamp(c.ExpiresAt),
			stamp(c.CreatedAt)); err != nil {
			return fmt.Errorf("holding inbound message %d for its author: %w", c.InboundID, err)
		}
		return nil
	}
	if err := x.one(ctx, `UPDATE sender_challenges SET state = $2, token_digest = $3, salt = $4, code_digest = $5, tries = $6, ended_at = $7
		WHERE id = $1 AND state IN ('waiting', 'open')`, c.ID, c.State, c.Token, c.Salt, c.Code, c.Tries, nullTime(c.EndedAt)); err != nil {
		return fmt.Errorf("saving the challenge %d: %w", c.ID, err)
	}
	switch c.State {
	case access.SenderPassed:
		return x.confirm(ctx, c)
	case access.SenderFailed:
		return x.letGo(ctx, c, "sender not proven: too many wrong codes came back")
	case access.SenderExpired:
		return x.letGo(ctx, c, "sender not proven: the code did not come back in time")
	}
	return nil
}

// hold keeps a claimed mail for its author where the outcome says so, and reports whether it does. Its bytes are sealed,
// since its tokens are still good, and it stays where it is on the server.
func (x *tx) hold(ctx context.Context, in *access.Inbound, o *access.Outcome) (bool, error) {
	for _, c := range o.SenderChallenges {
		if c.InboundID != in.ID || !c.Waits() {
			continue
		}
		sealed, err := x.s.seal.seal(nil, in.Raw, heldRow(in.ID))
		if err != nil {
			return false, err
		}
		if err := x.one(ctx, `UPDATE sender_challenges SET sealed = $2 WHERE id = $1`, c.ID, sealed); err != nil {
			return false, fmt.Errorf("holding inbound message %d for its author: %w", in.ID, err)
		}
		return true, nil
	}
	return false, nil
}

// heldRow is what the sealed bytes of a held mail are bound to.
func heldRow(id int64) string { return "inbound " + strconv.FormatInt(id, 10) }

// confirm puts a held mail back among those that wait to be worked on.
func (x *tx) confirm(ctx context.Context, c *access.SenderChallenge) error {
	var sealed []byte
	if err := x.GetContext(ctx, &sealed, `SELECT sealed FROM sender_challenges WHERE id = $1`, c.ID); err != nil {
		return fmt.Errorf("reading a held mail: %w", err)
	}
	raw, err := x.s.seal.open(sealed, heldRow(c.InboundID))
	if err != nil {
		return fmt.Errorf("reading held inbound message %d: %w", c.InboundID, err)
	}
	if err := x.one(ctx, `UPDATE inbound_messages SET disposition = 'pending', reason = '', raw = $2, attempts = 0, lease_until = NULL, lane = $3,
		processed_at = NULL, held = FALSE, confirmed = TRUE WHERE id = $1 AND held`, c.InboundID, raw, access.AnyLane); err != nil {
		return fmt.Errorf("letting inbound message %d go on: %w", c.InboundID, err)
	}
	x.wake(TopicInbound)
	return x.dropSealed(ctx, c)
}

// letGo puts a held mail into quarantine.
func (x *tx) letGo(ctx context.Context, c *access.SenderChallenge, reason string) error {
	if err := x.one(ctx, `UPDATE inbound_messages SET disposition = 'quarantined', reason = $2, held = FALSE WHERE id = $1 AND held`,
		c.InboundID, reason); err != nil {
		return fmt.Errorf("quarantining inbound message %d: %w", c.InboundID, err)
	}
	x.appendEvent(nil, &access.Event{Kind: "quarantined", Payload: map[string]any{"inbound": c.InboundID, "reason": reason}})
	x.wake(TopicFiling)
	x.wake(TopicView)
	return x.dropSealed(ctx, c)
}

func (x *tx) dropSealed(ctx context.Context, c *access.SenderChallenge) error {
	if err := x.one(ctx, `UPDATE sender_challenges SET sealed = $2 WHERE id = $1`, c.ID, []byte{}); err != nil {
		return fmt.Errorf("ending the challenge %d: %w", c.ID, err)
	}
	return nil
}
