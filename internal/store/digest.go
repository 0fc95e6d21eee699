package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/policy"
)

// digestLines bounds each list of a digest: a longer one is for the console.
const digestLines = 40

// PlanDigest sets the timer of the daily digest by the clock, which the config may have changed. One that is due already
// stays: it fires once. There is never more than one (unique index), however many daemons start.
func (s *Store) PlanDigest(ctx context.Context, clock access.DigestClock) error {
	err := s.inTx(ctx, func(x *tx) error {
		if clock.Off {
			_, err := x.ExecContext(ctx, `DELETE FROM timers WHERE kind = 'digest' AND fired_at IS NULL`)
			return err
		}
		last, _, err := x.lastDigest(ctx)
		if err != nil {
			return err
		}
		next := stamp(clock.Next(x.now, last))
		if _, err := x.ExecContext(ctx, `UPDATE timers SET due_at = $1 WHERE kind = 'digest' AND fired_at IS NULL AND due_at > $2`, next, x.now); err != nil {
			return err
		}
		_, err = x.ExecContext(ctx, `INSERT INTO timers (kind, round, due_at) VALUES ('digest', 0, $1) ON CONFLICT DO NOTHING`, next)
		x.wake(TopicTimers)
		return err
	})
	if err != nil {
		return fmt.Errorf("planning the digest: %w", err)
	}
	return nil
}

// lastDigest is when the last digest was due, and when it was written; zero if there was none.
func (x *tx) lastDigest(ctx context.Context) (due, written time.Time, err error) {
	var rows []struct {
		Due   time.Time `db:"due_at"`
		Fired time.Time `db:"fired_at"`
	}
	const digests = `kind = 'digest' AND fired_at IS NOT NULL`
	err = x.SelectContext(ctx, &rows, `SELECT due_at, fired_at FROM timers WHERE `+digests+` AND due_at = (SELECT max(due_at) FROM timers WHERE `+digests+`)`)
	if err != nil || len(rows) == 0 {
		return due, written, err
	}
	return rows[0].Due.UTC(), rows[0].Fired.UTC(), nil
}

// digestSituation loads what staff are told: of the time since the last digest, or of the day before the first one was due.
func (x *tx) digestSituation(ctx context.Context, t *access.Timer) (*access.Situation, error) {
	staff, err := loadStaff(ctx, x)
	if err != nil {
		return nil, err
	}
	since := t.DueAt.Add(-24 * time.Hour)
	_, last, err := x.lastDigest(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding the last digest: %w", err)
	}
	if !last.IsZero() {
		since = last
	}
	g := &access.Digest{Since: since.UTC()}
	if g.Left, err = x.digestMails(ctx, "left", since); err != nil {
		return nil, err
	}
	if g.Quarantined, err = x.digestMails(ctx, "quarantined", since); err != nil {
		return nil, err
	}
	if g.Waiting, err = x.digestRequests(ctx); err != nil {
		return nil, err
	}
	todos, err := listTodos(ctx, x, digestLines)
	if err != nil {
		return nil, err
	}
	for _, t := range todos {
		g.Todos = append(g.Todos, access.DigestTodo{ID: t.ID, Todo: access.Todo{Kind: t.Kind, About: t.About}, Count: t.Count, Since: t.CreatedAt})
	}
	for query, n := range map[string]*int{
		`SELECT count(*) FROM inbound_messages` + x.by("inbound_messages_left") + ` WHERE disposition = 'left' AND processed_at > $1`:             &g.LeftCount,
		`SELECT count(*) FROM inbound_messages` + x.by("inbound_messages_quarantined") + ` WHERE disposition = 'quarantined' AND stored_at <= $1`: &g.HeldBack,
		`SELECT count(*) FROM requests r WHERE ` + requestWaits + ` AND r.created_at <= $1`:                                                       &g.WaitCount,
	} {
		at := x.now
		if n == &g.LeftCount {
			at = stamp(since)
		}
		if err := x.GetContext(ctx, n, query, at); err != nil {
			return nil, fmt.Errorf("counting for the digest: %w", err)
		}
	}
	return &access.Situation{Staff: staff, Digest: g}, nil
}

