package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/policy"
	"github.com/countersign/countersign/internal/token"
)

type ticketRow struct {
	ID          int64         `db:"id"`
	Number      string        `db:"number"`
	ClientID    int64         `db:"client_id"`
	RequesterID sql.NullInt64 `db:"requester_id"`
	StaffID     sql.NullInt64 `db:"staff_id"`
	Team        string        `db:"team"`
	Subject     string        `db:"subject"`
	MessageID   string        `db:"message_id"`
	CreatedAt   time.Time     `db:"created_at"`
}

const ticketColumns = `id, number, client_id, requester_id, staff_id, team, subject, message_id, created_at`

func loadTicket(ctx context.Context, q queryer, where string, arg any) (*access.Ticket, error) {
	var r ticketRow
	err := q.GetContext(ctx, &r, `SELECT `+ticketColumns+` FROM tickets WHERE `+where, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("loading a ticket: %w", err)
	}
	return r.ticket(), nil
}

func (r ticketRow) ticket() *access.Ticket {
	return &access.Ticket{ID: r.ID, Number: r.Number, ClientID: r.ClientID, RequesterID: r.RequesterID.Int64, StaffID: r.StaffID.Int64, Team: access.Team(r.Team),
		Subject: r.Subject, MessageID: r.MessageID, CreatedAt: r.CreatedAt.UTC()}
}

