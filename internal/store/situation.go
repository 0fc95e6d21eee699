package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/token"
)

// lockClient makes the transaction the only one that changes anything of the client; one that changes nothing needs no lock.
func (x *tx) lockClient(ctx context.Context, id int64) error {
	if x.view {
		return nil
	}
	var got int64
	if err := x.GetContext(ctx, &got, `SELECT id FROM clients WHERE id = $1`+x.s.forNoKeyUpdate(), id); err != nil {
		return fmt.Errorf("locking client %d: %w", id, err)
	}
	return nil
}

// mailSituations loads what mails are about, and locks their clients. It tells whose client it has; where somebody else holds
// the first one's, it waits if it is told to. A transaction that holds a client never waits for another one.
func (x *tx) mailSituations(ctx context.Context, lookups []*access.Lookup, seeks []seek, wait bool) (all []*access.Situation, held []bool, err error) {
	if all, err = findAll(ctx, x, lookups); err != nil {
		return nil, nil, err
	}
	if err := x.findOurs(ctx, lookups, all); err != nil {
		return nil, nil, err
	}
	ids := make([]int64, len(all))
	for i, s := range all {
		if ids[i] = clientOf(s); len(s.AuthorContacts) > 1 {
			if s.AuthorClients, err = namesOf(ctx, x, s.AuthorContacts); err != nil {
				return nil, nil, err
			}
		}
	}
	if held, err = x.lockClients(ctx, ids, wait); err != nil {
		return nil, nil, err
	}
	for i := range ids {
		if !held[i] {
			ids[i] = 0
		}
	}
	return all, held, x.loadAll(ctx, lookups, all, ids, seeks)
}

// loadAll loads what decisions need, for clients that the transaction holds; 0 is none.
func (x *tx) loadAll(ctx context.Context, lookups []*access.Lookup, all []*access.Situation, ids []int64, seeks []seek) error {
	if err := x.loadUnderClients(ctx, all, ids, seeks); err != nil {
		return err
	}
	for _, s := range all {
		if s.Token == nil {
			continue
		}
		for _, a := range s.Approvals { // loaded again under the lock
			if a.ID == s.Token.ID {
				s.Token = a
			}
		}
	}
	if err := x.countAnswers(ctx, lookups, all, ids); err != nil {
		return err
	}
	var err error
	for i, s := range all {
		if len(s.AuthorContacts) > 0 && (s.Client == nil || s.Client.Require == access.RequireChallenge) {
			if s.SenderChallenges, err = loadSenderChallenges(ctx, x, `address_key = $1 AND (created_at > $2 OR state IN ('waiting', 'open'))`,
				lookups[i].Author.Key(), stamp(x.now.Add(-7*24*time.Hour))); err != nil {
				return err
			}
		}
	}
	return x.findDuplicates(ctx, lookups, all)
}

// lockClients makes the transaction the only one that changes anything of the clients, and tells which of them it has; 0 is
// none, which everybody has. It waits for the first at most.
func (x *tx) lockClients(ctx context.Context, ids []int64, wait bool) (held []bool, err error) {
	held = make([]bool, len(ids))
	wanted := slices.DeleteFunc(distinct(slices.Clone(ids)), func(id int64) bool { return id == 0 })
	locked := map[int64]bool{0: true}
	if !x.s.pg { // the transaction holds the only write lock
		for _, id := range wanted {
			locked[id] = true
		}
		wanted = nil
	}
	if len(wanted) > 0 && wait {
		first := ids[slices.IndexFunc(ids, func(id int64) bool { return id != 0 })]
		if err := x.lockClient(ctx, first); err != nil {
			return nil, err
		}
		locked[first] = true
	}
	if len(wanted) > 0 && len(locked) <= len(wanted) {
		var got []int64
		if err := x.SelectContext(ctx, &got, `SELECT id FROM clients WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED`, listOf(x, wanted)); err != nil {
			return nil, fmt.Errorf("locking clients: %w", err)
		}
		for _, id := range got {
			locked[id] = true
		}
	}
	for i, id := range ids {
		held[i] = locked[id]
	}
	return held, nil
}

