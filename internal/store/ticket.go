package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	rows, err := ticketRows(ctx, q, where, arg)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	return rows[0].ticket(), nil
}

func ticketRows(ctx context.Context, q queryer, where string, arg any) ([]ticketRow, error) {
	var rows []ticketRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+ticketColumns+` FROM tickets WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading tickets: %w", err)
	}
	return rows, nil
}

func (r ticketRow) ticket() *access.Ticket {
	return &access.Ticket{ID: r.ID, Number: r.Number, ClientID: r.ClientID, RequesterID: r.RequesterID.Int64, StaffID: r.StaffID.Int64, Team: access.Team(r.Team),
		Subject: r.Subject, MessageID: r.MessageID, CreatedAt: r.CreatedAt.UTC()}
}

var ticketTable = newTable("tickets", true, "number text", "client_id bigint", "requester_id bigint", "staff_id bigint", "team text",
	"subject text", "message_id text", "created_at timestamptz")

// saveTickets gives new tickets their numbers: ascending within the year. With PostgreSQL those of a transaction that fails are
// not given again, since others have gone on meanwhile.
func (x *tx) saveTickets(ctx context.Context, all []*application) error {
	var tickets []*access.Ticket
	years := map[int]int{}
	for _, a := range all {
		if t := a.out.Ticket; t != nil && t.ID == 0 {
			tickets = append(tickets, t)
			years[t.CreatedAt.UTC().Year()]++
		}
	}
	next := map[int]int{}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		last, err := x.count(ctx, fmt.Sprintf("ticket_number_%d", year), years[year])
		if err != nil {
			return fmt.Errorf("numbering tickets: %w", err)
		}
		next[year] = last - years[year] + 1
	}
	var rows [][]any
	for _, t := range tickets {
		year := t.CreatedAt.UTC().Year()
		t.Number = fmt.Sprintf("REQ-%d-%05d", year, next[year])
		next[year]++
		rows = append(rows, []any{t.Number, t.ClientID, nullID(t.RequesterID), nullID(t.StaffID), string(t.Team), t.Subject, t.MessageID, stamp(t.CreatedAt)})
	}
	ids, err := x.add(ctx, ticketTable, rows)
	if err != nil {
		return fmt.Errorf("filing tickets: %w", err)
	}
	for i, t := range tickets {
		t.ID = ids[i]
		x.created[t.ID] = true
	}
	return nil
}

// moveCounter moves a counter on by n and returns where it stands.
const moveCounter = `INSERT INTO settings (name, value) SELECT CAST($1 AS TEXT), CAST(CAST($2 AS INTEGER) AS TEXT)%s
	ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(settings.value AS INTEGER) + CAST($2 AS INTEGER) AS TEXT) RETURNING value`

var (
	moveCounterHere = fmt.Sprintf(moveCounter, " WHERE TRUE") // without it SQLite takes ON for that of a join
	// moveCounterApart waits for no disk: whoever commits with the number waits for all that was written before.
	moveCounterApart = fmt.Sprintf(moveCounter, " FROM (SELECT set_config('synchronous_commit', 'off', TRUE)) AS quick")
)

// count moves a counter on by n and returns where it stands. With PostgreSQL it is moved at once, whatever becomes of the
// transaction: held to its end, the counter would let only one transaction file tickets at a time. That takes a connection
// beside those of transactions, which might all wait for one.
func (x *tx) count(ctx context.Context, name string, n int) (int, error) {
	var text string
	var err error
	if x.s.pg {
		err = x.s.counters.GetContext(ctx, &text, moveCounterApart, name, n)
	} else {
		err = x.GetContext(ctx, &text, moveCounterHere, name, n)
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
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
	rows, err := requestRows(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	return build(rows, (*requestRow).request)
}

func requestRows(ctx context.Context, q queryer, where string, args ...any) ([]requestRow, error) {
	var rows []requestRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+requestColumns+` FROM requests WHERE `+where+` ORDER BY ticket_id, position`, args...); err != nil {
		return nil, fmt.Errorf("loading requests: %w", err)
	}
	return rows, nil
}

func (r *requestRow) request() (*access.Request, error) {
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
	return q, nil
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

var requestTable = newTable("requests", true, "ticket_id bigint", "position integer", "client_id bigint", "requester_id bigint",
	"contact_id bigint", "action text", "name text", "email text", "roles text", "reason text", "state text", "stages text", "stage text",
	"round integer", "rule text", "rule_text text", "outside boolean", "moves_power boolean", "held_until timestamptz",
	"created_at timestamptz", "updated_at timestamptz", "asked_at timestamptz", "reminders integer", "escalated boolean", "details text",
	"staff_id bigint")

func (x *tx) saveRequests(ctx context.Context, all []*application) error {
	var added []*access.Request
	var rows [][]any
	for _, a := range all {
		for _, r := range a.out.Requests {
			values, err := requestValues(r)
			if err != nil {
				return err
			}
			if r.ID == 0 {
				added, rows = append(added, r), append(rows, values)
				continue
			}
			if err := x.one(ctx, `UPDATE requests SET ticket_id = $1, position = $2, client_id = $3, requester_id = $4, contact_id = $5, action = $6,
				name = $7, email = $8, roles = $9, reason = $10, state = $11, stages = $12, stage = $13, round = $14, rule = $15,
				rule_text = $16, outside = $17, moves_power = $18, held_until = $19, created_at = $20, updated_at = $21,
				asked_at = $22, reminders = $23, escalated = $24, details = $25, staff_id = $26 WHERE id = $27`, append(values, r.ID)...); err != nil {
				return fmt.Errorf("saving request %d of ticket %d: %w", r.Position, r.TicketID, err)
			}
		}
	}
	ids, err := x.add(ctx, requestTable, rows)
	if err != nil {
		return fmt.Errorf("saving requests: %w", err)
	}
	for i, r := range added {
		r.ID = ids[i]
	}
	return nil
}

// requestValues are a request's in the order of requestTable.
func requestValues(r *access.Request) ([]any, error) {
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
		return nil, err
	}
	return []any{r.TicketID, r.Position, r.ClientID, nullID(r.RequesterID), nullID(r.ContactID), string(r.Action), r.Name, email,
		strings.Join(r.Roles, " "), r.Reason, string(r.State), stageWords(r), string(r.Stage), r.Round, r.Rule, r.RuleText, r.Outside,
		r.MovesPower, nullTime(r.HeldUntil), stamp(r.CreatedAt), stamp(r.UpdatedAt), nullTime(r.AskedAt), r.Reminders, r.Escalated, details,
		nullID(r.StaffID)}, nil
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

	Lines []access.ApprovalLine `db:"-"`
}

const approvalColumns = `id, ticket_id, stage, approver_kind, approver_id, name, address, token_digest, text_digest, state, created_at`

// approvalRows loads approvals with their lines, by id.
func approvalRows(ctx context.Context, q queryer, where string, arg any) ([]approvalRow, error) {
	var rows []approvalRow
	if err := q.SelectContext(ctx, &rows, `SELECT `+approvalColumns+` FROM approvals WHERE `+where+` ORDER BY id`, arg); err != nil {
		return nil, fmt.Errorf("loading approvals: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids, place := idsOf(rows, func(r *approvalRow) int64 { return r.ID })
	var lines []struct {
		Approval int64 `db:"approval_id"`
		Number   int   `db:"number"`
		Request  int64 `db:"request_id"`
		Round    int   `db:"round"`
	}
	if err := q.SelectContext(ctx, &lines, `SELECT approval_id, number, request_id, round FROM approval_lines
		WHERE `+among(q, "approval_id", 1)+` ORDER BY approval_id, number`, listOf(q, ids)); err != nil {
		return nil, fmt.Errorf("loading the lines of approvals: %w", err)
	}
	for _, l := range lines {
		r := &rows[place[l.Approval]]
		r.Lines = append(r.Lines, access.ApprovalLine{Number: l.Number, RequestID: l.Request, Round: l.Round})
	}
	return rows, nil
}

func (r *approvalRow) approval() (*access.Approval, error) {
	addr, err := mailaddr.Parse(r.Address)
	if err != nil {
		return nil, fmt.Errorf("loading approval %d: %w", r.ID, err)
	}
	return &access.Approval{ID: r.ID, TicketID: r.TicketID, Stage: policy.Stage(r.Stage), ApproverKind: access.ApproverKind(r.ApproverKind),
		ApproverID: r.ApproverID, Name: r.Name, Address: addr, Token: token.Digest(r.Token), Text: token.Digest(r.Text),
		State: access.ApprovalState(r.State), CreatedAt: r.CreatedAt.UTC(), Lines: slices.Clone(r.Lines)}, nil
}

var (
	approvalTable = newTable("approvals", true, "ticket_id bigint", "stage text", "approver_kind text", "approver_id bigint", "name text",
		"address text", "token_digest text", "text_digest text", "state text", "created_at timestamptz")
	lineTable = newTable("approval_lines", false, "approval_id bigint", "number integer", "request_id bigint", "round integer")
)

func (x *tx) saveApprovals(ctx context.Context, all []*application) error {
	var added []*access.Approval
	var rows, lines [][]any
	for _, o := range all {
		for _, a := range o.out.Approvals {
			if a.ID != 0 {
				if err := x.one(ctx, `UPDATE approvals SET state = $2 WHERE id = $1`, a.ID, a.State); err != nil {
					return fmt.Errorf("saving approval %d: %w", a.ID, err)
				}
				continue
			}
			if a.Ticket != nil {
				a.TicketID = a.Ticket.ID
			}
			added = append(added, a)
			rows = append(rows, []any{a.TicketID, string(a.Stage), string(a.ApproverKind), a.ApproverID, a.Name, a.Address.String(), string(a.Token),
				string(a.Text), string(a.State), stamp(a.CreatedAt)})
		}
	}
	ids, err := x.add(ctx, approvalTable, rows)
	if err != nil {
		return fmt.Errorf("saving approvals: %w", err)
	}
	for i, a := range added {
		a.ID = ids[i]
		for j := range a.Lines {
			l := &a.Lines[j]
			if l.Request != nil {
				l.RequestID = l.Request.ID
			}
			lines = append(lines, []any{a.ID, l.Number, l.RequestID, l.Round})
		}
	}
	if _, err := x.add(ctx, lineTable, lines); err != nil {
		return fmt.Errorf("saving the lines of approvals: %w", err)
	}
	return nil
}

// ticketDecision is a decision on a request of a ticket.
type ticketDecision struct {
	Ticket       int64     `db:"ticket_id"`
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

// loadDecisions loads the decisions on the requests of a list of tickets.
func loadDecisions(ctx context.Context, q queryer, tickets any) ([]ticketDecision, error) {
	var rows []ticketDecision
	if err := q.SelectContext(ctx, &rows, `SELECT r.ticket_id, d.request_id, d.stage, d.round, d.answer, d.approver_kind, d.approver_id,
		d.approver_name, d.inbound_id, d.decided_at, d.seat FROM requests r JOIN decisions d ON d.request_id = r.id
		WHERE `+among(q, "r.ticket_id", 1)+` ORDER BY d.decided_at, d.seat`, tickets); err != nil {
		return nil, fmt.Errorf("loading decisions: %w", err)
	}
	return rows, nil
}

func (r *ticketDecision) decision() *access.Decision {
	return &access.Decision{RequestID: r.RequestID, Stage: policy.Stage(r.Stage), Round: r.Round, Answer: access.Answer(r.Answer),
		ApproverKind: access.ApproverKind(r.ApproverKind), ApproverID: r.ApproverID, ApproverName: r.ApproverName,
		InboundID: r.InboundID, At: r.At.UTC(), Seat: r.Seat}
}

func (x *tx) saveDecision(ctx context.Context, d *access.Decision) error {
	if _, err := x.ExecContext(ctx, `INSERT INTO decisions (request_id, stage, round, answer, approver_kind, approver_id, approver_name,
		inbound_id, decided_at, seat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.RequestID, d.Stage, d.Round, d.Answer, d.ApproverKind,
		d.ApproverID, d.ApproverName, d.InboundID, stamp(d.At), d.Seat); err != nil {
		return fmt.Errorf("saving a decision on request %d: %w", d.RequestID, err)
	}
	return nil
}
