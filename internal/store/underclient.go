package store

import (
	"context"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// holdings is what some clients have, read for all of them at once. Situations are made of it anew for each mail, since
// whoever decides changes them.
type holdings struct {
	since time.Time // of the expired invitations that still count

	clients     map[int64][]clientRow
	contacts    map[int64][]contactRow // by client, as all below
	delegations map[int64][]*access.Delegation
	invitations map[int64][]*access.Invitation
	requests    map[int64][]requestRow
	visits      map[int64][]*access.Visit

	tickets   map[int64][]ticketRow
	approvals map[int64][]approvalRow // by ticket, as all below
	decisions map[int64][]ticketDecision
	vouched   map[int64][]voucher
}

// loadUnderClients loads all that decisions on locked clients need. A client 0 is none.
func (x *tx) loadUnderClients(ctx context.Context, all []*access.Situation, ids []int64) error {
	var clients, tickets, invitations []int64
	for i, s := range all {
		if ids[i] == 0 {
			continue
		}
		clients = append(clients, ids[i])
		if s.Ticket != nil {
			tickets = append(tickets, s.Ticket.ID)
		}
		if s.Invitation != nil {
			invitations = append(invitations, s.Invitation.ID)
		}
	}
	if len(clients) == 0 {
		return nil
	}
	h := &holdings{since: stamp(x.now.Add(-access.ReinviteFor))}
	if err := x.loadClients(ctx, h, distinct(clients), distinct(tickets), invitations); err != nil {
		return err
	}
	for i, s := range all {
		if ids[i] == 0 {
			continue
		}
		if s.Staff == nil {
			var err error
			if s.Staff, err = loadStaff(ctx, x); err != nil {
				return err
			}
		}
		if err := h.fill(s, ids[i]); err != nil {
			return err
		}
	}
	return nil
}

func (x *tx) loadClients(ctx context.Context, h *holdings, clients, tickets, invitations []int64) error {
	list := listOf(x, clients)
	rows, err := clientRows(ctx, x, among(x, "id", 1), list)
	if err != nil {
		return err
	}
	h.clients = groupBy(rows, func(r *clientRow) int64 { return r.ID })
	contacts, err := contactRows(ctx, x, among(x, "client_id", 1), list)
	if err != nil {
		return err
	}
	h.contacts = groupBy(contacts, func(r *contactRow) int64 { return r.ClientID })
	delegations, err := loadDelegations(ctx, x, list)
	if err != nil {
		return err
	}
	h.delegations = groupPointers(delegations, func(g *access.Delegation) int64 { return g.ClientID })
	pending, err := loadInvitations(ctx, x, `id IN (SELECT id FROM invitations WHERE `+among(x, "client_id", 1)+` AND state IN ('queued', 'sent')
		UNION SELECT id FROM invitations WHERE `+among(x, "client_id", 1)+` AND state = 'expired' AND expires_at > $2
		UNION SELECT id FROM invitations WHERE `+among(x, "id", 3)+`)`, list, h.since, listOf(x, invitations))
	if err != nil {
		return err
	}
	h.invitations = groupPointers(pending, func(i *access.Invitation) int64 { return i.ClientID })
	if err := x.loadTickets(ctx, h, clients, tickets); err != nil {
		return err
	}
	return x.loadClientRequests(ctx, h, list, tickets, pending)
}

// loadTickets loads what lies under the tickets themselves.
func (x *tx) loadTickets(ctx context.Context, h *holdings, clients, tickets []int64) error {
	if len(tickets) == 0 {
		return nil
	}
	list := listOf(x, tickets)
	approvals, err := approvalRows(ctx, x, among(x, "ticket_id", 1), list)
	if err != nil {
		return err
	}
	h.approvals = groupBy(approvals, func(r *approvalRow) int64 { return r.TicketID })
	decisions, err := loadDecisions(ctx, x, list)
	if err != nil {
		return err
	}
	h.decisions = groupBy(decisions, func(r *ticketDecision) int64 { return r.Ticket })
	vouched, err := x.vouched(ctx, list)
	if err != nil {
		return err
	}
	h.vouched = groupBy(vouched, func(r *voucher) int64 { return r.Ticket })
	visits, err := loadVisits(ctx, x, listOf(x, clients))
	if err != nil {
		return err
	}
	h.visits = groupPointers(visits, func(v *access.Visit) int64 { return v.ClientID })
	return nil
}

// loadClientRequests loads the requests of the tickets, those that are open, and those of invitations, with their tickets.
func (x *tx) loadClientRequests(ctx context.Context, h *holdings, clients any, tickets []int64, invitations []*access.Invitation) error {
	var invited []int64
	for _, i := range invitations {
		invited = append(invited, i.RequestID)
	}
	rows, err := requestRows(ctx, x, `id IN (SELECT id FROM requests WHERE `+among(x, "ticket_id", 2)+`
		UNION SELECT id FROM requests WHERE `+among(x, "client_id", 1)+` AND state IN ('needs_details', 'awaiting_approval', 'approved', 'invited')
		UNION SELECT id FROM requests WHERE `+among(x, "id", 3)+`)`, clients, listOf(x, tickets), listOf(x, invited))
	if err != nil || len(rows) == 0 {
		return err
	}
	h.requests = groupBy(rows, func(r *requestRow) int64 { return r.ClientID })
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].TicketID)
	}
	found, err := ticketRows(ctx, x, among(x, "id", 1), listOf(x, distinct(ids)))
	if err != nil {
		return err
	}
	h.tickets = groupBy(found, func(r *ticketRow) int64 { return r.ID })
	return nil
}