// by makes SQLite, which knows nothing of how many rows there are, go along an index.
func (x *tx) by(index string) string {
	if x.s.pg {
		return ""
	}
	return " INDEXED BY " + index
}

// digestMails names the disposition in the text: an index has only the mails of one.
func (x *tx) digestMails(ctx context.Context, disposition string, since time.Time) ([]access.DigestMail, error) {
	var rows []struct {
		Mailbox string       `db:"mailbox"`
		Author  string       `db:"author"`
		Subject string       `db:"subject"`
		Client  string       `db:"client"`
		Model   string       `db:"role_model"`
		Level   string       `db:"level"`
		Topic   string       `db:"topic"`
		May     sql.NullBool `db:"may"`
		Reason  string       `db:"reason"`
	}
	if err := x.SelectContext(ctx, &rows, `SELECT b.name AS mailbox, m.author, m.subject, coalesce(c.name, '') AS client, coalesce(c.role_model, '') AS role_model, m.level, m.topic, m.may, m.reason
		FROM inbound_messages m`+x.by("inbound_messages_"+disposition)+` JOIN mailboxes b ON b.id = m.mailbox_id LEFT JOIN clients c ON c.id = m.client_id
		WHERE m.disposition = '`+disposition+`' AND m.processed_at > $1 ORDER BY m.id DESC LIMIT $2`, stamp(since), digestLines); err != nil {
		return nil, fmt.Errorf("loading mails for the digest: %w", err)
	}
	var all []access.DigestMail
	for _, r := range rows {
		m := access.DigestMail{Mailbox: r.Mailbox, From: r.Author, Subject: r.Subject, Client: r.Client, Model: r.Model, Level: strings.Fields(r.Level),
			Topic: r.Topic, Reason: r.Reason}
		if r.May.Valid {
			m.May = &r.May.Bool
		}
		all = append(all, m)
	}
	return all, nil
}

// requestWaits holds for requests that wait for somebody. All the states that the index of open requests knows are in it, since
// SQLite does not see that two of them are among four.
const requestWaits = `r.state IN ('awaiting_approval', 'needs_details') AND r.state IN ('needs_details', 'awaiting_approval', 'approved', 'invited')`

func (x *tx) digestRequests(ctx context.Context) ([]access.DigestRequest, error) {
	var rows []struct {
		Ticket    string       `db:"number"`
		Client    string       `db:"client"`
		Team      string       `db:"team"`
		Name      string       `db:"name"`
		Email     string       `db:"email"`
		Action    string       `db:"action"`
		State     string       `db:"state"`
		Stage     string       `db:"stage"`
		AskedAt   sql.NullTime `db:"asked_at"`
		Escalated bool         `db:"escalated"`
	}
	if err := x.SelectContext(ctx, &rows, `SELECT t.number, c.name AS client, t.team, r.name, r.email, r.action, r.state, r.stage, r.asked_at, r.escalated
		FROM requests r JOIN tickets t ON t.id = r.ticket_id JOIN clients c ON c.id = r.client_id
		WHERE `+requestWaits+` ORDER BY r.asked_at, r.id LIMIT $1`, digestLines); err != nil {
		return nil, fmt.Errorf("loading requests for the digest: %w", err)
	}
	var all []access.DigestRequest
	for _, r := range rows {
		q := access.DigestRequest{Ticket: r.Ticket, Client: r.Client, Team: access.Team(r.Team), Name: r.Name, Action: policy.Action(r.Action),
			State: access.RequestState(r.State), Stage: policy.Stage(r.Stage), Since: at(r.AskedAt), Late: r.Escalated}
		if q.Name == "" {
			q.Name = r.Email
		}
		all = append(all, q)
	}
	return all, nil
}