// findOurs finds the mails of ours that came back, or that a mail pretends to be.
func (x *tx) findOurs(ctx context.Context, lookups []*access.Lookup, all []*access.Situation) error {
	var ids []token.Digest
	for i, l := range lookups {
		if l.Bounce {
			if err := x.bounced(ctx, l, all[i]); err != nil {
				return err
			}
		}
		if l.OwnID != "" {
			ids = append(ids, l.OwnID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var ours []token.Digest
	if err := x.SelectContext(ctx, &ours, `SELECT DISTINCT message_id_digest FROM outbound_messages WHERE `+among(x, "message_id_digest", 1),
		listOf(x, distinct(ids))); err != nil {
		return fmt.Errorf("looking for mails of our own: %w", err)
	}
	for i, l := range lookups {
		all[i].OwnMail = l.OwnID != "" && slices.Contains(ours, l.OwnID)
	}
	return nil
}

// findDuplicates finds what is done with already and equal to one of the mails.
func (x *tx) findDuplicates(ctx context.Context, lookups []*access.Lookup, all []*access.Situation) error {
	var keys []token.Digest
	for _, l := range lookups {
		if l.Duplicate != "" {
			keys = append(keys, l.Duplicate)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	var rows []struct {
		Key token.Digest `db:"duplicate_key"`
		ID  int64        `db:"id"`
	}
	// That keys are not empty is what the index knows.
	if err := x.SelectContext(ctx, &rows, `SELECT duplicate_key, min(id) AS id FROM inbound_messages WHERE duplicate_key <> ''
		AND `+among(x, "duplicate_key", 1)+` AND disposition NOT IN ('pending', 'quarantined') GROUP BY duplicate_key`,
		listOf(x, distinct(keys))); err != nil {
		return fmt.Errorf("looking for duplicates: %w", err)
	}
	for _, r := range rows {
		for i, l := range lookups {
			if l.Duplicate == r.Key {
				all[i].DuplicateOf = r.ID
			}
		}
	}
	return nil
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
	type outgoingRow struct {
		ID         int64         `db:"id"`
		Ticket     sql.NullInt64 `db:"ticket_id"`
		Invitation sql.NullInt64 `db:"invitation_id"`
		Kind       string        `db:"kind"`
		Recipient  string        `db:"recipient"`
	}
	var rows []outgoingRow
	// Sorted here: PostgreSQL might go through all mails from the newest on, to be spared the sorting of a few.
	if err := x.SelectContext(ctx, &rows, `SELECT id, ticket_id, invitation_id, kind, recipient FROM outbound_messages WHERE `+where, arg); err != nil || len(rows) == 0 {
		return false, err
	}
	r := slices.MaxFunc(rows, func(a, b outgoingRow) int { return cmp.Compare(a.ID, b.ID) })
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

// countAnswers counts what the budgets of automatic answers are about, no further than it matters.
func (x *tx) countAnswers(ctx context.Context, lookups []*access.Lookup, all []*access.Situation, clients []int64) error {
	var addresses, owners []string
	perAddress, perClient := 0, 0
	to := make([]string, len(all))
	for i, s := range all {
		switch {
		case len(s.AuthorContacts) > 0:
			to[i] = s.AuthorContacts[0].Address.String()
		case s.AuthorStaff != nil:
			to[i] = s.AuthorStaff.Address.String()
		default:
			continue // nobody answers strangers
		}
		if l := lookups[i]; l.AnswersPerAddress > 0 {
			addresses, perAddress = append(addresses, to[i]), max(perAddress, l.AnswersPerAddress)
		}
		if l := lookups[i]; l.AnswersPerClient > 0 && clients[i] != 0 {
			owners, perClient = append(owners, strconv.FormatInt(clients[i], 10)), max(perClient, l.AnswersPerClient)
		}
	}
	toAuthor, err := x.answersIn(ctx, "recipient", "v.value", addresses, perAddress)
	if err != nil {
		return err
	}
	toClient, err := x.answersIn(ctx, "client_id", "CAST(v.value AS BIGINT)", owners, perClient)
	if err != nil {
		return err
	}
	for i, s := range all {
		if to[i] != "" {
			s.AnswersToAuthor, s.AnswersToClient = toAuthor[to[i]], toClient[strconv.FormatInt(clients[i], 10)]
		}
	}
	return nil
}

// answersIn counts the answers of the last day by what stands in a column, each no further than limit.
func (x *tx) answersIn(ctx context.Context, column, value string, values []string, limit int) (map[string]int, error) {
	if len(values) == 0 {
		return nil, nil
	}
	var rows []struct {
		Value string `db:"value"`
		Count int    `db:"n"`
	}
	kinds := "'" + strings.Join(answerKinds(), "', '") + "'"
	if err := x.SelectContext(ctx, &rows, `SELECT v.value, (SELECT count(*) FROM (SELECT 1 FROM outbound_messages o
		WHERE o.`+column+` = `+value+` AND o.created_at > $2 AND o.kind IN (`+kinds+`) LIMIT $3) AS answers) AS n FROM `+each(x, 1),
		listOf(x, distinct(values)), stamp(x.now.Add(-24*time.Hour)), limit); err != nil {
		return nil, fmt.Errorf("counting automatic answers: %w", err)
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Value] = r.Count
	}
	return counts, nil
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
	if err := x.lockClient(ctx, id); err != nil {
		return err
	}
	return x.loadUnderClients(ctx, []*access.Situation{s}, []int64{id}, nil)
}

func invitationID(i *access.Invitation) int64 {
	if i == nil {
		return 0
	}
	return i.ID
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
	if s.Challenges, err = invitationCodes.load(ctx, x, s.Invitation.ID); err != nil {
		return nil, err
	}
	return s, nil
}

// approvalSituation loads what the page of an approver's token is about.
func (x *tx) approvalSituation(ctx context.Context, digest token.Digest) (*access.Situation, error) {
	rows, err := approvalRows(ctx, x, `token_digest = $1`, digest)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, access.ErrNoApproval
	}
	s := &access.Situation{}
	if s.Ticket, err = loadTicket(ctx, x, `id = $1`, rows[0].TicketID); err != nil {
		return nil, err
	}
	if err := x.loadUnderClient(ctx, s, s.Ticket.ClientID); err != nil {
		return nil, err
	}
	for _, a := range s.Approvals { // loaded again under the lock
		if a.ID == rows[0].ID {
			s.Token = a
		}
	}
	s.Challenges, err = approvalCodes.load(ctx, x, rows[0].ID)
	return s, err
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