// saveTicket gives a new ticket its number: consecutive within the year, from a counter row that the transaction holds.
func (x *tx) saveTicket(ctx context.Context, t *access.Ticket) error {
	if t.ID != 0 {
		return nil
	}
	year := t.CreatedAt.UTC().Year()
	var n string
	err := x.GetContext(ctx, &n, `INSERT INTO settings (name, value) VALUES ($1, '1')
		ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(settings.value AS INTEGER) + 1 AS TEXT) RETURNING value`,
		fmt.Sprintf("ticket_number_%d", year))
	if err != nil {
		return fmt.Errorf("numbering a ticket: %w", err)
	}
	count, err := strconv.Atoi(n)
	if err != nil {
		return fmt.Errorf("numbering a ticket: %w", err)
	}
	t.Number = fmt.Sprintf("REQ-%d-%05d", year, count)
	if err := x.insert(ctx, &t.ID, `INSERT INTO tickets (number, client_id, requester_id, staff_id, team, subject, message_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		t.Number, t.ClientID, nullID(t.RequesterID), nullID(t.StaffID), t.Team, t.Subject, t.MessageID, stamp(t.CreatedAt)); err != nil {
		return fmt.Errorf("filing ticket %s: %w", t.Number, err)
	}
	return nil
}

type requestRow struct {
	ID          int64         `db:"id"`
	TicketID    int64         `db:"ticket_id"`
	Position    int           `db:"position"`
	ClientID    int64         `db:"client_id"`
	RequesterID sql.NullInt64 `db:"requester_id"`
	StaffID     sql.NullInt64 `db:"staff_id"`
	ContactID   sql.NullInt64 `db:"contact_id"`
	Action      string        `db:"action"`
	Name        string        `db:"name"`
	Email       string        `db:"email"`
	Roles       string        `db:"roles"`
	Reason      string        `db:"reason"`
	Details     string        `db:"details"`
	State       string        `db:"state"`
	Stages      string        `db:"stages"`
	Stage       string        `db:"stage"`
	Round       int           `db:"round"`
	Rule        string        `db:"rule"`
	RuleText    string        `db:"rule_text"`
	Outside     bool          `db:"outside"`
	MovesPower  bool          `db:"moves_power"`
	HeldUntil   sql.NullTime  `db:"held_until"`
	AskedAt     sql.NullTime  `db:"asked_at"`
	Reminders   int           `db:"reminders"`
	Escalated   bool          `db:"escalated"`
	CreatedAt   time.Time     `db:"created_at"`
	UpdatedAt   time.Time     `db:"updated_at"`
}

const requestColumns = `id, ticket_id, position, client_id, requester_id, contact_id, action, name, email, roles, reason, state, stages,
	stage, round, rule, rule_text, outside, moves_power, held_until, asked_at, reminders, escalated, created_at, updated_at, details, staff_id`

func loadRequests(ctx context.Context, q queryer, where string, args ...any) ([]*access.Request, error) {
	var rows []requestRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+requestColumns+` FROM requests WHERE `+where+` ORDER BY ticket_id, position`, args...); err != nil {
		return nil, fmt.Errorf("loading requests: %w", err)
	}
	var all []*access.Request
	for _, r := range rows {
		q := &access.Request{ID: r.ID, TicketID: r.TicketID, Position: r.Position, ClientID: r.ClientID, RequesterID: r.RequesterID.Int64, StaffID: r.StaffID.Int64,
			ContactID: r.ContactID.Int64, Action: policy.Action(r.Action), Name: r.Name, Roles: strings.Fields(r.Roles), Reason: r.Reason,
			State: access.RequestState(r.State), Stage: policy.Stage(r.Stage), Round: r.Round, Rule: r.Rule, RuleText: r.RuleText,
			Outside: r.Outside, MovesPower: r.MovesPower, HeldUntil: at(r.HeldUntil), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
			AskedAt: at(r.AskedAt), Reminders: r.Reminders, Escalated: r.Escalated}
		q.Stages, q.Quorum = stagesOf(r.Stages)
		if r.Details != "" {
			if err := json.Unmarshal([]byte(r.Details), &q.Details); err != nil {
				return nil, fmt.Errorf("loading the details of request %d: %w", r.ID, err)
			}
		}
		if r.Email != "" {
			a, err := mailaddr.Parse(r.Email)
			if err != nil {
				return nil, fmt.Errorf("loading request %d: %w", r.ID, err)
			}
			q.Email = a
		}
		all = append(all, q)
	}
	return all, nil
}

// detailsText is what a request says beyond its columns, as JSON; empty where it says nothing.
func detailsText(r *access.Request) (string, error) {
	b, err := json.Marshal(r.Details)
	if err != nil {
		return "", fmt.Errorf("writing the details of a request: %w", err)
	}
	if string(b) == "{}" {
		return "", nil
	}
	return string(b), nil
}

func (x *tx) saveRequest(ctx context.Context, r *access.Request) error {
	if r.Ticket != nil {
		r.TicketID = r.Ticket.ID
	}
	if r.Contact != nil {
		r.ContactID = r.Contact.ID
	}
	email := ""
	if !r.Email.IsZero() {
		email = r.Email.String()
	}
	details, err := detailsText(r)
	if err != nil {
		return err
	}
	args := []any{r.TicketID, r.Position, r.ClientID, nullID(r.RequesterID), nullID(r.ContactID), r.Action, r.Name, email,
		strings.Join(r.Roles, " "), r.Reason, r.State, stageWords(r), r.Stage, r.Round, r.Rule, r.RuleText, r.Outside,
		r.MovesPower, nullTime(r.HeldUntil), stamp(r.CreatedAt), stamp(r.UpdatedAt), nullTime(r.AskedAt), r.Reminders, r.Escalated, details, nullID(r.StaffID)}
	if r.ID == 0 {
		err = x.insert(ctx, &r.ID, `INSERT INTO requests (ticket_id, position, client_id, requester_id, contact_id, action, name, email,
			roles, reason, state, stages, stage, round, rule, rule_text, outside, moves_power, held_until, created_at, updated_at,
			asked_at, reminders, escalated, details, staff_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) RETURNING id`, args...)
	} else {
		err = x.one(ctx, `UPDATE requests SET ticket_id = $1, position = $2, client_id = $3, requester_id = $4, contact_id = $5, action = $6,
			name = $7, email = $8, roles = $9, reason = $10, state = $11, stages = $12, stage = $13, round = $14, rule = $15,
			rule_text = $16, outside = $17, moves_power = $18, held_until = $19, created_at = $20, updated_at = $21,
			asked_at = $22, reminders = $23, escalated = $24, details = $25, staff_id = $26 WHERE id = $27`,
			append(args, r.ID)...)
	}
	if err != nil {
		return fmt.Errorf("saving request %d of ticket %d: %w", r.Position, r.TicketID, err)
	}
	return nil
}

type approvalRow struct {
	ID           int64     `db:"id"`
	TicketID     int64     `db:"ticket_id"`
	Stage        string    `db:"stage"`
	ApproverKind string    `db:"approver_kind"`
	ApproverID   int64     `db:"approver_id"`
	Name         string    `db:"name"`
	Address      string    `db:"address"`
	Token        string    `db:"token_digest"`
	Text         string    `db:"text_digest"`
	State        string    `db:"state"`
	CreatedAt    time.Time `db:"created_at"`
}

const approvalColumns = `id, ticket_id, stage, approver_kind, approver_id, name, address, token_digest, text_digest, state, created_at`

func loadApprovals(ctx context.Context, q queryer, where string, arg any) ([]*access.Approval, error) {
	var rows []approvalRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+approvalColumns+` FROM approvals WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading approvals: %w", err)
	}
	var all []*access.Approval
	for _, r := range rows {
		addr, err := mailaddr.Parse(r.Address)
		if err != nil {
			return nil, fmt.Errorf("loading approval %d: %w", r.ID, err)
		}
		a := &access.Approval{ID: r.ID, TicketID: r.TicketID, Stage: policy.Stage(r.Stage), ApproverKind: access.ApproverKind(r.ApproverKind),
			ApproverID: r.ApproverID, Name: r.Name, Address: addr, Token: token.Digest(r.Token), Text: token.Digest(r.Text),
			State: access.ApprovalState(r.State), CreatedAt: r.CreatedAt.UTC()}
		var lines []struct {
			Number  int   `db:"number"`
			Request int64 `db:"request_id"`
			Round   int   `db:"round"`
		}
		if err := q.SelectContext(ctx, &lines, `SELECT number, request_id, round FROM approval_lines WHERE approval_id = $1 ORDER BY number`,
			a.ID); err != nil {
			return nil, fmt.Errorf("loading the lines of approval %d: %w", a.ID, err)
		}
		for _, l := range lines {
			a.Lines = append(a.Lines, access.ApprovalLine{Number: l.Number, RequestID: l.Request, Round: l.Round})
		}
		all = append(all, a)
	}
	return all, nil
}

