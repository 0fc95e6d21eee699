package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

// Equation counts what became of every mail that was seen on the server. What was seen is counted where mails come in,
// apart from their rows, so that a lost row would show.
func (s *Store) Equation(ctx context.Context) (access.Equation, error) {
	e := access.Equation{Counts: map[access.Disposition]int64{}}
	var rows []struct {
		Disposition access.Disposition `db:"disposition"`
		N           int64              `db:"n"`
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT 'seen' AS disposition, coalesce(sum(seen), 0) AS n FROM mailboxes
		UNION ALL SELECT disposition, count(*) FROM inbound_messages GROUP BY disposition`); err != nil {
		return e, fmt.Errorf("counting mails: %w", err)
	}
	for _, r := range rows {
		if r.Disposition == "seen" {
			e.Seen = r.N
			continue
		}
		e.Counts[r.Disposition] = r.N
	}
	return e, nil
}

// Conversation is the newest limit entries of mails in, mails out and what no mail shows, oldest first.
func (s *Store) Conversation(ctx context.Context, limit int) ([]access.Entry, error) {
	var all []access.Entry
	var in []struct {
		At          time.Time      `db:"stored_at"`
		Author      string         `db:"author"`
		Mailbox     string         `db:"mailbox"`
		Subject     string         `db:"subject"`
		Words       string         `db:"words"`
		Reason      string         `db:"reason"`
		Ticket      sql.NullString `db:"ticket"`
		Disposition string         `db:"disposition"`
		Verdict     string         `db:"verdict"`
		Evidence    string         `db:"evidence"`
	}
	if err := s.read.SelectContext(ctx, &in, `SELECT i.stored_at, i.author, m.name AS mailbox, i.subject, i.words, i.reason, t.number AS ticket,
		i.disposition, i.verdict, i.evidence FROM inbound_messages i JOIN mailboxes m ON m.id = i.mailbox_id LEFT JOIN tickets t ON t.id = i.ticket_id
		ORDER BY i.id DESC LIMIT $1`, limit); err != nil {
		return nil, fmt.Errorf("listing mails in: %w", err)
	}
	// They were read newest first; those of one instant are shown in the order in which they were written.
	slices.Reverse(in)
	for _, r := range in {
		e := access.Entry{At: r.At.UTC(), Kind: access.EntryIn, From: r.Author, To: r.Mailbox, Subject: r.Subject,
			Words:  strings.Join(strings.Fields(r.Words), " "),
			Ticket: r.Ticket.String, State: r.Disposition, Proof: proofInWords(r.Verdict, r.Evidence)}
		if e.Words == "" {
			e.Reason = r.Reason
		}
		all = append(all, e)
	}
	var out []struct {
		At      time.Time      `db:"created_at"`
		To      string         `db:"recipient"`
		From    string         `db:"mail_from"`
		Subject string         `db:"subject"`
		Words   string         `db:"words"`
		WordsIn string         `db:"words_in"`
		Ticket  sql.NullString `db:"ticket"`
		State   string         `db:"state"`
	}
	if err := s.read.SelectContext(ctx, &out, `SELECT o.created_at, o.recipient, o.mail_from, o.subject, o.words, o.words_in, t.number AS ticket, o.state
		FROM outbound_messages o LEFT JOIN tickets t ON t.id = o.ticket_id ORDER BY o.id DESC LIMIT $1`, limit); err != nil {
		return nil, fmt.Errorf("listing mails out: %w", err)
	}
	slices.Reverse(out)
	for _, r := range out {
		e := access.Entry{At: r.At.UTC(), Kind: access.EntryOut, From: author(r.From), To: r.To, Subject: r.Subject, Words: r.Words,
			Ticket: r.Ticket.String, State: r.State}
		if r.WordsIn != "" {
			if err := json.Unmarshal([]byte(r.WordsIn), &e.WordsIn); err != nil {
				return nil, fmt.Errorf("reading the words of a mail out: %w", err)
			}
		}
		all = append(all, e)
	}
	events, err := s.conversationEvents(ctx, limit)
	if err != nil {
		return nil, err
	}
	all = append(all, events...)
	slices.SortStableFunc(all, func(a, b access.Entry) int { return a.At.Compare(b.At) })
	return all[max(0, len(all)-limit):], nil
}

// author is the reverse-path of a mail of ours without what VERP adds to it.
func author(path string) string {
	at := strings.LastIndexByte(path, '@')
	if detail := strings.LastIndex(path[:max(at, 0)], "+"+access.BounceDetail); detail >= 0 {
		return path[:detail] + path[at:]
	}
	return path
}

// proofInWords is the verdict on a sender with its reason, the first line of the evidence.
func proofInWords(verdict, evidence string) string {
	reason, _, _ := strings.Cut(evidence, "\n")
	switch verdict {
	case "pass":
		return "Sender proven. " + reason
	case "weak":
		return "Sender not proven. " + reason
	case "fail":
		return "Sender disproved. " + reason
	}
	return ""
}

// shownEvents are the events that no mail shows.
var shownEvents = map[string]string{
	"registered":             "registered",
	"badge_ordered":          "badge ordered",
	"stage_without_approver": "nobody can approve this stage",
	"lapsed":                 "the invitation lapsed",
	"expired":                "the request expired",
	"mail_refused":           "a mail was refused for good",
}

func (s *Store) conversationEvents(ctx context.Context, limit int) ([]access.Entry, error) {
	var rows []struct {
		At     time.Time      `db:"at"`
		Kind   string         `db:"kind"`
		Ticket sql.NullString `db:"ticket"`
		Name   sql.NullString `db:"name"`
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT e.at, e.kind, t.number AS ticket, r.name FROM events e
		LEFT JOIN tickets t ON t.id = e.ticket_id LEFT JOIN requests r ON r.id = e.request_id
		WHERE e.kind IN ('registered', 'badge_ordered', 'stage_without_approver', 'lapsed', 'expired', 'mail_refused')
		ORDER BY e.id DESC LIMIT $1`, limit); err != nil {
		return nil, fmt.Errorf("listing events: %w", err)
	}
	slices.Reverse(rows)
	var all []access.Entry
	for _, r := range rows {
		all = append(all, access.Entry{At: r.At.UTC(), Kind: access.EntryEvent, Subject: shownEvents[r.Kind], Words: r.Name.String,
			Ticket: r.Ticket.String})
	}
	return all, nil
}

