package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/countersign/countersign/internal/access"
)

// Status is what an operator wants to know at one glance.
type Status struct {
	At        time.Time       `json:"at"`
	Mode      Mode            `json:"mode"`
	Equation  access.Equation `json:"equation"`
	Holds     bool            `json:"equation_holds"`
	Inbound   Queue           `json:"inbound"`  // mails that are pending
	Filing    Queue           `json:"filing"`   // mails that are decided and wait to be moved on the server
	Outgoing  Queue           `json:"outgoing"` // mails that wait to be sent
	Withheld  int64           `json:"withheld"` // outgoing mails that are sent only when somebody says so
	Timers    Queue           `json:"timers"`   // those that are overdue
	Requests  map[string]int  `json:"requests"` // by state
	Todos     []TodoView      `json:"todos"`    // the oldest that are open
	TodoCount int64           `json:"todo_count"`
	Mailboxes []MailboxStatus `json:"mailboxes"`
}

// Queue is what waits for the same.
type Queue struct {
	Waiting  int64      `json:"waiting"`
	Claimed  int64      `json:"claimed"`  // of those: somebody is at it
	Retrying int64      `json:"retrying"` // of those: tried before, in vain
	Oldest   *time.Time `json:"oldest"`   // since when the oldest waits; nil where nothing does
}

// Age is how long the oldest has waited.
func (q Queue) Age(now time.Time) time.Duration {
	if q.Oldest == nil {
		return 0
	}
	return max(0, now.Sub(*q.Oldest))
}

// MailboxStatus is how far a mailbox is read, and by whom.
type MailboxStatus struct {
	Name       string     `json:"name"`
	Seen       int64      `json:"seen"`
	UID        uint32     `json:"uid"` // the last one that is accounted for
	Leased     bool       `json:"leased"`
	LeaseUntil *time.Time `json:"lease_until"`
	Canary     *Canary    `json:"canary"` // nil where none was ever sent
}

// todosShown is how many to-dos a Status holds.
const todosShown = 100

// Status reads it all. filed names the mailboxes whose mail is moved on the server once it is decided. Each part goes along
// an index of what waits, but for the equation, which counts all mails.
func (s *Store) Status(ctx context.Context, filed []string) (*Status, error) {
	now := stamp(s.cfg.Now())
	st := &Status{At: now, Mode: s.mode, Requests: map[string]int{}, Mailboxes: []MailboxStatus{}}
	leases, err := s.leaseNow(ctx, s.read)
	if err != nil {
		return nil, err
	}
	if st.Equation, err = s.Equation(ctx); err != nil {
		return nil, err
	}
	st.Holds = st.Equation.Holds()
	for _, q := range []struct {
		what  string
		into  *Queue
		query string
		args  []any
	}{
		{"pending mails", &st.Inbound, `SELECT count(*) AS n, coalesce(sum(CASE WHEN lease_until > $1 THEN 1 ELSE 0 END), 0) AS claimed,
			coalesce(sum(CASE WHEN attempts > 1 THEN 1 ELSE 0 END), 0) AS retrying,
			(SELECT stored_at FROM inbound_messages WHERE disposition = 'pending' ORDER BY id LIMIT 1) AS oldest
			FROM inbound_messages WHERE disposition = 'pending'`, []any{leases}},
		{"outgoing mails", &st.Outgoing, `SELECT count(*) AS n, coalesce(sum(CASE WHEN lease_until > $1 THEN 1 ELSE 0 END), 0) AS claimed,
			coalesce(sum(CASE WHEN attempts > 1 OR last_error <> '' THEN 1 ELSE 0 END), 0) AS retrying,
			(SELECT created_at FROM outbound_messages WHERE state = 'queued' ORDER BY created_at LIMIT 1) AS oldest
			FROM outbound_messages WHERE state = 'queued'`, []any{leases}},
		{"overdue timers", &st.Timers, `SELECT count(*) AS n, coalesce(sum(CASE WHEN lease_until > $1 THEN 1 ELSE 0 END), 0) AS claimed,
			coalesce(sum(CASE WHEN attempts > 1 THEN 1 ELSE 0 END), 0) AS retrying,
			(SELECT due_at FROM timers WHERE fired_at IS NULL AND due_at <= $2 ORDER BY due_at LIMIT 1) AS oldest
			FROM timers WHERE fired_at IS NULL AND due_at <= $2`, []any{leases, now}},
	} {
		var row struct {
			N        int64        `db:"n"`
			Claimed  int64        `db:"claimed"`
			Retrying int64        `db:"retrying"`
			Oldest   sql.NullTime `db:"oldest"`
		}
		if err := s.read.GetContext(ctx, &row, q.query, q.args...); err != nil {
			return nil, fmt.Errorf("counting %s: %w", q.what, err)
		}
		*q.into = Queue{Waiting: row.N, Claimed: row.Claimed, Retrying: row.Retrying, Oldest: when(row.Oldest)}
	}
	for _, name := range filed {
		var row struct {
			N      int64        `db:"n"`
			Oldest sql.NullTime `db:"oldest"`
		}
		const unfiled = ` FROM inbound_messages WHERE filed_at IS NULL AND NOT held AND disposition IN ('applied', 'answered', 'duplicate', 'quarantined')
			AND mailbox_id = (SELECT id FROM mailboxes WHERE name = $1)`
		if err := s.read.GetContext(ctx, &row, `SELECT count(*) AS n, (SELECT processed_at`+unfiled+` ORDER BY id LIMIT 1) AS oldest`+unfiled, name); err != nil {
			return nil, fmt.Errorf("counting mails to file in mailbox %s: %w", name, err)
		}
		st.Filing.Waiting += row.N
		if oldest := when(row.Oldest); oldest != nil && (st.Filing.Oldest == nil || oldest.Before(*st.Filing.Oldest)) {
			st.Filing.Oldest = oldest
		}
	}
	if err := s.statusOfPeople(ctx, st); err != nil {
		return nil, err
	}
	return st, s.statusOfMailboxes(ctx, st, leases)
}