func (x *tx) saveApproval(ctx context.Context, a *access.Approval) error {
	if a.ID != 0 {
		if err := x.one(ctx, `UPDATE approvals SET state = $2 WHERE id = $1`, a.ID, a.State); err != nil {
			return fmt.Errorf("saving approval %d: %w", a.ID, err)
		}
		return nil
	}
	if a.Ticket != nil {
		a.TicketID = a.Ticket.ID
	}
	if err := x.insert(ctx, &a.ID, `INSERT INTO approvals (ticket_id, stage, approver_kind, approver_id, name, address, token_digest,
		text_digest, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		a.TicketID, a.Stage, a.ApproverKind, a.ApproverID, a.Name, a.Address.String(), a.Token, a.Text, a.State, stamp(a.CreatedAt)); err != nil {
		return fmt.Errorf("saving an approval of ticket %d: %w", a.TicketID, err)
	}
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.Request != nil {
			l.RequestID = l.Request.ID
		}
		if _, err := x.ExecContext(ctx, `INSERT INTO approval_lines (approval_id, number, request_id, round) VALUES ($1, $2, $3, $4)`,
			a.ID, l.Number, l.RequestID, l.Round); err != nil {
			return fmt.Errorf("saving line %d of approval %d: %w", l.Number, a.ID, err)
		}
	}
	return nil
}

func loadDecisions(ctx context.Context, q queryer, ticket int64) ([]*access.Decision, error) {
	var rows []struct {
		RequestID    int64     `db:"request_id"`
		Stage        string    `db:"stage"`
		Round        int       `db:"round"`
		Answer       string    `db:"answer"`
		ApproverKind string    `db:"approver_kind"`
		ApproverID   int64     `db:"approver_id"`
		ApproverName string    `db:"approver_name"`
		InboundID    int64     `db:"inbound_id"`
		At           time.Time `db:"decided_at"`
		Seat         int       `db:"seat"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT request_id, stage, round, answer, approver_kind, approver_id, approver_name, inbound_id,
		decided_at, seat FROM decisions WHERE request_id IN (SELECT id FROM requests WHERE ticket_id = $1) ORDER BY decided_at, seat`, ticket); err != nil {
		return nil, fmt.Errorf("loading decisions: %w", err)
	}
	var all []*access.Decision
	for _, r := range rows {
		all = append(all, &access.Decision{RequestID: r.RequestID, Stage: policy.Stage(r.Stage), Round: r.Round, Answer: access.Answer(r.Answer),
			ApproverKind: access.ApproverKind(r.ApproverKind), ApproverID: r.ApproverID, ApproverName: r.ApproverName,
			InboundID: r.InboundID, At: r.At.UTC(), Seat: r.Seat})
	}
	return all, nil
}

func (x *tx) saveDecision(ctx context.Context, d *access.Decision) error {
	if _, err := x.ExecContext(ctx, `INSERT INTO decisions (request_id, stage, round, answer, approver_kind, approver_id, approver_name,
		inbound_id, decided_at, seat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.RequestID, d.Stage, d.Round, d.Answer, d.ApproverKind,
		d.ApproverID, d.ApproverName, d.InboundID, stamp(d.At), d.Seat); err != nil {
		return fmt.Errorf("saving a decision on request %d: %w", d.RequestID, err)
	}
	return nil
}