// Requests lists the newest limit requests, newest first.
func (s *Store) Requests(ctx context.Context, limit int) ([]access.RequestView, error) {
	var rows []struct {
		Ticket    string    `db:"ticket"`
		Position  int       `db:"position"`
		Client    string    `db:"client"`
		Action    string    `db:"action"`
		Name      string    `db:"name"`
		Email     string    `db:"email"`
		Roles     string    `db:"roles"`
		State     string    `db:"state"`
		Stage     string    `db:"stage"`
		Requester string    `db:"requester"`
		Rule      string    `db:"rule"`
		Reason    string    `db:"reason"`
		CreatedAt time.Time `db:"created_at"`
		UpdatedAt time.Time `db:"updated_at"`
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT t.number AS ticket, r.position, c.name AS client, r.action, r.name, r.email, r.roles, r.state,
		r.stage, coalesce(p.name, m.name) AS requester, r.rule, r.reason, r.created_at, r.updated_at FROM requests r JOIN tickets t ON t.id = r.ticket_id
		JOIN clients c ON c.id = r.client_id LEFT JOIN contacts p ON p.id = r.requester_id LEFT JOIN staff m ON m.id = r.staff_id ORDER BY r.id DESC LIMIT $1`, limit); err != nil {
		return nil, fmt.Errorf("listing requests: %w", err)
	}
	all := []access.RequestView{}
	for _, r := range rows {
		all = append(all, access.RequestView{Ticket: r.Ticket, Position: r.Position, Client: r.Client, Action: policy.Action(r.Action),
			Name: access.Nullable(r.Name), Email: access.Nullable(r.Email), Roles: append([]string{}, strings.Fields(r.Roles)...),
			State: access.RequestState(r.State), Stage: access.Nullable(r.Stage), Requester: access.Nullable(r.Requester),
			Rule: access.Nullable(r.Rule), Reason: access.Nullable(r.Reason), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()})
	}
	return all, nil
}

// MessageView is an inbound mail as it is listed (R35), and what staff ordered for it.
type MessageView struct {
	ID             int64              `json:"id" db:"id"`
	Mailbox        string             `json:"mailbox" db:"mailbox"`
	From           access.Nullable    `json:"from" db:"author"`
	Subject        access.Nullable    `json:"subject" db:"subject"`
	Class          access.Nullable    `json:"class" db:"class"`
	Disposition    access.Disposition `json:"disposition" db:"disposition"`
	Verdict        access.Nullable    `json:"verdict" db:"verdict"`
	Evidence       access.Nullable    `json:"evidence" db:"evidence"`
	Client         *string            `json:"client" db:"client"`
	Level          access.Nullable    `json:"level" db:"level"` // role ids, highest first, separated by blanks
	Topic          access.Nullable    `json:"topic" db:"topic"`
	May            *bool              `json:"may" db:"may"` // whether that level may ask about that topic
	Ticket         *string            `json:"ticket" db:"ticket"`
	Reason         access.Nullable    `json:"reason" db:"reason"`
	ReceivedAt     time.Time          `json:"received_at" db:"internal_date"`
	Handling       access.Nullable    `json:"handling" db:"handling"` // release, replay, ticket or dismiss
	HandledBy      access.Nullable    `json:"handled_by" db:"handled_by"`
	HandlingReason access.Nullable    `json:"handling_reason" db:"handling_reason"`
}

const messageView = `SELECT i.id, m.name AS mailbox, i.author, i.subject, i.class, i.disposition, i.verdict, i.evidence,
	c.name AS client, i.level, i.topic, i.may, t.number AS ticket, i.reason, i.internal_date, i.handling, i.handled_by, i.handling_reason
	FROM inbound_messages i JOIN mailboxes m ON m.id = i.mailbox_id
	LEFT JOIN clients c ON c.id = i.client_id LEFT JOIN tickets t ON t.id = i.ticket_id `

// Messages lists the newest limit inbound mails, newest first; with a disposition only those.
func (s *Store) Messages(ctx context.Context, d access.Disposition, limit int) ([]MessageView, error) {
	all := []MessageView{}
	if err := s.read.SelectContext(ctx, &all, messageView+`WHERE i.disposition = $1 OR $1 = '' ORDER BY i.id DESC LIMIT $2`, d, limit); err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	for i := range all {
		all[i].ReceivedAt = all[i].ReceivedAt.UTC()
	}
	return all, nil
}

// Message is one inbound mail.
func (s *Store) Message(ctx context.Context, id int64) (*MessageView, error) {
	v := &MessageView{}
	err := s.read.GetContext(ctx, v, messageView+`WHERE i.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading message %d: %w", id, err)
	}
	v.ReceivedAt = v.ReceivedAt.UTC()
	return v, nil
}

// EventView is one event of a ticket's trail with its payload, where that is not erased.
type EventView struct {
	Sequence int64           `json:"sequence"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind"`
	Payload  json.RawMessage `json:"payload"`
}

// Trail lists the events of a ticket in their order.
func (s *Store) Trail(ctx context.Context, number string) ([]EventView, error) {
	var rows []struct {
		Sequence int64          `db:"sequence"`
		At       time.Time      `db:"at"`
		Kind     string         `db:"kind"`
		Payload  sql.NullString `db:"payload"`
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT e.sequence, e.at, e.kind, p.payload FROM events e
		LEFT JOIN event_payloads p ON p.event_id = e.id WHERE e.chain = (SELECT 'ticket:' || id FROM tickets WHERE number = $1) ORDER BY e.sequence`,
		number); err != nil {
		return nil, fmt.Errorf("listing the events of %s: %w", number, err)
	}
	all := []EventView{}
	for _, r := range rows {
		v := EventView{Sequence: r.Sequence, At: r.At.UTC(), Kind: r.Kind}
		if r.Payload.Valid {
			v.Payload = json.RawMessage(r.Payload.String)
		}
		all = append(all, v)
	}
	return all, nil
}
