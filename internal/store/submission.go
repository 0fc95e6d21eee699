package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// ErrKeyReused says that a portal used an idempotency key for something else before.
var ErrKeyReused = errors.New("store: the idempotency key was used for another submission")

// submissionsKept is how long a submission that is made again gets its first answer.
const submissionsKept = 7 * 24 * time.Hour

// SubmissionKey tells a submission from others: made again, it is answered as the first time and changes nothing.
type SubmissionKey struct {
	Portal string
	Key    token.Digest // of the idempotency key
	Body   token.Digest
}

// DecideSubmission decides on what a portal passes on, and stores what follows with the response, in one transaction.
// again says that the response is that of an earlier time.
func (s *Store) DecideSubmission(ctx context.Context, k SubmissionKey, l *access.Lookup, decide func(*access.Situation) (*access.Outcome, error),
	render access.Render, respond func(*access.Outcome) ([]byte, error)) (response []byte, again bool, err error) {
	err = s.inTx(ctx, func(x *tx) error {
		if _, err := x.ExecContext(ctx, `DELETE FROM submissions WHERE created_at < $1`, stamp(x.now.Add(-submissionsKept))); err != nil {
			return fmt.Errorf("forgetting old submissions: %w", err)
		}
		// Of two at the same moment the second waits here for the first.
		res, err := x.ExecContext(ctx, `INSERT INTO submissions (portal, key_digest, body_digest, response, created_at)
			VALUES ($1, $2, $3, '', $4) ON CONFLICT (portal, key_digest) DO NOTHING`, k.Portal, k.Key, k.Body, x.now)
		if err != nil {
			return fmt.Errorf("noting a submission: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			again = true
			response, err = x.respondedBefore(ctx, k)
			return err
		}
		situations, _, err := x.mailSituations(ctx, []*access.Lookup{l}, nil, true)
		if err != nil {
			return err
		}
		out, err := decide(situations[0])
		if err != nil {
			return err
		}
		if err := x.apply(ctx, &application{out: out, render: render}); err != nil {
			return err
		}
		if response, err = respond(out); err != nil {
			return err
		}
		return x.one(ctx, `UPDATE submissions SET response = $3 WHERE portal = $1 AND key_digest = $2`, k.Portal, k.Key, string(response))
	})
	return response, again, err
}

func (x *tx) respondedBefore(ctx context.Context, k SubmissionKey) ([]byte, error) {
	var row struct {
		Body     token.Digest `db:"body_digest"`
		Response string       `db:"response"`
	}
	if err := x.GetContext(ctx, &row, `SELECT body_digest, response FROM submissions WHERE portal = $1 AND key_digest = $2`, k.Portal, k.Key); err != nil {
		return nil, fmt.Errorf("looking up a submission: %w", err)
	}
	if row.Body != k.Body {
		return nil, ErrKeyReused
	}
	return []byte(row.Response), nil
}