// fill completes a situation.
func (h *holdings) fill(s *access.Situation, client int64) error {
	rows := h.clients[client]
	if len(rows) == 0 {
		return ErrNotFound
	}
	s.Client = rows[0].client()
	var err error
	if s.Contacts, err = build(h.contacts[client], (*contactRow).contact); err != nil {
		return err
	}
	// The author's contact is the same value as in Contacts.
	for i, a := range s.AuthorContacts {
		for _, c := range s.Contacts {
			if c.ID == a.ID {
				s.AuthorContacts[i] = c
			}
		}
	}
	s.Delegations, s.Invitations = copies(h.delegations[client]), copies(h.invitations[client])
	if s.Ticket != nil {
		id := s.Ticket.ID
		if s.Approvals, err = build(h.approvals[id], (*approvalRow).approval); err != nil {
			return err
		}
		for _, d := range h.decisions[id] {
			s.Decisions = append(s.Decisions, d.decision())
		}
		for _, v := range h.vouched[id] {
			s.Vouched = append(s.Vouched, v.by)
		}
		s.Visits = copies(h.visits[client])
	}
	return h.fillRequests(s, client)
}

// fillRequests makes each request once, so that what points at it sees every change.
func (h *holdings) fillRequests(s *access.Situation, client int64) error {
	all, err := build(h.requests[client], (*requestRow).request)
	if err != nil {
		return err
	}
	ticket := int64(0)
	tickets := map[int64]*access.Ticket{}
	if s.Ticket != nil {
		ticket = s.Ticket.ID
		tickets[ticket] = s.Ticket
	}
	// Where several mails share the client, the tickets and invitations of the others are none of this one's.
	wanted := map[int64]bool{}
	own := s.Invitations[:0]
	for _, i := range s.Invitations {
		if i.State.Live() || i.State == access.InvitationExpired && i.ExpiresAt.After(h.since) || i.ID == invitationID(s.Invitation) {
			own, wanted[i.RequestID] = append(own, i), true
		}
	}
	s.Invitations = own
	byID := map[int64]*access.Request{}
	for _, r := range all {
		if r.TicketID != ticket && !r.State.Open() && !wanted[r.ID] {
			continue
		}
		if tickets[r.TicketID] == nil {
			found := h.tickets[r.TicketID]
			if len(found) == 0 {
				return ErrNotFound
			}
			tickets[r.TicketID] = found[0].ticket()
		}
		r.Ticket, byID[r.ID] = tickets[r.TicketID], r
		if r.TicketID == ticket {
			s.Requests = append(s.Requests, r)
		}
		if r.State.Open() {
			s.Open = append(s.Open, r)
		}
	}
	for _, i := range s.Invitations {
		i.Request = byID[i.RequestID]
		if s.Invitation != nil && i.ID == s.Invitation.ID {
			s.Invitation = i
		}
	}
	return nil
}

// copies are new values, to be changed by whoever decides.
func copies[T any](all []*T) []*T {
	var made []*T
	for _, v := range all {
		c := *v
		made = append(made, &c)
	}
	return made
}

func groupPointers[K comparable, T any](all []*T, key func(*T) K) map[K][]*T {
	m := map[K][]*T{}
	for _, v := range all {
		m[key(v)] = append(m[key(v)], v)
	}
	return m
}
