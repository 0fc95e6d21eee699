package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/internal/access"
	"github.com/countersign/countersign/internal/mailaddr"
	"github.com/countersign/countersign/internal/store"
)

// patience bounds the wait for what must come; it is never used up by a test that passes.
const patience = 30 * time.Second

func (c *cluster) testConcurrentOpens(t *testing.T) {
	cfg := withDefaults(c.config(c.NewDatabase(t, "")))
	var g errgroup.Group
	for range 3 {
		g.Go(func() error {
			s, err := store.Open(t.Context(), cfg)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1})
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if got := queryText(t, rawPostgres(t, cfg.DSN), `SELECT count(*) FROM goose_db_version WHERE version_id = 1`); got[0][0] != "1" {
		t.Errorf("migration 1 was applied %s times", got[0][0])
	}
}

// Notifications that were sent while the listener was away are lost, so every topic must be looked at again.
func (c *cluster) testListenerKilled(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	s := open(t, cfg)
	var woken []<-chan struct{}
	topics := []store.Topic{store.TopicInbound, store.TopicFiling, store.TopicOutbound, store.TopicTimers, store.TopicView}
	for _, topic := range topics {
		ch, stop := s.Subscribe(topic)
		defer stop()
		woken = append(woken, ch)
	}
	killed := queryText(t, rawPostgres(t, cfg.DSN), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN %'`)
	if len(killed) != 1 || killed[0][0] != "true" {
		t.Fatalf("killing the listener: %v", killed)
	}
	deadline := time.After(patience)
	for i, ch := range woken {
		select {
		case <-ch:
		case <-deadline:
			t.Fatalf("topic %s was not woken after the listener came back", topics[i])
		}
	}
	// And it listens again, to another daemon.
	if err := open(t, cfg).StoreMails(t.Context(), "support", oneMail(), 1, 1); err != nil {
		t.Fatal(err)
	}
	select {
	case <-woken[0]:
	case <-deadline:
		t.Error("a mail stored by another daemon woke nobody")
	}
}

func (c *cluster) testPoolKilled(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	s := open(t, cfg)
	raw := rawPostgres(t, cfg.DSN)
	for range 5 {
		if err := s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1}); err != nil {
			t.Fatal(err)
		}
		killed := queryText(t, raw, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN %'`)
		if len(killed) == 0 {
			t.Fatal("no connection was there to kill")
		}
		if _, ok, err := s.Cursor(t.Context(), "support"); err != nil || !ok {
			t.Errorf("reading after the connections were killed: %v, %v", ok, err)
		}
	}
}

// An import and a mail that is quarantined take the same locks in the same order, else they would wait for each other.
func (c *cluster) testNoDeadlock(t *testing.T) {
	s := open(t, c.config(c.NewDatabase(t, c.template)))
	ctx := t.Context()
	clients := []*access.Client{{Name: "First Ltd"}, {Name: "Second Ltd"}}
	contact := func(client *access.Client, local string) *access.Contact {
		return &access.Contact{ClientID: client.ID, Name: local, Address: mailaddr.Address{Local: local, Domain: "client.example"}, Kind: access.Person}
	}
	if err := s.EditRoster(ctx, false, func(r *store.Roster) error {
		for _, client := range clients {
			if _, err := r.PutClient(ctx, client); err != nil {
				return err
			}
		}
		_, err := r.PutContact(ctx, contact(clients[1], "known"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.StoreMails(ctx, "support", oneMail(), 1, 1); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.ClaimInbound(ctx, time.Minute, 1)
	if err != nil {
		t.Fatal(err)
	}
	deciding, put := make(chan struct{}), make(chan struct{})
	var g errgroup.Group
	g.Go(func() error {
		l := &access.Lookup{Author: contact(clients[1], "known").Address, InboundID: claimed[0].ID}
		_, err := s.DecideMail(ctx, &claimed[0], l, access.Facts{}, func(sit *access.Situation) (*access.Outcome, error) {
			close(deciding)
			<-put
			return &access.Outcome{Disposition: access.Quarantined}, nil // an event of the system
		}, nil)
		return err
	})
	g.Go(func() error {
		<-deciding // the second client is locked
		return s.EditRoster(ctx, false, func(r *store.Roster) error {
			_, err := r.PutContact(ctx, contact(clients[0], "new"))
			close(put)
			if err != nil {
				return err
			}
			_, err = r.PutContact(ctx, contact(clients[1], "new"))
			return err
		})
	})
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// Of mails that are decided together, those whose client somebody holds wait for it alone, with no other client in hand.
func (c *cluster) testHeldClient(t *testing.T) {
	s := open(t, c.config(c.NewDatabase(t, c.template)))
	ctx := t.Context()
	clients := []*access.Client{{Name: "First Ltd"}, {Name: "Second Ltd"}}
	people := make([]*access.Contact, len(clients))
	if err := s.EditRoster(ctx, false, func(r *store.Roster) error {
		for i, client := range clients {
			if _, err := r.PutClient(ctx, client); err != nil {
				return err
			}
			people[i] = &access.Contact{ClientID: client.ID, Name: client.Name, Kind: access.Person,
				Address: mailaddr.Address{Local: fmt.Sprint("known", i), Domain: "client.example"}}
			if _, err := r.PutContact(ctx, people[i]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	second := oneMail()[0]
	second.UID, second.Raw = 2, []byte("Subject: another\r\n\r\nanother\r\n")
	if err := s.StoreMails(ctx, "support", append(oneMail(), second), 1, 2); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.ClaimInbound(ctx, time.Minute, 2)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("%d mails were claimed, %v; want 2", len(claimed), err)
	}
	var mails []*access.Undecided
	for i := range claimed {
		mails = append(mails, &access.Undecided{In: &claimed[i], Lookup: &access.Lookup{Author: people[i].Address, InboundID: claimed[i].ID},
			Decide: func(*access.Situation) (*access.Outcome, error) {
				return &access.Outcome{Disposition: access.Left}, nil
			}})
	}
	if err := s.EditRoster(ctx, false, func(r *store.Roster) error {
		if err := r.SetContact(ctx, people[1]); err != nil { // holds the second client
			return err
		}
		outs, err := s.DecideMails(ctx, mails)
		if err != nil || outs[0] == nil || outs[1] != nil {
			t.Errorf("decided were %v, %v; want the one whose client is free", outs, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if outs, err := s.DecideMails(ctx, mails[1:]); err != nil || outs[0] == nil {
		t.Errorf("decided were %v, %v; want the other one", outs, err)
	}
}

// Under a plan that runs the inner SELECT of a claim once for each row, its LIMIT would hold for each run alone.
func (c *cluster) testLimitUnderAnyPlan(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	raw := rawPostgres(t, cfg.DSN)
	name := queryText(t, raw, `SELECT current_database()`)[0][0]
	for _, way := range []string{"hashagg", "hashjoin", "mergejoin", "material", "sort"} {
		queryText(t, raw, `ALTER DATABASE `+name+` SET enable_`+way+` = off`)
	}
	s := open(t, cfg)
	if err := s.StoreMails(t.Context(), "support", oneMail(), 1, 1); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.ClaimInbound(t.Context(), time.Minute, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := &access.Outcome{Disposition: access.Applied}
	to := mailaddr.Address{Local: "sam", Domain: "client.example"}
	for range 10 {
		o.Mails = append(o.Mails, &access.Mail{Kind: access.MailAnswer, To: to})
		o.Timers = append(o.Timers, &access.Timer{Kind: access.TimerExpiry})
	}
	if _, err := s.DecideMail(t.Context(), &claimed[0], &access.Lookup{InboundID: claimed[0].ID}, access.Facts{},
		func(*access.Situation) (*access.Outcome, error) { return o, nil },
		func(*access.Mail) (*access.Rendered, error) {
			return &access.Rendered{MailFrom: to, Rcpt: to, Raw: []byte("x")}, nil
		}); err != nil {
		t.Fatal(err)
	}
	mails, err := s.ClaimOutbound(t.Context(), time.Minute, 2)
	if err != nil || len(mails) != 2 {
		t.Errorf("%d mails were claimed, %v; want 2", len(mails), err)
	}
	timers, err := s.ClaimTimers(t.Context(), time.Minute, 2)
	if err != nil || len(timers) != 2 {
		t.Errorf("%d timers were claimed, %v; want 2", len(timers), err)
	}
}

func (c *cluster) testNoDatabase(t *testing.T) {
	cfg := withDefaults(c.config("absent"))
	cfg.DSN = strings.Replace(cfg.DSN, "postgres@", "postgres:hunter2@", 1)
	_, err := store.Open(t.Context(), cfg)
	if err == nil || !strings.HasPrefix(err.Error(), "connecting to PostgreSQL: ") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error that says what was done and quotes no password", err)
	}
}

// What a server refuses for a time says nothing about what it was asked: no mail is to blame, and what was sent is recorded
// when it is over.
func (c *cluster) testTransient(t *testing.T) {
	cfg := c.config(c.NewDatabase(t, c.template))
	raw := rawPostgres(t, cfg.DSN)
	name := queryText(t, raw, `SELECT current_database()`)[0][0]
	queryText(t, raw, `ALTER DATABASE `+name+` SET lock_timeout = '50ms'`)
	passes := func(what string, err error) {
		t.Helper()
		var p interface{ Temporary() bool }
		if !errors.As(err, &p) || !p.Temporary() {
			t.Errorf("%s: %v, want an error that passes", what, err)
		}
	}
	s := open(t, cfg)
	lock, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLE staff`); err != nil {
		t.Fatal(err)
	}
	_, err = s.FindThreads(t.Context(), []*access.Lookup{{}})
	passes("looking while a table is locked", err)
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	keeper := rawPostgres(t, c.DSN("postgres"))
	raw.SetMaxIdleConns(0)
	queryText(t, keeper, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1`, name)
	queryText(t, keeper, `ALTER DATABASE `+name+` RENAME TO `+name+`_away`)
	passes("writing without a database", s.StartAt(t.Context(), "support", access.Cursor{UIDValidity: 1, UID: 1}))
	queryText(t, keeper, `ALTER DATABASE `+name+`_away RENAME TO `+name)
}