// statusOfPeople fills in what people have to do with.
func (s *Store) statusOfPeople(ctx context.Context, st *Status) error {
	for what, q := range map[string]struct {
		into  *int64
		query string
	}{
		"to-dos":         {&st.TodoCount, `SELECT count(*) FROM todos WHERE done_at IS NULL`},
		"withheld mails": {&st.Withheld, `SELECT count(*) FROM outbound_messages WHERE state = 'withheld'`},
	} {
		if err := s.read.GetContext(ctx, q.into, q.query); err != nil {
			return fmt.Errorf("counting %s: %w", what, err)
		}
	}
	var states []struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	if err := s.read.SelectContext(ctx, &states, `SELECT state, count(*) AS n FROM requests GROUP BY state`); err != nil {
		return fmt.Errorf("counting requests: %w", err)
	}
	for _, r := range states {
		st.Requests[r.State] = r.N
	}
	var err error
	st.Todos, err = s.Todos(ctx, todosShown)
	return err
}

// statusOfMailboxes tells by the clock of leases who reads them.
func (s *Store) statusOfMailboxes(ctx context.Context, st *Status, now time.Time) error {
	canaries, err := s.Canaries(ctx)
	if err != nil {
		return err
	}
	var rows []struct {
		Name  string       `db:"name"`
		Seen  int64        `db:"seen"`
		UID   uint32       `db:"last_uid"`
		Owner string       `db:"lease_owner"`
		Until sql.NullTime `db:"lease_until"`
	}
	if err := s.read.SelectContext(ctx, &rows, `SELECT name, seen, last_uid, lease_owner, lease_until FROM mailboxes ORDER BY name`); err != nil {
		return fmt.Errorf("listing the mailboxes: %w", err)
	}
	for _, r := range rows {
		m := MailboxStatus{Name: r.Name, Seen: r.Seen, UID: r.UID, LeaseUntil: when(r.Until)}
		m.Leased = m.LeaseUntil != nil && m.LeaseUntil.After(now)
		for i := range canaries {
			if canaries[i].Mailbox == r.Name {
				m.Canary = &canaries[i]
			}
		}
		st.Mailboxes = append(st.Mailboxes, m)
	}
	return nil
}

// when is a time that may be missing, for JSON.
func when(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	utc := t.Time.UTC()
	return &utc
}
