package store

import (
	"context"
	"encoding/json"

	"github.com/countersign/countersign/internal/access"
)

// openRequests are those that decisions look at, beside those of their tickets.
type openRequests struct {
	whole   []int64 // clients all of whose are wanted
	invited []int64 // requests of invitations, by id
	about   []about
}

// about is an address that open requests of a client are about.
type about struct {
	client int64
	key    string
}

// otherLetters stands for all addresses that the database compares otherwise than mailaddr.Address.Key does: those that are
// quoted, or not in ASCII.
const otherLetters = "*"

// Addresses as the index requests_open_about has them.
const (
	findablePostgres = `CASE WHEN octet_length(r.email) = length(r.email) AND substr(r.email, 1, 1) <> '"' THEN lower(r.email COLLATE "C") ELSE '` + otherLetters + `' END`
	findableSQLite   = `CASE WHEN length(CAST(r.email AS BLOB)) = length(r.email) AND substr(r.email, 1, 1) <> '"' THEN lower(r.email) ELSE '` + otherLetters + `' END`
)

const isOpen = `state IN ('needs_details', 'awaiting_approval', 'approved', 'invited')`

// add adds what one decision looks at.
func (o *openRequests) add(s *access.Situation) {
	for _, i := range s.Invitations {
		o.invited = append(o.invited, i.RequestID)
	}
	if s.Sought == nil {
		o.whole = append(o.whole, s.Client.ID)
		return
	}
	for _, key := range s.Sought.About {
		o.about = append(o.about, about{s.Client.ID, key})
	}
	if len(s.Sought.About) > 0 {
		o.about = append(o.about, about{s.Client.ID, otherLetters})
	}
}

// load reads them, and perhaps a few more.
func (o *openRequests) load(ctx context.Context, x *tx) ([]requestRow, error) {
	if len(o.whole)+len(o.invited)+len(o.about) == 0 {
		return nil, nil
	}
	pairs, args := o.pairs(x)
	return requestRows(ctx, x, `id IN (SELECT id FROM requests WHERE `+among(x, "client_id", 1)+` AND `+isOpen+`
		UNION SELECT id FROM requests WHERE `+among(x, "id", 2)+` UNION `+pairs+`)`, append([]any{listOf(x, distinct(o.whole)), listOf(x, distinct(o.invited))}, args...)...)
}

// pairs selects the open requests about the addresses. Pair by pair: PostgreSQL would go through all that are open, as long as
// it takes them for few.
func (o *openRequests) pairs(x *tx) (query string, args []any) {
	if x.s.pg {
		clients, keys := make([]int64, len(o.about)), make([]string, len(o.about))
		for i, a := range o.about {
			clients[i], keys[i] = a.client, a.key
		}
		return `SELECT o.id FROM unnest($3::bigint[], $4::text[]) AS v(client_id, key) CROSS JOIN LATERAL (SELECT r.id FROM requests r
			WHERE r.client_id = v.client_id AND ` + findablePostgres + ` = v.key AND r.` + isOpen + ` OFFSET 0) AS o`,
			[]any{listOf(x, clients), listOf(x, keys)}
	}
	all := make([][2]any, len(o.about))
	for i, a := range o.about {
		all[i] = [2]any{a.client, a.key}
	}
	b, _ := json.Marshal(all) // texts and numbers can be written
	return `SELECT r.id FROM json_each($3) AS v CROSS JOIN requests r
		WHERE r.client_id = v.value ->> 0 AND ` + findableSQLite + ` = v.value ->> 1 AND r.` + isOpen, []any{string(b)}
}
