package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/token"
)

// found is what the lookups of several mails find, read for all of them at once. What is made of it is made anew for
// each mail, since whoever decides changes it; only members of staff are nobody's to change here.
type found struct {
	staff      []*access.Staff
	byKey      map[string][]contactRow // of contacts that are not removed
	byID       map[int64][]contactRow
	approvals  map[token.Digest]*approvalRow
	tickets    map[int64]*ticketRow
	byNumber   map[string]*ticketRow
	references map[token.Digest]reference
}

// reference is one of our mails with a ticket, by the digest of its Message-ID.
type reference struct {
	ID     int64        `db:"id"`
	Ticket int64        `db:"ticket_id"`
	Digest token.Digest `db:"message_id_digest"`
}

// findAll tells what mails belong to: the approvals of their tokens, the tickets they name or answer, and their authors'
// identities. It locks nothing.
func findAll(ctx context.Context, q queryer, lookups []*access.Lookup) ([]*access.Situation, error) {
	f := &found{}
	var err error
	if f.staff, err = loadStaff(ctx, q); err != nil {
		return nil, err
	}
	if err := f.authors(ctx, q, lookups); err != nil {
		return nil, err
	}
	if err := f.places(ctx, q, lookups); err != nil {
		return nil, err
	}
	all := make([]*access.Situation, len(lookups))
	for i, l := range lookups {
		if all[i], err = f.situation(ctx, q, l); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (f *found) authors(ctx context.Context, q queryer, lookups []*access.Lookup) error {
	var keys []string
	var ids []int64
	for _, l := range lookups {
		switch {
		case l.ContactID != 0:
			ids = append(ids, l.ContactID)
		case !l.Author.IsZero():
			keys = append(keys, l.Author.Key())
		}
	}
	if len(keys) > 0 {
		rows, err := contactRows(ctx, q, among(q, "address_key", 1)+` AND state <> 'removed'`, listOf(q, distinct(keys)))
		if err != nil {
			return err
		}
		f.byKey = groupBy(rows, func(r *contactRow) string { return r.Key })
	}
	if len(ids) > 0 {
		rows, err := contactRows(ctx, q, among(q, "id", 1), listOf(q, distinct(ids)))
		if err != nil {
			return err
		}
		f.byID = groupBy(rows, func(r *contactRow) int64 { return r.ID })
	}
	return nil
}

// places finds approvals and tickets.
func (f *found) places(ctx context.Context, q queryer, lookups []*access.Lookup) error {
	var tokens, references []token.Digest
	var numbers []string
	for _, l := range lookups {
		tokens, numbers, references = append(tokens, l.Tokens...), append(numbers, l.Tickets...), append(references, l.MessageIDs...)
	}
	var ids []int64
	if len(tokens) > 0 {
		rows, err := approvalRows(ctx, q, among(q, "token_digest", 1), listOf(q, distinct(tokens)))
		if err != nil {
			return err
		}
		f.approvals = map[token.Digest]*approvalRow{}
		for i := range rows {
			f.approvals[token.Digest(rows[i].Token)] = &rows[i]
			ids = append(ids, rows[i].TicketID)
		}
	}
	if len(references) > 0 {
		var rows []reference
		if err := q.SelectContext(ctx, &rows, `SELECT id, ticket_id, message_id_digest FROM outbound_messages
			WHERE ticket_id IS NOT NULL AND `+among(q, "message_id_digest", 1)+` ORDER BY id`, listOf(q, distinct(references))); err != nil {
			return fmt.Errorf("looking references up: %w", err)
		}
		f.references = map[token.Digest]reference{}
		for _, r := range rows {
			f.references[r.Digest] = r
			ids = append(ids, r.Ticket)
		}
	}
	f.tickets, f.byNumber = map[int64]*ticketRow{}, map[string]*ticketRow{}
	if len(numbers) > 0 {
		rows, err := ticketRows(ctx, q, among(q, "number", 1), listOf(q, distinct(numbers)))
		if err != nil {
			return err
		}
		for i := range rows {
			f.tickets[rows[i].ID], f.byNumber[rows[i].Number] = &rows[i], &rows[i]
		}
	}
	ids = slices.DeleteFunc(distinct(ids), func(id int64) bool { return f.tickets[id] != nil })
	if len(ids) > 0 {
		rows, err := ticketRows(ctx, q, among(q, "id", 1), listOf(q, ids))
		if err != nil {
			return err
		}
		for i := range rows {
			f.tickets[rows[i].ID] = &rows[i]
		}
	}
	return nil
}

func (f *found) situation(ctx context.Context, q queryer, l *access.Lookup) (*access.Situation, error) {
	s := &access.Situation{Staff: f.staff}
	var rows []contactRow
	switch {
	case l.ContactID != 0:
		rows = f.byID[l.ContactID]
	case !l.Author.IsZero():
		rows = f.byKey[l.Author.Key()]
	}
	var err error
	if s.AuthorContacts, err = build(rows, (*contactRow).contact); err != nil {
		return nil, err
	}
	if l.ContactID == 0 {
		s.AuthorContacts = withoutInvited(s.AuthorContacts)
	}
	if s.Client, err = named(ctx, q, l, s); err != nil {
		return nil, err
	}
	for _, m := range s.Staff {
		if !l.Author.IsZero() && m.Address.Key() == l.Author.Key() {
			s.AuthorStaff = m
		}
	}
	for _, t := range l.Tokens {
		r := f.approvals[t]
		if r == nil {
			continue
		}
		a, err := r.approval()
		if err != nil {
			return nil, err
		}
		// Of several tokens the author's own counts.
		if s.Token == nil || a.Address.Key() == l.Author.Key() && s.Token.Address.Key() != l.Author.Key() {
			s.Token = a
		}
	}
	if s.Token != nil {
		s.Ticket = f.tickets[s.Token.TicketID].ticket()
		return s, nil
	}
	f.findTicket(l, s)
	if s.Client != nil && s.Ticket != nil && s.Ticket.ClientID != s.Client.ID {
		s.Ticket = nil // who names a client means that one, whatever conversation they write in
	}
	return s, nil
}

// findTicket finds a ticket by its number, or by the Message-IDs that the mail refers to. A ticket of a client that the
// author has nothing to do with is not theirs.
func (f *found) findTicket(l *access.Lookup, s *access.Situation) {
	theirs := func(r *ticketRow) bool {
		return s.AuthorStaff != nil || slices.ContainsFunc(s.AuthorContacts, func(c *access.Contact) bool { return c.ClientID == r.ClientID })
	}
	for _, n := range l.Tickets {
		if r := f.byNumber[n]; r != nil && theirs(r) {
			s.Ticket = r.ticket()
			return
		}
	}
	newest := reference{}
	for _, d := range l.MessageIDs {
		if r := f.references[d]; r.ID > newest.ID {
			newest = r
		}
	}
	if r := f.tickets[newest.Ticket]; r != nil && (theirs(r) || l.BouncedID != "") {
		s.Ticket = r.ticket()
	}
}

// named is the client that a mail says it is for, where its author is one of the provider's own people, or represents that
// client among others (R14).
func named(ctx context.Context, q queryer, l *access.Lookup, s *access.Situation) (*access.Client, error) {
	isStaff := slices.ContainsFunc(s.Staff, func(m *access.Staff) bool { return m.Address.Key() == l.Author.Key() })
	if l.Client == "" || l.Author.IsZero() || !isStaff && len(s.AuthorContacts) < 2 {
		return nil, nil
	}
	c, err := loadClient(ctx, q, `lower(name) = lower($1)`, l.Client)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !isStaff && !slices.ContainsFunc(s.AuthorContacts, func(a *access.Contact) bool { return a.ClientID == c.ID }) {
		return nil, nil
	}
	return c, nil
}

// namesOf are the names of the contacts' clients.
func namesOf(ctx context.Context, q queryer, contacts []*access.Contact) ([]string, error) {
	var names []string
	for _, a := range contacts {
		c, err := loadClient(ctx, q, `id = $1`, a.ClientID)
		if err != nil {
			return nil, err
		}
		names = append(names, c.Name)
	}
	return names, nil
}

// withoutInvited drops clients that merely invited an address which represents another one: an invitation that nobody has
// accepted must not make the mails of a contact ambiguous.
func withoutInvited(all []*access.Contact) []*access.Contact {
	speaks := func(c *access.Contact) bool {
		return c.State == access.ContactActive || c.State == access.ContactSuspended
	}
	if !slices.ContainsFunc(all, speaks) {
		return all
	}
	return slices.DeleteFunc(all, func(c *access.Contact) bool { return !speaks(c) })
}

// clientOf is the client that a situation is about; 0 for none.
func clientOf(s *access.Situation) int64 {
	switch {
	case s.Ticket != nil:
		return s.Ticket.ClientID
	case s.Client != nil:
		return s.Client.ID
	case len(s.AuthorContacts) == 1:
		return s.AuthorContacts[0].ClientID
	}
	return 0
}

// FindThreads tells what mails answer before they are read. All of it is looked up again when they are decided.
func (s *Store) FindThreads(ctx context.Context, lookups []*access.Lookup) ([]*access.Thread, error) {
	threads, err := findThreads(ctx, s.read, lookups)
	return threads, markTransient(err)
}

func findThreads(ctx context.Context, q queryer, lookups []*access.Lookup) (threads []*access.Thread, err error) {
	if len(lookups) == 0 {
		return nil, nil
	}
	all, err := findAll(ctx, q, lookups)
	if err != nil {
		return nil, fmt.Errorf("finding what mails answer: %w", err)
	}
	var clientIDs, ticketIDs []int64
	for _, sit := range all {
		if id := clientOf(sit); id != 0 {
			clientIDs = append(clientIDs, id)
		}
		if sit.Ticket != nil {
			ticketIDs = append(ticketIDs, sit.Ticket.ID)
		}
	}
	var clients []clientRow
	if len(clientIDs) > 0 {
		if clients, err = clientRows(ctx, q, among(q, "id", 1), listOf(q, distinct(clientIDs))); err != nil {
			return nil, err
		}
	}
	_, place := idsOf(clients, func(r *clientRow) int64 { return r.ID })
	var requests map[int64][]requestRow
	if len(ticketIDs) > 0 {
		rows, err := requestRows(ctx, q, among(q, "ticket_id", 1), listOf(q, distinct(ticketIDs)))
		if err != nil {
			return nil, err
		}
		requests = groupBy(rows, func(r *requestRow) int64 { return r.TicketID })
	}
	threads = make([]*access.Thread, len(all))
	for i, sit := range all {
		t := &access.Thread{Approval: sit.Token}
		if sit.Ticket != nil {
			if t.Requests, err = build(requests[sit.Ticket.ID], (*requestRow).request); err != nil {
				return nil, err
			}
		}
		if at, ok := place[clientOf(sit)]; ok {
			t.Client = clients[at].client()
		}
		threads[i] = t
	}
	return threads, nil
}

// groupBy puts rows together that have the same key, in their order.
func groupBy[K comparable, R any](rows []R, key func(*R) K) map[K][]R {
	counts := map[K]int{}
	for i := range rows {
		counts[key(&rows[i])]++
	}
	m, room := make(map[K][]R, len(counts)), make([]R, len(rows))
	for i := range rows {
		k := key(&rows[i])
		if m[k] == nil {
			m[k], room = room[:0:counts[k]], room[counts[k]:]
		}
		m[k] = append(m[k], rows[i])
	}
	return m
}

// distinct is the values without repetitions, in order.
func distinct[T string | int64 | token.Digest](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}
