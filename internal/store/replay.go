package store

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/internal/access"
)

// History loads a client with its contacts and all its requests, in the order of their tickets, as they are now.
func (s *Store) History(ctx context.Context, c *access.Client) (*access.Situation, error) {
	sit := &access.Situation{Client: c}
	var err error
	if sit.Contacts, err = s.Contacts(ctx, c.ID); err != nil {
		return nil, err
	}
	if sit.Requests, err = loadRequests(ctx, s.read, `client_id = $1`, c.ID); err != nil {
		return nil, err
	}
	if sit.Invitations, err = loadInvitations(ctx, s.read, `client_id = $1`, c.ID); err != nil {
		return nil, err
	}
	tickets, requests := map[int64]*access.Ticket{}, map[int64]*access.Request{}
	for _, r := range sit.Requests {
		requests[r.ID] = r
		if tickets[r.TicketID] == nil {
			if tickets[r.TicketID], err = loadTicket(ctx, s.read, `id = $1`, r.TicketID); err != nil {
				return nil, err
			}
		}
		r.Ticket = tickets[r.TicketID]
	}
	for _, i := range sit.Invitations {
		i.Request = requests[i.RequestID]
	}
	return sit, nil
}

// OpeningMail is the source of the mail that opened a ticket, tokens masked; nil where it is not kept.
func (s *Store) OpeningMail(ctx context.Context, ticket int64) ([]byte, error) {
	var raws [][]byte
	if err := s.read.SelectContext(ctx, &raws, `SELECT raw FROM inbound_messages WHERE ticket_id = $1 AND class = 'request' AND raw IS NOT NULL
		ORDER BY id LIMIT 1`, ticket); err != nil {
		return nil, fmt.Errorf("reading the mail that opened ticket %d: %w", ticket, err)
	}
	if len(raws) == 0 {
		return nil, nil
	}
	return raws[0], nil
}
