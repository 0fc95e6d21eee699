package store

import (
	"cmp"
	"context"
	"slices"
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
	requests    map[int64][]requestRow // beside those of tickets
	visits      map[int64][]*access.Visit

	tickets   map[int64][]ticketRow
	asked     map[int64][]requestRow // the requests of a ticket; by ticket, as all below
	approvals map[int64][]approvalRow
	decisions map[int64][]ticketDecision
	vouched   map[int64][]voucher
}

// seek says which open requests a decision looks at, once all else is known; nil is all.
type seek = func(*access.Situation) *access.Sought

// loadUnderClients loads all that decisions on locked clients need. A client 0 is none. Without seeks it is all open requests.
func (x *tx) loadUnderClients(ctx context.Context, all []*access.Situation, ids []int64, seeks []seek) error {
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
	open := &openRequests{}
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
		if seeks != nil && seeks[i] != nil {
			s.Sought = seeks[i](s)
		}
		open.add(s)
	}
	if err := x.loadClientRequests(ctx, h, open); err != nil {
		return err
	}
	for i, s := range all {
		if ids[i] == 0 {
			continue
		}
		if err := h.fillRequests(s); err != nil {
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
	return x.loadTickets(ctx, h, clients, tickets)
}

// loadTickets loads what lies under the tickets themselves.
func (x *tx) loadTickets(ctx context.Context, h *holdings, clients, tickets []int64) error {
	if len(tickets) == 0 {
		return nil
	}
	list := listOf(x, tickets)
	asked, err := requestRows(ctx, x, among(x, "ticket_id", 1), list)
	if err != nil {
		return err
	}
	h.asked = groupBy(asked, func(r *requestRow) int64 { return r.TicketID })
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

// loadClientRequests loads open requests and those of invitations, with their tickets.
func (x *tx) loadClientRequests(ctx context.Context, h *holdings, open *openRequests) error {
	rows, err := open.load(ctx, x)
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
		if s.Requests, err = build(h.asked[id], (*requestRow).request); err != nil {
			return err
		}
		for _, r := range s.Requests {
			r.Ticket = s.Ticket
		}
	}
	h.own(s)
	return nil
}

// own leaves a situation the invitations that are its own: where several mails share the client, those that another one is
// about are none of this one's.
func (h *holdings) own(s *access.Situation) {
	s.Invitations = slices.DeleteFunc(s.Invitations, func(i *access.Invitation) bool {
		return !i.State.Live() && (i.State != access.InvitationExpired || !i.ExpiresAt.After(h.since)) && i.ID != invitationID(s.Invitation)
	})
}

// fillRequests makes each request once, so that what points at it sees every change.
func (h *holdings) fillRequests(s *access.Situation) error {
	tickets, byID := map[int64]*access.Ticket{}, map[int64]*access.Request{}
	for _, r := range s.Requests {
		tickets[r.TicketID], byID[r.ID] = r.Ticket, r
	}
	invited := map[int64]bool{}
	for _, i := range s.Invitations {
		invited[i.RequestID] = true
	}
	for _, row := range h.requests[s.Client.ID] {
		if byID[row.ID] != nil {
			continue
		}
		r, err := row.request()
		if err != nil {
			return err
		}
		if !invited[r.ID] && (!r.State.Open() || !s.Sought.Holds(r)) {
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
	}
	for _, r := range byID {
		if r.State.Open() {
			s.Open = append(s.Open, r)
		}
	}
	slices.SortFunc(s.Open, func(a, b *access.Request) int {
		return cmp.Or(cmp.Compare(a.TicketID, b.TicketID), cmp.Compare(a.Position, b.Position))
	})
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
