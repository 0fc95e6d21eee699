package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// lockClient makes the transaction the only one that changes anything of the client.
func (x *tx) lockClient(ctx context.Context, id int64) error {
	var got int64
	if err := x.GetContext(ctx, &got, `SELECT id FROM clients WHERE id = $1`+x.s.forUpdate(""), id); err != nil {
		return fmt.Errorf("locking client %d: %w", id, err)
	}
	return nil
}

// find tells what a mail belongs to: the approval of its token, the ticket it names or answers, and its author's
// identities. It locks nothing.
func find(ctx context.Context, q queryer, l *access.Lookup) (*access.Situation, error) {
	s := &access.Situation{}
	var err error
	switch {
	case l.ContactID != 0:
		if s.AuthorContacts, err = loadContacts(ctx, q, `id = $1`, l.ContactID); err != nil {
			return nil, err
		}
	case !l.Author.IsZero():
		if s.AuthorContacts, err = loadContacts(ctx, q, `address_key = $1 AND state <> 'removed'`, l.Author.Key()); err != nil {
			return nil, err
		}
		s.AuthorContacts = withoutInvited(s.AuthorContacts)
	}
	if s.Staff, err = loadStaff(ctx, q); err != nil {
		return nil, err
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
		found, err := loadApprovals(ctx, q, `token_digest = $1`, t)
		if err != nil {
			return nil, err
		}
		// Of several tokens the author's own counts.
		for _, a := range found {
			if s.Token == nil || a.Address.Key() == l.Author.Key() && s.Token.Address.Key() != l.Author.Key() {
				s.Token = a
			}
		}
	}
	if s.Token != nil {
		s.Ticket, err = loadTicket(ctx, q, `id = $1`, s.Token.TicketID)
		return s, err
	}
	if err := findTicket(ctx, q, l, s); err != nil {
		return nil, err
	}
	if s.Client != nil && s.Ticket != nil && s.Ticket.ClientID != s.Client.ID {
		s.Ticket = nil // who names a client means that one, whatever conversation they write in
	}
	return s, nil
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

// findTicket looks a ticket up by its number, or by the Message-IDs that the mail refers to. A ticket of a client that
// the author has nothing to do with is not theirs.
func findTicket(ctx context.Context, q queryer, l *access.Lookup, s *access.Situation) error {
	theirs := func(t *access.Ticket) bool {
		return s.AuthorStaff != nil || slices.ContainsFunc(s.AuthorContacts, func(c *access.Contact) bool { return c.ClientID == t.ClientID })
	}
	for _, n := range l.Tickets {
		t, err := loadTicket(ctx, q, `number = $1`, n)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if theirs(t) {
			s.Ticket = t
			return nil
		}
	}
	if len(l.MessageIDs) == 0 {
		return nil
	}
	query, args, err := sqlx.In(`SELECT ticket_id FROM outbound_messages WHERE ticket_id IS NOT NULL AND message_id_digest IN (?) ORDER BY id DESC LIMIT 1`, l.MessageIDs)
	if err != nil {
		return fmt.Errorf("looking references up: %w", err)
	}
	var ids []int64
	if err := q.SelectContext(ctx, &ids, sqlx.Rebind(sqlx.DOLLAR, query), args...); err != nil {
		return fmt.Errorf("looking references up: %w", err)
	}
	for _, id := range ids {
		t, err := loadTicket(ctx, q, `id = $1`, id)
		if err != nil {
			return err
		}
		if theirs(t) || l.BouncedID != "" {
			s.Ticket = t
		}
	}
	return nil
}

// FindThread tells what a mail answers before it is read. All of it is looked up again when it is decided.
func (s *Store) FindThread(ctx context.Context, l *access.Lookup) (*access.Thread, error) {
	sit, err := find(ctx, s.read, l)
	if err != nil {
		return nil, fmt.Errorf("finding what a mail answers: %w", err)
	}
	t := &access.Thread{Approval: sit.Token}
	clientID := int64(0)
	switch {
	case sit.Ticket != nil:
		clientID = sit.Ticket.ClientID
		if t.Requests, err = loadRequests(ctx, s.read, `ticket_id = $1`, sit.Ticket.ID); err != nil {
			return nil, err
		}
	case sit.Client != nil:
		clientID = sit.Client.ID
	case len(sit.AuthorContacts) == 1:
		clientID = sit.AuthorContacts[0].ClientID
	}
	if clientID != 0 {
		if t.Client, err = loadClient(ctx, s.read, `id = $1`, clientID); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// mailSituation loads what a mail is about, with its client locked.
func (x *tx) mailSituation(ctx context.Context, l *access.Lookup) (*access.Situation, error) {
	s, err := find(ctx, x, l)
	if err != nil {
		return nil, err
	}
	if l.Bounce {
		if err := x.bounced(ctx, l, s); err != nil {
			return nil, err
		}
	}
	if l.OwnID != "" {
		if err := x.GetContext(ctx, &s.OwnMail, `SELECT EXISTS (SELECT 1 FROM outbound_messages WHERE message_id_digest = $1)`, l.OwnID); err != nil {
			return nil, fmt.Errorf("looking for a mail of our own: %w", err)
		}
	}
	clientID := int64(0)
	switch {
	case s.Ticket != nil:
		clientID = s.Ticket.ClientID
	case s.Client != nil:
		clientID = s.Client.ID
	case len(s.AuthorContacts) == 1:
		clientID = s.AuthorContacts[0].ClientID
	}
	if len(s.AuthorContacts) > 1 {
		if s.AuthorClients, err = namesOf(ctx, x, s.AuthorContacts); err != nil {
			return nil, err
		}
	}
	if clientID != 0 {
		if err := x.loadUnderClient(ctx, s, clientID); err != nil {
			return nil, err
		}
		// Loaded again under the lock.
		if s.Token != nil {
			for _, a := range s.Approvals {
				if a.ID == s.Token.ID {
					s.Token = a
				}
			}
		}
	}
	if err := x.countAnswers(ctx, l, s, clientID); err != nil {
		return nil, err
	}
	if len(s.AuthorContacts) > 0 && (s.Client == nil || s.Client.Require == access.RequireChallenge) {
		if s.SenderChallenges, err = loadSenderChallenges(ctx, x, `address_key = $1 AND (created_at > $2 OR state IN ('waiting', 'open'))`,
			l.Author.Key(), stamp(x.now.Add(-7*24*time.Hour))); err != nil {
			return nil, err
		}
	}
	if l.Duplicate != "" {
		if err := x.GetContext(ctx, &s.DuplicateOf, `SELECT coalesce(min(id), 0) FROM inbound_messages
			WHERE duplicate_key = $1 AND id <> $2 AND disposition NOT IN ('pending', 'quarantined')`, l.Duplicate, l.InboundID); err != nil {
			return nil, fmt.Errorf("looking for a duplicate: %w", err)
		}
	}
	return s, nil
}

// bounced finds the outgoing mail that a delivery report speaks of, by its reverse-path or its Message-ID.
func (x *tx) bounced(ctx context.Context, l *access.Lookup, s *access.Situation) error {
	for _, path := range l.ReturnPaths {
		if found, err := x.outgoing(ctx, s, `lower(mail_from) = $1`, path); found || err != nil {
			return err
		}
	}
	if l.BouncedID == "" {
		return nil
	}
	_, err := x.outgoing(ctx, s, `message_id_digest = $1`, l.BouncedID)
	return err
}

// outgoing loads the newest mail of ours that matches into the situation, with its ticket and invitation, and reports
// whether there is one.
func (x *tx) outgoing(ctx context.Context, s *access.Situation, where string, arg any) (bool, error) {
	var rows []struct {
		ID         int64         `db:"id"`
		Ticket     sql.NullInt64 `db:"ticket_id"`
		Invitation sql.NullInt64 `db:"invitation_id"`
		Kind       string        `db:"kind"`
		Recipient  string        `db:"recipient"`
	}
	if err := x.SelectContext(ctx, &rows, `SELECT id, ticket_id, invitation_id, kind, recipient FROM outbound_messages WHERE `+where+`
		ORDER BY id DESC LIMIT 1`, arg); err != nil || len(rows) == 0 {
		return false, err
	}
	r := rows[0]
	to, err := mailaddr.Parse(r.Recipient)
	if err != nil {
		return false, fmt.Errorf("loading outbound message %d: %w", r.ID, err)
	}
	s.Bounced = &access.BouncedMail{ID: r.ID, Kind: access.MailKind(r.Kind), Recipient: to}
	if r.Invitation.Valid {
		found, err := loadInvitations(ctx, x, `id = $1`, r.Invitation.Int64)
		if err != nil || len(found) == 0 {
			return true, err
		}
		s.Invitation = found[0]
		return true, x.ticketOfInvitation(ctx, s)
	}
	if r.Ticket.Valid {
		s.Ticket, err = loadTicket(ctx, x, `id = $1`, r.Ticket.Int64)
	}
	return true, err
}

// countAnswers counts what the budget of automatic answers is about, no further than it matters.
func (x *tx) countAnswers(ctx context.Context, l *access.Lookup, s *access.Situation, client int64) error {
	var to string
	switch {
	case len(s.AuthorContacts) > 0:
		to = s.AuthorContacts[0].Address.String()
	case s.AuthorStaff != nil:
		to = s.AuthorStaff.Address.String()
	default:
		return nil // nobody answers strangers
	}
	const count = `SELECT count(*) FROM (SELECT 1 FROM outbound_messages WHERE %s = $1 AND created_at > $2 AND kind IN (%s) LIMIT $3) AS answers`
	kinds := "'" + strings.Join(answerKinds(), "', '") + "'"
	since := stamp(x.now.Add(-24 * time.Hour))
	if l.AnswersPerAddress > 0 {
		if err := x.GetContext(ctx, &s.AnswersToAuthor, fmt.Sprintf(count, "recipient", kinds), to, since, l.AnswersPerAddress); err != nil {
			return fmt.Errorf("counting automatic answers: %w", err)
		}
	}
	if l.AnswersPerClient > 0 && client != 0 {
		if err := x.GetContext(ctx, &s.AnswersToClient, fmt.Sprintf(count, "client_id", kinds), client, since, l.AnswersPerClient); err != nil {
			return fmt.Errorf("counting automatic answers: %w", err)
		}
	}
	return nil
}

func answerKinds() []string {
	var kinds []string
	for _, k := range access.AnswerKinds {
		kinds = append(kinds, string(k))
	}
	return kinds
}

func (x *tx) ticketOfInvitation(ctx context.Context, s *access.Situation) (err error) {
	s.Ticket, err = loadTicket(ctx, x, `id = (SELECT ticket_id FROM requests WHERE id = $1)`, s.Invitation.RequestID)
	return err
}

// loadUnderClient locks the client and loads all that decisions on it need.
func (x *tx) loadUnderClient(ctx context.Context, s *access.Situation, id int64) error {
	err := x.lockClient(ctx, id)
	if err != nil {
		return err
	}
	if s.Client, err = loadClient(ctx, x, `id = $1`, id); err != nil {
		return err
	}
	if s.Contacts, err = loadContacts(ctx, x, `client_id = $1`, id); err != nil {
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
	if s.Staff == nil {
		if s.Staff, err = loadStaff(ctx, x); err != nil {
			return err
		}
	}
	if s.Delegations, err = loadDelegations(ctx, x, id); err != nil {
		return err
	}
	if s.Invitations, err = loadInvitations(ctx, x, `client_id = $1 AND (state IN ('queued', 'sent')
		OR state = 'expired' AND expires_at > $3 OR id = $2)`, id, invitationID(s.Invitation), stamp(x.now.Add(-access.ReinviteFor))); err != nil {
		return err
	}
	if s.Ticket != nil {
		if s.Approvals, err = loadApprovals(ctx, x, `ticket_id = $1`, s.Ticket.ID); err != nil {
			return err
		}
		if s.Decisions, err = loadDecisions(ctx, x, s.Ticket.ID); err != nil {
			return err
		}
		if s.Vouched, err = x.vouched(ctx, s.Ticket.ID); err != nil {
			return err
		}
		if s.Visits, err = loadVisits(ctx, x, id); err != nil {
			return err
		}
	}
	return x.loadRequestsUnderClient(ctx, s, id)
}

func invitationID(i *access.Invitation) int64 {
	if i == nil {
		return 0
	}
	return i.ID
}

// loadRequestsUnderClient loads each request once, so that what points at it sees every change.
func (x *tx) loadRequestsUnderClient(ctx context.Context, s *access.Situation, client int64) error {
	ticket := int64(0)
	if s.Ticket != nil {
		ticket = s.Ticket.ID
	}
	all, err := loadRequests(ctx, x, `client_id = $1 AND (ticket_id = $2 OR state IN ('needs_details', 'awaiting_approval', 'approved', 'invited')
		OR id IN (SELECT request_id FROM invitations WHERE client_id = $1 AND (id = $3 OR state = 'expired' AND expires_at > $4)))`,
		client, ticket, invitationID(s.Invitation), stamp(x.now.Add(-access.ReinviteFor)))
	if err != nil {
		return err
	}
	tickets := map[int64]*access.Ticket{}
	if s.Ticket != nil {
		tickets[s.Ticket.ID] = s.Ticket
	}
	byID := map[int64]*access.Request{}
	for _, r := range all {
		if tickets[r.TicketID] == nil {
			if tickets[r.TicketID], err = loadTicket(ctx, x, `id = $1`, r.TicketID); err != nil {
				return err
			}
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

// invitationSituation loads what a registration page is about.
func (x *tx) invitationSituation(ctx context.Context, digest token.Digest) (*access.Situation, error) {
	found, err := loadInvitations(ctx, x, `token_digest = $1`, digest)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, access.ErrNoInvitation
	}
	s := &access.Situation{Invitation: found[0]}
	if err := x.ticketOfInvitation(ctx, s); err != nil {
		return nil, err
	}
	if err := x.loadUnderClient(ctx, s, s.Invitation.ClientID); err != nil {
		return nil, err
	}
	if s.Challenges, err = loadChallenges(ctx, x, s.Invitation.ID); err != nil {
		return nil, err
	}
	return s, nil
}

// timerSituation loads what a timer is about.
func (x *tx) timerSituation(ctx context.Context, t *access.Timer) (*access.Situation, error) {
	if t.Kind == access.TimerDigest {
		return x.digestSituation(ctx, t)
	}
	s := &access.Situation{}
	if t.ChallengeID != 0 {
		var err error
		if s.SenderChallenges, err = loadSenderChallenges(ctx, x, `id = $1`, t.ChallengeID); err != nil || len(s.SenderChallenges) == 0 {
			return nil, errors.Join(err, ErrNotFound)
		}
		return s, x.loadUnderClient(ctx, s, s.SenderChallenges[0].ClientID)
	}
	if t.OutboundID != 0 {
		if found, err := x.outgoing(ctx, s, `id = $1`, t.OutboundID); err != nil || !found || s.Ticket == nil {
			return nil, errors.Join(err, ErrNotFound)
		}
		return s, x.loadUnderClient(ctx, s, s.Ticket.ClientID)
	}
	if t.InvitationID != 0 {
		found, err := loadInvitations(ctx, x, `id = $1`, t.InvitationID)
		if err != nil {
			return nil, err
		}
		s.Invitation = found[0]
	}
	var err error
	if s.Ticket, err = loadTicket(ctx, x, `id = (SELECT ticket_id FROM requests WHERE id = $1)`, t.RequestID); err != nil {
		return nil, err
	}
	if err := x.loadUnderClient(ctx, s, s.Ticket.ClientID); err != nil {
		return nil, err
	}
	return s, nil
}
